"""Scheduled erasure: what is due and when, and how each kind of data goes, with its proof.

Public archives are another duty (Code du patrimoine, L.212-2): nothing is destroyed before the archives gave their
visa, or took what they keep. A kind that waits for them says so on the team's home page, and goes the day after.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from consultation.ecoute.ateliers import courriels as ateliers
from consultation.ecoute.ateliers.models import NOM_EFFACE, Consentement, Note, Participant
from consultation.ecoute.boite import services as boite
from consultation.ecoute.cadre import courriels
from consultation.ecoute.contributions.models import Contact
from consultation.ecoute.contributions.services import DEPOTS
from consultation.ecoute.donnees.models import MOIS_PROPOSES, Effacement, Sort, Sorte
from consultation.ecoute.donnees.preuves import prouver
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.equipe.connexion import ECHECS
from consultation.ecoute.journal import services as journal
from consultation.ecoute.lecture.models import Geste, Lecture, Masque
from consultation.ecoute.lecture.services import PETIT
from consultation.ecoute.panels import courriels as panels
from consultation.ecoute.panels.models import Tirage, Volontaire
from consultation.ecoute.satisfaction import services as satisfaction
from socle.envois import services as envois
from socle.envois.genres import GARDE
from socle.mois import plus_mois

JOURNAL_MOIS = 36  # the trail outlives the dossiers it explains, then goes as well
COURRIELS_JOURS = 90  # mails kept as files, where no mail server was set
OUBLI_MOIS = 12  # a dossier that nobody closes: its months run from a year after the participation ended
VIDE = {"courriel": "", "telephone": "", "adresse": "", "organisme": "", "besoins": ""}


@dataclass(frozen=True)
class Echeance:
    """One kind of data of one dossier, and when it goes (None: its starting event has not come)."""

    dossier: Dossier
    sorte: Sorte
    le: datetime | None
    nombre: int
    attente: str = ""  # what the archives have to do first, in French
    fin: str = ""  # how it ends, for the proof


def _cloture(dossier: Dossier) -> datetime | None:
    """Closing, or what stands for it when a dossier is forgotten."""
    if dossier.clos_le is not None:
        return dossier.clos_le
    return None if dossier.fermeture is None else plus_mois(dossier.fermeture, OUBLI_MOIS)


def _tirage(dossier: Dossier) -> datetime | None:
    tires = Tirage.objects.filter(panel__dossier=dossier)
    le: datetime | None = tires.aggregate(le=Max("tire_le"))["le"]
    return le or _cloture(dossier)


def _atelier(dossier: Dossier) -> datetime | None:
    fin: datetime | None = dossier.ateliers.aggregate(le=Max("fin"))["le"]
    return fin


def _nommes(dossier: Dossier) -> QuerySet[Participant]:
    """Participants of whom something is kept; a name alone is kept as long as an agreement has to be proved."""
    accords = Consentement.objects.filter(participant=OuterRef("pk"))
    rien_d_autre = Q(**VIDE)
    return (
        Participant.objects.filter(atelier__dossier=dossier)
        .exclude(nom=NOM_EFFACE)
        .exclude(rien_d_autre & Exists(accords))
    )


def _effacer_avis(dossier: Dossier, maintenant: datetime) -> int:
    """The words as they came go; the version without names stays. What nobody reread goes whole.

    A profile that fewer than five people carry would still point at somebody: it goes too, as in the open data.
    """
    n = 0
    avis = list(dossier.contributions.filter(efface_le=None))
    porteurs = Counter(tuple(sorted(a.profil.items())) for a in dossier.contributions.all())
    for contribution in avis:
        contribution.texte = ""
        contribution.appareil, contribution.empreinte, contribution.bulletin, contribution.ligne = "", "", "", ""
        contribution.envoi = ""
        if porteurs[tuple(sorted(contribution.profil.items()))] < PETIT:
            contribution.profil = {}
        contribution.efface_le = maintenant
        contribution.save(
            update_fields=["texte", "appareil", "empreinte", "bulletin", "ligne", "envoi", "profil", "efface_le"]
        )
        n += 1
    Note.objects.filter(atelier__dossier=dossier).delete()
    # Acts of the reading can no longer be undone; where names were hidden in the text no longer matters.
    Geste.objects.filter(dossier=dossier).delete()
    Masque.objects.filter(contribution__dossier=dossier).delete()
    Lecture.objects.filter(contribution__dossier=dossier).exclude(memo="").update(memo="")
    return n + boite.oublier(dossier)


def _avis_restants(dossier: Dossier) -> int:
    return dossier.contributions.filter(efface_le=None).count() + boite.en_attente(dossier).count()


def _effacer_contacts(dossier: Dossier, maintenant: datetime) -> int:
    return Contact.objects.filter(contribution__dossier=dossier).delete()[0]


def _effacer_volontaires(dossier: Dossier, maintenant: datetime) -> int:
    """Codes stay (they are public and say nothing); names, contacts, profiles and the files of the draw go."""
    gens = Volontaire.objects.filter(panel__dossier=dossier).exclude(nom=NOM_EFFACE)
    envois.oublier(*map(panels.objet, gens))
    n = gens.update(nom=NOM_EFFACE, courriel="", telephone="", foyer="", adresse="", valeurs={})
    Tirage.objects.filter(panel__dossier=dossier, efface_le=None).update(personnes="", efface_le=maintenant)
    return n


def _effacer_participants(dossier: Dossier, maintenant: datetime) -> int:
    """Numbers stay (who came as what); names and contacts go, but for the name that an agreement proves."""
    pks = list(_nommes(dossier).values_list("pk", flat=True))
    accordes = Consentement.objects.filter(participant__in=pks).values("participant")
    gens = Participant.objects.filter(pk__in=pks)
    envois.oublier(*map(ateliers.objet, gens))
    gens.exclude(pk__in=accordes).update(nom=NOM_EFFACE)
    return gens.update(**VIDE)


def _effacer_consentements(dossier: Dossier, maintenant: datetime) -> int:
    accords = Consentement.objects.filter(participant__atelier__dossier=dossier)
    gens = list(accords.values_list("participant", flat=True).distinct())
    n = accords.delete()[0]
    Participant.objects.filter(pk__in=gens, **VIDE).update(nom=NOM_EFFACE)
    return n


@dataclass(frozen=True)
class Famille:
    """How one kind of data lives: from when its months run, how many are left, how it goes."""

    debut: Callable[[Dossier], datetime | None]
    restants: Callable[[Dossier], int]
    effacer: Callable[[Dossier, datetime], int]


FAMILLES: dict[Sorte, Famille] = {
    Sorte.AVIS: Famille(_cloture, _avis_restants, _effacer_avis),
    Sorte.CONTACTS: Famille(
        _cloture, lambda d: Contact.objects.filter(contribution__dossier=d).count(), _effacer_contacts
    ),
    Sorte.VOLONTAIRES: Famille(
        _tirage,
        lambda d: Volontaire.objects.filter(panel__dossier=d).exclude(nom=NOM_EFFACE).count(),
        _effacer_volontaires,
    ),
    Sorte.PARTICIPANTS: Famille(_atelier, lambda d: _nommes(d).count(), _effacer_participants),
    Sorte.CONSENTEMENTS: Famille(
        _atelier,
        lambda d: Consentement.objects.filter(participant__atelier__dossier=d).count(),
        _effacer_consentements,
    ),
}


def echeances(dossier: Dossier) -> list[Echeance]:
    """What goes when, for one dossier."""
    fiche = getattr(dossier, "fiche", None)
    durees = {d.sorte: d for d in fiche.durees.all()} if fiche else {}
    visa = fiche.visa.strip() if fiche else ""
    lignes = []
    for sorte, famille in FAMILLES.items():
        debut, duree = famille.debut(dossier), durees.get(sorte.value)
        mois = duree.mois if duree else MOIS_PROPOSES[sorte]
        attente, fin = "", f"Élimination, visa des archives : {visa}"
        if duree is not None and duree.sort == Sort.VERSEMENT:
            fin = f"Versement aux archives ({duree.verse_reference}), puis élimination"
            attente = "" if duree.verse_le else "à verser d'abord aux archives"
        elif not visa:
            attente = "le visa d'élimination des archives manque"
        le = None if debut is None else plus_mois(debut, mois)
        lignes.append(Echeance(dossier, sorte, le, famille.restants(dossier), attente, fin))
    return lignes


def a_venir(maintenant: datetime, dans: timedelta) -> list[Echeance]:
    """What goes before long, or is late because the archives have not answered; nearest first."""
    dossiers = Dossier.objects.select_related("fiche").prefetch_related("fiche__durees")
    toutes = [e for dossier in dossiers for e in echeances(dossier)]
    return sorted((e for e in toutes if e.nombre and e.le is not None and e.le <= maintenant + dans),
                  key=lambda e: e.le or maintenant)  # fmt: skip


@transaction.atomic
def effacer_echus(maintenant: datetime | None = None) -> list[Effacement]:
    """Erase all that is due; running it again erases nothing more."""
    moment = maintenant or timezone.now()
    preuves = []
    for echeance in a_venir(moment, timedelta(0)):
        if echeance.attente or echeance.le is None:
            continue
        dossier, sorte = echeance.dossier, echeance.sorte
        n = FAMILLES[sorte].effacer(dossier, moment)
        motif = f"Durée de conservation atteinte le {timezone.localtime(echeance.le):%d/%m/%Y}. {echeance.fin}"
        preuves.append(prouver(dossier, sorte.label, n, motif, moment))
        journal.noter(None, f"a effacé : {sorte.label.lower()} ({n})", dossier)
    preuves += _menage(moment)
    if preuves:
        transaction.on_commit(partial(vider_les_pages))
    return preuves


def _menage(moment: datetime) -> list[Effacement]:
    """What belongs to no dossier: the trail itself, mails kept as files, messages sent, marks of visits."""
    preuves = []
    lignes = journal.purger(plus_mois(moment, -JOURNAL_MOIS))
    if lignes:
        preuves.append(prouver(None, "Journal de l'équipe", lignes, f"Plus de {JOURNAL_MOIS} mois", moment))
    textes = satisfaction.effacer_textes(plus_mois(moment, -settings.ECOUTE_SATISFACTION_MOIS).date(), moment)
    if textes:
        motif = f"Plus de {settings.ECOUTE_SATISFACTION_MOIS} mois"
        preuves.append(prouver(None, "Textes des avis sur les démarches", textes, motif, moment))
        journal.noter(None, f"a effacé : textes des avis sur les démarches ({textes})")
    fichiers = courriels.purger(moment - timedelta(days=COURRIELS_JOURS))
    if fichiers:
        preuves.append(
            prouver(None, "E-mails gardés en fichiers", fichiers, f"Plus de {COURRIELS_JOURS} jours", moment)
        )
    messages = envois.purger(moment)
    if messages:
        motif = f"Plus de {GARDE.days} jours"
        preuves.append(prouver(None, "Messages envoyés, et leurs adresses", messages, motif, moment))
    ECHECS.oublier(moment)
    DEPOTS.oublier(moment)
    return preuves


def vider_les_pages() -> None:
    """On SQLite, what was erased must not stay readable in the file's journal; elsewhere the server sees to it."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as curseur:
            curseur.execute("PRAGMA wal_checkpoint(TRUNCATE)")
