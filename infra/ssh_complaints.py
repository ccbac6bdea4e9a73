"""What ssh complains of, in French, with what to do: for all that enters a host."""

from __future__ import annotations

import re
from typing import Any

CHANGED_KEY = ("REMOTE HOST IDENTIFICATION HAS CHANGED", "Host key verification failed")
"""What ssh says of a host whose key is not the one it knew."""

REASONS = (
    (
        CHANGED_KEY,
        "sa clé SSH n'est plus celle qu'il avait. S'il a été réinstallé : gru hosts accept {host} --stack {stack} ;"
        " sinon, quelqu'un se fait passer pour lui",
    ),
    (
        ("Permission denied",),
        "il refuse la clé SSH {key} pour « {user} » : ajoutez {key}.pub aux clés que ce compte accepte"
        " (~/.ssh/authorized_keys), ou corrigez le compte et la clé dans site.yaml",
    ),
    (("Could not resolve hostname",), "le nom « {address} » est inconnu du DNS : corrigez ssh_address dans site.yaml"),
    (
        ("Connection refused",),
        "rien n'y écoute en SSH (port {port} de {address}) : corrigez le port (ssh_port), ou installez-y"
        " openssh-server",
    ),
    (
        ("timed out", "Timeout"),
        "il ne répond pas (port {port} de {address}) : il est éteint, l'adresse n'est pas la sienne, ou un pare-feu"
        " vous arrête",
    ),
    (
        ("No route to host", "Network is unreachable"),
        "aucun chemin ne mène à {address} depuis cette machine : vérifiez l'adresse, votre réseau ou votre VPN",
    ),
    (
        ("Connection closed", "Connection reset", "kex_exchange_identification", "banner"),
        "il coupe la connexion SSH (port {port} de {address}) : ce port n'est pas celui de SSH, ou son pare-feu vous"
        " a banni",
    ),
)
"""What ssh says, and what the operator is told."""


def has_another_key(complaint: str) -> bool:
    """Whether ssh complains that the host's key is not the one it knew."""
    return any(sign in complaint for sign in CHANGED_KEY)


def why(inventory: dict[str, Any], host: str, complaint: str) -> str:
    """What ssh's complaint means, and what to do."""
    record = inventory["all"]["vars"] | inventory["all"]["hosts"][host]
    changed = re.search(r"Host key for (\S+) has changed", complaint)
    if changed and str(record["ansible_host"]) not in changed[1]:
        known = re.search(r"UserKnownHostsFile=(\S+)", str(record["ansible_ssh_common_args"]))
        return (
            f"la machine de rebond {changed[1]} ne montre plus la clé SSH que gru lui connaît. Si vous l'avez"
            f" réinstallée : ssh-keygen -R '{changed[1]}' -f {known[1] if known else 'ssh/known_hosts'}"
        )
    for signs, sentence in REASONS:
        if any(sign in complaint for sign in signs):
            return sentence.format(
                host=host,
                stack=record["gru_stack"],
                address=record["ansible_host"],
                port=record["ansible_port"],
                user=record["ansible_user"],
                key=record["ansible_ssh_private_key_file"],
            )
    words = complaint.strip().splitlines()
    return f"SSH échoue : {words[-1] if words else 'sans dire pourquoi'}"
