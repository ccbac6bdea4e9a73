"""Help for reading contributions, offline: everything here proposes, a person decides and can undo."""

from consultation.analyse.accord import Accord, alpha, lire_accord
from consultation.analyse.doublons import Groupe, differences, groupes_proches
from consultation.analyse.ecarts import Ecart, comparer
from consultation.analyse.petits import SEUIL, cacher
from consultation.analyse.pseudonymes import Genre, Proposition, appliquer, proposer
from consultation.analyse.voisins import Index, Voisin

__all__ = [
    "SEUIL",
    "Accord",
    "Ecart",
    "Genre",
    "Groupe",
    "Index",
    "Proposition",
    "Voisin",
    "alpha",
    "appliquer",
    "cacher",
    "comparer",
    "differences",
    "groupes_proches",
    "lire_accord",
    "proposer",
]
