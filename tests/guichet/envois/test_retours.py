"""A mail that comes back is brought to the request it concerns, and to nothing else."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from guichet.comptes.models import Usager
from guichet.demandes.models import Demande
from guichet.instruction.fiche import fiche_de
from socle.envois import retours, services
from socle.envois.models import Compte, Envoi
from socle.envois.retours import Avis, AvisIllisible, JetonFaux
from tests.guichet import envois, fabrique, site_agents
from tests.guichet.instruction import fabriques
from tests.smtp import MailServer

AVIS = Path(__file__).parent / "avis"
CLE = "clé-partagée-avec-le-courrier"
UN = uuid.UUID("6d3d1f2e-1111-4222-8333-abcdefabcdef")


# --- What servers say -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fichier", "avis", "raison"),
    [
        ("postfix-inconnu", Avis("5.1.1", True), "l'adresse n'existe pas"),
        ("exchange-plein", Avis("5.2.2", True), "la boîte est pleine"),
        ("postfix-retard", Avis("4.4.1", False), "n'a pas répondu pendant plusieurs jours"),
        ("postfix-expire", Avis("4.4.1", True), "n'a pas répondu pendant plusieurs jours"),
    ],
)
def test_a_notice_says_why_and_whether_it_is_over(fichier: str, avis: Avis, raison: str) -> None:
    lu = retours.lire((AVIS / f"{fichier}.eml").read_bytes())
    assert lu == avis
    assert raison in avis.raison


@pytest.mark.parametrize("fichier", ["reponse-automatique", "accuse-de-lecture"])
def test_an_automatic_answer_is_no_return(fichier: str) -> None:
    assert retours.lire((AVIS / f"{fichier}.eml").read_bytes()) is None


@pytest.mark.parametrize(
    "octets",
    [
        (AVIS / "sans-rapport.eml").read_bytes(),
        b"",
        b"\xff\xfe\x00",
        (AVIS / "postfix-inconnu.eml").read_bytes().replace(b"Action: failed", b"Rien: dit"),
        (AVIS / "postfix-inconnu.eml").read_bytes()[:600],
    ],
)
def test_what_cannot_be_read_is_not_guessed(octets: bytes) -> None:
    with pytest.raises(AvisIllisible):
        retours.lire(octets)


def test_every_code_has_words() -> None:
    for statut in ("5.0.0", "5.1.9", "5.3.0", "5.5.2", "5.6.1", "5.7.26", "4.2.2", "5.999.999"):
        assert Avis(statut, True).raison


# --- Addresses ------------------------------------------------------------------------------------


def test_an_address_leads_back_to_its_message_and_fits() -> None:
    adresse = retours.adresse(UN, site="consultation", cle=CLE, domaine="retours.gru.test")
    avant, _, jeton = adresse.partition("@")[0].partition("-")
    assert (avant, len(adresse.partition("@")[0]) <= 64) == ("retours+consultation", True)
    assert retours.identifiant_du(jeton.upper(), site="consultation", cle=CLE) == UN


@pytest.mark.parametrize(
    "forge",
    [
        lambda jeton: jeton[:-1] + ("a" if jeton[-1] != "a" else "b"),
        lambda jeton: ("a" if jeton[0] != "a" else "b") + jeton[1:],
        lambda jeton: jeton[:-1],
        lambda _: "1" * 42,
        lambda _: "",
        lambda _: retours.jeton(UN, site="consultation", cle=CLE),
        lambda _: retours.jeton(UN, site="guichet", cle="autre"),
    ],
)
def test_a_forged_token_is_refused(forge: Any) -> None:
    jeton = retours.jeton(UN, site="guichet", cle=CLE)
    with pytest.raises(JetonFaux):
        retours.identifiant_du(forge(jeton), site="guichet", cle=CLE)


# --- From the server's refusal to the agent's page ------------------------------------------------


@pytest.fixture
def revenants(settings: Any) -> None:
    """The platform reads what comes back."""
    settings.RETOURS_DOMAINE, settings.RETOURS_CLE, settings.RETOURS_SITE = "retours.gru.test", CLE, "guichet"


@pytest.fixture
def agents(settings: Any, revenants: None) -> Client:
    """The mail server, before the agents' site."""
    site_agents.prendre(settings)
    return Client()


