"""Starter pages and what editors may do."""

import io
import json
import re
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from PIL import Image
from wagtail.blocks import StructBlockValidationError
from wagtail.images import get_image_model

from guichet.editorial.blocs import BoutonBlock
from guichet.editorial.droits import accorder_redaction
from guichet.editorial.models import Accueil, Genre, PageObligatoire
from guichet.instruction.models import Agent
from tests.guichet import fabrique, site_agents
from tests.socle import hostiles

pytestmark = pytest.mark.django_db


def lancer() -> dict[str, object]:
    sortie = io.StringIO()
    call_command("pages_initiales", "--json", stdout=sortie)
    resultat: dict[str, object] = json.loads(sortie.getvalue())
    return resultat


@pytest.fixture
def pages() -> None:
    lancer()


def test_second_run_changes_nothing() -> None:
    assert lancer()["changed"] is True
    assert lancer() == {"changed": False, "created": []}


def test_editors_text_is_kept(pages: None) -> None:
    aide = PageObligatoire.objects.get(genre=Genre.AIDE)
    aide.introduction = "Texte de la mairie"
    aide.save_revision().publish()
    assert lancer()["changed"] is False
    assert PageObligatoire.objects.get(genre=Genre.AIDE).introduction == "Texte de la mairie"


@pytest.mark.parametrize("adresse", ["/", *[f"/{genre.value}/" for genre in Genre]])
def test_page_is_served(client: Client, pages: None, adresse: str) -> None:
    reponse = client.get(adresse)
    texte = reponse.content.decode()
    assert reponse.status_code == 200
    assert texte.count("<h1") == 1
    assert 'lang="fr"' in texte
    assert "01 99 00 00 00" in texte
    assert "style=" not in texte
    assert "<script" not in texte


def test_page_says_its_address_on_the_residents_site_to_the_agents(pages: None, settings: object) -> None:
    settings.GUICHET_SITE = "instruction"  # type: ignore[attr-defined]
    assert PageObligatoire.objects.get(genre=Genre.AIDE).url == "https://portail.gru.test/aide/"


def test_home_is_light_on_the_database(client: Client, pages: None, django_assert_max_num_queries: object) -> None:
    client.get("/")
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        client.get("/")
    assert Accueil.objects.count() == 1


@pytest.fixture
def atelier(client: Client, pages: None, settings: Any) -> Client:
    """An editor in the workshop, on the agents' site."""
    site_agents.prendre(settings)
    agent = Agent.objects.create_user("https://connexion.gru.test/", "annuaire", "alice", nom="Alice Martin")
    accorder_redaction(agent, ["editeurs"])
    client.force_login(agent)
    return client


@pytest.mark.parametrize("adresse", ["", "pages/", "images/", "images/add/", "account/", "pages/{page}/edit/"])
def test_workshop_is_french_and_asks_nobody_else(atelier: Client, adresse: str) -> None:
    page = PageObligatoire.objects.get(genre=Genre.AIDE)
    reponse = atelier.get(f"/redaction/{adresse.format(page=page.pk)}", follow=True)
    texte = reponse.content.decode()
    assert reponse.status_code == 200
    assert 'lang="fr"' in texte
    ailleurs = re.findall(r'<(?:script|link|img|iframe)[^>]+(?:src|href)="(https?:)?//([^/"]+)', texte)
    assert {hote for _, hote in ailleurs} <= {"portail.gru.test", "agents.gru.test"}
    assert "https://portail.gru.test/aide/" in texte or "edit" not in adresse


