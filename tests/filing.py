"""A request filed as a visitor does, whatever procedures a site offers: pages are read, none is known beforehand."""

from __future__ import annotations

import random
import re
from urllib.parse import urljoin

import requests

from loadtests.forms import errors, fill, links, main_form
from loadtests.journeys.samples import document
from loadtests.people import Resident

REFERENCE = re.compile(r"\b\d{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b")
PROCEDURE = re.compile(r"^/demarches/[^/]+/$")
PAGES = 30


def file_a_request(http: requests.Session, portal: str, only: str = "", number: int = 1) -> str:
    """Fill in the procedure `only`, else the first that lets itself be; the request's number.

    Who files has `number`: another one has another address. Raises AssertionError where nothing lets itself be filed.
    """
    rng, person = random.Random(number), Resident(number, "controle.invalid", "")  # noqa: S311 - the same answers each time
    offered = [f"/demarches/{only}/"] if only else _offered(http, portal)
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


def _offered(http: requests.Session, portal: str) -> list[str]:
    catalogue = http.get(f"{portal}/demarches/", timeout=60)
    offered = sorted({link.href for link in links(catalogue.text) if PROCEDURE.match(link.href)})
    assert offered, "aucune démarche au catalogue"
    return offered
