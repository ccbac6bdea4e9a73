"""Proofs too long for `make test`: bounded, resumed where they stopped, told in one report (`make campaign`).

    python -m tests.campaign              every campaign
    python -m tests.campaign NAME         one of them
    python -m tests.campaign --again      from nothing, even what passed at this commit

What passed at a commit is not done again, unless what it left is gone. Each step has a limit, after which it and its
children are ended. State, report and logs are in `.gru/campaign`.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.steps import BIN, ROOT

FOLDER = ROOT / ".gru" / "campaign"
REPORT = "rapport.md"
TAIL = 15
"""Lines of a failed step's log that the report shows."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A step: a command run from the root, and how long (minutes) it may take."""

    name: str
    command: Sequence[str]
    limit: float
    holds: Callable[[], bool] = lambda: True
    """Whether what it left is still there: else it is done again, and all that follows."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """Stages, each standing on those before it."""

    name: str
    title: str
    """French: what is proved when every stage passed."""
    stages: Sequence[Stage]
    environment: Mapping[str, str] = field(default_factory=dict)
    around: Callable[[], AbstractContextManager[object]] = nullcontext
    """What must run beside the stages."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a stage."""

    passed: bool
    seconds: float
    ended: str
    log: str


class Record:
    """What is known of a campaign at one commit, kept from a run to the next."""

    def __init__(self, folder: Path, commit: str) -> None:
        self._path, self.commit = folder / "etat.json", commit
        self.outcomes: dict[str, Outcome] = {}
        if self._path.exists():
            known = json.loads(self._path.read_text(encoding="utf-8"))
            if known["commit"] == commit:
                self.outcomes = {name: Outcome(**one) for name, one in known["stages"].items()}

    def write(self, name: str, outcome: Outcome) -> None:
        """Keep what became of a stage."""
        self.outcomes[name] = outcome
        self._save()

    def forget(self, names: Sequence[str]) -> None:
        """Have these stages done again."""
        for name in names:
            self.outcomes.pop(name, None)
        self._save()

    def _save(self) -> None:
        content = {"commit": self.commit, "stages": {name: asdict(one) for name, one in self.outcomes.items()}}
        draft = self._path.with_suffix(".new")
        draft.write_text(json.dumps(content, indent=1), encoding="utf-8")
        draft.replace(self._path)


def remaining(campaign: Campaign, record: Record) -> Sequence[Stage]:
    """Stages to do: from the first that did not pass at this commit, or of which nothing is left."""
    for rank, stage in enumerate(campaign.stages):
        known = record.outcomes.get(stage.name)
        if known is None or not known.passed or not stage.holds():
            return campaign.stages[rank:]
    return ()


def run(campaign: Campaign, record: Record, folder: Path) -> bool:
    """Do what remains; stop at the first stage that fails. Whether all passed."""
    todo = remaining(campaign, record)
    record.forget([stage.name for stage in todo])
    if not todo:
        return True
    with campaign.around():
        for stage in todo:
            print(f"\n=== {campaign.name} : {stage.name} (au plus {stage.limit:.0f} min)", flush=True)
            outcome = do(stage, campaign.environment, folder / f"{slug(stage.name)}.log")
            record.write(stage.name, outcome)
            print(f"=== {'réussi' if outcome.passed else 'ÉCHEC'} ({outcome.seconds:.0f} s)", flush=True)
            if not outcome.passed:
                return False
    return True


