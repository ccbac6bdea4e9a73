"""What pytest says of a failed check, put into words for an operator: no test's name, no Python."""

from __future__ import annotations

import re

NOT_SEEN = "ce qui devrait être vrai ne l'est pas (détail dans le journal)"

_SAID = (
    (r"ssh: connect|Unexpected exit code 255|kex_exchange", "l'hôte ne répond pas en SSH"),
    (r"certificate has expired", "le certificat présenté a expiré"),
    (r"CERTIFICATE_VERIFY_FAILED|certificate verify failed", "le certificat présenté n'est pas accepté"),
    (r"Connection refused", "la connexion est refusée : le service ne tourne pas, ou n'écoute pas là"),
    (r"Name or service not known|Failed to resolve|Temporary failure in name resolution", "ce nom est inconnu du DNS"),
    (r"No route to host|Network is unreachable", "aucun chemin réseau ne mène là"),
    (r"Read timed out|ConnectTimeout|TimeoutExpired|timed out", "pas de réponse à temps"),
    (r"RemoteDisconnected|Connection aborted|Connection reset", "la connexion a été coupée"),
)
"""Signs in what pytest keeps of a failure, and what they mean; the first that is found is said."""

_COMMAND = re.compile(r"Unexpected exit code \d+ for .*?stderr=b?(['\"])(?P<said>.*?)\1\)?\s*$", re.DOTALL)
_STATUS = re.compile(r"^assert (?P<seen>\d{3}) == (?P<wanted>\d{3})$")


def in_words(message: str) -> str:
    """Why a check failed, in one French sentence. `message` is pytest's: the error, then the assertion taken apart."""
    for sign, sentence in _SAID:
        if re.search(sign, message):
            return sentence
    first = re.sub(r"^(AssertionError|Failed): ?", "", message.strip().partition("\n")[0]).strip()
    if found := _STATUS.match(first):
        return f"la page répond {found['seen']} au lieu de {found['wanted']}"
    if found := _COMMAND.search(message):
        said = found["said"].replace("\\n", "\n").strip().splitlines()
        return f"une question posée à l'hôte a échoué{f' : {said[-1]}' if said else ''}"[:400]
    if not first or _is_python(first):
        return NOT_SEEN
    return first[:400]


def _is_python(text: str) -> bool:
    """Whether a sentence is the interpreter's: an assertion without words of its own, an exception, an object."""
    return bool(re.match(r"assert\b|[A-Za-z_.]*(Error|Exception|Timeout|Warning)\b|E\s", text) or "<" in text[:1])
