"""K. Agents lose time: what they look for is at hand, and what they give or ask is told."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta
from itertools import product

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from guichet.demandes import services
from guichet.demandes.models import Demande, Message
from guichet.demandes.services import Saisie
from guichet.demandes.workflow import TransitionImpossible
from guichet.demarches.models import Demarche
from guichet.instruction.forms import ATTENTE, ORDRES
from guichet.instruction.models import Agent
from guichet.instruction.pagination import TAILLE
from tests.guichet import actes as agir
from tests.guichet import envois
from tests.guichet.instruction import fabriques
from tests.guichet.instruction.test_agents_liste import lire, references, vieillir

Connecte = Callable[..., Client]


def lien(page: str, nom: str) -> str:
    """Address of the link of this text."""
    trouve = re.search(rf'<a [^>]*href="([^"]*)"[^>]*>\s*{nom}\s*</a>', page)
    assert trouve is not None, nom
    return trouve.group(1)


# --- The list -----------------------------------------------------------------------------------------


def test_what_waits_for_the_town_is_not_behind_what_waits_for_residents(
    voirie: Demarche, alice: Agent, chloe: Agent, connecte: Connecte
) -> None:
    """A year of silence of residents, and one request of this morning."""
    for _ in range(TAILLE + 2):
        ancienne = fabriques.deposer(voirie)
        agir.demander_complement(ancienne, chloe, "Où ?")
        vieillir(ancienne, 360)
    du_matin, mienne = fabriques.deposer(voirie), fabriques.deposer(voirie)
    agir.prendre_en_charge(mienne, alice)
    vues = references(lire(connecte(alice), "/demandes/"))
    assert vues[:2] == [mienne.reference, du_matin.reference]


@pytest.mark.parametrize("montrer", ["", "toutes"])
def test_a_request_of_the_last_page_today_is_found_in_one_click(
    montrer: str, voirie: Demarche, alice: Agent, chloe: Agent, connecte: Connecte
) -> None:
    fabriques.peupler(4 * TAILLE, [voirie], [chloe], recentes=0)
    Demande.objects.update(nature="a_traiter", statut="recue", agent_sub="")
    du_jour = fabriques.deposer(voirie)
    page = lire(connecte(alice), f"/demandes/?montrer={montrer}&ordre=anciennes")
    assert du_jour.reference not in references(page)
    assert references(lire(connecte(alice), lien(page, "Reçue")))[0] == du_jour.reference
    assert references(lire(connecte(alice), lien(page, "Reçues aujourd’hui"))) == [du_jour.reference]


@pytest.mark.parametrize("titre", ["Demande", "Usager", "Reçue", "Échéance", "État", "Qui agit"])
def test_each_title_sorts_and_turns_the_order_over(
    titre: str, voirie: Demarche, alice: Agent, chloe: Agent, connecte: Connecte
) -> None:
    fabriques.peupler(TAILLE + 9, [voirie], [alice, chloe])
    navigateur = connecte(alice)
    page = lire(navigateur, "/demandes/?montrer=toutes&ordre=modifiees")
    assert "aria-sort" not in page

    def toutes(adresse: str) -> tuple[list[str], str]:
        page = lire(navigateur, adresse)
        vues, sens = references(page), re.findall(r'aria-sort="(\w+)"', page)
        suite = re.search(r'rel="next" href="([^"]+)"', page)
        assert suite is not None
        assert len(sens) == 1
        return vues + references(lire(navigateur, suite.group(1))), sens[0]

    un, sens = toutes(lien(page, titre))
    deux, inverse = toutes(lien(lire(navigateur, lien(page, titre)), titre))
    assert len(set(un)) == TAILLE + 9
    assert deux == un[::-1]
    assert {sens, inverse} == {"ascending", "descending"}


def test_names_are_sorted_as_a_dictionary_does(voirie: Demarche, alice: Agent, connecte: Connecte) -> None:
    noms = ["zoé Adam", "Éric Roux", "Emma Blanc", "Fatou Sow", "élise Noir"]
    for nom in noms:
        fabriques.deposer(voirie, nom=nom)
    page = lire(connecte(alice), "/demandes/?ordre=usager")
    vus = re.findall(r'class="demande__usager">([^<]+)</td>', page)
    assert vus == ["élise Noir", "Emma Blanc", "Éric Roux", "Fatou Sow", "zoé Adam"]


def test_the_list_is_filtered_by_agent_and_by_day(
    voirie: Demarche, alice: Agent, chloe: Agent, connecte: Connecte
) -> None:
    mienne, sienne, libre = (fabriques.deposer(voirie) for _ in range(3))
    agir.prendre_en_charge(mienne, alice)
    agir.prendre_en_charge(sienne, chloe)
    vieillir(sienne, 10)
    navigateur = connecte(alice)
    assert f'<option value="{chloe.sub}">Chloé Bernard</option>' in lire(navigateur, "/demandes/")
    hier = (timezone.localdate() - timedelta(days=1)).isoformat()
    for requete, attendues in (
        ("agent=_moi", {mienne}),
        (f"agent={chloe.sub}", {sienne}),
        ("agent=_personne", {libre}),
        (f"du={hier}", {mienne, libre}),
        (f"au={hier}", {sienne}),
        ("du=bientot&au=2026-02-31", {mienne, sienne, libre}),
        ("au=9999-12-31&du=0001-01-01", {mienne, sienne, libre}),
        ("agent=inconnu", {mienne, sienne, libre}),
    ):
        vues = set(references(lire(navigateur, f"/demandes/?{requete}")))
        assert vues == {d.reference for d in attendues}, requete


@pytest.mark.parametrize("requete", ["montrer=toutes&ordre=usager", "montrer=&ordre=anciennes", "q=rue&ordre=recentes"])
def test_a_request_knows_its_neighbours_in_the_list_one_came_from(
    requete: str, voirie: Demarche, alice: Agent, connecte: Connecte
) -> None:
    for nom in ("Un", "Deux", "Trois"):
        fabriques.deposer(voirie, nom=nom)
    navigateur = connecte(alice)
    page = lire(navigateur, f"/demandes/?{requete}")
    attendues, adresses = references(page), re.findall(r'href="([^"]+)" data-ligne', page)
    page = lire(navigateur, adresses[0])
    assert 'rel="prev"' not in page
    lues = [attendues[0]]
    while suite := re.search(r'href="(/demandes/([^/]+)/[^"]*)" rel="next"', page):
        lues.append(suite.group(2))
        page = lire(navigateur, suite.group(1))
    assert lues == attendues
    assert references(lire(navigateur, lien(page, "Retour à la liste"))) == attendues
    avant = re.search(r'href="(/demandes/([^/]+)/[^"]*)" rel="prev"', page)
    assert avant is not None
    assert avant.group(2) == attendues[-2]


def test_the_list_is_not_lost_by_acting(voirie: Demarche, alice: Agent, connecte: Connecte) -> None:
    """What was done moves the request out of the list; the next one is still the next one."""
    for nom in ("Un", "Deux", "Trois"):
        fabriques.deposer(voirie, nom=nom)
    navigateur = connecte(alice)
    page = lire(navigateur, "/demandes/?montrer=a-prendre")
    attendues, adresses = references(page), re.findall(r'href="([^"]+)" data-ligne', page)
    page = lire(navigateur, adresses[0])
    acte = re.search(r'<form method="post" action="([^"]+/prendre-en-charge/[^"]*)">\s*(<input[^>]+>)', page)
    assert acte is not None
    reponse = navigateur.post(acte.group(1), {"version": re.search(r'name="version" value="(\d*)"', page).group(1)})  # type: ignore[union-attr]
    assert reponse.status_code == 303
    page = lire(navigateur, reponse["Location"])
    suite = re.search(r'href="/demandes/([^/]+)/[^"]*" rel="next"', page)
    assert suite is not None
    assert suite.group(1) == attendues[1]


@pytest.mark.parametrize("place", ["x", "e30", "AAAA", "a" * 3000])
def test_a_spoilt_place_only_takes_the_neighbours_away(
    place: str, demande: Demande, alice: Agent, connecte: Connecte
) -> None:
    page = lire(connecte(alice), f"/demandes/{demande.reference}/?montrer=toutes&place={place}")
    assert 'rel="next"' not in page
    assert demande.reference in page


def test_no_order_reads_the_whole_table(voirie: Demarche, alice: Agent, chloe: Agent, connecte: Connecte) -> None:
    """The plan of each page, and of what is beside a request, at a volume where PostgreSQL may choose."""
    fabriques.peupler(6000, [voirie], [alice, chloe])
    with connection.cursor() as curseur:
        curseur.execute("ANALYZE demandes_demande")
    navigateur = connecte(alice)
    for montrer, ordre in product(("", "toutes"), (cle for cle in ORDRES if cle != ATTENTE)):
        adresse = f"/demandes/?montrer={montrer}&ordre={ordre}"
        page = lire(navigateur, adresse)
        premiere = re.search(r'href="([^"]+)" data-ligne', page)
        suite = re.search(r'rel="next" href="([^"]+)"', page)
        assert premiere is not None
        assert suite is not None
        with CaptureQueriesContext(connection) as vues:
            lire(navigateur, suite.group(1))
            lire(navigateur, premiere.group(1))
        lectures = [v["sql"] for v in vues if 'FROM "demandes_demande"' in v["sql"] and "LIMIT" in v["sql"]]
        # A count stops at a thousand, wherever it is; other requests of the person are found by their words.
        ordonnees = [sql for sql in lectures if "COUNT(" not in sql and "tsquery" not in sql]
        assert len(ordonnees) >= 3, ordre
        for sql in ordonnees:
            with connection.cursor() as curseur:
                curseur.execute(f"EXPLAIN {sql}")
                plan = "\n".join(ligne for (ligne,) in curseur.fetchall())
            assert "Seq Scan on demandes_demande" not in plan, f"{adresse}\n{plan}"


# --- A request ----------------------------------------------------------------------------------------


def test_the_page_begins_with_the_place_the_pictures_and_three_acts(
    demande: Demande, alice: Agent, connecte: Connecte
) -> None:
    photo = fabriques.photo(demande)
    page = lire(connecte(alice), f"/demandes/{demande.reference}/")
    tete, _, suite = page.partition('class="dossier__cote"')
    assert "12 rue des Lilas" in tete
    assert f"/pieces/{photo.pk}/apercu/" in tete
    assert 'loading="lazy"' not in tete  # printed as it is, even if nobody scrolled
    boutons, _, reste = suite.partition("Autres actions")
    assert len(re.findall(r'class="bouton[ "](?!--lien)', boutons)) <= 4  # three acts, and printing
    assert "Clore la demande" in reste
    reponse = connecte(alice).get(f"/demandes/{demande.reference}/pieces/{photo.pk}/apercu/")
    assert reponse["Content-Type"] == "image/jpeg"


def test_what_is_answered_is_ended_first(demande: Demande, alice: Agent, connecte: Connecte) -> None:
    agir.prendre_en_charge(demande, alice)
    agir.repondre(demande, alice, "C’est fait.")
    page = lire(connecte(alice), f"/demandes/{demande.reference}/")
    boutons = page.partition('class="dossier__boutons"')[2].partition("Autres actions")[0]
    assert re.findall(r'class="bouton[^>]*>([^<]+?) *<', boutons)[0] == "Clore la demande"


# --- A colleague --------------------------------------------------------------------------------------


def confier(navigateur: Client, demande: Demande, a: Agent, mot: str = "") -> str:
    reponse = navigateur.post(
        f"/demandes/{demande.reference}/collegue/confier/", {"a": str(a.pk), "mot": mot}, follow=True
    )
    return html.unescape(reponse.content.decode())


def test_a_request_is_given_to_a_colleague_who_is_told(
    demande: Demande, alice: Agent, chloe: Agent, connecte: Connecte
) -> None:
    page = confier(connecte(alice), demande, chloe, "Tu connais la rue.")
    demande.refresh_from_db()
    assert (demande.agent_sub, demande.agent_nom) == (chloe.sub, chloe.nom)
    assert "La demande est confiée à Chloé Bernard\u00a0: un e-mail part à chloe.bernard@gru.test." in page
    mail = envois.mail(envois.envoi("confiee"))
    assert mail.to == ["chloe.bernard@gru.test"]
    assert "Tu connais la rue." not in mail.body
    note = Message.objects.get(demande=demande)
    assert (note.texte, note.interne) == ("Tu connais la rue.", True)
    accueil = lire(connecte(chloe), "/")
    assert demande.reference in accueil
    assert "Alice Martin vous l’a confiée" in accueil


def test_what_was_given_is_taken_back_and_the_colleague_is_told(
    demande: Demande, alice: Agent, chloe: Agent, connecte: Connecte
) -> None:
    navigateur = connecte(alice)
    agir.prendre_en_charge(demande, alice)
    assert "Annuler, je me suis trompé" in confier(navigateur, demande, chloe)
    assert "Annuler, je me suis trompé" not in lire(connecte(chloe), f"/demandes/{demande.reference}/")
    navigateur.post(f"/demandes/{demande.reference}/collegue/reprendre/")
    demande.refresh_from_db()
    assert demande.agent_sub == alice.sub
    assert envois.mail(envois.envoi("confiee_reprise")).to == ["chloe.bernard@gru.test"]


def test_nothing_is_taken_back_once_the_colleague_acted(
    demande: Demande, alice: Agent, chloe: Agent, connecte: Connecte
) -> None:
    navigateur = connecte(alice)
    confier(navigateur, demande, chloe)
    agir.repondre(demande, chloe, "Réparé.")
    reponse = navigateur.post(f"/demandes/{demande.reference}/collegue/reprendre/", follow=True)
    assert "Trop tard" in reponse.content.decode()
    demande.refresh_from_db()
    assert demande.agent_sub == chloe.sub
    with pytest.raises(TransitionImpossible):
        services.annuler_passation(demande, alice)


def test_nobody_outside_the_service_is_given_a_request(
    demande: Demande, alice: Agent, bruno: Agent, chloe: Agent, connecte: Connecte
) -> None:
    navigateur = connecte(alice)
    adresse = f"/demandes/{demande.reference}/collegue/confier/"
    page = lire(navigateur, adresse)
    assert "Chloé Bernard" in page
    assert "Bruno Petit" not in page
    assert "Choisissez une personne dans la liste." in confier(navigateur, demande, bruno)
    assert connecte(bruno).get(adresse).status_code == 404
    with pytest.raises(services.SaisieRefusee):
        services.confier(demande, alice, bruno)
    services.executer(demande, alice, "clore", Saisie(texte="Fini."))
    with pytest.raises(TransitionImpossible):
        services.confier(demande, alice, chloe)
    assert not envois.genres(genre="demandes.confiee")


# --- The front desk -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "saisie", ["{reference}", "camille.durand@gru.test", "06 12 34 56 78", "+33 6 12 34 56 78", "durand camille"]
)
def test_the_front_desk_tells_where_a_request_of_any_service_stands(
    saisie: str, demande: Demande, bruno: Agent, connecte: Connecte
) -> None:
    saisie = saisie.format(reference=demande.reference)
    reponse = connecte(bruno).get("/renseigner/", {"q": saisie})
    page = html.unescape(reponse.content.decode())
    for mots in (demande.reference, demande.etat_usager.libelle, demande.etat_usager.explication, "Voirie",
                 "01 99 00 00 01", "Qui agit maintenant"):  # fmt: skip
        assert mots in page
    for secret in ("12 rue des Lilas", "Le lampadaire", f'href="/demandes/{demande.reference}/"'):
        assert secret not in page
    if saisie != "camille.durand@gru.test":
        assert "camille.durand@gru.test" not in page


@pytest.mark.parametrize("saisie", ["Durand", "06", "06 12 34", "lampadaire", "&|!", "\x00"])
def test_no_list_of_people_is_had_from_the_front_desk(
    saisie: str, demande: Demande, bruno: Agent, connecte: Connecte
) -> None:
    page = connecte(bruno).get("/renseigner/", {"q": saisie}).content.decode()
    assert demande.reference not in page


@pytest.mark.parametrize("saisie", ["lampadaire allume", "rue lilas", "Camille Durand-Petit"])
def test_the_front_desk_finds_people_not_what_they_wrote(
    saisie: str, demande: Demande, bruno: Agent, connecte: Connecte
) -> None:
    page = connecte(bruno).get("/renseigner/", {"q": saisie}).content.decode()
    assert demande.reference not in page
    assert "Aucune demande" in page
