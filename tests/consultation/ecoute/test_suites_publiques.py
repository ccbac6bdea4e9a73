"""« Vous avez dit, nous avons fait », its tagged PDF and its open data: what was said, never by whom."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.test import Client
from django.utils import timezone
from frictionless import Package, Schema, system

from consultation.ecoute.ateliers import services as ateliers
from consultation.ecoute.ateliers.models import Participant
from consultation.ecoute.contributions import services as avis
from consultation.ecoute.contributions.models import Canal, Contact, Contribution
from consultation.ecoute.contributions.services import Saisie
from consultation.ecoute.dossiers import services as dossiers
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.equipe.models import Membre
from consultation.ecoute.lecture import services as lecture
from consultation.ecoute.lecture.models import Theme
from consultation.ecoute.lecture.services import PETIT
from consultation.ecoute.panels import services as panels
from consultation.ecoute.panels.models import Volontaire
from consultation.ecoute.suites import services as suites
from consultation.ecoute.suites import verification
from consultation.ecoute.suites.anonymat import cacher_petits, generaliser
from consultation.ecoute.suites.models import Action, Proposition
from socle.typographie.espaces import apostrophes, insecables
from tests.consultation.ecoute import fabrique, monde

pytestmark = pytest.mark.django_db


def avant_fermeture(dossier: Dossier) -> datetime:
    """Now, or the day before the participation closed."""
    dossier.refresh_from_db()
    assert dossier.fermeture is not None
    return min(timezone.now(), dossier.fermeture - timedelta(days=1))


def dire(qui: Membre, dossier: Dossier, texte: str, canal: Canal = Canal.PAPIER, **profil: str) -> Contribution:
    recu = avis.saisir(qui, dossier, Saisie(texte, canal, profil, recue_le=avant_fermeture(dossier), publier=True))
    relu = lecture.relire(qui, recu, set())
    verification.verifier(qui, dossier, [relu.pk])
    relu.refresh_from_db()
    return relu


@pytest.fixture
def suivi(responsable: Membre, dpo: Membre) -> Dossier:
    """A dossier with opinions read, a thread from end to end, results published."""
    dossier = fabrique.ouvert(responsable, dpo)
    theme = Theme.objects.create(dossier=dossier, nom="Pièces", definition="")
    for rang in range(6):
        texte = f"On demande trois fois le même justificatif, dit la personne {rang}."
        lecture.coder(responsable, dire(responsable, dossier, texte), [theme])
    monde.fil(responsable, dossier, ["trois fois le même justificatif"])
    fabrique.resultats(responsable, dossier)
    return dossier


def base(dossier: Dossier) -> str:
    return f"/consultations/{dossier.slug}/vous-avez-dit/"


def archive(client: Client, dossier: Dossier) -> dict[str, str]:
    """The package's files, by name."""
    octets = client.get(f"{base(dossier)}donnees.zip").content
    with zipfile.ZipFile(io.BytesIO(octets)) as lue:
        return {nom.removeprefix(f"{dossier.slug}/"): lue.read(nom).decode() for nom in lue.namelist()}


def test_the_page_opens_with_the_results_and_not_before(responsable: Membre, dpo: Membre, client: Client) -> None:
    dossier = fabrique.ouvert(responsable, dpo)
    monde.fil(responsable, dossier, [])
    action = Action.objects.first()
    assert action is not None
    for adresse in (base(dossier), f"{base(dossier)}donnees.zip", f"{base(dossier)}actions/{action.pk}/"):
        assert client.get(adresse).status_code == 404
    fabrique.resultats(responsable, dossier)
    assert client.get(base(dossier)).status_code == 200
    assert base(dossier) in client.get(f"/consultations/{dossier.slug}/").content.decode()


