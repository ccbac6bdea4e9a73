from django.db import migrations, models


class Migration(migrations.Migration):
    """A seat asked for waits for its owner; somebody without e-mail is called."""

    dependencies = [("ateliers", "0003_citer_dans_ce_qui_est_publie")]

    operations = [
        migrations.AlterField(
            model_name="participant",
            name="statut",
            field=models.CharField(
                choices=[
                    ("demande", "demande une place, à confirmer"),
                    ("invite", "invité, sans réponse"),
                    ("inscrit", "inscrit"),
                    ("attente", "en liste d'attente"),
                    ("desiste", "ne viendra pas"),
                    ("present", "présent"),
                    ("absent", "absent"),
                ],
                default="invite",
                max_length=8,
                verbose_name="réponse",
            ),
        ),
        migrations.AddField(
            model_name="participant",
            name="appel",
            field=models.CharField(
                blank=True,
                choices=[
                    ("demande", "vérifier que la demande de place est bien la sienne"),
                    ("place_liberee", "dire qu'une place s'est libérée"),
                    ("changement", "dire que la date ou le lieu change"),
                    ("annulation", "dire que l'atelier est annulé"),
                ],
                db_default="",
                default="",
                max_length=16,
                verbose_name="à appeler pour",
            ),
        ),
    ]
