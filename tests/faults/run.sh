#!/usr/bin/env bash
# What becomes of the programs when something fails: system calls, memory, power, or they themselves by SIGKILL.
set -euo pipefail

usage() {
    cat <<'TEXT'
usage: tests/faults/run.sh [--whole [--state FILE]] [--runs N] [--seconds N] [--jobs N] [--seed N] [--scene NAME]... [--kind KIND]...
  --whole      every fault at every place, for hours; without it a sample
  --state FILE what of the whole was run is kept there; the same command goes on behind it
  --runs N     how large a sample (300); of power cuts half as many states
  --seed N     which sample: the same one on every machine
  --seconds N  the sample ends then in any case (900)
  --jobs N     how many at a time (one for each processor)
  --scene NAME one command only (tests/faults/scenes.py, gathered.py); --kind KIND one kind of fault only (tests/faults/sweep.py)
HOZEN_BIN says where the programs are (build/release/bin); what drives them was built beside it.
exit status: 0 every answer was honest, 1 one was not, 2 wrong usage, 3 nothing could be run
TEXT
}

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
bin=${HOZEN_BIN:-$root/build/release/bin}
runs=300 common=() kinds=() mine=()
while [ $# -gt 0 ]; do
    case $1 in
    --whole) common+=(--whole) ;;
    --help) usage; exit 0 ;;
    --seconds | --seed | --scene | --kind | --runs | --state | --jobs)
        [ $# -ge 2 ] || { usage >&2; exit 2; }
        case $1 in
        --runs) runs=$2 ;;
        --kind) kinds+=(--kind "$2") ;;
        --state | --jobs) mine+=("$1" "$2") ;;
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
# what is synced need not reach a disk: power cuts are played, not had
scratch=${TMPDIR:-/tmp}
[ ! -w /dev/shm ] || scratch=/dev/shm
work=$(mktemp -d "$scratch/hozen-faults.XXXXXX")
trap 'chattr -R -i "$work" 2>/dev/null || true; rm -rf "$work"' EXIT
export PYTHONDONTWRITEBYTECODE=1
# a namespace of its own, where the live picture is small and nobody's; its first process takes what others leave behind
alone=(unshare --pid --mount --net --fork --kill-child --mount-proc env HOZEN_FAULTS_ALONE=1 bash -c '"$@" || exit' -)
unshare --pid --mount --net --fork --mount-proc true 2>"$work/said" || alone=()
status=0
"${alone[@]}" "$here/sweep.py" "$bin" "$bin/../tests" "$root" "$work/sweep" "${common[@]}" "${kinds[@]}" "${mine[@]}" --runs "$runs" || status=1
[ "${#kinds[@]}" -gt 0 ] || "${alone[@]}" "$here/powercut.py" "$bin" "$bin/../tests" "$root" "$work/power" "${common[@]}" --states $((runs / 2)) || status=1
exit $status
