"""The OpenID Connect client of this site, from its settings."""

from typing import Any

from django.conf import settings

from socle.openid.client import Fournisseur
from socle.openid.client import client as client_de


def client() -> Any:
    return client_de(Fournisseur(**settings.OIDC))
