"""A seat is its owner's: asked for by anybody, taken from one's own mailbox or phone; nobody learns who has one."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from consultation.ecoute.accueil.a_faire import a_faire
from consultation.ecoute.ateliers import agenda, services
from consultation.ecoute.ateliers.models import Atelier, Participant
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.equipe.models import Membre
from consultation.ecoute.panels import services as panels
from consultation.ecoute.panels.models import Volontaire
from tests.consultation.ecoute import fabrique

pytestmark = pytest.mark.django_db
Statut = Participant.Statut
LEA = {"nom": "Léa Martin", "courriel": "lea@exemple.test"}


@pytest.fixture
def atelier(ouvert: Dossier, responsable: Membre) -> Atelier:
    return fabrique.atelier(responsable, ouvert)


def demander(atelier: Atelier, **champs: str) -> str:
    return Client().post(f"/ateliers/{atelier.pk}/inscription/", champs, follow=True).content.decode()


def test_a_stranger_takes_no_seat_with_somebodys_address(
    atelier: Atelier, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        page = demander(atelier, **LEA)
    lea = atelier.participants.get()
    assert lea.jeton not in page, "the link goes to the mailbox alone"
    assert (lea.statut, atelier.places_libres) == (Statut.DEMANDE, 2)
    assert "Elle n'est pas encore retenue" in mail.outbox[0].body
    assert not mail.outbox[0].attachments, "nothing enters a calendar before it is theirs"
    Client().post(f"/ma-place/{lea.jeton}/", {"geste": "venir"})
    lea.refresh_from_db()
    assert lea.assis


@pytest.mark.parametrize("statut", [None, *(s for s in Statut)])
def test_the_answer_is_the_same_whoever_is_on_the_list(atelier: Atelier, statut: str | None) -> None:
    attendue = demander(atelier, nom="Inconnue", courriel="inconnue@exemple.test")
    if statut is not None:
        Participant.objects.create(atelier=atelier, statut=statut, **LEA)
    assert demander(atelier, **LEA) == attendue


def test_who_declined_is_not_put_back_by_a_stranger(atelier: Atelier, django_capture_on_commit_callbacks: Any) -> None:
    lea = services.inscrire(atelier, Participant(**LEA))
    services.desister(lea)
    with django_capture_on_commit_callbacks(execute=True):
        demander(atelier, nom="Léa M.", courriel="LEA@exemple.test")
    lea.refresh_from_db()
    assert (lea.nom, lea.statut) == ("Léa Martin", Statut.DESISTE)
    assert "sans réponse, aucune place n'est prise" in mail.outbox[-1].body


def test_a_request_without_an_answer_is_forgotten_after_two_days(atelier: Atelier) -> None:
    demander(atelier, **LEA)
    services.inscrire(atelier, Participant(nom="Ana", courriel="ana@exemple.test"))
    assert services.oublier_demandes() == 0
    assert services.oublier_demandes(timezone.now() + services.DEMANDE_GARDEE + timedelta(minutes=1)) == 1
    assert atelier.participants.get().nom == "Ana"


def test_the_teams_own_list_goes_before_what_a_stranger_typed(atelier: Atelier, responsable: Membre) -> None:
    demander(atelier, nom="Faux Nom", courriel="lea@exemple.test")
    assert services.ajouter(responsable, atelier, [Participant(**LEA)]) == 1
    assert [(p.nom, p.statut) for p in atelier.participants.all()] == [("Léa Martin", Statut.INVITE)]


def test_somebody_without_email_keeps_their_turn_and_is_called(
    atelier: Atelier, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    page = demander(atelier, nom="Noé Petit", telephone="06 12 34 56 78")
    noe = atelier.participants.get()
    assert "Nous vous appellerons" in page
    assert noe.assis
    assert demander(atelier, nom="noé petit", telephone="0612345678") == page
    assert atelier.participants.count() == 1
    [tache] = [t for t in a_faire(responsable, timezone.now()) if "Appeler" in t.quoi and t.ou == atelier.titre]
    assert tache.presse
    client = connecte(responsable)
    fiche = f"/equipe/ateliers/{atelier.pk}/participants/{noe.pk}/"
    assert "vérifier que la demande de place est bien la sienne" in client.get(fiche).content.decode()
    client.post(fiche, {"geste": "appele"})
    assert not [t for t in a_faire(responsable, timezone.now()) if "Appeler" in t.quoi and t.ou == atelier.titre]


def test_whom_no_message_reaches_is_somebody_to_call(atelier: Atelier, responsable: Membre) -> None:
    """Fault 16, and its kind: a freed seat, another date, a workshop called off."""
    assis = [services.inscrire(atelier, Participant(nom=nom, telephone="06 00 00 00 01")) for nom in ("Ana", "Bob")]
    eve = services.inscrire(atelier, Participant(nom="Eve", telephone="06 00 00 00 02"))
    services.desister(assis[0])
    eve.refresh_from_db()
    assert (eve.statut, eve.appel) == (Statut.INSCRIT, Participant.Appel.PLACE_LIBEREE)
    services.appele(responsable, eve)
    atelier.debut += timedelta(days=1)
    atelier.fin += timedelta(days=1)
    services.planifier(responsable, atelier)
    appels = dict(atelier.participants.values_list("nom", "appel"))
    assert appels == {"Ana": "", "Bob": "changement", "Eve": "changement"}
    services.annuler(responsable, atelier, "Salle inondée")
    assert set(atelier.participants.exclude(nom="Ana").values_list("appel", flat=True)) == {"annulation"}


def test_a_seat_is_given_back_in_two_taps_and_taken_again(atelier: Atelier, client: Client) -> None:
    lea = services.inscrire(atelier, Participant(**LEA))
    ici = f"/ma-place/{lea.jeton}/"
    assert 'href="?geste=renoncer"' in client.get(ici).content.decode()
    question = html.unescape(client.get(f"{ici}?geste=renoncer").content.decode())
    assert "Votre place est rendue" in question
    lea.refresh_from_db()
    assert lea.assis, "nothing is done before the second tap"
    client.post(ici, {"geste": "renoncer"})
    client.post(ici, {"geste": "venir"})
    lea.refresh_from_db()
    assert lea.assis


@pytest.mark.parametrize("tape", ["abc", "06", "12345", "06 12 34"])
def test_a_phone_that_nobody_can_call_is_refused(
    atelier: Atelier, ouvert: Dossier, responsable: Membre, connecte: Callable[[Membre], Client], tape: str
) -> None:
    assert "Écrivez un numéro de 10 chiffres" in demander(atelier, nom="Ana", telephone=tape)
    panel = fabrique.panel(responsable, ouvert)
    equipe = connecte(responsable)
    for adresse, champs in (
        (f"/panels/{panel.pk}/volontaire/", {"nom": "Ana", "telephone": tape}),
        (f"/equipe/saisie/{ouvert.slug}/", {"texte": "Bonjour", "canal": "papier", "telephone": tape}),
        (f"/equipe/ateliers/{atelier.pk}/ajouter/", {"qualite": "habitant", "liste": f"Ana ; ; {tape}"}),
    ):
        reponse = equipe.post(adresse, champs)
        assert reponse.status_code == 422
        assert "10 chiffres" in (page := reponse.content.decode()) or "pas un numéro de téléphone" in page
    assert not atelier.participants.exists()


def test_who_leaves_the_draw_may_come_back_until_it_is_decided(ouvert: Dossier, responsable: Membre) -> None:
    panel = fabrique.panel(responsable, ouvert)
    ana = panels.inscrire(panel, Volontaire(nom="Ana", courriel="ana@exemple.test"), "1 rue A")
    ici, client = f"/mon-tirage/{ana.jeton}/", Client()
    assert "Ne plus participer" in client.get(f"{ici}?geste=renoncer").content.decode()
    assert panel.en_lice.exists()
    client.post(ici, {"geste": "renoncer"})
    assert not panel.en_lice.exists()
    assert "Je veux de nouveau participer" in client.get(ici).content.decode()
    client.post(ici, {"geste": "revenir"})
    assert panel.en_lice.get() == ana


def test_a_volunteer_without_email_is_called_before_the_draw(
    ouvert: Dossier, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    panel = fabrique.panel(responsable, ouvert)
    panels.demander(panel, Volontaire(nom="Noé", telephone="06 12 34 56 78"), "1 rue A")
    assert [t for t in a_faire(responsable, timezone.now()) if "pour confirmer" in t.quoi]
    panel.inscription_jusqua = timezone.now()
    panel.save()
    with pytest.raises(panels.PanelRefuse, match="appelez"):
        panels.lancer(responsable, panel)
    noe = panel.volontaires.get()
    connecte(responsable).post(f"/equipe/panels/{panel.pk}/volontaires/{noe.code}/confirmer/")
    assert panel.en_lice.get() == noe


def test_a_candidacy_that_nobody_confirms_is_forgotten(ouvert: Dossier, responsable: Membre) -> None:
    panel = fabrique.panel(responsable, ouvert)
    panels.demander(panel, Volontaire(nom="Léa", courriel="lea@exemple.test"), "1 rue A")
    panels.inscrire(panel, Volontaire(nom="Ana", courriel="ana@exemple.test"), "2 rue A")
    assert panels.oublier_demandes(timezone.now() + panels.DEMANDE_GARDEE + timedelta(minutes=1)) == 1
    assert panel.volontaires.get().nom == "Ana"


def test_the_mail_says_that_the_calendars_buttons_free_no_seat(
    atelier: Atelier, responsable: Membre, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        services.ajouter(responsable, atelier, [Participant(nom="Eve", courriel="eve@exemple.test")])
        services.inviter(responsable, atelier)
        services.inscrire(atelier, Participant(**LEA))
        atelier.lieu = "Mairie"
        services.planifier(responsable, atelier)
        services.relancer(responsable, atelier)
    avec = [m for m in mail.outbox if any("METHOD:REQUEST" in str(j[1]) for j in m.attachments)]
    assert len(avec) >= 4
    for message in avec:
        debut = str(message.body).split("Quand :")[0]
        assert "Les boutons de votre agenda" in debut, message.subject


@pytest.mark.parametrize(("jour", "heure_utc"), [(24, 16), (26, 17)])
def test_the_hour_in_paris_is_kept_over_the_change_of_hour(atelier: Atelier, jour: int, heure_utc: int) -> None:
    lea = services.inscrire(atelier, Participant(**LEA))
    atelier.debut = timezone.make_aware(datetime(2026, 10, jour, 18))
    atelier.fin = atelier.debut + timedelta(hours=2)
    debut = Calendar.from_ical(agenda.fichier(atelier, lea)).walk("VEVENT")[0].decoded("DTSTART")
    assert debut.astimezone(ZoneInfo("Europe/Paris")).hour == 18
    assert debut.astimezone(UTC).hour == heure_utc