def test_a_page_is_previewed_inside_the_editor_and_nowhere_else(atelier: Client) -> None:
    page = PageObligatoire.objects.get(genre=Genre.AIDE)
    adresse = f"/redaction/pages/{page.pk}/view_draft/"
    reponse = atelier.get(adresse)
    assert "frame-ancestors 'self'" in reponse["Content-Security-Policy"]
    assert "unsafe" not in reponse["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in atelier.get("/")["Content-Security-Policy"]


def test_an_obligatory_page_is_neither_removed_nor_hidden(atelier: Client) -> None:
    page = PageObligatoire.objects.get(genre=Genre.MENTIONS)
    for action in ("delete", "unpublish"):
        atelier.post(f"/redaction/pages/{page.pk}/{action}/")
    assert PageObligatoire.objects.get(genre=Genre.MENTIONS).live


def test_the_legal_notice_says_who_hosts(client: Client, pages: None, settings: Any) -> None:
    """Name, address and telephone (act 2004-575, article 1-1), whatever editors wrote; where, and with what proof."""
    settings.HEBERGEUR = {
        "nom": "Hébergeur d'essai SAS",
        "adresse": "2 rue des Serveurs, 59100 Roubaix",
        "telephone": "03 20 00 00 00",
        "pays": "France",
        "lieu": "Gravelines",
        "qualification": "SecNumCloud",
        "qualification_le": date(2026, 3, 12),
    }
    texte = " ".join(client.get("/mentions-legales/").content.decode().replace("\xa0", " ").split())
    for mot in (
        "Hébergeur d&#x27;essai SAS, 2 rue des Serveurs, 59100 Roubaix",
        'href="tel:0320000000"',
        "France (Gravelines)",
        "SecNumCloud, au 12 mars 2026",
    ):
        assert mot in texte


def test_without_a_host_named_the_town_is_its_own(client: Client, pages: None) -> None:
    texte = client.get("/mentions-legales/").content.decode()
    assert texte.count("sur des serveurs placés sous sa responsabilité") == 1


def test_an_agent_who_is_not_an_editor_stays_out(atelier: Client) -> None:
    accorder_redaction(Agent.objects.get(), ["agents"])
    assert atelier.get("/redaction/pages/").status_code in {302, 403}


def test_an_image_of_editors_is_written_again_and_a_bomb_refused(atelier: Client) -> None:
    position = Image.Exif()
    position[0x010F] = "Appareil de Camille"
    photo = fabrique.photo(taille=(4000, 3000), exif=position)
    for nom, contenu in (("mairie.jpg", photo), ("b.png", hostiles.image_enorme())):
        envoi = SimpleUploadedFile(nom, contenu, "image/jpeg")
        reponse = atelier.post("/redaction/images/add/", {"title": nom, "file": envoi, "collection": "1"})
    assert "trop grande image" in reponse.content.decode()
    image = get_image_model().objects.get()
    assert (image.width, image.height) == (2560, 1920)
    assert b"Camille" not in image.file.read()


def test_an_image_put_in_a_page_is_seen_by_residents(atelier: Client, client: Client, settings: Any) -> None:
    envoi = SimpleUploadedFile("mairie.jpg", fabrique.photo(taille=(1200, 800)), "image/jpeg")
    atelier.post("/redaction/images/add/", {"title": "La mairie", "file": envoi, "collection": "1", "focal_point": ""})
    image = get_image_model().objects.get()
    page = PageObligatoire.objects.get(genre=Genre.AIDE)
    page.corps.append(("image", image))
    page.corps[-1].value.contextual_alt_text = "Façade de la mairie"
    page.corps[-1].value.decorative = False
    page.save_revision().publish()
    settings.GUICHET_SITE, settings.ROOT_URLCONF = "portail", "guichet.configuration.urls_portail"
    texte = Client().get("/aide/").content.decode()
    trouve = re.search(r'<img src="(/fichiers/[^"]+)"[^>]* alt="Façade de la mairie"', texte)
    assert trouve is not None
    reponse = Client().get(trouve[1])
    assert (reponse.status_code, reponse["Content-Type"]) == (200, "image/webp")


@pytest.mark.parametrize(
    "adresse",
    ["javascript:alert(1)", " JavaScript:alert(1)", "java\tscript:alert(1)", "data:text/html,x", "vbscript:x",
     "//evil.example", "\\\\evil.example", "/\\evil.example", "https://", "demarches"],
)  # fmt: skip
def test_a_button_leads_to_a_page_only(adresse: str) -> None:
    """WAG-02: « javascript: » was published."""
    bouton = BoutonBlock()
    with pytest.raises(StructBlockValidationError) as refus:
        bouton.clean(bouton.to_python({"texte": "Payer", "adresse": adresse}))
    assert "Écrivez l'adresse d'une page" in str(refus.value.block_errors["adresse"])
    # One that was published before this was checked leads home.
    assert 'href="/"' in bouton.render(bouton.to_python({"texte": "Payer", "adresse": adresse}))


@pytest.mark.parametrize(
    "adresse", ["/demarches/", "#haut", "https://www.service-public.fr/", "mailto:mairie@gru.test", "tel:0199000000"]
)
def test_a_button_leads_to_pages(adresse: str) -> None:
    bouton = BoutonBlock()
    valeur = bouton.clean(bouton.to_python({"texte": "Ouvrir", "adresse": adresse}))
    assert f'href="{adresse}"' in bouton.render(valeur)
