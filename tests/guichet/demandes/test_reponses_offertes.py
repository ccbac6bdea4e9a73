"""Templates of answers: the workflow's where it names them, the procedure's own wherever one writes to the resident."""

import fabrique
import pytest

from guichet.demandes import reponses_types, workflow
from guichet.demarches.models import Demarche

pytestmark = pytest.mark.django_db


def test_a_procedure_offers_its_own_templates_in_a_shared_workflow() -> None:
    fabrique.site_livre()
    demande = fabrique.deposer(
        Demarche.objects.get(pk="demander-un-acte-d-etat-civil"), reponses={"nom": "Zoé"}
    ).demande
    defini = workflow.de(demande)

    def codes(transition: str) -> list[str]:
        return [
            offerte.code
            for offerte in reponses_types.offertes(demande, defini.transitions_par_code[transition], "Bruno")
        ]

    assert codes("accepter") == ["accord", "acte_envoye", "acte_pret", "acte_introuvable"]
    assert codes("noter") == codes("clore_apres_reponse") == codes("ecrire_avant") == []
    texte = next(o.texte for o in reponses_types.offertes(demande, defini.transitions_par_code["accepter"], "Bruno"))
    assert demande.reference in texte


def test_a_template_that_the_workflow_names_stays_where_it_is_named() -> None:
    fabrique.site_livre()
    demande = fabrique.deposer(Demarche.objects.get(pk="reserver-une-salle"), reponses={"nom": "Zoé"}).demande
    defini = workflow.de(demande)
    offertes = reponses_types.offertes(demande, defini.transitions_par_code["refuser"], "Denise")
    assert [offerte.code for offerte in offertes] == ["salle_prise"]
