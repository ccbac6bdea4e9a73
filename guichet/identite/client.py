"""The OpenID Connect client of this site, over Authlib.

Discovery and keys are kept in the process for ten minutes (and the keys read again at once when a token names one
that is not known): the provider is not asked at each sign-in, and a change of its settings needs no restart here.
Timeouts are short: a page must say that the sign-in is unavailable, not hang.
"""

import time
from functools import lru_cache
from typing import Any

from authlib.integrations.django_client import OAuth
from django.conf import settings

PORTEE = "openid profile email gru"
DUREE = 600  # seconds


@lru_cache(maxsize=2)
def _client(_periode: int) -> Any:
    oidc: dict[str, Any] = settings.GUICHET_OIDC
    registre = OAuth()
    return registre.register(
        "gru",
        client_id=oidc["client_id"],
        client_secret=oidc["client_secret"],
        server_metadata_url=f"{oidc['issuer'].rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={
            "scope": PORTEE,
            "code_challenge_method": "S256",
            "token_endpoint_auth_method": "client_secret_basic",
            "default_timeout": oidc["delai"],
        },
    )


def client() -> Any:
    return _client(int(time.monotonic() // DUREE))


def oublier() -> None:
    """Read the settings and the provider's documents again."""
    _client.cache_clear()
