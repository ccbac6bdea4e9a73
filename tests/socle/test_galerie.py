"""The gallery holds every component, follows the rules of every page and passes axe, on a phone too."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from django.test import RequestFactory
from playwright.sync_api import Route, sync_playwright
from yaml import safe_load

from socle.charte.feuille import feuille
from socle.composants.galerie import galerie
from tests.accessibility import WITH_GOOD_PRACTICE, violations
from tests.garde_pages import garder

RACINE = Path(__file__).resolve().parents[2]
GABARITS = RACINE / "socle" / "composants" / "templates"
CHROMIUM = "/usr/bin/chromium"


def page() -> str:
    return galerie(RequestFactory().get("/galerie/")).content.decode()


def test_the_gallery_follows_the_rules_of_every_page() -> None:
    garder(page(), "galerie")


def test_the_gallery_shows_every_component() -> None:
    ecrit = (GABARITS / "composants" / "galerie.html").read_text() + (GABARITS / "composants" / "page.html").read_text()
    par_champ = {"champ.html", "choix.html"}  # drawn by forms
    for composant in (GABARITS / "components").glob("*.html"):
        assert composant.name in par_champ or f"components/{composant.name}" in ecrit, composant.name


def test_help_and_labels_are_escaped() -> None:
    from socle.composants.galerie import Galerie

    formulaire = Galerie()
    formulaire.fields["texte"].help_text = "<script>alert(1)</script>"
    formulaire.fields["texte"].label = "<b>Nom</b>"
    dessine = str(formulaire["texte"].as_field_group())
    assert "<script>" not in dessine
    assert "<b>" not in dessine


@pytest.mark.skipif(not os.path.exists(CHROMIUM), reason="Chromium manque : apt-get install chromium")
@pytest.mark.parametrize("largeur", [320, 1280])
def test_axe_finds_nothing_to_say(largeur: int) -> None:
    charte = RACINE / "stacks" / "local" / "charte"
    servis = {
        "/galerie/": (page(), "text/html; charset=utf-8"),
        "/charte/charte.css": (feuille(safe_load((charte / "charte.yaml").read_text())), "text/css"),
        "/charte/logo.svg": ((charte / "logo.svg").read_text(), "image/svg+xml"),
    }

    def servir(route: Route) -> None:
        corps, sorte = servis[route.request.url.removeprefix("http://galerie.test")]
        route.fulfill(body=corps, content_type=sorte)

    with sync_playwright() as outil:
        navigateur = outil.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        vue = navigateur.new_page(viewport={"width": largeur, "height": 800}, locale="fr-FR")
        vue.route("**/*", servir)
        vue.goto("http://galerie.test/galerie/")
        fautes = violations(vue, rules=WITH_GOOD_PRACTICE)
        deborde = vue.evaluate("document.documentElement.scrollWidth > innerWidth")
        navigateur.close()
    assert not fautes, json.dumps([(f["id"], [n["html"] for n in f["nodes"]]) for f in fautes], indent=1)
    assert not deborde
