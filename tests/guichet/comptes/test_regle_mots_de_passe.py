"""One rule for passwords: the identity provider's reset, which has its own words, follows that of the sign-up."""

import re
from pathlib import Path

from django.contrib.auth.password_validation import CommonPasswordValidator

from guichet.mon_compte.forms import LONGUEUR_MIN

RACINE = Path(__file__).resolve().parents[3]
ROLE = RACINE / "roles" / "idp"


def test_both_know_the_same_common_passwords() -> None:
    """Shorter ones and those of digits alone are refused by the other rules."""
    attendus = {mot for mot in CommonPasswordValidator().passwords if len(mot) >= LONGUEUR_MIN and not mot.isdigit()}
    liste = (ROLE / "files" / "common-passwords.txt").read_text("utf-8").splitlines()
    assert liste == sorted(attendus)


def test_both_want_the_same_length() -> None:
    defauts = (ROLE / "defaults" / "main.yml").read_text("utf-8")
    assert re.search(r"^idp_password_min_length: (\d+)$", defauts, re.MULTILINE)[1] == str(LONGUEUR_MIN)  # type: ignore[index]
