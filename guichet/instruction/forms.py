"""Forms of the agents' pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from django import forms

from guichet.demandes.models import Canal, Demande, Nature
from guichet.demarches.models import Demarche, Service
from guichet.instruction.models import Agent, VueEnregistree
from guichet.instruction.pagination import Ordre
from socle.composants.forms import Radios
from socle.typographie import dates


class Montrer(StrEnum):
    """What the list shows: a point of view, or every request of one nature."""

    A_SUIVRE = ""
    MOI = "moi"
    A_PRENDRE = "a-prendre"
    AUJOURD_HUI = "aujourdhui"
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
    Montrer.AUJOURD_HUI: MotsVue("Reçues aujourd’hui", "reçue aujourd’hui", "reçues aujourd’hui"),
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

ORDRE_DES_VUES = {
    Montrer.RETARD: "echeance",
    Montrer.BIENTOT: "echeance",
    Montrer.AUJOURD_HUI: "recentes",
    Montrer.TRANSFEREE: "recentes",
    Montrer.REPONDUE: "recentes",
    Montrer.CLOSE: "recentes",
    Montrer.TOUTES: "recentes",
}
"""How a view is sorted where nothing else is asked: what waits by age, what is late by its clock, the rest by news."""

ATTENTE = "attente"
"""Order of the usual list: it can only be had by not asking for another."""

ORDRES = {
    ATTENTE: (Ordre("recue_le", rang="rang"), "Ce qui vous attend, puis ce qui attend la mairie, puis l’usager"),
    "anciennes": (Ordre("recue_le"), "Les plus anciennes d’abord"),
    "recentes": (Ordre("recue_le", decroissant=True), "Les plus récentes d’abord"),
    "echeance": (Ordre("fin_du_delai"), "Les échéances les plus proches d’abord"),
    "echeance-inverse": (Ordre("fin_du_delai", decroissant=True), "Les échéances les plus lointaines d’abord"),
    "modifiees": (Ordre("modifiee_le", decroissant=True), "Les dernières modifiées d’abord"),
    "demarche": (Ordre("recue_le", rang="demarche_id"), "Par démarche, de A à Z"),
    "demarche-inverse": (Ordre("recue_le", rang="demarche_id", decroissant=True), "Par démarche, de Z à A"),
    "usager": (Ordre("recue_le", rang="nom_range"), "Par nom d’usager, de A à Z"),
    "usager-inverse": (Ordre("recue_le", rang="nom_range", decroissant=True), "Par nom d’usager, de Z à A"),
    "etat": (Ordre("recue_le", rang="statut"), "Par état"),
    "etat-inverse": (Ordre("recue_le", rang="statut", decroissant=True), "Par état, en ordre inverse"),
    "agent": (Ordre("recue_le", rang="agent_range"), "Par agent en charge, de A à Z"),
    "agent-inverse": (Ordre("recue_le", rang="agent_range", decroissant=True), "Par agent en charge, de Z à A"),
}

COLONNES = (
    ("demande__objet", "Demande", "demarche", "demarche-inverse"),
    ("demande__usager", "Usager", "usager", "usager-inverse"),
    ("demande__recue", "Reçue", "recentes", "anciennes"),
    ("demande__echeance", "Échéance", "echeance", "echeance-inverse"),
    ("demande__etat", "État", "etat", "etat-inverse"),
    ("demande__qui", "Qui agit", "agent", "agent-inverse"),
)
"""Columns of the list: class, title, order of a first press on the title, order of a second one."""
CROISSANTS = frozenset({"demarche", "usager", "anciennes", "echeance", "etat", "agent"})

AGENT_MOI, AGENT_PERSONNE = "_moi", "_personne"
"""Values of the filter by agent that no identifier of the directory is taken for."""
PAR_PAGE = {"": 25, "50": 50, "100": 100}

VUES_FIXES = {
    Montrer.A_SUIVRE.value: "À suivre",
    Montrer.MOI.value: "Vous attendent",
    Montrer.A_PRENDRE.value: "À prendre en charge",
    Montrer.AUJOURD_HUI.value: "Reçues aujourd’hui",
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


@dataclass(frozen=True, slots=True)
class Option:
    """A choice of a filter."""

    valeur: str
    libelle: str
    choisie: bool


@dataclass(frozen=True, slots=True)
class Filtre:
    """A filter as the page draws it: a list of choices, or a day to be typed where it has none."""

    nom: str
    libelle: str
    valeur: str
    options: Sequence[Option]


@dataclass(frozen=True, slots=True)
class Colonne:
    """A column of the list, whose title sorts it."""

    classe: str
    titre: str
    requete: str
    suite: str
    """What a press on the title does, in words."""
    tri: str
    """« ascending » or « descending » (aria-sort) where the list is sorted by it, else nothing."""


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
    agent = forms.ChoiceField(label="En charge", required=False)
    du = forms.DateField(label="Reçue à partir du", required=False)
    au = forms.DateField(label="Reçue jusqu’au", required=False)
    canal = forms.ChoiceField(label="Canal", required=False, choices=[("", "Tous"), *Canal.choices])
    ordre = forms.ChoiceField(
        label="Ordre",
        required=False,
        choices=[("", "L’ordre habituel"), *((cle, mots) for cle, (_, mots) in ORDRES.items() if cle != ATTENTE)],
    )
    par = forms.ChoiceField(
        label="Lignes par page", required=False, choices=[(cle, str(nombre)) for cle, nombre in PAR_PAGE.items()]
    )

    def __init__(
        self,
        donnees: Mapping[str, str],
        services: Sequence[Service],
        demarches: Sequence[Demarche],
        statuts: Sequence[tuple[str, str]] = (),
        collegues: Sequence[tuple[str, str]] = (),
    ) -> None:
        """``statuts``: those of the chosen procedure's workflow; none while no procedure is chosen. ``collegues``:
        who may be in charge, by identifier and name."""
        # A search too long or with a null character is cut, not refused: the list must never show more
        # than what was asked for.
        saisie = donnees.get("q", "").replace("\x00", "")[:SAISIE_MAX]
        super().__init__({**{nom: donnees.get(nom, "") for nom in self.base_fields}, "q": saisie}, auto_id="filtre-%s")
        self._choisir("service", [("", "Tous vos services"), *((s.pk, s.nom) for s in services)])
        self._choisir("demarche", [("", "Toutes"), *((d.pk, d.titre) for d in demarches)])
        self._choisir("etat", [("", "Tous"), *statuts])
        self._choisir("agent", [("", "Tous"), (AGENT_MOI, "Vous"), (AGENT_PERSONNE, "Personne encore"), *collegues])
        self.plusieurs_services, self.avec_etats = len(services) > 1, bool(statuts)
        self.is_valid()

    @classmethod
    def d_un_lien(cls, donnees: Mapping[str, str]) -> Filtres:
        """The filters of the list that a link came from, with no choice read from the database: they lead back there,
        and to its neighbours, among what the reader may see."""
        filtres = cls({}, [], [])
        for nom in ("service", "demarche", "etat", "agent"):
            filtres._choisir(nom, [("", ""), (donnees.get(nom, ""), "")])
        saisie = donnees.get("q", "").replace("\x00", "")[:SAISIE_MAX]
        filtres.data = {**{nom: donnees.get(nom, "").replace("\x00", "") for nom in cls.base_fields}, "q": saisie}
        filtres.full_clean()
        return filtres

    def _choisir(self, nom: str, choix: list[tuple[str, str]]) -> None:
        champ = self.fields[nom]
        assert isinstance(champ, forms.ChoiceField)  # noqa: S101 - for the type checker
        champ.choices = choix

    def valeur(self, nom: str) -> str:
        """Value asked for, empty where there is none or where it means nothing."""
        return str(self.cleaned_data.get(nom) or "")

    @property
    def recherche(self) -> str:
        """What is looked for, as the field shows it again."""
        return str(self.data["q"])

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
                yield "Ordre", ORDRES[self.cle_d_ordre][1]
            elif isinstance(champ, forms.DateField):
                if valeur:
                    yield str(champ.label), dates.jour(date.fromisoformat(valeur))
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
    def secondaires(self) -> list[Filtre]:
        """Filters of the panel, without those that would offer one choice only. Drawn by the page itself: a widget
        each, with its own template for each choice, cost a fifth of the page."""
        noms = [
            "montrer",
            *(["service"] if self.plusieurs_services else []),
            "demarche",
            *(["etat"] if self.avec_etats else []),
            "agent",
            "du",
            "au",
            "canal",
            "ordre",
            "par",
        ]
        return [self._filtre(nom) for nom in noms]

    def _filtre(self, nom: str) -> Filtre:
        champ, valeur = self.fields[nom], self.valeur(nom)
        options: list[Option] = []
        if isinstance(champ, forms.ChoiceField):
            options = [Option(str(v), str(libelle), str(v) == valeur) for v, libelle in champ.choices]  # type: ignore[misc, union-attr]
        return Filtre(nom, str(champ.label), valeur, options)

    @property
    def colonnes(self) -> list[Colonne]:
        """Titles of the list, each a link that sorts by it, and turns the order over where it is sorted so."""
        actuel = self.cle_d_ordre
        sans_ordre = {nom: valeur for nom, valeur in self.parametres.items() if nom != "ordre"}
        # « montrer= » where there is no filter, so that none of a saved view are put back.
        base = urlencode(sans_ordre or {"montrer": ""})
        colonnes = []
        for classe, titre, premier, second in COLONNES:
            suivant = second if actuel == premier else premier
            triee = actuel in (premier, second)
            sens = "ascending" if actuel in CROISSANTS else "descending"
            mots = ORDRES[suivant][1]
            requete, suite = f"{base}&ordre={suivant}", f"{mots[:1].lower()}{mots[1:]}"
            colonnes.append(Colonne(classe, titre, requete, suite, sens if triee else ""))
        return colonnes

    @property
    def cle_d_ordre(self) -> str:
        """The order of the list, by its name: the one asked for, else that of the view."""
        if ordre := self.valeur("ordre"):
            return ordre
        if self.montre in ORDRE_DES_VUES:
            return ORDRE_DES_VUES[self.montre]
        # As one opens it: what waits for the reader is not to be looked for, nor behind what waits for residents.
        return ATTENTE if self.montre is Montrer.A_SUIVRE else "anciennes"

    @property
    def tri(self) -> Ordre:
        """Order of the list."""
        return ORDRES[self.cle_d_ordre][0]

    @property
    def ordre_en_mots(self) -> str:
        """The order as it stands in a sentence, in French."""
        mots = ORDRES[self.cle_d_ordre][1]
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


class ConfierForm(forms.Form):
    """To which colleague a request is given, with a word."""

    a = forms.ChoiceField(
        label="À qui confiez-vous la demande ?",
        error_messages={
            "required": "Choisissez une personne dans la liste.",
            "invalid_choice": "Choisissez une personne dans la liste.",
        },
    )
    mot = forms.CharField(
        label="Un mot pour cette personne",
        help_text="C’est une note interne : l’usager ne la voit pas.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, donnees: Any, *, demande: Demande, collegues: Sequence[Agent]) -> None:
        super().__init__(donnees, auto_id="id-%s")
        self.collegues = {str(c.pk): c for c in collegues if c.sub != demande.agent_sub}
        champ = self.fields["a"]
        assert isinstance(champ, forms.ChoiceField)  # noqa: S101 - for the type checker
        champ.choices = [("", "Choisissez"), *((cle, c.nom) for cle, c in self.collegues.items())]

    @property
    def collegue(self) -> Agent:
        """Whom the request is given to, once the form is valid."""
        return self.collegues[self.cleaned_data["a"]]


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
