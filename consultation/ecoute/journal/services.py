"""Writing and purging of the audit trail."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from consultation.ecoute.journal.models import Trace

if TYPE_CHECKING:
    from consultation.ecoute.dossiers.models import Dossier
    from consultation.ecoute.equipe.models import Membre

PROGRAMME = "Le programme"


def noter(membre: Membre | None, phrase: str, dossier: Dossier | None = None) -> Trace:
    """Keep who did what; to be called in the same transaction as the change."""
    nom = membre.nom if membre is not None else PROGRAMME
    return Trace.objects.create(qui=membre, qui_nom=nom, phrase=phrase[:500], dossier=dossier)


def remplacer(trace: Trace, phrase: str) -> None:
    """The same line without somebody's name. Added again, then removed: the database lets nobody rewrite a line."""
    Trace.objects.create(le=trace.le, qui_id=trace.qui_id, qui_nom=trace.qui_nom, phrase=phrase[:500],
                         dossier_id=trace.dossier_id)  # fmt: skip
    trace.delete()


def purger(avant: datetime) -> int:
    """Remove older lines; return how many."""
    return Trace.objects.filter(le__lt=avant).delete()[0]
