"""What a town decides about where its platform may be: the block ``policy:`` of site.yaml."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from infra.model.strict import Strict
from infra.model.words import Line

RuleCode = Literal["P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8"]
REASON_SHORTEST = 15
"""Characters: less is a word, not a reason."""


def _says_why(value: str) -> str:
    if len(value) < REASON_SHORTEST:
        raise ValueError("dites pourquoi la règle est écartée, en une phrase")
    return value


Reason = Annotated[Line, AfterValidator(_says_why)]


class Placement(Strict):
    """Each key demands something; without it, its rule demands nothing. P4 and P8 hold for everybody."""

    operators: Annotated[list[Line], Field(min_length=1)] | None = Field(
        default=None, description="P1 : opérateurs permis (target.operator, sinon hosting.provider)"
    )
    regions: Annotated[list[Line], Field(min_length=1)] | None = Field(
        default=None, description="P2 : régions du nuage permises, sauvegardes comprises"
    )
    countries: Annotated[list[Line], Field(min_length=1)] | None = Field(
        default=None, description="P2 : pays permis (hosting.country)"
    )
    qualification: Literal["SecNumCloud"] | None = Field(default=None, description="P3 : qualification exigée")
    offer: Line | None = Field(default=None, description="P3 : offre employée, telle que la liste la nomme")
    encrypted_volumes: bool = Field(default=False, description="P5 : volumes de données chiffrés")
    backups_elsewhere: bool = Field(default=False, description="P6 : sauvegardes dans une autre région")
    package_sources: Annotated[list[Line], Field(min_length=1)] | None = Field(
        default=None, description="P7 : machines d'où les paquets peuvent venir (noms, sans https://)"
    )
    waivers: dict[RuleCode, Reason] = Field(
        default={}, description="Dérogations : le code d'une règle, et pourquoi la commune l'écarte"
    )

    @model_validator(mode="after")
    def _an_offer_is_qualified(self) -> Self:
        if self.qualification and self.offer is None:
            raise ValueError(
                "une qualification porte sur une offre : ajoutez « offer » (« gru policy » donne la liste)"
            )
        return self
