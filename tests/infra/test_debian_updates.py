"""Debian's updates: in which order hosts are taken, and what the operator is told of each."""

from __future__ import annotations

import pytest

from infra.debian_updates import Updated, order
from infra.state import OperatorError

HOSTS = {"front": ["proxy", "mail"], "base": ["database"], "web": ["portal"]}
INVENTORY = {"all": {"hosts": {name: {"gru_functions": functions} for name, functions in HOSTS.items()}}}


def test_what_all_visitors_pass_through_comes_last() -> None:
    assert order(INVENTORY) == ["base", "web", "front"]
    assert order(INVENTORY, ["front", "web"]) == ["web", "front"]


def test_a_host_that_is_not_of_the_platform_is_refused_before_anything_is_touched() -> None:
    with pytest.raises(OperatorError, match=r"« ailleurs » n'existe pas.*base, front, web.*Rien n'a été touché"):
        order(INVENTORY, ["base", "ailleurs"])


@pytest.mark.parametrize(
    ("done", "words"),
    [
        (Updated((), (), reboot=False), "rien à mettre à jour, rien à relancer"),
        (Updated((), ("nginx.service",), reboot=False), "aucun paquet mis à jour ; relancé : nginx.service"),
        (Updated(("a",), (), reboot=False), "1 paquet mis à jour ; rien à relancer"),
        (
            Updated(("a", "b"), ("x", "y"), reboot=True),
            "2 paquets mis à jour ; relancé : x, y ; l'hôte doit redémarrer pour prendre son nouveau noyau",
        ),
    ],
)
def test_what_became_of_a_host_is_a_sentence(done: Updated, words: str) -> None:
    assert done.in_words == words
