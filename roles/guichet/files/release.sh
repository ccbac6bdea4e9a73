# shellcheck shell=sh
# Unpacks a release beside the others and makes it ready to run; the link `current` is not touched here.
# Reads GUICHET_RELEASE, GUICHET_VENV, GUICHET_ARCHIVE, GUICHET_SITE.
set -eu
umask 022
work="$GUICHET_RELEASE.new"
rm -rf "$work"
mkdir -p "$work"
tar -xzf "$GUICHET_ARCHIVE" -C "$work"
ln -s "$GUICHET_VENV" "$work/venv"
cd "$work"
# Settings need values that neither command uses.
export GUICHET_SECRET_KEY=unused GUICHET_DB_USER=unused GUICHET_LOG_LEVEL=WARNING GUICHET_STATIC_ROOT="$work/static"
export DJANGO_SETTINGS_MODULE="guichet.configuration.settings.$GUICHET_SITE"
# Run by root, these two also leave the bytecode of all that they import.
venv/bin/python guichet/manage.py check
venv/bin/python guichet/manage.py collectstatic --noinput --verbosity 0
mv "$work" "$GUICHET_RELEASE"
rm -f "$GUICHET_ARCHIVE"
