"""What each site's PostgreSQL role can do, tried on the real server with the role itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.utils import timezone

from guichet.comptes.models import Usager
from guichet.conception.models import DemarcheRedigee
from guichet.conception.services import suivre
from guichet.demandes import anonymisation, services
from guichet.demandes.fichiers import Fichier as PieceRecue
from guichet.demandes.models import Brouillon, Demande, Evenement
from guichet.editorial.droits import accorder_redaction
from guichet.editorial.models import Genre, PageObligatoire
from guichet.editorial.services import creer_pages_initiales
from guichet.instruction.models import Agent
from guichet.stockage.models import Fichier
from guichet.supervision.droits import PREFIXES, TABLES
from socle.envois.models import Envoi
from socle.envois.services import partir
from tests.guichet import actes as agir
from tests.guichet import fabrique, site_agents

pytestmark = pytest.mark.django_db

PORTAIL = settings.GUICHET_DB_ROLES["portail"]
INSTRUCTION = settings.GUICHET_DB_ROLES["instruction"]


@contextmanager
def en_tant_que(role: str) -> Iterator[None]:
    """Take a role; an error rolls back to before it was taken."""
    with transaction.atomic(), connection.cursor() as curseur:
        curseur.execute(f"SET ROLE {role}")
        yield
        curseur.execute("RESET ROLE")


@pytest.fixture(autouse=True)
def roles(db: None) -> None:
    with connection.cursor() as curseur:
        for role in (PORTAIL, INSTRUCTION):
            curseur.execute(f"DROP ROLE IF EXISTS {role}")
            curseur.execute(f"CREATE ROLE {role}")
    call_command("accorder_droits")


def refuse(ordre: str, role: str) -> bool:
    try:
        with en_tant_que(role), connection.cursor() as curseur:
            curseur.execute(ordre)
    except ProgrammingError as erreur:
        return "permission denied" in str(erreur)
    return False


@pytest.mark.parametrize(
    "ordre",
    [
        "SELECT * FROM instruction_agent",
        "SELECT * FROM instruction_sessionagent",
        "SELECT * FROM auth_group",
        "DELETE FROM demandes_demande",
        "DELETE FROM demandes_evenement",
        "UPDATE demandes_evenement SET code = 'autre'",
        "UPDATE demandes_message SET texte = ''",
        "DELETE FROM demandes_piece",
        "UPDATE stockage_fichier SET contenu = ''",
        "UPDATE demarches_demarche SET publiee = false",
        "UPDATE editorial_accueil SET introduction = ''",
        "SELECT * FROM conception_demarcheredigee",
        "UPDATE demarches_workflow SET titre = ''",
        "SELECT args FROM procrastinate_jobs",
        "DELETE FROM procrastinate_jobs",
        "UPDATE supervision_installation SET valeur = ''",
        "CREATE TABLE a_moi (x int)",
        "TRUNCATE demandes_demande",
        "SELECT destinataire FROM envois_envoi",
        "SELECT id FROM envois_envoi",
        "UPDATE envois_envoi SET destinataire = ''",
        "DELETE FROM envois_envoi",
        "SELECT demandes_anonymiser(1)",
    ],
)
def test_the_portal_may_not(ordre: str) -> None:
    assert refuse(ordre, PORTAIL)


@pytest.mark.parametrize(
    "ordre",
    [
        "SELECT session_data FROM portail_sessionusager",
        "SELECT * FROM portail_essaisuivi",
        "DELETE FROM demandes_demande",
        "INSERT INTO comptes_usager (id) VALUES (gen_random_uuid())",
        "UPDATE demandes_evenement SET code = 'autre'",
        "UPDATE comptes_usager SET courriel = ''",
        "DELETE FROM demandes_message",
        # Editors publish procedures there; what a request answered never changes, and nothing is removed.
        "UPDATE demarches_versiondemarche SET definition = '{}'",
        "DELETE FROM demarches_demarche",
        "UPDATE demarches_service SET groupe = ''",
        "CREATE TABLE a_moi (x int)",
    ],
)
def test_the_agents_site_may_not(ordre: str) -> None:
    assert refuse(ordre, INSTRUCTION)


def test_a_request_is_filed_with_the_portals_role(client: Client, django_capture_on_commit_callbacks: Any) -> None:
    """The whole way of a resident, photo included, with no other right than the portal's."""
    from tests.guichet.portail import parcours

    fabrique.demarche()
    creer_pages_initiales()
    with en_tant_que(PORTAIL), django_capture_on_commit_callbacks(execute=True):
        for adresse in ("/", "/aide/", "/demarches/", "/suivi/"):
            assert client.get(adresse).status_code == 200, adresse
        reference = parcours.envoyer(client, photos={"photos": fabrique.fichier()})
        assert client.get(f"/mes-demarches/{reference}/").status_code == 200
    assert Demande.objects.get(reference=reference).pieces.count() == 1
    with connection.cursor() as curseur:
        curseur.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'")
        assert curseur.fetchone()[0] >= 1
    assert mail.outbox == []


