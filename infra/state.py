"""Where a stack keeps what it must remember on the operator's machine, outside the repository's history."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

SOURCE_DIRECTORY = Path(__file__).resolve().parent.parent


class OperatorError(Exception):
    """Something the operator can act on. The message is French and says what to do."""


@dataclass(frozen=True)
class Stack:
    """Paths of one stack. `name` is a folder of `stacks/`."""

    name: str

    @property
    def site_directory(self) -> Path:
        """Folder of the site in `stacks/`."""
        return self._sites() / self.name

    @staticmethod
    def _sites() -> Path:
        """`stacks/`, or the folder that `GRU_SITES_DIRECTORY` names (a town's own repository, a test)."""
        return Path(os.environ.get("GRU_SITES_DIRECTORY", SOURCE_DIRECTORY / "stacks"))

    @property
    def site_file(self) -> Path:
        """What the town decided."""
        return self.site_directory / "site.yaml"

    @property
    def directory(self) -> Path:
        """State: Pulumi's backend, encrypted secrets, SSH key, inventory, logs. Readable by its owner only."""
        root = Path(os.environ.get("GRU_STATE_DIRECTORY", SOURCE_DIRECTORY / ".gru"))
        return root / self.name

    @property
    def inventory_file(self) -> Path:
        """Hosts and their variables, as Ansible reads them."""
        return self.directory / "inventory.json"

    @property
    def secrets_file(self) -> Path:
        """Secrets, encrypted."""
        return self.directory / "secrets.yml"

    @property
    def backup_key_told_file(self) -> Path:
        """There once the key of backups was written for the operator of this machine."""
        return self.directory / "backup-key-told"

    @property
    def authority_file(self) -> Path:
        """Root certificate of the local authority, for browsers (PEM, public)."""
        return self.directory / "autorite-locale.pem"

    @property
    def visitor_trust_file(self) -> Path:
        """Authorities that a visitor trusts, where the site's certificate comes from one of them (PEM, public)."""
        return self.directory / "autorites-des-visiteurs.pem"

    @property
    def ssh_key_file(self) -> Path:
        """Private key that hosts accept."""
        return self.directory / "ssh" / "id_ed25519"

    @property
    def known_hosts_file(self) -> Path:
        """Keys of the hosts, as SSH keeps them."""
        return self.directory / "ssh" / "known_hosts"

    @property
    def log_directory(self) -> Path:
        """Logs of operations."""
        return self.directory / "logs"

    @property
    def passphrase_file(self) -> Path:
        """File holding the passphrase of the secrets, wherever the operator keeps it (`infra.passphrase`)."""
        from infra.passphrase import file_of_passphrase  # noqa: PLC0415 - it refuses with this module's error

        return file_of_passphrase(self.directory / "passphrase")

    def require_site(self) -> None:
        """Raises OperatorError, with the sites there are, when this one does not exist."""
        if not self.site_file.exists():
            known = sorted(p.parent.name for p in self._sites().glob("*/site.yaml"))
            raise OperatorError(f"Le site « {self.name} » n'existe pas. Sites connus : {', '.join(known) or 'aucun'}.")

    def prepare(self) -> None:
        """Create the state directory (mode 0700). Raises OperatorError when the site does not exist."""
        self.require_site()
        try:
            for directory in (self.directory, self.directory / "ssh", self.log_directory):
                directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise OperatorError(
                f"Impossible d'écrire dans {self.directory} ({error.strerror}). Libérez de la place ou changez"
                " les droits, puis recommencez."
            ) from error
