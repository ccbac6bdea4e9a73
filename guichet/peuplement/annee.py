"""The moments at which a town's requests arrive: seasons, days of the week, hours, holidays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from random import Random

from dateutil.relativedelta import relativedelta

from guichet.demandes.delais import feries
from guichet.peuplement import profil
from guichet.peuplement.vie import VILLE


@dataclass(frozen=True)
class Arrivee:
    """A moment at which a request comes in, for which procedure, by which channel."""

    demarche: str
    canal: str
    le: datetime


def arrivees(slugs: list[str], nombre: int, mois: int, fin: datetime, hasard: Random) -> Iterator[Arrivee]:
    """So many requests before ``fin``, over so many months, in no particular order."""
    dernier = fin.astimezone(VILLE).date()
    premier = dernier - relativedelta(months=mois)
    jours = [premier + timedelta(days=n) for n in range((dernier - premier).days + 1)]
    profils = [profil.PROFILS.get(slug, profil.AUTRE) for slug in slugs]
    poids = list(accumulate(p.poids for p in profils))
    tables = {
        (rang, en_ligne): list(accumulate(_poids_du_jour(jour, p, en_ligne) for jour in jours))
        for rang, p in enumerate(profils)
        for en_ligne in (True, False)
    }
    rangs = range(len(slugs))
    faites = 0
    while faites < nombre:
        rang = hasard.choices(rangs, cum_weights=poids)[0]
        canal = hasard.choices(profil.CANAUX, profils[rang].canaux)[0]
        en_ligne = canal in ("web", "courriel")
        jour = hasard.choices(jours, cum_weights=tables[rang, en_ligne])[0]
        heures = profil.HEURES_EN_LIGNE if en_ligne else profil.HEURES_OUVERTES
        heure = hasard.choices(range(24), heures)[0]
        minute, seconde = hasard.randint(0, 59), hasard.randint(0, 59)
        le = datetime.combine(jour, time(heure, minute, seconde), VILLE)
        if le < fin:
            faites += 1
            yield Arrivee(slugs[rang], canal, le)


def _poids_du_jour(jour: date, de: profil.Profil, en_ligne: bool) -> float:
    saison = de.mois[jour.month - 1]
    if en_ligne:
        return saison * profil.JOURS_EN_LIGNE[jour.weekday()]
    return 0 if jour in feries(jour.year) else saison * profil.JOURS_OUVERTS[jour.weekday()]
