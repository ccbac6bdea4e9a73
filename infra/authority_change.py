"""The site's own authority made again (another domain, its end in sight): told before, done without a breach of trust.

While it changes, every host trusts the former one too: its certificates are still shown by hosts whose turn has not
come. An interrupted change is taken up by the next `gru up`, because the vault remembers the former authority until
no host needs it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.authority import why_not
from infra.configuration import run_runbook
from infra.model import Site
from infra.secret_store import FORMER_AUTHORITY, keep_secret, read_secrets
from infra.state import Stack


def planned_change(stack: Stack, site: Site) -> str | None:
    """What `gru up` would do of the authority, in French; None when it stays, or is yet to be made.

    Raises:
        OperatorError: the passphrase does not open the secrets.
    """
    if not stack.secrets_file.exists():
        return None
    reason = why_not(read_secrets(stack)["ca_certificate"], site)
    if reason is None:
        return None
    after = (
        "tous les hôtes reçoivent un nouveau certificat"
        if site.certificate.public
        else f"tous les hôtes reçoivent un nouveau certificat, et {stack.authority_file} est à réimporter dans les"
        " navigateurs"
    )
    return f"refaire l'autorité locale : {reason} ; {after}"


@contextmanager
def both_trusted(stack: Stack, log_file: Path) -> Iterator[None]:
    """Around the configuration of hosts: make each trust the former authority too, until all have left it.

    Raises:
        OperatorError: a host does not answer; the former authority then stays trusted.
    """
    if FORMER_AUTHORITY not in read_secrets(stack):
        yield
        return
    run_runbook(stack, "trust", log_file)
    yield
    # Hosts lose what the vault no longer holds: with this runbook, or with the next `gru up` should it be cut short.
    keep_secret(stack, FORMER_AUTHORITY, None)
    run_runbook(stack, "trust", log_file)
