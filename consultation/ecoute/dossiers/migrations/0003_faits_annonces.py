"""When participation really opened; a draw is a kind of publication of its own."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0002_publications_figees"),
    ]

    operations = [
        migrations.AddField(
            model_name="dossier",
            name="ouvert_le",
            field=models.DateTimeField(blank=True, null=True, verbose_name="participation ouverte le"),
        ),
        migrations.AlterField(
            model_name="publication",
            name="genre",
            field=models.CharField(
                choices=[
                    ("modalites", "Modalités"),
                    ("information", "Information sur le projet"),
                    ("tirage", "Tirage au sort"),
                    ("prolongation", "Prolongation"),
                    ("synthese", "Synthèse des observations"),
                    ("resultats", "Résultats"),
                    ("suites", "Suites données"),
                    ("abandon", "Abandon"),
                ],
                max_length=16,
                verbose_name="genre",
            ),
        ),
    ]
