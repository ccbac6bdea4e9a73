"""The identity provider's plugins alone, in Perl: what they take from LemonLDAP::NG is stood in for."""

from __future__ import annotations

import subprocess
from pathlib import Path

PLUGINS = Path(__file__).resolve().parents[2] / "roles/idp/files/perl"
CODES = {
    "PE_OK": 0, "PE_BADCREDENTIALS": 5, "PE_ERROR": 8, "PE_PP_INSUFFICIENT_PASSWORD_QUALITY": 28,
    "PE_PP_PASSWORD_TOO_SHORT": 29, "PE_WAIT": 86, "PE_BADOTP": 96,
}  # fmt: skip
"""As Lemonldap::NG::Portal::Main::Constants numbers them."""
STAND_INS = {
    "Mouse.pm": "package Mouse; sub import { my $to = caller; no strict 'refs';"
    ' *{"${to}::extends"} = sub {}; *{"${to}::has"} = sub {}; } 1;',
    "Crypt/URandom.pm": "package Crypt::URandom; 1;",
    "Net/LDAP/Entry.pm": "package Net::LDAP::Entry; 1;",
    "Gru/Sessions.pm": "package Gru::Sessions; 1;",
    "Gru/Tries.pm": "package Gru::Tries; 1;",
    "Lemonldap/NG/Portal/Main/Constants.pm": "package Lemonldap::NG::Portal::Main::Constants; use Exporter 'import';"
    f" our @EXPORT_OK = qw({' '.join(CODES)});"
    f" use constant {{ {', '.join(f'{name} => {code}' for name, code in CODES.items())} }}; 1;",
}


def perl(folder: Path, plugin: str, script: str, given: bytes = b"") -> str:
    """What a script says once the plugin is loaded; `folder`: where the stand-ins are put."""
    for name, text in STAND_INS.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    command = ["perl", f"-I{folder}", "-e", f"require $ARGV[0];{script}", str(PLUGINS / f"{plugin}.pm")]
    return subprocess.run(command, input=given, capture_output=True, check=True).stdout.decode()
