#!/usr/bin/python3
"""The certificate that browsers are shown, obtained and renewed by this host with certbot.

    public-certificate stand-in   until there is one, serve the host's own
    public-certificate wanted     say whether it must be obtained now
    public-certificate obtain     obtain or renew it when it is time, then tell the services that use it

What fails is said in French, to the journal, in a file that `gru verify` reads and in a figure; what is served stays.
"""

from __future__ import annotations

import grp
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.x509.oid import NameOID

SETTINGS = Path("/etc/gru/public-certificate.json")
SERVED = Path("/etc/ssl/gru/public.pem")
HOST = (Path("/etc/ssl/gru/host.crt"), Path("/etc/ssl/gru/host.key"))
HOOKS = Path("/etc/gru/certificate.d")
STATE = Path("/var/lib/gru-acme")
ANSWER = STATE / "answer.json"
FIGURES = Path("/var/lib/prometheus/node-exporter/gru-public-certificate.prom")
OWN_AUTHORITY = "Autorité locale de "

# What certbot says of each name that could not be proved.
_PROBLEM = re.compile(r"Domain: *(?P<name>\S+)\s+Type: *(?P<type>\S+)\s+Detail: *(?P<detail>[^\n]*)")
_NO_NAME = re.compile(r"no such host|NXDOMAIN|no valid (A|AAAA|IP)|resolv(e|ing) URL", re.IGNORECASE)
_SAID = {
    "dns": "le nom {name} ne se trouve pas dans le DNS public : publiez son adresse",
    "connection": (
        "l'autorité n'atteint pas {name} sur le port 80 : vérifiez que ce nom mène à ce frontal et que le port 80 est"
        " ouvert depuis internet"
    ),
    "unauthorized": "{name} ne mène pas à ce frontal, ou sa preuve n'y est pas : vérifiez où mène ce nom dans le DNS",
    "caa": "l'enregistrement CAA de {name} ne permet pas cette autorité : ajoutez-la, ou prenez celle qu'il nomme",
    "tls": "l'autorité n'a pas pu parler à {name} : vérifiez ce qui est entre internet et ce frontal",
}
# Failures of the whole request, by what certbot writes.
_WHOLE = (
    (
        r"rateLimited|too many (certificates|failed|new orders|currently pending)|too many requests of a given type",
        "l'autorité limite le nombre de demandes, et la limite est atteinte : attendez, il réessaie deux fois par jour",
    ),
    (
        r"rejectedIdentifier|policy forbids|public suffix",
        "l'autorité refuse de certifier ces noms : donnez un vrai domaine public",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|SSLError",
        "le certificat de l'autorité {server} n'est pas reconnu : donnez sa racine (certificate.ca_file)",
    ),
    (
        r"ConnectionError|ConnectTimeout|ReadTimeout|Max retries exceeded|is unreachable|ProxyError|Connection refused",
        "l'autorité {server} ne répond pas : vérifiez que ce frontal peut sortir vers elle en HTTPS",
    ),
    (
        r"NOTAUTH|BADKEY|BADSIG|BADTIME|REFUSED|base domain|rcode",
        "le serveur DNS refuse la mise à jour : vérifiez server, key_name, algorithm et le secret de la clé TSIG",
    ),
    (
        r"dns\.(exception|query|resolver)|Encountered error (when|adding|deleting)",
        "le serveur DNS de la commune ne répond pas à ce frontal : vérifiez son adresse et le pare-feu (port 53)",
    ),
    (r"invalidContact|unsupportedContact|contact email", "l'autorité refuse l'adresse certificate.email"),
)


def main(words: list[str]) -> int:
    """Run one command; the exit code is 1 when a certificate was wanted and could not be had."""
    commands = {"stand-in": stand_in, "wanted": wanted, "obtain": obtain}
    if len(words) != 1 or words[0] not in commands:
        sys.stderr.write(f"usage: public-certificate {'|'.join(commands)}\n")
        return 2
    return commands[words[0]]()


def stand_in() -> int:
    """Serve the host's own certificate until there is another; say `changed` when this changed what is served."""
    if SERVED.exists() and not _is_stand_in(_leaf(SERVED)):
        return 0
    if _install(HOST[0].read_bytes() + HOST[1].read_bytes()):
        sys.stdout.write("changed\n")
    return 0


