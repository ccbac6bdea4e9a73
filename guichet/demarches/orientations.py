"""Sheets that lead to who does it: what people look for on the town's site and that is done elsewhere, or at the desk.

A site's folder says them in one file, `orientations.yaml`; editors change them in the workshop.
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from guichet.demarches.modele import Modele, Paragraphe, ParagrapheFacultatif, Slug, Texte

_ADRESSE = re.compile(r"https://[^\s<>\"/]+\.[^\s<>\"/]+(/[^\s<>\"]*)?")


def adresse_sure(adresse: str) -> str:
    """The address. Raises ValueError unless a browser can go there, ciphered."""
    if not _ADRESSE.fullmatch(adresse):
        raise ValueError("une adresse de site commence par « https:// » et n'a pas d'espace")
    return adresse


class Lien(Modele):
    """An address of somebody else's site."""

    texte: Texte = Field(title="Texte du lien", description="Ce qu'on y fait : « Prendre rendez-vous ».")
    adresse: Annotated[str, Field(min_length=1, max_length=500), AfterValidator(adresse_sure)] = Field(
        title="Adresse", description="Commence par « https:// »."
    )

    @property
    def site(self) -> str:
        """The name of the site, said beside the link: where one goes is known before one goes."""
        return self.adresse.split("/")[2].removeprefix("www.")


class OrientationDefinie(Modele):
    """A sheet: what it is about, who does it, what to do, where."""

    titre: Texte = Field(title="Titre", description="Ce que la personne veut faire : « Se pacser ».")
    organisme: Texte = Field(title="Qui s'en occupe", description="« Un notaire ou la mairie », « La préfecture ».")
    explication: Paragraphe = Field(title="Que faire", description="En quelques phrases, dans l'ordre.")
    mairie: ParagrapheFacultatif = Field(
        default="", title="Ce que fait la mairie", description="Si elle aide ou reçoit : où, quand, avec quels papiers."
    )
    liens: tuple[Lien, ...] = Field(default=(), title="Sites officiels", description="Où se fait la démarche.")
    mots_cles: tuple[Texte, ...] = Field(
        default=(),
        title="Mots de la recherche",
        description="Les mots que les gens tapent, même familiers. Les fautes d'orthographe sont devinées.",
    )
    publiee: bool = Field(default=True, title="En ligne", description="Sinon, la fiche n'est montrée à personne.")

    @model_validator(mode="after")
    def mene_quelque_part(self) -> OrientationDefinie:
        """Raises ValueError when the sheet leads nowhere."""
        if not (self.liens or self.mairie):
            raise ValueError("la fiche ne mène nulle part : donnez « liens », ou dites dans « mairie » ce qu'elle fait")
        return self


class OrientationsDefinies(Modele):
    """The file of a town's sheets, each by the end of its address."""

    orientations: dict[Slug, OrientationDefinie] = Field(title="Fiches d'orientation", description="Par adresse.")
