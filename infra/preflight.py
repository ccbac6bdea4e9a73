"""What is refused in words before anything is touched: each check reads the site and its folder, and changes nothing.

A check takes the stack and the typed site and gives French sentences, one a problem, each saying what to do. Those that
need hosts (a disk too small, a port taken) are asked of the hosts themselves, once they answer over SSH.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from infra import site_checks, site_folder
from infra.backups import backup_doubts
from infra.certificate_checks import certificate_doubts, certificate_problems
from infra.given_secrets import wanted_secrets
from infra.mail_relay import relay_takes_us
from infra.model import Site
from infra.policy import check as placement
from infra.state import OperatorError, Stack

Check = Callable[[Stack, Site], Iterable[str]]

FOLDER_CHECKS: tuple[Check, ...] = (site_checks.memory_is_enough, site_folder.faults, placement.breaches)
"""Those of what is written, anywhere: no secret, no network."""

CHECKS: tuple[Check, ...] = (*FOLDER_CHECKS, certificate_problems, site_checks.network_is_taken)
"""In the order in which an operator would mend what they find."""

SECRET_CHECKS: tuple[Check, ...] = (wanted_secrets, relay_takes_us)
"""Those that need the site's secrets: run once the state is held, before anything is changed."""

FOLDER_DOUBTS: tuple[Check, ...] = (site_checks.domain_is_reserved, backup_doubts, placement.doubts)

DOUBTS: tuple[Check, ...] = (*FOLDER_DOUBTS, certificate_doubts)
"""Said, and not refused: the operator may know better."""


def refuse_what_cannot_work(stack: Stack, site: Site, checks: Iterable[Check] | None = None) -> None:
    """Run every check, then refuse all that was found at once. Raises OperatorError, one problem a line."""
    if found := found_by(CHECKS if checks is None else checks, stack, site):
        raise OperatorError("Rien n'a été touché. À corriger d'abord :\n" + "\n".join(f"  - {one}" for one in found))


def found_by(checks: Iterable[Check], stack: Stack, site: Site) -> list[str]:
    """What the checks say, in their order."""
    return [sentence for check in checks for sentence in check(stack, site)]