def test_the_page_says_what_is_done_late_and_not_kept_and_why(suivi: Dossier, client: Client, settings: Any) -> None:
    settings.URL_PORTAIL = "https://portail.gru.test"
    settings.URL_AGENTS = "https://agents.gru.test"
    page = client.get(base(suivi)).content.decode()
    for mots in (
        "<h2>Pièces</h2>", "Vous avez dit : On demande plusieurs fois", "« trois fois le même justificatif »",
        "Nous faisons : Demander chaque pièce une fois", "par : comité de pilotage", "Fait le",
        "Le formulaire est en ligne.",
        'href="https://portail.gru.test/demarches/inscription-scolaire/"', "révision 4",
        "Nous sommes en retard.", "Pas retenu : Ouvrir un guichet de plus", "Pourquoi : Trop cher cette année.",
        "baisse de 23,5 points, comme espéré", "2 actions : 1 faite, 1 en retard.",
    ):  # fmt: skip
        assert insecables(mots) in page, mots
    assert "2026-AC47-WX39" not in page  # a resident's request
    assert "agents.gru.test" not in page
    action = Action.objects.get(titre="Réécrire le formulaire")
    seule = client.get(f"{base(suivi)}actions/{action.pk}/").content.decode()
    assert "2026-AC47-WX39" not in seule
    assert "prévue, puis faite" in seule


def test_the_team_opens_the_request_on_the_agents_site(
    suivi: Dossier, responsable: Membre, connecte: Any, settings: Any
) -> None:
    settings.URL_AGENTS = "https://agents.gru.test"
    action = Action.objects.get(titre="Réécrire le formulaire")
    page = connecte(responsable).get(f"/equipe/dossiers/{suivi.slug}/suites/actions/{action.pk}/").content.decode()
    assert 'href="https://agents.gru.test/demandes/2026-AC47-WX39/"' in page


def test_what_is_not_decided_is_not_shown(suivi: Dossier, responsable: Membre, client: Client) -> None:
    constat = suivi.constats.get()
    suites.proposer(responsable, Proposition(dossier=suivi, titre="Secrète", raisons="x"), [constat])
    retenue = suivi.propositions.get(titre="Demander chaque pièce une fois")
    action = retenue.actions.first()
    assert action is not None
    assert "Secrète" not in client.get(base(suivi)).content.decode()
    assert "Secrète" not in "".join(archive(client, suivi).values())
    Proposition.objects.filter(pk=retenue.pk).update(decision="a_decider")
    assert client.get(f"{base(suivi)}actions/{action.pk}/").status_code == 404


def test_the_report_is_a_tagged_pdf_with_title_language_and_headings(suivi: Dossier, client: Client) -> None:
    octets = client.get(f"{base(suivi)}rapport.pdf").content
    with pikepdf.open(io.BytesIO(octets)) as document:
        assert str(document.Root.Lang) == "fr"
        assert bool(document.Root.MarkInfo.Marked)
        assert bool(document.Root.ViewerPreferences.DisplayDocTitle)
        with document.open_metadata() as faits:
            assert faits["dc:title"] == f"Vous avez dit, nous avons fait – {apostrophes(suivi.titre)}"
            assert faits["pdfuaid:part"] == "1"
        balises = Counter(_balises(document.Root.StructTreeRoot))
    assert balises["/H1"] == 1
    assert balises["/H3"] == 1
    assert balises["/Table"] == 2
    assert balises["/TH"] >= 4
    assert not balises["/Figure"]  # bars are decoration: their numbers stand beside them


def _balises(noeud: Any) -> list[str]:
    """Tags of a structure tree, from the top."""
    enfants = noeud.get("/K", [])
    liste = list(enfants) if isinstance(enfants, pikepdf.Array) else [enfants]
    sous = [balise for enfant in liste if isinstance(enfant, pikepdf.Dictionary) for balise in _balises(enfant)]
    return [str(noeud["/S"]), *sous] if "/S" in noeud else sous


