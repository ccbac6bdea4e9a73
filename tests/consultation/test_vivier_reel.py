"""Files as teams really bring them: typed on a Mac, dragged down, opened by a spreadsheet, without an identifier."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from click.testing import CliRunner

from consultation.commande import consultation
from consultation.tirage import FichiersInvalides, Vivier, lire_vivier, preparer
from consultation.tirage.ecritures import changee_en_date, cle, dit_qui, etendues
from consultation.tirage.foyers import BEAUCOUP, a_regarder, normaliser_adresse, se_ressemblent

QUOTAS = "feature,value,min,max\nÂge,16-29,1,2\nÂge,30-44,1,2\nQuartier,Île-aux-Bois,1,2\nQuartier,La Cité,1,2\n"


def lire(dossier: Path, personnes: str | bytes, quotas: str = QUOTAS, **champs: object) -> Vivier:
    gens, bornes = dossier / "people.csv", dossier / "features.csv"
    gens.write_bytes(personnes if isinstance(personnes, bytes) else personnes.encode())
    bornes.write_text(quotas, encoding="utf-8")
    return lire_vivier(gens, bornes, **champs)  # type: ignore[arg-type]


def refus(dossier: Path, personnes: str | bytes, quotas: str = QUOTAS) -> list[str]:
    with pytest.raises(FichiersInvalides) as trouve:
        lire(dossier, personnes, quotas)
    return [str(erreur) for erreur in trouve.value.erreurs]


def test_what_is_the_same_to_the_eye_is_the_same_and_it_is_said(tmp_path: Path) -> None:
    lignes = ["id,Âge,QUARTIER", "V1,16–29,Île-aux-Bois", "V2,30-44,La\u00a0Cité", "V3,30\u201144,ÎLE-AUX-BOIS"]
    vivier = lire(tmp_path, unicodedata.normalize("NFD", "\n".join(lignes)))
    assert [tuple(p.valeurs.values()) for p in vivier.personnes] == [
        ("16-29", "Île-aux-Bois"), ("30-44", "La Cité"), ("30-44", "Île-aux-Bois"),
    ]  # fmt: skip
    dit = " ".join(vivier.remarques)
    assert "La colonne « Âge » est encodée autrement" in dit
    assert "« 16–29 » est lue comme « 16-29 »" in dit
    assert dit in " ".join(preparer(vivier, 2, nombre=10).alertes)


def test_two_values_that_look_the_same_are_one_quota(tmp_path: Path) -> None:
    [dit] = refus(tmp_path, "id,Âge\nV1,16-29\n", "feature,value,min,max\nÂge,16-29,1,1\nâge,16\u201329,0,1\n")
    assert "figure déjà à la ligne 2" in dit


def test_lines_dragged_down_below_the_data_are_one_sentence(tmp_path: Path) -> None:
    gens = "id,Âge,Quartier\nV1,16-29,La Cité\nV2,30-44,Île-aux-Bois\n" + ",,La Cité\n" * 300
    vivier = lire(tmp_path, gens)
    assert len(vivier.personnes) == 2
    assert vivier.remarques == (
        "people.csv, lignes 4 à 303 : sans identifiant, seulement « La Cité » ; laissées de côté.",
    )


def test_somebody_without_an_identifier_is_never_left_out_in_silence(tmp_path: Path) -> None:
    for gens in (
        "id,Âge,Quartier\nV1,16-29,La Cité\n,30-44,Île-aux-Bois\n",  # a whole profile: somebody
        "id,Âge,Quartier\nV1,16-29,La Cité\n,,La Cité\nV2,30-44,La Cité\n",  # in the middle
    ):
        [dit] = refus(tmp_path, gens)
        assert "ligne 3, colonne « id » : identifiant vide." in dit


def test_the_same_lines_pasted_twice_are_one_sentence(tmp_path: Path) -> None:
    gens = "id,Âge,Quartier\n" + "".join(f"V{n},16-29,La Cité\n" for n in (1, 2, 3, 1, 2, 3))
    [dit] = refus(tmp_path, gens)
    assert "lignes 5 à 7 : mot pour mot des lignes d'avant" in dit
    [autre] = refus(tmp_path, "id,Âge,Quartier\nV1,16-29,La Cité\nV1,30-44,La Cité\n")
    assert "« V1 » figure déjà à la ligne 2." in autre


@pytest.mark.parametrize("lue", ["01-févr", "févr-01", "1-févr.", "01-fevr", "2-Jan"])
def test_a_bracket_made_a_date_is_recognised_once(tmp_path: Path, lue: str) -> None:
    quotas = "feature,value,min,max\nEnfants,1-2,1,2\nEnfants,10-12,1,2\n"
    dits = refus(tmp_path, "id,Enfants\n" + f"V1,{lue}\nV2,{lue}\nV3,oct-12\nV4,10-12\n", quotas)
    assert len(dits) == 2, "one sentence a value, whatever the number of lines"
    assert "« 10-12 » en date (« oct-12 »)" in dits[1]
    assert "un tableur a changé « 1-2 » en date" in dits[0]
    assert "écrivez « 1 à 2 »" in dits[0]
    assert "De même ligne 3." in dits[0]


def test_a_decimal_that_is_whole_is_taken_and_a_total_is_named(tmp_path: Path) -> None:
    vivier = lire(tmp_path, "id;sexe\nV1;F\n", "feature;value;min;max\nsexe;F;1,0;5.0\n")
    assert (vivier.quotas[0].minimum, vivier.quotas[0].maximum) == (1, 5)
    [dit] = refus(tmp_path, "id;sexe\nV1;F\n", "feature;value;min;max\nsexe;F;1;5\nTotal;;1;5\n")
    assert "une ligne de total n'est pas un quota" in dit
    [demi] = refus(tmp_path, "id;sexe\nV1;F\n", "feature;value;min;max\nsexe;F;1,5;5\n")
    assert "« 1,5 » n'est pas un nombre entier" in demi


def test_the_fields_former_header_is_read(tmp_path: Path) -> None:
    vivier = lire(tmp_path, "id,sexe\nV1,F\n", "category,feature,min,max\nsexe,F,1,1\n")
    assert vivier.quotas[0].critere == "sexe"


@pytest.mark.parametrize(
    ("valeur", "change"),
    [("1-2", True), ("10-12", True), ("3/5", True), ("16-29", False), ("30-44", False), ("60+", False), ("0", False)],
)
def test_a_bracket_that_a_spreadsheet_would_change_is_known_beforehand(valeur: str, change: bool) -> None:
    assert changee_en_date(valeur) is change


@pytest.mark.parametrize(
    ("entete", "valeurs", "mot"),
    [
        ("Nom et prénom", ["Léa Martin", "Noé Diallo"], "noms"),
        ("id", ["lea@exemple.fr", "noe@exemple.fr"], "e-mail"),
        ("Horodateur", ["02/11/2026 14:00:00", "02/11/2026 14:01:00"], "dates"),
        ("id", ["06 12 34 56 78", "0711223344"], "téléphone"),
        ("Prénom", ["Léa", "Noé"], "titre"),
        ("id", ["V001", "V002"], ""),
        ("Numéro", ["1", "2"], ""),
        ("code", ["Panel A-12", "Panel A-13"], ""),
    ],
)
def test_an_identifier_that_tells_who_somebody_is_is_seen(entete: str, valeurs: list[str], mot: str) -> None:
    dit = dit_qui(entete, valeurs)
    assert (mot in dit) if mot else not dit


def test_nothing_is_written_when_the_list_would_name_people(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("Nom,Âge,Quartier\nLéa Martin,16-29,La Cité\n", encoding="utf-8")
    (tmp_path / "features.csv").write_text(QUOTAS, encoding="utf-8")
    avant = sorted(tmp_path.iterdir())
    arguments = ["draw", "--people", str(tmp_path / "people.csv"), "--features", str(tmp_path / "features.csv")]
    sortie = CliRunner().invoke(
        consultation, [*arguments, "--size", "1", "--prepare", "--json", "--list", str(tmp_path / "liste.csv")]
    )
    assert sortie.exit_code == 1
    assert "Ajoutez une première colonne « id » avec un code par personne" in sortie.stderr
    assert "Léa Martin" not in json.dumps(json.loads(sortie.stdout))
    assert sorted(tmp_path.iterdir()) == avant


@pytest.mark.parametrize(
    ("une", "autre"),
    [
        ("12 av. Foch, Saint-Élan", "12 avenue Foch 50000 Saint-Elan"),
        ("127 av. du Général-Leclerc", "127 AVENUE GAL LECLERC"),
        ("12B rue de la Paix", "12 bis, rue de la Paix"),
        ("3 r. des Lilas, bât. A, apt 4", "3 rue des Lilas batiment A appartement 4"),
        ("5 bd St-Michel", "5, boulevard Saint Michel"),
    ],
)
def test_one_address_written_two_ways_is_one_home(une: str, autre: str) -> None:
    assert normaliser_adresse([une]) == normaliser_adresse([autre])


@pytest.mark.parametrize(
    ("une", "autre", "proches"),
    [
        ("12 avenue des Tours", "12 avenue des Tours apt 4", True),
        ("12 avenue Foch", "12 av Foch 50000 Saint-Élan", True),
        ("8 rue Jean Jaures", "8 rue Jean-Jorès", True),
        ("12 avenue des Tours apt 4", "12 avenue des Tours apt 5", False),
        ("12 avenue des Tours bât. B", "12 avenue des Tours apt 4", False),
        ("12 avenue Foch", "14 avenue Foch", False),
        ("12 avenue Foch", "12 bis avenue Foch", False),
        ("1 rue A", "1 rue B", False),
    ],
)
def test_what_may_be_one_home_is_shown_and_what_is_not_is_not(une: str, autre: str, proches: bool) -> None:
    ecrites = (normaliser_adresse([une]), normaliser_adresse([autre]))
    assert len(set(ecrites)) == 2
    assert se_ressemblent(*ecrites) is proches
    assert bool(a_regarder({"a": ecrites[0], "b": ecrites[1]})) is proches


def test_a_tower_without_flat_numbers_is_said_before_anything_is_published(tmp_path: Path) -> None:
    tour = [f"T{n},16-29,La Cité,12 avenue des Tours" for n in range(BEAUCOUP + 5)]
    autres = [
        f"V{n},{'16-29' if n % 2 else '30-44'},{'La Cité' if n % 3 else 'Île-aux-Bois'},{n} rue du Port"
        for n in range(20)
    ]
    vivier = lire(tmp_path, "\n".join(["id,Âge,Quartier,adresse", *tour, *autres]) + "\n", foyer=["adresse"])
    [dit] = [a for a in preparer(vivier, 2, un_par_foyer=True, nombre=100).alertes if "même adresse" in a]
    assert "9 volontaires à la même adresse (« 12 avenue tours »)" in dit
    assert "immeuble sans numéro d'appartement ?" in dit
    assert "contre" in dit


def test_lines_are_named_as_people_say_them() -> None:
    assert etendues([4]) == "ligne 4"
    assert etendues([4, 9]) == "lignes 4 et 9"
    assert etendues([2, *range(122, 422)]) == "lignes 2 et 122 à 421"


def test_a_key_keeps_what_makes_two_words_two() -> None:
    assert len({cle(mot) for mot in ("été", "ete", "16-29", "16 29", "60+", "60")}) == 6