def test_the_portal_removes_a_drafts_file_but_never_a_requests() -> None:
    demarche = fabrique.demarche()
    depot = fabrique.deposer(demarche)
    libre = Fichier.objects.create(
        espace="demandes", nom="brouillon", contenu=b"x", taille=1, type_mime="text/plain", empreinte="0"
    )
    tenu = Fichier.objects.create(
        espace="demandes", nom="tenu", contenu=b"x", taille=1, type_mime="text/plain", empreinte="0"
    )
    depot.demande.pieces.create(fichier="tenu", nom="photo.jpg", type_mime="image/jpeg", taille=1, empreinte="0")
    image = Fichier.objects.create(
        espace="editorial", nom="image", contenu=b"x", taille=1, type_mime="image/png", empreinte="0"
    )
    with en_tant_que(PORTAIL):
        Fichier.objects.filter(pk__in=[libre.pk, tenu.pk, image.pk]).delete()
        assert set(Fichier.objects.values_list("nom", flat=True)) == {"tenu", "image"}


def test_a_stolen_portal_reads_no_note_of_agents_and_nothing_joined_to_one() -> None:
    demande = fabrique.deposer(fabrique.demarche()).demande
    dite, note = (
        demande.messages.create(auteur_type="agent", auteur_nom="Alice", texte=texte, interne=interne)
        for texte, interne in (("Bonjour", False), ("Entre nous", True))
    )
    for message in (dite, note, None):
        demande.pieces.create(
            message=message, fichier=str(message), nom="a.pdf", type_mime="application/pdf", taille=1, empreinte="0"
        )
    with en_tant_que(PORTAIL):
        assert list(demande.messages.values_list("texte", flat=True)) == ["Bonjour"]
        assert set(demande.pieces.values_list("message_id", flat=True)) == {dite.pk, None}
    with en_tant_que(INSTRUCTION):
        assert demande.messages.count() == 2
        assert demande.pieces.count() == 3


@pytest.mark.parametrize(
    "ordre",
    [
        "INSERT INTO demandes_message (demande_id, auteur_type, auteur_cle, auteur_nom, texte, interne, envoye_le)"
        " SELECT id, 'agent', '', 'Alice', 'Accordé', false, now() FROM demandes_demande",
        "INSERT INTO demandes_message (demande_id, auteur_type, auteur_cle, auteur_nom, texte, interne, envoye_le)"
        " SELECT id, 'usager', '', 'Alice', 'Entre nous', true, now() FROM demandes_demande",
        "INSERT INTO demandes_evenement (demande_id, code, auteur_type, auteur_cle, auteur_nom, le, donnees,"
        " visible_usager) SELECT id, 'acceptee', 'agent', 'a', 'Alice', now(), '{}', true FROM demandes_demande",
        "UPDATE demandes_demande SET issue = 'accord'",
        "UPDATE demandes_demande SET decidee_le = now()",
        "UPDATE demandes_demande SET agent_nom = 'Le maire'",
        "UPDATE demandes_demande SET recue_le = recue_le - interval '1 year'",
        "UPDATE demandes_demande SET code_suivi_empreinte = '0'",
        "UPDATE demandes_demande SET reference = '2026-AAAA-AAAA'",
        "UPDATE demandes_complement SET libelle = 'Votre carte bancaire'",
    ],
)
def test_a_stolen_portal_decides_nothing_and_signs_nothing_for_an_agent(ordre: str) -> None:
    demande = fabrique.deposer(fabrique.demarche()).demande
    demande.complements.create(genre="piece", libelle="Plan")
    with pytest.raises(ProgrammingError, match=r"permission denied|row-level security"), en_tant_que(PORTAIL):
        connection.cursor().execute(ordre)
    demande.refresh_from_db()
    assert (demande.issue, demande.decidee_le, demande.agent_nom) == ("", None, "")


