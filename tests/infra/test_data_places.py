"""A function that carries data moves with them, or is refused in words until the operator says it by its name."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from infra.addressing import Place, settled
from infra.data_places import (
    WORDS,
    DataPlace,
    begin,
    expected,
    forget,
    keepers,
    known_places_of_data,
    left_behind,
    refuse_to_leave_data,
    remember,
)
from infra.installed_release import remember_this
from infra.inventory import known_places, write_inventory
from infra.model import Site, load_site
from infra.plan import StackPlan
from infra.program import with_instances
from infra.site_plan import DATA_DIRECTORIES, make_plan
from infra.state import SOURCE_DIRECTORY, OperatorError, Stack
from tests.infra.site_file import LOCAL

ADMIVILLE = SOURCE_DIRECTORY / "stacks" / "admiville" / "site.yaml"
SERVERS = SOURCE_DIRECTORY / "tests" / "infra" / "sites" / "serveurs" / "site.yaml"


def site(tmp_path: Path, source: Path, **hosts: list[str] | None) -> Site:
    """A site whose hosts get these functions; None takes a host out. New hosts come last."""
    content = yaml.safe_load(source.read_text(encoding="utf-8"))
    for name, functions in hosts.items():
        if functions is None:
            del content["hosts"][name]
        else:
            content["hosts"][name] = {**content["hosts"].get(name, {}), "functions": functions}
    for size in content["target"].get("sizes", {}).values():
        size.pop("db", None)
    path = tmp_path / "site.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return load_site(path)


def plan_of(found: Site, **more: dict[str, str]) -> StackPlan:
    return make_plan("local", settled(found, {}), image="i", ssh_public_key="k", **more)


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """A stack whose state is in a folder of the test."""
    monkeypatch.setenv("GRU_STATE_DIRECTORY", str(tmp_path / "state"))
    found = Stack("local")
    found.directory.mkdir(parents=True)
    return found


@pytest.fixture
def known(stack: Stack) -> dict[str, DataPlace]:
    """What the last `gru up` of the shipped site left."""
    remember(stack, plan_of(load_site(LOCAL)))
    return known_places_of_data(stack)


def test_each_function_with_data_is_refused_in_words() -> None:
    """What would be left behind has a name that an operator understands."""
    assert set(WORDS) == set(DATA_DIRECTORIES)


def test_the_same_site_leaves_nothing(known: dict[str, DataPlace]) -> None:
    assert set(known) == {str(function) for function in DATA_DIRECTORIES}
    assert left_behind(load_site(LOCAL), known, ()) == []
    assert left_behind(load_site(LOCAL), {}, ()) == [], "the first time, there is nothing to leave"


def test_a_function_on_another_host_is_refused_with_both_names_and_the_way(
    tmp_path: Path, known: dict[str, DataPlace]
) -> None:
    moved = site(tmp_path, LOCAL, db=None, metier=["processing", "database"])
    (sentence,) = left_behind(moved, known, ())
    for words in ("fonction database", "l'hôte db", "l'hôte metier", "--leave-data database", "commencer vide"):
        assert words in sentence
    assert left_behind(moved, known, ("database",)) == []
    assert len(left_behind(moved, known, ("idp",))) == 1, "the yes of another function is not its own"


def test_a_function_taken_away_is_refused_until_it_is_said(tmp_path: Path, known: dict[str, DataPlace]) -> None:
    known = {**known, "consultation": DataPlace("gone", ("consultation",), "127.0.0.1:22", "gone")}
    without = load_site(LOCAL).model_copy(
        update={"hosts": {name: host for name, host in load_site(LOCAL).hosts.items() if name != "ecouter"}}
    )
    (sentence,) = left_behind(without, known, ())
    assert "ne porte plus cette fonction" in sentence
    assert "--leave-data consultation" in sentence
    assert left_behind(without, known, ("consultation",)) == []


def test_a_function_without_data_has_nothing_to_leave(known: dict[str, DataPlace]) -> None:
    (sentence,) = left_behind(load_site(LOCAL), known, ("portal",))
    assert "--leave-data portal" in sentence
    assert "database" in sentence


def test_on_this_machine_a_host_that_changes_its_name_keeps_its_volumes(
    tmp_path: Path, stack: Stack, known: dict[str, DataPlace]
) -> None:
    """And keeps them at the next renaming, under the first name; `--leave-data` begins empty nonetheless."""
    renamed = site(tmp_path, LOCAL, db=None, base=["database"])
    assert left_behind(renamed, known, ()) == []
    assert keepers(renamed, known) == {"base": "db"}
    assert keepers(renamed, known, ("database",)) == {}

    remember(stack, plan_of(renamed, keepers=keepers(renamed, known)))
    known = known_places_of_data(stack)
    assert keepers(renamed, known) == {"base": "db"}
    again = site(tmp_path, LOCAL, db=None, coffre=["database"])
    assert keepers(again, known) == {"coffre": "db"}
    assert keepers(load_site(LOCAL), known) == {}, "back under its own name"


def test_a_host_that_changes_its_name_and_its_functions_is_another_one(
    tmp_path: Path, known: dict[str, DataPlace]
) -> None:
    other = site(tmp_path, LOCAL, db=None, veille=None, base=["database", "monitoring", "backup_repository"])
    assert keepers(other, known) == {}
    left = [sentence.split()[2] for sentence in left_behind(other, known, ())]
    assert left == ["database", "monitoring", "backup_repository"]


def test_in_a_cloud_a_new_name_is_refused(tmp_path: Path, stack: Stack) -> None:
    """Its volume would be taken from a server that still writes to it."""
    remember(stack, plan_of(load_site(ADMIVILLE)))
    renamed = site(tmp_path, ADMIVILLE, db=None, base=["database"])
    (sentence,) = left_behind(renamed, known_places_of_data(stack), ())
    assert "Leur volume serait détaché" in sentence
    with pytest.raises(OperatorError, match=r"Rien n'a été touché(?s:.*)l'hôte db(?s:.*)l'hôte base"):
        refuse_to_leave_data(stack, renamed, ())
    refuse_to_leave_data(stack, renamed, ("database",))


def test_a_server_is_its_address_whatever_the_site_calls_it(tmp_path: Path, stack: Stack) -> None:
    """Data are on its own disk: another name loses nothing, another server does."""
    content = yaml.safe_load(SERVERS.read_text(encoding="utf-8"))
    remember(stack, plan_of(load_site(SERVERS)))
    known = known_places_of_data(stack)
    name = known["database"].host
    content["hosts"]["autrement"] = content["hosts"].pop(name)
    path = tmp_path / "site.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    assert left_behind(load_site(path), known, ()) == []

    content["hosts"]["autrement"]["address"] = "192.0.2.99"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    found = left_behind(load_site(path), known, ())
    assert found
    assert known["database"].server in found[0]


def test_a_platform_of_an_earlier_version_is_known_by_its_inventory(stack: Stack) -> None:
    shipped = settled(load_site(LOCAL), known_places(stack))
    plan = plan_of(shipped)
    write_inventory(stack, shipped, with_instances(plan, dict.fromkeys(shipped.hosts, "x")))
    by_inventory = known_places_of_data(stack)
    remember(stack, plan)
    assert by_inventory == known_places_of_data(stack)


def test_a_host_that_comes_does_not_take_the_place_of_one_that_leaves(tmp_path: Path) -> None:
    """Both are there while one replaces the other."""
    shipped = settled(load_site(LOCAL), {})
    before = shipped.addresses()
    renamed = site(tmp_path, LOCAL, db=None, base=["database"])
    places = {
        host.name: Place(before[host.name], host.ssh_endpoint()[1])
        for host in make_plan("local", shipped, image="i", ssh_public_key="k").hosts
    }
    after = settled(renamed, places)
    assert after.addresses()["base"] not in before.values()
    assert after.hosts["base"].ssh_port not in {place.ssh_port for place in places.values()}


def test_servers_of_others_hold_nothing_before_they_are_configured(tmp_path: Path, stack: Stack) -> None:
    """A first run that was refused wrote an inventory: nothing is there yet, and the function may go elsewhere."""
    begin(stack)
    stack.inventory_file.write_text("{}", encoding="utf-8")
    assert known_places_of_data(stack) == {}
    remember(stack, plan_of(load_site(LOCAL)))
    begin(stack)
    assert known_places_of_data(stack)["database"].host == "db"


def test_data_are_expected_where_a_whole_run_left_some_and_nobody_said_to_begin_empty(stack: Stack) -> None:
    """A run that was cut left nothing that can be lost; `gru down` took everything."""
    stack.inventory_file.write_text("{}", encoding="utf-8")
    begin(stack)
    remember(stack, plan_of(load_site(LOCAL)))
    assert expected(stack, ()) == []
    remember_this(stack)
    assert {"database", "idp", "consultation"} <= set(expected(stack, ()))
    assert "database" not in expected(stack, ["database"])
    assert "idp" in expected(stack, ["database"])
    forget(stack)
    stack.inventory_file.unlink()
    assert expected(stack, ()) == []
