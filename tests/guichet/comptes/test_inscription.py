"""Sign-up, from the form to the directory, on a real directory."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from guichet.comptes import annuaire as module_annuaire
from guichet.comptes import courriels, services
from guichet.comptes.annuaire import AnnuaireIndisponible
from guichet.comptes.models import Inscription, Usager
from socle.envois import plafonds
from socle.envois.models import Envoi
from socle.envois.services import partir
from tests.guichet import fabrique
from tests.guichet.comptes.conftest import Annuaire

pytestmark = pytest.mark.django_db
MOT_DE_PASSE = "cheval agrafe pile correcte"
SAISIE = {"prenom": "Zoé", "nom": "Martin", "courriel": "Zoe.Martin@exemple.fr"}
URL = "/compte/inscription/"


def lien(mailoutbox: list[Any]) -> str:
    partir(Envoi.objects.latest("cree_le").pk)
    trouve = re.search(r"https://portail\.gru\.test(/compte/inscription/\S+/)", mailoutbox[-1].body)
    assert trouve is not None
    return trouve[1]


def choisir(client: Client, adresse: str, mot_de_passe: str = MOT_DE_PASSE, encore: str | None = None) -> Any:
    return client.post(adresse, {"mot_de_passe": mot_de_passe, "confirmation": encore or mot_de_passe})


def test_whole_sign_up(client: Client, annuaire: Annuaire, mailoutbox: list[Any]) -> None:
    reponse = client.post(URL, SAISIE, follow=True)
    assert "zoe.martin@exemple.fr" in reponse.content.decode().lower()
    assert not annuaire.entrees("(mail=zoe.martin@exemple.fr)")  # nothing is written before the address is proven
    adresse = lien(mailoutbox)
    assert mailoutbox[0].subject == "Admiville – Votre compte : choisissez votre mot de passe"
    assert MOT_DE_PASSE not in mailoutbox[0].body
    page = client.get(adresse)
    assert page["Referrer-Policy"] == "same-origin"
    assert not annuaire.entrees("(mail=zoe.martin@exemple.fr)")  # opening the link is not using it
    assert choisir(client, adresse).status_code == 302
    (entree,) = annuaire.entrees("(mail=zoe.martin@exemple.fr)")
    assert re.fullmatch(r"uid=[0-9a-f]{32},ou=usagers,dc=gru,dc=test", entree["dn"])
    assert (entree["cn"], entree["sn"], entree["givenName"]) == (["Zoé Martin"], ["Martin"], ["Zoé"])
    assert MOT_DE_PASSE.encode() not in entree["userPassword"][0]
    assert annuaire.accepte(entree["dn"], MOT_DE_PASSE)
    assert not Usager.objects.exists()  # a resident is known here at the first sign-in only


@pytest.mark.parametrize("nom", ["Suharto", "d'Épinay de La Tour", "Ó", "x" * 100])
def test_one_name_is_enough(client: Client, annuaire: Annuaire, mailoutbox: list[Any], nom: str) -> None:
    """Some people have one name only; French papers then say « SP », sans prénom."""
    assert client.post(URL, SAISIE | {"prenom": "", "nom": nom}).status_code == 302
    adresse = lien(mailoutbox)
    assert "Bonjour." in client.get(adresse).content.decode()
    assert "Bonjour ." not in str(mailoutbox[-1].message())
    assert choisir(client, adresse).status_code == 302
    (entree,) = annuaire.entrees("(mail=zoe.martin@exemple.fr)")
    assert (entree["cn"], entree["sn"]) == ([nom], [nom])
    assert not entree.get("givenName")
    assert module_annuaire.identite(entree["uid"][0]) == ("", nom)
    module_annuaire.renommer(entree["uid"][0], prenom="Zoé", nom=nom)
    assert module_annuaire.identite(entree["uid"][0]) == ("Zoé", nom)
    module_annuaire.renommer(entree["uid"][0], prenom="", nom="Autre")
    assert module_annuaire.identite(entree["uid"][0]) == ("", "Autre")


@pytest.mark.parametrize("prenom", [".", "-", "3"])
def test_a_dot_is_no_name(client: Client, annuaire: Annuaire, prenom: str) -> None:
    assert "Écrivez un nom" in client.post(URL, SAISIE | {"prenom": prenom}).content.decode()
    assert not Envoi.objects.exists()


def test_the_link_works_once(client: Client, annuaire: Annuaire, mailoutbox: list[Any]) -> None:
    client.post(URL, SAISIE)
    adresse = lien(mailoutbox)
    choisir(client, adresse)
    for reponse in (client.get(adresse), choisir(client, adresse, "un autre mot de passe")):
        assert reponse.status_code == 410
        assert "Ce lien ne marche plus" in reponse.content.decode()
    (entree,) = annuaire.entrees("(mail=zoe.martin@exemple.fr)")
    assert annuaire.accepte(entree["dn"], MOT_DE_PASSE)


def test_the_link_works_for_a_day(client: Client, annuaire: Annuaire, mailoutbox: list[Any]) -> None:
    client.post(URL, SAISIE)
    adresse = lien(mailoutbox)
    Inscription.objects.update(creee_le=timezone.now() - timedelta(hours=23, minutes=59))
    assert client.get(adresse).status_code == 200
    Inscription.objects.update(creee_le=timezone.now() - timedelta(hours=24, seconds=1))
    assert client.get(adresse).status_code == 410


@pytest.mark.parametrize("jeton", ["x", "a:b:c", "IjEyMyI:1tAbcd:zzzz"])
def test_a_forged_link_opens_nothing(client: Client, jeton: str) -> None:
    assert client.get(f"{URL}{jeton}/").status_code == 410


def test_the_link_is_forgotten_once_mailed(client: Client, annuaire: Annuaire, mailoutbox: list[Any]) -> None:
    client.post(URL, SAISIE)
    envoi = Envoi.objects.get()
    assert envoi.contexte["lien"]
    assert envoi.contexte["lien"] not in str(list(ProcrastinateJob.objects.values_list("args", flat=True)))
    assert partir(envoi.pk)
    assert not partir(envoi.pk)
    assert not Envoi.objects.exists()
    assert Inscription.objects.get().lien_a_envoyer == ""
    assert len(mailoutbox) == 1


@pytest.mark.parametrize("adresse", ["alice.martin@gru.test", "ALICE.martin@gru.test"])
def test_no_page_tells_whether_an_address_is_known(annuaire: Annuaire, mailoutbox: list[Any], adresse: str) -> None:
    pages = []
    for courriel in (adresse, "inconnue@exemple.fr"):
        client = Client()
        reponse = client.post(URL, {**SAISIE, "courriel": courriel}, follow=True)
        pages.append((reponse.redirect_chain, re.sub(re.escape(courriel), "X", reponse.content.decode())))
    assert pages[0] == pages[1]
    connue = Inscription.objects.get(deja_inscrit=True)
    partir(Envoi.objects.get(objet=f"inscription:{connue.pk}").pk)
    assert mailoutbox[0].subject == "Admiville – Vous avez déjà un compte"
    assert "/compte/inscription/" not in mailoutbox[0].body
    assert connue.lien_a_envoyer == ""


def test_an_agents_address_cannot_be_taken(client: Client, annuaire: Annuaire) -> None:
    """The address was free when the link left; the directory itself refuses the second entry."""
    inscription = Inscription.objects.create(uid="f" * 32, prenom="A", nom="M", courriel="alice.martin@gru.test")
    adresse = services.lien(inscription).removeprefix("https://portail.gru.test")
    assert choisir(client, adresse).status_code == 410
    assert [e["uid"] for e in annuaire.entrees("(mail=alice.martin@gru.test)")] == [["alice.martin"]]


def test_an_answer_that_got_lost_can_be_done_again(client: Client, annuaire: Annuaire, mailoutbox: list[Any]) -> None:
    client.post(URL, SAISIE)
    adresse = lien(mailoutbox)
    choisir(client, adresse, "le premier mot de passe")
    Inscription.objects.update(utilisee_le=None)  # as if the process had died before its commit
    assert choisir(client, adresse).status_code == 302
    (entree,) = annuaire.entrees("(mail=zoe.martin@exemple.fr)")
    assert annuaire.accepte(entree["dn"], MOT_DE_PASSE)


def test_words_cannot_change_the_search(annuaire: Annuaire) -> None:
    assert not module_annuaire.adresse_connue("*")
    assert not module_annuaire.adresse_connue("x)(uid=alice.martin")
    assert module_annuaire.adresse_connue("alice.martin@gru.test")


def test_one_address_is_not_flooded(client: Client, annuaire: Annuaire) -> None:
    """PWD-04, M6: and the person who types is told, in the same words whether or not an account exists."""
    reponses = [client.post(URL, SAISIE) for _ in range(5)]
    assert [r.status_code for r in reponses] == [302, 302, 302, 429, 429]
    assert "a déjà reçu plusieurs messages" in reponses[-1].content.decode()
    assert Inscription.objects.count() == Envoi.objects.count() == plafonds.PAR_HEURE


@pytest.mark.parametrize(
    ("mot_de_passe", "dit"),
    [
        ("court", "Choisissez un mot de passe d&#x27;au moins 12 caractères."),
        ("123456789012345", "Ajoutez au moins une lettre"),
        ("zoe.martin@exemple.fr", "qui ne ressemble ni à votre nom ni à votre e-mail"),
        ("qwertyuiop123456", ""),
        ("", "Choisissez un mot de passe."),
    ],
)
def test_a_poor_password_is_refused_with_what_to_do(
    client: Client, annuaire: Annuaire, mailoutbox: list[Any], mot_de_passe: str, dit: str
) -> None:
    client.post(URL, SAISIE)
    reponse = choisir(client, lien(mailoutbox), mot_de_passe)
    if not dit:
        assert reponse.status_code == 302
        return
    page = reponse.content.decode()
    assert dit in page
    assert mot_de_passe == "" or f'value="{mot_de_passe}"' not in page.replace('value="zoe.martin@exemple.fr" auto', "")
    assert not annuaire.entrees("(mail=zoe.martin@exemple.fr)")


def test_two_different_passwords_are_refused(client: Client, annuaire: Annuaire, mailoutbox: list[Any]) -> None:
    client.post(URL, SAISIE)
    reponse = choisir(client, lien(mailoutbox), MOT_DE_PASSE, "cheval agrafe pile correct")
    assert "Écrivez deux fois le même mot de passe." in reponse.content.decode()


def test_a_directory_that_is_down_is_said_and_loses_nothing(client: Client, annuaire: Annuaire, settings: Any) -> None:
    inscription = Inscription.objects.create(uid="e" * 32, prenom="Zoé", nom="Martin", courriel="z@exemple.fr")
    adresse = services.lien(inscription).removeprefix("https://portail.gru.test")
    vrai, settings.GUICHET_LDAP = settings.GUICHET_LDAP, {**settings.GUICHET_LDAP, "url": "ldaps://127.0.0.1:1"}
    reponse = client.post(URL, SAISIE)
    assert reponse.status_code == 503
    assert "Vous pouvez faire vos démarches sans compte" in reponse.content.decode()
    assert 'value="Zoé"' in reponse.content.decode()
    assert choisir(client, adresse).status_code == 503
    settings.GUICHET_LDAP = vrai
    assert choisir(client, adresse).status_code == 302


def test_a_certificate_we_do_not_know_is_refused(annuaire: Annuaire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/etc/ssl/certs/ca-certificates.crt")
    with pytest.raises(AnnuaireIndisponible):
        module_annuaire.adresse_connue("alice.martin@gru.test")


def test_old_sign_ups_are_forgotten() -> None:
    for jours in (0, 1, 3):
        Inscription.objects.create(
            uid=f"{jours}" * 32, prenom="Z", nom="M", courriel="z@exemple.fr",
            creee_le=timezone.now() - timedelta(days=jours),
        )  # fmt: skip
    assert services.purger_inscriptions() == 1
    assert Inscription.objects.count() == 2


def test_a_link_that_is_too_old_is_not_mailed(mailoutbox: list[Any]) -> None:
    vieille = Inscription.objects.create(
        uid="d" * 32, prenom="Z", nom="M", courriel="z@exemple.fr", creee_le=timezone.now() - timedelta(days=2)
    )
    courriels.confier_inscription(vieille, services.lien(vieille))
    assert not partir(Envoi.objects.get().pk)
    assert mailoutbox == []
    assert not Envoi.objects.exists()


def test_profile_is_for_who_is_signed_in(client: Client) -> None:
    assert client.get("/compte/").headers["Location"] == "/connexion/?next=/compte/"
    camille = fabrique.usager()
    session = client.session
    session["usager_id"] = str(camille.pk)
    session.save()
    client.cookies["portail_session"] = session.session_key
    page = client.get("/compte/").content.decode()
    assert "Camille Durand" in page
    assert "camille@gru.test" in page
    assert 'href="https://connexion.gru.test/"' in page
    with patch.object(services, "demander_inscription") as demander:
        assert client.post(URL, SAISIE).headers["Location"] == "/compte/"
    demander.assert_not_called()


def test_no_word_of_a_stranger_is_in_the_mail_of_a_sign_up(
    client: Client, annuaire: Annuaire, mailoutbox: list[Any]
) -> None:
    """M7: « Bonjour Compte bloqué, réglez 35 € sur https://… » went from the town to any address."""
    piege = "Compte bloqué, réglez 35 € sur https://evil.example/amende avant ce soir"
    for faux in ({"prenom": piege}, {"nom": piege}):
        reponse = client.post(URL, SAISIE | faux)
        assert "Écrivez un nom sans chiffre" in reponse.content.decode()
    assert not Envoi.objects.exists()
    client.post(URL, SAISIE | {"prenom": "Appelez vite votre conseiller", "nom": "Compte bloqué"})
    lien(mailoutbox)
    ecrit = str(mailoutbox[0].message())
    assert "conseiller" not in ecrit
    assert "bloqu" not in ecrit
