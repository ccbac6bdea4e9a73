"""Loi 2005-102 art. 47, décret 2019-768: an accessibility statement that is true, dated, and says how it was tried.

The page that is made at the start says what the software knows of itself; the town rewrites it after its audit.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from guichet.editorial.models import Genre
from guichet.editorial.pages_initiales import pages
from tests.guichet import fabrique

COMMUNE = {"nom": "Admiville", "courriel": "mairie@gru.test", "courriel_dpo": ""}


@pytest.fixture
def declaration() -> str:
    (page,) = [p for p in pages(COMMUNE, date(2026, 11, 30)) if p.genre is Genre.ACCESSIBILITE]
    mots: list[Any] = [page.introduction, *(valeur for _, valeur in page.corps)]
    return " ".join(map(str, mots))


@pytest.mark.parametrize(
    "mention",
    ["non conforme", "RGAA 4.1", "30\u00a0novembre 2026", "lecteur d'écran", "axe-core", "Schéma pluriannuel",
     "schéma pluriannuel de mise en accessibilité d'Admiville", "Défenseur des droits"],
)  # fmt: skip
def test_it_says_what_the_model_of_the_law_asks_for(declaration: str, mention: str) -> None:
    assert mention in declaration


def test_it_affirms_nothing_that_nobody_does(declaration: str) -> None:
    assert "défauts connus sont suivis" not in declaration


def test_what_it_says_of_the_trials_is_what_the_tests_do() -> None:
    """The browser and its tool, and the widths: read in the tests themselves."""
    essais = "".join(p.read_text("utf-8") for p in (fabrique.SITE.parents[1] / "tests").rglob("*.py"))
    assert "axe" in essais
    for largeur in ("320", "390", "1280"):
        assert re.search(rf"\b{largeur}\b", essais)
