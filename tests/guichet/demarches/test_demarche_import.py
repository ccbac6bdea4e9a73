"""A site's folder is loaded whole or not at all, and a second time changes nothing."""

from __future__ import annotations

import json
import shutil
from io import StringIO
from pathlib import Path

import pytest
import yaml
from django.core.management import CommandError, call_command

from guichet.demarches.definition import DefinitionRefusee
from guichet.demarches.models import Demarche, Service, VersionDemarche
from guichet.demarches.services import importer_site
from tests.guichet import fabrique

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(tmp_path: Path) -> Path:
    shutil.copytree(fabrique.SITE / "demarches", tmp_path / "demarches")
    shutil.copytree(fabrique.SITE / "workflows", tmp_path / "workflows")
    shutil.copy(fabrique.SITE / "services.yaml", tmp_path)
    return tmp_path


def _remplacer(site: Path, avant: str, apres: str) -> None:
    chemin = site / "demarches" / f"{fabrique.VOIRIE}.yaml"
    texte = chemin.read_text("utf-8")
    assert avant in texte
    chemin.write_text(texte.replace(avant, apres), "utf-8")


def test_second_import_changes_nothing(site: Path) -> None:
    assert importer_site(site).change
    modifiee_le = Demarche.objects.get(pk=fabrique.VOIRIE).modifiee_le
    assert not importer_site(site).change
    assert Demarche.objects.get(pk=fabrique.VOIRIE).modifiee_le == modifiee_le
    assert VersionDemarche.objects.count() == Demarche.objects.count()


def test_a_change_makes_a_version_and_keeps_the_former(site: Path) -> None:
    importer_site(site)
    _remplacer(site, "duree_minutes: 3", "duree_minutes: 4")
    assert importer_site(site).modifies == [fabrique.VOIRIE]
    demarche = Demarche.objects.get(pk=fabrique.VOIRIE)
    assert demarche.version == 2
    assert [v.lue.presentation.duree_minutes for v in demarche.versions.all()] == [4, 3]


def test_a_service_changes_in_place(site: Path) -> None:
    importer_site(site)
    chemin = site / "services.yaml"
    chemin.write_text(chemin.read_text("utf-8").replace("voirie@gru.test", "rues@gru.test"), "utf-8")
    assert importer_site(site).modifies == ["voirie"]
    assert Service.objects.get(pk="voirie").courriel == "rues@gru.test"
    assert Service.objects.get(pk="voirie").groupe == "service-voirie"


def test_one_fault_and_nothing_is_loaded(site: Path) -> None:
    _remplacer(site, "service: voirie", "service: voiries")
    with pytest.raises(DefinitionRefusee, match=r"le service « voiries » n'est pas dans services\.yaml"):
        importer_site(site)
    assert not Service.objects.exists()


def test_all_faults_are_told_at_once_by_the_command(site: Path) -> None:
    _remplacer(site, "compte: facultatif", "compte: parfois")
    _remplacer(site, "titre: Signaler un problème de voirie", "titr: Signaler")
    with pytest.raises(CommandError) as refus:
        call_command("importer_site", site)
    texte = str(refus.value)
    assert "Rien n'a été chargé" in texte
    assert "il manque « titre »" in texte
    assert "« titr » n'est pas une clé connue" in texte
    assert "« compte » (parfois)" in texte


def test_a_file_that_is_not_yaml_is_named_with_its_line(site: Path) -> None:
    (site / "demarches" / "autre.yaml").write_text("titre: a: b\n", "utf-8")
    with pytest.raises(DefinitionRefusee, match=r"autre.yaml.*\(ligne 1\)"):
        importer_site(site)


def test_command_tells_a_machine_what_it_did(site: Path) -> None:
    sortie = StringIO()
    call_command("importer_site", site, json=True, stdout=sortie)
    assert json.loads(sortie.getvalue())["changed"] is True
    sortie = StringIO()
    call_command("importer_site", site, stdout=sortie)
    assert sortie.getvalue() == "Rien n'a changé.\n"


def test_what_is_not_published_is_not_listed(site: Path) -> None:
    _remplacer(site, "publiee: true", "publiee: false")
    importer_site(site)
    assert not Demarche.objects.publiees().filter(pk=fabrique.VOIRIE).exists()


def _changer_workflow(site: Path, avant: str, apres: str) -> None:
    chemin = site / "workflows" / "signalement.yaml"
    texte = chemin.read_text("utf-8")
    assert avant in texte
    chemin.write_text(texte.replace(avant, apres), "utf-8")


def test_a_workflow_that_changes_makes_a_version_of_each_procedure_that_names_it(site: Path) -> None:
    importer_site(site)
    _changer_workflow(site, "titre: Signalement et intervention", "titre: Signaler et réparer")
    bilan = importer_site(site)
    concernees = {d.pk for d in Demarche.objects.all() if d.lue.workflow == "signalement"}
    assert fabrique.VOIRIE in concernees
    assert set(bilan.modifies) == {*concernees, "signalement"}
    demarche = Demarche.objects.get(pk=fabrique.VOIRIE)
    assert [v.workflow_lu.titre for v in demarche.versions.all()] == [
        "Signaler et réparer", "Signalement et intervention",
    ]  # fmt: skip
    assert not importer_site(site).change


def test_a_procedure_with_an_unknown_workflow_is_refused(site: Path) -> None:
    _remplacer(site, "workflow: signalement", "workflow: inconnu")
    with pytest.raises(DefinitionRefusee, match="le circuit « inconnu » n'est pas dans workflows/"):
        importer_site(site)
    assert not Demarche.objects.exists()


def test_a_workflow_whose_dry_run_fails_is_refused_and_nothing_is_loaded(site: Path) -> None:
    chemin = site / "workflows" / "signalement.yaml"
    brut = yaml.safe_load(chemin.read_text("utf-8"))
    brut["essais"] = [{"nom": "Impossible", "etapes": ["prendre_en_charge"], "arrive": "close"}]
    chemin.write_text(yaml.safe_dump(brut, allow_unicode=True), "utf-8")
    with pytest.raises(DefinitionRefusee, match="Impossible"):
        importer_site(site)
    assert not Service.objects.exists()


def test_rows_older_than_workflows_and_fingerprints_survive_as_they_are(site: Path) -> None:
    importer_site(site)
    for demarche in Demarche.objects.all():
        demarche.definition = demarche.lue.model_dump(mode="json", exclude_defaults=True)  # before keys were added
        demarche.workflow, demarche.empreinte = None, ""
        demarche.save()
    VersionDemarche.objects.update(workflow=None)
    assert not importer_site(site).change
    assert set(Demarche.objects.values_list("version", flat=True)) == {1}
    assert not VersionDemarche.objects.filter(workflow=None).exists()
    assert not Demarche.objects.filter(empreinte="").exists()