def test_every_act_of_a_resident_passes_with_the_portals_role(client: Client) -> None:
    """What the rules above leave, with the pages themselves; what the release before writes back unchanged too."""
    usager = fabrique.usager()
    demande = fabrique.deposer(fabrique.demarche()).demande
    agir.repondre(demande, fabrique.ALICE, "Nous passons mardi.")
    session: Any = client.session
    session.update({"usager_id": str(usager.pk), "demandes_ouvertes": [str(demande.pk)]})
    session.save()
    client.cookies["portail_session"] = session.session_key
    page = f"/mes-demarches/{demande.reference}/"
    with en_tant_que(PORTAIL):
        for adresse, envoi in (
            (f"{page}rattacher/", {}),
            (page, {"texte": "Merci", "pieces": fabrique.fichier()}),
            (f"{page}joindre/", {"courriel": "zoe@exemple.fr", "canal_reponse": "courriel"}),
            (f"{page}retirer/", {"texte": "Réparé"}),
            (f"{page}reprendre/", {}),
        ):
            assert client.post(adresse, envoi).status_code == 302, adresse
        demande.refresh_from_db()
        demande.save()  # every column, as it was read
    codes = set(Evenement.objects.filter(demande=demande, auteur_type="usager").values_list("code", flat=True))
    assert {"rattachee", "annulation", "retrait_annule"} <= codes
    assert demande.usager == usager


def test_agents_act_with_their_sites_role() -> None:

    demande = fabrique.deposer(fabrique.demarche()).demande
    with en_tant_que(INSTRUCTION):
        agir.prendre_en_charge(demande, fabrique.ALICE)
        agir.repondre(demande, fabrique.ALICE, "C'est fait.")
        agir.clore(demande, fabrique.ALICE, "Réparé.")
    assert Evenement.objects.filter(demande=demande).count() == 4


def test_every_act_of_a_workflow_is_done_with_the_role_of_its_site() -> None:
    from guichet.demandes import services
    from guichet.demandes.services import Autorite, DemandeDePiece, Saisie

    demande = fabrique.deposer(fabrique.demarche()).demande
    with en_tant_que(INSTRUCTION):
        services.executer(
            demande, fabrique.ALICE, "demander_complement",
            Saisie(pieces=(DemandeDePiece("Plan"),), corrections=("lieu",)),
        )  # fmt: skip
    par = fabrique.par_code(demande)
    plan = demande.complements.get(genre="piece")
    with en_tant_que(PORTAIL):
        fichier = PieceRecue("plan.pdf", "application/pdf", b"%PDF-1.7")
        services.fournir(demande, {"lieu": {"adresse": "1 rue"}}, {plan.pk: [fichier]}, par=par)
        services.annuler(demande, par=par)
    with en_tant_que(INSTRUCTION):
        services.executer(demande, fabrique.ALICE, "rouvrir")
        services.executer(
            demande, fabrique.ALICE, "transferer_autorite", Saisie(autorite=Autorite("Département", "1 rue B"))
        )
        Demande.objects.filter(pk=demande.pk).update(statut_depuis=demande.recue_le - timedelta(days=400))
        assert services.passer_automatiques() == 1
        assert services.regler_horloges() == 0
    assert Demande.objects.get(pk=demande.pk).est_close


