"""When a question or a page is asked, when a rule speaks: a condition on answers.

A comparison holds only where there is an answer to compare: what was not asked, or left empty, is equal to
nothing and different from nothing. ``rempli: false`` and ``aucun`` are the ways to speak of absence.

An answer is compared with a value, or with a mark (Repere): another answer, or today. Only rules (regles.py) may look
at today, or at what an answer measures: a question that opens and closes by itself as days pass would lose answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal, Protocol

from dateutil.relativedelta import relativedelta
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    Field,
    SerializerFunctionWrapHandler,
    Tag,
    model_serializer,
    model_validator,
)

from guichet.demarches.modele import Modele, Nom, une_ligne
from guichet.demarches.recherche import normaliser

PROFONDEUR_MAX = 5


def _en_iso(valeur: Any) -> Any:
    """YAML reads 2026-09-01 as a date; here it is the text that the answer holds."""
    return valeur.isoformat() if hasattr(valeur, "isoformat") else valeur


def _comparable(valeur: Any) -> Any:
    if isinstance(valeur, float) and not Decimal(valeur).is_finite():
        raise ValueError("il faut un nombre")
    if valeur == "":
        raise ValueError("il faut une valeur (pour une réponse vide : « rempli: false »)")
    return une_ligne(valeur) if isinstance(valeur, str) else valeur


Valeur = Annotated[bool | int | float | str, BeforeValidator(_en_iso), AfterValidator(_comparable)]
Borne = Annotated[int | float | str, BeforeValidator(_en_iso), AfterValidator(_comparable)]

COMPARAISONS = (
    "egal", "different", "parmi", "contient", "rempli", "au_moins", "au_plus", "moins_de", "plus_de", "commune",
)  # fmt: skip
AVEC_REPERE = ("egal", "different", "au_moins", "au_plus", "moins_de", "plus_de")
REUNIONS = ("tous", "un_de", "aucun")

MARQUE = "·"
"""Begins the words that pydantic adds to the place of a fault, and that no file holds."""
Mesure = Literal["", "age", "age_rentree", "age_annee_scolaire", "plus_petit", "plus_grand", "somme"]
"""What is looked at of an answer, where it is not the answer itself: see ``ChampBase.mesurer``."""
Unite = Literal["jours", "semaines", "mois", "annees"]
_UNITES = {"jours": "days", "semaines": "weeks", "mois": "months", "annees": "years"}


class Mesurable(Protocol):
    """A question, as far as conditions know it."""

    def mesurer(self, valeur: Any, mesure: str, partie: str, jour: date) -> Any:
        """What this measure says of an answer; None where it says nothing."""

    def est_situe(self, valeur: Any) -> str:
        """In which commune an address is; empty where nothing tells."""


@dataclass(frozen=True)
class Contexte:
    """What a rule knows beside the answers: the day, and the questions by name."""

    jour: date
    champs: Mapping[str, Mesurable] = field(default_factory=dict)


class Repere(Modele):
    """What an answer is compared with when it is no fixed value: another answer, or a day counted from today."""

    champ: Nom | None = Field(default=None, title="La réponse à une autre question", description="Son nom interne.")
    jour: Literal["aujourdhui"] | None = Field(default=None, title="Aujourd'hui")
    mesure: Mesure = Field(default="", title="Ce qu'on en regarde")
    partie: Nom | None = Field(default=None, title="Question du groupe")
    decalage: Annotated[int, Field(ge=-50_000, le=50_000)] = Field(
        default=0, title="Décalage", description="Pour une date : 21 jours après, -16 années avant."
    )
    unite: Unite = Field(default="jours", title="Unité du décalage")

    @model_validator(mode="after")
    def un_seul_repere(self) -> Repere:
        """Raises ValueError unless it names either a question or today."""
        if (self.champ is None) is (self.jour is None):
            raise ValueError("un repère est soit « champ » (une autre réponse), soit « jour: aujourdhui »")
        if self.jour and (self.mesure or self.partie):
            raise ValueError("« mesure » et « partie » regardent une réponse, pas un jour")
        return self

    @model_serializer(mode="wrap")
    def sans_vide(self, suite: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Written to files without the keys that say nothing."""
        dites = {nom: valeur for nom, valeur in suite(self).items() if valeur not in (None, "", 0)}
        if not self.decalage:
            dites.pop("unite", None)
        return dites

    def valeur(self, donnees: Mapping[str, Any], contexte: Contexte | None) -> Any:
        """The day or the answer that it stands for; None where there is none."""
        if self.jour:
            return None if contexte is None else self._decaler(contexte.jour.isoformat())
        return self._decaler(mesuree(self.champ or "", self.mesure, self.partie, donnees, contexte))

    def _decaler(self, valeur: Any) -> Any:
        if not self.decalage or not est_rempli(valeur):
            return valeur
        ecart: dict[str, int] = {_UNITES[self.unite]: self.decalage}
        try:
            return (date.fromisoformat(str(valeur)) + relativedelta(**ecart)).isoformat()  # type: ignore[arg-type]
        except (ValueError, OverflowError):
            return None


