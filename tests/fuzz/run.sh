#!/usr/bin/env bash
# Fuzzes each target (or those named) with clang's libFuzzer and sanitizers, for so long or with so many inputs.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
usage() {
    cat <<'TEXT'
usage: tests/fuzz/run.sh [--merge] SECONDS [TARGET...]
       tests/fuzz/run.sh [--merge] --runs N [--within SECONDS] [TARGET...]
  SECONDS            how long each target runs
  --runs N           how many inputs each target is given; 0: those that are kept
  --within SECONDS   how long all may take together. The targets take turns, so that when it is over each has had about as many
  --merge            afterwards, keep in corpus/TARGET.pack what reaches something that nothing else there does
Inputs found on the way stay in build/fuzz/corpus, those that break a target in build/fuzz/crashes. As many targets run at a time as
there are processors. HOZEN_FUZZ_BUILD names a folder where the targets were built already.
exit status: 0 nothing was found, 1 something was, 2 wrong usage, 3 could not be built
TEXT
}

merge=0 runs=-1 seconds=0 within=0
while [ $# -gt 0 ]; do
    case $1 in
    --merge) merge=1 ;;
    --runs | --within)
        [[ ${2:-} =~ ^[0-9]+$ ]] || { usage >&2; exit 2; }
        [ "$1" = --runs ] && runs=$2 || within=$2
        shift
        ;;
    --help) usage; exit 0 ;;
    *) break ;;
    esac
    shift
done
if [[ $runs = -1 && ${1:-} =~ ^[0-9]+$ ]]; then
    seconds=$1
    shift
fi
[ "$seconds$runs" != 0-1 ] && { [ "$within" = 0 ] || [ "$runs" -gt 0 ]; } || { usage >&2; exit 2; }

built=${HOZEN_FUZZ_BUILD:-$root/build/fuzz}
work=$built/corpus
mkdir -p "$work" "$built/crashes" "$built/logs"
if [ -z "${HOZEN_FUZZ_BUILD:-}" ]; then
    { cmake -S "$root" --preset fuzz && cmake --build "$built" --target fuzz_targets -j "$(nproc)"; } >"$built/logs/build" 2>&1 ||
        { tail -n 40 "$built/logs/build"; exit 3; }
