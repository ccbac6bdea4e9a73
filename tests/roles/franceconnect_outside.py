"""Role `idp` with the State's FranceConnect: where people are led, and that the town's accounts do not depend on it.

Run by the role's scenario, after the site was changed (tests/roles/scenarios/idp.yml). These checks ask FranceConnect
nothing.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from tests.stack.conftest import front_address, host_by_name, host_of, http, inventory, variables_of
from tests.stack.places import public_url
from tests.stack.sign_in import Form, ask_to_sign_in, people, sign_in

__all__ = ["front_address", "host_by_name", "host_of", "http", "inventory", "variables_of"]


def test_people_are_led_to_the_state_s_own(http: requests.Session, variables_of: Any) -> None:
    """Le bouton mène à FranceConnect, avec l'identifiant que l'exploitant a donné."""
    variables = variables_of("idp")
    issuer = public_url(variables, "idp") + "/"
    page = ask_to_sign_in(http, issuer, variables)
    assert "Qu'est-ce que FranceConnect" in page.text
    assert "simulation" not in page.text.lower()
    answer = http.post(page.url, data=Form(page.text).forms["franceconnect"], allow_redirects=False, timeout=60)
    place = urlsplit(answer.headers["Location"])
    assert f"{place.scheme}://{place.netloc}{place.path}" == "https://oidc.franceconnect.gouv.fr/api/v2/authorize"
    asked = {name: value for name, (value,) in parse_qs(place.query).items()}
    assert asked["client_id"] == "un-identifiant-donne"
    assert asked["acr_values"] == "eidas1"
    assert "https://oidc.franceconnect.gouv.fr" in page.headers["Content-Security-Policy"]


def test_the_town_s_accounts_do_without_it(http: requests.Session, host_of: Any, variables_of: Any) -> None:
    """Un compte de la ville se connecte, que FranceConnect réponde ou non."""
    variables = variables_of("idp")
    issuer = public_url(variables, "idp") + "/"
    base = "dc=" + variables["gru_domain"].replace(".", ",dc=")
    with people(host_of("idp"), base) as somebody:
        login, password = somebody("usagers")
        answer = sign_in(http, ask_to_sign_in(http, issuer, variables), login, password)
    assert answer.is_redirect, answer.text[:2000]
    assert "code=" in answer.headers["Location"]
