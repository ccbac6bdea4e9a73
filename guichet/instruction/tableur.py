"""Rows as a file that a spreadsheet opens: CSV as French spreadsheets expect it, and OpenDocument (ODS).

Both are written row after row, so that twenty thousand requests cost no memory. Nothing that a person typed can
become a formula: CSV is written by socle/tableaux.py, an ODS cell says that it is text.
ODS is a zipped XML file of three parts; the libraries that write it hold the whole sheet in memory.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from tempfile import SpooledTemporaryFile
from typing import IO, TypeAlias
from xml.sax.saxutils import escape, quoteattr

from django.utils import timezone

from socle.tableaux import RedacteurCsv

Cellule: TypeAlias = str | int | date | datetime | None

CSV = "text/csv; charset=utf-8"
ODS = "application/vnd.oasis.opendocument.spreadsheet"

_BOM = "\ufeff"  # without it, French spreadsheets read UTF-8 as something else
# What XML cannot hold, however written.
_INTERDITS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_EN_MEMOIRE = 1_000_000  # bytes; beyond, the file being made goes to the disk


def en_csv(entetes: Sequence[str], lignes: Iterable[Sequence[Cellule]]) -> Iterator[bytes]:
    """The file in pieces: semicolons, byte-order mark, dates as people write them."""
    tampon = io.StringIO()
    redacteur = RedacteurCsv(tampon, delimiter=";", lineterminator="\r\n")
    tampon.write(_BOM)
    redacteur.ligne(entetes)
    for rang, ligne in enumerate(lignes):
        redacteur.ligne([_texte_csv(cellule) for cellule in ligne])
        if rang % 200 == 199:
            yield tampon.getvalue().encode()
            tampon.seek(0)
            tampon.truncate()
    yield tampon.getvalue().encode()


def _texte_csv(cellule: Cellule) -> str:
    if cellule is None:
        return ""
    if isinstance(cellule, datetime):
        return f"{timezone.localtime(cellule):%d/%m/%Y %H:%M}"
    if isinstance(cellule, date):
        return f"{cellule:%d/%m/%Y}"
    if isinstance(cellule, int):
        return str(cellule)
    return cellule


def en_ods(titre: str, entetes: Sequence[str], lignes: Iterable[Sequence[Cellule]]) -> IO[bytes]:
    """The file, ready to be read from its beginning."""
    sortie: IO[bytes] = SpooledTemporaryFile(max_size=_EN_MEMOIRE)  # noqa: SIM115 - the response closes it
    with zipfile.ZipFile(sortie, "w", zipfile.ZIP_DEFLATED) as archive:
        # First and stored as it is: that is how the format is recognised.
        archive.writestr("mimetype", ODS, compress_type=zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", _MANIFESTE)
        with archive.open("content.xml", "w") as contenu:
            contenu.write(_DEBUT.format(titre=quoteattr(_propre(titre)[:31])).encode())
            contenu.write(_rangee([f"<text:p>{_propre(t)}</text:p>" for t in entetes], style="entete"))
            for ligne in lignes:
                contenu.write(_rangee_de(ligne))
            contenu.write(_FIN.encode())
    sortie.seek(0)
    return sortie


def _rangee(textes: Sequence[str], style: str) -> bytes:
    cellules = (f'<table:table-cell table:style-name="{style}" office:value-type="string">{t}</table:table-cell>'
                for t in textes)  # fmt: skip
    return f"<table:table-row>{''.join(cellules)}</table:table-row>".encode()


def _rangee_de(ligne: Sequence[Cellule]) -> bytes:
    return f"<table:table-row>{''.join(_cellule_ods(c) for c in ligne)}</table:table-row>".encode()


def _cellule_ods(cellule: Cellule) -> str:
    if cellule is None or cellule == "":
        return "<table:table-cell/>"
    if isinstance(cellule, datetime):
        locale = timezone.localtime(cellule)
        return (
            f'<table:table-cell table:style-name="instant" office:value-type="date" '
            f'office:date-value="{locale:%Y-%m-%dT%H:%M:%S}"/>'
        )
    if isinstance(cellule, date):
        return f'<table:table-cell table:style-name="jour" office:value-type="date" office:date-value="{cellule:%F}"/>'
    if isinstance(cellule, int):
        return f'<table:table-cell office:value-type="float" office:value="{cellule}"/>'
    paragraphes = "".join(f"<text:p>{_propre(ligne)}</text:p>" for ligne in cellule.splitlines())
    return f'<table:table-cell office:value-type="string">{paragraphes}</table:table-cell>'


def _propre(texte: str) -> str:
    return escape(_INTERDITS.sub("", texte))


_MANIFESTE = f"""<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">
 <manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="{ODS}"/>
 <manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>
</manifest:manifest>"""

_DEBUT = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content office:version="1.3"
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0"
 xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0">
<office:automatic-styles>
<number:date-style style:name="N1"><number:day number:style="long"/><number:text>/</number:text><number:month
 number:style="long"/><number:text>/</number:text><number:year number:style="long"/></number:date-style>
<number:date-style style:name="N2"><number:day number:style="long"/><number:text>/</number:text><number:month
 number:style="long"/><number:text>/</number:text><number:year number:style="long"/><number:text> </number:text
><number:hours number:style="long"/><number:text>:</number:text><number:minutes
 number:style="long"/></number:date-style>
<style:style style:name="jour" style:family="table-cell" style:data-style-name="N1"/>
<style:style style:name="instant" style:family="table-cell" style:data-style-name="N2"/>
<style:style style:name="entete" style:family="table-cell"><style:text-properties fo:font-weight="bold"/></style:style>
</office:automatic-styles>
<office:body><office:spreadsheet><table:table table:name={titre}>
"""
_FIN = "</table:table></office:spreadsheet></office:body></office:document-content>"
