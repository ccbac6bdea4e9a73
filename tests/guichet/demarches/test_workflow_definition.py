"""A workflow holds together, or is refused in words."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from guichet.demarches.definition import DefinitionRefusee
from guichet.demarches.definition_workflow import Acteur, Nature, Workflow, lire_workflow
from tests.guichet import fabrique

DOSSIER = fabrique.SITE / "workflows"
LIVRES = sorted(chemin.stem for chemin in DOSSIER.glob("*.yaml"))
# Statuses that requests had before workflows were data: every shipped workflow must still know them.
ANCIENS = {
    "recue": Nature.A_TRAITER,
    "en_cours": Nature.EN_COURS,
    "attente_usager": Nature.ATTENTE_USAGER,
    "repondue": Nature.REPONDUE,
    "close": Nature.CLOSE,
}


def brut_de(nom: str) -> dict[str, Any]:
    brut: dict[str, Any] = yaml.safe_load((DOSSIER / f"{nom}.yaml").read_text("utf-8"))
    return brut


@pytest.mark.parametrize("nom", LIVRES)
def test_a_shipped_workflow_is_accepted_and_read_back_the_same(nom: str) -> None:
    workflow = lire_workflow(brut_de(nom), nom)
    assert lire_workflow(workflow.model_dump(mode="json"), nom) == workflow
    assert workflow.modeles_inconnus() == set()
    assert len(workflow.essais) >= 4


@pytest.mark.parametrize("nom", LIVRES)
def test_requests_filed_before_workflows_were_data_find_their_status(nom: str) -> None:
    workflow = lire_workflow(brut_de(nom), nom)
    assert {code: workflow.statuts_par_code[code].nature for code in ANCIENS} == ANCIENS


def test_all_statuses_means_those_not_closed_except_for_a_note() -> None:
    workflow = lire_workflow(brut_de("standard"), "standard")
    assert "close" not in workflow.origines(workflow.transitions_par_code["ecrire"])
    assert "close" in workflow.origines(workflow.transitions_par_code["noter"])
    assert [t.code for t in workflow.depuis("close")] == ["noter", "rouvrir"]
    assert [t.code for t in workflow.depuis("attente_usager", Acteur.USAGER)] == ["ecrire_avant", "fournir", "annuler"]


Brut = dict[str, Any]


def transition(brut: Brut, code: str) -> Brut:
    trouvee: Brut = next(t for t in brut["transitions"] if t["code"] == code)
    return trouvee


def statut(brut: Brut, code: str) -> Brut:
    trouve: Brut = next(s for s in brut["statuts"] if s["code"] == code)
    return trouve


def _sans(brut: Brut, *codes: str) -> None:
    brut["transitions"] = [t for t in brut["transitions"] if t["code"] not in codes]
    brut["essais"] = []


def _automatique(code: str, depuis: str, vers: str) -> Brut:
    return {
        "code": code, "libelle": code, "depuis": [depuis], "vers": vers, "par": "automatique",
        "apres": {"valeur": 3, "unite": "jours"},
    }  # fmt: skip


CAS: dict[str, tuple[Callable[[Brut], Any], str]] = {
    "initial inconnu": (lambda b: b.update(initial="nulle_part"), "« initial » nomme un statut inconnu"),
    "initial clos": (lambda b: b.update(initial="close", essais=[]), "une demande qui arrive attend la mairie"),
    "vers inconnu": (
        lambda b: transition(b, "accepter").update(vers="lune"),
        "la transition « accepter » nomme un statut inconnu : « lune »",
    ),
    "depuis inconnu": (lambda b: transition(b, "accepter").update(depuis=["lune"]), "nomme un statut inconnu"),
    "depuis mal écrit": (lambda b: transition(b, "accepter").update(depuis="recue"), "ou le mot « toutes »"),
    "depuis vide": (lambda b: transition(b, "accepter").update(depuis=[]), "ou le mot « toutes »"),
    "deux codes": (
        lambda b: b["transitions"].append(copy.deepcopy(b["transitions"][0]) | {"raccourci": ""}),
        "plusieurs transitions portent le code « prendre_en_charge »",
    ),
    "deux statuts": (
        lambda b: b["statuts"].append(copy.deepcopy(b["statuts"][0])),
        "plusieurs statuts portent le code « recue »",
    ),
    "deux raccourcis": (
        lambda b: transition(b, "accepter").update(raccourci="r"),
        "plusieurs transitions ont le raccourci « r »",
    ),
    "raccourci long": (lambda b: transition(b, "accepter").update(raccourci="rr"), "raccourci"),
    "inaccessible": (
        lambda b: _sans(b, "qualifier"),
        "aucune transition ne mène au statut « Qualifiée » (qualifiee)",
    ),
    "sans fin": (
        lambda b: (
            _sans(b, "annuler", "clore", "clore_apres_reponse", "rouvrir"),
            b["statuts"].remove(statut(b, "close")),
        ),
        "aucun statut n'est de nature « close »",
    ),
    "bloquée par l'usager": (
        lambda b: (
            _sans(b, "clore", "repondre"),
            [transition(b, c).update(depuis=["recue", "en_cours"]) for c in ("accepter", "refuser")],
            [transition(b, c).update(depuis=["recue"]) for c in ("transferer_service", "transferer_autorite")],
            transition(b, "demander_complement").update(depuis=["en_cours"]),
        ),
        "seul l'usager peut faire avancer la demande",
    ),
    "demander ailleurs": (
        lambda b: transition(b, "demander_complement").update(vers="en_cours"),
        "elle doit mener à un statut de nature « attente_usager », pas à « En cours »",
    ),
    "refus sans motif": (
        lambda b: transition(b, "refuser").update(texte="facultatif", motifs=[]),
        "un refus se motive",
    ),
    "réponse sans texte": (lambda b: transition(b, "repondre").update(texte="aucun"), "demande « texte: obligatoire »"),
    "transfert sans le dire": (
        lambda b: transition(b, "transferer_autorite").update(previent=[]),
        "l'effet « transferer_autorite » se dit à l'usager",
    ),
    "deux façons d'écrire": (
        lambda b: transition(b, "ecrire_avant").update(depuis=["recue", "en_cours"]),
        "plusieurs transitions de l'usager ont l'effet « ecrire »",
    ),
    "note qui prévient": (lambda b: transition(b, "noter").update(previent=["usager"]), "ne prévient personne"),
    "attente sans fournir": (
        lambda b: _sans(b, "fournir"),
        "aucune transition d'effet « fournir » n'en part",
    ),
    "répondue sans réponse": (
        lambda b: transition(b, "accepter").update(effet="aucun"),
        "il lui faut l'effet « accepter » ou « refuser » ou « repondre »",
    ),
    "close qui repart": (
        lambda b: transition(b, "accepter").update(depuis=["recue", "close"]),
        "un statut où la demande est terminée",
    ),
    "rouvrir l'ouverte": (
        lambda b: transition(b, "rouvrir").update(depuis=["en_cours", "close"]),
        "où la demande n'est pas terminée",
    ),
    "fournir par agent": (lambda b: transition(b, "fournir").update(par="agent"), "est réservé à l'usager"),
    "automatique sans délai": (
        lambda b: transition(b, "clore_apres_reponse").pop("apres"),
        "dites au bout de combien de temps",
    ),
    "délai sans automatique": (
        lambda b: transition(b, "clore").update(apres={"valeur": 3, "unite": "jours"}),
        "ne vaut que pour « par: automatique »",
    ),
    "automatique qui répond": (
        lambda b: transition(b, "clore_apres_reponse").update(effet="repondre", vers="repondue"),
        "est réservé à un agent",
    ),
    "deux automatiques": (
        lambda b: b["transitions"].append(_automatique("vite", "acceptee", "refusee")),
        "se gênent : « clore_apres_reponse », « vite »",
    ),
    "automatiques en rond": (
        lambda b: b["transitions"].extend(
            [_automatique("aller", "recue", "qualifiee"), _automatique("retour", "qualifiee", "recue")]
        ),
        "des étapes automatiques tournent en rond : « Qualifiée » → « Reçue » → « Qualifiée »",
    ),
    "automatique sur place": (
        lambda b: transition(b, "clore_apres_reponse").pop("vers"),
        "elle recommencerait sans fin",
    ),
    "essai raté": (
        lambda b: b["essais"][0].update(arrive="refusee"),
        "l'essai « Une demande acceptée » échoue : la demande arrive à « Close », pas à « Refusée »",
    ),
    "essai impossible": (
        lambda b: b["essais"][0].update(etapes=["rouvrir"]),
        "« Rouvrir la demande » n'est pas possible dans le statut « Reçue »",
    ),
    "essai inconnu": (lambda b: b["essais"][0].update(etapes=["voler"]), "« voler » n'est pas une transition"),
    "repère inconnu": (
        lambda b: b["modeles"][0].update(texte="Bonjour {prenom}"),
        "« {prenom} » n'est pas un repère connu",
    ),
    "clé inconnue": (lambda b: transition(b, "accepter").update(ver="close"), "n'est pas une clé connue"),
    "effet inconnu": (lambda b: transition(b, "accepter").update(effet="voler"), "doit être l'une de ces valeurs"),
}


@pytest.mark.parametrize("cas", CAS)
def test_what_is_wrong_is_said_in_words(cas: str) -> None:
    brut = brut_de("standard")
    abimer, dit = CAS[cas]
    abimer(brut)
    with pytest.raises(DefinitionRefusee) as refus:
        lire_workflow(brut, "standard.yaml")
    assert dit in str(refus.value)
    assert "validation error" not in str(refus.value)


def test_faults_are_said_one_a_line() -> None:
    brut = brut_de("standard")
    transition(brut, "refuser").update(texte="facultatif", motifs=[])
    transition(brut, "repondre").update(texte="aucun", modeles=[])
    with pytest.raises(DefinitionRefusee) as refus:
        lire_workflow(brut, "standard.yaml")
    assert len(refus.value.fautes) == 2


def test_a_template_is_filled_for_one_request() -> None:
    modele = Workflow.model_validate(brut_de("standard")).modele("accord")
    assert modele is not None
    texte = modele.remplir(
        {"reference": "2026-K7PX-3M9Q", "demarche": "Copie", "agent": "Alice", "service": "État civil"}
    )
    assert "Votre demande 2026-K7PX-3M9Q (« Copie ») est acceptée." in texte
