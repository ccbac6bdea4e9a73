"""Where the data of each function are: it moves with them, or the operator says by name that they stay behind.

What the last `gru up` made is kept beside the state, and outlives `gru down --keep-data`. A host that only changes its
name keeps its volumes, where the target makes them anew for no host: they stay under the name of the first one.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from infra.installed_release import installed
from infra.inventory import read_inventory
from infra.model import Site
from infra.model.site import Function
from infra.plan import SSH_PORT, StackPlan
from infra.site_plan import DATA_DIRECTORIES
from infra.state import OperatorError, Stack

_FILE = "data-places.json"

WORDS: dict[Function, str] = {
    Function.DATABASE: "les demandes, leurs pièces et leur histoire",
    Function.IDP: "les comptes et les mots de passe",
    Function.CONSULTATION: "les documents de l'écoute",
    Function.MAIL: "les courriels gardés",
    Function.MONITORING: "les mesures",
    Function.BACKUP_REPOSITORY: "les sauvegardes",
}
"""What an operator calls the data of a function."""


@dataclass(frozen=True, slots=True)
class DataPlace:
    """The host that holds the data of a function.

    `functions` are all those of the host, `server` where SSH is reached (``address:port``). `keeper` is the name of the
    host for which the volumes were made, which is the host's own unless it was renamed.
    """

    host: str
    functions: tuple[str, ...]
    server: str
    keeper: str


def known_places_of_data(stack: Stack) -> dict[str, DataPlace]:
    """By function, since the last `gru up` that made hosts, or configured those of others; empty before the first."""
    path = _path(stack)
    if path.exists():
        content = json.loads(path.read_text(encoding="utf-8"))
        return {name: DataPlace(**{**place, "functions": tuple(place["functions"])}) for name, place in content.items()}
    if not stack.inventory_file.exists():
        return {}
    # A platform brought up by a version that did not keep them apart.
    hosts = read_inventory(stack)["all"]["hosts"]
    return {
        function: DataPlace(name, tuple(host["gru_functions"]), f"{host['ansible_host']}:{host['ansible_port']}", name)
        for name, host in hosts.items()
        for function in host["gru_functions"]
        if function in DATA_DIRECTORIES
    }


def remember(stack: Stack, plan: StackPlan) -> None:
    """Keep where the data are, once hosts are made; on others' servers, once they are about to be configured."""
    places = {
        function: asdict(DataPlace(host.name, host.functions, "{}:{}".format(*host.ssh_endpoint()), host.keeper))
        for host in plan.hosts
        for function in host.functions
        if function in DATA_DIRECTORIES
    }
    temporary = _path(stack).with_suffix(".new")
    temporary.write_text(json.dumps(places, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    temporary.replace(_path(stack))


def begin(stack: Stack) -> None:
    """Note, before the servers of others are configured for the first time, that nothing holds data yet."""
    if not _path(stack).exists() and not stack.inventory_file.exists():
        _path(stack).write_text("{}\n", encoding="utf-8")


def expected(stack: Stack, accepted: Collection[str]) -> list[str]:
    """Functions that a complete run left with data, but those `accepted` to begin empty: a loss is not a beginning."""
    if installed(stack) is None:
        return []
    return sorted(set(known_places_of_data(stack)) - set(accepted))


def forget(stack: Stack) -> None:
    """The data are gone."""
    _path(stack).unlink(missing_ok=True)


def keepers(site: Site, known: Mapping[str, DataPlace], accepted: Collection[str] = ()) -> dict[str, str]:
    """By host, the name under which its volumes were made, where it is not its own: renamed hosts keep their data.

    Those of the functions `accepted` to begin empty do not follow a new name.
    """
    if not site.target.capabilities.renames_hosts:
        return {}
    found: dict[str, str] = {}
    for function, place in known.items():
        renamed = "" if function in accepted else _new_name(site, place)
        name = place.host if place.host in site.hosts else renamed
        if name and name != place.keeper:
            found[name] = place.keeper
    return found


def renamed_hosts(site: Site, known: Mapping[str, DataPlace], accepted: Collection[str] = ()) -> list[str]:
    """What is to be known of hosts that get another name and keep their volumes, in French."""
    kept = keepers(site, known, accepted)
    pairs = {(place.host, name) for place in known.values() for name in kept if kept[name] == place.keeper}
    return [f"l'hôte {old} devient {new}, et ses données le suivent" for old, new in sorted(pairs) if old != new]


def left_behind(site: Site, known: Mapping[str, DataPlace], accepted: Collection[str]) -> list[str]:
    """What `site` would leave behind without the operator's word, in French; `accepted` are functions said by name."""
    if wrong := sorted(set(accepted) - {str(function) for function in DATA_DIRECTORIES}):
        return [
            f"--leave-data {wrong[0]} : cette fonction ne garde pas de données. Possibles :"
            f" {', '.join(sorted(map(str, DATA_DIRECTORIES)))}"
        ]
    return [
        sentence
        for function, place in known.items()
        if function not in accepted and (sentence := _left(site, Function(function), place))
    ]


def refuse_to_leave_data(stack: Stack, site: Site, accepted: Collection[str]) -> None:
    """Refuse, before anything is touched, a site that leaves data behind. Raises OperatorError."""
    if found := left_behind(site, known_places_of_data(stack), accepted):
        raise OperatorError("Rien n'a été touché : des données resteraient en arrière.\n" + "\n".join(found))


def _left(site: Site, function: Function, place: DataPlace) -> str:
    """Why the data of a function would stay behind, and what to do; empty when they do not."""
    data = WORDS[function]
    where = f"sur l'hôte {place.host}" + ("" if site.target.capabilities.keeps_volumes else f" ({place.server})")
    carriers = site.hosts_of(function)
    if not carriers:
        return (
            f"  - fonction {function} : {data} sont {where}, et site.yaml ne porte plus cette fonction. Remettez-la, ou"
            f" dites que vous laissez ces données en arrière : « --leave-data {function} »."
        )
    new = carriers[0]
    if new == place.host or keepers(site, {function: place}).get(new) == place.keeper or _same_server(site, new, place):
        return ""
    kept = "Elles y resteraient" if not site.target.capabilities.keeps_volumes else "Leur volume serait détaché"
    return (
        f"  - fonction {function} : {data} sont {where} ; site.yaml la met sur l'hôte {new}, qui commencerait vide."
        f" {kept}, sans que la plateforme les voie. Remettez la fonction sur {place.host}, ou dites que vous voulez"
        f" commencer vide : « --leave-data {function} »."
    )


def _new_name(site: Site, place: DataPlace) -> str:
    """The host of the site that is the former one under another name: it carries the same functions; else empty."""
    return next((name for name, host in site.hosts.items() if set(host.functions) == set(place.functions)), "")


def _same_server(site: Site, name: str, place: DataPlace) -> bool:
    """Where others made the servers, a server is its address, whatever the site calls it."""
    host = site.hosts[name]
    server = f"{host.ssh_address or site.addresses()[name]}:{host.ssh_port or SSH_PORT}"
    return not site.target.capabilities.makes_hosts and server == place.server


def _path(stack: Stack) -> Path:
    return stack.directory / _FILE
