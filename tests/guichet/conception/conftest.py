"""An editor and someone responsible for procedures, in the workshop of the agents' site."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from guichet.conception.droits import accorder_conception
from guichet.conception.services import suivre
from guichet.demarches.models import Orientation
from guichet.editorial.droits import accorder_redaction
from guichet.instruction.models import Agent
from tests.guichet import fabrique, site_agents


@pytest.fixture
def site(db: None, settings: Any) -> None:
    """The shipped site, loaded and followed by the workshop."""
    site_agents.prendre(settings)
    fabrique.site_livre()
    # Two sheets are as good as fifty, each of which costs a publication.
    Orientation.objects.exclude(pk__in=("pacs", "passeport")).delete()
    suivre()


def entrer(sub: str, groupes: list[str]) -> Client:
    agent = Agent.objects.create_user("https://connexion.gru.test/", "annuaire", sub, nom=sub.title())
    accorder_redaction(agent, groupes)
    accorder_conception(agent, groupes)
    client = Client()
    client.force_login(agent)
    return client


@pytest.fixture
def redactrice(site: None) -> Client:
    return entrer("alice", ["agents", "editeurs"])


@pytest.fixture
def responsable(site: None) -> Client:
    return entrer("chloe", ["agents", "responsables-demarches"])


@pytest.fixture
def agent(site: None) -> Client:
    return entrer("bruno", ["agents"])
