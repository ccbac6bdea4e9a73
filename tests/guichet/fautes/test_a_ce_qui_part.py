"""Kind A, promised and not done: letters are there to print, a transmission leaves, the preview is the mail sent."""

from __future__ import annotations

import io
import uuid
from datetime import timedelta
from typing import Any

import pikepdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from guichet.demandes import dossier, lettres, references, services, workflow
from guichet.demandes.actes import joindre
from guichet.demandes.fichiers import Fichier
from guichet.demandes.models import Canal, CanalReponse, Demande, Evenement, Lettre, Transfert
from guichet.demandes.services import Autorite, DemandeDePiece, Saisie
from guichet.demarches.definition_workflow import Acteur, Effet
from guichet.demarches.models import Demarche
from guichet.instruction import versions
from guichet.instruction.actions import Action
from guichet.instruction.models import Agent
from socle.envois.genres import genre_de
from socle.envois.models import Envoi
from socle.envois.retours import Avis
from socle.typographie.espaces import insecables
from tests.guichet import envois, fabrique
from tests.guichet.fautes.conftest import Sites, lu
from tests.guichet.fautes.test_a_reponses_lues import texte_du_pdf
from tests.guichet.instruction import fabriques

pytestmark = pytest.mark.django_db


@pytest.fixture
def demarche(db: None) -> Demarche:
    return fabrique.variante(workflow="standard")


def sur_papier(demarche: Demarche, **reponses: Any) -> Demande:
    return services.deposer(
        demarche=demarche, donnees=fabrique.REPONSES | reponses, cle_envoi=uuid.uuid4(),
        canal_reponse=CanalReponse.COURRIER, adresse_postale="12 rue des Lilas\n99000 Admiville",
    ).demande  # fmt: skip


# --- Letters --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("canal", "due", "qui_saisit", "qui_imprime", "donne"),
    [
        (CanalReponse.COURRIER, True, "alice.martin", "lea", True),  # the letter is how the code reaches the person
        (CanalReponse.COURRIER, False, "alice.martin", "lea", False),
        (CanalReponse.COURRIER, False, "alice.martin", "alice.martin", True),
        (CanalReponse.COURRIEL, True, "alice.martin", "lea", False),
        (CanalReponse.TELEPHONE, True, "alice.martin", "lea", False),
        (CanalReponse.COURRIEL, True, "alice.martin", "alice.martin", False),
    ],
)
def test_a_the_tracking_code_is_printed_only_in_the_letter_that_carries_it(
    demarche: Demarche, alice: Agent, sites: Sites,
    *, canal: CanalReponse, due: bool, qui_saisit: str, qui_imprime: str, donne: bool,
) -> None:  # fmt: skip
    lea = fabriques.agent("lea", "Léa Roux", "agents", "service-voirie")
    demande = sur_papier(demarche)
    Demande.objects.filter(pk=demande.pk).update(saisie_par_sub=qui_saisit, canal_reponse=canal)
    depot = demande.evenements.get(code="recue")
    Lettre.objects.all().delete()
    if due:
        Lettre.objects.create(demande=demande, evenement=depot, imprimee_le=timezone.now())
    with sites.agents(alice if qui_imprime == alice.sub else lea) as navigateur:
        reponse = navigateur.get(f"/demandes/{demande.reference}/lettres/{depot.pk}/")
    assert (references.code_de(demande) in texte_du_pdf(reponse.content)) is donne


def test_a_letters_promised_are_printed_in_a_batch_once(demarche: Demarche, alice: Agent, sites: Sites) -> None:
    for nom in ("Camille Durand", "Léa Roux"):
        services.executer(sur_papier(demarche, nom=nom), alice, "repondre", Saisie(texte=f"Bonjour {nom}, c’est fait."))
    with sites.agents(alice) as navigateur:
        assert "2 lettres attendent" in lu(navigateur.get("/"))
        page = lu(navigateur.get("/lettres/"))
        assert "Camille Durand" in page
        assert "Léa Roux" in page
        cles = [str(lettre.pk) for lettre in Lettre.objects.all()]
        reponse = navigateur.post("/lettres/imprimer/", {"lettre": cles})
        assert reponse["Content-Type"] == "application/pdf"
        papier = texte_du_pdf(reponse.content)
        for mots in ("Bonjour Camille Durand", "Bonjour Léa Roux", "12 rue des Lilas"):
            assert mots in papier
        assert "Aucune lettre n’attend" in lu(navigateur.get("/lettres/"))
        deuxieme = navigateur.post("/lettres/imprimer/", {"lettre": cles}, follow=True)
        assert "déjà imprimées" in lu(deuxieme)
        reference = Demande.objects.get(nom="Léa Roux").reference
        assert "Alice Martin a imprimé la lettre à envoyer." in lu(navigateur.get(f"/demandes/{reference}/"))


