"""Outages put things back whatever happens; an abusive source is counted as the front answered it."""

from __future__ import annotations

import json
import socket
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest

from infra.state import OperatorError
from loadtests import disturb
from loadtests.clock import Action, Clock, Ended
from loadtests.generator import during
from loadtests.observed.abuse import AbuseSeen
from loadtests.observed.server_side import ServerSide
from loadtests.profile import Abuse, Outage
from loadtests.promises.abuse import InnocentsServed
from loadtests.recording import Outcome, Recording, Sample
from loadtests.slo import Slo, load_slo
from loadtests.targets import Target, check_relay
from loadtests.verdict import judge
from loadtests.verdict_line import State

INVENTORY: dict[str, Any] = {
    "all": {
        "hosts": {"db": {"gru_address": "192.0.2.1"}, "front": {"gru_address": "192.0.2.2"}, "courrier": {}},
        "children": {
            "database": {"hosts": {"db": {}}},
            "proxy": {"hosts": {"front": {}}},
            "mail": {"hosts": {"courrier": {}}},
        },
    }
}


class Hosts:
    """Records what would be run on hosts; answers as they would."""

    def __init__(self, answers: list[str | Exception]) -> None:
        self.answers = answers
        self.commands: list[str] = []
        self.then: dict[str, Callable[[], None]] = {}

    def __call__(self, _inventory: Any, host: str, command: list[str], _stdin: str = "") -> str:
        self.commands.append(f"{host} {' '.join(command)}")
        for word in self.then.keys() & set(command):
            self.then[word]()
        answer = self.answers.pop(0) if self.answers else ""
        if isinstance(answer, Exception):
            raise answer
        return answer


def units(*names: str) -> str:
    """What a host says of a component: its services, and the sockets that start them."""
    sockets = [name for name in names if name.endswith(".socket")]
    return json.dumps({"units": [name for name in names if name not in sockets], "sockets": sockets})


def planned(monkeypatch: pytest.MonkeyPatch, answers: list[str | Exception]) -> tuple[Hosts, Action]:
    hosts = Hosts(answers)
    monkeypatch.setattr(disturb, "run_remote", hosts)
    outage = Outage(a=0, pendant=0.2, fonction="database", composant="postgresql")
    name, act = disturb.outage(INVENTORY, outage)
    assert "postgresql" in name
    return hosts, act


def test_an_outage_kills_waits_and_starts_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed, kept down for its time, started."""
    hosts, act = planned(monkeypatch, [units("postgresql@17-main.service")])
    begun = time.monotonic()
    act(Clock.begun())
    assert time.monotonic() - begun >= 0.2
    kinds = [next(word for word in ("python3", "kill", "start") if word in command) for command in hosts.commands]
    assert kinds == ["python3", "kill", "start"]
    assert "stop postgresql@17-main.service" in hosts.commands[1]
    assert hosts.commands[2] == "db systemctl start postgresql@17-main.service"


def test_what_was_killed_is_started_even_after_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """The host answered badly in the middle: the component is started all the same."""
    hosts, act = planned(monkeypatch, [units("a.service", "a.socket"), OperatorError("coupé")])
    with pytest.raises(OperatorError, match="coupé"):
        act(Clock.begun())
    assert hosts.commands[-1] == "db systemctl start a.socket a.service"


def test_an_interrupted_run_starts_what_it_killed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody stops a long run: the outage ends with it, and one that was still to come does not happen."""
    hosts, act = planned(monkeypatch, [units("a.service", "a.socket")])
    clock = Clock.begun()
    hosts.then["kill"] = clock.end
    with pytest.raises(Ended):
        act(clock)
    assert hosts.commands[-1] == "db systemctl start a.socket a.service"
    later = Outage(a=3600, pendant=60, fonction="database", composant="postgresql")
    before = len(hosts.commands)
    hosts.answers.append(units("a.service", "a.socket"))
    with pytest.raises(Ended):
        disturb.outage(INVENTORY, later)[1](clock)
    assert not any("systemctl" in command for command in hosts.commands[before:])


