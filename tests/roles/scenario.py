"""One YAML a role says how it converges alone: on which host, after which neighbours, and what must then be true."""

from __future__ import annotations

import dataclasses
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(__file__).resolve().parent / "scenarios"
KEYS = {"function", "neighbours", "why", "verify", "without", "then", "cut", "harm", "lost"}


@dataclass(frozen=True, slots=True)
class Then:
    """A change of the site, tried afterwards on the same host: applied, applied again without a change, verified.

    `site` is laid over site.yaml, `secrets` are those that an operator gives.
    """

    site: dict[str, Any]
    secrets: dict[str, str]
    verify: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cut:
    """A change of the site whose run is cut before its first restart, then run again.

    `shows` is a shell command of the host that tells with what its services run, `words` what it must then say, and
    does not say before.
    """

    site: dict[str, Any]
    shows: str
    words: str


@dataclass(frozen=True, slots=True)
class Lost:
    """What a role keeps is gone: `does` are shell commands that make it so, `words` what the next run refuses with."""

    does: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Scenario:
    """How one role is tried.

    `function` is what its host carries (the role's own name, or that of a role that includes it), `neighbours` are
    functions applied before on hosts of their own, `why` says why they are needed. `verify` are tests of the whole
    platform, less those of `without`, which ask for more than these hosts. `harm` are shell commands, done to the
    host all at once, that one more run must repair. `lost` comes last: the host is not put right after it.
    """

    role: str
    function: str
    neighbours: tuple[str, ...]
    why: str
    verify: tuple[str, ...]
    without: tuple[str, ...]
    then: tuple[Then, ...] = ()
    cuts: tuple[Cut, ...] = ()
    harm: tuple[str, ...] = ()
    lost: tuple[Lost, ...] = ()

    @property
    def host(self) -> str:
        """Name of the host where the role is tried."""
        return host_name(self.function)

    def joined(self, other: Scenario) -> Scenario:
        """Both, where the hosts are the same."""
        return dataclasses.replace(
            self,
            role=f"{self.role}, {other.role}",
            verify=tuple(dict.fromkeys(self.verify + other.verify)),
            without=tuple(dict.fromkeys(self.without + other.without)),
            then=self.then + other.then,
            cuts=self.cuts + other.cuts,
            harm=self.harm + other.harm,
            lost=self.lost + other.lost,
        )


def host_name(function: str) -> str:
    """Name of the host that carries a function, one a host."""
    return f"host-{function.replace('_', '-')}"


def read(role: str) -> Scenario:
    """The scenario of a role.

    Raises:
        KeyError: there is none, or it says something that is not understood.
    """
    path = FOLDER / f"{role}.yml"
    if not path.exists():
        raise KeyError(f"Le rôle « {role} » n'a pas de scénario. Rôles possibles : {', '.join(roles())}.")
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    if unknown := set(content) - KEYS:
        raise KeyError(f"{path.name} : clés inconnues : {', '.join(sorted(unknown))}.")
    return Scenario(
        role=role,
        function=content.get("function", role),
        neighbours=tuple(content.get("neighbours", [])),
        why=content.get("why", ""),
        verify=tuple(content["verify"]),
        without=tuple(content.get("without", [])),
        then=tuple(
            Then(step.get("site", {}), step.get("secrets", {}), tuple(step["verify"]))
            for step in content.get("then", [])
        ),
        cuts=tuple(Cut(step["site"], step["shows"], step["words"]) for step in content.get("cut", [])),
        harm=tuple(content.get("harm", [])),
        lost=tuple(Lost(tuple(step["does"]), step["words"]) for step in content.get("lost", [])),
    )


def roles() -> list[str]:
    """Roles that have a scenario."""
    return sorted(path.stem for path in FOLDER.glob("*.yml"))


def changed_roles() -> list[str]:
    """Roles that the current branch, or what is not committed yet, touches."""
    return [role for role in roles() if touches(role, changed_paths())]


def touches(role: str, paths: list[str]) -> bool:
    """Whether a change of `paths` is a change of that role: its folder, its wiring or its scenario."""
    wiring = "all" if role == "base" else role
    files = (f"runbooks/group_vars/{wiring}.yml", f"tests/roles/scenarios/{role}.yml")
    return any(path.startswith(f"roles/{role}/") or path in files for path in paths)


def changed_paths() -> list[str]:
    """Paths that differ from where the branch left `main` (from the commit before, on `main` itself)."""
    head, base = _git("rev-parse", "HEAD"), _git("merge-base", "HEAD", "main")
    since = base if base and base != head else "HEAD~"
    return (
        _git("diff", "--name-only", since).splitlines()
        + _git("ls-files", "--others", "--exclude-standard").splitlines()
    )


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
