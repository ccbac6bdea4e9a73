"""Kind F, one-way doors: what was done by mistake is undone, or was confirmed with its consequences before."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from guichet.demandes import services, workflow
from guichet.demandes.accuse import accuse_de
from guichet.demandes.fichiers import Fichier as FichierRecu
from guichet.demandes.models import Auteur, Brouillon, Complement, Demande, Evenement, PieceBrouillon
from guichet.demandes.phrases import SANS_EFFET
from guichet.demandes.services import DemandeDePiece, Saisie
from guichet.demarches.models import Demarche
from guichet.instruction import versions
from guichet.instruction.actions import actions_possibles
from guichet.instruction.models import Agent
from guichet.stockage.models import Fichier
from socle.typographie.espaces import INSECABLE, insecables
from tests.guichet import envois, fabrique
from tests.guichet.fautes.conftest import Sites, lu
from tests.guichet.instruction import fabriques
from tests.guichet.portail.parcours import commencer, remplir

pytestmark = pytest.mark.django_db


@pytest.fixture
def demarche(db: None) -> Demarche:
    return fabrique.variante(workflow="standard")


@pytest.fixture
def demande(demarche: Demarche) -> Demande:
    return fabrique.deposer(demarche).demande


# --- Transfer -------------------------------------------------------------------------------------


def test_f_a_transfer_to_the_wrong_service_is_taken_back(demande: Demande, alice: Agent, sites: Sites) -> None:
    services.executer(demande, alice, "prendre_en_charge")
    adresse = f"/demandes/{demande.reference}/"
    with sites.agents(alice) as navigateur:
        demande.refresh_from_db()
        donnees = {"version": versions.de(demande), "service": "etat-civil"}
        page = navigateur.post(f"{adresse}transferer-service/", donnees, follow=True)
        assert page.redirect_chain[-1][0] == f"{adresse}transmission/faite/"
        assert "Annuler la transmission" in lu(page)
        assert "12 rue des Lilas" not in lu(page)  # the other service's now
        assert navigateur.get(adresse).headers["Location"] == f"{adresse}transmission/faite/"
        page = navigateur.post(f"{adresse}transmission/annuler/", follow=True)
        assert "La transmission est annulée" in lu(page)
    demande.refresh_from_db()
    assert (demande.service_id, demande.statut, demande.agent_sub) == ("voirie", "en_cours", "alice.martin")
    assert "statut" in envois.genres(destinataire=demande.courriel)  # who was told of the one is told of the other
    # The resident reads where it is, the acknowledgement lists nothing that was undone, the other service is told.
    annulation = demande.evenements.latest("pk")
    assert annulation.phrase_usager == f"Votre demande revient au service « {demande.service.nom} »."
    assert accuse_de(demande).transmissions == ()
    prevenu = envois.envoi("transmission_reprise", demande)
    assert prevenu.destinataire == "etat-civil@gru.test"
    corps = str(envois.mail(prevenu).body)
    assert f"le service {demande.service.nom} l'a reprise" in corps
    assert "https://" not in corps  # it could not be opened there


def test_f_a_transfer_that_the_other_service_sends_back_stays_in_the_acknowledgement(
    demande: Demande, alice: Agent
) -> None:
    bruno = fabriques.agent("bruno", "Bruno Petit", "agents", "service-etat-civil")
    services.executer(demande, alice, "transferer_service", Saisie(service="etat-civil"))
    with fabrique.au(demande.recue_le + timedelta(days=1)):
        services.executer(demande, bruno, "transferer_service", Saisie(service="voirie"))
    assert len(accuse_de(demande).transmissions) == 2


def test_f_what_was_asked_before_a_transfer_comes_back_with_its_clock(demande: Demande, alice: Agent) -> None:
    """Else silence would accept a request whose pieces never came (L.114-5)."""
    services.executer(demande, alice, "demander_complement", Saisie(pieces=(DemandeDePiece("Plan"),)))
    echeance, depuis = demande.echeance_le, demande.suspendue_depuis
    assert depuis is not None
    services.executer(demande, alice, "transferer_service", Saisie(service="etat-civil"))
    assert demande.suspendue_depuis is None
    services.annuler_transmission(demande, alice)
    demande.refresh_from_db()
    assert (demande.statut, demande.echeance_le, demande.suspendue_depuis) == ("attente_usager", echeance, depuis)
    assert [c.libelle for c in demande.complements.ouverts()] == ["Plan"]


def test_f_not_once_the_other_service_has_taken_it_nor_by_another_service(
    demande: Demande, alice: Agent, sites: Sites
) -> None:
    bruno = fabriques.agent("bruno", "Bruno Petit", "agents", "service-etat-civil")
    lea = fabriques.agent("lea", "Léa Roux", "agents", "service-espaces-verts")
    services.executer(demande, alice, "transferer_service", Saisie(service="etat-civil"))
    annuler = f"/demandes/{demande.reference}/transmission/annuler/"
    with sites.agents(lea) as navigateur:
        assert navigateur.post(annuler).status_code == 404
    services.executer(demande, bruno, "prendre_en_charge")
    with sites.agents(alice) as navigateur:
        assert navigateur.post(annuler).status_code == 404
        assert navigateur.get(f"/demandes/{demande.reference}/").status_code == 404
    with pytest.raises(workflow.TransitionImpossible):
        services.annuler_transmission(demande, alice)
    demande.refresh_from_db()
    assert demande.service_id == "etat-civil"


# --- Withdrawal -----------------------------------------------------------------------------------


def test_f_a_withdrawal_by_mistake_is_taken_back_with_what_was_asked(
    demande: Demande, alice: Agent, sites: Sites
) -> None:
    services.executer(demande, alice, "demander_complement", Saisie(pieces=(DemandeDePiece("Plan"),)))
    echeance, depuis = demande.echeance_le, demande.suspendue_depuis
    sites.tenir(demande)
    adresse = f"/mes-demarches/{demande.reference}/"
    sites.habitant.post(f"{adresse}retirer/")
    assert Demande.objects.get().est_close
    page = lu(sites.habitant.get(adresse))
    assert "Reprendre ma demande" in page
    page = lu(sites.habitant.post(f"{adresse}reprendre/", follow=True))
    assert "Vous avez repris votre demande" in page
    demande = Demande.objects.get()
    assert (demande.statut, demande.close_le, demande.echeance_le, demande.suspendue_depuis) == (
        "attente_usager", None, echeance, depuis,
    )  # fmt: skip
    assert [c.libelle for c in demande.complements.ouverts()] == ["Plan"]
    assert "statut_service" in envois.genres()


def test_f_a_withdrawal_taken_back_leaves_alone_a_clock_that_ran_again(demande: Demande, alice: Agent) -> None:
    """The piece was given the same day, a question is still open: a question stops no clock."""
    services.executer(demande, alice, "demander_complement", Saisie(pieces=(DemandeDePiece("Plan"),)))
    piece = demande.complements.get()
    question = Complement.objects.create(demande=demande, genre=Complement.Genre.QUESTION, libelle="Votre réponse")
    par = fabrique.par_code(demande)
    fichier = FichierRecu("plan.pdf", "application/pdf", fabrique.pdf())
    services.fournir(demande, pieces={piece.pk: [fichier]}, par=par)
    assert (demande.statut, demande.suspendue_depuis) == ("attente_usager", None)
    services.annuler(demande, par=par)
    services.reprendre(demande, par=par)
    demande.refresh_from_db()
    assert (demande.statut, demande.suspendue_depuis) == ("attente_usager", None)
    assert not demande.suspensions.filter(fin=None).exists()
    assert list(demande.complements.ouverts()) == [question]


def test_f_a_withdrawal_is_taken_back_some_days_only_and_by_its_author(demande: Demande, sites: Sites) -> None:
    services.annuler(demande, par=fabrique.par_code(demande))
    from guichet.demandes import droits
    from guichet.demandes.droits import Demandeur

    with pytest.raises(droits.AccesRefuse):
        services.reprendre(demande, par=Demandeur())
    with fabrique.au(demande.recue_le + timedelta(days=8)):
        sites.tenir(demande)
        assert "Reprendre ma demande" not in lu(sites.habitant.get(f"/mes-demarches/{demande.reference}/"))
        with pytest.raises(workflow.TransitionImpossible):
            services.reprendre(demande, par=fabrique.par_code(demande))


# --- Lines that nobody chose ------------------------------------------------------------------------


def ligne(demande: Demande, code: str) -> None:
    """What the site, the post or the person's account adds to the history without acting on the request."""
    Evenement.objects.create(
        demande=demande,
        code=code,
        auteur_type=Auteur.AGENT if code == "lettre_imprimee" else Auteur.SYSTEME,
        auteur_nom="Léa Roux" if code == "lettre_imprimee" else "",
        visible_usager=code not in ("lettre_imprimee", "courriel_service_revenu"),
    )


