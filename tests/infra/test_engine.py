"""With the real engine and a real Docker: up, preview, repair, down, and the ways it may go wrong."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import docker
import pytest
from infra_world import World, labelled, make_plan

from infra import stack
from infra.engine import ENGINE_VERSION, find_engine
from infra.engine.locate import engine_version
from infra.state import OperatorError
from infra.targets import TargetError
from infra.targets.docker.client import LABEL_OWNER, LABEL_STACK
from infra.workspace import Folders, StackError

pytestmark = pytest.mark.engine

MakeWorld = Callable[..., World]


def test_life_of_a_stack(make_world: MakeWorld) -> None:
    """Up, up again, preview, killed, seen, repaired, lost, made again, taken down."""
    world = make_world("essai-vie", 0)
    first = world.up()
    assert first.changes == {"create": 4}
    hosts = first.outputs[stack.INVENTORY_OUTPUT]["hosts"]
    assert hosts["h0"]["instance"] == world.container("h0").id
    assert {s.state for s in world.steps} == {"start", "done"}
    assert "créer l'hôte h0" in {s.text for s in world.steps}

    assert world.preview() == []
    assert world.up().changed == 0
    assert stack.outputs(world.plan.stack, world.state, world.passphrase) == first.outputs

    world.container("h1").kill()
    assert world.preview() == ["réparer l'hôte h1 : il ne tourne pas"]
    repaired = world.up()
    assert repaired.changes == {"update": 1, "same": 3}
    assert world.container("h1").status == "running"
    assert repaired.outputs == first.outputs, "a repaired host is the same host"

    world.container("h1").remove(force=True)
    assert world.preview() == ["créer l'hôte h1"]
    assert world.up().changes["create"] == 1
    assert world.container("h1").status == "running"
    assert world.preview() == []

    world.down()
    assert world.everything() == []
    with pytest.raises(StackError, match="n'est pas en place"):
        stack.outputs(world.plan.stack, world.state, world.passphrase)


def test_host_is_as_declared(make_world: MakeWorld) -> None:
    world = make_world("essai-hote", 1)
    world.up()
    assert "ssh-ed25519" in world.run("h0", "cat /root/.ssh/authorized_keys")
    assert world.run("h0", "cat /etc/hostname").strip() == "h0.essai-hote.test"
    attributes = world.container("h1").attrs
    network = attributes["NetworkSettings"]["Networks"]["gru-essai-hote"]
    assert network["IPAMConfig"]["IPv4Address"] == "172.30.241.11"
    assert {"portail.test", "h1", "h1.essai-hote.test"} <= set(network["Aliases"])
    assert [name.removeprefix("CAP_") for name in attributes["HostConfig"]["CapAdd"]] == ["NET_ADMIN", "SYS_ADMIN"]
    assert not attributes["HostConfig"]["Privileged"]
    assert world.run("h1", "cat /proc/sys/net/unix/max_dgram_qlen") == "512\n"
    published = attributes["HostConfig"]["PortBindings"]["22/tcp"]
    assert published == [{"HostIp": "127.0.241.1", "HostPort": "22002"}]


def test_names_memory_and_key_change_without_losing_the_host(make_world: MakeWorld) -> None:
    world = make_world("essai-maj", 2)
    world.up()
    before = world.container("h1").id
    first, second = world.plan.hosts
    key = world.plan.ssh_public_key.replace("EXAMPLE", "CHANGED", 1)
    second = replace(second, aliases=("agents.test",), memory=64, cpu_weight=20)
    changed = replace(world.plan, ssh_public_key=key, hosts=(first, second))
    told = {text.partition(" :")[0] for text in world.preview(changed)}
    assert told == {"modifier l'hôte h0", "modifier l'hôte h1"}
    world.up(changed)
    after = world.container("h1")
    assert after.id == before
    assert after.attrs["HostConfig"]["Memory"] == 64 * 2**20
    assert after.attrs["HostConfig"]["CpuShares"] == 1024 // 5
    assert "agents.test" in after.attrs["NetworkSettings"]["Networks"]["gru-essai-maj"]["Aliases"]
    assert "portail.test" not in after.attrs["NetworkSettings"]["Networks"]["gru-essai-maj"]["Aliases"]
    assert "CHANGED" in world.run("h1", "cat /root/.ssh/authorized_keys")
    assert world.preview(changed) == []

    freed = replace(changed, hosts=(first, replace(second, memory=None, cpu_weight=None)))
    world.up(freed)
    assert world.container("h1").id == before
    assert world.container("h1").attrs["HostConfig"]["Memory"] > 2**40
    assert world.preview(freed) == []


def test_replaced_and_removed_hosts_leave_data_and_nothing_else(make_world: MakeWorld) -> None:
    """Another address range replaces network and hosts; a dropped host leaves its volume, adopted later."""
    world = make_world("essai-plage", 3)
    world.up()
    world.run("h0", "echo précieux > /donnees/fichier")
    moved = make_plan("essai-plage", 4, image=world.plan.image)
    assert any("la plage d'adresses change" in text for text in world.preview(moved))
    world.up(moved)
    assert world.run("h0", "cat /donnees/fichier") == "précieux\n"

    dropped = replace(moved, hosts=moved.hosts[1:])
    assert any("ses données sont gardées" in text for text in world.preview(dropped))
    world.up(dropped)
    assert "gru-essai-plage-h0" not in world.everything()
    assert "gru-essai-plage-h0-base" in world.everything()
    world.up(moved)
    assert world.run("h0", "cat /donnees/fichier") == "précieux\n"
    world.down()
    assert world.everything() == []


def test_a_host_under_another_name_keeps_its_volume(make_world: MakeWorld) -> None:
    """The volume stays under the name of the first host: nothing is detached, nothing begins empty."""
    world = make_world("essai-renomme", 3)
    world.up()
    world.run("h0", "echo précieux > /donnees/fichier")
    former, other = world.plan.hosts
    publish = tuple(replace(port, host_port=port.host_port + 50) for port in former.publish)
    named = replace(former, name="coffre", fqdn="coffre.essai.test", address="172.30.243.60", publish=publish)
    renamed = replace(world.plan, hosts=(named, other))
    assert not any("volume" in text for text in world.preview(renamed))
    world.up(renamed)
    assert world.run("coffre", "cat /donnees/fichier") == "précieux\n"
    assert "gru-essai-renomme-h0" not in world.everything()
    assert "gru-essai-renomme-h0-base" in world.everything()
    world.down()
    assert world.everything() == []


def test_down_may_keep_data(make_world: MakeWorld) -> None:
    world = make_world("essai-garde", 5, hosts=1)
    world.up()
    world.run("h0", "echo précieux > /donnees/fichier")
    world.down(keep_data=True)
    assert world.everything() == ["gru-essai-garde-h0-base"]
    world.up()
    assert world.run("h0", "cat /donnees/fichier") == "précieux\n"
    assert world.down() == ["gru-essai-garde-h0-base"]
    assert world.everything() == []


def test_failed_creation_says_why_and_leaves_no_orphan(make_world: MakeWorld) -> None:
    world = make_world("essai-echec", 6)
    with socket.socket() as squatter:
        squatter.bind(("127.0.246.1", 22002))
        squatter.listen()
        with pytest.raises(StackError, match=r"le port 127\.0\.246\.1:22002 est déjà pris") as caught:
            world.up()
    assert "Traceback" not in str(caught.value)
    assert "gru-essai-echec-h1" not in world.everything()
    world.up()
    assert world.container("h1").status == "running"


def test_what_an_interrupted_run_left_is_replaced_or_adopted(make_world: MakeWorld) -> None:
    """Between Docker's creation and Pulumi's record there is a moment to be killed in: the state knows nothing."""
    world = make_world("essai-coupe", 7)
    world.up()
    world.run("h0", "echo précieux > /donnees/fichier")
    folders = Folders(world.state)
    shutil.rmtree(folders.backend)
    orphan = world.container("h0").id
    assert world.up().changes == {"create": 4}
    assert world.container("h0").id != orphan
    assert world.run("h0", "cat /donnees/fichier") == "précieux\n"


def test_killed_command_leaves_no_lock_behind(make_world: MakeWorld) -> None:
    world = make_world("essai-verrou", 8, hosts=1)
    world.up()
    locks = Folders(world.state).backend / ".pulumi" / "locks" / "organization" / "gru" / world.plan.stack
    locks.mkdir(parents=True, exist_ok=True)
    gone = subprocess.Popen(["true"])
    gone.wait()
    lock = locks / "0c1c8d6e-0000-4000-8000-000000000000.json"
    lock.write_text(f'{{"pid":{gone.pid},"username":"root","hostname":"h","timestamp":"2026-11-23T00:00:00Z"}}')
    assert world.up().changed == 0
    assert not lock.exists()


INTERRUPTED = """
import sys
from pathlib import Path

