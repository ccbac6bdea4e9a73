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
# A run or a machine that stopped in the middle of an installation leaves packages that nothing else can go past.
packages_cut() {
    [ -n "$(ls /var/lib/dpkg/updates 2>/dev/null)" ] ||
        dpkg-query -W -f '${db:Status-Status}\n' | grep -Eq '^(unpacked|half-configured|triggers-(awaited|pending))$'
}
# Active now, and again after a restart of the host: neither disabled nor masked (instances follow their template).
units() {
    { systemctl list-unit-files --plain --no-legend --state=disabled,masked | sed 's/ .*/ disabled/'
      systemctl list-units --plain --no-legend --state=active --type=service,timer,socket,path; } |
        awk '$2 == "disabled" { off[$1]; next } !($1 in off) { print $1 }'
}
# What a run that was cut has left to be done (runbooks/plugins/modules/gru_files.py).
owed() { cat /var/lib/gru/owed/base 2>/dev/null || true; }
# CAP_NET_ADMIN (bit 12, capabilities(7)): containers may lack it.
firewall_allowed() { [ $((0x$(sed -n 's/^CapBnd:[[:space:]]*//p' /proc/self/status) >> 12 & 1)) -eq 1 ]; }
firewall_intact() { /usr/local/sbin/gru-firewall intact; }
ssh_ports() { sshd -T | sed -n 's/^port //p'; }
root_locked() { [ "$(passwd -S root | cut -d' ' -f2)" = L ]; }

# What services may count on, in steps of 256 MiB: a kernel's update moves the exact figure.
memory_mb() { awk '/^MemTotal:/ { print int($2 / 1024 / 256) * 256 }' /proc/meminfo; }
suite() { sed -n 's/^VERSION_CODENAME=//p' /etc/os-release; }

cat <<JSON
{
  "user_namespaces": $(yes_no test -e /proc/self/ns/user),
  "container": $(yes_no systemd-detect-virt --quiet --container),
  "sysctl_writable": $(yes_no test -w /proc/sys/kernel/kptr_restrict),
  "suite": "$(suite)",
  "memory_mb": $(memory_mb),
  "firewall_allowed": $(yes_no firewall_allowed),
  "firewall_intact": $(yes_no firewall_intact),
  "ssh_ports": $(ssh_ports | lines_as_list),
  "root_locked": $(yes_no root_locked),
  "certificate_good": $(yes_no certificate_good),
  "public_certificate": $(yes_no test -e /etc/ssl/gru/public.pem),
  "certificate_names": $(certificate_names | lines_as_list),
  "packages_cut": $(yes_no packages_cut),
  "owed": $(owed | lines_as_list),
  "packages": $(packages | lines_as_list),
  "units": $(units | lines_as_list)
}
JSON
