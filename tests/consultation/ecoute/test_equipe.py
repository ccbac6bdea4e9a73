"""First run, sign-in, roles: who may do what."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.hashers import get_hasher
from django.test import Client

from consultation.ecoute.equipe.models import Membre, Role
from consultation.ecoute.journal.models import Trace
from tests.consultation.ecoute import fabrique

pytestmark = pytest.mark.django_db

PREMIER = {
    "code": "code-de-test", "nom": "Camille Durand", "courriel": "Camille@Admiville.test",
    "mot_de_passe": fabrique.MOT_DE_PASSE,
}  # fmt: skip


def test_the_first_run_leads_from_nothing_to_a_ready_team(client: Client) -> None:
    assert client.get("/equipe/", follow=True).redirect_chain[-1][0] == "/equipe/premiers-pas/"
    refuse = client.post("/equipe/premiers-pas/", PREMIER | {"code": "faux"})
    assert "Ce n&#x27;est pas le code affiché" in refuse.content.decode()
    assert not Membre.objects.exists()
    assert client.post("/equipe/premiers-pas/", PREMIER)["Location"] == "/equipe/commune/"
    page = client.post("/equipe/commune/", {"nom": "Admiville"}, follow=True).content.decode()
    assert "Commencez par un dossier" in page
    membre = Membre.objects.get()
    assert (membre.role, membre.courriel) == (Role.RESPONSABLE, "camille@admiville.test")
    assert client.get("/equipe/premiers-pas/").status_code == 404
    assert Trace.objects.filter(qui_nom="Camille Durand").count() == 2


def test_passwords_are_kept_as_argon2(settings: object, client: Client) -> None:
    from consultation.ecoute.settings import base

    settings.PASSWORD_HASHERS = base.PASSWORD_HASHERS  # type: ignore[attr-defined]
    get_hasher.cache_clear() if hasattr(get_hasher, "cache_clear") else None
    client.post("/equipe/premiers-pas/", PREMIER)
    assert Membre.objects.get().password.startswith("argon2$argon2id$")


@pytest.mark.parametrize("mot", ["court", "motdepasse123", "camille.durand1"])
def test_weak_passwords_are_refused(mot: str, client: Client) -> None:
    client.post("/equipe/premiers-pas/", PREMIER | {"mot_de_passe": mot if mot != "motdepasse123" else "password1234"})
    assert not Membre.objects.exists() or mot == "camille.durand1"


def test_signing_in_says_nothing_of_accounts_and_slows_down_guesses(responsable: Membre, client: Client) -> None:
    def essayer(courriel: str, mot: str) -> str:
        return client.post("/equipe/connexion/", {"courriel": courriel, "mot_de_passe": mot}).content.decode()

    connu, inconnu = essayer(responsable.courriel, "faux"), essayer("personne@admiville.test", "faux")
    phrase = "L&#x27;adresse ou le mot de passe ne convient pas"
    assert phrase in connu
    assert phrase in inconnu
    for _ in range(4):
        essayer(responsable.courriel, "faux")
    assert "Trop d&#x27;essais" in essayer(responsable.courriel, fabrique.MOT_DE_PASSE)


def test_a_closed_account_opens_nothing(responsable: Membre, client: Client) -> None:
    acces = {"courriel": responsable.courriel, "mot_de_passe": fabrique.MOT_DE_PASSE}
    assert client.post("/equipe/connexion/?next=https://ailleurs.test/", acces)["Location"] == "/equipe/"
    assert client.get("/equipe/").status_code == 200
    responsable.is_active = False
    responsable.save()
    assert client.get("/equipe/").status_code == 302


def test_accounts_are_opened_and_closed_by_who_leads(responsable: Membre, connecte: Callable[[Membre], Client]) -> None:
    client = connecte(responsable)
    nouveau = {"nom": "Sam Lee", "courriel": "sam@admiville.test", "role": "accueil",
               "mot_de_passe": fabrique.MOT_DE_PASSE}  # fmt: skip
    client.post("/equipe/comptes/nouveau/", nouveau)
    sam = Membre.objects.get(nom="Sam Lee")
    assert sam.check_password(fabrique.MOT_DE_PASSE)
    client.post(f"/equipe/comptes/{sam.pk}/", {"nom": "Sam Lee", "role": "accueil"})
    sam.refresh_from_db()
    assert not sam.is_active
    assert client.get(f"/equipe/comptes/{responsable.pk}/").status_code == 403
