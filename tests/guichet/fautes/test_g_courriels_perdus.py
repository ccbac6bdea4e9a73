"""Kind G: a mail that never arrives. A likely slip is questioned, what comes back is said, the person mends it."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django import forms
from django.test import Client

from guichet.demandes import courriels, joignable, lettres, references
from guichet.demandes.droits import AccesRefuse, Demandeur
from guichet.demandes.models import CanalReponse, Demande, Evenement, Lettre, Suspension
from guichet.demandes.services import DemandeDePiece, Saisie, deposer, executer
from guichet.instruction.fiche import fiche_de
from socle.composants.courriels import ChampCourriel, suggestion
from socle.envois import services as envois_services
from socle.envois.models import Envoi
from socle.envois.retours import Avis
from tests.guichet import envois, fabrique
from tests.guichet.fabrique import ALICE, RECUE, au, par_code

ADRESSE = "12 rue des Lilas\n99000 Admiville"
INCONNUE = Avis("5.1.1", True)


# --- A likely slip is questioned, once --------------------------------------------------------------


@pytest.mark.parametrize(
    ("tapee", "proposee"),
    [
        ("camille@gmial.com", "camille@gmail.com"),
        ("camille@gmail.con", "camille@gmail.com"),
        ("camille@gmail.fr", "camille@gmail.com"),
        ("camille@hotmial.fr", "camille@hotmail.fr"),
        ("camille@hotmail.frr", "camille@hotmail.fr"),
        ("camille@orange", "camille@orange.fr"),
        ("camille@wanado.fr", "camille@wanadoo.fr"),
        ("camille@gmial.exemple", "camille@gmail.com"),
        ("camille@laposte.ner", "camille@laposte.net"),
        ("camille@gmailcom", "camille@gmail.com"),
        ("camille@fere.fr", "camille@free.fr"),
        ("camille@mairie-massy.f", "camille@mairie-massy.fr"),
        ("Camille.Durand@YAHO.FR", "Camille.Durand@yahoo.fr"),
    ],
)
def test_a_slip_is_seen(tapee: str, proposee: str) -> None:
    assert suggestion(tapee) == proposee
    assert suggestion(proposee) == ""


@pytest.mark.parametrize(
    "bonne",
    ["gmail.com", "free.fr", "sfr.fr", "me.com", "yahoo.be", "hotmail.co.uk", "orange.sn", "ac-versailles.fr",
     "essonne.gouv.fr", "mairie-massy.fr", "gru.test", "fred.fr", "mail.com", "exemple.fr", "proton.me", "laposte.fr"],
)  # fmt: skip
def test_real_addresses_are_left_alone(bonne: str) -> None:
    assert suggestion(f"camille@{bonne}") == ""


class Formulaire(forms.Form):
    courriel = ChampCourriel()


def test_the_question_is_asked_once_and_the_address_may_be_kept() -> None:
    """Without JavaScript: sent again unchanged, it is kept; changed for another slip, the question comes again."""
    premier = Formulaire({"courriel": "camille@gmial.com"})
    assert "Vouliez-vous écrire camille@gmail.com ?" in str(premier.errors)
    gardee = 'name="courriel-gardee" value="camille@gmial.com"'
    assert gardee in str(premier["courriel"])
    encore = {"courriel": "camille@gmial.com", "courriel-gardee": "camille@gmial.com"}
    assert Formulaire(encore).is_valid()
    assert not Formulaire({**encore, "courriel": "camille@gmal.com"}).is_valid()
    assert Formulaire({"courriel": "camille@gmail.com"}).is_valid()


def test_an_address_without_its_end_is_told_what_it_lacks() -> None:
    assert "Vouliez-vous écrire camille@orange.fr ?" in str(Formulaire({"courriel": "camille@orange"}).errors)
    assert "Vouliez-vous" not in str(Formulaire({"courriel": "rien"}).errors)


# --- What comes back --------------------------------------------------------------------------------


def demande_de(**options: Any) -> Demande:
    with au(RECUE):
        return deposer(
            demarche=fabrique.variante(workflow="standard", delai={"silence": options.pop("silence", "rejet")}),
            donnees=fabrique.REPONSES,
            cle_envoi=uuid.uuid4(),
            usager=options.pop("usager", None),
            **options,
        ).demande


def revient(genre: str, demande: Demande) -> None:
    envoi = envois.envoi(genre, demande)
    Envoi.objects.filter(pk=envoi.pk).update(parti_le=envoi.cree_le)
    assert envois_services.noter_retour(envoi.pk, INCONNUE)


def demander_une_piece(demande: Demande) -> Evenement:
    with au(RECUE + timedelta(days=1)):
        return executer(
            demande, ALICE, "demander_complement", Saisie(pieces=(DemandeDePiece("Plan"),), limite=date(2026, 12, 24))
        )


@pytest.mark.django_db
def test_what_came_back_is_written_on_paper_where_an_address_is_known() -> None:
    demande = demande_de(adresse_postale=ADRESSE)
    evenement = demander_une_piece(demande)
    assert not Lettre.objects.filter(demande=demande).exists()
    revient("pieces_demandees", demande)
    assert [lettre.evenement for lettre in Lettre.objects.filter(demande=demande)] == [evenement]
    assert "page « Lettres »" in " ".join(fiche_de(Demande.objects.get(pk=demande.pk), ALICE, []).consignes)


@pytest.mark.parametrize("silence", ["rejet", "accord"])
@pytest.mark.django_db
def test_what_was_never_received_does_not_stop_the_clock(silence: str) -> None:
    """CRPA L.114-5, R.112-5: an unread request for pieces is not held against the person."""
    demande = demande_de(silence=silence)
    sans_arret = demande.echeance_le
    demander_une_piece(demande)
    assert demande.suspendue_depuis
    with au(RECUE + timedelta(days=2)):
        revient("pieces_demandees", demande)
        demande.refresh_from_db()
        assert (demande.echeance_le, demande.suspendue_depuis) == (sans_arret, None)
        assert "court toujours" in " ".join(fiche_de(demande, ALICE, []).consignes)


@pytest.mark.django_db
def test_the_clock_stops_once_the_person_is_reached() -> None:
    """By a corrected address or by a letter printed: from that day, with the whole time given."""
    demande = demande_de()
    demander_une_piece(demande)
    with au(RECUE + timedelta(days=2)):
        revient("pieces_demandees", demande)
    with au(RECUE + timedelta(days=10)):
        changer(demande, courriel="camille.durand@exemple.fr")
    suspension = Suspension.objects.get(demande=demande)
    assert (suspension.debut, suspension.limite) == (date(2026, 12, 3), date(2027, 1, 2))
    demande.refresh_from_db()
    assert demande.suspendue_depuis == date(2026, 12, 3)
    assert demande.complements.get().limite_le == date(2027, 1, 2)


@pytest.mark.django_db
def test_a_letter_printed_tells_what_the_lost_mail_had_asked() -> None:
    demande = demande_de(adresse_postale=ADRESSE)
    demander_une_piece(demande)
    with au(RECUE + timedelta(days=2)):
        revient("pieces_demandees", demande)
    with au(RECUE + timedelta(days=5)):
        cles = Lettre.objects.filter(demande=demande).values_list("pk", flat=True)
        lettres.imprimer(ALICE, [demande.service], cles)
    assert Suspension.objects.get(demande=demande).debut == date(2026, 11, 28)


# --- The person mends it ----------------------------------------------------------------------------


def changer(demande: Demande, **choix: Any) -> Evenement | None:
    voulu = {"courriel": demande.courriel, "adresse_postale": "", "canal_reponse": CanalReponse.COURRIEL} | choix
    return joignable.changer(demande, **voulu, par=par_code(demande))


@pytest.mark.django_db
def test_a_corrected_address_gets_what_the_wrong_one_missed() -> None:
    demande = demande_de()
    demander_une_piece(demande)
    revient("accuse", demande)
    evenement = changer(demande, courriel="camille.durand@exemple.fr")
    assert evenement is not None
    nouveaux = {e.genre: e for e in Envoi.objects.filter(cle__startswith=f"{evenement.pk}:")}
    assert nouveaux.keys() == {"demandes.accuse", "demandes.relance"}  # nothing to an address that is known as dead
    assert {e.destinataire for e in nouveaux.values()} == {"camille.durand@exemple.fr"}
    assert references.code_de(demande) in str(envois.mail(nouveaux["demandes.accuse"]).body)
    demande.refresh_from_db()
    assert demande.donnees["courriel"] == "camille.durand@exemple.fr"
    assert joignable.revenu(demande) is None


@pytest.mark.django_db
def test_the_former_address_is_told() -> None:
    """Whoever has the code, or an open session, does not take a request over in silence."""
    demande = demande_de()
    evenement = changer(demande, courriel="camille.durand@exemple.fr")
    assert evenement is not None
    envoi = Envoi.objects.get(cle=f"{evenement.pk}:adresse_changee")
    assert envoi.destinataire == "camille@exemple.fr"
    mail = str(envois.mail(envoi).body)
    assert "Ce n'était pas vous" in mail
    assert references.code_de(demande) not in mail


@pytest.mark.django_db
def test_somebody_else_changes_nothing() -> None:
    demande = demande_de()
    with pytest.raises(AccesRefuse):
        joignable.changer(
            demande, courriel="x@exemple.fr", adresse_postale="", canal_reponse="courriel", par=Demandeur()
        )


@pytest.mark.django_db
def test_another_channel_is_offered_and_brings_what_was_lost() -> None:
    demande = demande_de()
    demander = demander_une_piece(demande)
    revient("pieces_demandees", demande)
    changer(demande, canal_reponse=CanalReponse.COURRIER, adresse_postale=ADRESSE)
    assert [lettre.evenement for lettre in Lettre.objects.filter(demande=demande)] == [demander]


@pytest.mark.parametrize("avec_compte", [False, True])
@pytest.mark.django_db
def test_on_the_site_with_and_without_account(client: Client, avec_compte: bool) -> None:
    usager = fabrique.usager() if avec_compte else None
    demande = demande_de(usager=usager)
    if usager:
        session: Any = client.session
        session["usager_id"] = str(usager.pk)
        session.save()
        client.cookies["portail_session"] = session.session_key
    else:
        client.post("/suivi/", {"reference": demande.reference, "code": references.code_de(demande)})
    page = f"/mes-demarches/{demande.reference}/"
    assert "Corriger mon adresse e-mail" in client.get(page).content.decode()
    revient("accuse", demande)
    assert "Nos e-mails ne vous parviennent pas" in client.get(page).content.decode()
    choix = {"courriel": "camille@gmial.com", "canal_reponse": "courriel", "adresse_postale": ""}
    doute = client.post(f"{page}joindre/", choix)
    assert "camille@gmail.com" in doute.content.decode()
    vide = client.post(f"{page}joindre/", {**choix, "courriel": ""})
    assert "(facultatif)" not in vide.content.decode()  # one of the two addresses is needed, by the choice
    assert "Écrivez l&#x27;adresse e-mail où recevoir les réponses." in vide.content.decode()
    suite = client.post(f"{page}joindre/", {**choix, "courriel": "camille@gmail.com"}, follow=True)
    assert "la mairie vous écrit maintenant à camille@gmail.com" in suite.content.decode()
    assert "Nos e-mails ne vous parviennent pas" not in suite.content.decode()
    demande.refresh_from_db()
    assert demande.courriel == "camille@gmail.com"


# --- A wish for letters silences no mail ------------------------------------------------------------


@pytest.mark.parametrize("canal", [CanalReponse.COURRIER, CanalReponse.TELEPHONE])
@pytest.mark.django_db
def test_who_wants_letters_or_calls_also_gets_the_mail(canal: CanalReponse) -> None:
    demande = demande_de(canal_reponse=canal, adresse_postale=ADRESSE)
    demander_une_piece(demande)
    assert envois.envoi("pieces_demandees", demande).destinataire == "camille@exemple.fr"
    assert envois.envoi("a_prevenir", demande).destinataire == demande.service.courriel
    assert Lettre.objects.filter(demande=demande).count() == (canal == CanalReponse.COURRIER)
    assert courriels.recoit_un_courriel(demande)
