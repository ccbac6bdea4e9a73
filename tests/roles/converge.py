"""Bring one role to a fresh host, alone: check mode, apply, again without a change, verify, cut a run, harm the host.

    make role ROLE=mail        one role, or several
    make role                  those that the branch touches
    make role ROLE=all         all of them
    make role ROLE=list        what each needs and proves

The host is one that `gru up` would make: the base image, the target, the inventory and the wiring are the product's.
Every function of the site has its own host; only those of the scenario are made. The names of the others lead to the
host under test, where nobody answers for them.
"""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import yaml

from infra import bring_up
from infra import stack as pulumi_stack
from infra.addressing import settled
from infra.configuration import check_runbook, run_runbook
from infra.host_changes import host_changes
from infra.inventory import read_inventory, write_inventory
from infra.model import Site, load_site
from infra.model.site import Function
from infra.remote import run_remote
from infra.secret_store import ensure_secrets, keep_secret
from infra.site_plan import make_plan
from infra.state import OperatorError, Stack
from infra.verification import read_report
from tests.copied_site import WORK, CopiedSite
from tests.roles.cut_run import OWED, cut
from tests.roles.scenario import Scenario, changed_roles, host_name, read, roles
from tests.steps import BIN, ROOT

COPY = CopiedSite("role", "role.gru.test", "172.30.21.0/24", "127.0.21.1")
PHASES = ("check", "apply", "again", "verify", "cut", "repair", "then", "lost")
# What a role writes on a host; check mode may refresh apt's lists (/var/lib/apt) and nothing else.
SNAPSHOT = (
    "systemctl is-system-running --wait >/dev/null;"
    " find /etc /opt /srv /usr /var/lib/dpkg /var/www -xdev -printf '%p %y %m %u %T@ %l\\n' 2>/dev/null"
    " | grep -v __pycache__ | sort; systemctl list-units --plain --no-legend --state=active"
    " --type=service,timer,socket | cut -d' ' -f1 | grep -v '@\\|tmpfiles' | sort"
)


class Failed(Exception):
    """A phase did not end as it must; the message says how."""


