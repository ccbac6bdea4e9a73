"""From the bytes of a mail to what its author wrote. Pure: no database, no network, no clock.

Quoted answers and signatures are set apart, never thrown away: whoever reads decides. Attachments are counted only.
"""

from __future__ import annotations

import email
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr
from html.parser import HTMLParser

CORPS_MAX = 100_000  # characters looked at: a mail may be millions of empty lines
TEXTE_MAX = 10_000
OBJET_MAX = 300
RETIRE_MAX = 20_000

_CITATION = re.compile(
    r"""^\s*(?:
        -{2,}\s*(?:message\s+(?:d['’]origine|transféré|original)|original\s+message|forwarded\s+message).*
      | >?\s*(?:début\s+du\s+message\s+(?:transféré|réexpédié)|begin\s+forwarded\s+message)\s*:
      | (?:le|on)\s.{3,200}(?:a\s+écrit|wrote)\s*:
      | (?:de|from)\s*:\s.+
      | _{10,}
    )\s*$""",
    re.IGNORECASE | re.VERBOSE,
)
_SUITE_ENTETE = re.compile(r"^\s*(?:envoyé|date|sent|à|to|objet|subject)\s*:", re.IGNORECASE)
_TRANSFERE = re.compile(r"^\s*(?:tr|fwd?|i)\s*:", re.IGNORECASE)
_TRANSFERT = re.compile(r"transféré|réexpédié|forwarded", re.IGNORECASE)
_ENTETE_TRANSFERE = re.compile(
    r"^[\s>*]*(?:de|from|envoyé|date|sent|à|to|cc|objet|sujet|subject|répondre à|reply-to)\s*\*?\s*:", re.IGNORECASE
)
_MOBILE = re.compile(
    r"^\s*(?:envoyé\s+(?:de|depuis|à\s+partir\s+de)\s.{2,60}|(?:télécharger|obtenir)\s+outlook.*|sent\s+from\s.{2,60})$",
    re.IGNORECASE,
)
_POLITESSE = re.compile(
    r"^\s*(?:(?:bien\s+|très\s+)?(?:cordialement|sincèrement|respectueusement)|(?:sincères|meilleures|cordiales)\s+"
    r"salutations|bonne\s+(?:journée|soirée|réception)|salutations|merci\s+d['’]avance)\b.{0,30}$",
    re.IGNORECASE,
)
SIGNATURE_MAX = 8  # lines after a formula of politeness; longer is still text

# Headers of what programs send, and the values that say so.
_ABSENCES = {
    "auto-submitted": re.compile(r"auto-replied", re.IGNORECASE),
    "x-autoreply": re.compile(""),
    "x-autorespond": re.compile(""),
    "x-auto-response-suppress": re.compile(r".*(?:\ball\b|\boof\b|\bautoreply\b)", re.IGNORECASE),
    "precedence": re.compile("auto_reply", re.IGNORECASE),
    "subject": re.compile(
        r"(?:réponse automatique|automatic reply|auto(?:matique)?\s*:|absen(?:ce|t)\b.{0,30}bureau|out of office)",
        re.IGNORECASE,
    ),
}
_AUTOMATES = {
    "auto-submitted": re.compile(r"(?!no\b)", re.IGNORECASE),
    "precedence": re.compile("bulk|junk", re.IGNORECASE),
}
_POSTIER = re.compile(r"^(?:mailer-daemon|postmaster|mail-daemon)@", re.IGNORECASE)
_POURRIEL = {"x-spam-flag": "yes", "x-spam-status": "yes", "x-spam": "yes"}
LIENS_MAX = 4  # an opinion rarely holds more


@dataclass(frozen=True)
class Lu:
    """One mail: what was written, what was set apart, why it would be left aside (empty: nothing says so)."""

    cle: str
    recu_le: datetime | None
    expediteur: str
    texte: str
    retire: str
    pieces: int
    motif: str
    objet: str = ""
    ancienne_cle: str = ""  # digest of its Message-ID alone, by which it was known before 2026


ILLISIBLE = "Ce message n'a pas pu être lu ici : ouvrez-le dans votre messagerie, et recopiez ce qu'il dit."


def lire(octets: bytes) -> Lu:
    """Read one mail; anything that is not one gives an empty text and a reason. Never raises: the next one waits."""
    try:
        return _lire(octets)
    except Exception:  # whatever a sender may craft, the mails of others are read
        return Lu(hashlib.sha256(octets).hexdigest(), None, "", "", "", 0, ILLISIBLE)


