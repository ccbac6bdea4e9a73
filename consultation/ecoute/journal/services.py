"""Writing and purging of the audit trail."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from consultation.ecoute.equipe.models import Membre
from consultation.ecoute.journal.models import Trace

if TYPE_CHECKING:
    from consultation.ecoute.dossiers.models import Dossier

PROGRAMME = "Le programme"


def noter(membre: Membre | None, phrase: str, dossier: Dossier | None = None) -> Trace:
    """Keep who did what; to be called in the same transaction as the change."""
    nom = membre.nom if membre is not None else PROGRAMME
    return Trace.objects.create(qui=membre, qui_nom=nom, phrase=phrase[:500], dossier=dossier)


def purger(avant: datetime) -> int:
    """Remove older lines; return how many."""
    return Trace.objects.filter(le__lt=avant).delete()[0]
