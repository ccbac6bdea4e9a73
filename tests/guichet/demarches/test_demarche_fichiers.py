"""Procedures and workflows live as files too: written, read back and checked without loss."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from django.core.management import call_command
from hypothesis import given, settings

from guichet.demarches.definition import Definition, lire_definition
from guichet.demarches.definition_workflow import lire_workflow
from guichet.demarches.ecriture import en_yaml
from guichet.demarches.exportation import exporter_site
from guichet.demarches.models import Demarche, VersionDemarche, Workflow
from guichet.demarches.schema import MODELES, schema, schema_en_texte
from guichet.demarches.services import importer_site
from tests.guichet import fabrique
from tests.guichet.demarches.generateur import definitions

STACKS = fabrique.SITE.parent
LECTEURS = {"demarche": ("demarches", lire_definition), "workflow": ("workflows", lire_workflow)}
FICHIERS = [
    pytest.param(nom, chemin, id=f"{chemin.parent.parent.name}-{chemin.stem}")
    for nom, (dossier, _) in LECTEURS.items()
    for chemin in sorted(STACKS.glob(f"*/{dossier}/*.yaml"))
]


def _comme_du_json(texte: str) -> Any:
    """A file as its schema sees it: YAML's dates are texts there."""
    return json.loads(json.dumps(yaml.safe_load(texte), default=str))


@pytest.mark.parametrize("nom", MODELES)
def test_the_schema_shipped_is_the_models(nom: str) -> None:
    livre = (STACKS / f"{nom}.schema.json").read_text("utf-8")
    assert livre == schema_en_texte(nom), f"lancez : gru schema {nom}"
    jsonschema.Draft202012Validator.check_schema(schema(nom))


@pytest.mark.parametrize("nom", MODELES)
def test_every_key_of_the_schema_says_what_it_is_in_french(nom: str) -> None:
    complet = schema(nom)
    muettes = [
        f"{modele}.{cle}"
        for modele, dit in {**complet["$defs"], nom: complet}.items()
        for cle, propriete in dit.get("properties", {}).items()
        # Pydantic makes a title of the key where it is given none.
        if "description" not in propriete and propriete.get("title", "") in {"", cle.replace("_", " ").title()}
    ]
    assert set(muettes) <= {"Aide.horaires", "demarche.aide", "demarche.donnees", "demarche.presentation"}
    assert '"description": "What ' not in schema_en_texte(nom)


@pytest.mark.parametrize(("nom", "chemin"), FICHIERS)
def test_a_shipped_file_is_valid_by_schema_and_by_the_rules(nom: str, chemin: Path) -> None:
    texte = chemin.read_text("utf-8")
    jsonschema.validate(_comme_du_json(texte), schema(nom), jsonschema.Draft202012Validator)
    LECTEURS[nom][1](yaml.safe_load(texte), chemin.name)


@pytest.mark.parametrize(("nom", "chemin"), FICHIERS)
def test_a_shipped_file_is_written_back_the_same(nom: str, chemin: Path) -> None:
    lire = LECTEURS[nom][1]
    lu = lire(yaml.safe_load(chemin.read_text("utf-8")), chemin.name)
    texte = en_yaml(lu)
    assert lire(yaml.safe_load(texte), "relu") == lu
    assert "null" not in texte
    assert max(len(ligne) for ligne in texte.splitlines()) <= 125


def test_what_the_schema_must_refuse() -> None:
    chemin = fabrique.SITE / "demarches" / f"{fabrique.VOIRIE}.yaml"
    brut = _comme_du_json(chemin.read_text("utf-8"))
    del brut["donnees"]["base_legale"]
    brut["etapes"][0]["champs"][0]["type"] = "hologramme"
    fautes = list(jsonschema.Draft202012Validator(schema("demarche")).iter_errors(brut))
    assert {tuple(faute.path) for faute in fautes} == {("donnees",), ("etapes", 0, "champs", 0)}


