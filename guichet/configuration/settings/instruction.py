"""Agents' site: accounts from the town's directory only, second factor, Wagtail at /redaction/."""

from guichet.configuration.settings.base import *  # noqa: F403
from guichet.configuration.settings.base import MIDDLEWARE_DEBUT, MIDDLEWARE_FIN, TEMPLATES
from socle import environnement as env

GUICHET_SITE = "instruction"
ROOT_URLCONF = "guichet.configuration.urls_instruction"
SESSION_ENGINE = "guichet.instruction.sessions"
SESSION_COOKIE_NAME = "agents_session"
SESSION_COOKIE_AGE = 10 * 3600  # seconds: a working day; the directory confirms it every OIDC_CONFIRMATION seconds
CSRF_COOKIE_NAME = "agents_csrf"

MIDDLEWARE = [
    *MIDDLEWARE_DEBUT,
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "socle.openid.droits.DroitsAJour",
    *MIDDLEWARE_FIN,
]
TEMPLATES[0]["OPTIONS"]["context_processors"].append("django.contrib.auth.context_processors.auth")

LOGIN_URL = "/connexion/"
WAGTAILADMIN_LOGIN_URL = "/redaction/entree/"
OIDC_SITE = "guichet.identite.site.Agents"
# Proof of a second factor, as the identity provider says it. Cannot be switched off.
OIDC_REQUIRED_ACR = env.liste("SITE_OIDC_REQUIRED_ACR", ("loa-3",))

# Wagtail's editor cannot do with less: its pages hold inline scripts, Draftail writes style attributes, the preview of
# a page is framed. Only those who write the site open these pages; scripts of another origin stay refused.
CSP_EXCEPTIONS = {
    "/redaction/": {
        "img-src": ["data:"],
        "style-src": ["'unsafe-inline'"],
        "script-src": ["'unsafe-inline'"],
        "frame-ancestors": ["'self'"],
    }
}
# One site only, so that sums over the sites do not count twice.
METRIQUES_DU_DOMAINE = ["guichet.supervision.domaine.MetriquesDuDomaine"]
