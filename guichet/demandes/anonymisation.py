"""Some months after its end, a request no longer tells who made it (GDPR art. 5, 1, e).

How many months is the procedure's to say (``conservation_mois``), and the resident reads it before beginning. What
is done, and to which requests, is one function of the database (migrations 0007 to 0012): the sites' roles may only add
to history and messages, and this gives none of them the right to remove anything else than what is due. Public
archives are not destroyed before the archives gave their visa (Code du patrimoine, L.212-2): until the procedure names
it (``visa_archives``), its requests are kept, and the journal says how many wait.
"""

from __future__ import annotations

import logging
from collections import Counter
from datetime import date

from dateutil.relativedelta import relativedelta
from django.db import connection
from django.utils import timezone

from guichet.demandes.models import Demande
from guichet.demarches.definition_workflow import NATURES_FINIES
from guichet.demarches.models import Demarche, VersionDemarche

LOT = 500
"""Requests of one transaction."""

journal = logging.getLogger(__name__)


def anonymiser(lot: int = LOT) -> int:
    """Make anonymous every request whose time has come. Returns how many."""
    faites, dernieres = 0, lot
    with connection.cursor() as curseur:
        while dernieres == lot:
            curseur.execute("SELECT demandes_anonymiser(%s)", [lot])
            (dernieres,) = curseur.fetchone() or (0,)
            faites += dernieres
    if faites:
        journal.info("%d demandes rendues anonymes", faites)
    for demarche, nombre in en_attente_de_visa().items():
        journal.warning("%d demandes « %s » attendent le visa des archives pour être effacées", nombre, demarche)
    return faites


def en_attente_de_visa() -> dict[str, int]:
    """How many requests are kept beyond their time because their procedure names no visa, by procedure."""
    maintenant = timezone.localtime()
    sans_visa = [d.pk for d in Demarche.objects.all() if not d.lue.donnees.visa_archives.strip()]
    attendent: Counter[str] = Counter()
    finies = Demande.objects.filter(demarche__in=sans_visa, anonymisee_le=None, nature__in=NATURES_FINIES)
    for version in VersionDemarche.objects.filter(demarche__in=sans_visa).defer("workflow"):
        limite = maintenant - relativedelta(months=version.lue.donnees.conservation_mois)
        attendent[version.demarche_id] += finies.filter(version=version, statut_depuis__lte=limite).count()
    return {demarche: nombre for demarche, nombre in attendent.items() if nombre}


def gardee_jusqu_au(demande: Demande) -> date | None:
    """Day on which a request that is over becomes anonymous; None before its end, and while the archives have not
    given their visa: nobody can tell the day.
    """
    if demande.nature not in NATURES_FINIES or not demande.demarche.lue.donnees.visa_archives.strip():
        return None
    fin = timezone.localtime(demande.statut_depuis).date()
    return fin + relativedelta(months=demande.definition.donnees.conservation_mois)
