import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

LIEN = """
ALTER TABLE comptes_identiteverifiee ADD CONSTRAINT identite_verifiee_usager
    FOREIGN KEY (usager_id) REFERENCES comptes_usager (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
"""
SANS_LIEN = "ALTER TABLE comptes_identiteverifiee DROP CONSTRAINT identite_verifiee_usager;"


class Migration(migrations.Migration):
    """What FranceConnect verified of a person. The release before knows of none, and closes accounts: the database itself
    removes what was theirs.
    """

    supportee_car = (
        "la contrainte est d'une table que la version d'avant ne connaît pas, et n'empêche rien dans les siennes"
    )

    dependencies = [
        ("comptes", "0006_adresse_quittee"),
    ]

    operations = [
        migrations.CreateModel(
            name="IdentiteVerifiee",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("prenoms", models.CharField(max_length=256)),
                ("nom", models.CharField(max_length=256)),
                ("nom_usage", models.CharField(blank=True, max_length=256)),
                ("naissance", models.CharField(blank=True, max_length=10)),
                ("lieu_naissance", models.CharField(blank=True, max_length=5)),
                ("pays_naissance", models.CharField(blank=True, max_length=5)),
                ("recue_le", models.DateTimeField(default=django.utils.timezone.now)),
                ("remplacee_le", models.DateTimeField(blank=True, null=True)),
                (
                    "usager",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="identites",
                        to="comptes.usager",
                        db_constraint=False,
                    ),
                ),
            ],
            options={
                "ordering": ("-recue_le",),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("remplacee_le", None)), fields=("usager",), name="identite_verifiee_unique"
                    )
                ],
            },
        ),
        migrations.RunSQL(LIEN, SANS_LIEN),
    ]
