"""Files in PostgreSQL: kept with the transaction, served without danger."""

import hashlib

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.test import Client

from guichet.stockage.backend import reponse_fichier
from guichet.stockage.models import Fichier

pytestmark = pytest.mark.django_db


def test_a_file_is_kept_whole_with_its_size_type_and_print() -> None:
    contenu = bytes(range(256)) * 100
    nom = storages["pieces"].save("photo.jpg", ContentFile(contenu))
    ligne = Fichier.objects.get(nom=nom)
    assert (ligne.espace, ligne.taille, ligne.type_mime) == ("demandes", 25_600, "image/jpeg")
    assert ligne.empreinte == hashlib.sha256(contenu).hexdigest()
    assert storages["pieces"].open(nom).read() == contenu
    assert storages["pieces"].size(nom) == 25_600


def test_two_files_of_one_name_are_two_files() -> None:
    premier = storages["pieces"].save("photo.jpg", ContentFile(b"un"))
    second = storages["pieces"].save("photo.jpg", ContentFile(b"deux"))
    assert premier != second
    assert storages["pieces"].open(premier).read() == b"un"


@pytest.mark.django_db(transaction=True)
def test_a_submission_that_fails_leaves_no_file() -> None:
    def envoi() -> None:
        with transaction.atomic():
            storages["pieces"].save("photo.jpg", ContentFile(b"un"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        envoi()
    assert not Fichier.objects.exists()


def test_pieces_have_no_public_address(client: Client) -> None:
    nom = storages["pieces"].save("photo.jpg", ContentFile(b"un"))
    with pytest.raises(ValueError, match="adresse publique"):
        storages["pieces"].url(nom)
    assert client.get(f"/fichiers/{nom}").status_code == 404


def test_images_of_pages_are_public(client: Client) -> None:
    nom = storages["default"].save("images/mairie.png", ContentFile(b"png"))
    reponse = client.get(storages["default"].url(nom))
    assert (reponse.status_code, reponse["Content-Type"], reponse.content) == (200, "image/png", b"png")
    assert reponse["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in reponse["Content-Security-Policy"]
    assert client.get("/fichiers/images/mairie.png", headers={"If-None-Match": reponse["ETag"]}).status_code == 304


@pytest.mark.parametrize("type_mime", ["text/html", "image/svg+xml", "application/xhtml+xml", "text/xml"])
def test_what_a_browser_could_run_is_downloaded(type_mime: str) -> None:
    reponse = reponse_fichier(b"<script>", "page\r\nX: y.html", type_mime)
    assert reponse["Content-Type"] == "application/octet-stream"
    assert reponse["Content-Disposition"].startswith("attachment;")
    assert "\n" not in reponse["Content-Disposition"]
