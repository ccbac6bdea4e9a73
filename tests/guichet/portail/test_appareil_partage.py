"""Two people, one computer: the library, the tablet of the town hall. Who is done leaves nothing for the next."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from guichet.comptes.models import Usager
from guichet.demandes.models import Brouillon, Demande, PieceBrouillon
from guichet.demarches.models import Demarche
from guichet.portail.models import SessionUsager
from guichet.stockage.models import Fichier
from tests.guichet import fabrique
from tests.guichet.portail import parcours

pytestmark = pytest.mark.django_db

MOI = ("camille@exemple.fr", "06 12 34 56 78", "Un trou d'un mètre", "7 impasse des Ormes")


def lue(client: Client, adresse: str) -> str:
    return client.get(adresse, follow=True).content.decode()


def test_who_is_done_erases_all_that_the_browser_opens(client: Client, demarche: Demarche) -> None:
    """The first person sends a report with a photo and begins another; the second opens what the history holds."""
    ici = {"lieu": "7 impasse des Ormes"}
    reference = parcours.envoyer(client, lieu=ici, photos={"photos": fabrique.fichier()})
    commence = parcours.commencer(client)
    parcours.remplir(client, commence, jusqua="photos", lieu=ici, photos={"photos": fabrique.fichier()})
    garde = parcours.commencer(client)
    client.post(f"{garde}lieu/", {**ici, "enregistrer": "1"})
    code = re.search(r'Code de reprise</dt><dd class="reference">([\w-]+)<', lue(client, f"{garde}enregistrer/"))
    assert code

    adresses = (f"/demandes/envoyee/{reference}/", f"{garde}enregistrer/", f"{commence}description/", "/suivi/")
    for adresse in adresses:
        assert 'href="/fini/"' in lue(client, adresse), adresse
    assert "sera supprimé" in lue(client, "/fini/")

    reponse = client.post("/fini/")
    assert (reponse.status_code, reponse.headers["Location"]) == (302, "/fini/")
    assert reponse["Clear-Site-Data"] == '"cache"'
    assert "Rien de vous n'est gardé" in lue(client, "/fini/")

    for adresse in (*adresses, f"/mes-demarches/{reference}/", f"{commence}verifier/", f"{commence}photos/",
                    f"/mes-demarches/{reference}/accuse.pdf", "/mes-demarches/", parcours.DEBUT):  # fmt: skip
        page = lue(client, adresse)
        assert not [mot for mot in MOI if mot in page], adresse
        assert 'href="/fini/"' not in page, adresse
    # What was sent is the town's; what has a code waits for it; what nobody could open any more is gone, file included.
    assert Demande.objects.get().pieces.count() == 1
    assert f"/{Brouillon.objects.get().pk}/" in garde
    assert not PieceBrouillon.objects.exists()
    assert Fichier.objects.count() == 1
    assert client.post("/reprendre/", {"code": code[1]}).headers["Location"] == f"{garde}verifier/"


def test_who_is_done_leaves_no_session_behind(client: Client, demarche: Demarche) -> None:
    parcours.envoyer(client)
    volee = client.cookies["portail_session"].value
    client.post("/fini/")
    assert not SessionUsager.objects.exists()
    client.cookies["portail_session"] = volee
    assert "Rien de vous n'est gardé" in lue(client, "/fini/")


def test_nothing_of_another_browser_is_erased(client: Client, demarche: Demarche) -> None:
    voisin = Client()
    ailleurs = parcours.commencer(voisin)
    parcours.remplir(voisin, ailleurs, jusqua="description")
    parcours.envoyer(client)
    client.post("/fini/")
    assert "Un trou d&#x27;un mètre" in lue(voisin, f"{ailleurs}description/")


def test_with_an_account_one_signs_out(
    client: Client, demarche: Demarche, camille: Usager, connecter: Callable[[Client, Usager], Client]
) -> None:
    """Signing out ends the session at the provider too (tests/guichet/identite): the next one is asked who they are."""
    connecter(client, camille)
    assert client.get("/fini/").headers["Location"] == "/deconnexion/"
    reference = parcours.envoyer(client)
    assert 'href="/fini/"' not in lue(client, f"/demandes/envoyee/{reference}/")
    assert Demande.objects.get().usager == camille
