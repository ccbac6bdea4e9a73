"""On a platform: PostgreSQL, the identity provider, the proxy. Environment only; no start without its secrets."""

import os
from pathlib import Path

from socle import environnement as env

# Neither is a choice here: nobody signs in with an account kept by this site, and the proxy is always in front.
os.environ |= {"ECOUTE_CONNEXION": "openid-connect", "ECOUTE_RELAIS": "1"}

from consultation.ecoute.settings.base import *  # noqa: F403
from consultation.ecoute.settings.base import PLATEFORME

env.exiger(*PLATEFORME)
MEDIA_ROOT = str(Path(env.texte("ECOUTE_DONNEES", "/var/lib/consultation")) / "fichiers")
