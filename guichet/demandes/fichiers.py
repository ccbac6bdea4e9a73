"""Files people send: accepted for what they are, never for what they are called.

Photos (JPEG, PNG, WebP, HEIC) are decoded and written again as JPEG (PNG stays PNG): what was hidden in the file,
the place and date of the shot included, does not go through. A PDF is written again with what is on its pages:
programs, attached files and links to anything but the web are left behind; one that is damaged or locked is refused.
Both are done by a process of their own (socle/fichiers).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO

import magic

from socle.fichiers import isolement
from socle.fichiers.reponse import Faute, Refuse

TAILLE_MAX = 8 * 1024 * 1024  # bytes, as received
COTE_MAX = 2560  # pixels: enough to read a sign on a photo, a tenth of the weight

IMAGES = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WEBP",
    "image/heic": "HEIF",
    "image/heif": "HEIF",
}
PDF = "application/pdf"
SIGNATURE_RETIREE = " (signature électronique retirée)"
"""In the name of a PDF that was signed: the resident reads it before sending, agents wherever they see the file."""
SUFFIXES = {PDF: ".pdf", "image/png": ".png", "image/jpeg": ".jpg"}


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


def nettoyer_photo(flux: IO[bytes], nom: str, taille: int | None) -> Fichier:
    """A photograph, written again without its metadata; ``taille`` in bytes. Raises FichierRefuse as nettoyer_fichier
    does.
    """
    return nettoyer_fichier(flux, nom, taille, formats=PHOTOS)


def nettoyer_piece(flux: IO[bytes], nom: str, taille: int | None) -> Fichier:
    """A piece joined to a message: a photo or a PDF. Raises FichierRefuse as nettoyer_fichier does."""
    return nettoyer_fichier(flux, nom, taille)


def nettoyer_fichier(
    flux: IO[bytes], nom: str, taille: int | None, *, formats: Iterable[str] = PIECES, taille_max: int = TAILLE_MAX
) -> Fichier:
    """A file of one of these formats, fit to be stored; ``taille`` (as announced) and ``taille_max`` are in bytes.

    Raises FichierRefuse, whose text says what to choose instead, when it is empty, too heavy, of another format,
    damaged, locked by a password, or too large to be drawn or read.
    """
    noms = tuple(formats)
    contenu, type_mime = _lire(flux, nom, taille, taille_max)
    if type_mime not in types_de(noms):
        raise FichierRefuse(_mauvais_format(nom, noms))
    return _reecrire(contenu, nom, type_mime)


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


# What is wrong with a file, in words; a child that opens it says which (socle/fichiers).
_FAUTES = {
    Faute.ABIME: "« {nom} » ne peut pas être ouvert : le fichier est abîmé. Choisissez {un_autre}.",
    Faute.VERROUILLE: "« {nom} » est protégé par un mot de passe. Choisissez une copie sans mot de passe.",
    Faute.PAGES: f"« {{nom}} » doit avoir entre 1 et {PAGES_MAX} pages. Choisissez un PDF plus court.",
    Faute.FORMULAIRE: "« {nom} » est un formulaire que nous ne pouvons pas lire. Imprimez-le en PDF, puis choisissez "
    "la copie.",
    Faute.OCCUPE: "« {nom} » n'a pas pu être ouvert : beaucoup de fichiers arrivent. Choisissez-le de nouveau dans une "
    "minute.",
}
_TROP_GRAND = {
    True: "« {nom} » est trop compliqué à ouvrir. Imprimez-le en PDF, puis choisissez la copie.",
    False: "« {nom} » est une trop grande image. Réduisez-la, puis choisissez-la de nouveau.",
}


def _reecrire(contenu: bytes, nom: str, type_mime: str) -> Fichier:
    est_pdf = type_mime == PDF
    try:
        if est_pdf:
            sorte = PDF
            ecrit, signe = isolement.reecrire_document(contenu, PAGES_MAX)
            suffixe = SIGNATURE_RETIREE if signe else ""
        else:
            suffixe = ""
            sorte, ecrit = isolement.reecrire_image(contenu, [IMAGES[type_mime]], COTE_MAX)
    except Refuse as refus:
        phrase = _FAUTES.get(refus.faute, _TROP_GRAND[est_pdf])
        un_autre = "un autre fichier" if est_pdf else "une autre photo"
        raise FichierRefuse(phrase.format(nom=nom, un_autre=un_autre)) from None
    return Fichier(_nom_propre(nom, suffixe + SUFFIXES[sorte]), sorte, ecrit)


def _nom_propre(nom: str, suffixe: str) -> str:
    """The name as the person knows it, on one line, with the ending of what the file has become."""
    visible = "".join(c for c in nom.replace("\\", "/").rsplit("/", 1)[-1] if c.isprintable()).strip()
    tige = visible.rsplit(".", 1)[0] if "." in visible else visible
    return (tige[:150] or "fichier") + suffixe
