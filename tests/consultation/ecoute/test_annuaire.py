"""Sign-in of the team through the town's identity provider, against a real (small) provider."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from consultation.ecoute.commune.models import Commune
from consultation.ecoute.equipe.models import Membre, Role
from consultation.ecoute.journal.models import Trace
from socle.openid.client import oublier
from socle.securite.politique import politique
from tests.consultation.ecoute.garde import garder
from tests.fournisseur_identite import Fournisseur, fournisseur_en_marche

pytestmark = pytest.mark.django_db

URL = "https://ecoute.gru.test"
FANNY = {
    "sub": "fanny.moreau", "email": "Fanny.Moreau@gru.test", "name": "Fanny Moreau", "auth_source": "annuaire",
    "groups": ["ecoute-responsables"], "acr": "loa-3",
}  # fmt: skip


@pytest.fixture
def fournisseur(settings: Any, commune: Commune) -> Iterator[Fournisseur]:
    with fournisseur_en_marche() as serveur:
        settings.ECOUTE_CONNEXION = "openid-connect"
        settings.URL_PUBLIQUE = URL
        settings.OIDC = {"issuer": serveur.issuer, "client_id": "ecoute", "client_secret": "s", "delai": 20}
        settings.AUTHENTICATION_BACKENDS = ["consultation.ecoute.equipe.openid.CompteAnnuaire"]
        oublier()
        yield serveur
        oublier()


def connecter(client: Client, fournisseur: Fournisseur, claims: dict[str, Any], suite: str = "") -> HttpResponse:
    fournisseur.claims = claims
    depart = client.get("/equipe/connexion/", {"next": suite} if suite else {}, secure=True)
    assert depart.status_code == 302, depart.content
    assert parse_qs(urlsplit(depart["Location"]).query)["redirect_uri"] == [f"{URL}/equipe/oidc/retour/"]
    reponse: HttpResponse = client.get(f"/equipe/oidc/retour/{fournisseur.autoriser(depart['Location'])}", secure=True)
    return reponse


def test_a_member_enters_with_the_role_of_the_directory(client: Client, fournisseur: Fournisseur) -> None:
    assert client.get("/equipe/", secure=True)["Location"] == "/equipe/connexion/?next=/equipe/"
    reponse = connecter(client, fournisseur, FANNY, "/equipe/dossiers/")
    assert (reponse.status_code, reponse["Location"]) == (302, "/equipe/dossiers/")
    membre = Membre.objects.get()
    assert membre.identite == f"{fournisseur.issuer} annuaire fanny.moreau"
    assert (membre.role, membre.nom, membre.courriel) == (Role.RESPONSABLE, "Fanny Moreau", "fanny.moreau@gru.test")
    assert not membre.has_usable_password()
    assert client.get("/equipe/", secure=True).status_code == 200
    assert "est entré dans l'équipe par l'annuaire" in Trace.objects.get().phrase


@pytest.mark.parametrize(
    ("groupes", "role"),
    [
        (["ecoute-equipe"], Role.EQUIPE),
        (["ecoute-accueil", "agents"], Role.ACCUEIL),
        (["ecoute-dpo"], Role.DPO),
        (["ecoute-accueil", "ecoute-responsables"], Role.RESPONSABLE),
    ],
)
def test_each_group_gives_its_role(client: Client, fournisseur: Fournisseur, groupes: list[str], role: Role) -> None:
    connecter(client, fournisseur, {**FANNY, "groups": groupes})
    assert Membre.objects.get().role == role


def test_the_next_sign_in_is_the_same_person_brought_up_to_date(client: Client, fournisseur: Fournisseur) -> None:
    connecter(client, fournisseur, FANNY)
    client.post("/equipe/deconnexion/", secure=True)
    connecter(client, fournisseur, {**FANNY, "name": "Fanny Leroy", "email": "f@gru.test", "groups": ["ecoute-dpo"]})
    membre = Membre.objects.get()
    assert (membre.nom, membre.courriel, membre.role) == ("Fanny Leroy", "f@gru.test", Role.DPO)
    assert Trace.objects.filter(phrase__contains="autre rôle").count() == 1


def test_a_member_who_left_the_directory_or_its_groups_loses_the_session(
    client: Client, fournisseur: Fournisseur
) -> None:
    """Within minutes, not at the next sign-in (socle/openid/droits.py)."""
    connecter(client, fournisseur, FANNY)
    fournisseur.claims = {**FANNY, "groups": ["ecoute-accueil"]}
    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=True):
        assert client.get("/equipe/", secure=True).status_code == 200
    assert Membre.objects.get().role == Role.ACCUEIL
    fournisseur.ouvertes.clear()
    with time_machine.travel(timezone.now() + timedelta(minutes=12), tick=True):
        assert client.get("/equipe/", secure=True).status_code == 302


def test_the_same_email_is_not_the_same_person(client: Client, fournisseur: Fournisseur) -> None:
    ancien = Membre.objects.creer(
        "fanny.moreau@gru.test", "Compte d'avant", Role.RESPONSABLE, "trois mots sans rapport"
    )
    connecter(client, fournisseur, FANNY)
    connecter(Client(), fournisseur, {**FANNY, "sub": "fanny.moreau2", "groups": ["ecoute-accueil"]})
    assert Membre.objects.filter(courriel="fanny.moreau@gru.test").count() == 3
    ancien.refresh_from_db()
    assert ancien.nom == "Compte d'avant"


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({"auth_source": "franceconnect", "sub": "fc-1"}, id="a resident with the member's e-mail"),
        pytest.param({"auth_source": "franceconnect"}, id="a resident with the member's sub"),
        pytest.param({"auth_source": None}, id="source not said"),
        pytest.param({"groups": ["agents", "service-voirie"]}, id="an agent outside the team"),
        pytest.param({"groups": []}, id="no group"),
        pytest.param({"acr": "loa-2"}, id="no second factor"),
        pytest.param({"acr": None}, id="second factor not said"),
    ],
)
def test_anybody_else_is_refused_in_words(client: Client, fournisseur: Fournisseur, claims: dict[str, Any]) -> None:
    connecter(Client(), fournisseur, FANNY)
    reponse = connecter(client, fournisseur, {**FANNY, **claims})
    assert reponse.status_code == 403
    garder(reponse.content.decode(), "page")
    assert "Vous ne pouvez pas entrer ici" in reponse.content.decode()
    assert "_auth_user_id" not in client.session
    assert Membre.objects.get().nom == "Fanny Moreau"


def test_a_closed_account_does_not_open(client: Client, fournisseur: Fournisseur) -> None:
    connecter(client, fournisseur, FANNY)
    Membre.objects.update(is_active=False)
    assert client.get("/equipe/", secure=True).status_code == 302
    reponse = connecter(Client(), fournisseur, FANNY)
    assert reponse.status_code == 403
    assert "fermé par un responsable" in reponse.content.decode()


def test_a_forged_or_foreign_return_is_refused(client: Client, fournisseur: Fournisseur) -> None:
    fournisseur.claims = FANNY
    depart = client.get("/equipe/connexion/", secure=True)
    adresse = f"/equipe/oidc/retour/{fournisseur.autoriser(depart['Location'])}"
    ailleurs = Client().get(adresse, secure=True)
    assert ailleurs.status_code == 400
    garder(ailleurs.content.decode(), "page")
    assert client.get("/equipe/oidc/retour/?code=x&state=y", secure=True).status_code == 400
    assert connecter(client, fournisseur, {**FANNY, "aud": "portail"}).status_code == 400
    assert not Membre.objects.exists()


@pytest.mark.parametrize("suite", ["https://malveillant.example/", "//malveillant.example/", "javascript:alert(1)"])
def test_next_never_leaves_the_site(client: Client, fournisseur: Fournisseur, suite: str) -> None:
    assert connecter(client, fournisseur, FANNY, suite)["Location"] == "/equipe/"


def test_signing_out_also_leaves_the_provider(client: Client, fournisseur: Fournisseur) -> None:
    connecter(client, fournisseur, FANNY)
    jeton = client.session["oidc_id_token"]
    fin = client.post("/equipe/deconnexion/", secure=True)["Location"]
    assert fin.startswith(f"{fournisseur.issuer}oauth2/logout")
    parametres = parse_qs(urlsplit(fin).query)
    assert parametres["id_token_hint"] == [jeton]
    assert parametres["post_logout_redirect_uri"] == [f"{URL}/equipe/deconnecte/"]
    assert client.get("/equipe/", secure=True).status_code == 302
    garder(client.get("/equipe/deconnecte/", secure=True).content.decode(), "page")
    # The browser checks form-action against where the sign-out form leads.
    assert fournisseur.issuer.rstrip("/") in politique()


def test_a_provider_that_is_down_is_said(client: Client, settings: Any, fournisseur: Fournisseur) -> None:
    settings.OIDC = {**settings.OIDC, "issuer": "http://127.0.0.1:9/", "delai": 1}
    oublier()
    reponse = client.get("/equipe/connexion/", secure=True)
    assert reponse.status_code == 503
    garder(reponse.content.decode(), "page")


def test_no_account_is_made_nor_opened_here(client: Client, fournisseur: Fournisseur) -> None:
    Membre.objects.creer("avant@gru.test", "Compte d'avant", Role.RESPONSABLE, "trois mots sans rapport")
    donnees = {"courriel": "avant@gru.test", "mot_de_passe": "trois mots sans rapport"}
    assert client.post("/equipe/connexion/", donnees, secure=True).status_code == 302
    assert "_auth_user_id" not in client.session
    assert client.get("/equipe/premiers-pas/", secure=True).status_code == 404
    connecter(client, fournisseur, FANNY)
    assert client.get("/equipe/comptes/nouveau/", secure=True).status_code == 404
    for adresse in ("/equipe/comptes/", "/equipe/mon-compte/", "/equipe/commune/"):
        page = client.get(adresse, secure=True)
        assert page.status_code == 200
        garder(page.content.decode(), "page")
    assert "mot de passe actuel" not in client.get("/equipe/mon-compte/", secure=True).content.decode().lower()
    assert "<code>ecoute-accueil</code>" in client.get("/equipe/comptes/", secure=True).content.decode()


def test_the_directory_alone_changes_a_role(client: Client, fournisseur: Fournisseur) -> None:
    connecter(Client(), fournisseur, {**FANNY, "sub": "hawa", "name": "Hawa Diallo", "groups": ["ecoute-accueil"]})
    hawa = Membre.objects.get()
    connecter(client, fournisseur, FANNY)
    client.post(f"/equipe/comptes/{hawa.pk}/", {"role": "responsable", "nom": "Autre", "is_active": ""}, secure=True)
    hawa.refresh_from_db()
    assert (hawa.role, hawa.nom, hawa.is_active) == (Role.ACCUEIL, "Hawa Diallo", False)


def test_without_a_provider_these_addresses_do_not_exist(client: Client, commune: Commune) -> None:
    assert client.get("/equipe/oidc/retour/?code=x&state=y").status_code == 404
    assert client.get("/equipe/deconnecte/").status_code == 404
    assert "form-action 'self';" in f"{politique()};"
