"""The first sheet of an .xlsx workbook as CSV bytes: one reader for both (tirage/fichiers.py)."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date, datetime

from openpyxl import load_workbook  # type: ignore[import-untyped]
from openpyxl.utils.exceptions import InvalidFileException  # type: ignore[import-untyped]

from consultation.tirage.erreurs import ErreurFichier, FichiersInvalides

LIGNES_MAX = 100_000
DEPLIE_MAX = 200_000_000  # bytes, once unpacked: a workbook that holds more is refused before it is opened


def en_csv(nom: str, octets: bytes) -> bytes:
    """Values as they are seen, days as 24/11/2026. Raises `FichiersInvalides` when it is no workbook, or a huge one."""
    illisible = "ce classeur ne se lit pas : enregistrez-le au format CSV (UTF-8) depuis votre tableur."
    try:
        with zipfile.ZipFile(io.BytesIO(octets)) as archive:
            if sum(info.file_size for info in archive.infolist()) > DEPLIE_MAX:
                raise FichiersInvalides([ErreurFichier(nom, None, None, "ce classeur est trop grand : coupez-le.")])
        feuille = load_workbook(io.BytesIO(octets), read_only=True, data_only=True).worksheets[0]
        texte = io.StringIO()
        sortie = csv.writer(texte)
        for rang, ligne in enumerate(feuille.iter_rows(values_only=True)):
            if rang >= LIGNES_MAX:
                raise FichiersInvalides([ErreurFichier(nom, rang, None, f"plus de {LIGNES_MAX} lignes : coupez-le.")])
            sortie.writerow(map(_texte, ligne))
    except (zipfile.BadZipFile, InvalidFileException, KeyError, IndexError, ValueError, TypeError) as erreur:
        raise FichiersInvalides([ErreurFichier(nom, None, None, illisible)]) from erreur
    return texte.getvalue().encode()


def _texte(valeur: object) -> str:
    if valeur is None:
        return ""
    if isinstance(valeur, datetime):
        return f"{valeur:%d/%m/%Y %H:%M:%S}" if valeur.time() != datetime.min.time() else f"{valeur:%d/%m/%Y}"
    if isinstance(valeur, date):
        return f"{valeur:%d/%m/%Y}"
    if isinstance(valeur, float) and valeur.is_integer():
        return str(int(valeur))
    return str(valeur)
