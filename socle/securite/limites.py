"""How often something may be done by one sender, on one account or about one number, over a sliding period.

Each application keeps its counts in a table of its own (fields `cle` and `le`), and says in its own words what to do
instead. Flooding in itself is the front proxy's business.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Model
from django.utils import timezone
from django.utils.crypto import salted_hmac


@dataclass(frozen=True)
class Limite:
    """Counts of `table` over `periode`; `sel` makes its keys unlike those of any other limit."""

    table: type[Model]
    periode: timedelta
    sel: str

    def cle(self, genre: str, valeur: str) -> str:
        """Return the key under which `valeur` is counted: a keyed digest, so that the table says nothing of anybody."""
        return salted_hmac(f"{self.sel}.{genre}", valeur, algorithm="sha256").hexdigest()

    def depassee(self, permis: Mapping[str, int]) -> bool:
        """Whether one of these keys was counted as often as it may be (`permis`: key, times in a period)."""
        depuis = timezone.now() - self.periode
        comptes = Counter(self._lignes.filter(cle__in=permis, le__gt=depuis).values_list("cle", flat=True))
        return any(comptes[cle] >= fois for cle, fois in permis.items())

    def compter(self, cles: Iterable[str]) -> None:
        """Count each of these keys once more; what is older than the period is forgotten."""
        self.oublier()
        self._lignes.bulk_create(self.table(cle=cle) for cle in cles)

    def oublier(self, maintenant: datetime | None = None) -> None:
        """Remove what no longer counts."""
        self._lignes.filter(le__lte=(maintenant or timezone.now()) - self.periode).delete()

    @property
    def _lignes(self) -> Any:
        return self.table._default_manager
