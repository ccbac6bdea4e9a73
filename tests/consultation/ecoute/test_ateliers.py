"""Workshops: seats and waiting list, mails with the calendar file, who is here, what the team enters for people."""

from __future__ import annotations

import email
import email.policy
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from consultation.ecoute.ateliers import courriels, rappels, services
from consultation.ecoute.ateliers.models import Atelier, Participant
from consultation.ecoute.ateliers.services import AtelierRefuse
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
    def demander(nom: str) -> str:
        with django_capture_on_commit_callbacks(execute=True):
            champs = {"nom": nom, "courriel": f"{nom.lower()}@exemple.test"}
            return client.post(f"/ateliers/{atelier.pk}/inscription/", champs, follow=True).content.decode()

    def venir(nom: str) -> str:
        jeton = atelier.participants.get(nom=nom).jeton
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(f"/ma-place/{jeton}/", {"geste": "venir"}, follow=True).content.decode()

    pages = {demander(nom) for nom in ("Ana", "Bob", "Eve")}
    assert "Votre place est retenue" in venir("Ana")
    assert "Votre place est retenue" in venir("Bob")
    assert "liste d'attente" in venir("Eve")
    assert len(pages) == 1
    assert list(atelier.participants.values_list("nom", "statut")) == [
        ("Ana", "inscrit"), ("Bob", "inscrit"), ("Eve", "attente"),
    ]  # fmt: skip
    assert [m.subject.split(" : ")[1].split(" pour")[0] for m in mail.outbox] == [
        "confirmez votre place", "confirmez votre place", "confirmez votre place", "votre place est retenue",
        "votre place est retenue", "vous êtes en liste d'attente",
    ]  # fmt: skip
    ana = atelier.participants.get(nom="Ana")
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/ma-place/{ana.jeton}/", {"geste": "renoncer"})
    assert atelier.participants.get(nom="Eve").statut == Statut.INSCRIT
    rendue, liberee = mail.outbox[-2:]
    assert (rendue.to, liberee.to) == (["ana@exemple.test"], ["eve@exemple.test"])
    assert "est rendue" in rendue.subject
    assert agenda_du_courriel(-2)["METHOD"] == "CANCEL"
    assert "une place s'est libérée" in liberee.subject


def test_who_waits_longest_comes_first_even_if_invited_later(atelier: Atelier, responsable: Membre) -> None:
    services.ajouter(responsable, atelier, [Participant(nom="Invitée", telephone="01")])  # known before the others
    assis = [services.inscrire(atelier, Participant(nom=nom, telephone="06")) for nom in ("Ana", "Bob")]
    premiere = services.inscrire(atelier, Participant(nom="Eve", telephone="06"))
    invitee = services.inscrire(atelier, atelier.participants.get(nom="Invitée"))
    assert (premiere.rang_attente, invitee.rang_attente) == (1, 2)
    services.desister(assis[0])
    assert [atelier.participants.get(nom=nom).statut for nom in ("Eve", "Invitée")] == [Statut.INSCRIT, Statut.ATTENTE]
    atelier.refresh_from_db()
    atelier.capacite = 3
    services.planifier(responsable, atelier)  # one seat more: the next one gets it
    assert atelier.participants.get(nom="Invitée").statut == Statut.INSCRIT


