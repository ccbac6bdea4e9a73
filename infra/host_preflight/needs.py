"""What a function asks of the machine that carries it: figures, each with its reason."""

from __future__ import annotations

from infra.model.ports import PORTS as TABLE
from infra.model.site import Function

DEBIAN_RELEASES = {"12": "bookworm", "13": "trixie"}
"""Those that roles are tried on; the second is what new hosts are made of."""

PREVIOUS_RELEASE = "12"
"""Where some functions cannot live: `infra.model.debian`."""

ARCHITECTURES = ("x86_64", "aarch64")
"""Python packages are locked with their files for these two."""

CLOCK_SECONDS = 60
"""Beyond, one-time passwords (30 s steps, one of tolerance) and identity tokens are refused by turns."""

MIB_OF_SYSTEM = 300
"""Memory of Debian itself, of its journal and of the exporter of figures."""

MEMORY_MIB = {
    Function.DATABASE: (300, "les mémoires partagées de PostgreSQL et ses connexions"),
    Function.MAIL: (50, "Postfix"),
    Function.IDP: (350, "OpenLDAP et les processus de LemonLDAP::NG"),
    Function.PROCESSING: (500, "le site des agents et ses tâches"),
    Function.PORTAL: (350, "le site des habitants"),
    Function.CONSULTATION: (350, "l'application d'écoute"),
    Function.PROXY: (100, "HAProxy et nginx"),
    Function.MONITORING: (300, "Prometheus, Alertmanager et Apache"),
    Function.BACKUP_REPOSITORY: (50, "le dépôt des sauvegardes"),
    Function.FRANCECONNECT_SIMULATOR: (50, "le simulateur"),
}
"""Below, the function starts and is killed at the first busy hour."""

DISK_MIB = {
    Function.DATABASE: (1500, "PostgreSQL, ses journaux de transaction (1 Gio) et les premières demandes"),
    Function.MAIL: (200, "Postfix et sa file d'attente"),
    Function.IDP: (400, "OpenLDAP, LemonLDAP::NG et ses bibliothèques"),
    Function.PROCESSING: (800, "le site, ses bibliothèques et trois versions gardées"),
    Function.PORTAL: (800, "le site, ses bibliothèques et trois versions gardées"),
    Function.CONSULTATION: (700, "le site, ses bibliothèques, trois versions gardées et les documents"),
    Function.PROXY: (150, "HAProxy, nginx et leurs journaux"),
    Function.MONITORING: (1000, "Prometheus et quinze jours de mesures"),
    Function.BACKUP_REPOSITORY: (1000, "les premières sauvegardes"),
    Function.FRANCECONNECT_SIMULATOR: (100, "le simulateur"),
}
"""Free, before the function is installed: twice what it was seen to take, and a gibibyte for PostgreSQL's journals."""

DISK_MIB_OF_SYSTEM = 500
"""Free on any host, installed or not: lists of packages (100 MiB), an upgrade, and 200 MiB of journal."""

PORTS: dict[Function, tuple[int, ...]] = {
    function: tuple(port.number for port in TABLE[function].values()) for function in Function
}

OWN_UNITS = (
    "postgresql",
    "prometheus",
    "postfix",
    "slapd",
    "nginx",
    "lemonldap",
    "haproxy",
    "apache2",
    "fc-simulation",
    "guichet",
    "consultation",
    "gru-backup",
)
"""How the names of our services begin. On a host where an installation has begun, they are not strangers."""
