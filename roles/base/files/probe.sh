# shellcheck shell=sh
# Says in JSON what roles must know of the host before they act. Changes nothing.
# Reads GRU_AUTHORITY (PEM), GRU_RENEW_SECONDS.
certificate=/etc/ssl/gru/host.crt
key=/etc/ssl/gru/host.key

yes_no() { if "$@" >/dev/null 2>&1; then echo true; else echo false; fi; }
lines_as_list() { awk 'BEGIN { printf "[" } NF { printf "%s\"%s\"", separator, $1; separator = "," } END { printf "]" }'; }

certificate_good() {
    [ -s "$certificate" ] && [ -s "$key" ] &&
        openssl x509 -in "$certificate" -noout -checkend "$GRU_RENEW_SECONDS" &&
        printf '%s' "$GRU_AUTHORITY" | openssl verify -CAfile /dev/stdin "$certificate" &&
        [ "$(openssl x509 -in "$certificate" -noout -pubkey)" = "$(openssl pkey -in "$key" -pubout)" ]
}
certificate_names() {
    [ ! -s "$certificate" ] ||
        openssl x509 -in "$certificate" -noout -ext subjectAltName | tr ',' '\n' | sed -n 's/.*DNS://p' | sort
}
packages() { dpkg-query -W -f '${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p'; }
# Active now, and again after a restart of the host (instances of a template follow their parent).
units() {
    { systemctl list-unit-files --plain --no-legend --state=disabled | sed 's/ .*/ disabled/'
      systemctl list-units --plain --no-legend --state=active --type=service,timer,socket,path; } |
        awk '$2 == "disabled" { off[$1]; next } !($1 in off) { print $1 }'
}
root_locked() { [ "$(passwd -S root | cut -d' ' -f2)" = L ]; }

cat <<JSON
{
  "user_namespaces": $(yes_no test -e /proc/self/ns/user),
  "container": $(yes_no systemd-detect-virt --quiet --container),
  "sysctl_writable": $(yes_no test -w /proc/sys/kernel/kptr_restrict),
  "root_locked": $(yes_no root_locked),
  "certificate_good": $(yes_no certificate_good),
  "certificate_names": $(certificate_names | lines_as_list),
  "packages": $(packages | lines_as_list),
  "units": $(units | lines_as_list)
}
JSON
