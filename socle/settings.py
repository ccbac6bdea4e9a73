"""What the settings of every site share, read from the environment (`SITE_*`) that role `django_site` writes.

Each site's settings import all of it, then say what is theirs: applications, middleware, accounts, pages.
"""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from socle import environnement as env

# What no site of a platform may start without; on one person's machine these have defaults or no use.
PLATEFORME = (
    "SITE_PUBLIC_URL",
    "SITE_PORTAL_URL",
    "SITE_AGENTS_URL",
    "SITE_DB_HOST",
    "SITE_DB_USER",
    "SITE_DB_PASSWORD",
    "SITE_OIDC_ISSUER",
    "SITE_OIDC_CLIENT_SECRET",
    "SITE_SMTP_HOST",
    "SITE_MAIL_SENDER",
)

RACINE = Path(__file__).resolve().parents[1]  # folder that holds socle/ and the applications

SECRET_KEY = env.texte("SITE_SECRET_KEY")
# While a secret changes (`gru rotate`), its other value, coming or former, is good too: nobody is refused meanwhile.
SECRET_KEY_FALLBACKS = env.liste("SITE_SECRET_KEY_OTHER")
DEBUG = False

# Addresses that people type, scan or follow. Those of other sites are empty where there is none: no link is shown.
URL_PUBLIQUE = env.texte("SITE_PUBLIC_URL", "").rstrip("/")
URL_PORTAIL = env.texte("SITE_PORTAL_URL", "").rstrip("/")
URL_AGENTS = env.texte("SITE_AGENTS_URL", "").rstrip("/")
URL_ECOUTE = env.texte("SITE_CONSULTATION_URL", "").rstrip("/")
URL_SUPERVISION = env.texte("SITE_MONITORING_URL", "").rstrip("/")
_HOTE = urlsplit(URL_PUBLIQUE).hostname or ""
DOMAINE = env.texte("SITE_DOMAIN", _HOTE or "localhost")

# The town as people read it.
COMMUNE = {
    "nom": env.texte("SITE_TOWN_NAME", "la commune"),
    "adresse": env.texte("SITE_TOWN_ADDRESS", ""),
    "telephone": env.texte("SITE_TOWN_PHONE", ""),
    "courriel": env.texte("SITE_TOWN_EMAIL", ""),
    "horaires": env.horaires("SITE_TOWN_HOURS"),
    "courriel_dpo": env.texte("SITE_TOWN_DPO_EMAIL", ""),
    # Of the charter, for mails: pages take all of it from the proxy, a mail fetches nothing.
    "couleur": env.texte("SITE_TOWN_COLOR", "#1d3a4f"),
}
# Who hosts the platform, for the legal notice (article 1-1 of act 2004-575); empty: the site does not say.
HEBERGEUR: dict[str, Any] = {
    "nom": env.texte("SITE_HOSTING_PROVIDER", ""),
    "adresse": env.texte("SITE_HOSTING_ADDRESS", ""),
    "telephone": env.texte("SITE_HOSTING_PHONE", ""),
    "pays": env.texte("SITE_HOSTING_COUNTRY", ""),
    "lieu": env.texte("SITE_HOSTING_PLACE", ""),
    "qualification": env.texte("SITE_HOSTING_QUALIFICATION", ""),
    "qualification_le": env.jour("SITE_HOSTING_QUALIFICATION_DATE"),
}
# The town's logo (an SVG file of this host), for the documents it sends; the pages take it from the proxy.
LOGO_COMMUNE = env.texte("SITE_TOWN_LOGO", "")
# State of conformity with the RGAA, for the footer: "non conforme" until an audit says better.
ACCESSIBILITE = env.texte("SITE_ACCESSIBILITY", "non conforme")

ALLOWED_HOSTS = [_HOTE, *env.liste("SITE_ALLOWED_HOSTS")]
USE_X_FORWARDED_HOST = False
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# What pages may load beside our own origin (socle/securite/politique.py), on all of them and under one address.
CSP_AJOUTS: dict[str, list[str]] = {}
CSP_EXCEPTIONS: dict[str, dict[str, list[str]]] = {}

