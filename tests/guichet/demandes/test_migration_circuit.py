"""Requests filed before workflows were data come through the migration, there and back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from guichet.demandes import workflow
from guichet.demandes.models import Demande
from guichet.demarches.models import VersionDemarche
from tests.guichet import actes, fabrique

AVANT = [("demandes", "0003_circuit")]


@pytest.fixture
def anciennes() -> Iterator[Any]:
    """The state of the database before natures were filled; brought back to the present whatever happens."""
    executeur = MigrationExecutor(connection)
    derniere = [noeud for noeud in executeur.loader.graph.leaf_nodes() if noeud[0] == "demandes"]
    try:
        yield executeur
    finally:
        executeur = MigrationExecutor(connection)
        executeur.migrate([*derniere, *executeur.loader.graph.leaf_nodes()])


@pytest.mark.django_db(transaction=True)
def test_former_statuses_get_their_nature_and_dates(anciennes: MigrationExecutor) -> None:
    demarche = fabrique.demarche()
    neuve, repondue = fabrique.deposer(demarche).demande, fabrique.deposer(demarche).demande
    actes.repondre(repondue, fabrique.ALICE, "C'est fait.")
    reponse = repondue.evenements.get(code="reponse").le
    actes.noter(repondue, fabrique.ALICE, "Vu.")
    VersionDemarche.objects.update(workflow=None)
    anciennes.migrate(AVANT)
    with connection.cursor() as curseur:
        curseur.execute(
            "UPDATE demandes_demande SET nature = 'a_traiter', decidee_le = NULL, statut_depuis = %s",
            [timezone.now() + timedelta(days=1)],
        )
    executeur = MigrationExecutor(connection)
    executeur.migrate(executeur.loader.graph.leaf_nodes())
    neuve, repondue = Demande.objects.get(pk=neuve.pk), Demande.objects.get(pk=repondue.pk)
    assert (neuve.nature, neuve.decidee_le) == ("a_traiter", None)
    assert neuve.statut_depuis == neuve.evenements.get(code="recue").le
    assert (repondue.nature, repondue.statut_depuis, repondue.decidee_le) == ("repondue", reponse, reponse)
    workflow.oublier()
    # A version without workflow follows the one that is standard now.
    assert repondue.workflow.titre == "Traitement courant"
