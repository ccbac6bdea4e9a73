"""Why a file cannot be kept; the words are those of who asked."""

from __future__ import annotations

from enum import StrEnum


class Faute(StrEnum):
    """What is wrong with a file."""

    ABIME = "abime"
    """Damaged, or not what it says."""
    TROP_GRAND = "trop_grand"
    """It takes more memory or time to open than a file may."""
    VERROUILLE = "verrouille"
    """Locked by a password."""
    PAGES = "pages"
    """No page, or too many."""
    FORMULAIRE = "formulaire"
    """A form whose answers only another reader can show whole (XFA, accents or lines left to it to draw)."""
    OCCUPE = "occupe"
    """Too many files are being opened; this one was not looked at."""


class Refuse(Exception):
    """The file is not kept."""

    def __init__(self, faute: Faute) -> None:
        super().__init__(str(faute))
        self.faute = faute
