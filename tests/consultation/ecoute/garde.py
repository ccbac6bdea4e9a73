"""What must be true of every page of the consultation."""

from __future__ import annotations

from tests import garde_pages
from tests.garde_pages import Lecteur

PERMISES = ("data:image/svg+xml",)  # QR codes are drawn in the page


def garder(page: str, adresse: str) -> Lecteur:
    """Assert what holds for every page."""
    return garde_pages.garder(page, adresse, permises=PERMISES)
