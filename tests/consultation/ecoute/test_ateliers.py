"""Workshops: seats and waiting list, mails with the calendar file, agreements by purpose, notes that come once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from consultation.ecoute.ateliers import services
from consultation.ecoute.ateliers.models import Atelier, Participant
from consultation.ecoute.ateliers.services import AtelierRefuse
from consultation.ecoute.contributions.models import Canal, Contribution
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.equipe.models import Membre
from tests.consultation.ecoute import fabrique

pytestmark = pytest.mark.django_db
Statut = Participant.Statut


@pytest.fixture
def atelier(ouvert: Dossier, responsable: Membre) -> Atelier:
    return fabrique.atelier(responsable, ouvert)


def agenda_du_courriel(rang: int = -1) -> Calendar:
    nom, contenu, _ = mail.outbox[rang].attachments[0]
    assert nom == "atelier.ics"
    return Calendar.from_ical(contenu)


def test_people_register_until_it_is_full_then_wait_then_get_the_freed_seat(
    atelier: Atelier, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    def inscrire(nom: str) -> str:
        with django_capture_on_commit_callbacks(execute=True):
            champs = {"nom": nom, "courriel": f"{nom.lower()}@exemple.test"}
            return client.post(f"/ateliers/{atelier.pk}/inscription/", champs, follow=True).content.decode()

    assert "Votre place est retenue" in inscrire("Ana")
    assert "Votre place est retenue" in inscrire("Bob")
    assert "liste d'attente" in inscrire("Eve")
    assert "Votre place est retenue" in inscrire("Ana")  # again: no second seat
    assert list(atelier.participants.values_list("nom", "statut")) == [
        ("Ana", "inscrit"), ("Bob", "inscrit"), ("Eve", "attente"),
    ]  # fmt: skip
    assert [m.subject.split(" : ")[1].split(" pour")[0] for m in mail.outbox] == [
        "votre place est retenue", "votre place est retenue", "vous êtes en liste d'attente",
    ]  # fmt: skip
    ana = atelier.participants.get(nom="Ana")
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/ma-place/{ana.jeton}/", {"geste": "renoncer"})
    assert atelier.participants.get(nom="Eve").statut == Statut.INSCRIT
    assert mail.outbox[-1].to == ["eve@exemple.test"]
    assert "une place s'est libérée" in mail.outbox[-1].subject


def test_registering_needs_one_way_to_be_reached(atelier: Atelier, client: Client) -> None:
    page = client.post(f"/ateliers/{atelier.pk}/inscription/", {"nom": "Zoé"}).content.decode()
    assert "Donnez une adresse e-mail ou un téléphone" in page
    Atelier.objects.filter(pk=atelier.pk).update(debut=timezone.now() - timedelta(hours=1))
    assert client.get(f"/ateliers/{atelier.pk}/inscription/").status_code == 410


def test_invitations_carry_the_calendar_and_a_change_updates_it(
    atelier: Atelier, responsable: Membre, django_capture_on_commit_callbacks: Any
) -> None:
    gens = [Participant(nom="Léa", courriel="lea@exemple.test"), Participant(nom="Sans courriel"),
            Participant(nom="Léa bis", courriel="LEA@exemple.test")]  # fmt: skip
    assert services.ajouter(responsable, atelier, gens) == 2
    with django_capture_on_commit_callbacks(execute=True):
        assert services.inviter(responsable, atelier) == (1, 1)
        assert services.inviter(responsable, atelier) == (0, 0)
    assert len(mail.outbox) == 1
    evenement = agenda_du_courriel().walk("VEVENT")[0]
    assert agenda_du_courriel()["METHOD"] == "REQUEST"
    assert evenement["SEQUENCE"] == 0
    assert evenement.walk("VALARM")
    assert services.lien(atelier.participants.get(nom="Léa")) in mail.outbox[0].body
    lea = atelier.participants.get(nom="Léa")
    services.inscrire(atelier, lea)
    atelier.debut += timedelta(days=1)
    atelier.fin += timedelta(days=1)
    with django_capture_on_commit_callbacks(execute=True):
        services.planifier(responsable, atelier)
    assert agenda_du_courriel().walk("VEVENT")[0]["SEQUENCE"] == 1
    with django_capture_on_commit_callbacks(execute=True):
        services.annuler(responsable, atelier, "Salle inondée")
    assert agenda_du_courriel()["METHOD"] == "CANCEL"
    assert "Salle inondée" in mail.outbox[-1].body
    with pytest.raises(AtelierRefuse, match="annulé"):
        services.inviter(responsable, atelier)


def test_nobody_is_reminded_twice_a_day(
    atelier: Atelier, responsable: Membre, django_capture_on_commit_callbacks: Any
) -> None:
    services.inscrire(atelier, Participant(nom="Ana", courriel="ana@exemple.test"))
    assert services.relancer(responsable, atelier) == 1
    assert services.relancer(responsable, atelier) == 0


def test_a_mail_server_that_is_down_loses_nothing(
    atelier: Atelier, client: Client, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 1
    with django_capture_on_commit_callbacks(execute=True):
        champs = {"nom": "Ana", "courriel": "ana@exemple.test"}
        reponse = client.post(f"/ateliers/{atelier.pk}/inscription/", champs, follow=True)
    assert "Votre place est retenue" in reponse.content.decode()


def test_agreements_are_by_purpose_and_taken_back_with_their_dates(atelier: Atelier, client: Client) -> None:
    ana = services.inscrire(atelier, Participant(nom="Ana", telephone="06"))
    adresse = f"/ma-place/{ana.jeton}/"
    client.post(adresse, {"accords": ["image", "citation"]})
    client.post(adresse, {"accords": ["citation"]})
    client.post(adresse, {"accords": ["citation", "image"]})
    image = list(ana.consentements.filter(finalite="image").values_list("retire_le", flat=True))
    assert [retire is None for retire in image] == [False, True]
    assert ana.consentements.filter(finalite="citation").count() == 1
    assert Participant.objects.get(pk=ana.pk).accords == {"citation", "image"}


def test_the_code_of_a_letter_marks_somebody_present(
    atelier: Atelier, accueil: Membre, connecte: Callable[[Membre], Client]
) -> None:
    ana = services.inscrire(atelier, Participant(nom="Ana", telephone="06"))
    adresse = f"/equipe/ateliers/{atelier.pk}/arrivee/{ana.jeton}/"
    assert Client().get(adresse).status_code == 302  # a phone of the team only
    client = connecte(accueil)
    page = client.get(f"/ma-place/{ana.jeton}/").content.decode()  # what the letter's code opens
    assert f'href="{adresse}"' in page
    assert adresse not in Client().get(f"/ma-place/{ana.jeton}/").content.decode()
    assert "Noter Ana" in client.get(adresse).content.decode()
    assert "Ana est là" in client.post(adresse, follow=True).content.decode()
    client.post(f"/equipe/ateliers/{atelier.pk}/presences/{ana.pk}/", {"present": "0"})
    ana.refresh_from_db()
    assert ana.statut == Statut.ABSENT


def test_a_note_sent_twice_is_kept_once_and_becomes_an_opinion(
    ouvert: Dossier, responsable: Membre, accueil: Membre, connecte: Callable[[Membre], Client]
) -> None:
    atelier = fabrique.atelier(responsable, ouvert, dans_j=-0.01)
    client = connecte(accueil)
    adresse = f"/equipe/ateliers/{atelier.pk}/table/2/"
    for _ in range(2):
        reponse = client.post(adresse, {"texte": "Trop d'attente", "cle": "c1"}, headers={"Accept": "application/json"})
        assert reponse.json() == {"cle": "c1"}
    absent = services.inscrire(fabrique.atelier(responsable, ouvert), Participant(nom="X", telephone="06"))
    Participant.objects.filter(pk=absent.pk).update(atelier=atelier)
    assert services.tenir(responsable, atelier) == 1
    assert services.tenir(responsable, atelier) == 0
    avis = Contribution.objects.get()
    assert (avis.canal, avis.texte) == (Canal.ATELIER, "Trop d'attente")
    absent.refresh_from_db()
    assert absent.statut == Statut.ABSENT


def test_a_pasted_list_is_read_and_mistakes_are_named(
    atelier: Atelier, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    client = connecte(responsable)
    adresse = f"/equipe/ateliers/{atelier.pk}/ajouter/"
    mauvais = client.post(adresse, {"qualite": "habitant", "liste": "Ana ; pas-une-adresse"}).content.decode()
    assert "Ligne 1 : « pas-une-adresse »" in mauvais
    client.post(adresse, {"qualite": "association", "liste": "Ana ; a@b.fr ; 06 ; Secours\nBob\n"})
    ana = atelier.participants.get(nom="Ana")
    assert (ana.qualite, ana.organisme, ana.adresse) == ("association", "Secours", "")


def test_the_plan_costs_the_same_for_one_and_for_many(
    atelier: Atelier, responsable: Membre, connecte: Callable[[Membre], Client], django_assert_max_num_queries: Any
) -> None:
    client = connecte(responsable)
    for _ in range(8):
        fabrique.atelier(responsable, atelier.dossier)
    with django_assert_max_num_queries(5):
        page = client.get(f"/equipe/ateliers/?annee={timezone.localtime(atelier.debut).year}").content.decode()
    assert page.count("0 sur 2") == 9
