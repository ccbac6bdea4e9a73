# shellcheck shell=sh
# Says what must be known of a host before anything is changed on it: `name=value` lines. Changes nothing.
# Reads GRU_FUNCTIONS (wanted there), and what the host must reach: GRU_DEBIAN, GRU_DEBIAN_SECURITY, GRU_PYPI, GRU_PROXY,
# GRU_NO_PROXY, GRU_RELAY, GRU_RELAY_TLS. What an earlier run put to use already is not asked again.
say() { printf '%s=%s\n' "$1" "$2"; }

say clock "$(date +%s)"
say user "$(id -un)"
root=
if [ "$(id -u)" -eq 0 ]; then
    say root yes
elif ! command -v sudo >/dev/null; then
    say root no-sudo
elif sudo -n true 2>/dev/null; then
    say root yes
    root="sudo -n"
else
    say root password
fi

if [ -r /etc/os-release ]; then
    # shellcheck source=/dev/null
    . /etc/os-release
    say system "$ID"
    say release "$VERSION_ID"
    say name "$PRETTY_NAME"
fi
say architecture "$(uname -m)"
say init "$(cat /proc/1/comm)"
say free_mb "$(df -Pm / /usr /var /opt 2>/dev/null | awk 'NR > 1 { print $4 }' | sort -n | head -n 1)"
say total_mb "$(df -Pm / | awk 'NR > 1 { print $2 }')"
say memory_mb "$(awk '/^MemTotal/ { print int($2 / 1024) }' /proc/meminfo)"
if [ -r /sys/fs/cgroup/memory.max ]; then say memory_limit "$(cat /sys/fs/cgroup/memory.max)"; fi
if [ -d /etc/gru ]; then say begun yes; fi
missing=" $GRU_FUNCTIONS "
for component in /etc/gru/components.d/*.json; do
    [ -e "$component" ] || continue
    function=$(sed -n 's/.*"function": *"\([a-z_]*\)".*/\1/p' "$component" | head -n 1)
    say function "$function"
    missing=$(printf '%s' "$missing" | sed "s/ $function / /g")
done
mirrors="$GRU_DEBIAN/dists/$VERSION_CODENAME/InRelease $GRU_DEBIAN_SECURITY/dists/$VERSION_CODENAME-security/InRelease $GRU_PYPI"
[ -n "$(printf '%s' "$missing" | tr -d ' ')" ] || ! grep -qsF "$GRU_DEBIAN" /etc/apt/sources.list.d/debian.sources ||
    ! grep -qsF "$GRU_DEBIAN_SECURITY" /etc/apt/sources.list.d/debian.sources || mirrors=
! grep -qsF "[${GRU_RELAY%:*}]:${GRU_RELAY##*:}" /etc/postfix/main.cf || GRU_RELAY=

if ! command -v python3 >/dev/null; then
    say python none
    exit 0
fi

# shellcheck disable=SC2086  # two words on purpose, or none
$root env GRU_MIRRORS="$mirrors" GRU_PROXY="$GRU_PROXY" GRU_NO_PROXY="$GRU_NO_PROXY" \
    GRU_RELAY="$GRU_RELAY" GRU_RELAY_TLS="$GRU_RELAY_TLS" python3 - <<'PYTHON'
import glob, os, smtplib, socket, ssl, urllib.error, urllib.request

TIMEOUT = 10


def say(name, value):
    print("%s=%s" % (name, " ".join(str(value).split())))


def listeners():
    """Port -> inode of the sockets that listen, but on the loopback of another family."""
    found = {}
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            lines = open(table).read().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            words = line.split()
            if words[3] == "0A":
                found[words[9]] = int(words[1].rsplit(":", 1)[1], 16)
    return found


def owners(inodes):
    """Inode -> (program, systemd's unit); sockets that systemd holds for a service are its own."""
    found = {}
    for link in glob.glob("/proc/[0-9]*/fd/*"):
        try:
            target = os.readlink(link)
        except OSError:
            continue
        inode = target[8:-1] if target.startswith("socket:[") else ""
        if inode in inodes and inode not in found:
            process = link.split("/fd/")[0]
            try:
                program = open(process + "/comm").read().strip()
                group = open(process + "/cgroup").read().strip().splitlines()[-1]
            except OSError:
                continue
            unit = [part for part in group.split("/") if part.endswith((".service", ".scope"))]
            found[inode] = (program, unit[-1] if unit else "")
    return found


sockets = listeners()
known = owners(sockets)
for inode, port in sockets.items():
    program, unit = known.get(inode, ("", ""))
    say("listens", "%d %s %s" % (port, program or "?", unit or "?"))

proxy = os.environ["GRU_PROXY"]
outside = {"http": proxy, "https": proxy} if proxy else {}
os.environ["no_proxy"] = os.environ["GRU_NO_PROXY"]
# Whether it answers is the question; whom it says it is, the installation checks once it trusts the site's authorities.
trusting = ssl._create_unverified_context()
opener = urllib.request.build_opener(
    urllib.request.ProxyHandler(outside), urllib.request.HTTPSHandler(context=trusting))
for address in os.environ["GRU_MIRRORS"].split():
    try:
        opener.open(urllib.request.Request(address, method="HEAD"), timeout=TIMEOUT)
        say("mirror", address + " ok")
    except urllib.error.HTTPError as error:
        say("mirror", "%s %d" % (address, error.code))
    except (OSError, ValueError) as error:
        say("mirror", "%s %s" % (address, getattr(error, "reason", error) or "timeout"))

relay = os.environ["GRU_RELAY"]
if relay:
    host, _, port = relay.rpartition(":")
    try:
        if os.environ["GRU_RELAY_TLS"] == "implicit":
            server = smtplib.SMTP_SSL(host, int(port), timeout=TIMEOUT, context=trusting)
        else:
            server = smtplib.SMTP(host, int(port), timeout=TIMEOUT)
        code, words = server.ehlo()
        if os.environ["GRU_RELAY_TLS"] == "starttls" and code == 250 and not server.has_extn("starttls"):
            say("relay", "no-tls")
        else:
            say("relay", "ok" if code == 250 else "%d %s" % (code, words.decode(errors="replace")))
        server.quit()
    except smtplib.SMTPResponseException as error:
        say("relay", "%d %s" % (error.smtp_code, error.smtp_error.decode(errors="replace")))
    except (OSError, smtplib.SMTPException) as error:
        say("relay", error)
PYTHON
