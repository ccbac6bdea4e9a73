"""Which procedures exist: the site's list when there is one (ECOUTE_DEMARCHES), what the team typed otherwise."""

from __future__ import annotations

import json
import logging
from pathlib import Path

from django.conf import settings
from django.db import transaction
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from consultation.ecoute.satisfaction.models import Demarche

journal = logging.getLogger(__name__)


class _Ligne(BaseModel):
    slug: str = Field(pattern=r"^[-a-zA-Z0-9_]+$", max_length=80)
    titre: str = Field(min_length=1, max_length=200)
    service: str = Field(default="", max_length=200)


_LISTE = TypeAdapter(list[_Ligne])
_lu: dict[str, tuple[int, int]] = {}  # file: (time of change, size) when this process last read it


def tient_liste() -> bool:
    """Whether the list comes from the site: the team then types none."""
    return bool(settings.ECOUTE_DEMARCHES)


def rafraichir() -> None:
    """Read the site's list again if it changed; a broken list is logged and changes nothing."""
    chemin = settings.ECOUTE_DEMARCHES
    if not chemin:
        return
    try:
        etat = Path(chemin).stat()
        version = (etat.st_mtime_ns, etat.st_size)
        if _lu.get(chemin) == version:
            return
        lignes = _LISTE.validate_json(Path(chemin).read_bytes())
    except (OSError, ValidationError, json.JSONDecodeError):
        journal.exception("la liste des démarches n'est pas lisible : %s ; la précédente reste en service", chemin)
        return
    _garder(lignes)
    _lu[chemin] = version


def oublier() -> None:
    """Read the list again at the next page."""
    _lu.clear()


@transaction.atomic
def _garder(lignes: list[_Ligne]) -> None:
    """The file rules what it names; a procedure that left it keeps its answers and takes no more."""
    connues = {d.slug: d for d in Demarche.objects.all()}
    for ligne in lignes:
        demarche = connues.pop(ligne.slug, None) or Demarche(slug=ligne.slug)
        voulu = (ligne.titre, ligne.service, True, True)
        if demarche.pk is None or voulu != (
            demarche.titre, demarche.service, demarche.ouverte, demarche.du_fichier
        ):  # fmt: skip
            demarche.titre, demarche.service, demarche.ouverte, demarche.du_fichier = voulu
            demarche.save()
    Demarche.objects.filter(pk__in=[d.pk for d in connues.values() if d.du_fichier]).update(ouverte=False)
