"""Templates of answers, filled for one request."""

from __future__ import annotations

from dataclasses import dataclass

from guichet.demandes import workflow
from guichet.demandes.models import Demande
from guichet.demarches.definition_workflow import Acteur, TransitionDefinie


@dataclass(frozen=True)
class ReponseOfferte:
    """A template of answer with its marks replaced, ready to be read over and sent."""

    code: str
    titre: str
    texte: str


def offertes(demande: Demande, transition: TransitionDefinie, agent_nom: str = "") -> list[ReponseOfferte]:
    """The templates a transition offers, then those of the procedure that no transition names.

    A workflow serves many procedures and cannot name what one of them writes every day: such a template is offered
    wherever an agent writes to the resident.
    """
    defini = workflow.de(demande)
    de_la_demarche = {modele.code: modele for modele in getattr(demande.definition, "modeles", ())}
    codes = list(transition.modeles)
    if transition.par is Acteur.AGENT and transition.texte != "aucun" and transition.previent_usager:
        nommes = {code for autre in defini.transitions for code in autre.modeles}
        codes += [code for code in de_la_demarche if code not in nommes]
    valeurs = {
        "reference": demande.reference,
        "nom": demande.nom,
        "demarche": demande.definition.titre,
        "service": demande.service.nom,
        "agent": agent_nom,
    }
    trouves = (de_la_demarche.get(code) or defini.modele(code) for code in codes)
    return [ReponseOfferte(m.code, m.titre, m.remplir(valeurs)) for m in trouves if m is not None]
