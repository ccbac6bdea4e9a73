"""Acts of the workflow: what is asked of the resident, what is given, decisions, transfers, closing and reopening."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import yaml
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from guichet.demandes import droits, reponses_types, services, workflow
from guichet.demandes.droits import Demandeur
from guichet.demandes.fichiers import Fichier
from guichet.demandes.models import (
    Complement,
    Demande,
    Evenement,
    Message,
    Nature,
    Piece,
    Suspension,
    Transfert,
)
from guichet.demandes.services import Autorite, DemandeDePiece, Saisie
from guichet.demarches.definition import lire_definition
from guichet.demarches.definition_workflow import lire_workflow
from guichet.demarches.models import Demarche
from guichet.demarches.services import enregistrer_demarche, enregistrer_workflow
from socle.envois.models import Envoi
from tests.guichet import fabrique
from tests.guichet.fabrique import ALICE, BRUNO, CHLOE, AgentDeTest

pytestmark = pytest.mark.django_db

PDF = Fichier("domicile.pdf", "application/pdf", b"%PDF-1.7 essai")
CHEFFE = AgentDeTest("nadia.roy", "Nadia Roy", ["agents", "service-voirie", "responsables"])


def brut(nom: str) -> dict[str, Any]:
    lu: dict[str, Any] = yaml.safe_load((fabrique.SITE / "workflows" / f"{nom}.yaml").read_text("utf-8"))
    return lu


def demarche_standard(**changements: Any) -> Demarche:
    """The road report, but following the standard workflow, changed or not."""
    demarche = fabrique.demarche()
    defini = brut("standard")
    for transition in defini["transitions"]:
        transition.update(changements.get(transition["code"], {}))
    defini["transitions"] += changements.get("en_plus", [])
    defini["statuts"] += changements.get("statuts", [])
    enregistrer_workflow("essai", lire_workflow(defini, "essai"))
    definition = {**demarche.definition, "workflow": "essai"}
    return enregistrer_demarche(demarche.pk, lire_definition(definition, "essai"))


@pytest.fixture
def demande() -> Demande:
    return fabrique.deposer(demarche_standard(), fabrique.usager()).demande


def relue(demande: Demande) -> Demande:
    return Demande.objects.select_related("service").get(pk=demande.pk)


def compte(demande: Demande) -> Demandeur:
    return Demandeur(demande.usager)


# --- Asking and giving ----------------------------------------------------------------------------


def test_pieces_are_asked_one_by_one_and_the_clock_waits(demande: Demande) -> None:
    limite = timezone.localdate() + timedelta(days=15)
    services.executer(
        demande, ALICE, "demander_complement",
        Saisie(pieces=(DemandeDePiece("Justificatif de domicile", "De moins de trois mois."),), limite=limite),
    )  # fmt: skip
    demande = relue(demande)
    complement = Complement.objects.get()
    assert (demande.nature, demande.suspendue_depuis) == (Nature.ATTENTE_USAGER, timezone.localdate())
    assert (complement.genre, complement.libelle, complement.limite_le) == ("piece", "Justificatif de domicile", limite)
    assert Suspension.objects.get().limite == limite
    evenement = Evenement.objects.latest("pk")
    assert evenement.phrase() == "Alice Martin a demandé à l'usager : « Justificatif de domicile »."
    assert evenement.phrase_usager == (
        "Alice Martin, responsable du service, vous a demandé : « Justificatif de domicile »."
    )
    assert Envoi.objects.filter(destinataire="camille@exemple.fr").count() == 2


def test_the_resident_gives_just_that_and_the_clock_goes_on(demande: Demande) -> None:
    services.executer(
        demande, ALICE, "demander_complement",
        Saisie(pieces=(DemandeDePiece("Domicile"), DemandeDePiece("Plan"))),
    )  # fmt: skip
    domicile, plan = Complement.objects.order_by("pk")
    services.fournir(demande, pieces={domicile.pk: [PDF]}, par=compte(demande))
    demande = relue(demande)
    assert demande.nature == Nature.ATTENTE_USAGER  # a plan is still missing
    assert Suspension.objects.get().fin is None
    assert Evenement.objects.latest("pk").phrase_usager == "Vous avez envoyé : « Domicile »."
    services.fournir(demande, pieces={plan.pk: [PDF]}, texte="Voilà.", par=compte(demande))
    demande = relue(demande)
    assert (demande.statut, demande.suspendue_depuis) == ("en_cours", None)
    assert Suspension.objects.get().fin == timezone.localdate()
    assert not Complement.objects.filter(demande=demande).ouverts().exists()
    assert [p.nom for p in Piece.objects.all()] == ["domicile.pdf", "domicile.pdf"]


def test_one_field_is_corrected_and_the_old_answer_stays_in_the_history(demande: Demande) -> None:
    services.executer(demande, ALICE, "demander_complement", Saisie(corrections=("lieu",)))
    nouveau = {"adresse": "14 rue des Lilas", "precision": ""}
    services.fournir(demande, {"lieu": nouveau, "description": "autre chose"}, par=compte(demande))
    demande = relue(demande)
    assert demande.donnees["lieu"] == nouveau
    assert demande.donnees["description"] == fabrique.REPONSES["description"]  # nobody asked for it
    (correction,) = Evenement.objects.latest("pk").donnees["corrections"]
    assert correction["avant"] == "12 rue des Lilas\ndevant l'école"
    assert correction["apres"] == "14 rue des Lilas"
    assert correction["valeur_avant"] == fabrique.REPONSES["lieu"]
    assert Evenement.objects.latest("pk").phrase() == (
        "Camille Durand a corrigé : « Adresse ou nom du lieu » (avant : 12 rue des Lilas devant l'école)."
    )


def test_a_corrected_address_is_the_one_mails_go_to(demande: Demande) -> None:
    services.executer(demande, ALICE, "demander_complement", Saisie(corrections=("courriel",)))
    services.fournir(demande, {"courriel": "camille.durand@exemple.fr"}, par=compte(demande))
    assert relue(demande).courriel == "camille.durand@exemple.fr"
    assert relue(demande).nom == "Camille Durand"


def test_a_question_stops_no_clock_and_a_message_answers_it(demande: Demande) -> None:
    echeance = demande.echeance_le
    services.executer(demande, ALICE, "demander_complement", Saisie(texte="De quel côté ?"))
    demande = relue(demande)
    assert (demande.nature, demande.suspendue_depuis, demande.echeance_le) == ("attente_usager", None, echeance)
    services.ecrire_usager(demande, "Côté pair.", par=compte(demande))
    assert relue(demande).statut == "en_cours"
    assert Complement.objects.get().fourni_le is not None


def test_a_message_does_not_stand_for_a_missing_piece(demande: Demande) -> None:
    services.executer(demande, ALICE, "demander_complement", Saisie(pieces=(DemandeDePiece("Plan"),)))
    services.ecrire_usager(demande, "Quel plan ?", par=compte(demande))
    demande = relue(demande)
    assert demande.nature == Nature.ATTENTE_USAGER
    assert Complement.objects.get().est_ouvert
    assert Evenement.objects.latest("pk").code == "message_usager"


@pytest.mark.parametrize(
    ("saisie", "dit"),
    [
        (Saisie(), "dites quelle pièce"),
        (Saisie(corrections=("age",)), "n'existe pas dans cette démarche"),
        (Saisie(texte="Vite", limite=date(2020, 1, 1)), "dans l'avenir"),
    ],
)
def test_what_is_asked_must_make_sense(demande: Demande, saisie: Saisie, dit: str) -> None:
    with pytest.raises(services.SaisieRefusee, match=dit):
        services.executer(demande, ALICE, "demander_complement", saisie)
    assert (Evenement.objects.count(), Complement.objects.count()) == (1, 0)


def test_nothing_given_is_refused(demande: Demande) -> None:
    services.executer(demande, ALICE, "demander_complement", Saisie(pieces=(DemandeDePiece("Plan"),)))
    with pytest.raises(services.SaisieRefusee, match="au moins une"):
        services.fournir(demande, texte="Je n'ai pas.", par=compte(demande))
    with pytest.raises(droits.AccesRefuse):
        services.fournir(demande, pieces={Complement.objects.get().pk: [PDF]}, par=Demandeur())


def test_nobody_gives_what_was_not_asked(demande: Demande) -> None:
    with pytest.raises(workflow.TransitionImpossible):
        services.fournir(demande, {"lieu": {}}, par=compte(demande))


def test_going_on_without_the_piece_lifts_the_request_and_the_suspension(demande: Demande) -> None:
    services.executer(demande, ALICE, "demander_complement", Saisie(pieces=(DemandeDePiece("Plan"),)))
    services.executer(demande, ALICE, "accepter", Saisie(texte="Tant pis pour le plan."))
    assert Complement.objects.get().leve_le is not None
    assert Suspension.objects.get().fin == timezone.localdate()
    assert relue(demande).suspendue_depuis is None


# --- Decisions ------------------------------------------------------------------------------------


def test_accepting_stops_the_clock(demande: Demande) -> None:
    services.executer(demande, ALICE, "accepter")
    demande = relue(demande)
    assert (demande.statut, demande.nature, demande.issue) == ("acceptee", "repondue", "accord")
    assert demande.decidee_le is not None
    assert demande.horloge().etat == "arretee"
    assert Evenement.objects.latest("pk").phrase_usager == (
        "Alice Martin, responsable du service (service Voirie et espaces publics), a accepté votre demande."
    )


def test_a_refusal_says_why(demande: Demande) -> None:
    with pytest.raises(services.SaisieRefusee, match="Choisissez un motif"):
        services.executer(demande, ALICE, "refuser", Saisie(texte="Non.", motif="Parce que"))
    with pytest.raises(services.TexteManquant):
        services.executer(demande, ALICE, "refuser", Saisie(motif="La demande est arrivée trop tard"))
    evenement = services.executer(
        demande, ALICE, "refuser", Saisie(texte="Le délai est passé.", motif="La demande est arrivée trop tard")
    )
    assert relue(demande).issue == "refus"
    assert evenement.donnees["motif"] == "La demande est arrivée trop tard"
    assert Message.objects.get().texte == "Motif : La demande est arrivée trop tard.\n\nLe délai est passé."


def test_the_first_answer_is_the_one_that_stopped_the_clock(demande: Demande) -> None:
    services.executer(demande, ALICE, "repondre", Saisie(texte="Nous passons jeudi."))
    premiere = relue(demande).decidee_le
    services.ecrire_usager(demande, "Merci", par=compte(demande))
    services.executer(demande, ALICE, "accepter")
    assert (relue(demande).decidee_le, relue(demande).issue) == (premiere, "accord")


def test_closing_then_reopening(demande: Demande) -> None:
    echeance = demande.echeance_le
    services.executer(demande, ALICE, "clore")
    assert relue(demande).close_le is not None
    assert [t.code for t in workflow.transitions_possibles(relue(demande), ALICE)] == ["noter", "rouvrir"]
    services.executer(demande, CHLOE, "rouvrir", Saisie(texte="Nous avions fermé trop vite."))
    demande = relue(demande)
    assert (demande.statut, demande.close_le, demande.echeance_le) == ("en_cours", None, echeance)
    assert demande.agent_nom == "Alice Martin"


def test_the_resident_withdraws(demande: Demande) -> None:
    with pytest.raises(droits.AccesRefuse):
        services.annuler(demande, par=Demandeur())
    services.annuler(demande, "J'ai trouvé une autre solution.", par=compte(demande))
    demande = relue(demande)
    assert (demande.est_close, demande.horloge().etat) == (True, "arretee")
    assert Evenement.objects.latest("pk").phrase_usager == "Vous avez retiré votre demande."
    assert not workflow.peut_annuler(demande)
    with pytest.raises(workflow.TransitionImpossible):
        services.annuler(demande, par=compte(demande))


# --- Transfers ------------------------------------------------------------------------------------


def test_crpa_l_114_2_another_service_takes_over_and_the_resident_is_told(demande: Demande) -> None:
    services.executer(demande, ALICE, "prendre_en_charge")
    services.executer(demande, ALICE, "transferer_service", Saisie(service="etat-civil"))
    demande = relue(demande)
    assert (demande.service_id, demande.statut, demande.agent_sub) == ("etat-civil", "recue", "")
    assert list(Demande.objects.visibles_par(BRUNO)) == [demande]
    assert list(Demande.objects.visibles_par(ALICE)) == []
    with pytest.raises(droits.AccesRefuse):
        services.executer(demande, ALICE, "noter", Saisie(texte="Encore moi"))
    transfert = Transfert.objects.get()
    assert (transfert.de, transfert.vers) == ("Voirie et espaces publics", "Démarches administratives et état civil")
    evenement = Evenement.objects.latest("pk")
    assert evenement.phrase_usager.startswith("La mairie a transmis votre demande au service « Démarches")
    prevenus = set(Envoi.objects.filter(cle__startswith=f"{evenement.pk}:").values_list("destinataire", flat=True))
    assert prevenus == {"camille@exemple.fr", "etat-civil@gru.test"}


@pytest.mark.parametrize("service", ["", "voirie", "lune"])
def test_a_transfer_needs_another_service(demande: Demande, service: str) -> None:
    with pytest.raises(services.SaisieRefusee):
        services.executer(demande, ALICE, "transferer_service", Saisie(service=service))
    assert not Transfert.objects.exists()


def test_crpa_l_114_2_another_authority_and_the_towns_clock_no_longer_counts(demande: Demande) -> None:
    with pytest.raises(services.SaisieRefusee, match="nom de l'organisme"):
        services.executer(demande, ALICE, "transferer_autorite")
    services.executer(
        demande, ALICE, "transferer_autorite",
        Saisie(autorite=Autorite("Conseil départemental", courriel="routes@departement.test")),
    )  # fmt: skip
    demande = relue(demande)
    assert (demande.nature, demande.autorite, demande.echeance_le) == ("transferee", "Conseil départemental", None)
    assert "Conseil départemental" in Evenement.objects.latest("pk").phrase_usager


# --- Rights, templates, invented steps ------------------------------------------------------------


def test_a_button_reserved_to_a_group() -> None:
    demande = fabrique.deposer(demarche_standard(accepter={"groupes": ["responsables"]})).demande
    assert "accepter" not in [t.code for t in workflow.transitions_possibles(demande, ALICE)]
    assert "accepter" in [t.code for t in workflow.transitions_possibles(demande, CHEFFE)]
    with pytest.raises(droits.AccesRefuse, match="réservée à d'autres agents"):
        services.executer(demande, ALICE, "accepter")
    services.executer(demande, CHEFFE, "accepter")


@pytest.mark.parametrize("code", ["fournir", "clore_apres_reponse", "voler"])
def test_agents_do_only_what_is_theirs(demande: Demande, code: str) -> None:
    with pytest.raises(workflow.TransitionImpossible):
        services.executer(demande, ALICE, code)


def test_a_step_that_the_town_invented_is_told_in_its_own_words() -> None:
    demarche = demarche_standard(
        statuts=[
            {
                "code": "commission", "libelle": "En commission", "nature": "en_cours",
                "usager": {"libelle": "Devant la commission", "explication": "Les élus l'étudient."},
            }
        ],
        en_plus=[
            {
                "code": "inscrire", "libelle": "Inscrire en commission", "depuis": ["en_cours"], "vers": "commission",
                "texte": "facultatif",
            },
            {"code": "sortir", "libelle": "Sortir de commission", "depuis": ["commission"], "vers": "en_cours"},
        ],
    )  # fmt: skip
    demande = fabrique.deposer(demarche, fabrique.usager()).demande
    services.executer(demande, ALICE, "prendre_en_charge")
    evenement = services.executer(demande, ALICE, "inscrire", Saisie(texte="Dossier complet."))
    assert evenement.phrase() == (
        "Alice Martin a choisi « Inscrire en commission ». La demande est à l'état « En commission »."
    )
    assert evenement.phrase_usager == "Votre demande est à l'étape « Devant la commission »."
    assert relue(demande).etat_usager.libelle == "Devant la commission"
    assert Message.objects.get().interne  # nobody tells the resident: the text stays between agents


def test_a_request_keeps_the_workflow_of_its_version() -> None:
    demande = fabrique.deposer(demarche_standard()).demande
    demarche_standard(accepter={"libelle": "Donner son accord"})
    nouvelle = fabrique.deposer(Demarche.objects.get(pk=fabrique.VOIRIE)).demande
    libelles = [d.workflow.transitions_par_code["accepter"].libelle for d in (demande, nouvelle)]
    assert libelles == ["Accepter", "Donner son accord"]


def test_a_status_that_a_workflow_lost_stays_readable(demande: Demande) -> None:
    Demande.objects.filter(pk=demande.pk).update(statut="disparu", nature="en_cours")
    demande = relue(demande)
    assert demande.statut_defini.nature == "en_cours"
    assert demande.etat_usager.a_qui == "La mairie"
    assert workflow.transitions_possibles(demande, ALICE) == []


def test_templates_are_offered_filled(demande: Demande) -> None:
    offerte, *_ = reponses_types.offertes(demande, demande.workflow.transitions_par_code["accepter"], "Alice Martin")
    assert offerte.titre == "Accord simple"
    assert demande.reference in offerte.texte
    assert "Alice Martin\nVoirie et espaces publics" in offerte.texte


def test_who_sorts_requests_does_not_become_in_charge_of_them(demande: Demande) -> None:
    services.executer(demande, CHLOE, "qualifier")
    assert (relue(demande).statut, relue(demande).agent_sub) == ("qualifiee", "")
    services.executer(demande, ALICE, "ecrire", Saisie(texte="Nous nous en occupons."))
    assert (relue(demande).statut, relue(demande).agent_nom) == ("qualifiee", "Alice Martin")


# --- Entered by an agent --------------------------------------------------------------------------


def test_an_agent_types_in_what_came_by_letter() -> None:
    demarche = demarche_standard()
    recue = timezone.now() - timedelta(days=3)
    depot = services.deposer(
        demarche=demarche, donnees=fabrique.REPONSES, cle_envoi=uuid.uuid4(), canal="courrier", par_agent=BRUNO,
        recue_le=recue, canal_reponse="courrier", adresse_postale="12 rue des Lilas",
    )  # fmt: skip
    demande = relue(depot.demande)
    assert (demande.saisie_par_nom, demande.canal, demande.canal_reponse) == ("Bruno Petit", "courrier", "courrier")
    assert demande.recue_le == recue
    evenement = Evenement.objects.get()
    assert evenement.phrase() == "Bruno Petit a saisi la demande, reçue par le canal « Courrier »."
    assert evenement.phrase_usager == "La mairie a enregistré votre demande, reçue par le canal « Courrier »."
    with pytest.raises(droits.AccesRefuse):
        services.deposer(
            demarche=demarche, donnees={}, cle_envoi=uuid.uuid4(), par_agent=AgentDeTest("x", "Sans groupe")
        )


# --- By itself ------------------------------------------------------------------------------------


def _depuis(demande: Demande, quand: datetime) -> None:
    Demande.objects.filter(pk=demande.pk).update(statut_depuis=quand)


def test_an_automatic_step_is_done_once_and_when_it_is_due(demande: Demande) -> None:
    autre = fabrique.deposer(demande.demarche).demande
    services.executer(demande, ALICE, "accepter")
    services.executer(autre, ALICE, "accepter")
    maintenant = timezone.now()
    _depuis(demande, maintenant - timedelta(days=63))
    assert services.passer_automatiques(maintenant) == 1
    assert (relue(demande).statut, relue(autre).statut) == ("close", "acceptee")
    evenement = Evenement.objects.latest("pk")
    assert (evenement.auteur_type, evenement.phrase_usager) == ("systeme", "Votre demande est terminée.")
    assert services.passer_automatiques(maintenant) == 0


def test_automatic_steps_go_by_lots(demande: Demande) -> None:
    demandes = [demande, *(fabrique.deposer(demande.demarche).demande for _ in range(2))]
    for une in demandes:
        services.executer(une, ALICE, "accepter")
        _depuis(une, timezone.now() - timedelta(days=100))
    assert [services.passer_automatiques(lot=2) for _ in range(3)] == [2, 1, 0]


def test_a_step_that_fails_does_not_keep_the_others(
    demande: Demande, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    autre = fabrique.deposer(demande.demarche).demande
    for une in (demande, autre):
        services.executer(une, ALICE, "accepter")
        _depuis(une, timezone.now() - timedelta(days=100))
    from guichet.demandes import automatique

    appliquer = automatique.appliquer

    def parfois(visee: Demande, *args: Any, **options: Any) -> Evenement:
        if visee.pk == demande.pk:
            raise RuntimeError("panne")
        return appliquer(visee, *args, **options)

    monkeypatch.setattr(automatique, "appliquer", parfois)
    assert services.passer_automatiques() == 1
    assert (relue(demande).statut, relue(autre).statut) == ("acceptee", "close")
    assert "impossible pour la demande" in caplog.text


def test_an_automatic_step_sends_its_template() -> None:
    demarche = demarche_standard(clore_apres_reponse={"modeles": ["fin"], "previent": ["usager"]})
    demande = fabrique.deposer(demarche).demande
    services.executer(demande, ALICE, "accepter")
    _depuis(demande, timezone.now() - timedelta(days=100))
    assert services.passer_automatiques() == 1
    message = Message.objects.get()
    assert (message.auteur_type, message.de_la_mairie) == ("systeme", True)
    assert f"Votre demande {demande.reference} est terminée." in message.texte


def test_looking_for_what_is_due_costs_the_same_whatever_waits(
    demande: Demande, django_assert_num_queries: Any
) -> None:
    services.executer(demande, ALICE, "accepter")
    with django_assert_num_queries(1):
        services.passer_automatiques()
    for _ in range(3):
        services.executer(fabrique.deposer(demande.demarche).demande, ALICE, "accepter")
    with django_assert_num_queries(1):
        services.passer_automatiques()


def test_looking_for_what_is_due_reads_its_index_and_not_the_table(demande: Demande) -> None:
    services.executer(demande, ALICE, "accepter")
    _depuis(demande, timezone.now() - timedelta(days=100))
    with CaptureQueriesContext(connection) as vues:
        services.passer_automatiques()
    cherchees = [vue["sql"] for vue in vues if '"statut_depuis"' in vue["sql"] and "FOR UPDATE" not in vue["sql"]]
    lectures = [sql for sql in cherchees if sql.startswith("SELECT") and '"donnees"' not in sql]
    assert len(lectures) == 2  # where something is due, and what
    with connection.cursor() as curseur:
        curseur.execute(
            "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off"
        )
        for sql in lectures:
            curseur.execute(f"EXPLAIN {sql}")
            plan = "\n".join(ligne for (ligne,) in curseur.fetchall())
            assert "demande_etapes_dues" in plan, plan


def test_a_clock_whose_limit_is_over_goes_on_by_itself(demande: Demande) -> None:
    services.executer(
        demande, ALICE, "demander_complement",
        Saisie(pieces=(DemandeDePiece("Plan"),), limite=timezone.localdate() + timedelta(days=5)),
    )  # fmt: skip
    assert relue(demande).suspendue_depuis is not None
    Suspension.objects.update(
        debut=timezone.localdate() - timedelta(days=10), limite=timezone.localdate() - timedelta(days=2)
    )
    assert services.regler_horloges() == 1
    demande = relue(demande)
    assert demande.suspendue_depuis is None  # the effect of silence there is a refusal: its time runs again
    assert services.regler_horloges() == 0


# --- Queries --------------------------------------------------------------------------------------


def test_an_act_of_an_agent_costs_few_queries(demande: Demande, django_assert_max_num_queries: Any) -> None:
    demande = Demande.objects.pour_page().get(pk=demande.pk)
    with django_assert_max_num_queries(12):
        services.executer(demande, ALICE, "accepter", Saisie(texte="C'est d'accord."))
