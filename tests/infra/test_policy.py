"""Rules of placement: what is broken is refused before anything is made, with its rule, its source and its line."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Callable
from pathlib import Path

import pulumi
import pytest
import yaml
from click.testing import CliRunner

from infra import preflight
from infra.cli.placement import policy
from infra.model import SiteError, load_site
from infra.policy.check import judged
from infra.policy.qualifications import LIST, expiry, offers
from infra.policy.resources import watch
from infra.policy.rules import RULES, State
from infra.site_plan import make_plan
from infra.state import SOURCE_DIRECTORY, OperatorError, Stack
from tests.infra.site_file import LOCAL
from tests.openstack.cloud_site import adapt

ADMIVILLE = SOURCE_DIRECTORY / "stacks" / "admiville"
SERVERS = Path(__file__).parent / "sites" / "serveurs"
TODAY = datetime.date(2026, 12, 1)

Change = Callable[..., Stack]


@pytest.fixture
def changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Change:
    """A copy of a site, parts of its site.yaml replaced."""
    monkeypatch.setenv("GRU_SITES_DIRECTORY", str(tmp_path))
    monkeypatch.setenv("GRU_STATE_DIRECTORY", str(tmp_path / "etat"))

    def change(*changes: tuple[str, str], source: Path = ADMIVILLE, more: str = "") -> Stack:
        stack = Stack("ville")
        shutil.copytree(source, stack.site_directory, dirs_exist_ok=True)
        text = stack.site_file.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new, 1)
        stack.site_file.write_text(text + more, encoding="utf-8")
        return stack

    return change


def states(stack: Stack) -> dict[str, State]:
    """What each rule says."""
    return {one.rule.code: one.state for one in judged(stack, load_site(stack.site_file), TODAY)}


def test_the_model_of_a_hosted_town_keeps_every_rule_it_demands(changed: Change) -> None:
    """Admiville demands all but a qualification: OVHcloud's public cloud is not read as qualified."""
    found = states(changed())
    assert found.pop("P3") is State.NOT_DEMANDED
    assert set(found.values()) == {State.KEPT}


def test_the_town_in_the_tests_cloud_keeps_its_rules_but_the_one_it_waives(changed: Change) -> None:
    """Else it is refused before the campaign begins; its disk is this machine's, which is said."""
    stack = changed()
    site = yaml.safe_load(stack.site_file.read_text(encoding="utf-8"))
    adapt(site, "essai.gru.test", {})
    stack.site_file.write_text(yaml.safe_dump(site, allow_unicode=True), encoding="utf-8")
    found = states(stack)
    assert found.pop("P3") is State.NOT_DEMANDED
    assert found.pop("P6") is State.NOT_DEMANDED  # its store of backups is another cloud's, and is not tried there
    assert found.pop("P5") is State.WAIVED
    assert set(found.values()) == {State.KEPT}


@pytest.mark.parametrize("source", [LOCAL.parent, SERVERS])
def test_rules_that_are_not_demanded_demand_nothing(changed: Change, source: Path) -> None:
    """But for the two that hold for everybody."""
    found = states(changed(source=source))
    assert {code for code, state in found.items() if state is State.KEPT} == {"P4", "P8"}
    assert set(found.values()) == {State.KEPT, State.NOT_DEMANDED}


@pytest.mark.parametrize(
    ("old", "new", "code", "line_part", "words"),
    [
        (
            "operator: OVHcloud",
            "operator: Nuage & Cie",
            "P1",
            "  operator:",
            "« Nuage & Cie » n'est pas de ceux permis",
        ),
        ("region: GRA9", "region: US-EAST-VA-1", "P2", "  region:", "la région « US-EAST-VA-1 » n'est pas permise"),
        ("region: SBG}", "region: BHS5}", "P2", "  backups:", "les sauvegardes iraient dans la région « BHS5 »"),
        ("country: France", "country: Canada", "P2", "  country:", "« Canada », qui n'est pas un pays permis"),
        ("volumes_encrypted: true", "volumes_encrypted: false", "P5", "target:", "chiffrés"),
        ("  region: sbg\n", "  region: gra9\n", "P6", "  region: gra9", "vont dans la région des serveurs, GRA9"),
        (
            "  region: sbg\n",
            "  region: gra\n",
            "P6",
            "  region: gra",
            "son conteneur est fait dans SBG",
        ),
        ("  region: sbg\n", "  region: bhs\n", "P2", "  region: bhs", "iraient dans la région « bhs »"),
        (
            "[deb.debian.org, pypi.org]",
            "[miroir.admiville.fr]",
            "P7",
            "  package_sources:",
            "viendraient de deb.debian.org",
        ),
        ("[203.0.113.8/29]", "[0.0.0.0/0]", "P8", "  admin_networks:", "4294967296 adresses de l'internet"),
        ("[203.0.113.8/29]", "[203.0.113.8/29, 8.0.0.0/9]", "P8", "  admin_networks:", "8388608 adresses"),
    ],
)
def test_a_breach_names_rule_source_and_line(
    changed: Change, old: str, new: str, code: str, line_part: str, words: str
) -> None:
    """And is refused by `gru up` and `gru preview` before anything is made."""
    stack = changed((old, new))
    with pytest.raises(OperatorError, match="Rien n'a été touché") as refusal:
        preflight.refuse_what_cannot_work(stack, load_site(stack.site_file), preflight.FOLDER_CHECKS)
    said = [line for line in str(refusal.value).splitlines() if words in line]
    assert said, str(refusal.value)
    assert f"[règle {code}, « " in said[0]
    assert "source : " in said[0]
    lines = stack.site_file.read_text(encoding="utf-8").splitlines()
    number = next(rank for rank, line in enumerate(lines, 1) if line.startswith(line_part))
    assert f"ligne {number} " in said[0]


