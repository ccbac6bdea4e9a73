"""Requests made anonymous some months after their end.

The function runs with the rights of the owner of the tables and decides by itself what is due: who may call it
(guichet/supervision/droits.py) can make it run, not choose. What stays is what figures need and names nobody: dates,
statuses, procedure, service, channel, the town's own words for steps and reasons.
"""

from django.db import migrations, models

FONCTION = """
CREATE FUNCTION demandes_anonymiser(combien integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  dues uuid[];
BEGIN
  SELECT array_agg(id) INTO dues FROM (
    SELECT d.id FROM demandes_demande d JOIN demarches_versiondemarche v ON v.id = d.version_id
     WHERE d.anonymisee_le IS NULL AND d.nature IN ('transferee', 'repondue', 'close')
       AND d.statut_depuis
           <= now() - make_interval(months => (v.definition #>> '{donnees,conservation_mois}')::integer)
     ORDER BY d.statut_depuis LIMIT combien FOR UPDATE OF d SKIP LOCKED) AS lot;
  IF dues IS NULL THEN
    RETURN 0;
  END IF;
  -- A stored file may be shared: it goes with the last that holds it.
  WITH retirees AS (DELETE FROM demandes_piece WHERE demande_id = ANY (dues) RETURNING fichier)
  DELETE FROM stockage_fichier f USING (SELECT DISTINCT fichier FROM retirees) r
   WHERE f.espace = 'demandes' AND f.nom = r.fichier
     AND NOT EXISTS (SELECT FROM demandes_piece p WHERE p.fichier = f.nom AND p.demande_id <> ALL (dues))
     AND NOT EXISTS (SELECT FROM demandes_piecebrouillon b WHERE b.fichier = f.nom);
  DELETE FROM demandes_message WHERE demande_id = ANY (dues);
  DELETE FROM demandes_complement WHERE demande_id = ANY (dues);
  DELETE FROM demandes_courriel WHERE demande_id = ANY (dues);
  UPDATE demandes_transfert SET par_nom = '' WHERE demande_id = ANY (dues);
  UPDATE demandes_evenement e SET auteur_cle = '', auteur_nom = '', donnees = (
      SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(e.donnees)
       WHERE key IN ('canal', 'origine', 'destination', 'libelle', 'statut', 'statut_usager', 'motif'))
   WHERE demande_id = ANY (dues);
  UPDATE demandes_demande SET usager_id = NULL, donnees = '{}', nom = '', courriel = '', telephone = '',
      adresse_postale = '', code_suivi_empreinte = '', cle_envoi = gen_random_uuid(), saisie_par_sub = '',
      saisie_par_nom = '', agent_sub = '', agent_nom = '', anonymisee_le = now()
   WHERE id = ANY (dues);
  RETURN cardinality(dues);
END $$;
REVOKE ALL ON FUNCTION demandes_anonymiser(integer) FROM PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("demandes", "0006_etapes_dues"),
        ("stockage", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="demande",
            name="anonymisee_le",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="demande",
            index=models.Index(
                condition=models.Q(("anonymisee_le", None), ("nature__in", ("transferee", "repondue", "close"))),
                fields=["statut_depuis"],
                name="demande_a_anonymiser",
            ),
        ),
        migrations.RunSQL(FONCTION, "DROP FUNCTION demandes_anonymiser(integer);"),
    ]
