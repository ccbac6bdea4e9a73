"""CRPA L.212-1, L.212-2 and L.111-2: each decision says who made it: first name, name, quality, and the service.

The duty, in our words: a decision notified by an online service needs no signature, but these mentions; without them it
can be annulled. Letters and mails name the agent who writes in the same way.
Source: code des relations entre le public et l'administration, articles L.111-2, L.212-1, L.212-2; Conseil d'État, avis
n° 489189 of 5 March 2024.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from guichet.demandes import lettres
from guichet.demandes.models import CanalReponse, Demande, Evenement
from guichet.demandes.services import Saisie, SaisieRefusee, executer
from guichet.demarches.definition_workflow import Acteur
from socle.openid.identite import identite
from tests.guichet import envois
from tests.guichet.fabrique import ALICE, RECUE, au

ALICE_RESPONSABLE = replace(ALICE, qualite="responsable de la voirie")
SANS_QUALITE = replace(ALICE, qualite="")
MENTIONS = ("Alice Martin", "responsable de la voirie", "Voirie et espaces publics")


def decider(demande: Demande, code: str, agent: Any = ALICE_RESPONSABLE, **saisie: Any) -> Evenement:
    transition = demande.workflow.transition(code)
    assert transition is not None
    motif = transition.motifs[0] if transition.motifs else ""
    with au(RECUE):
        return executer(demande, agent, code, Saisie(**{"texte": "Voici.", "motif": motif, **saisie}))


def decisions(demande: Demande) -> list[str]:
    return [t.code for t in demande.workflow.transitions if t.par is Acteur.AGENT and t.effet.decide]


@pytest.mark.parametrize("code", ["accepter", "refuser", "repondre"])
def test_page_mail_and_letter_name_the_author_of_a_decision(deposer: Callable[..., Demande], code: str) -> None:
    demande = deposer(canal_reponse=CanalReponse.COURRIEL)
    assert code in decisions(demande)
    evenement = decider(demande, code)
    genre = {"accepter": "acceptee", "refuser": "refusee", "repondre": "reponse"}[code]
    mail = str(envois.mail(envois.envoi(genre, demande)).body)
    evenement.demande = demande
    for ou in (evenement.phrase_usager, evenement.phrase(), mail, lettres.page(evenement)):
        for mention in MENTIONS:
            assert mention in ou


def test_a_decision_without_the_quality_of_its_author_is_refused(deposer: Callable[..., Demande]) -> None:
    demande = deposer()
    for code in decisions(demande):
        with pytest.raises(SaisieRefusee, match="votre fonction"):
            decider(demande, code, SANS_QUALITE)
    assert demande.decidee_le is None


def test_the_agent_says_their_quality_where_the_directory_does_not(deposer: Callable[..., Demande]) -> None:
    evenement = decider(deposer(), "accepter", SANS_QUALITE, qualite="adjointe  à la voirie")
    assert "Alice Martin, adjointe à la voirie" in evenement.phrase_usager
    assert "accepté votre demande" in evenement.phrase_usager


def test_the_mentions_are_those_of_the_day_of_the_decision(deposer: Callable[..., Demande]) -> None:
    """Neither a transfer nor a change of post says afterwards that another service or quality decided."""
    demande = deposer()
    evenement = decider(demande, "refuser")
    demande.agent_nom = "Chloé Bernard"
    demande.service_id = "espaces-verts"
    demande.save()
    evenement = Evenement.objects.get(pk=evenement.pk)
    page = lettres.page(evenement)
    assert "Voirie et espaces publics" in evenement.phrase_usager
    assert "Chloé Bernard" not in page
    assert "responsable de la voirie" in page


def test_the_directory_gives_the_quality() -> None:
    claims = {"iss": "https://connexion.gru.test/", "sub": "alice", "auth_source": "annuaire"}
    assert identite({**claims, "title": " responsable  de la voirie "}).qualite == "responsable de la voirie"
    assert identite(claims).qualite == ""
