"""A request typed in for someone: same questions, same checks, same acknowledgement, whoever holds the keyboard."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from guichet.demandes.models import Brouillon, Demande, Evenement
from guichet.demarches.models import Demarche
from guichet.instruction.models import Agent
from socle.envois.models import Envoi
from tests.guichet import fabrique
from tests.guichet.instruction import fabriques

Connecte = Callable[..., Client]
DEPART = "/saisie/signaler-voirie/"
REPONSES = {
    "lieu": "3 rue Basse",
    "lieu_precision": "",
    "nature": "eclairage",
    "description": "Le lampadaire est éteint.",
    "nom": "Jean Petit",
    "courriel": "jean.petit@exemple.fr",
    "telephone": "",
}


def lu(reponse: object) -> str:
    return html.unescape(reponse.content.decode())  # type: ignore[attr-defined]


def commencer(navigateur: Client, **champs: str) -> str:
    """Address of the questions."""
    envoi = {"canal": "telephone", "recue_le": timezone.localdate().isoformat(), "canal_reponse": "courriel"} | champs
    reponse = navigateur.post(DEPART, envoi)
    assert reponse.status_code == 302, lu(reponse)
    return str(reponse["Location"])


def enregistrer(navigateur: Client, questions: str, **reponses: str) -> str:
    """Fill the page, check, send; the page that says it is done."""
    reponse = navigateur.post(questions, REPONSES | reponses)
    assert reponse.status_code == 302, lu(reponse)
    assert reponse["Location"].endswith("/verifier/")
    page = lu(navigateur.get(reponse["Location"]))
    assert "Enregistrer la demande" in page
    return lu(navigateur.post(reponse["Location"], follow=True))


@pytest.mark.usefixtures("voirie", "etat_civil")
def test_ones_own_procedures_come_first_and_all_are_there(alice: Agent, connecte: Connecte) -> None:
    page = lu(connecte(alice).get("/saisie/"))
    assert page.index("Vos services") < page.index("voirie/") < page.index("Les autres services")
    assert "copie-acte" in page
    page = lu(connecte(alice).get("/saisie/?q=naissance"))
    assert "copie-acte" in page
    assert "signaler-voirie" not in page
    assert "Aucune démarche trouvée" in lu(connecte(alice).get("/saisie/?q=zzz"))


@pytest.mark.usefixtures("voirie")
def test_a_request_by_telephone_from_beginning_to_end(alice: Agent, connecte: Connecte) -> None:
    navigateur = connecte(alice)
    page = enregistrer(navigateur, commencer(navigateur))
    demande = Demande.objects.get()
    assert (demande.canal, demande.saisie_par_nom, demande.nom) == ("telephone", "Alice Martin", "Jean Petit")
    assert demande.reference in page
    assert "part tout seul à jean.petit@exemple.fr" in page
    code = re.search(r"Code de suivi</dt><dd class=\"reference\">([^<]+)<", page)
    assert code is not None
    assert Evenement.objects.get(demande=demande).phrase().startswith("Alice Martin a saisi la demande")
    assert Envoi.objects.filter(genre="demandes.accuse", destinataire="jean.petit@exemple.fr").exists()
    assert not Brouillon.objects.exists()
    fiche = lu(navigateur.get(f"/demandes/{demande.reference}/"))
    assert "Canal\u00a0: téléphone" in fiche
    assert "Saisie par Alice Martin." in fiche


@pytest.mark.usefixtures("voirie")
def test_a_letter_counts_from_the_day_it_came(alice: Agent, connecte: Connecte) -> None:
    navigateur = connecte(alice)
    jour = timezone.localdate() - timedelta(days=6)
    questions = commencer(
        navigateur,
        canal="courrier",
        recue_le=jour.isoformat(),
        canal_reponse="courrier",
        adresse_postale="3 rue Basse\n91000 Admiville",
    )
    page = enregistrer(navigateur, questions, courriel="jean@exemple.fr")
    demande = Demande.objects.get()
    assert demande.recue_le_jour == jour
    assert demande.adresse_postale.startswith("3 rue Basse")
    assert demande.canal_reponse == "courrier"
    accuse = navigateur.get(f"/saisie/enregistree/{demande.reference}/accuse.pdf")
    assert accuse.content.startswith(b"%PDF")
    assert "part tout seul à jean@exemple.fr" in page
    assert "elle a aussi demandé des lettres" in page
    assert "Vous n’avez rien à envoyer" not in page


@pytest.mark.usefixtures("voirie")
def test_who_has_no_address_gets_a_paper(alice: Agent, connecte: Connecte) -> None:
    demarche = Demarche.objects.get()
    for champ in (champ for etape in demarche.definition["etapes"] for champ in etape["champs"]):
        champ["obligatoire"] = champ.get("obligatoire", True) and champ["nom"] != "courriel"
    demarche.save()
    navigateur = connecte(alice)
    questions = commencer(navigateur, canal_reponse="courrier", adresse_postale="3 rue Basse\n91000 Admiville")
    page = enregistrer(navigateur, questions, courriel="")
    assert "aucun e-mail ne lui est envoyé" in page
    assert "part tout seul" not in page


@pytest.mark.usefixtures("voirie")
@pytest.mark.parametrize(
    ("champs", "mots"),
    [
        ({"canal": ""}, "Dites comment la demande vous arrive."),
        ({"canal": "web"}, "web"),
        ({"recue_le": "2999-01-01"}, "ne peut pas être dans l’avenir"),
        ({"recue_le": ""}, "Indiquez le jour de réception."),
        ({"canal_reponse": "courrier"}, "Écrivez l’adresse où envoyer la réponse."),
        ({"compte": "inconnu@exemple.fr"}, "Aucun compte n’a cette adresse."),
    ],
)
def test_what_is_missing_at_the_start_is_said(
    champs: dict[str, str], mots: str, alice: Agent, connecte: Connecte
) -> None:
    envoi = {"canal": "guichet", "recue_le": timezone.localdate().isoformat(), "canal_reponse": "courriel"} | champs
    reponse = connecte(alice).post(DEPART, envoi)
    assert reponse.status_code == 200
    page = lu(reponse)
    assert "<title>Erreur : " in page
    assert mots in page
    assert not Brouillon.objects.exists()


@pytest.mark.usefixtures("voirie")
def test_wrong_answers_are_kept_and_said_as_on_the_portal(alice: Agent, connecte: Connecte) -> None:
    navigateur = connecte(alice)
    questions = commencer(navigateur)
    page = lu(navigateur.post(questions, REPONSES | {"courriel": "pas une adresse"}))
    assert "<title>Erreur : " in page
    assert "Écrivez une adresse e-mail complète" in page
    assert "3 rue Basse" in page
    assert 'autocomplete="name"' not in page  # the browser would offer the agent's own name
    # What was good is kept: the page opened again still has it.
    assert "Le lampadaire est éteint." in lu(navigateur.get(questions))
    assert navigateur.get(f"{questions}verifier/").status_code == 302
    assert not Demande.objects.exists()


@pytest.mark.usefixtures("voirie")
def test_an_account_finds_the_request_and_not_the_draft(alice: Agent, connecte: Connecte) -> None:
    personne = fabrique.usager()
    navigateur = connecte(alice)
    questions = commencer(navigateur, compte=personne.courriel.upper())
    assert personne.nom in lu(navigateur.get(questions))
    assert not personne.brouillons.exists()  # type: ignore[attr-defined]
    page = enregistrer(navigateur, questions)
    assert Demande.objects.get().usager == personne
    assert "Mes démarches" in page
    assert "Code de suivi" not in page


@pytest.mark.usefixtures("voirie")
def test_nobody_else_opens_what_is_being_typed(alice: Agent, chloe: Agent, bruno: Agent, connecte: Connecte) -> None:
    navigateur = connecte(alice)
    questions = commencer(navigateur)
    for agent in (chloe, bruno):
        autre = connecte(agent)
        assert autre.get(questions).status_code == 404
        assert autre.post(questions, REPONSES).status_code == 404
        assert autre.get(f"{questions}verifier/").status_code == 404
        assert autre.post(f"{questions}abandonner/").status_code == 404
    assert Client().get(questions).status_code == 302
    assert navigateur.post(f"{questions}abandonner/").status_code == 302
    assert not Brouillon.objects.exists()


@pytest.mark.usefixtures("voirie")
def test_a_front_desk_of_another_service_gets_the_acknowledgement_and_nothing_else(
    bruno: Agent, alice: Agent, connecte: Connecte
) -> None:
    navigateur = connecte(bruno)
    page = enregistrer(navigateur, commencer(navigateur))
    demande = Demande.objects.get()
    assert "vous ne pouvez plus l’ouvrir" in page
    assert navigateur.get(f"/saisie/enregistree/{demande.reference}/accuse.pdf").status_code == 200
    assert navigateur.get(f"/demandes/{demande.reference}/").status_code == 404
    assert demande.reference not in lu(navigateur.get("/demandes/?montrer=toutes"))
    # Another foreigner, who typed nothing, gets nothing.
    fanny = fabriques.agent("fanny", "Fanny", "agents", "service-etat-civil")
    for suite in ("", "accuse.pdf"):
        assert connecte(fanny).get(f"/saisie/enregistree/{demande.reference}/{suite}").status_code == 404
    # The agents of the service see the acknowledgement, not the person's tracking code.
    assert "Code de suivi" not in lu(connecte(alice).get(f"/saisie/enregistree/{demande.reference}/"))


@pytest.mark.usefixtures("voirie")
def test_pressed_twice_it_is_one_request(alice: Agent, connecte: Connecte) -> None:
    navigateur = connecte(alice)
    questions = commencer(navigateur)
    enregistrer(navigateur, questions)
    for reponse in (navigateur.post(f"{questions}verifier/"), navigateur.get(questions)):
        assert reponse["Location"].startswith("/saisie/enregistree/")
    assert Demande.objects.count() == 1


@pytest.mark.django_db
def test_every_shipped_procedure_opens_at_the_counter(connecte: Connecte) -> None:
    fabrique.demarche()
    agent = fabriques.agent("zoe", "Zoé", "agents")
    navigateur = connecte(agent)
    slugs = list(Demarche.objects.publiees().values_list("pk", flat=True))
    assert len(slugs) >= 1
    for slug in slugs:
        envoi = {"canal": "guichet", "recue_le": timezone.localdate().isoformat(), "canal_reponse": "courriel"}
        questions = navigateur.post(f"/saisie/{slug}/", envoi)["Location"]
        page = lu(navigateur.get(questions))
        assert "{{" not in page, slug
        vide = lu(navigateur.post(questions, {}))
        assert "Erreur : " in vide, slug