from infra_world import make_plan

from infra import stack

state, passphrase = Path(sys.argv[2]), Path(sys.argv[3])
stack.up(make_plan(sys.argv[1], 9), state, passphrase, lambda step: print(step.text, flush=True))
"""


def test_interruption_ends_well_and_is_taken_up_again(make_world: MakeWorld) -> None:
    """Ctrl-C reaches the whole group, as from a terminal: what was begun is finished and recorded."""
    world = make_world("essai-ctrlc", 9)
    command = [sys.executable, "-c", INTERRUPTED, world.plan.stack, str(world.state), str(world.passphrase)]
    folder = Path(__file__).parent
    with subprocess.Popen(
        command, cwd=folder, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as interrupted:
        assert interrupted.stdout is not None
        assert interrupted.stdout.readline().startswith("créer")
        os.killpg(interrupted.pid, signal.SIGINT)
        _, errors = interrupted.communicate(timeout=120)
    assert interrupted.returncode != 0
    assert errors.strip().endswith("KeyboardInterrupt")
    assert "Error in event stream" not in errors
    assert not list((Folders(world.state).backend / ".pulumi" / "locks").rglob("*.json"))
    world.up()
    assert world.preview() == []
    world.down()
    assert world.everything() == []


def test_what_the_engine_still_says_after_the_end_is_dropped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Threads of grpc outlive an interrupted update: what they say goes to no terminal and breaks nothing."""
    folders = Folders(tmp_path)
    folders.prepare()
    with stack._log(folders) as write:
        heard = list(logging.getLogger("grpc").handlers)
        write("pendant : 100 %s")
        logging.getLogger("grpc").error("pendant aussi")
    write("après")
    late = logging.makeLogRecord({"msg": "après aussi", "levelno": logging.ERROR})
    for handler in heard:  # a thread that had begun to speak before the end
        handler.handle(late)
    logging.getLogger("grpc").error("bien après")
    assert folders.log.read_text("utf-8") == "pendant : 100 %s\npendant aussi\n"
    assert capsys.readouterr().err == ""


