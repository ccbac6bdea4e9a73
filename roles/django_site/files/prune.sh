# shellcheck shell=sh
# Keeps the three newest releases, the current one among them, and the folders of packages that they use.
# Reads SITE_ROOT, the application's folder.
set -eu
cd "$SITE_ROOT/releases"
current=$(basename "$(readlink -f "$SITE_ROOT/current")")
# shellcheck disable=SC2010,SC2012  # names are hashes
for release in $(ls -t | grep -vxF "$current" | tail -n +3); do
    rm -rf "./$release"
done
if [ -d "$SITE_ROOT/sites" ]; then
    cd "$SITE_ROOT/sites"
    # shellcheck disable=SC2012
    ls -t | tail -n +4 | xargs -r rm -rf --
    cd "$SITE_ROOT/releases"
fi
used=$(for link in */venv; do readlink -f "$link"; done)
for venv in "$SITE_ROOT"/venvs/*; do
    printf '%s\n' "$used" | grep -qxF "$venv" || rm -rf "$venv"
done
