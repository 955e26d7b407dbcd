#!/usr/bin/env bash
# Fuzzes each target (or those named) for SECONDS, at most N executions of each, with clang's libFuzzer and sanitizers.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
usage() {
    cat <<'TEXT'
usage: tests/fuzz/run.sh [--merge] SECONDS [TARGET...]
       tests/fuzz/run.sh [--merge] --runs N [SECONDS] [TARGET...]
  SECONDS    how long each target runs at most
  --runs N   how many inputs each target is given; 0: those that are kept
  --merge    afterwards, keep in corpus/TARGET.pack what reaches something that nothing else there does
Inputs found on the way stay in build/fuzz/corpus, those that break a target in build/fuzz/crashes. As many targets run at a time as
there are processors. exit status: 0 nothing was found, 1 something was, 2 wrong usage, 3 could not be built
TEXT
}

merge=0 runs=-1 seconds=0
while [ $# -gt 0 ]; do
    case $1 in
    --merge) merge=1 ;;
    --runs)
        [ $# -ge 2 ] || { usage >&2; exit 2; }
        runs=$2
        shift
        ;;
    --help) usage; exit 0 ;;
    *) break ;;
    esac
    shift
done
if [[ ${1:-} =~ ^[0-9]+$ ]]; then
    seconds=$1
    shift
fi
[[ $runs =~ ^(-1|[0-9]+)$ && $seconds$runs != 0-1 ]] || { usage >&2; exit 2; }

built=${HOZEN_FUZZ_BUILD:-$root/build/fuzz}
work=$built/corpus
mkdir -p "$work" "$built/crashes" "$built/logs"
if [ -z "${HOZEN_FUZZ_BUILD:-}" ]; then
    { cmake -S "$root" --preset fuzz && cmake --build "$built" --target fuzz_targets -j "$(nproc)"; } >"$built/logs/build" 2>&1 ||
        { tail -n 40 "$built/logs/build"; exit 3; }
fi
# Those that take the longest come first, so that no processor waits for the last of them.
slow=(members chain export served ers bundle)
targets=("$@")
if [ ${#targets[@]} = 0 ]; then
    targets=("${slow[@]}")
    mapfile -t -O ${#slow[@]} targets < <(cd "$built/fuzz" && printf '%s\n' fuzz_* | sed 's/^fuzz_//' | grep -vxF "$(printf '%s\n' serve "${slow[@]}")")
fi

# A small quarantine, and of what was allocated the caller alone: an execution takes half the time, and what is used after it was freed is
# found as well, since every execution ends with an empty heap. An input that broke something tells more when it is replayed without these.
export ASAN_OPTIONS=quarantine_size_mb=1:thread_local_quarantine_size_kb=16:malloc_context_size=1

# What is replayed beside the pack. For fuzzing one plain tar is enough: the pack has all samples, compressed.
also() {
    case $1 in bundle | served) printf '%s\n' "$root/formats/spec/vectors/good" "$root/formats/spec/vectors/bad" ;; esac
    [ ! -d "$here/corpus/$1" ] || printf '%s\n' "$here/corpus/$1"
}

inputs() { # TARGET: into its folder
    local target=$1 pack
    mkdir -p "$work/$target"
    for pack in "$here/corpus/$target.pack" $([ "$target" != served ] || echo "$here/corpus/bundle.pack"); do
        [ ! -e "$pack" ] || python3 "$here/pack.py" unpack "$pack" "$work/$target"
    done
    [ ! -d "$here/corpus/$target" ] || cp "$here/corpus/$target"/* "$work/$target"
    [ "$target" != bundle ] || cp "$root/formats/spec/vectors/good/ed25519.tar" "$work/$target"
}

one() { # TARGET
    local target=$1 log=$built/logs/$1 status=0 longest=8192
    [ -x "$built/fuzz/fuzz_$target" ] || { echo "$target: there is no such target"; return 1; }
    inputs "$target"
    case $target in bundle) longest=32768 ;; chain | export | members) longest=16384 ;; esac # a tar of the smallest bundle; runs of several records
    # memory: a bound of ours, not of the machine; time: no input may take 10 s. In a folder of its own, since it writes there.
    (cd "$built/crashes" && "$built/fuzz/fuzz_$target" -max_total_time="$seconds" -runs="$runs" -rss_limit_mb=2048 -malloc_limit_mb=64 -timeout=10 \
        -max_len=$longest -artifact_prefix="$built/crashes/$target-" -print_final_stats=1 "$work/$target") >"$log" 2>&1 || status=$?
    awk -v target="$target" -v status="$status" '
        /^stat::number_of_executed_units/ { executed = $2 }
        /^Done [0-9]+ runs in / { took = $5 }
        / cov: / { for (i = 1; i < NF; i++) if ($i == "cov:") cov = $(i + 1) }
        END { printf "%-14s %10d executions %5d s %8d/s %6d edges%s\n", target, executed, took, executed / (took ? took : 1), cov,
              status ? "  FOUND SOMETHING" : "" }' "$log" | tee -a "$built/done"
    if [ "$status" != 0 ]; then
        grep -aE 'does not hold|ERROR: |runtime error|SUMMARY|Test unit written' "$log" | head -n 8
        return 1
    fi
}

keep() { # TARGET: a small set with the same edges, into its pack
    local target=$1 least=$built/least/$1 more
    mapfile -t more < <(also "$target")
    rm -rf "$least"
    mkdir -p "$least"
    "$built/fuzz/fuzz_$target" -merge=1 -use_counters=0 -rss_limit_mb=2048 -malloc_limit_mb=64 -timeout=10 -max_len=65536 "$least" \
        "${more[@]}" "$work/$target" >"$built/logs/merge-$target" 2>&1
    for given in "${more[@]}"; do # those are replayed anyway
        (cd "$given" && find . -type f -exec sha1sum {} +) | cut -d' ' -f1 | while read -r digest; do rm -f "$least/$digest"; done
    done
    mkdir -p "$here/corpus"
    python3 "$here/pack.py" pack "$least" "$here/corpus/$target.pack"
}

export -f one keep also inputs
export built work here root runs seconds
: >"$built/done"
status=0
printf '%s\n' "${targets[@]}" | xargs -P "$(nproc)" -I{} bash -c 'one "$@"' one {} || status=1
awk -v runs="$runs" '{ all += $2; whole += $2 >= runs } END { printf "in all: %d", all
    if (runs > 0) printf "; %d or more of %d targets out of %d", runs, whole, NR
    print "" }' "$built/done"
[ $merge = 0 ] || printf '%s\n' "${targets[@]}" | xargs -P "$(nproc)" -I{} bash -c 'keep "$@"' keep {}
exit $status
