"""How invented rows are told from real ones: their identifiers are UUIDs of version 8, which the site never makes."""

from __future__ import annotations

import uuid
from random import Random

# The 15th character of a UUID written out is its version.
DEMANDES_INVENTEES = "SELECT id FROM demandes_demande WHERE substring(id::text, 15, 1) = '8'"
VRAIE_DEMANDE = "SELECT EXISTS (SELECT FROM demandes_demande WHERE substring(id::text, 15, 1) <> '8')"
EFFACER_COMPTES = "DELETE FROM comptes_usager WHERE substring(id::text, 15, 1) = '8' AND issuer = %s"


def identifiant(hasard: Random) -> uuid.UUID:
    """A UUID of version 8, drawn."""
    bits = hasard.getrandbits(128)
    bits = (bits & ~(0xF << 76)) | (0x8 << 76)  # version
    bits = (bits & ~(0x3 << 62)) | (0x2 << 62)  # variant
    return uuid.UUID(int=bits)