def do(stage: Stage, environment: Mapping[str, str], log: Path) -> Outcome:
    """Run a stage's command to its end or its limit; what it says goes to `log`."""
    start = time.monotonic()
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            stage.command,
            cwd=ROOT,
            env={**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            passed = process.wait(stage.limit * 60) == 0
        except subprocess.TimeoutExpired:
            output.write(f"\narrêté : la limite de {stage.limit:.0f} minutes est atteinte\n")
            passed = False
        finally:
            end(process)
    ended = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return Outcome(passed, time.monotonic() - start, ended, str(log))


def end(process: subprocess.Popen[bytes]) -> None:
    """End a stage's whole group, if it still runs."""
    for sent in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None:
            return
        os.killpg(process.pid, sent)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            continue


def slug(name: str) -> str:
    """A file's name for a stage."""
    return "".join(letter if letter.isalnum() else "-" for letter in name.lower())


def report(records: Sequence[tuple[Campaign, Record]]) -> str:
    """The one report, in Markdown."""
    return "\n".join(_report(records)) + "\n"


def _report(records: Sequence[tuple[Campaign, Record]]) -> Iterator[str]:
    yield "# Campagne"
    yield ""
    yield f"Machine : {os.cpu_count()} processeurs, {memory():.0f} Gio de mémoire."
    for campaign, record in records:
        yield ""
        yield f"## {campaign.title}"
        yield ""
        yield f"Version : `{record.commit}`"
        yield ""
        yield "| étape | résultat | durée | fin |"
        yield "| --- | --- | --- | --- |"
        for stage in campaign.stages:
            known = record.outcomes.get(stage.name)
            if known is None:
                yield f"| {stage.name} | pas faite | | |"
            else:
                told = "réussie" if known.passed else "**échec**"
                yield f"| {stage.name} | {told} | {known.seconds:.0f} s | {known.ended} |"
        for name, known in record.outcomes.items():
            if not known.passed:
                yield ""
                yield f"Fin du journal de « {name} » :"
                yield ""
                yield "```"
                yield from Path(known.log).read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL:]
                yield "```"


def memory() -> float:
    """This machine's memory, in GiB."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def commit() -> str:
    """What is tried: the commit, and whether files differ from it."""
    words = ["git", "describe", "--always", "--abbrev=12", "--dirty", "--exclude=*"]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


UPGRADE = Campaign(
    name="mise-a-jour",
    title="Une plateforme entière passe à la version suivante et revient, visitée ; ce qui échoue est défait",
    stages=(Stage("gru upgrade, gru rollback et leurs refus", (str(BIN / "python"), "-m", "tests.upgrade"), 60),),
)


ROTATION = Campaign(
    name="rotation",
    title="Les secrets changent pendant visites et connexions : personne n'est refusé",
    stages=(
        Stage("gru rotate, interrompu, puis un secret qui a fuité", (str(BIN / "python"), "-m", "tests.rotation"), 60),
    ),
)


EXISTING = Campaign(
    name="serveurs-existants",
    title="La plateforme sur trois serveurs faits hors du produit : installée, utilisée, un serveur remplacé",
    stages=(Stage("tests/existing", (str(BIN / "python"), "-m", "tests.run", "existing"), 40),),
)


CLOUD = Campaign(
    name="nuage",
    title="La cible OpenStack, de rien à rien : serveurs, pare-feu, volumes, noms, refus",
    stages=(
        Stage("le module OpenStack de Pulumi", (str(BIN / "python"), "-m", "infra.engine.plugin"), 30),
        Stage("tests/openstack", (str(BIN / "python"), "-m", "tests.unit", "tests/openstack"), 60),
    ),
)


def campaigns() -> Mapping[str, Campaign]:
    """All of them, by name."""
    from tests.breakdowns.campaign import BREAKDOWNS
    from tests.openstack.campaign import ADMIVILLE  # it needs Docker's library only when it runs

    return {one.name: one for one in (EXISTING, CLOUD, UPGRADE, ROTATION, BREAKDOWNS, ADMIVILLE)}


def main(arguments: list[str]) -> int:
    """Run the campaigns asked for. The exit code is 1 when one fails, 2 when a name is not known."""
    description = "Les preuves trop longues pour « make test »."
    parser = argparse.ArgumentParser(prog="python -m tests.campaign", description=description)
    parser.add_argument("names", nargs="*", help="campagnes à mener (toutes par défaut)")
    parser.add_argument("--again", action="store_true", help="recommencer, même ce qui a réussi à cette version")
    chosen = parser.parse_args(arguments)
    known = campaigns()
    if unknown := set(chosen.names) - set(known):
        print(f"Campagne inconnue : {', '.join(sorted(unknown))}. Campagnes : {', '.join(known)}.", file=sys.stderr)
        return 2
    version = commit()
    records: list[tuple[Campaign, Record]] = []
    passed = True
    for name in chosen.names or known:
        folder = FOLDER / name
        folder.mkdir(parents=True, exist_ok=True)
        record = Record(folder, version)
        records.append((known[name], record))
        if chosen.again:
            record.forget([stage.name for stage in known[name].stages])
        try:
            passed = run(known[name], record, folder) and passed
        finally:
            (FOLDER / REPORT).write_text(report(records), encoding="utf-8")
    print(f"\n{report(records)}\nRapport : {FOLDER / REPORT}", flush=True)
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
