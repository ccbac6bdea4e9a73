"""Health and figures of both sites."""

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from guichet.configuration.settings import instruction
from guichet.demandes.models import Complement, Demande
from guichet.supervision import service_rendu
from socle.envois.models import Envoi
from socle.envois.services import partir
from tests.guichet import envois, fabrique

pytestmark = pytest.mark.django_db


def valeurs(client: Client) -> dict[str, float]:
    lignes = client.get("/metrics").content.decode().splitlines()
    return {
        nom: float(valeur)
        for nom, _, valeur in (ligne.rpartition(" ") for ligne in lignes if not ligne.startswith("#"))
    }


@pytest.mark.django_db(transaction=True)
def test_domain_figures_come_from_the_database(client: Client, settings: Any) -> None:
    settings.METRIQUES_DU_DOMAINE = instruction.METRIQUES_DU_DOMAINE
    demarche = fabrique.demarche()
    avant = valeurs(client)
    envoi = uuid.uuid4()
    for _ in range(2):  # the button pressed twice
        fabrique.deposer(demarche, cle_envoi=envoi)
    apres = valeurs(client)
    assert apres["guichet_demandes_acceptees_total"] == avant["guichet_demandes_acceptees_total"] + 1
    assert apres["guichet_taches_en_attente"] >= 1
    assert apres["guichet_tache_plus_ancienne_secondes"] >= 0
    with transaction.atomic():
        fabrique.deposer(demarche)
        transaction.set_rollback(True)
    assert valeurs(client)["guichet_demandes_acceptees_total"] == apres["guichet_demandes_acceptees_total"]


@pytest.fixture
def compte_neuf() -> Iterator[None]:
    service_rendu.oublier()
    yield
    service_rendu.oublier()


@pytest.mark.usefixtures("compte_neuf")
def test_what_residents_get_is_counted_by_procedure(client: Client, settings: Any) -> None:
    settings.METRIQUES_DU_DOMAINE = instruction.METRIQUES_DU_DOMAINE
    demarche = fabrique.demarche()
    rendues = [(3, 1), (10, 9), (40, 20), (200, 5)]  # received so many days ago, answered so many days later
    for reception, delai in rendues:
        demande = fabrique.deposer(demarche).demande
        recue = timezone.now() - timedelta(days=reception)
        Demande.objects.filter(pk=demande.pk).update(recue_le=recue, decidee_le=recue + timedelta(days=delai))
    au_guichet = fabrique.deposer(demarche).demande
    Demande.objects.filter(pk=au_guichet.pk).update(canal="guichet")
    Complement.objects.create(demande=au_guichet, genre="piece", libelle="Justificatif")
    Complement.objects.create(demande=au_guichet, genre="piece", libelle="Photo")
    lues = valeurs(client)
    slug = f'demarche="{demarche.slug}"'
    assert lues[f'guichet_demandes_recues_90j{{canal="web",{slug}}}'] == 3
    assert lues[f'guichet_demandes_recues_90j{{canal="guichet",{slug}}}'] == 1
    assert lues[f"guichet_demandes_incompletes_90j{{{slug}}}"] == 1
    assert lues[f"guichet_demandes_repondues_90j{{{slug}}}"] == 3
    assert lues[f"guichet_delai_reponse_median_jours{{{slug}}}"] == 9
    assert lues['guichet_delai_reponse_median_jours{demarche="toutes"}'] == 9
    cumul = {jours: lues[f'guichet_demandes_repondues_90j_cumul{{{slug},jours="{jours}"}}'] for jours in (2, 8, 15, 30)}
    assert cumul == {2: 1, 8: 1, 15: 2, 30: 3}
    fabrique.deposer(demarche)
    assert valeurs(client)[f'guichet_demandes_recues_90j{{canal="web",{slug}}}'] == 3  # kept a while
    service_rendu.oublier()
    assert valeurs(client)[f'guichet_demandes_recues_90j{{canal="web",{slug}}}'] == 4


def test_the_portal_gives_no_domain_figure(client: Client) -> None:
    assert "guichet_demandes_acceptees_total" not in valeurs(client)


def test_requests_are_timed_by_view_and_not_by_address(client: Client) -> None:
    for numero in range(3):
        client.get(f"/inconnue-{numero}/")
    noms = [nom for nom in valeurs(client) if nom.startswith("guichet_requete_duree_secondes_count")]
    assert noms
    assert not any("inconnue" in nom for nom in noms)


def test_a_mail_that_cannot_leave_is_counted_and_still_waits(client: Client, settings: Any) -> None:
    settings.METRIQUES_DU_DOMAINE = instruction.METRIQUES_DU_DOMAINE
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 1
    fabrique.deposer(fabrique.demarche())
    envoi = envois.envoi("accuse")
    Envoi.objects.update(cree_le=timezone.now() - timedelta(hours=2))
    assert not partir(envoi.pk)
    envoi.refresh_from_db()
    assert "refused" in envoi.derniere_erreur
    lues = valeurs(client)
    assert lues["guichet_courriels_echecs_total"] == 1
    assert lues['guichet_envois_en_attente{canal="courriel"}'] == 2
    assert lues['guichet_envoi_plus_ancien_secondes{canal="courriel"}'] >= 7200
    assert lues['guichet_envois_abandonnes{canal="courriel"}'] == 0
    Envoi.objects.update(parti_le=timezone.now())
    lues = valeurs(client)
    assert lues['guichet_envois_en_attente{canal="courriel"}'] == 0
    assert lues['guichet_envoi_plus_ancien_secondes{canal="courriel"}'] == 0


def test_health_says_when_the_database_is_gone(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import DatabaseError, connection

    def coupee(*_: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(connection, "cursor", coupee)
    assert client.get("/sante/").status_code == 503


def test_error_page_needs_no_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import DatabaseError, connection

    def coupee(*_: object) -> None:
        raise DatabaseError

    client.raise_request_exception = False
    monkeypatch.setattr(connection, "cursor", coupee)
    reponse = client.get("/demarches/")
    assert reponse.status_code == 500
    assert "Le problème vient de notre site" in reponse.content.decode()


def test_who_finds_a_weakness_knows_whom_to_tell(client: Client, settings: Any) -> None:
    """RFC 9116: contact and end are compulsory; the end is less than a year away."""
    reponse = client.get("/.well-known/security.txt")
    assert reponse["Content-Type"] == "text/plain; charset=utf-8"
    champs = dict(ligne.split(": ", 1) for ligne in reponse.content.decode().splitlines())
    assert champs["Contact"] == "mailto:mairie@gru.test"
    fin = datetime.fromisoformat(champs["Expires"])
    assert timezone.now() < fin < timezone.now() + timedelta(days=365)
    assert champs["Canonical"] == "https://portail.gru.test/.well-known/security.txt"
    settings.COMMUNE = {**settings.COMMUNE, "courriel": ""}
    assert client.get("/.well-known/security.txt").status_code == 404
