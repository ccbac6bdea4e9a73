"""CRPA L.112-8: who has identified themselves may apply electronically, and is not asked to repeat it otherwise.

The duty, in our words: a request that came through the site is a request; the town treats it without asking for
the same thing by post, at the counter or on paper.
Source: code des relations entre le public et l'administration, article L.112-8.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from guichet.demandes.models import Demande, Nature
from guichet.demandes.services import DemandeDePiece, Saisie, executer
from guichet.demarches.definition import Definition
from tests.guichet import envois, fabrique
from tests.guichet.fabrique import ALICE, RECUE, au

# « envoyez aussi … par courrier », « confirmez … par lettre », « doublez »: asked in addition, never a choice.
REPETITION = re.compile(
    r"(envoyez|adressez|déposez|apportez|confirmez|renvoyez)[^.]{0,60}"
    r"(aussi|également|en plus|de nouveau|une seconde fois)[^.]{0,60}(courrier|poste|lettre|papier|guichet)"
    r"|(courrier|lettre|papier) (de confirmation|obligatoire)|confirm\w+ (votre demande )?par (courrier|lettre)",
    re.IGNORECASE,
)


def textes(valeur: Any) -> Iterator[str]:
    if isinstance(valeur, str):
        yield valeur
    elif isinstance(valeur, dict):
        for partie in valeur.values():
            yield from textes(partie)
    elif isinstance(valeur, list):
        for partie in valeur:
            yield from textes(partie)


def test_the_pattern_finds_what_it_looks_for() -> None:
    assert REPETITION.search("Envoyez également le formulaire signé par courrier.")
    assert REPETITION.search("Il faut confirmer votre demande par lettre.")
    assert not REPETITION.search("Vous pouvez aussi faire cette démarche par courrier.")


def test_no_shipped_procedure_asks_for_the_same_thing_on_paper(definitions: dict[str, Definition]) -> None:
    for slug, definition in definitions.items():
        for texte in textes(definition.model_dump(mode="json")):
            assert not REPETITION.search(texte), f"{slug} : {texte}"


def test_an_identified_person_s_request_is_complete_at_once(deposer: Callable[..., Demande]) -> None:
    """It is received, in a service's list and its clock runs from that moment; nothing else is awaited."""
    demande = deposer(usager=fabrique.usager())
    assert demande.nature == Nature.A_TRAITER
    assert demande.echeance_le == date(2027, 1, 23)
    assert not demande.complements.exists()
    mail = str(envois.mail(envois.envoi("accuse", demande)).body)
    assert not REPETITION.search(mail)


def test_what_is_asked_later_may_be_given_on_line_too(deposer: Callable[..., Demande]) -> None:
    demande = deposer(usager=fabrique.usager())
    with au(RECUE):
        executer(demande, ALICE, "demander_complement", Saisie(pieces=(DemandeDePiece("Plan"),)))
        mail = str(envois.mail(envois.envoi("pieces_demandees", demande)).body)
    assert f"/mes-demarches/{demande.reference}/" in mail
    assert "Vous ne pouvez pas le faire en ligne\u00a0?" in mail  # another way is a choice
    assert not REPETITION.search(mail)
