"""What a cloud cannot give is told before anything is made there, in words that say what to do."""

from __future__ import annotations

import http.server
import os
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pulumi.automation import EngineEvent

from infra import stack, workspace
from infra.addressing import settled
from infra.model import load_site
from infra.plan import StackPlan
from infra.site_plan import make_plan
from infra.state import SOURCE_DIRECTORY
from infra.steps import StepTeller, readable_error
from infra.targets import Ownership, TargetError
from infra.targets.openstack import cloud as cloud_module
from infra.targets.openstack import leftovers
from infra.targets.openstack.cloud import connect, in_words
from infra.targets.openstack.leftovers import kept_volumes, sweep
from infra.targets.openstack.naming import description, tags
from infra.targets.openstack.openings import groups
from infra.targets.openstack.readiness import refuse_what_the_cloud_cannot_give
from infra.targets.openstack.settings import OpenstackSettings
from infra.targets.openstack.unfinished import discard
from tests.identity_answers import IdentityAnswers

ADMIVILLE = SOURCE_DIRECTORY / "stacks" / "admiville" / "site.yaml"
OWNERSHIP = Ownership("admiville", "0123456789abcdef", "/etat")


# ---- Credentials


@pytest.fixture
def nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An operator without any credential; the folder where clouds.yaml is looked for."""
    for name in list(os.environ):
        if name.startswith("OS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(tmp_path / "clouds.yaml"))
    return tmp_path


def clouds_yaml(folder: Path, url: str, more: str = "") -> None:
    content = f"""
clouds:
  admiville:
    auth_type: v3applicationcredential
    auth: {{auth_url: "{url}", application_credential_id: moi, application_credential_secret: tres-secret}}
    region_name: GRA9
    {more}
"""
    (folder / "clouds.yaml").write_text(content, encoding="utf-8")


@dataclass
class Keystone:
    """An identity service: where it is, and the services (address by type) that it opens to whoever asks."""

    url: str
    grants: dict[str, str] = field(default_factory=dict)

    def token(self) -> dict[str, Any]:
        """What a session is told of itself."""
        where = [
            {
                "type": kind,
                "name": kind,
                "id": kind,
                "endpoints": [{"id": kind, "interface": "public", "region": "GRA9", "region_id": "GRA9", "url": url}],
            }
            for kind, url in self.grants.items()
        ]
        whose = {"project": {"id": "projet", "name": "projet"}, "user": {"id": "moi", "name": "moi"}}
        return {**whose, "catalog": where, "expires_at": "2999-01-01T00:00:00.000000Z", "methods": ["token"]}


@pytest.fixture
def keystone() -> Iterator[Keystone]:
    """An identity service that recognizes nobody, until it is told what it grants."""

    class Handler(IdentityAnswers):
        def do_GET(self) -> None:
            version = {"id": "v3.14", "status": "stable", "links": [{"rel": "self", "href": made.url}]}
            self.answer(200, {"version": version})

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            if made.grants:
                self.answer(201, {"token": made.token()})
            else:
                self.answer(401, {"error": {"code": 401, "title": "Unauthorized", "message": "no"}})

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made = Keystone(f"http://127.0.0.1:{server.server_port}/v3")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield made
        server.shutdown()


def test_a_cloud_that_clouds_yaml_does_not_name_is_told(nobody: Path) -> None:
    with pytest.raises(TargetError, match=r"clouds\.yaml n'a pas d'entrée « admiville »"):
        connect("admiville", "GRA9")
    assert list(nobody.iterdir()) == []


@pytest.mark.usefixtures("nobody")
def test_no_credentials_at_all_are_told() -> None:
    with pytest.raises(TargetError, match=r"ni « target\.cloud », ni variables OS_\*.*jamais dans site\.yaml"):
        connect("", "GRA9")


@pytest.mark.usefixtures("nobody")
def test_half_of_the_credentials_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OS_AUTH_URL", "http://127.0.0.1:9/v3")
    monkeypatch.setenv("OS_USERNAME", "moi")
    with pytest.raises(TargetError, match="Aucun identifiant pour le nuage : le mot de passe manque"):
        connect("", "GRA9")


def test_refused_credentials_are_told_without_the_secret(nobody: Path, keystone: Keystone) -> None:
    clouds_yaml(nobody, keystone.url)
    with pytest.raises(TargetError, match=r"refuse vos identifiants \(401\)") as refusal:
        connect("admiville", "GRA9")
    assert "tres-secret" not in str(refusal.value)


def test_a_silent_cloud_is_told(nobody: Path) -> None:
    clouds_yaml(nobody, "http://127.0.0.1:9/v3")
    with pytest.raises(TargetError, match="le nuage ne répond pas"):
        connect("admiville", "GRA9")


@pytest.fixture
def mute() -> Iterator[str]:
    """A service that one can connect to, and that never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_a_cloud_that_takes_the_call_and_says_nothing_is_not_waited_for(
    nobody: Path, mute: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cloud_module, "ANSWER_SECONDS", 0.2)
    clouds_yaml(nobody, f"{mute}/v3")
    with pytest.raises(TargetError, match=rf"d'ouvrir une session : le nuage ne répond pas dans le délai.*{mute}"):
        connect("admiville", "GRA9")


