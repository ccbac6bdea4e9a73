"""The charter: colours that can be read, a sheet that lacks no token."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import UndefinedError
from yaml import safe_load

from socle.charte.contrastes import contraste, defauts
from socle.charte.feuille import feuille, jetons_seuls

JETONS = safe_load((Path(__file__).resolve().parents[2] / "stacks/local/charte/charte.yaml").read_text())


def test_contrast_is_that_of_wcag() -> None:
    assert contraste("#000000", "#ffffff") == pytest.approx(21)
    assert contraste("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_the_towns_colours_can_be_read() -> None:
    assert defauts(JETONS["couleurs"]) == []


def test_a_pale_text_is_refused_in_words() -> None:
    [*fautes] = defauts(JETONS["couleurs"] | {"lien": "#8fc7dd"})
    assert "« lien » (#8fc7dd) sur « fond » (#ffffff) : contraste 1.85, il en faut 4.5 au moins" in fautes


def test_a_missing_colour_is_named() -> None:
    assert defauts({n: v for n, v in JETONS["couleurs"].items() if n != "focus"}) == [
        "couleur absente de charte.yaml : focus"
    ]


def test_the_sheet_holds_every_token_and_refuses_to_lack_one() -> None:
    css = feuille(JETONS)
    assert "--charte-primaire-sombre: #0a4143;" in css
    assert "{{" not in css
    with pytest.raises(UndefinedError):
        feuille({"couleurs": JETONS["couleurs"]})


def test_variables_alone_are_those_of_the_sheet_and_no_rule() -> None:
    seuls = jetons_seuls(JETONS)
    assert seuls in feuille(JETONS)
    assert seuls.count("{") == seuls.count("}") == 1
    assert all(f"--charte-{nom.replace('_', '-')}: {valeur};" in seuls for nom, valeur in JETONS["couleurs"].items())
