"""The mail with the code that opens a draft again (entrusted by reprise.py): somebody waits for it.

Nothing of it is kept once it has left.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from guichet.arriere_plan.redaction import rediger
from guichet.portail.models import CodeReprise
from guichet.portail.reprise import jusqu_au
from socle.envois.genres import Genre, Priorite, SansObjet, declarer
from socle.envois.models import Envoi


def _contexte(envoi: Envoi) -> dict[str, Any]:
    rang = envoi.cle.rpartition(":")[2]
    codes = CodeReprise.objects.select_related("brouillon__demarche")
    reprise = codes.filter(pk=uuid.UUID(envoi.objet_id), mails=rang).first()
    if reprise is None:  # the draft is gone, or its code was asked for again since
        raise SansObjet
    brouillon = reprise.brouillon
    return {"code": envoi.contexte["code"], "demarche": brouillon.demarche.titre, "jusqu_au": jusqu_au(brouillon)}


REPRISE = declarer(
    Genre(
        nom="portail.reprise",
        gabarit="portail/courriels/reprise_usager",
        rediger=rediger,
        contexte=_contexte,
        priorite=Priorite.ATTENDUE,
        garde=timedelta(0),
    )
)
