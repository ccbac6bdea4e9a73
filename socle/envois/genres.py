"""Kinds of messages: each declared once, by the app that owns it, in its ``courriels`` module."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import IntEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from socle.envois.models import Envoi
    from socle.envois.retours import Avis

GARDE = timedelta(days=90)
"""How long a message that left, or was given up, can still be found: the time to answer « I got nothing »."""


class Priorite(IntEnum):
    """Who is waiting in front of a screen goes first."""

    COURANTE = 0
    ATTENDUE = 10


class SansObjet(Exception):
    """There is nothing to tell any more: what the message was about is gone, or it comes too late to be of use."""


@dataclass(frozen=True)
class Joint:
    """A file that goes with a message; a calendar event also goes as an alternative of the text."""

    nom: str
    contenu: bytes | str
    sorte: str


@dataclass(frozen=True)
class Ecrit:
    """A message as written, whatever carries it."""

    sujet: str
    texte: str
    html: str = ""
    expediteur: str = ""
    """Name shown beside the sender's address."""
    repondre_a: str = ""
    joints: tuple[Joint, ...] = field(default=())


def sans_joint(_envoi: Envoi, _contexte: Mapping[str, Any]) -> Sequence[Joint]:
    """No file."""
    return ()


@dataclass(frozen=True, kw_only=True)
class Genre:
    """A kind of message.

    ``contexte`` reads the database when the message leaves, and raises SansObjet when there is nothing to tell;
    ``rediger`` makes the words from the template, ``joints`` the files, from what was read. ``garde`` is how long
    the row stays once it has left: nothing (it goes at once), a time, or None where what it is about decides (it
    goes with a request). ``suivi`` is told of each try: the row, and whether it has left. ``retour`` is told of a
    message that came back undelivered, and why.
    """

    nom: str
    gabarit: str
    rediger: Callable[[str, dict[str, Any]], Ecrit]
    contexte: Callable[[Envoi], dict[str, Any]]
    joints: Callable[[Envoi, Mapping[str, Any]], Sequence[Joint]] = sans_joint
    canal: str = "courriel"
    priorite: Priorite = Priorite.COURANTE
    garde: timedelta | None = GARDE
    suivi: Callable[[Envoi, bool], None] | None = None
    retour: Callable[[Envoi, Avis], None] | None = None

    def ecrire(self, envoi: Envoi) -> Ecrit:
        """The message in words. Raises SansObjet."""
        contexte = self.contexte(envoi)
        return replace(self.rediger(self.gabarit, contexte), joints=tuple(self.joints(envoi, contexte)))


_GENRES: dict[str, Genre] = {}


def declarer(genre: Genre) -> Genre:
    """Make a kind known. Raises ValueError where another has its name."""
    if _GENRES.get(genre.nom, genre) != genre:
        raise ValueError(f"deux genres d'envois s'appellent « {genre.nom} »")
    _GENRES[genre.nom] = genre
    return genre


def genre_de(nom: str) -> Genre:
    """The kind of this name. Raises LookupError: the row was written by another release."""
    try:
        return _GENRES[nom]
    except KeyError:
        raise LookupError(f"genre d'envoi inconnu : « {nom} »") from None


def tous() -> list[Genre]:
    """Every kind."""
    return list(_GENRES.values())
