"""The shipped standard workflow, written again by hand: who may do what from where, and where it leads."""

from __future__ import annotations

import pytest
import yaml

from guichet.demandes import droits, services, workflow
from guichet.demandes.models import Demande, Evenement
from guichet.demandes.services import Autorite, Saisie
from guichet.demarches.definition_workflow import Acteur, Workflow, lire_workflow
from guichet.demarches.models import Demarche
from tests.guichet import fabrique
from tests.guichet.fabrique import ALICE, BRUNO, AgentDeTest

OUVERTS = ("recue", "qualifiee", "en_cours", "attente_usager", "transferee", "acceptee", "refusee", "repondue")
TRAITES = ("recue", "qualifiee", "en_cours", "attente_usager")
# Act of an agent: statuses it starts from, status it leads to ("" : the same).
AGENTS = {
    "prendre_en_charge": (("recue", "qualifiee", "en_cours", "acceptee", "refusee", "repondue"), "en_cours"),
    "qualifier": (("recue",), "qualifiee"),
    "accepter": ((*TRAITES, "repondue"), "acceptee"),
    "refuser": ((*TRAITES, "repondue"), "refusee"),
    "repondre": ((*TRAITES, "acceptee", "refusee", "repondue"), "repondue"),
    "demander_complement": ((*TRAITES, "acceptee", "refusee", "repondue"), "attente_usager"),
    "ecrire": (OUVERTS, ""),
    "transferer_service": (TRAITES, "recue"),
    "transferer_autorite": (TRAITES, "transferee"),
    "noter": ((*OUVERTS, "close"), ""),
    "clore": (OUVERTS, "close"),
    "rouvrir": (("close",), "en_cours"),
}
USAGERS = {
    "ecrire_avant": (("recue", "qualifiee", "attente_usager", "transferee"), ""),
    "ecrire_apres": (("en_cours", "acceptee", "refusee", "repondue"), "en_cours"),
    "fournir": (("attente_usager",), "en_cours"),
    "annuler": (TRAITES, "close"),
}
SEUL = {"clore_apres_reponse": (("acceptee", "refusee", "repondue", "transferee"), "close")}
PERSONNE = AgentDeTest("x", "Sans groupe", [])


def standard() -> Workflow:
    chemin = fabrique.SITE / "workflows" / "standard.yaml"
    return lire_workflow(yaml.safe_load(chemin.read_text("utf-8")), "standard")


@pytest.mark.parametrize(
    ("table", "par"), [(AGENTS, Acteur.AGENT), (USAGERS, Acteur.USAGER), (SEUL, Acteur.AUTOMATIQUE)]
)
def test_the_file_says_what_the_table_says(table: dict[str, tuple[tuple[str, ...], str]], par: Acteur) -> None:
    defini = standard()
    lue = {t.code: (set(defini.origines(t)), t.vers or "") for t in defini.transitions if t.par is par}
    assert lue == {code: (set(depuis), vers) for code, (depuis, vers) in table.items()}


@pytest.mark.django_db
@pytest.mark.parametrize("statut", [*OUVERTS, "close"])
def test_each_act_by_each_role_in_each_status(statut: str) -> None:
    """An agent of the service does what the table allows and nothing else; the others do nothing at all."""
    fabrique.demarche()
    demande = fabrique.deposer(
        Demarche.objects.get(pk="demander-un-acte-d-etat-civil"), reponses={"nom": "Zoé"}
    ).demande
    defini = workflow.de(demande)
    assert defini == standard()
    nature = defini.statuts_par_code[statut].nature
    saisie = Saisie(
        texte="Voici.",
        motif="La demande est arrivée trop tard",
        service="voirie",
        autorite=Autorite("Préfecture", "1 rue B"),
    )
    agent = BRUNO if demande.service_id == "etat-civil" else ALICE
    etranger = ALICE if agent is BRUNO else BRUNO
    for code, (depuis, vers) in AGENTS.items():
        Demande.objects.filter(pk=demande.pk).update(
            statut=statut, nature=nature, service=demande.service_id, agent_sub="", close_le=None
        )
        lue = Demande.objects.select_related("service").get(pk=demande.pk)
        possibles = {t.code for t in workflow.transitions_possibles(lue, agent)}
        assert possibles == {c for c, (d, _) in AGENTS.items() if statut in d}
        for autre in (etranger, PERSONNE):
            assert workflow.transitions_possibles(lue, autre) == []
            with pytest.raises(droits.AccesRefuse):
                services.executer(lue, autre, code, saisie)
        lignes = Evenement.objects.filter(demande=demande).count()
        if statut not in depuis:
            with pytest.raises(workflow.TransitionImpossible, match="n'est plus possible"):
                services.executer(lue, agent, code, saisie)
            assert Evenement.objects.filter(demande=demande).count() == lignes
            continue
        services.executer(lue, agent, code, saisie)
        apres = Demande.objects.get(pk=demande.pk)
        assert apres.statut == (vers or statut)
        assert apres.nature == defini.statuts_par_code[apres.statut].nature
        assert Evenement.objects.filter(demande=demande).count() == lignes + 1
