"""Files people send: accepted for what they are, never for what they are called.

Photos (JPEG, PNG, WebP, HEIC) are decoded and written again as JPEG (PNG stays PNG): what was hidden in the file,
the place and date of the shot included, does not go through. A PDF is kept as it is, once it has been opened: one
that is damaged, locked by a password or able to act by itself is refused.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO

import magic
import pikepdf
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
        """Bytes."""
        return len(self.contenu)

    @property
    def empreinte(self) -> str:
        """SHA-256 of the content, in hexadecimal."""
        return hashlib.sha256(self.contenu).hexdigest()


# What a definition calls a format: the types it lets in, and its name in a sentence.
FORMATS: dict[str, tuple[frozenset[str], str]] = {
    "pdf": (frozenset({PDF}), "PDF"),
    "jpeg": (frozenset({"image/jpeg"}), "JPEG"),
    "png": (frozenset({"image/png"}), "PNG"),
    "webp": (frozenset({"image/webp"}), "WebP"),
    "heic": (frozenset({"image/heic", "image/heif"}), "HEIC"),
}
PHOTOS = ("jpeg", "png", "webp", "heic")
PIECES = ("pdf", *PHOTOS)
PAGES_MAX = 200
# What a PDF may do by itself when it is opened. An agent's reader must not find out.
ACTIONS = frozenset({"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/Rendition", "/Movie", "/Sound"})


def nettoyer_photo(flux: IO[bytes], nom: str, taille: int | None) -> Fichier:
    """A photograph, written again without its metadata; ``taille`` in bytes. Raises FichierRefuse as nettoyer_fichier
    does.
    """
    return nettoyer_fichier(flux, nom, taille, formats=PHOTOS)


def nettoyer_piece(flux: IO[bytes], nom: str, taille: int | None) -> Fichier:
    """A piece joined to a message: a photo, or a PDF kept as it is. Raises FichierRefuse as nettoyer_fichier does."""
    return nettoyer_fichier(flux, nom, taille)


def nettoyer_fichier(
    flux: IO[bytes], nom: str, taille: int | None, *, formats: Iterable[str] = PIECES, taille_max: int = TAILLE_MAX
) -> Fichier:
    """A file of one of these formats, fit to be stored; ``taille`` (as announced) and ``taille_max`` are in bytes.

    Raises FichierRefuse, whose text says what to choose instead, when it is empty, too heavy, of another format,
    damaged, locked by a password, too large to draw, or a PDF that acts by itself.
    """
    noms = tuple(formats)
    contenu, type_mime = _lire(flux, nom, taille, taille_max)
    if type_mime not in types_de(noms):
        raise FichierRefuse(_mauvais_format(nom, noms))
    if type_mime == PDF:
        _verifier_pdf(contenu, nom)
        return Fichier(_nom_propre(nom, ".pdf"), PDF, contenu)
    return _reencoder(contenu, nom, type_mime)


def types_de(formats: Iterable[str]) -> frozenset[str]:
    """The MIME types that these formats let in."""
    return frozenset[str]().union(*(FORMATS[nom][0] for nom in formats))


def formats_en_mots(formats: Iterable[str]) -> str:
    """« PDF, JPEG ou PNG »."""
    noms = [FORMATS[nom][1] for nom in formats]
    return noms[0] if len(noms) == 1 else f"{', '.join(noms[:-1])} ou {noms[-1]}"


def _mauvais_format(nom: str, formats: tuple[str, ...]) -> str:
    photos = [f for f in formats if f in PHOTOS]
    if not photos:
        return f"« {nom} » n'est pas un PDF. Choisissez un fichier PDF."
    if len(photos) == len(formats):
        return f"« {nom} » n'est pas une photo. Choisissez une photo {formats_en_mots(formats)}."
    return f"« {nom} » n'est ni un PDF ni une photo. Choisissez un fichier {formats_en_mots(formats)}."


def _lire(flux: IO[bytes], nom: str, taille: int | None, taille_max: int) -> tuple[bytes, str]:
    trop_lourd = FichierRefuse(
        f"« {nom} » pèse plus de {taille_max // (1024 * 1024)} Mo. Choisissez un fichier plus léger."
    )
    if taille is not None and taille > taille_max:
        raise trop_lourd
    contenu = flux.read(taille_max + 1)
    if len(contenu) > taille_max:
        raise trop_lourd
    if not contenu:
        raise FichierRefuse(f"« {nom} » est vide. Choisissez un autre fichier.")
    return contenu, magic.from_buffer(contenu[:8192], mime=True)


def _verifier_pdf(contenu: bytes, nom: str) -> None:
    """Open it as a reader would, and look for what acts by itself, inside compressed objects too."""
    try:
        with pikepdf.open(io.BytesIO(contenu), suppress_warnings=True) as pdf:
            if not 1 <= len(pdf.pages) <= PAGES_MAX:
                raise FichierRefuse(f"« {nom} » doit avoir entre 1 et {PAGES_MAX} pages. Choisissez un PDF plus court.")
            if pdf.is_encrypted and not pdf.allow.extract:
                raise FichierRefuse(_verrouille(nom))
            if any(_agit(objet) for objet in pdf.objects):
                raise FichierRefuse(
                    f"« {nom} » contient un programme. Par sécurité, imprimez-le en PDF, puis choisissez la copie."
                )
    except FichierRefuse:
        raise
    except pikepdf.PasswordError:
        raise FichierRefuse(_verrouille(nom)) from None
    except (pikepdf.PdfError, ValueError, RuntimeError, RecursionError):
        raise FichierRefuse(
            f"« {nom} » ne peut pas être ouvert : le fichier est abîmé. Choisissez un autre fichier."
        ) from None


def _verrouille(nom: str) -> str:
    return f"« {nom} » est protégé par un mot de passe. Choisissez une copie sans mot de passe."


def _agit(objet: pikepdf.Object) -> bool:
    if not isinstance(objet, (pikepdf.Dictionary, pikepdf.Stream)):
        return False
    directs = [objet, *(v for v in objet.values() if isinstance(v, pikepdf.Dictionary))]
    return any("/JS" in d or str(d.get("/S", "")) in ACTIONS for d in directs)


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
