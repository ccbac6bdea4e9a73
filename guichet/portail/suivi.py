"""Opening a request with its number and tracking code, without letting anybody try codes or numbers.

Wrong tries are counted by number and by sender. Flooding in itself is the front proxy's business: it limits
requests a sender and says so in words (CRPA L.112-11).
"""

from __future__ import annotations

import hashlib
import hmac
import uuid
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from guichet.demandes import references
from guichet.demandes.models import Demande

from .models import EssaiSuivi

PERIODE = timedelta(minutes=15)
PAR_REFERENCE = 10
PAR_EXPEDITEUR = 20
# An unknown number costs what a known one costs: time does not tell which exist.
FACTICE = uuid.UUID(int=0)


class TropDEssais(Exception):
    """Too many wrong codes; the text says how long to wait and what to do instead."""

    def __init__(self) -> None:
        super().__init__(
            "Il y a eu trop d'essais avec un mauvais code. Attendez 15 minutes, puis recommencez. "
            f"Vous pouvez aussi appeler la mairie : {settings.GUICHET_TOWN['telephone']}."
        )


def ouvrir_par_code(request: HttpRequest, saisie: str, code: str) -> Demande | None:
    """The request, if number and code go together; None in every other case alike."""
    reference = references.normaliser_reference(saisie)
    cles = {_cle("reference", reference): PAR_REFERENCE, _cle("expediteur", _expediteur(request)): PAR_EXPEDITEUR}
    depuis = timezone.now() - PERIODE
    essais = list(EssaiSuivi.objects.filter(cle__in=cles, le__gt=depuis).values_list("cle", flat=True))
    if any(essais.count(cle) >= limite for cle, limite in cles.items()):
        raise TropDEssais
    demande = Demande.objects.filter(reference=reference).only("id", "reference", "code_suivi_empreinte").first()
    identifiant = demande.pk if demande else FACTICE
    empreinte = demande.code_suivi_empreinte if demande else ""
    if references.code_correspond(identifiant, code, empreinte) and demande:
        return demande
    EssaiSuivi.objects.filter(le__lte=depuis).delete()
    EssaiSuivi.objects.bulk_create(EssaiSuivi(cle=cle) for cle in cles)
    return None


def _expediteur(request: HttpRequest) -> str:
    """Address of who asks, as our own proxy wrote it: the last one of the header, the others can be forged."""
    transmis = request.headers.get("X-Forwarded-For", "")
    return transmis.rsplit(",", 1)[-1].strip() or str(request.META.get("REMOTE_ADDR", ""))


def _cle(genre: str, valeur: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"suivi {genre} {valeur}".encode(), hashlib.sha256).hexdigest()