def test_the_operator_says_how_long_a_cloud_is_waited_for(nobody: Path, mute: str) -> None:
    clouds_yaml(nobody, f"{mute}/v3", "api_timeout: 0.2")
    with pytest.raises(TargetError, match=r"« api_timeout », en secondes ; sinon 60"):
        connect("admiville", "GRA9")


def test_one_service_that_says_nothing_is_told(
    nobody: Path, keystone: Keystone, mute: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cloud_module, "ANSWER_SECONDS", 0.2)
    keystone.grants = {"network": mute}
    clouds_yaml(nobody, keystone.url)
    connection = connect("admiville", "GRA9")
    with (
        pytest.raises(TargetError, match=rf"de lire les réseaux : le nuage ne répond pas dans le délai.*{mute}"),
        in_words("de lire les réseaux"),
    ):
        list(connection.network.networks())


# ---- What the cloud has


def used(taken: int, limit: int) -> dict[str, int]:
    return {"used": taken, "limit": limit}


class FakeCloud(SimpleNamespace):
    """A cloud with all that Admiville asks, and nothing of it made."""

    def __init__(self) -> None:
        offered = ("b3-8", 2, 8192), ("b3-16", 4, 16384), ("b3-32", 8, 32768)
        flavors = {name: SimpleNamespace(name=name, vcpus=cores, ram=ram) for name, cores, ram in offered}
        self.servers: list[Any] = []
        self.volumes: list[Any] = []
        self.groups: list[Any] = []
        self.addresses: list[Any] = []
        self.compute_limits = SimpleNamespace(
            instances=20, instances_used=0, total_cores=100, total_cores_used=0, total_ram=-1, total_ram_used=0
        )
        self.storage_limits = SimpleNamespace(
            max_total_volumes=20, total_volumes_used=0, max_total_volume_gigabytes=1000, total_gigabytes_used=0
        )
        self.quota = SimpleNamespace(
            ports=used(1, 100), floating_ips=used(0, 1), security_groups=used(1, 20), security_group_rules=used(4, 100)
        )
        super().__init__(
            current_project_id="projet",
            compute=SimpleNamespace(
                find_flavor=flavors.get,
                flavors=flavors.values,
                servers=lambda: self.servers,
                availability_zones=lambda: [SimpleNamespace(name="nova")],
                get_limits=lambda: SimpleNamespace(absolute=self.compute_limits),
            ),
            image=SimpleNamespace(
                images=lambda name="", status="": [
                    one for one in self.images if name in ("", one.name) and status in ("", one.status)
                ]
            ),
            network=SimpleNamespace(
                networks=lambda **_: [SimpleNamespace(name="Ext-Net")],
                ips=lambda **_: self.addresses,
                get_port=lambda _: SimpleNamespace(name="autre-serveur"),
                security_groups=lambda: self.groups,
                get_quota=lambda *_, **__: self.quota,
            ),
            block_storage=SimpleNamespace(
                find_type=lambda name: name if name == "classic-luks" else None,
                types=lambda: [SimpleNamespace(name="classic-luks")],
                volumes=lambda: self.volumes,
                get_limits=lambda: SimpleNamespace(absolute=self.storage_limits),
            ),
            dns=SimpleNamespace(zones=lambda **_: []),
            session=SimpleNamespace(get_endpoint=lambda region_name, **_: "x" if region_name == "SBG" else None),
        )
        self.images = [SimpleNamespace(name="Debian 13", status="active")]