def test_the_package_is_valid_open_data_whose_tables_hold_together(
    suivi: Dossier, client: Client, tmp_path: Path
) -> None:
    fichiers = archive(client, suivi)
    for nom, texte in fichiers.items():
        (tmp_path / nom).write_text(texte, encoding="utf-8")
    with system.use_context(trusted=True):
        rapport = Package(str(tmp_path / "datapackage.json")).validate()
    assert rapport.valid, rapport.flatten(["name", "rowNumber", "fieldName", "note"])
    for nom in fichiers:
        if nom.endswith(".schema.json"):
            assert Schema.from_descriptor(json.loads(fichiers[nom])).fields, nom
    assert "Licence Ouverte 2.0" in fichiers["LICENCE.txt"]
    assert suivi.titre in fichiers["LICENCE.txt"]
    assert all(nom in fichiers["LISEZMOI.md"] for nom in fichiers if nom.endswith(".csv"))
    # From a quote to the value it changed, by identifiers alone.
    tables = {nom: list(csv.DictReader(io.StringIO(texte))) for nom, texte in fichiers.items() if nom.endswith(".csv")}
    [extrait] = tables["extraits.csv"]
    propositions = {r["proposition"] for r in tables["reponses.csv"] if r["constat"] == extrait["constat"]}
    actions = {a["id"] for a in tables["actions.csv"] if a["proposition"] in propositions}
    assert {i["valeur"] for i in tables["indicateurs.csv"] if i["action"] in actions} == {"42.00", "18.50"}
    assert [c["reference"] for c in tables["changements.csv"]] == ["inscription-scolaire"]


def test_a_broken_table_does_not_validate(suivi: Dossier, client: Client, tmp_path: Path) -> None:
    fichiers = archive(client, suivi)
    fichiers["reponses.csv"] += "999999,1\n"
    for nom, texte in fichiers.items():
        (tmp_path / nom).write_text(texte, encoding="utf-8")
    with system.use_context(trusted=True):
        assert not Package(str(tmp_path / "datapackage.json")).validate().valid


GENS = (
    ("Jean Valjean", "jean.valjean@exemple.test", "01 99 00 12 12"),
    ("Cosette Fauchelevent", "cosette@exemple.test", "+33 1 99 00 13 13"),
    ("Marius Pontmercy", "marius@exemple.test", "01.99.00.14.14"),
)


def test_no_export_ever_names_those_who_were_heard(suivi: Dossier, responsable: Membre, client: Client) -> None:
    """The reader let everything through; people gave their names on three channels."""
    (contact, participant, volontaire) = GENS
    recu = dire(
        responsable, suivi, "Je suis JEAN VALJEAN, écrivez à Jean.Valjean@exemple.test ou au 0199001212. Valjean."
    )
    Contact.objects.create(contribution=recu, nom=contact[0], courriel=contact[1], telephone=contact[2])
    atelier = fabrique.atelier(responsable, suivi, dans_j=-10)
    ateliers.ajouter(responsable, atelier, [
        Participant(nom=participant[0], courriel=participant[1], telephone=participant[2])])  # fmt: skip
    dossiers.decrire(responsable, suivi, None, "quartier", "?", "", [("Nord", 50.0), ("Sud", 50.0)])
    panel = fabrique.panel(responsable, suivi)
    panels.inscrire(panel, Volontaire(nom=volontaire[0], courriel=volontaire[1], telephone=volontaire[2],
                                      valeurs={"quartier": "Nord"}), "1 rue des Lilas")  # fmt: skip
    dire(responsable, suivi, "Comme Fauchelevent Cosette, et mon voisin Marius Pontmercy (01 99 00 14 14), j'attends.")
    suivi.constats.update(texte="Marius Pontmercy attend depuis un mois.")
    pages = [client.get(f"{base(suivi)}{nom}").content.decode() for nom in ("avis.csv", "avis.schema.json")]
    sorties = [*pages, *archive(client, suivi).values()]
    assert any("[nom]" in sortie for sortie in sorties)
    for sortie in sorties:
        plat = sortie.lower().replace(" ", "").replace(".", "")
        for nom, courriel, telephone in GENS:
            for mot in (nom, *nom.split()[1:], courriel, telephone.replace("+33", "0")):
                assert mot.lower().replace(" ", "").replace(".", "") not in plat, mot


