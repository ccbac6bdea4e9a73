"""What each site's PostgreSQL role may do, table by table. Applied by `manage.py accorder_droits`.

The letters, and what a missing line does: socle/installation/droits.py.
History (demandes_evenement) and messages are only ever added to, by both sites; FONCTIONS says the one way they end.
"""

from typing import NamedTuple

from socle.installation.droits import Decisions


class Droits(NamedTuple):
    """What each site may do to one object."""

    portail: str
    instruction: str


TABLES: dict[str, Droits] = {
    # Procedures: loaded by the owner of the schema, published by editors on the agents' site; a version never changes.
    "demarches_service": Droits("S", "S"),
    "demarches_demarche": Droits("S", "S I U"),
    "demarches_versiondemarche": Droits("S", "S I"),
    "demarches_workflow": Droits("S", "S I U"),
    "demarches_orientation": Droits("S", "S I U"),
    # Drafts that never were online may be thrown away (conception/corbeille.py).
    "conception_demarcheredigee": Droits("", "S I U D"),
    "conception_circuitredige": Droits("", "S I U D"),
    "conception_orientationredigee": Droits("", "S I U D"),
    # Residents' accounts belong to the portal; the worker mails the sign-up link, and notes an
    # address from which mails come back.
    "comptes_usager": Droits("S I U D", "S U(adresse_en_panne)"),
    "comptes_consentement": Droits("S I U D", "S"),
    "comptes_identiteverifiee": Droits("S I U D", "S"),
    "comptes_courrieldepart": Droits("S I", "S U D"),  # former outbox: emptied by the worker, dropped next
    "comptes_inscription": Droits("S I U D", "S U D"),
    # Requests.
    "demandes_demande": Droits("S I U", "S I U"),
    "demandes_evenement": Droits("S I", "S I"),
    "demandes_message": Droits("S I", "S I"),
    # The portal dates the first opening of a document; agents only add.
    "demandes_piece": Droits("S I U(ouverte_le)", "S I"),
    # An act of either site may call for a letter; agents print it.
    "demandes_lettre": Droits("S I", "S I U"),
    "demandes_complement": Droits("S U", "S I U"),
    "demandes_suspension": Droits("S U", "S I U"),
    "demandes_transfert": Droits("S", "S I"),
    "demandes_courriel": Droits("S I", "S U D"),  # former outbox: emptied by the worker, dropped next
    "demandes_brouillon": Droits("S I U D", "S I U D"),
    "demandes_piecebrouillon": Droits("S I U D", "S I D"),
    # Files: see POLITIQUES for what the portal may remove.
    "stockage_fichier": Droits("S I D", "S I D"),
    # Sessions: each site its own; the worker removes those that ended.
    "portail_sessionusager": Droits("S I U D", "S(expire_date) D"),
    "portail_essaisuivi": Droits("S I D", ""),
    "portail_televersement": Droits("S I D", ""),
    "portail_codereprise": Droits("S I U D", "S U D"),
    "instruction_sessionagent": Droits("", "S I U D"),
    # Agents: the portal knows nothing of them.
    "instruction_agent": Droits("", "S I U"),
    "instruction_vueenregistree": Droits("", "S I U D"),
    "instruction_lecture": Droits("", "S I U D"),
    "instruction_agent_groups": Droits("", "S I D"),
    "instruction_agent_user_permissions": Droits("", "S"),
    "auth_group": Droits("", "S"),
    "auth_group_permissions": Droits("", "S"),
    "auth_permission": Droits("", "S"),
    # Editorial pages: written on the agents' site, read by the portal, which also makes small images.
    "editorial_accueil": Droits("S", "S I U D"),
    "editorial_pagecontenu": Droits("S", "S I U D"),
    "editorial_pageobligatoire": Droits("S", "S I U D"),
    "django_content_type": Droits("S", "S"),
    "wagtailcore_page": Droits("S", "S I U D"),
    "wagtailcore_site": Droits("S", "S"),
    "wagtailcore_locale": Droits("S", "S"),
    "wagtailcore_pageviewrestriction": Droits("S", "S I U D"),
    "wagtailimages_image": Droits("S", "S I U D"),
    "wagtailimages_rendition": Droits("S I", "S I U D"),
    "wagtailredirects_redirect": Droits("S", "S I U D"),
    # Messages: the portal entrusts them and reads none, the worker sends them.
    "envois_envoi": Droits("I", "S I U D"),
    "envois_compte": Droits("", "S I U"),
    "envois_sollicitation": Droits("S I D", "S D"),
    # Task queue: the portal defers, the worker does.
    "procrastinate_jobs": Droits("S(id) I", "S I U D"),
    "procrastinate_events": Droits("I", "S I U D"),
    "procrastinate_periodic_defers": Droits("", "S I U D"),
    "procrastinate_workers": Droits("", "S I U D"),
    # Figures.
    "supervision_compteur": Droits("S I U", "S I U"),
    "supervision_installation": Droits("S", "S"),
    # Nobody but the owner.
    "django_migrations": Droits("", ""),
}

