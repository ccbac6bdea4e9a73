"""Where a person's requests stand, whatever the service: what the front desk tells a caller, and no more.

Any agent may ask, as any may type a request in; neither answers, nor files, nor contacts are read here. Who asked
about which request is written in the journal.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from uuid import UUID

from django.db.models import Prefetch

from guichet.demandes.models import Complement, Demande
from guichet.demandes.references import LONGUEUR, normaliser_code
from guichet.demarches.recherche import normaliser
from guichet.instruction import recherche

COMBIEN = 10
"""Requests shown: beyond, the person is asked for more than a name."""
PARCOURUES = 200
MOTS_D_UN_NOM = 2
CHIFFRES_D_UN_NUMERO = 10

_CHIFFRES = re.compile(r"^[\d\s.+()-]+$")


class TropPeu(ValueError):
    """What was typed could be anybody's; the text says what to add."""


def trouver(saisie: str) -> Sequence[Demande]:
    """Requests of this reference, e-mail address, telephone number or whole name, newest first, COMBIEN + 1 at most.

    Raises TropPeu for less than that: no list of people is to be had from here.
    """
    saisie = saisie.replace("\x00", "").strip()
    toutes = Demande.objects.filter(anonymisee_le=None)
    if len(normaliser_code(saisie)) == 4 + LONGUEUR and re.match(r"^20\d\d", saisie):
        return _lire([d.pk for d in recherche.chercher(toutes, saisie).only("pk")])
    if _CHIFFRES.match(saisie) and len(re.sub(r"\D", "", saisie)) < CHIFFRES_D_UN_NUMERO:
        raise TropPeu("Écrivez le numéro de téléphone en entier.")
    if "@" in saisie:
        trouvees = recherche.chercher(toutes, saisie).filter(courriel__iexact=saisie)
        return _lire(list(trouvees.order_by("-recue_le").values_list("pk", flat=True)[: COMBIEN + 1]))
    mots = normaliser(saisie).split()
    if not _CHIFFRES.match(saisie) and len(mots) < MOTS_D_UN_NOM:
        raise TropPeu("Écrivez le prénom et le nom, un numéro de demande, un e-mail ou un téléphone.")
    trouvees = recherche.chercher(toutes, saisie).order_by("-recue_le")
    if _CHIFFRES.match(saisie):
        return _lire(list(trouvees.values_list("pk", flat=True)[: COMBIEN + 1]))
    # The index knows every word of a request; whose it is, its name alone says.
    lues = trouvees.values_list("pk", "nom")[:PARCOURUES]
    voulus = set(mots)
    return _lire([cle for cle, nom in lues if voulus <= set(normaliser(nom).split())][: COMBIEN + 1])


def _lire(cles: Sequence[UUID]) -> Sequence[Demande]:
    attendus = Prefetch("complements", Complement.objects.ouverts(), to_attr="manquants")
    return list(Demande.objects.pour_liste().filter(pk__in=cles).prefetch_related(attendus))
