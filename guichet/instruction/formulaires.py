"""Forms of the agents' pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.forms import BoundField

from guichet.demandes.workflow import Statut
from guichet.demarches.models import Demarche, Service

from .actions import Mots


class Montrer(StrEnum):
    """The views of the list that are not one status; the others are statuses themselves."""

    A_SUIVRE = ""
    MOI = "moi"
    A_PRENDRE = "a-prendre"
    EN_CHARGE = "en-charge"
    TOUTES = "toutes"


SAISIE_MAX = 200

ORDRES = {
    "": ("recue_le", False, "les plus anciennes d’abord"),
    "recentes": ("recue_le", True, "les plus récentes d’abord"),
    "modifiees": ("modifiee_le", True, "les dernières modifiées d’abord"),
}

_ADJECTIFS = {
    Montrer.A_SUIVRE: ("à suivre", "à suivre"),
    Montrer.MOI: ("qui vous attend", "qui vous attendent"),
    Montrer.A_PRENDRE: ("à prendre en charge", "à prendre en charge"),
    Montrer.EN_CHARGE: ("dont vous êtes en charge", "dont vous êtes en charge"),
    Montrer.TOUTES: ("", ""),
}


class Filtres(forms.Form):
    """Filters of the list. An unknown value is set aside, never an error: links get old."""

    q = forms.CharField(
        label="Chercher un nom, une adresse, une référence, un mot",
        required=False,
        max_length=SAISIE_MAX,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    montrer = forms.ChoiceField(label="Montrer", required=False)
    service = forms.ChoiceField(label="Service", required=False)
    demarche = forms.ChoiceField(label="Démarche", required=False)
    ordre = forms.ChoiceField(
        label="Ordre",
        required=False,
        choices=[(cle, mots[:1].upper() + mots[1:]) for cle, (_, _, mots) in ORDRES.items()],
    )

    def __init__(self, donnees: Mapping[str, str], services: Sequence[Service], demarches: Sequence[Demarche]) -> None:
        # A search too long or with a null character is cut, not refused: the list must never show more
        # than what was asked for.
        saisie = donnees.get("q", "").replace("\x00", "")[:SAISIE_MAX]
        super().__init__({**{nom: donnees.get(nom, "") for nom in self.base_fields}, "q": saisie}, auto_id="filtre-%s")
        self._choisir(
            "montrer",
            [
                (Montrer.A_SUIVRE.value, "Les demandes à suivre"),
                (Montrer.MOI.value, "Ce qui vous attend"),
                (Montrer.A_PRENDRE.value, "À prendre en charge"),
                (Montrer.EN_CHARGE.value, "En charge : vous"),
                *((statut.value, f"État : {statut.label}") for statut in Statut),
                (Montrer.TOUTES.value, "Toutes les demandes"),
            ],
        )
        self._choisir("service", [("", "Tous vos services"), *((s.pk, s.nom) for s in services)])
        self._choisir("demarche", [("", "Toutes"), *((d.pk, d.titre) for d in demarches)])
        self.plusieurs_services = len(services) > 1
        self.is_valid()

    def _choisir(self, nom: str, choix: list[tuple[str, str]]) -> None:
        champ = self.fields[nom]
        assert isinstance(champ, forms.ChoiceField)  # noqa: S101 - for the type checker
        champ.choices = choix

    def valeur(self, nom: str) -> str:
        """Value asked for, empty where there is none or where it means nothing."""
        return str(self.cleaned_data.get(nom) or "")

    @property
    def parametres(self) -> dict[str, str]:
        return {nom: valeur for nom in self.fields if (valeur := self.valeur(nom))}

    @property
    def actifs(self) -> bool:
        return bool(self.parametres)

    @property
    def ailleurs(self) -> str:
        """The same search among all requests, offered when only some were searched."""
        if not self.valeur("q") or self.valeur("montrer") == Montrer.TOUTES:
            return ""
        return urlencode(self.parametres | {"montrer": Montrer.TOUTES.value})

    @property
    def affines(self) -> bool:
        return bool({"service", "demarche", "ordre"} & set(self.parametres))

    @property
    def secondaires(self) -> list[BoundField]:
        noms = ["service"] if self.plusieurs_services else []
        return [self[nom] for nom in [*noms, "demarche", "ordre"]]

    @property
    def tri(self) -> tuple[str, bool]:
        champ, decroissant, _ = ORDRES[self.valeur("ordre")]
        return champ, decroissant

    @property
    def ordre_en_mots(self) -> str:
        return ORDRES[self.valeur("ordre")][2]

    def adjectif(self, *, pluriel: bool) -> str:
        montrer = self.valeur("montrer")
        if montrer in Statut.values:
            return f" « {Statut(montrer).label} »"
        mot = _ADJECTIFS[Montrer(montrer)][pluriel]
        return f" {mot}" if mot else ""


class ActionForm(forms.Form):
    """What every action carries: the state of the request that the agent had before their eyes."""

    version = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)


class TexteForm(ActionForm):
    texte = forms.CharField(
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"max_length": "Votre texte dépasse 10 000 caractères : raccourcissez-le."},
    )

    def __init__(self, *args: Any, mots: Mots, obligatoire: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        champ = self.fields["texte"]
        champ.label, champ.help_text, champ.required = mots.libelle, mots.aide, obligatoire
        champ.error_messages["required"] = mots.oubli
