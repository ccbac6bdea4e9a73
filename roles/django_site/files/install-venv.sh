# shellcheck shell=sh
# Makes the folder of Python packages from the lock; named by the lock, it is made once and never changed.
# Reads SITE_VENV and SITE_LOCK. The last thing written, .complete, says that it may be used.
set -eu
rm -rf "$SITE_VENV"
python3 -m venv --without-pip "$SITE_VENV"
# Bytecode is left to the first run by root (release.sh): a third of the files are never imported.
pip --python "$SITE_VENV/bin/python" install --quiet --no-cache-dir --no-compile --no-deps --only-binary :all: \
    --require-hashes --disable-pip-version-check --root-user-action ignore --requirement "$SITE_LOCK"
touch "$SITE_VENV/.complete"