PLACE = "  endpoint: https://s3.sbg.io.cloud.ovh.net\n  bucket: gru-admiville-sauvegardes\n  region: sbg\n"
NO_BACKUP = f"backup:\n  kind: s3\n{PLACE}"
BESIDE = (
    (NO_BACKUP, "backup: {kind: host}\n"),
    ("functions: [monitoring]", "functions: [monitoring, backup_repository]"),
)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (((NO_BACKUP, ""),), "rien n'est sauvegardé : ajoutez un bloc « backup »"),
        (BESIDE, "les sauvegardes vont à l'hôte veille, à côté de ce qu'elles sauvent"),
    ],
)
def test_a_container_that_nothing_is_put_in_is_no_backup_elsewhere(
    changed: Change, changes: tuple[tuple[str, str], ...], words: str
) -> None:
    """`target.backups` is still there; what counts is where backups go."""
    stack = changed(*changes)
    verdict = next(one for one in judged(stack, load_site(stack.site_file), TODAY) if one.rule.code == "P6")
    assert verdict.state is State.BROKEN
    assert words in verdict.breaches[0].sentence


def test_a_waiver_says_why_and_hides_nothing(changed: Change) -> None:
    """The rule is told at each run, with the reason and what is against it."""
    waiver = "policy:\n  waivers: {P5: baie dans un local fermé de la mairie}\n"
    stack = changed(("volumes_encrypted: true", "volumes_encrypted: false"), ("policy:\n", waiver))
    site = load_site(stack.site_file)
    verdict = next(one for one in judged(stack, site, TODAY) if one.rule.code == "P5")
    assert verdict.state is State.WAIVED
    assert verdict.breaches
    assert preflight.found_by(preflight.FOLDER_CHECKS, stack, site) == []
    assert any("P5" in said and "local fermé" in said for said in preflight.found_by(preflight.DOUBTS, stack, site))


@pytest.mark.parametrize(("reason", "words"), [("P5: non", "dites pourquoi"), ("P9: " + "a" * 20, "P9")])
def test_a_waiver_without_a_reason_is_none(changed: Change, reason: str, words: str) -> None:
    """Nor is one of a rule that does not exist."""
    stack = changed(("policy:\n", f"policy:\n  waivers: {{{reason}}}\n"))
    with pytest.raises(SiteError, match=words):
        load_site(stack.site_file)


QUALIFIED = (
    ("operator: OVHcloud\n", "operator: S3NS\n"),
    ("provider: OVHcloud\n", "provider: S3NS\n  qualification: SecNumCloud\n  qualification_date: 2025-12-17\n"),
    ("operators: [OVHcloud]", "operators: [S3NS]\n  qualification: SecNumCloud\n  offer: PREMI3NS"),
)


def test_a_qualified_offer_is_kept_for_three_years(changed: Change) -> None:
    """The day the decision is three years old, it is to be read again."""
    stack = changed(*QUALIFIED)
    site = load_site(stack.site_file)

    def on(day: datetime.date) -> State:
        return next(one.state for one in judged(stack, site, day) if one.rule.code == "P3")

    assert on(TODAY) is State.KEPT
    assert on(datetime.date(2028, 12, 16)) is State.KEPT
    assert on(datetime.date(2028, 12, 17)) is State.BROKEN
    assert expiry(datetime.date(2024, 2, 29)) == datetime.date(2027, 2, 28)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("offer: PREMI3NS", "offer: Public Cloud", "« Public Cloud » n'est pas une offre qualifiée connue"),
        ("qualification_date: 2025-12-17", "qualification_date: 2027-01-01", "qui est à venir"),
        ("qualification_date: 2025-12-17", "qualification_date: 2020-01-01", "a plus de trois ans"),
        ("  qualification: SecNumCloud\n  qualification_date: 2025-12-17\n", "", "ne dit pas SecNumCloud"),
        ("operator: S3NS", "operator: Nuage & Cie", "aucune offre de « Nuage & Cie »"),
    ],
)
def test_a_qualification_is_that_of_an_offer(changed: Change, old: str, new: str, words: str) -> None:
    """A company that has a qualified offer is not qualified."""
    stack = changed(*QUALIFIED, (old, new))
    verdict = next(one for one in judged(stack, load_site(stack.site_file), TODAY) if one.rule.code == "P3")
    assert verdict.state is State.BROKEN
    assert any(words in breach.sentence for breach in verdict.breaches)


