"""Documents that show that an action was done: PDF, or a picture without what cameras write in it (place, device)."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from PIL import Image, ImageOps

TAILLE_MAX = 10 * 1024 * 1024  # bytes
PIXELS_MAX = 40_000_000
IMAGES = {"PNG": "png", "JPEG": "jpg"}
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
    if octets.startswith(b"%PDF-"):
        return Preuve("document.pdf", ContentFile(octets))
    try:
        with Image.open(io.BytesIO(octets), formats=list(IMAGES)) as lue:
            if lue.width * lue.height > PIXELS_MAX:
                raise PreuveRefusee("Cette image est trop grande : réduisez-la.")
            sorte = str(lue.format)
            droite = ImageOps.exif_transpose(lue)
            nue = Image.new(droite.mode, droite.size)
            nue.paste(droite)
            sortie = io.BytesIO()
            nue.convert("RGB" if sorte == "JPEG" else nue.mode).save(sortie, sorte)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as erreur:
        raise PreuveRefusee("Choisissez un document PDF ou une image (PNG, JPEG).") from erreur
    return Preuve(f"image.{IMAGES[sorte]}", ContentFile(sortie.getvalue()))
