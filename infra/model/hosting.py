"""Who hosts the platform, and where: what the legal notice must say, and what a town wants to be able to show."""

from __future__ import annotations

import datetime
from typing import Literal

from pydantic import Field, model_validator

from infra.model.strict import Strict
from infra.model.words import Line

Qualification = Literal["none", "SecNumCloud", "HDS", "ISO 27001"]


class Hosting(Strict):
    """The host of the platform, as residents read it (article 1-1 of act 2004-575 asks name, address, telephone)."""

    provider: Line = Field(description="Nom ou raison sociale de l'hébergeur ; la commune elle-même, si c'est elle")
    address: Line = Field(description="Adresse de l'hébergeur")
    phone: Line = Field(description="Téléphone de l'hébergeur")
    country: Line = Field(description="Pays où sont les serveurs et les données, en toutes lettres")
    site: Line | None = Field(default=None, description="Lieu des serveurs (ville, centre de données, région)")
    qualification: Qualification = Field(
        default="none", description="Qualification ou certification de l'offre employée, pas seulement de l'entreprise"
    )
    qualification_date: datetime.date | None = Field(
        default=None, description="Date de la décision, ou de la vérification sur la liste publiée (AAAA-MM-JJ)"
    )

    @model_validator(mode="after")
    def _a_qualification_is_dated(self) -> Hosting:
        if self.qualification != "none" and self.qualification_date is None:
            raise ValueError(f"la qualification {self.qualification} se date : ajoutez « qualification_date »")
        if self.qualification == "none" and self.qualification_date is not None:
            raise ValueError("« qualification_date » ne va qu'avec une qualification")
        return self
