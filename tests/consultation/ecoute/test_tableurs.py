"""A spreadsheet as people make it: read, or refused in a sentence; two people with the same words count twice."""

from __future__ import annotations

import html
import io
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from openpyxl import Workbook  # type: ignore[import-untyped]

from consultation.ecoute.contributions import importation
from consultation.ecoute.contributions.models import Canal, Contribution
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.equipe.models import Membre
from consultation.tirage.erreurs import FichiersInvalides
from consultation.tirage.fichiers import tableau_de

HIER = "02/11/2026"
SONDAGE = (
    '"Horodateur";"Texte";"Pour mieux vous connaître, un peu, et sans obligation :\n- Êtes-vous venu, souvent ?"'
    ';"Canal";"Date"\r\n"02/11/2026 14:32:10";"Plus de bancs, d\'ombre";"souvent";"papier";"02/11/2026 14:32:10"\r\n'
    '"02/11/2026 15:01:44";"Gardez le marché";"parfois";"papier";"2026-11-02 15:01:44"\r\n'
)


@pytest.mark.parametrize("octets", [SONDAGE.encode("utf-8-sig"), SONDAGE.encode("cp1252")])
def test_separators_and_line_ends_inside_quotes_cut_nothing(octets: bytes) -> None:
    tableau = tableau_de("sondage.csv", octets)
    assert [cases["Texte"] for _, cases in tableau.lignes] == ["Plus de bancs, d'ombre", "Gardez le marché"]


@pytest.mark.parametrize(("octets", "lu"), [
    ("texte;canal\rLe marché est très bien, gardez-le à côté;papier\r".encode("mac_roman"),
     "Le marché est très bien, gardez-le à côté"),
    ('\ufeff"sep=;"\r\ntexte;canal\r\nOui;papier\r\n'.encode(), "Oui"),
    ("texte;canal\nDéçu – c'est « cher »;papier\n".encode("cp1252"), "Déçu – c'est « cher »"),
    ("texte;canal\nDéçu;papier\n".encode("utf-16"), "Déçu"),
])  # fmt: skip
def test_the_files_of_every_spreadsheet_are_read(octets: bytes, lu: str) -> None:
    assert tableau_de("a.csv", octets).lignes[0][1]["texte"] == lu


@pytest.mark.parametrize(("octets", "dit"), [
    ("texte\nLe café à côté de l'école\nTrop de bruit ".encode() + b"\xe9videmment\n", "ligne 3 : une lettre"),
    (b"texte\n\xde\xdd\xf0\xd0\xfe\xd8\n", "accents ne se lisent pas"),
])  # fmt: skip
def test_damaged_letters_never_come_in_silence(octets: bytes, dit: str) -> None:
    with pytest.raises(FichiersInvalides) as refus:
        tableau_de("a.csv", octets)
    assert dit in str(refus.value)


@pytest.fixture
def importer(ouvert: Dossier, responsable: Membre) -> Callable[..., importation.Import]:
    Dossier.objects.filter(pk=ouvert.pk).update(ouverture=timezone.make_aware(datetime(2026, 11, 1)))
    ouvert.refresh_from_db()

    def faire(texte: str, **options: object) -> importation.Import:
        fichier = SimpleUploadedFile("a.csv", texte.encode())
        return importation.importer(responsable, ouvert, fichier, canal=Canal.PAPIER, **options)  # type: ignore[arg-type]

    return faire


LOT1 = f"texte;date;bulletin\nPlus de bancs;{HIER};B001\nPlus de bancs;{HIER};B002\nNon;{HIER};B003\n"
LOT2 = "texte;date;bulletin\nPlus de bancs;03/11/2026;B101\nNon;03/11/2026;B102\nOui;03/11/2026;B103\n"


@pytest.mark.django_db
def test_other_papers_are_other_people_and_the_same_file_is_the_same(
    importer: Callable[..., importation.Import],
) -> None:
    assert importer(LOT1) == importation.Import(3, 0)
    assert importer(LOT2) == importation.Import(3, 0)
    assert importer(LOT1) == importation.Import(0, 3)
    assert importer(LOT1 + "Peut-être;02/11/2026;B004\n") == importation.Import(1, 3)


@pytest.mark.django_db
def test_the_same_words_next_week_are_other_people(importer: Callable[..., importation.Import]) -> None:
    assert importer("texte\nTrop cher\nTrop cher\nTrop cher\n") == importation.Import(3, 0)
    assert importer("texte\nTrop cher\nTrop cher\nAutre chose\n") == importation.Import(3, 0)
    assert importer("texte\nTrop cher\nTrop cher\nTrop cher\n") == importation.Import(0, 3)  # by mistake
    assert importer("texte\nTrop cher\nTrop cher\nTrop cher\n", tout_compter=True) == importation.Import(3, 0)


