# Says in JSON what the role must know of the host before it acts. Changes nothing.
# Reads GRU_AUTHORITY (PEM), GRU_RENEW_SECONDS, GRU_PACKAGES and GRU_UNITS (separated by spaces).
certificate=/etc/ssl/gru/host.crt
key=/etc/ssl/gru/host.key

yes_no() { if "$@" >/dev/null 2>&1; then echo true; else echo false; fi; }
words() { printf '['; separator=; for word; do printf '%s"%s"' "$separator" "$word"; separator=,; done; printf ']'; }

certificate_good() {
    [ -s "$certificate" ] && [ -s "$key" ] &&
        openssl x509 -in "$certificate" -noout -checkend "$GRU_RENEW_SECONDS" &&
        printf '%s' "$GRU_AUTHORITY" | openssl verify -CAfile /dev/stdin "$certificate" &&
        [ "$(openssl x509 -in "$certificate" -noout -pubkey)" = "$(openssl pkey -in "$key" -pubout)" ]
}
certificate_names() {
    openssl x509 -in "$certificate" -noout -ext subjectAltName 2>/dev/null |
        tr ',' '\n' | sed -n 's/.*DNS://p' | sort | tr '\n' ' '
}
missing_packages() {
    systemd-detect-virt --quiet --container || GRU_PACKAGES="$GRU_PACKAGES unattended-upgrades"
    for package in $GRU_PACKAGES; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
    done
}
idle_units() {
    for unit in $GRU_UNITS; do
        systemctl --quiet is-active "$unit" && systemctl --quiet is-enabled "$unit" || echo "$unit"
    done
}
root_locked() { [ "$(passwd -S root | cut -d' ' -f2)" = L ]; }

# shellcheck disable=SC2046  # lists are words on purpose
cat <<JSON
{
  "user_namespaces": $(yes_no test -e /proc/self/ns/user),
  "container": $(yes_no systemd-detect-virt --quiet --container),
  "sysctl_writable": $(yes_no test -w /proc/sys/kernel/kptr_restrict),
  "root_locked": $(yes_no root_locked),
  "certificate_good": $(yes_no certificate_good),
  "certificate_names": $(words $(certificate_names)),
  "missing_packages": $(words $(missing_packages)),
  "idle_units": $(words $(idle_units))
}
JSON
