"""Fault: somebody drawn by lot was never told when the mail server was down. Now every message waits for it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from consultation.ecoute.accueil.veille import VEILLEUR
from consultation.ecoute.ateliers import services as ateliers
from consultation.ecoute.ateliers.models import Participant
from consultation.ecoute.donnees import personne
from consultation.ecoute.donnees.effacement import effacer_echus
from consultation.ecoute.donnees.models import Effacement
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.dossiers.services import decrire
from consultation.ecoute.equipe.models import Membre
from consultation.ecoute.panels import courriels, services
from consultation.ecoute.panels.models import Panel, Tirage, Volontaire
from socle.envois import services as outbox
from socle.envois.genres import GARDE
from socle.envois.models import Compte, Envoi
from socle.envois.services import partir, partir_dus
from socle.envois.veilleur import Veilleur
from tests.consultation.ecoute import fabrique
from tests.smtp import MailServer, mail_server

pytestmark = pytest.mark.django_db
AVIS = Path(__file__).parents[2] / "guichet" / "envois" / "avis"
"""Notices as servers write them."""


@pytest.fixture
def serveur(settings: Any) -> Iterator[MailServer]:
    with mail_server() as serveur:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", serveur.port, False
        yield serveur


@pytest.fixture
def panel(ouvert: Dossier, responsable: Membre) -> Panel:
    decrire(responsable, ouvert, None, "âge", "Quel âge ?", "Insee", [("jeune", 30.0), ("âgé", 70.0)])
    return fabrique.panel(responsable, ouvert)


def volontaire(panel: Panel, courriel: str = "lea@exemple.test") -> Volontaire:
    """Somebody who left an address."""
    code = f"V{Volontaire.objects.count()}"
    return Volontaire.objects.create(panel=panel, code=code, nom=courriel, courriel=courriel, valeurs={})


@pytest.mark.django_db(transaction=True)
def test_somebody_drawn_by_lot_is_told_although_the_mail_server_was_down(
    panel: Panel, responsable: Membre, serveur: MailServer
) -> None:
    fabrique.volontaires(panel, 60)
    tirage = services.lancer(responsable, panel)
    tirage.refresh_from_db()
    fabrique.annoncer(responsable, tirage)
    assert len(serveur.mails) == 60  # that they are registered
    serveur.mails.clear()
    serveur.down, serveur.connections = True, 0
    tirage = services.tirer(responsable, tirage, 41)
    assert tirage.etat == Tirage.Etat.TIRE
    tires = set(panel.volontaires.filter(code__in=tirage.resultat["panel"]).values_list("courriel", flat=True))
    assert len(tires) == panel.taille
    assert serveur.mails == []
    assert serveur.connections == 1  # who clicked did not wait for ten failures
    assert partir_dus(timezone.now() + timedelta(minutes=50)) == 0
    serveur.down = False
    Envoi.objects.update(prochain_le=timezone.now())  # the minute has passed
    veilleur = Veilleur((partir_dus,), pas=0.01)  # as the web server has one: nobody visits a page
    veilleur.demarrer()
    _attendre(lambda: len(serveur.mails) == len(tires))
    veilleur.arreter()
    assert {str(recu["To"]) for recu in serveur.mails} == tires
    assert not Envoi.objects.en_attente().exists()
    assert all("tirage" in recu.get_content().lower() for recu in serveur.mails)  # type: ignore[attr-defined]


def _attendre(condition: Any) -> None:
    """Until it holds; the thread that makes it true says nothing."""
    reveil = threading.Event()
    fin = timezone.now() + timedelta(seconds=60)
    while not condition():
        assert timezone.now() < fin
        reveil.wait(0.02)


def test_a_crash_sends_again_under_the_same_name(
    panel: Panel, serveur: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Mort(BaseException):
        """The process dies."""

    def mourir(*_: object) -> None:
        raise Mort

    courriels.ecrire("tire", volontaire(panel))
    envoi = Envoi.objects.get()
    with monkeypatch.context() as panne:
        panne.setattr(outbox, "_noter_depart", mourir)
        with pytest.raises(Mort):
            partir(envoi.pk)
    assert partir(envoi.pk, timezone.now() + outbox.TENUE)  # where rows are not locked, the mark has an end
    assert len({str(recu["Message-ID"]) for recu in serveur.mails}) == 1
    assert len(serveur.mails) == 2


def test_a_row_that_is_held_is_left_alone(panel: Panel) -> None:
    """What two processes of one machine do on SQLite; PostgreSQL locks (tests/guichet/envois)."""
    from django.db import connection

    if connection.features.has_select_for_update_skip_locked:
        return  # nothing marks a row there
    courriels.ecrire("tire", volontaire(panel))
    Envoi.objects.update(tenu_jusqu_au=timezone.now() + timedelta(minutes=1))
    assert partir_dus() == 0
    assert partir_dus(timezone.now() + timedelta(minutes=2)) == 1


def test_the_team_sees_whom_nothing_has_reached_until_it_has(
    ouvert: Dossier, responsable: Membre, serveur: MailServer, django_capture_on_commit_callbacks: Any
) -> None:
    serveur.down = True
    atelier = fabrique.atelier(responsable, ouvert)
    gens = [Participant(nom=nom, courriel=f"{nom}@exemple.test") for nom in ("ana", "bob")]
    ateliers.ajouter(responsable, atelier, gens)
    with django_capture_on_commit_callbacks(execute=True):
        ateliers.inviter(responsable, atelier)
    assert atelier.participants.exclude(echec_le=None).count() == 2
    serveur.down = False
    assert partir_dus(timezone.now() + timedelta(minutes=2)) == 2
    assert not atelier.participants.exclude(echec_le=None).exists()
    assert [type_.get_content_type() for type_ in serveur.mails[0].iter_attachments()] == ["text/calendar"]


def test_what_waits_is_found_handed_over_and_erased_with_the_person(
    panel: Panel, responsable: Membre, serveur: MailServer
) -> None:
    courriels.ecrire("tire", volontaire(panel))
    courriels.ecrire("inscription", volontaire(panel, "autre@exemple.test"))
    [envoi] = personne.exporter("lea@exemple.test")["envois"]
    assert (envoi["a"], envoi["parti_le"]) == ("lea@exemple.test", "")
    personne.effacer(responsable, "lea@exemple.test")
    assert [e.destinataire for e in Envoi.objects.all()] == ["autre@exemple.test"]
    assert partir_dus() == 1
    assert [str(recu["To"]) for recu in serveur.mails] == ["autre@exemple.test"]


def test_addresses_of_what_was_sent_go_after_ninety_days_with_their_proof(panel: Panel) -> None:
    courriels.ecrire("tire", volontaire(panel))
    assert partir_dus() == 1
    assert len(mail.outbox) == 1
    effacer_echus(timezone.now() + GARDE - timedelta(days=1))
    assert Envoi.objects.count() == 1
    effacer_echus(timezone.now() + GARDE + timedelta(days=1))
    assert not Envoi.objects.exists()
    assert Effacement.objects.filter(sorte="Messages envoyés, et leurs adresses").exists()


def test_the_web_server_starts_the_watcher_in_each_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gunicorn calls it after its fork; called twice, one thread."""
    monkeypatch.setenv("SITE_WSGI", "consultation.ecoute.wsgi:application")
    from socle import gunicorn

    try:
        for _ in range(2):
            gunicorn.post_worker_init(None)
        assert [fil.name for fil in threading.enumerate()].count("veilleur") == 1
    finally:
        VEILLEUR.arreter()
    assert "veilleur" not in [fil.name for fil in threading.enumerate()]


