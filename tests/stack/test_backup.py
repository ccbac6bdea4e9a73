"""Checks of roles `backup` and `backup_repository`, on a site that says where its backups go."""

from __future__ import annotations

import json
from typing import Any

import pytest
from testinfra.host import Host


@pytest.fixture
def repository(host_of: Any) -> Host:
    """The host where backups go, where it is one of the platform's."""
    return host_of("backup_repository")


@pytest.fixture
def database(host_of: Any, inventory: dict[str, Any]) -> Host:
    """The database's host, where the site has backups."""
    if not inventory["all"]["vars"]["gru_backups"]["kind"]:
        pytest.skip("ce site n'a pas de sauvegarde")
    return host_of("database")


def test_the_repository_is_a_cage(repository: Host) -> None:
    """Le dépôt des sauvegardes n'ouvre qu'un compte, par deux clés, enfermé dans son dossier, sans terminal."""
    settings = repository.check_output("/usr/sbin/sshd -T -f /etc/gru/backup-repository/sshd.conf").splitlines()
    wanted = ("passwordauthentication no", "permitrootlogin no", "chrootdirectory /var/lib/gru-backup")
    for line in (*wanted, "allowusers gru-backup", "disableforwarding yes"):
        assert line in settings
    keys = repository.file("/etc/gru/backup-repository/authorized_keys")
    assert (keys.user, keys.mode & 0o022) == ("root", 0)
    writes, reads = keys.content_string.splitlines()
    assert writes.startswith('restrict,command="internal-sftp -u 0077" ssh-ed25519 ')
    assert reads.startswith('restrict,command="internal-sftp -R" ssh-ed25519 ')
    place = repository.file("/var/lib/gru-backup/depot")
    assert (place.user, place.mode) == ("gru-backup", 0o700)
    assert repository.service("gru-backup-repository").is_running


def test_the_repository_does_not_know_the_key(repository: Host, inventory: dict[str, Any]) -> None:
    """L'hôte du dépôt n'a pas la clé qui ouvre les sauvegardes."""
    carries = next(iter(inventory["all"]["children"]["backup_repository"]["hosts"]))
    if {"database", "idp", "consultation"} & set(inventory["all"]["hosts"][carries]["gru_functions"]):
        pytest.skip("cet hôte sauvegarde aussi")
    assert not repository.file("/etc/gru/backup.json").exists
    assert not repository.file("/etc/pgbackrest.conf").exists


def test_keys_are_kept(database: Host) -> None:
    """Sur l'hôte de la base, seuls root et PostgreSQL lisent ce qui ouvre les sauvegardes."""
    settings, pgbackrest = database.file("/etc/gru/backup.json"), database.file("/etc/pgbackrest.conf")
    assert (settings.user, settings.mode) == ("root", 0o600)
    assert (pgbackrest.group, pgbackrest.mode) == ("postgres", 0o640)


def test_journals_leave_within_the_minute(database: Host) -> None:
    """PostgreSQL archive chaque journal de transaction, et au moins chaque minute."""
    query = "select current_setting('archive_mode'), current_setting('archive_timeout')"
    assert database.check_output("psql -U postgres -XAt -d postgres -c %s", query) == "on|1min"


def test_backups_are_scheduled_and_encrypted(database: Host) -> None:
    """Les sauvegardes sont programmées ; celles de la base, s'il y en a, sont chiffrées."""
    for name in ("database", "files"):
        assert database.service(f"gru-backup-{name}.timer").is_running
        assert database.service(f"gru-backup-{name}.timer").is_enabled
    told = database.check_output("runuser -u postgres -- pgbackrest --output=json info")
    for stanza in json.loads(told):
        assert all(repo["cipher"] == "aes-256-cbc" for repo in stanza["repo"])
