"""Which requests and drafts this browser may open: those of its account, and those its session holds."""

from __future__ import annotations

import uuid
from typing import cast

from django.http import HttpRequest

from guichet.comptes.models import Usager
from guichet.demandes.droits import Demandeur
from guichet.demandes.models import Brouillon, Demande

OUVERTES = "demandes_ouvertes"
BROUILLONS = "brouillons"
GARDES = 30  # identifiers a session holds of each kind; the oldest go first


def usager_de(request: HttpRequest) -> Usager | None:
    """The account signed in with this browser; None without."""
    return cast("Usager | None", getattr(request, "usager", None))


def demandeur_de(request: HttpRequest) -> Demandeur:
    """Who is at the keyboard, for the rights of the domain."""
    return Demandeur(usager_de(request), frozenset(_lire(request, OUVERTES)))


def ouvrir(request: HttpRequest, demande: Demande) -> None:
    """Let this session open a request: it has just been sent from here, or its code was given."""
    _ajouter(request, OUVERTES, demande.pk)


def fermer(request: HttpRequest, demande: Demande) -> None:
    """Let this session open it no more: the next person at this keyboard does not read it."""
    request.session[OUVERTES] = [brut for brut in request.session.get(OUVERTES, []) if brut != str(demande.pk)]


def tenir(request: HttpRequest, brouillon: Brouillon) -> None:
    """Let this browser hold a draft without account, as long as its session lasts."""
    _ajouter(request, BROUILLONS, brouillon.pk)


def brouillons_tenus(request: HttpRequest) -> list[uuid.UUID]:
    """Drafts without account that this browser holds."""
    return _lire(request, BROUILLONS)


def tient(request: HttpRequest, brouillon: Brouillon) -> bool:
    """Whether the draft is of the account signed in, or without account and held by this browser."""
    usager = usager_de(request)
    if usager is not None and brouillon.usager_id == usager.pk:
        return True
    return brouillon.usager_id is None and brouillon.pk in brouillons_tenus(request)


def _lire(request: HttpRequest, cle: str) -> list[uuid.UUID]:
    return [uuid.UUID(brut) for brut in request.session.get(cle, [])]


def _ajouter(request: HttpRequest, cle: str, identifiant: uuid.UUID) -> None:
    gardes = [brut for brut in request.session.get(cle, []) if brut != str(identifiant)]
    request.session[cle] = [*gardes, str(identifiant)][-GARDES:]
