"""Editors write, those responsible publish, residents see it at once; nothing incomplete is published."""

from __future__ import annotations

import json
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from guichet.conception.models import CircuitRedige, DemarcheRedigee
from guichet.conception.services import suivre
from guichet.demarches.definition import lire_definition
from guichet.demarches.ecriture import en_yaml
from guichet.demarches.exportation import exporter_site
from guichet.demarches.models import Demarche, VersionDemarche
from guichet.demarches.services import importer_site
from tests.guichet import fabrique
from tests.guichet.conception import envoi

PUBLIER = {"action-publish": "action-publish"}


def voirie() -> DemarcheRedigee:
    return DemarcheRedigee.objects.get(slug=fabrique.VOIRIE)


def modifier(client: Client, redige: Any, **autres: Any) -> Any:
    genre = "demarches" if isinstance(redige, DemarcheRedigee) else "circuits"
    donnees = envoi.du_formulaire(redige, **autres)
    donnees = {cle: valeur for cle, valeur in donnees.items() if valeur is not None}
    return client.post(f"/redaction/{genre}/edit/{redige.pk}/", donnees)


def le_portail(settings: Any) -> Client:
    settings.GUICHET_SITE, settings.ROOT_URLCONF = "portail", "guichet.configuration.urls_portail"
    return Client()


@pytest.mark.parametrize("adresse", ["demarches/", "circuits/", "demarches/add/", "circuits/add/"])
def test_the_workshop_opens_in_french_and_asks_nobody_else(redactrice: Client, adresse: str) -> None:
    texte = redactrice.get(f"/redaction/{adresse}").content.decode()
    assert 'lang="fr"' in texte
    ailleurs = re.findall(r'<(?:script|link|img|iframe)[^>]+(?:src|href)="(?:https?:)?//([^/"]+)', texte)
    assert set(ailleurs) <= {"portail.gru.test", "agents.gru.test"}


def test_procedures_loaded_from_files_are_all_there(redactrice: Client) -> None:
    texte = redactrice.get("/redaction/demarches/").content.decode()
    for demarche in Demarche.objects.all():
        assert demarche.titre.replace("'", "&#x27;") in texte
    assert suivre() == []


def test_an_agent_who_is_no_editor_stays_out(agent: Client) -> None:
    assert agent.get("/redaction/demarches/").status_code in {302, 403}
    assert agent.get(f"/redaction/circuits/{CircuitRedige.objects.first().pk}/essayer/").status_code in {302, 403}  # type: ignore[union-attr]


def test_an_editor_saves_a_draft_and_nothing_changes_for_residents(redactrice: Client, settings: Any) -> None:
    modifier(redactrice, voirie(), titre="Signaler un trou")
    assert voirie().has_unpublished_changes
    assert Demarche.objects.get(pk=fabrique.VOIRIE).titre == "Signaler un problème de voirie"
    assert VersionDemarche.objects.filter(demarche=fabrique.VOIRIE).count() == 1


def test_an_editor_does_not_publish(redactrice: Client) -> None:
    modifier(redactrice, voirie(), titre="Signaler un trou", **PUBLIER)
    assert Demarche.objects.get(pk=fabrique.VOIRIE).titre == "Signaler un problème de voirie"
    assert "action-publish" not in redactrice.get(f"/redaction/demarches/edit/{voirie().pk}/").content.decode()


def test_what_is_published_is_served_at_once_as_a_new_version(responsable: Client, settings: Any) -> None:
    assert modifier(responsable, voirie(), titre="Signaler un trou", **PUBLIER).status_code == 302
    demarche = Demarche.objects.get(pk=fabrique.VOIRIE)
    assert (demarche.titre, demarche.version) == ("Signaler un trou", 2)
    texte = le_portail(settings).get(f"/demarches/{fabrique.VOIRIE}/").content.decode()
    assert "Signaler un trou" in texte


def test_publishing_what_did_not_change_makes_no_version(responsable: Client) -> None:
    modifier(responsable, voirie(), **PUBLIER)
    assert Demarche.objects.get(pk=fabrique.VOIRIE).version == 1


