"""A request as another authority receives it (CRPA L.114-2): one PDF that says all of it, then its files.

What agents wrote among themselves and the tracking code stay here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from guichet.demandes import pdf
from guichet.demandes.models import Demande, Message, Piece
from guichet.demarches.models import Service

POIDS_MAX = 12 * 1024 * 1024
"""Bytes of the files of one mail: below what common mail servers take (20 to 25 MB), once encoded."""

Fichier = tuple[str, bytes, str]
"""Name, content, MIME type."""


def fichiers(demande: Demande) -> Iterable[Fichier]:
    """The PDF, then the person's files as far as POIDS_MAX lets them; the PDF names those that do not go along."""
    jointes, _ = partage(demande)
    yield f"demande-{demande.reference}.pdf", dossier_pdf(demande), "application/pdf"
    for piece in jointes:
        with piece.fichier.open("rb") as flux:
            yield piece.nom, flux.read(), piece.type_mime


def dossier_pdf(demande: Demande, *, papier: bool = False) -> bytes:
    """The request as pages, for who is to answer it. ``papier``: it goes by post, where no file is too heavy."""
    return pdf.depuis_page(pdf.page("demandes/pdf/dossier.html", contexte(demande, papier=papier)))


def contexte(demande: Demande, *, papier: bool = False) -> dict[str, Any]:
    """What the dossier's template needs."""
    jointes, restees = (pieces(demande), []) if papier else partage(demande)
    service: Service = demande.service
    return {
        "demande": demande,
        "titre": demande.definition.titre,
        "service": service,
        "reponses": list(demande.reponses()),
        "messages": Message.objects.filter(demande=demande, interne=False),
        "jointes": jointes,
        "restees": restees,
    }


def pieces(demande: Demande) -> list[Piece]:
    """Every file that may be read outside."""
    return list(demande.pieces.exclude(message__interne=True))


def partage(demande: Demande) -> tuple[list[Piece], list[Piece]]:
    """Files that go along by mail, and those that would make it too heavy: one that does keeps no other back."""
    jointes: list[Piece] = []
    restees: list[Piece] = []
    reste = POIDS_MAX
    for piece in pieces(demande):
        if piece.taille > reste:
            restees.append(piece)
            continue
        reste -= piece.taille
        jointes.append(piece)
    return jointes, restees
