"""Gone back to, a release leaves the schema and the rights of the newest as they are, and serves all the same."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from guichet.supervision.models import Installation
from socle.installation import commandes
from socle.installation.commandes import Installer


class InstallerEssai(Installer):
    """An application's own command, which brings nothing but says so."""

    verrou = 1
    marques = Installation
    apportes: ClassVar[list[str]] = []

    def apporter(self, **options: Any) -> None:
        """Records which release brought what the site says."""
        self.apportes.append(options["marque"])


@pytest.fixture
def lancees(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Commands that the installation runs."""
    trouvees: list[str] = []
    monkeypatch.setattr(commandes, "call_command", lambda nom, **_: trouvees.append(nom))
    InstallerEssai.apportes.clear()
    return trouvees


def installer(numero: str) -> dict[str, str]:
    """Install that release; the marks that it leaves."""
    InstallerEssai().handle(marque=f"empreinte-{numero}", numero=numero, empreinte_site="site")
    return dict(Installation.objects.values_list("cle", "valeur"))


@pytest.mark.django_db
def test_une_version_plus_ancienne_laisse_le_schema_et_les_droits(lancees: list[str]) -> None:
    assert installer("1.9.0")["schema"] == "1.9.0"
    assert lancees == ["migrate", "accorder_droits"]
    assert installer("1.10.0")["schema"] == "1.10.0"
    lancees.clear()
    laissees = installer("1.9.0")
    assert lancees == []
    assert laissees == {"schema": "1.10.0", "version": "empreinte-1.9.0", "site": "site"}
    assert InstallerEssai.apportes[-1] == "empreinte-1.9.0"
    assert installer("1.10.0")["schema"] == "1.10.0"
    assert lancees == ["migrate", "accorder_droits"]


@pytest.mark.django_db
def test_sans_numero_la_base_est_migree_et_garde_le_sien(lancees: list[str]) -> None:
    installer("1.10.0")
    lancees.clear()
    assert installer("")["schema"] == "1.10.0"
    assert lancees == ["migrate", "accorder_droits"]
