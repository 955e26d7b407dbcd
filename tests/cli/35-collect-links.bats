#!/usr/bin/env bats
# Where links lead is found out before anything is taken: an error meanwhile must not leave out what they lead to.

bats_require_minimum_version 1.5.0
load 30-collect

setup() {
    [ "${HOZEN_PRESET:-}" != asan ] || skip "a preloaded library would come before the sanitizer"
    OUT=$BATS_TEST_TMPDIR/out TREE=$BATS_TEST_TMPDIR/tree
    mkdir -p "$OUT" "$TREE/far/away"
    echo 1 >"$TREE/far/away/target"
    ln -s far/away/target "$TREE/link"
    ln -s far/away "$TREE/folder"
    gcc -D_GNU_SOURCE -shared -fPIC -o "$BATS_TEST_TMPDIR/stubborn.so" "$HOZEN_SOURCE/tests/tools/stubborn_open.c"
    export HOZEN_STUBBORN_FROM=1
}

# stubborn NAME STATUS TIMES ERROR OPTION...: that cannot be looked at so many times, the first ones.
stubborn() {
    local status=$2
    rm -f "$OUT"/link.tar*
    export HOZEN_STUBBORN_NAME=$1 HOZEN_STUBBORN_TIMES=$3 HOZEN_STUBBORN_ERROR=$4
    shift 4
    LD_PRELOAD=$BATS_TEST_TMPDIR/stubborn.so run "-$status" collect --item link "$@"
    unset HOZEN_STUBBORN_NAME HOZEN_STUBBORN_ERROR HOZEN_STUBBORN_TIMES
    [ "$status" = 3 ] || sound "$OUT/link.tar"
}

absent() {
    record "$OUT/link.tar" absent.jsonl | jq -r --arg t "$TREE/" 'select(.source == "files") |
        (.origin | ltrimstr($t)) + " " + .status + ": " + .reason' >"$BATS_TEST_TMPDIR/rows"
    diff "$BATS_TEST_TMPDIR/rows" <(printf "$1")
}

@test "links: what a link leads to is taken although looking at the link failed once" {
    stubborn link 0 1 5 --path "$TREE/link"
    tar -tf "$OUT/link.tar" | grep -x "link/data/files$TREE/far/away/target"
    absent ""
    stubborn folder 0 1 13 --path "$TREE/folder/target"
    tar -tf "$OUT/link.tar" | grep -x "link/data/files$TREE/far/away/target"
    absent ""
}

@test "links: where a link leads cannot be told: a row, and partial" {
    stubborn link 4 2 5 --path "$TREE/link"
    absent "link io-error: Input/output error\n"
    stubborn folder 4 2 13 --path "$TREE/folder/target"
    absent "folder/target denied: Permission denied\n"
    stubborn far 4 1000 5 --path "$TREE/link"
    absent "far/away/target io-error: Input/output error\n"
    stubborn folder 4 1000 5 --path "$TREE/far" --recent 60m --recent-root "$TREE/folder"
    record "$OUT/link.tar" absent.jsonl | jq -e --arg t "$TREE/folder" -s 'map(select(.source == "recent")) | length == 1 and .[0].origin == $t and .[0].status == "io-error"'
}

@test "links: our own shortage is no statement about the host; what is not there stays what it is" {
    stubborn link 3 1 24 --path "$TREE/link"
    [[ $output == *"Too many open files"* ]]
    stubborn far 4 1000 2 --path "$TREE/link"
    absent "far/away/target unavailable: No such file or directory\n"
}
