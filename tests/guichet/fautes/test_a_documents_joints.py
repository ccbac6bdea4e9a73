"""Kind A, « joint à ce message » with nothing joined: documents of the town travel, and their opening is dated."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import yaml

from guichet.demandes import lettres, promesses, services
from guichet.demandes.fichiers import Fichier
from guichet.demandes.models import CanalReponse, Demande, Evenement, Message, Piece
from guichet.demandes.services import Saisie
from guichet.demarches.models import Demarche
from guichet.instruction import versions
from guichet.instruction.models import Agent
from socle.typographie.espaces import INSECABLE
from tests.guichet import envois, fabrique
from tests.guichet.fautes.conftest import Sites, lu

pytestmark = pytest.mark.django_db
CERTIFICAT = Fichier("certificat.pdf", "application/pdf", fabrique.pdf(2))


@pytest.fixture
def demande(db: None) -> Demande:
    demarche = fabrique.variante(workflow="standard")
    return fabrique.deposer(demarche, fabrique.usager()).demande


def envoi(demande: Demande, **saisie: Any) -> dict[str, Any]:
    return {"version": versions.de(demande), **saisie}


@pytest.mark.parametrize("chemin", ["repondre", "accepter", "ecrire", "clore"])
def test_a_a_document_goes_with_a_message_or_a_decision_and_its_opening_is_dated(
    chemin: str, demande: Demande, alice: Agent, sites: Sites
) -> None:
    with sites.agents(alice) as navigateur:
        assert 'type="file"' in lu(navigateur.get(f"/demandes/{demande.reference}/{chemin}/"))
        reponse = navigateur.post(
            f"/demandes/{demande.reference}/{chemin}/",
            envoi(
                demande,
                texte="Le certificat est joint à ce message.",
                documents=fabrique.fichier("certificat.pdf", fabrique.pdf()),
            ),
        )
        assert reponse.status_code == 303
        assert "Pas encore ouvert" in lu(navigateur.get(f"/demandes/{demande.reference}/"))
    piece = Piece.objects.get(message__isnull=False)
    assert (piece.nom, piece.message.texte, piece.ouverte_le) == (
        "certificat.pdf", "Le certificat est joint à ce message.", None,
    )  # fmt: skip
    evenement = Evenement.objects.latest("pk")
    genre = next(g for g in envois.genres(cle__startswith=f"{evenement.pk}:"))
    mail = str(envois.mail(envois.envoi(genre, demande)).body)
    assert "a joint 1\u00a0document" in mail
    assert "certificat" not in mail
    sites.se_connecter(demande.usager)
    documents = lu(sites.habitant.get("/mes-demarches/documents/"))
    assert "certificat.pdf" in documents
    assert "reçu de la mairie" in documents
    assert sites.habitant.get(f"/mes-demarches/{demande.reference}/fichiers/{piece.pk}/").status_code == 200
    premiere = Piece.objects.get(pk=piece.pk).ouverte_le
    assert premiere is not None
    sites.habitant.get(f"/mes-demarches/{demande.reference}/fichiers/{piece.pk}/")
    assert Piece.objects.get(pk=piece.pk).ouverte_le == premiere
    with sites.agents(alice) as navigateur:
        assert "Ouvert par l’usager le" in lu(navigateur.get(f"/demandes/{demande.reference}/"))


def test_a_what_agents_join_is_checked_as_what_comes_in(demande: Demande, alice: Agent, sites: Sites) -> None:
    faux = fabrique.fichier("certificat.pdf", b"MZ\x90\x00 pas un PDF")
    with sites.agents(alice) as navigateur:
        reponse = navigateur.post(
            f"/demandes/{demande.reference}/repondre/", envoi(demande, texte="Voilà.", documents=faux)
        )
    page = lu(reponse)
    assert "n'est ni un PDF ni une photo" in page
    assert "Voilà." in page
    assert "Choisissez de nouveau vos documents" in page
    assert not Message.objects.exists()


def test_a_a_text_that_announces_a_document_does_not_leave_without_it(
    demande: Demande, alice: Agent, sites: Sites
) -> None:
    texte = "Vous trouverez le certificat d’inscription joint à ce message."
    with sites.agents(alice) as navigateur:
        adresse = f"/demandes/{demande.reference}/repondre/"
        assert "Envoyer quand même" not in lu(navigateur.get(adresse))
        page = lu(navigateur.post(adresse, envoi(demande, texte=texte)))
        assert "Votre texte annonce un document joint" in page
        assert "Envoyer quand même, sans document" in page
        assert not Message.objects.exists()
        assert navigateur.post(adresse, envoi(demande, texte=texte, sans_document="on")).status_code == 303
    assert Message.objects.count() == 1


def test_a_every_shipped_template_that_announces_a_document_is_recognised() -> None:
    """Words that a town's own files use: whoever sends them is asked for the document."""
    textes = []
    for chemin in (*Path(fabrique.SITE).glob("demarches/*.yaml"), *Path(fabrique.SITE).glob("workflows/*.yaml")):
        textes += [m["texte"] for m in yaml.safe_load(chemin.read_text("utf-8")).get("modeles", ())]
    annoncent = [texte for texte in textes if " joint" in texte or "pièce jointe" in texte]
    assert len(annoncent) >= 5
    assert [texte for texte in annoncent if not promesses.annonce_un_document(texte)] == []


