"""The arithmetic from a town's volumes to arrivals per second, against figures worked out by hand."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from loadtests.commands import load
from loadtests.workload import MODEL_DIRECTORY, ModelError, compute, load_model, poisson_quantile, sensitivity


def test_sixty_thousand_inhabitants() -> None:
    """Massy's volumes scaled to 60,000 people: worked out by hand in the load facts."""
    workload = compute(load_model(), 60_000)
    assert workload.year.requests == pytest.approx(237_209, abs=1)
    assert workload.year.online == pytest.approx(34_884, abs=1)
    assert workload.day.requests == pytest.approx(949, abs=1)
    assert workload.day.pages == pytest.approx(10_465, abs=1)
    assert workload.agents.requests_per_day == pytest.approx(15.8, abs=0.05)
    assert workload.agents.refreshes == pytest.approx(1)
    assert workload.opening.households == pytest.approx(3450)
    assert workload.opening.first_minute == pytest.approx(5.75)
    assert workload.opening.ten_minutes == pytest.approx(2.3)
    assert workload.opening.requests_first_minute_reloads == pytest.approx(155.25)
    assert workload.opening.in_progress == pytest.approx(828)
    assert workload.opening.worst_second == 14


def test_hours_hold_the_day() -> None:
    """The 24 hours add up to the day, and the peak is twelve per cent of it."""
    workload = compute(load_model(), 43_000)
    assert sum(hour.submissions for hour in workload.hours) == pytest.approx(workload.day.online)
    assert workload.peak_hour.submissions == pytest.approx(0.12 * workload.day.online)


def test_rates_follow_the_population() -> None:
    """A town twice as large sends twice as much; its agents, a number of their own, do not double."""
    small, large = compute(load_model(), 30_000), compute(load_model(), 60_000)
    assert large.opening.first_minute == pytest.approx(2 * small.opening.first_minute)
    assert large.peak_hour.pages == pytest.approx(2 * small.peak_hour.pages)
    assert large.agents.refreshes == small.agents.refreshes


def test_sensitivity_is_half_and_double_and_a_share_stays_a_share() -> None:
    """Proportional rates halve and double; a share of 0.8 doubles to the whole only."""
    table = {item.name: item for item in sensitivity(load_model(), 60_000)}
    rate = "arrivées par seconde, première minute d'ouverture"
    assert table["part_premiere_minute"].rates[rate] == pytest.approx((2.875, 5.75, 11.5))
    assert table["part_premier_jour"].rates[rate] == pytest.approx((2.875, 5.75, 5.75 / 0.8))


@pytest.mark.parametrize(
    ("mean", "probability", "expected"), [(5.75, 0.999, 14), (57.5, 0.999, 82), (1, 0.5, 1), (0.1, 0.9, 0)]
)
def test_poisson_quantile(mean: float, probability: float, expected: int) -> None:
    """Against tables of the Poisson distribution."""
    assert poisson_quantile(mean, probability) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("n: {libelle: N, valeur: 1, unite: x}\n", "source"),
        ("n: {libelle: N, valeur: 1, unite: x, source: s, hypothese: h}\n", "une seule des deux"),
        ("n: {libelle: N, valeur: 1, unite: x, source: s, autre: 2}\n", "autre"),
        ("agents: {libelle: N, valeur: 1, unite: x, source: s}\n", "déjà défini"),
        ("[1]\n", "nom: …"),
    ],
)
def test_a_number_without_origin_is_refused(tmp_path: Path, text: str, said: str) -> None:
    """Nothing enters the model without saying where it comes from."""
    shutil.copytree(MODEL_DIRECTORY, tmp_path / "model")
    (tmp_path / "model" / "zz.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match=said):
        load_model(tmp_path / "model")


def test_a_missing_number_is_named(tmp_path: Path) -> None:
    """A model that lacks what the arithmetic needs is refused when it is read."""
    shutil.copytree(MODEL_DIRECTORY, tmp_path / "model")
    (tmp_path / "model" / "ouverture.yaml").write_text("{}\n", encoding="utf-8")
    with pytest.raises(ModelError, match="part_enfants"):
        load_model(tmp_path / "model")


def test_hours_must_add_up(tmp_path: Path) -> None:
    """A day whose parts do not make one day is refused."""
    shutil.copytree(MODEL_DIRECTORY, tmp_path / "model")
    path = tmp_path / "model" / "heures.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("0.12,", "0.13,"), encoding="utf-8")
    with pytest.raises(ModelError, match="au lieu de 1"):
        load_model(tmp_path / "model")


def test_command_prints_a_page_and_json() -> None:
    """`gru load model` for people and for machines."""
    page = CliRunner().invoke(load, ["model", "--population", "60000"])
    assert page.exit_code == 0, page.output
    assert "237\u202f209" in page.output
    assert "hypothèse" in page.output
    assert "← pointe" in page.output
    told = json.loads(CliRunner().invoke(load, ["model", "--json"]).output)
    assert told["opening"]["first_minute"] == pytest.approx(5.75)
    assert all(quantity["origin"] for quantity in told["quantities"].values())
