"""The list looks at the nature of a status and no more at five names; the clock of the law is one column.

- `horloge_le`: last day of the town for requests whose clock runs (nobody decided, nothing suspends it, somebody
  still has to act), the end of time for the others. One column to sort by, to find what is late and what soon
  will be; computed by PostgreSQL at each write, so that no writer can forget it. A change of type of a column it
  reads must drop and make it again.
- Partial indexes hold natures, which are the code's own words: a status that the town invents needs nothing here.
"""

from django.db import migrations

JAMAIS = "9999-12-31"
A_SUIVRE = "('a_traiter', 'en_cours', 'attente_usager')"

COLONNE = f"""
ALTER TABLE demandes_demande ADD COLUMN horloge_le date NOT NULL GENERATED ALWAYS AS (
  CASE WHEN decidee_le IS NULL AND suspendue_depuis IS NULL AND nature IN {A_SUIVRE}
  THEN COALESCE(echeance_le, DATE '{JAMAIS}') ELSE DATE '{JAMAIS}' END
) STORED;
"""

ORDRES = f"""
DROP INDEX demande_a_suivre_par_date, demande_par_agent;
CREATE INDEX demande_a_suivre_par_date ON demandes_demande (recue_le, id)
  INCLUDE (service_id, nature, agent_sub) WHERE nature IN {A_SUIVRE};
CREATE INDEX demande_par_agent ON demandes_demande (agent_sub, recue_le) WHERE nature <> 'close';
CREATE INDEX demande_par_horloge ON demandes_demande (horloge_le, id) INCLUDE (service_id, nature, agent_sub);
"""

ORDRES_AVANT = """
DROP INDEX demande_a_suivre_par_date, demande_par_agent, demande_par_horloge;
CREATE INDEX demande_a_suivre_par_date ON demandes_demande (recue_le, id)
  INCLUDE (service_id, statut, agent_sub) WHERE statut IN ('recue', 'en_cours', 'attente_usager');
CREATE INDEX demande_par_agent ON demandes_demande (agent_sub, recue_le) WHERE statut <> 'close';
"""


class Migration(migrations.Migration):
    dependencies = [
        ("instruction", "0003_vues_et_lectures"),
        ("demandes", "0004_natures"),
    ]

    operations = [
        migrations.RunSQL(COLONNE, "ALTER TABLE demandes_demande DROP COLUMN horloge_le;"),
        migrations.RunSQL(ORDRES, ORDRES_AVANT),
    ]
