"""Each shipped procedure is usable end to end: filled page by page as a person would, sent, acknowledged.

Answers are drawn (guichet/questions), so that a few draws meet conditional pages.
"""

from __future__ import annotations

import html
import random
import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import pytest
from django import forms
from django.test import Client

from guichet.comptes.models import Usager
from guichet.demandes.models import Demande
from guichet.demarches.models import Demarche
from guichet.peuplement.reponses_inventees import Repondant
from guichet.questions.invention import Invention, Personne
from guichet.questions.sortes import adaptateur_de
from socle.typographie.espaces import insecables
from tests.guichet import fabrique

pytestmark = pytest.mark.django_db
LIVREES = sorted(chemin.stem for chemin in (fabrique.SITE / "demarches").glob("*.yaml"))
GRAINES = range(4)
PERSONNE = Personne("Zoé", "Marchand", "zoe@exemple.fr", "06 39 98 12 34", "4 rue des Lilas", "")
ECRANS_MAX = 60
AUJOURDHUI = date.today()


class Remplisseur:
    """Fills any form of the portal, one page after the other, as it is shown."""

    def __init__(self, client: Client, graine: int) -> None:
        self._client, self._hasard = client, random.Random(graine)  # noqa: S311 - test data
        self._toujours: dict[str, Any] = {}
        self._dites: dict[str, Any] = {}
        self.pages: list[str] = []

    def envoyer(self, slug: str) -> str:
        """Fill and send; returns the reference."""
        adresse = self._client.get(f"/demarches/{slug}/remplir/").headers["Location"]
        for _ in range(ECRANS_MAX):
            if adresse.endswith("/verifier/"):
                assert "Vérifiez vos réponses" in self._client.get(adresse).content.decode()
                suite = self._client.post(adresse).headers["Location"]
                trouve = re.fullmatch(r"/demandes/envoyee/([\w-]+)/", suite)
                assert trouve is not None, suite
                return trouve[1]
            adresse = self._une_page(adresse.partition("#")[0])
        raise AssertionError(f"{slug} : plus de {ECRANS_MAX} écrans")

    def repondre_toujours(self, **reponses: Any) -> None:
        self._toujours |= reponses

    def aller(self, slug: str, etape: str) -> str:
        """Fill up to a page, that one left as it is; returns its address."""
        adresse = self._client.get(f"/demarches/{slug}/remplir/").headers["Location"]
        for _ in range(ECRANS_MAX):
            if adresse.partition("#")[0].endswith(f"/{etape}/"):
                return str(adresse.partition("#")[0])
            adresse = self._une_page(adresse.partition("#")[0])
        raise AssertionError(f"{slug} : la page {etape} n'est pas venue")

    def _une_page(self, adresse: str) -> str:
        page = self._client.get(adresse)
        if page.status_code == 302:
            return str(page.headers["Location"])
        if "constat" in page.context:
            return self._lire(adresse, page.context)
        self.pages.append(adresse)
        return str(self._repondre(adresse, page.context["form"]).headers["Location"])

    def _lire(self, adresse: str, contexte: Any) -> str:
        """What a rule says: one goes on, or answers something else where it stops."""
        constat = contexte["constat"]
        if not constat.arrete:
            return str(self._client.post(adresse, {"lu": constat.cle}).headers["Location"])
        self._oublier(constat.regardees)
        return str(contexte["url_modifier"])

    def _repondre(self, adresse: str, formulaire: Any) -> Any:
        """Answer a page until it is taken: other answers where a rule of the procedure contradicts them."""
        for _ in range(ECRANS_MAX):
            reponse = self._client.post(adresse, self._saisie(formulaire))
            if reponse.status_code == 302:
                return reponse
            formulaire, definition = reponse.context["form"], reponse.context["definition"]
            textes = {" ".join(regle.texte.split()) for regle in definition.regles()}
            autres = {nom: dites for nom, dites in formulaire.errors.items() if not {str(un) for un in dites} <= textes}
            assert not autres, f"{adresse} : {autres}"
            assert formulaire.errors or formulaire.nouvelles, adresse
            if formulaire.errors:
                self._oublier(champ.nom for champ in formulaire.poses)
        raise AssertionError(f"{adresse} : toujours refusée : {formulaire.errors}")

    def _oublier(self, noms: Iterable[str]) -> None:
        for nom in noms:
            self._dites.pop(nom, None)

    def _saisie(self, formulaire: Any) -> dict[str, Any]:
        saisie: dict[str, Any] = {}
        for champ in formulaire.poses:
            if champ.parties:
                continue
            if champ.depose_des_fichiers:
                saisie[champ.nom] = self._fichier(champ)
                continue
            invention = Invention(self._hasard, PERSONNE, AUJOURDHUI)
            if champ.nom not in self._dites:
                self._dites[champ.nom] = self._toujours.get(champ.nom, adaptateur_de(champ).inventer(invention, {}))
            valeur = self._dites[champ.nom]
            for nom, montre in adaptateur_de(champ).initial(valeur).items():
                saisie |= envoi_de(formulaire.fields[nom].widget, nom, montre)
        return saisie

    @staticmethod
    def _fichier(champ: Any) -> Any:
        return fabrique.fichier() if champ.type == "photo" else fabrique.fichier("document.pdf", fabrique.pdf())


