"""Files asked on a page: cleaned one by one, those already kept shown with their field."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from typing import Any, ClassVar, cast

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
from guichet.demarches import champs as c
from guichet.questions.adaptateur import Adaptateur, Champs, DejaLa, Relue, adapte
from guichet.questions.invention import Invention

MO = 1024 * 1024
TAILLE_MAX_MO = 8
ENVOI_MAX_MO = 24
"""Files of one page together: the front takes no larger body (roles/proxy, ``proxy_upload_max_mebibytes``)."""
PIECES_PAR_MESSAGE = 3
GABARIT = "questions/fichiers.html"


def _sans_limite(_octets: int) -> str:
    return ""


DEMANDER_PLACE: ContextVar[Callable[[int], str]] = ContextVar("demander_place", default=_sans_limite)
"""Asked with its bytes before a file is opened: a site answers why it cannot have them, or nothing."""


class PlusieursFichiers(forms.FileInput):
    """A file input that takes several files."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        """All the files sent under this name."""
        del data
        return list(files.getlist(name)) if isinstance(files, MultiValueDict) else []


class DepotFichiers(forms.Field):
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
        self.octets_max = ENVOI_MAX_MO * MO
        """Bytes that may be sent with this field; less where others of the page are sent before it (see repartir)."""
        self.facultatif = False
        self.modele = ""
        self.template_name = GABARIT
        self.widget.attrs |= {"data-taille-max": self.taille_max, "data-envoi-max": ENVOI_MAX_MO * MO}

    @property
    def place(self) -> int:
        """How many more files fit."""
        return max(self.nombre_max - len(self.deja), 0)

    def clean(self, value: list[Any]) -> list[Fichier]:
        """Clean files. Raises ValidationError, one sentence a refused file; ``acceptes`` then holds the good ones."""
        fautes: list[str] = []
        self.acceptes = []
        reste = self.octets_max
        if len(value) > self.nombre_max:
            fautes.append(f"Choisissez au plus {self.nombre_max} fichier{'s' if self.nombre_max > 1 else ''}.")
        for envoi in value[: self.nombre_max]:
            reste -= envoi.size or 0
            if reste < 0:
                fautes.append(
                    f"« {envoi.name} » n'est pas gardé : un envoi prend {ENVOI_MAX_MO} Mo de fichiers au plus. "
                    "Choisissez-le de nouveau et envoyez-le à part."
                )
                continue
            if sans_place := DEMANDER_PLACE.get()(envoi.size or 0):
                fautes.append(sans_place)
                break
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


def repartir(formulaires: Sequence[forms.Form]) -> None:
    """Share what one sending may weigh between the fields of a page, and say it where they promise more together."""
    depots = [
        (f, nom, champ) for f in formulaires for nom, champ in f.fields.items() if isinstance(champ, DepotFichiers)
    ]
    promis = sum(champ.nombre_max * champ.taille_max for _, _, champ in depots)
    reste = ENVOI_MAX_MO * MO
    for formulaire, nom, champ in depots:
        if promis > ENVOI_MAX_MO * MO and ENSEMBLE not in champ.help_text:
            champ.help_text = f"{champ.help_text} {ENSEMBLE}".strip()
        champ.octets_max = reste
        envois = formulaire.files.getlist(formulaire.add_prefix(nom)) if formulaire.files else []
        reste = max(reste - sum(envoi.size or 0 for envoi in envois), 0)


ENSEMBLE = f"Pour cette page, {ENVOI_MAX_MO} Mo au plus en tout : le reste s'envoie ensuite."


def regles(formats: Sequence[str], nombre_max: int, taille_max_mo: int, quoi: str = "fichier") -> str:
    """What is taken, said before one chooses (UX 21)."""
    combien = f"{nombre_max} {quoi}s au plus. " if nombre_max > 1 else ""
    chacun = f" par {quoi}" if nombre_max > 1 else ""
    return f"{combien}Formats acceptés : {formats_en_mots(formats)}, {taille_max_mo} Mo au plus{chacun}."


def champ_pieces(**kwargs: Any) -> DepotFichiers:
    """Files joined to a message."""
    aide = f"PDF ou photo. {PIECES_PAR_MESSAGE} fichiers au plus, {TAILLE_MAX_MO} Mo au plus par fichier."
    champ = DepotFichiers(formats=PIECES, nombre_max=PIECES_PAR_MESSAGE, required=False, help_text=aide, **kwargs)
    champ.facultatif = True
    return champ


class _Fichiers(Adaptateur[Any]):
    """What files and photos share. The draft keeps them apart; the answer of a request is their number."""

    porte_le_titre = False
    quoi: ClassVar[str]
    """One of them, as errors and rules name it."""
    rien: ClassVar[str]
    """What to say where there is none."""

    @property
    def _formats(self) -> tuple[str, ...]:
        raise NotImplementedError

    @property
    def _taille_max_mo(self) -> int:
        return TAILLE_MAX_MO

    def champs(self) -> Champs:
        champ = self.champ
        dites = regles(self._formats, champ.nombre_max, self._taille_max_mo, self.quoi)
        depot = DepotFichiers(
            label=champ.libelle,
            help_text=f"{champ.aide} {dites}".strip(),
            required=False,  # checked by ``verifier``, which knows the files already kept
            formats=self._formats,
            nombre_max=champ.nombre_max,
            taille_max_mo=self._taille_max_mo,
        )
        depot.facultatif = not champ.obligatoire
        return {champ.nom: depot}

    def _depot(self, champs: Mapping[str, forms.Field]) -> DepotFichiers:
        depot: Any = champs[self.champ.nom]
        return cast("DepotFichiers", depot)

    def initial(self, valeur: Any) -> dict[str, Any]:
        return {}

    def preparer(self, champs: Mapping[str, forms.Field], valeur: Any, deja: list[DejaLa]) -> None:
        self._depot(champs).deja = deja

    def lire(self, nettoyees: Mapping[str, Any]) -> dict[str, Any]:
        return {}

    def verifier(self, nettoyees: Mapping[str, Any], champs: Mapping[str, forms.Field]) -> dict[str, str]:
        champ, gardes = self.champ, len(self._depot(champs).deja)
        ensemble = gardes + len(nettoyees.get(champ.nom) or [])
        if champ.obligatoire and not ensemble:
            return {champ.nom: self._vide(self.rien)}
        if ensemble > champ.nombre_max:
            combien = f"{gardes} {self.quoi}{'s' if gardes > 1 else ''}"
            return {champ.nom: f"Vous avez déjà {combien}. Retirez-en pour ne pas dépasser {champ.nombre_max}."}
        return {}

    def fichiers(self, champs: Mapping[str, forms.Field]) -> list[Fichier]:
        depot = self._depot(champs)
        return depot.acceptes[: depot.place]

    def relire(self, valeur: Any, deja: list[DejaLa]) -> Relue:
        return Relue(fichiers=deja)

    def inventer(self, invention: Invention, autour: Mapping[str, Any]) -> int:
        return 1

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": 0, "maximum": self.champ.nombre_max}


@adapte(c.ChampFichier)
class Document(_Fichiers):
    """Documents asked for, with a form to fill where the town gives one."""

    quoi, rien = "fichier", "Ajoutez le document."

    @property
    def _formats(self) -> tuple[str, ...]:
        return tuple(self.champ.formats)

    @property
    def _taille_max_mo(self) -> int:
        return int(self.champ.taille_max_mo)

    def preparer(self, champs: Mapping[str, forms.Field], valeur: Any, deja: list[DejaLa]) -> None:
        """Gives the input its files already kept, and the document to fill in."""
        super().preparer(champs, valeur, deja)
        self._depot(champs).modele = self.champ.modele


@adapte(c.ChampPhoto)
class Photo(_Fichiers):
    """Photographs."""

    quoi, rien = "photo", "Ajoutez au moins une photo."

    @property
    def _formats(self) -> tuple[str, ...]:
        return PHOTOS
