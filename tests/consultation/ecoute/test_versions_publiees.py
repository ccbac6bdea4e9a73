"""What is published is made once a version; who has it gets no copy; words taken back are another version."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from consultation.ecoute.contributions.models import Canal, empreinte_exacte
from consultation.ecoute.contributions.services import Saisie, permettre_citation, saisir
from consultation.ecoute.donnees.personne import effacer
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.equipe.models import Membre
from consultation.ecoute.lecture import services as lecture
from consultation.ecoute.lecture.models import Theme
from consultation.ecoute.suites import donnees_ouvertes, version
from tests.consultation.ecoute import fabrique

pytestmark = pytest.mark.django_db
EXPORTS = ("avis.csv", "donnees.zip", "rapport.pdf")


@pytest.fixture
def publie(ouvert: Dossier, responsable: Membre) -> Dossier:
    saisir(responsable, ouvert, Saisie("Le guichet ferme trop tôt pour moi.", Canal.PAPIER, {}, publier=True))
    un = ouvert.contributions.get()
    lecture.relire(responsable, un, set())
    un.refresh_from_db()
    ouvert.contributions.update(verifie=empreinte_exacte(un.texte_relu))
    fabrique.resultats(responsable, ouvert)
    return ouvert


@pytest.mark.parametrize("nom", EXPORTS)
def test_a_browser_that_has_it_gets_no_copy(publie: Dossier, nom: str) -> None:
    adresse = f"/consultations/{publie.slug}/vous-avez-dit/{nom}"
    premiere = Client().get(adresse)
    assert "no-cache" in premiere["Cache-Control"]
    encore = Client().get(adresse, headers={"if-none-match": premiere["ETag"]})
    assert (encore.status_code, encore.content) == (304, b"")
    assert Client().get(adresse).content == premiere.content


def test_an_export_is_made_once_a_version(publie: Dossier, monkeypatch: pytest.MonkeyPatch) -> None:
    faits: list[Any] = []
    vrai = donnees_ouvertes.avis
    monkeypatch.setattr(donnees_ouvertes, "avis", lambda *a: faits.append(1) or vrai(*a))
    for _ in range(3):
        Client().get(f"/consultations/{publie.slug}/vous-avez-dit/avis.csv")
    assert len(faits) == 1


def test_each_act_makes_another_version_at_once(publie: Dossier, responsable: Membre) -> None:
    un = publie.contributions.get()
    vues = [version.version(publie)]

    def change(quoi: str) -> None:
        publie.refresh_from_db()
        vues.append(version.version(publie))
        assert vues[-1] not in vues[:-1], quoi

    theme = lecture.ecrire_theme(responsable, Theme(dossier=publie, nom="Horaires", definition="Heures."))
    change("a theme is written")
    lecture.coder(responsable, un, [theme])
    change("a theme is given")
    permettre_citation(publie, [un.pk], False)
    change("an agreement is taken back")


def test_words_taken_back_leave_the_file_at_once(publie: Dossier) -> None:
    adresse = f"/consultations/{publie.slug}/vous-avez-dit/avis.csv"
    avant = Client().get(adresse)
    assert "trop tôt" in avant.content.decode()
    permettre_citation(publie, [publie.contributions.get().pk], False)
    apres = Client().get(adresse, headers={"if-none-match": avant["ETag"]})
    assert apres.status_code == 200
    assert "trop tôt" not in apres.content.decode()


def test_an_erased_name_leaves_the_file_at_once_even_of_the_same_length(publie: Dossier, responsable: Membre) -> None:
    un = publie.contributions.get()
    un.texte = un.texte_relu = "Ici Bernadet Ollivier, le guichet ferme."
    un.verifie = empreinte_exacte(un.texte_relu)
    un.save()
    avant = version.version(publie)
    effacer(responsable, "Bernadet Ollivier", paroles=False, citations=True)
    assert version.version(publie) != avant
