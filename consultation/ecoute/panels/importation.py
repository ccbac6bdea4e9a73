"""Volunteers from a file: every line, or none with all the mistakes."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import validate_email
from django.db import transaction

from consultation.ecoute.journal.services import noter
from consultation.ecoute.panels.models import Panel, Volontaire
from consultation.ecoute.panels.services import DejaVolontaire, inscrire
from consultation.tirage.erreurs import ErreurFichier, FichiersInvalides
from consultation.tirage.fichiers import Tableau, lire_tableau

if TYPE_CHECKING:
    from consultation.ecoute.equipe.models import Membre


@dataclass(frozen=True)
class Import:
    """What an import did."""

    ajoutes: int
    deja: int


@transaction.atomic
def importer(membre: Membre, panel: Panel, fichier: UploadedFile[Any]) -> Import:
    """Columns: nom, courriel, telephone, adresse, and one by criterion; who is registered already is left alone.

    Raises `FichiersInvalides` with every mistake, `PanelRefuse` when registration is over.
    """
    with tempfile.TemporaryDirectory() as temporaire:
        chemin = Path(temporaire) / Path(str(fichier.name)).name
        chemin.write_bytes(b"".join(fichier.chunks()))
        tableau = lire_tableau(chemin)
    deja = 0
    lus = _lire(panel, tableau)
    for volontaire, adresse in lus:
        try:
            inscrire(panel, volontaire, adresse)
        except DejaVolontaire:
            deja += 1
    noter(membre, f"a importé {len(lus) - deja} volontaires pour « {panel.titre} »", panel.dossier)
    return Import(len(lus) - deja, deja)


def _lire(panel: Panel, tableau: Tableau) -> list[tuple[Volontaire, str]]:
    criteres = {c.nom: [m.nom for m in c.modalites.all()] for c in panel.dossier.criteres.prefetch_related("modalites")}
    colonnes = {colonne.casefold(): colonne for colonne in tableau.colonnes}
    attendues = ["nom", *criteres, *(["adresse"] if panel.un_par_foyer else [])]
    absentes = [nom for nom in attendues if nom.casefold() not in colonnes]
    if absentes:
        mots = ", ".join(f"« {nom} »" for nom in absentes)
        raise FichiersInvalides([ErreurFichier(tableau.nom, 1, None, f"colonnes absentes : {mots}.")])
    erreurs: list[ErreurFichier] = []
    lus: list[tuple[Volontaire, str]] = []
    for ligne, cases in tableau.lignes:
        valeur = {nom: cases.get(colonne, "") for nom, colonne in colonnes.items()}
        profil = {nom: valeur[nom.casefold()] for nom in criteres}
        if not valeur["nom"]:
            erreurs.append(ErreurFichier(tableau.nom, ligne, "nom", "case vide."))
        erreurs += [
            ErreurFichier(tableau.nom, ligne, nom, f"« {dit} » ; valeurs possibles : {', '.join(criteres[nom])}.")
            for nom, dit in profil.items()
            if dit not in criteres[nom]
        ]
        courriel, telephone = valeur.get("courriel", ""), valeur.get("telephone", "") or valeur.get("téléphone", "")
        if not courriel and not telephone:
            erreurs.append(ErreurFichier(tableau.nom, ligne, "courriel", "il faut un e-mail ou un téléphone."))
        if courriel and not _est_courriel(courriel):
            erreurs.append(ErreurFichier(tableau.nom, ligne, "courriel", f"« {courriel} » n'est pas une adresse."))
        lus.append((
            Volontaire(nom=valeur["nom"][:120], courriel=courriel, telephone=telephone[:30], valeurs=profil),
            valeur.get("adresse", "") if panel.un_par_foyer else "",
        ))  # fmt: skip
    if erreurs:
        raise FichiersInvalides(erreurs)
    return lus


def _est_courriel(texte: str) -> bool:
    try:
        validate_email(texte)
    except ValidationError:
        return False
    return True
