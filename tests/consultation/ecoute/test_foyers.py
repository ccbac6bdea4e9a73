"""One home is one chance however it is written; a tower is not one home; addresses go when nobody needs them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.dossiers.services import decrire
from consultation.ecoute.equipe.models import Membre
from consultation.ecoute.panels import foyers, services
from consultation.ecoute.panels.models import Panel, Volontaire
from consultation.ecoute.panels.services import PanelRefuse
from tests.consultation.ecoute import fabrique

pytestmark = pytest.mark.django_db


@pytest.fixture
def panel(ouvert: Dossier, responsable: Membre) -> Panel:
    decrire(responsable, ouvert, None, "âge", "Âge ?", "Insee", [("jeune", 50.0), ("âgé", 50.0)])
    return fabrique.panel(responsable, ouvert, taille=2)


def inscrire(panel: Panel, nom: str, adresse: str, age: str = "jeune") -> Volontaire:
    personne = Volontaire(nom=nom, courriel=f"{nom.lower()}@exemple.test", valeurs={"âge": age})
    return services.inscrire(panel, personne, adresse)


def test_one_address_spelt_two_ways_is_one_home(panel: Panel) -> None:
    ana = inscrire(panel, "Ana", "12 av. Foch, Saint-Élan")
    bob = inscrire(panel, "Bob", "12 avenue Foch 50000 Saint-Elan")
    assert ana.foyer == bob.foyer != ""
    assert not foyers.a_decider(panel)


def test_the_team_says_who_lives_together_before_the_draw(
    panel: Panel, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    ana = inscrire(panel, "Ana", "12 avenue Foch, Saint-Élan")
    bob = inscrire(panel, "Bob", "12 avenue Foch apt 4, Saint-Élan", "âgé")
    assert ana.foyer != bob.foyer
    with pytest.raises(PanelRefuse, match="dites d'abord qui habite ensemble"):
        services.lancer(responsable, panel)
    client, page = connecte(responsable), f"/equipe/panels/{panel.pk}/foyers/"
    assert "12 avenue Foch apt 4" in client.get(page).content.decode()
    client.post(page, {"codes": f"{ana.code},{bob.code}", "decision": "ensemble"})
    assert len(set(panel.volontaires.values_list("foyer", flat=True))) == 1
    client.post(page, {"codes": f"{ana.code},{bob.code}", "decision": "chacun"})
    assert len(set(panel.volontaires.values_list("foyer", flat=True))) == 2
    assert not foyers.a_decider(panel)
    inscrire(panel, "Eve", "12 av Foch, Saint-Élan")  # a newcomer asks the question again
    assert len(foyers.a_decider(panel)) == 1


def test_forty_five_homes_of_one_tower_are_not_one(
    panel: Panel, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    tour = [inscrire(panel, f"T{'abcdefghij'[n]}", "12 avenue des Tours") for n in range(10)]
    inscrire(panel, "Zoé", "1 rue du Port", "âgé")
    inscrire(panel, "Max", "2 rue du Port", "âgé")
    [groupe] = foyers.a_decider(panel)
    assert len(groupe.gens) == len(tour)
    foyers.decider(responsable, panel, [v.code for v in groupe.gens], ensemble=False)
    services.lancer(responsable, panel)
    services.calculer(panel.tirages.get().pk)
    chances = panel.tirages.get().resultat["probabilities"]
    assert {round(chances[v.code], 3) for v in tour} == {0.1}


def test_addresses_go_when_the_list_is_public(panel: Panel, responsable: Membre) -> None:
    for nom, age in (("Ana", "jeune"), ("Bob", "jeune"), ("Eve", "âgé"), ("Max", "âgé")):
        inscrire(panel, nom, f"{len(nom) + ord(nom[0])} rue des Lilas", age)
    assert "Lilas" in str(list(Volontaire.objects.values()))
    services.lancer(responsable, panel)
    services.calculer(panel.tirages.get().pk)
    tirage = panel.tirages.get()
    assert "Lilas" not in tirage.personnes
    fabrique.annoncer(responsable, tirage)
    assert "Lilas" not in str(list(Volontaire.objects.values()))
