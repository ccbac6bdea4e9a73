"""What pages and mails read of one request, written once a process (socle/postgresql/lecture.py)."""

from __future__ import annotations

from guichet.demandes.models import (
    Complement,
    Demande,
    Evenement,
    Lettre,
    Message,
    Piece,
    PieceBrouillon,
    Transfert,
)
from guichet.demarches.models import VersionDemarche
from socle.postgresql.lecture import LectureFixe

# One request, with what its page shows.
PAR_CLE = LectureFixe(lambda cle: Demande.objects.pour_page().filter(pk=cle)[:1], "cle")
PAR_REFERENCE = LectureFixe(lambda reference: Demande.objects.pour_page().filter(reference=reference)[:1], "reference")
PAR_ENVOI = LectureFixe(lambda cle: Demande.objects.filter(cle_envoi=cle)[:1], "cle")
VERSION = LectureFixe(
    lambda demarche, numero: VersionDemarche.objects.defer("definition", "workflow").filter(
        demarche=demarche, numero=numero
    ),
    "demarche",
    "numero",
)

# What belongs to it, by its key.
ATTENDUS = LectureFixe(lambda demande: Complement.objects.filter(demande=demande).ouverts(), "demande")
TRANSFERTS = LectureFixe(lambda demande: Transfert.objects.filter(demande=demande), "demande")
MESSAGES = LectureFixe(lambda demande: Message.objects.filter(demande=demande), "demande")
LETTRES = LectureFixe(lambda demande: Lettre.objects.filter(demande=demande), "demande")
HISTORIQUE = LectureFixe(lambda demande: Evenement.objects.filter(demande=demande).order_by("-le", "-pk"), "demande")
EVENEMENT = LectureFixe(lambda demande, cle: Evenement.objects.filter(demande=demande, pk=cle), "demande", "cle")
PIECES = LectureFixe(
    lambda demande: Piece.objects.filter(demande=demande).only(
        "demande", "message", "champ", "nom", "type_mime", "taille", "ouverte_le"
    ),
    "demande",
)
PIECES_DU_BROUILLON = LectureFixe(lambda cle: PieceBrouillon.objects.filter(brouillon=cle), "cle")
