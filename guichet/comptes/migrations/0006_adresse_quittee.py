from django.db import migrations, models


class Migration(migrations.Migration):
    """The address that an account had before; the release before knows of none."""

    dependencies = [("comptes", "0005_adresse_en_panne")]

    operations = [
        migrations.AddField(
            model_name="usager",
            name="adresse_quittee",
            field=models.EmailField(blank=True, db_default="", default="", max_length=254),
        ),
    ]
