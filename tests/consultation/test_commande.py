"""The command as the project team types it: published list, drawn number, refusals in French."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from consultation.commande import consultation
from tests.consultation.viviers import ecrire_vivier

TAILLE = 12


@pytest.fixture(scope="module")
def fichiers(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    personnes, quotas = ecrire_vivier(tmp_path_factory.mktemp("vivier"), 90, TAILLE, graine=3, criteres=3)
    return ("--people", str(personnes), "--features", str(quotas))


def gru(*arguments: str) -> Result:
    return CliRunner().invoke(consultation, arguments)


def test_json_holds_what_must_be_published_and_nothing_else_is_printed(fichiers: tuple[str, ...]) -> None:
    sortie = gru("draw", *fichiers, "--size", str(TAILLE), "--json", "--number", "41", "--reserve", "5")
    assert sortie.exit_code == 0, sortie.output
    resultat = json.loads(sortie.stdout)
    assert resultat["algorithm"] == "LEXIMIN"
    assert resultat["minimum_probability"] == min(resultat["probabilities"].values())
    assert resultat["gap"] == pytest.approx(resultat["dual_bound"] - resultat["minimum_probability"], abs=1e-12)
    assert 0 <= resultat["gap"] < 1e-6
    assert len(resultat["probabilities"]) == 90
    assert sum(resultat["probabilities"].values()) == pytest.approx(TAILLE)
    assert len(set(resultat["panel"])) == TAILLE
    assert len(resultat["reserve"]) == 5
    assert resultat["number_source"] == "public"


def test_the_published_list_is_the_one_drawn_from_and_can_be_counted_again(
    fichiers: tuple[str, ...], tmp_path: Path
) -> None:
    liste = tmp_path / "liste.csv"
    avant = gru(
        "draw", *fichiers, "--size", str(TAILLE), "--panels", "200", "--prepare", "--list", str(liste), "--json"
    )
    publie = json.loads(avant.stdout)
    assert "panel" not in publie
    apres = json.loads(
        gru("draw", *fichiers, "--size", str(TAILLE), "--panels", "200", "--number", "7", "--json").stdout
    )
    assert apres["list_sha256"] == publie["list_sha256"]
    lignes = list(csv.reader(liste.open(encoding="utf-8")))[1:]
    assert len(lignes) == 200
    assert apres["panel"] == lignes[7][1:]
    presences = Counter(qui for ligne in lignes for qui in ligne[1:])
    assert {qui: presences[qui] / 200 for qui in publie["probabilities"]} == publie["probabilities"]

    controle = json.loads(gru("check-list", *fichiers, "--list", str(liste), "--number", "7", "--json").stdout)
    assert controle["list_sha256"] == publie["list_sha256"]
    assert controle["probabilities"] == publie["probabilities"]
    assert controle["panel"] == apres["panel"]


def test_a_list_that_was_tampered_with_is_refused(fichiers: tuple[str, ...], tmp_path: Path) -> None:
    liste = tmp_path / "liste.csv"
    gru("draw", *fichiers, "--size", str(TAILLE), "--panels", "50", "--prepare", "--list", str(liste))
    lignes = liste.read_text(encoding="utf-8").splitlines()
    cases = lignes[4].split(",")
    lignes[4] = ",".join([*cases[:-1], cases[1]])
    liste.write_text("\n".join(lignes) + "\n", encoding="utf-8")
    sortie = gru("check-list", *fichiers, "--list", str(liste))
    assert sortie.exit_code == 1
    assert "ligne 5 : une personne y figure deux fois" in sortie.stderr


def test_substitutes_are_named_from_the_published_result(fichiers: tuple[str, ...], tmp_path: Path) -> None:
    tirage = tmp_path / "tirage.json"
    tirage.write_text(gru("draw", *fichiers, "--size", str(TAILLE), "--number", "3", "--json").stdout, encoding="utf-8")
    panel = json.loads(tirage.read_text(encoding="utf-8"))["panel"]
    arguments = ("replace", *fichiers, "--draw", str(tirage), "--declined", panel[0], "--declined", panel[1])
    resultat = json.loads(gru(*arguments, "--json").stdout)
    assert len(resultat["substitutes"]) == 2
    assert set(resultat["panel"]) == {*panel[2:], *resultat["substitutes"]}
    encore = json.loads(gru(*arguments, "--declined", resultat["substitutes"][0], "--json").stdout)
    assert resultat["substitutes"][0] not in encore["panel"]
    tirage.write_text("{}", encoding="utf-8")
    refus = gru(*arguments)
    assert refus.exit_code == 1
    assert "ce n'est pas le résultat d'un tirage" in refus.stderr


def test_without_a_number_the_computer_draws_and_says_so(fichiers: tuple[str, ...]) -> None:
    sortie = gru("draw", *fichiers, "--size", str(TAILLE), "--panels", "50")
    assert sortie.exit_code == 0
    assert "tiré par cet ordinateur" in sortie.stdout
    assert "Méthode : LEXIMIN" in sortie.stdout


def test_impossible_quotas_draw_nobody_and_propose_in_french(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("id,age\nA,vieux\nB,vieux\nC,jeune\n", encoding="utf-8")
    (tmp_path / "features.csv").write_text(
        "feature,value,min,max,min_flex,max_flex\nage,jeune,2,2,1,2\nage,vieux,0,0,0,1\n", encoding="utf-8"
    )
    arguments = ("--people", str(tmp_path / "people.csv"), "--features", str(tmp_path / "features.csv"))
    sortie = gru("draw", *arguments, "--size", "2", "--json")
    assert sortie.exit_code == 1
    assert "personne n'a été tiré" in sortie.stderr
    resultat = json.loads(sortie.stdout)
    assert "panel" not in resultat
    assert resultat["relaxations"] == [
        {"feature": "age", "value": "jeune", "bound": "min", "from": 2, "to": 1, "within_flex": True},
        {"feature": "age", "value": "vieux", "bound": "max", "from": 0, "to": 1, "within_flex": True},
    ]


def test_a_mistake_in_a_file_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("id,age\nA,viex\n", encoding="utf-8")
    (tmp_path / "features.csv").write_text("feature,value,min,max\nage,vieux,1,1\n", encoding="utf-8")
    arguments = ("--people", str(tmp_path / "people.csv"), "--features", str(tmp_path / "features.csv"))
    sortie = gru("draw", *arguments, "--size", "1", "--json")
    assert sortie.exit_code == 1
    assert "people.csv, ligne 2, colonne « age »" in sortie.stderr
    assert json.loads(sortie.stdout)["mistakes"][0]["line"] == 2


PERSONNES = "id,sexe\n" + "".join(f"{sexe[0].upper()}{n},{sexe}\n" for n in range(4) for sexe in ("femme", "homme"))
QUOTAS = "feature,value,min,max\nsexe,femme,1,2\nsexe,homme,1,2\n"


@pytest.mark.parametrize(
    ("personnes", "quotas", "taille", "attendu"),
    [
        ("", QUOTAS, "3", "people.csv : le fichier est vide."),
        (PERSONNES, "", "3", "features.csv : le fichier est vide."),
        (PERSONNES.replace("sexe", "genre", 1), QUOTAS, "3", "colonne « sexe » : cette colonne manque"),
        (PERSONNES + "F0,femme\n", QUOTAS, "3", "« F0 » figure déjà à la ligne 2."),
        (PERSONNES + "Z,femne\n", QUOTAS, "3", "vouliez-vous dire « femme » ?"),
        (PERSONNES, QUOTAS.replace("femme,1,2", "femme,3,2"), "3", "le minimum (3) dépasse le maximum (2)."),
        (PERSONNES, QUOTAS, "9", "Il y a 8 volontaires pour 9 places."),
        (PERSONNES, QUOTAS, "5", "Les maximums de « sexe » font 4 au total, pour 5 places."),
        (PERSONNES, QUOTAS.replace("femme,1,2", "femme,5,6"), "6", "demande au moins 5 personnes ; 4 seulement"),
        (PERSONNES, "quota\nx\n", "3", "les colonnes attendues sont feature, value, min, max"),
        (PERSONNES, QUOTAS, "0", "--size : donnez un nombre entier d'au moins 1."),
        (PERSONNES, QUOTAS, "trois", "--size : donnez un nombre entier d'au moins 1."),
        (None, QUOTAS, "3", "people.csv : fichier absent ou illisible."),
    ],
)
def test_every_mistake_is_one_clear_sentence_and_nothing_is_written(
    tmp_path: Path, personnes: str | None, quotas: str, taille: str, attendu: str
) -> None:
    if personnes is not None:
        (tmp_path / "people.csv").write_text(personnes, encoding="utf-8")
    (tmp_path / "features.csv").write_text(quotas, encoding="utf-8")
    avant = sorted(tmp_path.iterdir())
    arguments = ("--people", str(tmp_path / "people.csv"), "--features", str(tmp_path / "features.csv"))
    sortie = gru("draw", *arguments, "--size", taille, "--list", str(tmp_path / "liste.csv"))
    assert sortie.exit_code in {1, 2}
    assert attendu in sortie.stderr
    assert sortie.stderr.startswith("Erreur : ")
    assert not sortie.stdout
    assert "Traceback" not in sortie.stderr
    assert sorted(tmp_path.iterdir()) == avant


@pytest.mark.parametrize(
    ("arguments", "attendu"),
    [
        (("draw",), "il manque --people."),
        (("draw", "--featurs", "x"), "l'option --featurs n'existe pas. Vouliez-vous dire --features"),
        (("draw", "--people"), "l'option --people attend une valeur."),
        (("draw", "--people", "."), "--people : donnez un fichier, c'est un dossier."),
        (("tirer",), "cette commande n'existe pas ; il y a check-list, check-publications, draw, replace, serve."),
        (("draw", "--people", "a", "--features", "b", "--size", "3", "encore"), "un mot est en trop."),
        (("draw", "--people", "a", "--features", "b", "--size", "3", "--panels", "5"), "d'au moins 10 et d'au plus"),
    ],
)
def test_a_command_typed_wrong_is_said_in_french(arguments: tuple[str, ...], attendu: str) -> None:
    sortie = gru(*arguments)
    assert sortie.exit_code == 2
    assert attendu in sortie.stderr
    assert "Pour l'aide : consultation" in sortie.stderr


def test_a_list_that_cannot_be_written_draws_nobody(fichiers: tuple[str, ...], tmp_path: Path) -> None:
    sortie = gru("draw", *fichiers, "--size", str(TAILLE), "--panels", "50", "--list", str(tmp_path / "non" / "l.csv"))
    assert sortie.exit_code == 1
    assert "ne peut pas être écrite" in sortie.stderr
    assert "Panel" not in sortie.stdout
