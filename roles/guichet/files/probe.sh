# shellcheck shell=sh
# Says in JSON what the role must know of the host before it acts. Changes nothing.
# Reads GUICHET_PACKAGES, GUICHET_UNITS (separated by spaces), GUICHET_RELEASE and GUICHET_VENV (folders).
yes_no() { if "$@" >/dev/null 2>&1; then echo true; else echo false; fi; }
words() { printf '['; separator=; for word; do printf '%s"%s"' "$separator" "$word"; separator=,; done; printf ']'; }
missing_packages() {
    for package in $GUICHET_PACKAGES; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
    done
}
idle_units() {
    for unit in $GUICHET_UNITS; do
        systemctl --quiet is-active "$unit" && systemctl --quiet is-enabled "$unit" || echo "$unit"
    done
}
# Marks of the last installation, seen with the owner's role on the host that applies the schema.
marks() {
    [ -r /etc/guichet/schema.env ] && [ -x "$GUICHET_VENV/bin/python" ] && [ -d "$GUICHET_RELEASE" ] || return 1
    set -a
    # shellcheck source=/dev/null
    . /etc/guichet/schema.env
    set +a
    cd "$GUICHET_RELEASE" && "$GUICHET_VENV/bin/python" -m guichet.supervision.marques 2>/dev/null
}

# shellcheck disable=SC2046  # lists are words on purpose
cat <<JSON
{
  "user": $(yes_no id guichet),
  "missing_packages": $(words $(missing_packages)),
  "venv": $(yes_no test -e "$GUICHET_VENV/.complete"),
  "release": $(yes_no test -d "$GUICHET_RELEASE"),
  "current": "$(readlink -f /opt/guichet/current)",
  "idle_units": $(words $(idle_units)),
  "marks": $(marks || echo '{}')
}
JSON
