"""Agreement against the published example, proposals to pseudonymise, groups of near duplicates."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consultation.analyse import Genre, alpha, appliquer, groupes_proches, lire_accord, proposer
from consultation.analyse.accord import intervalle, ordinale

# Krippendorff 2011, section C: four observers, twelve units, missing values
OBSERVATEURS = {
    "A": "1 2 3 3 2 1 4 1 2 . . .",
    "B": "1 2 3 3 2 2 4 1 2 5 . 3",
    "C": ". 3 3 3 2 3 4 2 2 5 1 .",
    "D": "1 2 3 3 2 4 4 1 2 5 1 .",
}
UNITES = [
    {qui: int(codes.split()[rang]) for qui, codes in OBSERVATEURS.items() if codes.split()[rang] != "."}
    for rang in range(12)
]


def test_alpha_equals_the_published_values() -> None:
    assert alpha(UNITES) == pytest.approx(0.743, abs=5e-4)
    assert alpha(UNITES, ordinale) == pytest.approx(0.815, abs=5e-4)
    assert alpha(UNITES, intervalle) == pytest.approx(0.849, abs=5e-4)


def test_alpha_says_nothing_when_nothing_can_be_said() -> None:
    assert alpha([]) is None
    assert alpha([{"A": 1}, {"B": 2}]) is None
    assert alpha([{"A": 1, "B": 1}]) is None
    assert alpha([{"A": 1, "B": 1}, {"A": 2, "B": 2}]) == 1.0


def test_agreement_is_read_code_by_code() -> None:
    unites = [
        {"A": frozenset({"accueil", "délai"}), "B": frozenset({"accueil"})},
        {"A": frozenset({"délai"}), "B": frozenset()},
        {"A": frozenset(), "B": frozenset({"délai"})},
        {"A": frozenset({"accueil"}), "B": frozenset({"accueil"})},
    ]
    accueil, delai = lire_accord(unites)
    assert (accueil.code, accueil.alpha) == ("accueil", 1.0)
    assert delai.alpha is not None
    assert delai.alpha < 0
    assert "précisez la définition" in delai.conseil


@pytest.mark.parametrize(
    ("texte", "genre", "extrait"),
    [
        ("écrivez à jean.dupont+ecole@exemple.fr.", Genre.COURRIEL, "jean.dupont+ecole@exemple.fr"),
        ("au 06 12 34 56 78 le soir", Genre.TELEPHONE, "06 12 34 56 78"),
        ("au +33 6.12.34.56.78", Genre.TELEPHONE, "+33 6.12.34.56.78"),
        ("au 0612345678", Genre.TELEPHONE, "0612345678"),
        ("n° 2 55 08 14 168 025 38", Genre.NIR, "2 55 08 14 168 025 38"),
        ("FR14 2004 1010 0505 0001 3M02 606 svp", Genre.IBAN, "FR14 2004 1010 0505 0001 3M02 606"),
        ("ma voiture AB-123-CD gênait", Genre.PLAQUE, "AB-123-CD"),
        ("j'habite 12 bis, rue de la République depuis", Genre.ADRESSE, "12 bis, rue de la République"),
        ("au 3 avenue du 8 mai 1945, bâtiment", Genre.ADRESSE, "3 avenue du 8 mai 1945"),
        ("au 5 place de l'Église le matin", Genre.ADRESSE, "5 place de l'Église"),
        ("à 93200 Saint-Denis", Genre.COMMUNE, "93200 Saint-Denis"),
        ("ma fille est née le 12 mars 2019", Genre.DATE_NAISSANCE, "12 mars 2019"),
        ("reçue par Mme Sophie Martin hier", Genre.NOM, "Sophie Martin"),
        ("Je m'appelle Léo Le Goff et", Genre.NOM, "Léo Le Goff"),
        ("ma voisine Aïcha pense", Genre.NOM, "Aïcha"),
        ("ma demande 2026-K7PX-3M9Q", Genre.REFERENCE, "2026-K7PX-3M9Q"),
        ("mon numéro CAF 1234567890", Genre.REFERENCE, "1234567890"),
    ],
)
def test_proposes_what_may_name_somebody(texte: str, genre: Genre, extrait: str) -> None:
    assert [(p.genre, p.texte) for p in proposer(texte)] == [(genre, extrait)]


@pytest.mark.parametrize(
    "texte",
    [
        "La rue de la République est sale et la place de l'Église aussi.",
        "J'ai attendu 45 minutes le 12 mars 2026 avec 3 enfants.",
        "Il faut 2 documents, 15 jours et 1 200 euros.",
        "Madame, Monsieur, le guichet ferme trop tôt.",
    ],
)
def test_leaves_alone_what_names_nobody(texte: str) -> None:
    assert proposer(texte) == []


def test_a_wrong_check_digit_is_proposed_but_not_sure() -> None:
    assert [p.sure for p in proposer("n° 2 55 08 14 168 025 38")] == [True]
    assert [p.sure for p in proposer("n° 2 55 08 14 168 025 39")] == [False]


def test_applies_only_what_was_accepted_and_one_passage_has_one_mark() -> None:
    texte = "Mme Martin m'a rappelé au 06 12 34 56 78, puis Mme Petit au 06.12.34.56.78, et Mme Martin encore."
    propositions = proposer(texte)
    assert appliquer(texte, propositions) == (
        "Mme [nom 1] m'a rappelé au [téléphone 1], puis Mme [nom 2] au [téléphone 1], et Mme [nom 1] encore."
    )
    noms = [p for p in propositions if p.genre == Genre.NOM]
    assert "06 12 34 56 78" in appliquer(texte, noms)
    with pytest.raises(ValueError, match="do not match"):
        appliquer("Autre " + texte, propositions)


@given(st.text(alphabet="aB1 06+33@.-éFR2né le MmeZ'\n", max_size=200))
def test_proposals_never_overlap_and_refusing_all_changes_nothing(texte: str) -> None:
    propositions = proposer(texte)
    assert all(une.fin <= suivante.debut for une, suivante in pairwise(propositions))
    assert appliquer(texte, []) == texte
    assert all(p.texte == texte[p.debut : p.fin] for p in propositions)


MOTS = [
    "école",
    "mairie",
    "guichet",
    "attente",
    "enfant",
    "dossier",
    "cantine",
    "horaires",
    "papier",
    "bus",
    "aide",
]


def test_groups_form_letters_and_leaves_the_rest_alone() -> None:
    hasard = random.Random(4)  # noqa: S311 - invented texts
    lettre = "Nous demandons que le guichet des inscriptions ouvre le samedi matin pour les parents qui travaillent."
    copies = [lettre, lettre.upper(), lettre.replace("samedi", "Samedi ") + " Merci !", lettre + " Cordialement."]
    autres = [" ".join(hasard.choices(MOTS, k=25)) for _ in range(200)]
    textes = [*autres[:100], *copies, *autres[100:], ""]
    groupes = groupes_proches(textes)
    assert groupes[0].membres == (100, 101, 102, 103)
    assert groupes[0].ressemblances[1] == 1.0
    assert len(groupes) == 1
    assert groupes_proches(textes) == groupes


def test_short_and_empty_texts_do_not_all_resemble_each_other() -> None:
    assert groupes_proches(["", "", "oui", "non", "!?", "bien"]) == []
    assert groupes_proches(["oui", "Oui !"])[0].membres == (0, 1)