@pytest.fixture
def cloud() -> FakeCloud:
    return FakeCloud()


def plan(tmp_path: Path, *changes: tuple[str, str]) -> StackPlan:
    text = ADMIVILLE.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "site.yaml"
    path.write_text(text, encoding="utf-8")
    return make_plan("admiville", settled(load_site(path), {}), image="", ssh_public_key="cle")


def refused(cloud: Any, plan: StackPlan) -> list[str]:
    assert plan.cloud is not None
    try:
        refuse_what_the_cloud_cannot_give(cloud, plan, plan.cloud)
    except TargetError as error:
        first, *lines = str(error).splitlines()
        assert first == "Rien n'a été créé dans le nuage (OVHcloud, région GRA9). À corriger d'abord :"
        return lines
    return []


def test_a_cloud_that_has_everything_is_accepted(cloud: FakeCloud, tmp_path: Path) -> None:
    assert refused(cloud, plan(tmp_path)) == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("db: b3-32", "db: c9", "le gabarit « c9 » n'existe pas (target.sizes) ; ce nuage offre : b3-16, b3-32, b3-8"),
        ("image: Debian 13", "image: Debian 14", "l'image « Debian 14 » n'existe pas"),
        ("external_network: Ext-Net", "external_network: public", "ce nuage offre : Ext-Net"),
        ("classic-luks", "rapide", "le type de volume « rapide » n'existe pas (target.volume_type)"),
        (
            "  size: medium",
            "  availability_zone: eu-1\n  size: medium",
            "la zone de disponibilité « eu-1 » n'existe pas",
        ),
        ("region: SBG", "region: LIM", "pas de stockage d'objets dans la région « LIM »"),
        ("  # floating_address", "  floating_address", "203.0.113.20 n'est pas réservée dans ce projet"),
        ("  size: medium", "  dns_zone: {name: autre.example}\n  size: medium", "ne sont pas dans la zone"),
        (
            "  size: medium",
            "  dns_zone: {name: admiville.example, make: false}\n  size: medium",
            "la zone « admiville.example » n'existe pas",
        ),
    ],
)
def test_what_is_missing_is_told(cloud: FakeCloud, tmp_path: Path, old: str, new: str, words: str) -> None:
    lines = refused(cloud, plan(tmp_path, (old, new)))
    assert len(lines) == 1
    assert words in lines[0]


def test_an_address_that_serves_something_else_is_not_taken_from_it(cloud: FakeCloud, tmp_path: Path) -> None:
    wanted = plan(tmp_path, ("  # floating_address", "  floating_address"))
    cloud.addresses = [SimpleNamespace(port_id=None)]
    assert refused(cloud, wanted) == []
    cloud.addresses = [SimpleNamespace(port_id="p-1")]
    [line] = refused(cloud, wanted)
    assert "203.0.113.20 sert déjà à « autre-serveur »" in line


