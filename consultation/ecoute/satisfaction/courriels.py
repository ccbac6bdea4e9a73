"""The mail that tells the team of new texts about a procedure."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from consultation.ecoute.cadre.courriels import rediger
from consultation.ecoute.equipe.models import Membre
from consultation.ecoute.satisfaction.models import Demarche
from socle.envois.genres import Genre, SansObjet, declarer
from socle.envois.models import Envoi
from socle.envois.services import confier, preparer


def alerter(demarche: Demarche, abonnes: list[Membre], moment: datetime) -> int:
    """Tell those who follow it how many texts came, in the transaction that begins to count anew."""
    cle = f"satisfaction.alerte:{demarche.pk}:{moment.isoformat()}"
    contexte = {"nombre": demarche.alerte_nombre}
    objet = f"demarche:{demarche.pk}"
    return confier(
        preparer(ALERTE.nom, membre.courriel, cle=f"{cle}:{membre.pk}", objet=objet, contexte=contexte)
        for membre in abonnes
    )


def _contexte(envoi: Envoi) -> dict[str, Any]:
    demarche = Demarche.objects.filter(pk=envoi.objet_id).first()
    if demarche is None:
        raise SansObjet
    return {
        "demarche": demarche,
        "nombre": envoi.contexte["nombre"],
        "lien": f"{settings.URL_PUBLIQUE}{reverse('satisfaction:resultats', args=[demarche.slug])}",
    }


ALERTE = declarer(
    Genre(nom="satisfaction.alerte", gabarit="satisfaction/courriels/alerte", rediger=rediger, contexte=_contexte)
)
