"""Loading of services, workflows and procedures from a site's folder, and making of their versions.

Editors write procedures and workflows too, in the workshop of the agents' site: a deployment must not undo their
work. So each row keeps the fingerprint of the file last loaded into it:

- the file has not changed since: nothing is done, whatever editors published meanwhile;
- the file changed and editors published nothing since: it is loaded;
- both changed: what editors published stays, and the report says so. `exporter_demarches` writes their version
  into the folder; `importer_site --remplacer NAME` loads the file over it (their version stays in the history).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction
from pydantic import ValidationError

from guichet.demarches.definition import ACCEPTEE, Definition, DefinitionRefusee, ServiceDefini
from guichet.demarches.definition_workflow import Workflow as WorkflowLu
from guichet.demarches.dossier import contenus_de, lire_site, refuser
from guichet.demarches.modele import Modele
from guichet.demarches.models import Demarche, Orientation, Service, VersionDemarche, Workflow
from guichet.demarches.orientations import OrientationDefinie
from guichet.demarches.recherche import normaliser

SANS_FICHIER = "-"
"""Fingerprint of what no file ever said."""


@dataclass
class Bilan:
    """What an import did, by slug."""

    crees: list[str] = field(default_factory=list)
    modifies: list[str] = field(default_factory=list)
    inchanges: list[str] = field(default_factory=list)
    gardes: dict[str, bool] = field(default_factory=dict)
    """What editors published and a file says otherwise; True where the file changed too."""

    @property
    def change(self) -> bool:
        """Whether anything was created or modified."""
        return bool(self.crees or self.modifies)


def importer_site(dossier: Path, remplacer: Collection[str] = ()) -> Bilan:
    """Load a folder: services, orientations, workflows and procedures. All or nothing; a second run changes nothing.

    ``remplacer`` names the files to load even over what editors published. Services and procedures that left the
    folder stay: requests point at them. A procedure is taken off the site with ``publiee: false``.
    Raises DefinitionRefusee, with every fault of every file, before anything is written.
    """
    contenus, illisibles = contenus_de(dossier)
    lu = lire_site(contenus, Workflow.objects.values_list("pk", flat=True), {faute.fichier for faute in illisibles})
    refuser(dossier, [*illisibles, *lu.fautes])
    bilan = Bilan()
    with transaction.atomic():
        for service in lu.services.services if lu.services else ():
            _enregistrer_service(service, bilan)
        for slug, circuit in lu.workflows.items():
            if _a_charger(Workflow, slug, circuit, bilan, remplacer):
                _ranger_workflow(slug, circuit, bilan, empreinte_de(circuit))
        for slug, definition in lu.definitions.items():
            if _a_charger(Demarche, slug, definition, bilan, remplacer):
                enregistrer_demarche(slug, definition, bilan, empreinte_de(definition))
        for slug, orientation in lu.orientations.items():
            if _a_charger(Orientation, slug, orientation, bilan, remplacer):
                enregistrer_orientation(slug, orientation, bilan, empreinte_de(orientation))
        _suivre_les_workflows(bilan)
    return bilan


def empreinte_de(lu: Modele) -> str:
    """The same for the same content, whichever way it is written; a key left to its default counts for nothing."""
    brut = lu.model_dump(mode="json", exclude_defaults=True)
    return hashlib.sha256(json.dumps(brut, sort_keys=True).encode()).hexdigest()


def _a_charger(
    modele: type[Demarche | Workflow | Orientation], slug: str, lu: Modele, bilan: Bilan, remplacer: Collection[str]
) -> bool:
    """Whether a file is to be loaded, by the rule at the top of this module."""
    rang: Any = modele._default_manager.filter(pk=slug).first()
    if rang is None or slug in remplacer:
        return True
    fichier, actuelle = empreinte_de(lu), _empreinte_du_rang(type(lu), rang.definition)
    if actuelle == fichier or rang.empreinte in {"", actuelle}:  # the same, loaded before fingerprints, or untouched
        return True
    bilan.gardes[slug] = rang.empreinte != fichier
    return False


def _empreinte_du_rang(classe: type[Modele], brut: Any) -> str:
    try:
        return empreinte_de(classe.model_validate(brut, context=ACCEPTEE))
    except ValidationError:
        return ""


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


def _ranger_workflow(slug: str, lu: WorkflowLu, bilan: Bilan, empreinte: str = "") -> Workflow:
    brut = lu.model_dump(mode="json")
    actuel = Workflow.objects.select_for_update().filter(pk=slug).first()
    if actuel is not None and actuel.definition == brut:
        _noter_empreinte(actuel, empreinte)
        bilan.inchanges.append(slug)
        return actuel
    valeurs = {"titre": lu.titre, "definition": brut}
    if empreinte or actuel is None:
        valeurs["empreinte"] = empreinte or SANS_FICHIER
    workflow, nouveau = Workflow.objects.update_or_create(pk=slug, defaults=valeurs)
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
        return Definition.model_validate(brut, context=ACCEPTEE).model_dump(mode="json")
    except ValidationError:
        return None


def _noter_empreinte(rang: Demarche | Workflow | Orientation, empreinte: str) -> None:
    if empreinte and rang.empreinte != empreinte:
        type(rang)._default_manager.filter(pk=rang.pk).update(empreinte=empreinte)


def enregistrer_demarche(
    slug: str, definition: Definition, bilan: Bilan | None = None, empreinte: str = ""
) -> Demarche:
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
            _noter_empreinte(demarche, empreinte)
            bilan.inchanges.append(slug)
            return demarche
        nouvelle = demarche is None
        demarche = demarche or Demarche(slug=slug, version=0, empreinte=SANS_FICHIER)
        demarche.empreinte = empreinte or demarche.empreinte
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


def enregistrer_orientation(
    slug: str, lue: OrientationDefinie, bilan: Bilan | None = None, empreinte: str = ""
) -> Orientation:
    """Make the sheet what it now says; nothing is kept of what it said before."""
    bilan = bilan or Bilan()
    brut = lue.model_dump(mode="json")
    with transaction.atomic():
        actuelle = Orientation.objects.select_for_update().filter(pk=slug).first()
        if actuelle is not None and actuelle.definition == brut:
            _noter_empreinte(actuelle, empreinte)
            bilan.inchanges.append(slug)
            return actuelle
        valeurs = {"titre": lue.titre, "definition": brut, "publiee": lue.publiee}
        if empreinte or actuelle is None:
            valeurs["empreinte"] = empreinte or SANS_FICHIER
        orientation, nouvelle = Orientation.objects.update_or_create(pk=slug, defaults=valeurs)
    (bilan.crees if nouvelle else bilan.modifies).append(slug)
    return orientation
