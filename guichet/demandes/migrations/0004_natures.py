"""Requests filed before workflows were data: the nature of their status, and the dates that it implies.

These five statuses were all there was; every shipped workflow still has them (stacks/*/workflows).
"""

from django.db import migrations

REMPLIR = """
UPDATE demandes_demande d SET
  nature = CASE statut WHEN 'recue' THEN 'a_traiter' ELSE statut END,
  statut_depuis = COALESCE(
    (SELECT max(e.le) FROM demandes_evenement e WHERE e.demande_id = d.id AND e.code NOT IN ('note', 'rattachee')),
    d.recue_le),
  decidee_le = (SELECT min(e.le) FROM demandes_evenement e WHERE e.demande_id = d.id AND e.code = 'reponse')
WHERE statut IN ('recue', 'en_cours', 'attente_usager', 'repondue', 'close');
"""


class Migration(migrations.Migration):
    dependencies = [("demandes", "0003_circuit")]

    operations = [migrations.RunSQL(REMPLIR, migrations.RunSQL.noop)]
