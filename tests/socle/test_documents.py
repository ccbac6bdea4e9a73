"""Documents: tagged, in French, titled; what a thread made once serves all of its documents."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pikepdf
from django.template.loader import render_to_string

from socle import documents


def test_a_document_is_tagged_and_asks_nothing_from_anybody(tmp_path: Path) -> None:
    sheet = tmp_path / "papier.css"
    sheet.write_text("@page { size: A5 }")
    html = render_to_string("composants/document.html", {"commune": {"nom": "Admiville"}})
    html = html.replace("<title></title>", "<title>Essai</title>").replace(
        "<body></body>", '<body><h1>Essai</h1><img alt="x" src="file:///etc/hostname"></body>'
    )
    with pikepdf.open(io.BytesIO(documents.pdf(html, sheet))) as fichier:
        assert fichier.Root.Lang == "fr"
        assert fichier.Root.MarkInfo.Marked
        assert fichier.docinfo["/Title"] == "Essai"
        assert float(fichier.pages[0].mediabox[2]) < 425  # A5: the sheet was read
        assert not [objet for objet in fichier.objects if getattr(objet, "Subtype", None) == "/Image"]


def test_each_thread_has_its_own_fonts(tmp_path: Path) -> None:
    sheet = tmp_path / "papier.css"
    sheet.write_text("")

    def faire(numero: int) -> tuple[int, bytes]:
        html = f'<html lang="fr"><title>{numero}</title><p>Été {numero}</p>'
        return id(documents._outils()), documents.pdf(html, sheet)

    with ThreadPoolExecutor(2) as fils:
        faits = list(fils.map(faire, range(6)))
    assert len({outils for outils, _ in faits}) <= 2
    assert all(pdf.startswith(b"%PDF") for _, pdf in faits)
