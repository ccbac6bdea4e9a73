"""« Donner mon avis sur cette démarche »: where people say how it went, on the site of consultation/.

A neutral equivalent of the State's « Je donne mon avis », whose name and button a town does not wear. The link says
the procedure and where it was followed from, never who follows it nor which request.
"""

from __future__ import annotations

from enum import StrEnum
from urllib.parse import quote

from django.conf import settings


class Source(StrEnum):
    """Where the link stands; consultation/ecoute/satisfaction counts answers by it."""

    PAGE = "page"
    CONFIRMATION = "confirmation"
    COURRIEL = "courriel"
    DEMANDE_CLOSE = "demande-close"


def lien(demarche: str, source: Source) -> str:
    """Address of the questionnaire about a procedure (its slug); empty where the town has none."""
    if not settings.URL_ECOUTE:
        return ""
    return f"{settings.URL_ECOUTE}/avis/{quote(demarche, safe='')}/?source={source}"