# The rest of Wagtail and its helpers: the editors' workshop, on the agents' site only.
PREFIXES: dict[str, Droits] = {
    "wagtail": Droits("", "S I U D"),
    "taggit_": Droits("", "S I U D"),
}

# Functions that act with the owner's rights.
FONCTIONS: dict[str, Droits] = {
    # Removes who asked from requests whose time has come, and from no other: the worker's, each night.
    "demandes_anonymiser(integer)": Droits("", "X"),
}

# Row rules. The portal may remove a file while it belongs to a draft, never once a request holds it. It reads no note
# between agents nor what is joined to one, and writes nothing in the name of the town.
POLITIQUES: dict[str, dict[str, str]] = {
    "demandes_message": {
        "lecture_portail FOR SELECT TO {portail}": "NOT interne",
        "ajout_portail FOR INSERT TO {portail}": "auteur_type = 'usager' AND NOT interne",
        "instruction FOR ALL TO {instruction}": "true",
    },
    "demandes_piece": {
        "lecture_portail FOR SELECT TO {portail}": (
            "message_id IS NULL OR EXISTS (SELECT FROM demandes_message m WHERE m.id = message_id)"
        ),
        "ajout_portail FOR INSERT TO {portail}": "true",
        "ouverture_portail FOR UPDATE TO {portail}": "true",
        "instruction FOR ALL TO {instruction}": "true",
    },
    "demandes_evenement": {
        "lecture_portail FOR SELECT TO {portail}": "true",
        "ajout_portail FOR INSERT TO {portail}": "auteur_type <> 'agent'",
        "instruction FOR ALL TO {instruction}": "true",
    },
    "stockage_fichier": {
        "lecture FOR SELECT": "true",
        "ajout FOR INSERT": "true",
        "retrait_portail FOR DELETE TO {portail}": (
            "espace = 'demandes' AND NOT EXISTS (SELECT FROM demandes_piece p WHERE p.fichier = stockage_fichier.nom)"
        ),
        "retrait_instruction FOR DELETE TO {instruction}": "true",
    },
}

# What acts of residents leave as it is: when a request came, who has it, what was decided, what was asked.
FIGEES: dict[str, dict[str, tuple[str, ...]]] = {
    "demandes_demande": {
        "portail": (
            "id", "reference", "demarche_id", "version_id", "service_id", "canal", "code_suivi_empreinte", "recue_le",
            "competente_le", "ressaisie_le", "decidee_le", "issue", "anonymisee_le", "autorite", "saisie_par_sub",
            "saisie_par_nom", "agent_sub", "agent_nom", "cle_envoi",
        ),
    },
    "demandes_complement": {"portail": ("id", "demande_id", "libelle", "explication", "champ")},
}  # fmt: skip

DECISIONS = Decisions(Droits._fields, TABLES, PREFIXES, FONCTIONS, POLITIQUES, FIGEES)
