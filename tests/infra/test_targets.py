"""A target is asked what it can do; each goes from a site.yaml on disk to the inventory."""

from __future__ import annotations

import ast
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pulumi
import pytest
from click.testing import CliRunner

from infra import bring_up
from infra.addressing import settled
from infra.cli.platform import down
from infra.host_firewall import firewall_of
from infra.inventory import read_inventory, write_inventory
from infra.model import Site, SiteError, load_site
from infra.plan import StackPlan
from infra.program import program, with_instances
from infra.secret_store import ensure_secrets
from infra.site_plan import DATA_DIRECTORIES, make_plan
from infra.state import SOURCE_DIRECTORY, Stack
from infra.targets import SETTINGS, TARGETS, Ownership, get_target
from tests.infra.site_file import LOCAL

INFRA = SOURCE_DIRECTORY / "infra"
SITES = Path(__file__).parent / "sites"
GOLDEN = Path(__file__).parent / "golden" / "docker.json"
SERVERS = SITES / "serveurs" / "site.yaml"
CLOUD = SOURCE_DIRECTORY / "stacks" / "admiville" / "site.yaml"


# ---- Nobody guesses


def guesses(source: str) -> list[str]:
    """What in a module depends on which target it is: its name compared, its class asked, its own modules imported."""
    found = []
    classes = {settings.__name__ for settings in SETTINGS.values()}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Compare | ast.MatchValue | ast.Dict):
            words = {part.value for part in ast.walk(node) if isinstance(part, ast.Constant)}
            asks_kind = isinstance(node, ast.Compare) and ".target.kind" in ast.unparse(node)
            if asks_kind or words & set(TARGETS):
                found.append(f"line {node.lineno}: compares the name of a target")
        elif (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("isinstance", "getattr")
        ):
            asked = ast.unparse(node)
            if "target" in asked.lower() or any(name in asked for name in classes):
                found.append(f"line {node.lineno}: {asked}")
        elif isinstance(node, ast.ImportFrom | ast.Import):
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else [name.name for name in node.names]
            if any(module.startswith(f"infra.targets.{kind}") for module in modules for kind in TARGETS):
                found.append(f"line {node.lineno}: imports what is a target's own")
    return found


@pytest.mark.parametrize(
    "planted",
    [
        "if site.target.kind == 'docker': pass",
        "if plan.target != 'existing': pass",
        "if kind in ('docker', 'existing'): pass",
        "if site.target.kind in LOCAL: pass",
        "port = 443 if isinstance(site.target, Whatever) else 80",
        "ok = isinstance(thing, DockerSettings)",
        "address = getattr(site.target, 'publish_address', '')",
        "match kind:\n  case 'existing': pass",
        "action = {'docker': 1}[kind]",
        "from infra.targets.docker.engine import ensure_engine",
    ],
)
def test_a_guess_is_found(planted: str) -> None:
    assert guesses(planted)


def test_nobody_guesses_what_a_target_can_do() -> None:
    """Only a target's own folder knows it; `infra/targets/__init__.py` lists them."""
    own = [INFRA / "targets" / kind for kind in TARGETS]
    listing = INFRA / "targets" / "__init__.py"
    found = {
        str(path.relative_to(INFRA)): told
        for path in sorted(INFRA.rglob("*.py"))
        if path != listing and not any(path.is_relative_to(folder) for folder in own)
        if (told := guesses(path.read_text(encoding="utf-8")))
    }
    assert found == {}


def test_the_wiring_does_not_guess_either() -> None:
    wiring = [*(SOURCE_DIRECTORY / "runbooks").rglob("*.yml"), *(SOURCE_DIRECTORY / "roles").rglob("*.yml")]
    assert [path for path in wiring if "gru_target" in path.read_text(encoding="utf-8")] == []


# ---- What each says of itself


def site_of(kind: str) -> Site:
    site = load_site({"docker": LOCAL, "existing": SERVERS, "openstack": CLOUD}[kind])
    assert site.target.kind == kind
    return site


