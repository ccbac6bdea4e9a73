"""What `gru restore --drill` does on the copy as residents would. Never run on a platform that serves: it files."""

from __future__ import annotations

import random
import re
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from testinfra.host import Host

from loadtests.forms import errors, fill, links, main_form
from loadtests.journeys.samples import document
from loadtests.people import Resident
from tests.stack.places import public_url
from tests.stack.sign_in import Form, people

REFERENCE = re.compile(r"\b\d{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b")
PROCEDURE = re.compile(r"^/demarches/[^/]+/$")
PAGES = 30


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


def file_a_request(http: requests.Session, portal: str) -> str:
    """Fill in the first procedure that lets itself be; its number."""
    rng, person = random.Random(1), Resident(1, "controle.invalid", "")  # noqa: S311 - the same answers each time
    catalogue = http.get(f"{portal}/demarches/", timeout=60)
    offered = sorted({link.href for link in links(catalogue.text) if PROCEDURE.match(link.href)})
    assert offered, "aucune démarche au catalogue"
    refusals = []
    for path in offered:
        page = http.get(portal + path, timeout=60)
        start = next((link.href for link in links(page.text) if re.search(r"/remplir/$", link.href)), None)
        if start is None:
            continue
        page, told = http.get(urljoin(page.url, start), timeout=60), ""
        for _ in range(PAGES):
            if "/demandes/envoyee/" in page.url:
                found = REFERENCE.search(page.text)
                assert found, "accusé de réception sans numéro"
                return found.group()
            if (form := main_form(page.text)) is None:
                break
            filled = fill(form, person, rng, document(rng), told)
            files = [(one.name, (one.filename, one.content, one.content_type)) for one in filled.uploads]
            answer = http.post(
                urljoin(page.url, form.action or page.url),
                data=filled.values,
                files=files or None,
                headers={"Referer": page.url},
                timeout=60,
            )
            told = errors(answer.text) if answer.url == page.url else ""
            page = answer
        refusals.append(f"{path} : {told or page.url}")
    raise AssertionError(" ; ".join(refusals))
