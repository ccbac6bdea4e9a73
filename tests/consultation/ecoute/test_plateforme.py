"""Figures of the platform: asked of a server that speaks Prometheus' API, and of none; reminders by mail."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import mail
from django.test import Client
from django.utils import formats, timezone

from consultation.ecoute.accueil.quotidien import chaque_jour
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.equipe.models import Membre
from consultation.ecoute.suites import plateforme, rappels
from consultation.ecoute.suites import services as suites
from consultation.ecoute.suites.models import Action, Constat, Indicateur, Proposition, Releve
from consultation.ecoute.suites.plateforme import MesureIndisponible
from socle.envois.services import partir_dus

pytestmark = pytest.mark.django_db


class Faux:
    """Answers what it is told to, and keeps what it was asked."""

    def __init__(self) -> None:
        self.statut, self.corps = 200, b""
        self.demandes: list[dict[str, list[str]]] = []
        self.chemins: list[str] = []

    def valeur(self, texte: str | None) -> None:
        """One sample, or none."""
        resultat = [] if texte is None else [{"metric": {}, "value": [1_790_000_000, texte]}]
        self.statut = 200
        self.corps = json.dumps({"status": "success", "data": {"resultType": "vector", "result": resultat}}).encode()


@pytest.fixture
def prometheus(settings: Any) -> Iterator[Faux]:
    faux = Faux()

    class Reponse(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            adresse = urlsplit(self.path)
            faux.chemins.append(adresse.path)
            faux.demandes.append(parse_qs(adresse.query))
            self.send_response(faux.statut)
            self.end_headers()
            self.wfile.write(faux.corps)

        def log_message(self, *_: object) -> None:
            pass

    serveur = ThreadingHTTPServer(("127.0.0.1", 0), Reponse)
    fil = threading.Thread(target=serveur.serve_forever, daemon=True)
    fil.start()
    settings.ECOUTE_PROMETHEUS_URL = f"http://127.0.0.1:{serveur.server_port}/mesures"
    yield faux
    serveur.shutdown()
    serveur.server_close()
    fil.join()


@pytest.fixture
def action(responsable: Membre, dossier: Dossier) -> Action:
    constat = Constat.objects.create(dossier=dossier, texte="C'est long.")
    proposition = suites.proposer(responsable, Proposition(dossier=dossier, titre="Aller plus vite", raisons="x"),
                                  [constat])  # fmt: skip
    suites.decider(responsable, proposition, "retenue", "Utile")
    fin = timezone.localdate() + timedelta(days=5)
    return suites.agir(responsable, Action(proposition=proposition, titre="Simplifier", responsable="Scolaire",
                                           echeance=fin))  # fmt: skip


def test_a_figure_is_read_for_one_procedure_at_the_end_of_a_day(prometheus: Faux) -> None:
    prometheus.valeur("12.3456")
    hier = timezone.localdate() - timedelta(days=1)
    assert plateforme.lire("delai-median", "inscription-scolaire", hier) == Decimal("12.35")
    assert prometheus.chemins == ["/mesures/api/v1/query"]
    demande = prometheus.demandes[-1]
    assert demande["query"] == [
        'max(guichet_delai_reponse_median_jours{demarche="inscription-scolaire"}) and '
        '(sum(guichet_demandes_repondues_90j{demarche="inscription-scolaire"}) >= 5)'
    ]
    moment = timezone.localtime(datetime.fromtimestamp(int(demande["time"][0]), tz=timezone.get_current_timezone()))
    assert (moment.date(), moment.hour, moment.minute) == (hier, 23, 59)


@pytest.mark.parametrize("code", plateforme.MESURES)
def test_every_figure_of_the_catalogue_asks_a_whole_question(prometheus: Faux, code: str) -> None:
    prometheus.valeur("1")
    for demarche in ("", "inscription-scolaire"):
        plateforme.lire(code, demarche)
        requete = prometheus.demandes[-1]["query"][0]
        assert "$" not in requete
        for ouvre, ferme in ("()", "{}", "[]"):
            assert requete.count(ouvre) == requete.count(ferme)
        assert (demarche in requete if demarche else "scolaire" not in requete) or not plateforme.MESURES[
            code
        ].par_demarche


@pytest.mark.parametrize(
    ("statut", "corps"),
    [(503, b"en panne"), (200, b"<html>"), (200, b'{"status": "error"}'), (400, b'{"status": "error"}'), (200, b"[]")],
)
def test_an_answer_that_is_none_is_said_in_words(prometheus: Faux, statut: int, corps: bytes) -> None:
    prometheus.statut, prometheus.corps = statut, corps
    with pytest.raises(MesureIndisponible, match="écrivez le chiffre à la main"):
        plateforme.lire("site-ouvert")


@pytest.mark.parametrize("valeur", [None, "NaN", "+Inf"])
def test_no_sample_is_said_with_its_likely_reasons(prometheus: Faux, valeur: str | None) -> None:
    prometheus.valeur(valeur)
    with pytest.raises(MesureIndisponible, match="moins de 5 demandes"):
        plateforme.lire("delai-median", "inscription-scolaire")


def test_a_name_of_procedure_cannot_change_the_question(prometheus: Faux) -> None:
    with pytest.raises(MesureIndisponible, match="lettres"):
        plateforme.lire("delai-median", 'x"} or vector(1) #')
    assert not prometheus.demandes


def test_nothing_is_asked_where_nothing_is_declared(settings: Any) -> None:
    settings.ECOUTE_PROMETHEUS_URL = ""
    with pytest.raises(MesureIndisponible, match="à la main"):
        plateforme.lire("delai-median")


def test_an_indicator_of_the_platform_is_described_then_read(
    prometheus: Faux, action: Action, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    client = connecte(responsable)
    base = f"/equipe/dossiers/{action.proposition.dossier.slug}/suites"
    page = client.get(f"{base}/actions/{action.pk}/indicateur/").content.decode()
    assert "Délai médian de réponse (jours)" in page
    client.post(f"{base}/actions/{action.pk}/indicateur/", {"mesure": "delai-median", "demarche": "inscription"})
    mesure = Indicateur.objects.get()
    assert (mesure.nom, mesure.unite, mesure.source) == ("Délai médian de réponse", "jours", "plateforme")
    adresse = f"{base}/indicateurs/{mesure.pk}/relever/"
    prometheus.statut = 503
    reponse = client.post(adresse, {"quand": "avant", "au": f"{timezone.localdate():%Y-%m-%d}", "valeur": ""})
    page = reponse.content.decode()
    assert reponse.status_code == 422
    assert "ne répondent pas" in page
    assert f'value="{timezone.localdate():%Y-%m-%d}"' in page  # nothing typed is lost
    assert not Releve.objects.exists()
    prometheus.valeur("9.5")
    client.post(adresse, {"quand": "avant", "au": f"{timezone.localdate():%Y-%m-%d}", "valeur": ""})
    prometheus.statut = 503
    client.post(adresse, {"quand": "apres", "au": f"{timezone.localdate():%Y-%m-%d}", "valeur": "4,5"})
    assert [str(r.valeur) for r in mesure.releves.order_by("-quand")] == ["9.50", "4.50"]


def test_without_the_platform_a_figure_is_typed(
    action: Action, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    client = connecte(responsable)
    adresse = f"/equipe/dossiers/{action.proposition.dossier.slug}/suites/actions/{action.pk}/indicateur/"
    assert "Mesure de la plateforme" not in client.get(adresse).content.decode()
    assert "Dites d&#x27;où vient le chiffre" in client.post(adresse, {"nom": "Appels"}).content.decode()
    client.post(adresse, {"nom": "Appels", "origine": "Cahier", "sens": "baisse"})
    relever = (
        f"/equipe/dossiers/{action.proposition.dossier.slug}/suites/indicateurs/{Indicateur.objects.get().pk}/relever/"
    )
    demain = f"{timezone.localdate() + timedelta(days=1):%Y-%m-%d}"
    assert "jour passé" in client.post(relever, {"quand": "avant", "au": demain, "valeur": "3"}).content.decode()
    assert "Remplissez" in client.post(relever, {"quand": "avant", "au": demain}).content.decode()


def test_who_answers_is_reminded_before_and_every_week_after(action: Action, responsable: Membre) -> None:
    midi = timezone.localtime().replace(hour=12)
    Action.objects.update(courriel="scolaire@admiville.test", echeance=(midi + timedelta(days=10)).date())
    assert rappels.rappeler(midi) == 0
    assert rappels.rappeler(midi + timedelta(days=3)) == 1
    assert rappels.rappeler(midi + timedelta(days=9)) == 0  # once before
    assert rappels.rappeler(midi + timedelta(days=11)) == 1
    assert rappels.rappeler(midi + timedelta(days=12)) == 0
    assert rappels.rappeler(midi + timedelta(days=18)) == 1
    assert partir_dus() == 3
    assert [m.to for m in mail.outbox] == [["scolaire@admiville.test"]] * 3
    sujets = [m.subject for m in mail.outbox]
    assert "action à tenir avant le" in sujets[0]
    assert sujets[1] == "Admiville : action en retard, « Simplifier »"
    assert "8\u00a0jours de retard" in mail.outbox[2].body
    assert f"/suites/actions/{action.pk}/" in mail.outbox[0].body
    Action.objects.update(etat="faite")
    assert rappels.rappeler(midi + timedelta(days=60)) == 0


def test_without_an_address_nobody_outside_the_team_is_written_to(action: Action) -> None:
    assert rappels.rappeler() == 0
    Action.objects.update(courriel="scolaire@admiville.test")
    assert chaque_jour() == []
    assert ["scolaire@admiville.test"] in [m.to for m in mail.outbox]


def test_a_mail_that_cannot_leave_is_tried_again_and_keeps_none_back(
    action: Action, responsable: Membre, settings: Any
) -> None:
    """Said once by the task of the day, to both; the outbox then waits for the server."""
    autre = suites.agir(responsable, Action(proposition=action.proposition, titre="Autre", responsable="Scolaire",
                                            echeance=action.echeance))  # fmt: skip
    Action.objects.update(courriel="scolaire@admiville.test")
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", 9, False
    assert rappels.rappeler() == 2
    assert partir_dus() == 0
    assert rappels.rappeler() == 0
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert partir_dus(timezone.now() + timedelta(minutes=2)) == 2
    assert {m.subject for m in mail.outbox} == {
        f"Admiville : action à tenir avant le {formats.date_format(action.echeance, 'j F')}, « {titre} »"
        for titre in (action.titre, "Autre")
    }
    autre.refresh_from_db()
    assert autre.rappelee_le is not None
