"""Mails of a request: their exact words, sent once, tried again for a day at least."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime
from pathlib import Path
from smtplib import SMTPException
from typing import Any
from unittest.mock import patch

import pytest
from django.core.mail import EmailMultiAlternatives
from procrastinate.contrib.django import app

from guichet.demandes import courriels, references, services
from guichet.demandes.droits import Demandeur
from guichet.demandes.models import Courriel, Demande
from guichet.demandes.taches import envoyer_courriel
from guichet.taches import reprises
from tests.guichet import fabrique
from tests.guichet.fabrique import ALICE

pytestmark = pytest.mark.django_db
ATTENDUS = Path(__file__).parent / "courriels_attendus"
RECUE = datetime(2026, 11, 23, 13, 5, tzinfo=UTC)


@pytest.fixture
def demande() -> Demande:
    with (
        patch.object(services.timezone, "now", return_value=RECUE),
        patch.object(references, "nouvelle_reference", return_value="2026-K7PX-3M9Q"),
        patch.object(references, "code_suivi", return_value="CH3A-MRAA"),
    ):
        return fabrique.deposer(fabrique.demarche()).demande


def texte_brut(mail: EmailMultiAlternatives) -> str:
    """Words of the HTML part, without tags, to compare with the text part."""
    html = str(mail.alternatives[0][0])
    corps = html[html.index("<body>") :]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", corps))


def _vie(demande: Demande) -> None:
    services.demander_complement(demande, ALICE, "De quel côté ?")
    services.ecrire_usager(demande, "Côté pair.", par=fabrique.par_code(demande))
    services.repondre(demande, ALICE, "Nous réparons jeudi.")
    services.clore(demande, ALICE, "C'est réparé.")


@pytest.mark.parametrize("genre", list(courriels.GENRES))
def test_words_of_each_mail(demande: Demande, genre: str) -> None:
    """The expected texts are in courriels_attendus/: read them, they are what people get."""
    _vie(demande)
    mail = courriels.composer(Courriel.objects.get(genre=genre))
    chemin = ATTENDUS / f"{genre}.txt"
    assert f"Objet : {mail.subject}\n\n{mail.body}" == chemin.read_text("utf-8")


@pytest.mark.parametrize("genre", list(courriels.GENRES))
def test_each_mail_is_french_sober_and_says_the_same_twice(demande: Demande, genre: str) -> None:
    _vie(demande)
    mail = courriels.composer(Courriel.objects.get(genre=genre))
    html = str(mail.alternatives[0][0])
    assert mail.subject.startswith("Admiville – Signaler un problème de voirie : ")
    assert demande.reference in mail.subject
    assert '<html lang="fr">' in html
    assert "<img" not in html
    assert "<style" not in html
    assert "{{" not in html + mail.body
    assert mail.from_email == "Admiville <ne-pas-repondre@gru.test>"
    assert mail.extra_headers["Auto-Submitted"] == "auto-generated"
    for secret in ("Nous réparons jeudi", "Côté pair", "12 rue des Lilas"):
        assert secret not in html + mail.body  # the page says it, the mail leads there
    lien = re.findall(r"https://\S+", mail.body)[0]
    assert lien in html
    assert re.sub(r"\s+", " ", "Bonjour,") in texte_brut(mail)


def test_crpa_r_112_5_and_l_112_11_acknowledgement_is_complete(demande: Demande) -> None:
    """Date, time, reference, service with its addresses and telephone, day and effect of silence, appeals."""
    texte = str(courriels.composer(Courriel.objects.get(genre="accuse")).body).replace("\u00a0", " ")
    for mention in (
        "2026-K7PX-3M9Q",
        "Reçue le : 23 novembre 2026 à 14 h 05",
        "Voirie et espaces publics",
        "12 rue des Ateliers\n99000 Admiville",
        "voirie@gru.test",
        "01 99 00 00 10",
        "Si la mairie ne vous a pas répondu le 23 janvier 2027, la loi considère votre demande comme refusée",
        "article L. 231-4, 1°",
        "vous avez deux mois",
        "tribunal administratif",
        "CH3A-MRAA",
    ):
        assert mention in texte


def test_account_is_led_to_its_space_and_others_to_the_code(demande: Demande) -> None:
    assert courriels.lien_usager(demande).endswith("/suivi/?reference=2026-K7PX-3M9Q")
    demande.usager = fabrique.usager()
    assert courriels.lien_usager(demande).endswith("/mes-demarches/2026-K7PX-3M9Q/")
    demande.save()
    assert "CH3A" not in courriels.composer(Courriel.objects.get(genre="nouvelle_demande")).body


def test_a_mail_leaves_once_and_its_code_is_forgotten(demande: Demande, mailoutbox: list[Any]) -> None:
    courriel = Courriel.objects.get(genre="accuse")
    assert courriel.contexte == {"code": "CH3A-MRAA"}
    assert courriels.envoyer(courriel.pk)
    assert not courriels.envoyer(courriel.pk)
    envoyer_courriel(courriel_id=str(courriel.pk))
    assert [mail.to for mail in mailoutbox] == [["camille@exemple.fr"]]
    assert "CH3A-MRAA" in mailoutbox[0].body
    courriel.refresh_from_db()
    assert courriel.contexte == {}
    assert courriel.envoye_le is not None


def test_a_mail_server_that_is_down_loses_nothing(demande: Demande, mailoutbox: list[Any]) -> None:
    courriel = Courriel.objects.get(genre="accuse")
    with patch.object(EmailMultiAlternatives, "send", side_effect=SMTPException), pytest.raises(SMTPException):
        courriels.envoyer(courriel.pk)
    courriel.refresh_from_db()
    assert courriel.envoye_le is None
    assert courriel.contexte == {"code": "CH3A-MRAA"}
    assert courriels.envoyer(courriel.pk)
    assert len(mailoutbox) == 1


def test_a_mail_of_a_request_that_no_longer_exists_is_no_error(demande: Demande) -> None:
    identifiant = Courriel.objects.get(genre="accuse").pk
    demande.delete()
    assert not courriels.envoyer(identifiant)
    assert not courriels.envoyer(uuid.uuid4())


def test_tries_go_on_for_more_than_a_day_and_never_wait_more_than_an_hour() -> None:
    delais = [reprises.delai(n) for n in range(reprises.ESSAIS)]
    assert delais[:4] == [30, 60, 120, 240]
    assert max(delais) == 3600
    assert sum(delais) > 24 * 3600


def test_the_worker_knows_the_tasks() -> None:
    assert {"demandes.envoyer_courriel", "demandes.purger_brouillons", "comptes.envoyer_courriel_inscription",
            "comptes.purger_inscriptions"} <= set(app.tasks)  # fmt: skip


def test_a_resident_without_address_is_not_written_to() -> None:
    demande = fabrique.deposer(fabrique.demarche(), reponses={**fabrique.REPONSES, "courriel": ""}).demande
    services.repondre(demande, ALICE, "Nous réparons jeudi.")
    services.ecrire_usager(demande, "Merci.", par=Demandeur(None, frozenset({demande.pk})))
    assert set(Courriel.objects.values_list("genre", flat=True)) == {"nouvelle_demande", "message_usager"}
