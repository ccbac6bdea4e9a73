"""From opinions to actions: names hidden first, two readers, quotes word for word, small groups never shown."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from consultation.dossier import Genre
from consultation.ecoute.contributions import services as avis
from consultation.ecoute.contributions.models import Canal, Contribution
from consultation.ecoute.contributions.services import Saisie
from consultation.ecoute.dossiers import services as dossiers
from consultation.ecoute.dossiers import textes
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.equipe.models import Membre
from consultation.ecoute.lecture import services as lecture
from consultation.ecoute.lecture.models import Theme
from consultation.ecoute.lecture.services import LectureRefusee
from consultation.ecoute.suites import services as suites
from consultation.ecoute.suites.models import Action, Constat, Proposition
from consultation.ecoute.suites.services import SuiteRefusee
from tests.consultation.ecoute import fabrique

pytestmark = pytest.mark.django_db


def dire(qui: Membre, dossier: Dossier, texte: str, canal: Canal = Canal.PAPIER, **profil: str) -> Contribution:
    return avis.saisir(qui, dossier, Saisie(texte, canal, profil))


def test_names_are_hidden_by_a_person_and_it_can_be_undone(
    ouvert: Dossier, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    recu = dire(responsable, ouvert, "Madame Martin m'a aidé, au 06 12 34 56 78. Le boulanger de la place aussi.")
    client = connecte(responsable)
    adresse = f"/equipe/dossiers/{ouvert.slug}/lecture/noms/1/"
    page = client.get(adresse).content.decode()
    assert "Martin (nom)" in page
    assert "06 12 34 56 78 (téléphone)" in page
    with pytest.raises(LectureRefusee, match="Cachez d'abord"):
        lecture.coder(responsable, recu, [])
    assert "recopiez le passage" in client.post(adresse, {"autres": "le boucher"}).content.decode()
    client.post(adresse, {"passages": ["0", "1"], "autres": "Le boulanger de la place"})
    recu.refresh_from_db()
    assert recu.texte_relu == "Madame [nom 1] m'a aidé, au [téléphone 1]. [nom 2] aussi."
    assert "Martin" not in client.get(f"/equipe/dossiers/{ouvert.slug}/avis/").content.decode()
    lecture.rouvrir(responsable, recu)
    assert recu.relu_le is None


@pytest.fixture
def suivi(responsable: Membre, dpo: Membre) -> Dossier:
    """A dossier with one opinion read, one finding, one kept proposal."""
    dossier = fabrique.ouvert(responsable, dpo)
    recu = dire(responsable, dossier, "Madame Martin demande trois fois le même justificatif.")
    lecture.relire(responsable, recu, {0})
    constat = Constat.objects.create(dossier=dossier, texte="La même pièce est demandée plusieurs fois.")
    proposition = Proposition.objects.create(dossier=dossier, titre="Une pièce, une fois")
    proposition.constats.add(constat)
    return dossier


def test_a_quote_is_word_for_word_without_names_and_public_only_when_checked(
    suivi: Dossier, responsable: Membre
) -> None:
    constat = suivi.constats.get()
    with pytest.raises(SuiteRefusee, match="mot pour mot"):
        suites.citer(responsable, constat, 1, "Madame Martin demande trois fois")
    with pytest.raises(SuiteRefusee, match="n'existe pas"):
        suites.citer(responsable, constat, 9, "x")
    extrait = suites.citer(responsable, constat, 1, "demande trois fois le même justificatif")
    assert "« demande" not in textes.proposer(suivi, Genre.RESULTATS)[1]
    suites.permettre(responsable, extrait, True)
    assert "« demande trois fois le même justificatif »" in textes.proposer(suivi, Genre.RESULTATS)[1]


def test_decisions_have_reasons_and_done_has_evidence(suivi: Dossier, responsable: Membre) -> None:
    proposition = suivi.propositions.get()
    action = Action(proposition=proposition, titre="Réécrire", responsable="Scolaire", echeance=timezone.localdate())
    with pytest.raises(SuiteRefusee, match="Retenez d'abord"):
        suites.agir(responsable, action)
    with pytest.raises(SuiteRefusee, match="Dites pourquoi"):
        suites.decider(responsable, proposition, "retenue", "")
    suites.decider(responsable, proposition, "retenue", "Utile à tous")
    action.etat = Action.Etat.FAITE
    with pytest.raises(SuiteRefusee, match="ce qui montre"):
        suites.agir(responsable, action)
    action.preuve = "Le formulaire du 3 mars."
    assert suites.agir(responsable, action).faite_le == timezone.localdate()


def test_the_public_page_follows_the_thread(suivi: Dossier, responsable: Membre, client: Client) -> None:
    adresse = f"/consultations/{suivi.slug}/vous-avez-dit/"
    assert client.get(adresse).status_code == 404
    proposition = suivi.propositions.get()
    suites.decider(responsable, proposition, "retenue", "Utile à tous")
    suites.agir(responsable, Action(
        proposition=proposition, titre="Réécrire", responsable="Scolaire", echeance=timezone.localdate(),
        etat="faite", preuve="En ligne.", lien_genre="demarche", lien="inscription-scolaire, version 4",
        indicateur="Dossiers incomplets", avant="42 %", apres="18 %",
    ))  # fmt: skip
    titre, texte = textes.proposer(suivi, Genre.SUITES)
    dossiers.publier(responsable, suivi, Genre.SUITES, titre, texte)
    page = client.get(adresse).content.decode()
    for mots in ("Vous avez dit : La même pièce", "Nous faisons : Une pièce, une fois", "En ligne.", "42 % avant, 18 %",
                 "version 4"):  # fmt: skip
        assert mots in page
    assert "Martin" not in page
    assert f"{adresse}" in client.get(f"/consultations/{suivi.slug}/").content.decode()


def test_open_data_say_what_and_not_who(suivi: Dossier, responsable: Membre, client: Client) -> None:
    dossiers.decrire(responsable, suivi, None, "quartier", "?", "", [("Nord", 50.0), ("Sud", 50.0)])
    for rang in range(6):
        dire(responsable, suivi, f"=Avis {rang}", quartier="Nord")
    for recu in suivi.contributions.filter(relu_le=None):
        lecture.relire(responsable, recu, set())
    dire(responsable, suivi, "Signé Jean Valjean", quartier="Sud")
    dossiers.publier(responsable, suivi, Genre.SUITES, "Suites", "Voici.")
    base = f"/consultations/{suivi.slug}/vous-avez-dit/"
    lignes = list(csv.DictReader(io.StringIO(client.get(f"{base}avis.csv").content.decode())))
    champs = [c["name"] for c in client.get(f"{base}avis.schema.json").json()["fields"]]
    assert list(lignes[0]) == champs
    assert lignes[0]["texte"] == "Madame [nom 1] demande trois fois le même justificatif."
    assert lignes[1]["quartier"] == "Nord"
    assert lignes[1]["texte"] == "'=Avis 0"  # a spreadsheet runs nothing
    assert (lignes[7]["quartier"], lignes[7]["texte"]) == ("", "")  # alone of its kind, names not hidden yet
    assert "Valjean" not in client.get(f"{base}avis.csv").content.decode()


def test_small_counts_are_hidden_in_public(suivi: Dossier, responsable: Membre, client: Client) -> None:
    theme = Theme.objects.create(dossier=suivi, nom="Pièces", definition="")
    lecture.coder(responsable, suivi.contributions.get(numero=1), [theme])
    dossiers.publier(responsable, suivi, Genre.SUITES, "Suites", "Voici.")
    page = client.get(f"/consultations/{suivi.slug}/vous-avez-dit/").content.decode()
    assert "moins de 5" in page.split("Avis par thème")[1]


def test_what_was_promised_comes_back_on_the_home_page(
    suivi: Dossier, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    proposition = suivi.propositions.get()
    suites.decider(responsable, proposition, "retenue", "Utile")
    hier = timezone.localdate() - timedelta(days=1)
    suites.agir(responsable, Action(proposition=proposition, titre="Réécrire", responsable="Scolaire", echeance=hier))
    page = connecte(responsable).get("/equipe/").content.decode()
    assert "Tenir la promesse : Réécrire" in page
    assert "a-faire__quand--presse" in page
