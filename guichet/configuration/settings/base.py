"""What both sites share. Nothing here has a default that would be dangerous in service."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from guichet.configuration import environnement as env

RACINE = Path(__file__).resolve().parents[3]  # folder that holds guichet/
PAQUET = RACINE / "guichet"

SECRET_KEY = env.texte("GUICHET_SECRET_KEY")
DEBUG = False

# "portail", "instruction" or "schema": which deployment runs this code.
GUICHET_SITE = "schema"

GUICHET_DOMAIN = env.texte("GUICHET_DOMAIN", "gru.test")
GUICHET_PUBLIC_URL = env.texte("GUICHET_PUBLIC_URL", f"https://portail.{GUICHET_DOMAIN}").rstrip("/")
GUICHET_PORTAL_URL = env.texte("GUICHET_PORTAL_URL", f"https://portail.{GUICHET_DOMAIN}").rstrip("/")
GUICHET_AGENTS_URL = env.texte("GUICHET_AGENTS_URL", f"https://agents.{GUICHET_DOMAIN}").rstrip("/")
# Where residents say how a procedure went (the site of consultation/); empty: no link is shown.
GUICHET_AVIS_URL = env.texte("GUICHET_AVIS_URL", "").rstrip("/")
# State of conformity with the RGAA, for the footer: "non conforme" until an audit says better.
GUICHET_ACCESSIBILITE = env.texte("GUICHET_ACCESSIBILITE", "non conforme")
GUICHET_FRANCECONNECT = env.booleen("GUICHET_FRANCECONNECT")
# The town as residents read it: name, address, phone, email, hours, dpo_email.
GUICHET_TOWN = {
    "nom": env.texte("GUICHET_TOWN_NAME", "la commune"),
    "adresse": env.texte("GUICHET_TOWN_ADDRESS", ""),
    "telephone": env.texte("GUICHET_TOWN_PHONE", ""),
    "courriel": env.texte("GUICHET_TOWN_EMAIL", ""),
    "horaires": env.horaires("GUICHET_TOWN_HOURS"),
    "courriel_dpo": env.texte("GUICHET_TOWN_DPO_EMAIL", ""),
}
# The town's logo (an SVG file of this host), for the documents it sends; the pages take it from the proxy.
GUICHET_TOWN_LOGO = env.texte("GUICHET_TOWN_LOGO", "")

ALLOWED_HOSTS = [urlsplit(GUICHET_PUBLIC_URL).hostname or "", *env.liste("GUICHET_ALLOWED_HOSTS")]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
USE_X_FORWARDED_HOST = False
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# One list for every deployment: Wagtail's pages point to the agents' accounts, so the models must be
# known everywhere. What a site may *do* is decided by its URL table and its PostgreSQL role.
INSTALLED_APPS = [
    "socle.envois",
    "guichet.gabarits",
    "guichet.supervision",
    "guichet.identite",
    "guichet.stockage",
    "guichet.demarches",
    "guichet.comptes",
    "guichet.demandes",
    "guichet.portail",
    "guichet.instruction",
    "guichet.editorial",
    "guichet.conception",
    "guichet.arriere_plan",
    "guichet.peuplement",
    "wagtail.users",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail.sites",
    "wagtail.contrib.redirects",
    "wagtail.documents",
    "wagtail.snippets",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "procrastinate.contrib.django",
]

MIDDLEWARE_DEBUT = [
    "guichet.supervision.middleware.DureeDesRequetes",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "guichet.gabarits.csp.PolitiqueDeContenu",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
]
MIDDLEWARE_FIN = [
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
MIDDLEWARE = [*MIDDLEWARE_DEBUT, *MIDDLEWARE_FIN]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "guichet.gabarits.contexte.commune",
            ],
        },
    },
]
# Fields are drawn by templates/components/champ.html: {{ form.courriel.as_field_group }}.
FORM_RENDERER = "guichet.gabarits.forms.Rendu"

WSGI_APPLICATION = "guichet.configuration.wsgi.application"

_options: dict[str, Any] = {"connect_timeout": 5}
if env.texte("GUICHET_DB_SSLROOTCERT", ""):
    _options |= {"sslmode": "verify-full", "sslrootcert": env.texte("GUICHET_DB_SSLROOTCERT")}
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": env.texte("GUICHET_DB_HOST", ""),
        "PORT": env.texte("GUICHET_DB_PORT", "5432"),
        "NAME": env.texte("GUICHET_DB_NAME", "guichet"),
        "USER": env.texte("GUICHET_DB_USER"),
        "PASSWORD": env.texte("GUICHET_DB_PASSWORD", ""),
        "CONN_MAX_AGE": 600,  # seconds; one connection a thread, checked before each use
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": _options,
    }
}
# PostgreSQL roles of the sites, given their rights by `manage.py accorder_droits`.
GUICHET_DB_ROLES = {
    "portail": env.texte("GUICHET_DB_ROLE_PORTAL", "guichet_portal"),
    "instruction": env.texte("GUICHET_DB_ROLE_PROCESSING", "guichet_processing"),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Agents only. A resident is a comptes.Usager and can never be a Django user.
AUTH_USER_MODEL = "instruction.Agent"
AUTHENTICATION_BACKENDS = ["guichet.identite.backend.AnnuaireBackend"]

SESSION_COOKIE_SECURE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "guichet.gabarits.views.csrf"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = env.texte("GUICHET_STATIC_ROOT", str(RACINE / "static"))
STORAGES: dict[str, dict[str, Any]] = {
    # Images of the editorial pages: public, read by both sites.
    "default": {
        "BACKEND": "guichet.stockage.backend.StockagePostgres",
        "OPTIONS": {"espace": "editorial", "public": True},
    },
    # Pieces joined to requests: each view checks the right before it serves one.
    "pieces": {
        "BACKEND": "guichet.stockage.backend.StockagePostgres",
        "OPTIONS": {"espace": "demandes"},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_URL = "/fichiers/"
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440  # bytes, files not counted

# Messages leave by the worker of the task queue.
ENVOIS_MOTEUR = "guichet.arriere_plan.envois.mettre_en_file"
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = env.texte("GUICHET_SMTP_HOST", "localhost")
EMAIL_PORT = env.entier("GUICHET_SMTP_PORT", 25)
# Mails hold personal data: the connection is encrypted and the server's certificate checked.
EMAIL_USE_TLS = env.booleen("GUICHET_SMTP_TLS", True)
EMAIL_TIMEOUT = 15  # seconds
DEFAULT_FROM_EMAIL = env.texte("GUICHET_MAIL_SENDER", f"ne-pas-repondre@{GUICHET_DOMAIN}")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

GUICHET_LDAP = {
    "url": env.texte("GUICHET_LDAP_URL", ""),
    "base": env.texte("GUICHET_LDAP_BASE", ""),
    "user": env.texte("GUICHET_LDAP_USER", ""),
    "password": env.texte("GUICHET_LDAP_PASSWORD", ""),
}

GUICHET_OIDC: dict[str, Any] = {
    "issuer": env.texte("GUICHET_OIDC_ISSUER", f"https://connexion.{GUICHET_DOMAIN}/"),
    "client_id": env.texte("GUICHET_OIDC_CLIENT_ID", ""),
    "client_secret": env.texte("GUICHET_OIDC_CLIENT_SECRET", ""),
    # Seconds before the page says that the sign-in is unavailable.
    "delai": env.entier("GUICHET_OIDC_TIMEOUT", 4),
}
# Dotted path of the function that opens the session from verified claims, one a site.
GUICHET_OIDC_OUVERTURE = ""
# Accepted values of the `acr` claim; empty: any (residents).
GUICHET_OIDC_REQUIRED_ACR: list[str] = []
GUICHET_URL_APRES_DECONNEXION = "/"

WAGTAIL_SITE_NAME = GUICHET_TOWN["nom"]
WAGTAILADMIN_BASE_URL = GUICHET_AGENTS_URL
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILUSERS_PASSWORD_ENABLED = False
WAGTAILEMBEDS_FINDERS: list[dict[str, str]] = []
WAGTAIL_CONTENT_LANGUAGES = [("fr", "Français")]
WAGTAILADMIN_PERMITTED_LANGUAGES = [("fr", "Français")]
WAGTAIL_WORKFLOW_ENABLED = False
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 8 * 1024 * 1024
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database", "SEARCH_CONFIG": "french"}}
TAGGIT_CASE_INSENSITIVE = True

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "tasks"

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"court": {"format": "%(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "court"}},
    "root": {"handlers": ["console"], "level": env.texte("GUICHET_LOG_LEVEL", "INFO")},
    "loggers": {
        # A resident's wrong address is not an event for operators.
        "django.request": {"level": "ERROR"},
        "procrastinate": {"level": "INFO"},
        "procrastinate.blueprints": {"level": "WARNING"},
        "procrastinate.periodic": {"level": "WARNING"},
        # A document takes a dozen lines to tell how it is made.
        "weasyprint": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
        "pikepdf": {"level": "WARNING"},
    },
}
