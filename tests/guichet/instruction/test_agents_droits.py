"""Role × action × status; partition by service on the list, the page, the files, the actions, the search."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from guichet.demandes.models import Demande, Evenement
from guichet.demarches.models import Demarche
from guichet.instruction import versions
from guichet.instruction.models import Agent
from tests.guichet.actes import Statut
from tests.guichet.instruction import fabriques

ACTIONS = ("prendre-en-charge", "repondre", "demander-complement", "clore", "noter")

# What each role may do, by status. Anything that is not here is refused.
PERMIS: dict[str, dict[Statut, set[str]]] = {
    "en charge": {
        Statut.RECUE: {"repondre", "demander-complement", "clore", "noter"},
        Statut.EN_COURS: {"repondre", "demander-complement", "clore", "noter"},
        Statut.ATTENTE_USAGER: {"repondre", "demander-complement", "clore", "noter"},
        Statut.REPONDUE: {"prendre-en-charge", "repondre", "demander-complement", "clore", "noter"},
        Statut.CLOSE: {"noter"},
    },
    "collègue": {
        Statut.RECUE: {"prendre-en-charge", "repondre", "demander-complement", "clore", "noter"},
        Statut.EN_COURS: {"prendre-en-charge", "repondre", "demander-complement", "clore", "noter"},
        Statut.ATTENTE_USAGER: {"repondre", "demander-complement", "clore", "noter"},
        Statut.REPONDUE: {"prendre-en-charge", "repondre", "demander-complement", "clore", "noter"},
        Statut.CLOSE: {"noter"},
    },
}
NATURES = {Statut.RECUE: "a_traiter"}
SUFFISANT = {"texte": "Bonjour, voici la suite."}


def _etat(demande: Demande) -> tuple[object, ...]:
    demande.refresh_from_db()
    return (
        demande.statut,
        demande.agent_sub,
        demande.modifiee_le,
        Evenement.objects.filter(demande=demande).count(),
    )


@pytest.mark.parametrize("chemin", ACTIONS)
@pytest.mark.parametrize("statut", list(Statut))
@pytest.mark.parametrize("role", ["en charge", "collègue", "autre service", "sans service", "plus agent", "personne"])
def test_role_action_status(
    *,
    role: str, statut: Statut, chemin: str, demande: Demande, alice: Agent, chloe: Agent, bruno: Agent,
    connecte: Callable[..., Client],
) -> None:  # fmt: skip
    Demande.objects.filter(pk=demande.pk).update(
        statut=statut, nature=NATURES.get(statut, statut), agent_sub=alice.sub, agent_nom=alice.nom
    )
    sans_service = fabriques.agent("denis", "Denis", "agents", "supervision", "editeurs")
    partie = fabriques.agent("eva", "Eva", "service-voirie")
    qui = {
        "en charge": alice, "collègue": chloe, "autre service": bruno, "sans service": sans_service,
        "plus agent": partie, "personne": None,
    }[role]  # fmt: skip
    navigateur = connecte(qui) if qui else Client()
    demande.refresh_from_db()
    avant = _etat(demande)
    adresse = f"/demandes/{demande.reference}/{chemin}/"
    page = navigateur.get(adresse)
    assert _etat(demande) == avant
    envoi = navigateur.post(adresse, SUFFISANT | {"version": versions.de(demande)})
    if chemin in PERMIS.get(role, {}).get(statut, set()):
        assert (page.status_code, envoi.status_code) == (200, 303)
        assert _etat(demande) != avant
        return
    refus = {"autre service": 404, "sans service": 404, "plus agent": 403, "personne": 302}.get(role, 409)
    assert (page.status_code, envoi.status_code) == (refus, refus)
    assert _etat(demande) == avant


@pytest.mark.parametrize("statut", list(Statut))
@pytest.mark.parametrize("role", ["en charge", "collègue"])
def test_the_page_shows_the_allowed_buttons_and_no_other(
    *, role: str, statut: Statut, demande: Demande, alice: Agent, chloe: Agent, connecte: Callable[..., Client]
) -> None:
    Demande.objects.filter(pk=demande.pk).update(
        statut=statut, nature=NATURES.get(statut, statut), agent_sub=alice.sub, agent_nom=alice.nom
    )
    page = (
        connecte({"en charge": alice, "collègue": chloe}[role]).get(f"/demandes/{demande.reference}/").content.decode()
    )
    vus = {chemin for chemin in ACTIONS if f'"/demandes/{demande.reference}/{chemin}/"' in page}
    assert vus == PERMIS[role][statut]


def test_another_service_learns_nothing(
    demande: Demande, bruno: Agent, connecte: Callable[..., Client], etat_civil: Demarche
) -> None:
    """Same status, same words, for a request of others and for a reference that does not exist."""
    fabriques.deposer(etat_civil, nom="Paul Autre")
    piece = fabriques.photo(demande)
    navigateur = connecte(bruno)
    inconnue = "2026-AAAA-CCCC"
    for suite in ("", f"pieces/{piece.pk}/", f"pieces/{piece.pk}/vignette/", "repondre/", "prendre-en-charge/"):
        ici, ailleurs = (navigateur.get(f"/demandes/{ref}/{suite}") for ref in (demande.reference, inconnue))
        assert (ici.status_code, ailleurs.status_code) == (404, 404)
        assert ici.content.replace(demande.reference.encode(), b"R") == ailleurs.content.replace(
            inconnue.encode(), b"R"
        )
    for adresse in (
        "/",
        "/demandes/",
        "/demandes/?montrer=toutes",
        f"/demandes/?q={demande.reference}",
        "/demandes/?q=Camille",
        "/demandes/?q=lampadaire",
        "/demandes/?service=voirie&montrer=toutes",
        "/demandes/?demarche=signaler-voirie",
    ):  # fmt: skip
        page = navigateur.get(adresse).content.decode()
        assert f"/demandes/{demande.reference}/" not in page
        assert "Camille" not in re.sub('«\u00a0Camille\u00a0»|"Camille"|q=Camille', "", page)
        assert "Signaler un problème de voirie" not in page


def test_a_file_opens_only_under_its_own_request(
    *,
    demande: Demande,
    voirie: Demarche,
    etat_civil: Demarche,
    bruno: Agent,
    alice: Agent,
    connecte: Callable[..., Client],
) -> None:
    piece = fabriques.photo(demande)
    autre = fabriques.deposer(etat_civil)
    assert connecte(bruno).get(f"/demandes/{autre.reference}/pieces/{piece.pk}/").status_code == 404
    voisine = fabriques.deposer(voirie)
    assert connecte(alice).get(f"/demandes/{voisine.reference}/pieces/{piece.pk}/").status_code == 404


def test_a_request_handed_to_another_service_leaves_with_its_right(
    demande: Demande, alice: Agent, bruno: Agent, etat_civil: Demarche, connecte: Callable[..., Client]
) -> None:
    Demande.objects.filter(pk=demande.pk).update(service=etat_civil.service)
    assert connecte(alice).get(f"/demandes/{demande.reference}/").status_code == 404
    assert connecte(bruno).get(f"/demandes/{demande.reference}/").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("adresse", ["/", "/demandes/", "/demandes/2026-AAAA-CCCC/"])
def test_nobody_reads_without_signing_in(adresse: str) -> None:
    reponse = Client().get(adresse)
    assert (reponse.status_code, reponse["Location"]) == (302, f"/connexion/?next={adresse}")


def test_editors_alone_open_the_workshop(alice: Agent, connecte: Callable[..., Client]) -> None:
    from guichet.editorial.droits import accorder_redaction

    assert connecte(alice).get("/redaction/").status_code in (302, 403)
    assert "/redaction/" not in connecte(alice).get("/").content.decode()
    alice.groupes = [*alice.groupes, "editeurs"]
    alice.save()
    accorder_redaction(alice, alice.groupes)
    assert connecte(alice).get("/redaction/").status_code == 200
    assert "/redaction/" in connecte(alice).get("/").content.decode()
