"""What a site costs a month, from prices that the operator copies from a catalogue (`prix.yaml`, beside site.yaml).

Amounts are decimal and exact: nothing is rounded before the total is shown. What has no price is told, never counted
as free.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError

from infra.addressing import settled
from infra.model import Site
from infra.model.strict import Strict
from infra.model.words import Line
from infra.model.yaml_file import YamlFault, YamlFile, read_yaml
from infra.plan import StackPlan
from infra.site_plan import make_plan
from infra.state import OperatorError, Stack

FILE = "prix.yaml"
DEFAULT = "default"
"""Key of the price of a volume whose type has none of its own."""
STALE_DAYS = 366
CENT = Decimal("0.01")

_SENTENCES = {
    "missing": "cette clé manque",
    "extra_forbidden": "clé inconnue",
    "greater_than_equal": "un prix n'est pas négatif",
    "less_than_equal": "ce prix n'est pas croyable",
    "decimal_parsing": "il faut un nombre, avec un point : 37.50",
    "decimal_type": "il faut un nombre, avec un point : 37.50",
    "decimal_max_places": "six décimales au plus",
    "decimal_max_digits": "ce nombre a trop de chiffres",
    "finite_number": "il faut un nombre, avec un point : 37.50",
    "date_from_datetime_parsing": "il faut une date : AAAA-MM-JJ",
    "date_parsing": "il faut une date : AAAA-MM-JJ",
    "date_type": "il faut une date : AAAA-MM-JJ",
    "bool_type": "il faut true ou false",
    "bool_parsing": "il faut true ou false",
    "string_type": "il faut un texte",
    "string_too_short": "le texte est vide",
    "literal_error": "seul « EUR » est compris",
    "dict_type": "il faut un bloc « nom: prix »",
    "model_type": "il faut un bloc « clé: valeur »",
}


def _as_written(value: Any) -> Any:
    """A number as its text, so that 0.1 is a tenth; a price is no truth value."""
    return repr(value) if isinstance(value, float) else "?" if isinstance(value, bool) else value


Price = Annotated[
    Decimal,
    BeforeValidator(_as_written),
    Field(ge=0, le=1_000_000, max_digits=13, decimal_places=6, allow_inf_nan=False),
]


class Prices(Strict):
    """The file. Every price is for a month."""

    version: Literal[1]
    currency: Literal["EUR"] = "EUR"
    source: Line = Field(description="Où ces prix ont été lus : catalogue, devis, marché")
    read_on: datetime.date
    without_tax: bool = True
    example: bool = False
    flavors: dict[str, Price] = Field(default={})
    volume_gb: dict[str, Price] = Field(default={})
    public_address: Price | None = None
    backup_gb: Price | None = None
    backups_gb: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    servers: dict[str, Price] = Field(default={})
    other: dict[str, Price] = Field(default={})


@dataclass(frozen=True)
class CostLine:
    """One thing paid for, `amount` a month."""

    what: str
    detail: str
    amount: Decimal


@dataclass
class Estimate:
    """What is counted, and what is not, in French."""

    prices: Prices
    lines: list[CostLine] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @property
    def total(self) -> Decimal:
        """Exact sum."""
        return sum((line.amount for line in self.lines), Decimal(0))


def read_prices(path: Path) -> Prices:
    """The prices at `path`. Raises OperatorError, one problem a line, each with its line."""
    try:
        written = read_yaml(path)
    except YamlFault as fault:
        if not path.exists():
            raise OperatorError(
                f"{path} n'existe pas. Copiez stacks/prix.exemple.yaml à cet endroit, puis mettez-y les prix de votre"
                " opérateur."
            ) from None
        raise OperatorError(f"{path}{f', ligne {fault.line}' if fault.line else ''} : {fault.sentence}.") from None
    try:
        return Prices.model_validate(written.value)
    except ValidationError as error:
        raise OperatorError("\n".join(_in_words(path, written, item) for item in error.errors())) from None


def _in_words(path: Path, written: YamlFile, item: Any) -> str:
    sentence = str(item["ctx"]["error"]) if item["type"] == "value_error" else _SENTENCES.get(item["type"])
    where = ".".join(map(str, item["loc"])) or "le fichier"
    return f"{path}, ligne {written.line(item['loc'])} : {where} : {sentence or 'cette valeur ne convient pas'}."


def estimate(stack: Stack, site: Site) -> Estimate:
    """What the site would cost. Raises OperatorError when the prices cannot be read."""
    plan = make_plan(stack.name, settled(site, {}), image="", ssh_public_key="")
    return estimate_plan(plan, read_prices(stack.site_directory / FILE))


def estimate_plan(plan: StackPlan, prices: Prices) -> Estimate:
    """What a plan would cost at these prices."""
    found = Estimate(prices)
    for host in plan.hosts:
        if host.flavor:
            _count(found, f"hôte {host.name}", f"gabarit {host.flavor}", prices.flavors.get(host.flavor), 1)
        else:
            _count(found, f"hôte {host.name}", "serveur", prices.servers.get(host.name), 1)
    if plan.cloud:
        kind = plan.cloud.volume_type
        price = prices.volume_gb.get(kind, prices.volume_gb.get(DEFAULT))
        for host in plan.hosts:
            for data in host.data:
                detail = f"{data.size_gb} Gio{f' de {kind}' if kind else ''}"
                _count(found, f"volume {host.name}-{data.name}", detail, price, data.size_gb)
        for host in plan.hosts:
            if host.public:
                _count(found, f"adresse publique de {host.name}", "IPv4", prices.public_address, 1)
        if plan.cloud.backup_container:
            _count_backups(found, plan.cloud.backup_container)
    for what, price in prices.other.items():
        found.lines.append(CostLine(what, "autre", price))
    return found


def _count(found: Estimate, what: str, detail: str, price: Decimal | None, number: int) -> None:
    if price is None:
        found.missing.append(f"{what} ({detail}) : pas de prix")
    else:
        found.lines.append(CostLine(what, detail, price * number))


def _count_backups(found: Estimate, container: str) -> None:
    prices = found.prices
    if prices.backups_gb is None:
        found.missing.append(f"sauvegardes ({container}) : dites leur place attendue (backups_gb)")
    else:
        _count(found, "sauvegardes", f"{prices.backups_gb} Gio", prices.backup_gb, prices.backups_gb)


def euros(amount: Decimal) -> str:
    """An amount as people read it, to the cent: « 1 234,50 € »."""
    text = f"{amount.quantize(CENT, ROUND_HALF_UP):,}"
    return text.replace(",", "\N{NARROW NO-BREAK SPACE}").replace(".", ",") + " €"
