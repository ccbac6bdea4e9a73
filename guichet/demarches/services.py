"""Loading of services, workflows and procedures from a site's folder, and making of their versions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml
from django.db import transaction
from pydantic import ValidationError

from .definition import Definition, DefinitionRefusee, ServiceDefini, lire_definition, lire_services
from .definition_workflow import Workflow as WorkflowLu
from .definition_workflow import lire_workflow
from .models import Demarche, Service, VersionDemarche, Workflow
from .recherche import normaliser

T = TypeVar("T")


@dataclass
class Bilan:
    """What an import did, by slug."""

    crees: list[str] = field(default_factory=list)
    modifies: list[str] = field(default_factory=list)
    inchanges: list[str] = field(default_factory=list)

    @property
    def change(self) -> bool:
        return bool(self.crees or self.modifies)


def importer_site(dossier: Path) -> Bilan:
    """Load services.yaml, workflows/*.yaml and demarches/*.yaml. All or nothing; a second run changes nothing.

    Services and procedures that left the folder stay: requests point at them. A procedure is taken
    off the site with ``publiee: false``.
    """
    definis = lire_services(_lire_yaml(dossier / "services.yaml"), "services.yaml")
    fautes: list[str] = []
    workflows = _lire_dossier(dossier / "workflows", lire_workflow, fautes)
    definitions = _lire_dossier(dossier / "demarches", lire_definition, fautes)
    services_connus = {service.slug for service in definis.services}
    workflows_connus = {chemin.stem for chemin in (dossier / "workflows").glob("*.yaml")}
    workflows_connus |= set(Workflow.objects.values_list("pk", flat=True))
    for slug, definition in definitions.items():
        source = f"demarches/{slug}.yaml"
        if definition.service not in services_connus:
            fautes.append(f"{source} : le service « {definition.service} » n'est pas dans services.yaml")
        if definition.workflow not in workflows_connus:
            fautes.append(f"{source} : le circuit « {definition.workflow} » n'est pas dans workflows/")
    if fautes:
        raise DefinitionRefusee(str(dossier.name), fautes)
    bilan = Bilan()
    with transaction.atomic():
        for service in definis.services:
            _enregistrer_service(service, bilan)
        for slug, lu in workflows.items():
            _ranger_workflow(slug, lu, bilan)
        for slug, definition in definitions.items():
            enregistrer_demarche(slug, definition, bilan)
        _suivre_les_workflows(bilan)
    return bilan


def _lire_dossier(dossier: Path, lire: Callable[[Any, str], T], fautes: list[str]) -> dict[str, T]:
    """Every file of a folder, by its name without « .yaml »; what is wrong is added to ``fautes``."""
    lus: dict[str, T] = {}
    for chemin in sorted(dossier.glob("*.yaml")):
        source = f"{dossier.name}/{chemin.name}"
        try:
            lus[chemin.stem] = lire(_lire_yaml(chemin), source)
        except DefinitionRefusee as refus:
            fautes += [f"{refus.source} : {faute}" for faute in refus.fautes]
    return lus


def _enregistrer_service(defini: ServiceDefini, bilan: Bilan) -> None:
    champs = {
        "nom": defini.nom,
        "groupe": defini.groupe_annuaire,
        "courriel": defini.courriel,
        "telephone": defini.telephone,
        "adresse": defini.adresse,
        "horaires": defini.horaires,
    }
    actuel = Service.objects.filter(pk=defini.slug).first()
    if actuel is None:
        Service.objects.create(slug=defini.slug, **champs)
        bilan.crees.append(defini.slug)
    elif any(getattr(actuel, nom) != valeur for nom, valeur in champs.items()):
        Service.objects.filter(pk=defini.slug).update(**champs)
        bilan.modifies.append(defini.slug)
    else:
        bilan.inchanges.append(defini.slug)


def enregistrer_workflow(slug: str, lu: WorkflowLu, bilan: Bilan | None = None) -> Workflow:
    """Make it the current one: each procedure that names it gets a new version. Requests under way keep theirs."""
    bilan = bilan or Bilan()
    with transaction.atomic():
        workflow = _ranger_workflow(slug, lu, bilan)
        _suivre_les_workflows(bilan)
    return workflow


def _ranger_workflow(slug: str, lu: WorkflowLu, bilan: Bilan) -> Workflow:
    brut = lu.model_dump(mode="json")
    actuel = Workflow.objects.select_for_update().filter(pk=slug).first()
    if actuel is not None and actuel.definition == brut:
        bilan.inchanges.append(slug)
        return actuel
    workflow, nouveau = Workflow.objects.update_or_create(pk=slug, defaults={"titre": lu.titre, "definition": brut})
    (bilan.crees if nouveau else bilan.modifies).append(slug)
    return workflow


def _suivre_les_workflows(bilan: Bilan) -> None:
    """Give a new version to each procedure whose workflow is no longer the one it was made with."""
    actuels = {workflow.pk: workflow.definition for workflow in Workflow.objects.all()}
    for demarche in Demarche.objects.all():
        if demarche.workflow != actuels.get(demarche.lue.workflow):
            enregistrer_demarche(demarche.pk, demarche.lue, bilan)


def _workflow_de(slug: str, definition: Definition) -> Any:
    workflow = Workflow.objects.filter(pk=definition.workflow).first()
    if workflow is None:
        raise DefinitionRefusee(slug, [f"le circuit « {definition.workflow} » n'existe pas"])
    return workflow.definition


def _relue(brut: Any) -> Any:
    """A stored definition as it would be stored today: keys added to definitions since then are no change."""
    try:
        return Definition.model_validate(brut).model_dump(mode="json")
    except ValidationError:
        return None


def enregistrer_demarche(slug: str, definition: Definition, bilan: Bilan | None = None) -> Demarche:
    """Make ``definition`` the current one of the procedure, as a new version if it differs."""
    bilan = bilan or Bilan()
    brut = definition.model_dump(mode="json")
    with transaction.atomic():
        workflow = _workflow_de(slug, definition)
        demarche = Demarche.objects.select_for_update().filter(pk=slug).first()
        if demarche is not None and demarche.workflow is None:
            # Recorded before workflows were data: it takes one without becoming another version.
            demarche.workflow = workflow
            demarche.save(update_fields=["workflow"])
            VersionDemarche.objects.filter(demarche=demarche, workflow=None).update(workflow=workflow)
        if demarche is not None and demarche.workflow == workflow and _relue(demarche.definition) == brut:
            bilan.inchanges.append(slug)
            return demarche
        nouvelle = demarche is None
        demarche = demarche or Demarche(slug=slug, version=0)
        demarche.titre = definition.titre
        demarche.resume = definition.resume
        demarche.theme = definition.theme
        demarche.service_id = definition.service
        demarche.publiee = definition.publiee
        demarche.definition = brut
        demarche.workflow = workflow
        demarche.version += 1
        demarche.recherche = normaliser(
            " ".join((definition.titre, definition.resume, definition.theme, *definition.mots_cles))
        )
        demarche.save()
        VersionDemarche.objects.create(demarche=demarche, numero=demarche.version, definition=brut, workflow=workflow)
    (bilan.crees if nouvelle else bilan.modifies).append(slug)
    return demarche


def _lire_yaml(chemin: Path) -> Any:
    try:
        return yaml.safe_load(chemin.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DefinitionRefusee(chemin.name, ["le fichier n'existe pas"]) from None
    except yaml.YAMLError as erreur:
        marque = getattr(erreur, "problem_mark", None)
        ligne = f" (ligne {marque.line + 1})" if marque else ""
        raise DefinitionRefusee(chemin.name, [f"le fichier n'est pas du YAML correct{ligne}"]) from None
