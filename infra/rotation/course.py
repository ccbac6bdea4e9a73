"""Change secrets while the platform serves: who presents one learns both values, who checks it takes the new one.

What was cut short is taken up where it stopped: the vault remembers each step with its values.

Hosts are changed one function and one host at a time, by the runbook of upgrades. At any
moment `gru up` would apply what the vault holds, which is the step under way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from infra.authority_change import both_trusted
from infra.configuration import run_runbook
from infra.model import Site
from infra.rotation import memory, proofs
from infra.rotation.catalogue import BY_NAME, Change, Kept
from infra.rotation.memory import BEGUN, ENDING, KEPT, SWITCHED, Progress
from infra.secret_store import FORMER_AUTHORITY, keep_all, keep_authority_file, made_today, new_authority, read_secrets
from infra.state import OperatorError, Stack
from infra.upgrade import FUNCTION_WORDS, functions_of

Tell = Callable[[str], None]

AUTHORITY = "ca"


@dataclass
class Course:
    """Changes of one command. `done` and `still_good` fill up as they go: names, and names with a last day."""

    stack: Stack
    site: Site
    inventory: dict[str, Any]
    tell: Tell
    today: date = field(default_factory=lambda: datetime.now(UTC).date())
    done: list[str] = field(default_factory=list)
    still_good: dict[str, str] = field(default_factory=dict)

    def run(self, names: Iterable[str], *, leaked: bool = False) -> None:
        """Finish what was begun, then change `names`. With `leaked`, a former value is good no longer than it must.

        Raises:
            OperatorError: a host does not follow; the next run goes on from there.
        """
        wanted = list(dict.fromkeys(names))
        content = read_secrets(self.stack)
        under_way = memory.running(content)
        if leaked:
            # What an earlier change left leaves first, at once: there is room for one former value.
            for name in [name for name in wanted if name in under_way]:
                self._hurry(name, under_way[name])
        self._advance(memory.overdue(read_secrets(self.stack), self.today))
        # One that was cut short is changed by being finished; but what leaked may be the new value.
        fresh = [name for name in wanted if leaked or name not in under_way]
        for name in fresh:
            self._begin(BY_NAME[name], leaked=leaked)
        self._advance(fresh)

    def _hurry(self, name: str, progress: Progress) -> None:
        content = read_secrets(self.stack)
        if progress.step == KEPT:
            self._keep(memory.put_aside(content, BY_NAME[name]))
        else:
            self._keep(memory.noted(content, name, replace(progress, leaked=True)))

    def _begin(self, kept: Kept, *, leaked: bool) -> None:
        content = read_secrets(self.stack)
        if kept.name == AUTHORITY:
            made = made_today(content | new_authority(content, self.site), kept.fields)
            self._keep(memory.noted(made, AUTHORITY, Progress(BEGUN, leaked)))
            return
        if make := _change(kept).make:
            self._keep(memory.begin(content, kept, make(), leaked=leaked))

    def _advance(self, names: list[str]) -> None:
        """Bring these changes to their end, together: a host is changed once for all that it must know."""
        if AUTHORITY in names:
            self._authority()
        self._learn(self._at(names, BEGUN))
        self._switch(self._at(names, SWITCHED))
        for kept in self._at(names, KEPT):
            self._keep(memory.put_aside(read_secrets(self.stack), kept))
        self._end(self._at(names, ENDING))

    def _at(self, names: list[str], step: str) -> list[Kept]:
        """Those that are at this step, and due to leave it."""
        under_way = memory.running(read_secrets(self.stack))
        return [
            BY_NAME[name]
            for name in names
            if name in under_way
            and under_way[name].step == step
            and (step != KEPT or under_way[name].until <= self.today.isoformat())
        ]

    def _learn(self, begun: list[Kept]) -> None:
        self._apply("Les deux valeurs sont bonnes", [_change(kept).learn for kept in begun])
        content = read_secrets(self.stack)
        for kept in begun:
            content = memory.switch(content, kept)
        if begun:
            self._keep(content)

    def _switch(self, switched: list[Kept]) -> None:
        self._apply("La nouvelle prend la place", [_change(kept).switch for kept in switched])
        for kept in switched:
            self._prove(kept, memory.OTHER, former_is_good=_change(kept).keep_days > 0)
            content, change = read_secrets(self.stack), _change(kept)
            if change.keep_days and not memory.running(content)[kept.name].leaked:
                until = (self.today + timedelta(days=change.keep_days)).isoformat()
                self._keep(memory.noted(content, kept.name, Progress(KEPT, until=until)))
                self.still_good[kept.name] = until
            else:
                self._keep(memory.put_aside(content, kept))

    def _end(self, ending: list[Kept]) -> None:
        self._apply("L'ancienne n'est plus bonne", [_change(kept).end for kept in ending])
        for kept in ending:
            self._prove(kept, memory.FORMER, former_is_good=False)
            self._keep(memory.forget(read_secrets(self.stack), kept))
            self.done.append(kept.name)

    def _authority(self) -> None:
        """Hosts trust both, get their new certificate, then forget the former: as `gru up` does."""
        content = read_secrets(self.stack)
        keep_authority_file(self.stack, content["ca_certificate"])
        if FORMER_AUTHORITY in content:
            self.tell("   Tous les hôtes : les deux autorités, puis leur nouveau certificat, puis la nouvelle seule")
            with both_trusted(self.stack, self._log("trust")):
                run_runbook(self.stack, "deploy", self._log("deploy"))
        self._keep(memory.noted(read_secrets(self.stack), AUTHORITY, None))
        self.done.append(AUTHORITY)

    def _prove(self, kept: Kept, beside: str, *, former_is_good: bool) -> None:
        content = read_secrets(self.stack)
        new = tuple(content[name] for name in kept.fields)
        former = tuple(content[name + beside] for name in kept.fields)
        shown = [proofs.value_to_show(kept, values) for values in (new, former)]
        proofs.prove(self.inventory, kept, *shown, former_is_good=former_is_good)

    def _apply(self, said: str, functions: list[tuple[str, ...]]) -> None:
        wanted = {function for several in functions for function in several}
        for function in [one for one in functions_of(self.inventory) if one in wanted]:
            self.tell(f"   {said} : {FUNCTION_WORDS[function]}")
            run_runbook(self.stack, "upgrade", self._log(function), variables={"upgrade_function": function})

    def _log(self, what: str) -> Any:
        stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
        return self.stack.log_directory / f"{stamp}-rotate-{what}.log"

    def _keep(self, content: dict[str, str]) -> None:
        keep_all(self.stack, content)


def _change(kept: Kept) -> Change:
    if kept.change is None:
        raise OperatorError(f"« {kept.name} » ne se change pas ainsi : {kept.by_hand}.")
    return kept.change


def refuse(inventory: dict[str, Any], content: dict[str, str], names: Iterable[str], *, leaked: bool) -> None:
    """Refuse by name what cannot be changed. Raises OperatorError with every reason."""
    found = [reason for name in names if (reason := _why_not(inventory, content, name, leaked=leaked))]
    if found:
        raise OperatorError("Rien n'a été touché.\n" + "\n".join(f"  - {reason}." for reason in found))


def _why_not(inventory: dict[str, Any], content: dict[str, str], name: str, *, leaked: bool) -> str | None:
    kept = BY_NAME.get(name)
    if kept is None:
        return f"« {name} » n'est le nom d'aucun secret : « gru rotate --list » les donne"
    if kept.change is None:
        return f"« {name} » ne se change pas ainsi : {kept.by_hand}"
    if not memory.serves(kept, functions_of(inventory)):
        return (
            f"« {name} » ne sert pas ici : aucun hôte ne porte {', '.join(FUNCTION_WORDS[one] for one in kept.holders)}"
        )
    under_way = memory.running(content).get(name)
    if under_way and under_way.step == KEPT and not leaked:
        return (
            f"« {name} » a déjà changé, et l'ancienne valeur reste bonne jusqu'au"
            f" {date.fromisoformat(under_way.until):%d/%m/%Y} ; si elle a fuité, « --leaked » la refuse tout de suite"
        )
    return None
