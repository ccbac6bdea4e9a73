"""Pages of the identity provider and of the FranceConnect stand-in, as a person uses them."""

from __future__ import annotations

import time
from dataclasses import dataclass

import pyotp
from playwright.sync_api import Page, expect

TOTP_SECONDS = 30
_spent: dict[str, str] = {}
"""Last code given for each key: a code serves once."""


@dataclass(frozen=True)
class Identity:
    """Who a person claims to be at the stand-in of FranceConnect."""

    sub: str
    given_name: str
    family_name: str
    email: str


def sign_in(page: Page, login: str, password: str) -> None:
    """Fill in the sign-in form, whether it stands alone or beside FranceConnect."""
    form = page.locator("form#connexion")
    form.get_by_label("Adresse e-mail ou identifiant").fill(login)
    form.get_by_label("Mot de passe").fill(password)
    form.get_by_role("button", name="Se connecter").click()


def enrol_totp(page: Page) -> str:
    """Add an application of codes, from the page that asks for a second factor; return its secret (base 32).

    The code used here is spent: a sign-in that follows must take the next one (`enter_totp` does).
    """
    if page.locator("form#totp-ajout").count() == 0:
        page.get_by_role("link", name="Application de codes").click()
    key = page.locator("#secret")
    expect(key).not_to_be_empty()
    secret = key.inner_text().replace(" ", "")
    _spent[secret] = pyotp.TOTP(secret).now()
    page.get_by_label("Code à six chiffres").fill(_spent[secret])
    page.get_by_role("button", name="Vérifier et terminer").click()
    return secret


def enter_totp(page: Page, secret: str) -> None:
    """Give the code of the moment; never in the last seconds of its life, nor one that has served."""
    remaining = TOTP_SECONDS - time.time() % TOTP_SECONDS
    if remaining < 3 or pyotp.TOTP(secret).now() == _spent.get(secret):
        time.sleep(remaining + 0.1)
    _spent[secret] = pyotp.TOTP(secret).now()
    page.get_by_label("Code à six chiffres").fill(_spent[secret])
    page.get_by_role("button", name="Continuer").click()


def sign_in_twice(page: Page, login: str, password: str, secret: str | None) -> str:
    """Give a password, then a second factor, enrolling one where none is known; return its secret.

    What was kept of a stack that has been made again since is of no use: the page then offers to enrol.
    """
    sign_in(page, login, password)
    offer = page.get_by_role("link", name="Application de codes").or_(page.locator("form#totp-ajout"))
    code = page.get_by_label("Code à six chiffres")
    expect(offer.or_(code).first).to_be_visible()
    if offer.count():
        secret = enrol_totp(page)
        expect(page.locator("form#totp-ajout")).to_have_count(0)
        page.wait_for_load_state()
        if code.count():
            enter_totp(page, secret)
    else:
        assert secret is not None, f"{login} a déjà un second facteur, que les tests ne connaissent pas"
        enter_totp(page, secret)
    return secret


def choose_franceconnect(page: Page, identity: Identity) -> None:
    """Take FranceConnect on the sign-in page and claim an identity there."""
    page.get_by_role("button", name="S'identifier avec FranceConnect").click()
    page.get_by_label("Prénoms").fill(identity.given_name)
    page.get_by_label("Nom de naissance").fill(identity.family_name)
    page.get_by_label("Adresse e-mail").fill(identity.email)
    page.get_by_label("Identifiant technique").fill(identity.sub)
    page.get_by_role("button", name="Continuer avec cette identité").click()


def ask_new_password(page: Page, email: str) -> None:
    """From the sign-in page, ask for the mail that lets one choose a new password."""
    page.get_by_role("link", name="Mot de passe oublié").click()
    page.get_by_label("Adresse e-mail").fill(email)
    page.get_by_role("button", name="Recevoir le lien").click()


def choose_new_password(page: Page, password: str) -> None:
    """On the page that the mailed link opens."""
    page.get_by_label("Nouveau mot de passe").fill(password)
    page.get_by_label("Le même mot de passe, une seconde fois").fill(password)
    page.get_by_role("button", name="Enregistrer le mot de passe").click()
