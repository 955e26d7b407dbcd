#!/usr/bin/env bash
# coverage.sh BUILD_DIR: lines of the own parsers that the kept corpora reach. BUILD_DIR is a build of the preset coverage in which
# fuzz_targets was built. Prints a line for each file and the whole; exit 1 when the whole is below 95 %.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
[ -d "${1:-}/fuzz" ] || { sed -n '2,3s/^# //p' "$0" >&2; exit 2; }
built=$(cd "$1" && pwd)
vectors=$root/formats/spec/vectors

find "$built" -name '*.gcda' -delete
for program in "$built"/fuzz/replay_*; do
    name=${program##*/replay_}
    case $name in bundle | served) inputs=("$vectors/good" "$vectors/bad" "$here/corpus/bundle.pack") ;; *) inputs=() ;; esac
    for kept in "$here/corpus/$name.pack" "$here/corpus/$name"; do [ ! -e "$kept" ] || inputs+=("$kept"); done
    "$program" "${inputs[@]}" >/dev/null
done

# Those that read what others made: not texts for people, not threads, not children.
parsers() {
    (cd "$root" && printf '%s\n' formats/read/*.c base/escape*.c base/text.c base/num.c base/stamp.c verify/wire.c verify/reader.c verify/export_check.c \
        custody/replay.c custody/verifier_read.c) | grep -vE '/(finding_text|pool|later|skip|(timestamp|ers)_child)\.c$'
}

parsers | while IFS= read -r file; do
    object=$(find "$built" -path "*${file%/*}*" -name "${file##*/}.gcda" -print -quit)
    [ -n "$object" ] || { echo "$file 0 0"; continue; }
    gcov -n -o "${object%/*}" "$object" 2>/dev/null | awk -v file="$file" '
        /^File / { mine = index($0, file) > 0 }
        mine && /^Lines executed/ { split($0, a, /[:% ]+/); print file, a[3], a[5]; mine = 0 }'
done | awk '{ printf "%6.2f %% of %5d  %s\n", $2, $3, $1; lines += $3; hit += $2 * $3 / 100 }
    END { part = lines ? 100 * hit / lines : 0; printf "%6.2f %% of %5d  all of them\n", part, lines; exit part < 95 }'
