"""Who may open what: every route of the team, every role. A new route that is not here fails."""

from __future__ import annotations

import re
from collections.abc import Callable
from http import HTTPStatus

import pytest
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter, SlugConverter, StringConverter

from consultation.ecoute.equipe.models import Membre, Role
from tests.consultation.ecoute import fabrique

pytestmark = pytest.mark.django_db

TOUS = frozenset(Role)
PREPARER = frozenset({Role.RESPONSABLE, Role.EQUIPE})
LIRE = PREPARER | {Role.DPO}
SAISIR = PREPARER | {Role.ACCUEIL}
GERER = frozenset({Role.RESPONSABLE})

ROUTES: dict[str, frozenset[Role]] = {
    "accueil": TOUS,
    "aide": TOUS,
    "equipe:moi": TOUS,
    "journal": LIRE,
    "recherche": LIRE,
    "equipe:commune": GERER,
    "equipe:comptes": GERER,
    "equipe:nouveau_compte": GERER,
    "equipe:modifier_compte": GERER,
    "dossiers:liste": LIRE,
    "dossiers:dossier": LIRE,
    "dossiers:conformite": LIRE,
    "dossiers:conformite_pdf": LIRE,
    "dossiers:population": LIRE,
    "dossiers:nouveau": PREPARER,
    "dossiers:modifier": PREPARER,
    "dossiers:publier": PREPARER,
    "dossiers:prolonger": PREPARER,
    "dossiers:avancer": PREPARER,
    "dossiers:nouveau_critere": PREPARER,
    "dossiers:critere": PREPARER,
    "dossiers:importer_population": PREPARER,
    "donnees:accueil": LIRE,
    "donnees:registre": LIRE,
    "donnees:registre_dossier": LIRE,
    "donnees:conservation": LIRE,
    "donnees:approuver": LIRE,
    "donnees:visa": LIRE,
    "donnees:verser": LIRE,
    "donnees:personne": LIRE,
    "donnees:effacer": LIRE,
    "donnees:fiche": PREPARER,
    "contributions:liste": LIRE,
    "contributions:avis": LIRE,
    "contributions:ensemble": PREPARER,
    "contributions:ecarter": PREPARER,
    "contributions:retablir": PREPARER,
    "contributions:importer": PREPARER,
    "contributions:contacts": PREPARER,
    "contributions:bulletins": SAISIR,
    "boite:liste": PREPARER,
    "boite:deposer": PREPARER,
    "boite:relever": PREPARER,
    "boite:relire": PREPARER,
    "satisfaction:demarches": TOUS,
    "satisfaction:resultats": LIRE,
    "satisfaction:exporter": LIRE,
    "satisfaction:suivre": LIRE,
    "satisfaction:ecartees": LIRE,
    "satisfaction:nouvelle": PREPARER,
    "satisfaction:modifier": PREPARER,
    "satisfaction:ecarter": PREPARER,
    "satisfaction:retablir": PREPARER,
    "satisfaction:reprendre": PREPARER,
    "satisfaction:saisir": SAISIR,
    "satisfaction:papier": SAISIR,
    "choisir": SAISIR,
    "saisir": SAISIR,
    "ateliers:plan": TOUS,
    "ateliers:atelier": TOUS,
    "ateliers:deroule": TOUS,
    "ateliers:du_dossier": LIRE,
    "ateliers:nouveau": PREPARER,
    "ateliers:modifier": PREPARER,
    "ateliers:ajouter": PREPARER,
    "ateliers:inviter": PREPARER,
    "ateliers:relancer": PREPARER,
    "ateliers:lettres": PREPARER,
    "ateliers:modele": PREPARER,
    "ateliers:moment": PREPARER,
    "ateliers:tenir": PREPARER,
    "ateliers:annuler": PREPARER,
    "ateliers:feuilles": SAISIR,
    "ateliers:presences": SAISIR,
    "ateliers:pointer": SAISIR,
    "ateliers:scanner": SAISIR,
    "ateliers:participant": SAISIR,
    "ateliers:arrivee": SAISIR,
    "ateliers:table": SAISIR,
    "ateliers:corriger_note": SAISIR,
    "ateliers:materiel": SAISIR,
    "ateliers:guide": TOUS,
    "ateliers:nouveau_moment": PREPARER,
    "ateliers:ranger": PREPARER,
    "ateliers:modifier_participant": PREPARER,
    "ateliers:enlever_participant": PREPARER,
    "panels:liste": LIRE,
    "panels:panel": LIRE,
    "panels:suivi": LIRE,
    "panels:nouveau": PREPARER,
    "panels:volontaires": LIRE,
    "panels:nouveau_volontaire": PREPARER,
    "panels:importer_volontaires": PREPARER,
    "panels:retirer_volontaire": PREPARER,
    "panels:confirmer_volontaire": PREPARER,
    "panels:foyers": PREPARER,
    "panels:modifier": PREPARER,
    "panels:proposer": PREPARER,
    "panels:fichier": PREPARER,
    "panels:quotas": PREPARER,
    "panels:lancer": PREPARER,
    "panels:arreter": PREPARER,
    "panels:assouplir": PREPARER,
    "panels:annoncer": PREPARER,
    "panels:tirer": PREPARER,
    "panels:remplacer": PREPARER,
    "panels:inviter": PREPARER,
    "lecture:lecture": LIRE,
    "lecture:entendus": LIRE,
    "lecture:gestes": LIRE,
    "lecture:livre": LIRE,
    "lecture:lus": LIRE,
    "lecture:a_deux": LIRE,
    "lecture:proches": LIRE,
    "lecture:annuler": PREPARER,
    "lecture:relire_suivant": PREPARER,
    "lecture:relire": PREPARER,
    "lecture:relire_ensemble": PREPARER,
    "lecture:rouvrir": PREPARER,
    "lecture:nouveau_theme": PREPARER,
    "lecture:theme": PREPARER,
    "lecture:fusionner": PREPARER,
    "lecture:scinder": PREPARER,
    "lecture:retirer": PREPARER,
    "lecture:coder_suivant": PREPARER,
    "lecture:coder": PREPARER,
    "lecture:nouvelle_a_deux": PREPARER,
    "lecture:finir": PREPARER,
    "lecture:retenir": PREPARER,
    "lecture:regler": PREPARER,
    "lecture:rapprocher": PREPARER,
    "lecture:separer": PREPARER,
    "suites:suites": LIRE,
    "suites:devenir": LIRE,
    "suites:verifier": PREPARER,
    "suites:priorites": LIRE,
    "suites:action": LIRE,
    "suites:document": LIRE,
    "suites:nouveau_constat": PREPARER,
    "suites:constat": PREPARER,
    "suites:citer": PREPARER,
    "suites:permettre": PREPARER,
    "suites:nouvelle_proposition": PREPARER,
    "suites:proposition": PREPARER,
    "suites:decider": PREPARER,
    "suites:nouvelle_action": PREPARER,
    "suites:proposition_pour": PREPARER,
    "suites:retirer": PREPARER,
    "suites:suivre": PREPARER,
    "suites:relier": PREPARER,
    "suites:delier": PREPARER,
    "suites:nouvel_indicateur": PREPARER,
    "suites:indicateur": PREPARER,
    "suites:relever": PREPARER,
}
SANS_ROLE = {
    "ateliers:hors_ligne",
    "equipe:connexion",
    "equipe:deconnexion",
    "equipe:premiers_pas",
    "equipe:oidc_retour",
    "equipe:deconnecte",
}
VALEURS: dict[type, object] = {IntConverter: 999_999, SlugConverter: "rien", StringConverter: "rien"}


