"""Panels: quotas from the population, a list published before the number, replacements, nobody named in public."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from consultation.commande import consultation
from consultation.ecoute.ateliers.models import Participant
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.dossiers.services import decrire
from consultation.ecoute.equipe.models import Membre
from consultation.ecoute.panels import services
from consultation.ecoute.panels.models import Panel, Tirage, Volontaire, bornes
from consultation.ecoute.panels.services import PanelRefuse
from socle.typographie.espaces import insecables
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
    champs = {"nom": "Ana", "courriel": "ana@exemple.test", "adresse": "3, rue des Lilas", **criteres}
    client.post(adresse, champs)
    ana = Volontaire.objects.get()
    assert not panel.en_lice.exists()
    page = client.post(f"/mon-tirage/{ana.jeton}/", {"geste": "confirmer"}, follow=True).content.decode()
    assert f"Votre code est <strong>{ana.code}</strong>" in page
    assert panel.en_lice.get() == ana
    client.post(adresse, champs)
    assert Volontaire.objects.count() == 1
    client.post(adresse, champs | {"nom": "Bob", "courriel": "bob@exemple.test", "adresse": "3 RUE DES LILAS"})
    assert len(set(Volontaire.objects.values_list("foyer", flat=True))) == 1
    client.post(f"/mon-tirage/{ana.jeton}/", {"geste": "renoncer"})
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
    fabrique.annoncer(responsable, tirage)
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
    fabrique.annoncer(responsable, tirage)
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
    fabrique.annoncer(responsable, tirage)
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
        fabrique.annoncer(responsable, tirage)
    fabrique.annoncer(responsable, calculer(panel))
    Panel.objects.filter(pk=panel.pk).update(inscription_jusqua=timezone.now() + timedelta(days=1))
    assert client.get(f"/panels/{panel.pk}/volontaire/").status_code == 410  # the list is public
    panel.tirages.all().delete()
    assert client.get(f"/panels/{panel.pk}/volontaire/").status_code == 200
    Panel.objects.filter(pk=panel.pk).update(inscription_jusqua=timezone.now())
    assert client.get(f"/panels/{panel.pk}/volontaire/").status_code == 410


def test_somebody_who_knows_a_name_and_an_address_does_not_see_their_code(
    panel: Panel, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    adresse = f"/panels/{panel.pk}/volontaire/"
    criteres = {f"critere_{c.pk}": c.modalites.first().nom for c in panel.dossier.criteres.all()}  # type: ignore[union-attr]
    champs = {"nom": "Ana", "courriel": "ana@exemple.test", "adresse": "3, rue des Lilas", **criteres}
    with django_capture_on_commit_callbacks(execute=True):
        premiere = client.post(adresse, champs, follow=True)
        ana = Volontaire.objects.get()
        services.confirmer(ana)
        encore = client.post(adresse, champs | {"nom": "ANA"}, follow=True)
    assert encore.content == premiere.content, "the answer does not tell who is a volunteer"
    assert ana.code not in encore.content.decode()
    assert ana.jeton not in encore.content.decode()
    assert [m.to for m in mail.outbox] == [["ana@exemple.test"]] * 2  # the link goes where it belongs
    assert all(f"/mon-tirage/{ana.jeton}/" in m.body for m in mail.outbox)


def test_the_team_registers_imports_and_withdraws_volunteers(
    panel: Panel, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    client = connecte(responsable)
    ici = f"/equipe/panels/{panel.pk}/volontaires/"
    entete = "nom;courriel;telephone;adresse;âge;quartier\n"
    bon = entete + "Ana;a@b.fr;;1 rue A;jeune;nord\nBob;;06 12 34 56 78;2 rue B;âgé;sud\n"

    def importer(texte: str) -> str:
        fichier = SimpleUploadedFile("volontaires.csv", texte.encode("cp1252"), "text/csv")
        return client.post(f"{ici}importer/", {"fichier": fichier}, follow=True).content.decode()

    assert "2 volontaires inscrits." in importer(bon)
    assert "0 volontaires inscrits. 2 l&#x27;étaient déjà." in importer(bon)
    faux = importer(bon.replace("nord", "norde") + "Zoé;zoe;;3 rue C;jeune;nord\nIda;;;4 rue D;jeune;sud\n")
    for attendu in ("« norde » ; valeurs possibles : nord, sud.", "« zoe » n&#x27;est pas une adresse",
                    "ligne 5, colonne « courriel » : il faut un e-mail ou un téléphone."):  # fmt: skip
        assert insecables(attendu) in faux
    assert insecables("colonnes absentes : « quartier », « adresse ».") in importer("nom;âge\nAna;jeune\n")
    assert panel.volontaires.count() == 2
    bob = panel.volontaires.get(nom="Bob")
    assert bob.code in client.get(f"{ici}?q=bob").content.decode()
    assert "Ana" not in client.get(f"{ici}?q=bob").content.decode()
    client.post(f"{ici}{bob.code}/retirer/")
    assert panel.en_lice.count() == 1
    assert f"a retiré le volontaire {bob.code}" in str(list(panel.dossier.traces.values_list("phrase", flat=True)))


def test_a_panel_changes_until_its_list_is_public(
    panel: Panel, responsable: Membre, calculer: Callable[[Panel], Tirage], connecte: Callable[[Membre], Client]
) -> None:
    client = connecte(responsable)
    ici = f"/equipe/panels/{panel.pk}/"
    fin = timezone.localtime(panel.inscription_jusqua).strftime("%Y-%m-%dT%H:%M")
    champs = {"titre": "Autre", "taille": "12", "inscription_jusqua": fin, "engagement": "Venir."}
    client.post(f"{ici}modifier/", champs)
    panel.refresh_from_db()
    assert (panel.titre, panel.taille, panel.un_par_foyer) == ("Autre", 12, False)
    assert [(q.minimum, q.maximum) for q in panel.quotas.all()] == [(3, 4), (8, 9), (6, 6), (6, 6)]
    panel.quotas.update(minimum=0, maximum=12)
    client.post(f"{ici}quotas/population/")
    assert panel.quotas.first().minimum == 3  # type: ignore[union-attr]
    decrire(responsable, panel.dossier, None, "lieu", "Où ?", "Insee", [("ici", 50.0), ("là", 50.0)])
    with pytest.raises(PanelRefuse, match="La population a changé"):
        services.lancer(responsable, panel)
    panel.dossier.criteres.get(nom="lieu").delete()
    fabrique.volontaires(panel, 60)
    fabrique.annoncer(responsable, calculer(panel))
    assert client.post(f"{ici}modifier/", champs).status_code == 422
    client.post(f"{ici}quotas/population/")
    page = client.get(f"{ici}quotas/", follow=True).content.decode()
    assert "les quotas ne changent plus" in page


def test_what_was_drawn_is_told_counted_and_downloaded(
    panel: Panel, responsable: Membre, calculer: Callable[[Panel], Tirage], connecte: Callable[[Membre], Client],
    client: Client, django_capture_on_commit_callbacks: Any, tmp_path: Path,
) -> None:  # fmt: skip
    fabrique.volontaires(panel, 60)
    tirage = calculer(panel)
    fabrique.annoncer(responsable, tirage)
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        tirage = services.tirer(responsable, tirage, 5)
    assert sorted(m.to[0] for m in mail.outbox) == sorted(
        panel.volontaires.filter(code__in=tirage.resultat["panel"]).values_list("courriel", flat=True)
    )
    publique = client.get(f"/panels/{panel.pk}/").content.decode()
    assert "Écart avec cette borne" in publique
    premier = panel.volontaires.get(code=tirage.resultat["panel"][0])
    chance = f"{100 * tirage.resultat['probabilities'][premier.code]:.1f}\u00a0%".replace(".", ",")
    assert f"<strong>{chance}</strong>" in client.get(f"/mon-tirage/{premier.jeton}/").content.decode()
    client.post(f"/mon-tirage/{premier.jeton}/")
    equipe = connecte(responsable)
    assert "Remplacer une personne tirée qui a renoncé" in equipe.get("/equipe/").content.decode()
    # Anybody counts the published list again with the files kept at the town hall.
    for quoi, nom in (("volontaires", "people.csv"), ("quotas", "features.csv")):
        (tmp_path / nom).write_bytes(equipe.get(f"/equipe/panels/{panel.pk}/fichiers/{quoi}/").content)
    (tmp_path / "liste.csv").write_bytes(client.get(f"/panels/{panel.pk}/liste.csv").content)
    fichiers = {"--people": "people.csv", "--features": "features.csv", "--list": "liste.csv"}
    options = [mot for option, nom in fichiers.items() for mot in (option, str(tmp_path / nom))]
    controle = CliRunner().invoke(
        consultation, ["check-list", *options, "--one-per-household", "foyer", "--number", "5", "--json"]
    )
    assert controle.exit_code == 0, controle.output
    assert json.loads(controle.stdout)["panel"] == tirage.resultat["panel"]
    assert json.loads(controle.stdout)["probabilities"] == tirage.resultat["probabilities"]
    assert equipe.get(f"/equipe/panels/{panel.pk}/fichiers/autre/").status_code == 404


def test_the_list_of_volunteers_costs_the_same_for_one_and_for_many(
    panel: Panel, responsable: Membre, connecte: Callable[[Membre], Client], django_assert_max_num_queries: Any
) -> None:
    fabrique.volontaires(panel, 45)
    client = connecte(responsable)
    with django_assert_max_num_queries(9):
        assert client.get(f"/equipe/panels/{panel.pk}/volontaires/").content.decode().count("Retirer") >= 45
