"""How each kind of field is asked on a page: one builder a kind (guichet/demarches/champs.py has the kinds)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.utils.datastructures import MultiValueDict

from guichet.demandes.fichiers import Fichier, FichierRefuse, nettoyer_photo, nettoyer_piece
from guichet.demarches import champs as c
from guichet.demarches.definition import Etape

TYPES_PHOTO = "image/jpeg,image/png,image/webp,image/heic,image/heif"
PIECES_PAR_MESSAGE = 3


class ChoixRadio(forms.RadioSelect):
    """Radios drawn with the charter's .choix: a target as large as the line."""

    template_name = "portail/champs/radios.html"


class PlusieursFichiers(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        del data
        return list(files.getlist(name)) if isinstance(files, MultiValueDict) else []


class ChampFichiers(forms.Field):
    """Files, cleaned one by one: the good ones are kept even where another is refused."""

    widget = PlusieursFichiers

    def __init__(self, *, nettoyer: Callable[..., Fichier], nombre_max: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.nettoyer, self.nombre_max = nettoyer, nombre_max
        self.acceptes: list[Fichier] = []

    def clean(self, value: list[Any]) -> list[Fichier]:
        fautes: list[str] = []
        self.acceptes = []
        if len(value) > self.nombre_max:
            pluriel = "s" if self.nombre_max > 1 else ""
            fautes.append(f"Choisissez au plus {self.nombre_max} fichier{pluriel}.")
        for envoi in value[: self.nombre_max]:
            try:
                self.acceptes.append(self.nettoyer(envoi, envoi.name or "fichier", envoi.size))
            except FichierRefuse as refus:
                fautes.append(str(refus))
        if fautes:
            raise forms.ValidationError(fautes)
        return self.acceptes


def _texte(champ: c.ChampTexte) -> dict[str, forms.Field]:
    return {
        champ.nom: forms.CharField(
            max_length=champ.longueur_max,
            error_messages={
                "required": champ.si_vide or f"Remplissez « {champ.libelle} ».",
                "max_length": f"Écrivez {champ.longueur_max} caractères au plus.",
            },
            **_communs(champ),
        )
    }


def _texte_long(champ: c.ChampTexteLong) -> dict[str, forms.Field]:
    return {
        champ.nom: forms.CharField(
            max_length=champ.longueur_max,
            widget=forms.Textarea(attrs={"rows": 7}),
            error_messages={
                "required": champ.si_vide or f"Remplissez « {champ.libelle} ».",
                "max_length": f"Écrivez un texte plus court : {champ.longueur_max} caractères au plus.",
            },
            **_communs(champ),
        )
    }


def _adresse(champ: c.ChampAdresse) -> dict[str, forms.Field]:
    return {
        champ.nom: forms.CharField(
            max_length=200,
            error_messages={
                "required": champ.si_vide or f"Indiquez « {champ.libelle} ».",
                "max_length": "Écrivez une adresse plus courte : 200 caractères au plus.",
            },
            **_communs(champ),
        ),
        f"{champ.nom}_precision": forms.CharField(
            label=champ.libelle_precision,
            help_text=champ.aide_precision,
            required=False,
            max_length=300,
            error_messages={"max_length": "Écrivez une précision plus courte : 300 caractères au plus."},
        ),
    }


def _choix(champ: c.ChampChoix) -> dict[str, forms.Field]:
    return {
        champ.nom: forms.ChoiceField(
            choices=[(o.valeur, o.libelle) for o in champ.options],
            widget=ChoixRadio,
            error_messages={
                "required": champ.si_vide or "Choisissez une réponse dans la liste.",
                "invalid_choice": "Choisissez une réponse dans la liste.",
            },
            **_communs(champ),
        )
    }


def _photo(champ: c.ChampPhoto) -> dict[str, forms.Field]:
    regles = "Formats acceptés : JPEG, PNG, WebP ou HEIC, 8 Mo au plus par photo."
    return {
        champ.nom: ChampFichiers(
            label=champ.libelle,
            help_text=f"{champ.aide} {regles}".strip(),
            required=False,  # checked by the form, which knows the photos already kept
            nettoyer=nettoyer_photo,
            nombre_max=champ.nombre_max,
            widget=PlusieursFichiers(attrs={"accept": TYPES_PHOTO}),
        )
    }


def _nom(champ: c.ChampNom) -> dict[str, forms.Field]:
    return {
        champ.nom: forms.CharField(
            max_length=200,
            widget=forms.TextInput(attrs={"autocomplete": "name"}),
            error_messages={
                "required": champ.si_vide or "Indiquez votre prénom et votre nom.",
                "max_length": "Écrivez un nom plus court.",
            },
            **_communs(champ),
        )
    }


def _courriel(champ: c.ChampCourriel) -> dict[str, forms.Field]:
    return {
        champ.nom: forms.EmailField(
            widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
            error_messages={
                "required": champ.si_vide or "Indiquez votre adresse e-mail.",
                "invalid": "Écrivez une adresse e-mail complète, comme nom@exemple.fr.",
                "max_length": "Écrivez une adresse e-mail plus courte.",
            },
            **_communs(champ),
        )
    }


class ChampTelephoneFormulaire(forms.CharField):
    """Any usual way to write a number; kept as « 06 12 34 56 78 » or « +32 470 12 34 56 » as typed."""

    def clean(self, value: Any) -> str:
        saisie: str = super().clean(value)
        if not saisie:
            return ""
        chiffres = re.sub(r"[\s.\-()/]", "", saisie)
        chiffres = re.sub(r"^(\+33|0033)0?", "0", chiffres)
        if re.fullmatch(r"0\d{9}", chiffres):
            return " ".join(chiffres[i : i + 2] for i in range(0, 10, 2))
        if re.fullmatch(r"\+\d{8,15}", chiffres):
            return saisie.strip()
        raise forms.ValidationError("Écrivez un numéro de 10 chiffres, comme 06 12 34 56 78.")


def _telephone(champ: c.ChampTelephone) -> dict[str, forms.Field]:
    return {
        champ.nom: ChampTelephoneFormulaire(
            max_length=40,
            widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
            error_messages={
                "required": champ.si_vide or "Indiquez votre numéro de téléphone.",
                "max_length": "Écrivez un numéro de 10 chiffres, comme 06 12 34 56 78.",
            },
            **_communs(champ),
        )
    }


def _communs(champ: c.ChampBase) -> dict[str, Any]:
    return {"label": champ.libelle, "help_text": champ.aide, "required": champ.obligatoire}


CONSTRUCTEURS: dict[type[c.ChampBase], Callable[[Any], dict[str, forms.Field]]] = {
    c.ChampTexte: _texte,
    c.ChampTexteLong: _texte_long,
    c.ChampAdresse: _adresse,
    c.ChampChoix: _choix,
    c.ChampPhoto: _photo,
    c.ChampNom: _nom,
    c.ChampCourriel: _courriel,
    c.ChampTelephone: _telephone,
}


class FormulaireEtape(forms.Form):
    """One page of a procedure. ``pieces`` counts the files the draft already holds, by field."""

    def __init__(
        self,
        etape: Etape,
        donnees: dict[str, Any],
        data: Any = None,
        files: Any = None,
        *,
        pieces: dict[str, int] | None = None,
    ) -> None:
        super().__init__(data, files, initial=self._initial(etape, donnees))
        self.etape, self.pieces = etape, pieces or {}
        for champ in etape.champs:
            self.fields.update(CONSTRUCTEURS[type(champ)](champ))
        premier = etape.champs[0]
        self.titre_dans_champ = len(etape.champs) == 1 and premier.libelle == etape.titre
        if self.titre_dans_champ:
            champ_unique: Any = self.fields[premier.nom]  # template_name: unknown to the stubs
            champ_unique.template_name = "portail/champs/champ_titre.html"

    @staticmethod
    def _initial(etape: Etape, donnees: dict[str, Any]) -> dict[str, Any]:
        initial: dict[str, Any] = {}
        for champ in etape.champs:
            valeur = donnees.get(champ.nom)
            if isinstance(champ, c.ChampAdresse) and valeur:
                initial[champ.nom] = valeur.get("adresse", "")
                initial[f"{champ.nom}_precision"] = valeur.get("precision", "")
            elif not champ.depose_des_fichiers:
                initial[champ.nom] = valeur
        return initial

    def clean(self) -> dict[str, Any]:
        nettoyees: dict[str, Any] = super().clean() or {}
        for champ in self.etape.champs:
            if not isinstance(champ, c.ChampPhoto) or champ.nom in self.errors:
                continue
            gardees = self.pieces.get(champ.nom, 0)
            nouvelles = len(nettoyees.get(champ.nom) or [])
            if champ.obligatoire and not gardees + nouvelles:
                self.add_error(champ.nom, champ.si_vide or "Ajoutez au moins une photo.")
            elif gardees + nouvelles > champ.nombre_max:
                self.add_error(
                    champ.nom,
                    f"Vous avez déjà {gardees} photo{'s' if gardees > 1 else ''}. "
                    f"Retirez-en pour ne pas dépasser {champ.nombre_max}.",
                )
        return nettoyees

    def valeurs(self) -> dict[str, Any]:
        """Answers to keep in the draft: all those that are good, even if another one is not."""
        bonnes: dict[str, Any] = {}
        for champ in self.etape.champs:
            if champ.depose_des_fichiers or champ.nom in self.errors:
                continue
            valeur = self.cleaned_data.get(champ.nom, "")
            if isinstance(champ, c.ChampAdresse):
                precision = self.cleaned_data.get(f"{champ.nom}_precision", "")
                bonnes[champ.nom] = {"adresse": valeur, "precision": precision}
            else:
                bonnes[champ.nom] = valeur
        return bonnes

    def fichiers(self) -> list[tuple[str, Fichier]]:
        """Files to keep, by field: those accepted, unless there would be too many."""
        gardes: list[tuple[str, Fichier]] = []
        for champ in self.etape.champs:
            if isinstance(champ, c.ChampPhoto):
                place = champ.nombre_max - self.pieces.get(champ.nom, 0)
                acceptes = cast(ChampFichiers, self.fields[champ.nom]).acceptes
                gardes += [(champ.nom, fichier) for fichier in acceptes[: max(place, 0)]]
        return gardes


def reponse_manque(champ: c.ChampBase, donnees: dict[str, Any], pieces: dict[str, int]) -> bool:
    """Whether a compulsory answer is missing: a definition may have changed since the draft was begun."""
    if not champ.obligatoire:
        return False
    if champ.depose_des_fichiers:
        return not pieces.get(champ.nom)
    valeur = donnees.get(champ.nom)
    if isinstance(champ, c.ChampAdresse):
        return not (valeur or {}).get("adresse")
    if isinstance(champ, c.ChampChoix):
        return valeur not in {o.valeur for o in champ.options}
    return not valeur


class TexteOuFichier(forms.CharField):
    """Expected, and said so, but a file may stand in for it: the form decides."""

    def validate(self, value: Any) -> None:
        del value


class FormulaireMessage(forms.Form):
    """A message of the resident on a request."""

    texte = TexteOuFichier(
        label="Votre message",
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"max_length": "Écrivez un texte plus court : 5 000 caractères au plus."},
    )
    pieces = ChampFichiers(
        label="Photo ou document",
        help_text="Formats acceptés : PDF, JPEG, PNG, WebP ou HEIC. 3 fichiers au plus, 8 Mo au plus par fichier.",
        required=False,
        nettoyer=nettoyer_piece,
        nombre_max=PIECES_PAR_MESSAGE,
        widget=PlusieursFichiers(attrs={"accept": f"application/pdf,{TYPES_PHOTO}"}),
    )

    def clean(self) -> dict[str, Any]:
        donnees: dict[str, Any] = super().clean() or {}
        if not donnees.get("texte") and not donnees.get("pieces") and not self.errors:
            self.add_error("texte", "Écrivez votre message.")
        return donnees


class FormulaireSuivi(forms.Form):
    reference = forms.CharField(
        label="Numéro de la demande",
        help_text="Par exemple : 2026-K7PX-3M9Q.",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={
            "required": "Indiquez le numéro de la demande.",
            "max_length": "Indiquez le numéro de la demande, comme 2026-K7PX-3M9Q.",
        },
    )
    code = forms.CharField(
        label="Code de suivi",
        help_text="8 lettres et chiffres, donnés après l'envoi. Par exemple : CH3A-MRAA.",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={
            "required": "Indiquez le code de suivi.",
            "max_length": "Indiquez le code de suivi, comme CH3A-MRAA.",
        },
    )
