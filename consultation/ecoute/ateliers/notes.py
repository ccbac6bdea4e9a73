"""The only ways the notes of a table change, and how they join the opinions."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from consultation.ecoute.ateliers import accords
from consultation.ecoute.ateliers.erreurs import AtelierRefuse
from consultation.ecoute.ateliers.models import Atelier, Note, Participant
from consultation.ecoute.contributions import services as avis
from consultation.ecoute.contributions.models import Canal
from consultation.ecoute.contributions.services import Saisie
from consultation.ecoute.dossiers.services import hors_des_dates
from consultation.ecoute.journal.services import noter

if TYPE_CHECKING:
    from consultation.ecoute.equipe.models import Membre

AUSSI = timedelta(minutes=20)  # somebody who wrote at the table so lately is still writing


class NoteChangee(AtelierRefuse):
    """Somebody else corrected the note meanwhile; `note` is as it stands now."""

    def __init__(self, note: Note) -> None:
        qui = note.corrigee_par.nom if note.corrigee_par else "Quelqu'un d'autre"
        super().__init__(
            f"Pendant que vous corrigiez, {qui} a écrit : « {note.texte} ». Rien n'est perdu : gardez votre texte, "
            "reprenez le sien, ou réunissez les deux, puis enregistrez de nouveau."
        )
        self.note = note


@transaction.atomic
def ecrire(
    membre: Membre, atelier: Atelier, table: int, texte: str, cle: str, *, participant: Participant | None = None
) -> Note:
    """Keep a note; the same key again changes nothing. One that arrives after the end still joins the opinions.

    Raises AtelierRefuse for a table there is not, a workshop called off, a key of another workshop.
    """
    if not 1 <= table <= atelier.tables:
        raise AtelierRefuse(f"Cet atelier a {atelier.tables} tables : la table {table} n'existe pas.")
    if atelier.etat == Atelier.Etat.ANNULE:
        raise AtelierRefuse("Cet atelier est annulé : il n'y a rien à noter.")
    note, nouvelle = Note.objects.get_or_create(
        cle=cle,
        defaults={
            "atelier": atelier, "table": table, "texte": texte.strip(), "notee_par": membre,
            "participant": participant,
        },
    )  # fmt: skip
    if note.atelier_id != atelier.pk:
        raise AtelierRefuse("Cette note appartient à un autre atelier : rechargez la page et notez-la de nouveau.")
    if nouvelle and atelier.etat == Atelier.Etat.TENU:
        verser(membre, atelier)
    return note


@transaction.atomic
def corriger(membre: Membre, note: Note, texte: str, version: int, participant: Participant | None) -> Note:
    """Change a note as it was at `version`; raises `NoteChangee` when somebody else corrected it since."""
    actuelle = _modifiable(note)
    if actuelle.version != version:
        raise NoteChangee(actuelle)
    actuelle.texte, actuelle.participant = texte.strip(), participant
    actuelle.version += 1
    actuelle.corrigee_par = membre
    actuelle.save(update_fields=["texte", "participant", "version", "corrigee_par"])
    return actuelle


@transaction.atomic
def enlever(membre: Membre, note: Note) -> None:
    """A note written by mistake."""
    actuelle = _modifiable(note)
    noter(membre, f"a enlevé une note de la table {actuelle.table}", actuelle.atelier.dossier)
    actuelle.delete()


def _modifiable(note: Note) -> Note:
    actuelle = Note.objects.select_for_update(of=("self",)).select_related("atelier__dossier").get(pk=note.pk)
    if actuelle.contribution_id is not None:
        raise AtelierRefuse("L'atelier est terminé : cette note est déjà versée aux avis, elle ne change plus ici.")
    return actuelle


def verser(membre: Membre, atelier: Atelier) -> int:
    """Turn the notes that are not yet opinions into opinions; return how many.

    What was said at a workshop held outside of the participation stays a note: it does not count as an opinion.
    """
    verses = 0
    if hors_des_dates(atelier.dossier, atelier.debut):
        return verses
    for note in atelier.notes.filter(contribution=None):
        saisie = Saisie(note.texte, Canal.ATELIER, {}, min(note.notee_le, atelier.dossier.fermeture or note.notee_le))
        note.contribution = avis.saisir(membre, atelier.dossier, saisie)
        note.save(update_fields=["contribution"])
        verses += 1
    accords.revoir_citations(atelier)
    return verses


def autres(membre: Membre, atelier: Atelier, table: int) -> list[str]:
    """Who else writes at this table now."""
    recentes = atelier.notes.filter(table=table, notee_le__gte=timezone.now() - AUSSI, notee_par__isnull=False)
    return sorted(set(recentes.exclude(notee_par=membre).values_list("notee_par__nom", flat=True)))
