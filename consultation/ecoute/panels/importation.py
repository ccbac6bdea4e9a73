"""Volunteers from a file: every line, or none with all the mistakes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import validate_email
from django.db import transaction

from consultation.ecoute.dossiers import tableaux
from consultation.ecoute.journal.services import noter
from consultation.ecoute.panels.models import Panel, Volontaire
from consultation.ecoute.panels.services import DejaVolontaire, inscrire
from socle.composants.telephones import ranger_telephone

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
    deja = 0
    lus = _lire(panel, tableaux.Lecture(tableaux.lire_envoi(fichier)))
    for volontaire, adresse in lus:
        try:
            inscrire(panel, volontaire, adresse)
        except DejaVolontaire:
            deja += 1
    noter(membre, f"a importé {len(lus) - deja} volontaires pour « {panel.titre} »", panel.dossier)
    return Import(len(lus) - deja, deja)


def _lire(panel: Panel, lecture: tableaux.Lecture) -> list[tuple[Volontaire, str]]:
    criteres = tableaux.valeurs_possibles(panel.dossier)
    lecture.exiger("nom", *criteres, *(["adresse"] if panel.un_par_foyer else []))
    lus: list[tuple[Volontaire, str]] = []
    for ligne, valeur in lecture.lignes():
        if not valeur["nom"]:
            lecture.faute(ligne, "nom", "case vide.")
        profil = lecture.profil(ligne, valeur, criteres)
        for nom in (nom for nom, dit in profil.items() if not dit):
            lecture.faute(ligne, nom, f"case vide ; valeurs possibles : {', '.join(criteres[nom])}.")
        courriel, telephone = valeur.get("courriel", ""), valeur.get("telephone", "") or valeur.get("téléphone", "")
        if not courriel and not telephone:
            lecture.faute(ligne, "courriel", "il faut un e-mail ou un téléphone.")
        if courriel and not _est_courriel(courriel):
            lecture.faute(ligne, "courriel", f"« {courriel} » n'est pas une adresse.")
        if telephone:
            try:
                telephone = ranger_telephone(telephone)
            except ValidationError:
                lecture.faute(ligne, "telephone", f"« {telephone} » n'est pas un numéro de téléphone.")
        lus.append((
            Volontaire(nom=valeur["nom"][:120], courriel=courriel, telephone=telephone[:30], valeurs=profil),
            valeur.get("adresse", "") if panel.un_par_foyer else "",
        ))  # fmt: skip
    lecture.conclure()
    return lus


def _est_courriel(texte: str) -> bool:
    try:
        validate_email(texte)
    except ValidationError:
        return False
    return True
