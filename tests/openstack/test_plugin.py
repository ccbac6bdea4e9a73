"""What the real plugin for OpenStack, built here, does of a state and of a volume that was kept."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pulumi
import pytest

from infra.engine import ensure_engine
from infra.engine.plugin import OPENSTACK, ensure_plugin, link_plugin
from infra.plan import CloudPlan, DataDirectory
from infra.targets import Ownership
from infra.targets.openstack.resources import data_volume, provider
from infra.workspace import opened
from tests.identity_answers import IdentityAnswers


@pytest.fixture(scope="session")
def plugin() -> None:
    """The engine and its plugin; built if needed, because a skipped test proves nothing."""
    ensure_engine(print)
    ensure_plugin(OPENSTACK, print)


@pytest.mark.usefixtures("plugin")
def test_no_credential_enters_the_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine keeps a provider's settings: where it is may be read there, who we are may not, even encrypted."""
    for name in ("OS_USERNAME", "OS_PASSWORD", "OS_TOKEN", "OS_APPLICATION_CREDENTIAL_SECRET", "OS_PROJECT_NAME"):
        monkeypatch.setenv(name, "tres-secret")
    monkeypatch.setenv("OS_AUTH_URL", "http://127.0.0.1:9/v3")
    passphrase = tmp_path / "passphrase"
    passphrase.write_text("phrase d'essai\n", encoding="utf-8")
    place = CloudPlan("", "essai", "region-1", "Debian 13", "public", ("192.0.2.0/24",))

    def program() -> None:
        provider(place, "cloud", place.region)

    with opened("nuage", tmp_path / "etat", passphrase, program) as (stack, folders):
        link_plugin(OPENSTACK, folders.home)
        stack.up()
        state = stack.export_stack()
    kept = [one for one in state.deployment["resources"] if one["type"] == "pulumi:providers:openstack"]
    assert [{name for name in one["inputs"] if not name.startswith("__")} for one in kept] == [{"region", "version"}]
    assert "tres-secret" not in json.dumps(state.deployment)


VOLUME = "11111111-2222-4333-8444-555555555555"


class FakeCloud(http.server.ThreadingHTTPServer):
    """Knows everybody, and has one volume of 1 GiB that an earlier stack made."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.changes: list[tuple[str, Any]] = []
        self.volume: dict[str, Any] = {
            "id": VOLUME,
            "name": "gru-nuage-db-base",
            "size": 1,
            "status": "in-use",
            "description": "",
            "metadata": {"gru_owner": "0123", "gru_stack": "nuage", "gru_name": "db-base"},
            "volume_type": "classic-luks",
            "availability_zone": "nova",
            "attachments": [],
            "bootable": "false",
            "multiattach": False,
        }


class _Answers(IdentityAnswers):
    server: FakeCloud

    def do_GET(self) -> None:
        if "/volumes/" in self.path:
            self.answer(200, {"volume": self.server.volume})
        else:
            version = {"id": "v3.14", "status": "stable", "links": [{"rel": "self", "href": f"{self.server.url}/v3/"}]}
            self.answer(200, {"version": version, "versions": {"values": [version]}})

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"{}")
        if self.path.endswith("/auth/tokens"):
            self.answer(201, {"token": self._token()})
            return
        self.server.changes.append((self.path.rpartition("/")[2], asked))
        if "os-extend" in asked:
            self.server.volume["size"] = asked["os-extend"]["new_size"]
        self.answer(202, {})

    def do_PUT(self) -> None:
        self.server.changes.append(("put", json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
        self.answer(200, {"volume": self.server.volume})

    def do_DELETE(self) -> None:
        self.server.changes.append(("delete", self.path))
        self.answer(202, {})

    def _token(self) -> dict[str, Any]:
        url = f"{self.server.url}/volume/v3/p"
        endpoint = {"interface": "public", "region": "r", "region_id": "r", "url": url, "id": "e"}
        kinds = ("volumev3", "block-storage")
        return {
            "expires_at": "2099-01-01T00:00:00.000000Z",
            "project": {"id": "p", "name": "p", "domain": {"id": "default", "name": "Default"}},
            "user": {"id": "u", "name": "u", "domain": {"id": "default", "name": "Default"}},
            "catalog": [{"type": kind, "name": kind, "id": kind, "endpoints": [endpoint]} for kind in kinds],
        }


@pytest.fixture
def fake_cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeCloud]:
    for name in ("OS_USERNAME", "OS_PASSWORD", "OS_PROJECT_NAME", "OS_USER_DOMAIN_NAME", "OS_PROJECT_DOMAIN_NAME"):
        monkeypatch.setenv(name, "essai")
    with FakeCloud() as server:
        monkeypatch.setenv("OS_AUTH_URL", f"{server.url}/v3")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.mark.usefixtures("plugin")
def test_a_kept_volume_is_taken_back_as_it_is_then_grows(fake_cloud: FakeCloud, tmp_path: Path) -> None:
    """`gru down --keep-data`, then `gru up`: neither an empty volume nor a refusal."""
    passphrase = tmp_path / "passphrase"
    passphrase.write_text("phrase d'essai\n", encoding="utf-8")
    place = CloudPlan("", "essai", "r", "Debian 13", "public", ("192.0.2.0/24",), volume_type="classic-luks")

    def up(size_gb: int) -> dict[str, int]:
        def program() -> None:
            data = DataDirectory("base", "/var/lib/postgresql", size_gb)
            options = pulumi.ResourceOptions(provider=provider(place, "cloud", place.region), import_=VOLUME)
            owner = Ownership("nuage", "0123", "/etat")
            data_volume("db-base", "gru-nuage-db-base", data, options, cloud=place, ownership=owner)

        with opened("nuage", tmp_path / "etat", passphrase, program) as (stack, folders):
            link_plugin(OPENSTACK, folders.home)
            return dict(stack.up(refresh=True).summary.resource_changes or {})

    assert up(1)["import"] == 1
    assert {verb for verb, _ in fake_cloud.changes} <= {"put"}, "its name and description may be written again"
    fake_cloud.changes.clear()
    up(2)
    assert {"os-extend": {"new_size": 2}} in [asked for _, asked in fake_cloud.changes]
    assert "delete" not in [verb for verb, _ in fake_cloud.changes]
    fake_cloud.changes.clear()
    assert up(2) == {"same": 3}
    assert fake_cloud.changes == []
