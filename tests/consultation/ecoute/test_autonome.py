"""The application alone on one machine: started by the command, ready to try."""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.test import Client

from consultation.commande import consultation
from consultation.dossier import verifier_chaine
from consultation.ecoute.accueil.exemple import creer
from consultation.ecoute.contributions.models import Canal
from consultation.ecoute.dossiers import services
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.panels.models import Volontaire

RACINE = Path(__file__).resolve().parents[3]


@pytest.mark.django_db
def test_the_sample_is_complete_and_added_once(client: Client) -> None:
    dossier = creer()
    assert dossier is not None
    assert creer() is None
    assert dossier.contributions.count() == 10 * len(Canal)
    assert set(dossier.contributions.values_list("canal", flat=True)) == set(Canal.values)
    assert Volontaire.objects.count() == 200
    assert verifier_chaine(services.chaine(dossier)) == []
    assert client.get(f"/consultations/{dossier.slug}/").status_code == 200
    clos = Dossier.objects.get(etat="clos")  # the other end of the road
    assert verifier_chaine(services.chaine(clos)) == []
    dit = client.get(f"/consultations/{clos.slug}/vous-avez-dit/").content.decode()
    for mots in ("Nous faisons\u00a0:", "Pas retenu\u00a0:", "Nous sommes en retard.", "Abandonné.", "comme espéré"):
        assert mots in dit
    assert client.get("/equipe/", follow=True).redirect_chain[-1][0] == "/equipe/premiers-pas/"


def test_serve_starts_alone_with_private_files(tmp_path: Path) -> None:
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        port = prise.getsockname()[1]
    environnement = {k: v for k, v in os.environ.items() if not k.startswith(("ECOUTE_", "SITE_", "DJANGO_"))}
    serveur = subprocess.Popen(
        [sys.executable, "-m", "consultation.commande", "serve", "--port", str(port), "--data", str(tmp_path / "d"),
         "--exemple"],
        cwd=RACINE, env=environnement, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        page = _attendre(f"http://127.0.0.1:{port}/")
        assert "Exemple\u00a0: inscrire son enfant" in page
        assert ":root" in _attendre(f"http://127.0.0.1:{port}/charte/charte.css")
        base = tmp_path / "d" / "ecoute.sqlite3"
        assert base.stat().st_mode & 0o077 == 0
        with closing(sqlite3.connect(base)) as lecture:
            assert lecture.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        # A connection open before the fork would lock the process that serves: the parent holds none.
        ouverts = [os.readlink(f) for f in Path(f"/proc/{serveur.pid}/fd").iterdir() if f.exists()]
        assert not [f for f in ouverts if "ecoute.sqlite3" in f]
    finally:
        serveur.send_signal(signal.SIGTERM)
        sortie, _ = serveur.communicate(timeout=20)
    assert re.search(r"premiers-pas/\?code=[0-9a-f]{8}", sortie)


EFFACER = """
import django; django.setup()
from pathlib import Path
from django.core.management import call_command
call_command("migrate", interactive=False, verbosity=0)
from consultation.ecoute.accueil.exemple import creer
from consultation.ecoute.contributions.models import Contact
from consultation.ecoute.donnees import personne
from consultation.ecoute.equipe.models import Membre
dossier = creer()
for rang in range(50):
    Contact.objects.create(contribution=dossier.contributions.all()[rang], courriel=f"valjean{rang}@exemple.test")
def reste():
    fichiers = [f for f in Path(DOSSIER).iterdir() if f.is_file()]
    return [f.name for f in fichiers if b"valjean7@exemple.test" in f.read_bytes()]
avant = reste()
personne.effacer(Membre.objects.get(courriel="exemple@exemple.invalid"), "valjean7@exemple.test")
print(bool(avant), reste())
"""


def test_what_is_erased_cannot_be_read_back_from_the_file(tmp_path: Path) -> None:
    """SQLite leaves deleted rows in the file and in its journal unless told otherwise."""
    environnement = {k: v for k, v in os.environ.items() if not k.startswith(("ECOUTE_", "SITE_", "DJANGO_"))}
    environnement |= {
        "DJANGO_SETTINGS_MODULE": "consultation.ecoute.settings.autonome",
        "ECOUTE_DONNEES": str(tmp_path),
    }
    script = f"DOSSIER = {str(tmp_path)!r}{EFFACER}"
    fait = subprocess.run(
        [sys.executable, "-c", script], cwd=RACINE, env=environnement, capture_output=True, text=True, check=False
    )
    assert fait.stdout.splitlines()[-1:] == ["True []"], fait.stdout + fait.stderr


def test_a_team_sets_by_hand_variables_of_this_application(tmp_path: Path) -> None:
    reglages = {"DONNEES": str(tmp_path), "SMTP_HOST": "mail.mairie.test", "SMTP_PORT": "587", "URL": "https://a.test/"}
    fait = subprocess.run(
        [
            sys.executable,
            "-c",
            "from consultation.ecoute.settings import autonome as s;"
            "print(s.EMAIL_HOST, s.EMAIL_PORT, s.URL_PUBLIQUE, s.ALLOWED_HOSTS[0], s.SESSION_COOKIE_SECURE)",
        ],
        cwd=RACINE,
        env={"PATH": os.environ["PATH"], **{f"ECOUTE_{nom}": valeur for nom, valeur in reglages.items()}},
        capture_output=True,
        text=True,
        check=True,
    )
    assert fait.stdout.split() == ["mail.mairie.test", "587", "https://a.test", "a.test", "True"]


def test_trying_never_mixes_with_what_is_real(monkeypatch: pytest.MonkeyPatch) -> None:
    dossiers: list[Path] = []
    monkeypatch.setattr("consultation.ecoute.serveur.servir", lambda donnees, *_: dossiers.append(donnees))
    for mots in ([], ["--exemple"], ["--exemple", "--data", "ici"]):
        assert CliRunner().invoke(consultation, ["serve", *mots]).exit_code == 0
    assert [d.name for d in dossiers] == ["gru-consultation", "gru-consultation-exemple", "ici"]


def test_a_port_in_use_is_said_in_words(tmp_path: Path) -> None:
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        prise.listen()
        port = prise.getsockname()[1]
        sortie = CliRunner().invoke(consultation, ["serve", "--port", str(port), "--data", str(tmp_path / "d")])
    assert sortie.exit_code == 1
    assert "--port" in sortie.output
    assert not (tmp_path / "d").exists()


def _attendre(adresse: str) -> str:
    fin = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(adresse, timeout=5) as reponse:  # noqa: S310 - our own server
                return str(reponse.read().decode())
        except OSError:
            if time.monotonic() > fin:
                raise
            time.sleep(0.3)
