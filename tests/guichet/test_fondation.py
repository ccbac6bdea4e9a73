"""The frame of both sites answers."""

import os
import subprocess
import sys

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.test import Client

from socle.settings import PLATEFORME


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", "--check", "--dry-run")


@pytest.mark.django_db
def test_health_says_ok(client: Client) -> None:
    reponse = client.get("/sante/")
    assert reponse.status_code == 200
    assert reponse.json() == {"etat": "ok"}


@pytest.mark.django_db
def test_unknown_page_is_french_and_strict(client: Client) -> None:
    reponse = client.get("/nulle-part/")
    assert reponse.status_code == 404
    assert "Page introuvable" in reponse.content.decode()
    assert "default-src 'self'" in reponse["Content-Security-Policy"]
    assert "unsafe" not in reponse["Content-Security-Policy"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("panne", "statut", "revenir"), [(OperationalError("connection refused"), 503, "60"), (ValueError("x"), 500, None)]
)
def test_what_broke_is_told_without_the_database(
    monkeypatch: pytest.MonkeyPatch, panne: Exception, statut: int, revenir: str | None
) -> None:
    """No database: come back in a minute (RFC 9110, section 15.6.4). A fault of ours: no promise."""

    def tomber(*_: object) -> None:
        raise panne

    monkeypatch.setattr("guichet.portail.views.catalogue.Demarche.objects.publiees", tomber)
    reponse = Client(raise_request_exception=False).get("/demarches/")
    assert (reponse.status_code, reponse.get("Retry-After")) == (statut, revenir)
    assert "Le problème vient de notre site, pas de vous" in reponse.content.decode()


@pytest.mark.parametrize("manque", PLATEFORME)
@pytest.mark.parametrize("site", ["portail", "instruction", "schema"])
def test_no_site_starts_without(site: str, manque: str) -> None:
    """What is missing is named before any page is served with somebody else's value."""
    variables = {nom: "x" for nom in ("SITE_SECRET_KEY", *PLATEFORME) if nom != manque}
    fait = subprocess.run(
        [sys.executable, "-c", f"import guichet.configuration.settings.{site}"],
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"{manque} est obligatoire" in fait.stderr
