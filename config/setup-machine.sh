#!/bin/sh
# Installs what Helin's tests need beside Python: SIPp, mmdebstrap (makes the folder with Asterisk), Chromium, Redis,
# Dovecot (a mailbox server), aiosmtpd (takes mail). Nothing happens when all of it is there. PostgreSQL and Node come
# with the Python packages.
set -eu

PATH=$PATH:/usr/sbin:/sbin
missing=""
for program in mmdebstrap sipp chromium redis-server dovecot aiosmtpd; do
    command -v "$program" >/dev/null 2>&1 && continue
    case $program in
        sipp) missing="$missing sip-tester" ;;
        chromium) missing="$missing chromium fonts-dejavu-core" ;;
        dovecot) missing="$missing dovecot-imapd" ;;
        aiosmtpd) missing="$missing python3-aiosmtpd" ;;
        mmdebstrap) missing="$missing mmdebstrap debian-archive-keyring" ;;
        *) missing="$missing $program" ;;
    esac
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    echo "Missing:$missing. This machine has no apt-get: install them by its own means, then try again." >&2
    exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
    echo "Missing:$missing. Run as root once: apt-get install$missing" >&2
    exit 1
fi

log=$(mktemp)
own_policy=""
tidy() {
    rm -f "$log"
    [ -z "$own_policy" ] || rm -f /usr/sbin/policy-rc.d
}
trap tidy EXIT

# Only the programs are wanted: a package must not start its service on this machine.
if [ ! -e /usr/sbin/policy-rc.d ]; then
    own_policy=yes
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
    chmod 755 /usr/sbin/policy-rc.d
fi

apt() {
    DEBIAN_FRONTEND=noninteractive apt-get -qy -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=120 "$@" >"$log" 2>&1 </dev/null
}

echo "Installing$missing (once)." >&2
# A frozen package mirror presents release files that have run out; only then their date is not looked at.
if ! apt update && grep -q "is expired" "$log"; then
    apt -o Acquire::Check-Valid-Until=false update || true
fi
# shellcheck disable=SC2086 # several packages
if ! apt install --no-install-recommends $missing; then
    grep "^E:" "$log" >&2 || tail -n 3 "$log" >&2
    echo "These packages could not be installed:$missing. See above; then try again." >&2
    exit 1
fi