@pytest.mark.parametrize("kind", TARGETS)
def test_answers_agree_with_capabilities(kind: str) -> None:
    settings = site_of(kind).target
    can = get_target(kind).capabilities
    assert can is settings.capabilities
    assert bool(settings.published(22001, front=True)) is can.publishes_ports
    assert bool(settings.public_address()) is can.names_public_address
    assert not can.keeps_volumes or can.makes_hosts, "a volume outlives a host that is made again"
    assert bool(settings.resource_words) is can.makes_hosts


# ---- From a file to the inventory


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """A stack whose site is the copy of a real one, with a state of its own."""
    monkeypatch.setenv("GRU_SITES_DIRECTORY", str(tmp_path / "sites"))
    monkeypatch.setenv("GRU_STATE_DIRECTORY", str(tmp_path / "etat"))
    return Stack("ville")


def installed(stack: Stack, source: Path) -> Site:
    """Put the site there; what `gru` does before it asks anything of the target."""
    shutil.copytree(source.parent, stack.site_directory)
    stack.prepare()
    site = settled(load_site(stack.site_file), {})
    ensure_secrets(stack, site)
    return site


class Recorder(pulumi.runtime.Mocks):
    """Remembers what was registered, by type and name: both are part of a resource's URN."""

    def __init__(self) -> None:
        self.resources: dict[str, dict[str, Any]] = {}

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        said = {name: value for name, value in args.inputs.items() if not name.startswith("__")}
        self.resources[f"{args.typ} {args.name}"] = said
        return f"{args.name}-id", {**args.inputs, "container_id": f"id-{args.name}", "network_id": "n1"}

    def call(self, args: pulumi.runtime.MockCallArgs) -> dict[str, Any]:
        raise AssertionError(f"nothing is asked of a provider: {args.token}")


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    mocks = Recorder()
    pulumi.runtime.set_mocks(mocks, project="gru", stack="local", preview=False)
    yield mocks
    pulumi.runtime.set_mocks(Recorder(), project="gru", stack="local", preview=False)


def declare(plan: StackPlan) -> None:
    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def whole() -> None:
        program(plan, Ownership("local", "0123", "/etat"))()

    whole()