def test_a_a_letter_opened_from_its_request_is_not_printed_twice(
    demarche: Demarche, alice: Agent, sites: Sites
) -> None:
    demande = sur_papier(demarche)
    services.executer(demande, alice, "repondre", Saisie(texte="Voilà."))
    lettre = Lettre.objects.get()
    directe = f"/demandes/{demande.reference}/lettres/{lettre.evenement_id}/"
    mail = str(envois.mail(envois.envoi("a_prevenir", demande)).body)
    assert "https://agents.gru.test/lettres/" in mail
    assert directe not in mail
    with sites.agents(alice) as navigateur:
        page = lu(navigateur.get(f"/demandes/{demande.reference}/"))
        assert directe not in page
        assert page.count('href="/lettres/"') >= 3  # the menu, beside the buttons, the history
        assert navigateur.head(directe).status_code == 200
        assert Lettre.objects.get().imprimee_le is None
        version = versions.de(demande)
        navigateur.get(directe)
        assert Lettre.objects.get().imprimee_le is not None
        assert versions.de(demande) == version  # nobody is told that the request changed
        assert "Aucune lettre n’attend" in lu(navigateur.get("/lettres/"))
        navigateur.get(directe)
        page = lu(navigateur.get(f"/demandes/{demande.reference}/"))
        assert directe in page
        assert page.count("Alice Martin a imprimé la lettre à envoyer.") == 1


def test_a_the_acknowledgement_printed_at_the_counter_waits_no_more(
    demarche: Demarche, alice: Agent, sites: Sites
) -> None:
    demande = services.deposer(
        demarche=demarche, donnees=fabrique.REPONSES | {"courriel": ""}, cle_envoi=uuid.uuid4(), canal=Canal.GUICHET,
        par_agent=alice, adresse_postale="1 rue A",
    ).demande  # fmt: skip
    assert Lettre.objects.get().imprimee_le is None
    chemin = f"/saisie/enregistree/{demande.reference}/accuse.pdf"
    lea = fabriques.agent("lea", "Léa Roux", "agents", "service-voirie")
    with sites.agents(lea) as navigateur:
        assert navigateur.get(chemin).status_code == 200
    assert Lettre.objects.get().imprimee_le is None  # hers does not hold the tracking code
    with sites.agents(alice) as navigateur:
        navigateur.get(chemin)
    assert Lettre.objects.get().imprimee_le is not None
    assert demande.evenements.filter(code="lettre_imprimee").count() == 1


def test_a_letters_of_the_day_are_printed_again_of_every_kind(demarche: Demarche, alice: Agent, sites: Sites) -> None:
    """Nothing else prints again the letter to another authority, nor a decision that went by mail too."""
    usager = fabrique.usager()
    usager.adresse = "1 rue A"
    usager.save()
    services.executer(fabrique.deposer(demarche, usager).demande, alice, "accepter", Saisie(texte="Accordé."))
    saisie = Saisie(autorite=Autorite("Métropole", "1 quai du Port"))
    services.executer(fabrique.deposer(demarche).demande, alice, "transferer_autorite", saisie)
    cles = [lettre.pk for lettre in Lettre.objects.all()]
    assert len(cles) == 2
    bruno = fabriques.agent("bruno", "Bruno Petit", "agents", "service-etat-civil")
    with sites.agents(alice) as navigateur:
        assert "Imprimées aujourd’hui" not in lu(navigateur.get("/lettres/"))
        navigateur.post("/lettres/imprimer/", {"lettre": cles})
        page = lu(navigateur.get("/lettres/"))
        assert "Imprimées aujourd’hui" in page
        assert all(f'id="lettre-{cle}"' in page for cle in cles)
        papier = texte_du_pdf(navigateur.post("/lettres/imprimer/", {"lettre": cles, "encore": "1"}).content)
        assert "Accordé." in papier
        assert "Demande transmise" in papier
    with sites.agents(bruno) as navigateur:
        assert "Imprimées aujourd’hui" not in lu(navigateur.get("/lettres/"))
        assert navigateur.post("/lettres/imprimer/", {"lettre": cles, "encore": "1"}).status_code == 302
    Lettre.objects.update(imprimee_le=timezone.now() - timedelta(days=2))
    with sites.agents(alice) as navigateur:
        assert "Imprimées aujourd’hui" not in lu(navigateur.get("/lettres/"))


