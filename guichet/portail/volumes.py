"""How many bytes one may send in an hour: files live in the database, which must not be filled by anybody.

Counted as received, before a file is opened. Without account also bounded: what drafts of nobody hold together.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from guichet.demandes.models import PieceBrouillon
from guichet.portail.acces import usager_de
from guichet.portail.models import Televersement
from guichet.questions.sortes.fichiers import DEMANDER_PLACE
from socle.securite.adresse import adresse_de, est_partagee
from socle.securite.limites import Limite

journal = logging.getLogger(__name__)

MIO = 1024 * 1024
AU_MOINS = MIO
"""Bytes that any file counts for: opening a small one can cost as much as a large one."""
SANS_COMPTE = 100 * MIO
"""Bytes an hour of one browser without account: twelve files of the largest size."""
PAR_SOURCE = 4 * 1024 * MIO
"""Bytes an hour from one source without account: a telephone operator has thousands of subscribers behind one."""
AVEC_COMPTE = 300 * MIO
"""Bytes an hour of one account."""
EN_ATTENTE = 2 * 1024 * MIO
"""Bytes that drafts without account may hold together before who sent much has to sign in; they are dropped after two
days, those kept by a code after thirty (demandes/brouillons.py)."""
BEAUCOUP = 24 * MIO
"""Bytes in an hour from one source that are more than a request holds: one person cannot shut out the others."""
_HEURE = Limite(Televersement, timedelta(hours=1), "portail.volumes")
TROP = (
    "Ce fichier n'est pas enregistré : beaucoup de fichiers sont arrivés depuis une heure de votre {ou}. "
    "Réessayez dans une heure, ou apportez ce document à la mairie."
)
PLEIN = (
    "Ce fichier n'est pas enregistré : le site reçoit trop de fichiers de personnes sans compte. Connectez-vous pour "
    "l'envoyer, ou apportez ce document à la mairie."
)


class PlaceComptee:
    """Middleware: files of this request are counted for its account, or for where it comes from."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Lends fields that take files a way to ask for room."""
        if request.method != "POST":
            return self.get_response(request)
        jeton = DEMANDER_PLACE.set(lambda octets: prendre(request, octets))
        try:
            return self.get_response(request)
        finally:
            DEMANDER_PLACE.reset(jeton)


def prendre(request: HttpRequest, octets: int) -> str:
    """Count these bytes; returns a sentence, and counts nothing, where there is no room for them."""
    compte = max(octets, AU_MOINS)
    plafonds = _plafonds(request)
    with transaction.atomic():
        for cle in sorted(plafonds):
            _HEURE.attendre_son_tour(cle)
        recus = {cle: _recus(cle) for cle in plafonds}
        for cle, (permis, ou) in plafonds.items():
            if recus[cle] + compte > permis:
                return TROP.format(ou=ou)
        beaucoup = max(recus.values(), default=0) + compte > BEAUCOUP
        if beaucoup and usager_de(request) is None and _en_attente() + octets > EN_ATTENTE:
            journal.warning(
                "Les brouillons sans compte tiennent toute la place permise : qui a déjà beaucoup envoyé est refusé."
            )
            return PLEIN
        _HEURE.oublier()
        Televersement.objects.bulk_create(Televersement(cle=cle, octets=compte) for cle in plafonds)
    return ""


def _plafonds(request: HttpRequest) -> dict[str, tuple[int, str]]:
    """For whom these bytes are counted, what each may send in an hour, and how a page names them.

    A browser that gives up its cookies is a new one: then only its source counts.
    """
    if usager := usager_de(request):
        return {_HEURE.cle("compte", str(usager.pk)): (AVEC_COMPTE, "compte")}
    plafonds = {}
    if session := request.session.session_key:
        plafonds[_HEURE.cle("navigateur", session)] = (SANS_COMPTE, "appareil")
    if not est_partagee(request):
        plafonds[_HEURE.cle("source", adresse_de(request))] = (PAR_SOURCE, "connexion")
    return plafonds


def _recus(cle: str) -> int:
    recents = Televersement.objects.filter(cle=cle, le__gt=timezone.now() - _HEURE.periode)
    return recents.aggregate(octets=Sum("octets"))["octets"] or 0


def _en_attente() -> int:
    return PieceBrouillon.objects.filter(brouillon__usager=None).aggregate(octets=Sum("taille"))["octets"] or 0
