"""What a town writes is text on hosts too: Ansible evaluates none of it, from site.yaml or from the files beside it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.inventory import read_inventory, write_inventory
from infra.model import load_site
from infra.secret_store import ensure_secrets
from infra.site_plan import make_plan
from infra.state import SOURCE_DIRECTORY, Stack
from tests.infra.site_file import LOCAL

TRAP = "{{ 7 * 7 }} {% raw %} {# rien #} {{ lookup('env', 'HOME') }}"
WIRING = SOURCE_DIRECTORY / "runbooks" / "group_vars"
PROBE = """
- hosts: front
  gather_facts: false
  vars_files: {files}
  tasks:
    - ansible.builtin.copy:
        content: "{{{{ {{'town': gru_town, 'wired': [idp_town_name, idp_town_address, django_site_town,
          proxy_town.opening_hours, monitoring_town_name], 'mirror': base_mirror, 'charter': proxy_charter.police,
          'logo': proxy_logo, 'procedures': consultation_procedures, 'groups': idp_groups,
          'made': lookup('ansible.builtin.template', '{template}')}} | to_json }}}}"
        dest: {out}
        mode: "0600"
      delegate_to: localhost
      connection: local
      vars:
        ansible_python_interpreter: {python}
"""


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """A site whose every free text is a trap."""
    monkeypatch.setenv("GRU_SITES_DIRECTORY", str(tmp_path / "sites"))
    monkeypatch.setenv("GRU_STATE_DIRECTORY", str(tmp_path / "etat"))
    shutil.copytree(LOCAL.parent, tmp_path / "sites" / "ville")
    stack = Stack("ville")
    said: dict[str, Any] = yaml.safe_load(stack.site_file.read_text(encoding="utf-8"))
    for key in ("name", "address", "phone", "opening_hours"):
        said["town"][key] = f"{key} {TRAP}"
    said["network"] = {"debian_mirror": "http://miroir.fr/{{7*7}}"}
    stack.site_file.write_text(yaml.safe_dump(said, allow_unicode=True), encoding="utf-8")
    procedure = stack.site_directory / "demarches" / "signaler-un-probleme-de-voirie.yaml"
    content: dict[str, Any] = yaml.safe_load(procedure.read_text(encoding="utf-8"))
    content["titre"] = TRAP
    procedure.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    charter = stack.site_directory / "charte" / "charte.yaml"
    charter.write_text(charter.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    tokens: dict[str, Any] = yaml.safe_load(charter.read_text(encoding="utf-8"))
    charter.write_text(yaml.safe_dump(tokens | {"police": TRAP}), encoding="utf-8")
    (stack.site_directory / "charte" / "logo.svg").write_text(f"<svg>{TRAP}</svg>", encoding="utf-8")
    stack.prepare()
    return stack


def test_nothing_that_a_town_writes_is_evaluated(stack: Stack, tmp_path: Path) -> None:
    """Ansible itself, with the wiring of the runbooks: what roles are given is what the town wrote."""
    site = load_site(stack.site_file)
    ensure_secrets(stack, site)
    plan = make_plan(stack.name, site, image="i", ssh_public_key="k")
    write_inventory(stack, site, dict(plan.inventory()))
    out, template, playbook = (tmp_path / name for name in ("out.json", "t.j2", "probe.yml"))
    template.write_text("{{ django_site_town.name }}|{{ consultation_procedures[0].titre }}", encoding="utf-8")
    playbook.write_text(
        PROBE.format(
            files=json.dumps([str(path) for path in sorted(WIRING.glob("*.yml"))]),
            template=template,
            out=out,
            python=sys.executable,
        ),
        encoding="utf-8",
    )
    run = subprocess.run(
        [
            *(str(Path(sys.executable).parent / "ansible-playbook"), "-i", str(stack.inventory_file), str(playbook)),
            *("-e", f"@{stack.secrets_file}", "--vault-password-file", str(stack.passphrase_file)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    seen = json.loads(out.read_text(encoding="utf-8"))
    town = site.town.model_dump()
    assert seen["town"] == town
    assert seen["wired"] == [town["name"], town["address"], town, town["opening_hours"], town["name"]]
    assert seen["mirror"] == "http://miroir.fr/{{7*7}}"
    assert (seen["charter"], seen["logo"]) == (TRAP, f"<svg>{TRAP}</svg>")
    assert TRAP in [procedure["titre"] for procedure in seen["procedures"]]
    assert "service-voirie" in seen["groups"]
    assert seen["made"].split("|")[0] == town["name"]


def test_whoever_reads_the_inventory_gets_the_texts(stack: Stack) -> None:
    """How it is written is between the inventory and Ansible."""
    site = load_site(stack.site_file)
    write_inventory(stack, site, dict(make_plan(stack.name, site, image="i", ssh_public_key="k").inventory()))
    assert read_inventory(stack)["all"]["vars"]["gru_town"] == site.town.model_dump()
