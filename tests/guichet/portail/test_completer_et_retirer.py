"""The resident gives just what was asked, and may give up; the words of both are the workflow's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from guichet.comptes.models import Usager
from guichet.demandes import references, services
from guichet.demandes.models import Complement, Demande, Evenement, Nature, Piece
from guichet.demarches.models import Demarche
from socle.envois import plafonds
from socle.envois.models import Envoi
from socle.typographie import dates
from socle.typographie.espaces import insecables
from tests.guichet import actes, fabrique
from tests.guichet.fabrique import ALICE
from tests.guichet.portail import complete

pytestmark = pytest.mark.django_db
Connecter = Callable[[Client, Usager], Client]


@pytest.fixture
def demande(client: Client, demarche: Demarche, camille: Usager, connecter: Connecter) -> Demande:
    connecter(client, camille)
    return fabrique.deposer(demarche, camille).demande


def demander(demande: Demande, pieces: int = 1, corrections: tuple[str, ...] = (), texte: str = "Il manque…") -> None:
    services.executer(
        demande,
        ALICE,
        "demander_complement",
        services.Saisie(
            texte=texte,
            pieces=tuple(services.DemandeDePiece(f"Photo {i}", "Prise de loin.") for i in range(1, pieces + 1)),
            corrections=corrections,
            limite=date(2031, 1, 15),
        ),
    )


def url(demande: Demande, suite: str = "completer/") -> str:
    return f"/mes-demarches/{demande.reference}/{suite}"


def champ(demande: Demande, libelle: str) -> str:
    return f"c{Complement.objects.get(demande=demande, libelle=libelle).pk}"


def test_the_page_of_the_request_says_what_is_waited_for(client: Client, demande: Demande) -> None:
    demander(demande)
    page = client.get(url(demande, "")).content.decode()
    assert insecables("À vous : la mairie attend un élément") in page
    assert "Photo 1" in page
    assert "15\u00a0janvier 2031" in page
    assert url(demande) in page
    liste = client.get("/mes-demarches/").content.decode()
    assert "carte--a-vous" in liste
    assert "Photo 1, avant le 15\u00a0janvier 2031." in liste


def test_just_the_piece_is_asked_and_given(client: Client, demande: Demande) -> None:
    demander(demande)
    page = client.get(url(demande)).content.decode()
    assert "La mairie vous demande ceci, et rien d'autre." in page
    assert "Décrivez le problème" not in page
    suite = client.post(url(demande), {f"{champ(demande, 'Photo 1')}-fichiers": fabrique.fichier()})
    assert suite.headers["Location"] == url(demande, "")
    demande.refresh_from_db()
    assert demande.nature != Nature.ATTENTE_USAGER
    assert Piece.objects.get(demande=demande).nom == "trou.jpg"
    page = client.get(url(demande, "")).content.decode()
    assert "Il ne manque plus rien" in page
    assert client.get(url(demande)).headers["Location"] == url(demande, "")


@pytest.mark.parametrize("geste", ["completer", "retirer"])
def test_the_page_acknowledges_where_no_mail_leaves(client: Client, demarche: Demarche, geste: str) -> None:
    """CRPA L.112-11: what was received, and when, is said by the page where the mailbox got too many messages."""
    demande = fabrique.deposer(demarche).demande
    code = references.code_de(demande)
    client.post("/suivi/", {"reference": demande.reference, "code": code})
    demander(demande)
    for motif, fois in (("accuses", plafonds.ACCUSES_PAR_HEURE - 1), ("demandes", plafonds.PAR_HEURE)):
        for _ in range(fois):
            plafonds.prendre(demande.courriel, motif, par_heure=plafonds.ACCUSES_PAR_HEURE)
    saisie = (
        {"texte": "Merci."} if geste == "retirer" else {f"{champ(demande, 'Photo 1')}-fichiers": fabrique.fichier()}
    )
    page = client.post(url(demande, f"{geste}/"), saisie, follow=True).content.decode()
    recu = Evenement.objects.filter(demande=demande).latest("pk")
    assert f"Aucun e-mail ne part\u00a0: {demande.courriel} a déjà reçu plusieurs messages de la mairie." in page
    assert f"La mairie a reçu votre envoi le {dates.jour_et_heure(recu.le)}." in page
    assert not Envoi.objects.filter(genre__in=["demandes.pieces_recues", "demandes.retiree"]).exists()


def test_nothing_and_a_wrong_file_are_refused_in_words(client: Client, demande: Demande) -> None:
    demander(demande)
    page = client.post(url(demande), {}).content.decode()
    assert page.count("Ajoutez le document demandé.") == 2
    envoi = {f"{champ(demande, 'Photo 1')}-fichiers": fabrique.fichier("a.pdf", b"<html>")}
    page = client.post(url(demande), envoi).content.decode()
    assert "«\u00a0a.pdf\u00a0» n&#x27;est ni un PDF ni une photo" in page
    assert "<title>Erreur : " in page
    assert Complement.objects.ouverts().count() == 1


def test_a_correction_changes_that_answer_and_no_other(client: Client, demande: Demande) -> None:
    demander(demande, pieces=0, corrections=("lieu",))
    cle = f"c{Complement.objects.get().pk}"
    page = client.get(url(demande)).content.decode()
    assert 'value="12 rue des Lilas"' in page
    assert client.post(url(demande), {f"{cle}-lieu": ""}).status_code == 200
    client.post(url(demande), {f"{cle}-lieu": "14 rue des Lilas", f"{cle}-lieu_precision": "", "probleme": "eau"})
    demande.refresh_from_db()
    assert demande.donnees["lieu"]["adresse"] == "14 rue des Lilas"
    assert demande.donnees["probleme"] == "chaussee"


def test_what_one_has_may_be_sent_first(client: Client, demande: Demande) -> None:
    demander(demande, pieces=2, corrections=("lieu",))
    assert client.post(url(demande), {"partie": "1"}).status_code == 200  # not nothing at all
    lieu = f"c{Complement.objects.get(champ='lieu').pk}-lieu"
    envoi = {f"{champ(demande, 'Photo 1')}-fichiers": fabrique.fichier(), lieu: "12 rue des Lilas"}
    lieu_precision = {f"{lieu}_precision": "devant l'école"}
    client.post(url(demande), {**envoi, **lieu_precision, "partie": "1"})
    assert {c.libelle for c in Complement.objects.ouverts()} == {"Photo 2", "Adresse ou nom du lieu"}
    assert "Il manque encore 2 éléments" in client.get(url(demande, "")).content.decode()
    demande.refresh_from_db()
    assert demande.nature == Nature.ATTENTE_USAGER


def test_the_elements_of_a_group_are_corrected_in_place(
    client: Client, demarche: Demarche, camille: Usager, connecter: Connecter
) -> None:
    connecter(client, camille)
    complete.demarche_complete()
    base = complete.commencer(client)
    complete.remplir(client, base)
    client.post(f"{base}verifier/")
    demande = Demande.objects.get()
    demander(demande, pieces=0, corrections=("enfants",))
    cle = f"c{Complement.objects.get().pk}-1"
    page = client.get(url(demande)).content.decode()
    assert "<h3>Enfant 1</h3>" in page
    client.post(url(demande), {f"{cle}-{nom}": valeur for nom, valeur in {**complete.ENFANT, "prenom": "Loup"}.items()})
    demande.refresh_from_db()
    assert demande.donnees["enfants"] == [{"prenom": "Loup", "ne_le": "2019-03-03", "allergie": "non"}]


@pytest.mark.parametrize("suite", ["completer/", "retirer/", "accuse.pdf"])
def test_nobody_else_gets_there(client: Client, demande: Demande, connecter: Connecter, suite: str) -> None:
    demander(demande)
    autre = connecter(Client(), fabrique.usager("mallory"))
    for navigateur in (autre, Client()):
        vers = f"/suivi/?reference={demande.reference}"
        assert navigateur.get(url(demande, suite)).headers["Location"] == vers
        if suite != "accuse.pdf":
            assert navigateur.post(url(demande, suite), {}).headers["Location"] == vers
    assert Complement.objects.ouverts().count() == 1


def test_giving_up_is_said_first_then_done_once(client: Client, demande: Demande) -> None:
    assert url(demande, "retirer/") in client.get(url(demande, "")).content.decode()
    assert "arrête de traiter" in client.get(url(demande, "retirer/")).content.decode()
    client.post(url(demande, "retirer/"), {"texte": "C'est réparé."})
    demande.refresh_from_db()
    assert demande.est_close
    page = client.get(url(demande, "")).content.decode()
    assert "Vous avez retiré votre demande." in page
    assert url(demande, "retirer/") not in page
    assert client.post(url(demande, "retirer/"), {}).headers["Location"] == url(demande, "")


def test_the_acknowledgement_is_a_pdf(client: Client, demande: Demande) -> None:
    reponse = client.get(url(demande, "accuse.pdf"))
    assert reponse["Content-Type"] == "application/pdf"
    assert demande.reference in reponse["Content-Disposition"]
    assert reponse.content.startswith(b"%PDF-")


def test_a_file_sent_by_the_person_is_in_their_documents(client: Client, demande: Demande) -> None:
    demander(demande)
    client.post(url(demande), {f"{champ(demande, 'Photo 1')}-fichiers": fabrique.fichier()})
    actes.noter(demande, ALICE, "Note interne")
    documents = client.get("/mes-demarches/documents/").content.decode()
    assert "trou.jpg" in documents
    assert "envoyé par vous" in documents
    assert url(demande, "accuse.pdf") in documents
    messages = client.get("/mes-demarches/messages/").content.decode()
    assert "Il manque…" in messages
    assert "Note interne" not in messages
