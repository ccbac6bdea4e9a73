"""What hosts would fail on is told before anything is changed: each problem from what the probe really says."""

from __future__ import annotations

import http.server
import socket
import socketserver
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from infra import bring_up, host_preflight
from infra.host_preflight import judgement, outside, questions
from infra.host_preflight.judgement import Facts, faults
from infra.model import Site, load_site
from infra.model.site import Function
from infra.state import OperatorError, Stack
from infra.targets import get_target
from tests.smtp import MailServer

NOW = 1_800_000_000
SOUND = f"""\
Bienvenue sur ce serveur = le nôtre
clock={NOW}
user=deploiement
root=yes
system=debian
release=13
name=Debian GNU/Linux 13 (trixie)
architecture=x86_64
init=systemd
free_mb=20000
total_mb=40000
memory_mb=4000
memory_limit=max
listens=22 sshd ssh.service
"""


def facts(*changes: str, without: str = "") -> Facts:
    """What a sound host says, with `name=value` lines changed or added."""
    names = {change.partition("=")[0] for change in changes} | {without}
    kept = [line for line in SOUND.splitlines() if line.partition("=")[0] not in names or line.startswith("listens")]
    return Facts.read("\n".join([*kept, *changes]), NOW, NOW + 1)


def test_a_sound_host_passes() -> None:
    """Nothing found, nothing said; a banner is no fact."""
    assert faults(facts(), list(Function)[:3]) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("root=password", "sudo demande un mot de passe à « deploiement », ou lui refuse root"),
        ("root=no-sudo", "sudo n'est pas installé"),
        ("release=11", "la plateforme s'installe sur Debian 12 (bookworm) ou 13 (trixie)"),
        ("system=ubuntu", "le système est Debian GNU/Linux 13 (trixie)"),
        ("architecture=armv7l", "le processeur est de type armv7l"),
        ("init=tini", "le premier processus est « tini » et non systemd"),
        ("python=none", "python3 manque"),
        (f"clock={NOW - 7200}", "son horloge retarde de 2 h"),
        (f"clock={NOW + 600}", "son horloge avance de 10 min"),
        ("free_mb=1000", "il reste 1000 Mio sur son disque, il en faut 2000"),
        ("memory_mb=400", "il a 400 Mio de mémoire, il en faut 600"),
        (f"memory_limit={256 * 2**20}", "il a 256 Mio de mémoire"),
        ("listens=5432 postgres postgresql.service", "le port 5432, qu'il faut à la fonction database, est déjà pris"),
        ("mirror=http://miroir/debian/x timed out", "http://miroir/debian/x ne répond pas (timed out), vu de cet hôte"),
        ("mirror=http://miroir/debian/x 404", "http://miroir/debian/x répond 404"),
        ("relay=554 5.7.1 not you", "refuse cet hôte : 554 5.7.1 not you"),
        ("relay=no-tls", "ne chiffre pas"),
    ],
)
def test_each_problem_is_told_with_what_to_do(change: str, words: str) -> None:
    """One problem, one sentence."""
    (sentence,) = faults(facts(change), [Function.DATABASE])
    assert words in sentence


def test_a_clock_a_little_off_is_no_fault() -> None:
    """A minute is what one-time passwords bear."""
    assert faults(facts(f"clock={NOW - 50}"), []) == []
    assert faults(facts(f"clock={NOW + 50}"), []) == []


def test_a_host_that_shares_its_memory_is_not_judged_alone() -> None:
    """Containers of one machine: the target looks at the machine."""
    assert faults(facts("memory_mb=400"), [Function.DATABASE], own_memory=False) == []


def test_an_interrupted_installation_goes_on() -> None:
    """What it left is ours: its own services hold their ports, its functions need no more room."""
    taken = "listens=5432 postgres postgresql@17-main.service"
    assert faults(facts(taken), [Function.DATABASE])
    assert faults(facts(taken, "begun=yes"), [Function.DATABASE]) == []
    assert faults(facts("listens=5432 redis redis.service", "begun=yes"), [Function.DATABASE])
    assert faults(facts("free_mb=600", "begun=yes", "function=database"), [Function.DATABASE]) == []


def test_every_function_has_its_figures() -> None:
    """A function that is added says what it needs."""
    for table in (judgement.DISK_MIB, judgement.MEMORY_MIB, judgement.PORTS):
        assert set(table) == set(Function)


# ---- The probe itself, run by this machine's shell


