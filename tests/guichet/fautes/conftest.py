"""Kinds of faults: one file a kind, whose tests fail on the code that had the fault. Both sites are needed at once."""

from __future__ import annotations

import html
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings as actuels
from django.test import Client, override_settings

from guichet.comptes.models import Usager
from guichet.configuration.settings import instruction
from guichet.demandes.models import Demande
from guichet.demarches.models import Demarche
from guichet.instruction.models import Agent
from tests.guichet import fabrique
from tests.guichet.instruction import fabriques
from tests.guichet.site_agents import SITE

__all__ = ["Sites"]


class Sites:
    """The residents' site as this browser has it, and the agents' site for an agent."""

    def __init__(self, client: Client) -> None:
        self.habitant = client

    def se_connecter(self, usager: Usager) -> None:
        """A resident with an account."""
        session: Any = self.habitant.session
        session["usager_id"] = str(usager.pk)
        session.save()
        self.habitant.cookies["portail_session"] = session.session_key

    def tenir(self, demande: Demande) -> None:
        """The resident's browser has opened this request with its code."""
        session: Any = self.habitant.session
        session["demandes_ouvertes"] = [*session.get("demandes_ouvertes", []), str(demande.pk)]
        session.save()
        self.habitant.cookies["portail_session"] = session.session_key

    @contextmanager
    def agents(self, agent: Agent, **options: Any) -> Iterator[Client]:
        """A browser of the agents' site; what is asked of the portal meanwhile is asked of the wrong site."""
        with override_settings(**{nom: getattr(instruction, nom) for nom in SITE}):
            navigateur = Client(**options)
            navigateur.force_login(agent, backend="guichet.identite.backend.AnnuaireBackend")
            yield navigateur


@pytest.fixture
def sites(db: None, client: Client) -> Sites:
    assert actuels.GUICHET_SITE == "portail"
    return Sites(client)


@pytest.fixture
def livrees(db: None) -> list[Demarche]:
    """The twelve procedures that are shipped."""
    fabrique.site_livre()
    return list(Demarche.objects.order_by("pk"))


@pytest.fixture
def alice(db: None) -> Agent:
    """An agent of the road service."""
    return fabriques.agent("alice.martin", "Alice Martin", "agents", "service-voirie")


def lu(reponse: Any) -> str:
    """A page as people read its words."""
    return html.unescape(reponse.content.decode())
