"""Who may write editorial pages: the directory's group `editeurs`."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Group

GROUPE_ANNUAIRE = "editeurs"
GROUPE_WAGTAIL = "Moderators"  # made by Wagtail's own migrations: may write and publish


def accorder_redaction(agent: Any, groupes: Iterable[str]) -> None:
    """Put the agent in Wagtail's group, or take them out, as the directory says."""
    groupe = Group.objects.filter(name=GROUPE_WAGTAIL).first()
    if groupe is None:
        return
    if GROUPE_ANNUAIRE in groupes:
        agent.groups.add(groupe)
    else:
        agent.groups.remove(groupe)
