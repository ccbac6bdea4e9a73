"""Wrong codes, counted by what is tried and by sender, so that nobody tries them all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings

from guichet.portail.models import EssaiSuivi
from socle.securite.limites import Limite

MAUVAIS_CODES = Limite(EssaiSuivi, timedelta(minutes=15), "portail.suivi")
PAR_EXPEDITEUR = 60  # a school, a library or a whole network shares one address; a code has ten thousand million values


class TropDeTentatives(Exception):
    """Too many wrong codes; the text says how long to wait and what to do instead."""

    def __init__(self) -> None:
        super().__init__(
            "Il y a eu trop d'essais avec un mauvais code. Attendez 15 minutes, puis recommencez. "
            f"Vous pouvez aussi appeler la mairie : {settings.COMMUNE['telephone']}."
        )


def cle(genre: str, valeur: str) -> str:
    """The key under which tries are counted."""
    return MAUVAIS_CODES.cle(genre, valeur)


@contextmanager
def essai(permis: dict[str, int]) -> Iterator[Callable[[], None]]:
    """One try, counted before the code is looked at: tries made at the same moment do not pass together.

    `permis` gives each key how many wrong tries it may have. The block calls what it gets when the code was right: the
    try is then taken back. Raises TropDeTentatives.
    """
    if not MAUVAIS_CODES.prendre(permis):
        raise TropDeTentatives
    yield lambda: MAUVAIS_CODES.rendre(permis)
