"""The subject of a mail, kept as long as its words."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("boite", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="courriel",
            name="objet",
            field=models.CharField(blank=True, db_default="", default="", max_length=300, verbose_name="objet"),
        ),
    ]
