"""A site's folder as a whole: what its services, workflows and procedures say, and every fault of every file.

Needs no Django and no database: `gru` checks a folder with it on the operator's machine before anything is touched, the
hosts load it with the same rules (services.importer_site).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from guichet.demarches.definition import (
    Definition,
    DefinitionRefusee,
    ServicesDefinis,
    en_mots,
    fautes_utiles,
    lieu_de,
)
from guichet.demarches.definition_workflow import Workflow
from guichet.demarches.modele import Modele
from guichet.demarches.orientations import OrientationDefinie, OrientationsDefinies

M = TypeVar("M", bound=Modele)

SERVICES = "services.yaml"
ORIENTATIONS = "orientations.yaml"
WORKFLOWS = "workflows"
DEMARCHES = "demarches"
_NOM_DE_FICHIER = re.compile(r"[a-z][a-z0-9-]{0,49}")


@dataclass(frozen=True)
class Faute:
    """One fault: the file (from the site's folder), the keys that lead to it, a French sentence."""

    fichier: str
    chemin: tuple[int | str, ...]
    phrase: str


@dataclass
class SiteLu:
    """What could be read. Complete when `fautes` is empty."""

    services: ServicesDefinis | None = None
    workflows: dict[str, Workflow] = field(default_factory=dict)
    definitions: dict[str, Definition] = field(default_factory=dict)
    orientations: dict[str, OrientationDefinie] = field(default_factory=dict)
    fautes: list[Faute] = field(default_factory=list)


def fichiers_de(dossier: Path) -> list[Path]:
    """The files that a site's folder must or may hold, services.yaml first, there or not."""
    facultatifs = [f for f in (dossier / ORIENTATIONS,) if f.exists()]
    ranges = (f for nom in (WORKFLOWS, DEMARCHES) for f in sorted((dossier / nom).glob("*.yaml")))
    return [dossier / SERVICES, *facultatifs, *ranges]


def contenus_de(dossier: Path) -> tuple[dict[str, Any], list[Faute]]:
    """What each file says, as YAML reads it, by its place in the folder; and those that cannot be read."""
    contenus: dict[str, Any] = {}
    fautes: list[Faute] = []
    for chemin in fichiers_de(dossier):
        fichier = str(chemin.relative_to(dossier))
        try:
            contenus[fichier] = yaml.load(chemin.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        except FileNotFoundError:
            fautes.append(Faute(fichier, (), "le fichier n'existe pas"))
        except UnicodeDecodeError:
            fautes.append(Faute(fichier, (), "le fichier n'est pas en UTF-8"))
        except yaml.YAMLError as erreur:
            marque = getattr(erreur, "problem_mark", None)
            ligne = f" (ligne {marque.line + 1})" if marque else ""
            fautes.append(Faute(fichier, (), f"le fichier n'est pas du YAML correct{ligne}"))
    return contenus, fautes


def lire_site(
    contenus: Mapping[str, Any], circuits_connus: Collection[str] = (), absents: Collection[str] = ()
) -> SiteLu:
    """Check all files together. `contenus`: what each says, by its place in the folder.

    `circuits_connus` are workflows known without a file; `absents` are files that exist and could not be read: what
    they would have said is not missed.
    """
    lu = SiteLu()
    for fichier, brut in contenus.items():
        dossier, _, nom = fichier.rpartition("/")
        slug = nom.removesuffix(".yaml")
        if dossier and not _NOM_DE_FICHIER.fullmatch(slug):
            phrase = "le nom du fichier devient une adresse : minuscules sans accent, chiffres et tirets, 50 au plus"
            lu.fautes.append(Faute(fichier, (), phrase))
        elif fichier == SERVICES:
            lu.services = _lire(ServicesDefinis, fichier, brut, lu.fautes)
        elif fichier == ORIENTATIONS and (fiches := _lire(OrientationsDefinies, fichier, brut, lu.fautes)):
            lu.orientations = fiches.orientations
        elif dossier == WORKFLOWS and (circuit := _lire(Workflow, fichier, brut, lu.fautes)):
            lu.workflows[slug] = circuit
        elif dossier == DEMARCHES and (definition := _lire(Definition, fichier, brut, lu.fautes)):
            lu.definitions[slug] = definition
    _verifier_les_renvois(lu, {*contenus, *absents}, circuits_connus)
    return lu


def _verifier_les_renvois(lu: SiteLu, fichiers: set[str], circuits_connus: Collection[str]) -> None:
    services = {service.slug for service in lu.services.services} if lu.services else None
    circuits = {*circuits_connus, *(Path(f).stem for f in fichiers if f.startswith(f"{WORKFLOWS}/"))}
    for slug, definition in lu.definitions.items():
        fichier = f"{DEMARCHES}/{slug}.yaml"
        if services is not None and definition.service not in services:
            phrase = f"le service « {definition.service} » n'est pas dans services.yaml"
            lu.fautes.append(Faute(fichier, ("service",), phrase))
        if definition.workflow not in circuits:
            phrase = f"le circuit « {definition.workflow} » n'est pas dans workflows/"
            lu.fautes.append(Faute(fichier, ("workflow",), phrase))


def _lire(modele: type[M], fichier: str, brut: Any, fautes: list[Faute]) -> M | None:
    try:
        return modele.model_validate(brut)
    except ValidationError as erreur:
        for faute in fautes_utiles(erreur):
            fautes += [Faute(fichier, lieu_de(faute["loc"]), phrase) for phrase in en_mots(faute).split("\n")]
        return None


def refuser(dossier: Path, fautes: Collection[Faute]) -> None:
    """Raises DefinitionRefusee when there are faults, with all of them."""
    if fautes:
        raise DefinitionRefusee(dossier.name, [f"{faute.fichier} : {faute.phrase}" for faute in fautes])
