"""Files that hurt who opens them do not go through the team's pages either."""

from __future__ import annotations

import io

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from consultation.ecoute.dossiers.forms import PublierForm
from consultation.ecoute.suites import preuves
from tests.socle import hostiles


def _publier(contenu: bytes) -> PublierForm:
    fichier = SimpleUploadedFile("plan.pdf", contenu, "application/pdf")
    return PublierForm({"titre": "Plan", "contenu": "Le plan."}, {"fichier": fichier}, nouvelle_version=False)


@pytest.mark.parametrize("sorte", hostiles.PDF)
def test_a_document_loses_what_acts_before_it_is_published(sorte: str) -> None:
    hostile = hostiles.pdf(hostiles.PDF[sorte])
    form = _publier(hostile)
    assert form.is_valid(), form.errors
    preuve = preuves.lire(SimpleUploadedFile("preuve.pdf", hostile))
    for contenu in (form.cleaned_data["fichier"].read(), preuve.contenu.read()):
        with pikepdf.open(io.BytesIO(contenu)) as document:
            assert set(document.Root.keys()) == {"/Type", "/Pages"}
            assert not {"/AA", "/Annots"} & set(document.pages[0].obj.keys())


def test_a_bomb_is_refused_in_words() -> None:
    form = _publier(hostiles.pdf_enorme())
    assert form.errors["fichier"] == ["Ce fichier est trop grand à ouvrir : réduisez-le."]
    for contenu in (hostiles.pdf_enorme(), hostiles.image_enorme()):
        with pytest.raises(preuves.PreuveRefusee, match="trop grand à ouvrir"):
            preuves.lire(SimpleUploadedFile("preuve", contenu))
