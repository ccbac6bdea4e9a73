from django.db import migrations, models


class Migration(migrations.Migration):
    """A suspension whose mail came back does not count; a decision taken back sets the clock anew.

    The release before makes suspensions that count, and takes no decision back.
    """

    dependencies = [("demandes", "0010_documents_et_lettres")]

    operations = [
        migrations.AddField(
            model_name="suspension",
            name="opposable",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddField(model_name="demande", name="ressaisie_le", field=models.DateField(blank=True, null=True)),
    ]
