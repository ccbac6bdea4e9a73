"""Requests on which the duties of the law are proved, one file a duty. Time is travelled in."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from guichet.comptes.models import Usager
from guichet.demandes import services
from guichet.demandes.models import Canal, Demande
from guichet.demarches.definition import Definition, lire_definition
from tests.guichet import fabrique
from tests.guichet.fabrique import ALICE, RECUE, au


@pytest.fixture
def deposer(db: None) -> Callable[..., Demande]:
    """File a request of the standard workflow on 23 November 2026, by any channel."""

    def filer(
        silence: str = "rejet",
        canal: str = Canal.WEB,
        usager: Usager | None = None,
        reponses: dict[str, Any] | None = None,
        **options: Any,
    ) -> Demande:
        demarche = fabrique.variante(workflow="standard", delai={"silence": silence})
        with au(RECUE):
            return services.deposer(
                demarche=demarche,
                donnees={**fabrique.REPONSES, **(reponses or {})},
                cle_envoi=uuid.uuid4(),
                usager=usager,
                canal=canal,
                par_agent=None if canal == Canal.WEB else ALICE,
                **options,
            ).demande

    return filer


@pytest.fixture(scope="session")
def definitions() -> dict[str, Definition]:
    """The procedures that are shipped, by their address."""

    return {
        chemin.stem: lire_definition(yaml.safe_load(chemin.read_text("utf-8")), chemin.name)
        for chemin in sorted((fabrique.SITE / "demarches").glob("*.yaml"))
    }


@pytest.fixture
def brut(definitions: dict[str, Definition]) -> dict[str, Any]:
    """A procedure as its file says it, to take something away from."""
    return definitions[fabrique.VOIRIE].model_dump(mode="json")