def _lire(octets: bytes) -> Lu:
    message = email.message_from_bytes(octets, policy=default)
    entier, pieces = _corps(message)
    objet = _entete(message, "subject")
    texte, retire = separer(entier[:CORPS_MAX], bool(_TRANSFERE.match(objet)))
    if not texte.strip():  # all of it is in the subject, as people do on a telephone
        texte = re.sub(r"^(?:(?:re|tr|fwd?|rép)\s*:\s*)+", "", objet, flags=re.IGNORECASE)
    identifiant = _entete(message, "message-id")
    # Some programs give one Message-ID to all they send: it takes the same words too to be the same mail.
    contenu = hashlib.sha256(
        f"{_entete(message, 'from')}\n{' '.join(entier.split())}".encode(errors="replace")
    ).hexdigest()
    return Lu(
        cle=hashlib.sha256(f"{identifiant}\n{contenu}".encode(errors="replace") if identifiant else octets).hexdigest(),
        ancienne_cle=hashlib.sha256(identifiant.encode(errors="replace")).hexdigest() if identifiant else "",
        objet=objet[:OBJET_MAX],
        recu_le=_date(message),
        expediteur=parseaddr(_entete(message, "from"))[1][:254],
        texte=texte[:TEXTE_MAX],
        retire=retire[:RETIRE_MAX],
        pieces=pieces,
        motif=_motif(message, texte),
    )


def _entete(message: EmailMessage, nom: str) -> str:
    """A header as text; a broken one is as good as none."""
    try:
        return str(message.get(nom, "")).replace("\x00", "").strip()
    except Exception:  # the parser reads headers when asked: a crafted one may fail in a hundred ways
        return ""


def _date(message: EmailMessage) -> datetime | None:
    try:
        le = message["date"].datetime
    except Exception:  # as above
        return None
    if not isinstance(le, datetime):
        return None
    return le if le.tzinfo else le.replace(tzinfo=UTC)


def _corps(message: EmailMessage) -> tuple[str, int]:
    """The words: plain text first, HTML read as text otherwise; and how many attachments there are."""
    textes: dict[str, list[str]] = {"plain": [], "html": []}
    pieces = 0
    for partie in message.walk():
        if partie.is_multipart():
            continue
        sorte = partie.get_content_type()
        if partie.get_content_disposition() == "attachment" or sorte not in {"text/plain", "text/html"}:
            pieces += 1
            continue
        textes[sorte.removeprefix("text/")].append(_decoder(partie))
    if any(t.strip() for t in textes["plain"]):
        return "\n".join(textes["plain"]), pieces
    return "\n".join(_html(t) for t in textes["html"]), pieces


def _decoder(partie: EmailMessage) -> str:
    """Bytes to text with the charset announced, or the two that French mails use."""
    brut = partie.get_payload(decode=True)
    octets = brut if isinstance(brut, bytes) else b""
    for jeu in (_jeu(partie), "utf-8", "windows-1252"):
        try:
            return octets.decode(jeu).replace("\x00", "")
        except (LookupError, ValueError):  # unknown, impossible (« undefined », a NUL in its name), or not the one
            continue
    return octets.decode("latin-1").replace("\x00", "")


def _jeu(partie: EmailMessage) -> str:
    """The charset that the mail announces."""
    try:
        return partie.get_content_charset() or "utf-8"
    except Exception:  # as for headers
        return "utf-8"


