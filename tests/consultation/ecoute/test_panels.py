"""Panels: quotas from the population, a list published before the number, replacements, nobody named in public."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from consultation.ecoute.ateliers.models import Participant
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.dossiers.services import decrire
from consultation.ecoute.equipe.models import Membre
from consultation.ecoute.panels import services
from consultation.ecoute.panels.models import Panel, Tirage, Volontaire, bornes
from consultation.ecoute.panels.services import PanelRefuse
from tests.consultation.ecoute import fabrique

pytestmark = pytest.mark.django_db


@pytest.fixture
def panel(ouvert: Dossier, responsable: Membre) -> Panel:
    decrire(responsable, ouvert, None, "âge", "Quel âge ?", "Insee", [("jeune", 30.0), ("âgé", 70.0)])
    decrire(responsable, ouvert, None, "quartier", "Où ?", "Insee", [("nord", 50.0), ("sud", 50.0)])
    return fabrique.panel(responsable, ouvert)


@pytest.fixture
def calculer(responsable: Membre, django_capture_on_commit_callbacks: Any) -> Callable[[Panel], Tirage]:
    def faire(panel: Panel) -> Tirage:
        with django_capture_on_commit_callbacks(execute=True):
            tirage = services.lancer(responsable, panel)
        tirage.refresh_from_db()
        return tirage

    return faire


def test_quotas_are_nearest_to_the_population(panel: Panel) -> None:
    assert [(q.modalite.nom, q.minimum, q.maximum) for q in panel.quotas.all()] == [
        ("jeune", 3, 3), ("âgé", 7, 7), ("nord", 5, 5), ("sud", 5, 5),
    ]  # fmt: skip
    assert bornes(22, 22.5) == (4, 5)


def test_volunteers_give_only_what_is_needed_and_get_a_code(panel: Panel, client: Client) -> None:
    adresse = f"/panels/{panel.pk}/volontaire/"
    criteres = {f"critere_{c.pk}": c.modalites.first().nom for c in panel.dossier.criteres.all()}  # type: ignore[union-attr]
    champs = {"nom": "Ana", "telephone": "06", "adresse": "3, rue des Lilas", **criteres}
    page = client.post(adresse, champs, follow=True).content.decode()
    ana = Volontaire.objects.get()
    assert f"Votre code est <strong>{ana.code}</strong>" in page
    assert "Lilas" not in str(Volontaire.objects.values().get())
    client.post(adresse, champs)
    assert Volontaire.objects.count() == 1
    client.post(adresse, champs | {"nom": "Bob", "telephone": "07", "adresse": "3 RUE DES LILAS"})
    assert len(set(Volontaire.objects.values_list("foyer", flat=True))) == 1
    client.post(f"/mon-tirage/{ana.jeton}/")
    ana.refresh_from_db()
    assert ana.retire_le is not None


def test_the_list_is_public_before_the_number_and_the_digest_holds(
    panel: Panel, responsable: Membre, calculer: Callable[[Panel], Tirage], client: Client
) -> None:
    fabrique.volontaires(panel, 60)
    tirage = calculer(panel)
    assert tirage.etat == Tirage.Etat.PRET
    assert tirage.resultat["algorithm"] == "LEXIMIN"
    with pytest.raises(PanelRefuse, match="Publiez d'abord la liste"):
        services.tirer(responsable, tirage, 41)
    assert client.get(f"/panels/{panel.pk}/").status_code == 404
    services.annoncer(responsable, tirage)
    with pytest.raises(PanelRefuse, match="ne se recalcule plus"):
        services.lancer(responsable, panel)
    publiee = client.get(f"/panels/{panel.pk}/liste.csv").content
    assert hashlib.sha256(publiee).hexdigest() == tirage.resultat["list_sha256"]
    with pytest.raises(PanelRefuse, match="compris entre"):
        services.tirer(responsable, tirage, 10**6)
    tirage = services.tirer(responsable, tirage, 41)
    lignes = list(csv.reader(io.StringIO(publiee.decode())))
    assert tirage.resultat["panel"] == lignes[42][1:]
    page = client.get(f"/panels/{panel.pk}/").content.decode()
    assert "Numéro <strong>41</strong>, tiré en public" in page
    assert "Personne" not in page.split("<h2>Le résultat</h2>")[1].split("<h2>")[0]
    assert panel.dossier.publications.filter(titre__contains="Tirage au sort").count() == 2
    with pytest.raises(PanelRefuse, match="ne se refait pas"):
        services.lancer(responsable, panel)


def test_the_reserve_is_the_cores_own(panel: Panel, calculer: Callable[[Panel], Tirage], responsable: Membre) -> None:
    from consultation.tirage import preparer
    from consultation.tirage.publication import liste_numerotee

    fabrique.volontaires(panel, 40)
    tirage = calculer(panel)
    services.annoncer(responsable, tirage)
    tirage = services.tirer(responsable, tirage, 7)
    coeur = preparer(services.vivier(tirage), panel.taille, un_par_foyer=True)
    assert liste_numerotee(coeur) == tirage.liste
    assert tuple(tirage.resultat["reserve"]) == coeur.loterie.reserve(7, 20)


def test_impossible_quotas_draw_nobody_and_the_smallest_change_is_offered(
    panel: Panel, calculer: Callable[[Panel], Tirage], responsable: Membre, django_capture_on_commit_callbacks: Any,
    connecte: Callable[[Membre], Client],
) -> None:  # fmt: skip
    fabrique.volontaires(panel, 30, jeunes=2)
    tirage = calculer(panel)
    assert tirage.etat == Tirage.Etat.IMPOSSIBLE
    page = connecte(responsable).get(f"/equipe/panels/{panel.pk}/").content.decode()
    assert "personne n&#x27;a été tiré" in page
    assert "passer le minimum de 3 à 2" in page
    with django_capture_on_commit_callbacks(execute=True):
        connecte(responsable).post(f"/equipe/panels/{panel.pk}/assouplir/")
    nouveau = panel.tirages.get()
    assert nouveau.etat == Tirage.Etat.PRET, nouveau.message
    assert "a desserré les quotas" in str(list(panel.dossier.traces.values_list("phrase", flat=True)))


def test_who_declines_is_replaced_within_the_quotas(
    panel: Panel, calculer: Callable[[Panel], Tirage], responsable: Membre
) -> None:
    fabrique.volontaires(panel, 60)
    tirage = calculer(panel)
    services.annoncer(responsable, tirage)
    tirage = services.tirer(responsable, tirage, None)
    assert tirage.resultat["number_source"] == "computer"
    parti = tirage.resultat["panel"][0]
    nouveau = services.remplacer(responsable, tirage, parti)
    tirage.refresh_from_db()
    valeurs = dict(panel.volontaires.values_list("code", "valeurs"))
    assert len(nouveau) == 1
    assert valeurs[nouveau[0]] == valeurs[parti]  # tight quotas leave one profile only
    assert parti not in tirage.resultat["panel"]
    with pytest.raises(PanelRefuse, match="n'est pas dans le panel"):
        services.remplacer(responsable, tirage, parti)
    atelier = fabrique.atelier(responsable, panel.dossier, capacite=20)
    assert services.inviter(responsable, tirage, atelier) == 10
    assert services.inviter(responsable, tirage, atelier) == 0
    assert Participant.objects.filter(atelier=atelier).count() == 10


def test_a_computation_is_stopped_on_request_and_seen_when_it_dies(panel: Panel, responsable: Membre) -> None:
    fabrique.volontaires(panel, 30)
    tirage = services.lancer(responsable, panel)  # the commit never comes in this test: nothing runs
    services.arreter(tirage)
    services.calculer(tirage.pk)
    tirage.refresh_from_db()
    assert (tirage.etat, tirage.liste) == (Tirage.Etat.ARRETE, "")
    suivant = services.lancer(responsable, panel)
    assert not suivant.interrompu
    suivant.vu_le -= timedelta(minutes=10)
    assert suivant.interrompu


@pytest.mark.django_db(transaction=True)
def test_the_command_of_the_other_process_computes(panel: Panel, responsable: Membre) -> None:
    fabrique.volontaires(panel, 30)
    personnes, quotas = services.fichiers(panel)
    tirage = Tirage.objects.create(panel=panel, personnes=personnes, quotas=quotas)
    call_command("tirer", tirage.pk)
    tirage.refresh_from_db()
    assert tirage.etat == Tirage.Etat.PRET


def test_registration_ends_at_its_date_and_with_the_list(
    panel: Panel, calculer: Callable[[Panel], Tirage], client: Client, responsable: Membre
) -> None:
    fabrique.volontaires(panel, 30)
    tirage = calculer(panel)
    fabrique.volontaires(panel, 31)  # one more came since
    with pytest.raises(PanelRefuse, match="recalculez la liste"):
        services.annoncer(responsable, tirage)
    services.annoncer(responsable, calculer(panel))
    assert client.get(f"/panels/{panel.pk}/volontaire/").status_code == 410
    panel.tirages.all().delete()
    assert client.get(f"/panels/{panel.pk}/volontaire/").status_code == 200
    Panel.objects.filter(pk=panel.pk).update(inscription_jusqua=timezone.now())
    assert client.get(f"/panels/{panel.pk}/volontaire/").status_code == 410
