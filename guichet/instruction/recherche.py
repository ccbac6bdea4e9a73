"""Search of requests as agents type it: a reference, a name, an e-mail address, a phone number, any word.

The words of a request are in the column `demandes_demande.recherche` (tsvector, kept by PostgreSQL itself,
indexed; see migrations/0002_liste.py). Accents, capitals and plurals do not count; a word may be cut short.
"""

from __future__ import annotations

import re

from django.db.models import BooleanField, Func, QuerySet, TextField, Value

from guichet.demandes.models import Demande
from guichet.demandes.references import LONGUEUR, normaliser_code, normaliser_reference
from guichet.demarches.recherche import normaliser
from guichet.instruction.colonnes import ColonneCalculee

CONFIGURATION = "guichet_fr"
MOTS_MAX = 8

_TELEPHONE = re.compile(r"^[\d\s.+()-]{6,}$")


def expression(saisie: str) -> str:
    """What was typed, as a tsquery: every word must be there, each may be the beginning of a longer one."""
    if _TELEPHONE.match(saisie.strip()):
        chiffres = re.sub(r"\D", "", saisie)
        mots = [f"0{chiffres[2:]}" if saisie.strip().startswith("+33") else chiffres]
    else:
        mots = normaliser(saisie).split()[:MOTS_MAX]
    return " & ".join(f"{mot}:*" for mot in mots if mot)


def chercher(queryset: QuerySet[Demande], saisie: str) -> QuerySet[Demande]:
    """Requests that answer the search. A whole reference, however typed, is looked up as such."""
    if len(normaliser_code(saisie)) == 4 + LONGUEUR:
        exacte = queryset.filter(reference=normaliser_reference(saisie))
        if re.match(r"^\s*20\d\d[\s-]", saisie) or exacte.exists():
            return exacte
    if "@" in saisie:
        # The address itself is compared below; the index needs only what is rare in it, not « orange » nor « fr ».
        queryset = queryset.filter(courriel__istartswith=saisie.strip())
        saisie = saisie.partition("@")[0]
    requete = expression(saisie)
    if not requete:
        return queryset.none()
    mots = Func(
        Value(CONFIGURATION), Value(requete), template="to_tsquery(%(expressions)s)", arg_joiner="::regconfig, "
    )
    colonne = ColonneCalculee("recherche", TextField())
    return queryset.filter(
        Func(colonne, mots, template="%(expressions)s", arg_joiner=" @@ ", output_field=BooleanField())
    )
