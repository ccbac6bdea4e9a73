"""Kind D, answers that are not held together: a rule speaks at the page, before sending, when sent, and to agents."""

from __future__ import annotations

import copy
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import yaml
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from guichet.demandes import services
from guichet.demandes.models import Brouillon, Demande
from guichet.demarches.adresses import situation
from guichet.demarches.conditions import Condition, Contexte
from guichet.demarches.constats import constats
from guichet.demarches.definition import Definition, DefinitionRefusee, lire_definition
from guichet.demarches.models import Demarche
from guichet.instruction.models import Agent
from guichet.questions.sortes.date import ChampDateFormulaire
from tests.guichet import fabrique
from tests.guichet.fautes.conftest import Sites, lu
from tests.guichet.instruction import fabriques

LE_4_MAI = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
LUNDI = date(2026, 5, 4)


def livree(slug: str) -> dict[str, Any]:
    brut: dict[str, Any] = yaml.safe_load((fabrique.SITE / "demarches" / f"{slug}.yaml").read_text("utf-8"))
    return brut


VOIRIE = livree("demander-une-permission-de-voirie")


def avec(*regles: dict[str, Any], page: str = "dates", **autres: Any) -> dict[str, Any]:
    """The road permit with these rules on a page, and none of its own."""
    brut = copy.deepcopy(VOIRIE) | {"essais": []} | autres
    for etape in brut["etapes"]:
        etape["regles"] = list(regles) if etape["nom"] == page else []
    return brut


def regle(si: dict[str, Any], **autres: Any) -> dict[str, Any]:
    return {"code": "r", "titre": "Essai", "effet": "corriger", "texte": "Corrigez.", "si": si, **autres}


FIN_AVANT = {"champ": "fin", "moins_de": {"champ": "debut"}}


# --- The definition is checked before anybody reads it ----------------------------------------------


@pytest.mark.parametrize(("regles", "page", "dit"), [
    ([regle({"champ": "fini", "moins_de": {"champ": "debut"}})], "dates",
     "parle de la question « fini », qui n'existe pas"),
    ([regle({"champ": "fin", "moins_de": {"champ": "demarrage"}})], "dates", "« demarrage », qui n'existe pas"),
    ([regle({"champ": "places", "au_moins": 1})], "dates", "« places », qui n'existe pas"),
    ([regle(FIN_AVANT)], "lieu", "« Dernier jour », posée plus loin"),
    ([regle({"champ": "objet", "egal": "depot"})], "dates", "ne regarde aucune question d'ici"),
    ([regle(FIN_AVANT, champ="objet")], "dates",
     "fait corriger « Que voulez-vous faire ? », qui n'est pas une question d'ici"),
    ([regle({"champ": "fin", "moins_de": {"champ": "fin"}})], "dates", "compare « Dernier jour » à elle-même"),
    ([regle({"champ": "fin", "moins_de": {"champ": "nombre_places"}})], "dates", "deux choses qui ne se comparent pas"),
    ([regle({"champ": "fin", "egal": "bientôt"})], "dates", "il faut une date"),
    ([regle({"champ": "fin", "mesure": "somme", "au_moins": 3})], "dates",
     "« somme » ne va pas avec « Dernier jour » (date)"),
    ([regle({"champ": "lieu", "commune": "ailleurs"})], "lieu", None),
    ([regle({"champ": "emprise", "mesure": "plus_petit", "moins_de": 3})], "lieu",
     "aucun choix de « Que voulez-vous occuper ? » ne porte de nombre"),
    ([regle({"un_de": [FIN_AVANT, {"champ": "fin", "au_moins": {"champ": "debut"}}]})], "dates", "parle toujours"),
    ([regle({"champ": "fin", "moins_de": {"jour": "aujourdhui"}})], "dates", "ne parle jamais"),
    ([regle({"champ": "nombre_places", "plus_de": 20})], "places", "ne parle jamais"),
    ([regle(FIN_AVANT, titre="A"), regle({"champ": "fin", "au_moins": {"champ": "debut"}}, code="s", titre="B")],
     "dates",
     "les règles « A », « B » (page « Dates ») tournent en rond"),
    ([regle(FIN_AVANT), regle(FIN_AVANT)], "dates", "plusieurs règles portent le nom « r »"),
    ([regle(FIN_AVANT, telephone="112")], "dates", "se montre sur une page qui avertit ou arrête"),
    ([regle(FIN_AVANT, effet="avertir", lien="/aide/")], "dates", "« Lien » et « Texte du lien » vont ensemble"),
])  # fmt: skip
def test_d_a_rule_without_sense_is_refused_in_the_words_of_the_screen(
    regles: list[dict[str, Any]], page: str, dit: str | None
) -> None:
    if dit is None:
        lire_definition(avec(*regles, page=page), "essai")
        return
    with pytest.raises(DefinitionRefusee) as refus:
        lire_definition(avec(*regles, page=page), "essai")
    assert dit in "\n".join(refus.value.fautes)


