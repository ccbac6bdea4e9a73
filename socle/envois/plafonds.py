"""How many messages one address may get because somebody typed it: the town's mail must not become a way to flood.

Only what a stranger can trigger, for an address nobody has proven, is counted here; what a person with a proven account
or an agent causes is not. Addresses are kept as keyed digests (socle/securite/limites.py), until the daily cleaning.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from socle.envois.models import Sollicitation
from socle.securite.limites import Limite

PAR_HEURE = 3
PAR_JOUR = 10
ACCUSES_PAR_HEURE = 10
ACCUSES_PAR_JOUR = 30
"""Of acknowledgements, which are owed (CRPA L.112-11): more than one person's requests of a day."""
_JOUR = Limite(Sollicitation, timedelta(days=1), "envois.plafond")


class PlafondAtteint(Exception):
    """This address got as many messages as a stranger may send it; nothing was entrusted. The text is for a page."""

    def __init__(self, quand: str) -> None:
        super().__init__(
            "Cette adresse ou ce numéro a déjà reçu plusieurs messages de la mairie : le prochain ne part pas. "
            f"Réessayez {quand}. Si vous n'avez rien reçu depuis hier, appelez-nous."
        )


def prendre(destinataire: str, motif: str, *, par_heure: int = PAR_HEURE, par_jour: int = PAR_JOUR) -> None:
    """Count one more message to this address or number; call it in the message's transaction.

    `motif`: what the message is for. Each is counted apart: who has somebody written to by one form does not keep from
    them what another owes. Raises PlafondAtteint.
    """
    cle, maintenant = _JOUR.cle(motif, _boite(destinataire)), timezone.now()
    with transaction.atomic(savepoint=False):
        _JOUR.attendre_son_tour(cle)
        du_jour = Sollicitation.objects.filter(cle=cle, le__gt=maintenant - _JOUR.periode).values_list("le", flat=True)
        moments = list(du_jour[:par_jour])
        de_l_heure = sum(moment > maintenant - timedelta(hours=1) for moment in moments)
        plein = len(moments) >= par_jour
        libre = not plein and de_l_heure < par_heure
        if libre:
            Sollicitation.objects.create(cle=cle, le=maintenant)
    if not libre:
        raise PlafondAtteint("demain" if plein else "dans une heure")


def _boite(destinataire: str) -> str:
    """What the address leads to: case, spaces and « +something » make no other mailbox."""
    nom, arobase, domaine = destinataire.strip().casefold().rpartition("@")
    return f"{nom.partition('+')[0]}@{domaine}" if arobase else "".join(c for c in destinataire if c.isdigit())
