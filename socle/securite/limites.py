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

from django.db import connection, transaction
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

    def prendre(self, permis: Mapping[str, int]) -> bool:
        """Count each of these keys once more, unless one was counted as often as it may be; whether it was.

        Two requests at the same moment wait for each other, so that they cannot both have the last place.
        """
        with transaction.atomic(savepoint=False):
            for cle in sorted(permis):
                self.attendre_son_tour(cle)
            if self.depassee(permis):
                return False
            self.compter(permis)
        return True

    def rendre(self, cles: Iterable[str]) -> None:
        """Take back one count of each of these keys: what was counted beforehand went well."""
        for cle in cles:
            derniere = self._lignes.filter(cle=cle).order_by("-pk").values_list("pk", flat=True).first()
            self._lignes.filter(pk=derniere).delete()

    def compter(self, cles: Iterable[str]) -> None:
        """Count each of these keys once more; what is older than the period is forgotten."""
        self.oublier()
        self._lignes.bulk_create(self.table(cle=cle) for cle in cles)

    def oublier(self, maintenant: datetime | None = None) -> None:
        """Remove what no longer counts."""
        self._lignes.filter(le__lte=(maintenant or timezone.now()) - self.periode).delete()

    def attendre_son_tour(self, cle: str) -> None:
        """Hold this key until the end of the transaction: who counts it at the same moment waits."""
        if connection.vendor == "postgresql":  # SQLite has one writer at a time
            with connection.cursor() as curseur:
                curseur.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [cle])

    @property
    def _lignes(self) -> Any:
        return self.table._default_manager
