"""Alone on a laptop: no link leaves that nobody else can open; passwords and labels as a real tool has them."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client

from consultation.ecoute.ateliers import services
from consultation.ecoute.ateliers.models import Atelier, Participant
from consultation.ecoute.ateliers.services import AtelierRefuse
from consultation.ecoute.ateliers.views.deroule import prenoms
from consultation.ecoute.cadre import pages
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.equipe.models import Membre
from tests.consultation.ecoute import fabrique

pytestmark = pytest.mark.django_db


@pytest.fixture
def atelier(ouvert: Dossier, responsable: Membre) -> Atelier:
    prevu = fabrique.atelier(responsable, ouvert)
    services.ajouter(responsable, prevu, [Participant(nom="Léa Martin", courriel="lea@exemple.test")])
    return prevu


def test_no_invitation_leaves_with_a_dead_link(
    atelier: Atelier, responsable: Membre, connecte: Callable[[Membre], Client], settings: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    settings.ECOUTE_ADRESSE_LOCALE = True
    for geste in (services.inviter, services.relancer):
        with django_capture_on_commit_callbacks(execute=True), pytest.raises(AtelierRefuse, match="--url"):
            geste(responsable, atelier)
    assert not mail.outbox
    assert "ne s'ouvre que sur cette machine" in html.unescape(connecte(responsable).get("/equipe/").content.decode())
    settings.ECOUTE_ADRESSE_LOCALE = False
    assert services.inviter(responsable, atelier) == (1, 0)


@pytest.mark.parametrize("locale", [True, False])
def test_papers_carry_a_code_only_if_it_opens_something(
    atelier: Atelier, responsable: Membre, connecte: Callable[[Membre], Client], settings: Any,
    monkeypatch: pytest.MonkeyPatch, locale: bool,
) -> None:  # fmt: skip
    settings.ECOUTE_ADRESSE_LOCALE = locale
    vus: list[str] = []
    monkeypatch.setattr(pages.documents, "pdf", lambda texte, *_: vus.append(str(texte)) or b"%PDF")
    client = connecte(responsable)
    for adresse in (
        f"/equipe/ateliers/{atelier.pk}/lettres.pdf", f"/equipe/ateliers/{atelier.pk}/materiel.pdf",
        f"/equipe/dossiers/{atelier.dossier.slug}/avis/bulletins.pdf",
    ):  # fmt: skip
        assert client.get(adresse).status_code == 200
    assert len(vus) == 3
    for papier in vus:
        assert ('class="qr"' in papier) is not locale
        assert (settings.URL_PUBLIQUE in papier) is (not locale and settings.URL_PUBLIQUE in papier)
        assert not locale or settings.URL_PUBLIQUE not in papier


@pytest.mark.parametrize(
    "mot", ["azerty123456", "Azertyuiop2026!", "motdepasse12345", "qwertyuiop123", "aaaabbbb1111", "123456789012"]
)
def test_a_password_that_anybody_tries_is_refused(db: None, mot: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(mot)


@pytest.mark.parametrize("mot", ["trois mots sans rapport", "girafe-tracteur-9", "Le vélo de mamie roule"])
def test_three_words_are_taken(db: None, mot: str) -> None:
    validate_password(mot)


def test_labels_say_first_names_and_an_initial_where_two_share_one() -> None:
    assert prenoms(["Léa Martin", "Noé Petit", "léa Durand", "Awa"]) == ["Léa M.", "Noé", "léa D.", "Awa"]
