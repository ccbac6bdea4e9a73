"""What a new kind of field costs: its class (the schema), its adapter and its template, all of them in this file.

The kind is a point on a map: two inputs for one answer, checked together. Nothing in guichet knows it; it is asked on
the residents' site, at the counter and in the editors' preview, told in words, invented and validated.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal

import jsonschema
import pytest
from django import forms
from django.test import Client
from pydantic import Field

from guichet.conception.models import DemarcheRedigee
from guichet.conception.services import suivre
from guichet.conception.sortes import AuChoix, sorte_de
from guichet.configuration.settings import instruction as site_des_agents
from guichet.demandes.models import Demande
from guichet.demarches import champs as c
from guichet.demarches.definition import Definition, DefinitionRefusee, Etape, lire_definition
from guichet.demarches.models import Demarche
from guichet.demarches.schema import schema
from guichet.demarches.services import enregistrer_demarche
from guichet.peuplement.reponses_inventees import Repondant
from guichet.questions import adaptateur
from guichet.questions.adaptateur import Adaptateur, Champs, adaptateur_de, adapte
from guichet.questions.invention import Invention
from socle.typographie.espaces import insecables
from tests.guichet import fabrique
from tests.guichet.instruction import fabriques
from tests.guichet.instruction.test_agents_saisie_livrees import AuGuichet
from tests.guichet.portail.test_demarches_livrees_remplies import AUJOURDHUI, PERSONNE, Remplisseur

pytestmark = pytest.mark.django_db
SLUG = "planter-un-arbre"


# --- The schema: what the town may write about it (guichet/demarches/champs.py) --------------------------


class ChampCarte(c.ChampBase):
    """A point on the map of the town."""

    libelle_type: ClassVar[str] = "Point sur une carte"
    icone: ClassVar[str] = "site"
    operateurs: ClassVar[frozenset[str]] = frozenset({"rempli"})

    type: Literal["carte"]
    zoom: int = Field(default=15, ge=1, le=19, title="Échelle de la carte")

    def afficher(self, valeur: Any) -> str:
        return f"{valeur['latitude']:.4f} ; {valeur['longitude']:.4f}".replace(".", ",") if valeur else ""


# --- The adapter: one module of guichet/questions/sortes/ ------------------------------------------------


class Carte(Adaptateur[ChampCarte]):
    suffixes = ("longitude",)

    def champs(self) -> Champs:
        latitude: Any = forms.FloatField(
            min_value=-90, max_value=90, error_messages={"required": self._vide("Placez le point.")}, **self._communs()
        )
        latitude.template_name = "questions/carte.html"
        return {
            self.champ.nom: latitude,
            self._nom("longitude"): forms.FloatField(label="Longitude", required=False, min_value=-180, max_value=180),
        }

    def initial(self, valeur: Any) -> dict[str, Any]:
        connue: Mapping[str, float] = valeur or {}
        return {self.champ.nom: connue.get("latitude"), self._nom("longitude"): connue.get("longitude")}

    def lire(self, nettoyees: Mapping[str, Any]) -> dict[str, Any]:
        latitude, longitude = nettoyees.get(self.champ.nom), nettoyees.get(self._nom("longitude"))
        vide = latitude is None or longitude is None
        return {self.champ.nom: None if vide else {"latitude": latitude, "longitude": longitude}}

    def verifier(self, nettoyees: Mapping[str, Any], champs: Any) -> dict[str, str]:  # noqa: ARG002
        longitude = self._nom("longitude")
        seule = nettoyees.get(self.champ.nom) is not None and nettoyees.get(longitude) is None
        return {longitude: "Donnez aussi la longitude."} if seule else {}

    def inventer(self, invention: Invention, autour: Any) -> dict[str, float]:  # noqa: ARG002
        hasard = invention.hasard
        return {"latitude": round(48.8 + hasard.random(), 4), "longitude": round(2.3 + hasard.random(), 4)}

    def schema(self) -> dict[str, Any]:
        nombre = {"type": "number"}
        point = {"type": "object", "properties": {"latitude": nombre, "longitude": nombre}}
        return {**point, "required": ["latitude", "longitude"], "additionalProperties": False}


# --- The template ---------------------------------------------------------------------------------------

GABARIT = """<div data-carte><label for="{{ field.id_for_label }}">{{ field.label }}</label>
{% if field.errors %}<p class="champ__erreur" id="{{ field.auto_id }}_error">{{ field.errors|join:" " }}</p>{% endif %}
{{ field }}</div>"""


# --- The tests ------------------------------------------------------------------------------------------


def carte(nom: str, libelle: str, **reste: Any) -> dict[str, Any]:
    return {"type": "carte", "nom": nom, "libelle": libelle, "pourquoi": "Pour savoir où planter.", **reste}


def groupe(nom: str) -> dict[str, Any]:
    dit = {"type": "groupe", "nom": nom, "libelle": "Autres endroits", "libelle_element": "Endroit", "minimum": 1}
    return {**dit, "pourquoi": "Pour choisir.", "champs": [carte("ici", "Un autre endroit")]}


ESSENCE = {"type": "texte", "nom": "essence", "libelle": "Quel arbre ?", "pourquoi": "Pour le commander."}
ETAPES = [
    {"nom": "endroit", "titre": "Où planter ?", "titre_court": "Endroit",
     "champs": [carte("point", "L'endroit"), {**ESSENCE, "si": {"champ": "point", "rempli": True}}]},
    {"nom": "autres", "titre": "Et ailleurs ?", "titre_court": "Autres", "champs": [groupe("autres")]},
]  # fmt: skip


def _reconstruire() -> None:
    for modele in (c.ChampGroupe, Etape, Definition):
        modele.model_rebuild(force=True)


@pytest.fixture(autouse=True)
def _une_sorte_de_plus(settings: Any, tmp_path: Path) -> Iterator[None]:
    gabarit = tmp_path / "questions" / "carte.html"
    gabarit.parent.mkdir()
    gabarit.write_text(GABARIT, "utf-8")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    c.sorte(ChampCarte)
    adapte(ChampCarte)(Carte)
    _reconstruire()
    yield
    del c.SORTES["carte"], adaptateur._ADAPTATEURS[ChampCarte]
    _reconstruire()


@pytest.fixture
def demarche(_une_sorte_de_plus: None) -> Demarche:
    base = fabrique.demarche()
    autres = [etape for etape in base.definition["etapes"] if etape["nom"] == "contact"]
    brut = {**base.definition, "titre": "Planter un arbre", "etapes": [*ETAPES, *autres]}
    enregistrer_demarche(SLUG, lire_definition(brut, SLUG))
    return Demarche.objects.get(pk=SLUG)


def valide(definition: Definition, donnees: Mapping[str, Any]) -> None:
    """Every answer has the form that its adapter says, and none is missing."""
    for champ in definition.champs_poses(donnees):
        jsonschema.validate(donnees[champ.nom], adaptateur_de(champ).schema())
        assert not champ.manque(donnees[champ.nom], donnees), champ.nom


def test_the_files_of_a_town_may_ask_for_it(demarche: Demarche) -> None:
    brut = demarche.lue.model_dump(mode="json", exclude_defaults=True)
    jsonschema.validate(brut, schema("demarche"))
    assert lire_definition(brut, SLUG) == demarche.lue
    brut["etapes"][0]["champs"][0]["zoom"] = 40
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(brut, schema("demarche"))
    with pytest.raises(DefinitionRefusee, match="hors des bornes permises : il faut au plus 19"):
        lire_definition(brut, SLUG)


def test_the_editors_workshop_offers_it() -> None:
    questions: Any = sorte_de(Etape.model_fields["champs"])
    assert isinstance(questions, AuChoix)
    bloc = questions.bloc(label="Questions").child_blocks["carte"]
    assert (bloc.label, bloc.meta.icon) == ("Point sur une carte", "site")
    assert "zoom" in bloc.child_blocks


def test_a_resident_answers_it_and_reads_it_again(demarche: Demarche, client: Client) -> None:
    remplisseur = Remplisseur(client, 1)
    reference = remplisseur.envoyer(SLUG)
    demande = Demande.objects.get(reference=reference)
    valide(demarche.lue, demande.donnees)
    assert [adresse.rstrip("/").rpartition("/")[2] for adresse in remplisseur.pages][:3] == ["endroit", "endroit", "1"]
    dit = demarche.lue.etapes[0].champs[0].afficher(demande.donnees["point"])
    assert re.fullmatch(r"4\d,\d{4} ; [23],\d{4}", dit)
    page = client.get(f"/mes-demarches/{reference}/").content.decode()
    assert insecables(dit) in page
    assert "Endroit 1" in page


def test_faults_of_its_inputs_are_told_once_and_keep_the_rest(demarche: Demarche, client: Client) -> None:
    adresse = client.get(f"/demarches/{SLUG}/remplir/").headers["Location"]
    vide = client.post(adresse, {"point": "", "point_longitude": ""}).content.decode()
    assert re.findall(r"champ__erreur[^>]*>([^<]*)<", vide) == ["Placez le point."]
    assert "data-carte" in vide
    moitie = client.post(adresse, {"point": "48.8", "point_longitude": ""}).content.decode()
    assert re.findall(r"champ__erreur[^>]*>([^<]*)<", moitie) == ["Donnez aussi la longitude."]
    assert 'value="48.8"' in moitie
    assert client.post(adresse, {"point": "48.8", "point_longitude": "2.3"}).headers["Location"].endswith("#id_essence")
    assert 'value="2.3"' in client.get(adresse).content.decode()


def test_an_agent_types_it_in(demarche: Demarche, settings: Any) -> None:
    client = _agents(settings)
    remplisseur = AuGuichet(client, 2)
    demande = Demande.objects.get(reference=remplisseur.envoyer(SLUG))
    valide(demarche.lue, demande.donnees)
    assert len(demande.donnees["autres"]) == 1
    assert insecables(demarche.lue.etapes[0].champs[0].afficher(demande.donnees["point"])) in _page(client, demande)


def test_editors_see_it_as_residents_will(demarche: Demarche, settings: Any) -> None:
    _agents(settings)
    suivre()
    redigee = DemarcheRedigee.objects.get(slug=SLUG)
    page = redigee.make_preview_request(preview_mode="page-1").content.decode()
    assert page.index("data-carte") < page.index('name="point"') < page.index('name="point_longitude"')
    assert redigee.make_preview_request(preview_mode="page-2").status_code == 200


def test_invented_answers_are_those_a_person_may_give(demarche: Demarche) -> None:
    for graine in range(15):
        donnees = Repondant(demarche.lue).remplir(random.Random(graine), PERSONNE, AUJOURDHUI)  # noqa: S311
        assert demarche.lue.elaguer(donnees) == donnees
        jsonschema.validate(donnees["point"], adaptateur_de(demarche.lue.etapes[0].champs[0]).schema())
        assert all(set(element["ici"]) == {"latitude", "longitude"} for element in donnees["autres"])


def _agents(settings: Any) -> Client:
    noms = ("GUICHET_SITE", "ROOT_URLCONF", "SESSION_ENGINE", "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "MIDDLEWARE")
    for nom in (*noms, "LOGIN_URL"):
        setattr(settings, nom, getattr(site_des_agents, nom))
    client = Client()
    agent = fabriques.agent("zoe", "Zoé", "agents", "service-voirie")
    client.force_login(agent, backend="guichet.identite.backend.AnnuaireBackend")
    return client


def _page(client: Client, demande: Demande) -> str:
    return client.get(f"/demandes/{demande.reference}/").content.decode()
