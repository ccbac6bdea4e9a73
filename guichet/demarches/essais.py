"""Dry run of a workflow: walk it on paper, before any resident does.

Pure: a workflow in, words out. The same walk checks the runs kept with a workflow when it is imported
(regles_workflow.py), answers the command `essayer_workflow`, and fills the editor's page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from guichet.demarches.definition_workflow import (
    Acteur,
    Effet,
    EssaiDefini,
    Nature,
    StatutDefini,
    TransitionDefinie,
    Workflow,
)


@dataclass(frozen=True)
class Possible:
    """A button or a step that a status offers."""

    code: str
    libelle: str
    par: Acteur
    qui: str
    """« un agent du service », « un agent du groupe … », « l'usager », « le site, après 2 mois »."""
    vers: str
    """Status it leads to, in the agents' words."""


@dataclass(frozen=True)
class Pas:
    """One step of a run: where the request is, what could be done, what is done and what follows."""

    rang: int
    statut: StatutDefini
    possibles: tuple[Possible, ...]
    transition: TransitionDefinie
    qui: str
    demande: tuple[str, ...]
    """What the person who does it is asked."""
    envoi: tuple[str, ...]
    """Who is told."""
    horloge: str
    arrivee: StatutDefini


@dataclass(frozen=True)
class Deroule:
    """A whole run. ``echec`` says in words why it stopped; empty when it went to its end."""

    pas: tuple[Pas, ...]
    arrivee: StatutDefini
    possibles: tuple[Possible, ...]
    echec: str = ""

    @property
    def reussi(self) -> bool:
        """Whether the run went to its end."""
        return not self.echec


def essayer(workflow: Workflow, codes: Sequence[str], arrive: str = "") -> Deroule:
    """Walk these transitions from the initial status; ``arrive`` is where the run should end, if that is known."""
    pas: list[Pas] = []
    ici = workflow.statuts_par_code[workflow.initial]
    echec = ""
    for code in codes:
        transition = workflow.transition(code)
        if transition is None:
            echec = f"« {code} » n'est pas une transition de ce circuit"
        elif ici.code not in workflow.origines(transition):
            echec = f"« {transition.libelle} » n'est pas possible dans le statut « {ici.libelle} »"
        if echec or transition is None:
            break
        arrivee = workflow.statuts_par_code[workflow.arrivee(transition, ici.code)]
        pas.append(
            Pas(
                rang=len(pas) + 1,
                statut=ici,
                possibles=possibles(workflow, ici),
                transition=transition,
                qui=qui_fait(transition),
                demande=tuple(_demande(transition)),
                envoi=tuple(_envoi(transition)),
                horloge=_horloge(transition, ici, arrivee),
                arrivee=arrivee,
            )
        )
        ici = arrivee
    if not echec and arrive and ici.code != arrive:
        voulu = workflow.statut(arrive)
        echec = f"la demande arrive à « {ici.libelle} », pas à « {voulu.libelle if voulu else arrive} »"
    return Deroule(tuple(pas), ici, possibles(workflow, ici), echec)


def essayer_defini(workflow: Workflow, essai: EssaiDefini) -> Deroule:
    """Walk a run that the file keeps."""
    return essayer(workflow, essai.etapes, essai.arrive)


def possibles(workflow: Workflow, statut: StatutDefini) -> tuple[Possible, ...]:
    """All that a status offers, to whom, and where it leads."""
    return tuple(
        Possible(
            t.code,
            t.libelle,
            t.par,
            qui_fait(t),
            workflow.statuts_par_code[workflow.arrivee(t, statut.code)].libelle,
        )
        for t in workflow.depuis(statut.code)
    )


def qui_fait(transition: TransitionDefinie) -> str:
    """Who does the transition, in French."""
    if transition.par is Acteur.USAGER:
        return "l'usager"
    if transition.par is Acteur.AUTOMATIQUE:
        return f"le site, après {transition.apres.en_mots}" if transition.apres else "le site"
    if transition.groupes:
        groupes = " ou ".join(f"« {groupe} »" for groupe in transition.groupes)
        return f"un agent du groupe {groupes}"
    return "un agent du service"


_CHOIX = {
    Effet.DEMANDER: "les pièces ou les champs à corriger, et la date limite",
    Effet.FOURNIR: "seulement ce que la mairie a demandé",
    Effet.TRANSFERER_SERVICE: "le service qui reprend la demande",
    Effet.TRANSFERER_AUTORITE: "le nom et l'adresse de l'organisme",
}


def _demande(transition: TransitionDefinie) -> Iterable[str]:
    if choix := _CHOIX.get(transition.effet):
        yield choix
    if transition.motifs:
        yield f"un motif parmi {len(transition.motifs)}" if len(transition.motifs) > 1 else "un motif"
    if transition.texte == "obligatoire":
        yield "un texte"
    elif transition.texte == "facultatif":
        yield "un texte, s'il le souhaite"


