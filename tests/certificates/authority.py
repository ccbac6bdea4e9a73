"""An ACME authority and the town's name server, in one container: Pebble and BIND, of Debian's packages."""

from __future__ import annotations

import base64
import datetime
import json
import secrets
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import requests
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from infra.model import Site
from tests.certificates.made import Authority

DAYS = 90
"""Life of what Pebble signs, in days: that of Let's Encrypt's certificates."""
KEY_NAME = "frontal"
DNS_PORT = 5353
_API = 14000
_MANAGEMENT = 15000
_PATIENCE = 30


@dataclass
class AcmeAuthority:
    """One container, at `address` in the network of the hosts; `zone` is the domain that its name server holds."""

    image: str
    name: str
    label: str
    zone: str
    folder: Path
    address: str = ""
    tsig: str = field(default_factory=lambda: base64.b64encode(secrets.token_bytes(32)).decode())

    def install(self, site: Site) -> None:
        """Start the container and install the packages; it is on no network of the hosts yet."""
        self.folder.mkdir(parents=True, exist_ok=True)
        proxy = site.network.http_proxy
        environment = ["-e", f"http_proxy={proxy}"] if proxy else []
        _docker("run", "-d", "--name", self.name, "--label", self.label, *environment, self.image, "sleep", "infinity")
        lines = f"deb {site.network.debian_mirror} trixie main\n"
        self._write("/etc/apt/sources.list", lines)
        packages = "pebble bind9 bind9-dnsutils"
        install = f"DEBIAN_FRONTEND=noninteractive apt-get -qq install {packages} >/dev/null"
        self._run(f"apt-get -qq update && {install}")

    def start(self, network: str, address: str, front: str) -> None:
        """Join the hosts' network, lead every name of the zone to `front`, answer."""
        self.address = address
        _docker("network", "connect", "--ip", address, network, self.name)
        self._start_names(front)
        own = Authority("Autorité de l'annuaire ACME")
        server = own.sign([], addresses=[address])
        self._write("/etc/pebble.crt", server.chain)
        self._write("/etc/pebble.key", server.key)
        self._write("/etc/pebble.json", json.dumps(self._settings()))
        # Pebble refuses one nonce in twenty by chance; certbot tries again once, so one order in fifteen would fail.
        self._run(
            "PEBBLE_VA_NOSLEEP=1 PEBBLE_AUTHZREUSE=0 PEBBLE_WFE_NONCEREJECT=0 setsid pebble -config /etc/pebble.json"
            f" -dnsserver 127.0.0.1:{DNS_PORT} >/var/log/pebble.log 2>&1 &"
        )
        self._roots = own.certificate + self._wait_for_root()

    @property
    def directory(self) -> str:
        """What `certificate.directory` says in site.yaml."""
        return f"https://{self.address}:{_API}/dir"

    @property
    def roots(self) -> str:
        """What `certificate.ca_file` holds: who signs the directory's certificate, and who signs what it gives."""
        return self._roots

    def lead(self, name: str, address: str | None) -> None:
        """Lead a name of the zone elsewhere; nowhere when `address` is None."""
        lines = [f"server 127.0.0.1 {DNS_PORT}", f"zone {self.zone}", f"update delete {name} A"]
        lines += [f"update add {name} 1 A {address}"] if address else [f'update add {name} 1 TXT "rien ici"']
        self._write("/etc/bind/update", "\n".join([*lines, "send", ""]))
        self._run("nsupdate -k /etc/bind/tsig.key /etc/bind/update")

    def log(self) -> str:
        """What Pebble wrote."""
        return self._run("cat /var/log/pebble.log")

    def _settings(self) -> dict[str, object]:
        return {
            "pebble": {
                "listenAddress": f"0.0.0.0:{_API}",
                "managementListenAddress": f"0.0.0.0:{_MANAGEMENT}",
                "certificate": "/etc/pebble.crt",
                "privateKey": "/etc/pebble.key",
                "httpPort": 80,
                "tlsPort": 443,
                "ocspResponderURL": "",
                "externalAccountBindingRequired": False,
                "certificateValidityPeriod": DAYS * 86400,
            }
        }

    def _start_names(self, front: str) -> None:
        key = f'key "{KEY_NAME}" {{ algorithm hmac-sha512; secret "{self.tsig}"; }};\n'
        zone = (
            f"$TTL 1\n@ SOA ns.{self.zone}. root.{self.zone}. 1 60 60 60 1\n@ NS ns.{self.zone}.\n"
            f"ns A {self.address}\n* A {front}\n"
        )
        self._write("/etc/bind/tsig.key", key)
        options = f"listen-on port {DNS_PORT} {{ any; }}; listen-on-v6 {{ none; }}; recursion no; dnssec-validation no;"
        held = f'type primary; file "/var/cache/bind/zone"; allow-update {{ key "{KEY_NAME}"; }};'
        settings = f'options {{ directory "/var/cache/bind"; {options} }};\nzone "{self.zone}" {{ {held} }};\n'
        self._write("/etc/bind/named.conf", key + settings)
        self._write("/var/cache/bind/zone", zone)
        self._run("mkdir -p /run/named && chown -R bind /var/cache/bind /run/named && named -u bind")

    def _wait_for_root(self) -> str:
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                # Its own certificate is what is being fetched: there is nothing yet to check it against.
                answer = requests.get(f"https://{self.address}:{_MANAGEMENT}/roots/0", verify=False, timeout=2)  # noqa: S501
            except requests.ConnectionError:
                if time.monotonic() > deadline:
                    raise
                continue
            root = x509.load_pem_x509_certificate(answer.content)
            assert root.not_valid_after_utc > datetime.datetime.now(datetime.UTC)
            return root.public_bytes(serialization.Encoding.PEM).decode()

    def _run(self, script: str) -> str:
        return _docker("exec", self.name, "sh", "-c", script)

    def _write(self, path: str, text: str) -> None:
        subprocess.run(
            ["docker", "exec", "-i", self.name, "sh", "-c", f"cat > {path}"], input=text, text=True, check=True
        )


def _docker(*words: str) -> str:
    run = subprocess.run(["docker", *words], capture_output=True, text=True, check=False)
    assert run.returncode == 0, f"docker {' '.join(words[:3])} : {run.stdout[-2000:]}{run.stderr[-2000:]}"
    return run.stdout
