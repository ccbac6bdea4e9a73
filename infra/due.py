"""What comes to its end on a platform: certificates of hosts, the public one, the site's own authority."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cryptography import x509

WARNING_DAYS = 30
"""From then on an end is said to be near; `gru up` makes what is ours again (base_certificate_renew_days)."""


@dataclass(frozen=True, slots=True)
class End:
    """What ends, in French with its article, the last day, and what renews it (a sentence's end)."""

    what: str
    day: date
    renewed_by: str

    def sentence(self, today: date) -> str:
        """For an operator, with the days that are left."""
        left = (self.day - today).days
        when = f"dans {left} j" if left > 0 else "aujourd'hui" if left == 0 else f"fini depuis {-left} j"
        return f"{self.what} : {self.day:%d/%m/%Y} ({when}) ; {self.renewed_by}"


def end_of(host: str, file: str, day: str) -> End:
    """The end of a certificate of a host, by the name of its file; `day` is ISO 8601."""
    if file == "public.pem":
        return End("le certificat public", date.fromisoformat(day), "voir runbooks/certificats.md")
    renewed_by = f"« gru up » le refait dans ses {WARNING_DAYS} derniers jours"
    return End(f"le certificat de l'hôte {host}", date.fromisoformat(day), renewed_by)


def authority_end(path: Path) -> list[End]:
    """The end of the site's own authority; none where its certificate is not on this machine."""
    if not path.exists():
        return []
    day = x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc.date()
    return [End("l'autorité locale du site", day, "« gru up » la refait avant sa fin")]


def to_tell(ends: Iterable[End], today: date) -> list[End]:
    """Those that are near, the nearest first; the nearest one alone where none is."""
    ordered = sorted(ends, key=lambda end: (end.day, end.what))
    return [end for end in ordered if (end.day - today).days <= WARNING_DAYS] or ordered[:1]
