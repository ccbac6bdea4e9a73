"""The clock of the law as agents read it: in the list in three words, on the page of a request in a sentence.

The dates are those of guichet.demandes.delais, stored on each request by the services.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import DateField, QuerySet
from django.db.models.expressions import Combinable
from django.utils import timezone

from guichet.demandes.delais import Etat, Horloge
from guichet.demandes.models import Demande, Nature
from guichet.demarches.definition import Silence
from guichet.instruction.colonnes import ColonneCalculee
from socle.typographie import dates

PROCHE = timedelta(days=15)
"""How long before silence takes effect a request stands out."""
JAMAIS = date(9999, 12, 31)
"""Value of the column for requests whose clock does not run (migrations/0004_natures.py)."""


@dataclass(frozen=True, slots=True)
class Echeance:
    """« dans 5 jours », with the day it is about and how much it presses."""

    texte: str
    jour: date | None = None
    ton: str = ""
    """« erreur » (over), « attention » (soon), or nothing."""


RIEN = Echeance("")


def horloge_le() -> Combinable:
    """Last day of the town where the clock runs; the end of time elsewhere. Kept by PostgreSQL."""
    return ColonneCalculee("horloge_le", DateField())


def en_retard(demandes: QuerySet[Demande], aujourdhui: date | None = None) -> QuerySet[Demande]:
    """Their last day is over and nobody decided: silence took effect."""
    return demandes.annotate(fin_du_delai=horloge_le()).filter(fin_du_delai__lt=aujourdhui or timezone.localdate())


def proches(demandes: QuerySet[Demande], aujourdhui: date | None = None) -> QuerySet[Demande]:
    """Requests whose last day is between today and today plus PROCHE."""
    jour = aujourdhui or timezone.localdate()
    return demandes.annotate(fin_du_delai=horloge_le()).filter(fin_du_delai__range=(jour, jour + PROCHE))


def en_court(demande: Demande, aujourdhui: date | None = None) -> Echeance:
    """For a row of the list: from the row itself, without its history."""
    if demande.decidee_le is not None or demande.nature in (Nature.REPONDUE, Nature.CLOSE, Nature.TRANSFEREE):
        return RIEN
    if demande.suspendue_depuis is not None:
        return Echeance("suspendue")
    if demande.echeance_le is None:
        return RIEN
    reste = (demande.echeance_le - (aujourdhui or timezone.localdate())).days
    if reste < 0:
        return Echeance(f"dépassée de {_jours(-reste)}", demande.echeance_le, "erreur")
    texte = "aujourd’hui" if reste == 0 else "demain" if reste == 1 else f"dans {_jours(reste)}"
    return Echeance(texte, demande.echeance_le, "attention" if reste <= PROCHE.days else "")


def en_phrase(demande: Demande) -> Echeance:
    """What the town's silence will mean, and when; or why it will mean nothing. One query (suspensions)."""
    if demande.nature == Nature.TRANSFEREE:
        a_qui = f" : {demande.autorite}" if demande.autorite else ""
        return Echeance(f"La demande est transmise à un autre organisme{a_qui}. La mairie n’a plus à répondre.")
    horloge = demande.horloge()
    if horloge.etat is Etat.ARRETEE:
        reponse = demande.decidee_le or demande.close_le
        quand = f" le {dates.jour(reponse)}" if reponse else ""
        return Echeance(f"La mairie a répondu{quand} : le délai de la loi ne court plus.")
    if horloge.etat is Etat.SUSPENDUE:
        return _suspendue(demande, horloge)
    return _qui_court(horloge)


def _suspendue(demande: Demande, horloge: Horloge) -> Echeance:
    depuis = f" depuis le {dates.jour(demande.suspendue_depuis)}" if demande.suspendue_depuis else ""
    if horloge.effet is Silence.ACCORD:
        ensuite = "il recommencera en entier quand l’usager aura tout envoyé"
    else:
        ensuite = "il reprendra quand l’usager aura tout envoyé, ou à la date limite"
    return Echeance(f"Le délai est suspendu{depuis} : {ensuite}.")


def _qui_court(horloge: Horloge) -> Echeance:
    fin, reste = horloge.echeance, horloge.jours_restants
    if fin is None or reste is None:
        return RIEN
    effet = "accord" if horloge.effet is Silence.ACCORD else "refus"
    if horloge.etat is Etat.DEPASSEE:
        phrase = f"Le délai est dépassé : le silence de la mairie vaut {effet} depuis la fin du {dates.jour(fin)}."
        return Echeance(phrase, fin, "erreur")
    combien = "C’est aujourd’hui." if reste == 0 else f"Il reste {_jours(reste)}."
    phrase = f"{combien} Sans réponse le {dates.jour(fin)}, le silence vaut {effet}."
    return Echeance(phrase, fin, "attention" if reste <= PROCHE.days else "")


def _jours(nombre: int) -> str:
    return f"{nombre} jour{'s' if nombre > 1 else ''}"
