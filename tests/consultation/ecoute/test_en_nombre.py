"""Many opinions at once: spam set aside in one act, copies decided together; one tablet, several people."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from consultation.ecoute.contributions import services
from consultation.ecoute.contributions.models import Canal
from consultation.ecoute.contributions.services import AvisRefuse, Saisie
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.equipe.models import Membre
from consultation.ecoute.lecture.models import Distinction, Rapprochement
from tests.consultation.ecoute import fabrique

pytestmark = pytest.mark.django_db
PUB = "Achetez nos fenêtres à prix cassé"


@pytest.fixture
def noye(ouvert: Dossier, responsable: Membre) -> Dossier:
    for n in range(7):
        texte = f"{PUB} numéro {n}" if n % 2 else f"Le marché est trop loin, numéro {n}"
        services.saisir(responsable, ouvert, Saisie(texte, Canal.PAPIER, {}))
    return ouvert


def test_all_that_a_search_finds_is_set_aside_with_one_reason_and_put_back(
    noye: Dossier, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    client, liste = connecte(responsable), f"/equipe/dossiers/{noye.slug}/avis/"
    assert "Écarter les 3 de cette recherche" in client.get(f"{liste}?q=fenêtres").content.decode()
    adresse = f"{liste}ensemble/?q=fenêtres&tous=1"
    assert client.post(adresse, {"motif": " "}).status_code == 422
    assert noye.contributions.filter(ecarte_le=None).count() == 7
    client.post(adresse, {"motif": "publicité"})
    assert {a.ecarte_motif for a in noye.contributions.exclude(ecarte_le=None)} == {"publicité"}
    assert noye.contributions.filter(ecarte_le=None).count() == 4
    assert "a écarté 3 avis" in str(list(noye.traces.values_list("phrase", flat=True)))
    client.post(f"{liste}ensemble/?etat=ecartes&q=fenêtres&tous=1")
    assert noye.contributions.filter(ecarte_le=None).count() == 7


def test_those_ticked_are_set_aside_and_no_other(
    noye: Dossier, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    client, liste = connecte(responsable), f"/equipe/dossiers/{noye.slug}/avis/"
    client.post(f"{liste}ensemble/?avis=2&avis=4&avis=99&avis=x", {"motif": "publicité"})
    assert list(noye.contributions.exclude(ecarte_le=None).values_list("numero", flat=True)) == [2, 4]
    assert client.get(f"{liste}ensemble/").status_code == 409
    assert client.get(f"{liste}ensemble/?tous=1").status_code == 409, "without a search, all is not all"


def test_a_group_of_copies_is_decided_in_one_act(
    ouvert: Dossier, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    lettre = "Nous demandons que la mairie garde le guichet de quartier ouvert le samedi matin pour tout le monde."
    for n in range(6):
        services.saisir(responsable, ouvert, Saisie(f"{lettre} {'!' * n}", Canal.PAPIER, {}))
    client, page = connecte(responsable), f"/equipe/dossiers/{ouvert.slug}/lecture/proches/"
    lue = html.unescape(client.get(page).content.decode())
    assert "Les 5 sont le même texte" in lue
    numeros = [str(n) for n in range(2, 7)]
    client.post(f"{page}1/", {"decision": "meme-tous", "groupe": numeros})
    assert Rapprochement.objects.count() == 5
    assert not Distinction.objects.exists()


def deposer(client: Client, dossier: Dossier, texte: str, **champs: str) -> Any:
    return client.post(f"/consultations/{dossier.slug}/donner-mon-avis/", {"texte": texte, **champs})


def test_two_people_with_the_same_words_on_one_tablet_are_two(responsable: Membre, dpo: Membre) -> None:
    dossier = fabrique.ouvert(responsable, dpo)
    Dossier.objects.filter(pk=dossier.pk).update(limite_par_appareil=3)
    tablette = Client()
    for texte in ("Plus de bancs", "Non", "Plus de bancs"):
        page = tablette.get(f"/consultations/{dossier.slug}/donner-mon-avis/").content.decode()
        jeton = page.split('name="envoi"')[1].split('value="')[1].split('"')[0]
        assert deposer(tablette, dossier, texte, envoi=jeton).status_code == 302
        assert deposer(tablette, dossier, texte, envoi=jeton).status_code == 302  # the network was cut: sent again
    assert dossier.contributions.count() == 3
    suivant = html.unescape(deposer(tablette, dossier, "Oui", envoi="autre").content.decode())
    assert "par téléphone, au guichet ou sur papier" in suivant


def test_a_reason_is_always_asked(noye: Dossier, responsable: Membre) -> None:
    with pytest.raises(AvisRefuse, match="Dites pourquoi"):
        services.ecarter_ensemble(responsable, noye, noye.contributions.all(), "  ")
