"""CRPA L.114-3 and L.114-5: from when the time of an implicit decision runs, and what missing pieces do to it.

The duty, in our words: towards an implicit refusal the time runs from receipt by the first authority; towards an
implicit acceptance, from receipt by the competent one. When the town asks for missing pieces, it says which and by
when; towards acceptance the time then runs only once all has come; towards refusal it stops during the time given,
and runs on as soon as the pieces come.
Source: code des relations entre le public et l'administration, articles L.114-3 and L.114-5. The count itself is
proved by properties in tests/guichet/demandes/test_delais_horloge.py.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

from guichet.demandes import services
from guichet.demandes.delais import Etat
from guichet.demandes.fichiers import Fichier
from guichet.demandes.models import Canal, Complement, Demande
from guichet.demandes.services import DemandeDePiece, Saisie, executer
from tests.guichet import fabrique
from tests.guichet.fabrique import ALICE, au


def jour(mois: int, quantieme: int, annee: int = 2026) -> datetime:
    return datetime(annee, mois, quantieme, 9, 0, tzinfo=UTC)


def demander(demande: Demande, *libelles: str, limite: date | None = None) -> list[Complement]:
    pieces = tuple(DemandeDePiece(libelle) for libelle in libelles)
    executer(demande, ALICE, "demander_complement", Saisie(pieces=pieces, limite=limite))
    return list(Complement.objects.filter(demande=demande).ouverts())


def fournir(demande: Demande, *complements: Complement) -> None:
    piece = Fichier("plan.pdf", "application/pdf", fabrique.pdf())
    services.fournir(demande, pieces={c.pk: [piece] for c in complements}, par=fabrique.par_code(demande))


def test_received_by_another_authority_first(deposer: Callable[..., Demande]) -> None:
    """A letter that the prefecture had on 2 November and the town on the 23rd."""
    dates = {"recue_le": jour(11, 2), "competente_le": date(2026, 11, 23)}
    assert deposer("rejet", Canal.COURRIER, **dates).echeance_le == date(2027, 1, 2)
    assert deposer("accord", Canal.COURRIER, **dates).echeance_le == date(2027, 1, 23)


def test_towards_refusal_the_clock_stops_and_runs_on_with_what_was_left(deposer: Callable[..., Demande]) -> None:
    demande = deposer("rejet")
    with au(jour(12, 1)):
        (plan,) = demander(demande, "Plan", limite=date(2026, 12, 21))
        assert demande.horloge().etat is Etat.SUSPENDUE
        assert demande.suspendue_depuis == date(2026, 12, 1)
    with au(jour(12, 11)):
        fournir(demande, plan)
        assert (demande.echeance_le, demande.suspendue_depuis) == (date(2027, 2, 2), None)  # ten days later


def test_towards_refusal_silence_of_the_person_does_not_stop_it_for_ever(deposer: Callable[..., Demande]) -> None:
    """The time given is over on the 21st: the clock runs again, and what comes afterwards changes nothing."""
    demande = deposer("rejet")
    with au(jour(12, 1)):
        (plan,) = demander(demande, "Plan", limite=date(2026, 12, 21))
    with au(jour(12, 22)):
        services.regler_horloges()
        demande.refresh_from_db()
        assert demande.horloge().etat is Etat.COURT
        assert (demande.echeance_le, demande.suspendue_depuis) == (date(2027, 2, 12), None)
    with au(jour(1, 10, 2027)):
        fournir(demande, plan)
        assert demande.echeance_le == date(2027, 2, 12)


def test_towards_acceptance_the_whole_time_runs_from_the_last_piece(deposer: Callable[..., Demande]) -> None:
    demande = deposer("accord")
    with au(jour(12, 1)):
        plan, photo = demander(demande, "Plan", "Photo", limite=date(2026, 12, 21))
        assert demande.echeance_le is None
    with au(jour(12, 11)):
        fournir(demande, plan)
        assert (demande.echeance_le, demande.suspendue_depuis) == (None, date(2026, 12, 1))
    with au(jour(1, 15, 2027)):  # after the time given: acceptance has waited
        fournir(demande, photo)
        assert demande.echeance_le == date(2027, 3, 15)


def test_pieces_without_a_date_get_one_because_the_law_wants_it(deposer: Callable[..., Demande]) -> None:
    demande = deposer("rejet")
    with au(jour(12, 1)):
        (plan,) = demander(demande, "Plan")
    assert plan.limite_le == date(2026, 12, 31)


def test_a_mere_question_stops_nothing(deposer: Callable[..., Demande]) -> None:
    demande = deposer("rejet")
    with au(jour(12, 1)):
        executer(demande, ALICE, "demander_complement", Saisie(texte="De quel côté de la rue ?"))
    assert (demande.echeance_le, demande.suspendue_depuis) == (date(2027, 1, 23), None)


def test_an_unanswered_question_does_not_hold_the_clock_once_the_pieces_came(deposer: Callable[..., Demande]) -> None:
    demande = deposer("rejet")
    with au(jour(12, 1)):
        executer(demande, ALICE, "demander_complement", Saisie(texte="De quel côté de la rue ?"))
        (plan,) = [c for c in demander(demande, "Plan", limite=date(2026, 12, 31)) if not c.est_question]
    with au(jour(12, 11)):
        fournir(demande, plan)
        assert (demande.echeance_le, demande.suspendue_depuis) == (date(2027, 2, 2), None)


def test_two_requests_for_pieces_that_overlap_suspend_once(deposer: Callable[..., Demande]) -> None:
    demande = deposer("rejet")
    with au(jour(12, 1)):
        demander(demande, "Plan", limite=date(2026, 12, 31))
    with au(jour(12, 6)):
        manquants = demander(demande, "Photo", limite=date(2026, 12, 31))
    with au(jour(12, 11)):
        fournir(demande, *manquants)
        assert demande.echeance_le == date(2027, 2, 2)


def test_asking_too_late_revives_nothing(deposer: Callable[..., Demande]) -> None:
    """Silence took effect on 23 January: a piece asked on the 25th does not undo the decision that was born."""
    for silence in ("rejet", "accord"):
        demande = deposer(silence)
        with au(jour(1, 25, 2027)):
            demander(demande, "Plan")
            assert demande.horloge().etat is Etat.DEPASSEE
            assert demande.echeance_le == date(2027, 1, 23)


def test_a_transfer_while_pieces_are_missing_keeps_the_clock_as_it_is(deposer: Callable[..., Demande]) -> None:
    """Between services of the town: the same authority, the same clock, the same missing piece."""
    demande = deposer("rejet")
    with au(jour(12, 1)):
        demander(demande, "Plan", limite=date(2026, 12, 21))
    with au(jour(12, 5)):
        executer(demande, ALICE, "transferer_service", Saisie(service="espaces-verts"))
    assert demande.recue_le_jour == date(2026, 11, 23)
    # The new service starts again from its own reading: what was asked is given up, the clock runs from that day.
    assert (demande.echeance_le, demande.suspendue_depuis) == (date(2027, 1, 27), None)