def test_failures_are_counted_for_prometheus(panel: Panel, serveur: MailServer, client: Client) -> None:
    serveur.down = True
    courriels.ecrire("tire", volontaire(panel))
    partir_dus()
    lues = client.get("/metrics").content.decode()
    assert "ecoute_courriels_echecs_total 1.0" in lues
    assert 'ecoute_envois_en_attente{canal="courriel"} 1.0' in lues
    assert 'ecoute_envois_abandonnes{canal="courriel"} 0.0' in lues
    assert Compte.objects.get().echecs == 1


def test_a_mail_that_comes_back_is_noted(panel: Panel, serveur: MailServer, settings: Any) -> None:
    """The mail server hands a notice over; whoever does not know the secret finds nothing there."""
    settings.RETOURS_DOMAINE, settings.RETOURS_CLE = "retours.gru.test", "clé du courrier"
    courriels.ecrire(courriels.MESSAGES[0], volontaire(panel))
    envoi = Envoi.objects.get()
    assert partir(envoi.pk)
    jeton = serveur.senders[0].removeprefix("retours+consultation-").partition("@")[0]
    avis = (AVIS / "postfix-inconnu.eml").read_bytes()
    for cle, attendu in (("autre", 404), ("clé du courrier", 204)):
        entetes = {"Authorization": f"Bearer {cle}"}
        reponse = Client().post(f"/envois/retours/{jeton}/", avis, content_type="message/rfc822", headers=entetes)
        assert reponse.status_code == attendu
    assert Envoi.objects.get(pk=envoi.pk).retour == "5.1.1"
