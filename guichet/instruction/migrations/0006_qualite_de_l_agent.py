from django.db import migrations, models


class Migration(migrations.Migration):
    """The quality of who decides (CRPA L.212-1); the release before writes no such column."""

    dependencies = [("instruction", "0005_index_par_service")]

    operations = [
        migrations.AddField(
            model_name="agent",
            name="qualite",
            field=models.CharField(blank=True, db_default="", default="", max_length=120, verbose_name="qualité"),
        ),
    ]
