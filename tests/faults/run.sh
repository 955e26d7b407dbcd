#!/usr/bin/env bash
# What becomes of the programs when something fails: system calls, memory, power, or they themselves by SIGKILL.
set -euo pipefail

usage() {
    cat <<'TEXT'
usage: tests/faults/run.sh [--whole] [--seconds N] [--seed N] [--scene NAME]... [--kind KIND]...
  --whole      every fault at every place, for hours; without it a sample
  --seconds N  how long the sample of faults takes (40); that of power cuts takes half of it
  --seed N     which sample
  --scene NAME one command only (tests/faults/scenes.py); --kind KIND one kind of fault only (tests/faults/sweep.py)
HOZEN_BIN says where the programs are (build/release/bin); what drives them was built beside it.
exit status: 0 every answer was honest, 1 one was not, 2 wrong usage, 3 nothing could be run
TEXT
}

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
bin=${HOZEN_BIN:-$root/build/release/bin}
seconds=40 common=() kinds=()
while [ $# -gt 0 ]; do
    case $1 in
    --whole) common+=(--whole) ;;
    --help) usage; exit 0 ;;
    --seconds | --seed | --scene | --kind)
        [ $# -ge 2 ] || { usage >&2; exit 2; }
        case $1 in
        --seconds) seconds=$2 ;;
        --kind) kinds+=(--kind "$2") ;;
        *) common+=("$1" "$2") ;;
        esac
        shift
        ;;
    *) usage >&2; exit 2 ;;
    esac
    shift
done
[ -x "$bin/../tests/fault" ] || {
    echo "$bin/../tests/fault is not there; build with -DHOZEN_TESTS=ON on x86-64, without a sanitizer" >&2
    exit 3
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PYTHONDONTWRITEBYTECODE=1
status=0
"$here/sweep.py" "$bin" "$bin/../tests" "$root" "$work/sweep" "${common[@]}" "${kinds[@]}" --seconds "$seconds" || status=1
[ "${#kinds[@]}" -gt 0 ] || "$here/powercut.py" "$bin" "$bin/../tests" "$root" "$work/power" "${common[@]}" --seconds $((seconds / 2)) || status=1
exit $status
