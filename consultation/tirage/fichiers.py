"""Read the field's usual files (people.csv, features.csv) and say every mistake with its line and column.

Comma, semicolon or tab; UTF-8 (with or without mark), UTF-16 with its mark (a spreadsheet's « Unicode text ») or the
Windows code page that French spreadsheets write. Empty columns at the right and Excel's own `sep=;` line are ignored.
"""

from __future__ import annotations

import codecs
import csv
import difflib
import hashlib
import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from consultation.tirage.erreurs import ErreurFichier, FichiersInvalides
from consultation.tirage.modele import Personne, Quota, Vivier

CRITERE = ("feature", "category", "critere", "critère")
VALEUR = ("value", "name", "valeur")
IDENTIFIANT = ("id", "identifiant", "identifier", "nationbuilder_id", "numero", "numéro")
SANS_LIMITE = 10**6


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


def _colonne(tableau: Tableau, noms: Sequence[str]) -> str | None:
    return next((colonne for colonne in tableau.colonnes if colonne.casefold() in noms), None)


def lire_quotas(tableau: Tableau) -> tuple[Quota, ...]:
    """Read `feature,value,min,max[,min_flex,max_flex]`. Raises FichiersInvalides, with every line at fault."""
    critere, valeur = _colonne(tableau, CRITERE), _colonne(tableau, VALEUR)
    minimum, maximum = _colonne(tableau, ("min",)), _colonne(tableau, ("max",))
    if critere is None or valeur is None or minimum is None or maximum is None:
        attendu = "les colonnes attendues sont feature, value, min, max (et, au choix, min_flex et max_flex)."
        raise FichiersInvalides([ErreurFichier(tableau.nom, 1, None, attendu)])
    souples = (_colonne(tableau, ("min_flex",)), _colonne(tableau, ("max_flex",)))
    erreurs: list[ErreurFichier] = []
    quotas: list[Quota] = []
    vus: dict[tuple[str, str], int] = {}

    def entier(ligne: int, cases: dict[str, str], colonne: str | None, defaut: int | None) -> int | None:
        texte = cases[colonne] if colonne is not None else ""
        if texte == "" and defaut is not None:
            return defaut
        if colonne is not None and not re.fullmatch(r"\d{1,6}", texte):
            message = f"« {texte} » n'est pas un nombre entier de personnes."
            erreurs.append(ErreurFichier(tableau.nom, ligne, colonne, message))
            return None
        return int(texte)

    for ligne, cases in tableau.lignes:
        cle = (cases[critere], cases[valeur])
        for colonne, case in zip((critere, valeur), cle, strict=True):
            if not case:
                erreurs.append(ErreurFichier(tableau.nom, ligne, colonne, "case vide."))
        if cle in vus:
            message = f"« {cle[0]} : {cle[1]} » figure déjà à la ligne {vus[cle]}."
            erreurs.append(ErreurFichier(tableau.nom, ligne, valeur, message))
        vus.setdefault(cle, ligne)
        bas, haut = entier(ligne, cases, minimum, None), entier(ligne, cases, maximum, None)
        bas_souple = entier(ligne, cases, souples[0], 0)
        haut_souple = entier(ligne, cases, souples[1], SANS_LIMITE)
        if bas is None or haut is None or bas_souple is None or haut_souple is None:
            continue
        if bas > haut:
            message = f"le minimum ({bas}) dépasse le maximum ({haut})."
            erreurs.append(ErreurFichier(tableau.nom, ligne, minimum, message))
        if bas_souple > bas:
            message = f"la marge basse ({bas_souple}) dépasse le minimum ({bas})."
            erreurs.append(ErreurFichier(tableau.nom, ligne, souples[0], message))
        if haut_souple < haut:
            message = f"la marge haute ({haut_souple}) est sous le maximum ({haut})."
            erreurs.append(ErreurFichier(tableau.nom, ligne, souples[1], message))
        quotas.append(Quota(cle[0], cle[1], bas, haut, bas_souple, haut_souple))
    if not tableau.lignes:
        erreurs.append(ErreurFichier(tableau.nom, None, None, "aucun quota : il faut au moins une ligne."))
    if erreurs:
        raise FichiersInvalides(erreurs)
    return tuple(quotas)