class Trial:
    """A scenario on its hosts."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.stack = Stack(COPY.name)
        self.seconds: dict[str, float] = {}
        self.passed = 0
        self.topology: dict[str, Any] = {}

    def run(self) -> str:
        """Run the phases in order; return "" when all is well, else what is wrong."""
        try:
            self._timed("hosts", self.hosts)
            for phase in PHASES:
                self._timed(phase, getattr(self, phase))
        except (OperatorError, Failed) as error:
            return str(error)
        return ""

    def hosts(self) -> None:
        """Make the hosts, apply the neighbours."""
        site = own_hosts(COPY)
        bring_up.check_target(site)
        COPY.remove()
        self.stack.prepare()
        ensure_secrets(self.stack, site)
        image = bring_up.prepare(site, say)
        site = settled(site, {})
        public_key = self.stack.ssh_key_file.with_suffix(".pub").read_text(encoding="utf-8").strip()
        plan = make_plan(self.stack.name, site, image=image, ssh_public_key=public_key)
        wanted = {self.scenario.host, *map(host_name, self.scenario.neighbours)}
        absent = tuple(host.fqdn for host in plan.hosts if host.name not in wanted)
        names = () if Function.PROXY in self._functions() else tuple(site.public_names().values())
        plan = dataclasses.replace(
            plan,
            hosts=tuple(
                dataclasses.replace(host, aliases=(*host.aliases, *absent, *names))
                if host.name == self.scenario.host
                else host
                for host in plan.hosts
                if host.name in wanted
            ),
        )
        made = pulumi_stack.up(plan, self.stack.directory, self.stack.passphrase_file)
        self.topology = made.outputs[pulumi_stack.INVENTORY_OUTPUT]
        write_inventory(self.stack, site, self.topology)
        bring_up.wait_for_hosts(self.stack)
        if self.scenario.neighbours:
            self._deploy(":".join(map(host_name, self.scenario.neighbours)))

    def check(self) -> None:
        """Check mode on a fresh host goes to its end, and touches nothing."""
        before = self._snapshot()
        self._deploy(self.scenario.host, check=True)
        touched = sorted({line.split(" ")[0] for line in before ^ self._snapshot()})
        if touched:
            raise Failed("le mode vérification (--check) a touché : " + ", ".join(touched[:10]))

    def apply(self) -> None:
        """Apply."""
        self._deploy(self.scenario.host)

    def again(self) -> None:
        """Apply again: nothing changes, and `gru preview` would say so."""
        changed = self._deploy(self.scenario.host)
        if changed:
            raise Failed("la seconde application a modifié : " + " ; ".join(changed))
        if told := self._preview():
            raise Failed("l'aperçu annonce encore : " + " ; ".join(told))

    def verify(self) -> None:
        """What the scenario says is true."""
        self._verify(self.scenario.verify)

    def then(self) -> None:
        """The same after each change of the site that the scenario wants tried."""
        for step in self.scenario.then:
            site = settled(own_hosts(COPY, step.site), {})
            for name, value in step.secrets.items():
                keep_secret(self.stack, name, value)
            write_inventory(self.stack, site, self.topology)
            self.apply()
            self.again()
            self._verify(step.verify)

    def cut(self) -> None:
        """A run cut between a file and what follows from it is told, then finished by the next one."""
        for step in self.scenario.cuts:
            write_inventory(self.stack, settled(own_hosts(COPY, step.site), {}), self.topology)
            owed = cut(read_inventory(self.stack), self.scenario.host, lambda: self._deploy(self.scenario.host))
            if not owed or step.words in self._on_host(step.shows):
                raise Failed(f"la coupure n'a rien laissé à finir ({owed or 'rien n’est dû'})")
            if not any("par une exécution interrompue" in sentence for sentence in self._preview()):
                raise Failed("l'aperçu ne dit pas ce que la coupure a laissé")
            self.apply()
            if step.words not in (shown := self._on_host(step.shows)):
                raise Failed(f"le service tourne encore sans « {step.words} » : {shown}")
            if left := self._on_host(OWED):
                raise Failed(f"il reste dû : {left}")
            self.again()
            self._verify(self.scenario.verify)

    def repair(self) -> None:
        """What somebody did to the host is told by the preview, and repaired by one run."""
        if not self.scenario.harm:
            return
        for command in self.scenario.harm:
            self._on_host(command)
        if not self._preview():
            raise Failed("l'aperçu ne voit rien de ce qui a été fait à l'hôte")
        self.apply()
        self.again()
        self._verify(self.scenario.verify)

    def lost(self) -> None:
        """Data that were there are gone: the role says so, and begins nothing."""
        for step in self.scenario.lost:
            site = settled(own_hosts(COPY), {})
            write_inventory(self.stack, site, self.topology, [self.scenario.function])
            for command in step.does:
                self._on_host(command)
            for _ in range(2):  # refused as long as nobody decides
                try:
                    self._deploy(self.scenario.host)
                except OperatorError as refusal:
                    if step.words not in str(refusal):
                        raise Failed(f"le refus ne dit pas « {step.words} » : {refusal}") from refusal
                else:
                    raise Failed("le rôle a recommencé vide, sans un mot")

    def _on_host(self, command: str) -> str:
        return run_remote(read_inventory(self.stack), self.scenario.host, [command])

    def _preview(self) -> list[str]:
        """What `gru preview` would say of the host."""
        log = WORK / f"role-{self.scenario.function}.log"
        checked = check_runbook(self.stack, "deploy", log, self.stack.inventory_file, [self.scenario.host])
        return [change.sentence for change in host_changes(checked.changes)]

    def _verify(self, paths: tuple[str, ...]) -> None:
        report = WORK / f"role-{self.scenario.function}.xml"
        words = [str(BIN / "pytest"), "-q", "-p", "no:django", "-p", "no:cacheprovider", f"--junitxml={report}"]
        words += [*paths, *(f"--deselect={test}" for test in self.scenario.without)]
        run = subprocess.run(words, cwd=ROOT, env=os.environ | COPY.environment(), check=False)
        if run.returncode:
            raise Failed("les vérifications ont échoué (voir ci-dessus)")
        passed = read_report(report).passed
        self.passed += passed
        if not passed:
            raise Failed("aucune vérification ne peut se faire sur ces hôtes")

    def _functions(self) -> set[str]:
        return {self.scenario.function, *self.scenario.neighbours}

    def _deploy(self, hosts: str, *, check: bool = False) -> list[str]:
        # Beside the state, which goes with the hosts.
        log = WORK / f"role-{self.scenario.function}.log"
        return run_runbook(self.stack, "deploy", log, check=check, limit=hosts).changed_tasks

    def _snapshot(self) -> set[str]:
        return set(run_remote(read_inventory(self.stack), self.scenario.host, [SNAPSHOT]).splitlines())

    def _timed(self, phase: str, action: Callable[[], None]) -> None:
        say(f"--- {self.scenario.role} : {phase}")
        start = time.monotonic()
        try:
            action()
        finally:
            self.seconds[phase] = time.monotonic() - start


def own_hosts(copy: CopiedSite, changes: dict[str, Any] | None = None) -> Site:
    """The copied site with a host for each function, and `changes` laid over its blocks.

    Where they ask for another FranceConnect than the simulator, it has no host: the site's rules allow none.
    """
    path = copy.write() / "site.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    content["hosts"] = {host_name(function): {"functions": [str(function)]} for function in Function}
    for key, block in (changes or {}).items():
        content[key] = {**content.get(key, {}), **block}
    if content["features"]["franceconnect"] != "simulated":
        del content["hosts"][host_name(Function.FRANCECONNECT_SIMULATOR)]
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return load_site(path)


def chosen(words: list[str]) -> list[Scenario]:
    """Scenarios that the operator asks for. Raises KeyError in words."""
    names: list[str] = []
    for word in words:
        names += changed_roles() if word == "changed" else roles() if word == "all" else [word]
    return together([read(name) for name in dict.fromkeys(names)])


def together(scenarios: list[Scenario]) -> list[Scenario]:
    """One scenario for those on the same hosts: `base` and `mail` are proved by one host."""
    found: dict[tuple[str, ...], Scenario] = {}
    for one in scenarios:
        hosts = (one.function, *one.neighbours)
        known = found.get(hosts)
        found[hosts] = one if known is None else known.joined(one)
    return list(found.values())


def say(text: str) -> None:
    """Tell the operator, at once."""
    print(text, flush=True)


def table(trials: list[tuple[Trial, str]]) -> str:
    """One line a role: each phase's time, or where it failed."""
    columns = ("hosts", *PHASES)
    lines = ["", f"{'rôle':<26}" + "".join(f"{name:>10}" for name in (*columns, "vérifié"))]
    for trial, problem in trials:
        cells = [f"{trial.seconds[name]:.0f} s" if name in trial.seconds else "-" for name in columns]
        if problem:
            cells[len(trial.seconds) - 1] += " ✗"
        cells.append(str(trial.passed))
        lines.append(f"{trial.scenario.role:<26}" + "".join(f"{cell:>10}" for cell in cells))
    return "\n".join(lines)