def test_a_common_word_that_is_also_a_name_stays(suivi: Dossier, responsable: Membre, client: Client) -> None:
    recu = dire(responsable, suivi, "Petit souci : un petit guichet. Mme Petit le sait, et Petitjean aussi.")
    Contact.objects.create(contribution=recu, nom="Anne Petit", courriel="a@exemple.test")
    lignes = list(csv.DictReader(io.StringIO(client.get(f"{base(suivi)}avis.csv").content.decode())))
    assert lignes[-1]["texte"] == "Petit souci : un petit guichet. Mme [nom] le sait, et Petitjean aussi."


def test_open_data_say_what_and_small_groups_are_hidden(suivi: Dossier, responsable: Membre, client: Client) -> None:
    dossiers.decrire(responsable, suivi, None, "quartier", "?", "", [("Nord", 50.0), ("Sud", 50.0)])
    for rang in range(6):
        dire(responsable, suivi, f"=Avis {rang}", quartier="Nord")
    avis.saisir(
        responsable,
        suivi,
        Saisie("Signé Jean Valjean", Canal.TELEPHONE, {"quartier": "Sud"}, recue_le=avant_fermeture(suivi)),
    )
    adresse = base(suivi)
    lignes = list(csv.DictReader(io.StringIO(client.get(f"{adresse}avis.csv").content.decode())))
    champs = [c["name"] for c in client.get(f"{adresse}avis.schema.json").json()["fields"]]
    assert list(lignes[0]) == champs
    assert lignes[6]["quartier"] == "Nord"
    assert lignes[6]["canal"] == "Bulletin papier"
    assert lignes[6]["texte"] == "'=Avis 0"  # a spreadsheet runs nothing
    seul = lignes[-1]  # alone of its kind, names not hidden yet
    assert (seul["canal"], seul["mois"], seul["quartier"], seul["texte"]) == ("", "", "", "")
    traits = Counter((li["canal"], li["mois"], li["quartier"]) for li in lignes)
    assert all(n >= PETIT for combinaison, n in traits.items() if any(combinaison))


def test_small_counts_are_hidden_in_public(suivi: Dossier, responsable: Membre, client: Client) -> None:
    theme = Theme.objects.create(dossier=suivi, nom="Horaires", definition="")
    dit = dire(responsable, suivi, "Le guichet ferme trop tôt.", Canal.TELEPHONE)
    lecture.coder(responsable, dit, [theme])
    page = client.get(base(suivi)).content.decode()
    assert "moins de 5" in page.split("Avis par thème")[1]
    assert "téléphone (caché)" in page
    assert "bulletin papier (caché)" in page  # 7 less 6 would give the one on the phone


def test_nothing_under_five_is_said_but_zero() -> None:
    assert cacher_petits([("a", 40), ("b", 3), ("c", 0)]) == [("a", "40"), ("b", "moins de 5"), ("c", "0")]


def test_rare_traits_are_emptied_last_first() -> None:
    lignes = [("web", "Nord", "2026-01")] * 5 + [("web", "Nord", "2026-02")] * 2 + [("web", "Sud", "2026-02")] * 3
    lignes += [("papier", "Sud", "2026-02")]
    assert Counter(generaliser(lignes)) == {("web", "Nord", "2026-01"): 5, ("web", "", ""): 5, ("", "", ""): 1}
    assert generaliser([]) == []


def test_the_address_of_who_answers_is_never_shown(suivi: Dossier, responsable: Membre, client: Client) -> None:
    Action.objects.update(courriel="agent@admiville.test", echeance=timezone.localdate() + timedelta(days=3))
    action = Action.objects.first()
    assert action is not None
    pages = [client.get(f"{base(suivi)}{suite}").content.decode() for suite in ("", f"actions/{action.pk}/")]
    assert not any("agent@admiville.test" in texte for texte in (*pages, *archive(client, suivi).values()))
