"""Who recorded an approval that a DPO without an account gave in writing."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("donnees", "0002_archives_et_sauvegardes"),
    ]

    operations = [
        migrations.AddField(
            model_name="fiche",
            name="note_par",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=120, verbose_name="accord noté par"
            ),
        ),
    ]
