"""What happens by itself: steps of a workflow after a time, clocks that a date sets going again.

Run by the worker as often as wished: a step is done once because it changes the status it starts from. Each
request has its own transaction; one that fails is told to the log and does not keep the others.
"""

from __future__ import annotations

import logging
import uuid
from datetime import datetime

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.db.models import Min, Q, QuerySet
from django.utils import timezone

from guichet.demandes import reponses_types, workflow
from guichet.demandes.actes import LE_SYSTEME, appliquer, clore_abandonnee, ecrire_message
from guichet.demandes.horloges import regler_horloge
from guichet.demandes.models import Demande, Nature
from guichet.demarches.definition_workflow import Acteur, Apres, TransitionDefinie

LOT = 500
"""Requests that one run moves on; the next run takes the others."""

journal = logging.getLogger(__name__)


def passer_automatiques(maintenant: datetime | None = None, lot: int = LOT) -> int:
    """Do the automatic steps that are due, ``lot`` at most. Returns how many; one that fails is only logged."""
    maintenant = maintenant or timezone.now()
    faites = 0
    for version, statut, transition, limite in _etapes_dues(maintenant):
        if faites >= lot:
            break
        dues = (
            _en_mouvement()
            .filter(version=version, statut=statut, statut_depuis__lte=limite)
            .order_by("statut_depuis")
            .values_list("pk", flat=True)[: lot - faites]
        )
        faites += sum(_passer(pk, statut, transition, limite) for pk in list(dues))
    return faites


def _en_mouvement() -> QuerySet[Demande]:
    """Requests that may still move: exactly what index `demande_etapes_dues` holds, or the whole table is read."""
    return Demande.objects.filter(~Q(nature=Nature.CLOSE), anonymisee_le=None)


def _etapes_dues(maintenant: datetime) -> list[tuple[int, str, TransitionDefinie, datetime]]:
    """Where something is due: one query, however many requests wait."""
    groupes = list(_en_mouvement().order_by().values_list("version", "statut").annotate(depuis=Min("statut_depuis")))
    workflow.precharger({version for version, _, _ in groupes})
    dues = []
    for version, statut, depuis in groupes:
        for transition in workflow.de_version(version).depuis(statut, Acteur.AUTOMATIQUE):
            if transition.apres and depuis <= (limite := avant(maintenant, transition.apres)):
                dues.append((version, statut, transition, limite))
    return dues


def avant(maintenant: datetime, apres: Apres) -> datetime:
    """Who entered the status at this moment or before has waited long enough, in days of the town's calendar."""
    local = timezone.localtime(maintenant)
    if apres.unite == "mois":
        return local - relativedelta(months=apres.valeur)
    return local - relativedelta(days=apres.valeur * (7 if apres.unite == "semaines" else 1))


def _passer(pk: uuid.UUID, statut: str, transition: TransitionDefinie, limite: datetime) -> bool:
    try:
        with transaction.atomic():
            demande = (
                Demande.objects.select_for_update(of=("self",), skip_locked=True)
                .select_related("service", "version", "demarche")
                .filter(pk=pk, statut=statut, statut_depuis__lte=limite, anonymisee_le=None)
                .first()
            )
            if demande is None:
                return False
            textes = reponses_types.offertes(demande, transition)
            message = ecrire_message(demande, LE_SYSTEME, textes[0].texte) if textes else None
            appliquer(demande, transition, LE_SYSTEME, message=message)
            return True
    except Exception:
        journal.exception("étape automatique %s impossible pour la demande %s", transition.code, pk)
        return False


ABANDON = relativedelta(months=12)
"""Time without an answer of the resident after which a request that waits for them is over: its retention then runs
(GDPR art. 5, 1, e). A workflow may say less."""


def clore_abandonnees(maintenant: datetime | None = None, lot: int = LOT) -> int:
    """Close what has waited for the resident for too long, ``lot`` at most. Returns how many."""
    limite = timezone.localtime(maintenant) - ABANDON
    dues = Demande.objects.filter(nature=Nature.ATTENTE_USAGER, statut_depuis__lte=limite, anonymisee_le=None)
    return sum(
        _abandonner(pk, limite) for pk in list(dues.order_by("statut_depuis").values_list("pk", flat=True)[:lot])
    )


def _abandonner(pk: uuid.UUID, limite: datetime) -> bool:
    try:
        with transaction.atomic():
            demande = (
                Demande.objects.select_for_update(of=("self",), skip_locked=True)
                .select_related("service", "version", "demarche")
                .filter(pk=pk, nature=Nature.ATTENTE_USAGER, statut_depuis__lte=limite)
                .first()
            )
            if demande is None:
                return False
            clore_abandonnee(demande)
            return True
    except Exception:
        journal.exception("fin impossible pour la demande %s, sans réponse depuis un an", pk)
        return False


def regler_horloges(maintenant: datetime | None = None) -> int:
    """Clocks that waited for the resident and whose time given is over run again (CRPA L.114-5). Returns how many."""
    aujourdhui = timezone.localdate(maintenant)
    echues = (
        Demande.objects.exclude(nature=Nature.CLOSE)
        # Towards an acceptance (no last day while it waits) the clock waits however long: L.114-5.
        .filter(
            suspendue_depuis__isnull=False,
            echeance_le__isnull=False,
            suspensions__fin=None,
            suspensions__limite__lt=aujourdhui,
        )
        .order_by()
        .distinct()
        .values_list("pk", flat=True)
    )
    reglees = 0
    for pk in list(echues):
        with transaction.atomic():
            demande = Demande.objects.select_for_update(of=("self",)).select_related("version").get(pk=pk)
            avant_ = (demande.echeance_le, demande.suspendue_depuis)
            regler_horloge(demande)
            if (demande.echeance_le, demande.suspendue_depuis) != avant_:
                Demande.objects.filter(pk=pk).update(
                    echeance_le=demande.echeance_le, suspendue_depuis=demande.suspendue_depuis
                )
                reglees += 1
    return reglees