def test_an_absent_component_is_told_and_nothing_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A profile written for another platform does no harm."""
    hosts, act = planned(monkeypatch, [units()])
    with pytest.raises(OperatorError, match="n'est pas sur l'hôte"):
        act(Clock.begun())
    assert len(hosts.commands) == 1


def test_an_abusive_source_is_added_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """What each remote command saw makes one account, and goes from the mail server to the front."""
    seen = {"statuses": {"403": 300, "429": 700}, "stopped_after": 6.1, "after": 700, "refused": 700}
    hosts = Hosts([json.dumps(seen)])
    monkeypatch.setattr(disturb, "run_remote", hosts)
    monkeypatch.setattr(disturb, "_REMOTE_LIMIT", 0.6)
    kept: list[AbuseSeen] = []
    target = Target("local", "local", {"portal": "https://portail.gru.test"})
    _, act = disturb.abuse(INVENTORY, target, Abuse(debit=50, de=0, a=1), kept)
    clock = Clock.begun()
    moments = iter([0.0] * 5 + [0.9])
    monkeypatch.setattr(Clock, "now", property(lambda _: next(moments, 2.0)))
    act(clock)
    assert hosts.commands[0].startswith("courrier python3 - 192.0.2.2 portail.gru.test 50")
    assert kept == [AbuseSeen({"403": 300, "429": 700}, pytest.approx(6.1), 700, 700)]


@pytest.mark.parametrize(
    ("seen", "state"),
    [
        (AbuseSeen({"403": 300, "429": 700}, 6.0, 700, 700), State.KEPT),
        (AbuseSeen({"403": 300, "429": 700}, 14.0, 700, 700), State.MISSED),
        (AbuseSeen({"403": 300, "429": 600, "200": 100}, 6.0, 700, 600), State.MISSED),
        (AbuseSeen({"403": 1000}, None), State.MISSED),
        (None, State.NOT_MEASURED),
    ],
)
def test_the_abusive_source_is_judged(seen: AbuseSeen | None, state: State) -> None:
    """Stopped in ten seconds and refused 99 times in 100, or the promise is missed."""
    recording = Recording()
    recording.add(Sample(0, "lire", "GET portail /", "page", 0, 0.1, 200))
    verdict = judge(recording, "abuse", load_slo(), duration=60, server=ServerSide(abuse=seen))
    assert next(check.state for check in verdict.checks if check.name == "arret") is state
    # One visit without a refusal proves nothing; a thousand do.
    assert next(check.state for check in verdict.checks if check.name == "innocents") is State.UNSURE
    recording.outcomes += [Outcome(1, "lire", 3)] * 1000
    verdict = judge(recording, "abuse", load_slo(), duration=60, server=ServerSide(abuse=seen))
    assert next(check.state for check in verdict.checks if check.name == "innocents") is State.KEPT


def test_one_ordinary_person_refused_is_too_many() -> None:
    """Limits are for those who flood."""
    recording = Recording()
    recording.add(Sample(0, "lire", "GET portail /", "page", 0, 0.1, 429, 0, "réponse 429"))
    slo = load_slo()
    promise = InnocentsServed(nom="innocents", au_plus=0, phrase="p", en="p")
    alone = Slo(validite=slo.validite, promesses={"x": [promise]})
    assert judge(recording, "x", alone, duration=60).checks[-1].state is State.MISSED


def test_a_command_under_load_ends_the_run(tmp_path: Any) -> None:
    """`--during`: its output is kept, arrivals stop after it, its failure is told."""
    act = during("sh -c 'echo bonjour; exit 3'", tmp_path, warm_up=0)
    with pytest.raises(OperatorError, match="code 3"):
        act(Clock.begun())
    assert (tmp_path / "arret").exists()
    assert (tmp_path / "commande.log").read_text(encoding="utf-8") == "bonjour\n"


def test_a_way_through_a_host_that_does_not_open_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """SSH that ends at once: a sentence, before any arrival, and no process left."""
    monkeypatch.setattr(disturb, "ssh_command", lambda *_: ["sh", "-c", "exit 255", "hote"])
    with pytest.raises(OperatorError, match="courrier ne s'ouvre pas"), disturb.behind(INVENTORY, "mail"):
        pass


def test_a_way_through_a_host_is_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """What SSH would listen on is given as a relay that the engine accepts, and is closed afterwards."""
    listen = (
        "import socket,sys,time;s=socket.create_server(('127.0.0.1', int(sys.argv[-2].split(':')[1])));time.sleep(60)"
    )
    monkeypatch.setattr(disturb, "ssh_command", lambda *_: [sys.executable, "-c", listen, "hote"])
    with disturb.behind(INVENTORY, "mail") as address:
        check_relay(address)
        host, port = address.split(":")
        socket.create_connection((host, int(port)), timeout=5).close()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((host, int(port)), timeout=5)
