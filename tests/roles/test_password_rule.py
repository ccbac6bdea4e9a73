"""The provider's reset judges passwords as the sign-up does: its own Perl, on the passwords that people choose."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.roles.provider_plugins import CODES, perl

ROOT = Path(__file__).resolve().parents[2]
CHOSEN = (ROOT / "tests/guichet/cas/entrees/mots-de-passe.txt").read_bytes().removesuffix(b"\n").split(b"\n")
REFUSED = (CHOSEN[1], b"{SSHA}motdepasse12")
"""One whose accents are apart from their letters, and one that a directory takes for a hash."""
TAKEN, WEAK, SHORT = (
    CODES[name] for name in ("PE_OK", "PE_PP_INSUFFICIENT_PASSWORD_QUALITY", "PE_PP_PASSWORD_TOO_SHORT")
)
JUDGE = """
package Asked; sub sessionInfo { { mail => 'zoe@exemple.fr', cn => 'Zoe Martin' } } sub userData { {} }
package Judge; our @ISA = ('Lemonldap::NG::Portal::Plugins::GruPasswords');
sub conf { { passwordPolicyMinSize => 12 } } sub common { { '1q2w3e4r5t6y' => 1 } }
package main; local $/; my $password = <STDIN>;
print bless( {}, 'Judge' )->judge( bless( {}, 'Asked' ), 'zoe', $password );
"""


@pytest.mark.parametrize("password", CHOSEN)
def test_what_people_choose_is_judged_as_at_the_sign_up(tmp_path: Path, password: bytes) -> None:
    assert int(perl(tmp_path, "GruPasswords", JUDGE, password)) == (WEAK if password in REFUSED else TAKEN)


@pytest.mark.parametrize(
    ("password", "answer"),
    [
        ("123456789012", WEAK), ("1q2w3e4r5t6y", WEAK), ("zoe@exemple.fr", WEAK), ("éééééé", SHORT), ("court", SHORT),
        ("cheval agrafe pile correcte", TAKEN),
    ],
)  # fmt: skip
def test_a_weak_password_is_refused_at_reset_too(tmp_path: Path, password: str, answer: int) -> None:
    assert int(perl(tmp_path, "GruPasswords", JUDGE, password.encode())) == answer
