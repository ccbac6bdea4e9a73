"""Clocks of the law: the day at which the town's silence takes effect, and what stops that clock.

What the law says (code des relations entre le public et l'administration, CRPA):

- L.231-1, L.231-4: silence kept for two months is acceptance, or refusal where a text says so. A definition
  gives its own time limit (``Delai``): months, days, or the working days a town may promise.
- L.114-3: the time towards an implicit *refusal* runs from receipt by the first authority that was seized, so a
  transfer changes nothing; towards an implicit *acceptance*, from receipt by the competent authority.
- L.114-5, once missing pieces or information were asked for: towards acceptance the time runs only from receipt
  of all that was required; towards refusal it is suspended during the time given to produce them, and producing
  them before the end puts an end to the suspension. What was left to run then runs on.
- A request for pieces that comes after silence took effect revives nothing: the decision is born.

How days are counted:

- From date to date (« de quantième à quantième »): received on 23 November, two months end on 23 January, at
  midnight; where the month has no such day, on its last day. The day of an event is never counted
  (*dies a quo non computatur*), the last one is whole: the town may still answer on that day.
- A time limit that makes an implicit decision is not a time to go to court: it is not « franc » and no text
  extends it. The extension to the next working day (article 642 of the code de procédure civile; for appeals,
  Conseil d'État, 5 June 2009, n° 312682; regulation 1182/71 for the law of the Union) concerns procedural acts.
  So a decision may be born on a Saturday, a Sunday or a public holiday. Where a text of one procedure says
  otherwise, that text prevails over this module.
- « Jours ouvrés »: Monday to Friday, without the public holidays of article L.3133-1 of the code du travail
  (those of Alsace-Moselle and of overseas are not counted here).

Pure: dates of the town's own calendar in, dates out; nothing of Django, no clock read here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from dateutil.easter import easter

from guichet.demarches.definition import Delai, Silence
from socle.mois import plus_mois

UN_JOUR = timedelta(days=1)


class Etat(StrEnum):
    """Where the clock of the law stands."""

    COURT = "court"
    SUSPENDUE = "suspendue"
    ARRETEE = "arretee"
    """The town decided: silence no longer has a meaning."""
    DEPASSEE = "depassee"
    """The last day is over and nobody decided: silence took effect."""


@dataclass(frozen=True)
class Suspension:
    """Pieces or information asked for: when, when they came (None: not yet), and the last day given for it."""

    debut: date
    fin: date | None
    limite: date | None
    """None: no time was set to produce them, and the law then suspends nothing towards a refusal."""


@dataclass(frozen=True)
class Faits:
    """What happened to a request, in days of the town."""

    recue_le: date
    """Receipt by the first authority that was seized."""
    competente_le: date | None = None
    """Receipt by the competent authority, where it was not the first one."""
    suspensions: tuple[Suspension, ...] = ()
    decidee_le: date | None = None


@dataclass(frozen=True)
class Horloge:
    """What the clock says on a given day."""

    depart: date | None
    """Day from which time is counted; None while acceptance waits for the pieces."""
    echeance: date | None
    """Last day of the town; silence takes effect at its end. None while no such day can be known."""
    effet: Silence
    etat: Etat
    jours_restants: int | None
    """Calendar days to the last day (negative once it is over); counted from the decision where there is one."""


def horloge(delai: Delai, faits: Faits, aujourdhui: date) -> Horloge:
    """State of a request's clock at the end of that day, as far as is known then."""
    if delai.silence is Silence.ACCORD:
        depart, fin, suspendue = _vers_accord(delai, faits)
    else:
        depart, fin, suspendue = _vers_rejet(delai, faits, aujourdhui)
    decidee = faits.decidee_le if faits.decidee_le is not None and faits.decidee_le <= aujourdhui else None
    if decidee is not None:
        etat = Etat.ARRETEE
    elif suspendue:
        etat = Etat.SUSPENDUE
    else:
        etat = Etat.DEPASSEE if fin is not None and aujourdhui > fin else Etat.COURT
    restants = (fin - (decidee or aujourdhui)).days if fin is not None else None
    return Horloge(depart, fin, delai.silence, etat, restants)