def rendre(client: Client, envoi: uuid.UUID, fichier: str, *, jeton: str = "", cle: str = CLE) -> int:
    """Hand over a notice as the mail server does; the answer's status."""
    jeton = jeton or retours.jeton(envoi, site="guichet", cle=CLE)
    octets = (AVIS / f"{fichier}.eml").read_bytes()
    reponse = client.post(
        f"/envois/retours/{jeton}/", octets, content_type="message/rfc822", headers={"Authorization": f"Bearer {cle}"}
    )
    return reponse.status_code


def accuse(usager: Usager | None = None) -> tuple[Demande, Envoi]:
    """A request filed, whose acknowledgement left."""
    auteur = usager or fabrique.usager("sacha", "Sacha Petit")
    demande = fabrique.deposer(fabrique.demarche(), auteur).demande
    envoi = envois.envoi("accuse", demande)
    assert services.partir(envoi.pk)
    return demande, envoi


@pytest.mark.django_db
def test_each_mail_leaves_under_an_address_of_its_own(serveur: MailServer, revenants: None) -> None:
    _, envoi = accuse()
    assert serveur.senders == [
        retours.adresse(envoi.pk, site="guichet", cle=CLE, domaine="retours.gru.test"),
    ]
    assert serveur.mails[0]["From"].addresses[0].addr_spec == "ne-pas-repondre@gru.test"


@pytest.mark.django_db
def test_the_agent_reads_on_the_request_that_a_mail_came_back(agents: Client) -> None:
    demande, envoi = accuse()
    assert rendre(agents, envoi.pk, "postfix-inconnu") == 204
    assert rendre(agents, envoi.pk, "postfix-inconnu") == 204  # servers may tell twice
    agent = fabriques.agent("alice.martin", "Alice Martin", "agents", "service-voirie")
    fiche = fiche_de(Demande.objects.pour_page().get(pk=demande.pk), agent, [demande.service])
    lignes = [ligne.phrase for ligne in fiche.historique if ligne.evenement.code == "courriel_revenu"]
    assert len(lignes) == 1
    assert lignes[0].endswith("n'a pas pu être remis : l'adresse n'existe pas.")
    assert any("Prévenez l’usager autrement" in consigne for consigne in fiche.consignes)
    assert Compte.objects.get(canal="courriel").retours == 1
    assert Envoi.objects.get(pk=envoi.pk).retour == "5.1.1"


@pytest.mark.django_db
def test_the_account_says_that_its_address_is_no_good_until_it_is_another(agents: Client) -> None:
    usager = fabrique.usager()
    usager.courriel = fabrique.REPONSES["courriel"]
    usager.save()
    _, envoi = accuse(usager)
    rendre(agents, envoi.pk, "exchange-plein")
    usager.refresh_from_db()
    assert usager.injoignable
    usager.courriel = "neuve@exemple.fr"
    assert not usager.injoignable


@pytest.mark.django_db
@pytest.mark.parametrize("fichier", ["postfix-retard", "reponse-automatique", "accuse-de-lecture"])
def test_what_is_no_failure_changes_nothing(agents: Client, fichier: str) -> None:
    demande, envoi = accuse()
    assert rendre(agents, envoi.pk, fichier) == 204
    assert not demande.evenements.filter(code="courriel_revenu").exists()
    assert Envoi.objects.get(pk=envoi.pk).retour_le is None


@pytest.mark.django_db
def test_what_concerns_no_message_is_left_to_operators(agents: Client) -> None:
    """404: the mail server keeps it."""
    demande, envoi = accuse()
    assert rendre(agents, UN, "postfix-inconnu") == 404
    assert rendre(agents, envoi.pk, "sans-rapport") == 404
    assert not demande.evenements.filter(code="courriel_revenu").exists()


@pytest.mark.django_db
def test_who_is_not_the_mail_server_finds_nothing(agents: Client, settings: Any) -> None:
    demande, envoi = accuse()
    assert rendre(agents, envoi.pk, "postfix-inconnu", cle="autre") == 404
    assert rendre(agents, envoi.pk, "postfix-inconnu", jeton="a" * 42) == 403
    jeton = retours.jeton(envoi.pk, site="guichet", cle="")
    settings.RETOURS_CLE = ""
    assert rendre(agents, envoi.pk, "postfix-inconnu", jeton=jeton, cle="") == 404
    assert not demande.evenements.filter(code="courriel_revenu").exists()
