"""What a site costs a month: counted exactly from the operator's prices, and what has no price is told."""

from __future__ import annotations

import json
import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.cli.placement import costs
from infra.costs import Prices, estimate, estimate_plan, euros, read_prices
from infra.model import load_site
from infra.site_plan import make_plan
from infra.state import SOURCE_DIRECTORY, OperatorError, Stack

EXAMPLE = SOURCE_DIRECTORY / "stacks" / "prix.exemple.yaml"
ADMIVILLE = SOURCE_DIRECTORY / "stacks" / "admiville" / "site.yaml"
SERVERS = Path(__file__).parent / "sites" / "serveurs" / "site.yaml"


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """Admiville with the example's prices."""
    monkeypatch.setenv("GRU_SITES_DIRECTORY", str(tmp_path))
    stack = Stack("ville")
    stack.site_directory.mkdir()
    shutil.copy(ADMIVILLE, stack.site_file)
    shutil.copy(EXAMPLE, stack.site_directory / "prix.yaml")
    return stack


def replaced(stack: Stack, old: str, new: str) -> None:
    """Change the prices once."""
    path = stack.site_directory / "prix.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_hosted_town_is_counted_to_the_cent(stack: Stack) -> None:
    """Nine hosts, five volumes, one address, the backups; by hand: 600 + 340 x 0.06 + 2 + 500 x 0.01."""
    found = estimate(stack, load_site(stack.site_file))
    assert found.missing == []
    assert found.total == Decimal("627.40")
    assert len(found.lines) == 16
    assert next(line.amount for line in found.lines if line.what == "volume db-base") == Decimal("12.00")


def test_tenths_add_up(stack: Stack) -> None:
    """0.1 three times is 0.3."""
    replaced(stack, "# other: {surveillance extérieure: 5}", "other: {a: 0.1, b: 0.1, c: 0.1}")
    found = estimate(stack, load_site(stack.site_file))
    assert sum((line.amount for line in found.lines if line.detail == "autre"), Decimal(0)) == Decimal("0.3")


def test_what_has_no_price_is_told_and_not_free(stack: Stack) -> None:
    """The total is then a minimum, and the command exits with 1."""
    replaced(stack, "  b3-32: 160\n", "")
    replaced(stack, "  default: 0.05\n  classic-luks: 0.06\n", "  autre: 1\n")
    replaced(stack, "public_address: 2\n", "")
    replaced(stack, "backups_gb: 500\n", "")
    found = estimate(stack, load_site(stack.site_file))
    assert found.missing[0] == "hôte db (gabarit b3-32) : pas de prix"
    assert [line for line in found.missing if "volume" in line] == [
        f"volume {name} ({size} Gio de classic-luks) : pas de prix"
        for name, size in (
            *(("db-base", 200), ("sso-annuaire", 20), ("courrier-courriels", 20)),
            *(("veille-mesures", 50), ("ecouter-ecoute", 50)),
        )
    ]
    assert any("backups_gb" in line for line in found.missing)
    run = CliRunner().invoke(costs, ["--stack", "ville"])
    assert run.exit_code == 1
    assert "Total par mois : au moins 440,00 € hors taxes" in run.output


def test_prices_of_the_example_are_told_as_such(stack: Stack) -> None:
    """As long as nobody has replaced them."""
    run = CliRunner().invoke(costs, ["--stack", "ville"])
    assert run.exit_code == 0, run.output
    assert "inventés : remplacez-les" in run.output
    told = json.loads(CliRunner().invoke(costs, ["--stack", "ville", "--json"]).stdout)
    assert (told["total"], told["missing"], told["example"]) == ("627.40", [], True)
    replaced(stack, "example: true\n", "")
    assert "remplacez-les" not in CliRunner().invoke(costs, ["--stack", "ville"]).output


def test_old_prices_are_told(stack: Stack) -> None:
    """A year is long."""
    replaced(stack, "read_on: 2026-11-30", "read_on: 2020-01-01")
    assert "plus d'un an" in CliRunner().invoke(costs, ["--stack", "ville"]).output