def test_a_former_revision_is_restored(responsable: Client) -> None:
    depart = voirie().latest_revision
    modifier(responsable, voirie(), titre="Signaler un trou", **PUBLIER)
    noms = DemarcheRedigee.snippet_viewset  # type: ignore[attr-defined]
    retour = reverse(noms.get_url_name("revisions_revert"), args=[voirie().pk, depart.pk])
    assert 'value="Signaler un problème de voirie"' in responsable.get(retour).content.decode()
    assert depart.as_object().titre == "Signaler un problème de voirie"
    depart.publish()
    demarche = Demarche.objects.get(pk=fabrique.VOIRIE)
    assert (demarche.titre, demarche.version) == ("Signaler un problème de voirie", 3)


SANS = {"presentation__pour_qui": "", "donnees__base_legale": "", "accuse__recours": "", "service": ""}


def test_an_incomplete_draft_is_kept(redactrice: Client) -> None:
    assert modifier(redactrice, voirie(), **SANS).status_code == 302
    brouillon = voirie().get_latest_revision_as_object()
    assert "service" not in brouillon.brut
    assert "base_legale" not in brouillon.brut["donnees"]


def test_publishing_an_incomplete_procedure_is_refused_in_words_at_its_place(responsable: Client) -> None:
    reponse = modifier(responsable, voirie(), **SANS, **PUBLIER)
    assert reponse.status_code == 200
    formulaire = reponse.context["form"]
    assert set(formulaire.errors) == {"presentation__pour_qui", "donnees__base_legale", "service"}
    assert formulaire.errors["presentation__pour_qui"] == ["il manque « Présentation, Pour qui »"]
    assert "il manque « Données personnelles, Base légale »" in reponse.content.decode()
    assert Demarche.objects.get(pk=fabrique.VOIRIE).version == 1


def test_a_fault_deep_in_the_form_is_shown_beside_its_question(responsable: Client) -> None:
    reponse = modifier(responsable, voirie(), **{"etapes-1-value-champs-0-value-pourquoi": ""}, **PUBLIER)
    erreur = reponse.context["form"].errors.as_data()["etapes"][0]
    question = erreur.block_errors[1].block_errors["champs"].block_errors[0].block_errors["pourquoi"]
    assert question.messages == [
        "il manque « Pages du formulaire, 2, Questions de la page, 1, Pourquoi cette question »"
    ]


def test_rules_over_the_whole_are_said_too(responsable: Client) -> None:
    reponse = modifier(responsable, voirie(), **{"accuse__recours": ""}, **PUBLIER)
    erreurs = reponse.context["form"].errors
    assert set(erreurs) == {"accuse__recours"}
    assert "« Accusé de réception, Délais et voies de recours » doit donner les délais" in str(erreurs)


def test_a_new_procedure_needs_no_technical_name(responsable: Client, settings: Any) -> None:
    brut = yaml.safe_load((fabrique.SITE / "demarches" / f"{fabrique.VOIRIE}.yaml").read_text("utf-8"))
    lue = lire_definition({**brut, "titre": "Adopter un arbre"}, "x").model_dump(mode="json", exclude_defaults=True)
    donnees = envoi.du_formulaire(DemarcheRedigee(brut=lue, titre="Adopter un arbre"), **PUBLIER)
    for cle in list(donnees):
        if re.search(r"-value-(nom|valeur)$", cle) and "documents" not in cle:
            donnees[cle] = ""
    reponse = responsable.post("/redaction/demarches/add/", {k: v for k, v in donnees.items() if v is not None})
    assert reponse.status_code == 302, reponse.context["form"].errors
    demarche = Demarche.objects.get(pk="adopter-un-arbre")
    noms = [champ.nom for champ in demarche.lue.champs()]
    assert noms[:2] == ["adresse_ou_nom_du_lieu", "de_quel_probleme_s_agit_il"]
    assert le_portail(settings).get("/demarches/adopter-un-arbre/").status_code == 200


def test_the_address_of_a_procedure_does_not_change(responsable: Client) -> None:
    modifier(responsable, voirie(), slug="autre-adresse", **PUBLIER)
    assert not DemarcheRedigee.objects.filter(slug="autre-adresse").exists()


def test_a_procedure_that_was_online_is_not_removed(responsable: Client) -> None:
    responsable.post(f"/redaction/demarches/delete/{voirie().pk}/")
    assert voirie().live


