"""`gru consultation serve`: the whole application on one machine, ready in a minute."""

from __future__ import annotations

import os
import secrets
import socket
import threading
import time
from pathlib import Path
from typing import Any

import click


def servir(donnees: Path, hote: str, port: int, adresse: str | None, exemple: bool) -> None:
    """Prepare the folder of data, then serve until interrupted."""
    _verifier_port(hote, port)
    os.umask(0o077)  # what people said is read by nobody else on this machine
    url = (adresse or f"http://{hote}:{port}").rstrip("/")
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "consultation.ecoute.settings.autonome",
        "ECOUTE_DONNEES": str(donnees.resolve()),
        "SITE_PUBLIC_URL": url,
        "SITE_ALLOWED_HOSTS": f"{hote},127.0.0.1,localhost",
        "ECOUTE_CODE_INSTALLATION": secrets.token_hex(4),
    }
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    if exemple:
        call_command("exemple")
    from consultation.ecoute.cadre.courriels import part_vraiment
    from consultation.ecoute.equipe.models import Membre

    click.echo(f"Données : {donnees.resolve()}")
    if not part_vraiment():
        click.echo("Aucun serveur d'envoi (ECOUTE_SMTP_HOST) : les e-mails deviennent des fichiers dans « courriels ».")
    from consultation.ecoute.cadre import adresse as adresse_publique

    if adresse_publique.locale():
        click.echo(adresse_publique.a_donner())
    if Membre.objects.installe():
        click.echo(f"Ouvrez {url}/equipe/ dans un navigateur. Pour arrêter : Ctrl-C.")
    else:
        code = os.environ["ECOUTE_CODE_INSTALLATION"]
        click.echo(f"Première fois ? Ouvrez {url}/equipe/premiers-pas/?code={code}")
        click.echo(f"Code d'installation : {code}. Pour arrêter : Ctrl-C.")
    # SQLite's locks do not survive a fork: a connection open here would lock the process that serves for ever.
    from django.db import connections

    connections.close_all()
    _gunicorn(hote, port)


def _verifier_port(hote: str, port: int) -> None:
    """Say at once, and in French, that somebody else listens there."""
    with socket.socket() as prise:
        prise.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            prise.bind((hote, port))
        except OSError as erreur:
            raise click.ClickException(
                f"L'adresse {hote}:{port} n'est pas libre ou n'existe pas sur cette machine. L'application est "
                "peut-être déjà ouverte ; sinon, choisissez un autre port avec --port."
            ) from erreur


def _veiller() -> None:
    """Retention is kept and deadlines are told without anybody thinking of it."""
    from django.db import close_old_connections

    from consultation.ecoute.accueil.quotidien import chaque_jour

    while True:
        chaque_jour()
        close_old_connections()
        time.sleep(24 * 3600)


def _veiller_en_fond(_: Any) -> None:
    """What runs beside the pages, started in the process that serves, never before the fork."""
    from consultation.ecoute.accueil import veille

    threading.Thread(target=_veiller, daemon=True).start()
    veille.demarrer()


def _gunicorn(hote: str, port: int) -> None:
    from gunicorn.app.base import BaseApplication

    class Application(BaseApplication):  # type: ignore[misc, unused-ignore]
        """One process, a few threads: SQLite writes one thing at a time anyway."""

        def load_config(self) -> None:
            """Settings of the server."""
            for nom, valeur in (
                ("bind", f"{hote}:{port}"),
                ("workers", 1),
                ("threads", 8),
                ("worker_class", "gthread"),
                ("loglevel", "warning"),
                ("control_socket_disable", True),
                ("post_worker_init", _veiller_en_fond),
            ):
                if nom in self.cfg.settings:
                    self.cfg.set(nom, valeur)

        def load(self) -> Any:
            """The application."""
            from consultation.ecoute.wsgi import application

            return application

    Application().run()
