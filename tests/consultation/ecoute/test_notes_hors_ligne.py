"""Notes of a table on a phone, network really cut: they survive a reload, leave once, and say what happens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect

from consultation.ecoute.ateliers.models import Note
from consultation.ecoute.equipe.models import Membre
from tests.consultation.ecoute import fabrique
from tests.consultation.ecoute.navigateur import chromium, sans_chromium, verifier
from tests.consultation.ecoute.reseau import Reseau, reseau

__all__ = ["chromium"]
pytestmark = [pytest.mark.django_db(transaction=True), sans_chromium]
ATTENTE_MS = 40_000  # the script tries again every fifteen seconds


def telephone(chromium: Browser, relais: Reseau, client: Client) -> BrowserContext:
    """A phone of the team, signed in, behind the relay."""
    adresse = f"http://127.0.0.1:{relais.port}"
    contexte = chromium.new_context(viewport={"width": 320, "height": 700}, base_url=adresse, locale="fr-FR")
    contexte.add_cookies([{"name": "ecoute_session", "value": client.cookies["ecoute_session"].value, "url": adresse}])
    return contexte


def noter(page: Page, texte: str) -> None:
    page.get_by_label("Ce qui est dit").fill(texte)
    page.get_by_role("button", name="Noter").click()


def textes() -> list[str]:
    return list(Note.objects.order_by("pk").values_list("texte", flat=True))


def test_notes_typed_without_network_survive_a_reload_and_leave_once(
    live_server: Any, chromium: Browser, responsable: Membre, dpo: Membre, connecte: Callable[[Membre], Client]
) -> None:
    atelier = fabrique.atelier(responsable, fabrique.ouvert(responsable, dpo), dans_j=-0.01)
    with reseau(live_server.url) as relais:
        contexte = telephone(chromium, relais, connecte(responsable))
        page = contexte.new_page()
        page.goto(f"/equipe/ateliers/{atelier.pk}/table/1/")
        expect(page.locator("form[data-hors-ligne=pret]")).to_be_visible(timeout=ATTENTE_MS)
        noter(page, "Dite avec le réseau")
        expect(page.locator("#etat-notes")).to_have_text("Tout est enregistré.")
        relais.couper()
        noter(page, "Dite sans le réseau")
        noter(page, "Une deuxième")
        expect(page.locator("#etat-notes")).to_contain_text("Pas de réseau. 2 notes sont gardées sur ce téléphone")
        page.get_by_label("Ce qui est dit").press_sequentially("Un brouillon")
        page.reload()
        expect(page.get_by_role("heading", level=1)).to_have_text("Notes de la table 1")
        expect(page.locator("#notes-attente li")).to_have_count(2)
        expect(page.locator("#notes-attente")).to_contain_text("Dite sans le réseau")
        expect(page.get_by_label("Ce qui est dit")).to_have_value("Un brouillon")
        verifier(page, 320, "notes hors ligne")
        assert textes() == ["Dite avec le réseau"]
        relais.rendre()
        expect(page.locator("#etat-notes")).to_have_text("Tout est enregistré.", timeout=ATTENTE_MS)
        expect(page.locator("#notes-prises li")).to_have_count(3)
        expect(page.locator("#notes-attente li")).to_have_count(0)
        page.reload()
        expect(page.locator("#etat-notes")).to_have_text("Tout est enregistré.")
        contexte.close()
    assert textes() == ["Dite avec le réseau", "Dite sans le réseau", "Une deuxième"]


def test_a_note_whose_answer_was_lost_is_not_doubled(
    live_server: Any, chromium: Browser, responsable: Membre, dpo: Membre, connecte: Callable[[Membre], Client]
) -> None:
    atelier = fabrique.atelier(responsable, fabrique.ouvert(responsable, dpo), dans_j=-0.01)
    with reseau(live_server.url) as relais:
        contexte = telephone(chromium, relais, connecte(responsable))
        page = contexte.new_page()
        page.goto(f"/equipe/ateliers/{atelier.pk}/table/1/")
        expect(page.locator("#etat-notes")).to_have_text("Tout est enregistré.")
        relais.couper_a_la_reponse()
        noter(page, "Reçue, mais le téléphone ne le sait pas")
        expect(page.locator("#etat-notes")).to_contain_text("Pas de réseau. 1 note est gardée")
        assert len(textes()) == 1
        relais.rendre()
        expect(page.locator("#etat-notes")).to_have_text("Tout est enregistré.", timeout=ATTENTE_MS)
        contexte.close()
    assert textes() == ["Reçue, mais le téléphone ne le sait pas"]


def test_two_phones_at_one_table_and_a_session_that_ends(
    live_server: Any, chromium: Browser, responsable: Membre, dpo: Membre, accueil: Membre,
    connecte: Callable[[Membre], Client],
) -> None:  # fmt: skip
    atelier = fabrique.atelier(responsable, fabrique.ouvert(responsable, dpo), dans_j=-0.01)
    ici = f"/equipe/ateliers/{atelier.pk}/table/1/"
    with reseau(live_server.url) as relais:
        un, deux = (telephone(chromium, relais, connecte(qui)) for qui in (responsable, accueil))
        premiere, seconde = un.new_page(), deux.new_page()
        premiere.goto(ici)
        seconde.goto(ici)
        noter(premiere, "Note de Camille")
        expect(premiere.locator("#etat-notes")).to_have_text("Tout est enregistré.")
        noter(seconde, "Note d'Alex")
        expect(seconde.locator("#autres-notes")).to_contain_text("Camille Durand note aussi à cette table")
        expect(seconde.locator("#notes-prises")).to_contain_text("notée par Camille Durand")
        assert textes() == ["Note de Camille", "Note d'Alex"]
        Session.objects.all().delete()
        noter(seconde, "Après la fin de la session")
        expect(seconde.locator("#etat-notes")).to_contain_text("Votre session est finie. 1 note est gardée")
        cle = connecte(accueil).cookies["ecoute_session"].value  # signed in again, in another tab
        adresse = f"http://127.0.0.1:{relais.port}"
        deux.add_cookies([{"name": "ecoute_session", "value": cle, "url": adresse},
                          {"name": "ecoute_csrf", "value": "a" * 32, "url": adresse}])  # fmt: skip
        expect(seconde.locator("#etat-notes")).to_have_text("Tout est enregistré.", timeout=ATTENTE_MS)
        for contexte in (un, deux):
            contexte.close()
    assert textes() == ["Note de Camille", "Note d'Alex", "Après la fin de la session"]