class _Texte(HTMLParser):
    """Words of an HTML mail, quoted blocks marked with « > » as plain mails do."""

    MUETS = frozenset({"style", "script", "head", "title"})
    BLOCS = frozenset({"p", "div", "br", "tr", "li", "h1", "h2", "h3", "ul", "ol", "table", "blockquote", "hr"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.morceaux: list[str] = []
        self.muet = 0
        self.cite = 0

    def _ligne(self) -> None:
        self.morceaux.append("\n> " if self.cite else "\n")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a block."""
        self.muet += tag in self.MUETS
        self.cite += tag == "blockquote"
        if tag in self.BLOCS:
            self._ligne()

    def handle_endtag(self, tag: str) -> None:
        """Close it."""
        self.muet = max(0, self.muet - (tag in self.MUETS))
        self.cite = max(0, self.cite - (tag == "blockquote"))
        if tag in self.BLOCS:
            self._ligne()

    def handle_data(self, data: str) -> None:
        """Words."""
        if not self.muet:
            self.morceaux.append(re.sub(r"\s+", " ", data))


def _html(page: str) -> str:
    lecteur = _Texte()
    lecteur.feed(page)
    lecteur.close()
    return "".join(lecteur.morceaux)


def separer(entier: str, transfere: bool = False) -> tuple[str, str]:
    """What the author wrote, and what follows or quotes: earlier messages, signature, mention of the telephone.

    A mail that only hands on another (its subject says so: `transfere`, or its first line) gives that one's words.
    """
    lignes = [ligne.rstrip() for ligne in entier.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    gardees: list[str] = []
    retirees: list[str] = []
    fin = _debut_de_citation(lignes)
    for ligne in lignes[:fin]:
        (retirees if ligne.lstrip().startswith(">") else gardees).append(ligne)
    coupe = _debut_de_signature(gardees)
    if not _propre(gardees[:coupe]) and fin < len(lignes) and (transfere or _TRANSFERT.search(lignes[fin])):
        return _transfere(lignes[fin:], [*gardees, *retirees])
    retirees = [*gardees[coupe:], *retirees, *lignes[fin:]]
    return _propre(gardees[:coupe]), _propre(retirees)


def _transfere(lignes: list[str], avant: list[str]) -> tuple[str, str]:
    """A mail that only hands on another: that one's words, without its headings."""
    debut = 1
    while debut < len(lignes) and (not lignes[debut].strip(" >") or _ENTETE_TRANSFERE.match(lignes[debut])):
        debut += 1
    corps = [re.sub(r"^\s*>\s?", "", ligne) for ligne in lignes[debut:]]
    fin = _debut_de_citation(corps)
    coupe = _debut_de_signature(corps[:fin])
    return _propre(corps[:coupe]), _propre([*avant, *lignes[:debut], *corps[coupe:]])


def _debut_de_citation(lignes: list[str]) -> int:
    """Where an earlier message begins; the introduction may run over two lines."""
    for rang, ligne in enumerate(lignes):
        suivante = lignes[rang + 1] if rang + 1 < len(lignes) else ""
        if _CITATION.match(ligne):
            entete = re.match(r"^\s*(?:de|from)\s*:", ligne, re.IGNORECASE)
            if not entete or any(_SUITE_ENTETE.match(li) for li in lignes[rang + 1 : rang + 4]):
                return rang
        elif re.match(r"^\s*(?:le|on)\s", ligne, re.IGNORECASE) and _CITATION.match(f"{ligne} {suivante.strip()}"):
            return rang
    return len(lignes)


def _debut_de_signature(lignes: list[str]) -> int:
    """Where a signature begins: « -- », the mention of a telephone, or a formula of politeness near the end."""
    reste, pleines_apres = sum(bool(li.strip()) for li in lignes), []
    for ligne in lignes:
        reste -= bool(ligne.strip())
        pleines_apres.append(reste)
    for rang, ligne in enumerate(lignes):
        if ligne.strip() == "--" or _MOBILE.match(ligne):
            return rang
        if _POLITESSE.match(ligne) and pleines_apres[rang] <= SIGNATURE_MAX and any(map(str.strip, lignes[:rang])):
            return rang
    return len(lignes)


def _propre(lignes: list[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lignes)).strip()


def _dit(message: EmailMessage, entetes: Mapping[str, re.Pattern[str]]) -> bool:
    """Whether one of these headers says so."""
    lus = ((_entete(message, nom), valeurs) for nom, valeurs in entetes.items())
    return any(valeur and valeurs.match(valeur) for valeur, valeurs in lus)


def _reponse_d_agenda(message: EmailMessage) -> str:
    """What a calendar answered to an invitation (RFC 5546, 3.2.3); empty when it is no such answer."""
    for partie in message.walk():
        if partie.get_content_type() != "text/calendar":
            continue
        contenu = _decoder(partie).upper()
        if str(partie.get_param("method", "")).upper() != "REPLY" and "METHOD:REPLY" not in contenu:
            continue
        dit = "refuse" if "PARTSTAT=DECLINED" in contenu else "répond à"
        return (
            f"Réponse d'un agenda : la personne {dit} un atelier. Sa place n'a pas changé : notez sa réponse dans la "
            "liste de l'atelier."
        )
    return ""


def _programme(message: EmailMessage) -> str:
    """What sent it, when it is a program and not somebody."""
    adresse = parseaddr(_entete(message, "from"))[1]
    if message.get_content_type() == "multipart/report" or _POSTIER.match(adresse):
        return "Rapport de distribution : un message de la mairie n'est pas arrivé, ou vient d'arriver."
    agenda = _reponse_d_agenda(message)
    if agenda:
        return agenda
    if _dit(message, _ABSENCES):
        return "Réponse automatique : un programme répond à la place de la personne."
    if _entete(message, "list-unsubscribe") and not _entete(message, "list-post"):
        return "Lettre d'information, envoyée par un programme : elle propose de se désabonner."
    if _dit(message, _AUTOMATES):
        return "Message envoyé par un programme."
    return ""


def _motif(message: EmailMessage, texte: str) -> str:
    """Why it looks like something else than an opinion."""
    programme = _programme(message)
    if programme:
        return programme
    if any(_entete(message, nom).lower().startswith(oui) for nom, oui in _POURRIEL.items()):
        return "Marqué comme indésirable par la messagerie."
    if not texte:
        return "Aucun texte lisible."
    if len(re.findall(r"https?://", texte)) > LIENS_MAX:
        return f"Plus de {LIENS_MAX} liens : sans doute une publicité."
    return ""
