"""The life of a request: its own workflow (data, guichet/demarches/definition_workflow.py) asked about its present.

No status has a name here. A request follows the workflow of the version of the procedure it answered, whatever
the town has changed since.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from guichet.demandes import droits
from guichet.demarches.definition_workflow import (
    Acteur,
    Effet,
    MotsUsager,
    Nature,
    StatutDefini,
    TransitionDefinie,
    Workflow,
)
from guichet.demarches.models import VersionDemarche

if TYPE_CHECKING:
    from guichet.demandes.models import Demande


class TransitionImpossible(Exception):
    """The request is no longer in a status that allows this; the text is for the person on screen."""

    def __init__(self, demande: Demande, libelle: str) -> None:
        super().__init__(
            f"La demande {demande.reference} est maintenant « {statut_de(demande).libelle} ». "
            f"L'action « {libelle} » n'est plus possible. Rechargez la page."
        )


# --- Which workflow -------------------------------------------------------------------------------

_CONNUS: dict[int, Workflow] = {}
"""Workflows by version, for the life of the process: a version never changes."""


def de(demande: Demande) -> Workflow:
    """The workflow of a request's own version."""
    return de_version(demande.version_id)


def de_version(version_id: int) -> Workflow:
    """The workflow of a version, read once: versions do not change. Raises VersionDemarche.DoesNotExist."""
    if version_id not in _CONNUS:
        precharger([version_id])
    if connu := _CONNUS.get(version_id):
        return connu
    # Older than workflows: it follows the one that is standard now, which may change.
    return VersionDemarche.objects.only("workflow").get(pk=version_id).workflow_lu


def precharger(versions: Iterable[int]) -> None:
    """Read in one query the workflows of a list of requests."""
    manquent = set(versions) - _CONNUS.keys()
    if manquent:
        for version in VersionDemarche.objects.filter(pk__in=manquent).exclude(workflow=None).only("workflow"):
            _CONNUS[version.pk] = version.workflow_lu


def oublier() -> None:
    """Read the workflows again: for whoever changed a stored version, which nothing but a migration does."""
    _CONNUS.clear()


# --- Status ---------------------------------------------------------------------------------------

_MOTS_DE_SECOURS = MotsUsager(libelle="En cours", explication="La mairie s'occupe de votre demande.")


def statut_de(demande: Demande) -> StatutDefini:
    """The status of a request; where its workflow lost it, what the row itself still says."""
    connu = de(demande).statut(demande.statut)
    return connu or StatutDefini(
        code=demande.statut,
        libelle=demande.statut,
        nature=Nature(demande.nature),
        ton=None,
        usager=_MOTS_DE_SECOURS,
        consigne="",
    )


@dataclass(frozen=True)
class EtatUsager:
    """A status in the words of the person who asked, and who acts next."""

    libelle: str
    explication: str
    a_qui: str
    """« À vous », « La mairie », or nothing once all is done."""
    ton: str
    """Modifier of the charter's .etiquette."""


_A_QUI = {"mairie": "La mairie", "usager": "À vous", "": ""}


def etat_usager(demande: Demande) -> EtatUsager:
    """The status in the resident's words, with whose turn it is."""
    statut = statut_de(demande)
    return EtatUsager(
        statut.usager.libelle, statut.usager.explication, _A_QUI[statut.nature.a_qui], str(statut.couleur)
    )


# --- Transitions ----------------------------------------------------------------------------------


def transitions(demande: Demande) -> tuple[TransitionDefinie, ...]:
    """Every transition of this request's procedure, possible now or not."""
    return de(demande).transitions


def est_possible(demande: Demande, transition: TransitionDefinie) -> bool:
    """Whether the status allows it; who may do it is another question."""
    return demande.anonymisee_le is None and demande.statut in de(demande).origines(transition)


def transitions_possibles(demande: Demande, agent: droits.Agent) -> list[TransitionDefinie]:
    """The buttons of this agent on this request, now."""
    if demande.anonymisee_le or not droits.peut_voir(agent, demande):
        return []
    return [
        transition
        for transition in de(demande).depuis(demande.statut, Acteur.AGENT)
        if droits.peut_faire(agent, transition) and not _deja_en_charge(demande, agent, transition)
    ]


def _deja_en_charge(demande: Demande, agent: droits.Agent, transition: TransitionDefinie) -> bool:
    return (
        transition.effet is Effet.PRENDRE_EN_CHARGE
        and demande.agent_sub == agent.sub
        and statut_de(demande).nature.a_qui == "mairie"
    )


def met_au_nom(demande: Demande, transition: TransitionDefinie) -> bool:
    """Whether acting puts in charge an agent of a request that had nobody.

    A note engages nobody, nor does what sends the request to a queue: qualified, passed on, to be taken by another.
    """
    arrivee = de(demande).statut(transition.vers) if transition.vers else None
    en_file = arrivee is not None and arrivee.nature is Nature.A_TRAITER
    return not demande.agent_sub and not transition.interne and not en_file


def transition_usager(demande: Demande, effet: Effet) -> TransitionDefinie | None:
    """What the resident may do now with this effect: write, give what was asked, withdraw."""
    if demande.anonymisee_le:
        return None
    return next((t for t in de(demande).depuis(demande.statut, Acteur.USAGER) if t.effet is effet), None)


def peut_ecrire(demande: Demande) -> bool:
    """Whether the resident may now write, or give what was asked."""
    return any(transition_usager(demande, effet) for effet in (Effet.ECRIRE, Effet.FOURNIR))


def peut_annuler(demande: Demande) -> bool:
    """Whether the resident may now withdraw the request."""
    return transition_usager(demande, Effet.ANNULER) is not None
