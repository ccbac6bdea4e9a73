"""A submission is accepted once, whole, and needs nothing but the database."""

from __future__ import annotations

import threading
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection, connections
from procrastinate.contrib.django.models import ProcrastinateJob

from guichet.demandes import courriels, depot, references, services
from guichet.demandes.fichiers import Fichier
from guichet.demandes.models import Brouillon, Demande, Evenement, Piece, PieceBrouillon
from guichet.stockage.models import Fichier as FichierStocke
from socle.envois.models import Envoi
from tests.guichet import envois, fabrique
from tests.guichet.actes import Statut

pytestmark = pytest.mark.django_db


def test_a_submission_gives_a_reference_a_code_and_what_follows() -> None:
    depot = fabrique.deposer(fabrique.demarche())
    demande = Demande.objects.get()
    assert depot.nouvelle
    assert depot.demande == demande
    assert (demande.statut, demande.canal, demande.service_id) == (Statut.RECUE, "web", "voirie")
    assert (demande.courriel, demande.nom) == ("camille@exemple.fr", "Camille Durand")
    assert [e.phrase() for e in Evenement.objects.all()] == [
        "Camille Durand a envoyé la demande par le canal « Site internet »."
    ]
    assert set(Envoi.objects.values_list("genre", "destinataire")) == {
        ("demandes.accuse", "camille@exemple.fr"),
        ("demandes.nouvelle_demande", "voirie@gru.test"),
    }
    assert ProcrastinateJob.objects.filter(task_name="envois.partir", status="todo").count() == 2


def test_the_code_is_kept_only_as_a_hash() -> None:
    depot = fabrique.deposer(fabrique.demarche())
    empreinte = depot.demande.code_suivi_empreinte
    assert depot.code_suivi.replace("-", "") not in empreinte
    assert references.code_correspond(depot.demande.pk, depot.code_suivi.lower(), empreinte)
    assert not references.code_correspond(depot.demande.pk, "AAAA-AAAA", empreinte)
    # The same code on another request opens nothing.
    assert not references.code_correspond(uuid.uuid4(), depot.code_suivi, empreinte)
    args = list(ProcrastinateJob.objects.values_list("args", flat=True))
    assert depot.code_suivi not in str(args)


def test_the_same_form_twice_is_one_request() -> None:
    demarche, cle = fabrique.demarche(), uuid.uuid4()
    premier = services.deposer(demarche=demarche, donnees=fabrique.REPONSES, cle_envoi=cle)
    second = services.deposer(demarche=demarche, donnees=fabrique.REPONSES, cle_envoi=cle)
    assert (second.demande, second.code_suivi, second.nouvelle) == (premier.demande, premier.code_suivi, False)
    assert (Demande.objects.count(), Envoi.objects.count()) == (1, 2)


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_the_same_time_are_one_request() -> None:
    demarche, cle = fabrique.demarche(), uuid.uuid4()
    depots: list[services.Depot] = []
    # Both have looked before either has written: only the database can tell.
    barriere = threading.Barrier(2)
    inserer = depot._inserer

    def ensemble(demande: Demande) -> bool:
        barriere.wait(timeout=10)
        return inserer(demande)

    def envoyer() -> None:
        try:
            depots.append(services.deposer(demarche=demarche, donnees=fabrique.REPONSES, cle_envoi=cle))
        finally:
            connections.close_all()

    with patch.object(depot, "_inserer", ensemble):
        fils = [threading.Thread(target=envoyer) for _ in range(2)]
        for fil in fils:
            fil.start()
        for fil in fils:
            fil.join(timeout=20)
    assert sorted(depot.nouvelle for depot in depots) == [False, True]
    assert len({depot.demande.reference for depot in depots}) == 1
    assert (Demande.objects.count(), Evenement.objects.count(), Envoi.objects.count()) == (1, 1, 2)


def test_a_reference_already_taken_is_drawn_again() -> None:
    demarche = fabrique.demarche()
    prise = fabrique.deposer(demarche).demande.reference
    with patch.object(references, "nouvelle_reference", side_effect=[prise, prise, "2026-AAAA-CCCC"]):
        assert fabrique.deposer(demarche).demande.reference == "2026-AAAA-CCCC"


@pytest.mark.django_db(transaction=True)
def test_all_or_nothing() -> None:
    demarche = fabrique.demarche()
    taches = ProcrastinateJob.objects.count()  # Django empties our tables between tests, not the queue's
    with patch.object(courriels, "programmer", side_effect=RuntimeError), pytest.raises(RuntimeError):
        fabrique.deposer(demarche)
    assert not Demande.objects.exists()
    assert not Evenement.objects.exists()
    assert ProcrastinateJob.objects.count() == taches


def test_whoever_gives_no_address_gets_no_mail_but_the_service_is_told() -> None:
    depot = fabrique.deposer(fabrique.demarche(), reponses={**fabrique.REPONSES, "courriel": "", "nom": ""})
    assert depot.demande.courriel == ""
    assert envois.genres() == ["nouvelle_demande"]


def test_an_account_says_who_it_is_and_needs_no_code() -> None:
    camille = fabrique.usager()
    depot = fabrique.deposer(fabrique.demarche(), camille, {**fabrique.REPONSES, "courriel": "", "nom": ""})
    assert (depot.demande.usager, depot.demande.courriel, depot.demande.nom) == (
        camille, "camille@gru.test", "Camille Durand",
    )  # fmt: skip
    assert envois.envoi("accuse").contexte == {}


