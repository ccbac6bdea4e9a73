"""From what a host answered to what must be mended first: French sentences, each saying what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from infra.host_preflight.needs import (
    ARCHITECTURES,
    CLOCK_SECONDS,
    DEBIAN_RELEASES,
    DISK_MIB,
    DISK_MIB_OF_SYSTEM,
    MEMORY_MIB,
    MIB_OF_SYSTEM,
    OWN_UNITS,
    PORTS,
    PREVIOUS_RELEASE,
)
from infra.model.debian import NEEDS_CURRENT, SAVED_NEEDS_CURRENT
from infra.model.site import Function


@dataclass(frozen=True, slots=True)
class Facts:
    """What `probe.sh` said of a host: values by name, in their order. `asked` and `answered` are our clock's times."""

    asked: float
    answered: float
    values: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def read(cls, output: str, asked: float, answered: float) -> Facts:
        """From the probe's lines; what is not one of them (a banner) is left out."""
        values: dict[str, list[str]] = {}
        for line in output.splitlines():
            name, equals, value = line.partition("=")
            if equals and name.isidentifier():
                values.setdefault(name, []).append(value.strip())
        return cls(asked, answered, values)

    def one(self, name: str) -> str:
        """The value of that name; empty where the host did not say."""
        return self.values.get(name, [""])[0]

    def number(self, name: str) -> int | None:
        """The same as a number; None where the host did not say, or has no limit."""
        value = self.one(name)
        return int(value) if value.isdecimal() else None

    @property
    def installed(self) -> set[str]:
        """Functions that an earlier run finished on this host."""
        return set(self.values.get("function", ()))


def faults(facts: Facts, functions: Sequence[Function], *, own_memory: bool = True, saved: bool = False) -> list[str]:
    """All that would stop an installation of `functions` on that host; empty when nothing would.

    `own_memory` is false where the host shares its memory with others: the target looks at it as a whole. `saved` says
    that the site has backups.
    """
    found = [*_who(facts), *_system(facts), *_older(facts, functions, saved=saved), *_clock(facts)]
    found += [*_disk(facts, functions), *(_memory(facts, functions) if own_memory else ()), *_ports(facts, functions)]
    return [*found, *([] if _stranger(facts) else _mirrors(facts)), *_relay(facts)]


def _who(facts: Facts) -> Iterator[str]:
    user = facts.one("user")
    if facts.one("root") == "no-sudo":
        yield (
            f"« {user} » n'est pas root et sudo n'est pas installé : installez sudo et donnez-lui tous les droits"
            " sans mot de passe, ou entrez en root (target.ssh_user)"
        )
    elif facts.one("root") == "password":
        yield (
            f"sudo demande un mot de passe à « {user} », ou lui refuse root. Sur ce serveur, en root :"
            f" echo '{user} ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/gru"
        )


def _stranger(facts: Facts) -> bool:
    return facts.one("system") != "debian" or facts.one("release") not in DEBIAN_RELEASES


def _system(facts: Facts) -> Iterator[str]:
    if _stranger(facts):
        known = " ou ".join(f"{number} ({name})" for number, name in DEBIAN_RELEASES.items())
        what = facts.one("name") or "un système inconnu"
        yield f"le système est {what} : la plateforme s'installe sur Debian {known}. Réinstallez ce serveur"
    if facts.one("architecture") not in ARCHITECTURES:
        yield (
            f"le processeur est de type {facts.one('architecture')} : il en faut un de type"
            f" {' ou '.join(ARCHITECTURES)}"
        )
    if facts.one("init") != "systemd":
        yield (
            f"le premier processus est « {facts.one('init')} » et non systemd, qui démarre et surveille les services."
            " Installez systemd-sysv puis redémarrez ce serveur"
        )
    if facts.one("python") == "none":
        yield "python3 manque. Sur ce serveur, en root : apt-get install --no-install-recommends python3"


def _older(facts: Facts, functions: Sequence[Function], *, saved: bool) -> Iterator[str]:
    wants = NEEDS_CURRENT | (SAVED_NEEDS_CURRENT if saved else {})
    needed = [f"{function.value} ({wants[function]})" for function in functions if function in wants]
    if not _stranger(facts) and facts.one("release") == PREVIOUS_RELEASE and needed:
        yield (
            f"il est sous Debian 12, or il faut Debian 13 pour {', '.join(needed)}. Mettez ce serveur à jour, ou portez"
            " ces fonctions ailleurs"
        )


