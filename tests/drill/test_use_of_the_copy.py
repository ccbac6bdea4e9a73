"""What `gru restore --drill` does on the copy as residents would. Never run on a platform that serves: it files."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import requests
from testinfra.host import Host

from tests.filing import file_a_request
from tests.stack.places import public_url
from tests.stack.sign_in import Form, people


def test_a_resident_signs_in_and_files(
    http: requests.Session,
    host_of: Any,
    inventory: dict[str, Any],
    record_property: Any,
) -> None:
    """Un habitant se connecte sur la copie, y dépose une demande et la retrouve."""
    shared = inventory["all"]["vars"]
    portal = public_url(shared, "portal")
    directory: Host = host_of("idp")
    with people(directory, "dc=" + shared["gru_domain"].replace(".", ",dc=")) as make:
        login, password = make("usagers")
        page = http.get(f"{portal}/connexion/?next=/mes-demarches/", timeout=60)
        fields = Form(page.text).forms["connexion"] | {"user": login, "password": password}
        page = http.post(page.url, data=fields, timeout=60)
        assert urlsplit(page.url).path == "/mes-demarches/", f"après la connexion : {page.url}"
        reference = file_a_request(http, portal)
        assert reference in http.get(f"{portal}/mes-demarches/", timeout=60).text
    record_property("filed", reference)
