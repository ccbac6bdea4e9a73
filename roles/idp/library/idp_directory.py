#!/usr/bin/python
"""Brings the entries of the town's directory to the state asked for, in one connection.

One module call instead of one `ldap_entry` and one `ldap_attrs` per entry: a second run takes half a second, not
twenty. Two rules that those modules have no word for: a password is written when the account is created and never
again (`initial`), or whenever it no longer is the expected one (`secret`).
"""

# The future import is what Ansible's module loader expects first.
from __future__ import annotations

import base64
import hashlib
import hmac
import os
from typing import Any

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

try:
    import ldap
    import ldap.modlist
except ImportError:  # pragma: no cover - told to the operator below
    ldap = None

DOCUMENTATION = r"""
module: idp_directory
short_description: Entries of an LDAP directory, through its local socket
description:
  - Connects with SASL EXTERNAL (the operating system says who calls), so that no administration password exists.
options:
  uri: {type: str, default: "ldapi:///", description: Address of the local socket.}
  entries:
    type: list
    elements: dict
    required: true
    description: Entries, parents first.
    suboptions:
      dn: {type: str, required: true, description: Name of the entry.}
      attributes: {type: dict, required: true, description: Attributes kept exactly as given.}
      initial: {type: dict, default: {}, description: Attributes written only when the entry is created.}
      include: {type: dict, default: {}, description: Values that must be there, among others.}
      secret:
        type: str
        description:
          - Long random password of a technical account, stored as salted SHA-1. It needs no slow hash, and the
            identity provider binds with it several times in each sign-in.
author: Ville (GRU)
"""

Attributes = dict[str, list[bytes]]


def encode(attributes: dict[str, Any] | None) -> Attributes:
    """Ansible values to LDAP values: a scalar is a list of one."""
    encoded: Attributes = {}
    for name, value in (attributes or {}).items():
        values = value if isinstance(value, list) else [value]
        encoded[name] = [str(item).encode() for item in values]
    return encoded


def hash_secret(secret: str) -> bytes:
    salt = os.urandom(16)
    # RFC 2307 names this scheme; the secret is 192 random bits, so the speed of SHA-1 helps nobody.
    digest = hashlib.sha1(secret.encode() + salt).digest()  # noqa: S324
    return b"{SSHA}" + base64.b64encode(digest + salt)


def is_secret(stored: list[bytes], secret: str) -> bool:
    for value in stored:
        if value.startswith(b"{SSHA}"):
            raw = base64.b64decode(value[6:])
            expected = hashlib.sha1(secret.encode() + raw[20:]).digest()  # noqa: S324
            if hmac.compare_digest(expected, raw[:20]):
                return True
    return False


def changes_for(entry: dict[str, Any], current: Attributes) -> list[tuple[int, str, list[bytes]]]:
    """Modifications that bring an existing entry to the state asked for."""
    known = {name.lower(): values for name, values in current.items()}
    changes: list[tuple[int, str, list[bytes]]] = []
    for name, values in encode(entry["attributes"]).items():
        if set(known.get(name.lower(), [])) != set(values):
            changes.append((ldap.MOD_REPLACE, name, values))
    for name, values in encode(entry["include"]).items():
        missing = [value for value in values if value not in known.get(name.lower(), [])]
        if missing:
            changes.append((ldap.MOD_ADD, name, missing))
    if entry["secret"] and not is_secret(known.get("userpassword", []), entry["secret"]):
        changes.append((ldap.MOD_REPLACE, "userPassword", [hash_secret(entry["secret"])]))
    return changes


def new_entry(entry: dict[str, Any]) -> Attributes:
    attributes = encode(entry["attributes"]) | encode(entry["initial"])
    for name, values in encode(entry["include"]).items():
        attributes[name] = attributes.get(name, []) + values
    if entry["secret"]:
        attributes["userPassword"] = [hash_secret(entry["secret"])]
    return attributes


def kept_elsewhere(connection: Any, dn: str) -> str | None:
    """Where an account is that is no longer at its place: a suspended one is not made again beside itself."""
    name, _, rest = dn.partition(",")
    root = rest[rest.index("dc=") :]
    found = connection.search_s(root, ldap.SCOPE_SUBTREE, f"({name})", ["1.1"])
    return str(found[0][0]) if found else None


def followed(entry: dict[str, Any], moved: dict[str, str]) -> dict[str, Any]:
    """The entry, its mentions of accounts brought to where they are."""
    include = {
        name: [moved.get(value, value) for value in (values if isinstance(values, list) else [values])]
        for name, values in (entry["include"] or {}).items()
    }
    return {**entry, "include": include}


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "uri": {"type": "str", "default": "ldapi:///"},
            "entries": {
                "type": "list",
                "elements": "dict",
                "required": True,
                "options": {
                    "dn": {"type": "str", "required": True},
                    "attributes": {"type": "dict", "required": True},
                    "initial": {"type": "dict", "default": {}},
                    "include": {"type": "dict", "default": {}},
                    "secret": {"type": "str", "no_log": True},
                },
            },
        },
        supports_check_mode=True,
    )
    if ldap is None:
        module.fail_json(msg=missing_required_lib("python-ldap"))
    created: list[str] = []
    modified: dict[str, list[str]] = {}
    moved: dict[str, str] = {}
    dn = module.params["uri"]
    try:
        connection = ldap.initialize(module.params["uri"])
        connection.sasl_external_bind_s()
        for entry in module.params["entries"]:
            dn = entry["dn"]
            try:
                current = connection.search_s(dn, ldap.SCOPE_BASE, "(objectClass=*)")[0][1]
            except ldap.NO_SUCH_OBJECT:
                if entry["initial"] and (place := kept_elsewhere(connection, dn)):
                    moved[dn] = place
                    continue
                created.append(dn)
                if not module.check_mode:
                    connection.add_s(dn, ldap.modlist.addModlist(new_entry(entry)))
                continue
            changes = changes_for(followed(entry, moved), current)
            if changes:
                modified[dn] = [name for _, name, _ in changes]
                if not module.check_mode:
                    connection.modify_s(dn, changes)
    except ldap.LDAPError as error:
        detail = error.args[0] if error.args else {}
        words = f"{detail.get('desc', error)} {detail.get('info', '')}" if isinstance(detail, dict) else str(error)
        module.fail_json(msg=f"{dn} : {words.strip()}", created=created, modified=modified)
    module.exit_json(changed=bool(created or modified), created=created, modified=modified)


if __name__ == "__main__":
    main()
