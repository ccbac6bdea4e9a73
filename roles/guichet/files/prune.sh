# shellcheck shell=sh
# Keeps the three newest releases, the current one among them, and the folders of packages that they use.
set -eu
cd /opt/guichet/releases
current=$(basename "$(readlink -f /opt/guichet/current)")
# shellcheck disable=SC2010,SC2012  # names are hashes
for release in $(ls -t | grep -vxF "$current" | tail -n +3); do
    rm -rf "./$release"
done
if [ -d /opt/guichet/sites ]; then
    cd /opt/guichet/sites
    # shellcheck disable=SC2012
    ls -t | tail -n +4 | xargs -r rm -rf --
    cd /opt/guichet/releases
fi
used=$(for link in */venv; do readlink -f "$link"; done)
for venv in /opt/guichet/venvs/*; do
    printf '%s\n' "$used" | grep -qxF "$venv" || rm -rf "$venv"
done
