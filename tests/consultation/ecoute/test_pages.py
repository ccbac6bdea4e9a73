"""What must be true of every page, fetched as people meet it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from consultation.ecoute.equipe.models import Membre, Role
from tests.consultation.ecoute import monde
from tests.consultation.ecoute.fabrique import contenu_pdf
from tests.consultation.ecoute.garde import garder
from tests.consultation.ecoute.monde import Monde

pytestmark = pytest.mark.django_db

# Files, and addresses that only act.
SANS_PAGE = {
    "lecture:relire_suivant",
    "lecture:coder_suivant",
    "lecture:rapprocher",
    "lecture:separer",
    "lecture:rouvrir",
    "lecture:annuler",
    "lecture:finir",
    "suites:permettre",
    "suites:delier",
    "suites:document",
    "public:document_action",
    "public:donnees_ouvertes",
    "public:rapport",
    "public:avis_csv",
    "public:avis_schema",
    "charte",
    "public:preuve",
    "public:preuve_zip",
    "public:fichier",
    "public:merci",
    "dossiers:conformite_pdf",
    "donnees:registre",
    "donnees:registre_dossier",
    "donnees:effacer",
    "contributions:bulletins",
    "ateliers:lettres",
    "ateliers:feuilles",
    "ateliers:materiel",
    "ateliers:hors_ligne",
    "ateliers:ranger",
    "ateliers:pointer",
    "public:calendrier",
    "public:liste_panel",
    "panels:suivi",
    "panels:confirmer_volontaire",
    "panels:arreter",
    "panels:assouplir",
    "boite:relever",
    "satisfaction:papier",
    "satisfaction:exporter",
    "satisfaction:suivre",
    "panels:proposer",
    "panels:fichier",
    "equipe:deconnexion",
    "equipe:premiers_pas",
    "equipe:oidc_retour",
    "equipe:deconnecte",  # only with the identity provider: test_annuaire.py
    "installation:sante",
    "installation:metrics",
    "installation:signaler_une_faille",
    "envois:retour",  # the mail server's: tests/socle
}


@pytest.fixture
def tout(responsable: Membre, dpo: Membre) -> Monde:
    return monde.construire(responsable, dpo)


def _routes(motifs: list[URLPattern | URLResolver], espace: str = "") -> set[str]:
    noms: set[str] = set()
    for motif in motifs:
        if isinstance(motif, URLResolver):
            noms |= _routes(motif.url_patterns, f"{motif.namespace}:" if motif.namespace else espace)
        else:
            noms.add(f"{espace}{motif.name}")
    return noms


def test_no_route_escapes_the_guard(tout: Monde) -> None:
    gardees = {nom.split("#", maxsplit=1)[0] for nom in (*tout.publiques, *tout.equipe)}
    assert _routes(get_resolver().url_patterns) == gardees | SANS_PAGE


def test_every_page(tout: Monde, connecte: Callable[[Membre], Client]) -> None:
    titres: dict[str, str] = {}
    for client, adresses in ((Client(), tout.publiques), (connecte(tout.responsable), tout.equipe)):
        for nom, adresse in adresses.items():
            reponse = client.get(adresse)
            assert reponse.status_code in {200, 409, 410}, (nom, reponse.status_code)
            assert "unsafe" not in reponse["Content-Security-Policy"]
            titres[nom] = garder(reponse.content.decode(), adresse).titre
            assert adresses is tout.publiques or "no-store" in reponse["Cache-Control"], nom
    doubles = [t for t in titres.values() if list(titres.values()).count(t) > 1]
    assert not doubles


FORMULAIRES = {
    "lecture:nouveau_theme",
    "lecture:fusionner",
    "lecture:relire_ensemble",
    "lecture:scinder",
    "lecture:nouvelle_a_deux",
    "lecture:retenir",
    "lecture:regler",
    "dossiers:importer_population",
    "suites:nouveau_constat",
    "suites:citer",
    "suites:nouvelle_proposition",
    "suites:decider",
    "suites:nouvelle_action",
    "suites:suivre",
    "suites:relier",
    "suites:nouvel_indicateur",
    "suites:relever",
    "public:donner",
    "equipe:connexion",
    "equipe:moi",
    "equipe:nouveau_compte",
    "dossiers:nouveau",
    "dossiers:publier#information",
    "dossiers:prolonger",
    "dossiers:nouveau_critere",
    "donnees:fiche",
    "donnees:approuver",
    "donnees:visa",
    "donnees:verser",
    "donnees:personne",
    "public:inscription",
    "ateliers:nouveau",
    "ateliers:ajouter",
    "ateliers:annuler",
    "ateliers:modele",
    "public:volontaire",
    "panels:nouveau",
    "panels:modifier",
    "panels:nouveau_volontaire",
    "panels:importer_volontaires",
    "panels:quotas",
    "panels:inviter",
    "ateliers:moment",
    "ateliers:nouveau_moment",
    "ateliers:modifier_participant",
    "ateliers:arrivee",
    "ateliers:table",
    "ateliers:corriger_note",
    "contributions:ecarter",
    "contributions:importer",
    "public:avis",
    "boite:deposer",
    "boite:relire",
    "satisfaction:nouvelle",
    "satisfaction:saisir",
    "satisfaction:reprendre",
    "satisfaction:ecarter",
    "saisir",
}


def test_a_form_sent_empty_says_what_to_do(tout: Monde, connecte: Callable[[Membre], Client]) -> None:
    equipe = connecte(tout.responsable)
    # A DPO with an account approves alone: the form that notes their agreement is for a town where they have none.
    assert equipe.post(tout.equipe["donnees:approuver"], {}).status_code == 409
    Membre.objects.filter(role=Role.DPO).update(is_active=False)
    for nom in sorted(FORMULAIRES):
        adresse = (tout.publiques | tout.equipe)[nom]
        reponse = (Client() if nom in tout.publiques else equipe).post(adresse, {})
        assert reponse.status_code == 422, nom
        page = reponse.content.decode()
        lu = garder(page, adresse)
        assert lu.titre.startswith("Erreur : "), nom
        ancres = re.findall(r'<li><a href="#([^"]+)">', page)
        assert ancres, nom
        assert set(ancres) <= set(lu.ids), nom


def test_papers_are_tagged_pdf(tout: Monde, connecte: Callable[[Membre], Client]) -> None:
    client = connecte(tout.responsable)
    atelier = tout.equipe["ateliers:atelier"]
    bulletins = f"/equipe/dossiers/{tout.ouvert.slug}/avis/bulletins.pdf?nombre=2&debut=41"
    rapport = f"/consultations/{tout.ferme.slug}/vous-avez-dit/rapport.pdf"
    registre = ("/equipe/donnees/registre.pdf", f"/equipe/dossiers/{tout.ouvert.slug}/donnees/registre.pdf")
    feuille = "/equipe/demarches/d/inscription-a-lecole/papier.pdf"
    papiers = (f"{atelier}{nom}.pdf" for nom in ("lettres", "feuilles", "materiel"))
    for adresse in (bulletins, rapport, *papiers, *registre, feuille):
        octets = client.get(adresse).content
        assert octets.startswith(b"%PDF-"), adresse
        assert b"pdfuaid" in contenu_pdf(octets), adresse
