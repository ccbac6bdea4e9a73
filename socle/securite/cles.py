"""The keys by which this site signs and recognises: the one in force, and the other one while it changes.

Django's own signatures (sessions, links) look at `SECRET_KEY_FALLBACKS` by themselves. What a site derives from its key
in its own way asks here.

``python -m socle.securite.cles`` says which of the keys it is given (a JSON list on standard input) this site accepts
and which one it signs with: `gru rotate` asks it of each host.
"""

from __future__ import annotations

import json
import sys

from django.conf import settings
from django.core import signing


def cles() -> list[str]:
    """All that are good, the one that signs first."""
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def eprouver(candidates: list[str]) -> list[dict[str, bool]]:
    """Of each key: whether what it signed is taken here (`acceptee`), and whether this site signs with it (`signe`)."""
    ici = signing.Signer()
    fait = ici.sign("essai")
    return [
        {
            "acceptee": _lu(ici, signing.Signer(key=une).sign("essai")),
            "signe": signing.Signer(key=une).sign("essai") == fait,
        }
        for une in candidates
    ]


def _lu(signataire: signing.Signer, texte: str) -> bool:
    try:
        signataire.unsign(texte)
    except signing.BadSignature:
        return False
    return True


if __name__ == "__main__":
    print(json.dumps(eprouver(json.load(sys.stdin))))
