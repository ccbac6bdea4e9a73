"""Sheet, approval, what the archives answered; erasure comes in effacement.py."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from consultation.ecoute.donnees.models import MOIS_PROPOSES, Duree, Fiche, Sort, Sorte
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.equipe.models import Membre, Role
from consultation.ecoute.journal.services import noter


@transaction.atomic
def enregistrer(
    membre: Membre,
    dossier: Dossier,
    valeurs: Mapping[str, str],
    mois: Mapping[str, int],
    sorts: Mapping[str, str] | None = None,
) -> Fiche:
    """Write the sheet; what was approved before no longer is, if anything changed."""
    fiche = Fiche.objects.filter(dossier=dossier).first() or Fiche(dossier=dossier)
    durees = {d.sorte: d for d in fiche.durees.all()} if fiche.pk else {}
    avant = {sorte: (d.mois, d.sort) for sorte, d in durees.items()}
    apres = {
        sorte.value: (
            mois.get(sorte.value, MOIS_PROPOSES[sorte]),
            (sorts or {}).get(sorte.value, durees[sorte.value].sort if sorte.value in durees else Sort.ELIMINATION),
        )
        for sorte in Sorte
    }
    change = avant != apres or any(getattr(fiche, nom) != valeur for nom, valeur in valeurs.items())
    if fiche.pk and not change:
        return fiche
    for nom, valeur in valeurs.items():
        setattr(fiche, nom, valeur)
    fiche.approuve_par, fiche.approuve_le, fiche.reference, fiche.note_par = "", None, "", ""
    fiche.save()
    for sorte, (duree, sort) in apres.items():
        Duree.objects.update_or_create(fiche=fiche, sorte=sorte, defaults={"mois": duree, "sort": sort})
    noter(membre, "a rempli la fiche de protection des données", dossier)
    return fiche


DELEGUE_PRESENT = (
    "Le délégué à la protection des données a un compte ici : il approuve lui-même la fiche, depuis son accueil."
)


def delegue_present() -> bool:
    """Whether a DPO may sign in: approving is then their own act, and nobody else's."""
    return Membre.objects.filter(role=Role.DPO, is_active=True).exists()


@transaction.atomic
def approuver(
    membre: Membre, fiche: Fiche, nom: str = "", reference: str = "", maintenant: datetime | None = None
) -> Fiche:
    """The DPO approves; or, when the DPO has no account, somebody who leads records what the DPO approved in writing.

    Raises PermissionDenied for anybody else, when a DPO has an account, or without who approved and where it is kept.
    """
    if not membre.approuve and delegue_present():
        raise PermissionDenied(DELEGUE_PRESENT)
    if not membre.approuve and not (membre.prepare and nom.strip() and reference.strip()):
        raise PermissionDenied("Seul le délégué approuve ; sinon, dites qui a approuvé et où son accord est gardé.")
    fiche.approuve_par = membre.nom if membre.approuve else nom.strip()
    fiche.approuve_le = maintenant or timezone.now()
    fiche.reference = reference.strip()
    fiche.note_par = "" if membre.approuve else membre.nom
    fiche.save(update_fields=["approuve_par", "approuve_le", "reference", "note_par"])
    suite = "" if membre.approuve else f" au nom de {fiche.approuve_par} ({fiche.reference})"
    noter(membre, f"a approuvé la fiche de protection des données{suite}", fiche.dossier)
    return fiche


@transaction.atomic
def noter_visa(membre: Membre, fiche: Fiche, visa: str) -> None:
    """The archives allow what is due to be destroyed; it changes nothing of what the DPO approved."""
    fiche.visa = visa.strip()
    fiche.save(update_fields=["visa"])
    noter(membre, f"a noté le visa d'élimination des archives ({fiche.visa})", fiche.dossier)


@transaction.atomic
def noter_versement(membre: Membre, duree: Duree, reference: str, maintenant: datetime | None = None) -> None:
    """The archives took what they keep of one kind: the rest may go at its date."""
    duree.verse_le, duree.verse_reference = maintenant or timezone.now(), reference.strip()
    duree.save(update_fields=["verse_le", "verse_reference"])
    noter(membre, f"a noté un versement aux archives : {duree.get_sorte_display().lower()} ({duree.verse_reference})",
          duree.fiche.dossier)  # fmt: skip


def dernier_visa() -> str:
    """The visa noted last: one often covers every dossier."""
    derniere = Fiche.objects.exclude(visa="").order_by("-pk").first()
    return "" if derniere is None else derniere.visa
