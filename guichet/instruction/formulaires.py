"""Forms of the agents' pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.forms import BoundField

from guichet.demandes.workflow import Statut
from guichet.demarches.models import Demarche, Service

from .actions import Mots
from .models import Agent, VueEnregistree


class Montrer(StrEnum):
    """The views of the list that are not one status; the others are statuses themselves."""

    A_SUIVRE = ""
    MOI = "moi"
    A_PRENDRE = "a-prendre"
    EN_CHARGE = "en-charge"
    TOUTES = "toutes"


SAISIE_MAX = 200
MOI = "_moi"
"""« Nobody but me »: no service can have this name."""

ORDRES = {
    "": ("recue_le", False, "les plus anciennes d’abord"),
    "recentes": ("recue_le", True, "les plus récentes d’abord"),
    "modifiees": ("modifiee_le", True, "les dernières modifiées d’abord"),
}

VUES_FIXES = {
    Montrer.A_SUIVRE.value: "À suivre",
    Montrer.MOI.value: "Vous attendent",
    Montrer.A_PRENDRE.value: "À prendre en charge",
    Montrer.TOUTES.value: "Toutes",
}

_ADJECTIFS = {
    Montrer.A_SUIVRE: ("à suivre", "à suivre"),
    Montrer.MOI: ("qui vous attend", "qui vous attendent"),
    Montrer.A_PRENDRE: ("à prendre en charge", "à prendre en charge"),
    Montrer.EN_CHARGE: ("dont vous êtes en charge", "dont vous êtes en charge"),
    Montrer.TOUTES: ("", ""),
}


@dataclass(frozen=True, slots=True)
class VueFixe:
    """A view that every agent has."""

    valeur: str
    libelle: str
    courante: bool


class Radios(forms.RadioSelect):
    """Radios drawn with the charter's .choix: a target as large as the line."""

    template_name = "instruction/champs/choix.html"


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
    def requete(self) -> str:
        """The filters as an address carries them; « montrer= » where there are none, so that none are put back."""
        return urlencode(self.parametres or {"montrer": ""})

    @property
    def actifs(self) -> bool:
        return bool(self.parametres)

    @property
    def vues_fixes(self) -> list[VueFixe]:
        seule = not (set(self.parametres) - {"montrer"})
        return [
            VueFixe(valeur, libelle, seule and self.valeur("montrer") == valeur)
            for valeur, libelle in VUES_FIXES.items()
        ]

    @property
    def demarche_choisie(self) -> bool:
        return bool(self.valeur("demarche"))

    def en_mots(self) -> Iterator[tuple[str, str]]:
        """What the list is narrowed to, as a person reads it; what is shown is always said."""
        for nom, champ in self.fields.items():
            valeur = self.valeur(nom)
            if isinstance(champ, forms.ChoiceField):
                if valeur or nom in ("montrer", "ordre"):
                    yield str(champ.label), str(dict(champ.choices)[valeur])  # type: ignore[arg-type]
            elif valeur:
                yield "Recherche", f"« {valeur} »"

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


class VueForm(forms.Form):
    """Name of a view, whom it is for, and whether the list begins with it."""

    nom = forms.CharField(
        label="Nom de la vue",
        help_text="Par exemple : Lampadaires en panne.",
        max_length=60,
        error_messages={
            "required": "Donnez un nom à la vue.",
            "max_length": "Donnez un nom plus court : 60 caractères au plus.",
        },
    )
    service = forms.ChoiceField(
        label="Qui voit cette vue ?",
        widget=Radios,
        error_messages={
            "required": "Dites qui voit cette vue.",
            "invalid_choice": "Choisissez une réponse dans la liste.",
        },
    )
    par_defaut = forms.BooleanField(
        label="Ouvrir la liste avec cette vue", required=False, template_name="instruction/champs/case.html"
    )

    def __init__(self, *args: Any, vue: VueEnregistree, agent: Agent, services: Sequence[Service]) -> None:
        initial = {
            "nom": vue.nom,
            "service": vue.service_id or MOI,
            "par_defaut": bool(vue.pk) and agent.vue_par_defaut_id == vue.pk,
        }
        super().__init__(*args, initial=initial, auto_id="id-%s")
        self.vue, self.agent, self.services = vue, agent, services
        champ = self.fields["service"]
        assert isinstance(champ, forms.ChoiceField)  # noqa: S101 - for the type checker
        champ.choices = [
            (MOI, "Vous seulement"),
            *((s.pk, f"Tous les agents du service {s.nom}") for s in services),
        ]

    @property
    def service_choisi(self) -> Service | None:
        return next((s for s in self.services if s.pk == self.cleaned_data["service"]), None)


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
