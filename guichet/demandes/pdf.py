"""Acknowledgements and letters as PDF files (socle/documents.py makes them); the only image is the town's logo."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

from guichet.demandes.accuse import AccuseReception, accuse_de
from guichet.demandes.lectures import PIECES
from guichet.demandes.models import Demande
from socle import documents
from socle.typographie import dates

FEUILLE = Path(__file__).parent / "templates" / "demandes" / "pdf" / "feuille.css"


def accuse_pdf(demande: Demande, code: str = "", accuse: AccuseReception | None = None) -> bytes:
    """The acknowledgement of a request as it stands now, with a copy of its answers.

    ``code``: the tracking code, where the reader is who may have it. ``accuse``: where it has just been read.
    """
    return depuis_page(page("demandes/pdf/accuse.html", contexte_accuse(demande, code, accuse)))


def contexte_accuse(demande: Demande, code: str = "", accuse: AccuseReception | None = None) -> dict[str, Any]:
    """What the acknowledgement's template needs."""
    pieces = [(piece.champ, piece.nom) for piece in PIECES.toutes(demande.pk) if piece.message_id is None]
    return {
        "demande": demande,
        "accuse": accuse or accuse_de(demande),
        "code": code,
        "reponses": [
            (reponse.libelle, reponse.valeur, [nom for champ, nom in pieces if champ == reponse.champ])
            for reponse in demande.reponses()
        ],
    }


def depuis_page(html: str) -> bytes:
    """The PDF of a page made by `page`."""
    return documents.pdf(html, FEUILLE)


def page(gabarit: str, contexte: dict[str, Any]) -> str:
    """A document as HTML, with the town's head and the hour at which it is made."""
    commun = {"commune": settings.COMMUNE, "logo": logo(), "edite": dates.jour_et_heure(timezone.now())}
    texte = render_to_string(gabarit, {**commun, **contexte})
    return documents.typographier(texte)


def logo() -> str:
    """The town's logo as an address that holds it; empty where the host has none."""
    chemin = settings.LOGO_COMMUNE
    if not chemin or not Path(chemin).is_file():
        return ""
    return "data:image/svg+xml;base64," + base64.b64encode(Path(chemin).read_bytes()).decode("ascii")
