"""What the site tells by itself, by travelling in time: once, on the right day, to the right people."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest

from guichet.demandes import alertes, services
from guichet.demandes.models import CanalReponse, Demande
from guichet.demandes.services import DemandeDePiece, Saisie, executer
from socle.envois.models import Envoi
from socle.envois.services import partir
from tests.guichet import envois, fabrique
from tests.guichet.fabrique import ALICE, RECUE, au

pytestmark = pytest.mark.django_db


def matin(jour: date) -> datetime:
    return datetime(jour.year, jour.month, jour.day, 6, 0, tzinfo=UTC)


@pytest.fixture
def demande() -> Demande:
    with au(RECUE):
        return fabrique.deposer(fabrique.variante(workflow="standard")).demande


def jours_de_courriel(debut: date, jours: int, prefixe: str) -> list[str]:
    """Days at which a mail of this kind is queued, when the worker runs every morning, twice."""
    trouves = []
    for n in range(jours):
        jour = debut + timedelta(days=n)
        for _ in range(2):
            avant = set(Envoi.objects.filter(cle__startswith=prefixe).values_list("pk", flat=True))
            with au(matin(jour)):
                alertes.alerter()
            if set(Envoi.objects.filter(cle__startswith=prefixe).values_list("pk", flat=True)) - avant:
                trouves.append(jour.isoformat())
    return trouves


def releve(cle: str) -> str:
    return str(envois.mail(Envoi.objects.get(cle=cle)).body).replace("\u00a0", " ")


def test_a_service_is_warned_before_silence_takes_effect(demande: Demande) -> None:
    """Fifteen days before, each first day of work from then on, and every day of work of the last three."""
    assert jours_de_courriel(date(2026, 12, 20), 40, "echeances:") == [
        "2027-01-08",  # Friday: fifteen days
        "2027-01-11",  # Mondays: what waits
        "2027-01-18",
        "2027-01-20",  # three days or less
        "2027-01-21",
        "2027-01-22",
        "2027-01-25",  # Monday: it took effect on Saturday
    ]
    assert "dans 15 jours, le 23 janvier 2027, le silence vaudra refus" in releve("echeances:voirie:2027-01-08")
    assert "depuis le 23 janvier 2027, le silence vaut refus" in releve("echeances:voirie:2027-01-25")
    assert demande in alertes.en_retard(date(2027, 1, 24))
    assert demande not in alertes.en_retard(date(2027, 1, 23))


@pytest.mark.parametrize("acte", ["repondre", "clore"])
def test_what_is_decided_is_no_longer_told(demande: Demande, acte: str) -> None:
    with au(RECUE + timedelta(days=2)):
        executer(demande, ALICE, acte, Saisie(texte="Voilà."))
    assert jours_de_courriel(date(2027, 1, 1), 40, "echeances:") == []
    assert not alertes.en_retard(date(2027, 3, 1)).exists()


def test_a_clock_that_waits_is_not_warned_of_and_the_new_day_is(demande: Demande) -> None:
    with au(RECUE + timedelta(days=45)):  # 7 January
        executer(
            demande, ALICE, "demander_complement", Saisie(pieces=(DemandeDePiece("Plan"),), limite=date(2027, 1, 27))
        )
    assert jours_de_courriel(date(2027, 1, 8), 19, "echeances:") == []
    with au(matin(date(2027, 1, 28))):
        services.regler_horloges()
    demande.refresh_from_db()
    assert demande.echeance_le == date(2027, 2, 12)
    assert "2027-02-09" in jours_de_courriel(date(2027, 1, 28), 14, "echeances:")


def test_pieces_that_do_not_come_are_asked_again_once_then_told_to_the_service(demande: Demande) -> None:
    with au(RECUE):
        executer(
            demande, ALICE, "demander_complement", Saisie(pieces=(DemandeDePiece("Plan"),), limite=date(2026, 12, 18))
        )
    assert jours_de_courriel(date(2026, 11, 24), 24, "relance:") == ["2026-12-11"]
    assert jours_de_courriel(date(2026, 12, 18), 4, "echeances:") == ["2026-12-21"]  # the 19th is a Saturday
    assert "« Plan », attendu le 18 décembre 2026" in releve("echeances:voirie:2026-12-21")


def test_a_reminder_respects_the_channel(demande: Demande) -> None:
    with au(RECUE):
        executer(
            demande, ALICE, "demander_complement", Saisie(pieces=(DemandeDePiece("Plan"),), limite=date(2026, 12, 18))
        )
    Demande.objects.filter(pk=demande.pk).update(canal_reponse=CanalReponse.TELEPHONE, telephone="06 12 34 56 78")
    alertes.alerter(matin(date(2026, 12, 14)))
    partis = {e.genre: e for e in Envoi.objects.filter(cle__startswith="relance:")}
    assert partis.keys() == {"demandes.a_prevenir", "demandes.relance"}  # a wish for calls silences no mail
    courriel = partis["demandes.a_prevenir"]
    assert courriel.destinataire == "voirie@gru.test"
    assert "au 06 12 34 56 78" in envois.mail(courriel).body


def test_no_reminder_right_after_asking(demande: Demande) -> None:
    with au(RECUE):
        executer(
            demande, ALICE, "demander_complement", Saisie(pieces=(DemandeDePiece("Plan"),), limite=date(2026, 11, 30))
        )
    assert jours_de_courriel(date(2026, 11, 24), 7, "relance:") == []


def test_the_digest_leaves_once_a_working_day_with_what_came_since_the_last(mailoutbox: list[Any]) -> None:
    demarche = fabrique.variante(workflow="standard", alerte="resume")
    with au(datetime(2026, 11, 26, 10, 0, tzinfo=UTC)):  # Thursday
        premiere = fabrique.deposer(demarche).demande
    assert jours_de_courriel(date(2026, 11, 27), 1, "resume:") == ["2026-11-27"]
    texte = releve("resume:voirie:2026-11-27")
    assert f"Nouvelles demandes\n\n- {premiere.reference}" in texte
    with au(datetime(2026, 11, 28, 10, 0, tzinfo=UTC)):  # Saturday
        seconde = fabrique.deposer(demarche).demande
        services.ecrire_usager(premiere, "Merci.", par=fabrique.par_code(premiere))
    assert jours_de_courriel(date(2026, 11, 28), 5, "resume:") == ["2026-11-30"]
    texte = releve("resume:voirie:2026-11-30")
    assert f"Nouvelles demandes\n\n- {seconde.reference}" in texte
    assert f"L'usager a écrit ou répondu\n\n- {premiere.reference}" in texte
    assert partir(Envoi.objects.get(cle="resume:voirie:2026-11-30").pk)
    assert [mail.to for mail in mailoutbox] == [["voirie@gru.test"]]


def test_a_long_list_is_cut_and_says_so() -> None:
    with au(RECUE), patch.object(alertes, "LIGNES", 2):
        demarche = fabrique.variante(workflow="standard")
        for _ in range(3):
            fabrique.deposer(demarche)
        alertes.alerter(matin(date(2027, 1, 21)))
    assert "- et 1 autre\n" in releve("echeances:voirie:2027-01-21")
