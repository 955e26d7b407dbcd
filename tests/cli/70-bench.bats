#!/usr/bin/env bats
# The measurement runs: every row's commands work, at a scale that says nothing about speed.

setup() {
    [ "${HOZEN_PRESET:-}" != asan ] || skip "the sanitizer needs memory and time of its own"
    cd "$HOZEN_SOURCE"
}

measure() { HOZEN_BIN=$HOZEN_BIN tests/bench/run.sh --runs 1 --work "$BATS_TEST_TMPDIR/work" --report "$REPORT" "$@"; }

@test "bench: rows, growth and the service beside a collection, at a small scale" {
    REPORT=$BATS_TEST_TMPDIR/report.md
    measure --scale 0.002 --rows 1,2,3,4,5,8,9,growth,service
    for row in '| 1 | collect small' '| 2 | collect logs' '| 3 | collect big' '| 4 | verify small' '| 5 | collect small' \
        '| 8 | sockets with owners' '| 9 | the process table' 'Row 13, memory' '| 2,000 files' '| beside collect'; do
        grep -F -- "$row" "$REPORT"
    done
    [ ! -e "$BATS_TEST_TMPDIR/work" ]
}

@test "bench: a record made durable, and the audit of a long ledger" {
    REPORT=$BATS_TEST_TMPDIR/report.md
    measure --scale 0.002 --rows 10,11
    for row in '| 10 | append to the ledger, 20 records' '| 11 | audit of 2,000 entries, chain and tables' '| 11 | audit of 2,000 entries, with signatures'; do
        grep -F -- "$row" "$REPORT"
    done
    [ ! -e "$BATS_TEST_TMPDIR/work" ]
}

@test "bench: what people wrote behind the mark stays in the report" {
    REPORT=$BATS_TEST_TMPDIR/report.md
    printf 'old\n<!-- by hand -->\nkept\n' >"$REPORT"
    measure --scale 0.001 --rows 5
    grep -x kept "$REPORT"
    ! grep -x old "$REPORT"
}

@test "bench: the whole triage, and the processes it starts" {
    REPORT=$BATS_TEST_TMPDIR/report.md
    measure --scale 0.02 --rows 12
    grep -F 'processes started: 0 forks, 0 execs (strace)' "$REPORT"
    grep -E 'Seconds by source.*: system [0-9.]+, network [0-9.]+, processes ' "$REPORT"
    [ ! -e "$BATS_TEST_TMPDIR/work" ]
}

@test "bench: arguments are looked at before anything is done, and a directory of others is left alone" {
    local arguments
    REPORT=$BATS_TEST_TMPDIR/report.md
    for arguments in "--scale small" "--scale 0" "--runs 0" "--rows 99" "--rows" "--work $BATS_TEST_TMPDIR/others"; do
        mkdir -p "$BATS_TEST_TMPDIR/others"
        echo mine >"$BATS_TEST_TMPDIR/others/file"
        run measure $arguments
        [ "$status" = 2 ]
    done
    [ "$(cat "$BATS_TEST_TMPDIR/others/file")" = mine ]
    [ ! -e "$REPORT" ]
    [ ! -e "$BATS_TEST_TMPDIR/work" ]
}
