"""Wrong codes, counted by what is tried and by sender, so that nobody tries them all.

Flooding in itself is the front proxy's business: it limits requests a sender and says so in words (CRPA L.112-11).
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from .models import EssaiSuivi

PERIODE = timedelta(minutes=15)
PAR_EXPEDITEUR = 20


class TropDeTentatives(Exception):
    """Too many wrong codes; the text says how long to wait and what to do instead."""

    def __init__(self) -> None:
        super().__init__(
            "Il y a eu trop d'essais avec un mauvais code. Attendez 15 minutes, puis recommencez. "
            f"Vous pouvez aussi appeler la mairie : {settings.COMMUNE['telephone']}."
        )


def exiger(limites: dict[str, int]) -> None:
    """Refuse whoever has tried too often; ``limites`` are keys made by ``cle``, with how many tries each may have."""
    depuis = timezone.now() - PERIODE
    essais = list(EssaiSuivi.objects.filter(cle__in=limites, le__gt=depuis).values_list("cle", flat=True))
    if any(essais.count(cle) >= limite for cle, limite in limites.items()):
        raise TropDeTentatives


def compter(limites: dict[str, int]) -> None:
    """One more wrong try; old ones are forgotten."""
    EssaiSuivi.objects.filter(le__lte=timezone.now() - PERIODE).delete()
    EssaiSuivi.objects.bulk_create(EssaiSuivi(cle=cle) for cle in limites)


def expediteur(request: HttpRequest) -> str:
    """Address of who asks, as our own proxy wrote it: the last one of the header, the others can be forged."""
    transmis = request.headers.get("X-Forwarded-For", "")
    return transmis.rsplit(",", 1)[-1].strip() or str(request.META.get("REMOTE_ADDR", ""))


def cle(genre: str, valeur: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"suivi {genre} {valeur}".encode(), hashlib.sha256).hexdigest()
