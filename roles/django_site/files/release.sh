# shellcheck shell=sh
# Unpacks a release beside the others and makes it ready to run; the link `current` is not touched here.
# Reads SITE_RELEASE, SITE_VENV, SITE_ARCHIVE and DJANGO_SETTINGS_MODULE.
set -eu
umask 022
work="$SITE_RELEASE.new"
rm -rf "$work"
mkdir -p "$work"
tar -xzf "$SITE_ARCHIVE" -C "$work"
ln -s "$SITE_VENV" "$work/venv"
cd "$work"
# Settings refuse to load without some values that neither command uses (socle/settings.py, PLATEFORME): no secret is
# given to them, and an address fits wherever a word does.
for name in SECRET_KEY PUBLIC_URL PORTAL_URL AGENTS_URL DB_HOST DB_USER DB_PASSWORD OIDC_ISSUER OIDC_CLIENT_SECRET \
    SMTP_HOST MAIL_SENDER; do
    export "SITE_$name=https://unused.invalid"
done
export SITE_LOG_LEVEL=WARNING "SITE_STATIC_ROOT=$work/static"
# Run by root, these two also leave the bytecode of all that they import.
venv/bin/python -m django check
venv/bin/python -m django collectstatic --noinput --verbosity 0
mv "$work" "$SITE_RELEASE"
rm -f "$SITE_ARCHIVE"
