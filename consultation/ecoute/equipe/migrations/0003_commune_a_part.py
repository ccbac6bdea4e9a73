"""The town is described by an app of its own from now on (commune/0001_initial)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("equipe", "0002_acces_par_annuaire"),
        ("commune", "0001_initial"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel(name="Commune")]),
    ]
