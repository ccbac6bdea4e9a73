"""What every description shares, procedure or workflow: strict reading and kinds of text.

``title`` and ``description`` of each key are French: the JSON Schema gives them to whoever writes a file,
the editors' workshop shows them as labels and help.
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


class Long:
    """Mark of a text of several sentences: a text area in the workshop, a block in the file."""


class Renvoi:
    """Mark of a key that names elements of one of the definition's own lists, by their code.

    The file holds codes; in the workshop one chooses among the elements, by their words.
    """

    def __init__(self, liste: str) -> None:
        self.liste = liste


def une_ligne(texte: str) -> str:
    """The text without line breaks: each becomes one space."""
    return re.sub(r"\s*[\r\n]\s*", " ", texte)


def lignes(texte: str) -> str:
    """Lines as a browser sends them or as an editor left them, made the same: what is kept is what is read."""
    return "\n".join(ligne.rstrip() for ligne in texte.replace("\r\n", "\n").replace("\r", "\n").split("\n")).strip()


Ligne = Annotated[str, AfterValidator(une_ligne)]
Texte = Annotated[str, Field(min_length=1), AfterValidator(une_ligne)]
Paragraphe = Annotated[str, Field(min_length=1), AfterValidator(lignes), Long()]
ParagrapheFacultatif = Annotated[str, AfterValidator(lignes), Long()]
Nom = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,49}$")]


class Modele(BaseModel):
    """Base of all that a definition holds: an unknown key is refused, nothing changes once read."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)
