"""What the site's own PostgreSQL role may do, table by table. Applied by the command `accorder_droits`.

The letters, and what a missing line does: socle/installation/droits.py. What is published or proved is only ever added
to; the trail too, then purged as a whole. The database refuses the rest, whatever the program does.
"""

from __future__ import annotations

from typing import NamedTuple

from socle.installation.droits import Decisions


class Droits(NamedTuple):
    """What the site may do to one table."""

    ecoute: str


TABLES: dict[str, Droits] = {
    # Only ever added to: publications (the database also refuses by a trigger), proofs of erasure, decisions.
    "dossiers_publication": Droits("S I"),
    "donnees_effacement": Droits("S I"),
    "dossiers_passageretire": Droits("S I"),
    "satisfaction_reprise": Droits("S I"),
    "suites_etape": Droits("S I"),
    "suites_suivi": Droits("S I"),
    "journal_trace": Droits("S I D"),  # purged when its time has come
    # The team and the town.
    "equipe_membre": Droits("S I U"),
    "equipe_commune": Droits("S I U"),
    "equipe_essaiconnexion": Droits("S I D"),
    "django_session": Droits("S I U D"),
    "accueil_rappel": Droits("S I D"),
    # Messages wait, leave, go after their time; how many left or failed.
    "envois_envoi": Droits("S I U D"),
    "envois_compte": Droits("S I U"),
    "envois_sollicitation": Droits("S I D"),
    # A dossier, its population, its data protection sheet: closed, never removed.
    "dossiers_dossier": Droits("S I U"),
    "dossiers_critere": Droits("S I U"),
    "dossiers_modalite": Droits("S I U D"),
    "donnees_fiche": Droits("S I U"),
    "donnees_duree": Droits("S I U"),
    # What people said: erased word by word when its time has come, the row stays and counts.
    "contributions_contribution": Droits("S I U"),
    "contributions_contact": Droits("S I D"),
    "contributions_depot": Droits("S I D"),
    "boite_courriel": Droits("S I U D"),
    "ateliers_atelier": Droits("S I U"),
    "ateliers_participant": Droits("S I U D"),
    "ateliers_consentement": Droits("S I U D"),
    "ateliers_sequence": Droits("S I U D"),
    "ateliers_note": Droits("S I U D"),
    "panels_panel": Droits("S I U"),
    "panels_quota": Droits("S I U D"),
    "panels_volontaire": Droits("S I U D"),  # D: who never confirmed
    "panels_tirage": Droits("S I U D"),
    "satisfaction_demarche": Droits("S I U"),
    "satisfaction_demarche_abonnes": Droits("S I D"),
    "satisfaction_reponse": Droits("S I U"),
    # The reading of opinions: any act can be taken back.
    "lecture_theme": Droits("S I U D"),
    "lecture_masque": Droits("S I U D"),
    "lecture_lecture": Droits("S I U D"),
    "lecture_lecture_themes": Droits("S I D"),
    "lecture_lectureadeux": Droits("S I U"),
    "lecture_lectureadeux_avis": Droits("S I"),
    "lecture_retenu": Droits("S I U D"),
    "lecture_retenu_themes": Droits("S I D"),
    "lecture_methode": Droits("S I U D"),
    "lecture_rapprochement": Droits("S I U D"),
    "lecture_distinction": Droits("S I U D"),
    "lecture_geste": Droits("S I U D"),
    # What the town does of it.
    "suites_constat": Droits("S I U"),
    "suites_extrait": Droits("S I U D"),
    "suites_proposition": Droits("S I U"),
    "suites_proposition_constats": Droits("S I D"),
    "suites_action": Droits("S I U"),
    "suites_livraison": Droits("S I D"),
    "suites_indicateur": Droits("S I U"),
    "suites_releve": Droits("S I U"),
    # Written at each installation.
    "supervision_installation": Droits("S"),
    # Nobody but the owner: the team has roles of its own (equipe.Role), not Django's groups.
    "auth_group": Droits(""),
    "auth_group_permissions": Droits(""),
    "auth_permission": Droits(""),
    "django_content_type": Droits(""),
    "django_migrations": Droits(""),
}

DECISIONS = Decisions(Droits._fields, TABLES)
