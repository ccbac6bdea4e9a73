"""The row and the file that an imported opinion came from, to know them again."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contributions", "0004_accord_de_publier"),
    ]

    operations = [
        migrations.AddField(
            model_name="contribution",
            name="ligne",
            field=models.CharField(blank=True, db_default="", db_index=True, default="", max_length=64),
        ),
        migrations.AddField(
            model_name="contribution",
            name="lot",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
    ]
