"""What agents do to a request: once, on the state they had read, told beforehand and confirmed after."""

from __future__ import annotations

import html
from collections.abc import Callable
from io import BytesIO
from threading import Barrier, Thread

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from PIL import Image

from guichet.demandes import services
from guichet.demandes.droits import Demandeur
from guichet.demandes.models import Demande, Evenement, Message
from guichet.instruction import versions
from guichet.instruction.models import Agent
from socle.envois.models import Envoi
from socle.typographie.espaces import insecables
from tests.guichet import actes as agir
from tests.guichet import envois
from tests.guichet.actes import Statut
from tests.guichet.instruction import fabriques

Connecte = Callable[..., Client]


def adresse(demande: Demande, chemin: str = "") -> str:
    return f"/demandes/{demande.reference}/{chemin}"


def champs(demande: Demande, texte: str = "") -> dict[str, str]:
    return {"version": versions.de(demande), "texte": texte}


def lu(reponse: object) -> str:
    return html.unescape(reponse.content.decode())  # type: ignore[attr-defined]


def test_a_request_from_receipt_to_closing(demande: Demande, alice: Agent, connecte: Connecte) -> None:
    navigateur = connecte(alice)
    suites = [
        ("prendre-en-charge/", "", Statut.EN_COURS, "Vous êtes maintenant en charge"),
        ("demander-complement/", "Quel numéro ?", Statut.ATTENTE_USAGER, "Votre question est envoyée"),
        ("noter/", "Vu avec l’équipe.", Statut.ATTENTE_USAGER, "L’usager ne la voit pas"),
        ("repondre/", "L’équipe passe jeudi.", Statut.REPONDUE, "Votre réponse est envoyée"),
        ("clore/", "Réparé.", Statut.CLOSE, "La demande est close"),
    ]
    for chemin, texte, statut, dit in suites:
        reponse = navigateur.post(adresse(demande, chemin), champs(demande, texte), follow=True)
        assert reponse.redirect_chain == [(adresse(demande), 303)]
        assert dit in lu(reponse)
        demande.refresh_from_db()
        assert demande.statut == statut
    page = lu(navigateur.get(adresse(demande)))
    for mots in (
        "Alice Martin a pris la demande en charge.",
        "Alice Martin a posé une question",
        "Alice Martin a clos la demande.",
        "Quel numéro ?",
        "Vu avec l’équipe.",
        "note interne",
        "L’équipe passe jeudi.",
        "Demande close",
    ):
        assert insecables(mots) in page
    assert envois.genres(destinataire=demande.courriel) == [
        "accuse",
        "complement_demande",
        "reponse",
        "close",
    ]


def test_the_page_says_what_the_request_is(demande: Demande, alice: Agent, connecte: Connecte) -> None:
    piece = fabriques.photo(demande)
    page = lu(connecte(alice).get(adresse(demande)))
    for mots in (
        "Signaler un problème de voirie",
        demande.reference,
        "Reçue aujourd’hui",
        "Canal : site internet",
        "Camille Durand",
        "camille.durand@gru.test",
        "06 12 34 56 78",
        "12 rue des Lilas",
        "Éclairage",
        "Le lampadaire ne s’allume plus.",
        "À prendre en charge",
        "le silence vaut refus",
        "avec un code, sans compte",
        f"pieces/{piece.pk}/apercu/",
    ):
        assert insecables(mots) in page
    assert "{{" not in page


def test_typed_reference_leads_to_the_page(demande: Demande, alice: Agent, connecte: Connecte) -> None:
    reponse = connecte(alice).get(f"/demandes/{demande.reference.replace('-', '').lower()}/")
    assert (reponse.status_code, reponse["Location"]) == (302, adresse(demande))


