"""Cases that users of other platforms met, with their very inputs (entrees/): taken, or refused in true words."""

from __future__ import annotations

import html
import io
import re
import subprocess
import unicodedata
import zipfile
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from guichet.demandes import pdf
from guichet.demandes.fichiers import FichierRefuse, nettoyer_fichier
from guichet.demandes.models import Demande
from guichet.demarches.champs import ChampDate
from guichet.demarches.models import Demarche
from guichet.instruction.models import Agent
from guichet.mon_compte.forms import FormulaireMotDePasse
from guichet.questions.sortes import adaptateur_de
from guichet.questions.sortes.date import ChampDateFormulaire, TroisChamps
from socle.composants.forms import TexteLong
from socle.envois.models import Envoi
from socle.envois.services import partir
from tests.guichet import actes as agir
from tests.guichet import fabrique
from tests.guichet.fautes.conftest import Sites
from tests.guichet.portail import parcours

ENTREES = Path(__file__).parent / "entrees"


def texte(nom: str) -> str:
    return (ENTREES / nom).read_bytes().decode()


@pytest.fixture
def demarche(db: None) -> Demarche:
    return fabrique.demarche()


def envoyee(client: Client, **changes: dict[str, Any]) -> Demande:
    return Demande.objects.get(reference=parcours.envoyer(client, **changes))


def mots_du_pdf(contenu: bytes) -> str:
    """What a person can copy out of a PDF, on one line."""
    lu = subprocess.run(["pdftotext", "-", "-"], input=contenu, capture_output=True, check=True).stdout.decode()
    return re.sub(r"\s+", " ", lu)


# --- PDF that public bodies issue ----------------------------------------------------------------------


def nettoye(nom: str) -> pikepdf.Pdf:
    contenu = (ENTREES / nom).read_bytes()
    return pikepdf.open(io.BytesIO(nettoyer_fichier(io.BytesIO(contenu), nom, len(contenu)).contenu))


@pytest.mark.parametrize(
    "nom",
    [
        "attestation-droits-restreints.pdf", "cerfa-actions-indirectes.pdf", "cerfa-actions-en-ligne.pdf",
        "page-qui-agit-a-l-ouverture.pdf", "lien-puis-lancement.pdf",
    ],
)  # fmt: skip
def test_a_pdf_that_opens_without_password_is_taken_and_agents_get_nothing_that_acts(nom: str) -> None:
    with nettoye(nom) as lu:
        assert len(lu.pages) == 1
        assert not lu.is_encrypted
        for objet in lu.objects:
            for cle in ("/AA", "/OpenAction", "/JS", "/Launch", "/Next"):
                assert not (isinstance(objet, pikepdf.Dictionary) and cle in objet), (nom, cle)
        assert b"JavaScript" not in b"".join(bytes(repr(objet), "utf-8") for objet in lu.objects)


def test_one_form_written_in_two_ways_gets_one_answer() -> None:
    pages = []
    for nom in ("cerfa-actions-indirectes.pdf", "cerfa-actions-en-ligne.pdf"):
        contenu = (ENTREES / nom).read_bytes()
        pages.append(mots_du_pdf(nettoyer_fichier(io.BytesIO(contenu), nom, len(contenu)).contenu))
    assert pages[0] == pages[1]


def test_a_true_password_is_the_only_one_that_is_told() -> None:
    contenu = (ENTREES / "vrai-mot-de-passe-temoin.pdf").read_bytes()
    with pytest.raises(FichierRefuse, match="est protégé par un mot de passe"):
        nettoyer_fichier(io.BytesIO(contenu), "temoin.pdf", len(contenu))


# --- Texts -------------------------------------------------------------------------------------------


def test_two_thousand_characters_are_those_of_the_browser() -> None:
    """A browser counts a line end as one and sends two."""
    ecrit = texte("description-2000-caracteres.txt")
    assert len(ecrit) == 2000
    assert "\n" in ecrit
    garde = TexteLong(max_length=2000).clean(ecrit.replace("\n", "\r\n"))
    assert garde.replace("\r\n", "\n") == ecrit.strip()
    with pytest.raises(ValidationError, match="2001 caractères, 2000 au plus"):
        TexteLong(max_length=2000).clean(ecrit.replace("\n", "\r\n") + "x")


