"""Sign-in and sign-out of both sites, against a real (small) provider."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client
from joserfc.jwk import RSAKey

from guichet.comptes.models import Usager
from guichet.instruction.models import Agent
from socle.openid.client import oublier
from tests.fournisseur_identite import Fournisseur

pytestmark = pytest.mark.django_db

CAMILLE = {"sub": "c0ffee", "email": "camille@gru.test", "name": "Camille Durand", "auth_source": "annuaire"}
ALICE = {
    "sub": "alice.martin", "email": "alice.martin@gru.test", "name": "Alice Martin", "auth_source": "annuaire",
    "groups": ["agents", "editeurs", "service-voirie"], "acr": "loa-3",
}  # fmt: skip


def connecter(client: Client, fournisseur: Fournisseur, claims: dict[str, Any], suite: str = "") -> HttpResponse:
    fournisseur.claims = claims
    depart = client.get("/connexion/", {"next": suite} if suite else {}, secure=True)
    assert depart.status_code == 302, depart.content
    reponse: HttpResponse = client.get(f"/oidc/retour/{fournisseur.autoriser(depart['Location'])}", secure=True)
    return reponse


def test_resident_signs_in_and_goes_where_they_wanted(client: Client, fournisseur: Fournisseur) -> None:
    reponse = connecter(client, fournisseur, CAMILLE, "/mes-demarches/")
    assert (reponse.status_code, reponse["Location"]) == (302, "/mes-demarches/")
    usager = Usager.objects.get()
    assert (usager.issuer, usager.source, usager.sub) == (fournisseur.issuer, "annuaire", "c0ffee")
    assert client.session["usager_id"] == str(usager.pk)
    cookie = client.cookies["portail_session"]
    assert cookie["secure"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_a_sign_in_left_then_begun_again_from_a_page_ends_on_that_page(
    client: Client, fournisseur: Fournisseur
) -> None:
    """« Se connecter », back, then « Me connecter et commencer »: the provider may end the first of the two."""
    fournisseur.claims = CAMILLE
    premiere = client.get("/connexion/", secure=True)
    client.get("/connexion/", {"next": "/mes-demarches/"}, secure=True)
    retour = client.get(f"/oidc/retour/{fournisseur.autoriser(premiere['Location'])}", secure=True)
    assert retour["Location"] == "/mes-demarches/"


def test_a_sign_in_ends_where_it_began_whatever_began_before_it(client: Client, fournisseur: Fournisseur) -> None:
    fournisseur.claims = CAMILLE
    client.get("/connexion/", {"next": "/mes-demarches/"}, secure=True)
    seconde = client.get("/connexion/", secure=True)
    retour = client.get(f"/oidc/retour/{fournisseur.autoriser(seconde['Location'])}", secure=True)
    assert retour["Location"] == "/"


def test_second_sign_in_is_the_same_account_and_a_new_session(client: Client, fournisseur: Fournisseur) -> None:
    connecter(client, fournisseur, CAMILLE)
    avant = client.session.session_key
    client.logout()
    connecter(client, fournisseur, {**CAMILLE, "email": "autre@gru.test"})
    assert Usager.objects.get().courriel == "autre@gru.test"
    assert client.session.session_key != avant


def test_same_email_from_franceconnect_is_another_account(client: Client, fournisseur: Fournisseur) -> None:
    connecter(client, fournisseur, CAMILLE)
    client.logout()
    connecter(client, fournisseur, {**CAMILLE, "sub": "fc-abc", "auth_source": "franceconnect"})
    assert Usager.objects.count() == 2


@pytest.mark.parametrize(
    "adresse",
    [
        "https://malveillant.example/",
        "//malveillant.example/",
        "/\\malveillant.example",
        "javascript:alert(1)",
        "x",
    ],
)
def test_next_never_leaves_the_site(client: Client, fournisseur: Fournisseur, adresse: str) -> None:
    assert connecter(client, fournisseur, CAMILLE, adresse)["Location"] == "/"


def test_discovery_and_keys_are_read_once(client: Client, fournisseur: Fournisseur) -> None:
    for _ in range(3):
        connecter(client, fournisseur, CAMILLE)
        client.logout()
    assert fournisseur.appels.count("/.well-known/openid-configuration") == 1
    assert fournisseur.appels.count("/oauth2/jwks") == 1


def test_token_signed_by_another_key_is_refused(client: Client, fournisseur: Fournisseur) -> None:
    fournisseur.signature = RSAKey.generate_key(2048)
    assert connecter(client, fournisseur, CAMILLE).status_code == 400
    assert not Usager.objects.exists()


@pytest.mark.parametrize(
    "faux",
    [{"aud": "autre-site"}, {"iss": "https://autre.example/"}, {"nonce": "autre"}, {"exp": 1}, {"sub": ""}],
    ids=lambda faux: next(iter(faux)),
)
def test_token_for_another_or_out_of_date_is_refused(
    client: Client, fournisseur: Fournisseur, faux: dict[str, Any]
) -> None:
    assert connecter(client, fournisseur, {**CAMILLE, **faux}).status_code in {400, 403}
    assert not Usager.objects.exists()


def test_callback_without_our_state_is_refused(client: Client, fournisseur: Fournisseur) -> None:
    assert client.get("/oidc/retour/?code=x&state=y", secure=True).status_code == 400


def test_each_tab_ends_where_it_was_going(client: Client, fournisseur: Fournisseur) -> None:
    """Two tabs at the sign-in page, each for its own procedure; then Back, twice."""
    fournisseur.claims = CAMILLE
    suites = ("/demarches/a/", "/mes-demarches/", "/compte/")
    departs = [client.get("/connexion/", {"next": suite}, secure=True)["Location"] for suite in suites]
    retours = [f"/oidc/retour/{fournisseur.autoriser(depart)}" for depart in departs]
    for rang in (1, 0, 2):  # the second tab is the first to sign in
        assert client.get(retours[rang], secure=True)["Location"] == suites[rang]
    for rang in (1, 0):
        arriere = client.get(retours[rang], secure=True)
        assert (arriere.status_code, arriere["Location"]) == (302, suites[rang])
    assert client.get("/connexion/", {"next": "/compte/"}, secure=True)["Location"] == "/compte/"
    assert Usager.objects.count() == 1


@pytest.mark.usefixtures("site_agents")
def test_each_tab_of_an_agent_too(client: Client, fournisseur: Fournisseur) -> None:
    fournisseur.claims = ALICE
    departs = [client.get("/connexion/", {"next": suite}, secure=True)["Location"] for suite in ("/a/", "/b/")]
    retours = [f"/oidc/retour/{fournisseur.autoriser(depart)}" for depart in departs]
    assert client.get(retours[1], secure=True)["Location"] == "/b/"
    assert client.get(retours[0], secure=True)["Location"] == "/a/"


def test_callback_of_another_browser_is_refused(client: Client, fournisseur: Fournisseur) -> None:
    fournisseur.claims = CAMILLE
    depart = client.get("/connexion/", secure=True)
    adresse = f"/oidc/retour/{fournisseur.autoriser(depart['Location'])}"
    assert Client().get(adresse, secure=True).status_code == 400


def test_refusal_by_the_provider_is_said_in_french(client: Client, fournisseur: Fournisseur) -> None:
    reponse = client.get("/oidc/retour/?error=access_denied&state=x", secure=True)
    assert reponse.status_code == 400
    assert (
        "La connexion n&#x27;a pas abouti" in reponse.content.decode() or "n'a pas abouti" in reponse.content.decode()
    )


@pytest.mark.parametrize("trop", [{"sub": "x" * 201}, {"sub": ""}])
def test_a_key_that_cannot_be_kept_is_refused_in_words(
    client: Client, fournisseur: Fournisseur, trop: dict[str, str]
) -> None:
    """L10: a `sub` of FranceConnect longer than what accounts keep gave a page 500."""
    reponse = connecter(client, fournisseur, {**CAMILLE, "auth_source": "franceconnect", **trop})
    assert reponse.status_code == 403
    assert "pas complet" in reponse.content.decode()
    assert not Usager.objects.exists()


def test_what_an_identity_says_beside_its_key_never_shuts_it_out(client: Client, fournisseur: Fournisseur) -> None:
    longs = {"name": "Zoé " * 200, "email": "a" * 300 + "@exemple.fr"}
    assert connecter(client, fournisseur, {**CAMILLE, **longs}).status_code == 302
    usager = Usager.objects.get()
    assert usager.nom.startswith("Zoé Zoé")
    assert usager.courriel == ""


def test_provider_down_gives_a_plain_page(client: Client, settings: Any) -> None:
    settings.OIDC = {**settings.OIDC, "issuer": "http://127.0.0.1:9/", "delai": 1}
    oublier()
    reponse = client.get("/connexion/", secure=True)
    oublier()
    assert reponse.status_code == 503
    assert "La connexion est momentanément indisponible" in reponse.content.decode()


def test_sign_out_also_leaves_the_provider(client: Client, fournisseur: Fournisseur) -> None:
    connecter(client, fournisseur, CAMILLE)
    jeton = client.session["oidc_id_token"]
    assert client.get("/deconnexion/", secure=True).status_code == 200
    assert "usager_id" in client.session  # a link alone signs nobody out
    reponse = client.post("/deconnexion/", secure=True)
    adresse = urlsplit(reponse["Location"])
    assert reponse["Location"].startswith(f"{fournisseur.issuer}oauth2/logout")
    parametres = parse_qs(adresse.query)
    assert parametres["id_token_hint"] == [jeton]
    assert parametres["post_logout_redirect_uri"] == ["https://portail.gru.test/"]
    assert "usager_id" not in client.session


@pytest.mark.usefixtures("site_agents")
class TestAgents:
    def test_agent_enters_with_the_groups_of_the_day(self, client: Client, fournisseur: Fournisseur) -> None:
        assert connecter(client, fournisseur, ALICE, "/demandes/")["Location"] == "/demandes/"
        agent = Agent.objects.get()
        assert agent.groupes == ["agents", "editeurs", "service-voirie"]
        assert agent.has_perm("wagtailadmin.access_admin")
        assert "agents_session" in client.cookies
        client.logout()
        connecter(client, fournisseur, {**ALICE, "groups": ["agents"]})
        assert not Agent.objects.get().has_perm("wagtailadmin.access_admin")

    @pytest.mark.parametrize(
        "claims",
        [
            pytest.param({"auth_source": "franceconnect", "sub": "fc-1"}, id="FranceConnect with an agent's e-mail"),
            pytest.param({"groups": ["service-voirie"]}, id="not an agent"),
            pytest.param({"acr": "loa-2"}, id="no second factor"),
            pytest.param({"acr": None}, id="second factor not said"),
        ],
    )
    def test_anybody_else_is_refused(self, client: Client, fournisseur: Fournisseur, claims: dict[str, Any]) -> None:
        connecter(client, fournisseur, ALICE)
        client.logout()
        reponse = connecter(client, fournisseur, {**ALICE, **claims})
        assert reponse.status_code == 403
        assert "ne pouvez pas entrer" in reponse.content.decode()
        assert "_auth_user_id" not in client.session
        assert Agent.objects.count() == 1

    def test_sign_out_ends_on_the_sites_own_page(self, client: Client, fournisseur: Fournisseur) -> None:
        connecter(client, fournisseur, ALICE)
        adresse = client.post("/deconnexion/", secure=True)["Location"]
        assert parse_qs(urlsplit(adresse).query)["post_logout_redirect_uri"] == ["https://agents.gru.test/deconnecte/"]
        assert client.get("/deconnecte/", secure=True).status_code == 200