# What every request goes through; a site puts what is its own (accounts) between the two.
MIDDLEWARE_DEBUT = [
    "socle.supervision.middleware.DureeDesRequetes",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "socle.securite.politique.PolitiqueDeContenu",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
]
MIDDLEWARE_FIN = [
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

SESSION_COOKIE_SECURE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = [URL_PUBLIQUE] if URL_PUBLIQUE else []
CSRF_FAILURE_VIEW = "socle.erreurs.csrf"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

_options: dict[str, Any] = {"connect_timeout": 5}  # seconds
if env.texte("SITE_DB_SSLROOTCERT", ""):
    _options |= {"sslmode": "verify-full", "sslrootcert": env.texte("SITE_DB_SSLROOTCERT")}
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        "ENGINE": "socle.postgresql",
        "HOST": env.texte("SITE_DB_HOST", ""),
        "PORT": env.texte("SITE_DB_PORT", "5432"),
        "NAME": env.texte("SITE_DB_NAME", ""),
        "USER": env.texte("SITE_DB_USER", ""),
        "PASSWORD": env.texte("SITE_DB_PASSWORD", ""),
        "AUTRE_PASSWORD": env.texte("SITE_DB_PASSWORD_OTHER", ""),  # tried where the first is refused
        "CONN_MAX_AGE": 600,  # seconds; one connection a thread, known to be there before each use
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": _options,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Fields are drawn by socle/composants/templates/components/champ.html: {{ form.courriel.as_field_group }}.
FORM_RENDERER = "socle.composants.forms.Rendu"

LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = env.texte("SITE_STATIC_ROOT", str(RACINE / "static"))
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage",
        "OPTIONS": {"file_permissions_mode": 0o644},  # public, unlike what people send (FILE_UPLOAD_PERMISSIONS)
    },
}
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440  # bytes, files not counted

EMAIL_HOST = env.texte("SITE_SMTP_HOST", "")
EMAIL_PORT = env.entier("SITE_SMTP_PORT", 25)
# Mails hold personal data: the connection is encrypted and the server's certificate checked.
EMAIL_USE_TLS = env.booleen("SITE_SMTP_TLS", True)
EMAIL_HOST_USER = env.texte("SITE_SMTP_USER", "")
EMAIL_HOST_PASSWORD = env.texte("SITE_SMTP_PASSWORD", "")
EMAIL_TIMEOUT = 15  # seconds
DEFAULT_FROM_EMAIL = env.texte("SITE_MAIL_SENDER", f"ne-pas-repondre@{DOMAINE}")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Where undelivered mails come back (socle/envois/retours.py): domain, secret shared with the mail server, and name of
# the application, that its settings give. Without a domain, mails leave under the sender's own address.
RETOURS_DOMAINE = env.texte("SITE_RETURNS_DOMAIN", "")
RETOURS_CLE = env.texte("SITE_RETURNS_KEY", "")
RETOURS_AUTRE_CLE = env.texte("SITE_RETURNS_KEY_OTHER", "")
RETOURS_SITE = ""

# The town's identity provider.
OIDC: dict[str, Any] = {
    "issuer": env.texte("SITE_OIDC_ISSUER", ""),
    "client_id": env.texte("SITE_OIDC_CLIENT_ID", ""),
    "client_secret": env.texte("SITE_OIDC_CLIENT_SECRET", ""),
    "autre_secret": env.texte("SITE_OIDC_CLIENT_SECRET_OTHER", ""),
    # Seconds before the page says that the sign-in is unavailable.
    "delai": env.entier("SITE_OIDC_TIMEOUT", 4),
}
# Seconds after which the provider confirms the session of a member of the staff (socle/openid/droits.py).
OIDC_CONFIRMATION = 300
# Accepted values of the `acr` claim; empty: any (residents).
OIDC_REQUIRED_ACR: list[str] = []

# Collectors of the figures that this site reads in its database (dotted paths), beside those of its requests.
METRIQUES_DU_DOMAINE: list[str] = []

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"court": {"format": "%(levelname)s %(name)s: %(message)s"}},
    "filters": {"sans_cle": {"()": "socle.supervision.journal.SansCle"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "court", "filters": ["sans_cle"]}},
    "root": {"handlers": ["console"], "level": env.texte("SITE_LOG_LEVEL", "INFO")},
    "loggers": {
        # A visitor's wrong address is not an event for operators.
        "django.request": {"level": "ERROR"},
        # A document takes a dozen lines to tell how it is made.
        "weasyprint": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
    },
}
