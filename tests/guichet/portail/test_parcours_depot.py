"""Filing: one thing a page, nothing lost, sent once, and only by who filled it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from guichet.comptes.models import Usager
from guichet.demandes.models import Brouillon, Demande, Piece, PieceBrouillon
from guichet.demarches.definition import lire_definition
from guichet.demarches.models import Demarche
from guichet.demarches.services import enregistrer_demarche
from guichet.stockage.models import Fichier
from tests.guichet import fabrique
from tests.guichet.portail.parcours import DEBUT, PAGES, code_affiche, commencer, envoyer, remplir

pytestmark = pytest.mark.django_db


def test_a_report_without_account_from_first_page_to_follow_up(client: Client, demarche: Demarche) -> None:
    base = commencer(client)
    assert remplir(client, base, photos={"photos": [fabrique.fichier()]}) == f"{base}verifier/"
    page = client.get(f"{base}verifier/").content.decode()
    for dit in ("12 rue des Lilas", "Trou ou route abîmée", "Un trou d&#x27;un mètre.", "camille@exemple.fr",
                "06 12 34 56 78", "Non indiqué", 'alt="Photo 1 : trou.jpg"'):  # fmt: skip
        assert dit in page
    suite = client.post(f"{base}verifier/").headers["Location"]
    demande = Demande.objects.get()
    page = client.get(suite).content.decode()
    assert demande.reference in page
    code = code_affiche(page)
    assert code
    # Opened again, the page still says the same, code included.
    assert code_affiche(client.get(suite).content.decode()) == code
    assert (demande.telephone, demande.usager, demande.donnees["photos"]) == ("06 12 34 56 78", None, 1)
    assert Piece.objects.get().demande == demande
    assert not Brouillon.objects.exists()
    # Somewhere else, the number and the code open it.
    ailleurs = Client()
    assert ailleurs.get(suite).headers["Location"] == f"/suivi/?reference={demande.reference}"
    reponse = ailleurs.post("/suivi/", {"reference": demande.reference.lower(), "code": code.replace("-", " ")})
    assert reponse.headers["Location"] == f"/mes-demarches/{demande.reference}/"
    assert ailleurs.get(reponse.headers["Location"]).status_code == 200


def test_nothing_is_written_before_the_first_answer(client: Client, demarche: Demarche) -> None:
    base = commencer(client)
    client.get(f"{base}lieu/")
    client.post(f"{base}lieu/", {"lieu": ""})
    assert not Brouillon.objects.exists()


def test_pressing_twice_is_one_request(client: Client, demarche: Demarche) -> None:
    base = commencer(client)
    remplir(client, base)
    premier = client.post(f"{base}verifier/").headers["Location"]
    assert client.post(f"{base}verifier/").headers["Location"] == premier
    assert client.get(f"{base}lieu/").headers["Location"] == premier
    assert Demande.objects.count() == 1


def test_two_tabs_do_not_mix(client: Client, demarche: Demarche) -> None:
    un, autre = commencer(client), commencer(client)
    client.post(f"{un}lieu/", {"lieu": "rue Une"})
    client.post(f"{autre}lieu/", {"lieu": "rue Autre"})
    assert "rue Une" in client.get(f"{un}lieu/").content.decode()
    assert "rue Autre" in client.get(f"{autre}lieu/").content.decode()


@pytest.mark.parametrize(
    ("etape", "saisie", "dit"),
    [
        ("lieu", {"lieu": "  "}, "Indiquez l&#x27;adresse ou le nom du lieu."),
        ("lieu", {"lieu": "x" * 201}, "Écrivez une adresse plus courte"),
        ("probleme", {}, "Choisissez le type de problème."),
        ("probleme", {"probleme": "volcan"}, "Choisissez une réponse dans la liste."),
        ("description", {"description": ""}, "Décrivez le problème en quelques mots."),
        ("description", {"description": "x" * 1501}, "1500 au plus\u00a0: raccourcissez-le"),
        ("contact", {"courriel": "camille"}, "Écrivez une adresse e-mail complète"),
        ("contact", {"telephone": "12"}, "Écrivez un numéro de 10 chiffres"),
    ],
)
def test_an_error_is_told_above_and_beside_the_field(
    client: Client, demarche: Demarche, etape: str, saisie: dict[str, str], dit: str
) -> None:
    base = commencer(client)
    if etape != "lieu":
        remplir(client, base, list(PAGES)[list(PAGES).index(etape) - 1])
    page = client.post(f"{base}{etape}/", saisie).content.decode()
    assert page.count(dit) == 2
    assert "<title>Erreur : " in page
    assert 'aria-invalid="true"' in page
    assert 'class="resume-erreurs"' in page
    for valeur in saisie.values():
        assert etape == "probleme" or valeur.strip() in page  # what was typed is still there


@pytest.mark.parametrize("numero", ["0612345678", "06 12 34 56 78", "06.12.34.56.78", "+33 6 12 34 56 78",
                                    "0033612345678", "+33 (0)6 12 34 56 78"])  # fmt: skip
def test_any_usual_number_is_taken(client: Client, demarche: Demarche, numero: str) -> None:
    envoyer(client, contact={"telephone": numero})
    assert Demande.objects.get().telephone == "06 12 34 56 78"


def test_a_good_photo_is_kept_when_another_is_refused(client: Client, demarche: Demarche) -> None:
    base = commencer(client)
    remplir(client, base, "description")
    envoi = {"photos": [fabrique.fichier("a.jpg"), fabrique.fichier("faux.jpg", b"<html>")]}
    page = client.post(f"{base}photos/", envoi).content.decode()
    assert page.count("«\u00a0faux.jpg\u00a0» n&#x27;est pas une photo") == 2
    assert 'alt="Photo 1 : a.jpg"' in page
    assert client.post(f"{base}photos/", {}).status_code == 302
    assert PieceBrouillon.objects.count() == 1


def test_photos_can_be_seen_removed_and_are_limited(client: Client, demarche: Demarche) -> None:
    base = commencer(client)
    remplir(client, base, photos={"photos": [fabrique.fichier("a.jpg"), fabrique.fichier("b.jpg")]})
    premiere, seconde = PieceBrouillon.objects.all()
    image = client.get(f"{base}fichiers/{premiere.pk}/")
    assert (image["Content-Type"], image["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert "sandbox" in image["Content-Security-Policy"]
    page = client.post(f"{base}photos/", {"photos": [fabrique.fichier("c.jpg"), fabrique.fichier("d.jpg")]})
    assert "Retirez-en pour ne pas dépasser 3" in page.content.decode()
    assert PieceBrouillon.objects.count() == 3  # the one that had a place is kept
    pleine = client.get(f"{base}photos/").content.decode()
    assert "Vous avez ajouté 3 fichiers, le maximum. Pour en choisir un autre, retirez-en un." in pleine
    client.post(f"{base}photos/", {"retirer": premiere.pk})
    assert client.post(f"{base}photos/", {}).status_code == 302  # until then, the removal can be taken back
    assert seconde in PieceBrouillon.objects.all()
    assert PieceBrouillon.objects.count() == Fichier.objects.count() == 2


def test_changing_an_answer_leads_back_to_the_check(client: Client, demarche: Demarche) -> None:
    base = commencer(client)
    remplir(client, base)
    page = client.get(f"{base}verifier/").content.decode()
    assert f'{base}probleme/?retour=verifier"' in page
    suite = client.post(f"{base}probleme/?retour=verifier", {"probleme": "eau"}).headers["Location"]
    assert suite == f"{base}verifier/"
    assert "Grille d&#x27;eau bouchée ou fuite" in client.get(suite).content.decode()


def test_no_page_can_be_skipped(client: Client, demarche: Demarche) -> None:
    base = commencer(client)
    assert client.get(f"{base}contact/").headers["Location"] == f"{base}lieu/"
    remplir(client, base, "probleme")
    assert client.get(f"{base}verifier/").headers["Location"] == f"{base}description/"
    assert client.post(f"{base}verifier/").headers["Location"] == f"{base}description/"
    assert not Demande.objects.exists()


def test_a_definition_that_changed_meanwhile_asks_again(client: Client, demarche: Demarche) -> None:
    base = commencer(client)
    remplir(client, base)
    brut: dict[str, Any] = lire_definition(demarche.definition, "x").model_dump(mode="json")
    options = brut["etapes"][1]["champs"][0]["options"]
    brut["etapes"][1]["champs"][0]["options"] = [o for o in options if o["valeur"] != "chaussee"]
    enregistrer_demarche(demarche.pk, lire_definition(brut, "x"))
    assert client.post(f"{base}verifier/").headers["Location"] == f"{base}probleme/"


def test_a_draft_is_its_owners_only(client: Client, demarche: Demarche, camille: Usager) -> None:
    base = commencer(client)
    remplir(client, base, photos={"photos": [fabrique.fichier()]})
    piece = PieceBrouillon.objects.get()
    ailleurs = Client()
    adresses = ("lieu/", "verifier/", f"fichiers/{piece.pk}/")
    assert [ailleurs.get(base + a).status_code for a in adresses] == [404, 404, 404]
    assert ailleurs.post(f"{base}verifier/").status_code == 404
    assert ailleurs.post(f"{base}abandonner/").status_code == 404
    Brouillon.objects.update(usager=camille)
    assert client.get(f"{base}lieu/").status_code == 404  # now the account's: the session alone opens it no more


def test_signing_in_on_the_way_keeps_the_answers(
    client: Client, demarche: Demarche, camille: Usager, connecter: Callable[[Client, Usager], Client]
) -> None:
    base = commencer(client)
    remplir(client, base, "photos")
    connecter(client, camille)
    page = client.get(f"{base}contact/").content.decode()
    assert 'value="camille@gru.test"' in page
    assert 'value="Camille Durand"' in page
    client.post(f"{base}contact/", {"courriel": "camille@gru.test", "nom": "Camille Durand"})
    client.post(f"{base}verifier/")
    demande = Demande.objects.get()
    assert demande.usager == camille
    page = client.get(f"/demandes/envoyee/{demande.reference}/").content.decode()
    assert code_affiche(page) == ""


def test_a_draft_is_found_again_and_can_be_dropped(
    client: Client, demarche: Demarche, camille: Usager, connecter: Callable[[Client, Usager], Client]
) -> None:
    connecter(client, camille)
    base = commencer(client)
    remplir(client, base, "probleme")
    autre_poste = connecter(Client(), camille)
    for adresse in ("/mes-demarches/", f"/demarches/{demarche.pk}/"):
        assert f"{base}verifier/" in autre_poste.get(adresse).content.decode()
    assert autre_poste.get(f"{base}verifier/").headers["Location"] == f"{base}description/"
    autre_poste.post(f"{base}abandonner/")
    assert not Brouillon.objects.exists()


def test_what_is_not_published_cannot_be_filed(client: Client, demarche: Demarche) -> None:
    Demarche.objects.update(publiee=False)
    for adresse in (f"/demarches/{demarche.pk}/", DEBUT, f"{DEBUT}{uuid.uuid4()}/lieu/"):
        assert client.get(adresse).status_code == 404


def test_a_procedure_with_account_asks_to_sign_in_first(client: Client, demarche: Demarche) -> None:
    brut = {**demarche.definition, "compte": "obligatoire"}
    enregistrer_demarche(demarche.pk, lire_definition(brut, "x"))
    adresse = client.get(DEBUT).headers["Location"]
    assert client.get(adresse).headers["Location"] == f"/connexion/?next={adresse}"


def test_forms_are_protected_from_other_sites(demarche: Demarche) -> None:
    strict = Client(enforce_csrf_checks=True)
    base = commencer(strict)
    assert strict.post(f"{base}lieu/", {"lieu": "x"}).status_code == 403
    assert strict.post("/suivi/", {"reference": "x", "code": "y"}).status_code == 403
