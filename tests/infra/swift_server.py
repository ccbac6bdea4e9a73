"""A real S3 store for tests: OpenStack Swift's own servers (proxy, account, container, object) in one process.

Run as a program: `python swift_server.py FOLDER PORT ACCESS SECRET` (port 0: any). It says « prêt PORT » once it
listens. Swift is from PyPI, and it is what many sovereign clouds answer S3 with: signatures, dates and conditions on
writes are checked for good.
"""

from __future__ import annotations

import eventlet

eventlet.monkey_patch()

import getpass  # noqa: E402
import os  # noqa: E402 - eventlet replaces the standard library's sockets first
import sys  # noqa: E402
from pathlib import Path  # noqa: E402

from eventlet import wsgi  # noqa: E402
from swift.common.ring import RingBuilder  # noqa: E402
from swift.common.storage_policy import reload_storage_policies  # noqa: E402
from swift.common.wsgi import loadapp  # noqa: E402

HASHES = "[swift-hash]\nswift_hash_path_suffix = essai\nswift_hash_path_prefix = essai\n"
PROXY = """
[DEFAULT]
swift_dir = {folder}
user = {user}
[pipeline:main]
pipeline = catch_errors listing_formats cache s3api tempauth copy slo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:9
[filter:s3api]
use = egg:swift#s3api
[filter:tempauth]
use = egg:swift#tempauth
user_{account}_{name} = {secret} .admin
[filter:copy]
use = egg:swift#copy
[filter:slo]
use = egg:swift#slo
"""
SERVER = """
[DEFAULT]
swift_dir = {folder}
devices = {folder}/disques
mount_check = false
[pipeline:main]
pipeline = {kind}-server
[app:{kind}-server]
use = egg:swift#{kind}
"""
KINDS = ("account", "container", "object")


def prepare(folder: Path, ports: dict[str, int]) -> None:
    """One disk, one copy."""
    (folder / "disques" / "d0").mkdir(parents=True, exist_ok=True)
    (folder / "swift.conf").write_text(HASHES, encoding="utf-8")
    for kind in KINDS:
        ring = RingBuilder(4, 1, 0)
        place = {"region": 1, "zone": 1, "ip": "127.0.0.1", "port": ports[kind], "device": "d0", "weight": 1}
        ring.add_dev(place | {"replication_ip": "127.0.0.1", "replication_port": ports[kind]})
        ring.rebalance()
        ring.get_ring().save(str(folder / f"{kind}.ring.gz"))
        (folder / f"{kind}.conf").write_text(SERVER.format(folder=folder, kind=kind), encoding="utf-8")


def main(folder: Path, port: int, access: str, secret: str) -> None:
    """Serve until killed."""
    os.environ["SWIFT_CONF_FILE"] = str(folder / "swift.conf")
    sockets = {kind: eventlet.listen(("127.0.0.1", 0)) for kind in KINDS}
    prepare(folder, {kind: one.getsockname()[1] for kind, one in sockets.items()})
    account, name = access.split(":")
    words = {"folder": folder, "user": getpass.getuser(), "account": account, "name": name}
    (folder / "proxy.conf").write_text(PROXY.format(**words, secret=secret), encoding="utf-8")
    from swift.common import utils

    utils.set_swift_dir(str(folder))
    reload_storage_policies()
    quiet = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - as long as the process
    for kind, one in sockets.items():
        eventlet.spawn(wsgi.server, one, loadapp(str(folder / f"{kind}.conf")), log=quiet)
    proxy = loadapp(str(folder / "proxy.conf"))
    front = eventlet.listen(("127.0.0.1", port))
    print("prêt", front.getsockname()[1], flush=True)
    wsgi.server(front, proxy, log=quiet)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4])
