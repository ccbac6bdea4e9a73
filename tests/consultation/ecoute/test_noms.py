"""Names are hidden by a person before anybody else reads, and it can be undone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from consultation.ecoute.contributions import services as avis
from consultation.ecoute.contributions.models import Canal
from consultation.ecoute.contributions.services import Saisie
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.equipe.models import Membre
from consultation.ecoute.lecture import services as lecture
from consultation.ecoute.lecture.services import LectureRefusee

pytestmark = pytest.mark.django_db


def test_names_are_hidden_by_a_person_and_it_can_be_undone(
    ouvert: Dossier, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    dit = "Madame Martin m'a aidé, au 06 12 34 56 78. Le boulanger de la place aussi."
    recu = avis.saisir(responsable, ouvert, Saisie(dit, Canal.PAPIER, {}))
    client = connecte(responsable)
    adresse = f"/equipe/dossiers/{ouvert.slug}/lecture/noms/1/"
    page = client.get(adresse).content.decode()
    assert "Martin (nom)" in page
    assert "06 12 34 56 78 (téléphone)" in page
    with pytest.raises(LectureRefusee, match="Cachez d'abord"):
        lecture.coder(responsable, recu, [])
    assert "recopiez le passage" in client.post(adresse, {"autres": "le boucher"}).content.decode()
    client.post(adresse, {"passages": ["0", "1"], "autres": "Le boulanger de la place"})
    recu.refresh_from_db()
    assert recu.texte_relu == "Madame [nom 1] m'a aidé, au [téléphone 1]. [nom 2] aussi."
    assert "Martin" not in client.get(f"/equipe/dossiers/{ouvert.slug}/avis/").content.decode()
    lecture.rouvrir(responsable, recu)
    assert recu.relu_le is None
