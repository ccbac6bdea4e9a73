"""From verified claims to an open session: one function a site.

Accounts are keyed by issuer, source and sub together, never by e-mail: an identity that asserts somebody's
address does not become that person.
"""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.http import HttpRequest

from guichet.identite.middleware import CLE_SESSION

ANNUAIRE = "annuaire"
GROUPE_AGENTS = "agents"
CLE_JETON = "oidc_id_token"


class AccesRefuse(Exception):
    """The identity is genuine but may not enter this site; the text is for the person."""


def _cle(claims: dict[str, Any]) -> dict[str, Any]:
    sub, source = str(claims.get("sub") or ""), str(claims.get("auth_source") or "")
    if not sub or not source:
        raise AccesRefuse("Votre compte n'est pas complet. Contactez la mairie pour le faire corriger.")
    return {"issuer": str(claims["iss"]), "source": source, "sub": sub}


def _groupes(claims: dict[str, Any]) -> list[str]:
    groupes = claims.get("groups") or []
    if isinstance(groupes, str):
        groupes = groupes.replace(";", " ").replace(",", " ").split()
    return sorted({str(groupe) for groupe in groupes})


def ouvrir_usager(request: HttpRequest, claims: dict[str, Any]) -> None:
    """Open a resident's session."""
    champs = {"courriel": str(claims.get("email") or ""), "nom": str(claims.get("name") or "")}
    usager, _ = apps.get_model("comptes", "Usager")._default_manager.update_or_create(**_cle(claims), defaults=champs)
    request.session.cycle_key()
    request.session[CLE_SESSION] = str(usager.pk)


def verifier_agent(claims: dict[str, Any]) -> None:
    """Refuse whoever is not an agent of the town's own directory, signed in with a second factor."""
    if claims.get("auth_source") != ANNUAIRE:
        raise AccesRefuse("Ce site est réservé aux agents de la commune, avec leur compte professionnel.")
    if GROUPE_AGENTS not in _groupes(claims):
        raise AccesRefuse("Votre compte n'est pas celui d'un agent. Demandez l'accès à votre service informatique.")
    exiges = settings.GUICHET_OIDC_REQUIRED_ACR
    if exiges and claims.get("acr") not in exiges:
        raise AccesRefuse("Une double authentification est demandée pour ce site. Reconnectez-vous avec votre code.")


def ouvrir_agent(request: HttpRequest, claims: dict[str, Any]) -> None:
    """Open an agent's session, with the groups that the directory gives today."""
    verifier_agent(claims)
    groupes = _groupes(claims)
    agent, _ = get_user_model()._default_manager.update_or_create(
        **_cle(claims),
        defaults={
            "courriel": str(claims.get("email") or ""),
            "nom": str(claims.get("name") or claims["sub"]),
            "groupes": groupes,
        },
    )
    if not agent.is_active:
        raise AccesRefuse("Votre accès a été suspendu. Contactez votre service informatique.")
    from guichet.conception.droits import accorder_conception
    from guichet.editorial.droits import accorder_redaction

    accorder_redaction(agent, groupes)
    accorder_conception(agent, groupes)
    login(request, agent, backend="guichet.identite.backend.AnnuaireBackend")
