"""Words that somebody took back, hidden wherever a publication is read."""

from __future__ import annotations

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0003_faits_annonces"),
    ]

    operations = [
        migrations.CreateModel(
            name="PassageRetire",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("debut", models.PositiveIntegerField()),
                ("fin", models.PositiveIntegerField()),
                ("retire_le", models.DateTimeField(default=django.utils.timezone.now, verbose_name="retiré le")),
                (
                    "publication",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="retires", to="dossiers.publication"
                    ),
                ),
            ],
            options={
                "verbose_name": "passage retiré",
                "verbose_name_plural": "passages retirés",
                "ordering": ("debut",),
                "constraints": [models.UniqueConstraint(fields=("publication", "debut", "fin"), name="passage_retire")],
            },
        ),
    ]