def listing() -> str:
    """What each scenario needs and proves."""
    lines = []
    for one in map(read, roles()):
        place = f"après {', '.join(one.neighbours)} : {one.why}" if one.neighbours else "seul"
        through = "" if one.function == one.role else f", à travers {one.function}"
        lines.append(f"{one.role:<26}{place}{through} ; {', '.join(one.verify)}")
        lines += [f"{'':<26}sans {test.partition('::')[2]}" for test in one.without]
    return "\n".join(lines)


def main(words: list[str]) -> int:
    """Converge the roles asked for. The exit code is 1 when one does not, 2 when the question is not understood."""
    if words == ["list"]:
        say(listing())
        return 0
    try:
        scenarios = chosen(words)
    except KeyError as error:
        print(f"Erreur : {error.args[0]}", file=sys.stderr)
        return 2
    if not scenarios:
        say("Aucun rôle n'a changé. « make role ROLE=all » les essaie tous.")
        return 0
    os.environ.update(COPY.environment())
    trials: list[tuple[Trial, str]] = []
    for scenario in scenarios:
        trial = Trial(scenario)
        problem = trial.run()
        trials.append((trial, problem))
        if problem:
            say(f"--- {scenario.role} : ÉCHEC : {problem}")
        if not (problem and os.environ.get("GRU_KEEP_TEST_STACK")):
            COPY.remove()
    say(table(trials))
    failed = sum(bool(problem) for _, problem in trials)
    say(f"{len(trials) - failed} passed, {failed} failed")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
