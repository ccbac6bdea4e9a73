"""Pages of the residents' and the agents' sites, as a person uses them."""

from __future__ import annotations

import io
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import Platform
from tests.browser.guard import Guard
from tests.browser.pages_idp import sign_in, sign_in_twice

REPORT = "/demarches/signaler-un-probleme-de-voirie/"


@dataclass(frozen=True)
class Resident:
    """A person of the town who signs up; `suffix` makes each run's address new."""

    first_name: str
    last_name: str
    email: str
    password: str

    @classmethod
    def new(cls, domain: str) -> Resident:
        return cls("Zoé", "Marchand", f"zoe.{secrets.token_hex(4)}@{domain}", f"Lilas-{secrets.token_hex(6)}-9")


@dataclass(frozen=True)
class Receipt:
    """What the confirmation page gives."""

    reference: str
    code: str | None


def sign_up(platform: Platform, page: Page, guard: Guard, resident: Resident) -> None:
    """Sign up from the portal to the page that says the account is made."""
    page.goto(platform.url("portal", "/compte/inscription/"))
    guard.check("inscription")
    page.get_by_label("Prénom").fill(resident.first_name)
    page.get_by_label("Nom", exact=True).fill(resident.last_name)
    page.get_by_label("Adresse e-mail").fill(resident.email)
    page.get_by_role("button", name="Recevoir le lien").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ouvrez votre boîte e-mail")
    guard.check("inscription-envoyee")
    mail = platform.wait_for_mail(resident.email, "choisissez votre mot de passe")
    assert resident.password not in mail
    page.goto(link_in(mail, "/compte/inscription/"))
    guard.check("mot-de-passe")
    page.locator("input[name=mot_de_passe]").fill(resident.password)
    page.locator("input[name=confirmation]").fill(resident.password)
    page.get_by_role("button", name="Créer mon compte").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre compte est créé")
    guard.check("compte-cree")


def resident_signs_in(platform: Platform, page: Page, guard: Guard, login: str, password: str) -> None:
    """Sign in through the identity provider, to « Mes démarches »."""
    page.goto(platform.url("portal", "/connexion/?next=/mes-demarches/"))
    guard.check("connexion")
    sign_in(page, login, password)
    page.wait_for_url(platform.url("portal", "/mes-demarches/"))


def file_report(
    platform: Platform, page: Page, guard: Guard | None, photo: Path | None, email: str | None = None
) -> Receipt:
    """File « Signaler un problème de voirie », one thing a page, to its acknowledgement on screen."""

    def look(name: str) -> None:
        if guard:
            guard.check(name)

    page.goto(platform.url("portal", REPORT))
    look("demarche")
    page.get_by_role("link", name=re.compile("^Commencer")).click()
    look("etape-lieu")
    page.get_by_label("Adresse ou nom du lieu").fill("12 rue des Lilas")
    press_continue(page)
    look("etape-probleme")
    page.get_by_label("Trou ou route abîmée").check()
    press_continue(page)
    look("etape-description")
    page.get_by_label("Décrivez le problème").fill("Un trou d'un mètre devant l'école, depuis lundi.")
    press_continue(page)
    if photo:
        page.locator("input[type=file]").first.set_input_files(photo)
    look("etape-photos")
    press_continue(page)
    look("etape-contact")
    if email:
        page.get_by_label("Adresse e-mail").fill(email)
    press_continue(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Vérifiez vos réponses")
    look("verifier")
    page.get_by_role("button", name="Envoyer ma demande").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre demande est envoyée")
    look("envoyee")
    shown = page.locator("dl.numero dd.reference").all_inner_texts()
    return Receipt(shown[0], shown[1] if len(shown) > 1 else None)


def go_to_agents_sign_in(platform: Platform, page: Page) -> None:
    """Go to the agents' site, and on to the identity provider where its page only offers to."""
    page.goto(platform.url("processing"))
    start = page.get_by_role("link", name="Se connecter")
    if start.count():
        start.first.click()


def agent_signs_in(platform: Platform, page: Page, login: str, secret: str | None, password: str | None = None) -> str:
    """Sign an agent in, enrolling a second factor where none is known, and return its secret.

    `password`: that of the demo accounts unless given.
    """
    go_to_agents_sign_in(platform, page)
    secret = sign_in_twice(page, login, password or platform.demo_password, secret)
    page.wait_for_url(re.compile(re.escape(platform.url("processing", "/"))))
    return secret


def press_continue(page: Page) -> None:
    """The main button of a step."""
    page.get_by_role("button", name="Continuer").click()


def link_in(mail: str, path: str) -> str:
    """The one link of `mail` whose path begins with `path`."""
    found = re.findall(rf"https://\S+{re.escape(path)}\S*", mail)
    assert len(set(found)) == 1, mail
    return str(found[0])


def make_photo(path: Path) -> Path:
    """A real JPEG that carries a GPS position, as telephones write one."""
    image = Image.new("RGB", (1600, 1200), (120, 130, 140))
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (48.0, 43.0, 12.0)}
    exif[0x010F] = "TelephoneSecret"
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", exif=exif)
    path.write_bytes(buffer.getvalue())
    return path
