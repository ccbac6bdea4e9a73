"""Agents' site: accounts from the town's directory only, second factor, Wagtail at /redaction/."""

from guichet.configuration.settings.base import *  # noqa: F403
from guichet.configuration.settings.base import MIDDLEWARE_DEBUT, MIDDLEWARE_FIN, TEMPLATES
from socle import environnement as env

GUICHET_SITE = "instruction"
ROOT_URLCONF = "guichet.configuration.urls_instruction"
SESSION_ENGINE = "guichet.instruction.sessions"
SESSION_COOKIE_NAME = "agents_session"
SESSION_COOKIE_AGE = 10 * 3600  # seconds: a working day, so that a change of groups holds by the next
CSRF_COOKIE_NAME = "agents_csrf"

MIDDLEWARE = [*MIDDLEWARE_DEBUT, "django.contrib.auth.middleware.AuthenticationMiddleware", *MIDDLEWARE_FIN]
TEMPLATES[0]["OPTIONS"]["context_processors"].append("django.contrib.auth.context_processors.auth")

LOGIN_URL = "/connexion/"
WAGTAILADMIN_LOGIN_URL = "/connexion/"
GUICHET_OIDC_OUVERTURE = "guichet.identite.ouverture.ouvrir_agent"
# Proof of a second factor, as the identity provider says it. Cannot be switched off.
OIDC_REQUIRED_ACR = env.liste("SITE_OIDC_REQUIRED_ACR", ("loa-3",))
GUICHET_URL_APRES_DECONNEXION = "/deconnecte/"
