"""The clock of a request as its row keeps it, and what is asked of somebody whom the mail never reached.

A request for pieces stops the clock of the law once the person was told of it (CRPA L.114-5, R.112-5). Where the
mail came back undelivered, nobody was: the time runs on, until the person is reached another way.
"""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from guichet.demandes import delais
from guichet.demandes.models import Complement, Demande, Evenement, Nature, Suspension


def regler_horloge(demande: Demande) -> None:
    """Store what the clock says, for lists; the caller saves the request."""
    if demande.nature == Nature.TRANSFEREE:
        # Another authority answers now: the town's silence has no effect any more.
        demande.echeance_le = demande.suspendue_depuis = None
        return
    horloge = demande.horloge()
    demande.echeance_le, demande.suspendue_depuis = horloge.echeance, None
    if horloge.etat is delais.Etat.SUSPENDUE:
        ouvertes = [s.debut for s in demande.suspensions.all() if s.opposable and s.fin is None]
        demande.suspendue_depuis = min(ouvertes, default=None)


def non_remise(demande: Demande, evenement: Evenement) -> bool:
    """What this event asked for never reached the person: the clock did not stop. Returns whether it had.

    The row is held already.
    """
    ouvertes = Suspension.objects.filter(demande=demande, fin=None, opposable=True)
    arretee = ouvertes.filter(debut=timezone.localdate(evenement.le)).update(opposable=False)
    if arretee:
        _garder(demande)
    return bool(arretee)


def remise(demande: Demande, jour: date | None = None) -> None:
    """The person is told today of what was asked: the clock stops now, and they have the whole time given.

    The row is held already.
    """
    jour = jour or timezone.localdate()
    attendues = list(Suspension.objects.filter(demande=demande, fin=None, opposable=False))
    for suspension in attendues:
        avant, temps = suspension.limite, (suspension.limite - suspension.debut if suspension.limite else None)
        suspension.debut, suspension.opposable = jour, True
        suspension.limite = jour + temps if temps is not None else None
        suspension.save(update_fields=["debut", "limite", "opposable"])
        Complement.objects.filter(demande=demande, limite_le=avant).ouverts().update(limite_le=suspension.limite)
    if attendues:
        _garder(demande)


def _garder(demande: Demande) -> None:
    regler_horloge(demande)
    demande.save(update_fields=["echeance_le", "suspendue_depuis", "modifiee_le"])
