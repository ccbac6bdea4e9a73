"""The life of a request as data: statuses, and who may go from which to which, with what consequence.

The code knows no status by name. What it needs to know of one is its ``nature``; what an act does to the request
is its ``effet``. The town invents the rest: names, words for agents and for residents, who, from where, to where,
texts and reasons asked for, who is told, what happens by itself after a time.

A workflow that would leave a request stuck, or an effect without what it needs, is refused in words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from guichet.demarches.definition import DefinitionRefusee, lire
from guichet.demarches.modele import Modele, Nom, Paragraphe, ParagrapheFacultatif, Renvoi, Texte
from guichet.demarches.modeles_reponse import ModeleReponse

STANDARD = "standard"
"""Workflow of the procedures that name none."""

TOUTES: Literal["toutes"] = "toutes"
Ton = Literal["info", "attention", "succes", "neutre"]
Prevenu = Literal["usager", "service"]


class Nature(StrEnum):
    """What a status means, whatever the town calls it. Lists, figures and rules look at this, never at names."""

    A_TRAITER = "a_traiter"
    EN_COURS = "en_cours"
    ATTENTE_USAGER = "attente_usager"
    TRANSFEREE = "transferee"
    """Handed to another authority: the town has nothing more to do but to close."""
    REPONDUE = "repondue"
    CLOSE = "close"

    @property
    def libelle(self) -> str:
        """The nature as editors read it."""
        return _NATURES[self]

    @property
    def a_qui(self) -> Literal["mairie", "usager", ""]:
        """Who acts next; nobody once the town has answered, passed on or closed."""
        if self in (Nature.A_TRAITER, Nature.EN_COURS):
            return "mairie"
        return "usager" if self is Nature.ATTENTE_USAGER else ""


_NATURES = {
    Nature.A_TRAITER: "À traiter",
    Nature.EN_COURS: "En cours",
    Nature.ATTENTE_USAGER: "Attend l'usager",
    Nature.TRANSFEREE: "Transmise à un autre organisme",
    Nature.REPONDUE: "Répondue",
    Nature.CLOSE: "Terminée",
}
_TONS: dict[Nature, Ton] = {
    Nature.A_TRAITER: "info",
    Nature.EN_COURS: "info",
    Nature.ATTENTE_USAGER: "attention",
    Nature.TRANSFEREE: "neutre",
    Nature.REPONDUE: "succes",
    Nature.CLOSE: "neutre",
}
NATURES_MAIRIE = tuple(nature for nature in Nature if nature.a_qui == "mairie")
NATURES_FINIES = tuple(nature for nature in Nature if not nature.a_qui)
NATURES_USAGER = tuple(nature for nature in Nature if nature.a_qui == "usager")
NATURES_A_SUIVRE = (*NATURES_MAIRIE, *NATURES_USAGER)
"""Somebody still has to act."""


class Effet(StrEnum):
    """What an act does to the request, beside its status."""

    AUCUN = "aucun"
    PRENDRE_EN_CHARGE = "prendre_en_charge"
    REPONDRE = "repondre"
    ECRIRE = "ecrire"
    DEMANDER = "demander"
    FOURNIR = "fournir"
    TRANSFERER_SERVICE = "transferer_service"
    TRANSFERER_AUTORITE = "transferer_autorite"
    ACCEPTER = "accepter"
    REFUSER = "refuser"
    CLORE = "clore"
    ROUVRIR = "rouvrir"
    NOTER = "noter"
    ANNULER = "annuler"

    @property
    def libelle(self) -> str:
        """The effect as editors read it."""
        return _EFFETS[self]

    @property
    def decide(self) -> bool:
        """Whether the town's clock stops with it."""
        return self in (Effet.REPONDRE, Effet.ACCEPTER, Effet.REFUSER)


