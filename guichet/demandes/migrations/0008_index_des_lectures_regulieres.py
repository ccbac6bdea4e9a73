"""Indexes that answer by themselves what is asked several times an hour, instead of a reading of the whole table.

Automatic steps look at requests that were not made anonymous; the monitoring counts answers of the last 90 days.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("demandes", "0007_anonymisation"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="demande", name="demande_etapes_dues"),
        migrations.AddIndex(
            model_name="demande",
            index=models.Index(
                condition=models.Q(models.Q(("nature", "close"), _negated=True), ("anonymisee_le", None)),
                fields=["version", "statut", "statut_depuis"],
                name="demande_etapes_dues",
            ),
        ),
        migrations.AddIndex(
            model_name="demande",
            index=models.Index(
                condition=models.Q(("decidee_le__isnull", False)),
                fields=["decidee_le"],
                include=("recue_le", "demarche"),
                name="demande_par_decision",
            ),
        ),
    ]
