"""Read a table as spreadsheets write them, and say every mistake with its line and column.

Comma, semicolon or tab; UTF-8 (with or without mark), UTF-16 with its mark (a spreadsheet's « Unicode text ») or the
Windows code page that French spreadsheets write. Empty columns at the right and Excel's own `sep=;` line are ignored.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

from consultation.tirage.erreurs import ErreurFichier, FichiersInvalides


@dataclass(frozen=True)
class Tableau:
    """A file as text: header, and rows with the number of their first line in the file."""

    nom: str
    contenu: bytes
    colonnes: tuple[str, ...]
    lignes: tuple[tuple[int, dict[str, str]], ...]


def lire_tableau(chemin: Path) -> Tableau:
    """Read a CSV file whole; raises `FichiersInvalides` when it is not one."""
    try:
        contenu = chemin.read_bytes()
    except OSError as erreur:
        raise FichiersInvalides([ErreurFichier(chemin.name, None, None, "fichier absent ou illisible.")]) from erreur
    return tableau_de(chemin.name, contenu)


def tableau_de(nom: str, contenu: bytes) -> Tableau:
    """The table that a CSV file of this name and content holds; raises `FichiersInvalides` when it is not one."""
    texte, decalage = _sans_reglage_excel(_decoder(nom, contenu))
    separateur = _separateur(texte)
    lecteur = csv.reader(io.StringIO(texte, newline=""), delimiter=separateur)
    erreurs: list[ErreurFichier] = []
    try:
        colonnes = tuple(case.strip() for case in next(lecteur))
        utiles = len(colonnes) - next((n for n, c in enumerate(reversed(colonnes)) if c), len(colonnes))
        colonnes = colonnes[:utiles]
        lignes = []
        debut = decalage + lecteur.line_num + 1
        for toutes in lecteur:
            cases = toutes[:utiles] if not any(case.strip() for case in toutes[utiles:]) else toutes
            if any(case.strip() for case in cases):
                if len(cases) != len(colonnes):
                    message = f"{len(cases)} case{'s' if len(cases) > 1 else ''} au lieu de {len(colonnes)} attendues."
                    erreurs.append(ErreurFichier(nom, debut, None, message))
                lignes.append((debut, {c: v.strip() for c, v in zip(colonnes, cases, strict=False)}))
            debut = decalage + lecteur.line_num + 1
    except StopIteration as erreur:
        raise FichiersInvalides([ErreurFichier(nom, None, None, "le fichier est vide.")]) from erreur
    except csv.Error as erreur:
        raise FichiersInvalides(
            [
                ErreurFichier(
                    nom, decalage + lecteur.line_num, None, "cette ligne ne se lit pas (guillemet non fermé ?)."
                )
            ]
        ) from erreur
    if not colonnes:
        raise FichiersInvalides([ErreurFichier(nom, 1, None, "la première ligne doit donner le nom des colonnes.")])
    doubles = sorted({colonne for colonne in colonnes if colonnes.count(colonne) > 1})
    erreurs += [ErreurFichier(nom, 1, colonne, "ce nom de colonne figure deux fois.") for colonne in doubles]
    if erreurs:
        raise FichiersInvalides(erreurs)
    return Tableau(nom, contenu, colonnes, tuple(lignes))


def _decoder(nom: str, contenu: bytes) -> str:
    """The text, whatever the spreadsheet wrote; raises `FichiersInvalides` when it is no text at all."""
    if contenu.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        message = "c'est un classeur, pas un fichier CSV : ouvrez-le dans votre tableur, enregistrez-le au format CSV."
        raise FichiersInvalides([ErreurFichier(nom, None, None, message)])
    try:
        if contenu.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return contenu.decode("utf-16")
        texte = contenu.decode("utf-8-sig")
    except UnicodeDecodeError as faute:
        texte = _ancien_jeu(nom, contenu, faute)
    if "\0" in texte:
        message = "ce n'est pas un fichier CSV : enregistrez-le au format CSV (UTF-8) depuis votre tableur."
        raise FichiersInvalides([ErreurFichier(nom, None, None, message)])
    return texte


def _sans_reglage_excel(texte: str) -> tuple[str, int]:
    """Without the first line `sep=;` that Excel writes for itself, and how many lines were taken away."""
    premiere, _, suite = texte.partition("\n")
    return (suite, 1) if re.fullmatch(r"\"?sep=[,;\t]\"?\s*", premiere) else (texte, 0)


def _separateur(texte: str) -> str:
    """The sign that cuts the first row, those inside quotes left out (RFC 4180, 2.6)."""
    dedans, hors = False, []
    for lettre in texte:
        if lettre == '"':
            dedans = not dedans
        elif not dedans and lettre in "\r\n":
            break
        elif not dedans:
            hors.append(lettre)
    return max(",;\t", key=hors.count)


FRANCAIS = frozenset("éèêëàâäçùûüôöîïÿœæÉÈÊËÀÂÄÇÙÛÜÔÖÎÏŸŒÆ’‘“”«»–—…€°·\u00a0\u202f")


def _ancien_jeu(nom: str, contenu: bytes, faute: UnicodeDecodeError) -> str:
    """Text of a file older than UTF-8: of Windows, or of Excel for Mac.

    Raises FichiersInvalides for UTF-8 with a damaged byte, and when no reading gives words: nothing garbled comes in.
    """
    ligne = contenu[: faute.start].replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n") + 1
    lus = contenu.decode("utf-8", errors="replace")
    if sum(ord(lettre) > 127 and lettre != "\ufffd" for lettre in lus) > lus.count("\ufffd"):
        message = "une lettre y est abîmée : corrigez-la dans votre tableur, puis enregistrez au format CSV UTF-8."
        raise FichiersInvalides([ErreurFichier(nom, ligne, None, message)])
    essais = {jeu: contenu.decode(jeu, errors="replace") for jeu in ("cp1252", "mac_roman")}
    etranges = {
        jeu: sum(ord(lettre) > 127 and lettre not in FRANCAIS for lettre in texte) for jeu, texte in essais.items()
    }
    jeu = min(etranges, key=lambda un: etranges[un])
    if etranges[jeu] > sum(lettre in FRANCAIS for lettre in essais[jeu]):
        message = "ses accents ne se lisent pas : enregistrez-le au format « CSV UTF-8 » depuis votre tableur."
        raise FichiersInvalides([ErreurFichier(nom, ligne, None, message)])
    return essais[jeu]
