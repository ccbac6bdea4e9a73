"""The list: what it shows first, how it is filtered, searched and paged, and what it costs."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from guichet.demandes import services
from guichet.demandes.droits import Demandeur
from guichet.demandes.models import Demande
from guichet.demarches.models import Demarche
from guichet.instruction.models import Agent
from guichet.instruction.pagination import TAILLE, Curseur
from socle.typographie.espaces import insecables
from tests.guichet import actes as agir
from tests.guichet.instruction import fabriques

Connecte = Callable[..., Client]


def lire(navigateur: Client, adresse: str) -> str:
    reponse = navigateur.get(adresse)
    assert reponse.status_code == 200
    return html.unescape(reponse.content.decode())


def references(page: str) -> list[str]:
    """Requests of the list itself, in its order."""
    _, _, liste = page.partition("<tbody")
    return re.findall(r'class="demande__reference">([^<]+)<', liste)


def vieillir(demande: Demande, jours: int) -> None:
    Demande.objects.filter(pk=demande.pk).update(recue_le=timezone.now() - timedelta(days=jours))


def test_home_begins_with_what_waits_for_me_and_since_when(
    voirie: Demarche, alice: Agent, chloe: Agent, connecte: Connecte
) -> None:
    mienne, a_prendre, autre, chez_l_usager = (
        fabriques.deposer(voirie, nom=nom) for nom in ("Un", "Deux", "Trois", "Quatre")
    )
    agir.prendre_en_charge(mienne, alice)
    agir.demander_complement(mienne, alice, "Quel numéro ?")
    services.ecrire_usager(mienne, "Le 12.", par=Demandeur(ouvertes_par_code=frozenset({mienne.pk})))
    agir.prendre_en_charge(autre, chloe)
    agir.demander_complement(chez_l_usager, alice, "Où ?")
    vieillir(a_prendre, 3)
    haut = lire(connecte(alice), "/")
    assert "Une demande vous attend." in haut
    assert f"/demandes/{mienne.reference}/" in haut
    assert "L’usager a écrit" in haut
    assert "depuis <time" in haut
    assert "Voir la demande à prendre en charge" in haut
    assert "Reçue il y a 3\u00a0jours." in haut
    for absente in (a_prendre, autre, chez_l_usager):
        assert absente.reference not in haut


@pytest.mark.usefixtures("voirie")
def test_home_says_when_nothing_waits(alice: Agent, connecte: Connecte) -> None:
    page = lire(connecte(alice), "/")
    assert "Rien ne vous attend." in page
    assert "Ici apparaîtront" in page
    assert "Aucune demande à suivre" in lire(connecte(alice), "/demandes/")


@pytest.mark.django_db
def test_an_agent_without_service_is_told_what_to_do(connecte: Connecte) -> None:
    seul = fabriques.agent("denis", "Denis", "agents")
    for adresse in ("/", "/demandes/"):
        assert "Vous n’êtes rattaché à aucun service" in lire(connecte(seul), adresse)


def test_a_row_says_what_an_agent_needs(demande: Demande, alice: Agent, connecte: Connecte) -> None:
    vieillir(demande, 3)
    page = lire(connecte(alice), "/demandes/")
    for mots in (
        demande.reference,
        "Signaler un problème de voirie",
        "12 rue des Lilas",
        "Camille Durand",
        "il y a 3\u00a0jours",
        "Reçue",
        "Le service",
    ):
        assert mots in page


@pytest.mark.parametrize(
    ("jours", "mots"),
    [
        (0, "aujourd’hui"),
        (1, "hier"),
        (2, "il y a 2 jours"),
        (13, "il y a 13 jours"),
        (14, "il y a 2 semaines"),
        (59, "il y a 8 semaines"),
        (60, "il y a 2 mois"),
        (364, "il y a 12 mois"),
        (365, "il y a 1 an"),
        (800, "il y a 2 ans"),
    ],
)
def test_ages_in_words(jours: int, mots: str) -> None:
    from guichet.instruction.temps import age

    midi = timezone.localtime().replace(hour=12)
    assert age(midi - timedelta(days=jours)) == mots  # of the town's clock: 24 h times 60 may be 59 of its days


def test_ages_count_the_days_of_the_town() -> None:
    """The last hour of a winter's day: 60 times 24 h before, in summer, it was already the next day."""
    from guichet.instruction.temps import age

    assert age(datetime(2026, 9, 28, 22, 30, tzinfo=UTC), date(2026, 11, 27)) == "il y a 8 semaines"
    assert age(datetime(2026, 9, 28, 21, 30, tzinfo=UTC), date(2026, 11, 27)) == "il y a 2 mois"