def test_d_today_and_ages_are_for_rules_a_question_never_closes_by_itself() -> None:
    brut = avec()
    brut["etapes"][-1]["si"] = {"champ": "debut", "moins_de": {"jour": "aujourdhui", "decalage": 30}}
    with pytest.raises(DefinitionRefusee, match="seule une règle le peut"):
        lire_definition(brut, "essai")


def test_d_a_rule_that_a_dry_run_contradicts_is_refused() -> None:
    essai = {
        "nom": "Le même jour",
        "jour": "2026-05-04",
        "reponses": [{"question": "debut", "reponse": "2026-06-01"}, {"question": "fin", "reponse": "2026-06-01"}],
    }
    lire_definition(avec(regle(FIN_AVANT), essais=[essai]), "essai")
    faux = {"champ": "fin", "au_plus": {"champ": "debut"}}
    with pytest.raises(
        DefinitionRefusee, match="l'essai « Le même jour » n'attend pas « Essai », et cette règle parle"
    ):
        lire_definition(avec(regle(faux), essais=[essai]), "essai")
    with pytest.raises(DefinitionRefusee, match="attend « Essai », et cette règle ne parle pas"):
        lire_definition(avec(regle(FIN_AVANT), essais=[{**essai, "attend": ["r"]}]), "essai")
    with pytest.raises(DefinitionRefusee, match="« debu », qui n'est pas une question"):
        lire_definition(
            avec(regle(FIN_AVANT), essais=[{**essai, "reponses": [{"question": "debu", "reponse": "x"}]}]), "essai"
        )


# --- What a rule says --------------------------------------------------------------------------------

DATES = st.dates(date(2020, 1, 1), date(2032, 12, 31))


@given(debut=DATES, fin=DATES)
def test_d_the_end_is_corrected_if_and_only_if_it_comes_before_the_start(debut: date, fin: date) -> None:
    definition = lire_definition(avec(regle(FIN_AVANT)), "essai")
    dits = constats(definition, {"debut": debut.isoformat(), "fin": fin.isoformat()}, LUNDI)
    assert bool(dits) is (fin < debut)
    assert all(constat.champ == "fin" for constat in dits)


@given(naissance=st.dates(date(1920, 1, 1), date(2026, 5, 4)), jour=st.dates(date(2026, 5, 4), date(2040, 12, 31)))
def test_d_an_age_is_counted_as_people_count(naissance: date, jour: date) -> None:
    definition = lire_definition(livree("preparer-mon-inscription-electorale"), "essai")
    champ = definition.champ("naissance_date")
    assert champ is not None
    age = int(champ.mesurer(naissance.isoformat(), "age", "", jour) or 0)
    anniversaire = naissance.replace(
        year=naissance.year + age, day=min(naissance.day, 28) if naissance.month == 2 else naissance.day
    )
    assert anniversaire <= jour
    assert age + naissance.year in {jour.year, jour.year - 1}


@pytest.mark.parametrize("operateur", ["au_moins", "au_plus", "moins_de", "plus_de", "egal", "different"])
@given(donnees=st.dictionaries(st.sampled_from(["debut", "fin"]), st.sampled_from(["", None, [], "2026-05-04"])))
def test_d_nothing_is_said_of_what_was_not_answered(operateur: str, donnees: dict[str, Any]) -> None:
    condition = Condition.model_validate({"champ": "fin", operateur: {"champ": "debut", "decalage": 1}})
    if not (donnees.get("debut") and donnees.get("fin")):
        assert condition.vraie(donnees, Contexte(LUNDI)) is False


