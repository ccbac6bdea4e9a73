"""An operator's command, in a process of its own: takes the state, changes it, gives it back.

    python operator_at_work.py STACK LOCATION(JSON) SCRIPT

`SCRIPT` is one word after another: ``add`` adds one to a counter of the state, ``hold`` says « tenu » and waits for a
line on standard input, ``again:N`` repeats what precedes N times, each time as a command of its own.
"""

from __future__ import annotations

import json
import sys
import time

from pydantic import TypeAdapter

from infra.cli.phases import say
from infra.model.state_location import StateLocation
from infra.shared_state import lock, sealing
from infra.shared_state.lock import LockHeld
from infra.shared_state.opening import Location
from infra.shared_state.session import working
from infra.state import OperatorError, Stack

CHEAP = 2**4
"""What trying passphrases costs is not what these tests look at."""


def work(stack: Stack, location: Location, words: list[str]) -> None:
    """One command. It has the state alone, or raises."""
    with working(stack, location, "gru essai", say):
        for word in words:
            counter = stack.directory / "secrets.yml"
            if word == "add":
                count = int(counter.read_text(encoding="utf-8")) if counter.exists() else 0
                counter.write_text(str(count + 1), encoding="utf-8")
            elif word == "hold":
                print("tenu", flush=True)
                sys.stdin.readline()


def main(name: str, place: str, script: str) -> int:
    """The code is 1 where the command is refused; a lock that another holds is tried again with ``again``."""
    location: Location = TypeAdapter(StateLocation).validate_python(json.loads(place))
    lock.HEARTBEAT_SECONDS, sealing.SCRYPT_COST = 0.2, CHEAP
    *words, last = script.split()
    times = int(last.removeprefix("again:")) if last.startswith("again:") else 0
    stack = Stack(name)
    stack.prepare()
    done = 0
    while done < max(1, times):
        try:
            work(stack, location, words if times else [*words, last])
            done += 1
        except LockHeld:
            if not times:
                raise
            time.sleep(0.1)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except OperatorError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
