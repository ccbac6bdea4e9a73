"""Nothing is destroyed before the archives gave their visa (Code du patrimoine, L.212-2).

The visa is that of the procedure as it is today: it often comes after requests were made, and the function of migrations
0007 and 0009, which say the rest, looks for it before it lets anything go.
"""

from importlib import import_module

from django.db import migrations

SANS_VISA = import_module("guichet.demandes.migrations.0009_envois").NOUVELLE
FONCTION = SANS_VISA.replace(
    "     ORDER BY d.statut_depuis LIMIT",
    """       AND EXISTS (SELECT FROM demarches_demarche a WHERE a.slug = d.demarche_id
                    AND btrim(coalesce(a.definition #>> '{donnees,visa_archives}', '')) <> '')
     ORDER BY d.statut_depuis LIMIT""",
)


class Migration(migrations.Migration):
    dependencies = [("demandes", "0011_horloge_remise"), ("demarches", "0003_empreintes")]

    operations = [migrations.RunSQL(FONCTION, SANS_VISA)]
