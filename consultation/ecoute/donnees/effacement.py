"""Erasure: what is due and when, its proof, and everything that one person may ask for.

A proof says the kind, the number, the reason and the moment, and carries the digest of the one before it, as
publications do: removing or changing one shows. It holds no name. Public archives are another duty (Code du
patrimoine, L.212-2): what must be kept is handed over before this runs, and the sheet says so.
"""

from __future__ import annotations

import calendar
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from consultation.dossier.publications import ORIGINE
from consultation.ecoute.ateliers.models import Atelier, Consentement, Note, Participant
from consultation.ecoute.contributions.models import Contact
from consultation.ecoute.donnees.models import MOIS_PROPOSES, Effacement, Sorte
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.equipe.models import EssaiConnexion, Membre
from consultation.ecoute.journal import services as journal
from consultation.ecoute.lecture.models import Geste, Masque
from consultation.ecoute.panels.models import Tirage, Volontaire

JOURNAL_MOIS = 36  # the trail outlives the dossiers it explains, then goes as well
NOM_EFFACE = "Personne effacée"


def plus_mois(moment: datetime, mois: int) -> datetime:
    """The same day so many months later, or the last of that month."""
    rang = moment.month - 1 + mois
    annee, mois_ = moment.year + rang // 12, rang % 12 + 1
    return moment.replace(year=annee, month=mois_, day=min(moment.day, calendar.monthrange(annee, mois_)[1]))


@dataclass(frozen=True)
class Echeance:
    """One kind of data of one dossier, and when it goes (None: its starting event has not come)."""

    dossier: Dossier
    sorte: Sorte
    le: datetime | None
    nombre: int


def _debut(dossier: Dossier, sorte: Sorte) -> datetime | None:
    """The event from which the months run."""
    if sorte in (Sorte.AVIS, Sorte.CONTACTS):
        return dossier.clos_le
    if sorte == Sorte.VOLONTAIRES:
        tires = Tirage.objects.filter(panel__dossier=dossier)
        return tires.aggregate(le=Max("tire_le"))["le"] or dossier.clos_le
    fin: datetime | None = dossier.ateliers.aggregate(le=Max("fin"))["le"]
    return fin


def _restants(dossier: Dossier, sorte: Sorte) -> int:
    if sorte == Sorte.AVIS:
        return dossier.contributions.filter(efface_le=None).count()
    if sorte == Sorte.CONTACTS:
        return Contact.objects.filter(contribution__dossier=dossier).count()
    if sorte == Sorte.VOLONTAIRES:
        return Volontaire.objects.filter(panel__dossier=dossier).exclude(nom=NOM_EFFACE).count()
    if sorte == Sorte.PARTICIPANTS:
        return Participant.objects.filter(atelier__dossier=dossier).exclude(nom=NOM_EFFACE).count()
    return Consentement.objects.filter(participant__atelier__dossier=dossier).count()


def echeances(dossier: Dossier) -> list[Echeance]:
    """What goes when, for one dossier."""
    fiche = getattr(dossier, "fiche", None)
    mois = {d.sorte: d.mois for d in fiche.durees.all()} if fiche else {}
    lignes = []
    for sorte in Sorte:
        debut = _debut(dossier, sorte)
        le = None if debut is None else plus_mois(debut, mois.get(sorte.value, MOIS_PROPOSES[sorte]))
        lignes.append(Echeance(dossier, sorte, le, _restants(dossier, sorte)))
    return lignes


def _effacer_avis(dossier: Dossier, maintenant: datetime) -> int:
    """The words as they came go; the version without names stays. What nobody reread goes whole."""
    n = 0
    for contribution in dossier.contributions.filter(efface_le=None):
        contribution.texte = ""
        contribution.appareil, contribution.empreinte, contribution.bulletin = "", "", ""
        contribution.efface_le = maintenant
        contribution.save(update_fields=["texte", "appareil", "empreinte", "bulletin", "efface_le"])
        n += 1
    Note.objects.filter(atelier__dossier=dossier).delete()
    # Acts of the reading can no longer be undone; where names were hidden in the text no longer matters.
    Geste.objects.filter(dossier=dossier).delete()
    Masque.objects.filter(contribution__dossier=dossier).delete()
    return n


def _effacer_contacts(dossier: Dossier, maintenant: datetime) -> int:
    return Contact.objects.filter(contribution__dossier=dossier).delete()[0]


def _effacer_volontaires(dossier: Dossier, maintenant: datetime) -> int:
    """Codes stay (they are public and say nothing); names, contacts, profiles and the files of the draw go."""
    gens = Volontaire.objects.filter(panel__dossier=dossier).exclude(nom=NOM_EFFACE)
    n = gens.update(nom=NOM_EFFACE, courriel="", telephone="", foyer="", valeurs={})
    Tirage.objects.filter(panel__dossier=dossier, efface_le=None).update(personnes="", efface_le=maintenant)
    return n


