"""What people read: refusals, moments, what tools complain of, in French."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterator
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
ANOTHER = "le dépôt contient les sauvegardes d'une autre base : restaurez-les, ou donnez un autre dossier au site"
COMPLAINTS = (
    ("certificate", "le certificat du dépôt n'est pas reconnu"),
    ("[042]", "la clé n'ouvre pas le dépôt : ce n'est pas celle qui a chiffré les sauvegardes (« backup_key »)"),
    ("outside of section", "la clé n'ouvre pas le dépôt : ce n'est pas celle qui a chiffré les sauvegardes"),
    ("CryptoError", "la clé n'ouvre pas le dépôt : ce n'est pas celle qui a chiffré les sauvegardes"),
    ("cipher header invalid", "la clé n'ouvre pas le dépôt : ce n'est pas celle qui a chiffré les sauvegardes"),
    ("wrong password or no key", "la clé n'ouvre pas le dépôt : ce n'est pas celle qui a chiffré les sauvegardes"),
    ("[050]", "une autre sauvegarde, ou une restauration, est en cours"),
    ("[028]", ANOTHER),
    ("[044]", ANOTHER),
    ("[051]", ANOTHER),
    ("[082]", "les journaux de transaction n'arrivent pas au dépôt : lisez « journalctl -u postgresql@17-main »"),
    ("[101]", "le dépôt refuse notre clé, ou n'est pas celui que l'on connaît"),
    ("No space left", "le dépôt est plein : agrandissez-le, ou gardez moins de jours (backup.keep_days)"),
    ("[049]", "le dépôt ne répond pas : vérifiez son hôte et le réseau"),
    ("HostConnectError", "le dépôt ne répond pas : vérifiez son hôte et le réseau"),
    ("timeout connecting", "le dépôt ne répond pas : vérifiez son hôte et le réseau"),
    ("Connection refused", "le dépôt ne répond pas : vérifiez son hôte et le réseau"),
    ("unable to get address", "le nom du dépôt est inconnu"),
    ("AccessDenied", "le dépôt refuse nos identifiants"),
    ("InvalidAccessKeyId", "le dépôt refuse nos identifiants"),
    ("SignatureDoesNotMatch", "le dépôt refuse nos identifiants"),
    ("NoSuchBucket", "le conteneur n'existe pas : créez-le"),
    ("already locked", "une autre sauvegarde, une relecture ou une restauration est en cours"),
)


class Refused(Exception):
    """What was asked cannot be; nothing was changed. The message is French and says what to do."""


def said(moment: float) -> str:
    """A moment as people read it, in Paris."""
    return datetime.datetime.fromtimestamp(moment, PARIS).strftime("%d/%m/%Y à %H:%M:%S")


def in_words(words: str) -> str:
    """What a tool complains of, in French where it is known; else its last line."""
    known = next((sentence for sign, sentence in COMPLAINTS if sign in words), "")
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    return known or (lines[-1][:300] if lines else "sans précision")


@contextlib.contextmanager
def told(problems: list[str], what: str = "") -> Iterator[None]:
    try:
        yield
    except Refused as refusal:
        problems.append(f"{what} : {refusal}" if what else str(refusal))


@contextlib.contextmanager
def system_in_words(name: str) -> Iterator[None]:
    """What the host's own system refuses (a full disk, a folder that is gone) is told as the rest."""
    try:
        yield
    except OSError as error:
        raise Refused(" : ".join(filter(None, [f"« {name} »", error.filename, error.strerror]))) from error
