"""A repository of releases to upgrade between: this working tree as it is, then releases made of it.

`next` adds a table and a column, as a release may. `breaking` takes away a column that the release before reads.
`faulty` is well written and does not start.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from infra.release import Version, version_of
from infra.release_trees import Tree
from tests.steps import ROOT

EXPAND = '''"""Only adds: a table, and a column that may be empty."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("supervision", "{before}")]

    operations = [
        migrations.AddField("compteur", "essai", models.CharField(max_length=20, null=True)),
        migrations.CreateModel(
            name="Essai",
            fields=[("id", models.BigAutoField(primary_key=True)), ("mot", models.CharField(max_length=20))],
        ),
    ]
'''
BREAK = '''"""Takes away what the release before reads."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("supervision", "9001_essai")]

    operations = [migrations.RemoveField("compteur", "essai")]
'''
MODEL = '''

class Essai(models.Model):
    """Of the next release."""

    mot = models.CharField(max_length=20)
'''
NOTES = """## {version} — 2030-01-01

### À faire
- Prévenir l'équipe de l'essai {version}.

### Nouveau
- Un essai.

"""


@dataclass(frozen=True, slots=True)
class Releases:
    """The repository, and its versions."""

    folder: Path
    present: Version
    next: Version
    breaking: Version
    faulty: Version

    def tree(self, version: Version) -> Tree:
        """A folder of one of its releases, beside the repository."""
        place = self.folder.with_name(version.tag)
        shutil.rmtree(place, ignore_errors=True)
        _git(self.folder, "worktree", "prune")
        _git(self.folder, "worktree", "add", "--quiet", "--detach", str(place), version.tag)
        return Tree(_git(self.folder, "rev-parse", version.tag).strip(), place)


def make(folder: Path) -> Releases:
    """Make the repository afresh, its folder at the present release."""
    shutil.rmtree(folder, ignore_errors=True)
    listed = _git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    _git(folder, "init", "--quiet", "--initial-branch=main")
    now = version_of(folder)
    made = Releases(
        folder,
        now,
        Version(now.major, now.minor + 1, 0),
        Version(now.major, now.minor + 2, 0),
        Version(now.major, now.minor + 3, 0),
    )
    _release(folder, now)
    supervision = folder / "guichet" / "supervision"
    before = sorted(path.stem for path in (supervision / "migrations").glob("0*.py"))[-1]
    (supervision / "migrations" / "9001_essai.py").write_text(EXPAND.format(before=before), encoding="utf-8")
    models = supervision / "models.py"
    column = "    valeur = models.BigIntegerField(default=0)\n"
    _replace(models, column, column + "    essai = models.CharField(max_length=20, null=True)\n")
    models.write_text(models.read_text(encoding="utf-8") + MODEL, encoding="utf-8")
    rights = '    "supervision_installation": Droits("S", "S"),\n'
    _replace(supervision / "droits.py", rights, rights + rights.replace("installation", "essai"))
    _release(folder, made.next)
    (supervision / "migrations" / "9002_retrait.py").write_text(BREAK, encoding="utf-8")
    _replace(models, "    essai = models.CharField(max_length=20, null=True)\n", "")
    _release(folder, made.breaking)
    _git(folder, "checkout", "--quiet", made.next.tag)
    gunicorn = folder / "socle" / "gunicorn.py"
    gunicorn.write_text(gunicorn.read_text(encoding="utf-8") + '\nraise RuntimeError("essai")\n', encoding="utf-8")
    _release(folder, made.faulty)
    _git(folder, "checkout", "--quiet", now.tag)
    return made


def _release(folder: Path, version: Version) -> None:
    project = folder / "pyproject.toml"
    text = project.read_text(encoding="utf-8")
    project.write_text(re.sub(r'(?m)^version = ".*"$', f'version = "{version}"', text, count=1), encoding="utf-8")
    if version != version_of(ROOT):
        _replace(folder / "CHANGELOG.md", "## À venir\n", f"## À venir\n\n{NOTES.format(version=version)}")
    _git(folder, "add", "--all")
    _git(folder, "-c", "user.name=essai", "-c", "user.email=essai@example.org", "commit", "--quiet", "-m", str(version))
    _git(folder, "tag", version.tag)


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    if old not in text:
        raise ValueError(f"{path} no longer holds {old!r}: say here how a release changes it")
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def _git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True, text=True).stdout
