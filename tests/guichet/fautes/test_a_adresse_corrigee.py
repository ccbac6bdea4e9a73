"""Kind A, one fact in two places: a corrected address, name or number is so on the card, in letters and in mails."""

from __future__ import annotations

import uuid

import pytest

from guichet.demandes import lettres, services
from guichet.demandes.models import CanalReponse, Complement, Demande, Evenement
from guichet.demandes.services import Saisie
from guichet.demarches.models import Demarche
from tests.guichet import fabrique
from tests.guichet.fautes.conftest import Sites, lu
from tests.guichet.fautes.test_a_reponses_lues import tirages
from tests.guichet.instruction import fabriques

pytestmark = pytest.mark.django_db
FAUX = {"adresse": "12 r des Lilas, Paris", "precision": ""}
JUSTE = {"adresse": "12 rue des Lilas, 99000 Admiville", "precision": ""}


def inscrite(livrees: list[Demarche]) -> tuple[Demarche, Demande]:
    demarche = next(d for d in livrees if d.pk == "inscrire-un-enfant-a-l-ecole")
    donnees = next(tirages(demarche)) | {"domicile": FAUX}
    depot = services.deposer(
        demarche=demarche, donnees=donnees, cle_envoi=uuid.uuid4(), canal_reponse=CanalReponse.COURRIER
    )
    return demarche, depot.demande


def corriger(demande: Demande, demarche: Demarche, **reponses: object) -> None:
    """The town asks, the resident corrects."""
    agent = fabrique.AgentDeTest("denise", "Denise Roy", ["agents", demarche.service.groupe])
    services.executer(demande, agent, "demander_complement", Saisie(corrections=tuple(reponses)))
    services.fournir(demande, reponses, par=fabrique.par_code(demande))
    demande.refresh_from_db()


def test_a_a_corrected_address_reaches_card_and_letters(livrees: list[Demarche], sites: Sites) -> None:
    demarche, demande = inscrite(livrees)
    assert demande.adresse_postale == FAUX["adresse"]
    corriger(demande, demarche, domicile=JUSTE)
    agent = fabriques.agent("denise", "Denise Roy", "agents", demarche.service.groupe)
    services.executer(demande, agent, "accepter", Saisie(texte="Voilà."))
    with sites.agents(agent) as navigateur:
        carte = lu(navigateur.get(f"/demandes/{demande.reference}/")).partition('id="titre-usager"')[2]
        carte = carte.partition("</section>")[0]
    assert JUSTE["adresse"] in carte
    assert FAUX["adresse"] not in carte
    for evenement in Evenement.objects.filter(demande=demande):
        evenement.demande = demande
        if lettres.peut_s_ecrire(evenement) and evenement.code not in ("recue", "saisie"):
            page = lettres.page(evenement)
            assert JUSTE["adresse"] in page
            assert FAUX["adresse"] not in page


def test_a_what_was_not_corrected_keeps_what_the_counter_typed(livrees: list[Demarche]) -> None:
    """The counter was told to write elsewhere: correcting a name leaves that address alone."""
    demarche, demande = inscrite(livrees)
    Demande.objects.filter(pk=demande.pk).update(adresse_postale="Chez Mme Roy\n3 rue Basse")
    demande.refresh_from_db()
    moyen = next(c for c in demarche.lue.champs() if c.moyen_du_demandeur == "nom")
    corriger(demande, demarche, **{moyen.nom: "Zoé Marchand-Roy"})
    assert (demande.nom, demande.adresse_postale) == ("Zoé Marchand-Roy", "Chez Mme Roy\n3 rue Basse")


def test_a_a_number_taken_back_is_not_called_any_more(livrees: list[Demarche]) -> None:
    demarche = next(d for d in livrees if d.pk == fabrique.VOIRIE)
    demande = services.deposer(
        demarche=demarche, donnees=fabrique.REPONSES | {"telephone": "06 12 34 56 78"}, cle_envoi=uuid.uuid4()
    ).demande
    corriger(demande, demarche, telephone="")
    assert demande.telephone == ""
    assert not Complement.objects.ouverts().exists()


def test_a_the_address_that_letters_read_is_asked_under_a_name_that_says_so(livrees: list[Demarche]) -> None:
    """« Adresse où envoyer l'acte », « Nouvelle adresse »: where letters go, in the procedures that are shipped."""
    demarches = {d.pk: d.lue for d in livrees}
    for slug, nom in {
        "demander-un-acte-d-etat-civil": "adresse_envoi",
        "signaler-un-changement-d-adresse": "nouvelle_adresse",
        "inscrire-un-enfant-a-l-ecole": "domicile",
        "preparer-mon-inscription-electorale": "adresse",
    }.items():
        definition = demarches[slug]
        donnees = next(d for d in tirages(next(x for x in livrees if x.pk == slug)) if d.get(nom)) | {nom: JUSTE}
        assert definition.adresse_postale(donnees) == JUSTE["adresse"]
