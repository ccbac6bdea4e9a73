"""The workload model as an operator reads it in a terminal (French)."""

from __future__ import annotations

from collections.abc import Iterator

from loadtests.workload import Model, Sensitivity, Workload

_NARROW = "\u202f"


def number(value: float, decimals: int | None = None) -> str:
    """A number the French way; three significant figures where `decimals` is not given."""
    if decimals is None:
        size = abs(value)
        decimals = 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 1 else 3 if size >= 0.1 else 4
    return f"{value:,.{decimals}f}".replace(",", _NARROW).replace(".", ",")


def model_lines(model: Model, workload: Workload, varied: list[Sensitivity]) -> Iterator[str]:
    """The whole page, line by line."""
    yield f"Charge d'une commune de {number(workload.population, 0)} habitants"
    yield ""
    yield from _year(workload)
    yield ""
    yield from _hours(workload)
    yield ""
    yield from _opening(workload)
    yield ""
    yield "Si une hypothèse est fausse : moitié, valeur retenue, double (seuls les débits qui changent)"
    for item in varied:
        yield f"  {item.label} ({number(item.value)})"
        for rate, (half, base, double) in item.rates.items():
            if half != base or double != base:
                yield f"      {rate:<58} {number(half):>8} {number(base):>8} {number(double):>8}"
    yield ""
    yield "D'où viennent les nombres"
    for quantity in model.quantities.values():
        yield f"  {number(quantity.valeur):>10} {quantity.unite:<34} {quantity.libelle}"
        yield f"             {quantity.origin}"
    for shape in model.hours.values():
        yield f"             Heures, {shape.libelle.lower()} : {shape.origin}"


def _year(workload: Workload) -> Iterator[str]:
    year, day, agents = workload.year, workload.day, workload.agents
    yield "Une année"
    low, middle = number(year.requests_low, 0), number(year.requests_middle, 0)
    yield f"  demandes, tous canaux       {number(year.requests, 0):>10}   (selon d'autres sources : {low} ou {middle})"
    for name, value in (
        ("en ligne", year.online),
        ("au guichet", year.counter),
        ("par téléphone", year.telephone),
        ("par lettre ou e-mail", year.letters),
    ):
        yield f"    {name:<25} {number(value, 0):>10}"
    yield f"Un jour ouvré : {number(day.requests, 0)} demandes, dont {number(day.online, 0)} en ligne ;"
    yield f"  {number(day.visits, 0)} visites et {number(day.pages, 0)} pages du portail."
    yield (
        f"  {number(agents.count, 0)} agents : {number(agents.requests_per_day)} demandes par agent,"
        f" {number(agents.pages)} page/s, et {number(agents.refreshes)} rafraîchissement/s de la liste."
    )


def _hours(workload: Workload) -> Iterator[str]:
    peak = workload.peak_hour.hour
    yield "Heure par heure, un jour ouvré"
    yield "   heure   demandes en ligne   visites   pages   pages/s   pages d'agents"
    for hour in workload.hours:
        mark = "  ← pointe" if hour.hour == peak else ""
        yield (
            f"   {hour.hour:>2} h   {number(hour.submissions, 1):>17}   {number(hour.visits, 0):>7}"
            f"   {number(hour.pages, 0):>5}   {number(hour.pages_per_second, 3):>7}"
            f"   {number(hour.agent_pages, 0):>14}{mark}"
        )


def _opening(workload: Workload) -> Iterator[str]:
    opening = workload.opening
    yield f"Matin d'ouverture des inscriptions : {number(opening.households, 0)} foyers le premier jour"
    yield (
        f"  première minute      {number(opening.first_minute):>6} arrivées/s   {number(opening.requests_first_minute)}"
        f" requêtes/s, {number(opening.requests_first_minute_reloads)} avec les rechargements"
    )
    yield f"                       (une seconde sur mille en compte plus de {opening.worst_second})"
    yield (
        f"  dix minutes          {number(opening.ten_minutes):>6} arrivées/s   {number(opening.requests_ten_minutes)}"
        f" requêtes/s ; {number(opening.in_progress, 0)} parcours en même temps"
    )
    yield f"  première heure       {number(opening.first_hour):>6} arrivées/s"
    yield f"  La première minute vaut {number(workload.peak_to_mean, 0)} fois la moyenne de l'année."
