"""A consultation's dossier: pure rules that refuse, in French, to move on while something is missing."""

from consultation.dossier.modele import (
    Dossier,
    Etat,
    MesureAntiDoublon,
    Perimetre,
    Politique,
    ProtectionDonnees,
    Regime,
)
from consultation.dossier.publications import (
    Genre,
    Publication,
    archive,
    lire_archive,
    lire_preuve,
    preuve,
    verifier_chaine,
)
from consultation.dossier.regles import SIX_VERIFICATIONS, Manque, manques
from consultation.dossier.transitions import (
    DossierRefuse,
    Verification,
    avancer,
    echeances,
    exiger_modifiable,
    fiche_de_conformite,
    modifier,
    prolonger,
    publier,
)

__all__ = [
    "SIX_VERIFICATIONS",
    "Dossier",
    "DossierRefuse",
    "Etat",
    "Genre",
    "Manque",
    "MesureAntiDoublon",
    "Perimetre",
    "Politique",
    "ProtectionDonnees",
    "Publication",
    "Regime",
    "Verification",
    "archive",
    "avancer",
    "echeances",
    "exiger_modifiable",
    "fiche_de_conformite",
    "lire_archive",
    "lire_preuve",
    "manques",
    "modifier",
    "preuve",
    "prolonger",
    "publier",
    "verifier_chaine",
]