@pytest.mark.parametrize(("adresse", "ou"), [
    ("12 r des Lilas, Paris", "ailleurs"), ("12 r des Lilas Paris", "ailleurs"), ("5 rue Hugo 75011 PARIS", "ailleurs"),
    ("12 rue des Lilas, 69 003 Lyon", "ailleurs"), ("8 rue Jean Jaurès Saint-Denis", "ailleurs"),
    ("12 rue des Lilas\nParis 11e", "ailleurs"), ("12 rue des Lilas (Lyon)", "ailleurs"),
    ("12 rue de Paris", ""), ("12, rue de Paris", ""), ("12 boulevard de Strasbourg", ""),
    ("12 rue Anatole France", ""),
    ("12 rue des Lilas", ""), ("12 rue des Lilas, bâtiment B", ""), ("7 quai de la Gare, appartement 12", ""),
    ("BP 12345, place de la Mairie", ""), ("parc des Tilleuls, près du toboggan", ""),
    ("12 rue de Paris, Admiville", "ici"), ("5 rue Hugo, 99000 Admiville", "ici"), ("5 rue Hugo 99000", "ici"),
    ("place de la Mairie, ADMIVILLE CEDEX", "ici"), ("12 avenue d'Admiville", ""),
    ("12 rue des Lilas, Bourg-la-Reine", "incertaine"), ("12 rue des Lilas, 99000 Voisinville", "incertaine"),
])  # fmt: skip
def test_d_an_address_is_placed_only_where_its_words_tell(adresse: str, ou: str) -> None:
    assert situation(adresse, "Admiville", ("99000",)) == ou


@given(adresse=st.text(max_size=60))
def test_d_any_address_is_read(adresse: str) -> None:
    assert situation(adresse, "Admiville", ("99000",)) in {"", "ici", "ailleurs", "incertaine"}


# --- What the twelve procedures say ------------------------------------------------------------------


@pytest.mark.parametrize(("slug", "jour", "reponses", "codes"), [
    ("reserver-une-salle", LUNDI, {"personnes": 250, "salles": ["fetes", "reunion"]}, {"salle_trop_petite"}),
    ("reserver-une-salle", LUNDI, {"personnes": 60, "salles": ["quartier_sud"]}, set()),
    ("reserver-une-salle", LUNDI, {"personnes": 61, "salles": ["quartier_sud"]}, {"salle_trop_petite"}),
    ("demander-un-acte-d-etat-civil", LUNDI,
     {"acte": "mariage", "forme": "extrait_filiation", "mariage_le": "1990-01-01", "lien": "autre"}, {"pas_droit"}),
    ("demander-un-acte-d-etat-civil", LUNDI,
     {"acte": "mariage", "forme": "extrait_simple", "mariage_le": "1990-01-01", "lien": "autre"}, set()),
    ("inscrire-au-periscolaire", LUNDI,
     {"enfants": [{"enfant_naissance": "2018-01-01", "enfant_mercredi": "non", "enfant_midi": ["lundi"]},
                  {"enfant_naissance": "2018-01-01", "enfant_mercredi": "non"}]}, {"rien_de_choisi"}),
    ("faire-enlever-des-encombrants", LUNDI,
     {"objets": [{"genre": "meuble", "quantite": 6}, {"genre": "autre", "quantite": 5}]}, {"trop_d_objets"}),
    ("signaler-un-changement-d-adresse", LUNDI,
     {"mouvement": "arrivee", "nouvelle_adresse": {"adresse": "1 rue A, 75011 Paris", "precision": ""}},
     {"nouvelle_ailleurs"}),
    ("demander-une-subvention", LUNDI, {"adherents": 10, "adherents_admiville": 11},
     {"plus_d_habitants_que_d_adherents"}),
    ("preparer-mon-inscription-electorale", LUNDI,
     {"nationalite": "europeenne", "naissance_date": "2010-05-05"}, {"trop_jeune"}),
    ("preparer-mon-inscription-electorale", LUNDI,
     {"nationalite": "europeenne", "naissance_date": "2010-05-04"}, set()),
])  # fmt: skip
def test_d_a_shipped_procedure_says_it(slug: str, jour: date, reponses: dict[str, Any], codes: set[str]) -> None:
    definition = lire_definition(livree(slug), slug)
    assert {constat.regle.code for constat in constats(definition, reponses, jour)} == codes


