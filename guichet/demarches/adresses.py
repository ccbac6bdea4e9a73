"""In which commune an address written on one line is, as far as its words tell.

People write « 12 rue de Paris » and « 12 r des Lilas, Paris » in the same field. What is sure is said, the rest is
not guessed: a postcode, a name at the end after a comma, a large town's name at the end of a street's.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Literal

from guichet.demarches.recherche import normaliser

Situation = Literal["", "ici", "ailleurs", "incertaine"]
"""Empty: nothing tells. ``incertaine``: it ends with what looks like another commune's name."""

_CODE = re.compile(r"(?<!\d)(?!00)\d{2} ?\d{3}(?!\d)")
_BOITES = re.compile(r"\b(?:bp|cs|tsa|boite postale)\W*\d+", re.IGNORECASE)
_SEPARE = re.compile(r"[,;\n/()]+|\s[-–—]+\s")
_FIN = re.compile(r"(?: (?:cedex|france|\d{1,2}(?:e|er|eme)?|arrondissement))+$")
# Words before which a town's name is a street's: « rue de Paris », « porte de Lyon ».
_LIAISONS = frozenset(
    re.split(
        r"\s+",
        """d de du des l la le les a au aux en vers rue r avenue av ave boulevard bd bld place pl quai chemin ch route
rte impasse imp allee cours square cite residence res villa passage faubourg fg porte gare pont hotel cafe
immeuble batiment bat tour clos hameau quartier""",
    )
)
# Words that begin something else than a commune: the part of an address that they begin is a place in the town.
_LIEUX = _LIAISONS - {"la", "le", "les", "l"} | frozenset(
    re.split(
        r"\s+",
        """appartement appt apt app etage escalier esc entree hall porte digicode code interphone chez maison mairie
ecole lotissement lot zone za zi zac lieu lieudit dit derriere devant face pres cote angle centre parc parking
bis ter rdc sous rez numero no n bloc mme mm mlle monsieur madame foyer chambre logement ehpad clinique
hopital""",
    )
)
# Large communes whose name alone, at the end of a line without a comma, is not taken for anything else.
_GRANDES = frozenset(
    re.split(
        r",\s+",
        """paris, lyon, marseille, toulouse, nantes, montpellier, strasbourg, bordeaux, lille, rennes, reims, toulon,
saint etienne, le havre, grenoble, dijon, angers, villeurbanne, clermont ferrand, le mans, aix en provence,
nimes, amiens, limoges, perpignan, boulogne billancourt, orleans, mulhouse, rouen, argenteuil, montreuil,
saint denis, caen, tourcoing, roubaix, nanterre, vitry sur seine, avignon, creteil, poitiers, aubervilliers,
versailles, asnieres sur seine, colombes, courbevoie, cherbourg en cotentin, rueil malmaison,
champigny sur marne, saint maur des fosses, ivry sur seine, levallois perret, issy les moulineaux,
neuilly sur seine, villejuif, maisons alfort, clichy, pantin, sarcelles, massy, cergy, evry courcouronnes,
saint quentin, saint nazaire, la rochelle, dunkerque, calais, beziers, cannes, antibes, besancon, metz,
nancy, annecy, chambery, bayonne, lorient, quimper, vannes, la roche sur yon, cholet, niort, angouleme,
perigueux, agen, montauban, albi, castres, carcassonne, narbonne, arles, frejus, hyeres, martigues, aubagne,
troyes, auxerre, chartres, blois, chateauroux, charleville mezieres, beauvais, compiegne, soissons, evreux,
meaux, melun, pontoise""",
    )
)


def situation(  # noqa: PLR0911 - from what is sure to what is not
    texte: str, commune: str, codes_postaux: Collection[str]
) -> Situation:
    """Where an address is, for a town of this name and these postcodes; ``texte`` may have several lines."""
    if not commune or not texte.strip():
        return ""
    nom = normaliser(commune)
    sans_boites = _BOITES.sub(" ", texte)
    if codes := list(_CODE.finditer(sans_boites)):
        dernier = codes[-1]
        if codes_postaux and dernier[0].replace(" ", "") not in codes_postaux:
            return "ailleurs"
        apres = _sans_fin(normaliser(_SEPARE.split(sans_boites[dernier.end() :].strip(" ,;\n"))[0]))
        return "ici" if codes_postaux and (not apres or apres == nom) else _nommee(apres, nom)
    parts = [part for brute in _SEPARE.split(sans_boites) if (part := _sans_fin(normaliser(brute)))]
    if not parts:
        return ""
    if nom in parts:
        return "ici"
    if len(parts) > 1:
        lues = [_nommee(part, nom) for part in parts[1:]]
        if sure := next((lue for lue in reversed(lues) if lue == "ailleurs"), None):
            return sure
        if lues[-1]:
            return lues[-1]
    return _a_la_fin(parts[0], nom)


def _sans_fin(part: str) -> str:
    return _FIN.sub("", f" {part}").strip()


def _nommee(part: str, nom: str) -> Situation:
    """A part that stands alone: the town's name, another's, or what cannot be one."""
    if part == nom:
        return "ici"
    if part in _GRANDES:
        return "ailleurs"
    mots = part.split()
    if not mots or mots[0] in _LIEUX or len(mots) > 6 or any(mot[0].isdigit() for mot in mots) or len(part) < 3:
        return ""
    return "incertaine"


def _a_la_fin(part: str, nom: str) -> Situation:
    """A line without a comma that ends with a town's name, which is not its street's."""
    mots = part.split()
    for longueur in range(min(4, len(mots) - 2), 0, -1):
        fin, avant = " ".join(mots[-longueur:]), mots[-longueur - 1]
        if avant in _LIAISONS or avant[0].isdigit():
            continue
        if fin == nom:
            return "ici"
        if fin in _GRANDES:
            return "ailleurs"
    return ""
