"""Loading of services and procedures from a site's folder."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from .definition import Definition, DefinitionRefusee, ServiceDefini, lire_definition, lire_services
from .definition_workflow import STANDARD, lire_workflow
from .definition_workflow import Workflow as WorkflowLu
from .models import Demarche, Service, VersionDemarche, Workflow
from .recherche import normaliser


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
    connus = {service.slug for service in definis.services}
    definitions: dict[str, Definition] = {}
    fautes: list[str] = []
    workflows: dict[str, WorkflowLu] = {}
    for chemin in sorted((dossier / "workflows").glob("*.yaml")):
        try:
            workflows[chemin.stem] = lire_workflow(_lire_yaml(chemin), f"workflows/{chemin.name}")
        except DefinitionRefusee as refus:
            fautes += [f"{refus.source} : {faute}" for faute in refus.fautes]
    for chemin in sorted((dossier / "demarches").glob("*.yaml")):
        source = f"demarches/{chemin.name}"
        try:
            definition = lire_definition(_lire_yaml(chemin), source)
        except DefinitionRefusee as refus:
            fautes += [f"{refus.source} : {faute}" for faute in refus.fautes]
            continue
        if definition.service not in connus:
            fautes.append(f"{source} : le service « {definition.service} » n'est pas dans services.yaml")
        if (workflow := _nom_du_workflow(definition)) not in workflows and not fautes:
            fautes.append(f"{source} : le circuit « {workflow} » n'est pas dans workflows/")
        definitions[chemin.stem] = definition
    if fautes:
        raise DefinitionRefusee(str(dossier.name), fautes)
    bilan = Bilan()
    with transaction.atomic():
        for service in definis.services:
            _enregistrer_service(service, bilan)
        for slug, lu in workflows.items():
            enregistrer_workflow(slug, lu, bilan)
        for slug, definition in definitions.items():
            enregistrer_demarche(slug, definition, bilan)
    return bilan


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
    """Keep a workflow. Requests under way keep theirs; procedures take this one when they are next recorded."""
    bilan = bilan or Bilan()
    brut = lu.model_dump(mode="json")
    actuel = Workflow.objects.filter(pk=slug).first()
    if actuel is not None and actuel.definition == brut:
        bilan.inchanges.append(slug)
        return actuel
    workflow, nouveau = Workflow.objects.update_or_create(pk=slug, defaults={"titre": lu.titre, "definition": brut})
    (bilan.crees if nouveau else bilan.modifies).append(slug)
    return workflow


def _nom_du_workflow(definition: Definition) -> str:
    return str(getattr(definition, "workflow", STANDARD))


def _workflow_de(slug: str, definition: Definition) -> Any:
    nom = _nom_du_workflow(definition)
    workflow = Workflow.objects.filter(pk=nom).first()
    if workflow is None:
        raise DefinitionRefusee(slug, [f"le circuit « {nom} » n'existe pas"])
    return workflow.definition


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
        if demarche is not None and demarche.definition == brut and demarche.workflow == workflow:
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
