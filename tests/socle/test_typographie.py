"""What is printed and what people's words are put in follow French typography."""

from __future__ import annotations

from guichet.demandes import typographie


def test_nothing_is_parted_that_goes_together() -> None:
    lu = typographie.insecables("Quoi ? « Oui » : n° 3, article L. 112")
    assert lu == "Quoi\u00a0? «\u00a0Oui\u00a0»\u00a0: n°\u00a03, article L.\u00a0112"


def test_apostrophes_are_curled_even_as_a_page_writes_them() -> None:
    assert typographie.apostrophes("d'abord, l&#x27;avis, 'x'") == "d\u2019abord, l\u2019avis, 'x'"
