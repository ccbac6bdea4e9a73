"""Kind G: the address of an account changes, with proof of the new one; the directory and the requests follow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import pytest
from django.test import Client, RequestFactory

from guichet.comptes import annuaire as module_annuaire
from guichet.comptes.annuaire import AnnuaireIndisponible
from guichet.comptes.models import Usager
from guichet.demandes.models import Evenement
from guichet.demarches.models import Demarche
from guichet.identite.site import Portail
from socle.envois.models import Envoi
from tests.guichet import actes, fabrique
from tests.guichet.comptes.conftest import Annuaire
from tests.guichet.fabrique import ALICE

pytestmark = pytest.mark.django_db
Connecter = Callable[[Client, Usager], Client]
NOUVELLE = "zoe.martin@exemple.fr"
MOT_DE_PASSE = "cheval agrafe pile"


@pytest.fixture
def zoe(annuaire: Annuaire) -> Usager:
    module_annuaire.creer_compte(
        uid="zoe", prenom="Zoé", nom="Martin", courriel="zoe@gru.test", mot_de_passe=MOT_DE_PASSE
    )
    return fabrique.usager("zoe", "Zoé Martin")


@pytest.fixture
def navigateur(client: Client, zoe: Usager, connecter: Connecter) -> Client:
    return connecter(client, zoe)


def lien(navigateur: Client, nouvelle: str = NOUVELLE) -> str:
    """Where the mailed link leads."""
    page = navigateur.post("/compte/adresse/", {"courriel": nouvelle}, follow=True).content.decode()
    assert f"Un e-mail part à {nouvelle}" in page
    envoi = Envoi.objects.get(genre="comptes.adresse")
    assert envoi.destinataire == nouvelle
    return urlsplit(str(envoi.contexte["lien"])).path


def test_the_link_and_a_button_change_account_directory_and_requests(
    navigateur: Client, zoe: Usager, annuaire: Annuaire, demarche: Demarche
) -> None:
    reponses = {**fabrique.REPONSES, "courriel": "zoe@gru.test"}
    ouverte = fabrique.deposer(demarche, zoe, reponses).demande
    autre = fabrique.deposer(demarche, zoe, {**reponses, "courriel": "mairie@travail.test"}).demande
    finie = fabrique.deposer(demarche, zoe, reponses).demande
    actes.clore(finie, ALICE)
    adresse = lien(navigateur)
    zoe.refresh_from_db()
    assert zoe.courriel == "zoe@gru.test"
    page = navigateur.get(adresse).content.decode()
    assert NOUVELLE in page
    assert annuaire.entrees("(uid=zoe)")[0]["mail"] == ["zoe@gru.test"]  # opening it changes nothing
    page = navigateur.post(adresse, follow=True).content.decode()
    assert "Votre adresse est changée" in page
    (entree,) = annuaire.entrees("(uid=zoe)")
    assert entree["mail"] == [NOUVELLE]
    assert annuaire.accepte(entree["dn"], MOT_DE_PASSE)
    for objet in (zoe, ouverte, autre, finie):
        objet.refresh_from_db()
    assert zoe.courriel == ouverte.courriel == ouverte.donnees["courriel"] == NOUVELLE
    assert (autre.courriel, finie.courriel) == ("mairie@travail.test", "zoe@gru.test")
    assert NOUVELLE in Evenement.objects.get(demande=ouverte, code="contact_change").phrase_usager
    assert Envoi.objects.get(genre="comptes.adresse_quittee").destinataire == "zoe@gru.test"
    # Once: it names the address that it replaced.
    assert navigateur.get(adresse).status_code == 410
    assert navigateur.post(adresse).status_code == 410


def test_a_mistyped_address_gives_the_account_to_nobody(
    navigateur: Client, client: Client, connecter: Connecter, zoe: Usager, annuaire: Annuaire
) -> None:
    adresse = lien(navigateur)
    inconnu = Client()
    assert inconnu.post(adresse).headers["Location"].startswith("/connexion/")
    voleur = connecter(Client(), fabrique.usager("leo", "Léo"))
    assert voleur.post(adresse).status_code == 410
    assert annuaire.entrees("(uid=zoe)")[0]["mail"] == ["zoe@gru.test"]


def test_an_address_that_has_an_account_is_told_by_mail_only(navigateur: Client, annuaire: Annuaire) -> None:
    page = navigateur.post("/compte/adresse/", {"courriel": "alice.martin@gru.test"}, follow=True).content.decode()
    assert "Un e-mail part à alice.martin@gru.test" in page
    assert Envoi.objects.get().genre == "comptes.adresse_prise"
    assert "lien" not in Envoi.objects.get().contexte or not Envoi.objects.get().contexte["lien"]


def test_a_directory_that_fails_changes_nothing(navigateur: Client, zoe: Usager) -> None:
    adresse = lien(navigateur)
    with patch("guichet.comptes.annuaire.changer_adresse", side_effect=AnnuaireIndisponible("arrêté")):
        page = navigateur.post(adresse, follow=True).content.decode()
    assert "Réessayez" in page
    zoe.refresh_from_db()
    assert zoe.courriel == "zoe@gru.test"
    assert not Envoi.objects.filter(genre="comptes.adresse_quittee").exists()
    assert navigateur.get(adresse).status_code == 200  # the link still serves


@pytest.mark.parametrize(
    ("tapee", "phrase"),
    [
        ("zoe@gmial.com", "Vouliez-vous écrire zoe@gmail.com ?"),
        ("ZOE@gru.test", "déjà l&#x27;adresse de votre compte"),
        ("", "Indiquez votre nouvelle adresse e-mail."),
    ],
)
def test_bad_addresses_are_said(navigateur: Client, tapee: str, phrase: str) -> None:
    page = navigateur.post("/compte/adresse/", {"courriel": tapee}).content.decode()
    assert phrase in page.replace("\u00a0", " ")
    assert not Envoi.objects.exists()


def test_an_older_session_of_the_provider_does_not_bring_the_former_address_back(
    navigateur: Client, zoe: Usager, client: Client
) -> None:
    navigateur.post(lien(navigateur))
    requete: Any = RequestFactory().get("/oidc/retour/")
    requete.session = client.session
    claims = {"iss": zoe.issuer, "sub": zoe.sub, "auth_source": zoe.source, "name": "Zoé Martin"}
    for dite, gardee in (("zoe@gru.test", NOUVELLE), (NOUVELLE, NOUVELLE), ("zoe@ailleurs.test", "zoe@ailleurs.test")):
        Portail().ouvrir(requete, {**claims, "email": dite})
        zoe.refresh_from_db()
        assert zoe.courriel == gardee