@pytest.mark.parametrize(
    ("place", "name", "value", "words"),
    [
        ("compute_limits", "instances", 8, "quota de serveurs dépassé : il en faut 9 de plus, 0 sur 8 sont pris"),
        ("compute_limits", "total_cores_used", 90, "quota de processeurs dépassé"),
        ("compute_limits", "total_ram", 1024, "quota de mémoire (Mio) dépassé"),
        ("storage_limits", "max_total_volumes", 4, "quota de volumes dépassé : il en faut 5 de plus"),
        ("storage_limits", "max_total_volume_gigabytes", 300, "quota de stockage (Gio) dépassé : il en faut 340"),
        ("quota", "floating_ips", used(1, 1), "quota d'adresses publiques dépassé"),
        ("quota", "ports", used(98, 100), "quota d'interfaces réseau dépassé"),
        ("quota", "security_groups", used(2, 10), "quota de groupes de sécurité dépassé : il en faut 9 de plus"),
        ("quota", "security_group_rules", used(90, 100), "quota de règles de sécurité dépassé"),
    ],
)
def test_a_quota_too_small_is_told(
    cloud: FakeCloud, tmp_path: Path, place: str, name: str, value: Any, words: str
) -> None:
    setattr(getattr(cloud, place), name, value)
    lines = refused(cloud, plan(tmp_path))
    assert len(lines) == 1
    assert words in lines[0]
    assert "Demandez à votre opérateur" in lines[0]


def test_what_is_made_already_is_not_counted_again(cloud: FakeCloud, tmp_path: Path) -> None:
    """A half-made run goes on; a platform that fills its quota is still brought up to date."""
    wanted = plan(tmp_path)
    cloud.servers = [SimpleNamespace(name=f"gru-admiville-{host.name}") for host in wanted.hosts]
    cloud.groups = [SimpleNamespace(name=f"gru-admiville-{group}") for group in groups(wanted)]
    cloud.volumes = [
        SimpleNamespace(name=f"gru-admiville-{host.name}-{data.name}", size=data.size_gb, is_encrypted=True)
        for host in wanted.hosts
        for data in host.data
    ]
    for name in ("instances", "total_cores", "total_ram"):
        setattr(cloud.compute_limits, name, 0)
    cloud.storage_limits.max_total_volumes = 5
    cloud.storage_limits.max_total_volume_gigabytes = 340
    cloud.storage_limits.total_volumes_used = 5
    cloud.storage_limits.total_gigabytes_used = 340
    cloud.quota = SimpleNamespace(
        **dict.fromkeys(("ports", "floating_ips", "security_groups", "security_group_rules"), used(9, 9))
    )
    assert refused(cloud, wanted) == []
    [line] = refused(cloud, plan(tmp_path, ("database: 200", "database: 300")))
    assert "quota de stockage (Gio) dépassé : il en faut 100 de plus, 340 sur 340 sont pris" in line


def test_a_volume_neither_shrinks_nor_becomes_encrypted(cloud: FakeCloud, tmp_path: Path) -> None:
    cloud.volumes = [SimpleNamespace(name="gru-admiville-db-base", size=500, is_encrypted=False)]
    lines = refused(cloud, plan(tmp_path))
    assert "le volume base de l'hôte db fait 500 Gio : un volume ne rétrécit pas" in lines[0]
    assert "n'est pas chiffré, alors que site.yaml le dit" in lines[1]


# ---- What the engine's plugin says


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            'Error creating OpenStack server: got 403 instead: {"forbidden": {"code": 403, "message": "Quota'
            ' exceeded for instances: Requested 1, but already used 10 of 10 instances"}}',
            "quota dépassé (instances)",
        ),
        ('got 413 instead: {"overLimit": {"message": "VolumeLimitExceeded"}}', "quota dépassé (overLimit)"),
        ("error waiting for instance: unexpected state 'ERROR': No valid host was found.", "essayez preferred"),
        ("Expected HTTP response code [200] when accessing [GET http://x], but got 401 instead", "vos identifiants"),
        ("inputs to import do not match the existing resource", "Remettez ceux qu'il avait"),
        ("dial tcp 10.0.0.1:8774: connect: connection refused", "le nuage ne répond pas"),
        ('but got 409 instead: {"code": 409, "type": "duplicate_zone", "message": "Duplicate Zone"}', "make: false"),
    ],
)
def test_failures_of_the_provider_are_told_in_words(said: str, words: str) -> None:
    assert words in readable_error(said, OpenstackSettings.failures)
    assert readable_error(said) == said, "another target's words are left alone"


