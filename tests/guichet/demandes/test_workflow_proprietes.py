"""Whatever workflow a town writes, a request stays coherent: properties on random valid workflows."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from guichet.demandes import services, workflow
from guichet.demandes.droits import Demandeur
from guichet.demandes.fichiers import Fichier
from guichet.demandes.models import Demande, Evenement, Nature
from guichet.demandes.services import Autorite, DemandeDePiece, Saisie
from guichet.demarches.definition import DefinitionRefusee, lire_definition
from guichet.demarches.definition_workflow import Acteur, Effet, TransitionDefinie, Workflow, lire_workflow
from guichet.demarches.models import Demarche
from guichet.demarches.services import enregistrer_demarche, enregistrer_workflow
from tests.guichet import fabrique
from tests.guichet.fabrique import ALICE, BRUNO

pytestmark = pytest.mark.django_db

MOTS = {"libelle": "Étape", "explication": "Votre demande avance."}
SERVICES = {"voirie": ALICE, "etat-civil": BRUNO}
TEXTES = ("facultatif", "obligatoire")


def _statut(code: str, nature: str) -> dict[str, Any]:
    return {"code": code, "libelle": code, "nature": nature, "usager": MOTS}


@st.composite
def workflows(tirer: st.DrawFn) -> Workflow:
    """A valid workflow: a trunk that is always possible, with statuses and shortcuts drawn around it."""
    traitements = [f"t{rang}" for rang in range(tirer(st.integers(1, 3)))]
    attentes = [f"w{rang}" for rang in range(tirer(st.integers(0, 2)))]
    reponses = [f"r{rang}" for rang in range(tirer(st.integers(0, 2)))]
    statuts = [_statut("debut", "a_traiter"), _statut("fin", "close")]
    statuts += [_statut(code, tirer(st.sampled_from(["a_traiter", "en_cours"]))) for code in traitements]
    statuts += [_statut(code, "attente_usager") for code in attentes]
    statuts += [_statut(code, "repondue") for code in reponses]
    ouverts = ["debut", *traitements]

    def depuis(parmi: list[str]) -> list[str]:
        return tirer(st.lists(st.sampled_from(parmi), min_size=1, unique=True))

    transitions: list[dict[str, Any]] = [
        {"code": "clore", "depuis": "toutes", "vers": "fin", "effet": "clore", "texte": "facultatif"},
        {"code": "noter", "depuis": "toutes", "effet": "noter", "texte": "obligatoire"},
        {"code": "rouvrir", "depuis": ["fin"], "vers": tirer(st.sampled_from(ouverts)), "effet": "rouvrir"},
    ]
    for code in traitements:
        effet = tirer(st.sampled_from(["aucun", "transferer_service"]))
        dit = {"previent": ["usager"]} if effet != "aucun" else {}
        transitions.append({"code": f"vers_{code}", "depuis": depuis(ouverts), "vers": code, "effet": effet, **dit})
        transitions.append({"code": f"assurer_{code}", "depuis": ["debut"], "vers": code})
    for code in attentes:
        transitions.append(
            {
                "code": f"vers_{code}", "depuis": [*depuis(ouverts), "debut"], "vers": code, "effet": "demander",
                "texte": "facultatif", "previent": ["usager"],
            }
        )  # fmt: skip
        transitions.append(
            {
                "code": f"fournir_{code}", "depuis": [code], "vers": tirer(st.sampled_from(ouverts)),
                "effet": "fournir", "par": "usager", "texte": "facultatif", "previent": ["service"],
            }
        )  # fmt: skip
    for code in reponses:
        effet = tirer(st.sampled_from(["repondre", "accepter", "refuser"]))
        transitions.append(
            {
                "code": f"vers_{code}", "depuis": [*depuis([*ouverts, *attentes]), "debut"], "vers": code,
                "effet": effet, "texte": "obligatoire", "previent": ["usager"],
            }
        )  # fmt: skip
        if tirer(st.booleans()):
            transitions.append(
                {
                    "code": f"seul_{code}", "depuis": [code], "vers": "fin", "effet": "clore", "par": "automatique",
                    "apres": {"valeur": tirer(st.integers(1, 30)), "unite": "jours"},
                }
            )  # fmt: skip
    if tirer(st.booleans()):
        transitions.append({"code": "annuler", "depuis": ouverts, "vers": "fin", "effet": "annuler", "par": "usager"})
    if tirer(st.booleans()):
        transitions.append(
            {
                "code": "ecrire", "depuis": "toutes", "effet": "ecrire", "par": "usager", "texte": "obligatoire",
                "previent": ["service"],
            }
        )  # fmt: skip
    brut = {
        "titre": "Essai",
        "initial": "debut",
        "statuts": statuts,
        "transitions": [{"libelle": transition["code"], **transition} for transition in transitions],
    }
    try:
        return lire_workflow(brut, "essai")
    except DefinitionRefusee:
        assume(False)
        raise


@pytest.fixture
def demarche() -> Demarche:
    return fabrique.demarche()


def _suivre(demarche: Demarche, defini: Workflow) -> Demande:
    enregistrer_workflow("essai", defini)
    definition = lire_definition({**demarche.definition, "workflow": "essai"}, "essai")
    return fabrique.deposer(enregistrer_demarche(demarche.pk, definition)).demande


def _faire(demande: Demande, transition: TransitionDefinie, tirage: st.DataObject) -> None:
    par = fabrique.par_code(demande)
    if transition.par is Acteur.AGENT:
        autre = next(slug for slug in SERVICES if slug != demande.service_id)
        saisie = Saisie(
            texte="Voici ma réponse.", service=autre, autorite=Autorite("Département", "1 rue B"),
            pieces=(DemandeDePiece("Plan"),) if tirage.draw(st.booleans()) else (),
        )  # fmt: skip
        services.executer(demande, SERVICES[demande.service_id], transition.code, saisie)
    elif transition.effet is Effet.FOURNIR:
        ouverts = demande.complements.ouverts()
        services.fournir(demande, pieces={c.pk: [PLAN] for c in ouverts if not c.est_question}, texte="Voici", par=par)
    elif transition.effet is Effet.ECRIRE:
        services.ecrire_usager(demande, "Bonjour", par=par)
    else:
        services.annuler(demande, par=par)


PLAN = Fichier("plan.pdf", "application/pdf", b"%PDF-1.7 plan")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(defini=workflows(), tirage=st.data())
def test_any_run_keeps_the_request_coherent(demarche: Demarche, defini: Workflow, tirage: st.DataObject) -> None:
    demande = _suivre(demarche, defini)
    for lignes in range(2, tirage.draw(st.integers(2, 9))):
        possibles = [t for t in defini.depuis(demande.statut) if t.par is not Acteur.AUTOMATIQUE]
        if demande.est_close:
            assert {t.effet for t in possibles} <= {Effet.NOTER, Effet.ROUVRIR}
        transition = tirage.draw(st.sampled_from(possibles))
        avant = demande.statut
        _faire(demande, transition, tirage)
        demande = Demande.objects.select_related("service").get(pk=demande.pk)
        statut = defini.statut(demande.statut)
        assert statut is not None
        assert demande.nature == statut.nature
        assert (demande.close_le is not None) is statut.est_close
        assert demande.nature != Nature.REPONDUE or demande.decidee_le is not None
        assert demande.nature == Nature.ATTENTE_USAGER or demande.suspendue_depuis is None
        assert demande.nature == Nature.ATTENTE_USAGER or not demande.complements.ouverts().exists()
        arrivee = defini.arrivee(transition, avant)
        assert demande.statut == arrivee or (transition.effet is Effet.ECRIRE and defini.statut(avant))
        histoire = Evenement.objects.filter(demande=demande)
        assert histoire.count() == lignes
        assert all(evenement.phrase() and evenement.phrase_usager for evenement in histoire)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(defini=workflows())
def test_what_a_status_does_not_allow_changes_nothing(demarche: Demarche, defini: Workflow) -> None:
    demande = _suivre(demarche, defini)
    services.executer(demande, ALICE, "clore")
    for transition in defini.transitions:
        if transition.par is Acteur.AGENT and transition.effet not in (Effet.NOTER, Effet.ROUVRIR):
            with pytest.raises(workflow.TransitionImpossible):
                services.executer(demande, ALICE, transition.code, Saisie(texte="Trop tard"))
    for acte in (services.annuler, services.fournir):
        with pytest.raises(workflow.TransitionImpossible):
            acte(demande, par=Demandeur(None, frozenset({demande.pk})))
    assert Evenement.objects.filter(demande=demande).count() == 2
