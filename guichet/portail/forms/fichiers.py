"""Files asked on a page: cleaned one by one, those already kept shown with their field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict

from guichet.demandes.fichiers import (
    PHOTOS,
    PIECES,
    Fichier,
    FichierRefuse,
    formats_en_mots,
    nettoyer_fichier,
    types_de,
)

MO = 1024 * 1024
TAILLE_MAX_MO = 8
PIECES_PAR_MESSAGE = 3
GABARIT = "portail/champs/fichiers.html"


@dataclass(frozen=True)
class DejaLa:
    """A file the draft holds already, as its field shows it."""

    cle: int
    nom: str
    url: str
    est_image: bool
    taille: int


class PlusieursFichiers(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        del data
        return list(files.getlist(name)) if isinstance(files, MultiValueDict) else []


class ChampFichiers(forms.Field):
    """Files, cleaned one by one: the good ones are kept even where another is refused."""

    widget = PlusieursFichiers

    def __init__(
        self, *, formats: Sequence[str], nombre_max: int, taille_max_mo: int = TAILLE_MAX_MO, **kwargs: Any
    ) -> None:
        attributs = {"accept": ",".join(sorted(types_de(formats)))}
        super().__init__(widget=PlusieursFichiers(attrs=attributs), **kwargs)
        if nombre_max == 1:
            self.widget.attrs["multiple"] = False
        self.formats, self.nombre_max, self.taille_max = tuple(formats), nombre_max, taille_max_mo * MO
        self.acceptes: list[Fichier] = []
        self.deja: list[DejaLa] = []
        self.facultatif = False
        self.modele = ""
        self.template_name = GABARIT

    @property
    def place(self) -> int:
        """How many more files fit."""
        return max(self.nombre_max - len(self.deja), 0)

    def clean(self, value: list[Any]) -> list[Fichier]:
        fautes: list[str] = []
        self.acceptes = []
        if len(value) > self.nombre_max:
            fautes.append(f"Choisissez au plus {self.nombre_max} fichier{'s' if self.nombre_max > 1 else ''}.")
        for envoi in value[: self.nombre_max]:
            try:
                self.acceptes.append(
                    nettoyer_fichier(
                        envoi, envoi.name or "fichier", envoi.size, formats=self.formats, taille_max=self.taille_max
                    )
                )
            except FichierRefuse as refus:
                fautes.append(str(refus))
        if fautes:
            raise forms.ValidationError(fautes)
        return self.acceptes


def regles(formats: Sequence[str], nombre_max: int, taille_max_mo: int, quoi: str = "fichier") -> str:
    """What is taken, said before one chooses (UX 21)."""
    combien = f"{nombre_max} {quoi}s au plus. " if nombre_max > 1 else ""
    chacun = f" par {quoi}" if nombre_max > 1 else ""
    return f"{combien}Formats acceptés : {formats_en_mots(formats)}, {taille_max_mo} Mo au plus{chacun}."


def champ_pieces(**kwargs: Any) -> ChampFichiers:
    """Files joined to a message."""
    aide = f"PDF ou photo. {PIECES_PAR_MESSAGE} fichiers au plus, {TAILLE_MAX_MO} Mo au plus par fichier."
    champ = ChampFichiers(formats=PIECES, nombre_max=PIECES_PAR_MESSAGE, required=False, help_text=aide, **kwargs)
    champ.facultatif = True
    return champ


__all__ = ["PHOTOS", "PIECES", "ChampFichiers", "DejaLa", "champ_pieces", "regles"]
