"""What both sites of guichet share, over what every site shares. No default would be dangerous in service."""

from typing import Any

from socle import environnement as env
from socle.settings import *  # noqa: F403
from socle.settings import (
    COMMUNE,
    DATABASES,
    LOGGING,
    MIDDLEWARE_DEBUT,
    MIDDLEWARE_FIN,
    PLATEFORME,
    RACINE,
    STORAGES,
    URL_AGENTS,
)

env.exiger(*PLATEFORME)

PAQUET = RACINE / "guichet"

# "portail", "instruction" or "schema": which deployment runs this code.
GUICHET_SITE = "schema"
GUICHET_FRANCECONNECT = env.booleen("GUICHET_FRANCECONNECT")

RETOURS_SITE = "guichet"
RELAIS_DE_CONFIANCE = True  # our proxy is always in front: it says who calls, and that the connection is secure
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# One list for every deployment: Wagtail's pages point to the agents' accounts, so the models must be
# known everywhere. What a site may *do* is decided by its URL table and its PostgreSQL role.
INSTALLED_APPS = [
    "socle.envois",
    "socle.openid",
    "guichet.gabarits",
    "socle.composants",
    "guichet.supervision",
    "guichet.identite",
    "guichet.stockage",
    "guichet.demarches",
    "guichet.comptes",
    "guichet.demandes",
    "guichet.questions",
    "guichet.mon_compte",
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

WSGI_APPLICATION = "guichet.configuration.wsgi.application"

# Values travel apart from the statement, which the server reads and plans once a connection instead of each time.
DATABASES["default"]["OPTIONS"] |= {
    "server_side_binding": True,
    "prepare_threshold": 5,  # times a statement is sent before it is prepared
}

# PostgreSQL roles of the sites, given their rights by `manage.py accorder_droits`.
GUICHET_DB_ROLES = {
    "portail": env.texte("GUICHET_DB_ROLE_PORTAL", "guichet_portal"),
    "instruction": env.texte("GUICHET_DB_ROLE_PROCESSING", "guichet_processing"),
}

# Agents only. A resident is a comptes.Usager and can never be a Django user.
AUTH_USER_MODEL = "instruction.Agent"
AUTHENTICATION_BACKENDS = ["guichet.identite.backend.AnnuaireBackend"]

PAGE_ERREUR = "guichet.gabarits.erreurs.page"
METRIQUES_PREFIXE = "guichet"
STORAGES = {
    **STORAGES,
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
}
MEDIA_URL = "/fichiers/"
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
# Messages leave by the worker of the task queue.
ENVOIS_MOTEUR = "guichet.arriere_plan.envois.mettre_en_file"

GUICHET_LDAP = {
    "url": env.texte("GUICHET_LDAP_URL", ""),
    "base": env.texte("GUICHET_LDAP_BASE", ""),
    "user": env.texte("GUICHET_LDAP_USER", ""),
    "password": env.texte("GUICHET_LDAP_PASSWORD", ""),
    "autre_password": env.texte("GUICHET_LDAP_PASSWORD_OTHER", ""),  # tried where the first is refused
}

WAGTAIL_SITE_NAME = COMMUNE["nom"]
WAGTAILADMIN_BASE_URL = URL_AGENTS
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
WAGTAILIMAGES_IMAGE_FORM_BASE = "guichet.editorial.images.FormulaireImage"
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database", "SEARCH_CONFIG": "french"}}
TAGGIT_CASE_INSENSITIVE = True

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "tasks"

LOGGING["loggers"] |= {
    "procrastinate": {"level": "INFO"},
    "procrastinate.blueprints": {"level": "WARNING"},
    "procrastinate.periodic": {"level": "WARNING"},
    "pikepdf": {"level": "WARNING"},
}
