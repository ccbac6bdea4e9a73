"""To be quoted is to be quoted in what the town publishes."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ateliers", "0002_accords_et_notes"),
    ]

    operations = [
        migrations.AlterField(
            model_name="consentement",
            name="finalite",
            field=models.CharField(
                choices=[
                    ("enregistrement", "Enregistrer ma voix, pour que les notes soient justes"),
                    ("image", "Me prendre en photo ou me filmer"),
                    ("citation", "Citer mes paroles, sans mon nom, dans ce que la mairie publie"),
                    ("recontact", "Me recontacter pour un autre atelier"),
                ],
                max_length=16,
                verbose_name="finalité",
            ),
        ),
    ]