fi
# Those that take the longest come first, so that no processor waits for the last of them.
slow=(members export ers served chain bundle)
targets=("$@")
if [ ${#targets[@]} = 0 ]; then
    targets=("${slow[@]}")
    mapfile -t -O ${#slow[@]} targets < <(cd "$built/fuzz" && printf '%s\n' fuzz_* | sed 's/^fuzz_//' | grep -vxF "$(printf '%s\n' serve "${slow[@]}")")
fi

# A small quarantine, and of what was allocated the caller alone: an execution takes half the time, and what is used after it was freed is
# found as well, since every execution ends with an empty heap. An input that broke something tells more when it is replayed without these.
export ASAN_OPTIONS=quarantine_size_mb=1:thread_local_quarantine_size_kb=16:malloc_context_size=1
bounds=(-rss_limit_mb=2048 -malloc_limit_mb=64 -timeout=10) # memory: a bound of ours, not of the machine; time: of one input
# Where executions are counted, how often an edge is passed is not asked for: the inputs that are kept stay few and short, an execution
# takes half the time, and as many edges are reached. Who fuzzes for hours has it.
[ "$runs" -lt 1 ] || bounds+=(-use_counters=0)

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

# TARGET RUNS SECONDS: a turn of it, at most so many more inputs and so long (0: no bound). What it came to, into a file: inputs, edges, microseconds.
turn() {
    local target=$1 more=$2 log=$built/logs/$1 status=0 longest=8192 again=0 began=${EPOCHREALTIME/[.,]/}
    if [ "${given[$target]}" = 0 ]; then
        inputs "$target"
    else # those are given again, and not counted again
        again=1
        more=$((more + 2 + $(find "$work/$target" -type f | wc -l)))
    fi
    case $target in bundle) longest=32768 ;; chain | export | members) longest=16384 ;; esac # a tar of the smallest bundle; runs of several records
    # in a folder of its own, since it writes there
    (cd "$built/crashes" && "$built/fuzz/fuzz_$target" -max_total_time="$3" -runs="$more" "${bounds[@]}" -max_len=$longest -reload=0 -print_funcs=0 \
        -artifact_prefix="$built/crashes/$target-" -print_final_stats=1 "$work/$target") >"$log" 2>&1 || status=$?
    awk -v again=$again -v micros=$((${EPOCHREALTIME/[.,]/} - began)) '
        /^stat::number_of_executed_units/ { executed = $2 }
        / INITED / { first = substr($1, 2) }
        / cov: / { for (i = 1; i < NF; i++) if ($i == "cov:") cov = $(i + 1) }
        END { print executed - again * first, cov + 0, micros }' "$log" >"$log.turn"
    return $status
}

tell() { # TARGET REMARK
    local target=$1 took=$((micros[$1] / 1000000))
    printf '%-14s %10d executions %5d s %8d/s %6d edges%s\n' "$target" "${given[$target]}" $took \
        $((given[$target] * 1000000 / (micros[$target] + 1))) "${edges[$target]}" "$2"
    [[ $2 != *FOUND* ]] || grep -aE 'does not hold|ERROR: |runtime error|SUMMARY|Test unit written' "$built/logs/$target" | head -n 8
}

left() { echo $((within > SECONDS - began ? within - (SECONDS - began) : 0)); }

begin() { # TARGET: its next turn. With a bound of all a tenth of the inputs first, then three at a time
    local more=$runs most=$seconds
    if [ "$within" -gt 0 ]; then
        most=$(left)
        [ "${given[$1]}" -gt 0 ] && more=$((runs * 3 / 10 + 1)) || more=$((runs / 10 + 1))
        [ $more -lt $((runs - given[$1])) ] || more=$((runs - given[$1]))
    fi
    state[$1]=runs
    turn "$1" "$more" "$most" &
    of[$!]=$1
}

ended() { # TARGET STATUS: a turn has
    local executed cov took
    read -r executed cov took <"$built/logs/$1.turn"
    rm "$built/logs/$1.turn"
    given[$1]=$((given[$1] + executed)) edges[$1]=$cov micros[$1]=$((micros[$1] + took)) state[$1]=ended
    if [ "$2" != 0 ]; then
        status=1
        tell "$1" "  FOUND SOMETHING"
    elif [ "$within" = 0 ] || [ "${given[$1]}" -ge "$runs" ]; then
        tell "$1" ""
    else
        state[$1]=waits
    fi
}

choose() { # the one that waits and has had the least
    local target
    chosen=
    for target in "${targets[@]}"; do
        [ "${state[$target]}" = waits ] || continue
        [ -n "$chosen" ] && [ "${given[$target]}" -ge "${given[$chosen]}" ] || chosen=$target
    done
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

declare -A state=() given=() micros=() edges=() of=()
status=0 began=$SECONDS
for target in "${targets[@]}"; do
    [ -x "$built/fuzz/fuzz_$target" ] || { echo "$target: there is no such target"; exit 1; }
    state[$target]=waits given[$target]=0 micros[$target]=0 edges[$target]=0
done
busy=0
while true; do
    chosen=
    [ "$within" -gt 0 ] && [ "$(left)" = 0 ] || choose
    if [ -n "$chosen" ] && [ $busy -lt "$(nproc)" ]; then
        begin "$chosen"
        busy=$((busy + 1))
    elif [ $busy -gt 0 ]; then
        answer=0
        wait -n -p pid || answer=$?
        busy=$((busy - 1))
        ended "${of[$pid]}" $answer
    else
        break
    fi
done
all=0 whole=0
for target in "${targets[@]}"; do
    [ "${state[$target]}" != waits ] || tell "$target" "  fewer than $runs: the $within s were over"
    all=$((all + given[$target]))
    [ "${given[$target]}" -lt "$runs" ] || whole=$((whole + 1))
done
printf 'in all: %d executions in %d s' $all $((SECONDS - began))
[ "$runs" -lt 1 ] || printf '; %d of %d targets had %d or more' $whole ${#targets[@]} "$runs"
[ "$runs" -lt 1 ] || [ $whole = ${#targets[@]} ] || [ "$within" = 0 ] || [ "$(left)" != 0 ] || printf '; the others fewer: %d s is the bound' "$within"
printf '\n'
export -f keep also
export built work here root
[ $merge = 0 ] || printf '%s\n' "${targets[@]}" | xargs -P "$(nproc)" -I{} bash -c 'keep "$@"' keep {}
exit $status
