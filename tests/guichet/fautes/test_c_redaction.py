"""Kind C, the file shows through the editor: the screen's words, at the field; one « en ligne »; no dead end."""

from __future__ import annotations

import copy
import gettext
import json
import re
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.utils import timezone
from wagtail.admin.models import EditingSession

from guichet.conception.fautes import placees
from guichet.conception.models import CircuitRedige, DemarcheRedigee, OrientationRedigee
from guichet.conception.renvois import TOUS_LES_STATUTS, lisibles, resoudre
from guichet.conception.services import suivre
from guichet.conception.sortes import Groupe
from guichet.demarches.definition import Definition, lire_definition
from guichet.demarches.definition_workflow import Effet, Workflow, lire_workflow
from guichet.demarches.models import Demarche, Orientation
from guichet.demarches.orientations import OrientationDefinie
from guichet.editorial.services import creer_pages_initiales
from tests.guichet import fabrique, site_agents
from tests.guichet.conception import envoi
from tests.guichet.conception.conftest import entrer
from tests.guichet.fautes.conftest import lu

PUBLIER = {"action-publish": "action-publish"}
CIRCUITS = sorted((fabrique.SITE / "workflows").glob("*.yaml"))
DEMARCHES = sorted((fabrique.SITE / "demarches").glob("*.yaml"))

# What a file says and a screen must not: keys and codes with « _ », YAML, Python.
DU_FICHIER = re.compile(
    r"[a-z]+_[a-z_]+|\w+: \[|\[|\]|\{|\b(?:true|false|None|yaml)\b|'[a-z]+'"
    r"|« (?:initial|previent|apres|groupes|motifs|canaux|repondre|accepter|refuser|demander|fournir|rouvrir|clore"
    r"|noter|ecrire|agent|usager|automatique|rejet|accord|champ|nom|si|egal|parmi|contient|rempli|vers|par) »"
)


def brut_de(chemin: Path) -> dict[str, Any]:
    lire = lire_workflow if chemin.parent.name == "workflows" else lire_definition
    return lire(yaml.safe_load(chemin.read_text("utf-8")), chemin.name).model_dump(mode="json")


# --- The words of the screen, at the field --------------------------------------------------------------


