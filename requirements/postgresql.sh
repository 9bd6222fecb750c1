#!/bin/sh
# Installs Debian's PostgreSQL for the tests of the office, where this is allowed. Without it those tests skip and say so.
set -eu
command -v pg_ctl >/dev/null 2>&1 && exit 0
for folder in /usr/lib/postgresql/*/bin; do
  [ -x "$folder/pg_ctl" ] && exit 0
done
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "No PostgreSQL: the tests on a server will be skipped. An administrator may run: apt-get install postgresql" >&2
  exit 0
fi
echo "Installing PostgreSQL for the tests of the office ..." >&2
apt-get update -qq || true
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql >/dev/null ||
  echo "PostgreSQL could not be installed: the tests on a server will be skipped." >&2