def echeance(depart: date, delai: Delai) -> date:
    """Last day of a time limit that nothing suspends, from date to date for months."""
    if delai.unite != "mois":
        return _avancer(depart, delai.valeur, delai.unite)
    return plus_mois(depart, delai.valeur)


def _vers_accord(delai: Delai, faits: Faits) -> tuple[date | None, date | None, bool]:
    """Every request for pieces made in time starts the count again, from the day all of them have come."""
    depart = max(faits.recue_le, faits.competente_le or faits.recue_le)
    attendues = False
    for suspension in sorted(faits.suspensions, key=lambda s: s.debut):
        if not attendues and suspension.debut > echeance(depart, delai):
            break
        if suspension.fin is None:
            attendues = True
        else:
            depart = max(depart, suspension.fin)
    return (None, None, True) if attendues else (depart, echeance(depart, delai), False)


def _vers_rejet(delai: Delai, faits: Faits, aujourdhui: date) -> tuple[date, date, bool]:
    """At each suspension the clock stops with what is left to run, and goes on with it from the end."""
    depart = faits.recue_le
    fin = echeance(depart, delai)
    suspendue = False
    for debut, reprise in _periodes(faits.suspensions, depart):
        if debut > fin:
            break
        fin = _avancer(reprise, _entre(debut, fin, delai.unite), delai.unite)
        suspendue = suspendue or debut <= aujourdhui < reprise
    # The last day given to produce the pieces is still a suspended one.
    dernier_jour = any(s.fin is None and s.debut <= aujourdhui == s.limite for s in faits.suspensions)
    return depart, fin, suspendue or (dernier_jour and aujourdhui < fin)


def _periodes(suspensions: Iterable[Suspension], depart: date) -> list[tuple[date, date]]:
    """Suspended periods (day asked, day it goes on), without overlap, in order: time is suspended once only."""
    fusionnees: list[tuple[date, date]] = []
    for suspension in sorted(suspensions, key=lambda s: s.debut):
        if suspension.limite is None:
            continue
        debut = max(suspension.debut, depart)
        reprise = min(suspension.fin or suspension.limite, suspension.limite)
        if fusionnees and debut <= fusionnees[-1][1]:
            fusionnees[-1] = (fusionnees[-1][0], max(fusionnees[-1][1], reprise))
        elif reprise > debut:
            fusionnees.append((debut, reprise))
    return fusionnees


# --- Days -----------------------------------------------------------------------------------------


def est_ouvre(jour: date) -> bool:
    """Whether the day is neither Saturday, Sunday nor a public holiday of metropolitan France."""
    return jour.weekday() < 5 and jour not in feries(jour.year)


@lru_cache(maxsize=64)
def feries(annee: int) -> frozenset[date]:
    """The eleven public holidays of article L.3133-1 of the code du travail."""
    paques = easter(annee)
    fixes = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
    mobiles = (1, 39, 50)  # Easter Monday, Ascension, Whit Monday
    return frozenset(
        {date(annee, mois, jour) for mois, jour in fixes} | {paques + timedelta(days=jours) for jours in mobiles}
    )


def _avancer(depart: date, nombre: int, unite: str) -> date:
    """The n-th day after that one, which is not counted."""
    if unite != "jours_ouvres":
        return depart + timedelta(days=nombre)
    jour = depart
    while nombre > 0:
        jour += UN_JOUR
        nombre -= est_ouvre(jour)
    return jour


def _entre(debut: date, fin: date, unite: str) -> int:
    """How many days are left after ``debut``, up to ``fin`` which is counted."""
    jours = (fin - debut).days
    if unite != "jours_ouvres":
        return jours
    return sum(est_ouvre(debut + timedelta(days=n)) for n in range(1, jours + 1))
