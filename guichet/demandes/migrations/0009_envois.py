"""The mails of requests join the one outbox (socle.envois), sent ones included: their keys keep them from leaving twice.

The table ``demandes_courriel`` stays, empty, for the sites of the former release that still run during the upgrade; the
next release drops it, with ancienne_file.py. Backwards, mails return to it and their tasks are queued anew.
"""

import importlib
from typing import Any

from django.db import migrations
from procrastinate.contrib.django import app
from procrastinate.types import JSONDict

ALLER = """
WITH anciens AS (DELETE FROM demandes_courriel RETURNING *)
INSERT INTO envois_envoi (id, cle, genre, canal, destinataire, objet, contexte, priorite, cree_le, prochain_le, essais,
                          derniere_erreur, parti_le)
SELECT id, cle, 'demandes.' || genre, 'courriel', destinataire, coalesce('demande:' || demande_id, ''), contexte, 0,
       cree_le, now(), 0, '', envoye_le
  FROM anciens
ON CONFLICT DO NOTHING;
"""
RETOUR = """
WITH nouveaux AS (DELETE FROM envois_envoi WHERE genre LIKE 'demandes.%' RETURNING *)
INSERT INTO demandes_courriel (id, cle, genre, demande_id, destinataire, contexte, cree_le, envoye_le)
SELECT id, left(cle, 120), substr(genre, 10), nullif(substr(objet, 9), '')::uuid, destinataire, contexte, cree_le,
       parti_le
  FROM nouveaux
 WHERE objet = '' OR EXISTS (SELECT FROM demandes_demande d WHERE d.id = substr(objet, 9)::uuid)
ON CONFLICT DO NOTHING;
"""

ANCIENNE = importlib.import_module("guichet.demandes.migrations.0007_anonymisation").FONCTION.replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
)
NOUVELLE = ANCIENNE.replace(
    "  DELETE FROM demandes_courriel WHERE demande_id = ANY (dues);\n",
    "  DELETE FROM demandes_courriel WHERE demande_id = ANY (dues);\n"
    "  DELETE FROM envois_envoi WHERE objet IN (SELECT 'demande:' || id FROM unnest(dues) AS id);\n",
)


def remettre_en_file(apps: Any, _schema_editor: Any) -> None:
    attente = apps.get_model("demandes", "Courriel").objects.filter(envoye_le=None)
    travaux: list[JSONDict] = [
        {"courriel_id": str(identifiant)} for identifiant in attente.values_list("pk", flat=True)
    ]
    if travaux:
        app.configure_task("demandes.envoyer_courriel", queue="courriels").batch_defer(*travaux)


class Migration(migrations.Migration):
    dependencies = [
        ("demandes", "0008_index_des_lectures_regulieres"),
        ("envois", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, remettre_en_file),
        migrations.RunSQL(ALLER, RETOUR),
        migrations.RunSQL(NOUVELLE, ANCIENNE),
    ]
