"""Files are taken for what they are, and nothing hidden in a photo goes through."""

from __future__ import annotations

import io

import pikepdf
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from guichet.demandes import fichiers
from guichet.demandes.fichiers import FichierRefuse, nettoyer_fichier, nettoyer_photo, nettoyer_piece
from tests.guichet import fabrique
from tests.socle import hostiles

PDF = fabrique.pdf()


def lire(contenu: bytes) -> Image.Image:
    return Image.open(io.BytesIO(contenu))


@pytest.mark.parametrize(
    ("format_", "nom", "type_mime", "nom_garde"),
    [
        ("JPEG", "trou.JPEG", "image/jpeg", "trou.jpg"),
        ("PNG", "trou.png", "image/png", "trou.png"),
        ("WEBP", "trou.webp", "image/jpeg", "trou.jpg"),
        ("HEIF", "IMG_0001.HEIC", "image/jpeg", "IMG_0001.jpg"),
        ("PNG", "trou.jpg", "image/png", "trou.png"),
        ("JPEG", "sans-suffixe", "image/jpeg", "sans-suffixe.jpg"),
        ("JPEG", "C:\\photos\\trou.jpg", "image/jpeg", "trou.jpg"),
        ("JPEG", "../../etc/trou\n.jpg", "image/jpeg", "trou.jpg"),
    ],
)
def test_photos_are_written_again(format_: str, nom: str, type_mime: str, nom_garde: str) -> None:
    fichier = nettoyer_photo(io.BytesIO(fabrique.photo(format_=format_)), nom, None)
    assert (fichier.type_mime, fichier.nom) == (type_mime, nom_garde)
    assert lire(fichier.contenu).size == (64, 48)
    assert fichier.taille == len(fichier.contenu)


def test_place_and_date_of_the_shot_are_taken_out() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Appareil secret"
    exif.get_ifd(0x8825)[1] = "N"
    avant = fabrique.photo(exif=exif, comment=b"12 rue des Lilas")
    assert b"secret" in avant
    apres = nettoyer_photo(io.BytesIO(avant), "trou.jpg", None).contenu
    assert b"secret" not in apres
    assert b"Lilas" not in apres
    assert not lire(apres).getexif()


def test_text_of_a_png_is_taken_out() -> None:
    info = PngInfo()
    info.add_text("Auteur", "Camille")
    avant = fabrique.photo(format_="PNG", pnginfo=info)
    assert b"Camille" in avant
    assert b"Camille" not in nettoyer_photo(io.BytesIO(avant), "a.png", None).contenu


def test_a_photo_taken_sideways_stands_up() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert lire(nettoyer_photo(io.BytesIO(fabrique.photo(exif=exif)), "a.jpg", None).contenu).size == (48, 64)


def test_a_large_photo_is_made_smaller() -> None:
    contenu = fabrique.photo(taille=(4000, 3000))
    assert lire(nettoyer_photo(io.BytesIO(contenu), "a.jpg", None).contenu).size == (2560, 1920)


def test_code_behind_a_photo_does_not_go_through() -> None:
    contenu = nettoyer_photo(io.BytesIO(fabrique.photo() + b"<script>alert(1)</script>"), "a.jpg", None).contenu
    assert b"script" not in contenu


@pytest.mark.parametrize(
    ("contenu", "dit"),
    [
        (b"<html><script>alert(1)</script></html>", "n'est pas une photo"),
        (PDF, "n'est pas une photo"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "n'est pas une photo"),
        (b"", "est vide"),
        (b"x" * (fichiers.TAILLE_MAX + 1), "pèse plus de 8 Mo"),
        (fabrique.photo(taille=(800, 600))[:400], "est abîmé"),
    ],
)
def test_what_is_refused_is_said_in_a_sentence(contenu: bytes, dit: str) -> None:
    with pytest.raises(FichierRefuse, match=dit) as refus:
        nettoyer_photo(io.BytesIO(contenu), "trou.jpg", None)
    assert str(refus.value).startswith("« trou.jpg »")
    assert "hoisissez" in str(refus.value)