def test_a_failure_names_what_it_is_about() -> None:
    teller = StepTeller(lambda _: None, OpenstackSettings.failures)
    urn = "urn:pulumi:admiville::gru::openstack:compute/instance:Instance::db"
    teller(
        EngineEvent.from_json(
            {
                "sequence": 1,
                "timestamp": 0,
                "diagnosticEvent": {
                    "urn": urn,
                    "severity": "error",
                    "message": "No valid host was found.",
                    "color": "never",
                    "prefix": "",
                },
            }
        )
    )
    assert teller.errors[0].startswith("l'hôte db : le nuage n'a pas de place pour ce serveur.")


# ---- What is left


def marked(name: str, owner: str = OWNERSHIP.owner, number: str = "1") -> Any:
    return SimpleNamespace(name=name, id=f"v-{number}", metadata={"gru_owner": owner}, status="available")


def test_only_our_own_volumes_are_taken_back() -> None:
    ours, theirs = marked("gru-admiville-db-base"), marked("gru-admiville-db-base", owner="autre", number="2")
    cloud: Any = SimpleNamespace(block_storage=SimpleNamespace(volumes=lambda: [ours, theirs]))
    assert kept_volumes(cloud, OWNERSHIP) == {"gru-admiville-db-base": "v-1"}


def test_two_volumes_of_one_name_are_not_guessed_between() -> None:
    both = [marked("gru-admiville-db-base"), marked("gru-admiville-db-base", number="2")]
    cloud: Any = SimpleNamespace(block_storage=SimpleNamespace(volumes=lambda: both))
    with pytest.raises(TargetError, match=r"\(v-1 et v-2\), et gru ne sait pas lequel porte les données"):
        kept_volumes(cloud, OWNERSHIP)


@pytest.mark.parametrize(("keep_data", "state"), [(True, "in-use"), (False, "available"), (False, "error_extending")])
def test_a_sweep_removes_what_is_ours_and_keeps_data_where_asked(*, keep_data: bool, state: str) -> None:
    removed: list[str] = []

    def remove(thing: Any, **_more: Any) -> None:
        removed.append(thing.name)

    nothing = {kind: lambda **_: [] for kind in ("ips", "ports", "routers", "networks", "security_groups")}
    removals = {f"delete_{kind}": remove for kind in ("ip", "port", "router", "network", "security_group")}
    volumes = [marked("gru-admiville-db-base"), marked("autre", owner="autre")]
    cloud: Any = SimpleNamespace(
        network=SimpleNamespace(**nothing, **removals),
        compute=SimpleNamespace(
            servers=lambda: [marked("gru-admiville-db"), marked("autre", owner="autre")],
            delete_server=remove,
            wait_for_delete=lambda *_, **__: None,
            keypairs=lambda: [SimpleNamespace(name="gru-admiville-01234567"), SimpleNamespace(name="autre")],
            delete_keypair=remove,
            server_groups=lambda: [],
            delete_server_group=remove,
        ),
        block_storage=SimpleNamespace(
            volumes=lambda: volumes,
            get_volume=lambda _: SimpleNamespace(status=state),
            delete_volume=remove,
            wait_for_delete=lambda *_, **__: None,
        ),
        dns=SimpleNamespace(
            zones=lambda name: [SimpleNamespace(name=name, description=one) for one in (None, description(OWNERSHIP))],
            delete_zone=remove,
            wait_for_delete=lambda *_, **__: None,
        ),
    )
    told = sweep(cloud, OWNERSHIP, dns_zone="admiville.example", keep_data=keep_data)
    kept = [] if keep_data else ["gru-admiville-db-base"]
    assert told == removed == ["gru-admiville-db", *kept, "gru-admiville-01234567", "admiville.example."]


