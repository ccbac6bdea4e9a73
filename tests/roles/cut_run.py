"""Cut a run between a file and what follows from it: the host holds its first restart, and the run is killed there."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from typing import Any

from infra.remote import run_remote

OWED = "cat /var/lib/gru/owed/* 2>/dev/null || true"
_HELD = "/run/gru-test-held"
_HOLDER = "/usr/local/bin/systemctl"
_PATIENCE_SECONDS = 180
# Before /usr/bin in the path of whoever enters by SSH. The shell's number stays that of what waits.
_HOLD = f"""\
cat > {_HOLDER} <<'END'
#!/bin/sh
case " $* " in
*" restart "* | *" reload "*) echo $$ > {_HELD}; exec sleep infinity ;;
esac
exec /usr/bin/systemctl "$@"
END
chmod 755 {_HOLDER}
"""
_RELEASE = f'rm -f {_HOLDER}; [ ! -e {_HELD} ] || {{ kill "$(cat {_HELD})" || true; rm {_HELD}; }}'


def cut(inventory: dict[str, Any], host: str, deploy: Callable[[], object]) -> str:
    """Run `deploy` and kill it when it asks for the first restart on `host`; what the host owes (paths, one a line).

    Raises:
        AssertionError: it ended, or lasted, without asking for one.
    """
    run_remote(inventory, host, ["sh", "-s"], _HOLD)
    run = multiprocessing.get_context("fork").Process(target=deploy)
    run.start()
    try:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while run_remote(inventory, host, [f"cat {_HELD} 2>/dev/null || true"]) == "":
            assert run.is_alive(), "la mise à jour s'est terminée sans rien relancer"
            assert time.monotonic() < deadline, "la mise à jour n'a rien relancé à temps"
            run.join(0.3)
    finally:
        run.kill()
        run.join()
        run_remote(inventory, host, ["sh", "-s"], _RELEASE)
    return run_remote(inventory, host, [OWED])
