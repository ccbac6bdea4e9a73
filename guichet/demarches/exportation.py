"""Writing of a site's folder from what the database holds: the inverse of ``services.importer_site``."""

from __future__ import annotations

from pathlib import Path

import yaml

from guichet.demarches.definition import DefinitionRefusee, ServiceDefini, ServicesDefinis, lire
from guichet.demarches.ecriture import en_yaml
from guichet.demarches.modele import Modele
from guichet.demarches.models import Demarche, Orientation, Service, Workflow
from guichet.demarches.orientations import OrientationsDefinies
from guichet.demarches.services import Bilan

TITRE_SERVICES = (
    "Les services de la commune : une file de demandes et un groupe d'agents de l'annuaire (service-<slug>) chacun."
)
TITRE_ORIENTATIONS = "Ce que l'on cherche sur le site et qui se fait ailleurs : qui s'en occupe, et où."


def exporter_site(dossier: Path) -> Bilan:
    """Write services.yaml, orientations.yaml, workflows/*.yaml and demarches/*.yaml.

    A file that already says the same is left as it is, with its comments.
    """
    bilan = Bilan()
    services = {service.pk: _service(service) for service in Service.objects.order_by("slug")}
    chemin = dossier / "services.yaml"
    # The order of services means nothing: the file's own is kept.
    connus = _lu(chemin, ServicesDefinis) if chemin.exists() else None
    ordre = [s.slug for s in connus.services if s.slug in services] if isinstance(connus, ServicesDefinis) else []
    if ranges := tuple(services[slug] for slug in dict.fromkeys([*ordre, *services])):
        _ecrire(chemin, ServicesDefinis(services=ranges), TITRE_SERVICES, bilan)
    for workflow in Workflow.objects.order_by("slug"):
        lu = workflow.lu
        _ecrire(dossier / "workflows" / f"{workflow.pk}.yaml", lu, f"Circuit de traitement : {lu.titre}.", bilan)
    for demarche in Demarche.objects.order_by("slug"):
        definition = demarche.lue
        chemin = dossier / "demarches" / f"{demarche.pk}.yaml"
        _ecrire(chemin, definition, f"Démarche : {definition.titre}.", bilan)
    _exporter_les_orientations(dossier / "orientations.yaml", bilan)
    return bilan


def _exporter_les_orientations(chemin: Path, bilan: Bilan) -> None:
    """In the order of the file where there is one; what editors added comes last."""
    fiches = {orientation.pk: orientation.lue for orientation in Orientation.objects.order_by("pk")}
    connues = _lu(chemin, OrientationsDefinies) if chemin.exists() else None
    ordre = list(connues.orientations) if isinstance(connues, OrientationsDefinies) else []
    rangees = {slug: fiches[slug] for slug in dict.fromkeys([*ordre, *fiches]) if slug in fiches}
    if rangees:
        _ecrire(chemin, OrientationsDefinies(orientations=rangees), TITRE_ORIENTATIONS, bilan)


def _service(service: Service) -> ServiceDefini:
    groupe = "" if service.groupe == f"service-{service.pk}" else service.groupe
    return ServiceDefini(
        slug=service.pk,
        nom=service.nom,
        courriel=service.courriel,
        telephone=service.telephone,
        adresse=service.adresse,
        horaires=service.horaires,
        groupe=groupe,
    )


def _ecrire(chemin: Path, objet: Modele, titre: str, bilan: Bilan) -> None:
    nom = f"{chemin.parent.name}/{chemin.name}" if chemin.parent.name in {"demarches", "workflows"} else chemin.name
    if chemin.exists():
        if _lu(chemin, type(objet)) == objet:
            bilan.inchanges.append(nom)
            return
        bilan.modifies.append(nom)
    else:
        bilan.crees.append(nom)
    chemin.parent.mkdir(parents=True, exist_ok=True)
    chemin.write_text(en_yaml(objet, titre), encoding="utf-8")


def _lu(chemin: Path, modele: type[Modele]) -> Modele | None:
    """What a file says now; nothing if it cannot be read."""
    try:
        return lire(modele, yaml.safe_load(chemin.read_text(encoding="utf-8")), chemin.name)
    except (DefinitionRefusee, yaml.YAMLError, UnicodeDecodeError):
        return None
