"""Pictures written again: nothing but pixels is carried over (text chunks, profile, EXIF: place, date, device).

Runs in the workshop's children (`atelier.py`); nothing else may call it on a file of a stranger.
"""

from __future__ import annotations

import io

import pillow_heif
from PIL import Image, ImageOps, UnidentifiedImageError

from socle.fichiers.reponse import Faute, Refuse

pillow_heif.register_heif_opener(thumbnails=False)
pillow_heif.options.DECODE_THREADS = 1  # a child has no right to threads

OCTETS_MAX = 160 * 1024 * 1024
"""Bytes of a picture once decoded: 40 megapixels in colours, which Pillow keeps in four bytes as with transparency."""
QUALITE = 85
TYPES = {"PNG": "image/png", "JPEG": "image/jpeg"}
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")


def reecrire(contenu: bytes, formats: list[str], cote_max: int) -> tuple[str, bytes]:
    """The picture, upright, within `cote_max` pixels each way, and what it has become: PNG stays PNG, the rest is JPEG.

    Raises Refuse: larger than OCTETS_MAX once decoded (TROP_GRAND), of no such format or damaged (ABIME).
    """
    try:
        with Image.open(io.BytesIO(contenu), formats=formats) as image:
            en_png = image.format == "PNG"
            progressive = bool(image.info.get("progressive"))
            entiers = image.width * image.height
            image.draft("RGB", (cote_max, cote_max))  # JPEG only: decodes at the scale needed
            if _octets(image, entiers if progressive else image.width * image.height, progressive) > OCTETS_MAX:
                raise Refuse(Faute.TROP_GRAND)
            orientation = image.getexif().get(0x0112, 1)
            # Made smaller first: whatever is copied afterwards is small.
            image.thumbnail((cote_max, cote_max))
            nue = _nue(image, en_png)
        if orientation != 1:
            nue.getexif()[0x0112] = orientation
            nue = ImageOps.exif_transpose(nue)
        nue.info = {}
        sortie = io.BytesIO()
        if en_png:
            nue.save(sortie, "PNG", exif=b"")
        else:
            nue.save(sortie, "JPEG", quality=QUALITE, exif=b"")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError):
        raise Refuse(Faute.ABIME) from None
    except Image.DecompressionBombError:
        raise Refuse(Faute.TROP_GRAND) from None
    return TYPES["PNG" if en_png else "JPEG"], sortie.getvalue()


def _octets(image: Image.Image, pixels: int, progressive: bool) -> int:
    """What decoding takes: the pixels, and for a progressive JPEG all its coefficients, of two bytes each."""
    par_pixel = len(image.getbands()) * (4 if image.mode in ("I", "F") else 1)
    # Pillow keeps colours in four bytes, whether or not there is transparency.
    par_pixel = 4 if par_pixel == 3 else par_pixel
    return pixels * (par_pixel + (2 * len(image.getbands()) if progressive else 0))


def _nue(image: Image.Image, en_png: bool) -> Image.Image:
    transparente = "A" in image.getbands() or "transparency" in image.info
    return image.convert("RGBA" if en_png and transparente else "RGB")
