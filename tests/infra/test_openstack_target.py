"""What target `openstack` asks of the cloud, property by property: nothing is open, public or lost that need not be."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks

from infra.addressing import settled
from infra.inventory import read_inventory, write_inventory
from infra.model import Site, SiteError, load_site
from infra.model.flows import CALLERS, flows
from infra.model.ports import PORTS, Audience
from infra.model.site import Function
from infra.plan import CloudPlan, StackPlan, Way
from infra.program import INVENTORY_OUTPUT, program
from infra.secret_store import ensure_secrets
from infra.site_plan import make_plan
from infra.state import SOURCE_DIRECTORY, Stack
from infra.targets import Ownership
from infra.targets.openstack import target
from infra.targets.openstack.first_boot import user_data

ADMIVILLE = SOURCE_DIRECTORY / "stacks" / "admiville" / "site.yaml"
OWNERSHIP = Ownership("admiville", "0123456789abcdef", "/etat")
PUBLIC = "198.51.100.7"
KEY = "ssh-ed25519 AAAA gru-admiville"


@dataclass
class Asked:
    """One resource as it was registered."""

    inputs: dict[str, Any]
    provider: str
    request: Any


@dataclass
class Cloud(mocks.Mocks):
    """Remembers what was registered, by kind (``Instance``) and name, and gives what a cloud would."""

    asked: dict[str, dict[str, Asked]] = field(default_factory=dict)
    looked_up: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        """Give an id made of the kind and the name."""
        kind = args.typ.rpartition(":")[2]
        self.asked.setdefault(kind, {})[args.name] = Asked(args.inputs, args.provider or "", None)
        outputs = {"address": PUBLIC} if kind == "FloatingIp" else {}
        return f"{kind}-{args.name}", {**args.inputs, **outputs}

    def call(self, args: mocks.MockCallArgs) -> dict[str, Any]:
        """Answer what is looked up."""
        self.looked_up.append((args.token.rpartition(":")[2], args.args))
        return {"id": f"id-of-{args.args['name']}", "ram": 8192}

    def kind(self, kind: str) -> dict[str, dict[str, Any]]:
        """Inputs of the resources of that kind, by name."""
        return {name: asked.inputs for name, asked in self.asked.get(kind, {}).items()}

    def options(self, kind: str, name: str) -> Any:
        """The engine's request: what it ignores, keeps, imports."""
        return self.asked[kind][name].request


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    made = Cloud()
    register = mocks.MockMonitor.RegisterResource

    def remember(monitor: mocks.MockMonitor, request: Any) -> Any:
        answer = register(monitor, request)
        kind = request.type.rpartition(":")[2]
        if request.name in made.asked.get(kind, {}):
            made.asked[kind][request.name].request = request
        return answer

    monkeypatch.setattr(mocks.MockMonitor, "RegisterResource", remember)
    pulumi.runtime.set_mocks(made, project="gru", stack="admiville", preview=False)
    monkeypatch.setattr(target, "connect", lambda *_: None)
    monkeypatch.setattr(target.leftovers, "kept_volumes", lambda *_: {})
    yield made
    pulumi.runtime.set_mocks(Cloud(), project="gru", stack="local", preview=False)


def changed_site(tmp_path: Path, *changes: tuple[str, str]) -> Site:
    text = ADMIVILLE.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "site.yaml"
    path.write_text(text, encoding="utf-8")
    return settled(load_site(path), {})


def plan_of(site: Site) -> StackPlan:
    return make_plan("admiville", site, image="", ssh_public_key=KEY)


@pytest.fixture
def plan() -> StackPlan:
    return plan_of(settled(load_site(ADMIVILLE), {}))


def declare(plan: StackPlan) -> dict[str, Any]:
    """Run the program; give the inventory that it exports."""
    exported: dict[str, pulumi.Output[Any]] = {}

    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def whole() -> Any:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(pulumi, "export", exported.__setitem__)
            program(plan, OWNERSHIP)()
        return exported[INVENTORY_OUTPUT].apply(found.update)

    found: dict[str, Any] = {}
    whole()
    return found


# ---- Who reaches what


