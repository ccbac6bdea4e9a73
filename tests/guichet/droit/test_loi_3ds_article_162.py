"""Loi 3DS (21 February 2022), article 162: authorities exchange data to inform people of rights and grant them.

The duty, in our words: data passes between authorities for a purpose that is said and kept; it is not used again for
anything else, in particular not to detect or punish fraud. Here, nothing leaves the town but by an agent's act on
one request, to an authority that is named, and the person is told.
Source: loi n° 2022-217 of 21 February 2022, article 162; code des relations entre le public et l'administration,
articles L.114-8 and following.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from guichet.demandes.models import Demande, Transfert
from guichet.demandes.services import Autorite, Saisie, executer
from guichet.demarches.definition import Definition, DefinitionRefusee, lire_definition
from socle.envois.models import Envoi
from tests.guichet.fabrique import ALICE, RECUE, au

FRAUDE = re.compile(r"\bfraud|contrôle des (usagers|allocataires)|sanction", re.IGNORECASE)


@pytest.mark.parametrize("manque", ["finalite", "base_legale", "destinataires", "conservation_mois"])
def test_a_procedure_that_does_not_say_why_it_has_data_is_refused(brut: dict[str, Any], manque: str) -> None:
    del brut["donnees"][manque]
    with pytest.raises(DefinitionRefusee, match=rf"donnees\.{manque}"):
        lire_definition(brut, "essai")


def test_no_shipped_procedure_gathers_data_to_look_for_fraud(definitions: dict[str, Definition]) -> None:
    for slug, definition in definitions.items():
        assert not FRAUDE.search(definition.donnees.finalite), slug
        for champ in definition.champs():
            assert champ.pourquoi, f"{slug} : {champ.nom}"
            assert not FRAUDE.search(champ.pourquoi), f"{slug} : {champ.nom}"


def test_an_exchange_is_an_agent_s_act_on_one_request_and_its_purpose_is_kept(
    deposer: Callable[..., Demande],
) -> None:
    """To whom, when, by whom, why: the request itself leaves (the transfer of L.114-2), once, and nothing else."""
    demande = deposer()
    with au(RECUE):
        evenement = executer(
            demande,
            ALICE,
            "transferer_autorite",
            Saisie(
                texte="Cette rue est entretenue par la métropole.",
                autorite=Autorite("Métropole d'Admiville", courriel="contact@metropole.test"),
            ),
        )
    transfert = Transfert.objects.get(demande=demande)
    assert (transfert.vers, transfert.par_nom, transfert.autorite) == ("Métropole d'Admiville", "Alice Martin", True)
    assert evenement.visible_usager
    assert demande.messages.get().texte == "Cette rue est entretenue par la métropole."
    assert [envoi.genre for envoi in Envoi.objects.filter(destinataire="contact@metropole.test")] == [
        "demandes.transmission"
    ]