@pytest.mark.parametrize("code", sorted(SANS_EFFET))
def test_f_what_nobody_did_takes_no_way_back_away(demande: Demande, alice: Agent, code: str) -> None:
    services.executer(demande, alice, "transferer_service", Saisie(service="etat-civil"))
    ligne(demande, code)
    services.annuler_transmission(demande, alice)
    assert demande.service_id == "voirie"
    services.annuler(demande, par=fabrique.par_code(demande))
    ligne(demande, code)
    services.reprendre(demande, par=fabrique.par_code(demande))
    assert not demande.est_close


@pytest.mark.parametrize("code", sorted(SANS_EFFET))
def test_f_what_nobody_did_is_no_act_of_a_colleague(demande: Demande, alice: Agent, code: str) -> None:
    lue = versions.de(demande)
    ligne(demande, code)
    assert versions.conflit(demande, lue, alice) is None
    assert versions.de(demande) == versions.de_historique(demande.evenements.order_by("-le", "-pk")) == lue


# --- Decision -------------------------------------------------------------------------------------


def test_f_no_decision_is_made_without_a_page_that_says_what_it_does(livrees: list[Demarche], sites: Sites) -> None:
    vus = set()
    for demarche in livrees:
        circuit = demarche.lue.workflow
        if circuit in vus:
            continue
        vus.add(circuit)
        modele = fabrique.variante(workflow=circuit)
        agent = fabriques.agent(circuit, "Denise", "agents", "direction", modele.service.groupe)
        demande = fabrique.deposer(modele).demande
        lues: set[str] = set()
        with sites.agents(agent) as navigateur:
            for statut in workflow.de(demande).statuts:
                Demande.objects.filter(pk=demande.pk).update(statut=statut.code, nature=statut.nature.value)
                demande = Demande.objects.get(pk=demande.pk)
                for action in actions_possibles(demande, agent):
                    if not (action.effet.decide or action.clot) or action.code in lues:
                        continue
                    lues.add(action.code)
                    assert not action.directe, f"{circuit} : {action.code}"
                    page = lu(navigateur.get(f"/demandes/{demande.reference}/{action.chemin}/"))
                    assert "Ce qui va se passer" in page
                    assert all(insecables(phrase) in page for phrase in action.consequences(demande))
        assert lues
    assert len(vus) == 6