def test_a_letters_of_another_service_are_not_printed(demarche: Demarche, alice: Agent, sites: Sites) -> None:
    demande = sur_papier(demarche)
    services.executer(demande, alice, "repondre", Saisie(texte="Voilà."))
    bruno = fabriques.agent("bruno", "Bruno Petit", "agents", "service-etat-civil")
    with sites.agents(bruno) as navigateur:
        assert "Camille" not in lu(navigateur.get("/lettres/"))
        navigateur.post("/lettres/imprimer/", {"lettre": [Lettre.objects.get().pk]})
    assert Lettre.objects.get().imprimee_le is None


def test_a_a_decision_comes_on_paper_to_who_did_not_agree_to_mail_alone(demarche: Demarche, alice: Agent) -> None:
    """The account's page says so: « la mairie vous envoie aussi ses décisions sur papier, si elle a votre adresse »."""
    for accord, adresse, attendu in ((None, "1 rue A", 1), (timezone.now(), "1 rue A", 0), (None, "", 0)):
        Lettre.objects.all().delete()
        usager = fabrique.usager(sub=uuid.uuid4().hex[:8])
        usager.avis_numeriques_depuis, usager.adresse = accord, adresse
        usager.save()
        demande = fabrique.deposer(demarche, usager).demande
        services.executer(demande, alice, "ecrire", Saisie(texte="Nous regardons."))
        assert not Lettre.objects.exists()
        evenement = services.executer(demande, alice, "accepter", Saisie(texte="Oui."))
        assert Lettre.objects.filter(evenement=evenement).count() == attendu
        assert "acceptee" in envois.genres(cle__startswith=f"{evenement.pk}:")


def test_a_before_acting_the_agent_reads_how_many_letters_will_wait(
    demarche: Demarche, alice: Agent, sites: Sites
) -> None:
    usager = fabrique.usager()
    usager.adresse = "1 rue A"
    usager.save()
    aussi = fabrique.deposer(demarche, usager).demande
    lot = [sur_papier(demarche), aussi]
    donnees = {"reference": [demande.reference for demande in lot]}
    with sites.agents(alice) as navigateur:
        page = lu(navigateur.post("/demandes/lot/", donnees | {"action": "accepter"}))
        assert insecables("2 lettres vous attendront page « Lettres ».") in page
        assert "en suivant" not in page  # no letter says so
        page = lu(navigateur.post("/demandes/lot/", donnees | {"action": "ecrire"}))
        assert insecables("Une lettre vous attendra page « Lettres ».") in page
        page = lu(navigateur.get(f"/demandes/{aussi.reference}/accepter/"))
    assert (
        insecables("Cette personne n’a pas accepté les décisions par e-mail seulement : une lettre vous attendra")
        in page
    )


def test_a_the_account_promises_paper_only_where_an_address_is_known(sites: Sites, db: None) -> None:
    sites.se_connecter(fabrique.usager())
    page = lu(sites.habitant.get("/compte/"))
    assert "la mairie vous envoie aussi ses décisions sur papier, si elle a votre adresse" in page


def test_a_the_page_of_letters_asks_no_more_queries_for_more_letters(
    demarche: Demarche, alice: Agent, sites: Sites
) -> None:
    comptes = []
    with sites.agents(alice) as navigateur:
        for _ in range(2):
            for _ in range(3):
                services.executer(sur_papier(demarche), alice, "repondre", Saisie(texte="Voilà."))
            navigateur.get("/lettres/")
            with CaptureQueriesContext(
                connection,
            ) as requetes:
                navigateur.get("/lettres/")
            comptes.append(len(requetes))
    assert comptes[0] == comptes[1]


# --- Transmission ---------------------------------------------------------------------------------