def _clock(facts: Facts) -> Iterator[str]:
    clock = facts.number("clock")
    if clock is None:
        return
    # The clock was read once the connection was made, which takes some seconds at most.
    late, early = facts.asked - (clock + 1), clock - min(facts.answered, facts.asked + 15)
    if max(late, early) > CLOCK_SECONDS:
        seconds, side = (late, "retarde") if late > early else (early, "avance")
        yield (
            f"son horloge {side} de {_duration(seconds)} sur celle de cette machine : certificats, connexions et"
            " codes à usage unique seraient refusés. Mettez les deux à l'heure (timedatectl set-ntp true)"
        )


def _duration(seconds: float) -> str:
    for size, word in ((86400, "j"), (3600, "h"), (60, "min")):
        if round(seconds / size) >= 2:
            return f"{seconds / size:.0f} {word}"
    return f"{seconds:.0f} s"


def _new(facts: Facts, functions: Sequence[Function]) -> list[Function]:
    return [function for function in functions if function.value not in facts.installed]


def _disk(facts: Facts, functions: Sequence[Function]) -> Iterator[str]:
    free = facts.number("free_mb")
    new = _new(facts, functions)
    wanted = DISK_MIB_OF_SYSTEM + sum(DISK_MIB[function][0] for function in new)
    if free is not None and free < wanted:
        reasons = [f"{DISK_MIB[function][0]} pour {DISK_MIB[function][1]}" for function in new]
        reasons.append(f"{DISK_MIB_OF_SYSTEM} pour le système et ses mises à jour")
        yield (
            f"il reste {free} Mio sur son disque, il en faut {wanted} ({' ; '.join(reasons)}). Libérez de la place ou"
            " agrandissez le disque"
        )


def _memory(facts: Facts, functions: Sequence[Function]) -> Iterator[str]:
    limit = facts.number("memory_limit")
    sizes = [size for size in (facts.number("memory_mb"), limit // 2**20 if limit else None) if size]
    wanted = MIB_OF_SYSTEM + sum(MEMORY_MIB[function][0] for function in functions)
    # The kernel keeps some of what a machine was sold with: a sixteenth is no fault.
    if sizes and min(sizes) < wanted * 15 / 16:
        reasons = [f"{MEMORY_MIB[function][0]} pour {MEMORY_MIB[function][1]}" for function in functions]
        yield (
            f"il a {min(sizes)} Mio de mémoire, il en faut {wanted} ({' ; '.join(reasons)} ; {MIB_OF_SYSTEM} pour le"
            " système). Donnez-lui de la mémoire, ou portez une de ses fonctions ailleurs"
        )


def _ports(facts: Facts, functions: Sequence[Function]) -> Iterator[str]:
    wanted = {port: function for function in _new(facts, functions) for port in PORTS[function]}
    told: set[tuple[int, str]] = set()
    for line in facts.values.get("listens", ()):
        number, program, unit = line.split(" ", 2)
        port = int(number)
        ours = facts.one("begun") == "yes" and unit.startswith(OWN_UNITS)
        if port not in wanted or ours or (port, unit) in told:
            continue
        told.add((port, unit))
        who = "un programme" if program == "?" else f"« {program} »"
        who += f" (service {unit})" if unit not in ("", "?") else ""
        stop = f"systemctl disable --now {unit}" if unit.endswith(".service") else "arrêtez-le"
        yield (
            f"le port {port}, qu'il faut à la fonction {wanted[port].value}, est déjà pris par {who}. Retirez-le de ce"
            f" serveur ({stop}), ou portez la fonction ailleurs"
        )


def _mirrors(facts: Facts) -> Iterator[str]:
    for line in facts.values.get("mirror", ()):
        address, _, answer = line.partition(" ")
        if answer == "ok":
            continue
        said = f"répond {answer}" if answer.isdecimal() else f"ne répond pas ({answer})"
        yield (
            f"{address} {said}, vu de cet hôte. Vérifiez le miroir et le proxy de site.yaml (network), et que le"
            " pare-feu laisse sortir ce serveur vers eux"
        )


def _relay(facts: Facts) -> Iterator[str]:
    answer = facts.one("relay")
    if answer == "no-tls":
        yield "le relais de courriels (mail.relay) ne chiffre pas (pas de STARTTLS) : corrigez son port ou son nom"
    elif answer not in ("", "ok"):
        yield (
            f"le relais de courriels (mail.relay) refuse cet hôte : {answer}. Demandez à qui le tient d'accepter"
            " l'adresse de ce serveur, ou corrigez mail.relay"
        )