def test_every_port_of_the_platform_has_its_callers() -> None:
    """A port added to the model without its callers would be shut on a cloud."""
    shared = {
        (str(function), use)
        for function, uses in PORTS.items()
        for use, port in uses.items()
        if port.audience is Audience.PLATFORM
    }
    assert {(str(function), use) for function, use in CALLERS} == shared


def test_a_function_that_no_host_carries_has_no_flow() -> None:
    named = {part for flow in flows(frozenset({"database", "proxy"})) for part in (flow.function, flow.caller)}
    assert named == {"proxy", ""}


def test_only_the_web_is_open_to_everybody(cloud: Cloud, plan: StackPlan) -> None:
    declare(plan)
    wide = {
        (rule["securityGroupId"], rule["portRangeMin"], rule["portRangeMax"])
        for rule in cloud.kind("SecGroupRule").values()
        if rule.get("remoteIpPrefix") == "0.0.0.0/0" or not (rule.get("remoteIpPrefix") or rule.get("remoteGroupId"))
    }
    assert wide == {("SecGroup-proxy", 80, 80), ("SecGroup-proxy", 443, 443)}


def test_each_rule_is_one_tcp_port_from_one_group_or_network(cloud: Cloud, plan: StackPlan) -> None:
    declare(plan)
    for rule in cloud.kind("SecGroupRule").values():
        assert (rule["direction"], rule["ethertype"], rule["protocol"]) == ("ingress", "IPv4", "tcp")
        assert rule["portRangeMin"] == rule["portRangeMax"]
        assert bool(rule.get("remoteGroupId")) is not bool(rule.get("remoteIpPrefix"))
    sql = [rule for rule in cloud.kind("SecGroupRule").values() if rule["portRangeMin"] == 5432]
    assert {rule["securityGroupId"] for rule in sql} == {"SecGroup-database"}
    callers = {"SecGroup-idp", "SecGroup-portal", "SecGroup-processing", "SecGroup-consultation"}
    assert {rule["remoteGroupId"] for rule in sql} == callers


def test_ssh_is_open_to_those_who_administer_and_goes_through_the_front(cloud: Cloud, plan: StackPlan) -> None:
    inventory = declare(plan)
    ssh = [rule for rule in cloud.kind("SecGroupRule").values() if rule["portRangeMin"] == 22]
    assert {(rule["securityGroupId"], rule.get("remoteIpPrefix"), rule.get("remoteGroupId")) for rule in ssh} == {
        ("SecGroup-proxy", "203.0.113.8/29", None),
        ("SecGroup-base", None, "SecGroup-proxy"),
    }
    assert inventory["hosts"]["front"]["ssh"] == {"address": PUBLIC, "port": 22, "user": "debian"}
    assert inventory["hosts"]["db"]["ssh"]["jump"] == f"debian@{PUBLIC}:22"


def test_without_a_jump_private_addresses_are_entered_directly(cloud: Cloud, tmp_path: Path) -> None:
    site = changed_site(tmp_path, ("  size: medium", "  jump: none\n  size: medium"))
    inventory = declare(plan_of(site))
    ssh = [rule for rule in cloud.kind("SecGroupRule").values() if rule["portRangeMin"] == 22]
    assert [(rule["securityGroupId"], rule["remoteIpPrefix"]) for rule in ssh] == [("SecGroup-base", "203.0.113.8/29")]
    assert inventory["hosts"]["front"]["ssh"] == {"address": "10.60.0.15", "port": 22, "user": "debian"}
    assert "jump" not in inventory["hosts"]["db"]["ssh"]


def test_each_host_is_in_the_groups_of_its_functions_and_no_other(cloud: Cloud, plan: StackPlan) -> None:
    declare(plan)
    for host in plan.hosts:
        port = cloud.kind("Port")[host.name]
        assert port["securityGroupIds"] == ["SecGroup-base", *(f"SecGroup-{name}" for name in host.functions)]
        assert port["fixedIps"] == [{"subnetId": "Subnet-network", "ipAddress": host.address}]


# ---- What is public


def test_the_front_alone_has_a_public_address(cloud: Cloud, plan: StackPlan) -> None:
    inventory = declare(plan)
    assert set(cloud.kind("FloatingIp")) == {"front"}
    assert cloud.kind("FloatingIp")["front"]["pool"] == "Ext-Net"
    given = cloud.kind("FloatingIpAssociate")
    assert {name: (one["portId"], one["floatingIp"]) for name, one in given.items()} == {
        "front": ("Port-front", PUBLIC)
    }
    assert inventory["publish_address"] == PUBLIC
    assert all(len(server["networks"]) == 1 for server in cloud.kind("Instance").values())


