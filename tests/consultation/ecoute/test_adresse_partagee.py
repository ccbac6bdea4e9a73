"""A school behind one address: each purpose has its own count, and its own words."""

from __future__ import annotations

import html

import pytest
from django.test import Client

from consultation.ecoute.contributions import services
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.equipe.models import Membre
from tests.consultation.ecoute import fabrique

pytestmark = pytest.mark.django_db


def test_opinions_do_not_shut_out_a_workshop(
    ouvert: Dossier, responsable: Membre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "DEPOTS_PAR_HEURE", 2)
    atelier = fabrique.atelier(responsable, ouvert, capacite=9)
    for texte in ("Un", "Deux", "Trois"):
        page = Client().post(f"/consultations/{ouvert.slug}/donner-mon-avis/", {"texte": texte})
    assert page.status_code == 422
    adresse = f"/ateliers/{atelier.pk}/inscription/"
    for n in range(2):
        assert Client().post(adresse, {"nom": "Ana Sow", "courriel": f"a{n}@exemple.test"}).status_code == 302
    refus = html.unescape(Client().post(adresse, {"nom": "Bob", "courriel": "b@exemple.test"}).content.decode())
    assert "inscriptions à un atelier" in refus
    assert "Votre texte" not in refus


def test_a_class_of_a_hundred_may_speak_from_one_address() -> None:
    assert services.DEPOTS_PAR_HEURE >= 100
