"""Every act, by every role, in every status: what is allowed and what is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from guichet.demandes import droits, services, workflow
from guichet.demandes.droits import Demandeur
from guichet.demandes.fichiers import Fichier
from guichet.demandes.models import Demande, Evenement, Message, Piece
from guichet.demandes.workflow import TransitionImpossible
from socle.envois.models import Envoi
from tests.guichet import actes as agir
from tests.guichet import envois, fabrique
from tests.guichet.actes import Statut
from tests.guichet.fabrique import ALICE, BRUNO, CHLOE, AgentDeTest

pytestmark = pytest.mark.django_db
PERSONNE = AgentDeTest("x", "Sans groupe", [])

ACTES: dict[str, Callable[[Demande, AgentDeTest], object]] = {
    "prendre_en_charge": agir.prendre_en_charge,
    "repondre": lambda d, a: agir.repondre(d, a, "Nous réparons jeudi."),
    "demander_complement": lambda d, a: agir.demander_complement(d, a, "De quel côté ?"),
    "clore": lambda d, a: agir.clore(d, a, "C'est réparé."),
    "noter": lambda d, a: agir.noter(d, a, "Voir avec Chloé."),
}
# The whole table, written by hand: (act, status before) -> status after. What is not here is refused.
PERMIS = {
    ("prendre_en_charge", "recue"): "en_cours",
    ("prendre_en_charge", "en_cours"): "en_cours",
    ("prendre_en_charge", "repondue"): "en_cours",
    ("repondre", "recue"): "repondue",
    ("repondre", "en_cours"): "repondue",
    ("repondre", "attente_usager"): "repondue",
    ("repondre", "repondue"): "repondue",
    ("demander_complement", "recue"): "attente_usager",
    ("demander_complement", "en_cours"): "attente_usager",
    ("demander_complement", "attente_usager"): "attente_usager",
    ("demander_complement", "repondue"): "attente_usager",
    ("clore", "recue"): "close",
    ("clore", "en_cours"): "close",
    ("clore", "attente_usager"): "close",
    ("clore", "repondue"): "close",
    ("noter", "recue"): "recue",
    ("noter", "en_cours"): "en_cours",
    ("noter", "attente_usager"): "attente_usager",
    ("noter", "repondue"): "repondue",
    ("noter", "close"): "close",
}
CAS = [(acte, statut.value) for acte in ACTES for statut in Statut]


@pytest.fixture
def demande() -> Demande:
    return fabrique.deposer(fabrique.demarche(), fabrique.usager()).demande


def dans(demande: Demande, statut: str) -> Demande:
    Demande.objects.filter(pk=demande.pk).update(statut=statut)
    return Demande.objects.select_related("service").get(pk=demande.pk)


@pytest.mark.parametrize(("acte", "statut"), CAS)
def test_agent_of_the_service(demande: Demande, acte: str, statut: str) -> None:
    demande = dans(demande, statut)
    apres = PERMIS.get((acte, statut))
    assert (acte in [t.code for t in workflow.transitions_possibles(demande, ALICE)]) is (apres is not None)
    if apres is None:
        with pytest.raises(TransitionImpossible, match="n'est plus possible"):
            ACTES[acte](demande, ALICE)
        assert Evenement.objects.count() == 1
        return
    ACTES[acte](demande, ALICE)
    demande.refresh_from_db()
    assert demande.statut == apres
    assert Evenement.objects.count() == 2
    assert Evenement.objects.latest("pk").auteur_nom == "Alice Martin"


@pytest.mark.parametrize("agent", [BRUNO, PERSONNE], ids=["autre-service", "sans-groupe"])
@pytest.mark.parametrize(("acte", "statut"), CAS)
def test_any_other_agent_is_refused_and_nothing_is_written(
    demande: Demande, acte: str, statut: str, agent: AgentDeTest
) -> None:
    demande = dans(demande, statut)
    assert workflow.transitions_possibles(demande, agent) == []
    with pytest.raises(droits.AccesRefuse):
        ACTES[acte](demande, agent)
    assert (Evenement.objects.count(), Message.objects.count()) == (1, 0)
    assert Demande.objects.get(pk=demande.pk).statut == statut


@pytest.mark.parametrize(
    ("statut", "apres"),
    [("recue", "recue"), ("en_cours", "en_cours"), ("attente_usager", "en_cours"), ("repondue", "en_cours"),
     ("close", None)],
)  # fmt: skip
@pytest.mark.parametrize("qui", ["compte", "code", "autre-compte", "inconnu", "autre-code"])
def test_residents_message(demande: Demande, statut: str, apres: str | None, qui: str) -> None:
    demande = dans(demande, statut)
    autre = fabrique.deposer(demande.demarche).demande
    demandeur = {
        "compte": Demandeur(demande.usager),
        "code": fabrique.par_code(demande),
        "autre-compte": Demandeur(fabrique.usager("mallory", "Mallory")),
        "inconnu": Demandeur(),
        "autre-code": fabrique.par_code(autre),
    }[qui]
    if qui not in {"compte", "code"}:
        with pytest.raises(droits.AccesRefuse):
            services.ecrire_usager(demande, "Bonjour", par=demandeur)
        return
    if apres is None:
        with pytest.raises(TransitionImpossible):
            services.ecrire_usager(demande, "Bonjour", par=demandeur)
        return
    services.ecrire_usager(demande, " Bonjour ", par=demandeur)
    message = Message.objects.get()
    demande.refresh_from_db()
    assert (demande.statut, message.texte, message.interne) == (apres, "Bonjour", False)
    assert Envoi.objects.filter(genre="demandes.message_usager", destinataire="voirie@gru.test").count() == 1


def test_every_transition_is_tested() -> None:
    defini = workflow.de(fabrique.deposer(fabrique.demarche()).demande)
    for code in ACTES:
        origines = set(defini.origines(defini.transitions_par_code[code])) & set(Statut)
        assert origines == {s for acte, s in PERMIS if acte == code}


def test_only_services_of_the_agent_are_listed(demande: Demande) -> None:
    assert [s.pk for s in droits.services_de(ALICE)] == ["voirie"]
    assert list(droits.services_de(PERSONNE)) == []
    assert list(Demande.objects.visibles_par(ALICE)) == [demande]
    assert list(Demande.objects.visibles_par(BRUNO)) == []
    assert list(Demande.objects.visibles_par(PERSONNE)) == []


def test_a_decision_on_a_stale_page_is_refused(demande: Demande) -> None:
    ecran_d_alice = Demande.objects.select_related("service").get(pk=demande.pk)
    agir.clore(demande, CHLOE, "")
    with pytest.raises(TransitionImpossible):
        agir.repondre(ecran_d_alice, ALICE, "Nous passons demain.")


def test_a_request_moved_to_another_service_is_no_longer_open_to_the_first(demande: Demande) -> None:
    ecran_d_alice = Demande.objects.select_related("service").get(pk=demande.pk)
    Demande.objects.filter(pk=demande.pk).update(service_id="etat-civil")
    with pytest.raises(droits.AccesRefuse):
        agir.repondre(ecran_d_alice, ALICE, "Nous passons demain.")


def test_who_takes_charge_is_told_and_can_change(demande: Demande) -> None:
    agir.prendre_en_charge(demande, ALICE)
    assert "prendre_en_charge" not in [t.code for t in workflow.transitions_possibles(demande, ALICE)]
    assert "prendre_en_charge" in [t.code for t in workflow.transitions_possibles(demande, CHLOE)]
    agir.prendre_en_charge(demande, CHLOE)
    demande.refresh_from_db()
    assert (demande.agent_sub, demande.agent_nom) == ("chloe.bernard", "Chloé Bernard")


def test_whoever_answers_first_is_in_charge(demande: Demande) -> None:
    agir.repondre(demande, ALICE, "Nous réparons jeudi.")
    agir.demander_complement(demande, CHLOE, "Encore là ?")
    demande.refresh_from_db()
    assert demande.agent_nom == "Alice Martin"


def test_closing_dates_the_end_and_the_text_is_optional(demande: Demande) -> None:
    assert agir.clore(demande, ALICE) is None
    demande.refresh_from_db()
    assert demande.close_le is not None
    assert Envoi.objects.filter(genre="demandes.close").count() == 1


@pytest.mark.parametrize("acte", [agir.repondre, agir.demander_complement, agir.noter])
@pytest.mark.parametrize("texte", ["", "  \n "])
def test_an_empty_text_is_refused(demande: Demande, acte: Callable[..., object], texte: str) -> None:
    with pytest.raises(services.TexteManquant, match="Écrivez votre message"):
        acte(demande, ALICE, texte)
    with pytest.raises(services.TexteManquant):
        services.ecrire_usager(demande, texte, par=Demandeur(demande.usager))
    assert Evenement.objects.count() == 1


def test_a_note_is_never_shown_nor_mailed(demande: Demande) -> None:
    note = agir.noter(demande, ALICE, "Voisin difficile.")
    assert note.interne
    assert not Evenement.objects.get(code="note").visible_usager
    assert not set(envois.genres()) - {"accuse", "nouvelle_demande"}


def test_files_of_a_message_hang_on_it(demande: Demande) -> None:
    fichier = Fichier("trou.jpg", "image/jpeg", b"octets")
    services.ecrire_usager(demande, "", [fichier], par=Demandeur(demande.usager))
    message = Message.objects.get()
    piece = Piece.objects.get()
    assert (piece.message, piece.demande, message.texte) == (message, demande, "Document joint.")


def test_each_act_is_a_sentence_for_agents_and_for_the_resident(demande: Demande) -> None:
    agir.prendre_en_charge(demande, ALICE)
    agir.demander_complement(demande, ALICE, "De quel côté ?")
    services.ecrire_usager(demande, "Côté pair.", par=Demandeur(demande.usager))
    agir.repondre(demande, ALICE, "Nous réparons jeudi.")
    agir.noter(demande, ALICE, "Fait.")
    agir.clore(demande, ALICE, "C'est réparé.")
    evenements = list(Evenement.objects.all())
    assert [e.phrase() for e in evenements] == [
        "Camille Durand a envoyé la demande par le canal « Site internet ».",
        "Alice Martin a pris la demande en charge.",
        "Alice Martin a posé une question à l'usager.",
        "Camille Durand a répondu à la mairie.",
        "Alice Martin, responsable du service (service Voirie et espaces publics), a répondu à l'usager.",
        "Alice Martin a ajouté une note interne.",
        "Alice Martin a clos la demande.",
    ]
    assert [e.phrase_usager for e in evenements if e.visible_usager] == [
        "Vous avez envoyé votre demande. La mairie l'a reçue.",
        "Alice Martin, responsable du service, s'occupe de votre demande.",
        "Alice Martin, responsable du service, vous a posé une question.",
        "Vous avez répondu à la mairie.",
        "Alice Martin, responsable du service (service Voirie et espaces publics), vous a répondu.",
        "Alice Martin, responsable du service, a terminé votre demande.",
    ]


def test_adding_to_an_account_asks_for_the_code() -> None:
    demande = fabrique.deposer(fabrique.demarche()).demande
    camille, mallory = fabrique.usager(), fabrique.usager("mallory")
    # The account has the address of the request: it proves nothing.
    Demande.objects.filter(pk=demande.pk).update(courriel=camille.courriel)
    with pytest.raises(droits.AccesRefuse, match="code de suivi"):
        services.rattacher(demande, Demandeur(camille))
    services.rattacher(demande, fabrique.par_code(demande, camille))
    services.rattacher(demande, fabrique.par_code(demande, camille))
    assert Demande.objects.get(pk=demande.pk).usager == camille
    assert Evenement.objects.filter(code="rattachee").count() == 1
    with pytest.raises(droits.AccesRefuse, match="déjà à un autre compte"):
        services.rattacher(demande, fabrique.par_code(demande, mallory))