@pytest.fixture
def varietes(voirie: Demarche, alice: Agent, chloe: Agent) -> dict[str, Demande]:
    noms = ("recue", "mienne", "collegue", "attente", "repondue", "close")
    demandes = {nom: fabriques.deposer(voirie, nom=nom) for nom in noms}
    agir.prendre_en_charge(demandes["mienne"], alice)
    agir.prendre_en_charge(demandes["collegue"], chloe)
    agir.demander_complement(demandes["attente"], alice, "Où ?")
    agir.repondre(demandes["repondue"], alice, "Fait.")
    agir.clore(demandes["close"], alice)
    return demandes


@pytest.mark.parametrize(
    ("montrer", "attendues"),
    [
        ("", {"recue", "mienne", "collegue", "attente"}),
        ("moi", {"mienne"}),
        ("a-prendre", {"recue"}),
        ("en-charge", {"mienne", "attente", "repondue"}),
        ("a_traiter", {"recue"}),
        ("attente_usager", {"attente"}),
        ("repondue", {"repondue"}),
        ("close", {"close"}),
        ("retard", set()),
        ("bientot", set()),
        ("toutes", {"recue", "mienne", "collegue", "attente", "repondue", "close"}),
        ("n-importe-quoi", {"recue", "mienne", "collegue", "attente"}),
    ],
)
def test_filter_by_status(
    montrer: str, attendues: set[str], varietes: dict[str, Demande], alice: Agent, connecte: Connecte
) -> None:
    vues = set(references(lire(connecte(alice), f"/demandes/?montrer={montrer}")))
    assert vues == {varietes[nom].reference for nom in attendues}


def test_filters_by_service_and_procedure(voirie: Demarche, etat_civil: Demarche, connecte: Connecte) -> None:
    rue, acte = fabriques.deposer(voirie), fabriques.deposer(etat_civil)
    double = fabriques.agent("fanny", "Fanny", "agents", "service-voirie", "service-etat-civil")
    navigateur = connecte(double)
    assert set(references(lire(navigateur, "/demandes/"))) == {rue.reference, acte.reference}
    assert references(lire(navigateur, "/demandes/?service=etat-civil")) == [acte.reference]
    assert references(lire(navigateur, "/demandes/?demarche=signaler-voirie")) == [rue.reference]
    page = lire(navigateur, "/demandes/?service=etat-civil&demarche=signaler-voirie")
    assert "Aucun résultat" in page
    assert "Effacer les filtres" in page


@pytest.mark.parametrize(
    "saisie",
    [
        "Lefèvre",
        "lefevre",
        "LEFEV",
        "Inès Lefèvre",
        "ines.lefevre@gru.test",
        "ines.lefevre",
        "lampadaires",
        "eclaire pas",
        "rue des erables",
        "06 98 76 54 32",
        "0698765432",
        "+33 6 98 76 54 32",
    ],
)
def test_search_as_people_type(saisie: str, voirie: Demarche, alice: Agent, connecte: Connecte) -> None:
    cherchee = fabriques.deposer(
        voirie,
        nom="Inès Lefèvre",
        courriel="ines.lefevre@gru.test",
        telephone="06 98 76 54 32",
        description="Le lampadaire n’éclaire pas.",
        lieu={"adresse": "1 rue des Érables", "precision": ""},
    )
    fabriques.deposer(
        voirie,
        nom="Paul Moreau",
        courriel="paul@gru.test",
        description="Un trou dans la chaussée.",
        nature="chaussee",
        lieu={"adresse": "3 place du Marché", "precision": ""},
        telephone="",
    )
    reponse = connecte(alice).get("/demandes/", {"q": saisie})
    assert references(html.unescape(reponse.content.decode())) == [cherchee.reference]