def test_a_a_request_said_to_be_passed_on_leaves_with_its_files(demarche: Demarche, alice: Agent) -> None:
    demande = fabrique.deposer(demarche).demande
    services.ecrire_usager(demande, "Voici une photo.", [_photo()], par=fabrique.par_code(demande))
    services.executer(demande, alice, "noter", Saisie(texte="Secret entre agents."))
    services.executer(
        demande,
        alice,
        "transferer_autorite",
        Saisie(autorite=Autorite("Département", courriel="routes@departement.test")),
    )
    mail = envois.mail(envois.envoi("transmission", demande))
    assert mail.to == ["routes@departement.test"]
    assert "La mairie d'Admiville a reçu le" in str(mail.body)
    noms = [nom for nom, _, _ in mail.attachments]
    assert noms == [f"demande-{demande.reference}.pdf", "trou.jpg"]
    dossier = texte_du_pdf(mail.attachments[0][1])
    for mots in ("12 rue des Lilas", "Camille Durand", "camille@exemple.fr", "Voici une photo", "trou.jpg"):
        assert mots in dossier
    assert "Secret entre agents" not in dossier


def test_a_without_mail_address_the_request_leaves_by_a_letter(demarche: Demarche, alice: Agent, sites: Sites) -> None:
    demande = fabrique.deposer(demarche).demande
    services.executer(
        demande, alice, "transferer_autorite", Saisie(autorite=Autorite("Métropole", "1 quai du Port\n99000 Admiville"))
    )
    lettre = Lettre.objects.get(pour=Lettre.Pour.ORGANISME)
    with sites.agents(alice) as navigateur:
        contenu = navigateur.post("/lettres/imprimer/", {"lettre": [lettre.pk]}).content
    papier = texte_du_pdf(contenu)
    for mots in ("1 quai du Port", "Demande transmise", "12 rue des Lilas", "Un trou d’un mètre"):
        assert mots in papier
    with pikepdf.open(io.BytesIO(contenu)) as ouvert:
        assert len(ouvert.pages) >= 2


