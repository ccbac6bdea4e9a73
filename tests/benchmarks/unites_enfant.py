"""One round of one site, in a process of its own (tests/benchmarks/unites.py); imports nothing but the site's code,
so that it measures any working copy. Arguments: the site, the folder of the database.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
import uuid
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

DEMARCHE = "/demarches/signaler-un-probleme-de-voirie/"
ECRANS: tuple[tuple[str, dict[str, str]], ...] = (
    ("lieu", {"lieu": "12 rue des Lilas"}),
    ("probleme", {"probleme": "chaussee"}),
    ("description", {"description": "Un trou d'un mètre."}),
    ("photos", {}),
    ("contact", {"courriel": "zoe@exemple.fr"}),
)
ENVOIS = 15
DONNEES = Path(sys.argv[2])


def unite() -> float:
    """Milliseconds of one Argon2id (19 MiB, 2 passes, 1 lane): what every figure is divided by."""
    from argon2.low_level import Type, hash_secret

    durees = []
    for _ in range(9):
        debut = time.process_time()
        hash_secret(b"mot de passe", b"0123456789abcdef", 2, 19456, 1, 32, Type.ID)
        durees.append((time.process_time() - debut) * 1000)
    return statistics.median(durees)


def base() -> float:
    """Milliseconds of processor that the processes of the database have used, those that ended left out."""
    maitre = int((DONNEES / "postmaster.pid").read_text().split()[0])
    total = 0
    for dossier in Path("/proc").iterdir():
        if not dossier.name.isdecimal():
            continue
        try:
            parent = int((dossier / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == maitre:
                total += int((dossier / "schedstat").read_text().split()[0])
        except (OSError, ValueError):
            continue
    return total / 1e6


class Compteur:
    """Statements sent, whichever way they are sent."""

    def __init__(self) -> None:
        self.ordres = 0

    def __call__(self, execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        self.ordres += 1
        return execute(sql, params, many, context)


def mesurer(faire: Callable[[int], None], fois: int, echauffement: int = 5) -> dict[str, float]:
    """Processor time of one call: median of this process, mean of the database."""
    from django.db import connection

    for rang in range(echauffement):
        faire(rang)
    durees, compteur, avant = [], Compteur(), base()
    with connection.execute_wrapper(compteur):
        for rang in range(fois):
            debut = time.process_time()
            faire(echauffement + rang)
            durees.append((time.process_time() - debut) * 1000)
    return resultat(statistics.median(durees), (base() - avant) / fois, compteur.ordres / fois)


def resultat(ici: float, base_ms: float, ordres: float) -> dict[str, float]:
    return {"ms": ici + base_ms, "base": base_ms, "ordres": ordres}


@cache
def site() -> Any:
    """The site as gunicorn holds it: middleware loaded once, not with each browser (WhiteNoise lists 500 files)."""
    from django.test.client import ClientHandler

    charge = ClientHandler(enforce_csrf_checks=False)
    charge.load_middleware()
    return charge


def client() -> Any:
    from django.test import Client

    navigateur = Client(headers={"x-forwarded-proto": "https"})
    navigateur.handler = site()
    return navigateur


def lecture(qui: Any, chemins: list[str], statut: int = 200) -> Callable[[int], None]:
    def lire(rang: int) -> None:
        chemin = chemins[rang % len(chemins)]
        reponse = qui.get(chemin)
        if reponse.status_code != statut:
            raise SystemExit(f"{chemin} : {reponse.status_code}")

    return lire


def portail() -> dict[str, dict[str, float]]:
    from guichet.comptes.models import Usager

    anonyme, connecte = client(), client()
    session = connecte.session
    session["usager_id"] = str(Usager.objects.filter(demandes__isnull=False)[0].pk)
    session.save()
    connecte.cookies["portail_session"] = session.session_key
    premier = [f"{DEMARCHE}remplir/{uuid.uuid4()}/lieu/"]
    mesures = {
        "accueil, anonyme": mesurer(lecture(anonyme, ["/"]), 60),
        "accueil, connecté": mesurer(lecture(connecte, ["/"]), 60),
        "catalogue": mesurer(lecture(anonyme, ["/demarches/"]), 40),
        "page de texte": mesurer(lecture(anonyme, ["/aide/"]), 40),
        "page d'une démarche": mesurer(lecture(anonyme, [DEMARCHE]), 40),
        "premier écran d'une démarche": mesurer(lecture(anonyme, premier), 40),
    }
    vider()
    mesures["envoi : portail"] = mesurer(envoyer, ENVOIS, 3)
    return mesures


def envoyer(rang: int) -> None:
    """A road report as a browser files it: each page read, then answered; the confirmation last.

    Another address each time: one alone is written to so many times an hour only.
    """
    qui = client()
    adresse = qui.get(f"{DEMARCHE}remplir/").headers["Location"]
    for etape, saisie in ECRANS:
        assert qui.get(adresse).status_code == 200, etape
        sienne = {"courriel": f"zoe{rang}.{uuid.uuid4().hex[:8]}@exemple.fr"} if "courriel" in saisie else saisie
        reponse = qui.post(adresse, sienne)
        assert reponse.status_code == 302, etape
        adresse = reponse.headers["Location"]
    assert qui.get(adresse).status_code == 200
    adresse = qui.post(adresse).headers["Location"]
    assert qui.get(adresse).status_code == 200


def file() -> int:
    from django.db import connection

    with connection.cursor() as curseur:
        curseur.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'")
        return int(curseur.fetchone()[0])


def vider() -> None:
    """What populating left in the queue is not what is measured."""
    from django.db import connection

    with connection.cursor() as curseur:
        curseur.execute("UPDATE procrastinate_jobs SET status = 'cancelled' WHERE status = 'todo'")
        curseur.execute("DELETE FROM envois_envoi WHERE parti_le IS NULL")


def travailler() -> None:
    """The worker as its unit runs it, until the queue is empty."""
    from procrastinate.contrib.django import app

    worker_app = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
    with worker_app.open():
        worker_app.run_worker(wait=False, install_signal_handlers=False, listen_notify=False, concurrency=1)


def _chauffer() -> None:
    """Do the first jobs apart, as a worker that has worked before: what makes documents is loaded."""
    from django.db import connection

    apres = (
        # The sweep of each minute would send them all.
        "UPDATE envois_envoi SET prochain_le = now() + interval '1 day' WHERE parti_le IS NULL AND id::text NOT IN"
        " (SELECT args->>'envoi_id' FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id LIMIT 6)",
        "UPDATE procrastinate_jobs SET scheduled_at = now() + interval '1 day' WHERE status = 'todo' AND id NOT IN"
        " (SELECT id FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id LIMIT 6)",
    )
    maintenant = (
        "UPDATE envois_envoi SET prochain_le = now() WHERE parti_le IS NULL",
        "UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'",
        # Done once for this minute: only what is measured is left.
        "DELETE FROM procrastinate_jobs WHERE status = 'todo' AND args->>'envoi_id' IS NULL",
    )
    with connection.cursor() as curseur:
        for ordre in apres:
            curseur.execute(ordre)
        travailler()
        for ordre in maintenant:
            curseur.execute(ordre)


def courriels() -> dict[str, float]:
    """What the worker spends on the acknowledgement and the notice of one request."""
    from django.db import connection

    assert file() >= 2 * ENVOIS, file()
    _chauffer()
    combien = file() / 2
    compteur, avant, debut = Compteur(), base(), time.process_time()
    with connection.execute_wrapper(compteur):
        travailler()
    duree, de_base = (time.process_time() - debut) * 1000, base() - avant
    assert file() == 0
    with connection.cursor() as curseur:
        curseur.execute("SELECT count(*) FROM envois_envoi WHERE parti_le IS NULL")
        assert curseur.fetchone()[0] == 0, "des courriels ne sont pas partis"
    return resultat(duree / combien, de_base / combien, compteur.ordres / combien)


def instruction() -> dict[str, dict[str, float]]:
    from guichet.demandes.models import Demande, Nature
    from guichet.demarches.models import Service
    from guichet.instruction.models import Agent

    mesures = {"envoi : courriels et PDF": courriels()}
    groupes = ["agents", *(service.groupe for service in Service.objects.all())]
    agent = Agent.objects.filter(sub="alice.martin").first() or Agent.objects.create_user(
        "https://mesure.invalid/", "annuaire", "alice.martin", nom="Alice Martin", groupes=groupes
    )
    qui = client()
    qui.force_login(agent, backend="guichet.identite.backend.AnnuaireBackend")
    references = list(Demande.objects.filter(nature=Nature.CLOSE).values_list("reference", flat=True)[:100])
    return mesures | {
        "liste des agents, 25 lignes": mesurer(lecture(qui, ["/demandes/?par=25"]), 40),
        "recherche": mesurer(lecture(qui, ["/demandes/?montrer=toutes&q=rue+des+lilas&par=25"]), 30),
        "page d'une demande": mesurer(lecture(qui, [f"/demandes/{reference}/" for reference in references]), 40),
    }


def main() -> None:
    """Print one line of JSON."""
    import django

    django.setup()
    import gc
    import logging

    from django.conf import settings

    settings.ALLOWED_HOSTS = ["*"]
    logging.disable(logging.INFO)
    gc.collect()
    gc.freeze()  # as socle/gunicorn.py does
    un = unite()
    mesures = portail() if sys.argv[1] == "portail" else instruction()
    for mesure in mesures.values():
        mesure["unites"] = mesure["ms"] / un
    print(json.dumps(mesures))


if __name__ == "__main__":
    main()
