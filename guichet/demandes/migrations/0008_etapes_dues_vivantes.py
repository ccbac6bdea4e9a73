"""The automatic steps look at requests that were not made anonymous: the index holds these and answers by itself."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("demandes", "0007_anonymisation"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="demande", name="demande_etapes_dues"),
        migrations.AddIndex(
            model_name="demande",
            index=models.Index(
                condition=models.Q(models.Q(("nature", "close"), _negated=True), ("anonymisee_le", None)),
                fields=["version", "statut", "statut_depuis"],
                name="demande_etapes_dues",
            ),
        ),
    ]
