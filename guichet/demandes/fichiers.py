"""Files people send: accepted for what they are, never for what they are called.

Photos (JPEG, PNG, WebP, HEIC) are decoded and written again as JPEG (PNG stays PNG): what was hidden in the file,
the place and date of the shot included, does not go through. PDF is accepted where a piece is asked for.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import IO

import magic
import pillow_heif
from PIL import Image, ImageOps, UnidentifiedImageError

pillow_heif.register_heif_opener()

TAILLE_MAX = 8 * 1024 * 1024  # bytes, as received
PIXELS_MAX = 50_000_000  # a phone's best camera; beyond, memory is at stake
COTE_MAX = 2560  # pixels: enough to read a sign on a photo, a tenth of the weight
QUALITE = 85

IMAGES = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WEBP",
    "image/heic": "HEIF",
    "image/heif": "HEIF",
}
PDF = "application/pdf"


class FichierRefuse(ValueError):
    """The file cannot be kept; the text tells the person what to do."""


@dataclass(frozen=True)
class Fichier:
    """A file fit to be stored."""

    nom: str
    type_mime: str
    contenu: bytes

    @property
    def taille(self) -> int:
        return len(self.contenu)

    @property
    def empreinte(self) -> str:
        return hashlib.sha256(self.contenu).hexdigest()


def nettoyer_photo(flux: IO[bytes], nom: str, taille: int | None) -> Fichier:
    contenu, type_mime = _lire(flux, nom, taille)
    if type_mime not in IMAGES:
        raise FichierRefuse(f"« {nom} » n'est pas une photo. Choisissez une photo JPEG, PNG, WebP ou HEIC.")
    return _reencoder(contenu, nom, type_mime)


def nettoyer_piece(flux: IO[bytes], nom: str, taille: int | None) -> Fichier:
    """A piece joined to a message: a photo, or a PDF kept as it is."""
    contenu, type_mime = _lire(flux, nom, taille)
    if type_mime == PDF:
        return Fichier(_nom_propre(nom, ".pdf"), PDF, contenu)
    if type_mime not in IMAGES:
        raise FichierRefuse(f"« {nom} » n'est ni un PDF ni une photo. Choisissez un PDF, JPEG, PNG, WebP ou HEIC.")
    return _reencoder(contenu, nom, type_mime)


def _lire(flux: IO[bytes], nom: str, taille: int | None) -> tuple[bytes, str]:
    if taille is not None and taille > TAILLE_MAX:
        raise FichierRefuse(f"« {nom} » pèse plus de 8 Mo. Choisissez un fichier plus léger.")
    contenu = flux.read(TAILLE_MAX + 1)
    if len(contenu) > TAILLE_MAX:
        raise FichierRefuse(f"« {nom} » pèse plus de 8 Mo. Choisissez un fichier plus léger.")
    if not contenu:
        raise FichierRefuse(f"« {nom} » est vide. Choisissez un autre fichier.")
    return contenu, magic.from_buffer(contenu[:8192], mime=True)


def _reencoder(contenu: bytes, nom: str, type_mime: str) -> Fichier:
    abime = FichierRefuse(f"« {nom} » ne peut pas être ouvert : le fichier est abîmé. Choisissez une autre photo.")
    try:
        with Image.open(io.BytesIO(contenu), formats=[IMAGES[type_mime]]) as image:
            if image.width * image.height > PIXELS_MAX:
                raise FichierRefuse(f"« {nom} » est une trop grande image. Réduisez-la, puis choisissez-la de nouveau.")
            image.draft("RGB", (COTE_MAX, COTE_MAX))  # JPEG only: decodes at the scale needed
            droite = ImageOps.exif_transpose(image)
            droite.thumbnail((COTE_MAX, COTE_MAX))
            en_png = type_mime == "image/png"
            sortie = io.BytesIO()
            if en_png:
                # A new image: nothing but pixels is carried over (text chunks, profile, EXIF).
                nue = droite.convert("RGBA" if "A" in droite.getbands() or "transparency" in droite.info else "RGB")
                nue.info = {}
                nue.save(sortie, "PNG")
            else:
                nue = droite.convert("RGB")
                nue.info = {}
                nue.save(sortie, "JPEG", quality=QUALITE)
    except FichierRefuse:
        raise
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise abime from None
    return Fichier(
        _nom_propre(nom, ".png" if en_png else ".jpg"), "image/png" if en_png else "image/jpeg", sortie.getvalue()
    )


def _nom_propre(nom: str, suffixe: str) -> str:
    """The name as the person knows it, on one line, with the ending of what the file has become."""
    visible = "".join(c for c in nom.replace("\\", "/").rsplit("/", 1)[-1] if c.isprintable()).strip()
    tige = visible.rsplit(".", 1)[0] if "." in visible else visible
    return (tige[:150] or "fichier") + suffixe
