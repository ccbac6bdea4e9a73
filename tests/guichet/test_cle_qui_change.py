"""A site's keys and passwords change while it serves (`gru rotate`): what the former signed holds while it is good.

Each test says both: with the former beside the new one, and without it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core import signing
from django.test import Client, RequestFactory

from guichet.demandes import references, services
from socle import saisie_gardee
from socle.envois import retours
from socle.securite import cles
from tests.guichet import envois, fabrique, site_agents

pytestmark = pytest.mark.django_db

Change = Callable[..., None]


@pytest.mark.parametrize("gardee", [True, False])
def test_the_tracking_code_is_told_again_while_the_former_key_is_good(changer: Change, gardee: bool) -> None:
    """And the code itself works for ever: the database holds a hash of it."""
    depose = fabrique.deposer(fabrique.demarche())
    changer(gardee=gardee)
    assert references.code_de(depose.demande) == (depose.code_suivi if gardee else "")
    assert references.code_correspond(depose.demande.pk, depose.code_suivi, depose.demande.code_suivi_empreinte)


def test_the_same_form_sent_again_across_the_change_tells_the_same_code(changer: Change) -> None:
    demarche, cle = fabrique.demarche(), uuid.uuid4()
    premier = services.deposer(demarche=demarche, donnees=fabrique.REPONSES, cle_envoi=cle)
    changer(gardee=True)
    second = services.deposer(demarche=demarche, donnees=fabrique.REPONSES, cle_envoi=cle)
    assert (second.code_suivi, second.nouvelle) == (premier.code_suivi, False)


@pytest.mark.parametrize("gardee", [True, False])
def test_a_text_kept_at_the_end_of_a_session_is_given_back(rf: RequestFactory, changer: Change, gardee: bool) -> None:
    """The page was shown under the former key, and is sent under the new one."""
    usager = fabrique.usager("sacha", "Sacha Petit")
    montree: Any = rf.get("/")
    montree.usager = usager
    champ = str(saisie_gardee.champ(montree)).partition('value="')[2].partition('"')[0]
    changer(gardee=gardee)
    envoyee: Any = rf.post("/", {saisie_gardee.CHAMP: champ, "texte": "bonjour"})
    envoyee.usager, envoyee.session = usager, {}
    assert saisie_gardee.garder(envoyee) is gardee


@pytest.mark.parametrize(("autre", "statut"), [("ancienne", 204), ("", 404)])
@pytest.mark.parametrize("porteur", ["ancienne", "nouvelle"])
def test_a_mail_that_left_before_comes_back_after(
    client: Client, settings: Any, porteur: str, autre: str, statut: int
) -> None:
    """The mail server may hold either key when it hands the mail over; the address was signed by the former."""
    settings.RETOURS_DOMAINE, settings.RETOURS_SITE = "retours.gru.test", "guichet"
    settings.RETOURS_CLE, settings.RETOURS_AUTRE_CLE = "nouvelle", autre
    site_agents.prendre(settings)
    jeton = retours.jeton(
        envois.envoi("accuse", fabrique.deposer(fabrique.demarche()).demande).pk, site="guichet", cle="ancienne"
    )
    automatique = b"Auto-Submitted: auto-replied\r\n\r\nAbsent."
    reponse = client.post(
        f"/envois/retours/{jeton}/",
        automatique,
        content_type="message/rfc822",
        headers={"Authorization": f"Bearer {porteur}"},
    )
    # Without the former key: its bearer finds nothing here, and what it signed is a forgery.
    assert reponse.status_code == (statut if autre or porteur == "ancienne" else 403)


def test_which_keys_are_good_is_answered_by_signing(settings: Any) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "une", ["deux"]
    assert cles.eprouver(["une", "deux", "trois"]) == [
        {"acceptee": True, "signe": True},
        {"acceptee": True, "signe": False},
        {"acceptee": False, "signe": False},
    ]
    assert signing.loads(signing.dumps("lien", key="deux")) == "lien"


def test_the_host_is_asked_by_a_command() -> None:
    """What `gru rotate` runs there: the keys on standard input, never in an argument."""
    run = subprocess.run(
        [sys.executable, "-m", "socle.securite.cles"],
        input=json.dumps(["autre"]),
        env={"DJANGO_SETTINGS_MODULE": "guichet.configuration.settings.test", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(run.stdout) == [{"acceptee": False, "signe": False}]
