"""One connection carries many mails, and none is lost nor doubled when the server closes it meanwhile."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.mail import EmailMessage

from socle.envois import bureau
from tests.smtp import MailServer, mail_server


@pytest.fixture(autouse=True)
def _vide() -> Iterator[None]:
    bureau.oublier()
    yield
    bureau.oublier()


def envoyer(a: str = "camille@exemple.fr") -> None:
    with bureau.connexion() as connexion:
        EmailMessage("Objet", "Texte", "mairie@gru.test", [a], connection=connexion).send()


def test_mails_that_follow_each_other_share_a_connection(serveur: MailServer) -> None:
    for _ in range(3):
        envoyer()
    assert (len(serveur.mails), serveur.connections) == (3, 1)


def test_two_at_once_do_not_share_one(serveur: MailServer) -> None:
    with bureau.connexion() as une, bureau.connexion() as autre:
        assert une is not autre
    for _ in range(3):
        envoyer()
    assert serveur.connections == 2


def test_a_connection_that_the_server_closed_is_made_again(serveur: MailServer, settings: Any) -> None:
    envoyer()
    (_, _, gardee) = bureau._libres[0]
    gardee.connection.sock.shutdown(2)  # as a server that restarts
    envoyer()
    assert (len(serveur.mails), serveur.connections) == (2, 2)


def test_a_refused_mail_does_not_spoil_the_next(serveur: MailServer) -> None:
    serveur.refused.add("personne@exemple.fr")
    with pytest.raises(smtplib.SMTPException):
        envoyer("personne@exemple.fr")
    envoyer()
    assert (len(serveur.mails), serveur.connections) == (1, 2)


def test_one_left_alone_is_not_used_again(serveur: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    envoyer()
    monkeypatch.setattr(bureau, "REPOS", -1.0)
    envoyer()
    assert (len(serveur.mails), serveur.connections) == (2, 2)


def test_a_connection_to_another_server_is_not_taken(serveur: MailServer, settings: Any) -> None:
    envoyer()
    with mail_server() as autre:
        settings.EMAIL_PORT = autre.port
        envoyer()
        assert (len(serveur.mails), len(autre.mails)) == (1, 1)


def test_a_server_that_cannot_be_reached_says_so_before_anything_is_sent(settings: Any, serveur: MailServer) -> None:
    serveur.down = True
    with pytest.raises((OSError, smtplib.SMTPException)), bureau.connexion():
        pytest.fail("aucune connexion")
    assert not bureau._libres