def _envoi(transition: TransitionDefinie) -> Iterable[str]:
    if transition.effet is Effet.TRANSFERER_SERVICE and transition.previent_service:
        yield "un e-mail au nouveau service"
    elif transition.previent_service:
        yield "un e-mail au service"
    if transition.previent_usager:
        yield "un e-mail à l'usager"


_HORLOGE = {
    Effet.REPONDRE: "Le délai s'arrête : la mairie a répondu.",
    Effet.ACCEPTER: "Le délai s'arrête : la mairie a répondu.",
    Effet.REFUSER: "Le délai s'arrête : la mairie a répondu.",
    Effet.TRANSFERER_AUTORITE: "Le délai ne compte plus pour la mairie : un autre organisme répond.",
    Effet.TRANSFERER_SERVICE: "Le délai continue : c'est toujours la même mairie.",
    Effet.DEMANDER: (
        "Le délai attend si une pièce ou une correction est demandée ; il continue pour une simple question."
    ),
    Effet.FOURNIR: "Le délai reprend dès que tout est fourni.",
    Effet.ROUVRIR: "Le délai reprend si la mairie n'avait pas encore répondu.",
}


def _horloge(transition: TransitionDefinie, ici: StatutDefini, arrivee: StatutDefini) -> str:
    """What the act does to the time limit of the law, in words; empty where it does nothing."""
    if connu := _HORLOGE.get(transition.effet):
        return connu
    if arrivee.est_close and not ici.est_close:
        return "Le délai s'arrête : la demande est terminée."
    if ici.nature is Nature.ATTENTE_USAGER and arrivee.nature is not Nature.ATTENTE_USAGER:
        return "Le délai reprend : la mairie n'attend plus rien de l'usager."
    return ""


# --- Advice ---------------------------------------------------------------------------------------

BOUTONS_MAX = 12
"""Beyond, an agent no longer reads them all."""


def conseils(workflow: Workflow) -> list[str]:
    """What is allowed but deserves a second look; what is not allowed is refused when the workflow is read."""
    dits = []
    essayees = {code for essai in workflow.essais for code in essai.etapes}
    if jamais := [t.libelle for t in workflow.transitions if t.code not in essayees and t.effet is not Effet.NOTER]:
        dits.append(f"Aucun essai ne passe par : {_liste(jamais)}.")
    for statut in workflow.statuts:
        boutons = workflow.depuis(statut.code, Acteur.AGENT)
        if len(boutons) > BOUTONS_MAX:
            dits.append(f"« {statut.libelle} » montre {len(boutons)} boutons aux agents : c'est beaucoup.")
        if not statut.est_close and not workflow.depuis(statut.code, Acteur.USAGER):
            dits.append(f"Dans « {statut.libelle} », l'usager ne peut ni écrire ni retirer sa demande.")
        if statut.nature is Nature.ATTENTE_USAGER and not workflow.depuis(statut.code, Acteur.AUTOMATIQUE):
            dits.append(f"Dans « {statut.libelle} », rien ne se passe si l'usager ne répond jamais.")
    muettes = [
        t.libelle
        for t in workflow.transitions
        if t.par is Acteur.AGENT and t.vers and t.effet in (Effet.CLORE, Effet.ROUVRIR) and not t.previent_usager
    ]
    if muettes:
        dits.append(f"L'usager n'est pas prévenu de : {_liste(muettes)}.")
    return dits


def _liste(mots: Sequence[str]) -> str:
    return ", ".join(f"« {mot} »" for mot in mots)


# --- In lines -------------------------------------------------------------------------------------


def raconter(deroule: Deroule) -> list[str]:
    """A run as lines of text, for a terminal."""
    lignes = []
    for pas in deroule.pas:
        lignes += [
            f"{pas.rang}. Statut « {pas.statut.libelle} » (l'usager lit « {pas.statut.usager.libelle} »)",
            *_permis(pas.possibles),
            f"   → {pas.transition.libelle}, par {pas.qui}",
        ]
        if pas.demande:
            lignes.append(f"     Il donne : {', '.join(pas.demande)}.")
        if pas.envoi:
            lignes.append(f"     Le site envoie : {', '.join(pas.envoi)}.")
        if pas.horloge:
            lignes.append(f"     {pas.horloge}")
    fin = deroule.arrivee
    lignes.append(f"Arrivée : « {fin.libelle} » (l'usager lit « {fin.usager.libelle} »)")
    lignes += [f"Échec : {deroule.echec}."] if deroule.echec else _permis(deroule.possibles)
    return lignes


def _permis(possibles_: Sequence[Possible]) -> list[str]:
    """« Un agent du service peut : Accepter, Refuser. » One line for each who may do something."""
    par_qui: dict[str, list[str]] = {}
    for possible in possibles_:
        par_qui.setdefault(possible.qui, []).append(possible.libelle)
    return [f"   {qui[:1].upper()}{qui[1:]} peut : {', '.join(mots)}." for qui, mots in par_qui.items()]
