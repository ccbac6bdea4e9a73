"""Residents' site: no Django user, own sessions, a PostgreSQL role without rights on agents' tables."""

from guichet.configuration.settings.base import *  # noqa: F403
from guichet.configuration.settings.base import MIDDLEWARE_DEBUT, MIDDLEWARE_FIN

GUICHET_SITE = "portail"
ROOT_URLCONF = "guichet.configuration.urls_portail"
SESSION_ENGINE = "guichet.portail.sessions"
SESSION_COOKIE_NAME = "portail_session"
SESSION_COOKIE_AGE = 4 * 3600  # seconds
CSRF_COOKIE_NAME = "portail_csrf"

MIDDLEWARE = [
    *MIDDLEWARE_DEBUT,
    "guichet.portail.middleware.AdresseLisible",
    "guichet.identite.middleware.UsagerMiddleware",
    "guichet.portail.middleware.SessionGlissante",
    "guichet.portail.volumes.PlaceComptee",
    *MIDDLEWARE_FIN,
]

OIDC_SITE = "guichet.identite.site.Portail"