def test_search_by_reference_however_typed(
    demande: Demande, voirie: Demarche, alice: Agent, connecte: Connecte
) -> None:
    fabriques.deposer(voirie)
    brute = demande.reference.replace("-", "")
    for saisie in (
        demande.reference,
        demande.reference.lower(),
        brute,
        f" {brute[:4]} {brute[4:8]} {brute[8:]} ",
        brute[4:],
    ):
        reponse = connecte(alice).get("/demandes/", {"q": saisie})
        vues = references(reponse.content.decode())
        if saisie == brute[4:]:  # half a reference is not one: nothing is better than anything
            continue
        assert vues == [demande.reference], saisie


@pytest.mark.parametrize("saisie", ["'", "& | !", "le la de", ":*", "\\", "%", "\x00zz", "é" * 300, "'; drop table"])
def test_odd_searches_find_nothing_and_do_not_break(
    saisie: str, demande: Demande, alice: Agent, connecte: Connecte
) -> None:
    reponse = connecte(alice).get("/demandes/", {"q": saisie})
    assert reponse.status_code == 200
    assert demande.reference not in reponse.content.decode()


def test_a_search_offers_to_look_among_closed_requests(demande: Demande, alice: Agent, connecte: Connecte) -> None:
    agir.clore(demande, alice)
    navigateur = connecte(alice)
    page = lire(navigateur, "/demandes/?q=Durand")
    assert "Aucun résultat" in page
    lien = re.search(r'href="(/demandes/\?[^"]*montrer=toutes[^"]*)"', page)
    assert lien is not None
    assert references(lire(navigateur, lien.group(1))) == [demande.reference]


@pytest.mark.parametrize("ordre", ["", "recentes", "modifiees", "echeance"])
def test_pages_read_forward_and_back_hold_every_request_once(
    ordre: str, voirie: Demarche, alice: Agent, connecte: Connecte
) -> None:
    fabriques.peupler(2 * TAILLE + 7, [voirie], [alice])
    meme_instant = timezone.now() - timedelta(days=2)
    cles = list(Demande.objects.values_list("pk", flat=True)[: TAILLE + 3])
    Demande.objects.filter(pk__in=cles).update(recue_le=meme_instant, modifiee_le=meme_instant)
    navigateur = connecte(alice)
    page = lire(navigateur, f"/demandes/?montrer=toutes&ordre={ordre}")
    aller = [references(page)]
    while suivante := re.search(r'rel="next" href="([^"]+)"', page):
        page = lire(navigateur, suivante.group(1))
        aller.append(references(page))
    assert [len(p) for p in aller] == [TAILLE, TAILLE, 7]
    assert len({r for p in aller for r in p}) == 2 * TAILLE + 7
    retour = [aller[-1]]
    while precedente := re.search(r'rel="prev" href="([^"]+)"', page):
        page = lire(navigateur, precedente.group(1))
        retour.insert(0, references(page))
    assert retour == aller


@pytest.mark.parametrize("curseur", ["", "x", "AAAA", "é", "MjAyNi0xMS0yM3w", "a" * 500])
def test_a_spoilt_cursor_shows_the_first_page(curseur: str, demande: Demande, alice: Agent, connecte: Connecte) -> None:
    assert Curseur.lire(curseur) is None
    reponse = connecte(alice).get("/demandes/", {"apres": curseur})
    assert references(reponse.content.decode()) == [demande.reference]


