"""What the release before would not bear is refused, with its name and the reason; what only adds passes."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import migrations, models
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState
from django.test import override_settings

from socle.installation.tolerance import fautes_de


def avant() -> ProjectState:
    """What the release before knows: one table, where `oublie` is a column that it no longer reads."""
    etat = ProjectState()
    champs: list[tuple[str, models.Field[Any, Any]]] = [
        ("id", models.BigAutoField(primary_key=True)),
        ("numero", models.CharField(max_length=20)),
        ("objet", models.TextField(null=True)),
        ("rang", models.IntegerField()),
    ]
    etat.add_model(ModelState("essai", "Demande", champs, options={"unique_together": {("numero", "rang")}}))
    return etat


def dites(*operations: Operation, supportee_car: str = "") -> list[str]:
    """Faults of a migration made of these operations."""
    genre = type("Migration", (migrations.Migration,), {"operations": list(operations), "dependencies": []})
    migration = genre("0002_essai", "essai")
    if supportee_car:
        migration.supportee_car = supportee_car
    return list(fautes_de(migration, avant()))


SUR_LA_BASE = migrations.SeparateDatabaseAndState


@pytest.mark.parametrize(
    ("operation", "mots"),
    [
        (migrations.RemoveField("demande", "objet"), "Demande.objet est retiré"),
        (migrations.RenameField("demande", "objet", "sujet"), "Demande.objet change de nom"),
        (migrations.RenameModel("Demande", "Requete"), "la table de Demande change de nom"),
        (migrations.AlterModelTable("demande", "requete"), "la table de Demande change de nom"),
        (migrations.DeleteModel("Demande"), "la table de Demande est retirée"),
        (
            migrations.AddField("demande", "ville", models.CharField(max_length=9, default="x")),
            "Demande.ville est oblig",
        ),
        (migrations.AlterField("demande", "ville", models.CharField(max_length=9)), "Demande.ville est obligatoire"),
        (migrations.AlterField("demande", "objet", models.TextField()), "Demande.objet devient obligatoire"),
        (migrations.AlterField("demande", "numero", models.CharField(max_length=10)), "Demande.numero raccourcit à 10"),
        (migrations.AlterField("demande", "numero", models.CharField(max_length=20, unique=True)), "devient unique"),
        (migrations.AlterField("demande", "rang", models.IntegerField(db_column="r")), "la colonne de Demande.rang"),
        (migrations.AlterField("demande", "rang", models.TextField()), "Demande.rang change de type"),
        (
            migrations.AddConstraint("demande", models.UniqueConstraint(fields=["rang"], name="un_rang")),
            "une contrainte s'ajoute à Demande",
        ),
        (migrations.AlterUniqueTogether("demande", {("rang",)}), "une contrainte s'ajoute à Demande"),
        (migrations.RunSQL("ALTER TABLE essai_demande DROP COLUMN objet"), "« DROP COLUMN » en SQL"),
        (migrations.RunSQL([("alter table essai_demande alter column objet set not null", None)]), "« set not null »"),
        (SUR_LA_BASE(database_operations=[migrations.RemoveField("demande", "objet")]), "Demande.objet est retiré"),
    ],
)
def test_what_the_release_before_reads_or_writes_is_kept(operation: Operation, mots: str) -> None:
    (dite,) = dites(operation)
    assert dite.startswith("essai.0002_essai : ")
    assert mots in dite


@pytest.mark.parametrize(
    "operation",
    [
        migrations.AddField("demande", "ville", models.CharField(max_length=9, null=True)),
        migrations.AddField("demande", "ville", models.CharField(max_length=9, db_default="")),
        migrations.AddField("demande", "jours", models.ManyToManyField("essai.Demande")),
        migrations.CreateModel("Autre", [("id", models.BigAutoField(primary_key=True)), ("n", models.IntegerField())]),
        migrations.RemoveField("demande", "oublie"),
        migrations.RenameField("demande", "nouveau", "neuf"),
        SUR_LA_BASE(state_operations=[migrations.RemoveField("demande", "objet")]),
        migrations.AlterField("demande", "numero", models.CharField(max_length=30)),
        migrations.AlterField("demande", "rang", models.IntegerField(null=True)),
        migrations.AlterUniqueTogether("demande", set()),
        migrations.RunSQL("UPDATE essai_demande SET objet = '' WHERE objet IS NULL"),
        migrations.RemoveField("inconnue", "objet"),
    ],
    ids=lambda operation: operation.describe(),
)
def test_what_only_adds_or_is_forgotten_passes(operation: Operation) -> None:
    assert dites(operation) == []


def test_what_cannot_be_judged_may_say_why_it_holds() -> None:
    sql = migrations.RunSQL("ALTER TABLE essai_demande ADD CONSTRAINT c CHECK (rang > 0)")
    assert dites(sql)
    assert dites(sql, supportee_car="la version d'avant n'écrit que des rangs positifs") == []
    with override_settings(MIGRATIONS_SUPPORTEES={"essai.0002_essai": "vu"}):
        assert dites(sql) == []


def test_what_is_certain_has_no_excuse() -> None:
    assert dites(migrations.RemoveField("demande", "objet"), supportee_car="pourtant")
