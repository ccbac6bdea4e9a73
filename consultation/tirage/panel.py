"""The draw from end to end: prepare and publish the numbered list first, then draw a number.

The law asks that who is consulted be relevant and that one person not weigh more than another (Conseil d'État,
Assemblée, 19 July 2017, nos 403928 and 403948, on article L.131-1 of the CRPA); it asks for no algorithm.
Publishing chances, their bound and the list before the number is drawn lets anybody check equal treatment.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from consultation.tirage.assouplissement import refuser
from consultation.tirage.avancement import Avancement, Suivi
from consultation.tirage.colonnes import Melange, leximin_entier, liste_approchee
from consultation.tirage.decomposition import ARRONDI, Lot, liste_exacte
from consultation.tirage.erreurs import DemandeImpossible
from consultation.tirage.foyers import BEAUCOUP, a_regarder
from consultation.tirage.loterie import Loterie, regle
from consultation.tirage.modele import Groupes, Vivier, grouper
from consultation.tirage.relaxation import leximin_fractionnaire
from consultation.tirage.solveur import SolveurErreur, Vecteur
from socle.typographie.nombres import pourcent

NOMBRES_USUELS = range(8_000, 10_001)  # four balls from 0 to 9, drawn again one time in five at most
NOMBRE_MAXIMAL = 100_000
NOMBRES_ESSAYES = 8
"""Numbers of panels tried where rounding with the known panels would take one from somebody."""
CHANCE_NULLE = 1e-9

LEXIMIN = "LEXIMIN"
MAXIMIN = "MAXIMIN"
NON_PROUVE = "MAXIMIN non prouvé"
EXPLICATIONS = {
    LEXIMIN: "La plus petite chance est la plus grande possible, puis la suivante, et ainsi de suite ; c'est prouvé.",
    MAXIMIN: "La plus petite chance est la plus grande possible, c'est prouvé ; le temps a manqué pour égaliser "
    "au mieux les suivantes : ce n'est pas un LEXIMIN.",
    NON_PROUVE: "Le temps a manqué : la plus petite chance n'est pas prouvée la plus grande possible. L'écart "
    "publié dit de combien elle pourrait l'être davantage.",
}


@dataclass(frozen=True)
class Tirage:
    """A draw ready to be published; nobody is drawn until a number is."""

    vivier: Vivier
    taille: int
    un_par_foyer: bool
    loterie: Loterie
    algorithme: str  # the one that actually ran
    optimum: dict[str, float]  # chances before rounding to N panels
    borne: float  # nobody can promise everybody more than this (dual bound)
    secondes: float

    @cached_property
    def probabilites(self) -> dict[str, float]:
        """Chance of each volunteer, equal to panels holding them divided by N, in the order of the file."""
        nombre = self.loterie.nombre
        return {p.identifiant: self.loterie.presences[p.identifiant] / nombre for p in self.vivier.personnes}

    @property
    def minimum(self) -> float:
        """Smallest chance among all volunteers."""
        return min(self.probabilites.values())

    @property
    def ecart(self) -> float:
        """Dual bound minus smallest chance: what is lost at most, rounding to N panels included."""
        return max(0.0, self.borne - self.minimum)

    @property
    def arrondi(self) -> float:
        """Largest difference between a published chance and the chance before rounding."""
        return max(abs(self.probabilites[qui] - chance) for qui, chance in self.optimum.items())

    @property
    def certains(self) -> tuple[str, ...]:
        """People in every panel."""
        return tuple(qui for qui, n in self.loterie.presences.items() if n == self.loterie.nombre)

    @property
    def exclus(self) -> tuple[str, ...]:
        """People in no panel."""
        return tuple(qui for qui, n in self.loterie.presences.items() if n == 0)

    @property
    def regle(self) -> str:
        """How to draw the number in public."""
        return regle(self.loterie.nombre)

    @property
    def alertes(self) -> tuple[str, ...]:
        """What the team must know before it publishes, in French."""
        alertes = []
        if self.certains and len(self.certains) < len(self.vivier.personnes):
            combien = _compter(self.certains, "personne est certaine", "personnes sont certaines")
            alertes.append(
                f"{combien} d'être dans le panel ({_citer(self.certains)}) : le tirage "
                "n'en est plus un dans ce cas. Ce profil est rare parmi les volontaires : cherchez-en "
                "d'autres, ou desserrez les quotas."
            )
        if self.exclus:
            cause = "aucun panel ne peut les accueillir avec ces quotas"
            if any(self.optimum[qui] > CHANCE_NULLE for qui in self.exclus):
                cause = "leur chance est trop petite pour cette liste ; demandez plus de panels"
            combien = _compter(self.exclus, "personne n'a", "personnes n'ont")
            alertes.append(f"{combien} aucune chance d'être dans le panel ({_citer(self.exclus)}) : {cause}.")
        if self.un_par_foyer:
            sans = [personne.identifiant for personne in self.vivier.personnes if not personne.foyer]
            if sans:
                alertes.append(
                    f"{_compter(sans, 'personne est', 'personnes sont')} sans adresse ({_citer(sans)}) : la règle "
                    "« une personne par foyer » ne peut pas s'y appliquer."
                )
            alertes += self._foyers_a_regarder()
        alertes += self.vivier.remarques
        if self.algorithme != LEXIMIN:
            alertes.append(EXPLICATIONS[self.algorithme])
        return tuple(alertes)

    def _foyers_a_regarder(self) -> list[str]:
        """Addresses that many share, with what it costs them; spellings that may be one home."""
        phrases = []
        adresses = {personne.identifiant: personne.foyer for personne in self.vivier.personnes if personne.foyer}
        for groupe in a_regarder(adresses):
            siennes = {adresses[qui] for qui in groupe}
            if len(siennes) > 1:
                phrases.append(
                    f"{_citer(groupe)} donnent des adresses presque pareilles : si c'est un même foyer, écrivez-les de "
                    "la même façon ; sinon, précisez-les (bâtiment, appartement)."
                )
            for adresse in siennes:
                gens = [qui for qui in groupe if adresses[qui] == adresse]
                if len(gens) >= BEAUCOUP:
                    phrases.append(self._adresse_partagee(adresse, gens))
        return phrases

    def _adresse_partagee(self, adresse: str, gens: list[str]) -> str:
        chances = [self.probabilites[qui] for qui in gens]
        autres = [chance for qui, chance in self.probabilites.items() if qui not in set(gens)]
        ou = f"la même adresse (« {adresse} »)" if " " in adresse else "la même adresse"  # a digest says nothing
        face = f", contre {pourcent(min(autres), 1)} à {pourcent(max(autres), 1)} pour les autres" if autres else ""
        return (
            f"{len(gens)} volontaires à {ou} ({_citer(gens)}) : immeuble sans numéro d'appartement ? Comptés comme un "
            f"seul foyer, ils ont chacun {pourcent(min(chances))} à {pourcent(max(chances))} de chances{face}. Décidez "
            "avant de publier : précisez les adresses, ou gardez la règle."
        )


def _compter(liste: tuple[str, ...] | list[str], un: str, plusieurs: str) -> str:
    return f"{len(liste)} {un if len(liste) == 1 else plusieurs}"


def _citer(liste: tuple[str, ...] | list[str]) -> str:
    return ", ".join(liste[:10]) + (f" et {len(liste) - 10} autres" if len(liste) > 10 else "")


def preparer(
    vivier: Vivier,
    taille: int,
    *,
    un_par_foyer: bool = False,
    nombre: int | None = None,
    suivi: Suivi | None = None,
    budget_s: float = 600.0,
) -> Tirage:
    """Compute the numbered list of `nombre` equally likely panels of `taille` persons.

    Without `nombre`, the number of panels that best keeps the smallest chance is taken (`meilleurs_nombres`).
    `budget_s` seconds bound the search; when they are spent the result says so instead of claiming LEXIMIN.
    Raises `QuotasImpossibles` with a proposal when no panel meets the quotas, and whatever `suivi` raises.
    """
    if nombre is not None and not 1 <= nombre <= NOMBRE_MAXIMAL:
        raise DemandeImpossible(f"Le nombre de panels doit être compris entre 1 et {NOMBRE_MAXIMAL}.")
    avancement = Avancement(suivi, budget_s)
    groupes = grouper(vivier, taille, un_par_foyer)
    avancement.dire("Lecture des volontaires et des quotas", 0.0)
    ideal = leximin_fractionnaire(groupes, avancement)
    if ideal is None:
        raise refuser(vivier, groupes, taille)
    algorithme, chances, borne = LEXIMIN, ideal.probabilites, ideal.borne
    lots, rencontres = liste_exacte(groupes, chances, nombre or meilleurs_nombres(chances)[0], avancement)
    if lots is None:
        melange = leximin_entier(groupes, rencontres, avancement)
        if melange is None:
            raise refuser(vivier, groupes, taille)
        chances = melange.poids @ np.array(melange.panels) / groupes.effectifs
        borne = min(borne, melange.borne)
        algorithme = LEXIMIN if melange.complet else MAXIMIN if melange.niveau_prouve else NON_PROUVE
        nombres = [nombre] if nombre else meilleurs_nombres(chances)
        lots = _liste_sans_perte(groupes, melange, chances, nombres, avancement)
    tirage = Tirage(
        vivier,
        taille,
        un_par_foyer,
        Loterie(groupes.membres, tuple(lots)),
        algorithme,
        _par_personne(groupes, chances),
        borne,
        avancement.ecoule,
    )
    _controler(tirage, groupes, lots)
    avancement.dire("Liste des panels prête", 1.0)
    return tirage


def _liste_sans_perte(
    groupes: Groupes, melange: Melange, chances: Vecteur, nombres: Sequence[int], avancement: Avancement
) -> list[Lot]:
    """The first list, of these numbers of panels, by which nobody loses a panel; that which loses least otherwise."""
    trouvees: list[tuple[float, list[Lot]]] = []
    for nombre in nombres:
        lots, _ = liste_exacte(groupes, chances, nombre, avancement)
        lots, perte = (lots, 0.0) if lots else liste_approchee(groupes, melange, nombre)
        trouvees.append((perte, lots))
        if perte == 0:
            break
    return min(trouvees, key=lambda une: une[0])[1]


def meilleurs_nombres(chances: Vecteur) -> list[int]:
    """Numbers of panels, among the usual ones, whose rounding takes least from the smallest chance: the best first."""
    plus_petite = float(min(chance for chance in chances if chance > CHANCE_NULLE))

    def perte(nombre: int) -> float:
        return round(plus_petite - math.floor(nombre * plus_petite + ARRONDI) / nombre, 12)

    return sorted(NOMBRES_USUELS, key=lambda nombre: (perte(nombre), -nombre))[:NOMBRES_ESSAYES]


def _par_personne(groupes: Groupes, chances: Vecteur) -> dict[str, float]:
    return {
        qui: min(1.0, max(0.0, float(chance)))
        for membres, chance in zip(groupes.membres, chances, strict=True)
        for qui in membres
    }


def _controler(tirage: Tirage, groupes: Groupes, lots: list[Lot]) -> None:
    """Check every composition against the quotas without trusting the solver."""
    if not all(groupes.polytope.contient(lot.composition) for lot in lots):
        raise SolveurErreur("a listed panel breaks a quota: nothing may be published")
    places = sum(tirage.loterie.presences.values())
    if places != tirage.taille * tirage.loterie.nombre:
        raise SolveurErreur("chances do not add up to the size of the panel: nothing may be published")