@pytest.mark.django_db
def test_a_text_pasted_from_word_stops_no_export_document_nor_mail(
    client: Client,
    demarche: Demarche,
    sites: Sites,
    alice: Agent,
    mailoutbox: list[Any],
) -> None:
    """One invisible character, and the whole export failed for everybody (XML 1.0, 2.2; RFC 5322, 2.2)."""
    colle = texte("colle-depuis-word.txt")
    mots = ("Bonjour,", "depuis lundi", "merci", "1er point", "2e point", "fin")
    demande = envoyee(
        client, description={"description": colle}, lieu={"lieu": "12 rue\u2028des Lilas", "lieu_precision": colle[:90]}
    )
    assert client.post(f"/mes-demarches/{demande.reference}/", {"texte": colle}).status_code == 302
    agir.repondre(demande, fabrique.ALICE, colle)
    agir.noter(demande, fabrique.ALICE, colle)
    page = html.unescape(client.get(f"/mes-demarches/{demande.reference}/").content.decode())
    assert all(mot in page for mot in mots)
    accuse = mots_du_pdf(client.get(f"/mes-demarches/{demande.reference}/accuse.pdf").content)
    assert all(mot in accuse for mot in mots)
    with sites.agents(alice) as agents:
        assert agents.get(f"/demandes/{demande.reference}/").status_code == 200
        for extension in ("ods", "csv"):
            adresse = f"/demandes/export/demandes.{extension}?demarche={demarche.pk}&montrer=toutes"
            fichier = b"".join(agents.get(adresse).streaming_content)  # type: ignore[attr-defined]
            if extension == "ods":
                fichier = zipfile.ZipFile(io.BytesIO(fichier)).read("content.xml")
                ElementTree.fromstring(fichier)  # noqa: S314 - our own file
            assert all(mot in fichier.decode() for mot in mots), extension
    for envoi in Envoi.objects.all():
        partir(envoi.pk)
    assert len(mailoutbox) >= 3
    for courriel in mailoutbox:
        brut = courriel.message().as_bytes()
        assert len(courriel.subject.splitlines()) == 1
        assert b"\x0b" not in brut.split(b"\n\n", 1)[0]


# --- Names -------------------------------------------------------------------------------------------

NOMS = texte("noms-et-textes.txt").splitlines()
LATINS = NOMS[:8]
AUTRES = NOMS[8:12]


@pytest.mark.parametrize("nom", [*LATINS, *AUTRES])
def test_a_name_is_whole_in_the_acknowledgement(client: Client, demarche: Demarche, nom: str) -> None:
    """The name is the person's right: on screen, in the PDF that is printed, and in what can be copied out of it."""
    demande = envoyee(client, contact={**parcours.PAGES["contact"], "nom": nom})
    assert unicodedata.normalize("NFC", demande.nom) == unicodedata.normalize("NFC", nom)
    mots = unicodedata.normalize("NFC", mots_du_pdf(pdf.accuse_pdf(demande)))
    for mot in unicodedata.normalize("NFC", nom).replace("'", "’").split():
        assert mot in mots, mot


@pytest.mark.parametrize("ecrit", NOMS[12:])
def test_signs_of_every_kind_are_shown_or_seen_to_be_missing(client: Client, demarche: Demarche, ecrit: str) -> None:
    demande = envoyee(client, description={"description": ecrit})
    assert demande.donnees["description"] == ecrit
    mots = mots_du_pdf(pdf.accuse_pdf(demande))
    for mot in re.findall(r"[A-Za-zé]{4,}", ecrit):
        assert mot in mots, mot


# --- Passwords ---------------------------------------------------------------------------------------

MOTS_DE_PASSE = (ENTREES / "mots-de-passe.txt").read_bytes().decode().removesuffix("\n").split("\n")
REFUSES = {
    "{SSHA}motdepasse12": "qui ne commence pas par un mot entre accolades",
    MOTS_DE_PASSE[1]: "Tapez ce mot de passe au lieu de le coller",
}


@pytest.mark.parametrize("choisi", MOTS_DE_PASSE)
def test_a_password_is_taken_as_it_is_typed_or_refused_at_once(choisi: str) -> None:
    """Never a password that the sign-up takes and the sign-in, another program, does not."""
    from guichet.comptes.models import Inscription

    qui = Inscription(prenom="Zoé", nom="Martin", courriel="zoe@exemple.fr")
    formulaire = FormulaireMotDePasse({"mot_de_passe": choisi, "confirmation": choisi}, inscription=qui)
    if choisi in REFUSES:
        assert REFUSES[choisi] in str(formulaire.errors["mot_de_passe"])
    else:
        assert formulaire.is_valid(), formulaire.errors
        assert formulaire.cleaned_data["mot_de_passe"] == choisi