def test_a_workflow_is_neither_removed_nor_taken_off(responsable: Client) -> None:
    for action in ("delete", "unpublish"):
        responsable.post(f"/redaction/circuits/{action}/{workflow_redige().pk}/")
        assert workflow_redige().live


# --- Preview ----------------------------------------------------------------------------------------


def apercu(client: Client, redigee: DemarcheRedigee, mode: str = "", **autres: Any) -> str:
    adresse = f"/redaction/demarches/preview/{redigee.pk}/"
    reponse = client.post(adresse, {k: v for k, v in envoi.du_formulaire(redigee, **autres).items() if v is not None})
    assert json.loads(reponse.content) == {"is_valid": True, "is_available": True}
    return str(client.get(adresse, {"mode": mode}).content.decode())


def test_preview_shows_the_page_and_each_form_page_as_residents_will_see_them(redactrice: Client) -> None:
    page = apercu(redactrice, voirie(), titre="Signaler un trou")
    assert "<h1" in page
    assert "Signaler un trou" in page
    assert "wagtail" not in page.lower().replace("/redaction/", "")
    for rang, etape in enumerate(Demarche.objects.get(pk=fabrique.VOIRIE).lue.etapes, 1):
        page = apercu(redactrice, voirie(), f"page-{rang}")
        assert etape.titre.replace("'", "&#x27;") in page
    assert Demarche.objects.get(pk=fabrique.VOIRIE).version == 1


def test_every_page_of_every_shipped_procedure_is_previewed(site: None) -> None:
    for redigee in DemarcheRedigee.objects.all():
        for mode, _ in redigee.preview_modes:
            reponse = redigee.make_preview_request(preview_mode=mode)
            assert reponse.status_code == 200, (redigee.slug, mode)
            assert reponse.content.decode().count("<h1") == 1, (redigee.slug, mode)


def test_preview_of_an_incomplete_procedure_says_what_is_missing(redactrice: Client) -> None:
    page = apercu(redactrice, voirie(), **SANS)
    assert "Pas encore d&#x27;aperçu" in page or "Pas encore d'aperçu" in page
    assert "il manque « Données personnelles, Base légale »" in page


# --- Files and editors ------------------------------------------------------------------------------


@pytest.fixture
def dossier(tmp_path: Path, site: None) -> Path:
    exporter_site(tmp_path)
    return tmp_path


def _fichier(dossier: Path, avant: str, apres: str) -> None:
    chemin = dossier / "demarches" / f"{fabrique.VOIRIE}.yaml"
    texte = chemin.read_text("utf-8")
    assert avant in texte
    chemin.write_text(texte.replace(avant, apres), "utf-8")


def _duree() -> int:
    return Demarche.objects.get(pk=fabrique.VOIRIE).lue.presentation.duree_minutes


def _importer(dossier: Path, **options: Any) -> str:
    sortie = StringIO()
    call_command("importer_site", dossier, stdout=sortie, **options)
    return sortie.getvalue()


def test_a_deployment_keeps_what_editors_published(responsable: Client, dossier: Path) -> None:
    modifier(responsable, voirie(), **{"presentation__duree_minutes": "7"}, **PUBLIER)
    assert f"{fabrique.VOIRIE} : gardé tel que la rédaction l'a publié\n" in _importer(dossier)
    assert _duree() == 7


def test_a_file_that_changed_is_loaded_and_followed_by_the_workshop(responsable: Client, dossier: Path) -> None:
    _fichier(dossier, "duree_minutes: 3", "duree_minutes: 4")
    assert f"{fabrique.VOIRIE} : modifié" in _importer(dossier)
    assert _duree() == 4
    assert voirie().brut["presentation"]["duree_minutes"] == 4
    assert not voirie().has_unpublished_changes


def test_where_both_changed_editors_win_and_the_report_says_so(responsable: Client, dossier: Path) -> None:
    modifier(responsable, voirie(), **{"presentation__duree_minutes": "7"}, **PUBLIER)
    _fichier(dossier, "duree_minutes: 3", "duree_minutes: 4")
    assert "alors que le fichier a changé aussi" in _importer(dossier)
    assert _duree() == 7
    assert json.loads(_importer(dossier, json=True))["kept"] == [fabrique.VOIRIE]
    _importer(dossier, remplacer=[fabrique.VOIRIE])
    assert _duree() == 4
    assert voirie().brut["presentation"]["duree_minutes"] == 4
    assert "Rien n'a changé" in _importer(dossier)


