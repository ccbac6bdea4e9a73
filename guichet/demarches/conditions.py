"""When a question or a page is asked: a condition on earlier answers.

A comparison holds only where there is an answer to compare: what was not asked, or left empty, is equal to
nothing and different from nothing. ``rempli: false`` and ``aucun`` are the ways to speak of absence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SerializerFunctionWrapHandler,
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

COMPARAISONS = ("egal", "different", "parmi", "contient", "rempli", "au_moins", "au_plus")
REUNIONS = ("tous", "un_de", "aucun")


class Condition(Modele):
    """Either one comparison (``champ`` and one operator) or conditions put together."""

    champ: Nom | None = Field(default=None, title="Question", description="Nom d'un champ demandé plus haut.")
    egal: Valeur | None = Field(default=None, title="Est égale à", description="La réponse est celle-ci.")
    different: Valeur | None = Field(
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
    au_moins: Borne | None = Field(
        default=None, title="Vaut au moins", description="Nombre, date, ou nombre d'éléments d'une liste."
    )
    au_plus: Borne | None = Field(
        default=None, title="Vaut au plus", description="Nombre, date, ou nombre d'éléments d'une liste."
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
        if self.profondeur > PROFONDEUR_MAX:
            raise ValueError(f"pas plus de {PROFONDEUR_MAX} conditions l'une dans l'autre")
        return self

    @model_serializer(mode="wrap")
    def sans_vide(self, suite: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Written to files without the keys that say nothing."""
        return {nom: valeur for nom, valeur in suite(self).items() if valeur is not None}

    @property
    def operateur(self) -> str:
        """Name of the one key that says what is compared."""
        return next(nom for nom in (*COMPARAISONS, *REUNIONS) if getattr(self, nom) is not None)

    @property
    def operande(self) -> Any:
        """What the answer is compared with."""
        return getattr(self, self.operateur)

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

    def vraie(self, donnees: Mapping[str, Any]) -> bool:
        """Whether it holds for these answers, given by field name; an absent answer is an empty one."""
        if self.tous is not None:
            return all(partie.vraie(donnees) for partie in self.tous)
        if self.un_de is not None:
            return any(partie.vraie(donnees) for partie in self.un_de)
        if self.aucun is not None:
            return not any(partie.vraie(donnees) for partie in self.aucun)
        return _compare(self.operateur, donnees.get(self.champ or ""), self.operande)


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
    droite: Any = nombre(borne)
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
