"""Kind H, mechanical French: names that begin with a vowel, numbers that stay with their unit."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from guichet.demarches.models import Demarche
from guichet.instruction.models import Agent
from socle.typographie.espaces import INSECABLE, a, de, insecables
from tests.guichet import envois, fabrique
from tests.guichet.fautes.conftest import Sites, lu

RACINE = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("nom", "attendu"),
    [
        ("Admiville", "d'Admiville"),
        ("Évry", "d'Évry"),
        ("Issy-les-Moulineaux", "d'Issy-les-Moulineaux"),
        ("Orly", "d'Orly"),
        ("Uzès", "d'Uzès"),
        ("Yvetot", "d'Yvetot"),
        ("Œuilly", "d'Œuilly"),
        ("Herblay", "d'Herblay"),
        ("Hyères", "d'Hyères"),
        ("Houilles", "de Houilles"),
        ("Hazebrouck", "d'Hazebrouck"),
        ("Hautmont", "d'Hautmont"),
        ("Halluin", "d'Halluin"),
        ("Hayange", "de Hayange"),
        ("Haguenau", "de Haguenau"),
        ("Hœnheim", "de Hœnheim"),
        ("Hautes-Rivières", "de Hautes-Rivières"),
        ("Yerres", "d'Yerres"),
        ("Yutz", "de Yutz"),
        ("Massy", "de Massy"),
        ("Le Havre", "du Havre"),
        ("Les Ulis", "des Ulis"),
        ("La Rochelle", "de La Rochelle"),
        ("L'Haÿ-les-Roses", "de L'Haÿ-les-Roses"),
    ],
)
def test_h_the_name_of_a_town_after_de(nom: str, attendu: str) -> None:
    assert de(nom) == attendu


@pytest.mark.parametrize(
    ("nom", "attendu"), [("Admiville", "à Admiville"), ("Le Havre", "au Havre"), ("Les Ulis", "aux Ulis")]
)
def test_h_the_name_of_a_town_after_a(nom: str, attendu: str) -> None:
    assert a(nom) == attendu


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        ("de 8 h 30 à 17 h", "de 8~h~30 à 17~h"),
        ("80 € par an", "80~€ par an"),
        ("250 m² et 12 Mo", "250~m² et 12~Mo"),
        ("« Oui » : non ?", "«~Oui~»~: non~?"),
        ("demande n° 12", "demande n°~12"),
        ("2 mois après", "2~mois après"),
        ("le 12 hiver", "le 12 hiver"),
    ],
)
def test_h_a_number_stays_with_its_unit(texte: str, attendu: str) -> None:
    assert insecables(texte) == attendu.replace("~", INSECABLE)


def test_h_no_page_mail_or_letter_puts_de_before_the_town_s_name() -> None:
    """In templates the name comes after « de » by the filter, in Python by the function: never bare."""
    nue = re.compile(r"\b(?:de|d'|le|que) \{\{ ?commune\.nom ?\}\}|\bde \{commune\[")
    fautes = [
        f"{chemin.relative_to(RACINE)} : {trouve[0]}"
        for dossier in ("guichet", "socle", "consultation")
        for chemin in sorted((RACINE / dossier).rglob("*.*"))
        if chemin.suffix in (".html", ".txt", ".py")
        for trouve in nue.finditer(chemin.read_text("utf-8"))
    ]
    assert fautes == []


@pytest.mark.django_db
def test_h_pages_and_mails_of_a_town_that_begins_with_a_vowel(alice: Agent, sites: Sites) -> None:
    demarche = fabrique.demarche()
    demande = fabrique.deposer(demarche).demande
    with sites.agents(alice) as navigateur:
        assert "agents d'Admiville." in lu(navigateur.get("/"))
    mail: Any = envois.mail(envois.envoi("accuse", demande))
    assert f"8{INSECABLE}h à 12{INSECABLE}h et de 13{INSECABLE}h{INSECABLE}30 à 17{INSECABLE}h" in mail.body


@pytest.mark.django_db
def test_h_the_hours_of_each_service_are_never_parted(livrees: list[Demarche], sites: Sites) -> None:
    for demarche in livrees:
        page = lu(sites.habitant.get(f"/demarches/{demarche.pk}/"))
        texte = re.sub(r"<[^>]+>", " ", page)
        coupees = re.findall(r"\d h \d\d\b[^.]{0,20}", texte)
        assert coupees == [], demarche.pk
