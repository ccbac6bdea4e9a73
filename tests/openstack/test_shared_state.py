"""A state in the cloud's own object store (Debian's Swift, behind its identity service)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.infra.shared_places import STACK, Person, S3Place, keeps_its_word, race, write_site
from tests.openstack.conftest import ObjectStore


def test_a_state_in_the_clouds_object_store(
    object_store: ObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = S3Place(object_store.endpoint, object_store.access_key, object_store.secret_key, object_store.region)
    for key, value in place.environment().items():
        monkeypatch.setenv(key, value)
    location = place.bucket(f"etat-{STACK}")
    keeps_its_word(location)
    write_site(tmp_path / "sites", location)
    (tmp_path / "phrase").write_text("phrase d'essai\n", encoding="utf-8")
    people = [Person(name, tmp_path, tmp_path / "sites", location) for name in ("marie", "paul")]
    race(people, Person("lecteur", tmp_path, tmp_path / "sites", location).become(monkeypatch))
