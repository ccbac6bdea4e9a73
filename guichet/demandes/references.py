"""Names of a request that people read aloud, type and keep: reference and tracking code."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import uuid
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings

from socle.securite.cles import cles

if TYPE_CHECKING:
    from guichet.demandes.models import Demande

# Neither 0/O, 1/I/L, 2/Z, 5/S, 8/B nor U/V: nothing that is misread on paper or misheard on the phone.
ALPHABET = "34679ACDEFGHJKMNPQRTWXY"
LONGUEUR = 8
ITERATIONS = 20_000  # of PBKDF2: about 5 ms, so that a stolen table is not read at once


def _grouper(lettres: str) -> str:
    return f"{lettres[:4]}-{lettres[4:]}"


def nouvelle_reference(annee: int) -> str:
    """Readable, and says nothing of how many requests came before."""
    return f"{annee}-{_grouper(''.join(secrets.choice(ALPHABET) for _ in range(LONGUEUR)))}"


def code_suivi(cle_envoi: uuid.UUID, secret: str = "") -> str:
    """The tracking code of a submission.

    Derived from the submission's key and this site's secret (or another one): never stored in clear, yet the same
    again when the confirmation page is reopened or the button pressed twice.
    """
    cle = hmac.new(
        (secret or settings.SECRET_KEY).encode(), b"code de suivi " + cle_envoi.bytes, hashlib.sha256
    ).digest()
    reste, lettres = int.from_bytes(cle, "big"), ""
    for _ in range(LONGUEUR):
        reste, rang = divmod(reste, len(ALPHABET))
        lettres += ALPHABET[rang]
    return _grouper(lettres)


def normaliser_code(saisie: str) -> str:
    """What was typed, without the spaces, hyphens and small letters that people add."""
    return re.sub(r"[^A-Z0-9]", "", saisie.upper())


def normaliser_reference(saisie: str) -> str:
    """Reference as stored, from any usual way to type it; the text itself where it is none."""
    lettres = normaliser_code(saisie)
    if len(lettres) != 4 + LONGUEUR:
        return saisie.strip().upper()
    return f"{lettres[:4]}-{_grouper(lettres[4:])}"


def code_de(demande: Demande) -> str:
    """The tracking code to tell of a request that this site filed; empty where its secret has changed since (and the
    former one is no longer good), or where the code was not made from its key (an invented request). Whether it may be
    told is the caller's to know."""
    for secret in cles():
        code = code_suivi(demande.cle_envoi, secret)
        if hmac.compare_digest(empreinte_derivee(demande.pk, code), demande.code_suivi_empreinte):
            return code
    return ""


def empreinte_code(demande_id: uuid.UUID, code: str) -> str:
    """Slow hash (PBKDF2-SHA-256) of a code, salted by the request: what the database keeps, in hexadecimal."""
    return hashlib.pbkdf2_hmac("sha256", normaliser_code(code).encode(), demande_id.bytes, ITERATIONS).hex()


@lru_cache(maxsize=256)
def empreinte_derivee(demande_id: uuid.UUID, code: str) -> str:
    """The same of a code that this site derived, remembered by the process that filed the request: the confirmation
    page, which comes next, tells the code. Never of a code that was typed: trying one costs its 5 ms each time."""
    return empreinte_code(demande_id, code)


def code_correspond(demande_id: uuid.UUID, code: str, empreinte: str) -> bool:
    """Whether this is the request's code, however it was typed; compared in constant time."""
    return hmac.compare_digest(empreinte_code(demande_id, code), empreinte)