def test_d_each_child_is_judged_on_its_own_and_on_the_year_of_its_class() -> None:
    definition = lire_definition(livree("inscrire-un-enfant-a-l-ecole"), "école")
    enfants = [
        {"enfant_naissance": f"{2026 - age}-12-31", "enfant_classe": classe}
        for age, classe in ((3, "ps"), (3, "cm2"), (6, "cp"), (5, "inconnue"))
    ]
    dits = constats(definition, {"moment": "rentree_prochaine", "enfants": enfants}, LUNDI)
    assert [(c.regle.code, c.element) for c in dits] == [("age_et_classe", "Enfant 2")]
    en_novembre = constats(definition, {"moment": "en_cours", "enfants": enfants}, date(2026, 11, 30))
    assert [(c.regle.code, c.element) for c in en_novembre] == [("age_et_classe_en_cours", "Enfant 2")]


def test_d_a_town_s_words_about_its_procedures_are_true() -> None:
    assert "travaillez" not in livree("demander-une-carte-de-stationnement")["resume"]
    assert "Vous ne payez pas sur" in livree("demander-une-carte-de-stationnement")["presentation"]["modalites"]
    assert livree("preparer-mon-inscription-electorale")["titre"].startswith("Préparer")
    periscolaire = lire_definition(livree("inscrire-au-periscolaire"), "x")
    assert periscolaire.champ("attestation_assurance") is not None  # listed among the documents: it can be sent
    ecole = lire_definition(livree("inscrire-un-enfant-a-l-ecole"), "x")
    assert not [d.nom for d in ecole.presentation.documents if "santé" in d.nom]  # shown to the school, never sent here
    etat_civil = lire_definition(livree("demander-un-acte-d-etat-civil"), "x")
    poses = etat_civil.champs_poses({"acte": "deces"})
    assert [champ.libelle for champ in poses if champ.type == "date"] == ["Date du décès"]
    vieille = {"acte": "naissance", "forme": "copie_integrale", "naissance_le": "1940-01-01", "lien": "autre"}
    assert "piece_identite" not in {champ.nom for champ in etat_civil.champs_poses(vieille)}


def test_d_a_date_before_1900_meets_the_procedure_s_own_words() -> None:
    champ = ChampDateFormulaire(vide="x", periode="passee", minimum=date(1600, 1, 1))
    assert champ.clean(["14", "7", "1895"]) == "1895-07-14"
    definition = lire_definition(livree("demander-un-acte-d-etat-civil"), "x")
    dits = constats(definition, {"acte": "deces", "deces_le": "1895-07-14"}, LUNDI)
    assert [c.regle.titre for c in dits] == ["Cet acte est aux archives municipales"]


# --- On the residents' pages -------------------------------------------------------------------------


def remplir(client: Client, slug: str, pages: dict[str, dict[str, Any]]) -> tuple[str, Any]:
    """Fill these pages one after the other, without JavaScript; address of the form, and the last answer."""
    fabrique.demarche()
    adresse = client.get(f"/demarches/{slug}/remplir/").headers["Location"]
    base, reponse = adresse.rsplit("/", 2)[0] + "/", None
    for nom, saisie in pages.items():
        reponse = client.post(f"{base}{nom}/", saisie)
    return base, reponse


def jour(nom: str, le: date) -> dict[str, str]:
    return {f"{nom}_0": str(le.day), f"{nom}_1": str(le.month), f"{nom}_2": str(le.year)}


PERMIS = {
    "objet": {"objet": "demenagement"},
    "description": {"description": "Un camion."},
    "lieu": {"lieu": "12 rue de Paris", "emprise": ["trottoir"]},
}


