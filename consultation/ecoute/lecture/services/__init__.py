"""The only ways a reading changes, by subject; and what the readings say together."""

from consultation.analyse import SEUIL as PETIT
from consultation.ecoute.lecture.gestes import LectureRefusee, annuler
from consultation.ecoute.lecture.services.a_deux import (
    Comparaison,
    a_finir,
    accords,
    comparer,
    confiees,
    finir,
    lire_a_deux,
    retenir,
)
from consultation.ecoute.lecture.services.codage import Proche, a_coder, avis_proches, coder, ranger
from consultation.ecoute.lecture.services.comptes import a_part, comptent, compter_themes, comptes, themes_de
from consultation.ecoute.lecture.services.copies import Proches, distinguer, proches, rapprocher, regler, separer
from consultation.ecoute.lecture.services.entendus import Critere, Part, canaux, entendus, par_canal
from consultation.ecoute.lecture.services.livre import ecrire_theme, fusionner, retirer, scinder
from consultation.ecoute.lecture.services.noms import a_relire, relire, rien_a_cacher, rouvrir, sans_proposition

__all__ = [
    "PETIT",
    "Comparaison",
    "Critere",
    "LectureRefusee",
    "Part",
    "Proche",
    "Proches",
    "a_coder",
    "a_finir",
    "a_part",
    "a_relire",
    "accords",
    "annuler",
    "avis_proches",
    "canaux",
    "coder",
    "comparer",
    "comptent",
    "compter_themes",
    "comptes",
    "confiees",
    "distinguer",
    "ecrire_theme",
    "entendus",
    "finir",
    "fusionner",
    "lire_a_deux",
    "par_canal",
    "proches",
    "ranger",
    "rapprocher",
    "regler",
    "relire",
    "retenir",
    "retirer",
    "rien_a_cacher",
    "rouvrir",
    "sans_proposition",
    "scinder",
    "separer",
    "themes_de",
]
