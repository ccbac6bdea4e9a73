"""What helps people who read: agreement and its limits, neighbours, what changes between copies, names to hide."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consultation.analyse import Index, alpha, differences, lire_accord, proposer
from tests.consultation import jeux

codes = st.sampled_from(["a", "b", "c"])
unites = st.lists(st.dictionaries(st.sampled_from(["A", "B", "C"]), codes, max_size=3), max_size=15)


@given(unites)
def test_alpha_never_exceeds_one_and_is_one_only_without_disagreement(lues: list[dict[str, str]]) -> None:
    valeur = alpha(lues)
    if valeur is None:
        return
    desaccord = any(len(set(unite.values())) > 1 for unite in lues)
    assert valeur <= 1
    assert (valeur == 1) == (not desaccord)


@given(unites, st.randoms(use_true_random=False))
def test_alpha_depends_neither_on_order_nor_on_names(lues: list[dict[str, str]], hasard: object) -> None:
    valeur = alpha(lues)
    melangees = list(lues)
    hasard.shuffle(melangees)  # type: ignore[attr-defined]
    autrement = [
        {qui.lower(): {"a": "x", "b": "y", "c": "z"}[code] for qui, code in unite.items()} for unite in melangees
    ]
    attendu = alpha(autrement)
    assert (valeur is None) == (attendu is None)
    if valeur is not None:
        assert attendu == pytest.approx(valeur)


@given(unites)
def test_an_opinion_read_by_one_person_changes_nothing(lues: list[dict[str, str]]) -> None:
    assert alpha([*lues, {"A": "a"}]) == alpha(lues)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=30))
def test_the_reading_of_a_code_counts_right_and_its_bounds_hold_alpha(paires: list[tuple[bool, bool]]) -> None:
    lues = [{"A": frozenset({"x"} if a else ()), "B": frozenset({"x"} if b else ())} for a, b in paires]
    [accord] = lire_accord(lues, ["x"])
    assert accord.unites == len(paires)
    assert accord.donnes == sum(a or b for a, b in paires)
    assert accord.identiques == sum(a == b for a, b in paires)
    if accord.bornes is not None:
        assert accord.alpha is not None
        bas, haut = accord.bornes
        assert bas <= haut <= 1
        assert (bas, haut) == (1.0, 1.0) or accord.alpha < 1


def paires(ensemble: int, un: int, autre: int, aucun: int) -> list[dict[str, frozenset[str]]]:
    x, rien = frozenset({"x"}), frozenset[str]()
    return (
        [{"A": x, "B": x}] * ensemble + [{"A": x, "B": rien}] * un
        + [{"A": rien, "B": x}] * autre + [{"A": rien, "B": rien}] * aucun
    )  # fmt: skip


@pytest.mark.parametrize(
    ("lues", "mots"),
    [
        ([], "Aucun avis lu par deux personnes"),
        (paires(0, 0, 0, 9), "Personne n'a donné ce thème"),
        (paires(9, 0, 0, 0), "Trop peu de variété"),
        (paires(4, 0, 0, 4), "Sur 8 avis seulement"),
        (paires(3, 0, 0, 30), "Thème rare (3 avis)"),
        (paires(15, 0, 1, 20), "Vous êtes d'accord."),
        (paires(12, 2, 2, 20), "Accord moyen"),
        (paires(6, 2, 2, 20), "L'étendue est large"),
        (paires(5, 6, 6, 10), "précisez la définition"),
    ],
)
def test_each_case_of_agreement_is_said_in_words(lues: list[dict[str, frozenset[str]]], mots: str) -> None:
    [accord] = lire_accord(lues, ["x"])
    assert mots in accord.conseil


# Two wordings of one idea, invented: the neighbours must find the other one.
PAIRES = (
    ("On m'a demandé le justificatif de domicile trois fois.",
     "Pourquoi redemander sans cesse les mêmes justificatifs de domicile ?"),
    ("Le guichet ferme à 17 h : j'ai dû poser une demi-journée.",
     "Il faudrait un guichet ouvert plus tard le soir, je finis à 18 h."),
    ("Le samedi matin, deux heures d'attente debout avec la poussette.",
     "J'ai attendu presque deux heures avant d'être reçue."),
    ("Je n'ai pas compris le mot périmètre scolaire.", "Le courrier est plein de mots incompréhensibles."),
    ("Le formulaire s'est effacé sur mon téléphone au moment d'envoyer.",
     "Sur smartphone, le formulaire en ligne bloque avant l'envoi."),
    ("Impossible de joindre une photo de mon justificatif.", "Je n'arrive pas à envoyer une photo de mes papiers."),
    ("Madame Lopez au guichet a pris le temps de m'expliquer, merci.",
     "L'agent du guichet nous a très bien expliqué les démarches."),
    ("Après l'inscription, plus aucune nouvelle, j'ai rappelé deux fois.",
     "Aucune nouvelle de mon inscription depuis un mois."),
    ("Il n'y a pas de place pour se garer devant la mairie.",
     "Le stationnement près de la mairie est impossible, pas une place."),
    ("La cantine coûte trop cher pour trois enfants.",
     "Les tarifs de cantine sont élevés quand on a plusieurs enfants."),
    ("Le bus ne passe plus dans notre quartier le dimanche.",
     "Depuis septembre, il n'y a plus de bus le dimanche chez nous."),
    ("Mon fils n'a pas eu de place au centre de loisirs.",
     "Centre de loisirs complet : ma fille reste sur liste d'attente."),
    ("Je ne sais pas me servir d'internet, on m'oblige à passer par le site.",
     "Tout se fait sur internet, moi je n'ai pas d'ordinateur."),
    ("Le trottoir de la rue Pasteur est dangereux pour les poussettes.",
     "Avec une poussette, les trottoirs sont impraticables."),
    ("On m'a donné un rendez-vous dans six semaines.", "Les délais de rendez-vous sont beaucoup trop longs."),
    ("La lettre parle de dérogation, personne ne sait ce que c'est.",
     "Qu'est-ce qu'une dérogation ? La lettre ne l'explique pas."),
)  # fmt: skip


def test_neighbours_find_the_other_wording_and_say_why() -> None:
    textes = [texte for paire in PAIRES for texte in paire]
    index = Index(textes)
    rangs = {}
    for i, texte in enumerate(textes):
        voisins = [v for v in index.proches(texte, 6) if v.rang != i]
        rangs[i] = next((r for r, v in enumerate(voisins) if v.rang == i ^ 1), None)
    assert all(rang is not None and rang < 3 for rang in rangs.values())
    assert sum(rang == 0 for rang in rangs.values()) >= 26  # of 32
    [_, voisin] = index.proches(textes[0], 2)
    assert voisin.rang == 1
    assert {"justificatif", "domicile"} <= set(voisin.mots)


def test_no_word_in_common_no_neighbour() -> None:
    assert Index(["La cantine est chère."]).proches("Le bus du dimanche") == []
    assert Index([]).proches("Le bus") == []
    assert Index(["", "?!"]).proches("") == []


def test_what_changes_between_copies_is_said_in_words() -> None:
    assert differences("Nous demandons un guichet le mercredi.", "Nous demandons un guichet le mercredi. Merci !") == (
        "",
        "Merci !",
    )
    assert differences("le lundi matin", "le samedi matin") == ("lundi", "samedi")
    assert differences("pareil", "pareil") == ("", "")


@pytest.mark.parametrize(("nom", "rappel", "precision"), [("reglage", 0.98, 0.9), ("controle", 0.93, 0.9)])
def test_most_of_what_names_somebody_is_proposed(nom: str, rappel: float, precision: float) -> None:
    mesure = jeux.mesurer(jeux.lire(nom))
    assert mesure.rappel >= rappel, mesure.manques
    assert mesure.precision >= precision


@pytest.mark.parametrize(
    ("texte", "attendus"),
    [
        ("Avec Thérèse, nous avons essayé.", ["Thérèse"]),
        ("mon mari karim travaille de nuit", ["karim"]),
        ("mme lopez m'a dit de revenir", ["lopez"]),
        ("Madame la maire, monsieur le directeur", []),
        ("J'habite rue Pasteur, au calme", ["rue Pasteur"]),
        ("ÇA SUFFIT, LA MAIRIE NE RÉPOND PAS", []),
        ("À l'école Jean-Macé tout va bien", []),
    ],
)
def test_names_without_a_shape(texte: str, attendus: list[str]) -> None:
    assert [p.texte for p in proposer(texte)] == attendus
