"""Unsent codes of drafts join the one outbox (socle.envois).

``courriel`` and ``code_a_envoyer`` stay for the sites of the former release that still run during the upgrade; the next
release drops them, with ancienne_file.py.
"""

from typing import Any

from django.db import migrations
from procrastinate.contrib.django import app

ALLER = """
INSERT INTO envois_envoi (id, cle, genre, canal, destinataire, objet, contexte, priorite, cree_le, prochain_le, essais,
                          derniere_erreur)
SELECT gen_random_uuid(), 'reprise:' || brouillon_id || ':' || mails, 'portail.reprise', 'courriel', courriel,
       'brouillon:' || brouillon_id, jsonb_build_object('code', code_a_envoyer), 10, now(), now(), 0, ''
  FROM portail_codereprise
 WHERE code_a_envoyer <> ''
ON CONFLICT DO NOTHING;
UPDATE portail_codereprise SET courriel = '', code_a_envoyer = '' WHERE code_a_envoyer <> '';
"""
RETOUR = """
UPDATE portail_codereprise r SET courriel = e.destinataire, code_a_envoyer = e.contexte ->> 'code'
  FROM envois_envoi e WHERE e.cle = 'reprise:' || r.brouillon_id || ':' || r.mails;
DELETE FROM envois_envoi WHERE genre = 'portail.reprise';
"""


def remettre_en_file(apps: Any, _schema_editor: Any) -> None:
    attente = apps.get_model("portail", "CodeReprise").objects.exclude(code_a_envoyer="")
    travaux = [
        {"brouillon_id": str(identifiant), "rang": rang} for identifiant, rang in attente.values_list("pk", "mails")
    ]
    if travaux:
        app.configure_task("portail.envoyer_code_reprise", queue="courriels").batch_defer(*travaux)


class Migration(migrations.Migration):
    dependencies = [
        ("portail", "0003_codereprise"),
        ("envois", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, remettre_en_file),
        migrations.RunSQL(ALLER, RETOUR),
    ]
