"""One run, from a profile to its verdict: the only place that puts the pieces in their order.

`play_profile` prepares (people, a way to the platform, arrivals, what disturbs), `play_plan` does the rest: mark the
front's journal, play the arrivals, ask the platform what it saw, judge, keep everything in a folder.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from infra.inventory import read_inventory
from infra.state import OperatorError, Stack
from loadtests import aftermath, disturb, generator, slow_network
from loadtests.clock import Action
from loadtests.finished import Finished
from loadtests.machine import conditions
from loadtests.observed import front, usage
from loadtests.observed.abuse import AbuseSeen
from loadtests.observed.server_side import ServerSide
from loadtests.observed.watching import WATCHED_SECONDS, watch
from loadtests.people import known_people
from loadtests.plan import Plan
from loadtests.planning import DEFAULT_POPULATION, draw_plan
from loadtests.profile import Profile
from loadtests.schedule import Schedule
from loadtests.shapes import Watched
from loadtests.slo import Slo
from loadtests.targets import Target, find_target
from loadtests.verdict import Verdict, judge

Tell = Callable[[str], None]


def play_profile(
    profile: Profile,
    stack_name: str,
    directory: Path,
    *,
    slo: Slo,
    tell: Tell,
    population: int = DEFAULT_POPULATION,
    seed: int = 1,
    scale: float = 1.0,
    duration: float | None = None,
    processes: int = 1,
    during: str | None = None,
    allowed: bool = False,
) -> Finished:
    """Play a profile against a stack or a listed target. `duration` (seconds) squeezes it, `scale` multiplies rates.

    Raises:
        OperatorError: no such target, no people, a refusal of safety, or a profile that this target cannot bear.
    """
    stack, target = Stack(stack_name), find_target(stack_name)
    inventory = None if target.kind == "listed" else read_inventory(stack)
    people = known_people(stack)
    with _way(profile, target, inventory) as relay:
        plan, schedule = draw_plan(
            profile,
            target,
            people,
            seed=seed,
            population=population,
            scale=scale,
            duration=duration,
            allowed=allowed,
            slow_address=relay,
        )
        tell(f"{plan.title} : {len(schedule.arrivals)} arrivées en {plan.duration:.0f} s, {plan.agents.count} agents.")
        abuse: list[AbuseSeen] = []
        actions = disturbances(profile, inventory, target, plan.duration, abuse)
        if during:
            actions.append((f"pendant la charge : {during}", generator.during(during, directory)))
        return play_plan(
            plan,
            schedule,
            directory,
            inventory,
            slo=slo,
            tell=tell,
            profile=profile,
            processes=processes,
            actions=actions,
            abuse=abuse,
        )


@contextmanager
def _way(profile: Profile, target: Target, inventory: dict[str, Any] | None) -> Iterator[str]:
    """The relay that arrivals go through, for the time of the run; empty where they go straight."""
    if network := profile.reseau:
        split = urlsplit(target.urls["portal"])
        name, port = split.hostname or "", split.port or 443
        to = f"{target.addresses.get(name, name)}:{port}"
        with slow_network.running(to, network.delai_ms, network.debit_kbit) as relay:
            yield relay
    elif profile.derriere:
        if inventory is None:
            raise OperatorError("Ce profil passe par un hôte de la plateforme : il ne va que sur une pile de ce dépôt.")
        with disturb.behind(inventory, profile.derriere) as relay:
            yield relay
    else:
        yield ""


def disturbances(
    profile: Profile, inventory: dict[str, Any] | None, target: Target, duration: float, abuse: list[AbuseSeen]
) -> list[tuple[str, Action]]:
    """What the profile does to the platform meanwhile: words and action. An abusive source puts what it saw in `abuse`.

    Raises:
        OperatorError: hosts that cannot be reached, or a run of another length than the profile's.
    """
    if not profile.pannes and not profile.abus:
        return []
    if inventory is None:
        raise OperatorError("Ce profil agit sur les hôtes : il ne va que sur une pile de ce dépôt.")
    if duration != profile.duration:
        raise OperatorError("Ce profil a un déroulement précis : il ne se comprime pas (--duration).")
    actions = [disturb.outage(inventory, planned) for planned in profile.pannes]
    if profile.abus:
        actions.append(disturb.abuse(inventory, target, profile.abus, abuse))
    return actions


def play_plan(
    plan: Plan,
    schedule: Schedule,
    directory: Path,
    inventory: dict[str, Any] | None,
    *,
    slo: Slo,
    tell: Tell,
    profile: Profile | None = None,
    processes: int = 1,
    actions: Sequence[tuple[str, Action]] = (),
    abuse: Sequence[AbuseSeen] = (),
) -> Finished:
    """Play a plan to its end and judge it. `inventory` is None where the platform's hosts cannot be asked.

    An action that plays an abusive source puts what it saw into `abuse`.

    Raises:
        OperatorError: the platform does not answer before the run, or the generator left no measures.
    """
    plan.write(directory, schedule)
    started = time.time()
    before = usage.snapshot(inventory) if inventory else None
    unwritten = front.unwritten(inventory) if inventory else 0
    front.mark(plan.target, plan.run, front.START)
    watched: list[Watched] = []
    doing = list(actions)
    if inventory and plan.duration >= WATCHED_SECONDS:
        doing.append(("mémoire et disque regardés", watch(inventory, plan.duration, watched)))
    recording, notes = generator.generate(plan, directory, processes, doing, tell)
    done = Finished(
        directory,
        plan,
        recording,
        started,
        Verdict(),
        notes=notes,
        watched=watched,
        conditions=conditions(),
        profile=profile,
        promises=slo.promises(plan.profile),
    )
    questions = aftermath.Questions(tell)
    with questions.one():
        front.mark(plan.target, plan.run, front.END)
    if inventory and before:
        tell("Lecture de ce que la plateforme a vu…")
        aftermath.ask_platform(done, inventory, before, unwritten, questions)
    server = ServerSide(
        done.front,
        done.machine,
        done.losses,
        abuse[0] if abuse else None,
        tuple(done.watched),
        {curve.name: curve.points for curve in done.curves},
        tuple(questions.unanswered),
    )
    done.verdict = judge(recording, plan.profile, slo, duration=plan.duration, server=server)
    done.write()
    return done
