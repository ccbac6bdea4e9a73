"""Kind H, mechanical French: names that begin with a vowel, numbers that stay with their unit."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from guichet.demandes import services
from guichet.demarches.models import Demarche
from guichet.instruction.models import Agent
from socle.composants.courriels import ChampCourriel
from socle.typographie.espaces import INSECABLE, a, de, insecables
from tests.garde_pages import Lecteur, coupees
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
@pytest.mark.parametrize("ville", ["Évry", "Yvetot", "Œuilly", "L'Haÿ-les-Roses", "Massy"])
def test_h_no_line_of_a_page_or_mail_starts_with_a_sign_that_french_keeps(
    ville: str, alice: Agent, sites: Sites, settings: Any
) -> None:
    """Words of templates, of a town's files, of code and of people alike. Every page is looked at by garde_pages."""
    settings.COMMUNE = {**settings.COMMUNE, "nom": ville}
    demarche = fabrique.demarche()
    demande = fabrique.deposer(demarche).demande
    par = fabrique.par_code(demande)
    services.ecrire_usager(demande, "Où en est-on ? Voisin : « urgent » !", par=par)
    sites.tenir(demande)
    pages = {
        adresse: sites.habitant.get(adresse)
        for adresse in ("/demarches/", "/demarches/?q=martienne", f"/demarches/{demarche.pk}/", "/suivi/", "/aide/",
                        "/mentions-legales/", f"/mes-demarches/{demande.reference}/",
                        f"/demandes/envoyee/{demande.reference}/", "/rien-ici/")
    }  # fmt: skip
    pages["/suivi/ refusé"] = sites.habitant.post("/suivi/", {"reference": "2026-AAAA-AAAA", "code": "AAAA-AAAA"})
    with sites.agents(alice) as navigateur:
        ici = f"/demandes/{demande.reference}/"
        for adresse in ("/", "/demandes/", "/demandes/?q=zzz", ici, f"{ici}repondre/", f"{ici}transferer_autorite/",
                        "/lettres/", "/renseigner/", "/saisie/"):  # fmt: skip
            pages[f"agents {adresse}"] = navigateur.get(adresse, follow=True)
    for adresse, page in pages.items():
        assert page.status_code in (200, 404), adresse
        lu_ = Lecteur(page.content.decode())
        assert len(lu_.lignes) > 20, adresse
        assert coupees(lu_.lignes) == [], adresse
    for genre in ("accuse", "nouvelle_demande", "message_usager"):
        mail: Any = envois.mail(envois.envoi(genre, demande))
        assert coupees(mail.body.splitlines()) == [], genre
        assert coupees(Lecteur(mail.alternatives[0][0]).lignes) == [], genre


def test_h_nor_does_a_line_of_the_pages_that_no_site_makes() -> None:
    """Sign-in and its mails, the front's own pages, the monitoring's: their words are in the roles."""
    gabarits = [
        chemin
        for motif in ("idp/templates/theme/*.j2", "idp/files/theme/*.tpl", "proxy/templates/page*.j2",
                      "monitoring/templates/*.html.j2")
        for chemin in sorted((RACINE / "roles").glob(motif))
    ]  # fmt: skip
    assert len(gabarits) > 15
    fautes = {chemin.name: coupees(Lecteur(chemin.read_text("utf-8")).lignes) for chemin in gabarits}
    assert {nom: lignes for nom, lignes in fautes.items() if lignes} == {}


@pytest.mark.django_db
def test_h_what_people_typed_comes_back_as_they_typed_it(sites: Sites) -> None:
    """In a field nothing is changed: what is sent again is what was typed."""
    demarche = fabrique.demarche()
    demande = fabrique.deposer(demarche).demande
    sites.tenir(demande)
    tape = "Où en est-on ? « Urgent » ! " * 200  # too long: the page comes back with it
    page = lu(sites.habitant.post(f"/mes-demarches/{demande.reference}/", {"texte": tape}))
    assert tape.strip() in page
    q = "voirie ? « rue »"
    assert f'value="{q}"' in lu(sites.habitant.get("/demarches/", {"q": q}))


def test_h_an_address_of_an_e_mail_is_refused_in_one_sentence_everywhere() -> None:
    """One field for every address that a person types (socle/composants/courriels.py); signing in is no such place."""
    ailleurs = {"consultation/ecoute/equipe/forms.py", "socle/composants/courriels.py"}
    formes = re.compile(r"forms\.Email(?:Field|Input)\(|Écrivez une adresse e-mail (?:complète|plus courte)")
    fautes = [
        str(chemin.relative_to(RACINE))
        for dossier in ("guichet", "socle", "consultation")
        for chemin in sorted((RACINE / dossier).rglob("*.py"))
        if str(chemin.relative_to(RACINE)) not in ailleurs and formes.search(chemin.read_text("utf-8"))
    ]
    assert fautes == []


@pytest.mark.parametrize(
    ("tapee", "phrase"),
    [
        ("", "Indiquez votre adresse e-mail."),
        ("camille", "Écrivez une adresse e-mail complète, comme nom@exemple.fr."),
        (f"{'a' * 60}@{'b' * 60}.{'c' * 60}.fr", "Écrivez une adresse e-mail plus courte."),
    ],
)
def test_h_the_field_says_it(tapee: str, phrase: str) -> None:
    with pytest.raises(ValidationError) as refus:
        ChampCourriel(max_length=100).clean(tapee)
    assert refus.value.messages == [phrase]


@pytest.mark.django_db
def test_h_the_hours_of_each_service_are_never_parted(livrees: list[Demarche], sites: Sites) -> None:
    for demarche in livrees:
        page = lu(sites.habitant.get(f"/demarches/{demarche.pk}/"))
        texte = re.sub(r"<[^>]+>", " ", page)
        coupees = re.findall(r"\d h \d\d\b[^.]{0,20}", texte)
        assert coupees == [], demarche.pk
