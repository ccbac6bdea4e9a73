"""Django Storage over the table of files, and the response that serves one."""

from __future__ import annotations

import hashlib
import mimetypes
from datetime import datetime
from typing import IO, Any, Protocol
from urllib.parse import quote
from uuid import uuid4

from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage, storages
from django.http import HttpResponse
from django.utils.deconstruct import deconstructible

# Shown in the page; anything else is downloaded.
AFFICHABLES = {"image/jpeg", "image/png", "image/webp", "image/gif", "application/pdf"}


@deconstructible
class StockagePostgres(Storage):
    """Files as rows of PostgreSQL, in one space: public ones, or pieces of requests."""

    def __init__(self, espace: str, public: bool = False) -> None:
        self.espace = espace
        self.public = public

    def _lignes(self) -> Any:
        from guichet.stockage.models import Fichier

        return Fichier.objects.filter(espace=self.espace)

    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        contenu = self._lignes().filter(nom=name).values_list("contenu", flat=True).first()
        if contenu is None:
            raise FileNotFoundError(name)
        return ContentFile(bytes(contenu), name=name)

    def _save(self, name: str, content: IO[Any]) -> str:
        from guichet.stockage.models import Fichier

        content.seek(0)
        octets = content.read()
        type_mime = getattr(content, "content_type", None) or mimetypes.guess_type(name)[0]
        Fichier.objects.create(
            espace=self.espace,
            nom=name,
            contenu=octets,
            taille=len(octets),
            type_mime=(type_mime or "application/octet-stream")[:127],
            empreinte=hashlib.sha256(octets).hexdigest(),
        )
        return name

    def get_alternative_name(self, file_root: str, file_ext: str) -> str:
        """Django's hook: a name that is free, made longer by twelve hexadecimal digits."""
        return f"{file_root}_{uuid4().hex[:12]}{file_ext}"

    def delete(self, name: str) -> None:
        """Remove the row; nothing happens where there is none."""
        self._lignes().filter(nom=name).delete()

    def exists(self, name: str) -> bool:
        """Whether a file has this name."""
        return bool(self._lignes().filter(nom=name).exists())

    def size(self, name: str) -> int:
        """Bytes. Raises FileNotFoundError."""
        taille = self._lignes().filter(nom=name).values_list("taille", flat=True).first()
        if taille is None:
            raise FileNotFoundError(name)
        return int(taille)

    def get_created_time(self, name: str) -> datetime:
        """When it was kept. Raises FileNotFoundError."""
        cree_le = self._lignes().filter(nom=name).values_list("cree_le", flat=True).first()
        if not isinstance(cree_le, datetime):
            raise FileNotFoundError(name)
        return cree_le

    get_modified_time = get_created_time

    def url(self, name: str | None) -> str:
        """Public address. Raises ValueError for files that have none, since a page checks who reads them."""
        if not self.public or name is None:
            raise ValueError("Ce fichier n'a pas d'adresse publique : il est servi par une page qui vérifie le droit.")
        return f"/fichiers/{quote(name)}"


def stockage_pieces() -> Storage:
    """Give the storage of pieces: `FileField(storage=stockage_pieces)` keeps settings out of migrations."""
    return storages["pieces"]


def reponse_fichier(contenu: bytes, nom: str, type_mime: str, telecharger: bool = False) -> HttpResponse:
    """Serve a file whose reader's right was checked by the caller.

    Only types that a browser cannot run as a page of ours are shown inline.
    """
    affichable = type_mime in AFFICHABLES and not telecharger
    reponse = HttpResponse(contenu, content_type=type_mime if type_mime in AFFICHABLES else "application/octet-stream")
    mode = "inline" if affichable else "attachment"
    reponse["Content-Disposition"] = f"{mode}; filename*=UTF-8''{quote(nom, safe='')}"
    reponse["X-Content-Type-Options"] = "nosniff"
    reponse["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'self'"
    reponse["Cache-Control"] = "private, no-store"
    return reponse


class Range(Protocol):
    """A file kept in this storage, with the name and the type it was accepted under."""

    fichier: Any
    nom: str
    type_mime: str


def servir(piece: Range) -> HttpResponse:
    """A kept file, shown or downloaded; the reader's right was checked by the caller."""
    with piece.fichier.open() as flux:
        return reponse_fichier(flux.read(), piece.nom, piece.type_mime)