def test_a_a_file_too_heavy_for_a_mail_keeps_no_other_back_and_goes_by_post(
    demarche: Demarche, alice: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    demande = fabrique.deposer(demarche).demande
    photo, plan = _photo(), Fichier("plan.pdf", "application/pdf", fabrique.pdf())
    assert plan.taille < photo.taille
    services.ecrire_usager(demande, "Voici.", [photo, plan], par=fabrique.par_code(demande))
    monkeypatch.setattr(dossier, "POIDS_MAX", photo.taille - 1)
    services.executer(
        demande,
        alice,
        "transferer_autorite",
        Saisie(autorite=Autorite("Métropole", "1 quai B", "routes@metropole.test")),
    )
    mail = envois.mail(envois.envoi("transmission", demande))
    assert [nom for nom, _, _ in mail.attachments] == [f"demande-{demande.reference}.pdf", "plan.pdf"]
    assert "sauf ceux qui sont trop lourds pour un e-mail" in str(mail.body)
    assert "- trou.jpg" in str(mail.body)
    papier = dossier.contexte(demande, papier=True)
    assert [piece.nom for piece in papier["jointes"]] == ["trou.jpg", "plan.pdf"]
    assert papier["restees"] == []


def test_a_a_letter_gives_back_nothing_that_its_reader_wrote(demarche: Demarche) -> None:
    demande = sur_papier(demarche)
    services.annuler(demande, "C’est réparé, merci.", par=fabrique.par_code(demande))
    retrait = demande.evenements.get(code="annulation")
    retrait.demande = demande
    joindre(demande, [_photo()], message=demande.messages.get())
    assert "C’est réparé" not in lettres.page(retrait)
    with pikepdf.open(io.BytesIO(lettres.lettre_pdf(retrait))) as papier:
        assert len(papier.pages) == 1


def test_a_a_transmission_that_comes_back_is_told_as_one_and_leaves_by_post(
    demarche: Demarche, alice: Agent, sites: Sites
) -> None:
    demande = fabrique.deposer(demarche).demande
    services.executer(
        demande, alice, "transferer_autorite", Saisie(autorite=Autorite("Métropole", courriel="faux@metropole.test"))
    )
    envoi = envois.envoi("transmission", demande)
    assert not Lettre.objects.exists()
    for _ in range(2):  # servers may tell twice
        genre_de(envoi.genre).retour(envoi, Avis("5.1.1", definitif=True))
    phrase = "La demande n'a pas pu être remise à l'organisme : l'adresse n'existe pas. Transmettez-la autrement."
    revenue = demande.evenements.latest("pk")
    assert (revenue.phrase(), revenue.visible_usager) == (phrase, False)
    lettre = Lettre.objects.get()
    with sites.agents(alice) as navigateur:
        page = lu(navigateur.get(f"/demandes/{demande.reference}/"))
        assert insecables(f"{phrase} Une lettre vous attend page « Lettres ».") in page
        assert "Métropole" in lu(navigateur.get("/lettres/"))
        contenu = navigateur.post("/lettres/imprimer/", {"lettre": [lettre.pk]}).content
        assert "Une lettre vous attend" not in lu(navigateur.get(f"/demandes/{demande.reference}/"))
    assert "Demande transmise" in texte_du_pdf(contenu)


def test_a_nothing_is_said_to_be_passed_on_to_nowhere(demarche: Demarche, alice: Agent, sites: Sites) -> None:
    demande = fabrique.deposer(demarche).demande
    with pytest.raises(services.SaisieRefusee, match="la demande y part"):
        services.executer(demande, alice, "transferer_autorite", Saisie(autorite=Autorite("Département")))
    with sites.agents(alice) as navigateur:
        donnees = {"version": versions.de(demande), "organisme": "Département"}
        page = lu(navigateur.post(f"/demandes/{demande.reference}/transferer-autorite/", donnees))
    assert "la demande y part" in page
    assert not Transfert.objects.exists()


# --- Preview --------------------------------------------------------------------------------------

_ASSEZ: dict[Effet, dict[str, Any]] = {
    Effet.DEMANDER: {"pieces": (DemandeDePiece("Un plan"),)},
    Effet.TRANSFERER_SERVICE: {"service": "etat-civil"},
    Effet.TRANSFERER_AUTORITE: {"autorite": Autorite("Département", "1 rue B")},
}


def test_a_the_preview_is_the_mail_sent_for_every_act_of_every_workflow(livrees: list[Demarche], db: None) -> None:
    vues = set()
    for demarche in livrees:
        circuit = demarche.lue.workflow
        if circuit in vues:
            continue
        vues.add(circuit)
        agent = fabrique.AgentDeTest("denise", "Denise Roy", ["agents", "direction", demarche.service.groupe])
        modele = fabrique.variante(workflow=circuit)
        agent.groupes.append(modele.service.groupe)
        for transition in workflow.de(fabrique.deposer(modele).demande).transitions:
            if transition.par is not Acteur.AGENT or not transition.previent_usager:
                continue
            demande = fabrique.deposer(modele).demande
            origine = next(iter(sorted(workflow.de(demande).origines(transition))))
            statut = workflow.de(demande).statuts_par_code[origine]
            Demande.objects.filter(pk=demande.pk).update(statut=origine, nature=statut.nature.value)
            demande = Demande.objects.get(pk=demande.pk)
            agent.groupes.extend(transition.groupes)
            action = Action.de_code(demande, transition.code)
            assert action is not None
            saisie = Saisie(texte="Voici.", motif=next(iter(transition.motifs), ""), **_ASSEZ.get(transition.effet, {}))
            avant = _etat(demande)
            apercu = action.apercu(demande, agent, None if not action.courriel_selon_la_saisie else saisie)
            assert _etat(demande) == avant, "un aperçu ne change rien"
            evenement = services.executer(demande, agent, transition.code, saisie)
            genre = next(
                g for g in envois.genres(cle__startswith=f"{evenement.pk}:") if g not in ("transmise", "transmission")
            )
            mail = envois.mail(envois.envoi(genre, demande))
            assert apercu is not None
            assert (apercu.sujet, apercu.corps) == (mail.subject, mail.body), f"{circuit} : {transition.code}"
    assert len(vues) == 6


def _etat(demande: Demande) -> tuple[Any, ...]:
    demande_ = Demande.objects.get(pk=demande.pk)
    return (
        demande_.statut,
        demande_.agent_sub,
        Evenement.objects.filter(demande=demande).count(),
        Envoi.objects.count(),
    )


def test_a_what_hangs_on_a_choice_is_previewed_once_chosen(demarche: Demarche, alice: Agent, sites: Sites) -> None:
    demande = fabrique.deposer(demarche).demande
    adresse = f"/demandes/{demande.reference}/demander-complement/"
    with sites.agents(alice) as navigateur:
        page = lu(navigateur.get(adresse))
        assert "Lire l’e-mail qui va partir" not in page
        assert "Lire l’e-mail avant de l’envoyer" in page
        donnees = {"version": versions.de(demande), "autre_1": "Un plan", "voir_courriel": "oui"}
        page = lu(navigateur.post(adresse, donnees))
    assert "il manque un document pour votre demande" in page
    assert "Un plan" in page
    assert not Evenement.objects.filter(code="pieces_demandees").exists()


def _photo() -> Any:
    return Fichier("trou.jpg", "image/jpeg", fabrique.photo())