def test_a_a_blank_of_a_template_is_filled_before_it_leaves(alice: Agent, sites: Sites) -> None:
    """« Une équipe passera le [date]. » left as it was: the resident waited for nobody."""
    demande = fabrique.deposer(fabrique.demarche()).demande
    adresse = f"/demandes/{demande.reference}/programmer/"
    with sites.agents(alice) as navigateur:
        choix = envoi(demande, choisir_modele="1", modele="intervention")
        page = lu(navigateur.post(adresse, choix))
        assert "Une équipe passera le [date]." in page
        avec = "Bonjour,\n\nUne équipe passera le [date].\n\nAlice Martin"
        page = lu(navigateur.post(adresse, envoi(demande, texte=avec)))
        assert f"Écrivez ce qu’il faut à la place de «{INSECABLE}[date]{INSECABLE}»." in page
        assert "Une équipe passera le [date]." in page  # nothing typed is lost
        assert not Message.objects.exists()
        autre = "Une équipe passera le 4 mai [sauf pluie]."  # brackets of one's own are left alone
        assert navigateur.post(adresse, envoi(demande, texte=autre)).status_code == 303


def test_a_every_shipped_template_says_what_it_leaves_to_fill() -> None:
    """No sentence stops short: « passera le », with nothing that says that a date is missing."""
    courts = []
    for chemin in (*Path(fabrique.SITE).glob("demarches/*.yaml"), *Path(fabrique.SITE).glob("workflows/*.yaml")):
        for modele in yaml.safe_load(chemin.read_text("utf-8")).get("modeles", ()):
            paragraphes = [" ".join(p.split()) for p in modele["texte"].split("\n\n")]
            courts += [f"{chemin.stem} : {p}" for p in paragraphes if not p.endswith((".", ",", "!", "?", ":", "}"))]
    assert courts == []


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        ("Veuillez trouver ci-joint l’arrêté.", True),
        ("La convention est en pièce jointe.", True),
        ("Je vous joins le plan.", True),
        ("Le joint du trottoir est refait.", False),
        ("Joignez-nous au 01 99 00 00 01.", False),
        ("Votre photo est illisible.", False),
    ],
)
def test_a_what_announces_a_document(texte: str, attendu: bool) -> None:
    assert promesses.annonce_un_document(texte) is attendu


def test_a_on_paper_the_documents_follow_the_letter(demande: Demande, alice: Agent) -> None:
    Demande.objects.filter(pk=demande.pk).update(canal_reponse=CanalReponse.COURRIER, adresse_postale="1 rue A")
    photo = Fichier("plan.jpg", "image/jpeg", fabrique.photo())
    saisie = Saisie(texte="Voici les documents, joints à cette lettre.", fichiers=(CERTIFICAT, photo))
    evenement = services.executer(demande, alice, "repondre", saisie)
    evenement.demande = demande
    assert "Documents joints à cette lettre" in lettres.page(evenement)
    with pikepdf.open(io.BytesIO(lettres.lettre_pdf(evenement))) as papier:
        assert len(papier.pages) == 1 + 2 + 1


def test_a_a_note_between_agents_takes_no_document(demande: Demande, alice: Agent, sites: Sites) -> None:
    with pytest.raises(services.SaisieRefusee, match="Aucun document"):
        services.executer(demande, alice, "noter", Saisie(texte="Vu.", fichiers=(CERTIFICAT,)))


def test_a_several_requests_at_once_take_no_promise_of_a_document(
    demande: Demande, alice: Agent, sites: Sites, db: None
) -> None:
    demarche = Demarche.objects.get(pk=fabrique.VOIRIE)
    autre = fabrique.deposer(demarche).demande
    lues = [f"{d.reference}|{versions.de(d)}" for d in (demande, autre)]
    donnees = {"lue": lues, "action": "repondre", "confirmer": "oui", "texte": "Le plan est joint à ce message."}
    with sites.agents(alice) as navigateur:
        page = lu(navigateur.post("/demandes/lot/", donnees))
    assert "envoyez-le demande par demande" in page
    assert not Message.objects.exists()
