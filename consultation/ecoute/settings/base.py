"""What every deployment shares. Nothing here has a default that would be dangerous in service."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from consultation.ecoute import environnement as env

RACINE = Path(__file__).resolve().parents[3]  # folder that holds consultation/
PAQUET = RACINE / "consultation" / "ecoute"

SECRET_KEY = env.texte("ECOUTE_SECRET_KEY")
DEBUG = False

# Address that people type or scan: links in mails, letters and QR codes.
ECOUTE_URL = env.texte("ECOUTE_URL", "http://127.0.0.1:8600").rstrip("/")
# How members of the team sign in: "local" (accounts kept here) or "openid-connect" (the town's identity provider).
ECOUTE_CONNEXION = env.texte("ECOUTE_CONNEXION", "local")
_fournisseur = None if ECOUTE_CONNEXION == "openid-connect" else ""  # None: mandatory
ECOUTE_OIDC: dict[str, Any] = {
    "issuer": env.texte("ECOUTE_OIDC_ISSUER", _fournisseur),
    "client_id": env.texte("ECOUTE_OIDC_CLIENT_ID", "ecoute"),
    "client_secret": env.texte("ECOUTE_OIDC_CLIENT_SECRET", _fournisseur),
    "delai": 4,  # seconds before the page says that the sign-in is unavailable
}
# Proof of a second factor, as the identity provider says it. Cannot be switched off.
ECOUTE_OIDC_REQUIRED_ACR = env.liste("ECOUTE_OIDC_REQUIRED_ACR", ("loa-3",))
# Group of the town's directory for each role; who is in several has the first of them.
ECOUTE_OIDC_GROUPES = {
    "ecoute-responsables": "responsable",
    "ecoute-equipe": "equipe",
    "ecoute-dpo": "dpo",
    "ecoute-accueil": "accueil",
}
# The platform around, where there is one; each may be empty, and what needs it is then not offered.
ECOUTE_PORTAIL_URL = env.texte("ECOUTE_PORTAIL_URL", "").rstrip("/")
ECOUTE_AGENTS_URL = env.texte("ECOUTE_AGENTS_URL", "").rstrip("/")
# Base address of Prometheus' queries (GET /api/v1/query), for indicators.
ECOUTE_PROMETHEUS_URL = env.texte("ECOUTE_PROMETHEUS_URL", "").rstrip("/")
# How a draw runs: "processus" (another process, so that pages stay quick) or "direct" (tests).
ECOUTE_TIRAGE = "processus"
# Whether a relay (an HTTPS server in front) is trusted to say who calls and that the connection is secure.
ECOUTE_RELAIS = env.booleen("ECOUTE_RELAIS")
# Code that the first account must show; empty: no first account can be made from a page.
ECOUTE_CODE_INSTALLATION = ""
# State of conformity with the RGAA, for the footer: "non conforme" until an audit says better.
ECOUTE_ACCESSIBILITE = env.texte("ECOUTE_ACCESSIBILITE", "non conforme")
# Charter served by this application: the folder that holds charte.yaml and logo.svg. Empty: the proxy serves it.
ECOUTE_CHARTE = ""
ECOUTE_CHARTE_GABARIT = RACINE / "roles" / "proxy" / "templates" / "charte.css.j2"

# Procedures that may be rated, in a JSON file: [{"slug", "titre", "service"}]. Empty: the team types its own.
ECOUTE_DEMARCHES = env.texte("ECOUTE_DEMARCHES", "")
# Months that texts of answers about procedures are kept; a proposal for the DPO to approve.
ECOUTE_SATISFACTION_MOIS = int(env.texte("ECOUTE_SATISFACTION_MOIS", "12"))
# Messages leave at commit; what could not is tried again every minute by what the web server starts after its fork.
ENVOIS_MOTEUR = "socle.envois.services.aussitot"
APRES_DEMARRAGE = "consultation.ecoute.accueil.veille.demarrer"
# Gateway for SMS (dotted path of a socle.envois.sms.Passerelle); empty: none. The shipped one, Classeur there, fills a
# folder; its former name is understood.
SMS_PASSERELLE = env.texte("ECOUTE_SMS", "").replace("consultation.ecoute.cadre.sms.", "socle.envois.sms.")
SMS_DOSSIER = env.texte("ECOUTE_SMS_DOSSIER", "")
# Mailbox where people write their opinions (IMAP over TLS); empty: files are imported by hand.
ECOUTE_IMAP: dict[str, Any] = {
    "hote": env.texte("ECOUTE_IMAP_HOST", ""),
    "port": int(env.texte("ECOUTE_IMAP_PORT", "993")),
    "utilisateur": env.texte("ECOUTE_IMAP_USER", ""),
    "mot_de_passe": env.texte("ECOUTE_IMAP_PASSWORD", ""),
    "boite": env.texte("ECOUTE_IMAP_MAILBOX", "INBOX"),
    "autorite": env.texte("ECOUTE_IMAP_CA", ""),
}

ALLOWED_HOSTS = [urlsplit(ECOUTE_URL).hostname or "", *env.liste("ECOUTE_ALLOWED_HOSTS")]
if ECOUTE_RELAIS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

INSTALLED_APPS = [
    "socle.envois",
    "consultation.ecoute.cadre",
    "consultation.ecoute.equipe",
    "consultation.ecoute.journal",
    "consultation.ecoute.dossiers",
    "consultation.ecoute.donnees",
    "consultation.ecoute.contributions",
    "consultation.ecoute.ateliers",
    "consultation.ecoute.panels",
    "consultation.ecoute.lecture",
    "consultation.ecoute.suites",
    "consultation.ecoute.satisfaction",
    "consultation.ecoute.boite",
    "consultation.ecoute.accueil",
    "consultation.ecoute.installation",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "consultation.ecoute.cadre.csp.PolitiqueDeContenu",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "consultation.ecoute.urls"
WSGI_APPLICATION = "consultation.ecoute.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "consultation.ecoute.cadre.contexte.commune",
            ],
        },
    },
]
FORM_RENDERER = "consultation.ecoute.cadre.forms.Rendu"

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "equipe.Membre"
# An e-mail is unique among accounts kept here; those of the identity provider have another key.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTHENTICATION_BACKENDS = [
    "consultation.ecoute.equipe.openid.CompteAnnuaire"
    if ECOUTE_CONNEXION == "openid-connect"
    else "consultation.ecoute.equipe.connexion.CompteLocal"
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("courriel", "nom")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/equipe/connexion/"

SESSION_COOKIE_NAME = "ecoute_session"
SESSION_COOKIE_AGE = 10 * 3600  # seconds: a working day
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "ecoute_csrf"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "consultation.ecoute.cadre.views.csrf"
CSRF_TRUSTED_ORIGINS = [ECOUTE_URL]
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = env.texte("ECOUTE_STATIC_ROOT", str(RACINE / "static-ecoute"))
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage",
        "OPTIONS": {"file_permissions_mode": 0o644},  # public, unlike what people send (FILE_UPLOAD_PERMISSIONS)
    },
}
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440  # bytes, files not counted
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

EMAIL_TIMEOUT = 15  # seconds
EMAIL_FILE_PATH = ""
EMAIL_HOST = env.texte("ECOUTE_SMTP_HOST", "")
EMAIL_PORT = int(env.texte("ECOUTE_SMTP_PORT", "25"))
EMAIL_USE_TLS = env.booleen("ECOUTE_SMTP_TLS", True)
EMAIL_HOST_USER = env.texte("ECOUTE_SMTP_USER", "")
EMAIL_HOST_PASSWORD = env.texte("ECOUTE_SMTP_PASSWORD", "")
DEFAULT_FROM_EMAIL = env.texte("ECOUTE_MAIL_SENDER", f"ne-pas-repondre@{urlsplit(ECOUTE_URL).hostname or 'localhost'}")

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"court": {"format": "%(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "court"}},
    "root": {"handlers": ["console"], "level": env.texte("ECOUTE_LOG_LEVEL", "WARNING")},
    # A visitor's wrong address is not an event for the team.
    "loggers": {"django.request": {"level": "ERROR"}},
}
