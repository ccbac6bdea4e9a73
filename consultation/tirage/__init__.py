"""Fair draw of a panel among volunteers: LEXIMIN on a free solver, proven and drawn in public."""

from consultation.tirage.avancement import Etape
from consultation.tirage.erreurs import (
    Assouplissement,
    DemandeImpossible,
    ErreurFichier,
    FichiersInvalides,
    QuotasImpossibles,
    TirageAnnule,
    TirageErreur,
)
from consultation.tirage.modele import Personne, Quota, Vivier
from consultation.tirage.panel import Tirage, preparer
from consultation.tirage.vivier import lire_vivier

__all__ = [
    "Assouplissement",
    "DemandeImpossible",
    "ErreurFichier",
    "Etape",
    "FichiersInvalides",
    "Personne",
    "Quota",
    "QuotasImpossibles",
    "Tirage",
    "TirageAnnule",
    "TirageErreur",
    "Vivier",
    "lire_vivier",
    "preparer",
]
