"""Erased in one go, however the name is written; namesakes are shown, never taken for the person."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from consultation.dossier import Genre
from consultation.ecoute.ateliers import services as ateliers
from consultation.ecoute.ateliers.forms import InviterForm
from consultation.ecoute.ateliers.models import Atelier, Participant
from consultation.ecoute.boite.models import Courriel
from consultation.ecoute.contributions import services as avis
from consultation.ecoute.contributions.models import Canal, Contribution
from consultation.ecoute.contributions.services import Saisie
from consultation.ecoute.donnees import personne
from consultation.ecoute.donnees.ecritures import Recherche
from consultation.ecoute.dossiers import services
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.equipe.models import Membre
from tests.consultation.ecoute import fabrique
from tests.consultation.ecoute.test_effacement import contenu_de_la_base

# As a Mac and a word processor write them: decomposed accents, U+2011 and U+2019, a ligature, an overseas number.
LISTE = (
    unicodedata.normalize("NFD", "Élodie Hébrard")
    + " ; elodie.hebrard@exemple.fr ; 06 12 34 56 78\n"
    "Jean\u2011Pierre D\u2019Almeida ; jp.dalmeida@exemple.fr\n"
    "Cœur Anne ; 01 99 00 00 07\n".replace(" ; 01", " ; ; 01")
    + "N'Diaye Aïssatou ; Aissatou.NDiaye@Exemple.fr ; +262 692 12 34 56\n"
)


@pytest.mark.parametrize(("donne", "ligne"), [
    ("Élodie Hébrard", 0), ("HEBRARD elodie", 0), ("Jean-Pierre D'Almeida", 1), ("Jean Pierre d Almeida", 1),
    ("Anne Coeur", 2), ("N\u2019Diaye Aïssatou", 3), ("aissatou.ndiaye@exemple.fr", 3), ("0692 12 34 56", 3),
    ("06.12.34.56.78", 0), ("+33 (0)6 12 34 56 78", 0), ("00262692123456", 3),
])  # fmt: skip
def test_a_name_is_found_however_it_is_written(donne: str, ligne: int) -> None:
    for rang, texte in enumerate(LISTE.splitlines()):
        nom, courriel, telephone = (*(m.strip() for m in texte.split(";")), "", "")[:3]
        assert Recherche(donne).est(nom, courriel, telephone) is (rang == ligne), texte


@pytest.mark.parametrize(("donne", "texte", "reste"), [
    ("Élodie Hébrard", unicodedata.normalize("NFD", "Merci Élodie Hébrard, vraiment"), "Merci [effacé], vraiment"),
    ("Jean-Pierre D'Almeida", "Avec Jean\u2011Pierre D\u2019Almeida.", "Avec [effacé]."),
    ("Anne Cœur", "ANNE COEUR et anne cœur", "[effacé] et [effacé]"),
    ("0692 12 34 56", "au +262 692 12 34 56 !", "au [effacé] !"),
    ("Anne Cœur", "Anne Cœurdoux n'est pas elle", "Anne Cœurdoux n'est pas elle"),
])  # fmt: skip
def test_it_is_hidden_in_a_text_to_the_last_accent(donne: str, texte: str, reste: str) -> None:
    assert Recherche(donne).cacher(texte) == reste


@pytest.fixture
def perrine(ouvert: Dossier, responsable: Membre) -> Dossier:
    """Her web opinion with her name inside, a desk opinion with name and phone, both with one e-mail."""
    avis.deposer(ouvert, Saisie("Ici Perrine Quillévéré, 06 39 98 00 11 : trop d'attente. Perrine.", Canal.WEB, {},
                                courriel="perrine@exemple.test"))  # fmt: skip
    avis.saisir(responsable, ouvert, Saisie("Des bancs.", Canal.GUICHET, {}, nom="Perrine Quillévéré",
                                            courriel="Perrine@exemple.test", telephone="0639980011"))  # fmt: skip
    avis.saisir(responsable, ouvert, Saisie("Mme Quillevere Perrine a raison.", Canal.PAPIER, {}))
    return ouvert


@pytest.mark.django_db
@pytest.mark.parametrize("donne", ["perrine@exemple.test", "Perrine Quillévéré", "quillevere perrine", "0639980011"])
def test_whatever_was_given_her_own_words_no_longer_name_her(perrine: Dossier, responsable: Membre, donne: str) -> None:
    personne.effacer(responsable, donne)
    un, _, trois = Contribution.objects.order_by("numero")
    assert un.texte == "Ici [effacé], [effacé] : trop d'attente. [effacé]."
    assert trois.texte == "Mme Quillevere Perrine a raison."  # said by another, and left unless it is asked
    personne.effacer(responsable, donne)
    assert not any(hasattr(a, "contact") for a in Contribution.objects.all())


@pytest.mark.django_db
def test_with_what_others_said_no_spelling_is_left(perrine: Dossier, responsable: Membre, client: Client) -> None:
    Courriel.objects.create(dossier=perrine, cle="m", recu_le=timezone.now(), texte="Voir Perrine Quillévéré.")
    services.publier(responsable, perrine, Genre.INFORMATION, "Merci", "Merci à Perrine QUILLEVERE pour son aide.")
    personne.effacer(responsable, "perrine@exemple.test", citations=True)
    assert "Merci à [paroles retirées" in client.get(f"/consultations/{perrine.slug}/").content.decode()
    publie = perrine.publications.get(titre="Merci").contenu
    base = contenu_de_la_base().replace(publie, "")
    for trace in ("Quillévéré", "Quillevere", "0639980011", "06 39 98 00 11", "perrine@", "Perrine@"):
        assert trace not in base, trace


@pytest.mark.django_db
def test_a_pasted_list_is_erased_line_by_line(ouvert: Dossier, responsable: Membre) -> None:
    atelier = fabrique.atelier(responsable, ouvert, capacite=9)
    form = InviterForm({"qualite": "habitant", "liste": LISTE})
    assert form.is_valid(), form.errors
    ateliers.ajouter(responsable, atelier, form.participants())
    for donne in ("HEBRARD elodie", "jean pierre d almeida", "Anne Coeur", "0692123456"):
        assert personne.effacer(responsable, donne) >= 1, donne
    assert not atelier.participants.exists()


@pytest.mark.django_db
def test_namesakes_and_near_names_are_shown_and_left_alone(
    ouvert: Dossier, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    atelier = fabrique.atelier(responsable, ouvert, capacite=9)
    for nom, courriel in (("Léa Martin", "lea@exemple.test"), ("Lea MARTIN", "lea.martin@autre.test"),
                          ("Léa-Rose Martin", "")):  # fmt: skip
        ateliers.ajouter(responsable, atelier, [Participant(nom=nom, courriel=courriel)])
    client = connecte(responsable)
    page = client.post("/equipe/personne/effacer/", {"qui": "Léa Martin"})
    choix = page.context["form"].fields["fiches"]
    assert len(choix.choices) == 3
    assert choix.initial == []  # two people of one name: nobody decides but who knows
    cle = f"participant:{atelier.participants.get(courriel='lea@exemple.test').pk}"
    suite = client.post("/equipe/personne/effacer/", {
        "qui": "Léa Martin", "geste": "confirmer", "choisies": "1", "fiches": [cle]}, follow=True)  # fmt: skip
    assert set(atelier.participants.values_list("courriel", flat=True)) == {"lea.martin@autre.test", ""}
    dit = suite.content.decode().replace("&#x27;", "'")
    assert "Ce qui reste" in dit
    assert "lea.martin@autre.test" in dit
    assert "copies de sauvegarde" in dit


@pytest.mark.django_db
def test_the_page_of_an_erased_person_answers_no_more(ouvert: Dossier, responsable: Membre, client: Client) -> None:
    atelier = fabrique.atelier(responsable, ouvert, dans_j=-0.04)
    awa = Participant.objects.create(atelier=atelier, nom="Awa Sow", statut=Participant.Statut.PRESENT)
    Atelier.objects.filter(pk=atelier.pk).update(etat=Atelier.Etat.TENU)
    assert client.get(f"/ma-place/{awa.jeton}/").status_code == 200
    personne.effacer(responsable, "Awa Sow")
    assert client.get(f"/ma-place/{awa.jeton}/").status_code == 404
