"""Documents as PDF files that screen readers can read (PDF/UA-1: tags, language, title).

WeasyPrint weighs some 60 MB in memory: it is imported when the first file is asked for, not with the site.
Nothing is fetched: the only images are in the page itself, as `data:` addresses.

What does not depend on the document (sheet read, fonts found, a reader of addresses) is made once for each thread, not
shared between them: Pango's font maps belong to one thread.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from socle.typographie.espaces import apostrophes, insecables


def pdf(html: str, feuille: Path) -> bytes:
    """The PDF of a page, with a style sheet for paper; pages begin with the template composants/document.html."""
    from weasyprint import HTML

    outils = _outils()
    document = HTML(string=html, base_url="about:blank", url_fetcher=outils.adresses)
    contenu: bytes = document.write_pdf(
        stylesheets=[outils.feuille(feuille)], font_config=outils.polices, pdf_variant="pdf/ua-1"
    )
    return contenu


def typographier(html: str) -> str:
    """The page as it is printed: curled apostrophes, no-break spaces."""
    return insecables(apostrophes(html))


class _Outils:
    """What every document of a thread uses."""

    def __init__(self) -> None:
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import URLFetcher

        self.adresses = URLFetcher(allowed_protocols=["data"])
        self.polices = FontConfiguration()
        self._feuilles: dict[Path, Any] = {}

    def feuille(self, chemin: Path) -> Any:
        """The style sheet of this file, read once."""
        from weasyprint import CSS

        if chemin not in self._feuilles:
            self._feuilles[chemin] = CSS(
                string=chemin.read_text("utf-8"), url_fetcher=self.adresses, font_config=self.polices
            )
        return self._feuilles[chemin]


_du_fil = threading.local()


def _outils() -> _Outils:
    if not hasattr(_du_fil, "outils"):
        _du_fil.outils = _Outils()
    outils: _Outils = _du_fil.outils
    return outils
