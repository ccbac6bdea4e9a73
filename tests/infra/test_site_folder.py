"""What a town wrote beside site.yaml is told, with its file and line, before anything is touched."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra import preflight
from infra.cli.checking import check
from infra.model import load_site
from infra.model.yaml_file import read_yaml
from infra.site_folder import faults_of
from infra.state import OperatorError, Stack
from tests.infra.site_file import LOCAL

PROCEDURE = "demarches/signaler-un-probleme-de-voirie.yaml"
WORKFLOW = "workflows/signalement.yaml"
LOGO = "charte/logo.svg"
CHARTER = "charte/charte.yaml"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink">\n{}\n</svg>'


def _others(folder: str, names: list[str]) -> set[str]:
    kept = {"demarches": Path(PROCEDURE).name, "workflows": Path(WORKFLOW).name}.get(Path(folder).name)
    return {name for name in names if kept and name != kept}


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """A copy of the shipped site, with one procedure and its workflow: a tenth of the time."""
    shutil.copytree(LOCAL.parent, tmp_path / "sites" / "ville", ignore=_others)
    monkeypatch.setenv("GRU_SITES_DIRECTORY", str(tmp_path / "sites"))
    monkeypatch.setenv("GRU_STATE_DIRECTORY", str(tmp_path / "etat"))
    return Stack("ville")


def told(stack: Stack) -> list[str]:
    """What is wrong, without the folder."""
    return [sentence.removeprefix(f"{stack.site_directory}/") for sentence in faults_of(stack.site_directory)]


def replaced(stack: Stack, place: str, old: str, new: str) -> None:
    """Change a file once."""
    path = stack.site_directory / place
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_shipped_site_is_in_order() -> None:
    """Nothing to say."""
    assert list(faults_of(LOCAL.parent)) == []


def test_the_hosted_example_passes_gru_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`stacks/admiville` is copied by towns: told is the made-up domain, which is theirs to change."""
    monkeypatch.delenv("GRU_SITES_DIRECTORY", raising=False)
    monkeypatch.setenv("GRU_STATE_DIRECTORY", str(tmp_path))
    done = CliRunner().invoke(check, ["--stack", "admiville", "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["ok"], told["problems"]) == (True, [])
    (name,) = told["doubts"]
    assert "« .example » est réservé aux essais et aux exemples" in name


@pytest.mark.parametrize(
    ("place", "old", "new", "at", "words"),
    [
        (PROCEDURE, "titre: ", "titre: a: ", "titre:", "ce n'est pas du YAML lisible"),
        (PROCEDURE, "titre: ", "titr: ", "titr:", "« titr » n'est pas une clé connue"),
        (
            PROCEDURE,
            "publiee: true",
            "publiee: true\npubliee: true",
            "publiee: true",
            "« publiee » est écrit deux fois",
        ),
        (PROCEDURE, "service: voirie", "service: voiries", "service:", "« voiries » n'est pas dans services.yaml"),
        (PROCEDURE, "workflow: ", "workflow: x", "workflow:", "n'est pas dans workflows/"),
        (PROCEDURE, "compte: facultatif", "compte: parfois", "compte:", "doit être l'une de ces valeurs"),
        (PROCEDURE, "duree_minutes: 3", "duree_minutes: trois", "duree_minutes:", "un nombre entier"),
        (WORKFLOW, "initial: ", "initial: x", "initial:", "nomme un statut inconnu"),
        ("services.yaml", "slug: etat-civil", "slug: voirie", "nom: Démarches admin", "portent le nom « voirie »"),
        ("services.yaml", "telephone: ", "telefone: ", "telefone:", "« services.1.telefone » n'est pas une clé"),
        (CHARTER, '"#0f5c5e"', "vert", "primaire:", "couleur « vert » : écrivez-la"),
        (CHARTER, '"#0f5c5e"', "#0f5c5e", "primaire:", "couleur « rien » : écrivez-la"),
        (CHARTER, "#e9a23b", "#e9a2", "accent:", "couleur « #e9a2 »"),
        (CHARTER, "#0b5f80", "#8fc7dd", "lien:", "contraste 1.85"),
        (CHARTER, "rayon: 0.5rem", 'rayon: "1px;} *{"', "rayon:", "une longueur"),
        (CHARTER, "largeur:", "largueur:", "largueur:", "« largueur » n'est pas une clé connue"),
        (LOGO, "<g clip", "<script>alert(1)</script><g clip", "<script", "ne fait que dessiner"),
        (LOGO, "<g clip", '<g onload="alert(1)" clip', "<g onload", "lance un programme"),
    ],
)
def test_a_mistake_is_told_with_its_file_and_line(
    stack: Stack, place: str, old: str, new: str, at: str, words: str
) -> None:
    """Each was found by a host, after a minute."""
    replaced(stack, place, old, new)
    said = [sentence for sentence in told(stack) if words in sentence]
    assert said, told(stack)
    text = (stack.site_directory / place).read_text(encoding="utf-8")
    line = text.count("\n", 0, text.index(at)) + 1
    assert said[0].startswith(f"{place}, ligne ")
    assert abs(int(said[0].split("ligne ")[1].split()[0]) - line) <= 1


@pytest.mark.parametrize(
    ("place", "content", "words"),
    [
        ("services.yaml", None, "ce fichier n'existe pas"),
        (CHARTER, None, "ce fichier n'existe pas"),
        (LOGO, None, "ce fichier n'existe pas"),
        (PROCEDURE, "titre: Sécurité\n".encode("latin-1"), "ligne 1 : le fichier n'est pas en UTF-8"),
        (PROCEDURE, "titre: é\n".encode("utf-16"), "UTF-16"),
        (PROCEDURE, b"", "groupe de clés"),
        (PROCEDURE, b"[" * 10_000, "trop de niveaux"),
        (LOGO, b"\x89PNG\r\n\x1a\n\x00\x00", "ce n'est pas un fichier de texte"),
        (LOGO, b" " * 3_000_000, "3000 ko ; la limite est de 100 ko"),
        (LOGO, b"<svg", "le XML est cassé"),
        (LOGO, b"<html/>", "ce n'est pas une image SVG"),
        ("demarches/été.yaml", b"titre: a\n", "le nom du fichier devient une adresse"),
        ("workflows/" + "a" * 60 + ".yaml", b"titre: a\n", "le nom du fichier devient une adresse"),
        ("demarches/voirie.yml", b"titre: a\n", "son nom doit finir par « .yaml »"),
    ],
)
def test_a_file_that_is_none_is_told(stack: Stack, place: str, content: bytes | None, words: str) -> None:
    """Missing, binary, in another alphabet, too big, under a name that is no address."""
    path = stack.site_directory / place
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)
    said = told(stack)
    assert len(said) == 1 or place == "services.yaml", said
    assert said[0].startswith(place)
    assert words in said[0]


def test_what_a_file_that_cannot_be_read_would_have_said_is_not_missed(stack: Stack) -> None:
    """One fault in a workflow is one sentence, not one a procedure that names it."""
    replaced(stack, WORKFLOW, "titre: ", "titre: a: ")
    replaced(stack, "services.yaml", "services:", "services: [")
    assert [sentence.split(",")[0] for sentence in told(stack)] == ["services.yaml", WORKFLOW]


@pytest.mark.parametrize(
    "drawing",
    [
        '<a href="javascript:alert(1)"><path d="M0 0"/></a>',
        '<use x:href="https://ailleurs.fr/a.svg#b"/>',
        '<image href="https://ailleurs.fr/a.png"/>',
        '<image href="data:image/svg+xml;base64,PHN2Zy8+"/>',
        "<foreignObject/>",
        '<path style="fill: url(https://ailleurs.fr)" d="M0 0"/>',
        "<style>@import 'https://ailleurs.fr';</style>",
        '<style>path { fill: URL("//ailleurs.fr") }</style>',
        '<animate attributeName="href" to="javascript:alert(1)"/>',
        '<script xmlns="http://www.w3.org/1999/xhtml">alert(1)</script>',
        '<path ONLOAD="alert(1)" d="M0 0"/>',
        "<?xml-stylesheet href='https://ailleurs.fr'?>",
    ],
)
def test_a_logo_that_does_more_than_draw_is_refused(stack: Stack, drawing: str) -> None:
    """Its address is the portal's: what it ran would run there."""
    (stack.site_directory / LOGO).write_text(SVG.format(drawing), encoding="utf-8")
    said = told(stack)
    assert said
    assert all(sentence.startswith(f"{LOGO}, ligne 2 :") for sentence in said)


@pytest.mark.parametrize("first", ["<!DOCTYPE svg>", "<!DOCTYPE svg [<!ENTITY a '<script/>'>]>"])
def test_a_logo_brings_no_definitions(stack: Stack, first: str) -> None:
    """Neither entities to expand nor files to read."""
    (stack.site_directory / LOGO).write_text(f"{first}\n{SVG.format('')}", encoding="utf-8")
    assert "<!DOCTYPE" in told(stack)[0]


@pytest.mark.parametrize(
    "drawing",
    [
        '<path fill="url(#a)" d="M0 0"/><use x:href="#a"/>',
        '<image href="data:image/png;base64,iVBORw0KGgo="/>',
        "<style>.a { fill: url('#a') }</style>",
        '<filter id="f"><feGaussianBlur stdDeviation="2"/></filter>',
        '<n:namedview xmlns:n="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd" n:onglet="1"/>',
    ],
)
def test_a_logo_that_draws_is_accepted(stack: Stack, drawing: str) -> None:
    """What drawing programs write."""
    (stack.site_directory / LOGO).write_text(SVG.format(drawing), encoding="utf-8")
    assert told(stack) == []


FILES = (CHARTER, LOGO, PROCEDURE, "services.yaml", WORKFLOW)


@settings(deadline=None, max_examples=30, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.sampled_from(FILES), start=st.integers(0, 9000), length=st.integers(0, 40), new=st.binary(max_size=20))
def test_a_damaged_file_makes_no_traceback(stack: Stack, place: str, start: int, length: int, new: bytes) -> None:
    """Whatever a file has become, each fault is a sentence about a file of the folder."""
    path = stack.site_directory / place
    whole = path.read_bytes()
    path.write_bytes(whole[:start] + new + whole[start + length :])
    try:
        assert all(sentence.split(",")[0].split(" :")[0] in FILES for sentence in told(stack))
    finally:
        path.write_bytes(whole)


def test_up_and_preview_refuse_it_before_anything(stack: Stack) -> None:
    """They run the checks that `gru check` runs."""
    replaced(stack, PROCEDURE, "titre: ", "titr: ")
    with pytest.raises(OperatorError, match=r"Rien n'a été touché[\s\S]*ligne 2 : « titr » n'est pas une clé connue"):
        preflight.refuse_what_cannot_work(stack, load_site(stack.site_file))


def test_check_tells_all_and_touches_nothing(stack: Stack) -> None:
    """Faults of site.yaml and of the files beside it together, for a person and for a pipeline."""
    sound = CliRunner().invoke(check, ["--stack", "ville", "--json"])
    assert (sound.exit_code, json.loads(sound.stdout)) == (0, {"ok": True, "problems": [], "doubts": []})
    replaced(stack, "site.yaml", "domain: gru.test", "domain: gru")
    replaced(stack, PROCEDURE, "titre: ", "titr: ")
    found = CliRunner().invoke(check, ["--stack", "ville", "--json"])
    assert found.exit_code == 1
    problems = json.loads(found.stdout)["problems"]
    assert len(problems) == 3
    assert problems[0].startswith(f"{stack.site_file}, ligne 4 : domain : ")
    assert "✗" in CliRunner().invoke(check, ["--stack", "ville"]).output
    assert not stack.directory.exists()


def test_check_doubts_a_domain_that_nobody_finds(stack: Stack) -> None:
    """Said for a hosted town only, and not for a platform for trying."""
    servers = Path(__file__).parent / "sites" / "serveurs" / "site.yaml"
    shutil.copy(servers, stack.site_file)
    run = CliRunner().invoke(check, ["--stack", "ville", "--json"])
    assert run.exit_code == 0, run.output
    assert "« .example » est réservé" in json.loads(run.stdout)["doubts"][0]
    with stack.site_file.open("a", encoding="utf-8") as file:
        file.write("features:\n  trial: true\n")
    assert json.loads(CliRunner().invoke(check, ["--stack", "ville", "--json"]).stdout)["doubts"] == []


def test_what_passes_here_is_what_hosts_read() -> None:
    """Both readers make the same of each shipped file."""
    for path in LOCAL.parent.rglob("*.yaml"):
        if path != LOCAL:
            assert read_yaml(path, as_sites_do=True).value == yaml.safe_load(path.read_text(encoding="utf-8"))