def test_a_seat_taken_back_is_taken_out_of_the_calendar_then_put_back(
    atelier: Atelier, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        ana = services.inscrire(atelier, Participant(nom='Ana "la grande"', courriel="ana@exemple.test"))
        services.desister(ana)
        services.inscrire(atelier, ana)
    suite = [agenda_du_courriel(rang) for rang in (-3, -2, -1)]
    evenements = [un.walk("VEVENT")[0] for un in suite]
    assert [un["METHOD"] for un in suite] == ["REQUEST", "CANCEL", "REQUEST"]
    assert len({un["UID"] for un in evenements}) == 1
    assert "@" in evenements[0]["UID"]
    rangs = [un["SEQUENCE"] for un in evenements]
    assert rangs == sorted(set(rangs))  # each replaces the one before it
    invite = evenements[0]["ATTENDEE"]
    assert (str(invite), invite.params["PARTSTAT"]) == ("mailto:ana@exemple.test", "ACCEPTED")
    assert evenements[1]["STATUS"] == "CANCELLED"


def test_the_mail_is_one_that_calendars_recognise(atelier: Atelier, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        services.inscrire(atelier, Participant(nom="Ana", courriel="ana@exemple.test"))
    lu = email.message_from_bytes(mail.outbox[-1].message().as_bytes(), policy=email.policy.default)
    parties = [p for p in lu.walk() if p.get_content_type() == "text/calendar"]
    assert next(p.get_content_type() for p in lu.iter_parts()) == "multipart/alternative"  # type: ignore[attr-defined]
    assert [p["Content-Type"].params["method"] for p in parties] == ["REQUEST", "REQUEST"]
    assert [p.get_filename() for p in parties] == [None, "atelier.ics"]
    for partie in parties:  # read again as the recipient's software does
        evenement = Calendar.from_ical(partie.get_content()).walk("VEVENT")[0]
        assert evenement.decoded("DTSTART") == atelier.debut.replace(microsecond=0)
        assert str(evenement["ORGANIZER"]) == "mailto:ecoute@admiville.test"


def test_registering_needs_one_way_to_be_reached(atelier: Atelier, client: Client) -> None:
    page = client.post(f"/ateliers/{atelier.pk}/inscription/", {"nom": "Zoé"}).content.decode()
    assert "Donnez une adresse e-mail ou un téléphone" in page
    assert page.count("(facultatif)") == 1, "needs alone may be left empty: an address or a number is asked"
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
    assert courriels.lien(atelier.participants.get(nom="Léa")) in mail.outbox[0].body
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
    atelier: Atelier, client: Client, settings: Any, django_capture_on_commit_callbacks: Any, responsable: Membre,
    connecte: Callable[[Membre], Client],
) -> None:  # fmt: skip
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 1
    with django_capture_on_commit_callbacks(execute=True):
        champs = {"nom": "Ana", "courriel": "ana@exemple.test"}
        client.post(f"/ateliers/{atelier.pk}/inscription/", champs)
    ana = atelier.participants.get()
    reponse = client.post(f"/ma-place/{ana.jeton}/", {"geste": "venir"}, follow=True)
    assert "Votre place est retenue" in reponse.content.decode()
    page = connecte(responsable).get(f"/equipe/ateliers/{atelier.pk}/").content.decode()
    assert "e-mail non parti" in page  # somebody will call
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with django_capture_on_commit_callbacks(execute=True):
        services.relancer(responsable, atelier)
    assert atelier.participants.get().echec_le is None


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


@pytest.mark.skipif(not (shutil.which("zbarimg") and shutil.which("pdftoppm")), reason="zbar-tools et poppler-utils")
def test_the_code_printed_on_the_letter_leads_to_the_arrival(
    atelier: Atelier, responsable: Membre, connecte: Callable[[Membre], Client], tmp_path: Path
) -> None:
    services.ajouter(responsable, atelier, [Participant(nom="Ana", adresse="1 rue Haute")])
    client = connecte(responsable)
    (tmp_path / "lettres.pdf").write_bytes(client.get(f"/equipe/ateliers/{atelier.pk}/lettres.pdf").content)
    subprocess.run(["pdftoppm", "-r", "150", "-png", "lettres.pdf", "page"], cwd=tmp_path, check=True)
    image = next(tmp_path.glob("page*.png"))
    lu = subprocess.run(["zbarimg", "--quiet", "--raw", image], capture_output=True, text=True, check=True)
    adresse = lu.stdout.strip()
    assert adresse == courriels.lien(atelier.participants.get())
    page = client.get(urlsplit(adresse).path).content.decode()  # the phone's browser opens it, signed in
    suite = re.search(r'href="([^"]*arrivee[^"]*)"', page)
    assert suite is not None
    assert "Ana est là" in client.post(suite[1], follow=True).content.decode()


@pytest.mark.parametrize(
    ("qualite", "attendu"),
    [
        ("association", "avec votre association"),
        ("agent", "comme agent de la commune"),
        ("habitant", "rien à préparer"),
    ],
)
def test_people_are_invited_as_what_they_come_as(
    atelier: Atelier, responsable: Membre, django_capture_on_commit_callbacks: Any, qualite: str, attendu: str
) -> None:
    services.ajouter(responsable, atelier, [Participant(nom="Ana", courriel="ana@exemple.test", qualite=qualite)])
    with django_capture_on_commit_callbacks(execute=True):
        services.inviter(responsable, atelier)
    assert attendu in mail.outbox[-1].body


def test_a_pasted_list_is_read_and_mistakes_are_named(
    atelier: Atelier, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    client = connecte(responsable)
    adresse = f"/equipe/ateliers/{atelier.pk}/ajouter/"
    mauvais = client.post(adresse, {"qualite": "habitant", "liste": "Ana ; pas-une-adresse"}).content.decode()
    assert "Ligne 1\u00a0: «\u00a0pas-une-adresse\u00a0»" in mauvais
    client.post(adresse, {"qualite": "association", "liste": "Ana ; a@b.fr ; 06 12 34 56 78 ; Secours\nBob\n"})
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


def test_the_team_answers_for_somebody_who_calls_and_greets_who_was_not_expected(
    atelier: Atelier, responsable: Membre, accueil: Membre, connecte: Callable[[Membre], Client]
) -> None:
    services.ajouter(responsable, atelier, [Participant(nom="Jean", adresse="1 rue Haute")])
    jean = atelier.participants.get()
    client = connecte(accueil)
    adresse = f"/equipe/ateliers/{atelier.pk}/participants/{jean.pk}/"
    assert "Sa place est retenue" in client.post(adresse, {"geste": "venir"}, follow=True).content.decode()
    assert "ne viendra pas" in client.post(adresse, {"geste": "renoncer"}, follow=True).content.decode()
    page = client.post(
        f"/equipe/ateliers/{atelier.pk}/presences/une-de-plus/",
        {"nom": "Voisine", "qualite": "association", "organisme": "Amicale"}, follow=True,
    ).content.decode()  # fmt: skip
    assert "1\xa0personne est là" in page
    voisine = atelier.participants.get(nom="Voisine")
    assert (voisine.statut, voisine.get_qualite_display()) == (Statut.PRESENT, "Association")
    client = connecte(responsable)
    assert client.post(f"{adresse}enlever/", follow=True).status_code == 200
    assert not atelier.participants.filter(nom="Jean").exists()
    presente = f"/equipe/ateliers/{atelier.pk}/participants/{voisine.pk}/"
    assert "est venue" in client.post(f"{presente}enlever/").content.decode()
    memes = client.post(
        f"{presente}modifier/", {"nom": "Voisine", "qualite": "agent", "courriel": "x"}
    ).content.decode()
    assert "Erreur" in memes


def test_a_seat_is_not_given_back_once_the_workshop_is_over(atelier: Atelier, client: Client) -> None:
    ana = services.inscrire(atelier, Participant(nom="Ana", telephone="06"))
    Atelier.objects.filter(pk=atelier.pk).update(etat=Atelier.Etat.TENU)
    page = client.post(f"/ma-place/{ana.jeton}/", {"geste": "renoncer"}, follow=True).content.decode()
    assert "passé ou annulé" in page
    ana.refresh_from_db()
    assert ana.statut == Statut.INSCRIT


def test_reminders_leave_by_themselves_a_week_before_then_the_day_before(
    atelier: Atelier, responsable: Membre, django_capture_on_commit_callbacks: Any
) -> None:
    services.ajouter(responsable, atelier, [Participant(nom="Pas invitée", courriel="non@exemple.test")])
    services.inscrire(atelier, Participant(nom="Ana", courriel="ana@exemple.test"))
    services.inscrire(atelier, Participant(nom="Bob", telephone="06"))

    def le(avant: timedelta) -> list[str]:
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            rappels.rappeler(atelier.debut - avant)
        return [m.to[0] for m in mail.outbox]

    assert le(timedelta(days=8)) == []
    assert le(timedelta(days=6)) == ["ana@exemple.test"]
    assert le(timedelta(days=5)) == []
    assert le(timedelta(hours=30)) == ["ana@exemple.test"]
    assert le(timedelta(hours=6)) == []
    services.annuler(responsable, atelier, "Salle inondée")
    assert le(timedelta(hours=1)) == []
