"""Paper: its code is really read by a reader, and leads to a page that opens; a pile is entered in few keys."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser

from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.equipe.models import Membre
from consultation.ecoute.satisfaction import services as satisfaction
from consultation.ecoute.satisfaction.models import Demarche
from tests.consultation.ecoute.navigateur import chromium, sans_chromium

__all__ = ["chromium"]
lecteur = pytest.mark.skipif(
    not (shutil.which("zbarimg") and shutil.which("pdftoppm")),
    reason="Le lecteur de codes manque : apt-get install zbar-tools poppler-utils",
)


def codes(octets: bytes, dossier: Path) -> list[str]:
    """Addresses that a reader finds on the printed sheets, at the resolution of an ordinary printer."""
    (dossier / "papier.pdf").write_bytes(octets)
    subprocess.run(["pdftoppm", "-r", "150", "-gray", "-png", "papier.pdf", "p"], cwd=dossier, check=True)
    images = sorted(chemin.name for chemin in dossier.glob("p*.png"))
    lus = subprocess.run(["zbarimg", "--quiet", "--raw", *images], cwd=dossier, check=True, capture_output=True)
    return lus.stdout.decode().split()


@lecteur
@pytest.mark.django_db
def test_the_codes_on_paper_open_the_right_pages(
    ouvert: Dossier, responsable: Membre, connecte: Callable[[Membre], Client], client: Client, tmp_path: Path,
    settings: Any,
) -> None:  # fmt: skip
    equipe = connecte(responsable)
    ecole = satisfaction.nommer(responsable, Demarche(titre="Inscription à l'école"))
    bulletins = equipe.get(f"/equipe/dossiers/{ouvert.slug}/avis/bulletins.pdf?nombre=2").content
    feuille = equipe.get(f"/equipe/demarches/d/{ecole.slug}/papier.pdf").content
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    avis = f"{settings.URL_PUBLIQUE}/consultations/{ouvert.slug}/donner-mon-avis/"
    assert codes(bulletins, tmp_path / "a") == [avis, avis]
    [lue] = codes(feuille, tmp_path / "b")
    assert lue == f"{settings.URL_PUBLIQUE}/avis/{ecole.slug}/?source=papier-qr"
    for adresse in (avis, lue):
        assert client.get(adresse.removeprefix(settings.URL_PUBLIQUE)).status_code == 200


@sans_chromium
@pytest.mark.django_db(transaction=True)
def test_the_next_paper_of_a_pile_takes_few_keys_beyond_its_words(
    live_server: Any, chromium: Browser, ouvert: Dossier, accueil: Membre, connecte: Callable[[Membre], Client]
) -> None:
    contexte = chromium.new_context(base_url=live_server.url, locale="fr-FR")
    cle = connecte(accueil).cookies["ecoute_session"].value
    contexte.add_cookies([{"name": "ecoute_session", "value": cle, "url": live_server.url}])
    page = contexte.new_page()
    page.goto(f"/equipe/saisie/{ouvert.slug}/")
    for texte, attendues in (("Premier avis.", 20), ("Deuxième avis.", 8)):
        touches = 0
        for but in ("texte", "bouton"):
            while page.evaluate("document.activeElement.name || document.activeElement.className") != but and not (
                but == "bouton" and page.evaluate("document.activeElement.type") == "submit"
            ):
                page.keyboard.press("Tab")
                touches += 1
                assert touches < 40
            if but == "texte":
                page.keyboard.type(texte)
        page.keyboard.press("Enter")
        page.wait_for_selector("text=Vous pouvez saisir le suivant")
        assert touches + 1 <= attendues, touches
    contexte.close()
    assert ouvert.contributions.count() == 2
    assert [re.sub(r"\W", "", a.texte) for a in ouvert.contributions.all()] == ["Premieravis", "Deuxièmeavis"]
