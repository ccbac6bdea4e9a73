"""Run sheets: minutes that add up to the slot, moments moved without losing any."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consultation.ecoute.ateliers import deroules
from consultation.ecoute.ateliers.modeles import MODELES
from consultation.ecoute.ateliers.models import Atelier
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.equipe.models import Membre
from tests.consultation.ecoute import fabrique


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the machine may be busy
@given(st.lists(st.integers(5, 60), min_size=1, max_size=12), st.integers(60, 480))
def test_durations_add_up_to_the_slot(minutes: list[int], total: int) -> None:
    durees = deroules.repartir(minutes, total)
    assert sum(durees) == total
    assert min(durees) >= deroules.PAS_MIN
    assert all(duree % deroules.PAS_MIN == 0 for duree in durees[:-1])


@pytest.mark.parametrize("code", MODELES)
def test_a_template_that_fits_its_slot_is_left_as_it_is(code: str) -> None:
    moments = [m.minutes for m in MODELES[code].moments]
    assert deroules.repartir(moments, MODELES[code].minutes) == moments


def test_a_slot_too_short_is_said_not_hidden() -> None:
    assert deroules.repartir([10, 10, 10], 10) == [5, 5, 5]


@pytest.mark.django_db
def test_moments_are_added_moved_and_taken_away_and_the_page_counts(
    ouvert: Dossier, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    atelier: Atelier = fabrique.atelier(responsable, ouvert)
    client = connecte(responsable)
    ici = f"/equipe/ateliers/{atelier.pk}/deroule/"
    assert "120 minutes, pour 120 prévues." in client.get(ici).content.decode()
    client.post(f"{ici}nouveau/", {"titre": "Pause", "minutes": 15, "consigne": "", "materiel": "Café"})
    assert "trop long de 15 minutes" in client.get(ici).content.decode()

    def titres() -> list[str]:
        return [s.titre for s in atelier.sequences.all()]

    assert titres()[-2:] == ["Pause", "Dire la suite"]
    pause = atelier.sequences.get(titre="Pause")
    client.post(f"{ici}{pause.pk}/ranger/", {"geste": "avant"})
    assert titres()[-3:] == ["Pause", "Mettre en commun", "Dire la suite"]
    for _ in range(5):
        client.post(f"{ici}{pause.pk}/ranger/", {"geste": "apres"})
    assert titres()[-1] == "Pause"
    client.post(f"{ici}{atelier.sequences.first().pk}/ranger/", {"geste": "enlever"})  # type: ignore[union-attr]
    assert "Accueillir" not in titres()
    assert len(titres()) == 7
    client.post(f"{ici}modele/", {"modele": "accompagnees"})
    assert sum(s.minutes for s in atelier.sequences.all()) == 120
