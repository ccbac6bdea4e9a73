# shellcheck shell=sh
# Says in JSON what the role must know of the host before it acts. Changes nothing.
# Reads SITE_PACKAGES, SITE_UNITS (separated by spaces), SITE_RELEASE and SITE_VENV (folders), SITE_APPLICATION.
yes_no() { if "$@" >/dev/null 2>&1; then echo true; else echo false; fi; }
words() { printf '['; separator=; for word; do printf '%s"%s"' "$separator" "$word"; separator=,; done; printf ']'; }
missing_packages() {
    for package in $SITE_PACKAGES; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
    done
}
# Another site of the application on this host may have moved the link: a service wrote what it was started on. (Where a
# process stands is not for root to read in a container without CAP_SYS_PTRACE.)
runs_release() {
    case $1 in *.service) ;; *) return 0 ;; esac
    [ "$(cat "/run/${1%.service}/release" 2>/dev/null)" = "$SITE_RELEASE" ]
}
idle_units() {
    for unit in $SITE_UNITS; do
        systemctl --quiet is-active "$unit" && systemctl --quiet is-enabled "$unit" && runs_release "$unit" ||
            echo "$unit"
    done
}
# Marks of the last installation, seen with the owner's role on the host that applies the schema.
marks() {
    [ -r "/etc/$SITE_APPLICATION/schema.env" ] && [ -x "$SITE_VENV/bin/python" ] && [ -d "$SITE_RELEASE" ] || return 1
    set -a
    # shellcheck source=/dev/null
    . "/etc/$SITE_APPLICATION/schema.env"
    set +a
    cd "$SITE_RELEASE" && "$SITE_VENV/bin/python" -m socle.marques 2>/dev/null
}

# shellcheck disable=SC2046  # lists are words on purpose
cat <<JSON
{
  "user": $(yes_no id "$SITE_APPLICATION"),
  "missing_packages": $(words $(missing_packages)),
  "venv": $(yes_no test -e "$SITE_VENV/.complete"),
  "release": $(yes_no test -d "$SITE_RELEASE"),
  "current": "$(readlink -f "/opt/$SITE_APPLICATION/current")",
  "idle_units": $(words $(idle_units)),
  "marks": $(marks || echo '{}')
}
JSON
