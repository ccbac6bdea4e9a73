"""Every page in a real browser: axe-core, 320 px and wide, no third party, no script error."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser

from consultation.ecoute.equipe.models import Membre
from tests.consultation.ecoute import monde
from tests.consultation.ecoute.navigateur import chromium, sans_chromium, verifier

__all__ = ["chromium"]
pytestmark = [pytest.mark.django_db(transaction=True), sans_chromium]
IMAGES = os.environ.get("ECOUTE_IMAGES", "")  # folder for screenshots, to look at the pages


@pytest.mark.parametrize("largeur", [320, 1280])
def test_every_page_is_accessible_and_holds_in_its_width(
    largeur: int, live_server: Any, chromium: Browser, responsable: Membre, dpo: Membre,
    connecte: Callable[[Membre], Client],
) -> None:  # fmt: skip
    tout = monde.construire(responsable, dpo)
    contexte = chromium.new_context(
        viewport={"width": largeur, "height": 800}, base_url=live_server.url, locale="fr-FR"
    )
    page = contexte.new_page()
    ailleurs: list[str] = []
    erreurs: list[str] = []
    page.on("request", lambda r: None if r.url.startswith((live_server.url, "data:")) else ailleurs.append(r.url))
    page.on("pageerror", lambda e: erreurs.append(str(e)))
    page.on("console", lambda m: erreurs.append(m.text) if "Content Security" in m.text else None)
    for adresses in (tout.publiques, tout.equipe):
        if adresses is tout.equipe:
            cle = connecte(responsable).cookies["ecoute_session"].value
            contexte.add_cookies([{"name": "ecoute_session", "value": cle, "url": live_server.url}])
        for nom, adresse in adresses.items():
            page.goto(adresse)
            if IMAGES:
                fichier = re.sub(r"\W+", "-", nom)
                page.screenshot(path=Path(IMAGES) / f"{fichier}-{largeur}.png", full_page=True)
            verifier(page, largeur, adresse, axe=largeur > 320 or adresses is tout.publiques)
    contexte.close()
    assert not ailleurs
    assert not erreurs