def test_a_draft_gives_its_files_to_the_request_without_copying() -> None:
    demarche = fabrique.demarche()
    brouillon = services.commencer_brouillon(demarche, None)
    brouillon.donnees = {**fabrique.REPONSES, "_etapes_vues": ["lieu"]}
    brouillon.save()
    jointe = services.joindre_au_brouillon(brouillon, "photos", Fichier("trou.jpg", "image/jpeg", b"octets"))
    depot = services.deposer_brouillon(brouillon)
    piece = Piece.objects.get()
    assert (piece.demande, piece.fichier.name, piece.nom) == (depot.demande, jointe.fichier.name, "trou.jpg")
    assert piece.fichier.read() == b"octets"
    assert not Brouillon.objects.exists()
    assert not PieceBrouillon.objects.exists()
    assert FichierStocke.objects.count() == 1
    assert depot.demande.donnees["photos"] == 1
    assert "_etapes_vues" not in depot.demande.donnees


def test_giving_up_a_draft_leaves_no_file() -> None:
    brouillon = services.commencer_brouillon(fabrique.demarche(), None)
    services.joindre_au_brouillon(brouillon, "photos", Fichier("trou.jpg", "image/jpeg", b"octets"))
    services.abandonner_brouillon(brouillon)
    assert not FichierStocke.objects.exists()


def test_old_drafts_go_and_recent_ones_stay() -> None:
    demarche, camille = fabrique.demarche(), fabrique.usager()
    gardes = [services.commencer_brouillon(demarche, None), services.commencer_brouillon(demarche, camille)]
    vieux = services.commencer_brouillon(demarche, None)
    vieux_compte = services.commencer_brouillon(demarche, camille)
    garde_compte = services.commencer_brouillon(demarche, camille)
    for brouillon, jour in ((vieux, 3), (vieux_compte, 91), (garde_compte, 89)):
        quand = brouillon.modifie_le - timedelta(days=jour)
        Brouillon.objects.filter(pk=brouillon.pk).update(modifie_le=quand)
    assert services.purger_brouillons() == 2
    assert set(Brouillon.objects.all()) == {*gardes, garde_compte}


@pytest.mark.parametrize(
    ("instant", "jour", "echeance"),
    [
        (datetime(2026, 11, 23, 12, 0, tzinfo=UTC), date(2026, 11, 23), date(2027, 1, 23)),
        # 23:30 in London is already the next day in the town.
        (datetime(2026, 11, 23, 23, 30, tzinfo=UTC), date(2026, 11, 24), date(2027, 1, 24)),
        (datetime(2026, 7, 31, 22, 30, tzinfo=UTC), date(2026, 8, 1), date(2026, 10, 1)),
        (datetime(2026, 12, 31, 9, 0, tzinfo=UTC), date(2026, 12, 31), date(2027, 2, 28)),
    ],
)
def test_crpa_r_112_5_day_of_silence_is_counted_from_the_day_of_receipt(
    instant: datetime, jour: date, echeance: date
) -> None:
    with patch.object(services.timezone, "now", return_value=instant):
        demande = fabrique.deposer(fabrique.demarche()).demande
    assert (demande.recue_le_jour, demande.echeance_le) == (jour, echeance)
    assert demande.reference.startswith("2026-")


def test_a_request_keeps_the_definition_it_answered() -> None:
    demarche = fabrique.demarche()
    demande = fabrique.deposer(demarche).demande
    brut = {**demarche.definition, "titre": "Autre titre"}
    from guichet.demarches.definition import lire_definition
    from guichet.demarches.services import enregistrer_demarche

    enregistrer_demarche(demarche.pk, lire_definition(brut, "essai"))
    assert Demande.objects.get(pk=demande.pk).definition.titre == "Signaler un problème de voirie"


def test_acceptance_costs_few_queries(django_assert_num_queries: Any) -> None:
    demarche, camille = fabrique.demarche(), fabrique.usager()
    fabrique.deposer(demarche)  # the workflow is read once a process
    # Look for the key, definition, begin, point, request, release, history, mails, tasks, commit.
    with django_assert_num_queries(10):
        fabrique.deposer(demarche, camille, reponses={**fabrique.REPONSES, "courriel": camille.courriel})
    # Without account, the address typed has a ceiling: its turn, its count, its line.
    with django_assert_num_queries(13):
        fabrique.deposer(demarche)
    assert connection.in_atomic_block


@pytest.mark.parametrize(
    ("saisie", "lue"),
    [
        ("2026-K7PX-3M9Q", "2026-K7PX-3M9Q"),
        (" 2026 k7px 3m9q ", "2026-K7PX-3M9Q"),
        ("2026k7px3m9q", "2026-K7PX-3M9Q"),
        ("mon trou", "MON TROU"),
    ],
)
def test_a_reference_is_read_however_it_is_typed(saisie: str, lue: str) -> None:
    assert references.normaliser_reference(saisie) == lue


def test_references_and_codes_use_only_clear_letters() -> None:
    for _ in range(200):
        reference, code = references.nouvelle_reference(2026), references.code_suivi(uuid.uuid4())
        assert set(reference[5:].replace("-", "")) <= set(references.ALPHABET)
        assert set(code.replace("-", "")) <= set(references.ALPHABET)
        assert len(code.replace("-", "")) == 8