def test_the_size_announced_is_enough_to_refuse() -> None:
    with pytest.raises(FichierRefuse, match="8 Mo"):
        nettoyer_photo(io.BytesIO(), "trou.jpg", fichiers.TAILLE_MAX + 1)


def test_an_image_too_large_to_open_is_refused() -> None:
    with pytest.raises(FichierRefuse, match="trop grande"):
        nettoyer_photo(io.BytesIO(hostiles.image_enorme()), "a.png", None)


def test_a_pdf_too_large_to_open_is_refused() -> None:
    with pytest.raises(FichierRefuse, match="trop compliqué"):
        nettoyer_piece(io.BytesIO(hostiles.pdf_enorme()), "a.pdf", None)


def test_a_message_may_hold_a_pdf() -> None:
    piece = nettoyer_piece(io.BytesIO(PDF), "devis.PDF", None)
    assert (piece.nom, piece.type_mime) == ("devis.pdf", "application/pdf")
    assert len(pikepdf.open(io.BytesIO(piece.contenu)).pages) == 1
    assert nettoyer_piece(io.BytesIO(fabrique.photo()), "a.jpg", None).type_mime == "image/jpeg"
    with pytest.raises(FichierRefuse, match="n'est ni un PDF ni une photo"):
        nettoyer_piece(io.BytesIO(b"PK\x03\x04 archive"), "a.zip", None)


def test_a_signature_that_is_lost_is_told_by_the_name_of_the_file() -> None:
    """Both sides read it: the person before sending, the agent who would have relied on it."""
    piece = nettoyer_piece(io.BytesIO(hostiles.signable(signe=True)), "devis.pdf", None)
    assert piece.nom == "devis (signature électronique retirée).pdf"
    assert nettoyer_piece(io.BytesIO(hostiles.signable(signe=False)), "devis.pdf", None).nom == "devis.pdf"


@pytest.mark.parametrize("sorte", hostiles.PDF)
def test_a_pdf_that_acts_is_kept_without_what_acts(sorte: str) -> None:
    """H3: twelve of thirteen reached agents as they were. What is left in the file: tests/socle/test_fichiers.py."""
    avant = hostiles.pdf(hostiles.PDF[sorte])
    with pikepdf.open(io.BytesIO(nettoyer_piece(io.BytesIO(avant), "facture.pdf", None).contenu)) as document:
        assert set(document.Root.keys()) == {"/Type", "/Pages"}
        assert not {"/AA", "/Annots"} & set(document.pages[0].obj.keys())


@pytest.mark.parametrize(
    ("contenu", "dit"),
    [
        (PDF[: len(PDF) // 3], "est abîmé"),
        (b"%PDF-1.7\n" + b"rien" * 50, "est abîmé"),
        (fabrique.pdf(encryption=pikepdf.Encryption(owner="a", user="b")), "protégé par un mot de passe"),
        (fabrique.pdf(pages=fichiers.PAGES_MAX + 1), "200 pages"),
    ],
)
def test_a_pdf_is_opened_before_it_is_kept(contenu: bytes, dit: str) -> None:
    with pytest.raises(FichierRefuse, match=dit):
        nettoyer_piece(io.BytesIO(contenu), "rib.pdf", None)


def test_a_field_lets_in_its_own_formats_and_size() -> None:
    with pytest.raises(FichierRefuse, match=r"n'est pas un PDF\. Choisissez un fichier PDF\."):
        nettoyer_fichier(io.BytesIO(fabrique.photo()), "a.jpg", None, formats=("pdf",))
    with pytest.raises(FichierRefuse, match="Choisissez un fichier PDF ou JPEG"):
        nettoyer_fichier(io.BytesIO(fabrique.photo(format_="PNG")), "a.png", None, formats=("pdf", "jpeg"))
    with pytest.raises(FichierRefuse, match="pèse plus de 1 Mo"):
        nettoyer_fichier(io.BytesIO(b"x" * 1_100_000), "a.pdf", None, formats=("pdf",), taille_max=1024 * 1024)
    assert nettoyer_fichier(io.BytesIO(PDF), "a.pdf", None, formats=("pdf",)).type_mime == "application/pdf"
