"""An agent sees whose identity FranceConnect verified, and only whose."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client

from guichet.comptes.models import IdentiteVerifiee, Usager
from guichet.demarches.models import Demarche
from guichet.instruction.models import Agent
from tests.guichet.instruction import fabriques


@pytest.mark.parametrize("verifiee", [True, False])
def test_the_page_of_a_request_says_whether_it_is_verified(
    client: Client, voirie: Demarche, alice: Agent, verifiee: bool
) -> None:
    demande = fabriques.deposer(voirie)
    usager = Usager.objects.create(issuer="x", source="franceconnect" if verifiee else "annuaire", sub="un")
    demande.usager = usager
    demande.save()
    if verifiee:
        avant, depuis = datetime(2026, 1, 5, 12, tzinfo=UTC), datetime(2026, 6, 8, 12, tzinfo=UTC)
        dits = {"usager": usager, "prenoms": "Jeanne", "nom": "EXEMPLE", "naissance": "1985-04-17"}
        IdentiteVerifiee.objects.create(**dits, recue_le=avant, remplacee_le=depuis)
        IdentiteVerifiee.objects.create(**dits, nom_usage="MARTIN", recue_le=depuis)
    client.force_login(alice, backend="guichet.identite.backend.AnnuaireBackend")
    page = client.get(f"/demandes/{demande.reference}/").content.decode().replace("\u00a0", " ")
    said = "Identité vérifiée par FranceConnect : Jeanne EXEMPLE, nom d’usage MARTIN, naissance : 17 avril 1985."
    assert (said in page) is verifiee
    assert ("Jusqu’au 8 juin 2026 : Jeanne EXEMPLE." in page) is verifiee
