"""The portal in a real browser: axe-core A and AA on every page, 320 px and wide, by keyboard, without JavaScript.

CAPTURES=folder keeps a picture of each page, to be looked at.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer
from wagtail.models import Locale
from wagtail.models import Page as PageWagtail

from guichet.comptes.models import Usager
from guichet.demandes.models import Demande
from guichet.demarches.models import Demarche
from guichet.editorial.services import creer_pages_initiales
from tests.accessibility import WITH_GOOD_PRACTICE, violations
from tests.guichet import fabrique
from tests.guichet.instruction.test_agents_navigateur import CHROMIUM, charte  # noqa: F401 - a fixture
from tests.guichet.portail import complete
from tests.guichet.portail.test_pages_garde import adresses  # noqa: F401 - a fixture

expect.set_options(timeout=20_000)  # as long as an act may take: other suites run beside
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not os.path.exists(CHROMIUM), reason="Chromium manque : apt-get install chromium"),
]
Ouvrir = Callable[..., Page]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's loop runs in this thread
    with sync_playwright() as outil:
        navigateur = outil.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield navigateur
        navigateur.close()


@pytest.fixture
def serveur(settings: Any, transactional_db: None) -> Iterator[str]:
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False
    fil = LiveServer("localhost")
    yield str(fil.url)
    fil.stop()


@pytest.fixture
def ouvrir(chromium: Browser, charte: dict[str, tuple[str, str]], serveur: str) -> Iterator[Ouvrir]:  # noqa: F811
    contextes = []

    def servir(route: Route) -> None:
        corps, sorte = charte[route.request.url.rsplit("/", 1)[-1]]
        route.fulfill(body=corps, content_type=sorte)

    def page(client: Client | None = None, largeur: int = 1280, **options: Any) -> Page:
        contexte = chromium.new_context(
            viewport={"width": largeur, "height": 800}, base_url=serveur, locale="fr-FR", **options
        )
        contextes.append(contexte)
        contexte.set_default_timeout(30_000)
        if client is not None and "portail_session" in client.cookies:
            cle = client.cookies["portail_session"].value
            contexte.add_cookies([{"name": "portail_session", "value": cle, "url": serveur}])
        contexte.route("**/charte/*", servir)
        return contexte.new_page()

    yield page
    for contexte in contextes:
        contexte.close()


def photographier(page: Page, nom: str, largeur: int) -> None:
    if dossier := os.environ.get("CAPTURES"):
        Path(dossier).mkdir(parents=True, exist_ok=True)
        fichier = nom.replace(":", "-").replace("#", "-").replace("/", "_")
        page.screenshot(path=f"{dossier}/{fichier}-{largeur}.png", full_page=True)


def pages_editoriales() -> None:
    """The town's own pages. A test that empties the tables takes away the root that Wagtail's migrations made."""
    locale, _ = Locale.objects.get_or_create(language_code="fr")
    if not PageWagtail.objects.filter(depth=1).exists():
        PageWagtail.add_root(instance=PageWagtail(title="Root", slug="root", locale=locale))
    creer_pages_initiales()


def test_every_page_is_accessible_and_holds_in_its_width(
    adresses: dict[str, tuple[Client, str]],  # noqa: F811
    ouvrir: Ouvrir,
) -> None:
    pages_editoriales()
    visiteur = Client()
    toutes = {
        **adresses,
        "accueil": (visiteur, "/"),
        **{nom: (visiteur, f"/{nom}/") for nom in ("aide", "accessibilite", "donnees-personnelles")},
        "introuvable": (visiteur, "/jamais/"),
    }
    pages: dict[int, Page] = {}
    ailleurs: list[str] = []
    erreurs: list[str] = []
    fautes: dict[str, Any] = {}
    for nom, (client, adresse) in toutes.items():
        if id(client) not in pages:
            pages[id(client)] = ouvrir(client)
            pages[id(client)].on("request", lambda r: ailleurs.append(r.url) if "localhost" not in r.url else None)
            pages[id(client)].on("pageerror", lambda e: erreurs.append(str(e)))
        page = pages[id(client)]
        page.goto(adresse)
        for largeur in (320, 1280):
            page.set_viewport_size({"width": largeur, "height": 800})
            photographier(page, nom, largeur)
            if trouvees := violations(page, rules=WITH_GOOD_PRACTICE):
                fautes[f"{nom} {largeur}"] = [(v["id"], [n["html"][:200] for n in v["nodes"][:3]]) for v in trouvees]
            if page.evaluate("document.documentElement.scrollWidth") > largeur:
                fautes.setdefault(f"{nom} {largeur}", []).append("déborde en largeur")
    assert not fautes, json.dumps(fautes, ensure_ascii=False, indent=1)[:4000]
    assert not ailleurs
    assert not erreurs


@pytest.mark.parametrize("largeur", [320, 1280])
def test_every_fault_of_a_form_is_accessible(
    largeur: int,
    adresses: dict[str, tuple[Client, str]],  # noqa: F811
    ouvrir: Ouvrir,
) -> None:
    for nom in ("portail:etape#complete-evenement", "portail:element", "portail:completer", "portail:suivi",
                "comptes:inscription", "comptes:supprimer"):  # fmt: skip
        client, adresse = adresses[nom]
        page = ouvrir(client, largeur)
        page.goto(adresse)
        for champ in page.locator("main input:not([type=hidden]):not([type=radio]):not([type=checkbox])").all():
            if champ.get_attribute("type") != "file":
                champ.fill("")
        page.locator("main form .actions button[type=submit]").first.click()
        expect(page.locator("#resume-erreurs")).to_be_focused()
        photographier(page, f"{nom}-erreurs", largeur)
        trouvees = violations(page, rules=WITH_GOOD_PRACTICE)
        assert not trouvees, (nom, json.dumps(trouvees, ensure_ascii=False)[:2000])
        assert page.title().startswith("Erreur : ")
        # Each link of the summary leads to a field that takes focus.
        lien = page.locator("#resume-erreurs a").first
        cible = str(lien.get_attribute("href"))
        lien.click()
        expect(page.locator(cible)).to_be_focused()


@pytest.mark.parametrize("largeur", [320, 1280])
def test_the_whole_form_without_javascript(largeur: int, ouvrir: Ouvrir, transactional_db: None) -> None:
    complete.demarche_complete()
    page = ouvrir(None, largeur, java_script_enabled=False)

    def continuer(nom: str = "Continuer") -> None:
        page.locator(".actions").get_by_role("button", name=nom, exact=True).click()

    page.goto(f"/demarches/{complete.SLUG}/")
    page.get_by_role("link", name="Commencer").click()
    page.get_by_label("Une personne").check()
    continuer()
    for partie, valeur in {"Jour": "1", "Mois": "juin", "Année": "2031", "Nombre de personnes": "20"}.items():
        page.get_by_label(partie, exact=partie in {"Jour", "Mois", "Année"}).fill(valeur)
    continuer()
    for rang, prenom in enumerate(("Lou", "Mia"), 1):
        expect(page.get_by_role("heading", level=1)).to_have_text(f"Enfant {rang}")
        for partie, valeur in {"Prénom": prenom, "Jour": "3", "Mois": "3", "Année": "2019"}.items():
            page.get_by_label(partie, exact=True).fill(valeur)
        page.get_by_label("Non", exact=True).check()
        continuer("Enregistrer et continuer")
        if rang == 1:
            page.get_by_role("button", name="Ajouter un autre enfant").click()
    page.get_by_role("button", name="Retirer Enfant 2").click()
    expect(page.get_by_text("Mia")).to_have_count(0)
    continuer()
    page.get_by_label("Adresse postale").fill("3 rue du Moulin")
    page.get_by_label("Code postal").fill("99 000")
    page.get_by_label("Code postal").press("Enter")  # the form's own button, not another one
    page.get_by_label("Attestation d'assurance").set_input_files(
        {"name": "a.pdf", "mimeType": "application/pdf", "buffer": fabrique.pdf()}
    )
    continuer()
    page.get_by_label("Prénom et nom").fill("Camille Durand")
    page.get_by_label("Adresse e-mail").fill("camille@exemple.fr")
    page.get_by_label("J'ai lu le règlement").check()
    continuer()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vérifiez vos réponses")
    page.get_by_role("button", name="Envoyer ma demande").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre demande est envoyée")
    assert Demande.objects.get().donnees["enfants"][0]["prenom"] == "Lou"


def test_the_end_of_the_session_is_announced_and_put_off(
    ouvrir: Ouvrir,
    demarche: Demarche,
    camille: Usager,
    connecter: Callable[[Client, Usager], Client],
    client: Client,
) -> None:
    page = ouvrir(connecter(client, camille))
    page.clock.install()
    page.goto("/mes-demarches/")
    expect(page.get_by_role("alert")).to_have_count(0)
    page.clock.fast_forward("03:51:00")
    expect(page.get_by_role("alert")).to_contain_text("se termine dans 10 minutes")
    assert not violations(page, rules=WITH_GOOD_PRACTICE)
    page.get_by_role("button", name="Rester connecté").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    page.clock.fast_forward("04:00:01")
    expect(page.get_by_role("alert")).to_contain_text("Votre session est terminée")


def test_printed_pages_are_black_on_white_without_menu(
    ouvrir: Ouvrir,
    adresses: dict[str, tuple[Client, str]],  # noqa: F811
) -> None:
    for nom in ("portail:envoyee", "portail:demande"):
        client, adresse = adresses[nom]
        page = ouvrir(client)
        page.goto(adresse)
        page.emulate_media(media="print")
        for cache in (".entete__nav", ".lien-evitement", "main form", "main .bouton"):
            for element in page.locator(cache).all():
                expect(element).not_to_be_visible()
        expect(page.locator("main .reference").first).to_be_visible()
        couleurs = page.evaluate(
            "[...document.querySelectorAll('main *')].filter(e => e.getClientRects().length && e.innerText)"
            ".map(e => getComputedStyle(e).color)"
        )
        assert set(couleurs) == {"rgb(0, 0, 0)"}, set(couleurs)
