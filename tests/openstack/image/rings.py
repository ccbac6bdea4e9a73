"""Swift's rings, of one device each, in one process: its own command takes nine, of a second or more each."""

import json
from pathlib import Path

from swift.common.ring import RingBuilder

SERVERS = json.loads((Path(__file__).parent / "swift.json").read_text(encoding="utf-8"))


def main() -> None:
    """Write a ring for each kind of server."""
    for server, port in SERVERS.items():
        builder = RingBuilder(part_power=4, replicas=1, min_part_hours=1)
        where = {"ip": "127.0.0.1", "port": port, "replication_ip": "127.0.0.1", "replication_port": port}
        builder.add_dev({"region": 1, "zone": 1, "device": "d1", "weight": 1.0, "meta": "", **where})
        builder.rebalance()
        builder.get_ring().save(f"/etc/swift/{server}.ring.gz")


if __name__ == "__main__":
    main()
