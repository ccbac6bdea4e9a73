"""From verified claims to an open session: one function a site."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.http import HttpRequest

from guichet.identite.middleware import CLE_SESSION
from socle.openid.identite import AccesRefuse, identite, verifier_personnel

GROUPE_AGENTS = "agents"
SANS_GROUPE = "Votre compte n'est pas celui d'un agent. Demandez l'accès à votre service informatique."


def ouvrir_usager(request: HttpRequest, claims: dict[str, Any]) -> None:
    """Open a resident's session."""
    qui = identite(claims)
    champs = {"courriel": qui.courriel, "nom": qui.nom}
    usager, _ = apps.get_model("comptes", "Usager")._default_manager.update_or_create(**qui.cle, defaults=champs)
    request.session.cycle_key()
    request.session[CLE_SESSION] = str(usager.pk)


def ouvrir_agent(request: HttpRequest, claims: dict[str, Any]) -> None:
    """Open an agent's session, with the groups that the directory gives today."""
    qui = identite(claims)
    verifier_personnel(qui, {GROUPE_AGENTS}, settings.OIDC_REQUIRED_ACR, SANS_GROUPE)
    groupes = list(qui.groupes)
    agent, _ = get_user_model()._default_manager.update_or_create(
        **qui.cle, defaults={"courriel": qui.courriel, "nom": qui.nom or qui.sub, "groupes": groupes}
    )
    if not agent.is_active:
        raise AccesRefuse("Votre accès a été suspendu. Contactez votre service informatique.")
    from guichet.conception.droits import accorder_conception
    from guichet.editorial.droits import accorder_redaction

    accorder_redaction(agent, groupes)
    accorder_conception(agent, groupes)
    login(request, agent, backend="guichet.identite.backend.AnnuaireBackend")
