"""The mail that tells a member of the team what presses."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from consultation.ecoute.accueil.a_faire import Tache, a_faire
from consultation.ecoute.cadre.courriels import rediger
from consultation.ecoute.equipe.models import Membre
from socle.envois.genres import Genre, SansObjet, declarer
from socle.envois.models import Envoi
from socle.envois.services import confier, preparer

PROCHE = timedelta(days=3)


def pressantes(membre: Membre, moment: datetime) -> list[Tache]:
    """What presses for them at this moment."""
    return [t for t in a_faire(membre, moment) if t.presse or (t.pour is not None and t.pour <= moment + PROCHE)]


def rappeler(membre: Membre, moment: datetime) -> int:
    """Entrust the reminder of what presses."""
    cle, contexte = f"accueil.rappel:{membre.pk}:{moment.isoformat()}", {"le": moment.isoformat()}
    return confier([preparer(RAPPEL.nom, membre.courriel, cle=cle, objet=f"membre:{membre.pk}", contexte=contexte)])


def _contexte(envoi: Envoi) -> dict[str, Any]:
    membre = Membre.objects.filter(pk=envoi.objet_id, is_active=True).first()
    taches = pressantes(membre, datetime.fromisoformat(envoi.contexte["le"])) if membre else []
    if not taches:  # all done meanwhile
        raise SansObjet
    return {"membre": membre, "taches": taches, "accueil": f"{settings.URL_PUBLIQUE}/equipe/"}


RAPPEL = declarer(Genre(nom="accueil.rappel", gabarit="accueil/courriels/rappel", rediger=rediger, contexte=_contexte))
