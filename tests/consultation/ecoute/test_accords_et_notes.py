"""Agreements by purpose and what they do to quotes; notes that come once, corrected without erasing one another."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from consultation.ecoute.ateliers import accords, notes, services
from consultation.ecoute.ateliers.models import Atelier, Note, Participant
from consultation.ecoute.ateliers.services import AtelierRefuse
from consultation.ecoute.contributions.models import Canal, Contribution
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.equipe.models import Membre
from consultation.ecoute.suites import donnees_ouvertes, fil, verification
from consultation.ecoute.suites import services as suites
from consultation.ecoute.suites.models import Constat
from tests.consultation.ecoute import fabrique

pytestmark = pytest.mark.django_db
Statut = Participant.Statut
JSON = {"Accept": "application/json"}


@pytest.fixture
def atelier(ouvert: Dossier, responsable: Membre) -> Atelier:
    return fabrique.atelier(responsable, ouvert, dans_j=-0.01, capacite=10)


def venir(atelier: Atelier, nom: str) -> Participant:
    return Participant.objects.create(atelier=atelier, nom=nom, telephone="06", statut=Statut.INSCRIT)


def test_each_purpose_is_given_or_refused_on_its_own_with_its_dates(
    atelier: Atelier, client: Client, accueil: Membre, connecte: Callable[[Membre], Client]
) -> None:
    ana = venir(atelier, "Ana")
    adresse = f"/ma-place/{ana.jeton}/"
    client.post(adresse, {"image": "oui", "citation": "oui", "enregistrement": "non"})
    assert ana.accords == {"image", "citation"}
    assert "recontact" not in ana.reponses  # not answered is neither yes nor no
    page = client.post(adresse, {"image": "non", "citation": "oui"}, follow=True).content.decode()
    assert re.search(r"Réponse\u00a0: retiré le \d\d/\d\d/\d{4}", page)
    assert re.search(r"Réponse\u00a0: refusé le \d\d/\d\d/\d{4}", page)
    image = ana.consentements.get(finalite="image")
    assert (image.accorde, image.retire_le is None, image.recueilli_par) == (True, False, None)
    equipe = f"/equipe/ateliers/{atelier.pk}/participants/{ana.pk}/"
    connecte(accueil).post(equipe, {"image": "oui"})  # signed again on paper
    assert ana.consentements.filter(finalite="image").count() == 2
    assert ana.reponses["image"].recueilli_par == accueil
    assert ana.consentements.filter(finalite="citation").count() == 1  # the same answer is not recorded twice
    client.post(adresse, {"geste": "retirer"})
    assert ana.accords == set()
    assert client.post(adresse, {"image": "peut-être"}).status_code == 422


def _citer(membre: Membre, contribution: Contribution) -> Constat:
    contribution.texte_relu, contribution.relu_le = contribution.texte, contribution.recue_le
    contribution.save()
    constat = Constat.objects.create(dossier=contribution.dossier, texte=f"Constat {contribution.numero}")
    suites.permettre(membre, suites.citer(membre, constat, contribution.numero, contribution.texte), True)
    return constat


def _cites(dossier: Dossier) -> set[str]:
    return {e.citation for branche in fil.arbre(dossier) for e in branche.extraits}


def test_taking_back_an_agreement_takes_the_words_out_of_what_is_public(
    atelier: Atelier, responsable: Membre, client: Client
) -> None:
    ana, bob = venir(atelier, "Ana"), venir(atelier, "Bob")
    accords.repondre(ana, {"citation": True})
    notes.ecrire(responsable, atelier, 1, "Le premier mot", "k1", participant=ana)
    notes.ecrire(responsable, atelier, 1, "Le second mot", "k2", participant=bob)
    notes.ecrire(responsable, atelier, 1, "Mot sans auteur", "k3")
    assert services.tenir(responsable, atelier) == 3
    par_texte = {c.texte: c for c in Contribution.objects.all()}
    # Bob never said yes: no answer is no, for words that nobody is noted for as well.
    assert {t for t, c in par_texte.items() if c.citable} == {"Le premier mot"}
    _citer(responsable, par_texte["Le premier mot"])
    with pytest.raises(suites.SuiteRefusee, match="n'a pas accepté d'être citée"):
        _citer(responsable, par_texte["Le second mot"])
    assert _cites(atelier.dossier) == {"Le premier mot"}
    verification.verifier(responsable, atelier.dossier, [par_texte["Le premier mot"].pk])
    assert "Le premier mot" in donnees_ouvertes.avis(atelier.dossier).csv()
    client.post(f"/ma-place/{ana.jeton}/", {"geste": "retirer"})
    assert _cites(atelier.dossier) == set()
    assert "Le premier mot" not in donnees_ouvertes.avis(atelier.dossier).csv()
    assert "ne sont plus cités" in " ".join(atelier.dossier.traces.values_list("phrase", flat=True))
    accords.repondre(ana, {"citation": True})
    assert _cites(atelier.dossier) == {"Le premier mot"}


def test_a_note_sent_twice_is_kept_once_and_becomes_an_opinion(
    atelier: Atelier, responsable: Membre, accueil: Membre, connecte: Callable[[Membre], Client]
) -> None:
    client = connecte(accueil)
    adresse = f"/equipe/ateliers/{atelier.pk}/table/2/"
    for _ in range(2):
        reponse = client.post(adresse, {"texte": "Trop d'attente", "cle": "c1"}, headers=JSON)
        assert [n["texte"] for n in reponse.json()["notes"]] == ["Trop d'attente"]
    absent = venir(atelier, "X")
    assert services.tenir(responsable, atelier) == 1
    assert services.tenir(responsable, atelier) == 0
    avis = Contribution.objects.get()
    assert (avis.canal, avis.texte) == (Canal.ATELIER, "Trop d'attente")
    absent.refresh_from_db()
    assert absent.statut == Statut.ABSENT
    client.post(adresse, {"texte": "Arrivée après coup, sans réseau", "cle": "c2"}, headers=JSON)
    assert Contribution.objects.count() == 2  # the phone found the network after the end: nothing is lost
    refus = client.post(adresse, {"texte": "", "cle": "c3"}, headers=JSON)
    assert (refus.status_code, refus.json()["refus"]) == (422, ["Écrivez ce qui est dit."])
    assert client.get(f"/equipe/ateliers/{atelier.pk}/table/9/").status_code == 404
    autre = fabrique.atelier(responsable, atelier.dossier)
    with pytest.raises(AtelierRefuse, match="autre atelier"):
        notes.ecrire(accueil, autre, 1, "x", "c1")


def test_two_writers_of_one_table_are_told_and_neither_erases_the_other(
    atelier: Atelier, responsable: Membre, accueil: Membre, connecte: Callable[[Membre], Client]
) -> None:
    un, deux = connecte(responsable), connecte(accueil)
    adresse = f"/equipe/ateliers/{atelier.pk}/table/1/"
    un.post(adresse, {"texte": "Une idée", "cle": "u1"})
    assert "Camille Durand note aussi à cette table" in deux.get(adresse).content.decode()
    assert "note aussi" not in un.get(adresse).content.decode()
    assert deux.post(adresse, {"texte": "Une autre", "cle": "d1"}, headers=JSON).json()["autres"] == ["Camille Durand"]
    assert Note.objects.count() == 2
    note = Note.objects.get(cle="u1")
    correction = f"{adresse}note/{note.pk}/"
    assert deux.post(correction, {"texte": "Une idée précise", "version": 1}).status_code == 303
    conflit = un.post(correction, {"texte": "Une idée fausse", "version": 1})
    assert conflit.status_code == 422
    page = conflit.content.decode()
    assert "Pendant que vous corrigiez, Alex Roy a écrit\u00a0: «\u00a0Une idée précise\u00a0»" in page.replace(
        "&#x27;", "'"
    )
    assert "Une idée fausse" in page  # what was typed is still there
    note.refresh_from_db()
    assert note.texte == "Une idée précise"
    un.post(correction, {"texte": "Les deux", "version": 2})
    note.refresh_from_db()
    assert (note.texte, note.version) == ("Les deux", 3)
    un.post(correction, {"geste": "enlever"})
    assert not Note.objects.filter(pk=note.pk).exists()


def test_a_note_that_became_an_opinion_no_longer_changes(
    atelier: Atelier, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    note = notes.ecrire(responsable, atelier, 1, "Mot", "k")
    services.tenir(responsable, atelier)
    client = connecte(responsable)
    adresse = f"/equipe/ateliers/{atelier.pk}/table/1/note/{note.pk}/"
    page = client.post(adresse, {"texte": "Autre", "version": 1}, follow=True).content.decode()
    assert "déjà versée aux avis" in page
    note.refresh_from_db()
    assert note.texte == "Mot"
