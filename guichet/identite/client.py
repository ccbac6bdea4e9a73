"""The OpenID Connect client of this site, over Authlib.

Discovery and keys are kept in the process once read (Authlib reads the keys again when a token names one it
does not know). Timeouts are short: a page must say that the sign-in is unavailable, not hang.
"""

from functools import lru_cache
from typing import Any

from authlib.integrations.django_client import OAuth
from django.conf import settings

PORTEE = "openid profile email gru"
SIGNATURES = ["RS256", "ES256"]


@lru_cache(maxsize=1)
def client() -> Any:
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