@settings(max_examples=60, deadline=None)
@given(definitions())
def test_any_definition_survives_the_file_and_the_database(brut: dict[str, Any]) -> None:
    lue = lire_definition(brut, "au hasard")
    texte = en_yaml(lue, "Démarche : essai.")
    relue = lire_definition(yaml.safe_load(texte), "relue")
    assert relue == lue
    assert en_yaml(relue, "Démarche : essai.") == texte
    jsonschema.validate(_comme_du_json(texte), schema("demarche"), jsonschema.Draft202012Validator)
    assert Definition.model_validate(json.loads(json.dumps(lue.model_dump(mode="json")))) == lue


def test_long_texts_are_blocks_and_short_conditions_one_line() -> None:
    chemin = fabrique.SITE / "demarches" / f"{fabrique.VOIRIE}.yaml"
    brut = yaml.safe_load(chemin.read_text("utf-8"))
    brut["etapes"][2]["si"] = {"champ": "probleme", "parmi": ["chaussee", "trottoir"]}
    brut["modeles"] = [{"code": "fait", "titre": "C'est fait", "texte": "Bonjour,\n\nC'est réparé : {reference}."}]
    texte = en_yaml(lire_definition(brut, "x"), "Démarche : voirie.")
    assert texte.startswith("# Démarche : voirie.\ntitre: Signaler un problème de voirie\n")
    assert "    si: {champ: probleme, parmi: [chaussee, trottoir]}\n    champs:\n" in texte
    assert "    texte: |-\n      Bonjour,\n\n      C'est réparé : {reference}.\n" in texte
    assert "  modalites: >-\n" in texte
    assert "\n\npresentation:\n" in texte
    assert "\n\netapes:\n  - nom: lieu\n" in texte
    assert "        aide: \"Par exemple : devant l'école" not in texte  # the key is aide_precision
    assert '        aide_precision: "Par exemple : devant l\'école, côté pair."\n' in texte


@pytest.mark.django_db
def test_import_export_import_loses_nothing(tmp_path: Path) -> None:
    importer_site(fabrique.SITE)
    avant = {d.pk: (d.definition, d.workflow, d.version) for d in Demarche.objects.all()}
    exporter_site(tmp_path)
    assert not importer_site(tmp_path).change
    assert {d.pk: (d.definition, d.workflow, d.version) for d in Demarche.objects.all()} == avant
    for modele in (VersionDemarche, Demarche, Workflow):
        modele.objects.all().delete()
    importer_site(tmp_path)
    assert {d.pk: (d.definition, d.workflow, 1) for d in Demarche.objects.all()} == {
        slug: (definition, workflow, 1) for slug, (definition, workflow, _) in avant.items()
    }


@pytest.mark.django_db
def test_export_leaves_alone_a_file_that_says_the_same(tmp_path: Path) -> None:
    for dossier in ("demarches", "workflows"):
        shutil.copytree(fabrique.SITE / dossier, tmp_path / dossier)
    shutil.copy(fabrique.SITE / "services.yaml", tmp_path)
    importer_site(tmp_path)
    chemin = tmp_path / "demarches" / f"{fabrique.VOIRIE}.yaml"
    ecrit_a_la_main = chemin.read_text("utf-8")
    sortie = StringIO()
    call_command("exporter_demarches", tmp_path, stdout=sortie)
    assert sortie.getvalue() == "Rien n'a changé.\n"
    chemin.write_text(ecrit_a_la_main.replace("duree_minutes: 3", "duree_minutes: 4"), "utf-8")
    sortie = StringIO()
    call_command("exporter_demarches", tmp_path, json=True, stdout=sortie)
    assert json.loads(sortie.getvalue()) == {
        "changed": True, "created": [], "updated": [f"demarches/{fabrique.VOIRIE}.yaml"],
    }  # fmt: skip
    assert "duree_minutes: 3" in chemin.read_text("utf-8")


def test_definitions_are_read_without_django() -> None:
    """`gru schema` runs on the operator's machine, where guichet's libraries need not be."""
    programme = "import sys; sys.modules['django'] = None; import guichet.demarches.schema as s; s.schema('demarche')"
    subprocess.run([sys.executable, "-c", programme], check=True, cwd=STACKS.parent)
