"""The town leaves the app of the team, where its table was made; the table itself does not move."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("equipe", "0002_acces_par_annuaire"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Commune",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "nom",
                            models.CharField(default="La commune", max_length=120, verbose_name="nom de la commune"),
                        ),
                        ("adresse", models.CharField(blank=True, max_length=300, verbose_name="adresse de la mairie")),
                        ("telephone", models.CharField(blank=True, max_length=30, verbose_name="téléphone")),
                        (
                            "courriel",
                            models.EmailField(blank=True, max_length=254, verbose_name="adresse e-mail de contact"),
                        ),
                        ("horaires", models.CharField(blank=True, max_length=300, verbose_name="horaires d'ouverture")),
                        (
                            "dpo_nom",
                            models.CharField(
                                blank=True, max_length=120, verbose_name="délégué à la protection des données"
                            ),
                        ),
                        (
                            "dpo_courriel",
                            models.EmailField(blank=True, max_length=254, verbose_name="adresse e-mail du délégué"),
                        ),
                    ],
                    options={
                        "verbose_name": "commune",
                        "verbose_name_plural": "commune",
                        "db_table": "equipe_commune",
                    },
                ),
            ],
        ),
    ]