class Mirror(http.server.BaseHTTPRequestHandler):
    """Has one distribution."""

    def do_HEAD(self) -> None:
        """200 for what it has, 404 for the rest."""
        self.send_response(404 if "security" in self.path else 200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[None]:
    """The server answers meanwhile."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def probe(**values: str) -> Facts:
    """What this machine says of itself."""
    names = ("FUNCTIONS", "DEBIAN", "DEBIAN_SECURITY", "PYPI", "PROXY", "NO_PROXY", "RELAY", "RELAY_TLS")
    given = "".join(f"GRU_{name}='{values.get(name.lower(), '')}'\n" for name in names)
    script = given + (Path(questions.__file__).parent / "probe.sh").read_text(encoding="utf-8")
    asked = time.time()
    run = subprocess.run(["sh", "-s"], input=script, capture_output=True, text=True, check=True)
    assert run.stderr == ""
    return Facts.read(run.stdout, asked, time.time())


def test_the_probe_asks_mirrors_and_relay_and_sees_who_listens() -> None:
    """A real mirror, a real relay that is out of order, a real port taken by this very program."""
    relay = MailServer()
    relay.down = True
    mirror = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Mirror)
    address = f"http://127.0.0.1:{mirror.server_address[1]}"
    with serving(relay), serving(mirror), socket.create_server(("127.0.0.1", 0)) as taken:
        found = probe(
            functions="mail",
            debian=f"{address}/debian",
            debian_security=f"{address}/debian-security",
            pypi="http://127.0.0.1:9/simple",
            relay=f"127.0.0.1:{relay.port}",
        )
        port = taken.getsockname()[1]
    assert any(line.startswith(f"{port} ") and "?" not in line.split()[1] for line in found.values["listens"])
    answers = [line.rpartition("/")[2] for line in found.values["mirror"]]
    assert answers[0] == "InRelease ok"
    assert answers[1] == "InRelease 404"
    assert "Connection refused" in answers[2]
    assert found.one("relay").startswith("421")
    assert found.one("system")
    assert found.number("free_mb")
    assert found.number("memory_mb")
    assert abs(time.time() - (found.number("clock") or 0)) < judgement.CLOCK_SECONDS


def test_a_relay_that_does_not_encrypt_is_told() -> None:
    """Where TLS is wanted, a relay that offers none is refused before a mail is lost."""
    relay = MailServer()
    with serving(relay):
        assert probe(relay=f"127.0.0.1:{relay.port}", relay_tls="starttls").one("relay") == "no-tls"
        assert probe(relay=f"127.0.0.1:{relay.port}").one("relay") == "ok"


# ---- Hosts that do not answer


def inventory(address: str, port: int, folder: Path) -> dict[str, Any]:
    """One host, reached as `gru` reaches any."""
    host = {"ansible_host": address, "ansible_port": port, "ansible_user": "root"}
    shared = {
        "gru_stack": "ville",
        "ansible_ssh_private_key_file": str(folder / "key"),
        "ansible_ssh_common_args": f"-o UserKnownHostsFile={folder / 'known'} -o StrictHostKeyChecking=accept-new",
    }
    return {"all": {"vars": shared, "hosts": {"db": host}}}


def silence(address: str, port: int, folder: Path) -> str:
    """Why that host does not answer."""
    answer = questions.ask(inventory(address, port, folder), "db", {})
    assert isinstance(answer, questions.Silence)
    return answer.reason


def test_why_a_host_does_not_answer(tmp_path: Path) -> None:
    """Nobody listens, no such name, something else than SSH listens: ssh itself is asked, and understood."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert silence("127.0.0.1", port, tmp_path).startswith(f"rien n'y écoute en SSH (port {port} de 127.0.0.1)")
    assert "inconnu du DNS" in silence("serveur.invalid", 22, tmp_path)
    relay = MailServer()
    relay.down = True
    with serving(relay):
        assert "n'est pas celui de SSH" in silence("127.0.0.1", relay.port, tmp_path)


@pytest.mark.parametrize(
    ("complaint", "words"),
    [
        ("@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @", "sa clé SSH n'est plus celle qu'il avait"),
        ("root@192.0.2.1: Permission denied (publickey).", "il refuse la clé SSH"),
        ("ssh: connect to host 192.0.2.1 port 22: Connection timed out", "il est éteint"),
        ("ssh: connect to host 192.0.2.1 port 22: No route to host", "aucun chemin ne mène"),
        ("something new", "SSH échoue : something new"),
    ],
)
def test_complaints_of_ssh_are_put_in_words(complaint: str, words: str, tmp_path: Path) -> None:
    """Those that a test cannot provoke at once, from ssh's own words."""
    assert words in questions.why(inventory("192.0.2.1", 22, tmp_path), "db", complaint)


# ---- From outside


SERVERS = Path(__file__).parent / "sites" / "serveurs" / "site.yaml"


@pytest.fixture
def servers() -> Site:
    """A hosted site, whose front is at an address of the internet."""
    site = load_site(SERVERS)
    front = site.hosts["front"].model_copy(update={"ssh_address": "8.8.8.8"})
    return site.model_copy(update={"hosts": site.hosts | {"front": front}})


def test_names_that_lead_elsewhere_are_told_and_unknown_ones_too(servers: Site) -> None:
    """A name that leads to the front is right, whatever else it leads to."""
    portal = servers.public_names()["portal"]

    def asked(name: str) -> set[str]:
        return {"8.8.8.8", "2001:db8::1"} if name != portal else {"198.51.100.7"}

    (sentence,) = outside.names_elsewhere(servers, asked)
    assert f"le nom {portal} mène à 198.51.100.7 et non au frontal (8.8.8.8)" in sentence
    assert outside.names_unknown(servers, asked) == []
    assert portal in outside.names_unknown(servers, lambda _name: set())
    assert outside.names_elsewhere(servers, lambda _name: set()) == []


def test_a_port_that_a_firewall_shuts_is_told_and_one_where_nobody_listens_yet_is_not() -> None:
    """Refused is open: nothing is installed yet. No answer at all is a firewall: a full queue gives as much."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        waiting = []
        for _ in range(4):
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
            waiting.append(one)
        (sentence,) = outside.closed_ports("127.0.0.1", [port], seconds=0.3)
        for one in waiting:
            one.close()
    assert f"le port {port} de 127.0.0.1 est fermé (sans réponse)" in sentence
    assert list(outside.closed_ports("127.0.0.1", [port], seconds=0.3)) == []


# ---- All together


def test_everything_is_told_at_once_by_host(servers: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hosts' faults, silences and names: one refusal, and nothing changed."""
    hosts = {name: {"ansible_host": "127.0.0.1"} for name in servers.hosts}

    def answer(_inventory: object, host: str, _values: object) -> Facts | questions.Silence:
        if host == "web1":
            return questions.Silence("il dort")
        return facts("root=password") if host == "web2" else facts("memory_mb=64000")

    monkeypatch.setattr(host_preflight, "ask", answer)
    monkeypatch.setattr(host_preflight, "names_elsewhere", lambda _site: ["le nom x mène ailleurs"])
    monkeypatch.setattr(host_preflight, "names_unknown", lambda _site: [])
    with pytest.raises(OperatorError) as refusal:
        host_preflight.refuse_unfit_hosts(servers, {"all": {"hosts": hosts}})
    lines = str(refusal.value).splitlines()
    assert lines[0].startswith("Rien n'a été changé")
    assert lines[1].startswith("  - hôte web2 : sudo")
    assert lines[2:4] == ["  - le nom x mène ailleurs.", "  - hôte web1 : il dort."]
    monkeypatch.setattr(host_preflight, "ask", lambda *_: facts("memory_mb=64000"))
    assert not host_preflight.refuse_unfit_hosts(servers, {"all": {"hosts": hosts}}, names_later=True).faults


def test_hosts_that_stay_silent_are_told_with_the_reason_of_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Waited for, then asked why: nobody listens at one's port, the other's name is unknown."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    content = inventory("127.0.0.1", port, tmp_path)
    content["all"]["hosts"]["web"] = content["all"]["hosts"]["db"] | {"ansible_host": "serveur.invalid"}
    content["all"]["vars"] |= {"gru_target": "existing", "gru_stack": "mairie"}
    monkeypatch.setattr(bring_up, "read_inventory", lambda _stack: content)
    monkeypatch.setattr(get_target("existing"), "patience_seconds", 0)
    with pytest.raises(OperatorError) as silence_of_both:
        bring_up.wait_for_hosts(Stack("mairie"))
    lines = str(silence_of_both.value).splitlines()
    assert lines[1].startswith("  - hôte db : rien n'y écoute en SSH")
    assert lines[2].startswith("  - hôte web : le nom « serveur.invalid » est inconnu")


def test_a_host_of_a_cloud_is_ready_when_its_first_boot_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SSH greets, refuses while it is started again, then lets in; a boot that does not end is told."""
    answers = [(255, "Connection refused"), (0, "")]
    asked: list[list[str]] = []

    def enter_for(
        _inventory: object, _host: str, command: list[str], *, seconds: float
    ) -> subprocess.CompletedProcess[str]:
        asked.append(list(command))
        if not answers:
            raise subprocess.TimeoutExpired(command, seconds)
        code, complaint = answers.pop(0)
        return subprocess.CompletedProcess(command, code, "", complaint)

    content = inventory("127.0.0.1", 22, tmp_path)
    content["all"]["vars"] |= {"gru_target": "openstack", "gru_stack": "mairie"}
    monkeypatch.setattr(bring_up, "read_inventory", lambda _stack: content)
    monkeypatch.setattr(bring_up, "_greets", lambda *_: True)
    monkeypatch.setattr(bring_up, "enter_for", enter_for)
    bring_up.wait_for_hosts(Stack("mairie"))
    assert asked == [["cloud-init", "status", "--wait"]] * 2
    with pytest.raises(OperatorError, match="db n'est pas prêt après 300 s : son premier démarrage n'est pas fini"):
        bring_up.wait_for_hosts(Stack("mairie"))
