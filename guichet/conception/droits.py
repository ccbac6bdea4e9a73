"""Who may write procedures, and who may publish them: two groups of the directory."""

from collections.abc import Iterable
from typing import Any

from django.apps import AppConfig, apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from wagtail.snippets.models import create_extra_permissions

REDACTEURS = "Rédacteurs des démarches"
RESPONSABLES = "Responsables des démarches"
# Group of the directory for each: editors of the pages also write procedures; publishing is for others.
ANNUAIRE = {REDACTEURS: ("editeurs", "responsables-demarches"), RESPONSABLES: ("responsables-demarches",)}
# « delete » throws away drafts that never were in service; the workshop refuses the rest (wagtail_hooks.py).
ACTIONS = {
    REDACTEURS: ("add", "change", "view", "delete"),
    RESPONSABLES: ("add", "change", "view", "delete", "publish"),
}
MODELES = ("demarcheredigee", "circuitredige", "orientationredigee")


def creer_les_groupes(config: AppConfig) -> None:
    """Make both groups with their rights; run again, nothing changes."""
    create_permissions(config, verbosity=0)
    create_permissions(apps.get_app_config("wagtailadmin"), verbosity=0)
    create_extra_permissions(config)  # Wagtail's own « publish »
    acces = Permission.objects.filter(content_type__app_label="wagtailadmin", codename="access_admin")
    for nom, actions in ACTIONS.items():
        groupe, _ = Group.objects.get_or_create(name=nom)
        codes = [f"{action}_{modele}" for action in actions for modele in MODELES]
        siennes = Permission.objects.filter(content_type__app_label=config.label, codename__in=codes)
        groupe.permissions.set([*acces, *siennes])


def accorder_conception(agent: Any, groupes: Iterable[str]) -> None:
    """Put the agent in both groups, or take them out, as the directory says."""
    siens = set(groupes)
    connus = {groupe.name: groupe for groupe in Group.objects.filter(name__in=ANNUAIRE)}
    for nom, groupe in connus.items():
        if siens & set(ANNUAIRE[nom]):
            agent.groups.add(groupe)
        else:
            agent.groups.remove(groupe)
