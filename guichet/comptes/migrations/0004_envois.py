"""Unsent mails of accounts join the one outbox (socle.envois).

``comptes_courrieldepart``, ``lien_a_envoyer`` and ``courriel_envoye_le`` stay for the sites of the former release that
still run during the upgrade; the next release drops them, with ancienne_file.py.
"""

from typing import Any

from django.db import migrations
from procrastinate.contrib.django import app
from procrastinate.types import JSONDict

# A sign-up whose mail was handed over is marked as sent: it is no longer this table's.
ALLER = """
WITH anciens AS (DELETE FROM comptes_courrieldepart RETURNING *)
INSERT INTO envois_envoi (id, cle, genre, canal, destinataire, objet, contexte, priorite, cree_le, prochain_le, essais,
                          derniere_erreur)
SELECT id, 'depart:' || id, 'comptes.depart', 'courriel', destinataire, '', contexte, 10, cree_le, now(), 0, ''
  FROM anciens
ON CONFLICT DO NOTHING;
INSERT INTO envois_envoi (id, cle, genre, canal, destinataire, objet, contexte, priorite, cree_le, prochain_le, essais,
                          derniere_erreur)
SELECT id, 'inscription:' || id, CASE WHEN deja_inscrit THEN 'comptes.compte_existant' ELSE 'comptes.inscription' END,
       'courriel', courriel, 'inscription:' || id, jsonb_build_object('lien', lien_a_envoyer), 10, creee_le, now(), 0, ''
  FROM comptes_inscription
 WHERE courriel_envoye_le IS NULL
ON CONFLICT DO NOTHING;
UPDATE comptes_inscription SET lien_a_envoyer = '', courriel_envoye_le = now() WHERE courriel_envoye_le IS NULL;
"""
RETOUR = """
UPDATE comptes_inscription SET courriel_envoye_le = coalesce(courriel_envoye_le, now());
UPDATE comptes_inscription i SET lien_a_envoyer = e.contexte ->> 'lien', courriel_envoye_le = NULL
  FROM envois_envoi e WHERE e.cle = 'inscription:' || i.id;
INSERT INTO comptes_courrieldepart (id, destinataire, contexte, cree_le)
SELECT id, destinataire, contexte, cree_le FROM envois_envoi WHERE genre = 'comptes.depart';
DELETE FROM envois_envoi WHERE genre LIKE 'comptes.%';
"""


def remettre_en_file(apps: Any, _schema_editor: Any) -> None:
    departs = apps.get_model("comptes", "CourrielDepart").objects.values_list("pk", flat=True)
    attente = apps.get_model("comptes", "Inscription").objects.filter(courriel_envoye_le=None)
    for tache, argument, identifiants in (
        ("comptes.envoyer_courriel_depart", "courriel_id", departs),
        ("comptes.envoyer_courriel_inscription", "inscription_id", attente.values_list("pk", flat=True)),
    ):
        travaux: list[JSONDict] = [{argument: str(identifiant)} for identifiant in identifiants]
        if travaux:
            app.configure_task(tache, queue="courriels").batch_defer(*travaux)


class Migration(migrations.Migration):
    dependencies = [
        ("comptes", "0003_depart"),
        ("envois", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, remettre_en_file),
        migrations.RunSQL(ALLER, RETOUR),
    ]