def adresses(motifs: list[URLPattern | URLResolver], espace: str = "", debut: str = "/") -> dict[str, str]:
    """Every route by name, with values that exist nowhere: the role is asked before anything is looked for."""
    trouvees: dict[str, str] = {}
    for motif in motifs:
        if isinstance(motif, URLResolver):
            nom = f"{motif.namespace}:" if motif.namespace else espace
            trouvees |= adresses(motif.url_patterns, nom, debut + str(motif.pattern))
        else:
            chemin = debut + str(motif.pattern)
            for parametre, convertisseur in motif.pattern.converters.items():
                chemin = re.sub(rf"<(\w+:)?{parametre}>", str(VALEURS[type(convertisseur)]), chemin)
            trouvees[f"{espace}{motif.name}"] = chemin
    return trouvees


@pytest.fixture
def equipe() -> dict[str, str]:
    toutes = adresses(get_resolver().url_patterns)
    return {nom: ou for nom, ou in toutes.items() if ou.startswith("/equipe/") and nom not in SANS_ROLE}


def test_every_route_of_the_team_has_its_roles(equipe: dict[str, str]) -> None:
    assert set(equipe) == set(ROUTES)


def demander(client: Client, adresse: str) -> HttpResponseBase:
    reponse: HttpResponseBase = client.get(adresse)
    return client.post(adresse) if reponse.status_code == HTTPStatus.METHOD_NOT_ALLOWED else reponse


@pytest.mark.parametrize("role", Role)
def test_each_role_opens_its_routes_and_no_other(
    role: Role, equipe: dict[str, str], responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    client = connecte(fabrique.membre(f"Essai {role}", role))
    for nom, adresse in equipe.items():
        statut = demander(client, adresse).status_code
        assert (statut == HTTPStatus.FORBIDDEN) == (role not in ROUTES[nom]), (nom, role, statut)
        assert statut < HTTPStatus.INTERNAL_SERVER_ERROR, (nom, role)


def test_nobody_opens_anything_without_signing_in(equipe: dict[str, str], responsable: Membre) -> None:
    for nom, adresse in equipe.items():
        reponse = demander(Client(), adresse)
        assert reponse.status_code == HTTPStatus.FOUND, nom
        assert reponse["Location"].startswith("/equipe/connexion/"), nom


def test_the_menu_offers_only_what_the_role_opens(
    equipe: dict[str, str], responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    for role in Role:
        client = connecte(fabrique.membre(f"{role.value} Menu", role))
        page = client.get("/equipe/").content.decode()
        for lien in re.findall(r'<a href="(/equipe/[^"]*)"', page):
            assert client.get(lien).status_code == HTTPStatus.OK, (role, lien)
