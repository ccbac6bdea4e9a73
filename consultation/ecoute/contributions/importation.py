"""Opinions out of a spreadsheet: every row or none, two people with the same words counted twice, a file only once.

A row is known again by all its cells, not by its words. One that carries a number or an hour is the same wherever it
comes back. Others can be told apart by nothing: they are taken as already there when the file holds the whole of an
earlier one (the same again, or one that grew), and counted otherwise.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from consultation.ecoute.contributions.models import Canal
from consultation.ecoute.contributions.services import Saisie, empreinte, garder
from consultation.ecoute.dossiers import tableaux
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.dossiers.services import hors_des_dates
from consultation.ecoute.journal.services import noter
from consultation.tirage.fichiers import Tableau

if TYPE_CHECKING:
    from consultation.ecoute.equipe.models import Membre

CANAUX = {**{str(c.label).casefold(): c for c in Canal}, **{c.value: c for c in Canal}}
CHAMPS = ("texte", "canal", "date", "bulletin", "publier")
OUI = ("oui", "o", "x", "1", "vrai", "true", "yes")
SYNONYMES = {
    "texte": ("avis", "commentaire", "réponse", "reponse", "message", "verbatim", "votre avis", "contribution"),
    "date": ("horodateur", "date de réponse", "reçu le", "timestamp", "date d'envoi"),
    "canal": ("origine", "source"),
    "bulletin": ("numéro", "numero", "n°", "numéro du bulletin"),
}
DATES = (
    "%d/%m/%Y", "%Y-%m-%d", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%d/%m/%y",
)  # fmt: skip


@dataclass(frozen=True)
class Import:
    """What an import did; `hors_periode`: among those added, set aside because their date is not within the dates."""

    ajoutes: int
    deja: int
    hors_periode: int = field(default=0, compare=False)


@dataclass(frozen=True)
class _Ligne:
    saisie: Saisie
    cle: str  # digest of the whole row
    sure: bool  # it carries what makes it the same wherever it comes back: a number, an hour


def deviner(tableau: Tableau) -> dict[str, str]:
    """Which column is which, when its name leaves no doubt."""
    noms = {colonne.casefold().strip(): colonne for colonne in tableau.colonnes}
    trouves = {}
    for champ in CHAMPS:
        nom = next((n for n in (champ, *SYNONYMES.get(champ, ())) if n in noms), None)
        if nom is not None:
            trouves[champ] = noms[nom]
    return trouves


@transaction.atomic
def importer(
    membre: Membre, dossier: Dossier, fichier: UploadedFile[Any] | Tableau, *, canal: Canal | None = None,
    colonnes: Mapping[str, str] | None = None, tout_compter: bool = False,
) -> Import:  # fmt: skip
    """All the rows of a file, or none.

    `canal`: how those came that do not say it. `colonnes`: the column of each of `CHAMPS`, as somebody chose. `tout_
    compter`: nothing is taken as already there. A row dated before the opening or after the closing is kept, and set
    aside with that reason. Raises `FichiersInvalides` with every mistake.
    """
    tableau = fichier if isinstance(fichier, Tableau) else tableaux.lire_envoi(fichier)
    lignes = _lire(dossier, tableau, canal, deviner(tableau) | dict(colonnes or {}))
    lot = hashlib.sha256("\n".join(sorted(li.cle for li in lignes)).encode()).hexdigest()
    connues = Counter() if tout_compter else _deja(dossier, lignes)
    nouvelles, hors = [], 0
    for ligne in lignes:
        if connues[ligne.cle] > 0:
            connues[ligne.cle] -= 1
        else:
            nouvelles.append(ligne)
    for ligne in nouvelles:
        contribution = garder(dossier, ligne.saisie, membre=membre)
        contribution.ligne, contribution.lot = ligne.cle, lot
        le = ligne.saisie.recue_le
        if le is not None and _hors(dossier, le):
            hors += 1
            contribution.ecarte_le = timezone.now()
            contribution.ecarte_motif = f"Daté du {timezone.localtime(le):%d/%m/%Y}, hors des dates de participation"
        contribution.save(update_fields=["ligne", "lot", "ecarte_le", "ecarte_motif"])
    noter(membre, f"a importé {len(nouvelles)} avis", dossier)
    return Import(len(nouvelles), len(lignes) - len(nouvelles), hors)


def _hors(dossier: Dossier, le: datetime) -> bool:
    """A whole day counts: a date without an hour is not told apart from the hour of the opening."""
    avant = dossier.ouverture is not None and le.date() < timezone.localtime(dossier.ouverture).date()
    apres = dossier.fermeture is not None and le.date() > timezone.localtime(dossier.fermeture).date()
    return avant or apres or (hors_des_dates(dossier, le) and le > timezone.now())


def _deja(dossier: Dossier, lignes: list[_Ligne]) -> Counter[str]:
    """How many times each row of the file is there already."""
    connues: Counter[str] = Counter()
    gardees = list(dossier.contributions.exclude(ligne="").values_list("ligne", "lot"))
    par_ligne = Counter(cle for cle, _ in gardees)
    fichier = Counter(ligne.cle for ligne in lignes)
    for ligne in lignes:
        if ligne.sure:
            connues[ligne.cle] = par_ligne[ligne.cle]
    lots: dict[str, Counter[str]] = {}
    for cle, lot in gardees:
        lots.setdefault(lot, Counter())[cle] += 1
    for contenu in lots.values():
        if contenu <= fichier:  # the whole of an earlier file is in this one
            for cle, nombre in contenu.items():
                connues[cle] = max(connues[cle], nombre)
    # Rows that came before they were known by their cells: the whole file again, by its words and channels.
    anciennes = dossier.contributions.filter(ligne="", appareil="", saisie_par__isnull=False)
    mots = Counter(anciennes.values_list("empreinte", "canal"))
    siens = Counter((empreinte(li.saisie.texte), li.saisie.canal.value) for li in lignes)
    if siens and siens <= mots:
        return fichier
    return connues


def _lire(dossier: Dossier, tableau: Tableau, canal: Canal | None, colonnes: Mapping[str, str]) -> list[_Ligne]:
    lecture = tableaux.Lecture(tableau, colonnes)
    lecture.exiger("texte")
    criteres = tableaux.valeurs_possibles(dossier)
    lues: list[_Ligne] = []
    for rang, valeur in lecture.lignes():
        dit = valeur.get("canal", "")
        trouve = CANAUX.get(dit.casefold()) if dit else canal
        if not valeur["texte"]:
            lecture.faute(rang, "texte", "case vide.")
        if trouve is None:
            possibles = ", ".join(c.value for c in Canal)
            quoi = f"« {dit} » ; canaux possibles : {possibles}." if dit else (
                "case vide : dites plus bas comment ces avis sont arrivés, ou remplissez-la."
            )  # fmt: skip
            lecture.faute(rang, "canal", quoi)
        profil = {nom: dit for nom, dit in lecture.profil(rang, valeur, criteres).items() if dit}
        le, heure = lire_date(valeur.get("date", ""))
        if valeur.get("date") and le is None:
            lecture.faute(rang, "date", "écrivez la date ainsi : 24/11/2026, ou 24/11/2026 14:30.")
        elif le is not None and timezone.localdate(le) > timezone.localdate():
            lecture.faute(rang, "date", f"« {valeur['date']} » est dans le futur.")
        bulletin = valeur.get("bulletin", "")[:20]
        saisie = Saisie(valeur["texte"], trouve or Canal.COURRIEL, profil, le, bulletin)
        saisie = replace(saisie, publier=valeur.get("publier", "").casefold() in OUI)
        cellules = "\x1f".join(f"{nom}\x1e{valeur[nom]}" for nom in sorted(valeur))
        cle = hashlib.sha256(f"{dossier.pk}\x1f{cellules}".encode()).hexdigest()
        lues.append(_Ligne(saisie, cle, bool(bulletin) or heure))
    lecture.conclure()
    return lues


def lire_date(texte: str) -> tuple[datetime | None, bool]:
    """The moment that a cell tells, at noon without an hour, and whether it tells the hour."""
    for forme in DATES:
        try:
            lu = datetime.strptime(texte.strip(), forme)
        except ValueError:
            continue
        heure = "%H" in forme
        return timezone.make_aware(lu if heure else datetime.combine(lu, time(12))), heure
    return None, False
