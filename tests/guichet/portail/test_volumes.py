"""M8: nobody fills the database, and who is refused a file is told beside it."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from guichet.comptes.models import Usager
from guichet.demandes.models import Message, Piece, PieceBrouillon
from guichet.demarches.models import Demarche
from guichet.portail import volumes
from guichet.portail.models import Televersement
from tests.guichet import fabrique
from tests.guichet.portail.parcours import commencer, envoyer, remplir

pytestmark = pytest.mark.django_db


def document(octets: int) -> SimpleUploadedFile:
    """A PDF of about so many bytes."""
    sortie = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page().Contents = pdf.make_stream(b"%" + b"x" * octets)
        pdf.save(sortie, compress_streams=False)
    return SimpleUploadedFile("plan.pdf", sortie.getvalue(), "application/pdf")


def ecrire(client: Client, reference: str, octets: int, de: str = "192.0.2.1") -> str:
    saisie = {"texte": "Voici le plan.", "pieces": [document(octets)]}
    adresse = f"/mes-demarches/{reference}/"
    return client.post(adresse, saisie, headers={"X-Forwarded-For": de}, follow=True).content.decode()


def test_one_browser_has_so_many_bytes_an_hour(
    client: Client, demarche: Demarche, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ABU-05: 8 PDFs of 8 MiB in 10 s from one source, kept as long as a request."""
    monkeypatch.setattr(volumes, "SANS_COMPTE", 2 * volumes.MIO)
    reference = envoyer(client)
    for _ in range(2):
        assert "Votre message est envoyé" in ecrire(client, reference, 100_000), "a small file counts for 1 MiB"
    refus = ecrire(client, reference, 100_000)
    assert 'id="id_pieces_error">Ce fichier n&#x27;est pas enregistré\u00a0: beaucoup de fichiers' in refus
    assert "de votre appareil" in refus
    assert "Voici le plan." in refus, "what was typed is shown again"
    assert "est gardé" not in refus, "nothing of a refused message is kept"
    assert Piece.objects.count() == Message.objects.count() == 2
    Televersement.objects.update(le=timezone.now() - timedelta(hours=1, seconds=1))
    assert "Votre message est envoyé" in ecrire(client, reference, 100_000)
    assert Televersement.objects.count() == 2, "of the browser and of the source"
    assert not Televersement.objects.filter(cle__contains="192.0.2.1").exists()


def test_neighbours_of_one_address_do_not_use_up_each_other_s_room(
    demarche: Demarche, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A telephone operator's subscribers have one address; an enrolment morning brings thousands of them."""
    monkeypatch.setattr(volumes, "SANS_COMPTE", volumes.MIO)
    for _ in range(3):
        voisin = Client()
        assert "Votre message est envoyé" in ecrire(voisin, envoyer(voisin), 100_000)


def test_one_source_has_a_ceiling_of_its_own(demarche: Demarche, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who gives up their cookies at each file is still one source."""
    monkeypatch.setattr(volumes, "PAR_SOURCE", volumes.MIO)
    premier, suivant = Client(), Client()
    assert "Votre message est envoyé" in ecrire(premier, envoyer(premier), 100_000)
    reference = envoyer(suivant)
    assert "de votre connexion" in ecrire(suivant, reference, 100_000)
    assert "Votre message est envoyé" in ecrire(suivant, reference, 100_000, de="192.0.2.2")


def test_an_address_that_everybody_shares_is_not_counted_as_one(
    client: Client, demarche: Demarche, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(volumes, "PAR_SOURCE", volumes.MIO)
    reference = envoyer(client)
    saisie = {"texte": "Voici le plan."}
    for _ in range(3):
        envoi = {**saisie, "pieces": [document(100_000)]}
        client.post(f"/mes-demarches/{reference}/", envoi, headers={"X-Gru-Shared-Source": "yes"})
    assert Piece.objects.count() == 3


def test_a_full_place_refuses_only_who_sent_much(
    client: Client,
    demarche: Demarche,
    camille: Usager,
    connecter: Callable[[Client, Usager], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is full stays full for thirty days: only who sent much is sent away, never the first comer."""
    photo = fabrique.photo(taille=(600, 400))
    monkeypatch.setattr(volumes, "EN_ATTENTE", 2 * len(photo))
    monkeypatch.setattr(volumes, "BEAUCOUP", 2 * volumes.MIO)

    def joindre(navigateur: Client, de: str) -> str:
        base = commencer(navigateur)
        remplir(navigateur, base, "description")
        envoi = {"photos": [SimpleUploadedFile("trou.jpg", photo)]}
        return navigateur.post(f"{base}photos/", envoi, headers={"X-Forwarded-For": de}, follow=True).content.decode()

    for rang in range(2):  # the same subscriber, by two of their addresses
        joindre(Client(), f"2001:db8:1:2::{rang}")
    avant = PieceBrouillon.objects.count()
    plein = "Connectez-vous pour l&#x27;envoyer, ou apportez ce document à la mairie"
    assert plein in joindre(Client(), "2001:db8:1:2::9")
    assert PieceBrouillon.objects.count() == avant == 2
    assert plein not in joindre(Client(), "2001:db8:1:3::9")
    assert plein not in joindre(connecter(client, camille), "2001:db8:1:2::9")
    assert PieceBrouillon.objects.count() == avant + 2
