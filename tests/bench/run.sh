#!/usr/bin/env bash
# Measures hozen against the tools people use today, on corpora made from a seed, and writes docs/PERFORMANCE.md.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
usage() {
    cat <<'TEXT'
usage: tests/bench/run.sh [--scale N] [--runs N] [--rows LIST] [--ten-million] [--work DIR] [--report FILE] [--keep]
  --scale N       size of the corpora, a number above 0; 1, the default, needs 20 GiB of disk and a quarter of an hour
  --runs N        how often each command runs (default 5)
  --rows LIST     only these: 1 to 12, growth, service; separated by commas
  --ten-million   growth with 10,000,000 files too
  --work DIR      where corpora and bundles are made, and what is removed at the end: new, empty, or left by --keep
                  (default: a new directory below $TMPDIR or /var/tmp)
  --report FILE   what to write (default docs/PERFORMANCE.md; - prints)
  --keep          leave the work directory
Row 6 drops the caches of the machine, row 7 lists its recent files and row 12 takes what a triage takes, into bundles that
are removed at once: they need root. With HOZEN_BIN the programs of that directory are measured, else the release build is made.
TEXT
}
report=$root/docs/PERFORMANCE.md work='' pass=()
while [ $# -gt 0 ]; do
    case $1 in
    --report | --work | --scale | --runs | --rows) [ $# -gt 1 ] || { usage >&2; exit 2; } ;;
    esac
    case $1 in
    --report) report=$2; shift ;;
    --work) work=$2; shift ;;
    --scale | --runs | --rows) pass+=("$1" "$2"); shift ;;
    --ten-million | --keep) pass+=("$1") ;;
    --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
    esac
    shift
done
[ "$report" = - ] || pass+=(--report "$report")
"$root/tests/install.sh" build >&2
"$root/tests/install.sh" bench >&2
python3 -B "$root/tests/bench/bench.py" --check ${work:+--work "$work"} "${pass[@]}"
if [ -z "${HOZEN_BIN:-}" ]; then
    (cd "$root" && cmake --preset release -DHOZEN_TESTS=ON && cmake --build --preset release -j "$(nproc)") >&2
    HOZEN_BIN=$root/build/release/bin
fi
[ -n "$work" ] || work=$(mktemp -d "${TMPDIR:-/var/tmp}/hozen-bench.XXXXXX")
# A mount and process namespace of its own: the row that lists recent files sees only processes started here.
exec unshare --pid --mount --net --fork --mount-proc \
    python3 -B "$root/tests/bench/bench.py" --bin "$HOZEN_BIN" --work "$work" "${pass[@]}"
