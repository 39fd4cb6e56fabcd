#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing on Debian 12: install.sh [build] [servers] [check] [bench]; ./check takes the
# first three, the benchmarks in tests/bench/ want the fourth.
set -eu

build="gcc libc6-dev meson ninja-build pkg-config libglib2.0-dev libgmime-3.0-dev libetpan-dev
libsqlite3-dev libstemmer-dev libjson-glib-dev libxml2-dev glib-networking ca-certificates"
servers="dovecot-imapd dovecot-lmtpd openssl sqlite3 python3 python3-aiosmtpd"
check="clang libclang-rt-14-dev clang-format git mandoc valgrind systemd bubblewrap python3-seccomp"
bench="isync python3-sklearn fasttext"

wanted=
for group in "$@"; do
  case $group in
    build) wanted="$wanted $build" ;;
    servers) wanted="$wanted $servers" ;;
    check) wanted="$wanted $check" ;;
    bench) wanted="$wanted $bench" ;;
    *) echo "install.sh: no group $group" >&2; exit 64 ;;
  esac
done

installed() { # PACKAGE
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null || :)" = installed ]
}
missing=
for package in $wanted; do
  installed "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=
[ "$(id -u)" = 0 ] || as_root=sudo
echo "installing:$missing"
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
# A server that is only a test's must not start as a service of this machine.
if [ -d /run/systemd/system ] && command -v systemctl >/dev/null && ! installed dovecot-core &&
  echo "$missing" | grep -q dovecot; then
  $as_root systemctl mask dovecot.service dovecot.socket
  echo "to run a Dovecot of your own: systemctl unmask dovecot.service dovecot.socket"
fi
$as_root env RUNLEVEL=1 apt-get install -y -qq --no-remove --no-install-recommends $missing >/dev/null