def test_the_worker_makes_anonymous_what_is_due_and_nothing_else() -> None:
    """It may remove no message by itself: the database's own function does, where the time has come."""
    demarche = fabrique.demarche()
    fabrique.viser()
    due, recente = (fabrique.deposer(demarche).demande for _ in range(2))
    for demande in (due, recente):
        agir.clore(demande, fabrique.ALICE, "Réparé.")
    Demande.objects.filter(pk=due.pk).update(statut_depuis=timezone.now() - timedelta(days=100))
    with en_tant_que(INSTRUCTION):
        assert anonymisation.anonymiser() == 1
    assert list(Demande.objects.filter(anonymisee_le=None)) == [recente]
    assert due.messages.count() == 0
    assert recente.messages.count() == 1


def test_an_editor_publishes_with_the_agents_sites_role() -> None:
    creer_pages_initiales()
    agent = Agent.objects.create_user("https://connexion.gru.test/", "annuaire", "alice", nom="Alice")
    accorder_redaction(agent, ["editeurs"])
    with en_tant_que(INSTRUCTION):
        page = PageObligatoire.objects.get(genre=Genre.AIDE)
        page.introduction = "Nouveau texte"
        page.save_revision(user=agent).publish(user=agent)
    assert PageObligatoire.objects.get(genre=Genre.AIDE).introduction == "Nouveau texte"


def test_the_worker_takes_a_task_and_cleans_sessions() -> None:
    fabrique.deposer(fabrique.demarche())
    with en_tant_que(INSTRUCTION), connection.cursor() as curseur:
        curseur.execute("SELECT worker_id FROM procrastinate_register_worker_v1()")
        (ouvrier,) = curseur.fetchone()
        curseur.execute("SELECT id FROM procrastinate_fetch_job_v2(NULL, %s)", [ouvrier])
        (tache,) = curseur.fetchone()
        curseur.execute("SELECT procrastinate_finish_job_v1(%s, 'succeeded', false)", [tache])
        curseur.execute("DELETE FROM portail_sessionusager WHERE expire_date < now()")


def test_a_second_run_leaves_the_same_rights() -> None:
    demandes = (
        "SELECT c.relname, c.relacl::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = 'public' ORDER BY 1",
        # Rules that have not changed are not made again: that would hold tables that people are using.
        "SELECT oid::text, polname FROM pg_policy UNION ALL SELECT oid::text, tgname FROM pg_trigger ORDER BY 1",
    )
    with connection.cursor() as curseur:
        for demande in demandes:
            curseur.execute(demande)
            avant = curseur.fetchall()
            call_command("accorder_droits")
            curseur.execute(demande)
            assert curseur.fetchall() == avant


def test_a_rule_that_is_no_more_is_taken_away() -> None:
    with connection.cursor() as curseur:
        curseur.execute("CREATE POLICY ancienne ON demandes_message FOR SELECT USING (true)")
        curseur.execute(
            "CREATE TRIGGER figees_portail_ancien BEFORE UPDATE ON demandes_piece"
            " FOR EACH ROW EXECUTE FUNCTION refuser_ce_changement()"
        )
        call_command("accorder_droits")
        curseur.execute(
            "SELECT polname FROM pg_policy WHERE polname = 'ancienne'"
            " UNION ALL SELECT tgname FROM pg_trigger WHERE tgname = 'figees_portail_ancien'"
        )
        assert curseur.fetchall() == []


def test_a_table_that_nobody_decided_about_stops_the_command() -> None:
    with connection.cursor() as curseur:
        curseur.execute("CREATE TABLE oubliee (x int)")
    with pytest.raises(CommandError, match="oubliee"):
        call_command("accorder_droits")


