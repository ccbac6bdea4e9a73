"""What must be true of every page of the portal, fetched as a resident meets it; and what each costs."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import get_resolver

from guichet.comptes import services as comptes
from guichet.comptes.models import Inscription, Usager
from guichet.demandes import services
from guichet.demarches.models import Demarche
from guichet.mon_compte import adresse as adresse_du_compte
from tests import garde_pages
from tests.garde_pages import INDEFINIE, Lecteur
from tests.guichet import actes as agir
from tests.guichet import fabrique
from tests.guichet.fabrique import ALICE
from tests.guichet.portail import complete
from tests.guichet.portail.parcours import PAGES, commencer, remplir

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _variables_indefinies(settings: Any) -> None:
    """An undefined variable of a template shows instead of vanishing."""
    gabarits = [{**settings.TEMPLATES[0]}]
    gabarits[0]["OPTIONS"] = {**gabarits[0]["OPTIONS"], "string_if_invalid": INDEFINIE}
    settings.TEMPLATES = gabarits


def garder(page: str, adresse: str) -> Lecteur:
    permises = (
        *("https://connexion.gru.test/", "https://ecoute.gru.test/avis/", "https://www.service-public.gouv.fr/"),
        "https://supervision.gru.test/services",
    )
    return garde_pages.garder(page, adresse, permises=permises)


@pytest.fixture
def adresses(
    client: Client, demarche: Demarche, camille: Usager, connecter: Callable[[Client, Usager], Client]
) -> dict[str, tuple[Client, str]]:
    """Every address that shows a page, by the name of its route, with the browser that may see it."""
    connecter(client, camille)
    demande = fabrique.deposer(demarche, camille).demande
    agir.demander_complement(demande, ALICE, "De quel côté ?")
    base = commencer(client)
    remplir(client, base, photos={"photos": [fabrique.fichier()]})
    (manque,) = [fabrique.deposer(demarche, camille).demande]
    services.executer(
        manque,
        ALICE,
        "demander_complement",
        services.Saisie(
            texte="Il manque deux choses.",
            pieces=(services.DemandeDePiece("Photo de loin", "Pour reconnaître la rue."),),
            corrections=("lieu", "probleme"),
        ),
    )
    complete.demarche_complete()
    groupe = complete.commencer(client)
    complete.remplir(client, groupe, "lieu")
    anonyme = Client()
    garde = commencer(anonyme)
    anonyme.post(f"{garde}lieu/", {"lieu": "12 rue des Lilas", "enregistrer": "1"})
    prudent = Client()
    danger = prudent.get("/demarches/signaler-un-arbre-ou-un-espace-vert/remplir/").headers["Location"]
    prudent.post(danger, {"probleme": "arbre"})
    danger = danger.replace("/probleme/", "/danger/")
    prudent.post(danger, {"danger": "oui"})
    inconnu = Client()
    session: Any = inconnu.session
    session["inscription_courriel"] = "zoe@exemple.fr"
    session.save()
    inconnu.cookies["portail_session"] = session.session_key
    inscription = Inscription.objects.create(uid="a" * 32, prenom="Zoé", nom="M", courriel="zoe@exemple.fr")
    lien = comptes.lien(inscription).removeprefix("https://portail.gru.test")
    return {
        "portail:demarches": (client, "/demarches/?q=rue"),
        "portail:demarche": (client, f"/demarches/{demarche.pk}/"),
        "portail:orientation": (client, "/orientation/pacs/"),
        "portail:verifier": (client, f"{base}verifier/"),
        **{f"portail:etape#{nom}": (client, f"{base}{nom}/") for nom in PAGES},
        **{
            f"portail:etape#complete-{nom}": (client, f"{groupe}{nom}/")
            for nom in ("organisateur", "evenement", "enfants", "lieu", "pieces", "contact")
        },
        "portail:attention": (prudent, f"{danger}attention/"),
        "portail:element": (client, f"{groupe}enfants/enfants/2/"),
        "portail:enregistrer": (anonyme, f"{garde}enregistrer/"),
        "portail:reprendre": (inconnu, "/reprendre/"),
        "portail:envoyee": (client, f"/demandes/envoyee/{demande.reference}/"),
        "portail:mes_demarches": (client, "/mes-demarches/"),
        "portail:mes_demarches#sans-compte": (inconnu, "/mes-demarches/"),
        "portail:demande": (client, f"/mes-demarches/{demande.reference}/"),
        "portail:completer": (client, f"/mes-demarches/{manque.reference}/completer/"),
        "portail:retirer": (client, f"/mes-demarches/{manque.reference}/retirer/"),
        "portail:joindre": (client, f"/mes-demarches/{manque.reference}/joindre/"),
        "portail:messages": (client, "/mes-demarches/messages/"),
        "portail:documents": (client, "/mes-demarches/documents/"),
        "portail:suivi": (inconnu, "/suivi/?reference=x"),
        "portail:fini": (anonyme, "/fini/"),
        "portail:fini#rien": (inconnu, "/fini/"),
        "comptes:profil": (client, "/compte/"),
        "comptes:adresse": (client, "/compte/adresse/"),
        "comptes:adresse_confirmer": (client, urlsplit(adresse_du_compte.lien(camille, "camille@nouvelle.test")).path),
        "comptes:coordonnees": (client, "/compte/coordonnees/"),
        "comptes:preferences": (client, "/compte/preferences/"),
        "comptes:supprimer": (client, "/compte/supprimer/"),
        "comptes:inscription": (inconnu, "/compte/inscription/"),
        "comptes:inscription_envoyee": (inconnu, "/compte/inscription/envoyee/"),
        "comptes:inscription_terminee": (inconnu, "/compte/inscription/terminee/"),
        "comptes:choisir_mot_de_passe": (inconnu, lien),
        "comptes:choisir_mot_de_passe#usage": (inconnu, "/compte/inscription/x/"),
    }


SANS_PAGE = {
    "portail:commencer",
    "portail:abandonner",
    "portail:rattacher",
    "portail:reprendre_demande",
    "portail:code_reprise",
    "portail:fichier_brouillon",
    "portail:piece",
    "portail:accuse_pdf",
    "portail:attestation_pdf",
    "portail:mes_donnees",
    "portail:prolonger",
    "comptes:nom",  # asks the directory: tests/guichet/comptes
}


def test_every_page_of_the_portal(adresses: dict[str, tuple[Client, str]]) -> None:
    titres: dict[str, str] = {}
    for nom, (client, adresse) in adresses.items():
        reponse = client.get(adresse)
        assert reponse.status_code in {200, 410}, (nom, reponse.status_code)
        assert "unsafe" not in reponse["Content-Security-Policy"]
        titres[nom] = garder(reponse.content.decode(), adresse).titre
    titres.pop("portail:mes_demarches#sans-compte")  # the same page, before signing in
    assert len(set(titres.values())) == len(titres), titres


def test_every_form_with_all_its_errors(adresses: dict[str, tuple[Client, str]], client: Client) -> None:
    for nom in ("portail:etape#lieu", "portail:etape#probleme", "portail:etape#description", "portail:suivi",
                "portail:demande", "portail:reprendre", "portail:enregistrer", "portail:completer",
                "portail:etape#complete-organisateur", "portail:etape#complete-evenement", "portail:element",
                "portail:etape#complete-pieces", "portail:etape#complete-contact", "comptes:supprimer",
                "comptes:preferences", "comptes:inscription", "comptes:choisir_mot_de_passe"):  # fmt: skip
        navigateur, adresse = adresses[nom]
        faux = {"canal_reponse": "courrier"} if nom == "comptes:preferences" else {}
        page = navigateur.post(adresse, faux).content.decode()
        lu = garder(page, adresse)
        assert lu.titre.startswith("Erreur : "), nom
        for ancre in re.findall(r'<li><a href="#([^"]+)">', page):
            assert ancre in lu.ids, (nom, ancre)


def test_no_route_escapes_the_guard(adresses: dict[str, tuple[Client, str]]) -> None:
    routes = {
        f"{resolveur.namespace}:{motif.name}"
        for resolveur in get_resolver().url_patterns
        if getattr(resolveur, "namespace", None) in {"portail", "comptes"}
        for motif in resolveur.url_patterns
    }
    assert routes == {nom.split("#")[0] for nom in adresses} | SANS_PAGE


# Session, account, then what the page reads. Kept by hand: a change of figure is a decision.
COUTS = {
    "portail:demarches": 4,
    "portail:orientation": 4,
    "portail:demarche": 4,
    "portail:etape#lieu": 4,
    "portail:verifier": 4,
    "portail:envoyee": 6,
    "portail:mes_demarches": 6,
    "portail:messages": 5,
    "portail:documents": 5,
    "portail:demande": 11,
    "portail:completer": 4,
    "comptes:profil": 2,
    "comptes:supprimer": 4,
}


@pytest.mark.parametrize("nom", COUTS)
def test_queries_of_each_page(
    adresses: dict[str, tuple[Client, str]], django_assert_num_queries: Any, nom: str
) -> None:
    client, adresse = adresses[nom]
    with django_assert_num_queries(COUTS[nom]):
        client.get(adresse)


def test_the_list_costs_the_same_for_one_and_for_many(
    adresses: dict[str, tuple[Client, str]], demarche: Demarche, camille: Usager, django_assert_num_queries: Any
) -> None:
    client, adresse = adresses["portail:mes_demarches"]
    for _ in range(30):
        fabrique.deposer(demarche, camille)
    with django_assert_num_queries(COUTS["portail:mes_demarches"]):
        page = client.get(adresse).content.decode()
    assert page.count('class="entete-carte"') == 20 + 2  # and the drafts
    assert "Demandes plus anciennes" in page


def test_the_history_costs_the_same_for_one_and_for_many(
    adresses: dict[str, tuple[Client, str]], camille: Usager, django_assert_num_queries: Any
) -> None:
    client, adresse = adresses["portail:demande"]
    demande = camille.demandes.earliest("recue_le")
    for rang in range(20):
        agir.repondre(demande, ALICE, f"Réponse {rang}")
    with django_assert_num_queries(COUTS["portail:demande"]):
        client.get(adresse)


def test_pages_with_what_a_person_said_are_not_kept_by_caches(adresses: dict[str, tuple[Client, str]]) -> None:
    for nom in ("portail:etape#lieu", "portail:verifier", "portail:envoyee", "portail:demande",
                "portail:mes_demarches", "comptes:profil", "comptes:choisir_mot_de_passe"):  # fmt: skip
        client, adresse = adresses[nom]
        assert "no-store" in client.get(adresse)["Cache-Control"], nom


def test_markup_typed_by_a_person_stays_text(client: Client, demarche: Demarche) -> None:
    base = commencer(client)
    remplir(client, base, lieu={"lieu": "<script>alert(1)</script>"}, description={"description": "<b>gras</b>"})
    page = client.get(f"{base}verifier/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;b&gt;gras&lt;/b&gt;" in page
    assert "&lt;script&gt;" in client.get("/demarches/?q=<script>").content.decode()
