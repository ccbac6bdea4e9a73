"""Who was heard against who lives there: small groups hidden, reference figures from a file, honest sentences."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from consultation.ecoute.contributions.models import Canal, Contribution
from consultation.ecoute.dossiers import population
from consultation.ecoute.dossiers import services as dossiers
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.equipe.models import Membre
from consultation.ecoute.lecture import services as lecture
from consultation.tirage.erreurs import FichiersInvalides
from consultation.tirage.fichiers import lire_tableau

pytestmark = pytest.mark.django_db

CSV = """critere;valeur;population;source
âge;16 à 29 ans;12 480;Insee, RP 2022
âge;30 à 59 ans;24 960;Insee, RP 2022
âge;60 ans et plus;12 480;Insee, RP 2022
quartier;Nord;20000;Insee, RP 2022
quartier;Sud;30000;Insee, RP 2022
"""


def entendre(dossier: Dossier, canal: Canal, nombre: int, **profil: str) -> None:
    debut = dossier.contributions.count()
    Contribution.objects.bulk_create(
        Contribution(dossier=dossier, numero=debut + rang + 1, canal=canal, texte=f"Avis {debut + rang}",
                     empreinte=str(debut + rang), profil=profil)
        for rang in range(nombre)
    )  # fmt: skip


def fichier(texte: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("population.csv", texte.encode())


def test_the_population_comes_from_a_file_and_shares_are_worked_out(
    ouvert: Dossier, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    adresse = f"/equipe/dossiers/{ouvert.slug}/population/importer/"
    client = connecte(responsable)
    assert client.post(adresse, {"fichier": fichier(CSV)}).status_code == 303
    ages = ouvert.criteres.get(nom="âge")
    assert [(m.nom, float(m.part)) for m in ages.modalites.all()] == [
        ("16 à 29 ans", 25.0),
        ("30 à 59 ans", 50.0),
        ("60 ans et plus", 25.0),
    ]
    assert ages.source == "Insee, RP 2022"
    client.post(adresse, {"fichier": fichier(CSV.replace("12 480", "6 240"))})  # the same again replaces
    assert ouvert.criteres.count() == 2
    assert float(ages.modalites.get(nom="16 à 29 ans").part) == pytest.approx(16.67)


@pytest.mark.parametrize(
    ("texte", "mots"),
    [
        ("valeur;population\nNord;3\n", "il manque la colonne « critere »"),
        ("critere;valeur\nâge;16\n", "« population » ou « part »"),
        ("critere;valeur;population\nâge;jeune;beaucoup\nâge;âgé;3\n", "ligne 2, colonne « population »"),
        ("critere;valeur;population\nâge;jeune;3\n", "au moins deux valeurs"),
        ("critere;valeur;population\nâge;jeune;3\nâge;Jeune;4\n", "figure deux fois"),
        ("critere;valeur;part\nâge;jeune;30\nâge;âgé;40\n", "70,0 en tout, au lieu de 100"),
        ("critere;valeur;population\nâge;;3\n", "écrivez le critère et sa valeur"),
        ("critere;valeur;population\n", "aucune ligne"),
        ("critere;valeur;population\nâge;jeune;0\nâge;âgé;0\n", "zéro en tout"),
    ],
)
def test_mistakes_of_the_file_are_said_line_by_line(texte: str, mots: str, tmp_path: Path) -> None:
    chemin = tmp_path / "population.csv"
    chemin.write_text(texte, encoding="utf-8")
    with pytest.raises(FichiersInvalides) as refus:
        population.lire(lire_tableau(chemin))
    assert mots in str(refus.value)


def test_a_wrong_file_changes_nothing_and_says_so(
    ouvert: Dossier, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    adresse = f"/equipe/dossiers/{ouvert.slug}/population/importer/"
    reponse = connecte(responsable).post(adresse, {"fichier": fichier("critere;valeur;population\nâge;jeune;x\n")})
    assert reponse.status_code == 422
    assert "«\u00a0x\u00a0» n&#x27;est pas un nombre" in reponse.content.decode()
    assert "avant de tirer" not in reponse.content.decode()
    assert not ouvert.criteres.exists()


@pytest.fixture
def decrit(ouvert: Dossier, responsable: Membre) -> Dossier:
    ages = [("jeune", 40.0), ("adulte", 40.0), ("âgé", 20.0)]
    dossiers.decrire(responsable, ouvert, None, "âge", "?", "Insee", ages)
    return ouvert


def test_too_few_answers_compare_with_nothing(decrit: Dossier) -> None:
    entendre(decrit, Canal.WEB, 12, **{"âge": "âgé"})
    entendre(decrit, Canal.WEB, 20)
    [critere] = lecture.entendus(decrit).criteres
    assert critere.conclusion.startswith("12 personnes sur 32 ont répondu sur ce point (âge) : trop peu")
    assert {p.phrase for p in critere.parts} == {"Trop peu de réponses pour comparer."}


def test_who_was_not_heard_is_said(decrit: Dossier) -> None:
    entendre(decrit, Canal.WEB, 30, **{"âge": "adulte"})
    entendre(decrit, Canal.PAPIER, 20, **{"âge": "âgé"})
    [critere] = lecture.entendus(decrit).criteres
    assert critere.conclusion == "Peu ou pas entendus (âge) : jeune."
    assert [p.phrase for p in critere.parts] == [
        "Personne n'a été entendu : allez vers ces habitants.",
        "Plus entendus que leur part.",
        "Plus entendus que leur part.",
    ]


def test_small_groups_are_hidden_by_channel_and_what_is_hidden_is_still_told_together(
    decrit: Dossier, responsable: Membre, connecte: Callable[[Membre], Client]
) -> None:
    entendre(decrit, Canal.WEB, 40, **{"âge": "adulte"})
    entendre(decrit, Canal.WEB, 2, **{"âge": "jeune"})
    entendre(decrit, Canal.PAPIER, 12, **{"âge": "âgé"})
    entendre(decrit, Canal.PAPIER, 6, **{"âge": "adulte"})
    vus = lecture.entendus(decrit)
    [critere] = vus.criteres
    jeunes = critere.parts[0]
    assert (jeunes.total, jeunes.part, jeunes.phrase) == (None, None, "")
    assert dict(jeunes.par_canal)["Internet"] is None
    visibles = [p.total for p in critere.parts if p.total is not None]
    assert len(visibles) <= 1  # or subtraction from the 60 would give it back
    assert "Valeurs cachées (jeune" in critere.conclusion
    assert vus.caches
    page = connecte(responsable).get(f"/equipe/dossiers/{decrit.slug}/lecture/entendus/").content.decode()
    assert "caché" in page
    assert "Vous pouvez publier ces tableaux" in page


def test_a_few_who_did_not_say_hide_nothing(decrit: Dossier) -> None:
    entendre(decrit, Canal.WEB, 20, **{"âge": "adulte"})
    entendre(decrit, Canal.WEB, 15, **{"âge": "âgé"})
    entendre(decrit, Canal.WEB, 2)
    vus = lecture.entendus(decrit)
    assert not vus.caches
    assert (vus.criteres[0].dits, vus.criteres[0].non_dit.total) == (35, 2)


def test_nobody_said(decrit: Dossier) -> None:
    entendre(decrit, Canal.WEB, 9)
    [critere] = lecture.entendus(decrit).criteres
    assert critere.conclusion == "Personne n'a répondu sur ce point (âge)."
    assert {p.phrase for p in critere.parts} == {""}


def test_channels_published_beside_their_total_do_not_give_a_small_one_back(ouvert: Dossier) -> None:
    entendre(ouvert, Canal.WEB, 30)
    entendre(ouvert, Canal.PAPIER, 12)
    entendre(ouvert, Canal.TELEPHONE, 3)
    assert dict(lecture.canaux(ouvert)) == {"Internet": 30, "Bulletin papier": None, "Téléphone": None}