def test_a_reserved_address_is_used_and_none_is_taken(cloud: Cloud, tmp_path: Path) -> None:
    site = changed_site(tmp_path, ("  # floating_address: 203.0.113.20", "  floating_address: 203.0.113.20"))
    inventory = declare(plan_of(site))
    assert cloud.kind("FloatingIp") == {}
    assert cloud.kind("FloatingIpAssociate")["front"]["floatingIp"] == "203.0.113.20"
    assert inventory["publish_address"] == "203.0.113.20"


def test_public_names_lead_to_the_front_where_the_cloud_serves_them(cloud: Cloud, tmp_path: Path) -> None:
    site = changed_site(tmp_path, ("  size: medium", "  dns_zone: {name: admiville.example}\n  size: medium"))
    declare(plan_of(site))
    assert cloud.kind("Zone")["zone"]["name"] == "admiville.example."
    assert "gru-owner-0123456789abcdef" in cloud.kind("Zone")["zone"]["description"]
    records = cloud.kind("RecordSet")
    served = {f"{url.removeprefix('https://')}." for url in site.public_urls().values()}
    assert {record["name"] for record in records.values()} == served
    assert all(record["type"] == "A" and record["records"] == [PUBLIC] for record in records.values())


def test_a_zone_that_exists_is_found_and_not_made(cloud: Cloud, tmp_path: Path) -> None:
    zone = "  dns_zone: {name: admiville.example, make: false}\n  size: medium"
    declare(plan_of(changed_site(tmp_path, ("  size: medium", zone))))
    assert cloud.kind("Zone") == {}
    assert {record["zoneId"] for record in cloud.kind("RecordSet").values()} == {"id-of-admiville.example."}


def test_a_site_without_a_zone_asks_nothing_of_the_names_service(cloud: Cloud, plan: StackPlan) -> None:
    declare(plan)
    assert not cloud.kind("Zone")
    assert not cloud.kind("RecordSet")


# ---- What must outlive a server


def test_each_data_directory_has_an_encrypted_volume_of_its_size(cloud: Cloud, plan: StackPlan) -> None:
    inventory = declare(plan)
    volumes = cloud.kind("Volume")
    assert {name: volume["size"] for name, volume in volumes.items()} == {
        "db-base": 200,
        "sso-annuaire": 20,
        "courrier-courriels": 20,
        "veille-mesures": 50,
        "ecouter-ecoute": 50,
    }
    assert {volume["volumeType"] for volume in volumes.values()} == {"classic-luks"}
    attached = cloud.kind("VolumeAttach")
    assert {name: (one["instanceId"], one["volumeId"]) for name, one in attached.items()} == {
        name: (f"Instance-{name.partition('-')[0]}", f"Volume-{name}") for name in volumes
    }
    assert inventory["hosts"]["db"]["volumes"] == [
        {"name": "base", "path": "/var/lib/postgresql", "id": "Volume-db-base"}
    ]
    assert "volumes" not in inventory["hosts"]["web1"]


def test_no_volume_is_ever_lost_by_an_update(cloud: Cloud, plan: StackPlan) -> None:
    declare(plan)
    for name in cloud.kind("Volume"):
        options = cloud.options("Volume", name)
        assert options.retainOnDelete
        assert not options.importId
        assert {"volumeType", "availabilityZone"} <= set(options.ignoreChanges)