@pytest.mark.parametrize("adresse", ["/", "/demandes/?montrer=toutes", "/demandes/?q=rue&montrer=toutes"])
def test_the_list_costs_the_same_queries_with_1_and_50_requests(
    adresse: str, voirie: Demarche, alice: Agent, chloe: Agent, connecte: Connecte
) -> None:
    premiere = fabriques.deposer(voirie)
    agir.prendre_en_charge(premiere, alice)
    navigateur = connecte(alice)
    lire(navigateur, adresse)
    with CaptureQueriesContext(connection) as une:
        lire(navigateur, adresse)
    fabriques.peupler(49, [voirie], [alice, chloe], recentes=1)
    with CaptureQueriesContext(connection) as cinquante:
        page = lire(navigateur, adresse)
    assert adresse == "/" or len(references(page)) > 5
    assert len(cinquante) == len(une), [q["sql"] for q in cinquante]
    assert len(une) <= 8, [q["sql"] for q in une]


def test_the_page_costs_the_same_queries_whatever_was_exchanged(
    demande: Demande, alice: Agent, connecte: Connecte
) -> None:
    navigateur = connecte(alice)
    adresse = f"/demandes/{demande.reference}/"
    lire(navigateur, adresse)
    with CaptureQueriesContext(connection) as peu:
        lire(navigateur, adresse)
    for rang in range(20):
        fabriques.photo(demande, message=agir.noter(demande, alice, f"Note {rang}"))
    with CaptureQueriesContext(connection) as beaucoup:
        assert "Note 19" in lire(navigateur, adresse)
    assert len(beaucoup) == len(peu)
    assert len(peu) <= 14, [q["sql"] for q in peu]


# --- The clock --------------------------------------------------------------------------------------


def regler(demande: Demande, jours: int, **champs: object) -> Demande:
    """Silence takes effect in so many days."""
    echeance = timezone.localdate() + timedelta(days=jours)
    Demande.objects.filter(pk=demande.pk).update(**{"echeance_le": echeance, **champs})
    return demande


@pytest.fixture
def horloges(voirie: Demarche, alice: Agent) -> dict[str, Demande]:
    noms = ("loin", "proche", "demain", "retard", "suspendue", "repondue", "sans")
    demandes = {nom: fabriques.deposer(voirie, nom=nom) for nom in noms}
    agir.repondre(demandes["repondue"], alice, "Fait.")
    regler(demandes["loin"], 40)
    regler(demandes["proche"], 15)
    regler(demandes["demain"], 1)
    regler(demandes["retard"], -3)
    regler(demandes["suspendue"], -5, suspendue_depuis=timezone.localdate())
    regler(demandes["repondue"], -5)
    Demande.objects.filter(pk=demandes["sans"].pk).update(echeance_le=None)
    return demandes


def test_the_list_tells_the_clock(horloges: dict[str, Demande], alice: Agent, connecte: Connecte) -> None:
    page = lire(connecte(alice), "/demandes/?montrer=toutes")
    mots = ("dans 40 jours", "dans 15 jours", ">demain<", "dépassée de 3 jours", "suspendue")
    for mot in mots:
        assert insecables(mot) in page
    assert page.count("dépassée de") == 1
    assert page.count("etiquette--erreur") == 1


@pytest.mark.parametrize(
    ("requete", "attendues"),
    [
        ("montrer=retard", ["retard"]),
        ("montrer=bientot", ["demain", "proche"]),
        ("montrer=toutes&ordre=echeance", ["retard", "demain", "proche", "loin"]),
    ],
)
def test_filters_and_order_by_clock(
    requete: str, attendues: list[str], horloges: dict[str, Demande], alice: Agent, connecte: Connecte
) -> None:
    vues = references(lire(connecte(alice), f"/demandes/?{requete}"))
    assert vues[: len(attendues)] == [horloges[nom].reference for nom in attendues]
    assert len(vues) == (7 if "toutes" in requete else len(attendues))