def test_every_line_of_the_table_names_a_table() -> None:
    with connection.cursor() as curseur:
        existantes = set(connection.introspection.table_names(curseur))
    assert set(TABLES) - existantes == set()
    assert all(any(nom.startswith(prefixe) for nom in existantes) for prefixe in PREFIXES)


def test_a_procedure_is_written_and_published_with_the_agents_sites_role(settings: Any) -> None:
    from tests.guichet.conception import conftest, envoi

    site_agents.prendre(settings)
    demarche = fabrique.demarche()
    suivre()
    responsable = conftest.entrer("chloe", ["agents", "responsables-demarches"])
    redigee = DemarcheRedigee.objects.get(slug=demarche.pk)
    donnees = {c: v for c, v in envoi.du_formulaire(redigee, titre="Signaler un trou").items() if v is not None}
    with en_tant_que(INSTRUCTION):
        assert responsable.get("/redaction/demarches/").status_code == 200
        adresse = f"/redaction/demarches/edit/{redigee.pk}/"
        assert responsable.post(adresse, donnees).status_code == 302
        assert responsable.post(f"/redaction/demarches/preview/{redigee.pk}/", donnees).status_code == 200
        assert responsable.get(f"/redaction/demarches/preview/{redigee.pk}/?mode=page-1").status_code == 200
        assert responsable.post(adresse, {**donnees, "action-publish": "oui"}).status_code == 302
    demarche.refresh_from_db()
    assert (demarche.titre, demarche.version) == ("Signaler un trou", 2)


def test_a_draft_is_kept_with_a_code_by_the_portal_and_its_mail_leaves_from_the_worker(client: Client) -> None:
    from guichet.portail.models import CodeReprise
    from tests.guichet.portail import parcours

    fabrique.demarche()
    with en_tant_que(PORTAIL):
        base = parcours.commencer(client)
        client.post(f"{base}lieu/", {**parcours.PAGES["lieu"], "enregistrer": "1"})
        assert client.post(f"{base}enregistrer/", {"courriel": "camille@exemple.fr"}).status_code == 302
    with en_tant_que(INSTRUCTION):
        assert partir(Envoi.objects.get(cle__startswith="reprise:").pk)
        Brouillon.objects.update(modifie_le=timezone.now() - timedelta(days=40))
        assert services.purger_brouillons() == 1
    assert not CodeReprise.objects.exists()


def test_what_is_missing_is_given_and_an_account_closed_with_the_portals_role(client: Client) -> None:
    usager = fabrique.usager()
    session: Any = client.session
    session["usager_id"] = str(usager.pk)
    session.save()
    client.cookies["portail_session"] = session.session_key
    demande = fabrique.deposer(fabrique.demarche(), usager).demande
    saisie = services.Saisie(texte="Il manque…", pieces=(services.DemandeDePiece("Photo", ""),))
    services.executer(demande, fabrique.ALICE, "demander_complement", saisie)
    complement = demande.complements.get()
    with en_tant_que(PORTAIL), patch("guichet.comptes.annuaire.supprimer_compte"):
        page = f"/mes-demarches/{demande.reference}/"
        assert client.post(f"{page}completer/", {f"c{complement.pk}-fichiers": fabrique.fichier()}).status_code == 302
        for adresse in (page, "/mes-demarches/", "/mes-demarches/messages/", "/mes-demarches/documents/", "/compte/"):
            assert client.get(adresse).status_code == 200, adresse
        preferences = {"canal_reponse": "courriel", "avis_numeriques": "on"}
        assert client.post("/compte/preferences/", preferences).status_code == 302
        assert b"".join(client.get("/mes-demarches/mes-donnees/").streaming_content)  # type: ignore[arg-type]
        assert client.post("/compte/supprimer/", {"confirmation": "supprimer"}).status_code == 302
    assert not Usager.objects.exists()
    with en_tant_que(INSTRUCTION):
        assert partir(Envoi.objects.get(genre="comptes.depart").pk)
    assert [m.subject for m in mail.outbox][-1] == "Admiville – Votre compte est supprimé"