def test_servers_that_exist_have_a_price_each(stack: Stack) -> None:
    """Nothing else is rented with them."""
    shutil.copy(SERVERS, stack.site_file)
    names = list(load_site(stack.site_file).hosts)
    replaced(stack, "# servers: {front: 50}", f"servers: {{{names[0]}: 49.99}}")
    found = estimate(stack, load_site(stack.site_file))
    assert found.total == Decimal("49.99")
    assert found.missing == [f"hôte {name} (serveur) : pas de prix" for name in names[1:]]


@pytest.mark.parametrize(
    ("old", "new", "line_part", "words"),
    [
        ("b3-8: 40", "b3-8: -40", "b3-8", "un prix n'est pas négatif"),
        ("b3-8: 40", "b3-8: gratuit", "b3-8", "il faut un nombre, avec un point"),
        ("b3-8: 40", "b3-8: 40,50", "b3-8", "il faut un nombre, avec un point"),
        ("b3-8: 40", "b3-8: true", "b3-8", "il faut un nombre, avec un point"),
        ("b3-8: 40", "b3-8: .inf", "b3-8", "il faut un nombre, avec un point"),
        ("b3-8: 40", "b3-8: 1e400", "b3-8", "n'est pas croyable|trop de chiffres|un nombre"),
        ("b3-8: 40", "b3-8: 99999999", "b3-8", "n'est pas croyable"),
        ("b3-8: 40", "b3-8: 0.0000001", "b3-8", "six décimales"),
        ("b3-8: 40", "b3-8: 40\n  b3-8: 50", "b3-16", "« b3-8 » est écrit deux fois"),
        ("flavors:", "flavours:", "flavours", "clé inconnue"),
        ("read_on: 2026-11-30", "read_on: hier", "read_on", "il faut une date"),
        ("source: prix", "sourse: prix", "sourse", "clé inconnue"),
        ("public_address: 2", "public_address: [2]", "public_address", "il faut un nombre"),
    ],
)
def test_prices_that_are_none_are_refused_with_their_line(
    stack: Stack, old: str, new: str, line_part: str, words: str
) -> None:
    """Before anything is counted."""
    replaced(stack, old, new)
    path = stack.site_directory / "prix.yaml"
    with pytest.raises(OperatorError, match=words) as refusal:
        read_prices(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    number = next(rank for rank, line in enumerate(lines, 1) if line.strip().startswith(line_part))
    told = [int(line.split("ligne ")[1].split()[0]) for line in str(refusal.value).splitlines()]
    assert any(abs(number - one) <= 1 for one in told), refusal.value


def test_no_prices_is_told(stack: Stack) -> None:
    """With where the example is."""
    (stack.site_directory / "prix.yaml").unlink()
    with pytest.raises(OperatorError, match=r"Copiez stacks/prix\.exemple\.yaml"):
        estimate(stack, load_site(stack.site_file))


PLAN = make_plan("ville", load_site(ADMIVILLE), image="", ssh_public_key="k")
MONEY = st.decimals(0, 9999, places=4).map(abs)


@settings(deadline=None, max_examples=50, derandomize=True)
@given(small=MONEY, large=MONEY, gigabyte=MONEY, address=MONEY)
def test_the_total_is_exact(small: Decimal, large: Decimal, gigabyte: Decimal, address: Decimal) -> None:
    """Whatever the prices: the sum of the parts, without rounding."""
    prices = Prices.model_validate(
        {
            **{"version": 1, "source": "essai", "read_on": "2026-11-30", "backup_gb": "0", "backups_gb": 1},
            "flavors": {"b3-8": str(small), "b3-16": str(large), "b3-32": str(large)},
            "volume_gb": {"default": str(gigabyte)},
            "public_address": str(address),
        }
    )
    assert estimate_plan(PLAN, prices).total == 5 * small + 4 * large + 340 * gigabyte + address


def test_euros_are_written_as_people_do() -> None:
    """Half a cent goes up, thousands are apart."""
    assert euros(Decimal("1234567.895")) == "1\u202f234\u202f567,90 €"
    assert euros(Decimal("0.005")) == "0,01 €"