@pytest.mark.django_db
def test_d_the_fault_is_said_beside_the_field_with_everything_kept(client: Client) -> None:
    with fabrique.au(LE_4_MAI):
        dates = {**jour("debut", date(2026, 12, 10)), **jour("fin", date(2026, 12, 5)), "horaires": "de 8 h à 18 h"}
        base, reponse = remplir(client, "demander-une-permission-de-voirie", {**PERMIS, "dates": dates})
        page = lu(reponse)
        assert reponse.status_code == 200
        assert re.search(r'champ__erreur" id="id_fin_error"[^>]*>Le dernier jour est avant le premier\.', page)
        assert "<title>Erreur : " in page
        assert all(f'value="{valeur}"' in page for valeur in ("10", "5", "de 8 h à 18 h"))
        assert Brouillon.objects.get().donnees["debut"] == "2026-12-10"
        assert client.get(f"{base}verifier/").headers["Location"] == f"{base}dates/"
        relue = lu(client.get(f"{base}dates/"))
        assert 'value="de 8 h à 18 h"' in relue
        bonnes = {**dates, **jour("fin", date(2026, 12, 10))}
        assert client.post(f"{base}dates/", bonnes).headers["Location"] == f"{base}plan/"


@pytest.mark.django_db
def test_d_who_may_not_is_told_so_and_where_to_go_and_sends_nothing(client: Client) -> None:
    slug = "demander-un-acte-d-etat-civil"
    with fabrique.au(LE_4_MAI):
        base, reponse = remplir(client, slug, {
            "acte": {"acte": "naissance"}, "forme": {"forme": "copie_integrale"},
            "personne": {"personne_nom": "Marchand", "personne_prenoms": "Zoé"},
            "date": jour("naissance_le", date(1985, 3, 27)), "parents": {}, "lien": {"lien": "autre"},
        })  # fmt: skip
        assert reponse.headers["Location"] == f"{base}lien/attention/"
        page = lu(client.get(f"{base}lien/attention/"))
        assert "<h1>Vous n'avez pas droit à cette copie</h1>" in page
        assert "1 place de la Mairie" in page  # another way in
        assert "J'ai lu, continuer" not in page
        assert f'href="{base}lien/"' in page
        brouillon = Brouillon.objects.get()
        cle = constats(brouillon.demarche.lue, brouillon.donnees, LUNDI)[0].cle
        assert client.post(f"{base}lien/attention/", {"lu": cle}).headers["Location"] == f"{base}lien/attention/"
        brouillon.donnees = {**brouillon.donnees, "_avertis": [cle]}  # forged: still refused
        with pytest.raises(services.ReglesNonTenues):
            services.deposer_brouillon(brouillon)
        assert not Demande.objects.exists()
        assert client.post(f"{base}lien/", {"lien": "enfant"}).headers["Location"] == f"{base}identite/"


ARBRE = "signaler-un-arbre-ou-un-espace-vert"


@pytest.mark.django_db
def test_d_a_danger_is_answered_by_a_number_to_call_and_agents_read_it(client: Client, sites: Sites) -> None:
    base, reponse = remplir(client, ARBRE, {"probleme": {"probleme": "arbre"}, "danger": {"danger": "oui"}})
    attention = f"{base}danger/attention/"
    assert reponse.headers["Location"] == attention
    page = lu(client.get(attention))
    assert "<h1>Appelez maintenant le 112</h1>" in page
    assert 'href="tel:112"' in page
    cle = re.search(r'name="lu" value="([^"]+)"', page)
    assert cle is not None
    assert client.post(attention, {"lu": "danger:autre"}).headers["Location"] == attention
    assert client.post(attention, {"lu": cle[1]}).headers["Location"] == f"{base}lieu/"
    client.post(f"{base}lieu/", {"lieu": "parc des Tilleuls"})
    client.post(f"{base}description/", {"description": "Une branche pend."})
    client.post(f"{base}contact/", {})
    relecture = lu(client.get(f"{base}verifier/"))
    assert "Appelez maintenant le 112" in relecture
    assert "/demandes/envoyee/" in client.post(f"{base}verifier/").headers["Location"]
    demande = Demande.objects.get()
    agent = fabriques.agent("jean.vert", "Jean Vert", "agents", "service-espaces-verts")
    with sites.agents(agent) as navigateur:
        fiche = lu(navigateur.get(f"/demandes/{demande.reference}/"))
    assert "L’usager a été averti avant d’envoyer" in fiche
    assert "Appelez maintenant le 112" in fiche


