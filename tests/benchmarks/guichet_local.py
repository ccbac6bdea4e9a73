"""Time the pages of both sites inside one process, over a private PostgreSQL: no network, no TLS, no web server.

It finds slow queries on any machine; `tests.benchmarks.guichet` measures a running stack. Run with
`python -m tests.benchmarks.guichet_local [20000 237000]`. Each volume is written by the generator (seed 1).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from tests.benchmarks.mesures import Releve, chronometrer, tableau

RACINE = Path(__file__).resolve().parent.parent.parent
VOLUMES = (20_000, 237_000)
SITES = ("instruction", "portail")
# As roles/database sets them for a host of 1 GiB.
REGLAGES = {
    "listen_addresses": "",
    "shared_buffers": "256MB",
    "effective_cache_size": "768MB",
    "random_page_cost": "1.1",
    "jit": "off",
}


# --- The parent: databases and the table ----------------------------------------------------------------


@contextmanager
def grappe() -> Iterator[Path]:
    """A PostgreSQL of its own, durable as a real one, gone at the end."""
    dossier = Path(tempfile.mkdtemp(prefix="guichet-mesures-"))
    binaires = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda chemin: int(chemin.parent.name))
    devant = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if devant:
        shutil.chown(dossier, "postgres", "postgres")
    options = " ".join(f"-c {cle}={valeur!r}" for cle, valeur in REGLAGES.items())
    donnees = str(dossier / "donnees")

    def faire(*mots: str) -> None:
        subprocess.run([*devant, *mots], check=True, capture_output=True, cwd="/")

    faire(f"{binaires}/initdb", "-D", donnees, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
    faire(f"{binaires}/pg_ctl", "-D", donnees, "-w", "-l", f"{dossier}/journal",
          "-o", f"{options} -c unix_socket_directories={dossier}", "start")  # fmt: skip
    try:
        yield dossier
    finally:
        faire(f"{binaires}/pg_ctl", "-D", donnees, "-m", "immediate", "stop")
        shutil.rmtree(dossier, ignore_errors=True)


def environnement(dossier: Path, base: str, reglages: str) -> dict[str, str]:
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": f"guichet.configuration.settings.{reglages}",
        "SITE_SECRET_KEY": "mesure",
        "SITE_DOMAIN": "gru.test",
        "SITE_PUBLIC_URL": f"https://{'agents' if reglages == 'instruction' else 'portail'}.gru.test",
        "SITE_PORTAL_URL": "https://portail.gru.test",
        "SITE_AGENTS_URL": "https://agents.gru.test",
        "SITE_DB_HOST": str(dossier),
        "SITE_DB_NAME": base,
        "SITE_DB_USER": "postgres",
        "SITE_DB_PASSWORD": "inutile",
        "SITE_OIDC_ISSUER": "https://connexion.gru.test/",
        "SITE_OIDC_CLIENT_SECRET": "inutile",
        "SITE_SMTP_HOST": "localhost",
        "SITE_MAIL_SENDER": "ne-pas-repondre@gru.test",
        "SITE_TOWN_NAME": "Admiville",
        "SITE_STATIC_ROOT": str(dossier / "statique"),
    }


def preparer(dossier: Path, volume: int) -> str:
    base = f"mesure{volume}"
    ici = environnement(dossier, base, "schema")

    def gerer(*mots: str) -> None:
        commande = [sys.executable, "-W", "ignore", str(RACINE / "guichet" / "manage.py"), *mots]
        subprocess.run(commande, check=True, env=ici, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    subprocess.run(["createdb", "-h", str(dossier), "-U", "postgres", base], check=True)
    gerer("collectstatic", "--noinput")
    gerer("migrate")
    gerer("importer_site", str(RACINE / "stacks" / "local"))
    debut = time.monotonic()
    gerer("peupler", f"--demandes={volume}", "--graine=1")
    print(f"{volume} demandes inventées en {time.monotonic() - debut:.0f} s", flush=True)
    return base


def relever(dossier: Path, base: str, site: str) -> list[Releve]:
    """Measure in a process of its own: each site has its own settings."""
    commande = [sys.executable, "-W", "ignore", "-m", "tests.benchmarks.guichet_local", "--site", site]
    fini = subprocess.run(
        commande, check=True, env=environnement(dossier, base, site), cwd=RACINE, stdout=subprocess.PIPE, text=True
    )
    return [Releve(**brut) for brut in json.loads(fini.stdout.splitlines()[-1])]


def main(volumes: list[int]) -> int:
    """Print the table of all volumes."""
    colonnes: dict[str, list[Releve]] = {}
    with grappe() as dossier:
        for volume in volumes or VOLUMES:
            base = preparer(dossier, volume)
            colonnes[f"{volume} demandes"] = [r for site in SITES for r in relever(dossier, base, site)]
    print(f"\nDans un seul processus, sans réseau ni TLS, un lecteur ; charge {os.getloadavg()[0]:.1f}\n")
    print(tableau(colonnes))
    return 0


# --- The child: one site ----------------------------------------------------------------------------------


def mesurer(site: str) -> None:
    import logging

    import django

    django.setup()
    # A bare request of the test client comes without a host name that the site knows.
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["*"]
    settings.SECURE_SSL_REDIRECT = False
    logging.disable(logging.INFO)
    releves = pages_des_agents() if site == "instruction" else pages_du_portail()
    print(json.dumps([vars(releve) for releve in releves]))


def _client() -> Any:
    from django.test import Client

    return Client(headers={"x-forwarded-proto": "https"})


def _compter(releve: Releve, faire: Any) -> Releve:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as requetes:
        faire(0)
    releve.requetes = len(requetes)
    for requete in requetes.captured_queries if os.environ.get("MESURES_REQUETES") else []:
        print(f"{releve.nom} : {requete['time']} s : {requete['sql'][:900]}", file=sys.stderr)
    return releve


def pages_des_agents() -> list[Releve]:
    """An agent of every service, then an agent of one service alone."""
    from guichet.demandes.models import Demande, Nature
    from guichet.demarches.models import Service
    from guichet.instruction.models import Agent

    tous = [service.groupe for service in Service.objects.all()]
    releves = []
    for qui, sub, groupes in (
        ("tous les services", "alice.martin", ["agents", *tous]),
        ("voirie seule", "bruno.petit", ["agents", "service-voirie"]),
    ):
        agent = Agent.objects.filter(sub=sub).first() or Agent.objects.create_user(
            "https://mesure.invalid/", "annuaire", sub, nom=sub, groupes=groupes
        )
        client = _client()
        client.force_login(agent, backend="guichet.identite.backend.AnnuaireBackend")
        siennes = Demande.objects.filter(service__groupe__in=groupes)
        references = list(siennes.filter(nature=Nature.CLOSE).values_list("reference", flat=True)[:200])
        noms = list(siennes.exclude(nom="").values_list("nom", flat=True)[:200])
        numeros = [f"/demandes/?montrer=toutes&q={reference}" for reference in references]
        adresses: dict[str, tuple[str, list[str]]] = {
            "accueil": ("", ["/"]),
            "liste : à suivre": ("liste des agents", ["/demandes/"]),
            "liste : en retard": ("", ["/demandes/?montrer=retard"]),
            "liste : toutes, récentes d'abord": ("liste des agents", ["/demandes/?montrer=toutes&ordre=recentes"]),
            "liste : toutes, par échéance": ("", ["/demandes/?montrer=toutes&ordre=echeance"]),
            "liste : d'une démarche": ("", ["/demandes/?montrer=toutes&demarche=signaler-un-probleme-de-voirie"]),
            "recherche d'un nom": ("recherche", [f"/demandes/?montrer=toutes&q={nom}" for nom in noms]),
            "recherche d'un mot courant": ("recherche", ["/demandes/?montrer=toutes&q=rue+des+lilas"]),
            "recherche d'un numéro": ("", numeros),
            "page d'une demande": ("page d'une demande", [f"/demandes/{reference}/" for reference in references]),
        }
        for nom, (famille, chemins) in adresses.items():
            lire = partial(_lire, client, chemins)
            releves.append(_compter(chronometrer(f"{nom} ({qui})", lire, famille), lire))
    return releves


def _lire(client: Any, chemins: list[str], rang: int) -> None:
    """Read one of these pages, in turn."""
    chemin = chemins[rang % len(chemins)]
    reponse = client.get(chemin, follow=True)
    if reponse.status_code != 200:
        raise SystemExit(f"{chemin} : {reponse.status_code}")


def pages_du_portail() -> list[Releve]:
    """The account with most requests, an ordinary one, and somebody who files a report."""
    from django.db.models import Count

    from guichet.comptes.models import Usager

    releves = []
    comptes = Usager.objects.annotate(combien=Count("demandes")).filter(combien__gt=0).order_by("-combien")
    for qui, usager in (("le plus chargé", comptes[0]), ("ordinaire", comptes[comptes.count() // 2])):
        client = _client()
        session = client.session
        session["usager_id"] = str(usager.pk)
        session.save()
        client.cookies["portail_session"] = session.session_key
        references = list(usager.demandes.values_list("reference", flat=True))

        def espace(_: int, client: Any = client) -> None:
            assert client.get("/mes-demarches/").status_code == 200

        def demande(rang: int, client: Any = client, references: Any = references) -> None:
            assert client.get(f"/mes-demarches/{references[rang % len(references)]}/").status_code == 200

        combien = f"compte {qui}"
        releves.append(_compter(chronometrer(f"« Mes démarches » ({combien})", espace), espace))
        releves.append(_compter(chronometrer(f"suivi d'une demande ({combien})", demande), demande))
    catalogue = _client()

    def demarches(_: int) -> None:
        assert catalogue.get("/demarches/").status_code == 200

    releves.append(_compter(chronometrer("catalogue des démarches", demarches, "accueil du portail"), demarches))
    releves += envois()
    return releves


def envois() -> list[Releve]:
    """A road report, page by page: the last page alone, then all of it."""
    entier = Releve("envoi d'un signalement, tous les écrans", "envoi d'une demande")
    dernier = Releve("acceptation (dernier écran seul)")
    for rang in range(33):
        client = _client()
        debut = time.perf_counter()
        base = client.get("/demarches/signaler-un-probleme-de-voirie/remplir/").headers["Location"]
        base = base.removesuffix("lieu/")
        for etape, saisie in (
            ("lieu", {"lieu": f"{rang} rue des Lilas"}),
            ("probleme", {"probleme": "chaussee"}),
            ("description", {"description": "Un trou d'un mètre."}),
            ("photos", {}),
            ("contact", {"courriel": "zoe@exemple.fr"}),
        ):
            assert client.post(f"{base}{etape}/", saisie).status_code == 302, etape
        client.get(f"{base}verifier/")
        avant = time.perf_counter()
        assert client.post(f"{base}verifier/").status_code == 302
        if rang >= 3:
            dernier.ms.append((time.perf_counter() - avant) * 1000)
            entier.ms.append((time.perf_counter() - debut) * 1000)
    return [dernier, entier]


if __name__ == "__main__":
    if "--site" in sys.argv:
        mesurer(sys.argv[sys.argv.index("--site") + 1])
    else:
        sys.exit(main([int(mot) for mot in sys.argv[1:]]))
