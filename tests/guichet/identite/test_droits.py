"""An agent's session lasts as long as its reason: the directory is asked again, against a real (small) provider."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from joserfc.jwk import RSAKey

from guichet.instruction.models import Agent
from tests.fournisseur_identite import Fournisseur
from tests.guichet.identite.test_connexion import ALICE, connecter

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_agents")]

LISTE = "/demandes/"


def plus_tard(minutes: int) -> Any:
    """The clock of this process, moved on."""
    return time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=True)


def demandes_de_jeton(fournisseur: Fournisseur) -> int:
    return fournisseur.appels.count("/oauth2/token")


def test_an_agent_who_left_the_directory_loses_the_session_within_minutes(
    client: Client, fournisseur: Fournisseur
) -> None:
    connecter(client, fournisseur, ALICE)
    fournisseur.ouvertes.clear()  # as the provider does when it no longer finds the person, or a password changed
    assert client.get(LISTE, secure=True).status_code == 200
    with plus_tard(6):
        reponse = client.get(LISTE, secure=True)
    assert (reponse.status_code, reponse["Location"]) == (302, f"/connexion/?next={LISTE}")
    assert "_auth_user_id" not in client.session


def test_an_agent_taken_out_of_a_group_loses_what_it_gave(client: Client, fournisseur: Fournisseur) -> None:
    connecter(client, fournisseur, ALICE)
    assert "service-voirie" in Agent.objects.get().groupes
    fournisseur.claims = {**ALICE, "groups": ["agents"]}
    with plus_tard(6):
        assert client.get(LISTE, secure=True).status_code == 200
    agent = Agent.objects.get()
    assert agent.groupes == ["agents"]
    assert not agent.has_perm("wagtailadmin.access_admin")


@pytest.mark.parametrize(
    "changes",
    [
        {"groups": ["service-voirie"]},
        {"acr": "loa-2"},
        {"auth_source": "franceconnect"},
        {"sub": "eric.faure"},
    ],
)
def test_who_may_not_enter_any_more_is_out(client: Client, fournisseur: Fournisseur, changes: dict[str, Any]) -> None:
    connecter(client, fournisseur, ALICE)
    fournisseur.claims = {**ALICE, **changes}
    with plus_tard(6):
        assert client.get(LISTE, secure=True).status_code == 302


def test_the_directory_is_asked_every_few_minutes_and_not_at_each_page(
    client: Client, fournisseur: Fournisseur
) -> None:
    connecter(client, fournisseur, ALICE)
    for _ in range(3):
        client.get(LISTE, secure=True)
    assert demandes_de_jeton(fournisseur) == 1
    with plus_tard(6):
        for _ in range(3):
            client.get(LISTE, secure=True)
    assert demandes_de_jeton(fournisseur) == 2


@pytest.mark.parametrize("erreur", ["", "invalid_client", "server_error", "temporarily_unavailable"])
def test_a_provider_that_stops_throws_nobody_out_at_once_and_everybody_in_the_end(
    client: Client, fournisseur: Fournisseur, erreur: str
) -> None:
    """An error that says nothing of this session (its client's secret is being changed) is as good as no answer."""
    connecter(client, fournisseur, ALICE)
    fournisseur.erreur, fournisseur.en_panne = erreur, not erreur
    with plus_tard(6):
        assert client.get(LISTE, secure=True).status_code == 200
    with plus_tard(40):
        assert client.get(LISTE, secure=True).status_code == 302


def test_a_forged_answer_confirms_nothing(client: Client, fournisseur: Fournisseur) -> None:
    connecter(client, fournisseur, ALICE)
    fournisseur.signature = RSAKey.generate_key(2048, parameters={"kid": "un", "use": "sig", "alg": "RS256"})
    with plus_tard(6):
        assert client.get(LISTE, secure=True).status_code == 302


def test_sessions_of_a_suspended_agent_end_at_once_and_no_others(client: Client, fournisseur: Fournisseur) -> None:
    """The command that « gru agents suspend » runs: nobody waits for the next confirmation."""
    autre = Client()
    connecter(client, fournisseur, ALICE)
    connecter(autre, fournisseur, {**ALICE, "sub": "alice.martin2", "email": "autre@gru.test"})
    dit = StringIO()
    call_command("fermer_sessions", "alice.martin", stdout=dit)
    assert dit.getvalue() == "alice.martin : sessions fermées, 1\n"
    assert client.get(LISTE, secure=True).status_code == 302
    assert autre.get(LISTE, secure=True).status_code == 200