def envoi_de(widget: forms.Widget, nom: str, montre: Any) -> dict[str, Any]:
    """What a browser sends of an input that shows this."""
    if isinstance(widget, forms.MultiWidget):
        return {f"{nom}_{rang}": partie for rang, partie in enumerate(widget.decompress(montre))}
    if isinstance(widget, forms.CheckboxInput):
        return {nom: "on"} if montre else {}
    return {nom: montre}


@pytest.fixture(scope="module", autouse=True)
def _site(django_db_setup: None, django_db_blocker: Any) -> Any:
    with django_db_blocker.unblock():
        fabrique.site_livre()
    yield
    with django_db_blocker.unblock():
        from guichet.demarches.models import Service, VersionDemarche, Workflow

        for modele in (VersionDemarche, Demarche, Workflow, Service):
            modele.objects.all().delete()


@pytest.mark.parametrize("slug", LIVREES)
def test_a_person_fills_it_to_the_end(
    slug: str, client: Client, camille: Usager, connecter: Callable[[Client, Usager], Client]
) -> None:
    definition = Demarche.objects.get(pk=slug).lue
    if definition.compte == "obligatoire":
        client = connecter(client, camille)
    vues: set[str] = set()
    for graine in GRAINES:
        remplisseur = Remplisseur(client, graine)
        reference = remplisseur.envoyer(slug)
        vues |= {adresse.rstrip("/").rsplit("/", 1)[1] for adresse in remplisseur.pages}
        demande = Demande.objects.get(reference=reference)
        assert definition.elaguer(demande.donnees) == demande.donnees
        assert not any(champ.manque(demande.donnees.get(champ.nom)) for champ in _poses(definition, demande.donnees))
        accuse = client.get(f"/demandes/envoyee/{reference}/").content.decode()
        assert reference in accuse
        assert demande.service.telephone in accuse
        suivie = client.get(f"/mes-demarches/{reference}/")
        assert suivie.status_code == 200
    assert len(vues) >= len(definition.etapes_visibles({}))


def _poses(definition: Any, donnees: dict[str, Any]) -> list[Any]:
    return [champ for etape in definition.etapes_visibles(donnees) for champ in etape.champs_visibles(donnees)]


