"""One search over dossiers, opinions, quotes and actions."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from consultation.ecoute.accueil.recherche import MONTRES, chercher, plat
from consultation.ecoute.contributions.models import Canal, Contribution
from consultation.ecoute.equipe.models import Membre
from tests.consultation.ecoute import monde

pytestmark = pytest.mark.django_db


def test_every_kind_is_found_accents_and_capitals_aside(responsable: Membre, dpo: Membre) -> None:
    monde.construire(responsable, dpo)

    def trouves(demande: str) -> dict[str, list[str]]:
        return {f.nom: [r.titre for r in f.resultats] for f in chercher(responsable, demande)}

    assert trouves("DEMENAGER") == {"Dossiers": ["Déménager dans la commune"]}
    assert "Avis n° 1" in trouves("JUSTIFICATIF trois")["Avis"]
    assert trouves("meme piece")["Citations et constats"] == ["On demande plusieurs fois la même pièce."]
    assert trouves("reecrire formulaire")["Actions"] == ["Réécrire le formulaire"] * 2
    assert trouves("introuvable") == {}
    assert trouves("   ") == {}


def test_hidden_names_are_not_found_and_the_passage_shows_the_word(responsable: Membre, dpo: Membre) -> None:
    tout = monde.construire(responsable, dpo)
    from consultation.ecoute.lecture import services as lecture

    lecture.relire(responsable, tout.ouvert.contributions.get(numero=3), {0, 1})
    assert chercher(responsable, "martin formidable") == []
    [famille] = chercher(responsable, "formidable")
    assert "formidable" in famille.resultats[0].passage


def test_the_front_desk_does_not_search_opinions(
    accueil: Membre, responsable: Membre, dpo: Membre, connecte: Callable[[Membre], Client]
) -> None:
    monde.construire(responsable, dpo)
    assert chercher(accueil, "justificatif") == []
    assert connecte(accueil).get("/equipe/recherche/?q=justificatif").status_code == 403


def test_many_results_are_counted_and_the_page_says_when_nothing_is_found(
    responsable: Membre, dpo: Membre, connecte: Callable[[Membre], Client]
) -> None:
    tout = monde.construire(responsable, dpo)
    Contribution.objects.bulk_create(
        Contribution(dossier=tout.ouvert, numero=100 + n, canal=Canal.WEB, texte=f"Trottinette {n}", empreinte=str(n))
        for n in range(MONTRES + 7)
    )
    client = connecte(responsable)
    assert "Et 7\u00a0autres" in client.get("/equipe/recherche/?q=trottinette").content.decode()
    assert "Rien ne contient «\u00a0zzz\u00a0»" in client.get("/equipe/recherche/?q=zzz").content.decode()


def test_places_stay_those_of_the_text() -> None:
    texte = "Élève à Œuvrée, ÉCOLE İstanbul ß"
    assert len(plat(texte)) == len(texte)
    assert plat("Élève ÉCOLE") == "eleve ecole"
