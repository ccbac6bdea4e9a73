"""One person's rights: found by what they give, handed over, forgotten everywhere."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consultation.ecoute.ateliers import accords, notes
from consultation.ecoute.ateliers import services as ateliers
from consultation.ecoute.ateliers.models import Atelier, Participant
from consultation.ecoute.boite.models import Courriel
from consultation.ecoute.contributions import services as avis
from consultation.ecoute.contributions.models import Canal, Contribution
from consultation.ecoute.contributions.services import Saisie
from consultation.ecoute.donnees import personne, preuves
from consultation.ecoute.dossiers import services
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.equipe.models import Membre
from consultation.ecoute.journal.models import Trace
from consultation.ecoute.lecture import services as lecture
from consultation.ecoute.panels import services as panels
from consultation.ecoute.panels.models import Tirage, Volontaire
from consultation.ecoute.satisfaction.models import Demarche, Intention, Reponse, Source
from tests.consultation.ecoute import fabrique
from tests.consultation.ecoute.test_effacement import contenu_de_la_base

pytestmark = pytest.mark.django_db
LEA = ("Léa Valjean", "lea@exemple.test")


@pytest.fixture
def courriels(settings: Any, tmp_path: Path) -> Path:
    """Mails become files, as on a machine without a mail server."""
    settings.EMAIL_BACKEND = "consultation.ecoute.cadre.courriels.Classeur"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    return tmp_path


@pytest.fixture
def partout(
    responsable: Membre, dpo: Membre, courriels: Path, django_capture_on_commit_callbacks: Callable[..., Any]
) -> Dossier:
    """Léa is everywhere that the application may know somebody."""
    dossier = fabrique.ouvert(responsable, dpo)
    services.decrire(responsable, dossier, None, "âge", "?", "", [("jeune", 50.0), ("âgé", 50.0)])
    nom, courriel = LEA
    avis.saisir(responsable, dossier, Saisie("Trop de papiers.", Canal.PAPIER, {"âge": "jeune"}, bulletin="B-0007",
                                             nom=nom, courriel=courriel))  # fmt: skip
    autre = avis.saisir(responsable, dossier, Saisie("Mme Léa  VALJEAN m'a aidée, 06.12.34.56.78.", Canal.PAPIER, {}))
    lecture.relire(responsable, autre, set())
    avis.saisir(responsable, dossier, Saisie("Madame Valjeanot aussi.", Canal.PAPIER, {}))
    atelier = fabrique.atelier(responsable, dossier, capacite=1)
    with django_capture_on_commit_callbacks(execute=True):
        ateliers.inscrire(atelier, Participant(nom=nom, courriel=courriel, adresse="14 impasse du Lavoir"))
        ateliers.inscrire(atelier, Participant(nom="Noé Petit", courriel="noe@exemple.test"))
    accords.repondre(Participant.objects.get(nom=nom), {"citation": True, "image": True})
    notes.ecrire(responsable, atelier, 1, "Valjean Léa dit non.", "k")  # another order: not her words
    notes.ecrire(responsable, atelier, 2, "Pour Lea Valjean, c'est trop.", "k2")
    panel = fabrique.panel(responsable, dossier)
    fabrique.volontaires(panel, 30)
    panels.inscrire(panel, Volontaire(nom="VALJEAN Lea", telephone="+33 6 12 34 56 78", valeurs={"âge": "jeune"}))
    Courriel.objects.create(dossier=dossier, cle="m1", recu_le=timezone.now(), texte="Bonjour, trop de papiers.",
                            expediteur=courriel)  # fmt: skip
    Reponse.objects.create(
        demarche=Demarche.objects.create(slug="ecole", titre="École"), source=Source.values[0],
        satisfaction=Intention.values[0], verbatim="Léa Valjean a tout expliqué.",
    )  # fmt: skip
    Trace.objects.create(qui=responsable, qui_nom="Camille", phrase="a écarté l'avis n° 9 (plainte de Léa Valjean)")
    return dossier


@pytest.mark.parametrize(
    ("mot", "trouves"),
    [
        (" LEA@exemple.test ", {"contacts": 1, "participants": 1, "courriels": 1, "recus": 1, "envois": 1}),
        ("0612345678", {"volontaires": 1, "cites": 1}),
        ("+33 6 12 34 56 78", {"volontaires": 1, "cites": 1}),
        ("valjean léa", {"contacts": 1, "participants": 1, "volontaires": 1, "courriels": 1, "notes": 1,
                         "envois": 1}),
        ("Léa Valjean", {"contacts": 1, "participants": 1, "volontaires": 1, "courriels": 1, "notes": 1, "cites": 1,
                         "reponses": 1, "traces": 1, "envois": 1}),
        ("b-0007", {"bulletins": 1}),
        ("Personne 3", {"volontaires": 1, "envois": 1}),
        ("Valjean", {"cites": 1, "notes": 2, "reponses": 1, "traces": 1}),
        ("Léa", {}),  # too short to be looked for inside texts
        ("inconnu@exemple.test", {}),
    ],
)  # fmt: skip
def test_found_by_whatever_they_give(partout: Dossier, mot: str, trouves: dict[str, int]) -> None:
    trouve = personne.trouver(mot)
    assert {nom: len(liste) for nom, liste in vars(trouve).items() if liste} == trouves


def test_handed_over_as_a_paper_and_as_a_file(
    partout: Dossier, dpo: Membre, connecte: Callable[[Membre], Client]
) -> None:
    client = connecte(dpo)
    page = client.post("/equipe/personne/", {"qui": "Léa Valjean"}).content.decode()
    assert "Atelier des parents" in page
    assert "Coordonnées laissées avec l'avis n°\u00a01" in page
    donnees = client.post("/equipe/personne/", {"qui": "Léa Valjean", "geste": "exporter"}).json()
    assert {nom: len(liste) for nom, liste in donnees.items() if nom != "recherche"} == {
        "avis": 1, "ateliers": 1, "tirages": 1, "courriels": 1, "cite_dans": 3, "courriels_recus": 0, "journal": 1,
        "envois": 1,
    }  # fmt: skip
    accordes = [un["pour"] for un in donnees["ateliers"][0]["accords"] if un["accepte"]]
    assert any(pour.startswith("Citer mes paroles") for pour in accordes)
    assert donnees["avis"][0]["texte"] == "Trop de papiers."
    papier = client.post("/equipe/personne/", {"qui": "Léa Valjean", "geste": "imprimer"}).content
    assert b"pdfuaid" in fabrique.contenu_pdf(papier)
    assert Trace.objects.filter(phrase__startswith="a exporté les données d'une personne").count() == 2
    assert (
        "Un avis anonyme ne peut pas être retrouvé"
        in client.post("/equipe/personne/", {"qui": "Jean Dupont"}).content.decode()
    )


def test_forgotten_everywhere_in_two_steps(
    partout: Dossier, responsable: Membre, courriels: Path, connecte: Callable[[Membre], Client]
) -> None:
    client = connecte(responsable)
    avant = client.post("/equipe/personne/effacer/", {"qui": "Léa Valjean"})
    assert "Effacer, sans retour possible" in avant.content.decode()
    assert "Valjean" in contenu_de_la_base()
    with CaptureQueriesContext(connection) as requetes:
        reponse = client.post(
            "/equipe/personne/effacer/", {"qui": "Léa Valjean", "geste": "confirmer", "citations": "on"}, follow=True
        )
    # In service the database lets the program add and remove lines of the trail, never rewrite one.
    assert not [r["sql"] for r in requetes if r["sql"].startswith('UPDATE "journal_trace"')]
    assert "La preuve est gardée, sans nom." in reponse.content.decode()
    client.post("/equipe/personne/effacer/", {"qui": "lea@exemple.test", "geste": "confirmer"})
    base = contenu_de_la_base()
    for trace in ("Léa Valjean", "VALJEAN", "Lea Valjean", "lea@exemple.test", "14 impasse du Lavoir"):
        assert trace not in base, trace
    assert "Valjeanot" in base  # somebody else
    assert not [f for f in courriels.iterdir() if b"lea@exemple.test" in f.read_bytes()]
    autre = Contribution.objects.get(numero=2)
    assert autre.texte == "Mme [effacé] m'a aidée, [effacé]."
    assert Contribution.objects.get(numero=1).texte == "Trop de papiers."  # said, and by nobody now
    assert Trace.objects.filter(phrase="a écarté l'avis n° 9 (plainte de [effacé])").exists()
    noe = Participant.objects.get(nom="Noé Petit")
    assert noe.statut == Participant.Statut.INSCRIT  # the seat went to the first of the waiting list
    assert Volontaire.objects.get(nom="Personne effacée").retire_le is not None  # and is no longer in the draw
    assert "Personne effacée" not in json.dumps(panels.fichiers(partout.panels.get()))
    assert preuves.verifier() == []


def test_their_words_go_too_if_they_ask(partout: Dossier, responsable: Membre) -> None:
    lecture.relire(responsable, Contribution.objects.get(numero=1), set())
    personne.effacer(responsable, "lea@exemple.test", paroles=True)
    mien = Contribution.objects.get(numero=1)
    assert (mien.texte, mien.texte_relu, mien.profil, mien.bulletin) == ("", "", {}, "")


def test_a_drawn_person_leaves_the_draw_but_not_the_published_list(partout: Dossier, responsable: Membre) -> None:
    panel = partout.panels.get()
    personnes, quotas = panels.fichiers(panel)
    tirage = Tirage.objects.create(panel=panel, personnes=personnes, quotas=quotas)
    panels.calculer(tirage.pk)
    tirage.refresh_from_db()
    fabrique.annoncer(responsable, tirage)
    code = Volontaire.objects.get(nom="Personne 3").code
    personne.effacer(responsable, "v3@exemple.test")
    tirage.refresh_from_db()
    assert f"\n{code}," not in tirage.personnes
    assert code in tirage.liste  # public, and it says nothing
    assert Volontaire.objects.get(code=code).renonce_le is not None


def test_who_came_stays_a_number(partout: Dossier, responsable: Membre) -> None:
    Atelier.objects.update(etat=Atelier.Etat.TENU, debut=timezone.now() - timedelta(days=1))
    avant = Participant.objects.count()
    personne.effacer(responsable, "lea@exemple.test")
    assert Participant.objects.count() == avant
    assert not Participant.objects.filter(nom="Léa Valjean").exists()


def test_what_a_person_gives_is_never_in_an_address(responsable: Membre, connecte: Callable[[Membre], Client]) -> None:
    """Addresses end in the logs of servers: the search is sent, not asked."""
    client = connecte(responsable)
    assert 'method="post"' in client.get("/equipe/personne/?qui=lea@exemple.test").content.decode()
    assert "lea@exemple.test" not in client.get("/equipe/personne/?qui=lea@exemple.test").content.decode()
    assert client.get("/equipe/personne/effacer/").status_code == 405
    assert client.post("/equipe/personne/", {"qui": "x\x00"}).status_code == 422
    assert client.post("/equipe/personne/effacer/", {"qui": ""}).status_code == 302