# --- Draft ----------------------------------------------------------------------------------------


def bouton(page: str, nom: str) -> str:
    trouve = re.search(rf'name="{nom}" value="([^"]+)"', page)
    assert trouve is not None, nom
    return trouve[1]


def test_f_a_file_removed_by_mistake_comes_back(client: Client, demarche: Demarche) -> None:
    base = commencer(client)
    remplir(client, base, "photos", photos={"photos": fabrique.fichier("trou.jpg")})
    adresse = f"{base}photos/"
    client.post(adresse, {"retirer": bouton(lu(client.get(adresse)), "retirer")})
    page = lu(client.get(adresse))
    assert f"Retiré{INSECABLE}: trou.jpg." in page
    assert f"Annuler le retrait{INSECABLE}: trou.jpg" in re.sub(r"<[^>]+>", "", page)
    assert 'name="retirer"' not in page
    client.post(adresse, {"remettre": "1"})
    page = lu(client.get(adresse))
    assert 'name="retirer"' in page
    assert "Retiré" not in page
    # Removed, and the page sent: now it is gone, row and content.
    client.post(adresse, {"retirer": bouton(page, "retirer")})
    client.post(adresse, {})
    assert not PieceBrouillon.objects.exists()
    assert not Fichier.objects.filter(espace="demandes").exists()


def test_f_a_file_removed_is_not_sent_with_the_request(client: Client, demarche: Demarche) -> None:
    base = commencer(client)
    remplir(client, base, photos={"photos": fabrique.fichier("trou.jpg")})
    adresse = f"{base}photos/"
    client.post(adresse, {"retirer": bouton(lu(client.get(adresse)), "retirer")})
    client.post(f"{base}verifier/")
    demande = Demande.objects.get()
    assert not demande.pieces.exists()
    assert not demande.donnees.get("photos")


def test_f_a_child_removed_by_mistake_comes_back_and_an_old_tab_removes_nobody_else(
    client: Client, livrees: list[Demarche], sites: Sites
) -> None:
    camille = fabrique.usager()
    sites.se_connecter(camille)
    demarche = next(d for d in livrees if d.pk == "inscrire-au-periscolaire")
    enfants = [{"prenom": prenom} for prenom in ("Zoé", "Tom")]
    brouillon = Brouillon.objects.create(demarche=demarche, usager=camille, donnees={"enfants": enfants})
    base = f"/demarches/{demarche.pk}/remplir/{brouillon.pk}/enfants/"
    page = lu(client.get(base))
    premier = bouton(page, "oter")
    client.post(base, {"oter": premier})
    assert [e["prenom"] for e in Brouillon.objects.get().donnees["enfants"]] == ["Tom"]
    page = lu(client.get(base))
    assert f"Retiré{INSECABLE}: Enfant 1." in page
    # The old tab still shows Zoé first: pressing there again must not remove Tom.
    page = lu(client.post(base, {"oter": premier}, follow=True))
    assert "Rien n'a été retiré" in page
    assert [e["prenom"] for e in Brouillon.objects.get().donnees["enfants"]] == ["Tom"]
    client.post(base, {"remettre": "1"})
    assert [e["prenom"] for e in Brouillon.objects.get().donnees["enfants"]] == ["Zoé", "Tom"]
