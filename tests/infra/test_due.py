"""`gru status` says what comes to its end."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import yaml

from infra.authority import make_authority
from infra.due import WARNING_DAYS, authority_end, end_of, to_tell
from infra.state import SOURCE_DIRECTORY
from infra.status import _PROBE

TODAY = date(2026, 11, 30)


def test_what_is_near_is_told_the_nearest_first_with_its_remedy() -> None:
    ends = [
        end_of("db", "host.crt", "2027-03-12"),
        end_of("front", "public.pem", "2026-12-20"),
        end_of("web", "host.crt", "2026-11-28"),
    ]
    told = [end.sentence(TODAY) for end in to_tell(ends, TODAY)]
    assert told == [
        "le certificat de l'hôte web : 28/11/2026 (fini depuis 2 j) ; « gru up » le refait dans ses 30 derniers jours",
        "le certificat public : 20/12/2026 (dans 20 j) ; voir runbooks/certificats.md",
    ]


def test_where_nothing_is_near_the_next_end_is_told() -> None:
    ends = [end_of("db", "host.crt", "2027-09-01"), end_of("web", "host.crt", "2027-03-12")]
    assert [end.what for end in to_tell(ends, TODAY)] == ["le certificat de l'hôte web"]
    assert to_tell([], TODAY) == []


def test_the_last_day_is_said_as_such() -> None:
    assert "(aujourd'hui)" in end_of("db", "host.crt", TODAY.isoformat()).sentence(TODAY)


def test_the_site_s_own_authority_has_an_end(tmp_path: Path) -> None:
    path = tmp_path / "autorite.pem"
    assert authority_end(path) == []
    path.write_text(make_authority("Admiville", ["gru.test"])[1], encoding="utf-8")
    (end,) = authority_end(path)
    assert end.day > date.today() + timedelta(days=365)


def test_hosts_are_renewed_when_the_end_is_said_to_be_near() -> None:
    """The sentence says so."""
    defaults = (SOURCE_DIRECTORY / "roles" / "base" / "defaults" / "main.yml").read_text(encoding="utf-8")
    assert yaml.safe_load(defaults)["base_certificate_renew_days"] == WARNING_DAYS


def test_what_is_asked_of_a_host_answers() -> None:
    """The program that runs there, run here: a machine without components."""
    run = subprocess.run([sys.executable, "-"], input=_PROBE, capture_output=True, text=True, check=True)
    assert set(json.loads(run.stdout)) == {"components", "ends"}
