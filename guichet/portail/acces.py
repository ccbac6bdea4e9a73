"""Which requests and drafts this browser may open: those of its account, and those its session holds."""

from __future__ import annotations

import uuid
from typing import cast

from django.db.models import QuerySet
from django.http import HttpRequest

from guichet.comptes.models import Usager
from guichet.demandes import services
from guichet.demandes.droits import Demandeur
from guichet.demandes.models import Brouillon, Demande
from socle import saisie_gardee

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


def retient(request: HttpRequest) -> bool:
    """Whether this session opens anything of somebody: a request, a draft, a text that waits for a sign-in."""
    return any(request.session.get(cle) for cle in (OUVERTES, BROUILLONS, saisie_gardee.CLE))


def sans_code(request: HttpRequest) -> QuerySet[Brouillon]:
    """Drafts that only this session can open: nobody asked for their code."""
    tenus = Brouillon.objects.filter(pk__in=brouillons_tenus(request), usager=None, reprise=None)
    return tenus.select_related("demarche").defer("demarche__definition")


def effacer(request: HttpRequest) -> None:
    """Forget all that this session opens. Drafts that nobody could open any more go; requests sent are the town's."""
    for brouillon in sans_code(request):
        services.abandonner_brouillon(brouillon)
    request.session.flush()


def _lire(request: HttpRequest, cle: str) -> list[uuid.UUID]:
    return [uuid.UUID(brut) for brut in request.session.get(cle, [])]


def _ajouter(request: HttpRequest, cle: str, identifiant: uuid.UUID) -> None:
    gardes = [brut for brut in request.session.get(cle, []) if brut != str(identifiant)]
    request.session[cle] = [*gardes, str(identifiant)][-GARDES:]