@pytest.mark.parametrize("chemin", ["repondre/", "ecrire/", "noter/"])
def test_a_forgotten_text_is_said_in_words_and_changes_nothing(
    chemin: str, demande: Demande, alice: Agent, connecte: Connecte
) -> None:
    reponse = connecte(alice).post(adresse(demande, chemin), champs(demande, "   "))
    page = lu(reponse)
    assert reponse.status_code == 200
    assert "<title>Erreur : " in page
    assert page.count("Écrivez votre ") == 2  # summary and field
    assert 'aria-invalid="true"' in page
    assert not Message.objects.exists()


def test_before_acting_the_page_says_what_will_happen_and_shows_the_mail(
    demande: Demande, alice: Agent, connecte: Connecte
) -> None:
    page = lu(connecte(alice).get(adresse(demande, "repondre/")))
    assert "L’usager reçoit un e-mail à l’adresse camille.durand@gru.test" in page
    assert insecables("passe à l’état « Répondue »") in page
    assert "Vous en devenez la personne en charge." in page
    assert f"la mairie a répondu à votre demande n°\u00a0{demande.reference}" in page
    assert Envoi.objects.count() == 2  # those of the filing: a preview sends nothing
    assert not mail.outbox


def test_who_left_no_address_is_not_promised_a_mail(demande: Demande, alice: Agent, connecte: Connecte) -> None:
    Demande.objects.filter(pk=demande.pk).update(courriel="")
    page = lu(connecte(alice).get(adresse(demande, "clore/")))
    assert "n’a pas laissé d’e-mail" in page
    assert "06 12 34 56 78" in page
    assert "Lire l’e-mail" not in page


def test_sending_a_form_twice_acts_once(demande: Demande, alice: Agent, connecte: Connecte) -> None:
    navigateur = connecte(alice)
    for chemin, texte in (
        ("prendre-en-charge/", ""),
        ("noter/", "À voir."),
        ("repondre/", "C’est fait."),
        ("clore/", ""),
    ):
        envoi = champs(demande, texte)
        reponses = [navigateur.post(adresse(demande, chemin), envoi) for _ in range(3)]
        assert [r.status_code for r in reponses] == [303, 303, 303]
    codes = list(Evenement.objects.filter(demande=demande).order_by("pk").values_list("code", flat=True))
    assert codes == ["recue", "prise_en_charge", "note", "reponse", "close"]
    assert Message.objects.count() == 2


def test_a_colleague_was_faster(demande: Demande, alice: Agent, chloe: Agent, connecte: Connecte) -> None:
    envoi = champs(demande, "Nous passerons jeudi.")
    agir.repondre(demande, chloe, "C’est réparé.")
    navigateur = connecte(alice)
    reponse = navigateur.post(adresse(demande, "repondre/"), envoi)
    page = lu(reponse)
    assert reponse.status_code == 409
    assert "Chloé Bernard vient de modifier cette demande" in page
    assert "Chloé Bernard, responsable du service (service Voirie), a répondu à l'usager." in page
    assert "Nous passerons jeudi." in page
    assert Message.objects.count() == 1
    # Having read, Alice confirms.
    assert navigateur.post(adresse(demande, "repondre/"), champs(demande, "Nous passerons jeudi.")).status_code == 303
    assert Message.objects.count() == 2


def test_the_resident_wrote_meanwhile(demande: Demande, alice: Agent, connecte: Connecte) -> None:
    envoi = champs(demande)
    services.ecrire_usager(demande, "C’est encore pire.", par=Demandeur(ouvertes_par_code=frozenset({demande.pk})))
    reponse = connecte(alice).post(adresse(demande, "clore/"), envoi)
    assert reponse.status_code == 409
    assert "L’usager vient d’écrire" in lu(reponse)
    assert "C’est encore pire." in lu(reponse)