def test_two_commands_do_not_work_on_one_stack(make_world: MakeWorld) -> None:
    world = make_world("essai-deux", 9, hosts=1)
    folders = Folders(world.state)
    folders.prepare()
    script = (
        "import fcntl, sys\n"
        "lock = open(sys.argv[1], 'w'); lock.write('4242'); lock.flush()\n"
        "fcntl.flock(lock, fcntl.LOCK_EX); print('held', flush=True); sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", script, str(folders.lock)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(StackError, match=r"autre commande gru.*4242"):
            world.up()
        holder.communicate(b"")
    assert world.everything() == []


def test_missing_or_wrong_passphrase_is_told(make_world: MakeWorld) -> None:
    world = make_world("essai-phrase", 0, hosts=1)
    world.passphrase.rename(world.passphrase.with_name("perdue"))
    with pytest.raises(StackError, match="Phrase secrète illisible"):
        world.up()
    world.passphrase.write_text("\n")
    with pytest.raises(StackError, match="Phrase secrète vide"):
        world.up()
    world.passphrase.with_name("perdue").rename(world.passphrase)
    world.up()
    world.passphrase.write_text("autre")
    with pytest.raises(StackError, match="n'ouvre pas l'état"):
        world.up()


def test_two_stacks_do_not_touch_each_other(make_world: MakeWorld, docker_engine: docker.DockerClient) -> None:
    one, two = make_world("essai-un", 1, hosts=1), make_world("essai-autre", 2, hosts=1)
    one.up()
    two.up()
    one.down()
    assert labelled(docker_engine, "essai-un") == []
    assert two.container("h0").status == "running"
    assert two.preview() == []


def test_another_installation_is_refused_and_left_alone(make_world: MakeWorld, tmp_path: Path) -> None:
    world = make_world("essai-clone", 3, hosts=1)
    world.up()
    before = world.container("h0").id
    clone = replace(world, state=tmp_path / "clone")
    clone.state.mkdir()
    with pytest.raises(OperatorError, match="autre installation"):
        clone.up()
    clone.down()
    assert world.container("h0").id == before
    assert world.preview() == []


def test_overlapping_network_is_named(make_world: MakeWorld, docker_engine: docker.DockerClient) -> None:
    world = make_world("essai-chevauche", 4, hosts=1)
    squatter = docker_engine.networks.create(
        "essai-occupe",
        ipam=docker.types.IPAMConfig(pool_configs=[docker.types.IPAMPool(subnet="172.30.244.0/25")]),
        labels={LABEL_STACK: "essai-chevauche", LABEL_OWNER: "x"},
    )
    try:
        with pytest.raises(StackError, match=r"déjà celles de essai-occupe \(172\.30\.244\.0/25\)"):
            world.up()
    finally:
        squatter.remove()


def test_missing_image_is_told_before_anything_is_made(make_world: MakeWorld) -> None:
    world = make_world("essai-image", 5, hosts=1, image="gru-base:absente")
    with pytest.raises(TargetError, match="l'image de base gru-base:absente est absente"):
        world.up()
    assert world.everything() == []


def test_state_holds_no_code_and_no_private_thing(make_world: MakeWorld) -> None:
    """Providers are recorded by reference: a correction here serves stacks made by older versions."""
    world = make_world("essai-etat", 6, hosts=1)
    world.up()
    files = [path for path in (world.state / "pulumi").rglob("*.json") if path.is_file()]
    text = "".join(path.read_text(encoding="utf-8") for path in files)
    assert "gru-essai-etat-h0" in text
    assert "PRIVATE KEY" not in text
    assert "phrase d'essai" not in text
    assert len(text) < 200_000, "pickled by value?"
    assert (world.state / "pulumi").stat().st_mode & 0o077 == 0


def test_no_call_leaves_the_machine(make_world: MakeWorld) -> None:
    """`up` and `down` work in a network namespace whose only way out is a counter, which stays at zero."""
    world = make_world("essai-seul", 7, hosts=1)
    script = Path(__file__).with_name("offline_up.sh")
    if os.geteuid() != 0:
        pytest.skip("needs root for a network namespace")
    command = [str(script), sys.executable, world.plan.stack, "7", str(world.state), str(world.passphrase)]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    if answer.returncode == 77:
        pytest.skip(f"no network namespace with a virtual interface here: {answer.stderr.strip()}")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "control: 1" in answer.stdout.splitlines(), "the counter must see an attempt to leave"
    assert "attempts: 0" in answer.stdout.splitlines(), answer.stdout
    assert "resources: 3" in answer.stdout.splitlines()
    assert world.everything() == []


def test_engine_is_the_pinned_one() -> None:
    root = find_engine()
    assert root is not None
    assert engine_version(root / "bin" / "pulumi") == ENGINE_VERSION
