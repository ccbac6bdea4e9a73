"""Pages of the consultation, as the team and residents use them."""

from __future__ import annotations

import datetime
import re
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from tests.browser.conftest import Platform
from tests.browser.pages_idp import sign_in_twice

PARIS = ZoneInfo("Europe/Paris")


def member_signs_in(platform: Platform, page: Page, login: str, secret: str | None) -> str:
    """Sign a member of the team in, to « À faire »; enrol a second factor where none is known. Return its secret."""
    page.goto(platform.url("consultation", "/equipe/"))
    secret = sign_in_twice(page, login, platform.demo_password, secret)
    page.wait_for_url(platform.url("consultation", "/equipe/"))
    return secret


def fill_in(page: Page, fields: dict[str, str], button: str) -> None:
    """Fill in the fields of those labels, then press."""
    for label, text in fields.items():
        page.get_by_label(label, exact=False).first.fill(text)
    page.get_by_role("button", name=button, exact=True).click()


def create_dossier(page: Page, title: str) -> str:
    """Create a consultation under L.131-1, with all that its announcement asks for; return its identifier."""
    page.goto(re.sub(r"/equipe/.*", "/equipe/dossiers/nouveau/", page.url))
    page.get_by_label("Consultation du public sur un projet").check()
    fill_in(
        page,
        {"Titre": title, "Événement de vie": "Une rentrée", "Sur quoi porte-t-elle": "Simplifier l'inscription."},
        "Créer le dossier",
    )
    page.wait_for_url(re.compile(r"/equipe/dossiers/(?!nouveau)[\w-]+/"))
    found = re.search(r"/equipe/dossiers/([\w-]+)/", page.url)
    assert found
    return found[1]


def announce(page: Page, here: str) -> None:
    """Say who is consulted and when, publish the modalities, announce."""
    page.goto(f"{here}modifier/public/")
    fill_in(
        page,
        {
            "Qui est consulté": "Les familles",
            "Pourquoi ces personnes": "Elles font la démarche",
            "La question que vous posez": "Qu'est-ce qui a été difficile ?",
            "Ce qui empêche une personne": "Trois avis par appareil",
            "Pourquoi cela suffit": "Une famille partage un appareil",
        },
        "Enregistrer",
    )
    page.get_by_role("link", name="Fixer les dates").click()
    now = datetime.datetime.now(PARIS)
    fill_in(
        page,
        {
            "La participation ouvre": f"{now - datetime.timedelta(minutes=2):%Y-%m-%dT%H:%M}",
            "La participation ferme": f"{now + datetime.timedelta(days=30):%Y-%m-%dT%H:%M}",
        },
        "Enregistrer",
    )
    page.get_by_role("link", name="Publier : modalités").first.click()
    page.get_by_role("button", name="Publier", exact=True).click()
    page.get_by_role("link", name="Annoncer la consultation").click()
    page.get_by_role("button", name="Annoncer la consultation").click()
    page.get_by_role("link", name="Remplir la fiche").click()
    page.get_by_role("button", name="Enregistrer la fiche").click()


def approve_sheet(page: Page, here: str) -> None:
    """As the data-protection officer."""
    page.goto(f"{here}donnees/approuver/")
    page.get_by_role("button", name="Approuver").click()
    expect(page.get_by_role("status").first).to_contain_text("La fiche est approuvée")


def open_participation(page: Page, here: str) -> None:
    """Publish the information, then open."""
    page.goto(here)
    page.get_by_role("link", name="Publier : information sur le projet").first.click()
    fill_in(page, {"Titre": "Le parcours actuel", "Texte": "Douze pièces, trois guichets."}, "Publier")
    page.get_by_role("link", name="Ouvrir la participation").click()
    page.get_by_role("button", name="Ouvrir la participation").click()
    expect(page.get_by_role("status").first).to_contain_text("ouvert à la participation")


def give_opinion(page: Page, text: str) -> None:
    """From the public page of a consultation, as a resident without an account."""
    page.get_by_role("link", name="Donner mon avis").first.click()
    page.get_by_label("Qu'est-ce qui a été difficile").fill(text)
    page.get_by_role("button", name="Envoyer mon avis").click()
    expect(page.locator("main")).to_contain_text("Votre avis porte le numéro")
