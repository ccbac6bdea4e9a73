"""CRPA L.231-1 and L.231-4: the town's silence, two months long, is an acceptance or a refusal.

The duty, in our words: each procedure says how long the silence lasts, what it then means and which text says so;
the person knows the day; the town is warned before; the day is whole, and may be a Sunday. A decision stops it.
Source: code des relations entre le public et l'administration, articles L.231-1, L.231-4, L.232-3; D.231-2, D.231-3.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from guichet.demandes import alertes
from guichet.demandes.accuse import accuse_de
from guichet.demandes.delais import Etat
from guichet.demandes.models import Demande
from guichet.demandes.services import Saisie, executer
from guichet.demarches.definition import Definition, DefinitionRefusee, Silence, lire_definition
from socle.envois.models import Envoi
from tests.guichet import envois
from tests.guichet.fabrique import ALICE, au


def jour(mois: int, quantieme: int, annee: int = 2027) -> datetime:
    return datetime(annee, mois, quantieme, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("manque", ["valeur", "unite", "silence", "fondement"])
def test_a_procedure_that_does_not_say_it_is_refused_in_words(brut: dict[str, Any], manque: str) -> None:
    del brut["delai"][manque]
    with pytest.raises(DefinitionRefusee, match=rf"delai\.{manque}"):
        lire_definition(brut, "essai")


def test_each_shipped_procedure_says_it_with_its_text(definitions: dict[str, Definition]) -> None:
    for slug, definition in definitions.items():
        assert definition.delai.silence in (Silence.ACCORD, Silence.REJET), slug
        assert any(mot in definition.delai.fondement for mot in ("article", "délibération", "code")), slug


@pytest.mark.parametrize(("silence", "sort"), [("accord", "acceptée"), ("rejet", "refusée")])
def test_silence_takes_effect_at_the_end_of_its_last_day(
    deposer: Callable[..., Demande], silence: str, sort: str
) -> None:
    demande = deposer(silence)
    assert demande.echeance_le == date(2027, 1, 23)  # a Saturday: nothing moves it to Monday
    with au(datetime(2027, 1, 23, 22, 59, tzinfo=UTC)):
        assert demande.horloge().etat is Etat.COURT
        assert f"le 23\u00a0janvier 2027, la loi considère votre demande comme {sort}" in (
            accuse_de(demande).effet_du_silence
        )
    with au(datetime(2027, 1, 23, 23, 1, tzinfo=UTC)):  # the 24th in the town
        assert demande.horloge().etat is Etat.DEPASSEE
        assert f"avant la fin du 23\u00a0janvier 2027 : la loi considère votre demande comme {sort}" in (
            accuse_de(demande).effet_du_silence
        )


@pytest.mark.parametrize("acte", ["accepter", "refuser", "repondre"])
def test_a_decision_on_the_last_day_is_in_time(deposer: Callable[..., Demande], acte: str) -> None:
    demande = deposer("accord")
    motif = "La demande est arrivée trop tard" if acte == "refuser" else ""
    with au(jour(1, 23)):
        executer(demande, ALICE, acte, Saisie(texte="Voici notre décision.", motif=motif))
    with au(jour(3, 1)):
        assert demande.horloge().etat is Etat.ARRETEE
        assert not alertes.en_retard().exists()


def test_taking_in_charge_or_writing_is_no_decision(deposer: Callable[..., Demande]) -> None:
    demande = deposer("rejet")
    with au(jour(1, 20)):
        executer(demande, ALICE, "prendre_en_charge")
        executer(demande, ALICE, "ecrire", Saisie(texte="Nous y travaillons."))
    with au(jour(1, 24)):
        assert demande.horloge().etat is Etat.DEPASSEE
        assert alertes.en_retard().get() == demande


def test_the_service_is_warned_before(deposer: Callable[..., Demande]) -> None:
    """Fifteen days before, then the three last days of work, without being told twice the same day."""
    deposer("accord")
    for quantieme in (8, 20, 21, 22):
        for _ in range(2):
            alertes.alerter(jour(1, quantieme))
    cles = Envoi.objects.filter(cle__startswith="echeances:voirie:").values_list("cle", flat=True)
    assert sorted(cle.rsplit(":", 1)[1] for cle in cles) == ["2027-01-08", "2027-01-20", "2027-01-21", "2027-01-22"]


def test_a_refusal_gives_its_reason_and_ways_of_appeal_and_an_acceptance_its_attestation(
    deposer: Callable[..., Demande],
) -> None:

    demande = deposer("rejet")
    with au(jour(1, 5)):
        executer(demande, ALICE, "refuser", Saisie(texte="…", motif="La demande est arrivée trop tard"))
        refus = str(envois.mail(envois.envoi("refusee", demande)).body)
    for mention in ("La demande est arrivée trop tard", "deux mois", "tribunal administratif"):
        assert mention in refus
    tacite = deposer("accord")
    with au(jour(1, 24)):
        assert accuse_de(tacite).attestation == "Demandez l'attestation à la mairie."
