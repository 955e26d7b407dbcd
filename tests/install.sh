#!/usr/bin/env bash
# Installs sets of tests/packages.txt with apt, through sudo when not root. Needs no network when all are there.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

[ $# -gt 0 ] || {
    echo "usage: tests/install.sh build|test..." >&2
    exit 2
}

wanted=()
for set in "$@"; do
    mapfile -t names < <(awk -v set="$set" -v arch="$(dpkg --print-architecture)" \
        '$1 == set && ($3 == "" || $3 == arch) { print $2 }' "$here/packages.txt")
    [ ${#names[@]} -gt 0 ] || {
        echo "install.sh: there is no set \"$set\" in tests/packages.txt" >&2
        exit 2
    }
    wanted+=("${names[@]}")
done

is_installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

missing=()
for name in "${wanted[@]}"; do
    is_installed "$name" || missing+=("$name")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || {
        echo "install.sh: run as root: apt-get install ${missing[*]}" >&2
        exit 3
    }
    as_root=(sudo)
fi
echo "installing: ${missing[*]}" >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { "${as_root[@]}" apt-get update -qq &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
    cat "$log" >&2
    echo "install.sh: apt could not install: ${missing[*]}" >&2
    exit 3
fi