class TropLourd(Remplisseur):
    """Before it answers a page as it should, gives each of its file fields, in turn, a PDF of 9 MB."""

    def __init__(self, client: Client, graine: int) -> None:
        super().__init__(client, graine)
        self.refuses: set[str] = set()

    def _repondre(self, adresse: str, formulaire: Any) -> Any:
        depots = [champ.nom for champ in formulaire.poses if champ.depose_des_fichiers]
        for nom in depots:
            envoi = self._saisie(formulaire)
            lourd = fabrique.fichier("neuf-mo.pdf", fabrique.pdf() + b"\n%" + b"x" * 9_000_000)
            reponse = self._client.post(adresse, {c: v for c, v in envoi.items() if c not in depots} | {nom: lourd})
            assert reponse.status_code == 200, (adresse, nom, reponse.headers.get("Location"))
            fautes = reponse.context["form"].errors
            assert "« neuf-mo.pdf » pèse plus de" in str(fautes[nom]), (adresse, nom)
            assert set(fautes) <= set(depots), (adresse, fautes)
            assert "pèse plus de" in reponse.content.decode().split(f'id="id_{nom}', 1)[1], "not beside its field"
            self.refuses.add(nom)
        return super()._repondre(adresse, formulaire)


@pytest.mark.parametrize("slug", [slug for slug in LIVREES if fabrique.demande_des_fichiers(slug)])
def test_a_file_too_heavy_is_told_beside_its_field_on_every_page_that_takes_one(
    slug: str, client: Client, camille: Usager, connecter: Callable[[Client, Usager], Client]
) -> None:
    """Never a redirect, which would lead on as if the file had been taken."""
    if Demarche.objects.get(pk=slug).lue.compte == "obligatoire":
        client = connecter(client, camille)
    refuses: set[str] = set()
    for graine in range(12):  # files may be asked only of who answers so
        remplisseur = TropLourd(client, graine)
        reference = remplisseur.envoyer(slug)
        assert not [piece for piece in Demande.objects.get(reference=reference).pieces.all() if "neuf-mo" in piece.nom]
        refuses |= remplisseur.refuses
        if refuses:
            break
    assert refuses


@pytest.mark.parametrize("slug", LIVREES)
def test_its_page_says_the_other_ways_and_the_time_limit(slug: str, client: Client) -> None:
    definition = Demarche.objects.get(pk=slug).lue
    page = client.get(f"/demarches/{slug}/")
    assert page.status_code == 200
    lue = html.unescape(page.content.decode())
    for canal in definition.canaux:
        assert canal.libelle in lue
        for numero in re.findall(r"\b0\d(?: \d\d){4}\b", canal.texte):
            assert f'<a href="tel:{numero.replace(" ", "")}">{numero}</a>' in lue
    documents = definition.presentation.documents
    listes = lue.partition("Documents à préparer")[2].partition("Et après")[0].split("cela vous concerne")
    assert "(facultatif)" not in lue
    for document in documents:
        assert insecables(document.nom) in listes[0 if document.obligatoire else -1], document.nom
    assert len(listes) == 1 + any(not document.obligatoire for document in documents)


def test_drawn_answers_are_those_a_person_may_give() -> None:
    """What the generator invents, the forms would have taken."""
    for slug in LIVREES:
        definition = Demarche.objects.get(pk=slug).lue
        for graine in range(15):
            donnees = Repondant(definition).remplir(random.Random(graine), PERSONNE, AUJOURDHUI)  # noqa: S311
            assert definition.elaguer(donnees) == donnees
            assert not [ch.nom for ch in _poses(definition, donnees) if ch.manque(donnees.get(ch.nom))]


def test_a_box_that_an_answer_opens_is_asked_before_it_is_missing(
    client: Client, camille: Usager, connecter: Callable[[Client, Usager], Client]
) -> None:
    """Without JavaScript a question opened by this page comes on a second showing, without reproach."""
    connecter(client, camille)
    remplisseur = Remplisseur(client, 1)
    remplisseur.repondre_toujours(documents_disponibles="oui")
    base = remplisseur.aller("inscrire-un-enfant-a-l-ecole", "justificatifs")
    reponse = client.post(base, {"documents_disponibles": "non"})
    assert reponse.status_code == 302
    assert "J&#x27;atteste sur l&#x27;honneur" in client.get(base).content.decode()
