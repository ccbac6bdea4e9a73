"""The road report filled as a person does it, page after page."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client

from tests.guichet import fabrique

PAGES: dict[str, dict[str, Any]] = {
    "lieu": {"lieu": "12 rue des Lilas", "lieu_precision": "devant l'école"},
    "probleme": {"probleme": "chaussee"},
    "description": {"description": "Un trou d'un mètre."},
    "photos": {},
    "contact": {"courriel": "camille@exemple.fr", "telephone": "06.12 34-56.78", "nom": ""},
}
DEBUT = f"/demarches/{fabrique.VOIRIE}/remplir/"


def commencer(client: Client) -> str:
    """Address of the form just begun, without the step."""
    adresse = client.get(DEBUT).headers["Location"]
    assert adresse.endswith("/lieu/")
    return str(adresse).removesuffix("lieu/")


def remplir(client: Client, base: str, jusqua: str = "contact", **changes: dict[str, Any]) -> str:
    """Fill up to a page included; returns where one is led."""
    suite = ""
    for nom, saisie in PAGES.items():
        reponse = client.post(f"{base}{nom}/", {**saisie, **changes.get(nom, {})})
        assert reponse.status_code == 302, re.findall(r"champ__erreur[^>]*>([^<]*)", reponse.content.decode())
        suite = reponse.headers["Location"]
        if nom == jusqua:
            break
    return suite


def envoyer(client: Client, **changes: dict[str, Any]) -> str:
    """Send a whole report; returns its reference."""
    base = commencer(client)
    assert remplir(client, base, **changes) == f"{base}verifier/"
    suite = client.post(f"{base}verifier/").headers["Location"]
    trouve = re.fullmatch(r"/demandes/envoyee/(2\d{3}-\w{4}-\w{4})/", suite)
    assert trouve is not None, suite
    return trouve[1]


def code_affiche(page: str) -> str:
    trouve = re.search(r'Code de suivi</dt>\s*<dd class="reference">([\w-]+)<', page)
    return trouve[1] if trouve else ""