@pytest.mark.django_db
def test_a_date_outside_is_kept_set_aside_and_said(
    importer: Callable[..., importation.Import], ouvert: Dossier
) -> None:
    bilan = importer("texte;date\nAvant;01/01/2020\nDedans;02/11/2026 14:30\n")
    assert (bilan.ajoutes, bilan.hors_periode) == (2, 1)
    avant, dedans = Contribution.objects.order_by("numero")
    assert avant.ecarte_motif == "Daté du 01/01/2020, hors des dates de participation"
    assert dedans.ecarte_le is None
    assert timezone.localtime(dedans.recue_le).hour == 14
    demain = (timezone.localdate() + timedelta(days=2)).strftime("%d/%m/%Y")
    with pytest.raises(FichiersInvalides) as refus:
        importer(f"texte;date\nTard;{demain}\n")
    assert "dans le futur" in str(refus.value)


@pytest.mark.django_db
def test_columns_are_chosen_on_the_page_without_choosing_the_file_again(
    ouvert: Dossier, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    client, adresse = connecte(responsable), f"/equipe/dossiers/{ouvert.slug}/avis/importer/"
    fichier = SimpleUploadedFile("a.csv", "Que pensez-vous du marché ?;Où\nGardez-le;ici\n".encode())
    page = client.post(adresse, {"fichier": fichier})
    assert page.status_code == 422
    lu = html.unescape(page.content.decode())
    assert "il manque la colonne «\u00a0texte\u00a0»" in lu
    garde = page.context["form"].data
    suite = {"garde": garde["garde"], "garde_nom": garde["garde_nom"], "colonne_texte": "Que pensez-vous du marché ?"}
    assert "comment ces avis sont arrivés" in html.unescape(client.post(adresse, suite).content.decode())
    page = client.post(adresse, suite | {"canal": "guichet"}, follow=True)
    assert "1 avis importé." in html.unescape(page.content.decode())
    un = Contribution.objects.get()
    assert (un.texte, un.canal) == ("Gardez-le", Canal.GUICHET)


@pytest.mark.django_db
def test_a_workbook_is_read(ouvert: Dossier, responsable: Membre) -> None:
    classeur = Workbook()
    feuille = classeur.active
    assert feuille is not None
    feuille.append(["Texte", "Canal", "Date", "Bulletin"])
    feuille.append(["Des bancs, et de l'ombre", "papier", timezone.localdate(), 12])
    feuille.append(["=1+1", "papier", date(2026, 11, 2), None])
    octets = io.BytesIO()
    classeur.save(octets)
    fichier = SimpleUploadedFile("avis.xlsx", octets.getvalue())
    with pytest.raises(FichiersInvalides):  # a formula without a value is an empty cell
        importation.importer(responsable, ouvert, fichier)
    feuille.delete_rows(3)
    octets = io.BytesIO()
    classeur.save(octets)
    assert importation.importer(responsable, ouvert, SimpleUploadedFile("a.xlsx", octets.getvalue())).ajoutes == 1
    un = Contribution.objects.get()
    assert (un.texte, un.bulletin) == ("Des bancs, et de l'ombre", "12")
    faux = SimpleUploadedFile("faux.xlsx", b"PK\x03\x04rien")
    with pytest.raises(FichiersInvalides, match="ne se lit pas"):
        importation.importer(responsable, ouvert, faux)


@pytest.mark.django_db
def test_the_desk_does_not_take_a_date_before_the_opening(
    ouvert: Dossier, accueil: Membre, connecte: Callable[[Membre], Client]
) -> None:
    assert ouvert.ouverture is not None
    veille = timezone.localdate(ouvert.ouverture) - timedelta(days=2)
    page = connecte(accueil).post(f"/equipe/saisie/{ouvert.slug}/", {
        "canal": "papier", "texte": "Des bancs", "recue": veille.isoformat()})  # fmt: skip
    assert page.status_code == 422
    assert "un avis reçu avant ne peut pas compter" in html.unescape(page.content.decode())


@pytest.mark.django_db
def test_the_list_of_those_to_tell_opens_in_a_french_spreadsheet_and_runs_nothing(
    ouvert: Dossier, responsable: Membre, client: Client, connecte: Callable[[Membre], Client]
) -> None:
    client.post(f"/consultations/{ouvert.slug}/donner-mon-avis/", {
        "texte": "Des bancs", "courriel": "=1+1+cmd|calc!a1@exemple.test"})  # fmt: skip
    octets = connecte(responsable).post(f"/equipe/dossiers/{ouvert.slug}/avis/contacts/").content
    assert octets.startswith(b"\xef\xbb\xbfavis;nom;courriel;telephone\r\n")
    assert b";=1+1" not in octets
