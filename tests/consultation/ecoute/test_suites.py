"""From quotes to actions: word for word, reasons recorded, evidence asked for, each link followed both ways."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from consultation.dossier import Genre
from consultation.ecoute.contributions import services as avis
from consultation.ecoute.contributions.models import Canal, Contact, Contribution
from consultation.ecoute.contributions.services import Saisie
from consultation.ecoute.dossiers import textes
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.equipe.models import Membre
from consultation.ecoute.lecture import services as lecture
from consultation.ecoute.suites import fil, version
from consultation.ecoute.suites import services as suites
from consultation.ecoute.suites.models import (
    Action,
    Constat,
    Etape,
    Extrait,
    Indicateur,
    Livraison,
    Proposition,
    Releve,
)
from consultation.ecoute.suites.services import SuiteRefusee
from tests.consultation.ecoute import fabrique, monde

pytestmark = pytest.mark.django_db
AUJOURDHUI = timezone.localdate


def dire(qui: Membre, dossier: Dossier, texte: str, **profil: str) -> Contribution:
    return avis.saisir(qui, dossier, Saisie(texte, Canal.PAPIER, profil))


@pytest.fixture
def suivi(responsable: Membre, dpo: Membre) -> Dossier:
    """A dossier with one opinion read, one finding, one proposal."""
    dossier = fabrique.ouvert(responsable, dpo)
    recu = dire(responsable, dossier, "Madame Martin demande trois fois le même justificatif.")
    lecture.relire(responsable, recu, {0})
    constat = Constat.objects.create(dossier=dossier, texte="La même pièce est demandée plusieurs fois.")
    proposition = Proposition.objects.create(dossier=dossier, titre="Une pièce, une fois")
    proposition.constats.add(constat)
    return dossier


@pytest.fixture
def action(suivi: Dossier, responsable: Membre) -> Action:
    proposition = suivi.propositions.get()
    suites.decider(responsable, proposition, "retenue", "Utile à tous", "comité de pilotage")
    return suites.agir(responsable, Action(
        proposition=proposition, titre="Réécrire", responsable="Scolaire", echeance=AUJOURDHUI() + timedelta(days=9)
    ))  # fmt: skip


def test_a_quote_is_word_for_word_without_names_and_public_only_when_checked(
    suivi: Dossier, responsable: Membre
) -> None:
    constat = suivi.constats.get()
    with pytest.raises(SuiteRefusee, match="mot pour mot"):
        suites.citer(responsable, constat, 1, "Madame Martin demande trois fois")
    with pytest.raises(SuiteRefusee, match="n'existe pas"):
        suites.citer(responsable, constat, 9, "x")
    extrait = suites.citer(responsable, constat, 1, "demande trois\nfois  le même justificatif")
    assert extrait.citation == "demande trois fois le même justificatif"
    with pytest.raises(SuiteRefusee, match="déjà rattaché"):
        suites.citer(responsable, constat, 1, "demande trois fois le même justificatif")
    assert "« demande" not in textes.proposer(suivi, Genre.RESULTATS)[1]
    suites.permettre(responsable, extrait, True)
    assert "« demande trois fois le même justificatif »" in textes.proposer(suivi, Genre.RESULTATS)[1]


def test_a_quote_that_would_name_somebody_is_not_published(suivi: Dossier, responsable: Membre) -> None:
    recu = dire(responsable, suivi, "Demandez à jean valjean, il habite à côté. Ou au 01 99 00 12 12.")
    lecture.relire(responsable, recu, set())  # the reader saw nothing
    Contact.objects.create(contribution=recu, nom="Jean Valjean", courriel="jean@exemple.test")
    extrait = suites.citer(responsable, suivi.constats.get(), 2, recu.texte_relu)
    with pytest.raises(SuiteRefusee, match="« jean valjean », « 01 99 00 12 12 »"):
        suites.permettre(responsable, extrait, True)
    assert not extrait.publie


def test_a_quote_leaves_the_public_page_by_itself_when_its_opinion_changes(suivi: Dossier, responsable: Membre) -> None:
    recu = suivi.contributions.get()
    extrait = suites.citer(responsable, suivi.constats.get(), 1, "demande trois fois le même justificatif")
    suites.permettre(responsable, extrait, True)

    def publie() -> bool:
        return Extrait.objects.select_related("contribution").get().publie

    assert publie()
    avis.ecarter(responsable, recu, "Hors sujet")
    assert not publie()
    avis.retablir(responsable, recu)
    assert publie()
    Contribution.objects.update(texte_relu="Madame [nom 1] demande trois fois [nom 2].")  # another passage was hidden
    assert not publie()


def test_a_passage_is_chosen_in_a_list_and_may_be_taken_back(
    suivi: Dossier, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    client = connecte(responsable)
    constat = suivi.constats.get()
    base = f"/equipe/dossiers/{suivi.slug}/suites/constats/{constat.pk}/citer/"
    page = client.get(base).content.decode()
    assert "Citer cet avis" in page
    assert "Martin" not in page
    page = client.get(f"{base}?numero=1").content.decode()
    assert re.search(r'<textarea name="citation"[^>]*>\s*Madame \[nom 1\] demande', page)
    assert client.get(f"{base}?numero=999999999999").status_code == 200
    assert "Aucun avis relu ne correspond" in client.get(f"{base}?q=introuvable").content.decode()
    client.post(base, {"numero": "1", "citation": "trois fois"})
    extrait = Extrait.objects.get()
    adresse = f"/equipe/dossiers/{suivi.slug}/suites/extraits/{extrait.pk}/retirer/"
    assert "Vous pourrez le citer à nouveau" in client.get(adresse).content.decode()
    client.post(adresse)
    assert not Extrait.objects.exists()
    assert Contribution.objects.exists()


def test_marks_have_reasons_and_their_history_is_kept(suivi: Dossier, responsable: Membre) -> None:
    constat = suivi.constats.get()
    neuve = Proposition(dossier=suivi, titre="Un guichet le soir", impact=3, portee=2, effort=4)
    with pytest.raises(SuiteRefusee, match="pourquoi ces notes"):
        suites.proposer(responsable, neuve, [constat])
    neuve.raisons = "Deux agents de plus."
    with pytest.raises(SuiteRefusee, match="constat auquel"):
        suites.proposer(responsable, neuve, [])
    suites.proposer(responsable, neuve, [constat])
    neuve.effort, neuve.raisons = 2, "Un seul agent suffit."
    suites.proposer(responsable, neuve, [constat])
    neuve.titre = "Un guichet le jeudi soir"  # no mark changed
    suites.proposer(responsable, neuve, [constat])
    suites.decider(responsable, neuve, "retenue", "On essaie", "comité du 3 mars")
    suites.decider(responsable, neuve, "ecartee", "L'essai n'a servi à personne")
    etapes = [(e.genre, e.effort, e.decision, e.pourquoi, e.instance) for e in reversed(Etape.objects.all())]
    assert etapes == [
        ("notes", 4, "a_decider", "Deux agents de plus.", ""),
        ("notes", 2, "a_decider", "Un seul agent suffit.", ""),
        ("decision", 2, "retenue", "On essaie", "comité du 3 mars"),
        ("decision", 2, "ecartee", "L'essai n'a servi à personne", ""),
    ]


def test_priorities_show_chart_sentence_table_and_history(
    suivi: Dossier, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    client = connecte(responsable)
    adresse = f"/equipe/dossiers/{suivi.slug}/suites/priorites/"
    constat = suivi.constats.get()
    for titre, effort in (("Peu d'effort", 1), ("Beaucoup d'effort", 4), ("Encore beaucoup", 4)):
        neuve = Proposition(dossier=suivi, titre=titre, impact=4, portee=4, effort=effort, raisons="Parce que.")
        suites.proposer(responsable, neuve, [constat])
    page = client.get(adresse).content.decode()
    assert "est «\u00a0Peu d&#x27;effort\u00a0». 0 sur 4 est retenue, 4 restent à décider." in page
    assert page.index("Peu d&#x27;effort</a>") < page.index("Beaucoup d&#x27;effort</a>")
    disques = re.findall(r'<circle [^>]*cx="(\d+)" cy="(\d+)"', page)
    assert len(disques) == len(set(disques)) == 4  # none hides another
    assert all(0 < int(x) < 320 and 0 < int(y) < 250 for x, y in disques)
    assert "Notes données\u00a0: effet 4, personnes 4, effort 1." in page


def test_decisions_have_reasons_and_done_has_evidence(suivi: Dossier, responsable: Membre) -> None:
    proposition = suivi.propositions.get()
    action = Action(proposition=proposition, titre="Réécrire", responsable="Scolaire", echeance=AUJOURDHUI())
    with pytest.raises(SuiteRefusee, match="Retenez d'abord"):
        suites.agir(responsable, action)
    with pytest.raises(SuiteRefusee, match="Dites pourquoi"):
        suites.decider(responsable, proposition, "retenue", "")
    suites.decider(responsable, proposition, "retenue", "Utile à tous")
    action.etat = Action.Etat.FAITE
    with pytest.raises(SuiteRefusee, match="ce qui montre"):
        suites.agir(responsable, action)
    action.preuve = "Le formulaire du 3 mars."
    assert suites.agir(responsable, action).faite_le == AUJOURDHUI()


def test_a_kept_proposal_is_not_set_aside_under_its_actions(action: Action, responsable: Membre) -> None:
    with pytest.raises(SuiteRefusee, match="abandonnez-les d'abord"):
        suites.decider(responsable, action.proposition, "ecartee", "Finalement non")
    action.etat = Action.Etat.ABANDONNEE
    suites.agir(responsable, action, "Le logiciel change l'an prochain.")
    suites.decider(responsable, action.proposition, "ecartee", "Finalement non")


def test_late_given_up_or_open_again_asks_why_and_the_history_keeps_it(action: Action, responsable: Membre) -> None:
    promis = action.echeance
    action.echeance += timedelta(days=30)
    with pytest.raises(SuiteRefusee, match="date est repoussée"):
        suites.agir(responsable, action)
    suites.agir(responsable, action, "L'imprimeur est en retard.")
    action.etat = Action.Etat.ABANDONNEE
    with pytest.raises(SuiteRefusee, match="abandonnée"):
        suites.agir(responsable, action)
    suites.agir(responsable, action, "Le logiciel change.")
    action.etat = Action.Etat.EN_COURS
    with pytest.raises(SuiteRefusee, match="reprend"):
        suites.agir(responsable, action)
    suites.agir(responsable, action, "Le nouveau logiciel est là.")
    lignes = [(s.phrase, s.pourquoi) for s in reversed(action.suivis.all())]
    assert lignes[0] == (f"prévue pour le {promis:%d/%m/%Y}, Scolaire en répond", "")
    assert lignes[1][1] == "L'imprimeur est en retard."
    assert lignes[2] == ("prévue, puis abandonnée", "Le logiciel change.")
    assert lignes[3] == ("abandonnée, puis en cours", "Le nouveau logiciel est là.")


def _photo() -> bytes:
    """A picture with a place in it, as a phone writes."""
    image, exif, sortie = Image.new("RGB", (40, 20), "green"), Image.Exif(), BytesIO()
    exif[0x010F] = "Telephone-de-Lea"
    image.save(sortie, "JPEG", exif=exif)
    return sortie.getvalue()


def test_evidence_is_a_checked_document_public_only_if_said_so(
    action: Action, suivi: Dossier, responsable: Membre, connecte: Callable[[Membre], Client], client: Client
) -> None:
    fabrique.resultats(responsable, suivi)
    equipe = connecte(responsable)
    adresse = f"/equipe/dossiers/{suivi.slug}/suites/actions/{action.pk}/suivre/"
    donnees = {"titre": "Réécrire", "responsable": "Scolaire", "echeance": f"{action.echeance:%Y-%m-%d}",
               "etat": "faite"}  # fmt: skip
    refus = equipe.post(adresse, {**donnees, "document": SimpleUploadedFile("a.pdf", b"pas un pdf")})
    assert refus.status_code == 422
    assert "PDF ou une image" in refus.content.decode()
    photo = SimpleUploadedFile("léa martin.jpg", _photo())
    assert equipe.post(adresse, {**donnees, "document": photo}).status_code == 303
    action.refresh_from_db()
    assert "martin" not in action.preuve_fichier.name
    prive = equipe.get(f"/equipe/dossiers/{suivi.slug}/suites/actions/{action.pk}/document/")
    octets = prive.content
    assert octets.startswith(b"\xff\xd8")
    assert b"Telephone" not in octets
    public = f"/consultations/{suivi.slug}/vous-avez-dit/actions/{action.pk}/document/"
    assert client.get(public).status_code == 404
    ancien = action.preuve_fichier.name
    equipe.post(adresse, {**donnees, "preuve_publique": "on"})
    assert client.get(public).status_code == 200
    action.refresh_from_db()
    assert action.preuve_fichier.name == ancien


@pytest.mark.parametrize(
    ("genre", "reference", "garde"),
    [
        ("demarche", "https://portail.gru.test/demarches/inscription-scolaire/", "inscription-scolaire"),
        ("demande", "2026 ac47 wx39", "2026-AC47-WX39"),
        ("version", "guichet 2026.11.2", "guichet 2026.11.2"),
        ("decision", "DEL-2026-114", "DEL-2026-114"),
        ("demarche", "l'inscription à l'école", None),
        ("demande", "la demande de Léa", None),
        ("version", "une version <b>", None),
    ],
)
def test_a_change_is_typed_and_its_reference_checked(
    action: Action, suivi: Dossier, responsable: Membre, connecte: Callable[[Membre], Client],
    genre: str, reference: str, garde: str | None,
) -> None:  # fmt: skip
    client = connecte(responsable)
    adresse = f"/equipe/dossiers/{suivi.slug}/suites/actions/{action.pk}/changement/"
    reponse = client.post(adresse, {"genre": genre, "reference": reference, "le": "2026-11-02"})
    assert reponse.status_code == (303 if garde else 422)
    assert [li.reference for li in action.livraisons.all()] == ([garde] if garde else [])
    if garde:
        client.post(f"/equipe/dossiers/{suivi.slug}/suites/changements/{action.livraisons.get().pk}/retirer/")
        assert not action.livraisons.exists()


def test_a_revision_of_a_procedure_says_which_one(
    action: Action, suivi: Dossier, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    adresse = f"/equipe/dossiers/{suivi.slug}/suites/actions/{action.pk}/changement/"
    reponse = connecte(responsable).post(adresse, {"genre": "demarche", "reference": "inscription-scolaire"})
    assert "Dites quelle révision" in reponse.content.decode()


def test_indicators_say_before_after_and_which_way(action: Action, responsable: Membre) -> None:
    part = suites.suivre_indicateur(responsable, Indicateur(action=action, nom="Incomplets", unite="%", origine="x"))
    assert fil.ecart(part).phrase == "Pas encore de valeur."
    suites.relever(responsable, part, "avant", Decimal(42), AUJOURDHUI() - timedelta(days=30))
    assert "42\u00a0% avant l'action" in fil.ecart(part).phrase
    with pytest.raises(SuiteRefusee, match="plus récente"):
        suites.relever(responsable, part, "apres", Decimal(18), AUJOURDHUI() - timedelta(days=31))
    suites.relever(responsable, part, "apres", Decimal("18.5"), AUJOURDHUI())
    ecart = fil.ecart(Indicateur.objects.get(pk=part.pk))
    assert ecart.phrase.endswith(": baisse de 23,5 points, comme espéré.")
    assert (ecart.mieux, [largeur for _, _, largeur in ecart.barres]) == (True, [100, 44])
    part.unite = "demandes"
    with pytest.raises(SuiteRefusee, match="ne changent plus"):
        suites.suivre_indicateur(responsable, part)
    suites.relever(responsable, part, "apres", Decimal(50), AUJOURDHUI())  # replaced, and the trail says so
    assert Releve.objects.filter(indicateur=part).count() == 2
    ecart = fil.ecart(Indicateur.objects.get(pk=part.pk))
    assert ecart.phrase.endswith(": hausse de 8 points, contrairement à ce qui était espéré.")
    traces = [t.phrase for t in suivi_de(action).traces.all()]
    assert "a relevé « Incomplets », apres : 50 au lieu de 18,5" in traces


def suivi_de(action: Action) -> Dossier:
    return action.proposition.dossier


def test_the_thread_is_followed_both_ways(
    action: Action, suivi: Dossier, responsable: Membre, connecte: Callable[[Membre], Client], client: Client
) -> None:
    suites.permettre(responsable, suites.citer(responsable, suivi.constats.get(), 1, "demande trois fois"), True)
    suites.relier(responsable, Livraison(action=action, genre="version", reference="2026.11.2"))
    equipe = connecte(responsable)
    avis1 = equipe.get(f"/equipe/dossiers/{suivi.slug}/avis/1/").content.decode()
    devenir = f"/equipe/dossiers/{suivi.slug}/suites/avis/1/"
    assert devenir in avis1
    page = equipe.get(devenir).content.decode()
    la = f"/equipe/dossiers/{suivi.slug}/suites/actions/{action.pk}/"
    for mots in (
        "«\u00a0demande trois fois\u00a0»",
        "La même pièce est demandée",
        "Une pièce, une fois",
        la,
        "2026.11.2",
    ):
        assert mots in page
    retour = equipe.get(la).content.decode()
    assert devenir in retour
    assert "«\u00a0demande trois fois\u00a0»" in retour
    fabrique.resultats(responsable, suivi)
    public = client.get(f"/consultations/{suivi.slug}/vous-avez-dit/actions/{action.pk}/").content.decode()
    assert "«\u00a0demande trois fois\u00a0»" in public
    assert "La même pièce est demandée plusieurs fois." in public


def test_what_is_missing_in_the_thread_is_said_with_the_page_that_does_it(
    suivi: Dossier, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    def trous() -> list[str]:
        return [t.quoi for t in fil.trous(suivi, fil.arbre(suivi, tout=True))]

    assert trous() == ["Citer un avis", "Décider"]
    extrait = suites.citer(responsable, suivi.constats.get(), 1, "demande trois fois")
    assert trous() == ["Relire les citations, pour en publier une", "Décider"]
    suites.permettre(responsable, extrait, True)
    suites.decider(responsable, suivi.propositions.get(), "retenue", "Utile")
    assert trous() == ["Ajouter une action"]
    action = suites.agir(responsable, Action(proposition=suivi.propositions.get(), titre="Réécrire", etat="faite",
                                             responsable="Scolaire", echeance=AUJOURDHUI(), preuve="Oui"))  # fmt: skip
    assert trous() == ["Dire ce qui sera mesuré", "Relier au changement qui l'a livrée"]
    client = connecte(responsable)
    page = client.get(f"/equipe/dossiers/{suivi.slug}/suites/").content.decode()
    for lien in re.findall(r'<li><a href="([^"]+)">(?:Dire|Relier)', page):
        assert client.get(lien).status_code == 200
    suites.suivre_indicateur(responsable, Indicateur(action=action, nom="Appels", origine="Cahier"))
    suites.relier(responsable, Livraison(action=action, genre="decision", reference="DEL-1"))
    assert trous() == []


def test_what_was_promised_comes_back_on_the_home_page(
    suivi: Dossier, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    proposition = suivi.propositions.get()
    suites.decider(responsable, proposition, "retenue", "Utile")
    hier = AUJOURDHUI() - timedelta(days=1)
    suites.agir(responsable, Action(proposition=proposition, titre="Réécrire", responsable="Scolaire", echeance=hier))
    page = connecte(responsable).get("/equipe/").content.decode()
    assert "Tenir la promesse\u00a0: Réécrire" in page
    assert "Scolaire, en retard de 1\u00a0jour" in page
    assert "a-faire__quand--presse" in page


def test_pages_ask_the_database_as_much_for_many_as_for_one(
    suivi: Dossier, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    client = connecte(responsable)
    monde.fil(responsable, suivi, ["trois fois"])
    adresses = [f"/equipe/dossiers/{suivi.slug}/suites/", f"/equipe/dossiers/{suivi.slug}/suites/priorites/"]
    fabrique.resultats(responsable, suivi)
    adresses.append(f"/consultations/{suivi.slug}/vous-avez-dit/")

    def combien(adresse: str) -> list[int]:
        """Statements of a page that is made, then of one whose figures were kept."""
        version.oublier()
        comptes = []
        for _ in range(2):
            with CaptureQueriesContext(connection) as lues:
                client.get(adresse)
            comptes.append(len(lues))
        return comptes

    for adresse in adresses:
        client.get(adresse)
    une = {adresse: combien(adresse) for adresse in adresses}
    for _ in range(4):
        monde.fil(responsable, suivi, ["trois fois"])
    assert {adresse: combien(adresse) for adresse in adresses} == une
