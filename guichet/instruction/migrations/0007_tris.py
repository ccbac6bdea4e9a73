"""Every title of the list sorts it: one index an order, read both ways. What is shown of a service is looked at in
the index itself, so that a page costs what it shows and not what the town has received.

Names are sorted as a French dictionary does, whatever the database's own collation.
"""

from django.db import migrations

COLLATION = 'COLLATE "fr-x-icu"'
SUITE = "INCLUDE (service_id, nature, agent_sub)"

APRES = f"""
CREATE INDEX demande_par_demarche ON demandes_demande (demarche_id, recue_le, id) {SUITE};
CREATE INDEX demande_par_nom ON demandes_demande (nom {COLLATION}, recue_le, id) {SUITE};
CREATE INDEX demande_par_statut ON demandes_demande (statut, recue_le, id) {SUITE};
CREATE INDEX demande_par_nom_d_agent ON demandes_demande (agent_nom {COLLATION}, recue_le, id) {SUITE};
DROP INDEX demande_par_agent;
CREATE INDEX demande_de_l_agent ON demandes_demande (agent_sub, recue_le, id) INCLUDE (service_id, nature);
"""

AVANT = """
DROP INDEX demande_par_demarche, demande_par_nom, demande_par_statut, demande_par_nom_d_agent, demande_de_l_agent;
CREATE INDEX demande_par_agent ON demandes_demande (agent_sub, recue_le) WHERE nature <> 'close';
"""


class Migration(migrations.Migration):
    dependencies = [("instruction", "0006_qualite_de_l_agent")]

    operations = [migrations.RunSQL(APRES, AVANT)]
