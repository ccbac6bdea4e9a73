#!/bin/sh
# Install what `gru` needs on a fresh Debian 12 or 13 machine. Run by `make`; safe to run again.
#   infra/bootstrap.sh         what `make up` needs
#   infra/bootstrap.sh tests   also what `make test` needs (browser, database server)
set -eu
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*" >&2; }
fail() { say "Erreur : $*"; exit 1; }

. /etc/os-release
case "${ID:-}:${VERSION_ID:-}" in
  debian:12 | debian:13) ;;
  *) fail "cette machine est « ${PRETTY_NAME:-inconnue} » ; il faut Debian 12 ou 13." ;;
esac

packages="ca-certificates git iptables mmdebstrap openssh-client python3 python3-venv"
# An engine that answers is used as it is; Debian's is installed only where none is.
command -v dockerd >/dev/null 2>&1 || packages="$packages docker.io"
[ "${1:-}" = tests ] && packages="$packages chromium fonts-liberation graphviz ldap-utils libharfbuzz-subset0 libmagic1 libnss3-tools libpango-1.0-0 libpangoft2-1.0-0 pgbackrest poppler-utils postgresql shellcheck slapd zbar-tools"

missing=""
for package in $packages; do
  state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$state" = installed ] || missing="$missing $package"
done
if [ -n "$missing" ]; then
  [ "$(id -u)" = 0 ] || fail "il faut être root pour installer :$missing"
  say "Installation des paquets Debian :$missing"
  log=$(mktemp)
  # shellcheck disable=SC2086 # a list of package names
  if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1; then
    tail -n 15 "$log" >&2
    fail "l'installation a échoué (journal : $log). Vérifiez le réseau, la place disque et le miroir Debian, puis relancez."
  fi
  rm -f "$log"
fi

# One environment for the operator, rebuilt only when a lock changes.
locks="infra/requirements.lock consultation/requirements.lock guichet/requirements.lock loadtests/requirements.lock tests/requirements.lock"
# shellcheck disable=SC2086 # a list of files
stamp=$(cat infra/uv.lock $locks pyproject.toml | sha256sum | cut -d ' ' -f 1)
if [ "$(cat .venv/gru-stamp 2>/dev/null || true)" != "$stamp" ]; then
  say "Préparation de l'environnement Python (.venv)"
  [ -x .venv/bin/python ] || /usr/bin/python3 -m venv .venv
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r infra/uv.lock
  arguments=""
  for lock in $locks; do arguments="$arguments -r $lock"; done
  # shellcheck disable=SC2086
  .venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes $arguments ||
    fail "les bibliothèques Python n'ont pas pu être installées. Vérifiez l'accès au miroir PyPI, puis relancez."
  .venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .
  printf '%s\n' "$stamp" >.venv/gru-stamp
fi
