#!/bin/sh
# Installs Debian's Chromium and a font for the browser tests, where this is allowed. Without them those tests skip and say so.
set -eu
for name in chromium chromium-browser google-chrome; do
  command -v "$name" >/dev/null 2>&1 && exit 0
done
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "No Chromium: the browser tests will be skipped. An administrator may run: apt-get install chromium fonts-dejavu-core" >&2
  exit 0
fi
echo "Installing Chromium and a font for the browser tests ..." >&2
apt-get update -qq || true
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null ||
  echo "Chromium could not be installed: the browser tests will be skipped." >&2
