"""M6: the town's mail is no way to flood somebody, and nobody who is owed a mail is kept from it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from guichet.comptes.models import Usager
from guichet.demandes.models import Demande
from guichet.demarches.models import Demarche
from socle.envois import plafonds
from socle.envois.models import Envoi, Sollicitation
from socle.envois.services import purger
from tests.guichet.portail.parcours import PAGES, code_affiche, commencer, envoyer

pytestmark = pytest.mark.django_db
VICTIME = "victime@exemple.fr"


def recus(adresse: str = VICTIME) -> int:
    return Envoi.objects.filter(destinataire__icontains=adresse.partition("@")[0]).count()


def signaler(client: Client, courriel: str = VICTIME) -> str:
    return envoyer(client, contact={"courriel": courriel})


def test_eleven_requests_in_one_persons_name_are_ten_mails(client: Client, demarche: Demarche) -> None:
    variantes = (VICTIME, VICTIME.upper(), "victime+achat@exemple.fr")
    references = [signaler(client, variantes[rang % 3]) for rang in range(11)]
    assert recus() == plafonds.ACCUSES_PAR_HEURE == 10
    assert Demande.objects.count() == 11, "every request is received"
    page = client.get(f"/demandes/envoyee/{references[-1]}/").content.decode()
    assert "Aucun e-mail ne part" in page
    assert code_affiche(page)
    assert "Une copie part par e-mail" not in page
    assert "Une copie part par e-mail" in client.get(f"/demandes/envoyee/{references[0]}/").content.decode()
    signaler(client, "autre@exemple.fr")
    assert recus("autre@exemple.fr") == 1


def test_who_writes_to_a_mailbox_by_another_form_does_not_keep_its_acknowledgement_back(
    client: Client, demarche: Demarche
) -> None:
    """CRPA L.112-11: a stranger who asks codes and links for an address does not use up what is owed to it."""
    for motif in ("comptes", "portail", "demandes"):
        for _ in range(plafonds.PAR_HEURE):
            plafonds.prendre(VICTIME, motif)
        with pytest.raises(plafonds.PlafondAtteint):
            plafonds.prendre(VICTIME, motif)
    signaler(client)
    assert recus() == 1


def test_a_day_has_so_many_at_most(client: Client, demarche: Demarche, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plafonds, "ACCUSES_PAR_HEURE", 2)
    monkeypatch.setattr(plafonds, "ACCUSES_PAR_JOUR", 4)
    for _ in range(3):
        Sollicitation.objects.update(le=timezone.now() - timedelta(hours=2))
        for _ in range(2):
            signaler(client)
    assert recus() == 4
    Sollicitation.objects.update(le=timezone.now() - timedelta(days=1, minutes=1))
    signaler(client)
    assert recus() == 5
    purger()
    assert Sollicitation.objects.count() == 1, "nothing is kept beyond the day"
    assert not Sollicitation.objects.filter(cle__contains="victime").exists()


def test_who_must_wait_is_told_until_when() -> None:
    def refus() -> str:
        with pytest.raises(plafonds.PlafondAtteint) as leve:
            plafonds.prendre("06 12 34 56 78", "ateliers")
        return str(leve.value)

    for _ in range(3):
        Sollicitation.objects.update(le=timezone.now() - timedelta(hours=2))
        for _ in range(plafonds.PAR_HEURE):
            plafonds.prendre("06 12 34 56 78", "ateliers")
    assert refus().startswith("Cette adresse ou ce numéro a déjà reçu")
    assert "Réessayez dans une heure." in refus()
    Sollicitation.objects.update(le=timezone.now() - timedelta(hours=2))
    plafonds.prendre("06 12 34 56 78", "ateliers")
    assert "Réessayez demain." in refus()


def test_a_proven_address_always_gets_its_acknowledgement(
    client: Client,
    demarche: Demarche,
    camille: Usager,
    connecter: Callable[[Client, Usager], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """CRPA L.112-11."""
    connecter(client, camille)
    for _ in range(5):
        signaler(client, camille.courriel)
    assert Envoi.objects.filter(destinataire=camille.courriel).count() == 5
    monkeypatch.setattr(plafonds, "ACCUSES_PAR_HEURE", 2)
    for _ in range(4):  # an account is no way round for somebody else's address
        signaler(client)
    assert recus() == 2


def test_codes_of_many_drafts_are_three_mails(client: Client, demarche: Demarche) -> None:
    """ABU-04: three codes a draft, and as many drafts as one likes."""
    pages = []
    for _ in range(5):
        base = commencer(client)
        client.post(f"{base}lieu/", {**PAGES["lieu"], "enregistrer": "1"})
        pages.append(client.post(f"{base}enregistrer/", {"courriel": VICTIME}).content.decode())
    assert recus() == plafonds.PAR_HEURE
    assert "a déjà reçu plusieurs messages" in pages[-1]