def _sorte_d_operande(brut: Any) -> str:
    return f"{MARQUE}{'repere' if isinstance(brut, Mapping | Repere) else 'valeur'}"


Operande = Annotated[
    Annotated[Valeur, Tag(f"{MARQUE}valeur")] | Annotated[Repere, Tag(f"{MARQUE}repere")],
    Discriminator(_sorte_d_operande),
]
OperandeOrdonne = Annotated[
    Annotated[Borne, Tag(f"{MARQUE}valeur")] | Annotated[Repere, Tag(f"{MARQUE}repere")],
    Discriminator(_sorte_d_operande),
]


def mesuree(nom: str, mesure: str, partie: str | None, donnees: Mapping[str, Any], contexte: Contexte | None) -> Any:
    """An answer, or what the measure says of it; None where there is nothing to measure."""
    valeur = donnees.get(nom)
    if not mesure:
        return valeur
    champ = contexte.champs.get(nom) if contexte else None
    if champ is None or contexte is None or not est_rempli(valeur):
        return None
    return champ.mesurer(valeur, mesure, partie or "", contexte.jour)


class Condition(Modele):
    """Either one comparison (``champ`` and one operator) or conditions put together."""

    champ: Nom | None = Field(default=None, title="Question", description="Nom d'un champ demandé plus haut.")
    mesure: Mesure = Field(
        default="",
        title="Ce qu'on en regarde",
        description="Dans une règle seulement : un âge, ou le nombre que porte un choix. Rien : la réponse elle-même.",
    )
    partie: Nom | None = Field(
        default=None, title="Question du groupe", description="Dont on prend le plus petit, le plus grand, la somme."
    )
    egal: Operande | None = Field(default=None, title="Est égale à", description="La réponse est celle-ci.")
    different: Operande | None = Field(
        default=None, title="Est différente de", description="La réponse en est une autre."
    )
    parmi: Annotated[tuple[Valeur, ...], Field(min_length=1)] | None = Field(
        default=None, title="Est l'une de", description="La réponse est l'une de celles-ci."
    )
    contient: Nom | None = Field(
        default=None, title="Contient", description="Cette option est cochée (choix de plusieurs réponses)."
    )
    rempli: bool | None = Field(
        default=None, title="Est remplie", description="true : il y a une réponse ; false : il n'y en a pas."
    )
    au_moins: OperandeOrdonne | None = Field(
        default=None, title="Vaut au moins", description="Nombre, date, ou nombre d'éléments d'une liste."
    )
    au_plus: OperandeOrdonne | None = Field(
        default=None, title="Vaut au plus", description="Nombre, date, ou nombre d'éléments d'une liste."
    )
    moins_de: OperandeOrdonne | None = Field(
        default=None, title="Est avant, ou plus petite que", description="Nombre, date, ou nombre d'éléments."
    )
    plus_de: OperandeOrdonne | None = Field(
        default=None, title="Est après, ou plus grande que", description="Nombre, date, ou nombre d'éléments."
    )
    commune: Literal["ici", "ailleurs", "incertaine"] | None = Field(
        default=None,
        title="Est dans la commune",
        description="ailleurs : sûrement une autre commune ; incertaine : peut-être une autre ; ici : celle-ci.",
    )
    tous: Annotated[tuple[Condition, ...], Field(min_length=1)] | None = Field(
        default=None, title="Toutes ces conditions", description="Toutes doivent être vraies."
    )
    un_de: Annotated[tuple[Condition, ...], Field(min_length=1)] | None = Field(
        default=None, title="L'une de ces conditions", description="Une au moins doit être vraie."
    )
    aucun: Annotated[tuple[Condition, ...], Field(min_length=1)] | None = Field(
        default=None, title="Aucune de ces conditions", description="Toutes doivent être fausses."
    )

    @model_validator(mode="after")
    def une_seule_forme(self) -> Condition:
        """Raises ValueError unless it is one comparison or one reunion, nested no deeper than PROFONDEUR_MAX."""
        comparaisons = [nom for nom in COMPARAISONS if getattr(self, nom) is not None]
        reunions = [nom for nom in REUNIONS if getattr(self, nom) is not None]
        simple = self.champ is not None and len(comparaisons) == 1 and not reunions
        reunion = self.champ is None and not comparaisons and len(reunions) == 1
        if not simple and not reunion:
            raise ValueError(
                "une condition est soit « champ » et une seule comparaison "
                f"({', '.join(COMPARAISONS)}), soit une seule réunion ({', '.join(REUNIONS)})"
            )
        if self.champ is None and (self.mesure or self.partie):
            raise ValueError("« mesure » et « partie » vont avec « champ »")
        if self.partie and not self.mesure:
            raise ValueError("« partie » va avec « mesure » : plus_petit, plus_grand ou somme")
        if self.profondeur > PROFONDEUR_MAX:
            raise ValueError(f"pas plus de {PROFONDEUR_MAX} conditions l'une dans l'autre")
        return self

    @model_serializer(mode="wrap")
    def sans_vide(self, suite: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Written to files without the keys that say nothing."""
        return {nom: valeur for nom, valeur in suite(self).items() if valeur is not None and valeur != ""}

    @property
    def operateur(self) -> str:
        """Name of the one key that says what is compared."""
        return next(nom for nom in (*COMPARAISONS, *REUNIONS) if getattr(self, nom) is not None)

    @property
    def operande(self) -> Any:
        """What the answer is compared with."""
        return getattr(self, self.operateur)

    @property
    def repere(self) -> Repere | None:
        """What the answer is compared with, where it is no fixed value."""
        operande = self.operande
        return operande if isinstance(operande, Repere) else None

    @property
    def noms(self) -> tuple[str, ...]:
        """The questions whose answers a comparison looks at."""
        autre = self.repere.champ if self.repere else None
        return tuple(nom for nom in (self.champ, autre) if nom)

    @property
    def parties(self) -> tuple[Condition, ...]:
        """The conditions put together; none for a comparison."""
        return self.tous or self.un_de or self.aucun or ()

    @property
    def profondeur(self) -> int:
        """Levels of nesting, itself included."""
        return 1 + max((partie.profondeur for partie in self.parties), default=0)

    def comparaisons(self) -> Iterator[Condition]:
        """The comparisons it is made of, itself if it is one."""
        if self.champ is not None:
            yield self
        for partie in self.parties:
            yield from partie.comparaisons()

    def vraie(self, donnees: Mapping[str, Any], contexte: Contexte | None = None) -> bool:
        """Whether it holds for these answers, given by field name; an absent answer is an empty one.

        ``contexte``: the day and the questions, without which nothing is measured or counted from today.
        """
        if self.tous is not None:
            return all(partie.vraie(donnees, contexte) for partie in self.tous)
        if self.un_de is not None:
            return any(partie.vraie(donnees, contexte) for partie in self.un_de)
        if self.aucun is not None:
            return not any(partie.vraie(donnees, contexte) for partie in self.aucun)
        nom, operande = self.champ or "", self.operande
        if self.commune is not None:
            champ = contexte.champs.get(nom) if contexte else None
            return champ is not None and champ.est_situe(donnees.get(nom)) == self.commune
        if isinstance(operande, Repere):
            operande = operande.valeur(donnees, contexte)
            if not est_rempli(operande):
                return False
        return _compare(self.operateur, mesuree(nom, self.mesure, self.partie, donnees, contexte), operande)


def est_rempli(valeur: Any) -> bool:
    """Whether there is an answer. Zero is one; a box left unticked is none."""
    if isinstance(valeur, Mapping):
        return any(est_rempli(partie) for partie in valeur.values())
    if isinstance(valeur, str | list | tuple):
        return bool(valeur)
    return valeur is not None and valeur is not False


def _compare(operateur: str, valeur: Any, operande: Any) -> bool:
    if operateur == "rempli":
        return est_rempli(valeur) is operande
    if isinstance(operande, bool):  # a box to tick: absent is unticked
        return (valeur is True) is (operande if operateur == "egal" else not operande)
    return est_rempli(valeur) and _COMPARE[operateur](valeur, operande)


def _pareil(valeur: Any, autre: Any) -> bool:
    if isinstance(autre, bool) or isinstance(valeur, bool):
        return valeur is autre
    nombres = nombre(valeur), nombre(autre)
    if not isinstance(autre, str) and None not in nombres:
        return nombres[0] == nombres[1]
    return str(valeur) == str(autre) or normaliser(str(valeur)) == normaliser(str(autre)) != ""


def _ordre(valeur: Any, borne: Any) -> int | None:
    """-1, 0 or 1 as the answer is before, at or after the bound; None where they cannot be compared."""
    gauche: Any = nombre(len(valeur)) if isinstance(valeur, list) else nombre(valeur)
    droite: Any = nombre(len(borne)) if isinstance(borne, list) else nombre(borne)
    if isinstance(valeur, str) and isinstance(borne, str) and (gauche is None or droite is None):
        gauche, droite = valeur, borne  # dates AAAA-MM-JJ are in order as texts
    if gauche is None or droite is None:
        return None
    return int(gauche > droite) - int(gauche < droite)


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "egal": _pareil,
    "different": lambda valeur, autre: not _pareil(valeur, autre),
    "parmi": lambda valeur, possibles: any(_pareil(valeur, possible) for possible in possibles),
    "contient": lambda valeur, option: isinstance(valeur, list) and option in valeur,
    "au_moins": lambda valeur, borne: _ordre(valeur, borne) in {0, 1},
    "au_plus": lambda valeur, borne: _ordre(valeur, borne) in {0, -1},
    "moins_de": lambda valeur, borne: _ordre(valeur, borne) == -1,
    "plus_de": lambda valeur, borne: _ordre(valeur, borne) == 1,
}


def nombre(valeur: Any) -> Decimal | None:
    """A number as it was typed or stored; None when it is not one."""
    if isinstance(valeur, bool) or not isinstance(valeur, int | float | str | Decimal):
        return None
    try:
        lu = Decimal(str(valeur).replace(",", ".").strip())
    except InvalidOperation:
        return None
    return lu if lu.is_finite() else None
