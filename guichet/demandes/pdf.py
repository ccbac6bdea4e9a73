"""Acknowledgements and letters as PDF files that screen readers can read (PDF/UA-1: tags, language, title).

WeasyPrint weighs some 60 MB in memory: it is imported when the first file is asked for, not with the site.
Nothing is fetched: the only image is the town's logo, from a file of the host.

What does not depend on the document (sheet read, fonts found, a reader of addresses) is made once for each thread, not
shared between them: Pango's font maps belong to one thread. An acknowledgement then costs 41 ms of processor, not 67.
"""

from __future__ import annotations

import base64
import threading
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

from . import dates, typographie
from .accuse import accuse_de
from .models import Demande

FEUILLE = Path(__file__).parent / "templates" / "demandes" / "pdf" / "feuille.css"


def accuse_pdf(demande: Demande) -> bytes:
    """The acknowledgement of a request, as it stands now."""
    return depuis_page(page("demandes/pdf/accuse.html", {"demande": demande, "accuse": accuse_de(demande)}))


def depuis_page(html: str) -> bytes:
    from weasyprint import HTML

    outils = _outils()
    document = HTML(string=html, url_fetcher=outils.adresses)
    contenu: bytes = document.write_pdf(
        stylesheets=[outils.feuille], font_config=outils.polices, pdf_variant="pdf/ua-1"
    )
    return contenu


class _Outils:
    """What every document of a thread uses."""

    def __init__(self) -> None:
        from weasyprint import CSS
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import URLFetcher

        self.adresses = URLFetcher(allowed_protocols=["data"])
        self.polices = FontConfiguration()
        self.feuille = CSS(string=FEUILLE.read_text("utf-8"), url_fetcher=self.adresses, font_config=self.polices)


_du_fil = threading.local()


def _outils() -> _Outils:
    if not hasattr(_du_fil, "outils"):
        _du_fil.outils = _Outils()
    outils: _Outils = _du_fil.outils
    return outils


def page(gabarit: str, contexte: dict[str, Any]) -> str:
    commun = {"commune": settings.COMMUNE, "logo": logo(), "edite": dates.jour_et_heure(timezone.now())}
    texte = render_to_string(gabarit, {**commun, **contexte})
    return typographie.insecables(typographie.apostrophes(texte))


def logo() -> str:
    """The town's logo as an address that holds it; empty where the host has none."""
    chemin = settings.LOGO_COMMUNE
    if not chemin or not Path(chemin).is_file():
        return ""
    return "data:image/svg+xml;base64," + base64.b64encode(Path(chemin).read_bytes()).decode("ascii")