def test_a_volume_kept_from_before_is_taken_back(
    cloud: Cloud, plan: StackPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(target.leftovers, "kept_volumes", lambda *_: {"gru-admiville-db-base": "v-1"})
    declare(plan)
    assert cloud.options("Volume", "db-base").importId == "v-1"
    assert not cloud.options("Volume", "sso-annuaire").importId


def test_no_setting_of_the_first_boot_makes_a_server_again(cloud: Cloud, plan: StackPlan) -> None:
    """A newer image, another key or other user data are for servers to come."""
    declare(plan)
    for host in plan.hosts:
        assert {"imageId", "userData", "keyPair"} <= set(cloud.options("Instance", host.name).ignoreChanges)
        assert "flavorName" not in cloud.options("Instance", host.name).ignoreChanges


def test_backups_are_in_another_region_and_never_removed(cloud: Cloud, plan: StackPlan) -> None:
    declare(plan)
    container = cloud.asked["Container"]["backups"]
    assert container.inputs["name"] == "gru-admiville-sauvegardes"
    assert container.inputs["region"] == "SBG"
    assert "::backups::" in container.provider
    assert not container.inputs.get("forceDestroy")
    assert container.request.retainOnDelete
    assert cloud.kind("openstack")["backups"]["region"] == "SBG"


# ---- Servers


def test_servers_are_what_the_size_says_and_apart(cloud: Cloud, plan: StackPlan) -> None:
    inventory = declare(plan)
    servers = cloud.kind("Instance")
    assert {name: server["flavorName"] for name, server in servers.items()} == {
        "db": "b3-32",
        "web1": "b3-16",
        "web2": "b3-16",
        "metier": "b3-16",
        **dict.fromkeys(("sso", "front", "courrier", "veille", "ecouter"), "b3-8"),
    }
    assert cloud.kind("ServerGroup")["apart"]["policies"] == "soft-anti-affinity"
    for name, server in servers.items():
        assert server["schedulerHints"] == [{"group": "ServerGroup-apart"}]
        assert server["name"] == f"gru-admiville-{name}"
        assert server["imageId"] == "id-of-Debian 13"
        assert server["configDrive"] is True
        assert server["powerState"] == "active"
        assert server["networks"] == [{"port": f"Port-{name}"}]
        assert inventory["hosts"][name]["memory_mb"] == 8192
        assert inventory["hosts"][name]["instance"] == f"Instance-{name}"


def test_hosts_are_strictly_apart_where_the_site_asks(cloud: Cloud, tmp_path: Path) -> None:
    declare(plan_of(changed_site(tmp_path, ("  size: medium", "  spread: strict\n  size: medium"))))
    assert cloud.kind("ServerGroup")["apart"]["policies"] == "anti-affinity"


def test_all_that_can_bear_a_mark_tells_whose_it_is(cloud: Cloud, plan: StackPlan) -> None:
    declare(plan)
    marks = ["gru-owner-0123456789abcdef", "gru-stack-admiville"]
    for kind in ("Network", "Subnet", "Router", "SecGroup", "Port", "FloatingIp"):
        assert cloud.kind(kind)
        assert all(one["tags"] == marks for one in cloud.kind(kind).values()), kind
    for kind in ("Instance", "Volume"):
        for name, one in cloud.kind(kind).items():
            said = {"gru_owner": "0123456789abcdef", "gru_stack": "admiville", "gru_name": name}
            assert one["metadata"] == said
    assert (
        cloud.kind("Keypair")["key"]["name"] == cloud.kind("ServerGroup")["apart"]["name"] == "gru-admiville-01234567"
    )


def test_the_network_leaves_room_for_the_clouds_own_addresses(cloud: Cloud, plan: StackPlan) -> None:
    declare(plan)
    subnet = cloud.kind("Subnet")["network"]
    assert subnet["cidr"] == "10.60.0.0/24"
    assert subnet["gatewayIp"] == "10.60.0.1"
    assert subnet["allocationPools"] == [{"start": "10.60.0.2", "end": "10.60.0.9"}]
    assert cloud.kind("Router")["network"]["externalNetworkId"] == "id-of-Ext-Net"


# ---- Secrets


def test_the_provider_is_told_where_and_never_who(
    cloud: Cloud, plan: StackPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The provider's settings are kept in the state."""
    for name in ("OS_PASSWORD", "OS_APPLICATION_CREDENTIAL_SECRET", "OS_TOKEN", "OS_USERNAME"):
        monkeypatch.setenv(name, "tres-secret")
    declare(plan)
    assert cloud.kind("openstack")["cloud"] == {"cloud": "admiville", "region": "GRA9"}
    assert "tres-secret" not in repr(cloud.asked)


@pytest.mark.parametrize("user", ["debian", "root"])
def test_user_data_opens_one_account_and_holds_no_secret(plan: StackPlan, user: str) -> None:
    text = user_data(replace(plan.hosts[0], ssh_user=user), KEY)
    first, _, content = text.partition("\n")
    assert first == "#cloud-config"
    settings = json.loads(content)
    assert settings["disable_root"] is (user != "root")
    assert settings["ssh_pwauth"] is False
    assert settings["fqdn"] == "db.admiville.example"
    accounts = settings.get("users", [])
    assert [account["name"] for account in accounts] == ([user] if user != "root" else [])
    assert all(account["lock_passwd"] and account["ssh_authorized_keys"] == [KEY] for account in accounts)
    assert not {"password", "passwd", "chpasswd", "secret"} & set(json.dumps(settings).replace('"', " ").split())


# ---- From the cloud to the inventory


def test_hosts_are_reached_through_the_front_by_ansible_and_by_gru(
    cloud: Cloud, plan: StackPlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRU_STATE_DIRECTORY", str(tmp_path / "etat"))
    stack = Stack("admiville")
    stack.prepare()
    site = settled(load_site(ADMIVILLE), {})
    ensure_secrets(stack, site)
    write_inventory(stack, site, declare(plan))
    assert cloud.asked
    content = read_inventory(stack)["all"]
    assert content["vars"]["gru_publish_address"] == PUBLIC
    assert "ProxyCommand" not in content["vars"]["ansible_ssh_common_args"]
    front, database = content["hosts"]["front"], content["hosts"]["db"]
    assert front["ansible_host"] == PUBLIC
    assert "ansible_ssh_common_args" not in front
    assert database["ansible_host"] == "10.60.0.10"
    assert f"-W '\"'\"'[%h]:%p'\"'\"' debian@{PUBLIC}'" in database["ansible_ssh_common_args"]
    assert database["ansible_become"] is True
    assert database["gru_memory_mb"] == 8192
    assert database["gru_volumes"] == [{"name": "base", "path": "/var/lib/postgresql", "id": "Volume-db-base"}]


# ---- What site.yaml may say


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("size: medium", "size: huge", "la taille « huge » n'est pas dans « sizes » (small, medium, large)"),
        ("{default: b3-8}", "{db: b3-8}", "donnez un gabarit à sso, web1"),
        ("db: b3-32", "base: b3-32", "« base » n'est pas un hôte de ce site"),
        ("region: SBG}", "region: GRA9}", "les sauvegardes sont dans la même région"),
        ("10.60.0.0/24", "10.60.0.0/28", "trop petit"),
        ("admin_networks: [203.0.113.8/29]", "admin_networks: []", "admin_networks"),
        ("    functions: [database]", "    functions: [database]\n    memory_mb: 4096", "ne limite ni mémoire"),
        ("  cloud: admiville", "  cloud: admiville\n  password: x", "password"),
        ("    functions: [database]", "    functions: [database]\n    ssh_port: 2222", "entre par le port 22"),
        (
            "\nmail:\n",
            "\nmail:\n  receive_returns: true\n  public_address: 203.0.113.9\n",
            "on n'entre que par le frontal",
        ),
    ],
)
def test_what_cannot_be_is_told(tmp_path: Path, old: str, new: str, words: str) -> None:
    with pytest.raises(SiteError) as refusal:
        changed_site(tmp_path, (old, new))
    assert words in str(refusal.value)


@pytest.mark.parametrize("size", ["small", "medium", "large"])
def test_each_size_of_the_model_gives_every_host_a_flavor(tmp_path: Path, size: str) -> None:
    plan = plan_of(changed_site(tmp_path, ("size: medium", f"size: {size}")))
    assert all(host.flavor for host in plan.hosts)
    assert {host.ssh_way for host in plan.hosts} == {Way.PUBLIC, Way.FRONT}


def test_what_rules_of_placement_ask_is_in_the_plan(plan: StackPlan) -> None:
    assert isinstance(plan.cloud, CloudPlan)
    assert (plan.cloud.operator, plan.cloud.region, plan.cloud.backup_region) == ("OVHcloud", "GRA9", "SBG")
    assert plan.cloud.volumes_encrypted
    assert [host.name for host in plan.hosts if host.public] == ["front"]
    assert Function.PROXY in plan.hosts[5].functions