def normaliser_adresse(parties: Sequence[str]) -> str:
    """Make two spellings of one address equal: case, accents, punctuation and spaces are ignored."""
    sans_accents = unicodedata.normalize("NFKD", " ".join(parties).casefold())
    return " ".join(re.findall(r"[a-z0-9]+", sans_accents.encode("ascii", "ignore").decode()))


def colonne_identifiant(tableau: Tableau, criteres: Sequence[str]) -> str:
    """Column that names people: a usual name, else the first that is not a criterion.

    Raises FichiersInvalides without one.
    """
    trouvee = _colonne(tableau, IDENTIFIANT) or next((c for c in tableau.colonnes if c not in criteres), None)
    if trouvee is None:
        raise FichiersInvalides([ErreurFichier(tableau.nom, 1, None, "il manque une colonne d'identifiant.")])
    return trouvee


def lire_personnes(
    tableau: Tableau, quotas: Sequence[Quota], identifiant: str | None = None, foyer: Sequence[str] = ()
) -> tuple[Personne, ...]:
    """Read the volunteers; columns that are not asked for are ignored.

    Raises FichiersInvalides, with every line at fault.
    """
    connues: dict[str, list[str]] = {}
    for quota in quotas:
        connues.setdefault(quota.critere, []).append(quota.valeur)
    nommees = [*connues, *foyer, *([identifiant] if identifiant else [])]
    absentes = [
        ErreurFichier(tableau.nom, 1, colonne, "cette colonne manque (attention aux majuscules et aux accents).")
        for colonne in nommees
        if colonne not in tableau.colonnes
    ]
    if absentes:
        raise FichiersInvalides(absentes)
    cle = identifiant or colonne_identifiant(tableau, list(connues))
    erreurs: list[ErreurFichier] = []
    personnes: list[Personne] = []
    vus: dict[str, int] = {}
    for ligne, cases in tableau.lignes:
        qui = cases[cle]
        if not qui:
            erreurs.append(ErreurFichier(tableau.nom, ligne, cle, "identifiant vide."))
        elif qui in vus:
            erreurs.append(ErreurFichier(tableau.nom, ligne, cle, f"« {qui} » figure déjà à la ligne {vus[qui]}."))
        vus.setdefault(qui, ligne)
        for critere, valeurs in connues.items():
            if cases[critere] not in valeurs:
                message = _valeur_inconnue(cases[critere], valeurs)
                erreurs.append(ErreurFichier(tableau.nom, ligne, critere, message))
        valeurs_lues = {critere: cases[critere] for critere in connues}
        personnes.append(Personne(qui, valeurs_lues, normaliser_adresse([cases[colonne] for colonne in foyer])))
    if not tableau.lignes:
        erreurs.append(ErreurFichier(tableau.nom, None, None, "aucun volontaire : il faut au moins une ligne."))
    if erreurs:
        raise FichiersInvalides(erreurs)
    return tuple(personnes)


def _valeur_inconnue(lue: str, valeurs: Sequence[str]) -> str:
    if not lue:
        return "case vide."
    proches = difflib.get_close_matches(lue, valeurs, n=1)
    conseil = f"vouliez-vous dire « {proches[0]} » ?" if proches else f"valeurs prévues : {', '.join(valeurs)}."
    return f"« {lue} » n'est pas dans le fichier des quotas ; {conseil}"


def lire_vivier(personnes: Path, quotas: Path, identifiant: str | None = None, foyer: Sequence[str] = ()) -> Vivier:
    """Read both files; the digest binds the published list to them."""
    tableau_quotas, tableau_personnes = lire_tableau(quotas), lire_tableau(personnes)
    lus = lire_quotas(tableau_quotas)
    empreinte = hashlib.sha256(
        hashlib.sha256(tableau_personnes.contenu).digest() + hashlib.sha256(tableau_quotas.contenu).digest()
    ).hexdigest()
    return Vivier(lire_personnes(tableau_personnes, lus, identifiant, foyer), lus, empreinte)
