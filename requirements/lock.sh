#!/bin/sh
# Locks every dependency by version and hash, in four sets that agree with each other. Usage: sh requirements/lock.sh
# Each set contains what the package needs to run. No index address is written; hashes cover every platform.
set -eu
cd "$(dirname "$0")/.."
uv=${UV:-.venv/bin/uv}
all=$(mktemp)
trap 'rm -f "$all"' EXIT

compile() {
  "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
    --no-emit-index-url --no-emit-find-links --no-emit-build-options "$@"
}

# First everything at once, so that no two sets can ask for different versions.
compile pyproject.toml --all-extras --group build --group check --group test --group bench --upgrade --output-file "$all" >/dev/null
grep -E '^[a-zA-Z0-9]' "$all" | sed 's/ *\\$//' >"$all.pins"
trap 'rm -f "$all" "$all.pins"' EXIT

for set in run check test bench; do
  case $set in
    run) groups="--group build" ;;
    *) groups="--group build --group $set" ;;
  esac
  # shellcheck disable=SC2086
  compile pyproject.toml --all-extras $groups --constraint "$all.pins" --output-file "$all.out" >/dev/null
  {
    echo "# Locked by 'make lock': version and hash of everything that '$set' installs. Do not edit by hand."
    cat "$all.out"
  } >"requirements/$set.txt"
  rm -f "$all.out"
done
