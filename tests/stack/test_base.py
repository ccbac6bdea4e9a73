"""Checks of role `base`, on every host."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest
from testinfra.host import Host

from tests.stack.places import read_inside

DAY = 86400


@pytest.fixture
def host(host_name: str, host_by_name: Any) -> Host:
    """Each host in turn."""
    return host_by_name(host_name)


@pytest.fixture
def variables(host_name: str, inventory: dict[str, Any]) -> dict[str, Any]:
    """Its variables."""
    return {**inventory["all"]["vars"], **inventory["all"]["hosts"][host_name]}


def test_no_failed_unit(host: Host) -> None:
    """Aucun service n'est en échec sur l'hôte."""
    assert host.check_output("systemctl list-units --failed --plain --no-legend") == ""


def test_a_host_knows_its_own_name(host: Host) -> None:
    """L'hôte connaît son propre nom : sinon chaque commande « sudo » s'en plaint."""
    host.check_output('getent hosts "$(hostname)"')


def test_certificate_is_trusted(host: Host, variables: dict[str, Any]) -> None:
    """Le certificat de l'hôte porte son nom, vient de l'autorité du site et vaut encore au moins 30 jours."""
    host.check_output("openssl verify -CApath /etc/ssl/certs /etc/ssl/gru/host.crt")
    host.check_output("openssl x509 -in /etc/ssl/gru/host.crt -noout -checkend %s", str(30 * DAY))
    names = host.check_output("openssl x509 -in /etc/ssl/gru/host.crt -noout -ext subjectAltName")
    assert f"DNS:{variables['gru_fqdn']}" in names


def test_private_key_is_kept(host: Host) -> None:
    """La clé de l'hôte n'est lisible que de ses services, et celle de l'autorité n'est pas sur l'hôte."""
    key = host.file("/etc/ssl/gru/host.key")
    assert (key.user, key.group, key.mode) == ("root", "ssl-cert", 0o640)
    authority = host.check_output(
        "openssl x509 -in /usr/local/share/ca-certificates/gru-autorite-locale.crt -noout -pubkey"
    )
    assert host.check_output("openssl pkey -in /etc/ssl/gru/host.key -pubout") != authority
    assert host.check_output("grep -rl 'PRIVATE KEY' /etc/ssl/gru") == "/etc/ssl/gru/host.key"


def test_access_by_key_only(host: Host) -> None:
    """On n'entre sur l'hôte qu'avec une clé : aucun mot de passe n'est accepté."""
    settings = host.check_output("sshd -T").splitlines()
    assert "passwordauthentication no" in settings
    assert "kbdinteractiveauthentication no" in settings
    assert "permitrootlogin without-password" in settings
    assert "allowtcpforwarding local" in settings
    macs = next(line for line in settings if line.startswith("macs "))
    assert not [mac for mac in macs.split()[1].split(",") if "sha1" in mac or "umac-64" in mac], macs
    assert host.check_output("passwd -S root").split()[1] == "L"


def test_clock_and_journal(host: Host) -> None:
    """L'hôte est à l'heure de Paris et garde son journal après un redémarrage."""
    assert host.file("/etc/localtime").linked_to.endswith("Europe/Paris")
    assert host.file("/var/log/journal").is_directory


def test_logs_are_forgotten_in_time(host: Host, variables: dict[str, Any]) -> None:
    """Les journaux de l'hôte s'effacent après le nombre de mois choisi par la ville, et rien ne grossit sans fin."""
    settings = host.check_output("systemd-analyze cat-config systemd/journald.conf").splitlines()
    told = dict(line.split("=", 1) for line in settings if "=" in line and not line.startswith("#"))
    assert told["MaxRetentionSec"] == f"{variables['gru_retention']['logs_months']}month"
    assert told["SystemMaxUse"] == ("1G" if "proxy" in variables["gru_functions"] else "200M")
    assert host.service("logrotate.timer").is_running
    host.check_output("logrotate --debug /etc/logrotate.conf")


def test_figures_on_the_inner_network_only(host: Host, variables: dict[str, Any]) -> None:
    """Les mesures de l'hôte se lisent sur le réseau de la plateforme, et là seulement."""
    assert host.socket(f"tcp://{variables['gru_address']}:9100").is_listening
    assert not host.socket("tcp://127.0.0.1:9100").is_listening
    assert "node_memory_MemAvailable_bytes" in read_inside(host, f"https://{variables['gru_fqdn']}:9100/metrics")


def test_who_uses_the_certificate_can_be_told(host: Host) -> None:
    """Un certificat changé sur l'hôte est dit à chaque service qui l'emploie."""
    told = host.check_output("head -qn1 /etc/gru/certificate.d/*").splitlines()
    assert told
    assert set(told) == {"#!/bin/sh"}


def test_services_run_with_what_is_written(host: Host, variables: dict[str, Any]) -> None:
    """Les services tournent avec ce qui est écrit : aucune mise à jour interrompue n'est restée inachevée."""
    owed = host.run("cd /var/lib/gru/owed && grep -H . -- *").stdout.splitlines()
    functions = ("base", *variables["gru_functions"])
    unfinished = sorted(line.partition(":")[2] for line in owed if line.partition(":")[0] in functions)
    assert unfinished == [], f"écrit, sans que les services l'aient relu ({', '.join(unfinished)}) : lancez « gru up »"
    paths = host.check_output("ls /etc/gru/components.d/*.json").split()
    units = sorted({unit for path in paths for unit in json.loads(host.file(path).content_string)["units"]})
    stale = host.check_output(f"systemctl show --property=Id,NeedDaemonReload {shlex.join(units)}") if units else ""
    stale_units = [block for block in stale.split("\n\n") if "NeedDaemonReload=yes" in block]
    assert stale_units == [], f"leur description a changé depuis leur démarrage ({stale_units}) : lancez « gru up »"


def _settled(host: Host, unit: str) -> str:
    """State of a unit, once it is no longer coming back: a worker does, 5 s after the database was restarted."""
    host.run("timeout 30 sh -c 'while [ \"$(systemctl is-active %s)\" = activating ]; do sleep 0.5; done'", unit)
    return host.check_output("systemctl is-active %s || true", unit)


def test_components_tell_the_truth(host: Host) -> None:
    """Chaque composant que l'hôte annonce est installé et en marche."""
    paths = host.check_output("ls /etc/gru/components.d/*.json").split()
    assert paths
    for path in paths:
        component = json.loads(host.file(path).content_string)
        assert component["name"]
        for unit in component["units"]:
            assert _settled(host, unit) == "active", unit
        if "package" in component:
            assert host.package(component["package"]).is_installed