# --- Dates -------------------------------------------------------------------------------------------


def date_tapee(*saisie: str, **options: Any) -> str:
    return ChampDateFormulaire(vide="Indiquez la date.", periode="passee", **options).clean(list(saisie))


@pytest.mark.parametrize(
    ("saisie", "gardee", "lue"),
    [
        (("00", "00", "1965"), "1965-00-00", "1965 (jour et mois inconnus)"),
        (("0", "0", "1965"), "1965-00-00", "1965 (jour et mois inconnus)"),
        (("00", "inconnu", "1965"), "1965-00-00", "1965 (jour et mois inconnus)"),
        (("00", "7", "1965"), "1965-07-00", "juillet 1965 (jour inconnu)"),
        (("00", "Août", "1965"), "1965-08-00", "août 1965 (jour inconnu)"),
        (("29", "2", "2024"), "2024-02-29", "29\u00a0février 2024"),
    ],
)
def test_papers_that_give_only_a_year_of_birth_force_no_lie(saisie: tuple[str, ...], gardee: str, lue: str) -> None:
    assert date_tapee(*saisie, partielle=True) == gardee
    champ = ChampDate(type="date", nom="naissance", libelle="Naissance", pourquoi="x", periode="passee")
    assert champ.afficher(gardee) == lue
    if gardee.endswith("-00"):
        assert champ.mesurer(gardee, "age", "", date(2026, 11, 24)) is None, (
            "no rule speaks of an age that nobody knows"
        )
        encore = TroisChamps().decompress(gardee)
        assert date_tapee(*encore, partielle=True) == gardee, "shown again as it was typed"


@pytest.mark.parametrize(
    ("saisie", "phrase"),
    [
        (("", "", "1965"), "Indiquez aussi le jour et le mois. Ils ne sont pas sur vos papiers ? Écrivez 00."),
        (("", "7", "1965"), "Indiquez aussi le jour. Il n’est pas sur vos papiers ? Écrivez 00."),
        (("", "7", ""), "Indiquez aussi le jour et l'année."),
        (("12", "00", "1965"), "Écrivez une date qui existe"),
        (("29", "2", "2023"), "Écrivez une date qui existe"),
        (("31", "4", "1950"), "Écrivez une date qui existe"),
        (("00", "00", "65"), "Écrivez l'année avec 4 chiffres"),
        (("00", "00", "2999"), "Indiquez une date passée"),
        (("00", "00", "0000"), "Écrivez une date qui existe"),
    ],
)
def test_what_is_missing_of_a_birth_is_asked_with_the_way_out(saisie: tuple[str, ...], phrase: str) -> None:
    with pytest.raises(ValidationError) as refus:
        date_tapee(*saisie, partielle=True)
    assert phrase in str(refus.value)


def test_the_first_day_of_a_question_counts_for_a_year_too() -> None:
    debut = date(2012, 6, 1)
    assert date_tapee("00", "00", "2012", partielle=True, minimum=debut) == "2012-00-00"
    with pytest.raises(ValidationError, match="à partir du"):
        date_tapee("00", "00", "2011", partielle=True, minimum=debut)


def test_no_other_date_is_taken_without_its_day() -> None:
    with pytest.raises(ValidationError, match="une date qui existe"):
        date_tapee("00", "00", "2020")


@pytest.mark.django_db
def test_births_are_the_dates_that_may_be_so() -> None:
    fabrique.site_livre()
    partielles = {
        (demarche.pk, champ.nom)
        for demarche in Demarche.objects.all()
        for champ in demarche.lue.champs()
        for sous in [champ, *champ.parties]
        if sous.type == "date"
        for saisie in adaptateur_de(sous).champs().values()
        if getattr(saisie, "partielle", False)
    }
    assert {slug for slug, _ in partielles} == {
        "demander-un-acte-d-etat-civil", "inscrire-au-periscolaire", "inscrire-un-enfant-a-l-ecole",
        "preparer-mon-inscription-electorale", "signaler-un-changement-d-adresse",
    }  # fmt: skip
