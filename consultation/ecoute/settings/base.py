"""What every deployment of this site shares, over what every site shares. No default would be dangerous in service."""

import os
from typing import Any

from socle import environnement as env

os.environ.setdefault("SITE_LOG_LEVEL", "WARNING")

from socle.settings import *  # noqa: F403
from socle.settings import MIDDLEWARE_DEBUT, MIDDLEWARE_FIN, RACINE

PAQUET = RACINE / "consultation" / "ecoute"

# How members of the team sign in: "local" (accounts kept here) or "openid-connect" (the town's identity provider).
ECOUTE_CONNEXION = env.texte("ECOUTE_CONNEXION", "local")
if ECOUTE_CONNEXION == "openid-connect":
    env.exiger("SITE_OIDC_ISSUER", "SITE_OIDC_CLIENT_SECRET")
# Proof of a second factor, as the identity provider says it. Cannot be switched off.
OIDC_REQUIRED_ACR = env.liste("SITE_OIDC_REQUIRED_ACR", ("loa-3",))
# Group of the town's directory for each role; who is in several has the first of them.
ECOUTE_OIDC_GROUPES = {
    "ecoute-responsables": "responsable",
    "ecoute-equipe": "equipe",
    "ecoute-dpo": "dpo",
    "ecoute-accueil": "accueil",
}
# Base address of Prometheus' queries (GET /api/v1/query), for indicators.
ECOUTE_PROMETHEUS_URL = env.texte("ECOUTE_PROMETHEUS_URL", "").rstrip("/")
# How a draw runs: "processus" (another process, so that pages stay quick) or "direct" (tests).
ECOUTE_TIRAGE = "processus"
# Whether a relay (an HTTPS server in front) is trusted to say who calls and that the connection is secure.
RELAIS_DE_CONFIANCE = env.booleen("ECOUTE_RELAIS")
# Code that the first account must show; empty: no first account can be made from a page.
ECOUTE_CODE_INSTALLATION = ""
# Whether the public address opens on this machine only: links and QR codes would be dead for everybody else.
ECOUTE_ADRESSE_LOCALE = False
# Charter served by this application: the folder that holds charte.yaml and logo.svg. Empty: the proxy serves it.
ECOUTE_CHARTE = ""

# Procedures that may be rated, in a JSON file: [{"slug", "titre", "service"}]. Empty: the team types its own.
ECOUTE_DEMARCHES = env.texte("ECOUTE_DEMARCHES", "")
# Months that texts of answers about procedures are kept; a proposal for the DPO to approve.
ECOUTE_SATISFACTION_MOIS = env.entier("ECOUTE_SATISFACTION_MOIS", 12)
RETOURS_SITE = "consultation"
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
    "port": env.entier("ECOUTE_IMAP_PORT", 993),
    "utilisateur": env.texte("ECOUTE_IMAP_USER", ""),
    "mot_de_passe": env.texte("ECOUTE_IMAP_PASSWORD", ""),
    "boite": env.texte("ECOUTE_IMAP_MAILBOX", "INBOX"),
    "autorite": env.texte("ECOUTE_IMAP_CA", ""),
}

if RELAIS_DE_CONFIANCE:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

INSTALLED_APPS = [
    "consultation.ecoute.commune",
    "socle.envois",
    "socle.openid",
    "consultation.ecoute.cadre",
    "socle.composants",
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
    *MIDDLEWARE_DEBUT,
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "socle.openid.droits.DroitsAJour",
    *MIDDLEWARE_FIN,
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
    {"NAME": "consultation.ecoute.equipe.mots_de_passe.Devine"},
]
LOGIN_URL = "/equipe/connexion/"

SESSION_COOKIE_NAME = "ecoute_session"
SESSION_COOKIE_AGE = 10 * 3600  # seconds: a working day
CSRF_COOKIE_NAME = "ecoute_csrf"
PAGE_ERREUR = "consultation.ecoute.cadre.erreurs.page"
OIDC_SITE = "consultation.ecoute.equipe.openid.Equipe"
CSP_AJOUTS = {"img-src": ["data:"]}  # QR codes are drawn in the page
METRIQUES_PREFIXE = "ecoute"
METRIQUES_DU_DOMAINE = ["consultation.ecoute.installation.mesures.Mesures"]

DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

EMAIL_FILE_PATH = ""