def test_docker_from_the_file_to_the_inventory(
    stack: Stack, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The golden file is what running platforms were made of: another name or input would make them again."""
    site = installed(stack, LOCAL)
    plan = make_plan("local", site, image="gru-base:essai", ssh_public_key="ssh-ed25519 AAAA gru-local")
    asked: list[str] = []

    class Engine:
        class images:
            get = staticmethod(asked.append)

    monkeypatch.setattr("infra.targets.docker.target.client", Engine)
    get_target("docker").check(plan)
    assert asked == ["gru-base:essai"]
    declare(plan)
    assert recorder.resources == json.loads(GOLDEN.read_text(encoding="utf-8"))

    write_inventory(stack, site, with_instances(plan, dict.fromkeys(site.hosts, "i")))
    content = read_inventory(stack)["all"]
    assert content["hosts"]["web"].pop("gru_firewall") == firewall_of(site, "web")
    assert content["hosts"]["web"] | {"gru_functions": []} == {
        "ansible_host": "127.0.10.1",
        "ansible_port": 22003,
        "ansible_user": "root",
        "gru_fqdn": "web.gru.test",
        "gru_address": "172.30.10.12",
        "gru_functions": [],
    }
    assert content["vars"]["gru_publish_address"] == "127.0.10.1"
    assert content["vars"]["gru_shared_sources"] == ["172.30.10.1/32"]
    assert content["vars"]["ansible_ssh_private_key_file"] == str(stack.ssh_key_file)


def test_existing_from_the_file_to_the_inventory(stack: Stack, recorder: Recorder) -> None:
    site = installed(stack, SERVERS)
    plan = make_plan(stack.name, site, image="", ssh_public_key="cle")
    told = {data.path for host in plan.hosts for data in host.data}
    assert told == {data.path for data in DATA_DIRECTORIES.values()} - {"/var/lib/consultation", "/var/lib/gru-backup"}
    get_target("existing").check(plan)
    declare(plan)
    assert recorder.resources == {}, "data stays on the servers' own disks"

    write_inventory(stack, site, with_instances(plan, dict.fromkeys(site.hosts, "i")))
    content = read_inventory(stack)["all"]
    assert content["hosts"]["front"].pop("gru_firewall") == firewall_of(site, "front")
    assert content["hosts"]["front"] == {
        "ansible_host": "198.51.100.7",
        "ansible_port": 2222,
        "ansible_user": "root",
        "gru_fqdn": "front.admiville.example",
        "gru_address": "192.0.2.1",
        "gru_functions": ["proxy"],
    }
    assert content["hosts"]["web2"]["ansible_host"] == "192.0.2.32"
    assert content["vars"]["gru_publish_address"] == ""
    assert content["vars"]["gru_shared_sources"] == []
    assert content["vars"]["ansible_ssh_private_key_file"] == "/etc/operateur/id_ed25519"
    assert list(content["children"]["portal"]["hosts"]) == ["web1", "web2"]
    assert [host["address"] for host in content["vars"]["gru_carriers"]["portal"]] == ["192.0.2.31", "192.0.2.32"]


def test_existing_servers_through_the_engine(stack: Stack, pulumi_engine: Path) -> None:
    """What `gru preview` and `gru up` do before Ansible, without Docker: nothing is made, all is recorded."""
    site = installed(stack, SERVERS)
    bring_up.check_target(site)
    assert bring_up.planned_changes(stack, site, print) == []
    assert bring_up.make_hosts(stack, site, bring_up.prepare(site, print), print) == 0
    assert set(read_inventory(stack)["all"]["hosts"]) == {"donnees", "metier", "front", "web1", "web2"}
    assert bring_up.make_hosts(stack, site, "", print) == 0
    bring_up.remove_hosts(stack, site, keep_data=True, tell=print)


# ---- What a target does not give is refused where it is written


@pytest.mark.parametrize(
    ("old", "new", "line_part", "words"),
    [
        ("    address: 192.0.2.31\n", "", "  web1:", "l'hôte web1 doit donner son adresse (« address »)"),
        ("192.0.2.31", "192.0.2.31\n    memory_mb: 2048", "memory_mb", "ne limite ni mémoire ni processeur"),
        ("192.0.2.31", "192.0.2.31\n    cpu_weight: 20", "cpu_weight", "ne limite ni mémoire ni processeur"),
        (
            "  network: 192.0.2.0/24\n",
            "  network: 192.0.2.0/24\n  publish_address: 127.0.10.1\n",
            "publish_address",
            "« target.publish_address » ne vaut que pour la cible « docker » : retirez cette ligne",
        ),
        (
            "  network: 192.0.2.0/24\n",
            "  network: 192.0.2.0/24\n  https_port: 8443\n",
            "https_port",
            "« target.https_port » ne vaut que pour la cible « docker » : retirez cette ligne",
        ),
        ("192.0.2.31", "198.51.100.31", "198.51.100.31", "n'est pas dans 192.0.2.0/24"),
        (
            "192.0.2.31",
            "192.0.2.31\n    ssh_address: 198.51.100.7\n    ssh_port: 2222",
            "    ssh_address: 198.51.100.7 # web1",
            "SSH y trouverait aussi l'hôte front",
        ),
        ("198.51.100.7", "-oProxyCommand=x", "    ssh_address:", "n'est ni une adresse ni un nom de machine"),
        ("198.51.100.7", "'a b'", "    ssh_address:", "n'est ni une adresse ni un nom de machine"),
        (
            "  network: 192.0.2.0/24\n",
            "  network: 192.0.2.0/24\n  ssh_user: root -v\n",
            "ssh_user",
            "n'est pas un nom de compte",
        ),
        ("  kind: existing\n", "", "target:", "il manque « kind » ; choix possibles : docker, existing, openstack"),
    ],
)
def test_what_servers_cannot_have_is_told_with_its_line(
    tmp_path: Path, old: str, new: str, line_part: str, words: str
) -> None:
    text = SERVERS.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "site.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SiteError) as refusal:
        load_site(path)
    told = [line for line in str(refusal.value).splitlines() if words in line]
    assert told, str(refusal.value)
    part, _, host = line_part.partition(" # ")
    lines = path.read_text(encoding="utf-8").splitlines()
    start = lines.index(f"  {host}:") if host else 0
    number = next(rank for rank, line in enumerate(lines, start=1) if rank > start and part in line)
    assert f"ligne {number} " in told[0]


INVENTED = (
    ("features", "  demo_accounts: true\n"),
    ("features", "  franceconnect: simulated\n"),
    ("mail", "  sink: true\n"),
)


def with_inventions(tmp_path: Path, *more: str) -> Path:
    """Servers on which residents are offered invented people, invented identities and mails that nobody gets."""
    text = SERVERS.read_text(encoding="utf-8").replace("[proxy]", "[proxy, franceconnect_simulator]")
    features = "".join(line for block, line in INVENTED if block == "features") + "".join(more)
    path = tmp_path / "site.yaml"
    text = text.replace("mail:\n", "mail:\n  sink: true\n")
    path.write_text(f"{text}features:\n{features}", encoding="utf-8")
    return path


def test_inventions_are_refused_where_residents_come(tmp_path: Path) -> None:
    path = with_inventions(tmp_path)
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    with pytest.raises(SiteError) as refusal:
        load_site(path)
    told = str(refusal.value).splitlines()
    assert len(told) == len(INVENTED)
    for said, (block, line) in zip(told, INVENTED, strict=True):
        assert f"ligne {lines.index(line) + 1} : {block}.{line.split(':')[0].strip()} : " in said
        assert "« trial: true »" in said


def test_identities_that_everybody_may_take_are_refused_where_residents_come(tmp_path: Path) -> None:
    """People of FranceConnect's integration are invented, and their passwords public."""
    path = tmp_path / "site.yaml"
    text = SERVERS.read_text(encoding="utf-8")
    path.write_text(f"{text}features:\n  franceconnect: integration\n", encoding="utf-8")
    with pytest.raises(SiteError, match="sont inventées, et ouvertes à tous"):
        load_site(path)
    path.write_text(f"{text}features:\n  franceconnect: production\n", encoding="utf-8")
    assert load_site(path).features.franceconnect == "production"


def test_a_platform_for_trying_says_so(tmp_path: Path) -> None:
    assert load_site(with_inventions(tmp_path, "  trial: true\n")).features.demo_accounts


def test_every_host_that_asks_too_much_is_told(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    text = SERVERS.read_text(encoding="utf-8")
    path.write_text(text.replace("    functions: [portal]\n", "    functions: [portal]\n    memory_mb: 512\n"), "utf-8")
    with pytest.raises(SiteError) as refusal:
        load_site(path)
    assert [line.split(" : ")[1] for line in str(refusal.value).splitlines()] == [
        "hosts.web1.memory_mb",
        "hosts.web2.memory_mb",
    ]


def test_a_host_may_bear_the_name_of_a_target(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    text = SERVERS.read_text(encoding="utf-8")
    path.write_text(text.replace("  web1:", "  docker:").replace("192.0.2.31", "192.0.2"), encoding="utf-8")
    with pytest.raises(SiteError, match=r"hosts\.docker\.address : il faut une adresse"):
        load_site(path)


def test_servers_that_others_made_keep_what_opens_them(stack: Stack) -> None:
    """`gru down` forgets them; their data lives on, hence the site's secrets too."""
    shutil.copytree(SERVERS.parent, stack.site_directory)
    stack.directory.mkdir(parents=True)
    stack.secrets_file.write_text("coffre", encoding="utf-8")
    stack.known_hosts_file.parent.mkdir()
    stack.known_hosts_file.write_text("", encoding="utf-8")
    run = CliRunner().invoke(down, ["--yes", "--stack", stack.name])
    assert run.exit_code == 0, run.output
    assert "Ils tournent toujours, avec leurs données ; les secrets sont gardés." in run.output
    assert stack.secrets_file.exists()
    assert not stack.known_hosts_file.exists()
