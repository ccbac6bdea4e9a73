"""Forms of the agents' pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.forms import BoundField

from guichet.demandes.models import Canal, Nature
from guichet.demarches.models import Demarche, Service
from guichet.instruction.models import Agent, VueEnregistree
from guichet.instruction.pagination import Ordre
from socle.composants.forms import Radios


class Montrer(StrEnum):
    """What the list shows: a point of view, or every request of one nature."""

    A_SUIVRE = ""
    MOI = "moi"
    A_PRENDRE = "a-prendre"
    EN_CHARGE = "en-charge"
    RETARD = "retard"
    BIENTOT = "bientot"
    A_TRAITER = "a_traiter"
    EN_COURS = "en_cours"
    ATTENTE_USAGER = "attente_usager"
    TRANSFEREE = "transferee"
    REPONDUE = "repondue"
    CLOSE = "close"
    TOUTES = "toutes"


@dataclass(frozen=True, slots=True)
class MotsVue:
    """A view in the choice, and what it says of one request and of several in the title of the list."""

    choix: str
    une: str
    plusieurs: str


VUES = {
    Montrer.A_SUIVRE: MotsVue("Les demandes à suivre", "à suivre", "à suivre"),
    Montrer.MOI: MotsVue("Ce qui vous attend", "qui vous attend", "qui vous attendent"),
    Montrer.A_PRENDRE: MotsVue("À prendre en charge", "à prendre en charge", "à prendre en charge"),
    Montrer.EN_CHARGE: MotsVue("En charge : vous", "dont vous êtes en charge", "dont vous êtes en charge"),
    Montrer.RETARD: MotsVue("En retard", "en retard", "en retard"),
    Montrer.BIENTOT: MotsVue("Échéance proche", "dont l’échéance est proche", "dont l’échéance est proche"),
    Montrer.A_TRAITER: MotsVue("Pas encore traitées", "pas encore traitée", "pas encore traitées"),
    Montrer.EN_COURS: MotsVue("En cours", "en cours", "en cours"),
    Montrer.ATTENTE_USAGER: MotsVue("Attendent l’usager", "qui attend l’usager", "qui attendent l’usager"),
    Montrer.TRANSFEREE: MotsVue(
        "Transmises à un autre organisme", "transmise à un autre organisme", "transmises à un autre organisme"
    ),
    Montrer.REPONDUE: MotsVue("Répondues", "répondue", "répondues"),
    Montrer.CLOSE: MotsVue("Terminées", "terminée", "terminées"),
    Montrer.TOUTES: MotsVue("Toutes les demandes", "", ""),
}
NATURES = frozenset(Nature.values)

SAISIE_MAX = 200
MOI = "_moi"
"""« Nobody but me »: no service can have this name."""

PAR_ECHEANCE = (Montrer.RETARD, Montrer.BIENTOT)
"""Views that the clock sorts, where nothing else is asked."""

ORDRES = {
    "": (Ordre("recue_le"), "Les plus anciennes d’abord"),
    "echeance": (Ordre("fin_du_delai"), "Les échéances les plus proches d’abord"),
    "recentes": (Ordre("recue_le", decroissant=True), "Les plus récentes d’abord"),
    "modifiees": (Ordre("modifiee_le", decroissant=True), "Les dernières modifiées d’abord"),
}
PAR_PAGE = {"": 25, "50": 50, "100": 100}

VUES_FIXES = {
    Montrer.A_SUIVRE.value: "À suivre",
    Montrer.MOI.value: "Vous attendent",
    Montrer.A_PRENDRE.value: "À prendre en charge",
    Montrer.RETARD.value: "En retard",
    Montrer.BIENTOT.value: "Échéance proche",
    Montrer.TOUTES.value: "Toutes",
}


@dataclass(frozen=True, slots=True)
class VueFixe:
    """A view that every agent has."""

    valeur: str
    libelle: str
    courante: bool


class Filtres(forms.Form):
    """Filters of the list. An unknown value is set aside, never an error: links get old."""

    q = forms.CharField(
        label="Chercher un nom, une adresse, une référence, un mot",
        required=False,
        max_length=SAISIE_MAX,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    montrer = forms.ChoiceField(
        label="Montrer", required=False, choices=[(vue.value, mots.choix) for vue, mots in VUES.items()]
    )
    service = forms.ChoiceField(label="Service", required=False)
    demarche = forms.ChoiceField(label="Démarche", required=False)
    etat = forms.ChoiceField(label="État", required=False)
    canal = forms.ChoiceField(label="Canal", required=False, choices=[("", "Tous"), *Canal.choices])
    ordre = forms.ChoiceField(label="Ordre", required=False, choices=[(cle, mots) for cle, (_, mots) in ORDRES.items()])
    par = forms.ChoiceField(
        label="Lignes par page", required=False, choices=[(cle, str(nombre)) for cle, nombre in PAR_PAGE.items()]
    )

    def __init__(
        self,
        donnees: Mapping[str, str],
        services: Sequence[Service],
        demarches: Sequence[Demarche],
        statuts: Sequence[tuple[str, str]] = (),
    ) -> None:
        """``statuts``: those of the chosen procedure's workflow; none while no procedure is chosen."""
        # A search too long or with a null character is cut, not refused: the list must never show more
        # than what was asked for.
        saisie = donnees.get("q", "").replace("\x00", "")[:SAISIE_MAX]
        super().__init__({**{nom: donnees.get(nom, "") for nom in self.base_fields}, "q": saisie}, auto_id="filtre-%s")
        self._choisir("service", [("", "Tous vos services"), *((s.pk, s.nom) for s in services)])
        self._choisir("demarche", [("", "Toutes"), *((d.pk, d.titre) for d in demarches)])
        self._choisir("etat", [("", "Tous"), *statuts])
        self.plusieurs_services, self.avec_etats = len(services) > 1, bool(statuts)
        self.is_valid()

    def _choisir(self, nom: str, choix: list[tuple[str, str]]) -> None:
        champ = self.fields[nom]
        assert isinstance(champ, forms.ChoiceField)  # noqa: S101 - for the type checker
        champ.choices = choix

    def valeur(self, nom: str) -> str:
        """Value asked for, empty where there is none or where it means nothing."""
        return str(self.cleaned_data.get(nom) or "")

    @property
    def montre(self) -> Montrer:
        """Which requests are to be shown."""
        return Montrer(self.valeur("montrer"))

    @property
    def parametres(self) -> dict[str, str]:
        """Filters in use, by name, as an address holds them."""
        return {nom: valeur for nom in self.fields if (valeur := self.valeur(nom))}

    @property
    def requete(self) -> str:
        """The filters as an address carries them; « montrer= » where there are none, so that none are put back."""
        return urlencode(self.parametres or {"montrer": ""})

    @property
    def actifs(self) -> bool:
        """Whether any filter is in use."""
        return bool(self.parametres)

    @property
    def vues_fixes(self) -> list[VueFixe]:
        """The views that everybody has, and which one is shown."""
        seule = not (set(self.parametres) - {"montrer"})
        return [
            VueFixe(valeur, libelle, seule and self.montre.value == valeur) for valeur, libelle in VUES_FIXES.items()
        ]

    @property
    def demarche_choisie(self) -> bool:
        """Whether the list is of one procedure only."""
        return bool(self.valeur("demarche"))

    def en_mots(self) -> Iterator[tuple[str, str]]:
        """What the list is narrowed to, as a person reads it; what is shown is always said."""
        for nom, champ in self.fields.items():
            valeur = self.valeur(nom)
            if nom == "ordre":
                yield "Ordre", self.ordre_en_mots.capitalize()
            elif isinstance(champ, forms.ChoiceField):
                if valeur or nom == "montrer":
                    yield str(champ.label), str(dict(champ.choices)[valeur])  # type: ignore[arg-type]
            elif valeur:
                yield "Recherche", f"« {valeur} »"

    @property
    def ailleurs(self) -> str:
        """The same search among all requests, offered when only some were searched."""
        if not self.valeur("q") or self.montre is Montrer.TOUTES:
            return ""
        return urlencode(self.parametres | {"montrer": Montrer.TOUTES.value})

    @property
    def affines(self) -> bool:
        """Whether filters other than search and view are in use: their panel is then open."""
        return bool(set(self.parametres) - {"q", "montrer"}) or self.montre.value not in VUES_FIXES

    @property
    def secondaires(self) -> list[BoundField]:
        """Fields of the panel, without those that would offer one choice only."""
        noms = [
            "montrer",
            *(["service"] if self.plusieurs_services else []),
            "demarche",
            *(["etat"] if self.avec_etats else []),
            "canal",
            "ordre",
            "par",
        ]
        return [self[nom] for nom in noms]

    @property
    def les_miennes_d_abord(self) -> bool:
        """The usual list, as one opens it: what waits for the reader is not to be looked for."""
        return self.montre is Montrer.A_SUIVRE and not self.valeur("q") and not self.valeur("ordre")

    @property
    def tri(self) -> Ordre:
        """Order of the list; by last day where that is what one looks for and nothing else was chosen."""
        if self.les_miennes_d_abord:
            return Ordre("recue_le", rang="rang")
        if not self.valeur("ordre") and self.montre in PAR_ECHEANCE:
            return ORDRES["echeance"][0]
        return ORDRES[self.valeur("ordre")][0]

    @property
    def ordre_en_mots(self) -> str:
        """The order as it stands in a sentence, in French."""
        if self.les_miennes_d_abord:
            return "celles qui vous attendent d’abord, puis les plus anciennes"
        cle = "echeance" if not self.valeur("ordre") and self.montre in PAR_ECHEANCE else self.valeur("ordre")
        mots = ORDRES[cle][1]
        return f"{mots[:1].lower()}{mots[1:]}"

    @property
    def taille(self) -> int:
        """Rows on a page."""
        return PAR_PAGE[self.valeur("par")]

    def adjectif(self, *, pluriel: bool) -> str:
        """What the requests shown are (« en retard »…), with a space before it; may be empty."""
        mots = VUES[self.montre]
        mot = mots.plusieurs if pluriel else mots.une
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
    par_defaut = forms.BooleanField(label="Ouvrir la liste avec cette vue", required=False)

    def __init__(self, donnees: Any, *, vue: VueEnregistree, agent: Agent, services: Sequence[Service]) -> None:
        initial = {
            "nom": vue.nom,
            "service": vue.service_id or MOI,
            "par_defaut": bool(vue.pk) and agent.vue_par_defaut_id == vue.pk,
        }
        super().__init__(donnees, initial=initial, auto_id="id-%s")
        self.vue, self.agent, self.services = vue, agent, services
        champ = self.fields["service"]
        assert isinstance(champ, forms.ChoiceField)  # noqa: S101 - for the type checker
        champ.choices = [
            (MOI, "Vous seulement"),
            *((s.pk, f"Tous les agents du service {s.nom}") for s in services),
        ]

    @property
    def service_choisi(self) -> Service | None:
        """The service that shares the view; None where it is the agent's own."""
        return next((s for s in self.services if s.pk == self.cleaned_data["service"]), None)
