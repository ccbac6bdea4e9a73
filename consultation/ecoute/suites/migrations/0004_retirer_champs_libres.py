from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("suites", "0003_reprendre_liens_et_indicateurs")]

    operations = [
        migrations.RemoveField(
            model_name="action",
            name="apres",
        ),
        migrations.RemoveField(
            model_name="action",
            name="avant",
        ),
        migrations.RemoveField(
            model_name="action",
            name="indicateur",
        ),
        migrations.RemoveField(
            model_name="action",
            name="lien",
        ),
        migrations.RemoveField(
            model_name="action",
            name="lien_genre",
        ),
    ]
