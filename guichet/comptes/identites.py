"""What FranceConnect verified of a person: read from the claims of a sign-in, kept with the account."""

from __future__ import annotations

import re
from typing import Any

from django.db import transaction
from django.utils import timezone

from guichet.comptes.models import FRANCECONNECT, IdentiteVerifiee, Usager

_NOM_MAX = 256
"""Characters of a name, at FranceConnect (france-connect/sources, OidcIdentityDto)."""


def noter(usager: Usager, claims: dict[str, Any]) -> None:
    """Keep the civil status of these claims; a former one, if it differs, stays as history.

    Does nothing for another source, nor where names are missing: a session that is older than this release.
    """
    dite = _dite(claims)
    if usager.source != FRANCECONNECT or not (dite["prenoms"] and dite["nom"]):
        return
    with transaction.atomic():
        Usager.objects.select_for_update().get(pk=usager.pk)
        en_cours = IdentiteVerifiee.objects.filter(usager=usager, remplacee_le=None)
        if en_cours.filter(**dite).exists():
            return
        maintenant = timezone.now()
        en_cours.update(remplacee_le=maintenant)
        IdentiteVerifiee.objects.create(usager=usager, recue_le=maintenant, **dite)


def _dite(claims: dict[str, Any]) -> dict[str, str]:
    return {
        "prenoms": _ligne(claims.get("given_name")),
        "nom": _ligne(claims.get("family_name")),
        "nom_usage": _ligne(claims.get("preferred_username")),
        "naissance": _code(claims.get("birthdate"), r"\d{4}-\d{2}-\d{2}"),
        "lieu_naissance": _code(claims.get("birthplace"), "[0-9AB]{5}"),
        "pays_naissance": _code(claims.get("birthcountry"), r"\d{5}"),
    }


def _ligne(dit: Any) -> str:
    return " ".join(str(dit or "").split())[:_NOM_MAX]


def _code(dit: Any, forme: str) -> str:
    return str(dit) if re.fullmatch(forme, str(dit or "")) else ""
