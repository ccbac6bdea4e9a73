"""The agents' pages in a real browser: axe-core A and AA, 320 px and wide, by keyboard, without JavaScript."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer
from yaml import safe_load

from guichet.demandes import services
from guichet.demandes.droits import Demandeur
from guichet.demandes.models import Demande
from guichet.instruction.models import Agent
from socle.charte.feuille import feuille
from tests.accessibility import WITH_GOOD_PRACTICE, violations
from tests.garde_pages import REPETEE
from tests.guichet import actes as agir
from tests.guichet.instruction import fabriques

RACINE = Path(__file__).resolve().parents[3]
CHROMIUM = "/usr/bin/chromium"

expect.set_options(timeout=20_000)  # as long as an act may take: other suites run beside
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not os.path.exists(CHROMIUM), reason="Chromium manque : apt-get install chromium"),
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's loop runs in this thread
    with sync_playwright() as outil:
        navigateur = outil.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield navigateur
        navigateur.close()


@pytest.fixture(scope="module")
def charte() -> dict[str, tuple[str, str]]:
    """What the proxy serves beside the pages: the charter of the local site."""
    jetons = safe_load((RACINE / "stacks/local/charte/charte.yaml").read_text())
    return {
        "charte.css": (feuille(jetons), "text/css"),
        "logo.svg": ((RACINE / "stacks/local/charte/logo.svg").read_text(), "image/svg+xml"),
    }


@pytest.fixture
def vecue(demande: Demande, alice: Agent, chloe: Agent) -> Demande:
    """A request with photos, notes, a question and its answer; others around it."""
    fabriques.peupler(40, [demande.demarche], [alice, chloe], recentes=0.9)
    fabriques.photo(demande)
    agir.prendre_en_charge(demande, alice)
    agir.noter(demande, chloe, "L’équipe passe jeudi.")
    agir.demander_complement(demande, alice, "Quel numéro ?")
    par = Demandeur(ouvertes_par_code=frozenset({demande.pk}))
    services.ecrire_usager(demande, "Le 12, je joins une photo.", par=par)
    return demande


@pytest.fixture
def serveur(settings: Any, transactional_db: None) -> Iterator[str]:
    """A server made after the settings of the agents' site; pytest-django's own begins before them."""
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False
    fil = LiveServer("localhost")
    yield str(fil.url)
    fil.stop()


@pytest.fixture
def ouvrir(
    *,
    chromium: Browser,
    charte: dict[str, tuple[str, str]],
    serveur: str,
    alice: Agent,
    connecte: Callable[[Agent], Client],
) -> Iterator[Callable[..., Page]]:
    racine = serveur
    cle = connecte(alice).cookies["agents_session"].value
    contextes = []

    def servir(route: Route) -> None:
        corps, sorte = charte[route.request.url.rsplit("/", 1)[-1]]
        route.fulfill(body=corps, content_type=sorte)

    def ouvrir_page(adresse: str, largeur: int = 1280, **options: bool) -> Page:
        contexte = chromium.new_context(
            viewport={"width": largeur, "height": 800}, base_url=racine, locale="fr-FR", **options
        )
        contextes.append(contexte)
        contexte.set_default_timeout(20_000)
        contexte.add_cookies([{"name": "agents_session", "value": cle, "url": racine}])
        contexte.route("**/charte/*", servir)
        page = contexte.new_page()
        page.goto(adresse)
        return page

    yield ouvrir_page
    for contexte in contextes:
        contexte.close()


def photographier(page: Page, nom: str, largeur: int) -> None:
    """CAPTURES=folder keeps a picture of the page, to be looked at."""
    if dossier := os.environ.get("CAPTURES"):
        Path(dossier).mkdir(parents=True, exist_ok=True)
        fichier = re.sub(r"[^a-z0-9]+", "-", nom.lower()).strip("-")[:60]
        page.screenshot(path=f"{dossier}/{fichier}-{largeur}.png", full_page=True)


@pytest.mark.parametrize("largeur", [320, 390, 1280])
def test_pages_are_accessible_and_hold_in_their_width(
    largeur: int, vecue: Demande, alice: Agent, ouvrir: Callable[..., Page]
) -> None:
    ici = f"/demandes/{vecue.reference}/"
    papier = fabriques.deposer(vecue.demarche, courriel="")
    Demande.objects.filter(pk=papier.pk).update(canal_reponse="courrier", adresse_postale="12 rue des Lilas")
    agir.repondre(papier, alice, "C’est réparé.")
    transmise = fabriques.deposer(vecue.demarche)
    fabriques.service("etat-civil", "État civil")
    services.executer(transmise, alice, "transferer_service", services.Saisie(service="etat-civil"))
    refusee = fabriques.deposer(vecue.demarche)
    motif = "La demande est arrivée trop tard"
    services.executer(refusee, alice, "refuser", services.Saisie(texte="Le délai est passé.", motif=motif))
    page = ouvrir("about:blank", largeur)
    ailleurs: list[str] = []
    erreurs: list[str] = []
    page.on("request", lambda r: ailleurs.append(r.url) if "localhost" not in r.url else None)
    page.on("pageerror", lambda e: erreurs.append(str(e)))
    titres = set()
    for adresse in (
        "/",
        "/demandes/",
        "/demandes/?q=lilas&demarche=signaler-voirie",
        "/demandes/?q=zzzz",
        ici,
        f"{ici}repondre/",
        f"{ici}clore/",
        f"{ici}noter/",
        f"{ici}accepter/",
        f"{ici}refuser/",
        f"{ici}demander-complement/",
        f"{ici}transferer-service/",
        f"{ici}transferer-autorite/",
        "/lettres/",
        f"/demandes/{transmise.reference}/transmission/faite/",
        f"/demandes/{refusee.reference}/",
        f"/demandes/{refusee.reference}/decision/retirer/",
        "/demandes/retards/",
        "/demandes/?demarche=signaler-voirie&etat=recue&ordre=echeance&par=50",
        "/saisie/",
        "/saisie/signaler-voirie/",
        "/renseigner/",
        "/renseigner/?q=durand",
        "/renseigner/?q=Camille+Durand",
        f"{ici}collegue/confier/",
        f"{ici}?montrer=toutes",
        "/demandes/?montrer=toutes&ordre=usager&agent=_moi&du=2026-01-01",
        "/demandes/vues/nouvelle/?montrer=moi",
        "/demandes/export/?demarche=signaler-voirie",
        "/raccourcis/",
        "/demandes/2026-AAAA-CCCC/",
    ):
        page.goto(adresse)
        assert not REPETEE.search(page.inner_text("body")), adresse
        photographier(page, f"agents {adresse}", largeur)
        trouvees = violations(page, rules=WITH_GOOD_PRACTICE)
        assert not trouvees, f"{adresse} à {largeur} px : {json.dumps(trouvees, ensure_ascii=False)[:2000]}"
        assert page.evaluate("document.documentElement.scrollWidth") <= largeur, adresse
        assert page.locator("h1").count() == 1
        assert page.locator("html").get_attribute("lang") == "fr"
        titres.add(page.title())
    assert len(titres) >= 7
    assert not ailleurs
    assert not erreurs


@pytest.mark.parametrize("largeur", [1024, 1280])
def test_who_is_in_charge_is_read_whole_in_the_dense_list(
    largeur: int, demande: Demande, alice: Agent, ouvrir: Callable[..., Page]
) -> None:
    marie = fabriques.agent("marie", "Marie-Christine Dupont-Lefebvre", "agents", "service-voirie")
    autres = [fabriques.deposer(demande.demarche) for _ in range(2)]
    agir.demander_complement(demande, marie, "De quel côté ?")
    agir.prendre_en_charge(autres[0], marie)
    agir.demander_complement(autres[1], alice, "Où ?")
    page = ouvrir("/demandes/", largeur)
    coupes = page.eval_on_selector_all(
        "td.demande__qui, td.demande__qui *, td.demande__recue, td.demande__echeance",
        "cases => cases.filter(c => c.scrollWidth > c.clientWidth + 1 && getComputedStyle(c).display !== 'inline')"
        ".map(c => c.textContent)",
    )
    assert coupes == []
    expect(page.get_by_text("en charge : Marie-Christine Dupont-Lefebvre")).to_be_visible()
    hauteurs = page.eval_on_selector_all("tr.demande", "rangs => rangs.map(r => r.offsetHeight)")
    assert min(hauteurs) <= 50  # still dense: only a long name makes its row grow
    photographier(page, "liste dense", largeur)


def test_an_agent_answers_by_keyboard_alone(vecue: Demande, ouvrir: Callable[..., Page]) -> None:
    page = ouvrir(f"/demandes/{vecue.reference}/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Aller au contenu")
    page.get_by_role("link", name="Répondre").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/repondre/")
    page.get_by_label("Votre réponse").focus()
    page.keyboard.type("L’équipe est passée ce matin.")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_attribute("name", "documents")
    page.keyboard.press("Tab")  # the mail's preview
    expect(page.locator(":focus")).to_contain_text("Lire l’e-mail")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/demandes/{vecue.reference}/")
    expect(page.get_by_role("status").first).to_contain_text("Votre réponse est envoyée.")
    expect(page.locator(".fil")).to_contain_text("L’équipe est passée ce matin.")


def test_everything_works_without_javascript(vecue: Demande, ouvrir: Callable[..., Page]) -> None:
    page = ouvrir("/", 320, java_script_enabled=False)
    page.locator(".a-faire").get_by_role("link").first.click()
    page.get_by_text("Autres actions").click()
    page.get_by_role("link", name="Clore la demande").click()
    page.get_by_role("button", name="Clore la demande").click()
    expect(page.get_by_role("status").first).to_contain_text("La demande est close.")
    page.get_by_role("link", name="Demandes", exact=True).click()
    page.get_by_label("Chercher un nom").fill(vecue.nom)
    page.get_by_role("button", name="Chercher").click()
    page.get_by_role("link", name="closes comprises").click()
    expect(page.locator(".demandes")).to_contain_text(vecue.reference)


def test_the_list_by_keyboard_shortcuts(vecue: Demande, ouvrir: Callable[..., Page]) -> None:
    page = ouvrir("/demandes/")
    page.keyboard.press("/")
    expect(page.get_by_label("Chercher un nom")).to_be_focused()
    page.keyboard.type("j?x")  # letters typed in a field are letters
    expect(page.get_by_label("Chercher un nom")).to_have_value("j?x")
    page.get_by_label("Chercher un nom").fill("")
    page.locator("h1").click()
    page.keyboard.press("j")
    liens = page.locator("[data-ligne]")
    expect(liens.nth(0)).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    expect(liens.nth(2)).to_be_focused()
    page.keyboard.press("k")
    expect(liens.nth(1)).to_be_focused()
    page.keyboard.press("x")
    expect(page.locator("[data-compte]")).to_have_text("1 demande choisie")
    page.keyboard.press("?")
    aide = page.get_by_role("dialog", name="Raccourcis clavier")
    expect(aide).to_be_visible()
    page.keyboard.press("Escape")
    expect(aide).not_to_be_visible()
    liens.nth(1).focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/demandes/2026-[^/]+/\?"))


def test_several_requests_by_keyboard_alone(vecue: Demande, ouvrir: Callable[..., Page]) -> None:
    page = ouvrir("/demandes/?montrer=a-prendre")
    cases = page.locator("input[name=reference]")
    for rang in (0, 1):
        cases.nth(rang).focus()
        page.keyboard.press("Space")
    page.get_by_role("button", name="Agir sur les demandes cochées").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Ajouter une note interne").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_label("Votre note").focus()
    page.keyboard.type("Vu en réunion.")
    page.get_by_role("button", name="Ajouter la note").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("C’est fait pour 2 demandes.")


def test_a_colleague_who_comes_is_said_without_reloading(
    vecue: Demande, chloe: Agent, connecte: Callable[[Agent], Client], ouvrir: Callable[..., Page]
) -> None:
    page = ouvrir(f"/demandes/{vecue.reference}/")
    expect(page.locator("[data-presence]")).to_have_text("")
    connecte(chloe).post(f"/demandes/{vecue.reference}/lecteurs/presence/")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # as when one comes back to the tab
    expect(page.locator("[data-presence]")).to_have_text("Chloé Bernard lit aussi cette demande.")


def test_a_letter_is_a_button_of_the_request(vecue: Demande, alice: Agent, ouvrir: Callable[..., Page]) -> None:
    page = ouvrir(f"/demandes/{vecue.reference}/")
    page.keyboard.press("r")
    page.wait_for_url("**/repondre/")
    page.get_by_label("Votre réponse").fill("")
    page.keyboard.type("arc")  # typed in a field, letters write
    expect(page.get_by_label("Votre réponse")).to_have_value("arc")
    Agent.objects.filter(pk=alice.pk).update(raccourcis=False)
    page.goto(f"/demandes/{vecue.reference}/")
    page.keyboard.press("r")
    page.wait_for_timeout(300)
    assert page.url.endswith(f"/demandes/{vecue.reference}/")


@pytest.mark.parametrize("largeur", [320, 1280])
def test_typing_a_request_in_and_acting_on_several_hold_and_are_accessible(
    largeur: int, vecue: Demande, ouvrir: Callable[..., Page]
) -> None:
    page = ouvrir("/saisie/signaler-voirie/", largeur)

    def verifier(nom: str) -> None:
        trouvees = violations(page, rules=WITH_GOOD_PRACTICE)
        assert not trouvees, f"{nom} : {json.dumps(trouvees, ensure_ascii=False)[:2000]}"
        assert page.evaluate("document.documentElement.scrollWidth") <= largeur, nom
        assert page.locator("h1").count() == 1

    page.get_by_role("button", name="Continuer").click()
    verifier("départ, erreur")
    expect(page.locator("#resume-erreurs")).to_be_focused()
    page.get_by_text("Au téléphone").click()
    page.get_by_role("button", name="Continuer").click()
    verifier("questions")
    page.get_by_label("Lieu", exact=True).fill("3 rue Basse")
    page.get_by_text("Éclairage").click()
    page.get_by_label("Description").fill("Lampadaire en panne")
    page.get_by_label("Nom", exact=True).fill("Jean Petit")
    page.get_by_label("E-mail").fill("jean@exemple.fr")
    page.get_by_role("button", name="Continuer").click()
    verifier("vérification")
    page.get_by_role("button", name="Enregistrer la demande").click()
    verifier("enregistrée")
    page.goto("/demandes/?montrer=a-prendre")
    page.locator("input[name=reference]").nth(0).check()
    verifier("liste cochée")
    page.get_by_role("button", name="Agir sur les demandes cochées").click()
    verifier("lot, choix")
    page.get_by_text("Clore la demande").click()
    page.get_by_role("button", name="Continuer").click()
    verifier("lot, confirmation")
    page.get_by_role("button", name="Clore la demande").click()
    verifier("lot, fait")