def test_a_request_closed_meanwhile_gives_the_text_back(
    demande: Demande, alice: Agent, chloe: Agent, connecte: Connecte
) -> None:
    envoi = champs(demande, "Nous passerons jeudi.")
    agir.clore(demande, chloe, "Réparé.")
    reponse = connecte(alice).post(adresse(demande, "repondre/"), envoi)
    page = lu(reponse)
    assert reponse.status_code == 409
    assert "Cette action n’est plus possible" in page
    assert "Chloé Bernard" in page
    assert "Nous passerons jeudi." in page


def test_a_form_without_version_acts_on_nothing(demande: Demande, alice: Agent, connecte: Connecte) -> None:
    assert connecte(alice).post(adresse(demande, "clore/"), {}).status_code == 409
    demande.refresh_from_db()
    assert demande.statut == Statut.RECUE


def test_forms_are_protected_from_other_sites(demande: Demande, alice: Agent, connecte: Connecte) -> None:
    navigateur = connecte(alice, enforce_csrf_checks=True)
    assert navigateur.post(adresse(demande, "clore/"), champs(demande)).status_code == 403
    for chemin in ("", "repondre/"):
        page = lu(navigateur.get(adresse(demande, chemin)))
        assert page.count("<form") == page.count('name="csrfmiddlewaretoken"')


def test_an_unknown_action_is_not_a_page(demande: Demande, alice: Agent, connecte: Connecte) -> None:
    for chemin in ("supprimer/", "fournir/", "ecrire-avant/", "prendre_en_charge/"):
        assert connecte(alice).get(adresse(demande, chemin)).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_agents_at_the_same_moment_one_acts(
    demande: Demande, alice: Agent, chloe: Agent, connecte: Connecte
) -> None:
    envoi = champs(demande)
    depart, statuts = Barrier(2), []

    def courir(agent: Agent) -> None:
        navigateur = connecte(agent)
        depart.wait()
        statuts.append(navigateur.post(adresse(demande, "prendre-en-charge/"), envoi).status_code)
        connection.close()

    coureurs = [Thread(target=courir, args=(agent,)) for agent in (alice, chloe)]
    for coureur in coureurs:
        coureur.start()
    for coureur in coureurs:
        coureur.join()
    assert sorted(statuts) == [303, 409]
    assert Evenement.objects.filter(code="prise_en_charge").count() == 1


def test_photos_open_as_images_and_in_small(demande: Demande, alice: Agent, connecte: Connecte) -> None:
    piece = fabriques.photo(demande, "été.jpg")
    navigateur = connecte(alice)
    entiere = navigateur.get(adresse(demande, f"pieces/{piece.pk}/"))
    assert (entiere.status_code, entiere["Content-Type"]) == (200, "image/jpeg")
    assert entiere["Content-Disposition"].startswith("inline")
    assert entiere["X-Content-Type-Options"] == "nosniff"
    vignette = navigateur.get(adresse(demande, f"pieces/{piece.pk}/vignette/"))
    assert Image.open(BytesIO(vignette.content)).size == (400, 300)
    assert len(vignette.content) < len(entiere.content)


def test_a_file_that_a_browser_could_run_is_only_downloaded(demande: Demande, alice: Agent, connecte: Connecte) -> None:
    piece = fabriques.photo(demande, "page.html")
    type(piece).objects.filter(pk=piece.pk).update(type_mime="text/html")
    reponse = connecte(alice).get(adresse(demande, f"pieces/{piece.pk}/"))
    assert reponse["Content-Disposition"].startswith("attachment")
    assert reponse["Content-Type"] == "application/octet-stream"
    assert connecte(alice).get(adresse(demande, f"pieces/{piece.pk}/vignette/")).status_code == 404


def test_what_people_write_is_never_a_page_of_ours(demande: Demande, alice: Agent, connecte: Connecte) -> None:
    Demande.objects.filter(pk=demande.pk).update(nom="<script>alert(1)</script>")
    agir.noter(demande, alice, "<img src=x onerror=alert(1)>")
    for chemin in ("", "repondre/"):
        page = connecte(alice).get(adresse(demande, chemin)).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
