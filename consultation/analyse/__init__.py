"""Help for reading contributions, offline: everything here proposes, a person decides and can undo."""

from consultation.analyse.accord import Accord, alpha, lire_accord
from consultation.analyse.doublons import Groupe, groupes_proches
from consultation.analyse.pseudonymes import Genre, Proposition, appliquer, proposer

__all__ = [
    "Accord",
    "Genre",
    "Groupe",
    "Proposition",
    "alpha",
    "appliquer",
    "groupes_proches",
    "lire_accord",
    "proposer",
]
