"""Failures of mails are counted by the outbox (socle.envois), for every channel: the count goes on there."""

from django.db import migrations

ALLER = """
INSERT INTO envois_compte (canal, partis, echecs)
SELECT 'courriel', 0, valeur FROM supervision_compteur WHERE nom = 'courriels_echecs'
ON CONFLICT (canal) DO UPDATE SET echecs = envois_compte.echecs + excluded.echecs;
DELETE FROM supervision_compteur WHERE nom = 'courriels_echecs';
"""
RETOUR = """
INSERT INTO supervision_compteur (nom, valeur)
SELECT 'courriels_echecs', echecs FROM envois_compte WHERE canal = 'courriel'
ON CONFLICT DO NOTHING;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("supervision", "0001_initial"),
        ("envois", "0001_initial"),
    ]

    operations = [migrations.RunSQL(ALLER, RETOUR)]
