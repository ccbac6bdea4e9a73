"""Residents, agents and requests for the tests of the domain, on the procedure that is shipped."""

from __future__ import annotations

import io
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf
import time_machine
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import Model
from PIL import Image

from guichet.comptes.models import Usager
from guichet.demandes import services
from guichet.demandes.droits import Demandeur
from guichet.demandes.models import Demande
from guichet.demarches.definition import Delai, lire_definition
from guichet.demarches.definition_workflow import Workflow as WorkflowLu
from guichet.demarches.definition_workflow import lire_workflow
from guichet.demarches.models import Demarche, Orientation, Service, VersionDemarche, Workflow
from guichet.demarches.services import enregistrer_demarche, enregistrer_workflow, importer_site

SITE = Path(__file__).resolve().parents[2] / "stacks" / "local"
RECUE = datetime(2026, 11, 23, 13, 5, tzinfo=UTC)  # a Monday; two months end on Saturday 23 January 2027
"""A Monday, 14:05 in the town: two months end on Saturday 23 January 2027."""
VOIRIE = "signaler-un-probleme-de-voirie"
REPONSES: dict[str, Any] = {
    "lieu": {"adresse": "12 rue des Lilas", "precision": "devant l'école"},
    "probleme": "chaussee",
    "description": "Un trou d'un mètre.",
    "courriel": "camille@exemple.fr",
    "telephone": "",
    "nom": "Camille Durand",
}


@dataclass(frozen=True)
class AgentDeTest:
    sub: str
    nom: str
    groupes: list[str] = field(default_factory=list)
    qualite: str = "responsable du service"


ALICE = AgentDeTest("alice.martin", "Alice Martin", ["agents", "service-voirie"])
CHLOE = AgentDeTest("chloe.bernard", "Chloé Bernard", ["agents", "service-voirie"])
BRUNO = AgentDeTest("bruno.petit", "Bruno Petit", ["agents", "service-etat-civil"])


RANGES: tuple[type[Model], ...] = (Service, Workflow, Demarche, VersionDemarche, Orientation)
"""What a site's folder becomes in the database, in the order of its references."""
_copies: dict[str, dict[type[Model], bytes]] = {}


def _comme_la_premiere_fois(nom: str, modeles: tuple[type[Model], ...], ecrire: Callable[[], object]) -> None:
    """What `ecrire` leaves in these empty tables: written once a process, then copied, for each test.

    Reading and checking the site's files took half of the time of this folder's tests. Where the tables already
    hold something, `ecrire` is done as it is.
    """
    vide = not any(modele._default_manager.exists() for modele in modeles)
    if not vide or nom not in _copies:
        ecrire()
        if vide:
            _copies[nom] = {modele: _lire(modele) for modele in modeles}
        return
    with connection.cursor() as curseur:
        for modele, rangs in _copies[nom].items():
            with curseur.copy(f"COPY {modele._meta.db_table} FROM STDIN (FORMAT binary)") as copie:
                copie.write(rangs)


def _lire(modele: type[Model]) -> bytes:
    commande = f"COPY {modele._meta.db_table} TO STDOUT (FORMAT binary)"
    with connection.cursor() as curseur, curseur.copy(commande) as copie:
        return b"".join(bytes(morceau) for morceau in copie)


def site_livre() -> None:
    """The shipped site, as `importer_site` leaves it. The import itself is proved by tests/guichet/demarches."""
    _comme_la_premiere_fois("site", RANGES, lambda: importer_site(SITE))


VISA = "Archives départementales, visa n° 2026-118 du 3 mars 2026"


def viser(visa: str = VISA) -> None:
    """Write the archives' visa into every procedure, as editors do."""
    for demarche_ in Demarche.objects.all():
        donnees = {**demarche_.definition["donnees"], "visa_archives": visa}
        demarche_.definition = {**demarche_.definition, "donnees": donnees}
        demarche_.save()


def demarche() -> Demarche:
    site_livre()
    return Demarche.objects.publiees().get(pk=VOIRIE)


def workflows() -> None:
    """The workflows that are shipped, for tests that write their own procedures."""
    _comme_la_premiere_fois("workflows", (Workflow, Demarche), _enregistrer_workflows)


def _enregistrer_workflows() -> None:
    for slug, lu in _workflows_lus().items():
        enregistrer_workflow(slug, lu)


@cache
def _workflows_lus() -> dict[str, WorkflowLu]:
    return {
        chemin.stem: lire_workflow(yaml.safe_load(chemin.read_text("utf-8")), chemin.stem)
        for chemin in sorted((SITE / "workflows").glob("*.yaml"))
    }


def variante(**changements: Any) -> Demarche:
    """The road report with other rules: workflow, alerte, delai (whole or in part)…"""
    brut = demarche().lue.model_dump(mode="json")
    delai_ = {**brut["delai"], **changements.pop("delai", {})}
    if delai_["silence"] == "accord":
        brut["accuse"]["attestation"] = "Demandez l'attestation à la mairie."
    changements["delai"] = delai_
    return enregistrer_demarche(VOIRIE, lire_definition({**brut, **changements}, "essai"))


def au(instant: datetime) -> Any:
    """Time travel: what is done inside is done at that moment."""
    return time_machine.travel(instant)


def usager(sub: str = "camille", nom: str = "Camille Durand") -> Usager:
    return Usager.objects.create(
        issuer="https://connexion.gru.test/", source="annuaire", sub=sub, nom=nom, courriel=f"{sub}@gru.test"
    )


def deposer(
    demarche_: Demarche,
    auteur: Usager | None = None,
    reponses: dict[str, Any] | None = None,
    cle_envoi: uuid.UUID | None = None,
) -> services.Depot:
    return services.deposer(
        demarche=demarche_,
        donnees=REPONSES if reponses is None else reponses,
        cle_envoi=cle_envoi or uuid.uuid4(),
        usager=auteur,
    )


def delai(valeur: int, unite: str, silence: str = "rejet") -> Delai:
    return Delai.model_validate(
        {"valeur": valeur, "unite": unite, "silence": silence, "fondement": "x", "habituel": "y"}
    )


def par_code(demande: Demande, auteur: Usager | None = None) -> Demandeur:
    return Demandeur(auteur, frozenset({demande.pk}))


def photo(nom: str = "trou.jpg", format_: str = "JPEG", taille: tuple[int, int] = (64, 48), **options: Any) -> bytes:
    del nom
    sortie = io.BytesIO()
    Image.new("RGB", taille, (120, 110, 100)).save(sortie, format_, **options)
    return sortie.getvalue()


def pdf(pages: int = 1, **options: Any) -> bytes:
    """A PDF with blank pages; ``options`` are pikepdf's own (encryption…)."""
    sortie = io.BytesIO()
    with pikepdf.new() as document:
        for _ in range(pages):
            document.add_blank_page()
        document.save(sortie, **options)
    return sortie.getvalue()


def demande_des_fichiers(slug: str) -> bool:
    """Whether a shipped procedure asks for files."""
    return bool(re.search(r"type: (fichier|photo)\b", (SITE / "demarches" / f"{slug}.yaml").read_text("utf-8")))


def fichier(nom: str = "trou.jpg", contenu: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(nom, photo() if contenu is None else contenu)