_EFFETS = {
    Effet.AUCUN: "change seulement le statut",
    Effet.PRENDRE_EN_CHARGE: "met la demande au nom de l'agent",
    Effet.REPONDRE: "répond à l'usager ; le délai s'arrête",
    Effet.ECRIRE: "envoie un message",
    Effet.DEMANDER: "demande une pièce, une correction ou une précision à l'usager",
    Effet.FOURNIR: "reçoit ce que la mairie avait demandé",
    Effet.TRANSFERER_SERVICE: "transmet la demande à un autre service de la mairie",
    Effet.TRANSFERER_AUTORITE: "transmet la demande à un autre organisme",
    Effet.ACCEPTER: "accepte la demande ; le délai s'arrête",
    Effet.REFUSER: "refuse la demande ; le délai s'arrête",
    Effet.CLORE: "termine la demande",
    Effet.ROUVRIR: "rouvre une demande terminée",
    Effet.NOTER: "ajoute une note que seuls les agents lisent",
    Effet.ANNULER: "l'usager retire sa demande",
}


class Acteur(StrEnum):
    """Who does a transition."""

    AGENT = "agent"
    USAGER = "usager"
    AUTOMATIQUE = "automatique"

    @property
    def libelle(self) -> str:
        """The actor, as it stands in a sentence."""
        return {"agent": "un agent", "usager": "l'usager", "automatique": "le site, tout seul"}[self]


class MotsUsager(Modele):
    """A status in the words of the person who asked."""

    libelle: Texte = Field(title="Ce que lit l'usager", description="En deux ou trois mots : « Reçue », « À vous ».")
    explication: Paragraphe = Field(
        title="Explication pour l'usager", description="Une ou deux phrases : où en est la demande, qui doit agir."
    )


class StatutDefini(Modele):
    """A status: its code, its words for agents and for residents, and what it means."""

    code: Nom = Field(title="Code", description="Court et stable : minuscules, chiffres et _. Nul ne le voit.")
    libelle: Texte = Field(title="Nom du statut", description="Le mot des agents.")
    nature: Nature = Field(
        title="Nature",
        description=(
            "Ce que le statut veut dire pour le site. a_traiter et en_cours : la mairie doit agir ; attente_usager : "
            "l'usager doit agir ; transferee : un autre organisme s'en occupe ; repondue : la mairie a répondu ; "
            "close : tout est fini."
        ),
    )
    ton: Ton | None = Field(default=None, title="Couleur", description="Sinon, celle de la nature.")
    usager: MotsUsager = Field(title="Pour l'usager")
    consigne: ParagrapheFacultatif = Field(
        default="", title="Consigne pour l'agent", description="Ce qu'il faut faire d'une demande à ce statut."
    )

    @property
    def couleur(self) -> Ton:
        """Its colour, or that of its nature."""
        return self.ton or _TONS[self.nature]

    @property
    def est_close(self) -> bool:
        """Whether requests that are here are over."""
        return self.nature is Nature.CLOSE


class Apres(Modele):
    """So long after the request entered its status."""

    valeur: Annotated[int, Field(gt=0, le=1000)] = Field(title="Durée")
    unite: Literal["jours", "semaines", "mois"] = Field(title="Unité")

    @property
    def en_mots(self) -> str:
        """The delay in French: « 3 jours », « 2 mois »."""
        unite = self.unite if self.unite == "mois" or self.valeur > 1 else self.unite.removesuffix("s")
        return f"{self.valeur} {unite}"


