"""What goes through a spreadsheet: values the same to the eye, brackets that it would change into dates."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from consultation.ecoute.dossiers.forms import CritereForm
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.dossiers.services import decrire
from consultation.ecoute.equipe.models import Membre
from tests.consultation.ecoute import fabrique

pytestmark = pytest.mark.django_db


def test_a_file_typed_on_a_mac_is_read_and_a_date_is_named(
    ouvert: Dossier, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    decrire(responsable, ouvert, None, "âge", "Âge ?", "Insee", [("âgé", 50.0), ("10-12", 50.0)])
    panel = fabrique.panel(responsable, ouvert)

    def importer(texte: str) -> str:
        octets = unicodedata.normalize("NFD", texte).encode()
        fichier = SimpleUploadedFile("volontaires.csv", octets, "text/csv")
        adresse = f"/equipe/panels/{panel.pk}/volontaires/importer/"
        return html.unescape(connecte(responsable).post(adresse, {"fichier": fichier}, follow=True).content.decode())

    entete = "nom;courriel;adresse;ÂGE\n"
    assert "1 volontaires inscrits." in importer(f"{entete}Ana;ana@exemple.test;1 rue A;Âgé\n")
    assert panel.volontaires.get().valeurs == {"âge": "âgé"}
    faux = importer(f"{entete}Bob;bob@exemple.test;2 rue B;oct-12\n")
    assert "Un tableur a changé «\u00a010-12\u00a0» en date" in faux
    assert panel.volontaires.count() == 1


def test_a_value_that_a_spreadsheet_would_change_is_pointed_out_when_it_is_written(ouvert: Dossier) -> None:
    champs = {"nom": "enfants", "question": "Combien ?", "valeurs": "1-2 ; 50\n3 et plus ; 50", "source": ""}
    form = CritereForm(champs, dossier=ouvert)
    assert "Écrivez « 1 à 2 »" in str(form.errors)
    assert CritereForm(champs | {"valeurs": "1 à 2 ; 50\n3 et plus ; 50"}, dossier=ouvert).is_valid()
