"""Running on a platform: rights in the database, marks, health, figures, the work of each day, settings."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from consultation.ecoute.accueil import quotidien
from consultation.ecoute.commune.models import Commune
from consultation.ecoute.dossiers.models import Dossier, Publication
from consultation.ecoute.equipe.models import Membre, Role
from consultation.ecoute.installation.droits import DECISIONS, TABLES
from consultation.ecoute.installation.models import Marque
from consultation.ecoute.journal.models import Trace
from socle.installation.droits import accorder
from tests.consultation.ecoute import fabrique
from tests.consultation.role import ROLE

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[3]
seulement_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="roles exist in PostgreSQL only (ECOUTE_TEST_BASE=postgresql)"
)


def test_the_database_refuses_to_change_a_publication(ouvert: Dossier) -> None:
    publication = ouvert.publications.first()
    assert publication is not None
    with pytest.raises(DatabaseError, match="ne se modifie pas"), transaction.atomic():
        Publication.objects.filter(pk=publication.pk).update(contenu="Autre chose")
    publication.refresh_from_db()
    assert publication.contenu != "Autre chose"


@seulement_postgresql
def test_the_database_refuses_to_remove_a_publication(ouvert: Dossier) -> None:
    with pytest.raises(DatabaseError, match="ne se modifie pas"), transaction.atomic():
        Publication.objects.all().delete()
    assert ouvert.publications.exists()


@pytest.fixture
def role() -> str:
    return ROLE  # made with the database, and taken by every request of the tests (tests/consultation/role.py)


@seulement_postgresql
@pytest.mark.parametrize(
    "ordre",
    [
        "UPDATE dossiers_publication SET contenu = 'x'",
        "DELETE FROM dossiers_publication",
        "TRUNCATE dossiers_publication",
        "ALTER TABLE dossiers_publication DISABLE TRIGGER publication_figee",
        "UPDATE donnees_effacement SET nombre = 0",
        "DELETE FROM donnees_effacement",
        "UPDATE journal_trace SET phrase = 'x'",
        "UPDATE satisfaction_reprise SET dossier_id = 1",
        "DELETE FROM satisfaction_reprise",
        "UPDATE suites_etape SET impact = 0",
        "DELETE FROM suites_etape",
        "UPDATE suites_suivi SET pourquoi = 'x'",
        "DELETE FROM suites_suivi",
        "DELETE FROM contributions_contribution",
        "DELETE FROM dossiers_dossier",
        "DELETE FROM equipe_membre",
        "SELECT * FROM auth_permission",
        "UPDATE supervision_installation SET valeur = 'x'",
        "SELECT * FROM django_migrations",
        "CREATE TABLE x (y int)",
    ],
)
def test_the_sites_role_cannot_rewrite_what_is_proved(role: str, ouvert: Dossier, ordre: str) -> None:
    with connection.cursor() as curseur:
        curseur.execute(f"SET LOCAL ROLE {role}")
        with pytest.raises(DatabaseError, match=r"permission denied|must be owner"), transaction.atomic():
            curseur.execute(ordre)
        curseur.execute("RESET ROLE")


@seulement_postgresql
def test_the_sites_role_can_do_the_whole_work(role: str, responsable: Membre, dpo: Membre) -> None:
    with connection.cursor() as curseur:
        curseur.execute(f"SET LOCAL ROLE {role}")
    ferme = fabrique.ferme(responsable, dpo)
    assert ferme.publications.count() >= 2
    Trace.objects.all().delete()
    assert quotidien.chaque_jour() == []
    with connection.cursor() as curseur:
        curseur.execute("RESET ROLE")


@seulement_postgresql
def test_every_table_with_rights_of_its_own_exists() -> None:
    assert set(TABLES) <= set(connection.introspection.table_names())


def test_a_role_is_never_more_than_a_name() -> None:
    with pytest.raises(ValueError, match="nom de rôle"):
        accorder(DECISIONS, {"ecoute": 'ecoute"; DROP TABLE x; --'})


def test_the_installer_takes_the_towns_words_and_leaves_marks(settings: Any) -> None:
    Commune(nom="Avant", dpo_nom="Dominique Petit").save()
    settings.COMMUNE |= {"nom": "Admiville", "adresse": "1 place", "telephone": "01 99 00 00 00"}
    call_command("installer", marque="abc", numero="1.2.3", empreinte_site="def", stdout=io.StringIO())
    commune = Commune.actuelle()
    assert (commune.nom, commune.telephone, commune.dpo_nom) == ("Admiville", "01 99 00 00 00", "Dominique Petit")
    assert dict(Marque.objects.values_list("cle", "valeur")) == {"schema": "1.2.3", "site": "def", "version": "abc"}


def test_health_says_whether_the_database_answers(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.get("/sante/").status_code == 200

    def panne() -> Any:
        raise DatabaseError

    monkeypatch.setattr(connection, "cursor", panne)
    assert client.get("/sante/").status_code == 503


def test_figures_say_how_many_and_nothing_else(client: Client, ouvert: Dossier) -> None:
    texte = client.get("/metrics").content.decode()
    assert 'ecoute_dossiers{etat="ouvert"} 1.0' in texte
    assert 'ecoute_dossiers{etat="clos"} 0.0' in texte
    assert "ecoute_avis_recus_total 0.0" in texte
    assert ouvert.titre not in texte


def test_requests_are_timed_by_view_and_not_by_address(client: Client) -> None:
    for numero in range(3):
        client.get(f"/inconnue-{numero}/")
    texte = client.get("/metrics").content.decode()
    assert 'ecoute_requete_duree_secondes_count{methode="GET",statut="404",vue="aucune"}' in texte
    assert "inconnue" not in texte


@seulement_postgresql
def test_a_table_that_nobody_decided_about_stops_the_installation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECOUTE_DB_ROLE", ROLE)
    with connection.cursor() as curseur:
        curseur.execute("CREATE TABLE oubliee (x int)")
    with pytest.raises(CommandError, match="oubliee"):
        call_command("installer", marque="abc", stdout=io.StringIO())
    assert not Marque.objects.exists()


def test_the_day_removes_ended_sessions(commune: Commune) -> None:
    Session.objects.create(session_key="a", session_data="", expire_date=timezone.now() - timedelta(days=1))
    Session.objects.create(session_key="b", session_data="", expire_date=timezone.now() + timedelta(days=1))
    call_command("quotidien", stdout=io.StringIO())
    assert [session.pk for session in Session.objects.all()] == ["b"]


def test_a_part_of_the_day_that_fails_spares_the_others_and_is_said(
    commune: Commune, monkeypatch: pytest.MonkeyPatch
) -> None:
    def panne() -> str:
        raise RuntimeError("panne")

    Session.objects.create(session_key="a", session_data="", expire_date=timezone.now() - timedelta(days=1))
    monkeypatch.setattr(quotidien, "TRAVAUX", (("l'essai", panne), *quotidien.TRAVAUX))
    with pytest.raises(CommandError, match="essai"):
        call_command("quotidien", stdout=io.StringIO())
    assert not Session.objects.exists()


NECESSAIRES = {
    "SITE_SECRET_KEY": "cle", "SITE_PUBLIC_URL": "https://ecoute.gru.test", "SITE_DB_HOST": "db",
    "SITE_PORTAL_URL": "https://portail.gru.test", "SITE_AGENTS_URL": "https://agents.gru.test",
    "SITE_DB_USER": "ecoute", "SITE_DB_PASSWORD": "p", "SITE_OIDC_ISSUER": "https://connexion.gru.test/",
    "SITE_OIDC_CLIENT_SECRET": "s", "SITE_SMTP_HOST": "courrier", "SITE_MAIL_SENDER": "a@gru.test",
}  # fmt: skip


def demarrer(variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Load the production settings in a process of their own."""
    environnement = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "consultation.ecoute.settings.production"}
    code = (
        "import django; django.setup(); from django.conf import settings as s; from django.urls import resolve;"
        "print(s.ECOUTE_CONNEXION, s.DATABASES['default']['ENGINE'], s.SESSION_COOKIE_SECURE,"
        "s.RELAIS_DE_CONFIANCE, s.DEBUG)"
    )
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environnement | variables,
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_is_postgresql_the_provider_and_secure_cookies() -> None:
    # ECOUTE_CONNEXION=local cannot open a side door.
    fait = demarrer({**NECESSAIRES, "ECOUTE_CONNEXION": "local"})
    assert fait.stdout.split() == ["openid-connect", "socle.postgresql", "True", "True", "False"], fait


@pytest.mark.parametrize("manque", sorted(NECESSAIRES))
def test_production_refuses_to_start_without(manque: str) -> None:
    fait = demarrer({nom: valeur for nom, valeur in NECESSAIRES.items() if nom != manque})
    assert fait.returncode != 0
    assert f"{manque} est obligatoire" in fait.stderr


def test_the_sheet_of_roles_is_the_models() -> None:
    from django.conf import settings

    assert set(settings.ECOUTE_OIDC_GROUPES.values()) == set(Role.values)
