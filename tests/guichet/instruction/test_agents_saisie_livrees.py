"""Each shipped procedure is typed in at the counter to the end: groups, files and conditional questions included."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from guichet.demandes.models import Demande
from guichet.demarches.models import Demarche
from tests.guichet import fabrique
from tests.guichet.instruction import fabriques
from tests.guichet.portail.test_demarches_livrees_remplies import LIVREES, Remplisseur

PAGES_MAX = 20


class AuGuichet(Remplisseur):
    """The same answers as on the portal, on the agents' one page."""

    def envoyer(self, slug: str) -> str:
        depart = {"canal": "guichet", "recue_le": timezone.localdate().isoformat(), "canal_reponse": "courriel"}
        questions = self._client.post(f"/saisie/{slug}/", depart).headers["Location"]
        adresse = questions
        for _ in range(PAGES_MAX):
            if adresse.endswith("/verifier/"):
                page = self._client.get(adresse)
                assert "Vérifiez les réponses" in page.content.decode()
                lus = [constat.cle for constat in page.context["avertissements"]]
                suite = self._client.post(adresse, {"lu": lus}).headers["Location"]
                assert "/enregistree/" in suite, suite
                return str(suite.rstrip("/").rsplit("/", 1)[1])
            adresse = self._une_page(adresse.partition("#")[0])
        raise AssertionError(f"{slug} : plus de {PAGES_MAX} envois")

    def _une_page(self, adresse: str) -> str:
        return str(self._repondre(adresse, self._client.get(adresse).context["form"]).headers["Location"])

    def _saisie(self, formulaire: Any) -> dict[str, Any]:
        saisie = super()._saisie(formulaire)
        for champ in formulaire.poses:
            if getattr(formulaire.fields[champ.nom], "deja", None):
                del saisie[champ.nom]  # kept from the first showing of the page
            vide = bool(champ.parties) and not formulaire.donnees.get(champ.nom)
            if vide and champ.obligatoire:
                saisie["ajouter"] = champ.nom
        return saisie


@pytest.mark.django_db
@pytest.mark.parametrize("slug", LIVREES)
def test_an_agent_types_it_in_to_the_end(slug: str, connecte: Callable[..., Client]) -> None:
    fabrique.demarche()
    agent = fabriques.agent("zoe", "Zoé", "agents", "service-voirie")
    definition: Any = Demarche.objects.get(pk=slug).lue
    for graine in range(2):
        reference = AuGuichet(connecte(agent), graine).envoyer(slug)
        demande = Demande.objects.get(reference=reference)
        assert demande.saisie_par_sub == agent.sub
        assert definition.elaguer(demande.donnees) == demande.donnees
        for etape in definition.etapes_visibles(demande.donnees):
            for champ in etape.champs_visibles(demande.donnees):
                assert not champ.manque(demande.donnees.get(champ.nom)), champ.nom