def test_a_volume_that_something_holds_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leftovers, "REMOVAL_SECONDS", 0)
    cloud: Any = SimpleNamespace(
        compute=SimpleNamespace(servers=lambda: []),
        block_storage=SimpleNamespace(
            volumes=lambda: [marked("gru-admiville-db-base")], get_volume=lambda _: SimpleNamespace(status="in-use")
        ),
        network=SimpleNamespace(**dict.fromkeys(("delete_ip", "ips"))),
    )
    with pytest.raises(TargetError, match="gru-admiville-db-base est encore dans l'état « in-use »"):
        sweep(cloud, OWNERSHIP, keep_data=False)


def test_what_an_interrupted_run_began_is_removed_and_nothing_else() -> None:
    removed: list[str] = []

    def thing(name: str, **more: Any) -> Any:
        return SimpleNamespace(**({"name": name, "id": f"id-{name}", "tags": tags(OWNERSHIP)} | more))

    ports = [thing("gru-admiville-db"), thing("gru-admiville-db", tags=["gru-owner-autre"], id="autre")]
    ports += [thing("gru-admiville-db", tags=[], id="sans-marque"), thing("gru-admiville-web1")]
    cloud: Any = SimpleNamespace(
        compute=SimpleNamespace(
            servers=lambda: [marked("gru-admiville-db", number="9"), marked("gru-admiville-web1")],
            delete_server=lambda server: removed.append(server.id),
            wait_for_delete=lambda *_, **__: None,
            delete_volume_attachment=lambda server, volume: removed.append(f"{volume} of {server}"),
        ),
        block_storage=SimpleNamespace(
            find_volume=lambda _: SimpleNamespace(attachments=[{"server_id": "s"}]),
            wait_for_status=lambda *_, **__: None,
        ),
        network=SimpleNamespace(
            ports=lambda name: [port for port in ports if port.name == name],
            delete_port=lambda port: removed.append(port.id),
        ),
        dns=SimpleNamespace(
            zones=lambda name: [
                thing(name, description="Zone de la mairie", id="zone-1"),
                thing(name, description=description(OWNERSHIP), id="zone-2"),
            ],
            delete_zone=lambda zone: removed.append(zone.id),
            wait_for_delete=lambda *_, **__: None,
        ),
    )
    cut_short = [
        {"type": "openstack:dns/zone:Zone", "inputs": {"name": "admiville.example."}},
        {"type": "openstack:networking/port:Port", "inputs": {"name": "gru-admiville-db"}},
        {"type": "openstack:blockstorage/volume:Volume", "inputs": {"name": "gru-admiville-db-base"}},
        {"type": "openstack:compute/instance:Instance", "inputs": {"name": "gru-admiville-db"}},
        {
            "type": "openstack:compute/volumeAttach:VolumeAttach",
            "inputs": {"instanceId": "s", "volumeId": "v"},
        },
        {"type": "pulumi:providers:openstack", "inputs": {}},
    ]
    discard(cloud, OWNERSHIP, cut_short)
    assert removed == ["v-9", "v of s", "id-gru-admiville-db", "sans-marque", "zone-2"]


def test_what_was_cut_short_is_remembered_until_an_update_has_removed_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A preview may come first: the engine's own memory is cleared then."""
    folders = workspace.Folders(tmp_path)
    folders.prepare()
    port = {"type": "openstack:networking/port:Port", "inputs": {"name": "a"}}
    pending = [{"resource": port, "type": "creating"}, {"resource": {"type": "x"}, "type": "updating"}]
    kept: list[Any] = []
    fake: Any = SimpleNamespace(
        export_stack=lambda: SimpleNamespace(version=3, deployment={"pending_operations": pending}),
        import_stack=kept.append,
    )
    workspace._forget_pending_operations(fake, folders)
    assert kept[0].deployment == {"pending_operations": []}
    assert workspace.unfinished(folders) == [port]
    asked: list[Any] = []
    monkeypatch.setattr(stack, "get_target", lambda _: SimpleNamespace(discard=lambda *told: asked.append(told[2])))
    for _ in range(2):
        stack._discard_what_was_cut_short(plan(tmp_path), OWNERSHIP, folders)
    assert asked == [[port]]
