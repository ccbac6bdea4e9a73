"""The choice of whoever spoke to have their text published, and its check by a person."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contributions", "0003_citable"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="contribution",
            name="publication_acceptee",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="accepte que son texte soit publié"
            ),
        ),
        migrations.AddField(
            model_name="contribution",
            name="verifie",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AddField(
            model_name="contribution",
            name="verifie_le",
            field=models.DateTimeField(blank=True, null=True, verbose_name="vérifié le"),
        ),
        migrations.AddField(
            model_name="contribution",
            name="verifie_par",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
