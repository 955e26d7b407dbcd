#!/usr/bin/env bats
# A signal ends a collection early, but not in ruins.

bats_require_minimum_version 1.5.0
load 30-collect

setup() {
    OUT=$BATS_TEST_TMPDIR/out TREE=$BATS_TEST_TMPDIR/tree
    mkdir -p "$OUT" "$TREE/1" "$TREE/3/below"
    truncate -s 200M "$TREE/1/big"
    echo later >"$TREE/1/small"
    echo later >"$TREE/3/below/file"
}

# Starts a collection in the background ($pid) and waits until it is in the middle of the big file.
start() {
    # bash starts what is in the background with SIGINT ignored
    env --default-signal=INT "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --item "$1" --path "$TREE/1" --path "$TREE/3" \
        >"$BATS_TEST_TMPDIR/stdout" 2>"$BATS_TEST_TMPDIR/stderr" 3>&- &
    pid=$!
    until [ "$(stat -c %s "$OUT/$1.tar.partial" 2>/dev/null || echo 0)" -gt 20000000 ]; do sleep 0.002; done
}

ended() {
    status=0
    wait "$pid" || status=$?
}

@test "interrupt: the first signal seals what was taken; the rest is absent" {
    local signal
    for signal in INT TERM HUP; do
        start "$signal"
        kill -"$signal" "$pid"
        ended
        [ "$status" = 4 ]
        sound "$OUT/$signal.tar"
        stock_tools "$OUT/$signal.tar"
        record "$OUT/$signal.tar" absent.jsonl | jq -se --arg t "$TREE" '[.[] | select(.source == "files")] |
            map([.origin, .status, .reason]) == [[$t + "/1/small", "timeout", "interrupted by a signal"],
                                                 [$t + "/3", "timeout", "interrupted by a signal"]]'
        record "$OUT/$signal.tar" catalog-000001.jsonl | jq -se 'map(select(.origin // "" | endswith("/1/big")))[0] |
            .status == "collected" and .size == "209715200"'
        record "$OUT/$signal.tar" actions.jsonl | jq -se 'map(.action) | index("interrupt") != null'
        record "$OUT/$signal.tar" acquisition.json | jq -e '.status == "partial"'
        grep -q "interrupted" "$BATS_TEST_TMPDIR/stderr"
        grep -q "status: *partial" "$BATS_TEST_TMPDIR/stdout"
        [ "$(ls "$OUT" | grep -c partial || true)" = 0 ]
    done
}

@test "interrupt: the second signal leaves an unfinished file, and no bundle" {
    start twice
    kill -INT "$pid"
    until grep -q interrupted "$BATS_TEST_TMPDIR/stderr"; do
        kill -0 "$pid"
        sleep 0.01
        kill -TERM "$pid" 2>/dev/null || true
    done
    ended
    [ "$status" = 3 ]
    [ "$(ls "$OUT")" = twice.tar.partial ]
    [ ! -s "$BATS_TEST_TMPDIR/stdout" ]
    run "$ORACLE/verify.py" "$OUT/twice.tar.partial"
    [ "$status" != 0 ]
}

@test "interrupt: killed without warning, nothing looks like a bundle" {
    start killed
    kill -KILL "$pid"
    ended
    [ "$status" = 137 ]
    [ "$(ls "$OUT")" = killed.tar.partial ]
}
