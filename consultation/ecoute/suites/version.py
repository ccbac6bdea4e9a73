"""What is published of a dossier has a version: it is made once, kept, and a browser that has it gets no copy.

The version is worked out from the rows that the publications are made of. Sums and last numbers tell of what only
grows; each act of the team, each erasure and each reading leaves a row of its own; names that have to be masked are
read one by one, because a mask that is late would show somebody.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import TypeVar

from django.db.models import Count, Max, Q, Sum
from django.db.models.functions import Length
from django.forms.models import model_to_dict
from django.utils import timezone

from consultation.ecoute.ateliers.models import Participant
from consultation.ecoute.commune.models import Commune
from consultation.ecoute.contributions.models import Contact
from consultation.ecoute.donnees.models import Effacement
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.lecture.models import Geste, Methode, Rapprochement, Theme
from consultation.ecoute.panels.models import Volontaire
from consultation.ecoute.suites.models import Action, Constat, Extrait, Proposition

F = TypeVar("F")
GARDES = 8
"""Things kept in a process: a few dossiers are looked at in one day, and a package may weigh megabytes."""
_faits: OrderedDict[tuple[int, str], tuple[str, object]] = OrderedDict()
_verrou = Lock()


def version(dossier: Dossier) -> str:
    """Digest of all that the public pages, the report and the open data of this dossier are made of."""
    avis = dossier.contributions.aggregate(
        n=Count("pk"), dernier=Max("pk"), ecarte_max=Max("ecarte_le"),
        ecartes=Count("pk", filter=Q(ecarte_le__isnull=False)),
        relus=Count("pk", filter=Q(relu_le__isnull=False)), relu_max=Max("relu_le"), verifie_max=Max("verifie_le"),
        verifies=Count("pk", filter=~Q(verifie="")), citables=Count("pk", filter=Q(citable=True)),
        accords=Count("pk", filter=Q(publication_acceptee=True)), lettres=Sum(Length("texte_relu")),
        effaces=Count("pk", filter=Q(efface_le__isnull=False)),
    )  # fmt: skip
    extraits = Extrait.objects.filter(constat__dossier=dossier).aggregate(
        n=Count("pk"), dernier=Max("pk"), publics=Count("pk", filter=Q(publiable=True)), lettres=Sum(Length("citation"))
    )
    faits = [
        timezone.localdate(), model_to_dict(Commune.actuelle()), dossier.titre, dossier.etat, avis, extraits,
        dossier.traces.aggregate(n=Count("pk"), dernier=Max("pk")),
        dossier.publications.aggregate(n=Count("pk"), dernier=Max("pk")),
        Geste.objects.filter(dossier=dossier).aggregate(n=Count("pk"), dernier=Max("pk"), annule=Max("annule_le")),
        Effacement.objects.aggregate(n=Count("pk"), dernier=Max("pk")),
        Rapprochement.objects.filter(contribution__dossier=dossier).aggregate(n=Count("pk"), le=Max("le")),
        Methode.objects.filter(dossier=dossier).aggregate(le=Max("le")),
        *(list(modele._default_manager.filter(**{lien: dossier}).order_by("pk").values_list()) for modele, lien in (
            (Theme, "dossier"), (Constat, "dossier"), (Proposition, "dossier"), (Action, "proposition__dossier"),
        )),
        *(list(modele._default_manager.filter(**{lien: dossier}).order_by("pk").values_list(
            "nom", "courriel", "telephone")) for modele, lien in (
            (Participant, "atelier__dossier"), (Volontaire, "panel__dossier"), (Contact, "contribution__dossier"),
        )),
    ]  # fmt: skip
    return hashlib.sha256(repr(faits).encode()).hexdigest()[:32]


def garder(dossier: Dossier, nom: str, laquelle: str, faire: Callable[[], F]) -> F:
    """What `faire` makes under this name, made again only when the version is another."""
    with _verrou:
        connu = _faits.get((dossier.pk, nom))
    if connu is not None and connu[0] == laquelle:
        return connu[1]  # type: ignore[return-value]
    fait = faire()
    with _verrou:
        _faits[dossier.pk, nom] = (laquelle, fait)
        _faits.move_to_end((dossier.pk, nom))
        while len(_faits) > GARDES:
            _faits.popitem(last=False)
    return fait


def oublier() -> None:
    """Have everything made again, as a process that has just started does."""
    with _verrou:
        _faits.clear()
