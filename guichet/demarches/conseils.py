"""What a procedure may do but deserves a second look before residents meet it; controle.py refuses what it may not."""

from __future__ import annotations

from collections.abc import Iterator

from guichet.demarches.definition import Definition
from guichet.demarches.definition_workflow import Acteur, Effet, Workflow


def conseils(definition: Definition, workflow: Workflow | None = None) -> list[str]:
    """French sentences, for who publishes; ``workflow`` is the one that its requests follow."""
    return [*_joindre(definition), *(conseils_du_circuit(workflow) if workflow else ())]


def _joindre(definition: Definition) -> Iterator[str]:
    moyens = {champ.moyen_du_demandeur for champ in definition.champs()}
    if not moyens & {"courriel", "telephone"} and definition.compte != "obligatoire":
        yield (
            "Cette démarche ne demande ni e-mail ni téléphone : la mairie ne pourra prévenir la personne que par "
            "courrier, si elle donne une adresse, ou sur la page de suivi."
        )


def conseils_du_circuit(workflow: Workflow) -> list[str]:
    """The same of a workflow alone."""
    return list(_du_circuit(workflow))


def _du_circuit(workflow: Workflow) -> Iterator[str]:
    effets = {transition.effet for transition in workflow.transitions}
    if Effet.DEMANDER not in effets:
        yield (
            f"Le circuit « {workflow.titre} » ne permet pas de demander une pièce : un dossier incomplet ne pourra "
            "qu'être refusé (article L. 114-5 du code des relations entre le public et l'administration)."
        )
    if Effet.TRANSFERER_AUTORITE not in effets:
        yield (
            f"Le circuit « {workflow.titre} » ne permet pas de transmettre à un autre organisme : la loi le demande "
            "pour une demande mal adressée (article L. 114-2)."
        )
    if not any(t.effet is Effet.ANNULER and t.par is Acteur.USAGER for t in workflow.transitions):
        yield f"Le circuit « {workflow.titre} » ne permet pas à l'usager de retirer sa demande."
