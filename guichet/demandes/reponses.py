"""Templates of answers, filled for one request."""

from __future__ import annotations

from dataclasses import dataclass

from guichet.demarches.definition_workflow import TransitionDefinie

from . import workflow
from .models import Demande


@dataclass(frozen=True)
class ReponseOfferte:
    code: str
    titre: str
    texte: str


def offertes(demande: Demande, transition: TransitionDefinie, agent_nom: str = "") -> list[ReponseOfferte]:
    """The templates a transition offers: the procedure's own first, then the workflow's."""
    de_la_demarche = {modele.code: modele for modele in getattr(demande.definition, "modeles", ())}
    valeurs = {
        "reference": demande.reference,
        "nom": demande.nom,
        "demarche": demande.definition.titre,
        "service": demande.service.nom,
        "agent": agent_nom,
    }
    trouves = (de_la_demarche.get(code) or workflow.de(demande).modele(code) for code in transition.modeles)
    return [ReponseOfferte(m.code, m.titre, m.remplir(valeurs)) for m in trouves if m is not None]
