"""What the agents' list asks of PostgreSQL: one search column and the orders it is read in.

These live beside the list and not in `demandes`, which knows nothing of how it is read:
- `guichet_fr`: French stemming without accents (extension unaccent, which a database's owner may create);
- `demandes_demande.recherche`: words of a request, computed by PostgreSQL at each write, so that no writer can
  forget it. Name, e-mail address (whole and in parts), phone digits, reference, every text of the answers;
- one index per order of the list, and partial ones for what somebody still has to act on: a year of a town of
  60,000 is 237,000 requests, of which a few thousand wait. A status added to those that wait (workflow.py) needs
  this index made again; without it the list is right, only slower.
"""

from django.db import migrations

CONFIGURATION = """
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE TEXT SEARCH CONFIGURATION guichet_fr (COPY = french);
ALTER TEXT SEARCH CONFIGURATION guichet_fr
  ALTER MAPPING FOR hword, hword_part, word WITH unaccent, french_stem;
"""

COLONNE = """
ALTER TABLE demandes_demande ADD COLUMN recherche tsvector GENERATED ALWAYS AS (
  to_tsvector('guichet_fr',
    reference || ' ' || nom || ' ' || translate(courriel, '@.+_-', '     ')
    || ' ' || regexp_replace(telephone, '[^0-9]', '', 'g'))
  || jsonb_to_tsvector('guichet_fr', donnees, '["string"]')
) STORED;
CREATE INDEX demande_recherche ON demandes_demande USING gin (recherche);
"""

ORDRES = """
CREATE INDEX demande_par_date ON demandes_demande (recue_le, id);
CREATE INDEX demande_par_modification ON demandes_demande (modifiee_le, id);
CREATE INDEX demande_a_suivre_par_date ON demandes_demande (recue_le, id)
  INCLUDE (service_id, statut, agent_sub) WHERE statut IN ('recue', 'en_cours', 'attente_usager');
CREATE INDEX demande_par_agent ON demandes_demande (agent_sub, recue_le) WHERE statut <> 'close';
"""


class Migration(migrations.Migration):
    dependencies = [
        ("instruction", "0001_initial"),
        ("demandes", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(CONFIGURATION, "DROP TEXT SEARCH CONFIGURATION guichet_fr;"),
        migrations.RunSQL(COLONNE, "ALTER TABLE demandes_demande DROP COLUMN recherche;"),
        migrations.RunSQL(
            ORDRES,
            "DROP INDEX demande_par_date, demande_par_modification, demande_a_suivre_par_date, demande_par_agent;",
        ),
    ]
