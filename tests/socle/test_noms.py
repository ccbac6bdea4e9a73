"""A name is a name: nothing that makes an address or a message of the town's mails goes through."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from socle.composants.noms import ChampNomDePersonne, verifier_nom


@pytest.mark.parametrize(
    "nom",
    [
        "Léa Martin", "Jean-Baptiste d'Arcy", "Anne-Marie O’Neil", "J. Martin", "J.-P. Martin", "Nguyễn Thị Hồng",
        "Ольга Иванова", "محمد بن علي", "Anne & Paul Petit", "Marie Durand (née Petit)", "Martin, Léa", "Ç. Ünal",
        "Dupont-‑Moretti", "N’Golo", "Montserrat Gal·la",
        "J.P. Martin", "Martin J.-P.", "M.-J.P. Petit", "علی\u200cرضا", "ක්\u200dෂේම",
    ],
)  # fmt: skip
def test_names_of_people_are_taken(nom: str) -> None:
    verifier_nom(nom)


@pytest.mark.parametrize(
    ("tape", "garde"),
    [
        ("Léa\u00a0Martin", "Léa Martin"),
        ("Léa\u202fMartin", "Léa Martin"),
        ("Anne O´Neil", "Anne O’Neil"),
        ("Jean d`Arcy", "Jean d’Arcy"),
    ],
)
def test_what_a_keyboard_gives_for_a_space_or_an_apostrophe_is_one(tape: str, garde: str) -> None:
    assert ChampNomDePersonne().clean(tape) == garde


@pytest.mark.parametrize(
    "nom",
    [
        "Compte bloqué, réglez 35 € sur https://evil.example/amende avant ce soir", "evil.example", "www.evil。example",
        "evil․example", "Jean 3", "Jean ٣", "http:evil", "a/b", "a\\b", "a@exemple.fr", "Jean\nBcc: x", "J.Martin",
        "Jean <b>", "Jean\u202eexe", "Gagnez !", "35€", "evil.́example", "x.fr", "a.b.fr",
        "J.P.Martin", "evil.\u200dexample", "www.x.y.fr", ".", "-", "– .",
    ],
)  # fmt: skip
def test_an_address_or_a_message_is_refused_in_words(nom: str) -> None:
    with pytest.raises(ValidationError) as refus:
        ChampNomDePersonne().clean(nom)
    assert "Écrivez un nom" in str(refus.value) or "Mettez un espace" in str(refus.value)
