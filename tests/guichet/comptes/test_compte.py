"""A resident's account: what is kept, what was agreed to, a copy of all of it, and its end."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from guichet.comptes import annuaire as module_annuaire
from guichet.comptes.annuaire import AnnuaireIndisponible
from guichet.comptes.models import Consentement, Usager
from guichet.demandes.models import Brouillon, Demande
from guichet.demarches.models import Demarche
from guichet.mon_compte import services as compte
from guichet.stockage.models import Fichier
from socle.envois.models import Envoi
from socle.envois.services import partir
from socle.typographie.espaces import insecables
from tests.guichet import actes, fabrique
from tests.guichet.comptes.conftest import Annuaire
from tests.guichet.fabrique import ALICE
from tests.guichet.portail.parcours import PAGES, commencer, remplir

pytestmark = pytest.mark.django_db
Connecter = Callable[[Client, Usager], Client]


@pytest.fixture
def zoe(annuaire: Annuaire) -> Usager:
    """Somebody whom the directory knows."""
    module_annuaire.creer_compte(
        uid="zoe", prenom="Zoé", nom="Martin", courriel="zoe@gru.test", mot_de_passe="cheval agrafe pile"
    )
    return fabrique.usager("zoe", "Zoé Martin")


@pytest.fixture
def navigateur(client: Client, zoe: Usager, connecter: Connecter) -> Client:
    return connecter(client, zoe)


PAGES_DU_COMPTE = ["", "nom/", "adresse/", "adresse/jeton/", "coordonnees/", "preferences/", "supprimer/"]


@pytest.mark.parametrize("page", PAGES_DU_COMPTE)
def test_one_signs_in_first(client: Client, page: str) -> None:
    for reponse in (client.get(f"/compte/{page}"), *([client.post(f"/compte/{page}", {})] if page else [])):
        assert reponse.headers["Location"] == f"/connexion/?next=/compte/{page}"


def test_the_name_is_changed_in_the_directory(navigateur: Client, zoe: Usager, annuaire: Annuaire) -> None:
    page = navigateur.get("/compte/nom/").content.decode()
    assert 'value="Zoé"' in page
    assert "Indiquez votre nom." in navigateur.post("/compte/nom/", {"prenom": "Zoé"}).content.decode()
    navigateur.post("/compte/nom/", {"prenom": "", "nom": "Martin"})
    (entree,) = annuaire.entrees("(uid=zoe)")
    assert (entree["cn"], entree["sn"], entree.get("givenName", [])) == (["Martin"], ["Martin"], [])
    navigateur.post("/compte/nom/", {"prenom": "Zoé", "nom": "Martin-Petit"})
    (entree,) = annuaire.entrees("(uid=zoe)")
    assert (entree["cn"], entree["sn"]) == (["Zoé Martin-Petit"], ["Martin-Petit"])
    zoe.refresh_from_db()
    assert zoe.nom == "Zoé Martin-Petit"


def test_an_agent_is_not_renamed_nor_removed_from_here(
    client: Client,
    annuaire: Annuaire,
    connecter: Connecter,
    demarche: Demarche,
) -> None:
    connecter(client, fabrique.usager("alice.martin", "Alice Martin"))
    page = client.get("/compte/nom/", follow=True).content.decode()
    assert "Demandez-lui de le corriger" in page
    client.post("/compte/supprimer/", {"confirmation": "supprimer"})
    assert annuaire.entrees("(uid=alice.martin)")
    assert not Usager.objects.exists()


def test_contact_details_fill_the_forms(navigateur: Client, demarche: Demarche) -> None:
    saisie = {"telephone": "06.12.34.56.78", "adresse": "3 rue du Moulin\n99000 Admiville"}
    navigateur.post("/compte/coordonnees/", saisie)
    base = commencer(navigateur)
    remplir(navigateur, base, "photos")
    page = navigateur.get(f"{base}contact/").content.decode()
    assert 'value="06 12 34 56 78"' in page
    assert 'value="zoe@gru.test"' in page


def test_consent_is_kept_word_for_word_and_can_be_withdrawn(navigateur: Client, zoe: Usager) -> None:
    page = navigateur.get("/compte/preferences/").content.decode()
    assert 'name="avis_numeriques" id="id_avis_numeriques"' in page
    assert page.count("checked") == 1  # the channel; consent is never ticked beforehand
    navigateur.post("/compte/preferences/", {"canal_reponse": "courriel", "avis_numeriques": "on"})
    zoe.refresh_from_db()
    accord = Consentement.objects.get()
    assert accord.texte == compte.TEXTE_AVIS_NUMERIQUES
    assert zoe.avis_numeriques_depuis == accord.donne_le
    navigateur.post("/compte/preferences/", {"canal_reponse": "courriel", "avis_numeriques": "on"})
    assert Consentement.objects.count() == 1
    navigateur.post("/compte/preferences/", {"canal_reponse": "courriel"})
    zoe.refresh_from_db()
    accord.refresh_from_db()
    assert accord.retire_le is not None
    assert zoe.avis_numeriques_depuis is None
    assert "retiré le" in navigateur.get("/compte/preferences/").content.decode()


def test_a_channel_needs_what_it_uses(navigateur: Client, zoe: Usager) -> None:
    page = navigateur.post("/compte/preferences/", {"canal_reponse": "courrier"}).content.decode()
    assert "ajoutez d&#x27;abord votre adresse" in page
    navigateur.post("/compte/coordonnees/", {"adresse": "3 rue du Moulin"})
    navigateur.post("/compte/preferences/", {"canal_reponse": "courrier"})
    zoe.refresh_from_db()
    assert zoe.canal_reponse == "courrier"


def test_the_preferred_channel_is_proposed_when_sending(navigateur: Client, zoe: Usager, demarche: Demarche) -> None:
    Usager.objects.update(adresse="3 rue du Moulin", canal_reponse="courrier")
    base = commencer(navigateur)
    remplir(navigateur, base)
    page = navigateur.get(f"{base}verifier/").content.decode()
    assert 'value="courrier" id="id_canal_reponse_1" checked' in page or 'value="courrier"' in page
    navigateur.post(f"{base}verifier/", {"canal_reponse": "courrier"})
    demande = Demande.objects.get()
    assert (demande.canal_reponse, demande.adresse_postale) == ("courrier", "3 rue du Moulin")


def test_a_copy_of_everything(navigateur: Client, zoe: Usager, demarche: Demarche) -> None:
    base = commencer(navigateur)
    remplir(navigateur, base, photos={"photos": [fabrique.fichier()]})
    navigateur.post(f"{base}verifier/")
    demande = Demande.objects.get()
    actes.noter(demande, ALICE, "Entre agents")
    actes.repondre(demande, ALICE, "C'est fait.")
    navigateur.post(f"{commencer(navigateur)}lieu/", PAGES["lieu"])
    autre = fabrique.deposer(demarche, fabrique.usager("mallory")).demande
    contenu = b"".join(navigateur.get("/mes-demarches/mes-donnees/").streaming_content)  # type: ignore[arg-type]
    archive = zipfile.ZipFile(io.BytesIO(contenu))
    tout = "".join(archive.read(nom).decode("utf-8", "replace") for nom in archive.namelist() if nom.endswith("json"))
    demandes = json.loads(archive.read("demandes.json"))
    assert [d["numero"] for d in demandes] == [demande.reference]
    assert demandes[0]["messages"][0]["texte"] == "C'est fait."
    assert "Entre agents" not in tout
    assert autre.reference not in tout
    assert "_vus" not in tout
    assert json.loads(archive.read("brouillons.json"))[0]["reponses"]["lieu"]["adresse"] == "12 rue des Lilas"
    assert any(nom.endswith("-trou.jpg") for nom in archive.namelist())
    assert json.loads(archive.read("compte.json"))["courriel"] == "zoe@gru.test"


class TestSuppression:
    @pytest.fixture
    def vecu(self, navigateur: Client, zoe: Usager, demarche: Demarche) -> tuple[Demande, Demande]:
        ouverte, close = (fabrique.deposer(demarche, zoe).demande for _ in range(2))
        actes.clore(close, ALICE, "Fini.")
        remplir(navigateur, commencer(navigateur), "photos", photos={"photos": [fabrique.fichier()]})
        return ouverte, close

    def test_what_will_happen_is_said_first(self, navigateur: Client, vecu: tuple[Demande, Demande]) -> None:
        page = navigateur.get("/compte/supprimer/").content.decode()
        assert vecu[0].reference in page
        assert "1 demande terminée" in page
        assert "1 brouillon" in page
        assert Usager.objects.exists()

    @pytest.mark.usefixtures("vecu")
    @pytest.mark.parametrize("mot", ["", "oui", "effacer"])
    def test_the_word_must_be_typed(self, navigateur: Client, mot: str) -> None:
        page = navigateur.post("/compte/supprimer/", {"confirmation": mot}).content.decode()
        assert insecables("Écrivez le mot « supprimer » pour confirmer.") in page
        assert Usager.objects.exists()

    def test_the_account_goes_and_the_requests_stay(
        self, navigateur: Client, vecu: tuple[Demande, Demande], annuaire: Annuaire, mailoutbox: list[Any]
    ) -> None:
        ouverte, close = vecu
        reponse = navigateur.post("/compte/supprimer/", {"confirmation": " Supprimer "})
        assert reponse.status_code == 302
        assert not Usager.objects.exists()
        assert not Brouillon.objects.exists()
        assert not Fichier.objects.exists()  # the draft's photo went with it
        assert not annuaire.entrees("(uid=zoe)")
        for demande in vecu:
            demande.refresh_from_db()
            assert demande.usager is None
        assert (ouverte.courriel, ouverte.nature) == ("camille@exemple.fr", "a_traiter")
        assert navigateur.get("/compte/").headers["Location"].startswith("/connexion/")
        assert "Votre compte est supprimé" in navigateur.get("/demarches/").content.decode()
        # The mail gives the code that opens the request from now on, and leaves no trace.
        envoi = Envoi.objects.get(genre="comptes.depart")
        assert ProcrastinateJob.objects.filter(task_name="envois.partir", args__envoi_id=str(envoi.pk)).count() == 1
        assert partir(envoi.pk)
        (mail,) = mailoutbox
        assert mail.to == ["zoe@gru.test"]
        assert ouverte.reference in mail.body
        assert close.reference not in mail.body
        assert not Envoi.objects.filter(genre="comptes.depart").exists()
        code = mail.body.split("code ")[1].split()[0].strip(" .,;")
        suite = Client().post("/suivi/", {"reference": ouverte.reference, "code": code}).headers["Location"]
        assert suite == f"/mes-demarches/{ouverte.reference}/"

    @pytest.mark.usefixtures("vecu")
    def test_nothing_changes_when_the_directory_does_not_answer(self, navigateur: Client) -> None:
        with patch.object(module_annuaire, "supprimer_compte", side_effect=AnnuaireIndisponible("panne")):
            reponse = navigateur.post("/compte/supprimer/", {"confirmation": "supprimer"})
        assert reponse.status_code == 503
        assert "Rien n&#x27;a changé" in reponse.content.decode()
        assert Usager.objects.exists()
        assert Brouillon.objects.exists()
        assert not Envoi.objects.filter(genre="comptes.depart").exists()

    @pytest.mark.usefixtures("demarche")
    def test_an_identity_from_elsewhere_is_not_looked_for_in_the_directory(
        self,
        client: Client,
        connecter: Connecter,
    ) -> None:
        usager = fabrique.usager("fc-123")
        Usager.objects.update(source="franceconnect")
        connecter(client, usager)
        assert client.get("/compte/nom/").headers["Location"] == "/compte/"
        assert client.post("/compte/supprimer/", {"confirmation": "supprimer"}).status_code == 302
        assert not Usager.objects.exists()
