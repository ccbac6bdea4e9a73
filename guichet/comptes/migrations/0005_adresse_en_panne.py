"""An account knows the address from which mails came back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("comptes", "0004_envois")]

    operations = [
        migrations.AddField(
            model_name="usager",
            name="adresse_en_panne",
            field=models.EmailField(blank=True, db_default="", default="", max_length=254),
        ),
    ]
