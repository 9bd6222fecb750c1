#!/bin/sh
# Installs sets of the locked requirements, and the package itself, into .venv. Usage: sh requirements/install.sh run test
# A second call is instant: a stamp per set holds the digest of its lock, so a changed lock installs again.
set -eu
cd "$(dirname "$0")/.."
python=.venv/bin/python

say() { printf '%s\n' "$*" >&2; }

is_recent() { command -v "$1" >/dev/null 2>&1 && "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_interpreter() {
  for name in ${PYTHON:-} python3.11 python3.12 python3.13 python3; do
    if is_recent "$name"; then echo "$name"; return; fi
  done
  say "openjustice needs Python 3.11 or newer. On Debian or Ubuntu: apt-get install python3 python3-venv"
  exit 1
}

make_environment() {
  interpreter=$(find_interpreter)
  if ! "$interpreter" -c 'import ensurepip, venv' 2>/dev/null; then
    package="$("$interpreter" -c 'import sys; print("python3.%d-venv" % sys.version_info[1])')"
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
      say "$interpreter cannot make an environment. Ask an administrator to run: apt-get install $package"
      exit 1
    fi
    say "Installing $package ..."
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$package" >/dev/null
  fi
  say "Making .venv with $("$interpreter" --version)"
  rm -rf .venv
  "$interpreter" -m venv .venv
}

digest_of() { "$python" -c 'import hashlib, sys; print(hashlib.sha256(b"".join(open(f, "rb").read() for f in sys.argv[1:])).hexdigest())' "$@"; }

install_once() { # name, files whose digest decides, then -- and what to install
  name=$1
  stamp=.venv/.installed-$(basename "$2" .txt)
  shift
  files=
  while [ "$1" != -- ]; do files="$files $1"; shift; done
  shift
  # shellcheck disable=SC2086
  digest=$(digest_of $files)
  [ "$(cat "$stamp" 2>/dev/null)" = "$digest" ] && return
  say "Installing $name ..."
  # In a terminal pip shows what it fetches, with bars; in a log it says only what goes wrong.
  quiet=--quiet
  [ -t 1 ] && quiet=
  # shellcheck disable=SC2086
  "$python" -m pip install --disable-pip-version-check --no-input $quiet "$@"
  echo "$digest" >"$stamp"
}

is_whole() { "$python" -c 'import importlib.util as u, sys; sys.exit(sys.version_info < (3, 11) or not u.find_spec("pip"))' 2>/dev/null; }

is_whole || make_environment
for set in "$@"; do
  # A lock names every package, so nothing is left to resolve: a release newer than the lock must not be looked at.
  install_once "the locked packages to $set" "requirements/$set.txt" -- --no-deps --require-hashes --requirement "requirements/$set.txt"
done
install_once openjustice pyproject.toml -- --no-deps --no-build-isolation --no-index --editable .
