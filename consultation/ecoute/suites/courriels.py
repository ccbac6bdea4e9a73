"""The mail that reminds of an action whoever answers for it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from consultation.ecoute.cadre.courriels import rediger
from consultation.ecoute.suites.models import Action
from socle.envois.genres import Genre, SansObjet, declarer
from socle.envois.models import Envoi
from socle.envois.services import confier, preparer


def rappeler(action: Action, moment: datetime) -> int:
    """Entrust the reminder of this day."""
    cle = f"suites.rappel:{action.pk}:{timezone.localdate(moment)}"
    contexte = {"le": moment.isoformat()}
    return confier([preparer(RAPPEL.nom, action.courriel, cle=cle, objet=f"action:{action.pk}", contexte=contexte)])


def _contexte(envoi: Envoi) -> dict[str, Any]:
    ouvertes = Action.objects.filter(etat__in=Action.OUVERTES).select_related("proposition__dossier")
    action = ouvertes.filter(pk=envoi.objet_id).first()
    if action is None:  # done meanwhile, or gone
        raise SansObjet
    dossier, le = action.proposition.dossier, datetime.fromisoformat(envoi.contexte["le"])
    return {
        "action": action,
        "dossier": dossier,
        "retard": max((timezone.localdate(le) - action.echeance).days, 0),
        "chemin": reverse("suites:action", args=[dossier.slug, action.pk]),
    }


RAPPEL = declarer(Genre(nom="suites.rappel", gabarit="suites/courriels/rappel", rediger=rediger, contexte=_contexte))