def test_editing_then_exporting_gives_the_same_file_but_for_what_changed(responsable: Client, dossier: Path) -> None:
    chemin = dossier / "demarches" / f"{fabrique.VOIRIE}.yaml"
    avant = chemin.read_text("utf-8")
    modifier(responsable, voirie(), **{"presentation__duree_minutes": "7"}, **PUBLIER)
    exporter_site(dossier)
    assert chemin.read_text("utf-8") == avant.replace("duree_minutes: 3", "duree_minutes: 7")
    assert not importer_site(dossier).gardes
    assert not importer_site(dossier).change
    assert en_yaml(Demarche.objects.get(pk=fabrique.VOIRIE).lue) in chemin.read_text("utf-8")


def test_a_draft_is_found_again_after_a_deployment_that_loads_a_file(redactrice: Client, dossier: Path) -> None:
    modifier(redactrice, voirie(), titre="Mon brouillon")
    _fichier(dossier, "duree_minutes: 3", "duree_minutes: 4")
    _importer(dossier)
    titres = [revision.as_object().titre for revision in voirie().revisions.order_by("created_at")]
    assert "Mon brouillon" in titres


# --- Workflows --------------------------------------------------------------------------------------


def workflow_redige(slug: str = "signalement") -> CircuitRedige:
    return CircuitRedige.objects.get(slug=slug)


def test_a_published_workflow_makes_a_version_of_the_procedures_that_name_it(responsable: Client) -> None:
    rang = next(n for n, s in enumerate(workflow_redige().brut["statuts"]) if s["code"] == "en_cours")
    modifier(responsable, workflow_redige(), **{f"statuts-{rang}-value-libelle": "On s'en occupe"}, **PUBLIER)
    demarche = Demarche.objects.get(pk=fabrique.VOIRIE)
    assert demarche.version == 2
    assert "On s'en occupe" in json.dumps(demarche.workflow, ensure_ascii=False)
    anciennes = VersionDemarche.objects.get(demarche=demarche, numero=1)
    assert "On s'en occupe" not in json.dumps(anciennes.workflow, ensure_ascii=False)


def test_a_workflow_that_does_not_hold_together_is_refused_in_words(responsable: Client) -> None:
    reponse = modifier(responsable, workflow_redige(), initial="nulle_part", **PUBLIER)
    assert "Il n&#x27;y a pas de statut « nulle_part »." in str(reponse.context["form"].errors["initial"])


def test_a_workflow_is_drawn(redactrice: Client) -> None:
    reponse = redactrice.get(f"/redaction/circuits/{workflow_redige().pk}/dessin.svg")
    assert reponse["Content-Type"] == "image/svg+xml"
    assert "Intervention prévue" in reponse.content.decode()
    page = workflow_redige().make_preview_request().content.decode()
    assert "<svg" in page
    assert "style=" not in page


def test_a_dry_run_goes_step_by_step_without_touching_anything(redactrice: Client) -> None:
    adresse = f"/redaction/circuits/{workflow_redige('standard').pk}/essayer/"
    texte = redactrice.get(adresse).content.decode()
    assert "La demande est « Reçue »" in texte
    assert "?pas=prendre_en_charge" in texte
    texte = redactrice.get(adresse, {"pas": "prendre_en_charge,repondre"}).content.decode()
    assert "La demande est « Répondue »" in texte
    assert "e-mail à l&#x27;usager" in texte
    # An address written by hand stops where the workflow says no.
    texte = redactrice.get(adresse, {"pas": "rouvrir,repondre"}).content.decode()
    assert "La demande est « Reçue »" in texte


def test_a_workflow_that_cannot_be_read_says_why_instead_of_a_dry_run(redactrice: Client) -> None:
    modifier(redactrice, workflow_redige(), initial="nulle_part")
    texte = redactrice.get(f"/redaction/circuits/{workflow_redige().pk}/essayer/").content.decode()
    assert "ne tient pas encore debout" in texte