class TransitionDefinie(Modele):
    """A transition: who may do it, from where to where, what it asks for, what it does and whom it tells."""

    code: Nom = Field(title="Code", description="Court et stable : minuscules, chiffres et _. Nul ne le voit.")
    libelle: Texte = Field(title="Texte du bouton", description="Commence par un verbe : « Prendre en charge ».")
    depuis: Annotated[tuple[Nom, ...] | Literal["toutes"], Renvoi("statuts")] = Field(
        title="Depuis les statuts",
        description="Codes des statuts de départ, ou le mot « toutes » : tous ceux qui ne sont pas clos.",
    )
    """« toutes » is every status that is not closed; a note may be added even then."""
    vers: Annotated[Nom | None, Renvoi("statuts")] = Field(
        default=None, title="Vers le statut", description="Rien : le statut ne change pas."
    )
    par: Acteur = Field(
        default=Acteur.AGENT,
        title="Faite par",
        description="agent ; usager, depuis son espace ; automatique, par le site après un délai.",
    )
    groupes: tuple[Texte, ...] = Field(
        default=(),
        title="Groupes autorisés",
        description="Groupes de l'annuaire qui peuvent la faire. Vide : tous les agents du service.",
    )
    effet: Effet = Field(
        default=Effet.AUCUN, title="Effet", description="Ce que cela fait à la demande, en plus du statut."
    )
    texte: Literal["aucun", "facultatif", "obligatoire"] = Field(
        default="aucun", title="Texte à écrire", description="Le message ou la note qui accompagne cette action."
    )
    motifs: tuple[Texte, ...] = Field(
        default=(),
        title="Motifs proposés",
        description="Raisons entre lesquelles l'agent choisit, par exemple d'un refus.",
    )
    previent: tuple[Prevenu, ...] = Field(default=(), title="Prévenir", description="usager, service, ou les deux.")
    modeles: Annotated[tuple[Nom, ...], Renvoi("modeles")] = Field(
        default=(),
        title="Modèles de réponse proposés",
        description="Codes de modèles de ce circuit ou de la démarche.",
    )
    raccourci: Annotated[str, Field(pattern=r"^[a-z]?$")] = Field(
        default="", title="Raccourci clavier", description="Une lettre, que nulle autre action de ce circuit n'utilise."
    )
    apres: Apres | None = Field(
        default=None,
        title="Après ce délai",
        description="Pour une action automatique : compté depuis l'arrivée dans le statut.",
    )

    @field_validator("depuis", mode="before")
    @classmethod
    def liste_ou_toutes(cls, depuis: Any) -> Any:
        """Raises ValueError unless it is « toutes » or a list of codes that is not empty."""
        if depuis == TOUTES or (
            isinstance(depuis, list | tuple) and depuis and all(isinstance(statut, str) for statut in depuis)
        ):
            return depuis
        raise ValueError("donnez une liste de codes de statuts, ou le mot « toutes »")

    @property
    def interne(self) -> bool:
        """Between agents: the resident sees nothing of it."""
        return self.effet is Effet.NOTER

    @property
    def previent_usager(self) -> bool:
        """Whether the resident is told by a message."""
        return "usager" in self.previent

    @property
    def previent_service(self) -> bool:
        """Whether the service is told by a message."""
        return "service" in self.previent


class EssaiDefini(Modele):
    """A dry run kept with the workflow: done in this order, these acts end there."""

    nom: Texte = Field(title="Nom de l'essai", description="Ce qu'il vérifie : « Une demande acceptée est close ».")
    etapes: Annotated[tuple[Nom, ...], Field(min_length=1), Renvoi("transitions")] = Field(
        title="Actions, dans l'ordre", description="Codes de transitions."
    )
    arrive: Annotated[Nom, Renvoi("statuts")] = Field(
        title="Statut à l'arrivée", description="Code du statut où l'on doit se trouver."
    )


