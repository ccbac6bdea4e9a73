"""The dossier of an address, for the team and for everybody."""

from __future__ import annotations

from django.http import Http404
from django.shortcuts import get_object_or_404

from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.dossiers.services import a_l_heure


def trouver(slug: str) -> Dossier:
    """The dossier of this address. Raises Http404 where there is none."""
    return get_object_or_404(Dossier.objects.select_related("fiche"), slug=slug)


def trouver_public(slug: str) -> Dossier:
    """The dossier as it is at this hour, if it was announced.

    Raises Http404 otherwise: nobody learns that it is being prepared.
    """
    dossier = a_l_heure(get_object_or_404(Dossier.objects.select_related("fiche"), slug=slug))
    if not dossier.public:
        raise Http404
    return dossier
