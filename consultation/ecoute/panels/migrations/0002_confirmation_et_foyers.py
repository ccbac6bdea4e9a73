from django.db import migrations, models


class Migration(migrations.Migration):
    """Volunteers confirm, and the team sees who lives together."""

    dependencies = [("panels", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="volontaire",
            name="adresse",
            field=models.CharField(blank=True, db_default="", default="", max_length=300, verbose_name="adresse"),
        ),
        migrations.AddField(
            model_name="volontaire",
            name="foyer_vu",
            field=models.BooleanField(db_default=False, default=False, verbose_name="foyer vérifié par l'équipe"),
        ),
        migrations.AddField(
            model_name="volontaire",
            name="a_confirmer",
            field=models.BooleanField(db_default=False, default=False, verbose_name="à confirmer par la personne"),
        ),
    ]