def test_overdue_requests_have_their_page_and_home_leads_there(
    horloges: dict[str, Demande], etat_civil: Demarche, alice: Agent, bruno: Agent, connecte: Connecte
) -> None:
    accueil = lire(connecte(alice), "/")
    assert "Une demande est en retard" in accueil
    assert "/demandes/retards/" in accueil
    page = lire(connecte(alice), "/demandes/retards/")
    assert references(page) == [horloges["retard"].reference]
    assert "le délai de la loi est passé" in page
    assert references(lire(connecte(bruno), "/demandes/retards/")) == []
    assert "en retard</h2>" not in lire(connecte(bruno), "/")


def test_what_waits_for_me_comes_first_and_pages_follow(
    voirie: Demarche, alice: Agent, chloe: Agent, connecte: Connecte
) -> None:
    fabriques.peupler(2 * TAILLE + 5, [voirie], [chloe], recentes=1)
    Demande.objects.update(nature="en_cours", statut="en_cours", agent_sub=chloe.sub)
    miennes = [fabriques.deposer(voirie) for _ in range(3)]
    for demande in miennes:
        agir.prendre_en_charge(demande, alice)
    navigateur = connecte(alice)
    page = lire(navigateur, "/demandes/")
    aller = [references(page)]
    assert aller[0][:3] == [d.reference for d in miennes]
    while suivante := re.search(r'rel="next" href="([^"]+)"', page):
        page = lire(navigateur, suivante.group(1))
        aller.append(references(page))
    assert len({r for p in aller for r in p}) == 2 * TAILLE + 8
    retour = [aller[-1]]
    while precedente := re.search(r'rel="prev" href="([^"]+)"', page):
        page = lire(navigateur, precedente.group(1))
        retour.insert(0, references(page))
    assert retour == aller


def test_a_cursor_of_another_order_shows_the_first_page(demande: Demande, alice: Agent, connecte: Connecte) -> None:
    for curseur, requete in (
        (Curseur(timezone.localdate(), demande.pk), "montrer=toutes"),
        (Curseur(timezone.now(), demande.pk), "montrer=toutes&ordre=echeance"),
    ):
        assert references(lire(connecte(alice), f"/demandes/?{requete}&apres={curseur}")) == [demande.reference]


def test_statuses_of_a_procedure_are_filters_once_it_is_chosen(
    demande: Demande, alice: Agent, connecte: Connecte
) -> None:
    navigateur = connecte(alice)
    assert 'name="etat"' not in lire(navigateur, "/demandes/")
    page = lire(navigateur, "/demandes/?demarche=signaler-voirie&etat=recue")
    assert references(page) == [demande.reference]
    assert "Qualifiée" in page
    assert references(lire(navigateur, "/demandes/?demarche=signaler-voirie&etat=qualifiee")) == []
    # Without its procedure a status means nothing: it is set aside.
    assert references(lire(navigateur, "/demandes/?etat=qualifiee")) == [demande.reference]


def test_filter_by_channel_and_rows_a_page(voirie: Demarche, alice: Agent, connecte: Connecte) -> None:
    fabriques.peupler(60, [voirie], [alice])
    Demande.objects.filter(pk__in=list(Demande.objects.values_list("pk", flat=True)[:4])).update(canal="telephone")
    navigateur = connecte(alice)
    assert len(references(lire(navigateur, "/demandes/?montrer=toutes&canal=telephone"))) == 4
    assert len(references(lire(navigateur, "/demandes/?montrer=toutes&par=50"))) == 50


def test_a_status_the_town_invented_needs_nothing_of_the_list(
    demande: Demande, alice: Agent, connecte: Connecte
) -> None:
    from guichet.demandes.services import executer

    executer(demande, alice, "qualifier")
    page = lire(connecte(alice), "/demandes/")
    assert references(page) == [demande.reference]
    assert ">Qualifiée<" in page
