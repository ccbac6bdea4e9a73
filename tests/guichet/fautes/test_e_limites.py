"""Kind E, limits said that are not the limits kept: one number from the field to the front and to the database."""

from __future__ import annotations

import html
from datetime import date
from pathlib import Path

import pytest
import yaml
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.datastructures import MultiValueDict
from hypothesis import given
from hypothesis import strategies as st

from guichet.demandes import fichiers
from guichet.demandes.models import Brouillon, Demande, FichierJoint, PieceBrouillon
from guichet.demarches.definition import lire_definition
from guichet.instruction.models import Agent
from guichet.questions.etape import FormulaireQuestions
from guichet.questions.sortes import fichiers as depots
from socle.composants.forms import TexteLong
from socle.typographie.espaces import insecables
from socle.typographie.longueur import nombre_de_caracteres
from tests.guichet import fabrique
from tests.guichet.fautes.conftest import Sites
from tests.guichet.portail import parcours

RACINE = Path(__file__).resolve().parents[3]
MO = 1024 * 1024


# --- One number ----------------------------------------------------------------------------------------


def test_e_the_front_takes_what_the_pages_promise_and_says_the_same() -> None:
    defauts = yaml.safe_load((RACINE / "roles/proxy/defaults/main.yml").read_text("utf-8"))
    assert defauts["proxy_upload_max_mebibytes"] == depots.ENVOI_MAX_MO
    for gabarit in ("haproxy.cfg.j2", "uploads-site.conf.j2"):
        assert "proxy_upload_max_mebibytes + 1" in (RACINE / "roles/proxy/templates" / gabarit).read_text("utf-8")
    page = (RACINE / "roles/proxy/templates/page-413.html.j2").read_text("utf-8")
    assert "{{ proxy_upload_max_mebibytes }} Mo de fichiers en tout" in page
    assert depots.TAILLE_MAX_MO * MO == fichiers.TAILLE_MAX
    assert depots.PIECES_PAR_MESSAGE * depots.TAILLE_MAX_MO <= depots.ENVOI_MAX_MO


def test_e_every_page_of_the_twelve_says_what_it_takes_together() -> None:
    for chemin in sorted((fabrique.SITE / "demarches").glob("*.yaml")):
        definition = lire_definition(yaml.safe_load(chemin.read_text("utf-8")), chemin.stem)
        for etape in definition.etapes:
            champs = [champ for champ in etape.champs if champ.depose_des_fichiers]
            if not champs:
                continue
            formulaire = FormulaireQuestions(champs, {}, visibles=lambda _r, c=tuple(champs): c)
            promis = sum(champ.nombre_max * champ.taille_max for champ in formulaire.fields.values())
            dit = [
                f"{depots.ENVOI_MAX_MO} Mo au plus en tout" in champ.help_text for champ in formulaire.fields.values()
            ]
            assert all(dit) is (promis > depots.ENVOI_MAX_MO * MO), f"{chemin.stem}, {etape.nom}"


def test_e_a_contact_kept_in_a_column_fits_in_it() -> None:
    definition = lire_definition(
        yaml.safe_load((fabrique.SITE / "demarches" / f"{fabrique.VOIRIE}.yaml").read_text("utf-8")), "x"
    )
    poses = FormulaireQuestions(list(definition.champs()), {}, visibles=lambda _r: list(definition.champs()))
    for champ in definition.champs():
        if champ.moyen_du_demandeur:
            colonne = Demande._meta.get_field(champ.moyen_du_demandeur)
            limite = poses.fields[champ.nom].max_length
            assert limite is not None, champ.nom
            assert limite <= colonne.max_length, champ.nom
    assert 150 + len(fichiers.SIGNATURE_RETIREE) + 4 <= FichierJoint._meta.get_field("nom").max_length


# --- Beside the field, with the rest kept --------------------------------------------------------------


def lourd(nom: str, mo: float) -> SimpleUploadedFile:
    return SimpleUploadedFile(nom, fabrique.pdf() + b"\n%" + b"x" * int(mo * MO), "application/pdf")


PIECES = [
    {"nom": "budget", "type": "fichier", "libelle": "Budget", "pourquoi": "x", "nombre_max": 3},
    {"nom": "comptes", "type": "fichier", "libelle": "Comptes", "pourquoi": "x", "nombre_max": 3},
]


def formulaire(**envois: list[SimpleUploadedFile]) -> FormulaireQuestions:
    brut = yaml.safe_load((fabrique.SITE / "demarches" / f"{fabrique.VOIRIE}.yaml").read_text("utf-8"))
    brut["etapes"] = [{"nom": "pieces", "titre": "Pièces", "titre_court": "Pièces", "champs": PIECES}]
    champs = list(lire_definition(brut, "x").champs())
    return FormulaireQuestions(champs, {}, {}, MultiValueDict(envois), visibles=lambda _r: champs)


