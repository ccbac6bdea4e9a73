"""Reads written once a process: the same rows as Django's, each time, in every thread, whoever has the connection."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.db.models.sql.compiler import SQLCompiler

from guichet.demandes.models import Brouillon
from guichet.demarches.models import Demarche, Service
from socle.postgresql.lecture import LectureFixe
from tests.guichet import fabrique

pytestmark = pytest.mark.django_db

PAR_GROUPE = LectureFixe(lambda groupe: Service.objects.filter(groupe=groupe), "groupe")


@pytest.fixture
def demarche(db: None) -> Demarche:
    return fabrique.demarche()


def test_values_change_and_the_statement_does_not(
    demarche: Demarche, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    lecture = LectureFixe(lambda groupe: Service.objects.filter(groupe=groupe), "groupe")
    service = demarche.service
    assert lecture.une(service.groupe) == service
    monkeypatch.setattr(SQLCompiler, "as_sql", lambda *_: pytest.fail("une requête écrite une deuxième fois"))
    with django_assert_num_queries(2):
        assert lecture.une("personne") is None
        assert lecture.toutes(service.groupe) == [service]


def test_rows_are_read_each_time(demarche: Demarche) -> None:
    service = demarche.service
    assert PAR_GROUPE.une(service.groupe) == service
    Service.objects.filter(pk=service.pk).update(nom="Autre nom")
    relu = PAR_GROUPE.une(service.groupe)
    assert relu is not None
    assert relu.nom == "Autre nom"


def test_joins_annotations_and_columns_left_out_are_kept(demarche: Demarche, django_assert_num_queries: Any) -> None:
    lecture = LectureFixe(lambda cle: Brouillon.objects.avec_demarche().filter(pk=cle)[:1], "cle")
    brouillon = Brouillon.objects.create(demarche=demarche, donnees={"été": [1, None]})
    lu = lecture.une(brouillon.pk)
    assert lu is not None
    assert lu == brouillon
    assert lu.donnees == {"été": [1, None]}
    assert lu.demarche.get_deferred_fields() == {"definition", "workflow", "recherche"}
    with django_assert_num_queries(0):
        assert lu.demarche.service == demarche.service
        assert lu.a_des_pieces is False  # type: ignore[attr-defined]
    assert lecture.une(uuid.uuid4()) is None


def test_as_many_values_as_names() -> None:
    with pytest.raises(ValueError, match="zip"):
        PAR_GROUPE.une()


@pytest.mark.django_db(transaction=True)
def test_each_thread_reads_by_its_own_connection(demarche: Demarche) -> None:
    assert PAR_GROUPE.une(demarche.service.groupe) == demarche.service

    def lire(_: int) -> tuple[Any, Service | None]:
        try:
            lu = PAR_GROUPE.une(demarche.service.groupe)
            return connection.connection.info.backend_pid, lu
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as fils:
        lus = list(fils.map(lire, range(4)))
    assert connection.connection.info.backend_pid not in {pid for pid, _ in lus}
    assert [lu for _, lu in lus] == [demarche.service] * 4
