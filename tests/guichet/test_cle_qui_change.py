"""A site's keys and passwords change while it serves (`gru rotate`): what the former signed holds while it is good.

Each test says both: with the former beside the new one, and without it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core import signing
from django.db import OperationalError, connection
from django.test import Client, RequestFactory
from psycopg import OperationalError as RefusDuServeur

from guichet.demandes import references, services
from guichet.demarches.models import Demarche
from guichet.portail.models import CodeReprise
from socle import marques, saisie_gardee
from socle.envois import retours
from socle.securite import cles
from tests.guichet import envois, fabrique, site_agents
from tests.guichet.portail.parcours import commencer, remplir
from tests.guichet.portail.test_reprise_brouillon import enregistrer

pytestmark = pytest.mark.django_db

Change = Callable[..., None]
ROLE = "essai_mot_de_passe"
VISITES = 20
"""Connections opened at each moment of a change."""


@pytest.fixture
def changer(settings: Any) -> Change:
    """Give the site a new key; the former stays good where it is asked."""

    def faire(*, gardee: bool) -> None:
        settings.SECRET_KEY, former = "nouvelle-cle-de-test", settings.SECRET_KEY
        settings.SECRET_KEY_FALLBACKS = [former] if gardee else []

    return faire


@pytest.mark.parametrize("gardee", [True, False])
def test_a_request_being_filled_in_is_kept(client: Client, demarche: Demarche, changer: Change, gardee: bool) -> None:
    base = commencer(client)
    page = remplir(client, base, "lieu")
    assert client.get(page).status_code == 200
    changer(gardee=gardee)
    assert (client.get(page).status_code == 200) is gardee


@pytest.mark.parametrize("gardee", [True, False])
def test_the_code_of_a_draft_opens_it(client: Client, demarche: Demarche, changer: Change, gardee: bool) -> None:
    _, code = enregistrer(client)
    changer(gardee=gardee)
    reponse = Client().post("/reprendre/", {"code": code})
    assert (reponse.status_code == 302) is gardee


def test_the_code_of_a_draft_is_told_again_as_it_was(client: Client, demarche: Demarche, changer: Change) -> None:
    """The button pressed once more shows the code that the person noted."""
    base, code = enregistrer(client)
    changer(gardee=True)
    assert code in client.get(f"{base}enregistrer/").content.decode()
    assert CodeReprise.objects.count() == 1


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


# --- The password of the database -----------------------------------------------------------------


@pytest.fixture
def role() -> Iterator[Callable[[str], None]]:
    """A role of the real server that signs in by its password, as on a platform; gives what changes it."""
    administrateur: Any = connection.copy()
    regles = Path(connection.settings_dict["HOST"]) / "donnees" / "pg_hba.conf"
    avant = regles.read_text(encoding="utf-8")

    def ordre(sql: str) -> None:
        with administrateur.cursor() as curseur:
            curseur.execute(sql)

    ordre(f"CREATE ROLE {ROLE} LOGIN PASSWORD 'bon'")
    regles.write_text(f"local all {ROLE} scram-sha-256\n{avant}", encoding="utf-8")
    ordre("SELECT pg_reload_conf()")
    try:
        yield lambda mot_de_passe: ordre(f"ALTER ROLE {ROLE} PASSWORD '{mot_de_passe}'")
    finally:
        regles.write_text(avant, encoding="utf-8")
        ordre("SELECT pg_reload_conf()")
        ordre(f"DROP ROLE {ROLE}")
        administrateur.close()


def ouvrir(premier: str, autre: str) -> None:
    """A new connection of a site that knows these two. Raises OperationalError."""
    une: Any = connection.copy()
    une.settings_dict = {**une.settings_dict, "USER": ROLE, "PASSWORD": premier, "AUTRE_PASSWORD": autre}
    try:
        with une.cursor() as curseur:
            curseur.execute("SELECT 1")
    finally:
        une.close()


@pytest.fixture
def refuse(role: Callable[[str], None]) -> None:
    """The server has read that this role must show its password."""
    fin = time.monotonic() + 20
    while time.monotonic() < fin:
        try:
            ouvrir("faux", "")
        except OperationalError:
            return
    pytest.fail("le serveur ne demande pas de mot de passe")


@pytest.mark.usefixtures("refuse")
@pytest.mark.parametrize(("premier", "autre"), [("bon", "à venir"), ("passé", "bon"), ("bon", "")])
def test_whichever_password_the_database_takes_pages_go_on(premier: str, autre: str) -> None:
    ouvrir(premier, autre)


@pytest.mark.usefixtures("refuse")
@pytest.mark.parametrize("autre", ["", "faux aussi"])
def test_a_password_that_is_neither_is_refused(autre: str) -> None:
    with pytest.raises(OperationalError):
        ouvrir("faux", autre)


@pytest.mark.usefixtures("refuse")
def test_the_password_changes_under_visits_and_none_fails(role: Callable[[str], None]) -> None:
    """In the order of `gru rotate`: sites know both, the server switches, sites know the new one alone."""
    connus, ouvertes, echecs, fin = ["bon", ""], [0], [], threading.Event()

    def visiter() -> None:
        while not fin.is_set():
            try:
                ouvrir(*connus)
            except OperationalError as erreur:
                echecs.append(str(erreur))
            ouvertes[0] += 1

    def laisser_venir() -> None:
        deja, jusqua = ouvertes[0], time.monotonic() + 60
        while ouvertes[0] < deja + VISITES and time.monotonic() < jusqua:
            fin.wait(0.01)
        assert ouvertes[0] >= deja + VISITES

    visiteur = threading.Thread(target=visiter, daemon=True)
    visiteur.start()
    try:
        laisser_venir()
        connus[:] = ["bon", "neuf"]
        laisser_venir()
        role("neuf")
        laisser_venir()
        connus[:] = ["neuf", ""]
        laisser_venir()
    finally:
        fin.set()
        visiteur.join()
    assert echecs == []
    with pytest.raises(OperationalError):
        ouvrir("bon", "")


def test_marks_are_read_with_either(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hosts ask for them at each deployment, without Django."""
    essais: list[str] = []

    def ouvrir(**parametres: str) -> Any:
        essais.append(parametres["password"])
        raise RefusDuServeur("refusé")

    monkeypatch.setattr(marques.psycopg, "connect", ouvrir)
    monkeypatch.setenv("SITE_DB_PASSWORD", "un")
    monkeypatch.setenv("SITE_DB_PASSWORD_OTHER", "deux")
    with pytest.raises(RefusDuServeur):
        marques.lire()
    assert essais == ["un", "deux"]
