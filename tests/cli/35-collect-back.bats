#!/usr/bin/env bats
# The walk has at most 48 folders open: from deeper below it finds its way back by their names, and that may fail.

bats_require_minimum_version 1.5.0
load 30-collect

setup() {
    [ "${HOZEN_PRESET:-}" != asan ] || skip "a preloaded library would come before the sanitizer"
    OUT=$BATS_TEST_TMPDIR/out TREE=$BATS_TEST_TMPDIR/tree TOP=$BATS_TEST_TMPDIR/tree/top
    DEEP=$TOP/a$(printf '/d%.0s' $(seq 60))
    mkdir -p "$OUT" "$DEEP" "$TOP/c"
    for f in "$DEEP/f" "$TOP/b" "$TOP/c/x" "$TREE/z"; do echo 1 >"$f"; done
    gcc -D_GNU_SOURCE -shared -fPIC -o "$BATS_TEST_TMPDIR/stubborn.so" "$HOZEN_SOURCE/tests/tools/stubborn_open.c"
    export HOZEN_STUBBORN_NAME=top
}

# stubborn ERROR OPTION...: whenever "top" is looked at after the first time in the walk, that is what it says.
stubborn() {
    rm -f "$OUT"/back.tar*
    export HOZEN_STUBBORN_ERROR=$1 HOZEN_STUBBORN_FROM=$FROM
    shift
    LD_PRELOAD=$BATS_TEST_TMPDIR/stubborn.so run -4 collect --item back --command-timeout 1s "$@"
    unset HOZEN_STUBBORN_ERROR HOZEN_STUBBORN_FROM
    sound "$OUT/back.tar"
    tar -tf "$OUT/back.tar" >"$BATS_TEST_TMPDIR/names"
    grep -q "data/files$DEEP/f\$" "$BATS_TEST_TMPDIR/names"
    record "$OUT/back.tar" absent.jsonl | jq -r --arg t "$TREE/" 'select(.source == "files") |
        (.origin | ltrimstr($t)) + " " + .status + ": " + .reason' >"$BATS_TEST_TMPDIR/rows"
}

absent() {
    diff <(sort "$BATS_TEST_TMPDIR/rows") <(printf '%s\n' "$@" | sort)
}

@test "way back: a folder that says an error is not called moved, and costs what is left in it" {
    FROM=2 stubborn 5 --path "$TREE"
    absent "top/b io-error: Input/output error" "top/c io-error: Input/output error"
    grep -q "data/files$TREE/z\$" "$BATS_TEST_TMPDIR/names"
    FROM=2 stubborn 13 --path "$TREE"
    absent "top/b denied: Permission denied" "top/c denied: Permission denied"
}

@test "way back: a folder that does not answer costs what is left in it" {
    FROM=2 stubborn 0 --path "$TREE"
    absent "top/b timeout: its file system did not answer" "top/c timeout: its file system did not answer"
}

# Once for each path that is named, when what it leads to is looked up, and once on the way down.
@test "way back: what was named behind a folder that does not answer is absent by its name" {
    local error said
    for error in 0 5; do
        [ $error = 5 ] && said="io-error: Input/output error" || said="timeout: its file system did not answer"
        FROM=5 stubborn $error --path "$DEEP/f" --path "$TOP/b" --path "$TOP/c/x"
        absent "top/b $said" "top/c/x $said"
    done
}

# The kind of a thing that was named is looked at when its folder is listed: the failure of one call is not the thing's end.
@test "way back: a file that could not be looked at once is taken, and not called another kind of file" {
    local error
    for error in 5 13; do
        rm -f "$OUT"/once.tar
        HOZEN_STUBBORN_NAME=b HOZEN_STUBBORN_FROM=2 HOZEN_STUBBORN_TIMES=1 HOZEN_STUBBORN_ERROR=$error \
            LD_PRELOAD=$BATS_TEST_TMPDIR/stubborn.so collect --item once --path "$TOP/b"
        tar -tf "$OUT/once.tar" | grep -q "data/files$TOP/b\$"
        sound "$OUT/once.tar"
    done
}
