"""What volunteers are written: that they are registered, that they were drawn."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.urls import reverse

from consultation.ecoute.cadre.courriels import rediger
from consultation.ecoute.panels.models import Volontaire
from socle.envois.genres import Genre, SansObjet, declarer
from socle.envois.models import Envoi
from socle.envois.services import confier, preparer

MESSAGES = ("demande", "inscription", "tire")


def lien(volontaire: Volontaire) -> str:
    """The person's own page."""
    return f"{settings.URL_PUBLIQUE}{reverse('public:mon_tirage', args=[volontaire.jeton])}"


def objet(volontaire: Volontaire) -> str:
    """What their messages are about in the outbox."""
    return f"volontaire:{volontaire.pk}"


def ecrire(message: str, volontaire: Volontaire, *, par_inconnu: bool = False) -> None:
    """Mail them, if they left an address, in the transaction of what it tells.

    `par_inconnu`: because of what was done on a public page; raises then PlafondAtteint.
    """
    if volontaire.courriel:
        cle = f"panels.{message}:{volontaire.pk}:{uuid.uuid4().hex}"
        envoi = preparer(f"panels.{message}", volontaire.courriel, cle=cle, objet=objet(volontaire))
        confier([envoi], par_inconnu=par_inconnu)


def _contexte(envoi: Envoi) -> dict[str, Any]:
    pk = envoi.objet_id
    volontaire = Volontaire.objects.select_related("panel__dossier").filter(pk=pk).exclude(courriel="").first()
    if volontaire is None:
        raise SansObjet
    return {"volontaire": volontaire, "panel": volontaire.panel, "lien": lien(volontaire)}


for _message in MESSAGES:
    declarer(
        Genre(nom=f"panels.{_message}", gabarit=f"panels/courriels/{_message}", rediger=rediger, contexte=_contexte)
    )
