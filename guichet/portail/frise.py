"""Where a request stands, in three steps that anyone reads at a glance: received, followed, answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from guichet.demandes.models import Demande, Nature
from socle.typographie import dates


@dataclass(frozen=True, slots=True)
class Jalon:
    """A step, and the day that goes with it."""

    libelle: str
    quand: str
    etat: str
    """« fait », « ici » or « avenir »."""


_EN_COURS = {
    Nature.ATTENTE_USAGER: "La mairie attend votre réponse",
    Nature.TRANSFEREE: "Un autre organisme s'en occupe",
}


def frise(demande: Demande) -> list[Jalon]:
    """The three steps of a request; the last one is the answer, or the end where the town gave none."""
    finie = demande.nature in (Nature.REPONDUE, Nature.CLOSE)
    recue = demande.nature == Nature.A_TRAITER
    return [
        Jalon("Demande reçue", _le(demande.recue_le), "ici" if recue else "fait"),
        Jalon(
            _EN_COURS.get(Nature(demande.nature), "La mairie s'en occupe"),
            "",
            "avenir" if recue else "fait" if finie else "ici",
        ),
        _fin(demande, finie=finie),
    ]


def _fin(demande: Demande, *, finie: bool) -> Jalon:
    etat = "ici" if finie else "avenir"
    if demande.decidee_le is not None:
        return Jalon("Réponse de la mairie", _le(demande.decidee_le), etat if finie else "fait")
    if finie:
        return Jalon("Demande terminée", _le(demande.close_le) if demande.close_le else "", etat)
    return Jalon("Réponse de la mairie", "", etat)


def _le(quand: date) -> str:
    return f"le {dates.jour(quand)}"