def test_e_what_goes_beyond_is_refused_beside_its_field_and_the_rest_is_kept() -> None:
    page = formulaire(budget=[lourd("a.pdf", 7), lourd("b.pdf", 7)], comptes=[lourd("c.pdf", 7), lourd("d.pdf", 7)])
    assert not page.is_valid()
    assert "budget" not in page.errors
    faute = " ".join(page.errors["comptes"])
    assert "« d.pdf » n'est pas gardé : un envoi prend 24 Mo de fichiers au plus." in faute
    assert "c.pdf" not in faute
    assert [(nom, fichier.nom) for nom, fichier in page.fichiers()] == [
        ("budget", "a.pdf"), ("budget", "b.pdf"), ("comptes", "c.pdf"),
    ]  # fmt: skip


def test_e_three_files_of_the_largest_size_pass_together() -> None:
    page = formulaire(budget=[lourd(f"{n}.pdf", 7.9) for n in range(3)], comptes=[lourd("c.pdf", 0)])
    assert page.errors.get("budget") is None
    assert len(page.fichiers()) == 4


@pytest.mark.django_db
@pytest.mark.parametrize("bouton", [{"enregistrer": "1"}, {"retirer": "0"}, {"remettre": "1"}])
def test_e_a_refused_file_is_told_whatever_the_button(client: Client, bouton: dict[str, str]) -> None:
    """« Enregistrer et reprendre plus tard » kept what was good, and led on without a word about the rest."""
    fabrique.demarche()
    base = parcours.commencer(client)
    parcours.remplir(client, base, jusqua="description")
    suite = client.post(f"{base}photos/", {"photos": [lourd("a.pdf", 9), fabrique.fichier()], **bouton}, follow=True)
    assert suite.redirect_chain
    assert insecables("« a.pdf » pèse plus de 8 Mo. Choisissez un fichier plus léger.") in suite.content.decode()
    assert PieceBrouillon.objects.count() == 1


@pytest.mark.django_db
def test_e_a_wrong_answer_is_told_whatever_the_button(client: Client) -> None:
    fabrique.demarche()
    base = parcours.commencer(client)
    parcours.remplir(client, base, jusqua="photos")
    saisie = {"courriel": "camille@", "nom": "", "telephone": "06 12 34 56 78", "enregistrer": "1"}
    page = html.unescape(client.post(f"{base}contact/", saisie, follow=True).content.decode())
    assert page.count("n'est pas enregistré.") == 1
    assert insecables("e-mail » n'est pas enregistré. Écrivez une adresse") in page
    assert "0612345678" in str(Brouillon.objects.get().donnees).replace(" ", "")


@pytest.mark.django_db
def test_e_the_counter_is_told_too(client: Client, sites: Sites, alice: Agent) -> None:
    demarche = fabrique.demarche()
    with sites.agents(alice) as agents:
        debut = {"canal": "guichet", "recue_le": date.today().isoformat(), "canal_reponse": "courriel"}
        adresse = agents.post(f"/saisie/{demarche.pk}/", debut).headers["Location"]
        suite = agents.post(adresse, {"photos": [lourd("a.pdf", 9)], "retirer": "0"}, follow=True)
    assert suite.redirect_chain
    assert insecables("« a.pdf » pèse plus de 8 Mo") in suite.content.decode()


# --- Characters as people count them -------------------------------------------------------------------


@pytest.mark.parametrize(("texte", "nombre"), [
    ("é", 1), ("e\u0301", 1), ("a\nb", 3), ("👍", 1), ("👍🏽", 1), ("👨‍👩‍👧‍👦", 1), ("🇫🇷🇧🇪", 2),
    ("❤️", 1), ("1️⃣", 1), ("", 0),
    ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", 1), ("Zoë 🙂!", 6),
])  # fmt: skip
def test_e_a_sign_that_people_see_is_one(texte: str, nombre: int) -> None:
    assert nombre_de_caracteres(texte) == nombre


@given(texte=st.text(max_size=200))
def test_e_never_more_signs_than_code_points_nor_a_text_without_end(texte: str) -> None:
    nombre = nombre_de_caracteres(texte)
    assert len(texte) // 8 <= nombre <= len(texte)
    assert bool(nombre) is bool(texte)


@pytest.mark.parametrize("signe", ["a", "é", "e\u0301", "👍🏽", "👨‍👩‍👧‍👦", "\n"])
def test_e_two_thousand_are_taken_and_one_more_is_said(signe: str) -> None:
    champ = TexteLong(max_length=2000, strip=False)
    envoye = (signe * 2000).replace("\n", "\r\n")
    assert nombre_de_caracteres(champ.clean(envoye)) == 2000
    with pytest.raises(ValidationError, match="2001 caractères, 2000 au plus"):
        champ.clean(envoye + ("\r\n" if signe == "\n" else signe))
