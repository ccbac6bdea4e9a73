"""M6, M7: a public page is no way to flood somebody, nor to put words in the town's mouth."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from consultation.ecoute.ateliers.models import Atelier
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.equipe.models import Membre
from consultation.ecoute.panels import services as panels
from consultation.ecoute.panels.models import Volontaire
from socle.envois import plafonds
from socle.envois.models import Envoi
from tests.consultation.ecoute import fabrique

pytestmark = pytest.mark.django_db
VICTIME = "victime@exemple.test"


@pytest.fixture
def atelier(ouvert: Dossier, responsable: Membre) -> Atelier:
    return fabrique.atelier(responsable, ouvert)


def inscrire(client: Client, atelier: Atelier, capture: Any, **champs: str) -> str:
    with capture(execute=True):
        saisie = {"nom": "Léa", "courriel": VICTIME} | champs
        return client.post(f"/ateliers/{atelier.pk}/inscription/", saisie, follow=True).content.decode()


def test_registering_twelve_times_is_three_mails(
    atelier: Atelier, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    pages = [inscrire(client, atelier, django_capture_on_commit_callbacks) for _ in range(12)]
    assert len(mail.outbox) == plafonds.PAR_HEURE
    assert "a déjà reçu plusieurs messages" in pages[-1]


def test_a_full_mailbox_takes_no_seat_and_the_page_says_so(
    atelier: Atelier, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    inscrire(client, atelier, django_capture_on_commit_callbacks)
    pages = [inscrire(client, atelier, django_capture_on_commit_callbacks) for _ in range(plafonds.PAR_HEURE)]
    assert "a déjà reçu plusieurs messages" in pages[-1]
    demande = atelier.participants.get()  # what was asked first is still there: the link of any of the mails takes it
    client.post(f"/ma-place/{demande.jeton}/", {"geste": "venir"})
    assert atelier.participants.get().assis


def test_a_full_mailbox_adds_nobody_to_the_draw(ouvert: Dossier, responsable: Membre) -> None:
    panel = fabrique.panel(responsable, ouvert)
    for _ in range(plafonds.PAR_HEURE):
        plafonds.prendre(VICTIME, "panels")
    for _ in range(2):  # known or not, the answer is the same
        with pytest.raises(plafonds.PlafondAtteint):
            panels.demander(panel, Volontaire(nom="Léa", courriel=VICTIME))
    assert not panel.volontaires.exists()
    assert not Envoi.objects.exists()


def test_a_seat_taken_and_given_back_again_and_again_is_three_mails(
    atelier: Atelier, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    inscrire(client, atelier, django_capture_on_commit_callbacks)
    personne = atelier.participants.get()
    for geste in ("renoncer", "venir") * 4 + ("renoncer",):
        with django_capture_on_commit_callbacks(execute=True):
            client.post(f"/ma-place/{personne.jeton}/", {"geste": geste})
    assert len(mail.outbox) == plafonds.PAR_HEURE
    personne.refresh_from_db()
    assert not personne.assis, "a seat is taken and given back, mail or not"


def test_no_word_of_a_stranger_is_in_a_mail(
    atelier: Atelier, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    refus = inscrire(client, atelier, django_capture_on_commit_callbacks, nom="Gagnez 35 € sur https://evil.example")
    assert "Écrivez un nom sans chiffre" in refus
    assert not mail.outbox
    inscrire(client, atelier, django_capture_on_commit_callbacks, nom="Votre compte est bloqué")
    message = mail.outbox[0].message().as_string() + str(mail.outbox[0].attachments)
    assert "compte est" not in message
    assert "bloqu" not in message
