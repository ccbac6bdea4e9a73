"""Role django_site: the archive named by its content, and an environment that systemd and the shell read alike."""

from __future__ import annotations

import gzip
import importlib.util
import io
import os
import subprocess
import tarfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from ansible.errors import AnsibleError
from jinja2 import Environment

ROLE = Path(__file__).resolve().parents[2] / "roles" / "django_site"


@pytest.fixture(scope="module")
def plugin() -> ModuleType:
    """The lookup plugin, loaded as Ansible loads it: from its file."""
    spec = importlib.util.spec_from_file_location(
        "django_site_source", ROLE / "lookup_plugins" / "django_site_source.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small application, and a cache of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    package = tmp_path / "projet" / "guichet"
    (package / "demandes").mkdir(parents=True)
    (package / "requirements.lock").write_text("django==5.2\n")
    (package / "demandes" / "a.py").write_text("x = 1\n")
    (tmp_path / "projet" / "socle").mkdir()
    (tmp_path / "projet" / "socle" / "b.py").write_text("y = 1\n")
    (tmp_path / "projet" / "consultation").mkdir()
    (tmp_path / "projet" / "consultation" / "ailleurs.py").write_text("z = 1\n")
    return package.parent


def look(plugin: ModuleType, project: Path) -> dict[str, Any]:
    """What the role is answered."""
    answer: dict[str, Any] = plugin.LookupModule().run([str(project)], application="guichet")[0]
    return answer


def test_the_same_files_give_the_same_archive(plugin: ModuleType, project: Path) -> None:
    first = look(plugin, project)
    content = Path(first["archive"]).read_bytes()
    Path(first["archive"]).unlink()
    os.utime(project / "guichet" / "demandes" / "a.py", (0, 0))
    (project / "guichet" / "__pycache__").mkdir()
    (project / "guichet" / "__pycache__" / "a.cpython-313.pyc").write_bytes(b"x")
    assert look(plugin, project) == first
    assert Path(first["archive"]).read_bytes() == content
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(content))) as tar:
        assert tar.getnames() == ["guichet/demandes/a.py", "guichet/requirements.lock", "socle/b.py"]


def test_a_changed_line_is_another_release_on_the_same_packages(plugin: ModuleType, project: Path) -> None:
    first = look(plugin, project)
    (project / "guichet" / "demandes" / "a.py").write_text("x = 2\n")
    second = look(plugin, project)
    assert second["release"] != first["release"]
    assert second["venv"] == first["venv"]


def test_a_change_of_what_is_shared_is_another_release(plugin: ModuleType, project: Path) -> None:
    first = look(plugin, project)
    (project / "socle" / "b.py").write_text("y = 2\n")
    assert look(plugin, project)["release"] != first["release"]
    second = look(plugin, project)
    (project / "consultation" / "ailleurs.py").write_text("z = 2\n")
    assert look(plugin, project)["release"] == second["release"]  # the other application's files are not there


def test_a_wrong_folder_is_said_in_words(plugin: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(AnsibleError, match="django_site_source_directory"):
        look(plugin, tmp_path)


@pytest.mark.parametrize(
    "value", ["L'Haÿ-les-Roses", 'le "bourg"', "a$b `c` \\d", "de 8 h 30 à 17 h 30", "", "#pas un commentaire; fin"]
)
def test_the_shell_reads_the_value_that_was_given(value: str, tmp_path: Path) -> None:
    from ansible.plugins.filter.core import regex_replace

    engine = Environment(trim_blocks=True, autoescape=False)  # noqa: S701  # a shell file
    engine.filters["regex_replace"] = regex_replace
    template = engine.from_string((ROLE / "templates" / "environment.j2").read_text())
    file = tmp_path / "site.env"
    file.write_text(template.render(django_site__values={"VALEUR": value}))
    shown = subprocess.run(
        ["sh", "-c", '. "$1"; printf %s "$VALEUR"', "sh", str(file)], capture_output=True, text=True, check=True
    )
    assert shown.stdout == value
