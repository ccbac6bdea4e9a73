"""Sheets that lead to who does it: a new table, that the release before does not look at."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("demarches", "0003_empreintes"),
    ]

    operations = [
        migrations.CreateModel(
            name="Orientation",
            fields=[
                ("slug", models.SlugField(primary_key=True, serialize=False)),
                ("titre", models.CharField(max_length=200)),
                ("definition", models.JSONField()),
                ("publiee", models.BooleanField(default=True)),
                ("empreinte", models.CharField(default="", editable=False, max_length=64)),
                ("modifiee_le", models.DateTimeField(auto_now=True)),
            ],
            options={"ordering": ("titre",)},
        ),
    ]
