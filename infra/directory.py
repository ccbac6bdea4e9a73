"""The town's directory, administered as root on its own host, through its local socket (no password exists for it)."""

from __future__ import annotations

import base64
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infra.remote import host_of, run_remote

SOCKET = ("-Q", "-Y", "EXTERNAL", "-H", "ldapi:///")


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry, with the attributes that were asked for, under their names in lower case."""

    dn: str
    attributes: Mapping[str, Sequence[str]]

    def one(self, name: str) -> str:
        """The first value of an attribute; empty where there is none."""
        return next(iter(self.attributes.get(name.lower(), ())), "")


class Directory:
    """Reads and changes of a platform's directory. Every one raises OperatorError with what the directory said."""

    def __init__(self, inventory: dict[str, Any]) -> None:
        self._inventory = inventory
        self._host = host_of(inventory, "idp")
        self.base = "dc=" + str(inventory["all"]["vars"]["gru_domain"]).replace(".", ",dc=")

    def search(self, branch: str, condition: str, *attributes: str) -> list[Entry]:
        """Entries below an organisational unit that meet a condition (RFC 4515)."""
        words = ["ldapsearch", "-LLL", "-o", "ldif-wrap=no", *SOCKET, "-b", f"ou={branch},{self.base}"]
        return list(entries(self.run([*words, condition, *attributes])))

    def change(self, *records: str) -> None:
        """Apply records of change (RFC 2849), in their order; the first that is refused stops the rest."""
        if records:
            self.run(["ldapmodify", *SOCKET], "\n\n".join(records) + "\n")

    def run(self, command: Sequence[str], stdin: str = "") -> str:
        """Run a command on the directory's host."""
        return run_remote(self._inventory, self._host, [shlex.quote(word) for word in command], stdin)

    def groups(self) -> list[str]:
        """Names of the groups of people."""
        return sorted(entry.one("cn") for entry in self.search("groupes", "(objectClass=groupOfNames)", "cn"))


def record(dn: str, *lines: tuple[str, str]) -> str:
    """A record of LDIF; values go in base 64, so that none is taken for anything else."""
    return "\n".join([_line("dn", dn), *(_line(name, value) for name, value in lines)])


def modification(dn: str, act: str, attribute: str, value: str) -> str:
    """A record that adds or deletes one value of an attribute."""
    return "\n".join([_line("dn", dn), "changetype: modify", f"{act}: {attribute}", _line(attribute, value), "-"])


def move(dn: str, superior: str) -> str:
    """A record that puts an entry, its name kept, below another."""
    name = dn.partition(",")[0]
    lines = [_line("dn", dn), "changetype: modrdn", _line("newrdn", name), "deleteoldrdn: 0"]
    return "\n".join([*lines, _line("newsuperior", superior)])


def literal(value: str) -> str:
    """A value as it may stand in a condition (RFC 4515, section 3)."""
    return "".join(f"\\{ord(letter):02x}" if letter in "\\*()\0" else letter for letter in value)


def entries(ldif: str) -> Iterator[Entry]:
    """Entries of what ldapsearch prints (RFC 2849), whose lines are not folded."""
    for block in ldif.strip().split("\n\n"):
        dn, attributes = "", dict[str, list[str]]()
        for line in block.splitlines():
            name, separator, value = line.partition(":")
            if not separator or name.startswith("#"):
                continue
            text = base64.b64decode(value[1:].strip()).decode() if value.startswith(":") else value.strip()
            if name == "dn":
                dn = text
            else:
                attributes.setdefault(name.lower(), []).append(text)
        if dn:
            yield Entry(dn, attributes)


def _line(name: str, value: str) -> str:
    return f"{name}:: {base64.b64encode(value.encode()).decode()}"
