#!/usr/bin/env bash
# No paths of a machine that built this, no leftovers of how it was made, in any file or commit message.
# Each pattern is written so that it does not match itself.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

patterns=(
    '/wor[k]/' '/tmp/build[-]' '/tmp/brie[f]' '/root[/][A-Za-z0-9]' '/home/[a-z]+[/]'
    '[Cc]laud[e]' '[Aa]nthropi[c]' '[Cc]hat-?GP[T]' '[Oo]pen ?A[I]\b' '[Cc]opilo[t]' '[Ll]anguage mode[l]' '\bLL[M]s?\b'
    '[Aa]ssistan[t]' '(^|[ ("])A[I]([ .,;:)"-]|$)' '\b(TOD[O]|FIXM[E])\b' '<<<<<<[<]' '>>>>>>[>]'
)

if [ "${1:-}" = --self-test ]; then
    make_tree
    self_test_begins
    for word in "/wor""k/main" "/tmp/build""-x" "Claud""e" "an assistan""t" "an A""I did" "LL""M" "TO""DO: later" "/home/sato""/x" "/root""/x"; do
        plant docs/planted.md "see $word" "$word"
        plant base/first.c "/* $word */" "$word"
    done
    exit 0
fi

joined=$(IFS='|'; echo "${patterns[*]}")
{
    all_files | while IFS= read -r file; do
        (cd "$root" && grep -nHIE "$joined" -- "$file") || true
    done
    if [ -d "$root/.git" ]; then
        git -C "$root" log --format='commit %h: %B' | grep -E "$joined" | sed 's/^/commit message: /' || true
    fi
} | none_expected