def test_a_qualification_asks_for_an_offer(changed: Change) -> None:
    """Said with the line of the block."""
    with pytest.raises(SiteError, match="une qualification porte sur une offre"):
        load_site(changed(("policy:\n", "policy:\n  qualification: SecNumCloud\n")).site_file)


def test_the_list_of_qualifications_is_dated_and_sourced() -> None:
    """Each offer says where it was read and when; the file says that it is not ANSSI's list."""
    assert offers()
    for offer in offers():
        assert offer.source.startswith("https://")
        assert datetime.date(2026, 1, 1) < offer.read_on
        assert offer.decided_on is None or offer.decided_on <= offer.read_on
    text = LIST.read_text(encoding="utf-8")
    assert "seule à faire foi" in text
    assert "Pour la mettre à jour" in text


def test_an_old_list_is_told_where_it_matters(changed: Change, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not to a town that demands no qualification."""
    stack = changed(*QUALIFIED)
    site = load_site(stack.site_file)
    monkeypatch.setattr("infra.policy.check.LIST_STALE_DAYS", -10_000)
    assert any("relisez-la" in said for said in preflight.found_by(preflight.DOUBTS, stack, site))


@pytest.mark.parametrize(
    ("address", "state"),
    [
        ("203.0.113.7", State.KEPT),
        ("8.8.8.8", State.BROKEN),
        ("2a01:4f8::1", State.BROKEN),
        ("web1.ville.fr", State.KEPT),
    ],
)
def test_a_server_reached_by_a_public_address_is_not_hidden(changed: Change, address: str, state: State) -> None:
    """A name tells nothing without a resolver; documentation's addresses are no one's."""
    stack = changed(("192.0.2.31\n", f"192.0.2.31\n    ssh_address: '{address}'\n"), source=SERVERS)
    assert states(stack)["P4"] is state


def test_other_ports_of_the_front_are_no_other_address(changed: Change) -> None:
    """The front's address may lead to other hosts' SSH."""
    front = ("ssh_address: 198.51.100.7", "ssh_address: 8.8.8.8")
    stack = changed(front, ("192.0.2.31\n", "192.0.2.31\n    ssh_address: 8.8.8.8\n"), source=SERVERS)
    assert states(stack)["P4"] is State.KEPT


# ---- The resources themselves


class Mocks(pulumi.runtime.Mocks):
    """Registers what it is given."""

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str | None, dict[str, object]]:
        return f"{args.name}-id", dict(args.inputs)

    def call(self, args: pulumi.runtime.MockCallArgs) -> dict[str, object]:
        raise AssertionError(f"nothing is asked of a provider: {args.token}")


class Anything(pulumi.CustomResource):
    """A resource of a type."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(kind, name, {})


@pytest.mark.parametrize(
    ("kind", "name", "fine"),
    [
        ("openstack:networking/floatingIp:FloatingIp", "front", True),
        ("openstack:networking/floatingIp:FloatingIp", "db", False),
        ("openstack:compute/floatingIpAssociate:FloatingIpAssociate", "db", False),
        ("openstack:networking/port:Port", "db", True),
    ],
)
def test_a_public_address_that_no_rule_saw_is_not_registered(kind: str, name: str, fine: bool) -> None:
    """Whatever a target's code says, the program stops at the resource."""
    plan = make_plan("ville", load_site(ADMIVILLE / "site.yaml"), image="", ssh_public_key="k")
    pulumi.runtime.set_mocks(Mocks(), project="gru", stack="ville", preview=False)

    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def program() -> None:
        watch(plan)
        Anything(kind, name)

    if fine:
        program()
    else:
        with pytest.raises(OperatorError, match=r"« db » aurait une adresse publique .* \(règle P4\)"):
            program()


def test_the_command_lists_rules_sources_and_verdicts(changed: Change) -> None:
    """Exit 1 when one is broken."""
    stack = changed()
    run = CliRunner().invoke(policy, ["--stack", stack.name])
    assert run.exit_code == 0, run.output
    assert all(f"{rule.code} {rule.title} : " in run.output and rule.source in run.output for rule in RULES)
    changed(("region: GRA9", "region: BHS5"))
    run = CliRunner().invoke(policy, ["--stack", stack.name, "--json"])
    assert run.exit_code == 1
    assert '"rule": "P2"' in run.stdout
    assert '"state": "broken"' in run.stdout


def test_every_rule_has_a_line_in_the_runbook() -> None:
    """Its code, its title."""
    page = (SOURCE_DIRECTORY / "runbooks" / "regles-de-placement.md").read_text(encoding="utf-8")
    assert all(f"| {rule.code} | {rule.title} |" in page for rule in RULES)
