"""Letters: the words of a mail on paper, for those who did not agree to e-mail. Printed and sent by an agent.

An event of the history makes one letter, whenever it is asked for; it holds in full what the town wrote.
"""

from __future__ import annotations

from typing import Any

from guichet.demandes import courriels, pdf
from guichet.demandes.models import Evenement
from socle.typographie import dates

CADRE = "demandes/lettres/cadre.html"


def peut_s_ecrire(evenement: Evenement) -> bool:
    """Whether this line of the history is one that the resident is told by mail or by letter."""
    if evenement.demande.anonymisee_le:
        return False
    return evenement.visible_usager and (_est_depot(evenement) or _genre(evenement) is not None)


def lettre_pdf(evenement: Evenement) -> bytes:
    """To print. An event of filing gives the acknowledgement. Raises ValueError as ``page`` does."""
    return pdf.accuse_pdf(evenement.demande) if _est_depot(evenement) else pdf.depuis_page(page(evenement))


def page(evenement: Evenement) -> str:
    """The letter as HTML. Raises ValueError for an event that makes none (peut_s_ecrire)."""
    genre = None if _est_depot(evenement) else _genre(evenement)
    if genre is None:
        raise ValueError(f"aucune lettre ne correspond à « {evenement.code} »")
    return pdf.page(f"demandes/courriels/{courriels.GENRES[genre].gabarit}.html", contexte(evenement))


def contexte(evenement: Evenement) -> dict[str, Any]:
    """What the mail's templates need to be a letter of the day of the event."""
    return {
        **courriels.contexte_de(evenement.demande, evenement),
        "cadre": CADRE,
        "papier": True,
        "message": courriels.texte_de(evenement),
        "date_lettre": dates.jour(evenement.le),
    }


def _est_depot(evenement: Evenement) -> bool:
    return evenement.code in ("recue", "saisie")


def _genre(evenement: Evenement) -> str | None:
    transition = evenement.demande.workflow.transition(evenement.donnees.get("transition", ""))
    if transition is None or transition.interne:
        return None
    return courriels.genre_usager(transition, evenement)
