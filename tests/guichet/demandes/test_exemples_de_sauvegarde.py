"""Requests that a trial of backups compares by name (`runbooks/group_vars/all.yml`): with all that hangs from them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from django.db import connection

from guichet.demandes.models import Evenement, Message
from guichet.stockage.models import Fichier
from tests.guichet import fabrique

pytestmark = pytest.mark.django_db
WIRING = Path(__file__).resolve().parents[3] / "runbooks" / "group_vars" / "all.yml"


def exemples() -> dict[str, str]:
    with connection.cursor() as curseur:
        curseur.execute(yaml.safe_load(WIRING.read_text(encoding="utf-8"))["backup__sampled_requests"])
        return dict(curseur.fetchall())


def test_a_request_is_told_by_its_number_with_its_events_messages_and_files() -> None:
    demande = fabrique.deposer(fabrique.demarche()).demande
    vus = [exemples()]
    assert set(vus[0]) == {demande.reference}
    Message.objects.create(demande=demande, auteur_type="usager", texte="Un mot")
    vus.append(exemples())
    demande.pieces.create(fichier="photo-1", nom="photo.jpg", type_mime="image/jpeg", taille=1, empreinte="x")
    vus.append(exemples())
    rangee = Fichier.objects.create(
        espace="demandes", nom="photo-1", contenu=b"a", taille=1, type_mime="image/jpeg", empreinte="x"
    )
    vus.append(exemples())
    Fichier.objects.filter(pk=rangee.pk).update(contenu=b"b")
    vus.append(exemples())
    Evenement.objects.filter(demande=demande).update(code="autre")
    vus.append(exemples())
    empreintes = [vu[demande.reference] for vu in vus]
    assert len(set(empreintes)) == len(empreintes)
    assert exemples() == vus[-1]


def test_twenty_requests_at_most_are_told() -> None:
    demarche = fabrique.demarche()
    for _ in range(23):
        fabrique.deposer(demarche)
    assert 10 <= len(exemples()) <= 20
