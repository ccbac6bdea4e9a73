"""Loading of services and procedures from a site's folder."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from .definition import Definition, DefinitionRefusee, ServiceDefini, lire_definition, lire_services
from .models import Demarche, Service, VersionDemarche
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
    """Load services.yaml and demarches/*.yaml. All or nothing; a second run changes nothing.

    Services and procedures that left the folder stay: requests point at them. A procedure is taken
    off the site with ``publiee: false``.
    """
    definis = lire_services(_lire_yaml(dossier / "services.yaml"), "services.yaml")
    connus = {service.slug for service in definis.services}
    definitions: dict[str, Definition] = {}
    fautes: list[str] = []
    for chemin in sorted((dossier / "demarches").glob("*.yaml")):
        source = f"demarches/{chemin.name}"
        try:
            definition = lire_definition(_lire_yaml(chemin), source)
        except DefinitionRefusee as refus:
            fautes += [f"{refus.source} : {faute}" for faute in refus.fautes]
            continue
        if definition.service not in connus:
            fautes.append(f"{source} : le service « {definition.service} » n'est pas dans services.yaml")
        definitions[chemin.stem] = definition
    if fautes:
        raise DefinitionRefusee(str(dossier.name), fautes)
    bilan = Bilan()
    with transaction.atomic():
        for service in definis.services:
            _enregistrer_service(service, bilan)
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


def enregistrer_demarche(slug: str, definition: Definition, bilan: Bilan | None = None) -> Demarche:
    """Make ``definition`` the current one of the procedure, as a new version if it differs."""
    bilan = bilan or Bilan()
    brut = definition.model_dump(mode="json")
    with transaction.atomic():
        demarche = Demarche.objects.select_for_update().filter(pk=slug).first()
        if demarche is not None and demarche.definition == brut:
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
        demarche.version += 1
        demarche.recherche = normaliser(
            " ".join((definition.titre, definition.resume, definition.theme, *definition.mots_cles))
        )
        demarche.save()
        VersionDemarche.objects.create(demarche=demarche, numero=demarche.version, definition=brut)
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
