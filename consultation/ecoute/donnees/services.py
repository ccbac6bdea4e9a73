"""Sheet and approval; erasure comes in effacement.py."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from consultation.ecoute.donnees.models import MOIS_PROPOSES, Duree, Fiche, Sorte
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.journal.services import noter

if TYPE_CHECKING:
    from consultation.ecoute.equipe.models import Membre


@transaction.atomic
def enregistrer(membre: Membre, dossier: Dossier, valeurs: dict[str, str], mois: dict[str, int]) -> Fiche:
    """Write the sheet; what was approved before no longer is, if anything changed."""
    fiche = Fiche.objects.filter(dossier=dossier).first() or Fiche(dossier=dossier)
    anciens = {d.sorte: d.mois for d in fiche.durees.all()} if fiche.pk else {}
    change = anciens != mois or any(getattr(fiche, nom) != valeur for nom, valeur in valeurs.items())
    if fiche.pk and not change:
        return fiche
    for nom, valeur in valeurs.items():
        setattr(fiche, nom, valeur)
    fiche.approuve_par, fiche.approuve_le, fiche.reference = "", None, ""
    fiche.save()
    for sorte in Sorte:
        Duree.objects.update_or_create(
            fiche=fiche, sorte=sorte, defaults={"mois": mois.get(sorte, MOIS_PROPOSES[sorte])}
        )
    noter(membre, "a rempli la fiche de protection des données", dossier)
    return fiche


@transaction.atomic
def approuver(
    membre: Membre, fiche: Fiche, nom: str = "", reference: str = "", maintenant: datetime | None = None
) -> Fiche:
    """The DPO approves; or somebody who leads records the approval that the DPO gave in writing."""
    if not membre.approuve and not (membre.prepare and nom.strip() and reference.strip()):
        raise PermissionDenied("Seul le délégué approuve ; sinon, dites qui a approuvé et où son accord est gardé.")
    fiche.approuve_par = membre.nom if membre.approuve else nom.strip()
    fiche.approuve_le = maintenant or timezone.now()
    fiche.reference = reference.strip()
    fiche.save(update_fields=["approuve_par", "approuve_le", "reference"])
    suite = "" if membre.approuve else f" au nom de {fiche.approuve_par} ({fiche.reference})"
    noter(membre, f"a approuvé la fiche de protection des données{suite}", fiche.dossier)
    return fiche
