"""One Docker client a thread, our labels, and Docker's errors put into words."""

from __future__ import annotations

import ipaddress
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import docker
import requests
from docker.errors import APIError, DockerException, ImageNotFound

from infra.targets.base import Ownership
from infra.targets.errors import TargetError

TIMEOUT = 60
"""Seconds for any one call: the engine's Cancel never reaches a dynamic provider."""

LABEL_STACK = "gru.stack"
LABEL_OWNER = "gru.owner"
LABEL_STATE = "gru.state"
LABEL_NAME = "gru.name"
LABEL_SPEC = "gru.spec"

_local = threading.local()


def client() -> docker.DockerClient:
    """A client of this thread (a provider is called from four threads at once)."""
    existing = getattr(_local, "client", None)
    if isinstance(existing, docker.DockerClient):
        return existing
    with explained("joindre le moteur Docker"):
        made = docker.from_env(timeout=TIMEOUT)
        made.ping()
    _local.client = made
    return made


def labels(ownership: Ownership, name: str, spec: str = "") -> dict[str, str]:
    """What we write on everything we make."""
    found = {
        LABEL_STACK: ownership.stack,
        LABEL_OWNER: ownership.owner,
        LABEL_STATE: ownership.state,
        LABEL_NAME: name,
    }
    return found | ({LABEL_SPEC: spec} if spec else {})


def owned_filter(ownership: Ownership) -> dict[str, str | list[str] | bool]:
    """Docker filter for everything this installation made for that stack."""
    return {"label": [f"{LABEL_STACK}={ownership.stack}", f"{LABEL_OWNER}={ownership.owner}"]}


def is_ours(found: Mapping[str, str] | None, ownership: Ownership) -> bool:
    """Whether these labels are those of this stack of this installation."""
    found = found or {}
    return found.get(LABEL_STACK) == ownership.stack and found.get(LABEL_OWNER) == ownership.owner


def require_ours(kind: str, name: str, found: Mapping[str, str] | None, ownership: Ownership) -> None:
    """Refuse to touch what another installation, or someone else, made under our name."""
    if is_ours(found, ownership):
        return
    stack = (found or {}).get(LABEL_STACK)
    if stack is None:
        raise TargetError(
            f"{kind} {name} existe déjà dans Docker et n'a pas été créé par la GRU : "
            "renommez-le ou supprimez-le, puis recommencez"
        )
    state = (found or {}).get(LABEL_STATE, "inconnu")
    selection = f"--filter label={LABEL_STACK}={stack}"
    raise TargetError(
        f"{kind} {name} appartient à une autre installation de la GRU (état dans {state}). "
        "Arrêtez-la depuis son dossier avec « gru down ». Si ce dossier n'existe plus : "
        f"docker rm -f $(docker ps -aq {selection}) ; docker network rm $(docker network ls -q {selection}) ; "
        f"docker volume rm $(docker volume ls -q {selection}) (les données seront perdues)"
    )


@contextmanager
def explained(action: str) -> Iterator[None]:
    """Turn Docker's and the socket's exceptions into one French sentence that says what to do."""
    try:
        yield
    except TargetError:
        raise
    except ImageNotFound as error:
        raise TargetError(
            f"impossible {de(action)} : l'image de base est absente de Docker ; relancez « gru up », qui la fabrique"
        ) from error
    except APIError as error:
        raise TargetError(f"impossible {de(action)} : {explain(_reason(error))}") from error
    except requests.exceptions.Timeout as error:
        raise TargetError(
            f"impossible {de(action)} : Docker n'a pas répondu en {TIMEOUT} s ; la machine est-elle surchargée ?"
        ) from error
    except (DockerException, requests.exceptions.RequestException, OSError) as error:
        raise TargetError(
            f"impossible {de(action)} : aucun moteur Docker ne répond ; démarrez-le "
            "(systemctl start docker) ou vérifiez DOCKER_HOST et vos droits sur sa prise"
        ) from error


def de(action: str) -> str:
    """``de créer``, ``d'enregistrer``."""
    return f"d'{action}" if action[0] in "aeéiou" else f"de {action}"


def _reason(error: APIError) -> str:
    return str(error.explanation or error)


_BUSY_PORT = re.compile(r"(?:Bind for|listen tcp\d?|failed to bind host port(?: for)?) ?(\d+\.\d+\.\d+\.\d+:\d+)")


def busy_port(reason: str) -> str | None:
    """The ``address:port`` that Docker could not publish, if that is what it says."""
    found = _BUSY_PORT.search(reason)
    busy = "already allocated" in reason or "already in use" in reason
    return found.group(1) if found and busy else None


def explain(reason: str) -> str:
    """French for the reasons we know; Docker's own words for the others."""
    port = busy_port(reason)
    if port:
        return (
            f"le port {port} est déjà pris sur cette machine ; arrêtez ce qui l'utilise "
            f"(ss -ltnp | grep :{port.rpartition(':')[2]}) ou changez d'adresse de publication"
        )
    if "cannot assign requested address" in reason:
        return f"l'adresse de publication n'existe pas sur cette machine ({reason})"
    if "Address already in use" in reason:
        return (
            f"cette adresse est déjà prise dans le réseau par un autre conteneur ({reason}) ; retirez ce conteneur"
            " (docker ps), ou donnez à cet hôte une autre adresse (address dans site.yaml)"
        )
    if "no space left" in reason.lower():
        return f"il n'y a plus de place sur le disque de Docker ({reason})"
    return f"Docker répond : {reason}"


def overlapping(cidr: str) -> list[str]:
    """Docker networks, ``name (cidr)``, that share addresses with that one."""
    wanted = ipaddress.ip_network(cidr)
    found: list[str] = []
    for network in client().networks.list():
        for config in ((network.attrs or {}).get("IPAM") or {}).get("Config") or []:
            subnet = config.get("Subnet")
            if subnet and ":" not in subnet and ipaddress.ip_network(subnet).overlaps(wanted):
                found.append(f"{network.name} ({subnet})")
    return found
