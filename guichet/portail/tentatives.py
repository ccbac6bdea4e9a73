"""Wrong codes, counted by what is tried and by sender, so that nobody tries them all."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings

from guichet.portail.models import EssaiSuivi
from socle.securite.limites import Limite

MAUVAIS_CODES = Limite(EssaiSuivi, timedelta(minutes=15), "portail.suivi")
PAR_EXPEDITEUR = 20


class TropDeTentatives(Exception):
    """Too many wrong codes; the text says how long to wait and what to do instead."""

    def __init__(self) -> None:
        super().__init__(
            "Il y a eu trop d'essais avec un mauvais code. Attendez 15 minutes, puis recommencez. "
            f"Vous pouvez aussi appeler la mairie : {settings.COMMUNE['telephone']}."
        )


def exiger(permis: dict[str, int]) -> None:
    """Refuse whoever has tried too often: `permis` gives each key how many tries it may have.

    Raises TropDeTentatives.
    """
    if MAUVAIS_CODES.depassee(permis):
        raise TropDeTentatives
