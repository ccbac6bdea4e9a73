"""Mails that came back. The columns have a default of their own: the release before goes on adding rows meanwhile."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("envois", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="envoi",
            name="retour_le",
            field=models.DateTimeField(blank=True, null=True, verbose_name="revenu le"),
        ),
        migrations.AddField(
            model_name="envoi",
            name="retour",
            field=models.CharField(blank=True, db_default="", default="", max_length=20),
        ),
        migrations.AddField(
            model_name="compte",
            name="retours",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
    ]
