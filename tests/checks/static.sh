#!/usr/bin/env bash
# static.sh BUILD_DIR: the hozen-collect that goes to a host nobody trusts needs nothing of that host: no interpreter, no
# shared library, no file; it runs in an empty folder with an empty environment.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
need_tool readelf
PATH=$PATH:/usr/sbin:/sbin
need_tool unshare
need_tool chroot

empty_root() { # PROGRAM option...
    local program=$1 enter
    shift
    mkdir -p "$temp/empty"
    cp "$program" "$temp/empty/hozen-collect"
    enter=("$(command -v unshare)" --map-root-user --root="$temp/empty")
    [ "$(id -u)" != 0 ] || enter=("$(command -v chroot)" "$temp/empty")
    env -i "${enter[@]}" /hozen-collect "$@" >"$temp/out" 2>&1 </dev/null
}

check() {
    local program=$1/bin/hozen-collect
    [ -x "$program" ] || { echo "static.sh: $program is missing: build first" >&2; exit 3; }
    readelf -d "$program" | grep -F '(NEEDED)' | sed 's|^|hozen-collect needs |' || true
    readelf -lW "$program" | grep -F INTERP | sed 's|^|hozen-collect asks for an interpreter |' || true
    grep -qE 'Type: +DYN' <<<"$(readelf -h "$program")" || echo "hozen-collect is not position-independent"
    for option in --version --help; do
        empty_root "$program" "$option" || echo "hozen-collect $option fails in an empty root: $(head -1 "$temp/out")"
    done
}

temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
if [ "${1:-}" = --self-test ]; then
    mkdir -p "$temp/build/bin"
    plant_program() { gcc -x c - -o "$temp/build/bin/hozen-collect" "$@" <<<"$code"; }
    code='int main(void) { return 0; }'
    plant_program -static-pie -fPIE
    [ -z "$(check "$temp/build")" ] || { echo "static.sh: self-test: a clean program is refused"; check "$temp/build"; exit 1; }
    must_find() { # PATTERN WHAT
        local out
        out=$(check "$temp/build")
        grep -q "$1" <<<"$out" || { echo "static.sh: self-test: not noticed: $2"; exit 1; }
    }
    plant_program
    must_find NEEDED "a shared library"
    must_find interpreter "an interpreter"
    plant_program -static -no-pie
    must_find position "a fixed address"
    code='#include <unistd.h>
int main(void) { return access("/etc/passwd", F_OK) != 0; }'
    plant_program -static-pie -fPIE
    must_find 'empty root' "a failure in the empty root"
    exit 0
fi
[ -d "${1:-}" ] || { echo "usage: static.sh BUILD_DIR | --self-test" >&2; exit 2; }
check "$(cd "$1" && pwd)" | none_expected