class Workflow(Modele):
    """The life of requests of some procedures: where they may be, and what may be done to them."""

    titre: Texte = Field(title="Titre", description="« Traitement courant », « Demande de subvention »…")
    description: ParagrapheFacultatif = Field(
        default="", title="Description", description="À quelles démarches il convient."
    )
    initial: Annotated[Nom, Renvoi("statuts")] = Field(
        title="Statut à l'arrivée d'une demande", description="Code d'un des statuts."
    )
    statuts: Annotated[tuple[StatutDefini, ...], Field(min_length=2)] = Field(
        title="Statuts", description="Où une demande peut se trouver."
    )
    transitions: Annotated[tuple[TransitionDefinie, ...], Field(min_length=1)] = Field(
        title="Actions", description="Ce qui peut se faire, par qui, et où cela mène."
    )
    modeles: tuple[ModeleReponse, ...] = Field(
        default=(), title="Modèles de réponse", description="Textes proposés aux agents, à relire avant d'envoyer."
    )
    essais: tuple[EssaiDefini, ...] = Field(
        default=(),
        title="Essais",
        description="Suites d'actions rejouées à chaque changement : l'arrivée doit être la même.",
    )

    @model_validator(mode="after")
    def tient_debout(self) -> Workflow:
        """Raises ValueError with every fault that the rules (regles_workflow.py) find, one a line."""
        from guichet.demarches.regles_workflow import (
            fautes_de,  # the rules read whole workflows, so they import this module
        )

        if fautes := fautes_de(self):
            raise ValueError(SEPARATEUR.join(fautes))
        return self

    @cached_property
    def statuts_par_code(self) -> dict[str, StatutDefini]:
        """Statuses by code."""
        return {statut.code: statut for statut in self.statuts}

    @cached_property
    def transitions_par_code(self) -> dict[str, TransitionDefinie]:
        """Transitions by code."""
        return {transition.code: transition for transition in self.transitions}

    @cached_property
    def departs(self) -> dict[str, tuple[TransitionDefinie, ...]]:
        """Transitions that start from each status, by its code, in the order of the file."""
        return {
            statut.code: tuple(t for t in self.transitions if statut.code in self.origines(t))
            for statut in self.statuts
        }

    def statut(self, code: str) -> StatutDefini | None:
        """The status of this code; None where there is none."""
        return self.statuts_par_code.get(code)

    def transition(self, code: str) -> TransitionDefinie | None:
        """The transition of this code; None where there is none."""
        return self.transitions_par_code.get(code)

    def modele(self, code: str) -> ModeleReponse | None:
        """The template of answer of this code; None where there is none."""
        return next((modele for modele in self.modeles if modele.code == code), None)

    def origines(self, transition: TransitionDefinie) -> tuple[str, ...]:
        """Codes of the statuses a transition starts from."""
        if transition.depuis != TOUTES:
            return tuple(transition.depuis)
        return tuple(s.code for s in self.statuts if not s.est_close or transition.effet is Effet.NOTER)

    def depuis(self, statut: str, par: Acteur | None = None) -> tuple[TransitionDefinie, ...]:
        """What may be done from a status, in the order of the file."""
        departs = self.departs.get(statut, ())
        return departs if par is None else tuple(t for t in departs if t.par is par)

    def arrivee(self, transition: TransitionDefinie, statut: str) -> str:
        """Status after a transition done in ``statut``."""
        return transition.vers or statut

    def de_nature(self, nature: Nature) -> Iterator[StatutDefini]:
        """Statuses that mean this, in the order of the file."""
        return (statut for statut in self.statuts if statut.nature is nature)

    def modeles_inconnus(self, de_la_demarche: Iterable[ModeleReponse] = ()) -> set[str]:
        """Templates that transitions offer and that neither the workflow nor the procedure defines."""
        connus = {modele.code for modele in (*self.modeles, *de_la_demarche)}
        return {code for transition in self.transitions for code in transition.modeles} - connus


SEPARATEUR = "\n"
"""Between the faults that one reading finds together."""


def lire_workflow(brut: Any, source: str) -> Workflow:
    """Check a workflow read from a file or an editor's page; ``source`` names it in the refusal.

    Raises DefinitionRefusee, with one French sentence a fault.
    """
    try:
        return lire(Workflow, brut, source)
    except DefinitionRefusee as refus:
        raise DefinitionRefusee(source, [f for faute in refus.fautes for f in faute.split(SEPARATEUR)]) from None
