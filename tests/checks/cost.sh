#!/usr/bin/env bash
# cost.sh BUILD_DIR: instructions and system calls per file against the numbers of tests/bench/gate.json, 5 % tolerance.
# How to move a number: tests/bench/gate.py --help.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
need_tool valgrind
need_tool strace
need_tool python3
gate=$(dirname "$0")/../bench/gate.py

check() {
    local built=$1
    [ -x "$built/bin/hozen-collect" ] || { echo "cost.sh: $built/bin/hozen-collect is missing: build first" >&2; exit 3; }
    python3 -B "$gate" --bin "$built/bin" --reader "$built/tests/read_bundle" >"$temp/numbers" 2>"$temp/wrong" || {
        cat "$temp/wrong" "$temp/numbers"
    }
}

# Numbers that are off, missing or unknown are found; those within the tolerance are not.
self_test() {
    python3 -B - "$(dirname "$gate")" <<'PY'
import sys
sys.path.insert(0, sys.argv[1])
from gate import compare
kept = {"a": 1000.0, "b": 7.0}
cases = [({"a": 1000.0, "b": 7.0}, 0), ({"a": 1049.0, "b": 7.4}, 0), ({"a": 1051.0, "b": 7.0}, 1),
         ({"a": 949.0, "b": 7.0}, 1), ({"a": 1000.0, "b": 7.6}, 1), ({"a": 1000.0}, 1),
         ({"a": 1000.0, "b": 7.0, "c": 1.0}, 1)]
for found, wrong in cases:
    if len(compare(found, kept)) != wrong:
        print(f"gate.py judges {found} wrongly")
PY
}

if [ "${1:-}" = --self-test ]; then
    self_test | none_expected
    exit
fi
[ -d "${1:-}" ] || { echo "usage: cost.sh BUILD_DIR | --self-test" >&2; exit 2; }
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
check "$(cd "$1" && pwd)" | none_expected
