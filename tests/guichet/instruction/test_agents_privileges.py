"""Everything agents do, with no other PostgreSQL right than those of their site's role."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from guichet.demandes.models import Demande
from guichet.demarches.models import Demarche
from guichet.instruction import versions
from guichet.instruction.models import Agent, Lecture, VueEnregistree
from tests.guichet import fabrique
from tests.guichet.instruction.test_agents_saisie import REPONSES
from tests.guichet.supervision.test_privileges import (
    INSTRUCTION,
    en_tant_que,
    roles,  # noqa: F401 - the fixture that makes them
)

pytestmark = pytest.mark.usefixtures("roles")
Connecte = Callable[..., Client]


def test_reading_exporting_saving_a_view_and_acting(
    demande: Demande, etat_civil: Demarche, alice: Agent, connecte: Connecte
) -> None:
    navigateur = connecte(alice)
    page = f"/demandes/{demande.reference}/"
    with en_tant_que(INSTRUCTION):
        for adresse in ("/", "/demandes/", "/demandes/retards/", "/demandes/export/", page, f"{page}repondre/"):
            assert navigateur.get(adresse).status_code == 200, adresse
        assert navigateur.get("/demandes/export/demandes.ods").status_code == 200
        vue = {"nom": "À moi", "service": "_moi", "par_defaut": "on"}
        assert navigateur.post("/demandes/vues/nouvelle/?montrer=moi", vue).status_code == 302
        for chemin, champs in (
            ("prendre-en-charge/", {}),
            ("demander-complement/", {"autre_1": "Un plan"}),
            ("repondre/", {"texte": "C’est réparé."}),
            ("prendre-en-charge/", {}),
            ("transferer-service/", {"service": "etat-civil"}),
        ):
            envoi = {"version": versions.de(demande), **champs}
            assert navigateur.post(f"{page}{chemin}", envoi).status_code == 303, chemin
        lot = {"lue": [f"{demande.reference}|x"], "action": "clore", "confirmer": "oui"}
        assert navigateur.post("/demandes/lot/", lot).status_code in (200, 302)
    assert Lecture.objects.filter(agent=alice).exists()
    assert VueEnregistree.objects.get().agent == alice


def test_typing_a_request_in_with_a_file_put_back(demande: Demande, alice: Agent, connecte: Connecte) -> None:
    fabrique.demarche()
    navigateur = connecte(alice)
    depart = {"canal": "guichet", "recue_le": timezone.localdate().isoformat(), "canal_reponse": "courriel"}
    with en_tant_que(INSTRUCTION):
        questions = navigateur.post("/saisie/signaler-voirie/", depart)["Location"]
        assert navigateur.post(questions, REPONSES).status_code == 302
        assert navigateur.post(f"{questions}verifier/").status_code == 302
        avec_photo = navigateur.post(f"/saisie/{fabrique.VOIRIE}/", depart)["Location"]
        navigateur.post(avec_photo, {"photos": fabrique.fichier()})
        assert navigateur.post(f"{avec_photo}abandonner/").status_code == 302
    assert Demande.objects.filter(saisie_par_sub=alice.sub).count() == 1
