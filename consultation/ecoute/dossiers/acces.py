"""The dossier of an address, for the team and for everybody."""

from __future__ import annotations

from django.http import Http404
from django.shortcuts import get_object_or_404

from consultation.ecoute.dossiers.models import Dossier


def trouver(slug: str) -> Dossier:
    """The dossier of this address. Raises Http404 where there is none."""
    return get_object_or_404(Dossier.objects.select_related("fiche"), slug=slug)


def trouver_public(slug: str) -> Dossier:
    """The dossier, if it was announced. Raises Http404 otherwise: nobody learns that it is being prepared."""
    dossier = get_object_or_404(Dossier, slug=slug)
    if not dossier.public:
        raise Http404
    return dossier
