"""Invented requests never mix with real ones unasked, and go away alone."""

from __future__ import annotations

import json
from io import StringIO

import fabrique
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from guichet.comptes.models import Usager
from guichet.demandes.models import Demande
from guichet.demarches.models import Demarche
from guichet.instruction import presence
from guichet.instruction.models import Agent
from guichet.peuplement.services import effacer, peupler

pytestmark = pytest.mark.django_db


def test_the_same_seed_gives_the_same_year() -> None:
    fabrique.site_livre()
    fin = timezone.now()
    vues = []
    for _ in range(2):
        peupler(40, 3, fin=fin)
        vues.append(
            list(Demande.objects.order_by("pk").values("pk", "reference", "donnees", "statut", "recue_le", "nom"))
        )
        effacer()
    assert vues[0] == vues[1]
    assert not Demande.objects.exists()
    assert not Usager.objects.exists()


def test_real_requests_are_left_alone() -> None:
    fabrique.site_livre()
    vraie = fabrique.deposer(Demarche.objects.get(pk=fabrique.VOIRIE)).demande
    with pytest.raises(CommandError, match="vraies demandes"):
        call_command("peupler", demandes=5)
    sortie = StringIO()
    call_command("peupler", demandes=30, je_sais=True, json=True, stdout=sortie, stderr=StringIO())
    assert json.loads(sortie.getvalue())["demandes"] == 30
    assert Demande.objects.count() == 31
    agent = Agent.objects.create_user("https://x.invalid/", "annuaire", "alice", nom="Alice", groupes=[])
    for demande in Demande.objects.all():
        presence.signaler(demande, agent)  # read by an agent: that row points at the request too
    call_command("peupler", effacer=True, stdout=StringIO())
    assert list(Demande.objects.values_list("pk", flat=True)) == [vraie.pk]
    assert vraie.evenements.exists()


def test_a_part_may_belong_to_a_real_account() -> None:
    fabrique.site_livre()
    usager = Usager.objects.create(
        issuer="i", source="annuaire", sub="camille", courriel="camille@gru.test", nom="Camille Durand"
    )
    peupler(100, 1, compte="camille@gru.test")
    assert usager.demandes.count() > 20
    with pytest.raises(CommandError, match="Aucun compte"):
        call_command("peupler", demandes=5, compte="inconnu@gru.test", je_sais=True, stderr=StringIO())
