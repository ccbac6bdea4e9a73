"""One team on one machine: SQLite, files and outgoing mails in one folder, the charter served from here."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from socle import environnement as env

# What a team sets by hand bears this application's name: ECOUTE_SMTP_HOST is read as SITE_SMTP_HOST.
_AUTRES_NOMS = {"URL": "PUBLIC_URL", "PORTAIL_URL": "PORTAL_URL"}
for _nom, _valeur in [*os.environ.items()]:
    if _nom.startswith("ECOUTE_"):
        _suite = _nom.removeprefix("ECOUTE_")
        os.environ.setdefault(f"SITE_{_AUTRES_NOMS.get(_suite, _suite)}", _valeur)
os.environ.setdefault("SITE_PUBLIC_URL", "http://127.0.0.1:8600")
os.environ.setdefault("SITE_OIDC_CLIENT_ID", "ecoute")

DONNEES = Path(env.texte("ECOUTE_DONNEES", str(Path.home() / ".local" / "share" / "gru-consultation")))
DONNEES.mkdir(mode=0o700, parents=True, exist_ok=True)
_cle = DONNEES / "cle"
if "SITE_SECRET_KEY" not in os.environ:
    if not _cle.exists():
        with open(os.open(_cle, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as fichier:
            fichier.write(os.urandom(48).hex())
    os.environ["SITE_SECRET_KEY"] = _cle.read_text(encoding="ascii")

from consultation.ecoute.settings.base import *  # noqa: E402, F403
from consultation.ecoute.settings.base import EMAIL_HOST, PAQUET, RACINE, STORAGES, URL_PUBLIQUE  # noqa: E402

ECOUTE_CHARTE = env.texte("ECOUTE_CHARTE", str(RACINE / "stacks" / "local" / "charte"))
ECOUTE_CODE_INSTALLATION = env.texte("ECOUTE_CODE_INSTALLATION", "")

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DONNEES / "ecoute.sqlite3",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,  # seconds
            "init_command": "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; "
            "PRAGMA secure_delete = ON",  # what is erased is overwritten in the file
        },
    }
}
_hote = urlsplit(URL_PUBLIQUE).hostname or ""
ECOUTE_ADRESSE_LOCALE = _hote in {"localhost", "::1", "0.0.0.0"} or _hote.startswith("127.")  # noqa: S104 - compared
MEDIA_ROOT = str(DONNEES / "fichiers")
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
STATIC_ROOT = str(PAQUET / "cadre" / "static")  # nothing is collected; the folder has to exist
# Plain HTTP on one's own machine; behind TLS the cookies are bound to it.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = URL_PUBLIQUE.startswith("https://")
# Without a mail server nothing is lost: each message becomes a file to open with one's own mail software.
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend" if EMAIL_HOST else "consultation.ecoute.cadre.courriels.Classeur"
)
SMS_DOSSIER = str(DONNEES / "sms")
EMAIL_FILE_PATH = str(DONNEES / "courriels")
