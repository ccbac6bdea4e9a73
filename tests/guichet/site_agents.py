"""The agents' site in a test: the suite's settings are the portal's, these take their place."""

from typing import Any

from guichet.configuration.settings import instruction

SITE = (
    "GUICHET_SITE", "ROOT_URLCONF", "SESSION_ENGINE", "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "MIDDLEWARE",
    "LOGIN_URL", "WAGTAILADMIN_LOGIN_URL", "OIDC_SITE", "OIDC_REQUIRED_ACR", "CSP_EXCEPTIONS", "METRIQUES_DU_DOMAINE",
)  # fmt: skip


def prendre(settings: Any) -> None:
    """Turn the settings of this test into those of the agents' site."""
    for nom in SITE:
        setattr(settings, nom, getattr(instruction, nom))
