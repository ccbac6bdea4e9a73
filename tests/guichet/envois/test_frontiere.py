"""One way out: nothing but the outbox hands a message to a server."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

RACINE = Path(__file__).parents[3]
PAQUETS = ("guichet", "consultation", "socle")
MAILS = {
    "EmailMessage", "EmailMultiAlternatives", "send_mail", "send_mass_mail", "mail_admins", "mail_managers",
    "get_connection", "SMTP", "SMTP_SSL",
}  # fmt: skip
ENVOYER = {"send", "send_messages", "sendmail", "send_message"}
DEDANS = RACINE / "socle" / "envois"


def sorties(source: str) -> Iterator[str]:
    """Calls that make or send a mail."""
    for noeud in ast.walk(ast.parse(source)):
        if isinstance(noeud, ast.Call):
            nom = getattr(noeud.func, "id", "") or getattr(noeud.func, "attr", "")
            if nom in MAILS or (isinstance(noeud.func, ast.Attribute) and nom in ENVOYER and not _requete(noeud.func)):
                yield f"{noeud.lineno}: {nom}"


def _requete(appel: ast.Attribute) -> bool:
    """`super().send(request, …)`: an adapter of requests asks over HTTP."""
    return appel.attr == "send" and isinstance(appel.value, ast.Call) and getattr(appel.value.func, "id", "") == "super"


def test_no_module_outside_the_outbox_sends_anything() -> None:
    fautes = {
        str(chemin.relative_to(RACINE)): trouvees
        for paquet in PAQUETS
        for chemin in (RACINE / paquet).rglob("*.py")
        if DEDANS not in chemin.parents and (trouvees := list(sorties(chemin.read_text("utf-8"))))
    }
    assert fautes == {}


def test_the_scan_sees_a_mail_sent_by_hand() -> None:
    assert list(sorties("EmailMessage('a').send()")) == ["1: send", "1: EmailMessage"]
    assert list(sorties("mail.send_mail('a')\nserver.sendmail(b)")) == ["1: send_mail", "2: sendmail"]
    assert any(list(sorties(chemin.read_text("utf-8"))) for chemin in DEDANS.glob("*.py"))
