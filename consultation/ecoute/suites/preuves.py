"""Documents that show that an action was done: PDF, or a picture without what cameras write in it (place, device).

Both are written again by a process of their own (socle/fichiers).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile

from consultation.ecoute.cadre.fichiers import phrase
from socle.fichiers import isolement
from socle.fichiers.reponse import Refuse

TAILLE_MAX = 10 * 1024 * 1024  # bytes
COTE_MAX = 2560  # pixels
PAGES_MAX = 500
IMAGES = ("PNG", "JPEG")
EXTENSIONS = {"image/png": "png", "image/jpeg": "jpg"}
TYPES = {"pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg"}


class PreuveRefusee(Exception):
    """Why this file cannot be taken, in French."""


@dataclass(frozen=True)
class Preuve:
    """A file that was checked, named by us."""

    nom: str
    contenu: ContentFile[Any]


def lire(fichier: UploadedFile[Any]) -> Preuve:
    """Check a file by its content; raises `PreuveRefusee`."""
    if (fichier.size or 0) > TAILLE_MAX:
        raise PreuveRefusee("Ce document dépasse 10 Mo : réduisez-le.")
    octets = fichier.read()
    try:
        if octets.startswith(b"%PDF-"):
            return Preuve("document.pdf", ContentFile(isolement.reecrire_pdf(octets, PAGES_MAX)))
        sorte, ecrit = isolement.reecrire_image(octets, IMAGES, COTE_MAX)
    except Refuse as refus:
        raise PreuveRefusee(phrase(refus.faute, PAGES_MAX)) from refus
    return Preuve(f"image.{EXTENSIONS[sorte]}", ContentFile(ecrit))
