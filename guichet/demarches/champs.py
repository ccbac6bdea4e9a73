"""The kinds of field a procedure may ask for.

One class per kind, told apart by ``type``. A class knows what the town may write about the field
and how an answer is read back to a person; how it is asked on a page is the portal's business
(guichet/portail/formulaires.py). A new kind = one class here, one builder there.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Union

from pydantic import BaseModel, ConfigDict, Field, model_validator

Texte = Annotated[str, Field(min_length=1)]
Nom = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class Modele(BaseModel):
    """Base of all that a definition holds: an unknown key is refused, nothing changes once read."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class ChampBase(Modele):
    nom: Nom
    libelle: Texte
    aide: str = ""
    obligatoire: bool = True
    si_vide: str = ""
    """What to say to whoever leaves it empty: a sentence that says how to mend (UX 28)."""
    pourquoi: Texte
    """Why the town needs this answer. Shown to the resident; an answer nobody needs is not asked."""

    @property
    def depose_des_fichiers(self) -> bool:
        return False

    def afficher(self, valeur: Any) -> str:
        """The answer as a person reads it; empty when there is none."""
        return str(valeur or "")


class ChampTexte(ChampBase):
    type: Literal["texte"]
    longueur_max: Annotated[int, Field(gt=0, le=500)] = 200


class ChampTexteLong(ChampBase):
    type: Literal["texte_long"]
    longueur_max: Annotated[int, Field(gt=0, le=10_000)] = 2000


class ChampAdresse(ChampBase):
    """A place in the town: one line, and how to find the exact spot."""

    type: Literal["adresse"]
    libelle_precision: Texte = "Précision sur le lieu"
    aide_precision: str = ""

    def afficher(self, valeur: Any) -> str:
        if not valeur:
            return ""
        return "\n".join(filter(None, (valeur.get("adresse", ""), valeur.get("precision", ""))))


class Option(Modele):
    valeur: Nom
    libelle: Texte
    aide: str = ""


class ChampChoix(ChampBase):
    type: Literal["choix"]
    options: Annotated[tuple[Option, ...], Field(min_length=2)]

    @model_validator(mode="after")
    def valeurs_distinctes(self) -> ChampChoix:
        valeurs = [option.valeur for option in self.options]
        if len(set(valeurs)) != len(valeurs):
            raise ValueError("deux options ont la même « valeur »")
        return self

    def afficher(self, valeur: Any) -> str:
        return next((o.libelle for o in self.options if o.valeur == valeur), str(valeur or ""))


class ChampPhoto(ChampBase):
    """Photos. Their content is stored apart (demandes.Piece); the answer itself is their number."""

    type: Literal["photo"]
    nombre_max: Annotated[int, Field(gt=0, le=5)] = 3

    @property
    def depose_des_fichiers(self) -> bool:
        return True

    def afficher(self, valeur: Any) -> str:
        nombre = int(valeur or 0)
        return "" if not nombre else f"{nombre} photo{'s' if nombre > 1 else ''}"


class ChampContact(ChampBase):
    """A way to reach the person; kept on the request itself, so that agents and mails find it."""


class ChampNom(ChampContact):
    type: Literal["nom"]


class ChampCourriel(ChampContact):
    type: Literal["courriel"]


class ChampTelephone(ChampContact):
    type: Literal["telephone"]


Champ = Annotated[
    Union[  # noqa: UP007 - pydantic reads the union at run time and wants it whole
        ChampTexte,
        ChampTexteLong,
        ChampAdresse,
        ChampChoix,
        ChampPhoto,
        ChampNom,
        ChampCourriel,
        ChampTelephone,
    ],
    Field(discriminator="type"),
]
