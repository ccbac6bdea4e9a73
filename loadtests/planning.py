"""From a profile and a target to a plan: rates are worked out, arrivals drawn, safety asked."""

from __future__ import annotations

from pathlib import Path

from infra.state import Stack
from loadtests.people import people_file
from loadtests.plan import AgentsPlan, Plan, new_directory
from loadtests.profile import Profile, load_profile
from loadtests.schedule import Schedule, Segment, draw
from loadtests.targets import Target, check_allowed, find_target
from loadtests.workload import compute, load_model

DEFAULT_POPULATION = 60000


def draw_plan(
    profile: Profile,
    target: Target,
    people: Path | None,
    *,
    seed: int = 1,
    population: int = DEFAULT_POPULATION,
    scale: float = 1.0,
    duration: float | None = None,
    allowed: bool = False,
    slow_address: str = "",
) -> tuple[Plan, Schedule]:
    """Draw the arrivals of a profile against a target. `duration` (seconds) squeezes it, `scale` multiplies rates.

    Raises:
        OperatorError: what safety refuses (`check_allowed`), or a model of the town that cannot be read.
    """
    model = load_model()
    workload = compute(model, population)
    segments = profile.segments(workload, scale, duration)
    highest = max(max(segment.first, segment.last) for segment in segments)
    seconds = segments[-1].end
    check_allowed(target, allowed=allowed, highest_rate=highest, seconds=seconds)
    count = workload.agents.count if profile.agents.nombre == "modele" else profile.agents.nombre
    refresh = profile.agents.rafraichissement or model.values()["rafraichissement_liste"]
    # The mix of `ouverture` counts reloads besides the arrivals that the model announces.
    weights = profile.weights(model)
    extra = sum(weights.values()) if profile.melange == "ouverture" else 1.0
    segments = [Segment(s.start, s.end, s.first * extra, s.last * extra) for s in segments]
    # Telephones have a network of their own only where a relay makes it.
    schedule = draw(segments, weights, seed, mobile_share=1.0 if slow_address else 0.0)
    plan = Plan(
        profile=profile.nom,
        title=profile.titre,
        target=target,
        seed=seed,
        duration=seconds,
        digest=schedule.digest(),
        people_file=str(people) if people and people.exists() else "",
        agents=AgentsPlan(
            max(1, round(count * min(scale, 1))) if count else 0, refresh, profile.agents.traite, profile.agents.guichet
        ),
        think_scale=profile.reflexion,
        wrong_password_share=model.values()["part_mot_de_passe_faux"],
        allowed=allowed,
        slow_address=slow_address,
    )
    return plan, schedule


def quick_plan(name: str, stack_name: str) -> Path:
    """Write the plan of a run started by plain `locust`, without `gru`; its folder. Raises OperatorError."""
    stack = Stack(stack_name)
    plan, schedule = draw_plan(load_profile(name), find_target(stack_name), people_file(stack))
    directory = new_directory(stack, name)
    plan.write(directory, schedule)
    return directory