@pytest.mark.django_db
def test_d_a_warning_read_once_is_shown_again_when_its_answer_changes(client: Client) -> None:
    base, _ = remplir(client, ARBRE, {"probleme": {"probleme": "arbre"}, "danger": {"danger": "oui"}})
    page = lu(client.get(f"{base}danger/attention/"))
    client.post(f"{base}danger/attention/", {"lu": re.findall(r'name="lu" value="([^"]+)"', page)[0]})
    assert client.post(f"{base}danger/", {"danger": "oui"}).headers["Location"] == f"{base}lieu/"
    assert client.post(f"{base}danger/", {"danger": "non"}).headers["Location"] == f"{base}lieu/"
    assert client.get(f"{base}danger/attention/").headers["Location"] == f"{base}lieu/"


@pytest.mark.django_db
def test_d_an_earlier_answer_changed_at_the_last_look_brings_back_to_the_rule(client: Client) -> None:
    with fabrique.au(LE_4_MAI):
        base, _ = remplir(client, "reserver-une-salle", {
            "demandeur": {"qualite": "particulier"}, "usage": {"usage": "fete", "personnes": "15"},
            "salle": {"salles": ["reunion"]},
            "quand": {**jour("jour", date(2026, 9, 5)), "horaire": "soiree"},
            "contact": {"nom": "Zoé Marchand", "telephone": "06 39 98 12 34"},
        })  # fmt: skip
        assert client.get(f"{base}verifier/").status_code == 200
        client.post(f"{base}usage/?retour=verifier", {"usage": "fete", "personnes": "250"})
        assert client.get(f"{base}verifier/").headers["Location"] == f"{base}salle/"
        page = lu(client.get(f"{base}salle/"))
        assert "Une des salles cochées est trop petite" in page
        assert 'role="alert"' in page
        assert client.post(f"{base}verifier/").headers["Location"] == f"{base}salle/"
        assert not Demande.objects.exists()
        client.post(f"{base}salle/", {"salles": ["fetes"]})
        assert "/demandes/envoyee/" in client.post(f"{base}verifier/").headers["Location"]


@pytest.mark.django_db
def test_d_a_rule_of_a_group_speaks_of_the_element_it_was_typed_in(sites: Sites) -> None:
    sites.se_connecter(fabrique.usager())
    client = sites.habitant
    with fabrique.au(LE_4_MAI):
        base, _ = remplir(client, "inscrire-un-enfant-a-l-ecole", {"rentree": {"moment": "rentree_prochaine"}})
        enfant = {"enfant_nom": "Durand", "enfant_prenom": "Lina", **jour("enfant_naissance", date(2023, 5, 12))}
        reponse = client.post(f"{base}enfants/enfants/1/", {**enfant, "enfant_classe": "cm2"})
        assert reponse.headers["Location"] == f"{base}enfants/attention/"
        page = lu(client.get(f"{base}enfants/attention/"))
        assert "Enfant 1" in page
        assert f'href="{base}enfants/enfants/1/"' in page
        lu_ = re.findall(r'name="lu" value="([^"]+)"', page)[0]
        assert client.post(f"{base}enfants/attention/", {"lu": lu_}).headers["Location"] == f"{base}enfants/"
        assert client.post(f"{base}enfants/").headers["Location"] == f"{base}handicap/"
        autre = client.post(f"{base}enfants/enfants/2/", {**enfant, "enfant_classe": "ps"})
        assert autre.headers["Location"] == f"{base}enfants/"


@pytest.mark.django_db
def test_d_a_child_without_any_day_is_corrected_on_its_own_page(sites: Sites) -> None:
    sites.se_connecter(fabrique.usager())
    base, _ = remplir(sites.habitant, "inscrire-au-periscolaire", {})
    enfant = {
        "enfant_nom": "Lina Durand", "enfant_ecole": "pasteur", "enfant_mercredi": "non",
        **jour("enfant_naissance", date(2019, 5, 12)),
    }  # fmt: skip
    reponse = sites.habitant.post(f"{base}enfants/enfants/1/", enfant)
    page = lu(reponse)
    assert reponse.status_code == 200
    assert "Vous n'avez choisi aucun jour pour cet enfant." in page
    assert 'value="Lina Durand"' in page
    semaine = {**enfant, "enfant_midi": ["lundi"], "enfant_repas": "ordinaire", "enfant_soir": ["jeudi"]}
    assert sites.habitant.post(f"{base}enfants/enfants/1/", semaine).headers["Location"] == f"{base}enfants/"
    garde = Brouillon.objects.get().donnees["enfants"][0]
    assert (garde["enfant_midi"], garde["enfant_soir"]) == (["lundi"], ["jeudi"])


