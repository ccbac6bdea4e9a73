"""Who becomes an agent: the town's directory and its group, never an e-mail address."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import Client, RequestFactory

from guichet.identite.site import AccesRefuse, Agents
from guichet.instruction.models import Agent
from guichet.instruction.sessions import SessionStore
from tests.guichet.instruction import fabriques

pytestmark = pytest.mark.django_db

ALICE: dict[str, Any] = {
    "iss": fabriques.ISSUER, "sub": "alice.martin", "auth_source": "annuaire", "name": "Alice Martin",
    "email": "alice.martin@gru.test", "acr": "loa-3", "groups": ["agents", "service-voirie"],
}  # fmt: skip


def requete() -> HttpRequest:
    demande = RequestFactory().get("/oidc/retour/")
    demande.session = SessionStore()
    demande.user = AnonymousUser()
    return demande


def connecter(**claims: Any) -> Agent:
    demande = requete()
    Agents().ouvrir(demande, ALICE | claims)
    agent = get_user(demande)
    assert isinstance(agent, Agent)
    return agent


def test_first_sign_in_makes_the_account_and_the_next_ones_refresh_it() -> None:
    premier = connecter()
    second = connecter(name="Alice Martin-Roux", email="a.roux@gru.test", groups=["agents", "service-etat-civil"])
    assert second.pk == premier.pk
    assert (second.nom, second.courriel) == ("Alice Martin-Roux", "a.roux@gru.test")
    assert second.groupes == ["agents", "service-etat-civil"]
    assert not second.has_usable_password()


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({"auth_source": "franceconnect", "sub": "fc-9f2"}, id="FranceConnect with her e-mail"),
        pytest.param({"auth_source": "franceconnect"}, id="FranceConnect with her identifier too"),
        pytest.param({"auth_source": ""}, id="no source"),
        pytest.param({"auth_source": "Annuaire"}, id="source spelt otherwise"),
        pytest.param({"groups": []}, id="no group"),
        pytest.param({"groups": ["service-voirie", "supervision"]}, id="not in the group of agents"),
        pytest.param({"groups": "agents-externes"}, id="group of a similar name"),
        pytest.param({"sub": ""}, id="no identifier"),
        pytest.param({"acr": "loa-2"}, id="no second factor"),
    ],
)
def test_other_identities_are_refused_and_leave_no_trace(claims: dict[str, Any]) -> None:
    alice = connecter()
    demande = requete()
    with pytest.raises(AccesRefuse, match=r"[a-z]"):
        Agents().ouvrir(demande, ALICE | claims)
    assert isinstance(get_user(demande), AnonymousUser)
    assert list(Agent.objects.values_list("pk", "groupes")) == [(alice.pk, ["agents", "service-voirie"])]


def test_an_agent_who_asserts_a_colleagues_address_is_another_account() -> None:
    alice = connecter()
    assert connecter(sub="mallory").pk != alice.pk


def test_another_issuer_is_another_person() -> None:
    alice = connecter()
    assert connecter(iss="https://ailleurs.test/").pk != alice.pk


def test_a_suspended_account_stays_out() -> None:
    Agent.objects.filter(pk=connecter().pk).update(is_active=False)
    with pytest.raises(AccesRefuse, match="suspendu"):
        connecter()


def test_the_directory_gives_and_takes_back_the_right_to_write_pages() -> None:
    assert connecter(groups=["agents", "editeurs"]).has_perm("wagtailadmin.access_admin")
    assert not connecter(groups=["agents"]).has_perm("wagtailadmin.access_admin")


def test_nobody_is_ever_superuser() -> None:
    agent = connecter(groups=["agents", "editeurs", "supervision", "admin"])
    assert not agent.is_superuser
    assert not agent.is_staff


def test_the_refusal_is_a_french_page_and_a_log_line(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class FauxClient:
        def authorize_access_token(self, _request: HttpRequest) -> dict[str, Any]:
            return {"userinfo": ALICE | {"auth_source": "franceconnect", "sub": "fc-9f2"}, "id_token": "x"}

    monkeypatch.setattr("socle.openid.views.client", FauxClient)
    navigateur = Client()
    reponse = navigateur.get("/oidc/retour/?code=x&state=y")
    assert reponse.status_code == 403
    assert "réservé aux agents" in reponse.content.decode()
    assert "fc-9f2" in caplog.text
    assert "franceconnect" in caplog.text
    assert "alice.martin@gru.test" not in caplog.text
    assert navigateur.get("/").status_code == 302


def test_no_form_of_passwords_is_left_beside_the_directory() -> None:
    """Wagtail's own sign-in and « mot de passe oublié »: a door that nobody uses is one that strangers try."""
    reponse = Client().get("/redaction/login/")
    assert (reponse.status_code, reponse.headers["Location"]) == (302, "/connexion/?next=%2Fredaction%2F")
    assert Client().post("/redaction/login/", {"username": "a", "password": "b"}).status_code == 405
    assert Client().get("/redaction/password_reset/").status_code in {302, 404}
    assert "csrfmiddlewaretoken" not in Client().get("/redaction/", follow=False).content.decode()
