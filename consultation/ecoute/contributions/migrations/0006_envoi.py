from django.db import migrations, models


class Migration(migrations.Migration):
    """Two people with the same words on one tablet are two; one form sent twice is one."""

    dependencies = [("contributions", "0005_lignes_importees")]

    operations = [
        migrations.AddField(
            model_name="contribution",
            name="envoi",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
    ]
