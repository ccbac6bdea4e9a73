"""Opening a request with its number and tracking code, without letting anybody try codes or numbers."""

from __future__ import annotations

import uuid

from django.http import HttpRequest

from guichet.demandes import references
from guichet.demandes.models import Demande

from . import tentatives
from .tentatives import PAR_EXPEDITEUR, TropDeTentatives

PAR_REFERENCE = 10
# An unknown number costs what a known one costs: time does not tell which exist.
FACTICE = uuid.UUID(int=0)

__all__ = ["PAR_EXPEDITEUR", "PAR_REFERENCE", "TropDeTentatives", "ouvrir_par_code"]


def ouvrir_par_code(request: HttpRequest, saisie: str, code: str) -> Demande | None:
    """The request, if number and code go together; None in every other case alike."""
    reference = references.normaliser_reference(saisie)
    limites = {
        tentatives.cle("reference", reference): PAR_REFERENCE,
        tentatives.cle("expediteur", tentatives.expediteur(request)): PAR_EXPEDITEUR,
    }
    tentatives.exiger(limites)
    demande = Demande.objects.filter(reference=reference).only("id", "reference", "code_suivi_empreinte").first()
    identifiant = demande.pk if demande else FACTICE
    empreinte = demande.code_suivi_empreinte if demande else ""
    if references.code_correspond(identifiant, code, empreinte) and demande:
        return demande
    tentatives.compter(limites)
    return None
