#!/bin/sh
# Bring a stack up and down where nothing can be reached but Docker's socket, and count attempts to leave.
# usage: offline_up.sh PYTHON STACK INDEX STATE_DIRECTORY PASSPHRASE_FILE; exit 77 where this cannot be done
set -eu
if [ "${1:-}" != --inside ]; then
    unshare --net --mount true 2>/dev/null || { echo "unshare refused" >&2; exit 77; }
    exec unshare --net --mount "$0" --inside "$@"
fi
shift
echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6 2>/dev/null || true
ip link set lo up
# A cable whose other end nobody answers: all that leaves is counted and lost.
ip link add exit0 type veth peer name exit1 2>/dev/null || { echo "no virtual interface" >&2; exit 77; }
ip address add 192.0.2.1/24 dev exit0
ip link set exit0 arp off
ip link set exit1 up
ip link set exit0 up
ip route add default dev exit0
# Name resolution would leave too.
servers=$(mktemp)
echo "nameserver 192.0.2.53" >"$servers"
mount --bind "$servers" /etc/resolv.conf
rm -f "$servers"

sent() { ip -s link show exit0 | awk '/TX:/ { getline; print $2 }'; }
before=$(sent)
"$1" -c "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.53', 53))"
echo "control: $(($(sent) - before))"
before=$(sent)
cd "$(dirname "$0")"
"$1" - "$2" "$3" "$4" "$5" <<'PYTHON'
import sys
from pathlib import Path

from infra_world import DOCKER, make_plan

from infra import stack

name, index, state, passphrase = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4])
result = stack.up(make_plan(name, index, hosts=1), state, passphrase)
print("resources:", result.changed)
stack.down(name, DOCKER, state, passphrase)
PYTHON
echo "attempts: $(($(sent) - before))"
