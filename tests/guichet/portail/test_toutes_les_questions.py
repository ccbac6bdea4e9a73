"""Every kind of field, asked and cleaned; conditions that open and close questions and pages; repeated groups."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from guichet.demandes.models import Brouillon, Demande, Piece
from guichet.questions.sortes.date import exemple
from socle.typographie.espaces import insecables
from tests.guichet import fabrique
from tests.guichet.portail import complete
from tests.guichet.portail.complete import ENFANT, commencer, demarche_complete, remplir, saisies

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _demarche(db: None) -> None:
    demarche_complete()


def fautes(page: str) -> list[str]:
    return [texte.replace("&#x27;", "'") for texte in re.findall(r"champ__erreur[^>]*>([^<]*)<", page)]


def test_a_whole_request_of_every_kind(client: Client) -> None:
    base = commencer(client)
    assert remplir(client, base) == f"{base}verifier/"
    page = client.get(f"{base}verifier/").content.decode()
    for dit in ("1er\u00a0juin 2031", "120\u00a0personnes", "45,5\u00a0m²", "Tables\nSonorisation", "Enfant 1",
                "3 rue du Moulin\n", "\u00a0: non indiqué", "Prénom\u00a0: Lou", "3\u00a0mars 2019", "99000",
                "assurance.pdf", "Camille Durand"):  # fmt: skip
        assert dit in page, dit
    client.post(f"{base}verifier/")
    demande = Demande.objects.get()
    assert demande.donnees == {
        "qui": "particulier",
        "jour": "2031-06-01",
        "personnes": 120,
        "surface": "45.5",
        "materiel": ["tables", "sono"],
        "enfants": [{"prenom": "Lou", "ne_le": "2019-03-03", "allergie": "non"}],
        "adresse": {"adresse": "3 rue du Moulin", "precision": ""},
        "code_postal": "99000",
        "assurance": 1,
        "nom": "Camille Durand",
        "courriel": "camille@exemple.fr",
        "telephone": "",
        "remarque": "",
        "reglement": True,
    }
    assert Piece.objects.get().type_mime == "application/pdf"


@pytest.mark.parametrize(
    ("etape", "saisie", "dit"),
    [
        ("evenement", {"jour_0": "", "jour_1": "", "jour_2": ""}, "Indiquez le jour de l'événement."),
        ("evenement", {"jour_1": ""}, "Indiquez aussi le mois."),
        ("evenement", {"jour_0": "31", "jour_1": "2"}, f"Écrivez une date qui existe, comme {exemple('future')}."),
        ("evenement", {"jour_2": "31"}, f"Écrivez l'année avec 4 chiffres, comme {exemple('future')[-4:]}."),
        ("evenement", {"jour_2": "2019"}, "Indiquez une date à venir\u00a0: celle-ci est passée."),
        ("evenement", {"jour_0": "²"}, f"Écrivez une date qui existe, comme {exemple('future')}."),
        ("evenement", {"personnes": "beaucoup"}, "Écrivez un nombre en chiffres, comme 12."),
        ("evenement", {"personnes": "1,5"}, "Écrivez un nombre entier, sans virgule."),
        ("evenement", {"personnes": "0"}, "Indiquez 1 ou plus."),
        ("evenement", {"personnes": "301"}, "Indiquez 300 personnes ou moins."),
        ("evenement", {"personnes": "1e400"}, "Écrivez un nombre en chiffres, comme 12."),
        ("evenement", {"surface": "1,25"}, "Écrivez au plus 1 chiffre après la virgule."),
        ("evenement", {"materiel": ["tables", "sono", "chaises"]}, "Cochez au plus 2 réponses."),
        ("evenement", {"materiel": ["lune"]}, "Choisissez des réponses dans la liste."),
        ("lieu", {"code_postal": "7501"}, "Écrivez un code postal de 5 chiffres, comme 75011."),
        ("contact", {"reglement": ""}, "Cochez la case pour continuer, si la phrase est exacte."),
    ],
)
def test_each_fault_is_said_once_above_and_once_beside(
    client: Client, etape: str, saisie: dict[str, Any], dit: str
) -> None:
    base = commencer(client)
    precedentes = list(saisies())
    remplir(client, base, precedentes[precedentes.index(etape) - 1])
    page = client.post(f"{base}{etape}/", {**saisies()[etape], **saisie}).content.decode()
    assert fautes(page) == [dit]
    assert page.count(dit.replace("'", "&#x27;")) == 2
    assert "<title>Erreur : " in page
    cible = re.search(r'<li><a href="#([^"]+)">', page)
    assert cible is not None
    assert f'id="{cible[1]}"' in page


@pytest.mark.parametrize(
    ("siret", "garde"),
    [("552 081 317 66522", "552 081 317 66522"), ("55208131766522", "552 081 317 66522"), ("55208131766523", None),
     ("356 000 000 00048", "356 000 000 00048"), ("12", None)],
)  # fmt: skip
def test_an_answer_opens_a_question_of_its_own_page(client: Client, siret: str, garde: str | None) -> None:
    base = commencer(client)
    assert "SIRET" not in client.get(f"{base}organisateur/").content.decode()
    suite = client.post(f"{base}organisateur/", {"qui": "association"}).headers["Location"]
    assert suite == f"{base}organisateur/#id_siret"
    page = client.get(suite).content.decode()
    assert "SIRET" in page
    assert fautes(page) == []
    reponse = client.post(f"{base}organisateur/", {"qui": "association", "siret": siret})
    if garde is None:
        assert fautes(reponse.content.decode())[0].startswith("Écrivez les 14 chiffres du SIRET")
        return
    assert reponse.headers["Location"] == f"{base}evenement/"
    assert Brouillon.objects.get().donnees["siret"] == garde


def test_pages_that_do_not_apply_are_skipped_and_not_counted(client: Client) -> None:
    base = commencer(client)
    premiere = client.get(f"{base}organisateur/").content.decode()
    assert "étape 1</p>" in premiere  # an answer may open pages: no count that would change
    assert 'max="6" value="1"' in premiere
    client.post(f"{base}organisateur/", {"qui": "association", "siret": "55208131766522"})
    client.post(f"{base}organisateur/", {"qui": "association", "siret": "55208131766522"})
    assert "étape 2</p>" in client.get(f"{base}evenement/").content.decode()
    assert client.post(f"{base}evenement/", saisies()["evenement"]).headers["Location"] == f"{base}lieu/"
    assert "étape 3 sur 6</p>" in client.get(f"{base}lieu/").content.decode()  # no page can come any more
    assert client.get(f"{base}enfants/").headers["Location"] == f"{base}lieu/"
    assert client.get(f"{base}jamais/").status_code == 404


def test_changing_ones_mind_asks_what_opens_and_drops_what_closes(client: Client) -> None:
    base = commencer(client)
    remplir(client, base)
    change = {"qui": "association", "siret": "55208131766522"}
    client.post(f"{base}organisateur/?retour=verifier", {"qui": "association"})
    assert client.post(f"{base}organisateur/?retour=verifier", change).headers["Location"] == f"{base}verifier/"
    page = client.get(f"{base}verifier/").content.decode()
    assert "Enfant 1" not in page
    # … and back: the page that opens again still knows its children; the SIRET is dropped at sending.
    client.post(f"{base}organisateur/?retour=verifier", {"qui": "particulier"})
    assert "Enfant 1" in client.get(f"{base}verifier/").content.decode()
    client.post(f"{base}verifier/")
    assert "siret" not in Demande.objects.get().donnees


def test_a_page_opened_by_a_change_is_asked_before_sending(client: Client) -> None:
    base = commencer(client)
    change = {"qui": "association", "siret": "55208131766522"}
    client.post(f"{base}organisateur/", change)
    client.post(f"{base}organisateur/", change)
    for nom in ("evenement", "lieu", "pieces", "contact"):
        suite = client.post(f"{base}{nom}/", saisies()[nom]).headers["Location"]
    assert suite == f"{base}verifier/"
    suite = client.post(f"{base}organisateur/?retour=verifier", {"qui": "particulier"}).headers["Location"]
    assert suite == f"{base}enfants/?retour=verifier"
    assert client.post(f"{base}verifier/").headers["Location"] == f"{base}enfants/"
    assert client.get(suite).headers["Location"] == f"{base}enfants/enfants/1/?retour=verifier"
    client.post(f"{base}enfants/enfants/1/?retour=verifier", ENFANT)
    assert client.post(f"{base}enfants/?retour=verifier", {}).headers["Location"] == f"{base}verifier/"


class TestGroupes:
    @pytest.fixture
    def base(self, client: Client) -> str:
        base = commencer(client)
        remplir(client, base, "evenement")
        return base

    def test_the_first_element_is_asked_at_once(self, client: Client, base: str) -> None:
        page = client.get(f"{base}enfants/", follow=True).content.decode()
        assert "<h1>Enfant 1</h1>" in page
        assert f'href="{base}evenement/"' in page  # back leads to the page before, not in a circle
        suite = client.post(f"{base}enfants/enfants/1/", ENFANT).headers["Location"]
        assert suite == f"{base}enfants/"
        assert "Ajouter un autre enfant" in client.get(suite).content.decode()

    def test_elements_are_added_changed_and_removed(self, client: Client, base: str) -> None:
        client.post(f"{base}enfants/enfants/1/", ENFANT)
        suite = client.post(f"{base}enfants/", {"ajouter": "enfants"}).headers["Location"]
        assert suite == f"{base}enfants/enfants/2/"
        client.post(suite, {**ENFANT, "prenom": "Mia"})
        suite = client.post(f"{base}enfants/", {"modifier": "enfants:1"}).headers["Location"]
        assert 'value="Lou"' in client.get(suite).content.decode()
        assert 'value="2019"' in client.get(suite).content.decode()
        client.post(suite, {**ENFANT, "prenom": "Louis"})
        client.post(f"{base}enfants/", {"oter": "enfants:2"})
        assert [e["prenom"] for e in Brouillon.objects.get().donnees["enfants"]] == ["Louis"]

    def test_no_more_than_allowed_and_no_hole(self, client: Client, base: str) -> None:
        for rang in (1, 2, 3):
            client.post(f"{base}enfants/enfants/{rang}/", ENFANT)
        page = client.get(f"{base}enfants/").content.decode()
        assert "Ajouter" not in page
        assert client.get(f"{base}enfants/enfants/4/").headers["Location"] == f"{base}enfants/"
        assert client.get(f"{base}enfants/enfants/9/").status_code == 302
        assert client.get(f"{base}enfants/autre/1/").status_code == 404
        client.post(f"{base}enfants/", {"oter": "enfants:7"})
        client.post(f"{base}enfants/", {"oter": "autre:1"})
        assert len(Brouillon.objects.get().donnees["enfants"]) == 3

    def test_at_least_one(self, client: Client, base: str) -> None:
        client.post(f"{base}enfants/enfants/1/", ENFANT)
        client.post(f"{base}enfants/", {"oter": "enfants:1"})
        page = client.post(f"{base}enfants/", {}).content.decode()
        assert fautes(page) == ["Ajoutez au moins un enfant."]
        assert 'href="#id_enfants_0"' in page
        assert 'id="id_enfants_0"' in page

    def test_a_question_of_an_element_opens_another(self, client: Client, base: str) -> None:
        page = client.post(f"{base}enfants/enfants/1/", {**ENFANT, "allergie": "oui"}).content.decode()
        assert "Laquelle\u00a0?" in page
        assert fautes(page) == []
        saisie = {**ENFANT, "allergie": "oui", "laquelle": ""}
        assert len(fautes(client.post(f"{base}enfants/enfants/1/", saisie).content.decode())) == 1
        client.post(f"{base}enfants/enfants/1/", {**saisie, "laquelle": "Lait"})
        client.post(f"{base}enfants/enfants/1/", {**ENFANT, "laquelle": "Lait"})
        assert Brouillon.objects.get().donnees["enfants"][0] == {
            "prenom": "Lou", "ne_le": "2019-03-03", "allergie": "non",
        }  # fmt: skip

    def test_a_birth_in_the_future_is_refused(self, client: Client, base: str) -> None:
        page = client.post(f"{base}enfants/enfants/1/", {**ENFANT, "ne_le_2": "2999"}).content.decode()
        assert fautes(page) == ["Indiquez une date passée\u00a0: celle-ci n'est pas encore arrivée."]


class TestFichiers:
    @pytest.fixture
    def base(self, client: Client) -> str:
        base = commencer(client)
        remplir(client, base, "lieu")
        return base

    def test_a_compulsory_file_is_asked_and_its_rules_are_said_before(self, client: Client, base: str) -> None:
        page = client.get(f"{base}pieces/").content.decode()
        assert insecables("Formats acceptés : PDF ou JPEG, 5 Mo au plus.") in page
        assert "Attestation d&#x27;assurance</label>" in page
        assert "Photo de la salle (facultatif)" in page
        assert 'accept="application/pdf,image/jpeg"' in page
        assert fautes(client.post(f"{base}pieces/", {}).content.decode()) == ["Ajoutez l'attestation d'assurance."]

    def test_what_is_refused_loses_nothing_else(self, client: Client, base: str) -> None:
        envoi = {"assurance": fabrique.fichier("a.pdf", b"<html>"), "photos": fabrique.fichier("salle.jpg")}
        page = client.post(f"{base}pieces/", envoi).content.decode()
        assert fautes(page)[0].startswith("«\u00a0a.pdf\u00a0» n'est ni un PDF ni une photo.")
        assert 'alt="Photo 1 : salle.jpg"' in page
        assert (
            client.post(f"{base}pieces/", {"assurance": fabrique.fichier("a.pdf", fabrique.pdf())}).status_code == 302
        )

    def test_one_file_leaves_no_place_for_another(self, client: Client, base: str) -> None:
        client.post(f"{base}pieces/", saisies()["pieces"])
        page = client.get(f"{base}pieces/").content.decode()
        assert "retirez d&#x27;abord celui-ci" in page or "retirez d'abord celui-ci" in page
        assert client.post(f"{base}pieces/", {}).headers["Location"] == f"{base}contact/"


def test_a_slip_elsewhere_on_the_page_keeps_the_rest(client: Client) -> None:
    base = commencer(client)
    client.post(f"{base}organisateur/", {"qui": "particulier"})
    client.post(f"{base}evenement/", {**saisies()["evenement"], "personnes": "trop"})
    donnees = Brouillon.objects.get().donnees
    assert donnees["jour"] == "2031-06-01"
    assert "personnes" not in donnees
    assert client.get(f"{base}verifier/").headers["Location"] == f"{base}evenement/"


def test_the_number_of_screens_is_said_before(client: Client) -> None:
    assert "<dd>6 ou 7</dd>" in client.get(f"/demarches/{complete.SLUG}/").content.decode()