def wanted() -> int:
    """Say `yes` when this authority's certificate for these names is not the one served, or the last attempt failed."""
    settings = _settings()
    obtained = _lineage(settings) / "fullchain.pem"
    right = (
        obtained.exists()
        and SERVED.exists()
        and _leaf(SERVED) == _leaf(obtained)
        and _names(_leaf(SERVED)) == set(settings["names"])
        and ANSWER.exists()
        and not json.loads(ANSWER.read_text(encoding="utf-8"))["reason"]
    )
    sys.stdout.write("no\n" if right else "yes\n")
    return 0


def obtain() -> int:
    """Ask certbot, which does nothing before it is time; install what is new."""
    settings = _settings()
    run = subprocess.run(
        ["/usr/bin/certbot", "certonly", "--config", "/etc/gru/certbot.ini"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    sys.stdout.write(run.stdout)
    if run.returncode:
        reason = in_words(run.stdout, settings)
        _remember(settings, reason)
        sys.stderr.write(f"Le certificat public n'a pas été obtenu : {reason}. Celui qui est servi n'a pas changé.\n")
        return 1
    lineage = _lineage(settings)
    content = (lineage / "fullchain.pem").read_bytes() + (lineage / "privkey.pem").read_bytes()
    if not SERVED.exists() or SERVED.read_bytes() != content:
        # Cut between the file and whoever must read it again, the next run finds no answer, and tells them.
        ANSWER.unlink(missing_ok=True)
    if _install(content) or not ANSWER.exists():
        subprocess.run(["/usr/bin/run-parts", "--exit-on-error", str(HOOKS)], check=True)
    _remember(settings, "")
    return 0


def in_words(output: str, settings: dict[str, Any]) -> str:
    """What an operator can do about what certbot says."""
    found = []
    for match in _PROBLEM.finditer(output):
        # Not all authorities tell a name that is not in the DNS from a server that does not answer.
        kind = "dns" if _NO_NAME.search(match["detail"]) else match["type"]
        said = _SAID.get(kind, "")
        found.append(said.format(name=match["name"]) if said else f"{match['name']} : {match['detail']}")
    if not found:
        server = urlsplit(settings["directory"]).hostname
        found = [said.format(server=server) for pattern, said in _WHOLE if re.search(pattern, output)][:1]
    last = [line.strip() for line in output.splitlines() if line.strip()][-1:]
    return " ; ".join(dict.fromkeys(found)) or "".join(last) or "certbot n'a pas dit pourquoi"


def _settings() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(SETTINGS.read_text(encoding="utf-8"))
    return content


def _lineage(settings: dict[str, Any]) -> Path:
    """Where certbot keeps what this authority gave."""
    return STATE / "config" / "live" / str(settings["lineage"])


def _leaf(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def _names(certificate: x509.Certificate) -> set[str]:
    found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return set(found.get_values_for_type(x509.DNSName))


def _is_stand_in(certificate: x509.Certificate) -> bool:
    """Whether the site's own authority, or a former one, signed a certificate."""
    names = certificate.issuer.get_attributes_for_oid(NameOID.COMMON_NAME)
    return bool(names) and str(names[0].value).startswith(OWN_AUTHORITY)


def _install(content: bytes) -> bool:
    """Serve another certificate, whole or not at all: chain and key are one file."""
    if SERVED.exists() and SERVED.read_bytes() == content:
        return False
    new = SERVED.with_suffix(".new")
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        stream.write(content)
    os.chown(new, 0, grp.getgrnam("ssl-cert").gr_gid)
    os.chmod(new, 0o640)
    os.replace(new, SERVED)
    return True


def _remember(settings: dict[str, Any], reason: str) -> None:
    """For `gru verify`, and for the alert."""
    answer = {"instant": int(time.time()), "names": settings["names"], "reason": reason}
    _write(ANSWER, json.dumps(answer, ensure_ascii=False) + "\n")
    label = json.dumps(reason, ensure_ascii=False)
    _write(
        FIGURES,
        "# HELP gru_public_certificate_failed Whether the last attempt to obtain the public certificate failed.\n"
        "# TYPE gru_public_certificate_failed gauge\n"
        f"gru_public_certificate_failed{{reason={label}}} {int(bool(reason))}\n",
    )


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    os.chmod(new, 0o644)
    os.replace(new, path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
