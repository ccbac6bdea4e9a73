"""A mail to a service may be about several requests."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("demandes", "0004_natures"),
    ]

    operations = [
        migrations.AlterField(
            model_name="courriel",
            name="demande",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="courriels",
                to="demandes.demande",
            ),
        ),
    ]