def _effacer_participants(dossier: Dossier, maintenant: datetime) -> int:
    """Numbers stay (who came as what); names and contacts go."""
    gens = Participant.objects.filter(atelier__dossier=dossier).exclude(nom=NOM_EFFACE)
    return gens.update(nom=NOM_EFFACE, courriel="", telephone="", adresse="", organisme="", besoins="")


def _effacer_consentements(dossier: Dossier, maintenant: datetime) -> int:
    return Consentement.objects.filter(participant__atelier__dossier=dossier).delete()[0]


EFFACER: dict[Sorte, Callable[[Dossier, datetime], int]] = {
    Sorte.AVIS: _effacer_avis,
    Sorte.CONTACTS: _effacer_contacts,
    Sorte.VOLONTAIRES: _effacer_volontaires,
    Sorte.PARTICIPANTS: _effacer_participants,
    Sorte.CONSENTEMENTS: _effacer_consentements,
}


def _contenu(preuve: Effacement) -> str:
    champs = {
        "dossier": preuve.dossier.slug if preuve.dossier else "", "sorte": preuve.sorte, "nombre": preuve.nombre,
        "motif": preuve.motif, "le": preuve.le.astimezone(UTC).isoformat(), "precedente": preuve.precedente,
    }  # fmt: skip
    return json.dumps(champs, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def prouver(dossier: Dossier | None, sorte: str, nombre: int, motif: str, maintenant: datetime) -> Effacement:
    """Add a proof to the chain."""
    derniere = Effacement.objects.order_by("-pk").first()
    preuve = Effacement(
        dossier=dossier, sorte=sorte, nombre=nombre, motif=motif, le=maintenant.astimezone(UTC),
        precedente=derniere.empreinte if derniere else ORIGINE,
    )  # fmt: skip
    preuve.empreinte = hashlib.sha256(_contenu(preuve).encode()).hexdigest()
    preuve.save()
    return preuve


def verifier() -> list[str]:
    """What is wrong with the chain of proofs, in French."""
    defauts, precedente = [], ORIGINE
    for preuve in Effacement.objects.select_related("dossier").order_by("pk"):
        if preuve.precedente != precedente:
            defauts.append(f"Preuve du {preuve.le:%d/%m/%Y} : ne suit pas la précédente.")
        if preuve.empreinte != hashlib.sha256(_contenu(preuve).encode()).hexdigest():
            defauts.append(f"Preuve du {preuve.le:%d/%m/%Y} : modifiée.")
        precedente = preuve.empreinte
    return defauts


@transaction.atomic
def effacer_echus(maintenant: datetime | None = None) -> list[Effacement]:
    """Erase all that is due; running it again erases nothing more."""
    moment = maintenant or timezone.now()
    preuves = []
    for dossier in Dossier.objects.select_related("fiche").prefetch_related("fiche__durees"):
        for echeance in echeances(dossier):
            if echeance.le is not None and echeance.le <= moment and echeance.nombre:
                n = EFFACER[echeance.sorte](dossier, moment)
                motif = f"Durée de conservation atteinte le {timezone.localtime(echeance.le):%d/%m/%Y}"
                preuves.append(prouver(dossier, echeance.sorte.label, n, motif, moment))
                journal.noter(None, f"a effacé : {echeance.sorte.label.lower()} ({n})", dossier)
    lignes = journal.purger(plus_mois(moment, -JOURNAL_MOIS))
    if lignes:
        preuves.append(prouver(None, "Journal de l'équipe", lignes, f"Plus de {JOURNAL_MOIS} mois", moment))
    EssaiConnexion.objects.filter(le__lt=moment).delete()
    return preuves


def _contient(mot: str) -> dict[str, Q]:
    """Where a person may be found: by e-mail, phone or name, whole."""
    q = Q(courriel__iexact=mot) | Q(telephone=mot) | Q(nom__iexact=mot)
    return {"contact": q, "participant": q, "volontaire": q}


def trouver(mot: str) -> dict[str, list[Any]]:
    """Everything that names a person; anonymous opinions cannot be found, and this says so."""
    mot = mot.strip()
    if not mot:
        return {"contacts": [], "participants": [], "volontaires": []}
    q = _contient(mot)
    return {
        "contacts": list(Contact.objects.filter(q["contact"]).select_related("contribution__dossier")),
        "participants": list(Participant.objects.filter(q["participant"]).select_related("atelier__dossier")),
        "volontaires": list(Volontaire.objects.filter(q["volontaire"]).select_related("panel__dossier")),
    }


def exporter(mot: str) -> dict[str, Any]:
    """What one person may be given of what is kept about them."""
    trouve = trouver(mot)
    return {
        "recherche": mot.strip(),
        "avis": [
            {"dossier": c.contribution.dossier.titre, "numero": c.contribution.numero, "texte": c.contribution.texte,
             "nom": c.nom, "courriel": c.courriel, "telephone": c.telephone, "laisse_le": c.laisse_le.isoformat()}
            for c in trouve["contacts"]
        ],
        "ateliers": [
            {"atelier": p.atelier.titre, "nom": p.nom, "courriel": p.courriel, "telephone": p.telephone,
             "adresse": p.adresse, "besoins": p.besoins, "reponse": p.get_statut_display(),
             "accords": [{"pour": a.get_finalite_display(), "donne_le": a.donne_le.isoformat(),
                          "retire_le": a.retire_le.isoformat() if a.retire_le else None}
                         for a in p.consentements.all()]}
            for p in trouve["participants"]
        ],
        "tirages": [
            {"panel": v.panel.titre, "code": v.code, "nom": v.nom, "courriel": v.courriel, "telephone": v.telephone,
             "profil": v.valeurs, "inscrit_le": v.inscrit_le.isoformat()}
            for v in trouve["volontaires"]
        ],
    }  # fmt: skip


@transaction.atomic
def effacer_personne(membre: Membre, mot: str, maintenant: datetime | None = None) -> int:
    """At a person's request: names and contacts go everywhere, seats are freed, the proof names nobody."""
    moment = maintenant or timezone.now()
    trouve = trouver(mot)
    n = sum(len(liste) for liste in trouve.values())
    for contact in trouve["contacts"]:
        contact.delete()
    for participant in trouve["participants"]:
        participant.consentements.all().delete()
        if participant.atelier.etat == Atelier.Etat.PREVU:
            participant.delete()
        else:
            Participant.objects.filter(pk=participant.pk).update(
                nom=NOM_EFFACE, courriel="", telephone="", adresse="", organisme="", besoins=""
            )
    for volontaire in trouve["volontaires"]:
        Volontaire.objects.filter(pk=volontaire.pk).update(
            nom=NOM_EFFACE, courriel="", telephone="", foyer="", valeurs={}, renonce_le=moment
        )
        _oublier_dans_tirages(volontaire)
    if n:
        prouver(None, "Données d'une personne, à sa demande", n, "Demande de la personne", moment)
        journal.noter(membre, f"a effacé les données d'une personne, à sa demande ({n} enregistrements)")
    return n


def _oublier_dans_tirages(volontaire: Volontaire) -> None:
    """Their line of the draw's file goes; a draw not yet published is to be computed again."""
    for tirage in volontaire.panel.tirages.all():
        if tirage.annonce_le is None:
            tirage.delete()
            continue
        gardees = [li for li in tirage.personnes.splitlines(keepends=True) if not li.startswith(f"{volontaire.code},")]
        tirage.personnes = "".join(gardees)
        tirage.save(update_fields=["personnes"])


def registre(dossier: Dossier) -> list[tuple[str, str]]:
    """Entry of the register of processing (RGPD, article 30), from what the sheet says."""
    fiche = getattr(dossier, "fiche", None)
    if fiche is None:
        return []
    durees = " ; ".join(f"{d.get_sorte_display()} : {d.mois} mois après {d.debut}" for d in fiche.durees.all())
    approbation = (
        f"{fiche.approuve_par}, le {timezone.localtime(fiche.approuve_le):%d/%m/%Y}" if fiche.approuve_le else "À faire"
    )
    return [
        ("Traitement", f"Écoute des usagers : {dossier.titre}"),
        ("Finalité", fiche.finalite),
        ("Base légale", fiche.base_legale),
        ("Personnes concernées", dossier.perimetre_public or "Usagers de la commune"),
        (
            "Données",
            "Texte des avis ; profil par critères (" + (", ".join(c.nom for c in dossier.criteres.all()) or "aucun")
            + ") ; coordonnées laissées ; noms, coordonnées et accords des participants et des volontaires",
        ),
        ("Destinataires", fiche.destinataires),
        ("Transfert hors de l'Union européenne", "Aucun"),
        ("Durées de conservation", durees),
        (
            "Sécurité",
            "Comptes nominatifs, rôles, mots de passe hachés (Argon2), journal des actes, noms cachés avant lecture, "
            "aucune requête vers un tiers",
        ),
        ("Approbation du délégué", approbation),
    ]  # fmt: skip
