"""Plain Debian servers made outside the product: what an administrator has after a minimal installation.

Each is a root file system of mmdebstrap with systemd, sshd and python3 (and sudo, where who enters is not root),
run as a container. Nothing of `infra/targets/docker` serves here: these servers owe the product nothing.
"""

from __future__ import annotations

import hashlib
import ipaddress
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

LABEL = "gru.tests.existing"
PACKAGES = ("openssh-server", "python3", "sudo", "systemd", "systemd-sysv")
ARCHIVE = "http://deb.debian.org/debian"
SECURITY = "http://deb.debian.org/debian-security"
UNFIT = ("console-getty.service", "getty@.service", "systemd-udevd.service", "systemd-firstboot.service")
"""Units that have no object in a container."""

TMPFS = ("/run:exec,mode=755", "/run/lock", "/tmp:exec,mode=1777")  # noqa: S108
BEGIN = r"""
[ ! -e /sys/fs/cgroup/cgroup.controllers ] || mount -o remount,rw /sys/fs/cgroup
ssh-keygen -A >/dev/null
printf 'Port %s\n' "$SSH_PORT" > /etc/ssh/sshd_config.d/port.conf
if [ "$ENTERS" = root ]; then
    dpkg --purge sudo >/dev/null 2>&1
    home=/root
else
    home=/home/$ENTERS
    useradd --create-home --shell /bin/bash "$ENTERS"
    echo "$ENTERS ALL=(ALL) NOPASSWD:ALL" > /etc/sudoers.d/admin
fi
mkdir -p -m 0700 "$home/.ssh"
printf '%s\n' "$KEY" > "$home/.ssh/authorized_keys"
chown -R "$ENTERS:" "$home/.ssh"
rm -f /run/nologin
exec /sbin/init
"""
"""What whoever installs a server does: its SSH port, who enters and with which key; then the system starts."""


BOOT_SECONDS = 120
"""How long a server may take until its system is up, on a busy machine."""


@dataclass(frozen=True, slots=True)
class Server:
    """One server; `enters` is the user whose authorised key is ours."""

    name: str
    address: str
    suite: str = "trixie"
    enters: str = "root"
    ssh_port: int = 22


@dataclass(frozen=True, slots=True)
class Network:
    """The servers' network, whose gateway is the operator's machine."""

    name: str
    cidr: str

    @property
    def gateway(self) -> str:
        """The operator's machine, as servers see it."""
        return str(next(ipaddress.ip_network(self.cidr).hosts()))


@dataclass
class Park:
    """Servers on one network, all removed by `remove`."""

    network: Network
    folder: Path
    """Where the operator's key is."""
    servers: list[Server] = field(default_factory=list)

    @property
    def key_file(self) -> Path:
        """The operator's private key."""
        return self.folder / "id_ed25519"

    @property
    def label(self) -> str:
        """What tells this park's containers and network from others'."""
        return f"{LABEL}={self.network.name}"

    def prepare(self) -> None:
        """Remove what an interrupted run left, then make the key and the network."""
        self.remove()
        self.folder.mkdir(parents=True, exist_ok=True)
        if not self.key_file.exists():
            run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self.key_file))
        place = ["--subnet", self.network.cidr, "--gateway", self.network.gateway]
        run("docker", "network", "create", "--label", self.label, *place, self.network.name)

    def start(self, server: Server) -> None:
        """A new server, which nobody has entered yet."""
        key = self.key_file.with_suffix(".pub").read_text(encoding="utf-8").strip()
        words = ["docker", "run", "--detach", "--label", self.label, "--name", self.container(server)]
        words += ["--hostname", server.name, "--network", self.network.name, "--ip", server.address]
        words += [
            "--cap-add",
            "SYS_ADMIN",
            "--cap-add",
            "NET_ADMIN",
            "--cgroupns",
            "private",
            "--security-opt",
            "apparmor=unconfined",
        ]
        words += ["--stop-signal", "SIGRTMIN+3", "--env", "container=docker", "--sysctl", "net.unix.max_dgram_qlen=512"]
        for place in TMPFS:
            words += ["--tmpfs", place]
        for name, value in (("SSH_PORT", server.ssh_port), ("ENTERS", server.enters), ("KEY", key)):
            words += ["--env", f"{name}={value}"]
        run(*words, image(server.suite), "/bin/sh", "-c", BEGIN)

    def wait(self, server: Server) -> None:
        """Until its system is up: then nothing of its start disturbs who enters. Raises RuntimeError."""
        command = ["docker", "exec", self.container(server), "systemctl", "is-system-running", "--wait"]
        deadline = time.monotonic() + BOOT_SECONDS
        # Before systemd is process 1, there is nobody to wait for: it answers « offline » at once.
        while (
            state := subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
        ) != "running":
            if state == "degraded" or time.monotonic() > deadline:
                raise RuntimeError(f"{server.name} : {state or 'le conteneur ne répond pas'}")
            time.sleep(0.2)

    def replace(self, server: Server) -> None:
        """The server is installed again: its disk is empty, its SSH key another."""
        run("docker", "rm", "--force", "--volumes", self.container(server))
        self.start(server)

    def hide_from_the_operator(self, server: Server) -> None:
        """Nothing that the server sends reaches the operator's machine any more: a jump host is needed."""
        pid = run("docker", "inspect", "--format", "{{.State.Pid}}", self.container(server)).strip()
        operator = f"{self.network.gateway}/32"
        run("nsenter", "--target", pid, "--net", "ip", "route", "add", "blackhole", operator)

    def container(self, server: Server) -> str:
        """Name of the server's container."""
        return f"{self.network.name}-{server.name}"

    def remove(self) -> None:
        """Servers and network, whoever left them."""
        label = f"label={self.label}"
        if found := run("docker", "ps", "-aq", "--filter", label).split():
            run("docker", "rm", "--force", "--volumes", *found)
        if found := run("docker", "network", "ls", "-q", "--filter", label).split():
            run("docker", "network", "rm", *found)


def image(suite: str) -> str:
    """The reference of a Debian of that suite, made where this machine has none (40 s)."""
    command = [
        *("mmdebstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}", "--dpkgopt=force-unsafe-io"),
        '--customize-hook=rm -f "$1"/etc/ssh/ssh_host_* "$1"/etc/apt/apt.conf.d/99mmdebstrap',
        '--customize-hook=printf "" > "$1"/etc/machine-id',
        *(f'--customize-hook=ln -sf /dev/null "$1"/etc/systemd/system/{unit}' for unit in UNFIT),
        *(suite, "-", f"deb {ARCHIVE} {suite} main", f"deb {ARCHIVE} {suite}-updates main"),
        f"deb {SECURITY} {suite}-security main",
    ]
    name = f"gru-tests-existing:{suite}-{hashlib.sha256(repr(command).encode()).hexdigest()[:12]}"
    if run("docker", "images", "-q", name).strip():
        return name
    with tempfile.NamedTemporaryFile(suffix=".tar") as archive:
        subprocess.run(command, stdin=subprocess.DEVNULL, stdout=archive, check=True)
        run("docker", "import", "--change", 'CMD ["/sbin/init"]', archive.name, name)
    return name


def run(*words: str) -> str:
    """What a command prints; it must succeed."""
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words[:3])} : {done.stderr.strip()}")
    return done.stdout
