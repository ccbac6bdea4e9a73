"""Proofs of erasure, chained like publications: removing or changing one shows. They hold no name."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime

from django.db import connection

from consultation.dossier.publications import ORIGINE
from consultation.ecoute.donnees.models import Effacement
from consultation.ecoute.dossiers.models import Dossier

VERROU = 131_1  # any number, held until the end of the transaction


def _contenu(preuve: Effacement) -> str:
    champs = {
        "dossier": preuve.dossier.slug if preuve.dossier else "", "sorte": preuve.sorte, "nombre": preuve.nombre,
        "motif": preuve.motif, "le": preuve.le.astimezone(UTC).isoformat(), "precedente": preuve.precedente,
    }  # fmt: skip
    return json.dumps(champs, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def prouver(dossier: Dossier | None, sorte: str, nombre: int, motif: str, maintenant: datetime) -> Effacement:
    """Add a proof to the chain; to be called in the transaction that erases."""
    _attendre_son_tour()
    derniere = Effacement.objects.order_by("-pk").first()
    preuve = Effacement(
        dossier=dossier, sorte=sorte, nombre=nombre, motif=motif[:500], le=maintenant.astimezone(UTC),
        precedente=derniere.empreinte if derniere else ORIGINE,
    )  # fmt: skip
    preuve.empreinte = hashlib.sha256(_contenu(preuve).encode()).hexdigest()
    preuve.save()
    return preuve


def _attendre_son_tour() -> None:
    """Two proofs at once would both follow the same one; SQLite writes one thing at a time anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as curseur:
            curseur.execute("SELECT pg_advisory_xact_lock(%s)", [VERROU])


def verifier() -> list[str]:
    """What is wrong with the chain of proofs, in French."""
    defauts, precedente = [], ORIGINE
    for preuve in Effacement.objects.select_related("dossier").order_by("pk"):
        if preuve.precedente != precedente:
            defauts.append(f"Preuve du {preuve.le:%d/%m/%Y} : ne suit pas la précédente.")
        if preuve.empreinte != hashlib.sha256(_contenu(preuve).encode()).hexdigest():
            defauts.append(f"Preuve du {preuve.le:%d/%m/%Y} : modifiée.")
        precedente = preuve.empreinte
    return defauts