@pytest.mark.django_db
def test_d_what_becomes_true_between_two_days_is_read_before_sending(client: Client) -> None:
    with fabrique.au(LE_4_MAI):
        dates = {**jour("debut", date(2026, 5, 20)), **jour("fin", date(2026, 5, 20))}
        base, reponse = remplir(client, "demander-une-permission-de-voirie", {**PERMIS, "dates": dates})
        assert reponse.headers["Location"] == f"{base}plan/"
        brouillon = Brouillon.objects.get()
    with fabrique.au(LE_4_MAI + timedelta(days=12)), pytest.raises(services.ReglesNonTenues) as refus:
        services.deposer_brouillon(brouillon)
    assert [c.regle.code for c in refus.value.constats] == ["demenagement_proche"]


# --- At the counter ----------------------------------------------------------------------------------


def au_guichet(navigateur: Client, slug: str, **depart: Any) -> str:
    """Address of what is being typed in."""
    suite = navigateur.post(
        f"/saisie/{slug}/",
        {"canal": "courrier", "recue_le": "2026-05-04", "canal_reponse": "courriel", **depart},
    )
    return str(suite.headers["Location"])


@pytest.fixture
def verte(db: None) -> Agent:
    return fabriques.agent("jean.vert", "Jean Vert", "agents", "service-etat-civil")


@pytest.mark.django_db
def test_d_the_counter_refuses_no_request_but_says_why_it_may_fail(sites: Sites, verte: Agent) -> None:
    fabrique.demarche()
    with fabrique.au(LE_4_MAI), sites.agents(verte) as navigateur:
        page = au_guichet(navigateur, "demander-un-acte-d-etat-civil")
        saisie = {
            "acte": "naissance", "forme": "copie_integrale", "personne_nom": "Marchand", "personne_prenoms": "Zoé",
            **jour("naissance_le", date(1985, 3, 27)), "lien": "autre", "remise": "accueil", "exemplaires": "1",
            "nom": "Paul Petit",
        }  # fmt: skip
        for _ in range(4):
            suite = navigateur.post(page, saisie).headers.get("Location", "")
            if suite.endswith("verifier/"):
                break
        assert suite.endswith("verifier/")
        relecture = lu(navigateur.get(suite))
        assert "Vous n'avez pas droit à cette copie" in relecture
        cles = re.findall(r'name="lu" value="([^"]+)"', relecture)
        assert navigateur.post(suite).headers["Location"] == suite  # not read: nothing is filed
        assert not Demande.objects.exists()
        faite = navigateur.post(suite, {"lu": cles}).headers["Location"]
        assert "/saisie/enregistree/" in faite
        fiche = lu(navigateur.get(f"/demandes/{Demande.objects.get().reference}/"))
    assert "Vous n'avez pas droit à cette copie" in fiche


@pytest.mark.django_db
def test_d_an_answer_by_telephone_needs_a_number(sites: Sites, verte: Agent) -> None:
    fabrique.demarche()
    with sites.agents(verte) as navigateur:
        page = au_guichet(navigateur, fabrique.VOIRIE, canal="telephone", canal_reponse="telephone")
        saisie = {"lieu": "12 rue des Lilas", "probleme": "chaussee", "description": "Un trou."}
        verifier = navigateur.post(page, saisie).headers["Location"]
        assert navigateur.get(verifier).headers["Location"] == page
        assert "notez un numéro où l’appeler" in lu(navigateur.get(page))
        assert navigateur.post(verifier).headers["Location"] == page
        assert not Demande.objects.exists()
        navigateur.post(page, {**saisie, "telephone": "06 39 98 12 34"})
        assert navigateur.get(verifier).status_code == 200


def test_d_a_stored_procedure_is_read_again_without_trying_its_rules() -> None:
    from guichet.demarches.definition import ACCEPTEE

    faux = avec(regle({"champ": "fin", "moins_de": {"jour": "aujourdhui"}}))
    assert Definition.model_validate(faux, context=ACCEPTEE).etapes
    assert Demarche.__doc__