def _abimes_du_circuit(brut: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The workflow with one thing wrong, in each way that an editor can get it wrong."""
    possibles: dict[str, list[Any]] = {
        "previent": [[]], "texte": ["aucun"], "par": ["usager", "automatique", "agent"], "motifs": [["a"]],
        "effet": [str(effet) for effet in Effet],
        "depuis": ["toutes", [], ["inconnu"]], "vers": [None, "inconnu", brut["statuts"][-1]["code"]],
        "raccourci": ["aa", "A"], "libelle": [""], "apres": [{"valeur": 3, "unite": "jours"}, {"valeur": 0}],
        "groupes": [["g"]], "modeles": [["inconnu"]],
    }  # fmt: skip
    for rang in range(len(brut["transitions"])):
        for cle, valeurs in possibles.items():
            for valeur in valeurs:
                abime = copy.deepcopy(brut)
                abime["transitions"][rang][cle] = valeur
                yield abime
    for rang in range(len(brut["statuts"])):
        for nature in ("close", "a_traiter", "attente_usager", "transferee", "repondue", "n'importe quoi", None):
            abime = copy.deepcopy(brut)
            abime["statuts"][rang]["nature"] = nature
            yield abime
        sans = copy.deepcopy(brut)
        del sans["statuts"][rang]
        yield sans
    for cle in ("initial", "statuts", "transitions", "titre"):
        yield {**brut, cle: None}
        yield {nom: valeur for nom, valeur in brut.items() if nom != cle}


def _abimes_de_la_demarche(brut: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for cle in brut:
        for valeur in (None, "", "zz", []):
            yield {**brut, cle: valeur}
    for groupe in ("presentation", "donnees", "delai", "accuse", "aide"):
        for cle in brut[groupe]:
            for valeur in (None, "", "zz", 0):
                yield {**brut, groupe: {**brut[groupe], cle: valeur}}
    yield {**brut, "canaux": [{"type": "courriel", "texte": "x"}]}
    yield {**brut, "delai": {**brut["delai"], "silence": "accord"}, "accuse": {"suite": ["x"]}}
    premier = brut["etapes"][0]["champs"][0]["nom"]
    dernier = brut["etapes"][-1]["champs"][-1]["nom"]
    conditions: list[Any] = [
        {"champ": "inconnu", "egal": "a"}, {"champ": "", "egal": "a"}, {"champ": dernier, "egal": 1},
        {"champ": premier, "au_moins": "abc"}, {"champ": premier, "contient": "abc"}, {"champ": premier},
        {"champ": premier, "egal": ""}, {"champ": premier, "parmi": []},
    ]  # fmt: skip
    for rang, etape in enumerate(brut["etapes"]):
        for condition in conditions:
            abime = copy.deepcopy(brut)
            abime["etapes"][rang]["si"] = condition
            yield abime
        for place, champ in enumerate(etape["champs"]):
            double = copy.deepcopy(brut)
            double["etapes"][rang]["champs"].append(copy.deepcopy(champ))
            yield double
            for cle in champ:
                for valeur in ("", None, -1, "zz"):
                    abime = copy.deepcopy(brut)
                    abime["etapes"][rang]["champs"][place][cle] = valeur
                    yield abime


@pytest.mark.parametrize("chemin", CIRCUITS, ids=lambda c: c.stem)
def test_c_no_fault_of_a_workflow_speaks_of_codes(chemin: Path) -> None:
    groupe, dites = Groupe(Workflow), set()
    for abime in _abimes_du_circuit(brut_de(chemin)):
        dites |= {phrase for _, phrase in placees(groupe, abime)}
    assert len(dites) > 30
    assert [phrase for phrase in sorted(dites) if DU_FICHIER.search(phrase)] == []


@pytest.mark.parametrize("chemin", DEMARCHES, ids=lambda c: c.stem)
def test_c_no_fault_of_a_procedure_speaks_of_codes(chemin: Path) -> None:
    groupe, dites = Groupe(Definition), set()
    for abime in _abimes_de_la_demarche(brut_de(chemin)):
        dites |= {phrase for _, phrase in placees(groupe, abime)}
    assert len(dites) > 30
    assert [phrase for phrase in sorted(dites) if DU_FICHIER.search(phrase)] == []


@pytest.mark.parametrize("modele", [Definition, Workflow, OrientationDefinie])
def test_c_no_help_of_a_field_speaks_of_codes(modele: Any) -> None:
    def aides(bloc: Any) -> Iterator[str]:
        yield from (str(bloc.label or ""), str(getattr(bloc.meta, "help_text", "") or ""))
        for enfant in getattr(bloc, "child_blocks", {}).values():
            yield from aides(enfant)
        if hasattr(bloc, "child_block"):
            yield from aides(bloc.child_block)

    permis = re.compile(r"\{(?:reference|nom|demarche|service|agent)\}")  # marks that editors type
    dites = {permis.sub("", aide) for aide in aides(Groupe(modele).bloc(label="")) if aide}
    champs = DemarcheRedigee if modele is Definition else CircuitRedige if modele is Workflow else OrientationRedigee
    formulaire = champs.edit_handler.base_form_class
    dites |= {permis.sub("", str(champ.help_text)) for champ in formulaire.base_fields.values()}
    louches = [
        aide for aide in dites if DU_FICHIER.search(aide) or re.search(r"\.yaml|\b[Cc]odes?\b d(?!u patrimoine)", aide)
    ]
    assert louches == []


def test_c_a_rule_over_the_whole_is_said_at_its_field() -> None:
    brut = brut_de(fabrique.SITE / "workflows" / "standard.yaml")
    repondre = next(rang for rang, t in enumerate(brut["transitions"]) if t["effet"] == "repondre")
    brut["transitions"][repondre]["previent"] = []
    ((chemin, phrase),) = list(placees(Groupe(Workflow), brut))
    assert chemin[:2] == ("transitions", repondre)
    assert "Prévenir : L'usager" in phrase
    demarche = brut_de(DEMARCHES[0])
    demarche["accuse"]["recours"] = ""
    ((chemin, phrase),) = list(placees(Groupe(Definition), demarche))
    assert chemin == ("accuse", "recours")
    assert "« Accusé de réception, Délais et voies de recours »" in phrase


# --- One chooses among what exists ------------------------------------------------------------------------


@pytest.mark.parametrize("chemin", [*CIRCUITS, *DEMARCHES], ids=lambda c: c.stem)
def test_c_what_is_chosen_by_its_words_comes_back_as_codes(chemin: Path) -> None:
    modele: Any = Workflow if chemin.parent.name == "workflows" else Definition
    brut = brut_de(chemin)
    montre = lisibles(modele, brut)
    codes = {t["code"] for t in brut.get("transitions", ())} | {s["code"] for s in brut.get("statuts", ())}
    vus = [mots for t in montre.get("transitions", ()) for mots in (*t["depuis"], t["vers"]) if isinstance(mots, str)]
    assert not [mots for mots in vus if mots in codes and "_" in mots]
    assert resoudre(modele, montre, brut) == []
    assert modele.model_validate(montre) == modele.model_validate(brut)


def test_c_a_status_that_does_not_exist_is_said_with_those_that_do() -> None:
    brut = brut_de(fabrique.SITE / "workflows" / "standard.yaml")
    montre = lisibles(Workflow, brut)
    montre["transitions"][0]["depuis"] = ["En préparation"]
    ((chemin, phrase),) = resoudre(Workflow, montre, brut)
    assert chemin == ("transitions", 0, "depuis", 0)
    assert phrase.startswith("Il n'y a pas de statut « En préparation ». Choisissez parmi : « Reçue »")


def test_c_a_status_given_another_name_is_still_the_one_chosen() -> None:
    brut = brut_de(fabrique.SITE / "workflows" / "standard.yaml")
    montre = lisibles(Workflow, brut)
    rang = next(n for n, s in enumerate(montre["statuts"]) if s["code"] == brut["initial"])
    montre["statuts"][rang]["libelle"] = "Tout juste arrivée"
    assert resoudre(Workflow, montre, brut) == []
    assert montre["initial"] == brut["initial"]


def test_c_all_statuses_are_one_choice_and_twins_are_told_apart() -> None:
    brut = brut_de(fabrique.SITE / "workflows" / "standard.yaml")
    brut["transitions"][0]["depuis"] = "toutes"
    brut["statuts"][1]["libelle"] = brut["statuts"][0]["libelle"]
    montre = lisibles(Workflow, brut)
    assert montre["transitions"][0]["depuis"] == TOUS_LES_STATUTS
    assert montre["initial"] == f"{brut['statuts'][0]['libelle']} ({brut['statuts'][0]['code']})"
    assert resoudre(Workflow, montre, brut) == []
    assert (montre["transitions"][0]["depuis"], montre["initial"]) == ("toutes", brut["initial"])


# --- The workshop -----------------------------------------------------------------------------------------


@pytest.fixture
def atelier(db: None, settings: Any) -> None:
    site_agents.prendre(settings)
    fabrique.site_livre()
    creer_pages_initiales()
    Orientation.objects.exclude(pk__in=("pacs", "passeport")).delete()
    suivre()


@pytest.fixture
def responsable(atelier: None) -> Client:
    return entrer("chloe", ["agents", "responsables-demarches"])


@pytest.fixture
def redactrice(atelier: None) -> Client:
    return entrer("alice", ["agents", "editeurs"])


def voirie() -> DemarcheRedigee:
    return DemarcheRedigee.objects.get(slug=fabrique.VOIRIE)


def envoyer(client: Client, redige: Any, **autres: Any) -> Any:
    donnees = {c: v for c, v in envoi.du_formulaire(redige, **autres).items() if v is not None}
    return client.post(f"/redaction/{redige.snippet_viewset.url_prefix}/edit/{redige.pk}/", donnees)


def test_c_one_switch_puts_a_procedure_online_and_takes_it_off(responsable: Client, settings: Any) -> None:
    page = lu(responsable.get(f"/redaction/demarches/edit/{voirie().pk}/"))
    assert "Mettre en ligne" in page
    assert 'name="publiee"' not in page
    responsable.post(f"/redaction/demarches/unpublish/{voirie().pk}/")
    assert not Demarche.objects.get(pk=fabrique.VOIRIE).publiee
    assert not voirie().live
    assert "Hors ligne" in lu(responsable.get("/redaction/demarches/"))
    assert suivre() == []
    envoyer(responsable, voirie(), **PUBLIER)
    assert Demarche.objects.get(pk=fabrique.VOIRIE).publiee
    assert voirie().live


def test_c_a_procedure_closed_in_a_file_is_closed_in_the_workshop(responsable: Client) -> None:
    Demarche.objects.filter(pk=fabrique.VOIRIE).update(publiee=False)
    assert suivre() == [fabrique.VOIRIE]
    assert not voirie().live
    assert suivre() == []


def test_c_an_editor_takes_nothing_offline(redactrice: Client) -> None:
    redactrice.post(f"/redaction/demarches/unpublish/{voirie().pk}/")
    assert Demarche.objects.get(pk=fabrique.VOIRIE).publiee


def _nouveau(titre: str) -> dict[str, Any]:
    donnees = envoi.du_formulaire(DemarcheRedigee(brut={"titre": titre}, titre=titre))
    return {c: v for c, v in donnees.items() if v is not None}


def test_c_a_page_sent_twice_makes_one_draft(redactrice: Client) -> None:
    cle = str(uuid.uuid4())
    for rang in range(2):
        donnees = {**_nouveau("Demander un composteur"), "resume": f"Résumé {rang}", "cle_creation": cle}
        assert redactrice.post("/redaction/demarches/add/", donnees).status_code in {200, 302}
    (cree,) = DemarcheRedigee.objects.filter(slug__startswith="demander-un-composteur")
    assert cree.get_latest_revision_as_object().brut["resume"] == "Résumé 1"
    # Another page, another draft, another address.
    donnees = {**_nouveau("Demander un composteur"), "cle_creation": str(uuid.uuid4())}
    redactrice.post("/redaction/demarches/add/", donnees)
    assert DemarcheRedigee.objects.filter(slug="demander-un-composteur-2").exists()


def test_c_a_draft_that_never_was_online_is_thrown_away(redactrice: Client) -> None:
    redactrice.post("/redaction/demarches/add/", {**_nouveau("Raté"), "cle_creation": str(uuid.uuid4())})
    rate = DemarcheRedigee.objects.get(slug="rate")
    assert f"/redaction/demarches/delete/{rate.pk}/" in lu(redactrice.get("/redaction/demarches/"))
    assert f"/redaction/demarches/delete/{voirie().pk}/" not in lu(redactrice.get("/redaction/demarches/"))
    redactrice.post(f"/redaction/demarches/delete/{rate.pk}/")
    assert not DemarcheRedigee.objects.filter(pk=rate.pk).exists()
    redactrice.post(f"/redaction/demarches/delete/{voirie().pk}/")
    assert voirie().live


def test_c_changes_of_a_draft_are_given_up(redactrice: Client) -> None:
    envoyer(redactrice, voirie(), titre="Raté")
    assert voirie().has_unpublished_changes
    adresse = f"/redaction/atelier/demarches/{voirie().pk}/abandonner/"
    assert adresse in lu(redactrice.get(f"/redaction/demarches/edit/{voirie().pk}/"))
    assert "Abandonner les changements" in lu(redactrice.get(adresse))
    assert voirie().has_unpublished_changes
    redactrice.post(adresse)
    assert not voirie().has_unpublished_changes
    assert voirie().get_latest_revision_as_object().titre == "Signaler un problème de voirie"
    assert "Raté" in [revision.as_object().titre for revision in voirie().revisions.all()]
    assert redactrice.get("/redaction/atelier/rien/1/abandonner/").status_code == 404


def test_c_two_procedures_do_not_bear_one_title(responsable: Client) -> None:
    reponse = envoyer(responsable, voirie(), titre="inscrire un enfant à l'ECOLE", **PUBLIER)
    assert "est déjà le titre" in str(reponse.context["form"].errors["titre"])


def test_c_the_list_says_theme_service_and_requests(responsable: Client, django_assert_max_num_queries: Any) -> None:
    responsable.get("/redaction/demarches/")
    with django_assert_max_num_queries(25):
        page = lu(responsable.get("/redaction/demarches/"))
    for mot in ("Thème", "Service", "Demandes reçues", "Rue et cadre de vie", "Voirie et espaces publics"):
        assert mot in page


def _presence(client: Client, connue: Any) -> dict[str, Any]:
    session = EditingSession.objects.create(
        user_id=client.session["_auth_user_id"],
        content_type=ContentType.objects.get_for_model(DemarcheRedigee),
        object_id=str(voirie().pk),
        last_seen_at=timezone.now(),
    )
    adresse = f"/redaction/editing-sessions/ping/conception/demarcheredigee/{voirie().pk}/{session.pk}/"
    vue = {"revision_id": connue.pk, "revision_created_at": connue.created_at.isoformat()}
    reponse: dict[str, Any] = json.loads(client.post(adresse, vue).content)
    return reponse


def test_c_what_this_window_saved_is_no_other_windows(redactrice: Client, responsable: Client) -> None:
    connue = voirie().latest_revision
    envoyer(redactrice, voirie(), titre="Enregistré tout seul")
    assert [s for s in _presence(redactrice, connue)["other_sessions"] if s["revision_id"]] == []
    # What somebody else saved still is.
    assert [s for s in _presence(responsable, connue)["other_sessions"] if s["revision_id"]] != []
    # And what another window of the same person, still open, may have saved.
    EditingSession.objects.update(last_seen_at=timezone.now() - timedelta(seconds=1))
    assert [s for s in _presence(redactrice, connue)["other_sessions"] if s["revision_id"]] != []


def test_c_an_agent_without_rights_reads_why(atelier: None) -> None:
    agent = entrer("denise", ["agents"])
    for adresse in ("/redaction/", "/redaction/demarches/", "/redaction/pages/"):
        reponse = agent.get(adresse, follow=True)
        assert reponse.status_code == 403
        assert len(reponse.redirect_chain) <= 2
        assert "ne permet pas d'écrire les pages" in lu(reponse)
        assert "Wagtail" not in lu(reponse)
    suite = Client().get("/redaction/demarches/")
    assert suite["Location"] == "/redaction/entree/?next=/redaction/demarches/"
    assert Client().get(suite["Location"])["Location"] == "/connexion/?next=%2Fredaction%2Fdemarches%2F"


@pytest.mark.parametrize(
    "adresse", ["", "demarches/", "circuits/", "orientations/", "demarches/add/", "pages/", "images/"]
)
def test_c_the_workshop_bears_the_towns_charter_and_words(redactrice: Client, adresse: str) -> None:
    page = lu(redactrice.get(f"/redaction/{adresse}", follow=True))
    assert re.search(r"<title>[^<]+ - Rédaction – Admiville</title>", page)
    assert '<link rel="stylesheet" href="/charte/jetons.css">' in page
    assert "/charte/logo.svg" in page
    assert "Retour aux demandes" in page
    visible = re.sub(r"<(script|style|template)\b.*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)
    assert not re.search(r"Wagtail|\(e\)|\bSearch\b|\bPublish", visible)


@pytest.mark.skipif(shutil.which("msgfmt") is None, reason="msgfmt manque : apt-get install gettext")
def test_c_the_catalogue_is_compiled_from_its_source(tmp_path: Path) -> None:
    source = Path("guichet/editorial/locale/fr/LC_MESSAGES/django.po")
    compile_ = tmp_path / "django.mo"
    subprocess.run(["msgfmt", "-o", compile_, source], check=True, capture_output=True)
    with compile_.open("rb") as neuf, source.with_suffix(".mo").open("rb") as livre:
        assert gettext.GNUTranslations(neuf)._catalog == gettext.GNUTranslations(livre)._catalog  # type: ignore[attr-defined]


# --- Sheets of orientation ---------------------------------------------------------------------------------


def test_c_a_sheet_is_changed_put_online_and_taken_off(responsable: Client) -> None:
    fiche = OrientationRedigee.objects.get(slug="pacs")
    envoyer(responsable, fiche, titre="Conclure un Pacs", **PUBLIER)
    assert Orientation.objects.get(pk="pacs").titre == "Conclure un Pacs"
    assert "Conclure un Pacs" in lu(responsable.get("/redaction/orientations/"))
    responsable.post(f"/redaction/orientations/unpublish/{fiche.pk}/")
    assert not Orientation.objects.get(pk="pacs").publiee


def test_c_a_sheet_that_leads_nowhere_is_refused_at_its_field(responsable: Client) -> None:
    fiche = OrientationRedigee.objects.get(slug="pacs")
    reponse = envoyer(responsable, fiche, mairie="", **PUBLIER)
    assert set(reponse.context["form"].errors) == {"liens"}


def test_c_a_sheet_is_previewed_as_residents_will_see_it(redactrice: Client) -> None:
    page = OrientationRedigee.objects.get(slug="passeport").make_preview_request().content.decode()
    assert "Qui s&#x27;en occupe" in page or "Qui s'en occupe" in page
