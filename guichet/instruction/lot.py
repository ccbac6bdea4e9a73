"""One act on several requests: only what each of them allows, each in its own transaction, each with its result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from guichet.demandes import courriels
from guichet.demandes.models import CanalReponse, Demande
from guichet.demandes.selectors import avec_lieu
from guichet.demandes.services import Saisie
from guichet.instruction import versions
from guichet.instruction.acces import DemandeIntrouvable, demande_visible
from guichet.instruction.actions import REFUS, Action, actions_possibles, prevenue_par_courriel
from guichet.instruction.models import Agent

MAX = 100
"""Requests of one lot: more than one page of the list, few enough to be read before acting."""


@dataclass(frozen=True, slots=True)
class Resultat:
    """What became of one request; ``pourquoi`` is empty where the act was done."""

    reference: str
    titre: str
    nom: str
    pourquoi: str = ""


def choisies(agent: Agent, references: Iterable[str]) -> list[Demande]:
    """The requests of these references that this agent may read, oldest first. One query."""
    queryset = Demande.objects.pour_page().visibles_par(agent).filter(reference__in=list(references)[:MAX])
    return list(avec_lieu(queryset).order_by("recue_le", "pk"))


def actions_communes(demandes: Sequence[Demande], agent: Agent) -> list[Action]:
    """What every one of them allows now, in the same words, and that asks for no more than a text or a reason."""
    if not demandes:
        return []
    premieres, *autres = [actions_possibles(demande, agent) for demande in demandes]
    return [action for action in premieres if action.en_lot and all(action in actions for actions in autres)]


def consequences(action: Action, demandes: Sequence[Demande]) -> list[str]:
    """How many, and who is told, before the agent confirms."""
    nombre = len(demandes)
    phrases = [f"{_demandes(nombre)} {'changent' if nombre > 1 else 'change'}."]
    if action.interne:
        return [f"La note est ajoutée à {_demandes(nombre)}. Les usagers ne la voient pas."]
    if action.previent_usager:
        prevenus = sum(1 for demande in demandes if prevenue_par_courriel(demande))
        if prevenus:
            phrases.append(
                f"{prevenus} usagers reçoivent un e-mail." if prevenus > 1 else "Un usager reçoit un e-mail."
            )
        phrases += _autrement(action, demandes)
    else:
        phrases.append("Aucun e-mail n’est envoyé aux usagers.")
    return [*phrases, *action.suites_communes(demandes)]


def _autrement(action: Action, demandes: Sequence[Demande]) -> list[str]:
    """Those whom no mail tells, or not alone: letters to print, calls to make, and who reads on the site."""
    canaux = [courriels.canal_de_reponse(demande) for demande in demandes]
    lettres = canaux.count(CanalReponse.COURRIER)
    if action.effet in courriels.DECISIONS:
        lettres += sum(map(courriels.veut_ses_decisions_sur_papier, demandes))
    phrases = []
    if lettres:
        phrases.append(
            f"{lettres} lettres vous attendront page « Lettres »."
            if lettres > 1
            else "Une lettre vous attendra page « Lettres »."
        )
    if appels := canaux.count(CanalReponse.TELEPHONE):
        phrases.append(
            f"{appels} usagers veulent une réponse par téléphone : appelez-les."
            if appels > 1
            else "Un usager veut une réponse par téléphone : appelez-le."
        )
    if sans := canaux.count(""):
        phrases.append(
            f"{sans} usagers ne reçoivent pas d’e-mail : ils liront votre message en suivant leur demande."
            if sans > 1
            else "Un usager ne reçoit pas d’e-mail : il lira votre message en suivant sa demande."
        )
    return phrases


@dataclass(frozen=True, slots=True)
class Ordre:
    """The act that an agent confirmed for a lot."""

    agent: Agent
    code: str
    saisie: Saisie


def executer(ordre: Ordre, references: Mapping[str, str]) -> tuple[list[Resultat], list[Resultat]]:
    """Act on each request (reference: version that was read). What is refused stops nothing else."""
    faites: list[Resultat] = []
    refusees: list[Resultat] = []
    for reference, version in list(references.items())[:MAX]:
        resultat = _une(ordre, reference, version)
        (refusees if resultat.pourquoi else faites).append(resultat)
    return faites, refusees


def _une(ordre: Ordre, reference: str, version: str) -> Resultat:
    try:
        with transaction.atomic():
            verrouillees = Demande.objects.pour_page().select_for_update(of=("self",))
            demande = demande_visible(ordre.agent, reference, verrouillees)
            return Resultat(
                demande.reference, demande.demarche.titre, demande.nom, _refus_ou_fait(ordre, demande, version)
            )
    except DemandeIntrouvable:
        return Resultat(reference, "Demande", "", "Elle n’est pas, ou plus, suivie par un de vos services.")


def _refus_ou_fait(ordre: Ordre, demande: Demande, version: str) -> str:
    """Do it and return nothing, or say why not."""
    agent = ordre.agent
    action = Action.de_code(demande, ordre.code)
    if action is not None and action.deja_faite(demande, agent, version, ordre.saisie.texte):
        return ""
    if action is None or not action.en_lot or action not in actions_possibles(demande, agent):
        return f"Elle est maintenant « {demande.statut_defini.libelle} » : cette action n’est pas possible."
    conflit = None if action.interne else versions.conflit(demande, version, agent)
    if conflit is not None:
        return f"{conflit.titre}. {conflit.phrase}".strip()
    try:
        with transaction.atomic():
            action.executer(demande, agent, ordre.saisie)
    except REFUS as refus:
        return str(refus)
    return ""


def _demandes(nombre: int) -> str:
    return f"{nombre} demandes" if nombre > 1 else "1 demande"
