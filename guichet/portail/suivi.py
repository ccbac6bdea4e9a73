"""Opening a request with its number and tracking code, without letting anybody try codes or numbers."""

from __future__ import annotations

import uuid

from django.http import HttpRequest

from guichet.demandes import references
from guichet.demandes.models import Demande
from guichet.portail.tentatives import PAR_EXPEDITEUR, TropDeTentatives, cle, essai
from socle.securite.adresse import adresse_de

PAR_REFERENCE = 10
# An unknown number costs what a known one costs: time does not tell which exist.
FACTICE = uuid.UUID(int=0)

__all__ = ["PAR_EXPEDITEUR", "PAR_REFERENCE", "TropDeTentatives", "ouvrir_par_code"]


def ouvrir_par_code(request: HttpRequest, saisie: str, code: str) -> Demande | None:
    """Return the request, if number and code go together; None in every other case alike. Raises TropDeTentatives."""
    reference = references.normaliser_reference(saisie)
    source = adresse_de(request)
    # Of this number, tries are counted by source: whoever has the right code is not shut out by whoever has not.
    permis = {cle("reference", f"{reference} {source}"): PAR_REFERENCE, cle("expediteur", source): PAR_EXPEDITEUR}
    with essai(permis) as reussi:
        demande = _verifier(reference, code)
        if demande is not None:
            reussi()
    return demande


def _verifier(reference: str, code: str) -> Demande | None:
    demande = Demande.objects.filter(reference=reference).only("id", "reference", "code_suivi_empreinte").first()
    identifiant = demande.pk if demande else FACTICE
    empreinte = demande.code_suivi_empreinte if demande else ""
    if references.code_correspond(identifiant, code, empreinte) and demande:
        return demande
    return None
