# shellcheck shell=sh
# Unpacks a release beside the others and makes it ready to run; the link `current` is not touched here.
# Reads SITE_RELEASE, SITE_VENV, SITE_ARCHIVE, SITE_PREFIX (of the application's variables), SITE_PLACEHOLDERS (variables
# that the settings cannot do without) and DJANGO_SETTINGS_MODULE.
set -eu
umask 022
work="$SITE_RELEASE.new"
rm -rf "$work"
mkdir -p "$work"
tar -xzf "$SITE_ARCHIVE" -C "$work"
ln -s "$SITE_VENV" "$work/venv"
cd "$work"
# Settings need values that neither command uses; an address fits wherever a word does.
for name in $SITE_PLACEHOLDERS; do
    export "$name=https://unused.invalid"
done
export "${SITE_PREFIX}_LOG_LEVEL=WARNING" "${SITE_PREFIX}_STATIC_ROOT=$work/static"
# Run by root, these two also leave the bytecode of all that they import.
venv/bin/python -m django check
venv/bin/python -m django collectstatic --noinput --verbosity 0
mv "$work" "$SITE_RELEASE"
rm -f "$SITE_ARCHIVE"
