"""What nobody types on purpose never breaks a page: the answer is a page, not a failure."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from guichet.comptes.models import Usager
from guichet.demarches.models import Demarche
from tests.guichet import fabrique
from tests.guichet.portail.complete import commencer, demarche_complete, remplir

pytestmark = pytest.mark.django_db
FOU = "%00%F0%9F%98%80"
ENORME = "9" * 40


@pytest.fixture
def navigateur(
    client: Client, demarche: Demarche, camille: Usager, connecter: Callable[[Client, Usager], Client]
) -> Client:
    return connecter(client, camille)


def test_addresses(navigateur: Client, demarche: Demarche, camille: Usager) -> None:
    demande = fabrique.deposer(demarche, camille).demande
    ici = f"/mes-demarches/{demande.reference}/"
    for adresse in (
        f"/mes-demarches/{FOU}/",
        f"/mes-demarches/{FOU}/completer/",
        f"/demandes/envoyee/{FOU}/",
        f"/demarches/?q={FOU}",
        f"/demarches/?q={'a' * 5000}",
        f"/suivi/?reference={FOU}",
        "/mes-demarches/?page=abc",
        f"/mes-demarches/messages/?page={ENORME}",
        "/mes-demarches/documents/?page=-1",
        f"{ici}fichiers/{ENORME}/",
        f"/compte/inscription/{FOU}/",
    ):
        assert navigateur.get(adresse).status_code < 500, adresse


def test_forms(navigateur: Client) -> None:
    demarche_complete()
    base = commencer(navigateur)
    nul = "\x00"
    for donnees in (
        {"qui": nul},
        {"qui": ["particulier", "association"], "siret": "9" * 9000},
        {"ajouter": "enfants"},
        {"modifier": "enfants:abc"},
        {"oter": f"qui:{ENORME}"},
        {"retirer": nul},
    ):
        assert navigateur.post(f"{base}organisateur/", donnees).status_code < 500, donnees
    remplir(navigateur, base, "lieu")
    for etape, saisie in {
        "evenement": {"jour_0": "9" * 9000, "jour_1": "-1", "jour_2": "١٩٨٥", "personnes": "٣", "materiel": [nul]},
        "enfants": {"modifier": f"enfants:{ENORME}"},
        "lieu": {"adresse": nul, "code_postal": "é" * 300},
        "pieces": {"assurance": "pas un fichier"},
        f"enfants/enfants/{ENORME}": {"prenom": "x"},
    }.items():
        assert navigateur.post(f"{base}{etape}/", saisie).status_code < 500, etape
    for adresse, saisie in {
        "/suivi/": {"reference": nul, "code": nul},
        "/reprendre/": {"code": nul},
        "/compte/coordonnees/": {"telephone": nul, "adresse": "x" * 9000},
        "/compte/preferences/": {"canal_reponse": nul},
        "/compte/inscription/": {"prenom": nul, "nom": nul, "courriel": nul},
    }.items():
        assert navigateur.post(adresse, saisie).status_code < 500, adresse
