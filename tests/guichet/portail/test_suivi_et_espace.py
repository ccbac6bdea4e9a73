"""Following a request: who may open it, what is shown, and that codes cannot be tried out."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from guichet.comptes.models import Usager
from guichet.demandes import actes, anonymisation
from guichet.demandes.fichiers import Fichier
from guichet.demandes.models import Demande, Message, Piece
from guichet.demarches.models import Demarche
from guichet.portail import suivi
from guichet.portail.models import EssaiSuivi
from tests.guichet import actes as agir
from tests.guichet import fabrique
from tests.guichet.fabrique import ALICE

pytestmark = pytest.mark.django_db
Connecter = Callable[[Client, Usager], Client]
FAUX = "AAAA-AAAA"


def essayer(client: Client, reference: str, code: str, de: str = "192.0.2.1") -> int:
    donnees = {"reference": reference, "code": code}
    return client.post("/suivi/", donnees, headers={"X-Forwarded-For": f"198.51.100.9, {de}"}).status_code


def test_a_wrong_code_and_an_unknown_number_get_the_same_page(client: Client, demarche: Demarche) -> None:
    depot = fabrique.deposer(demarche)
    pages = []
    for reference, code in ((depot.demande.reference, FAUX), ("2026-CCCC-DDDD", depot.code_suivi)):
        page = Client().post("/suivi/", {"reference": reference, "code": code}).content.decode()
        page = page.replace(reference, "N").replace(code, "C")
        pages.append([ligne for ligne in page.splitlines() if "csrfmiddlewaretoken" not in ligne])
    assert pages[0] == pages[1]
    assert "ne vont pas ensemble" in "".join(pages[0])


def test_codes_of_a_request_cannot_be_tried_out(client: Client, demarche: Demarche) -> None:
    depot = fabrique.deposer(demarche)
    reference = depot.demande.reference
    for _ in range(suivi.PAR_REFERENCE):
        assert essayer(client, reference, FAUX) == 200
    # Even the right code, from where it is being tried: the answer must not help who is trying.
    assert essayer(client, reference, depot.code_suivi) == 429
    # COD-04: whoever holds it is not shut out of their request by somebody else's tries.
    assert essayer(client, reference, depot.code_suivi, de="192.0.2.99") == 302
    chez = {"X-Forwarded-For": "192.0.2.1"}
    page = client.post("/suivi/", {"reference": reference, "code": FAUX}, headers=chez).content.decode()
    assert "Attendez 15 minutes" in page
    assert "01 99 00 00 00" in page
    EssaiSuivi.objects.update(le=timezone.now() - timedelta(minutes=16))
    assert essayer(client, reference, depot.code_suivi) == 302


@pytest.mark.django_db(transaction=True)
def test_tries_made_together_are_counted_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """COD-03: 14 codes were looked at instead of 10, when they came at the same moment."""
    reference = fabrique.deposer(fabrique.demarche()).demande.reference
    regardes, ensemble = [], Barrier(2 * suivi.PAR_REFERENCE)

    def comparer(*_: object) -> bool:
        regardes.append(1)
        return False

    def un_essai(_: int) -> int:
        try:
            ensemble.wait()
            return essayer(Client(), reference, FAUX)
        finally:
            connection.close()

    monkeypatch.setattr(suivi.references, "code_correspond", comparer)
    with ThreadPoolExecutor(2 * suivi.PAR_REFERENCE) as fils:
        reponses = sorted(fils.map(un_essai, range(2 * suivi.PAR_REFERENCE)))
    assert len(regardes) == suivi.PAR_REFERENCE
    assert reponses == [200] * suivi.PAR_REFERENCE + [429] * suivi.PAR_REFERENCE


def test_one_sender_cannot_try_many_numbers(client: Client, demarche: Demarche) -> None:
    depot = fabrique.deposer(demarche)
    for rang in range(suivi.PAR_EXPEDITEUR):
        assert essayer(client, f"2026-AAAA-{rang:04d}", FAUX) == 200
    assert essayer(client, depot.demande.reference, depot.code_suivi) == 429
    assert essayer(client, depot.demande.reference, depot.code_suivi, de="192.0.2.2") == 302


def test_who_tried_is_not_kept_in_clear_and_is_forgotten(client: Client, demarche: Demarche) -> None:
    essayer(client, "2026-AAAA-CCCC", FAUX)
    assert not EssaiSuivi.objects.filter(cle__contains="192.0.2").exists()
    EssaiSuivi.objects.update(le=timezone.now() - timedelta(hours=1))
    essayer(client, "2026-AAAA-DDDD", FAUX)
    assert EssaiSuivi.objects.count() == 2


def test_a_right_code_is_not_counted(client: Client, demarche: Demarche) -> None:
    depot = fabrique.deposer(demarche)
    assert essayer(client, depot.demande.reference, depot.code_suivi) == 302
    assert not EssaiSuivi.objects.exists()


@pytest.mark.parametrize("qui", ["inconnu", "autre-compte"])
def test_a_request_is_not_shown_to_others(
    client: Client, demarche: Demarche, camille: Usager, connecter: Connecter, qui: str
) -> None:
    demande = fabrique.deposer(demarche, camille).demande
    piece = Piece(demande=demande)
    actes.remplir(piece, Fichier("a.jpg", "image/jpeg", b"x"))
    piece.save()
    if qui == "autre-compte":
        connecter(client, fabrique.usager("mallory"))
    base = f"/mes-demarches/{demande.reference}/"
    vers = f"/suivi/?reference={demande.reference}"
    for adresse in (base, f"{base}fichiers/{piece.pk}/", f"/demandes/envoyee/{demande.reference}/"):
        assert client.get(adresse).headers["Location"] == vers
    assert client.post(base, {"texte": "Bonjour"}).headers["Location"] == vers
    assert client.post(f"{base}rattacher/").headers["Location"] == vers
    # A number that does not exist gets the very same answer.
    assert client.get("/mes-demarches/2026-CCCC-DDDD/").headers["Location"] == "/suivi/?reference=2026-CCCC-DDDD"
    assert not Message.objects.exists()


def test_the_list_holds_ones_own_requests_only(
    client: Client, demarche: Demarche, camille: Usager, connecter: Connecter
) -> None:
    a_moi = fabrique.deposer(demarche, camille).demande
    a_autrui = fabrique.deposer(demarche, fabrique.usager("mallory")).demande
    sans_compte = fabrique.deposer(demarche, reponses={**fabrique.REPONSES, "courriel": camille.courriel}).demande
    page = connecter(client, camille).get("/mes-demarches/").content.decode()
    assert a_moi.reference in page
    assert a_autrui.reference not in page
    assert sans_compte.reference not in page  # the same address proves nothing
    assert "une adresse e-mail ne prouve pas" in page


@pytest.mark.parametrize(
    ("acte", "a_qui"),
    [
        (None, "La mairie"),
        (lambda d: agir.prendre_en_charge(d, ALICE), "La mairie"),
        (lambda d: agir.demander_complement(d, ALICE, "Où ?"), "À vous"),
        (lambda d: agir.repondre(d, ALICE, "Fait."), None),
        (lambda d: agir.clore(d, ALICE, ""), None),
    ],
)
def test_status_in_everyday_words_and_who_acts_next(
    client: Client, demarche: Demarche, camille: Usager, connecter: Connecter,
    acte: Callable[[Demande], object] | None, a_qui: str | None,
) -> None:  # fmt: skip
    demande = fabrique.deposer(demarche, camille).demande
    if acte:
        acte(demande)
    page = connecter(client, camille).get("/mes-demarches/").content.decode()
    etat = demande.etat_usager  # the words are the workflow's
    assert f">{escape(etat.libelle)}</span>" in page
    assert escape(etat.explication) in page or a_qui == "À vous"
    assert (f"<strong>{a_qui}\u00a0:</strong>" in page) if a_qui else (":</strong>" not in page)


def test_page_of_a_request_tells_its_story_and_hides_notes(
    client: Client, demarche: Demarche, camille: Usager, connecter: Connecter
) -> None:
    demande = fabrique.deposer(demarche, camille).demande
    agir.prendre_en_charge(demande, ALICE)
    agir.noter(demande, ALICE, "Voisin difficile.")
    agir.repondre(demande, ALICE, "Nous réparons jeudi.")
    page = connecter(client, camille).get(f"/mes-demarches/{demande.reference}/").content.decode()
    for dit in (
        "Vous avez envoyé votre demande.",
        "Alice Martin, responsable du service, s&#x27;occupe de votre demande.",
        "Alice Martin, responsable du service (service Voirie et espaces publics), vous a répondu.",
        "Nous réparons jeudi.",
        "Suivie par Alice Martin",
    ):
        assert dit in page
    assert "Voisin difficile" not in page
    assert "note interne" not in page
    assert page.index("vous a répondu") < page.index("Vous avez envoyé")  # news first


def test_answers_come_first_and_what_one_may_do_before_them(client: Client, demarche: Demarche) -> None:
    """Of the page of a request: where it stands, what may be done, the answers; the law folded, whole, beside."""
    depot = fabrique.deposer(demarche)
    essayer(client, depot.demande.reference, depot.code_suivi)
    page = client.get(f"/mes-demarches/{depot.demande.reference}/").content.decode()
    ordre = ['class="frise"', 'class="gestes', "Retirer ma demande", 'id="titre-reponses"', "12 rue des Lilas",
             "<h2>Historique</h2>", "<aside", '<details class="droit">', "tribunal administratif",
             "</details>"]  # fmt: skip
    places = [page.index(repere) for repere in ordre]
    assert places == sorted(places)
    assert "tribunal administratif" not in page[: page.index("<details")]


def test_answering_with_a_file(client: Client, demarche: Demarche, camille: Usager, connecter: Connecter) -> None:
    demande = fabrique.deposer(demarche, camille).demande
    agir.demander_complement(demande, ALICE, "De quel côté ?")
    connecter(client, camille)
    adresse = f"/mes-demarches/{demande.reference}/"
    assert "Répondre à la mairie" in client.get(adresse).content.decode()
    page = client.post(adresse, {"texte": "Côté pair.", "pieces": [fabrique.fichier()]}, follow=True).content.decode()
    assert "Votre message est envoyé à la mairie." in page
    assert "Côté pair." in page
    piece = Piece.objects.get()
    assert client.get(f"{adresse}fichiers/{piece.pk}/")["Content-Type"] == "image/jpeg"
    demande.refresh_from_db()
    assert demande.statut == "en_cours"


def test_a_refused_file_keeps_the_text_and_an_empty_message_is_told(
    client: Client, demarche: Demarche, camille: Usager, connecter: Connecter
) -> None:
    demande = fabrique.deposer(demarche, camille).demande
    adresse = f"/mes-demarches/{demande.reference}/"
    connecter(client, camille)
    envoi = {"texte": "Voici le plan.", "pieces": [fabrique.fichier("plan.jpg", b"<html>")]}
    page = client.post(adresse, envoi).content.decode()
    assert page.count("«\u00a0plan.jpg\u00a0» n&#x27;est ni un PDF ni une photo") == 2
    assert "Voici le plan.</textarea>" in page
    assert client.post(adresse, {"texte": " "}).content.decode().count("Écrivez votre message.") == 2
    assert not Message.objects.exists()


def test_a_file_of_another_request_or_of_a_note_is_not_served(
    client: Client, demarche: Demarche, camille: Usager, connecter: Connecter
) -> None:
    demande = fabrique.deposer(demarche, camille).demande
    autre = fabrique.deposer(demarche).demande
    note = agir.noter(demande, ALICE, "Croquis.")
    pieces = []
    for proprietaire, message in ((autre, None), (demande, note)):
        piece = Piece(demande=proprietaire, message=message)
        actes.remplir(piece, Fichier("a.jpg", "image/jpeg", b"x"))
        piece.save()
        pieces.append(piece)
    connecter(client, camille)
    for piece in pieces:
        assert client.get(f"/mes-demarches/{demande.reference}/fichiers/{piece.pk}/").status_code == 404
    assert "a.jpg" not in client.get(f"/mes-demarches/{demande.reference}/").content.decode()


def test_a_closed_request_offers_a_new_one(
    client: Client, demarche: Demarche, camille: Usager, connecter: Connecter
) -> None:
    demande = fabrique.deposer(demarche, camille).demande
    agir.clore(demande, ALICE, "C'est réparé.")
    adresse = f"/mes-demarches/{demande.reference}/"
    page = connecter(client, camille).get(adresse).content.decode()
    assert "<textarea" not in page
    assert "Faire une nouvelle demande" in page
    page = client.post(adresse, {"texte": "Encore ?"}).content.decode()
    assert "Cette demande est terminée." in page


def test_a_request_that_is_over_says_until_when_it_is_kept_then_is_gone(
    client: Client, demarche: Demarche, camille: Usager, connecter: Connecter
) -> None:
    fabrique.viser()
    depot = fabrique.deposer(demarche, camille)
    adresse = f"/mes-demarches/{depot.demande.reference}/"
    connecter(client, camille)
    assert "Gardée jusqu" not in client.get(adresse).content.decode()
    with fabrique.au(datetime(2026, 8, 20, 9, tzinfo=UTC)):
        agir.clore(depot.demande, ALICE, "C'est réparé.")
    page = client.get(adresse).content.decode()
    assert "Gardée jusqu" in page
    assert "20\xa0novembre 2026" in page
    Demande.objects.update(statut_depuis=timezone.now() - timedelta(days=100))
    anonymisation.anonymiser()
    assert depot.demande.reference not in client.get("/mes-demarches/").content.decode()
    assert client.get(adresse).status_code == 302
    assert essayer(Client(), depot.demande.reference, depot.code_suivi) == 200  # as a wrong code: nothing opens


def test_a_request_filed_without_account_is_added_with_its_code(
    client: Client, demarche: Demarche, camille: Usager, connecter: Connecter
) -> None:
    depot = fabrique.deposer(demarche)
    adresse = f"/mes-demarches/{depot.demande.reference}/"
    connecter(client, camille)
    assert essayer(client, depot.demande.reference, depot.code_suivi) == 302
    assert "L'ajouter à mes démarches" in client.get(adresse).content.decode()
    assert "dans vos démarches" in client.post(f"{adresse}rattacher/", follow=True).content.decode()
    assert connecter(Client(), camille).get(adresse).status_code == 200
