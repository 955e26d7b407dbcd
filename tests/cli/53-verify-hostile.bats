#!/usr/bin/env bats
# Bundles that are made to cost their reader memory or time: at most 64 MiB for each of the two processes, and an answer soon.

load 50-verify.bash

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
    [ "${HOZEN_PRESET:-release}" != asan ] || skip "the sanitizer needs memory and time of its own"
}

# costs SECONDS KIND COUNT: processor time of verify and of list, with at most 64 MiB; the exit code of verify in $status.
costs() {
    local seconds=$1 code
    "$TOOLS/hostile.py" "$2" "$3" >bundle.tar
    for command in list verify; do
        code=0
        (
            ulimit -t "$seconds"
            "$TOOLS/peak.py" 64 "$HOZEN_BIN/hozen-verify" $command bundle.tar >out
        ) 2>said || code=$?
        cat said
        [ $code != 99 ]
        grep -q 'peak: [1-9]' said
        ! grep -q 'killed by signal' said
    done
    status=$code
}

@test "hostile: 200,000 tiny members in order, and one segment for all" {
    costs 5 ascending 200000
    [ "$status" = 1 ]
}

@test "hostile: 30,000 long names in the wrong order" {
    costs 12 descending 30000
    [ "$status" = 1 ]
    grep -q 'container-malformed' out
    grep -q 'more that are not listed' out
}

@test "hostile: 50,000 sources" {
    costs 5 sources 50000
    [ "$status" = 1 ]
    grep -q 'limit-exceeded' out
}

@test "hostile: 4,000 altered files with names of 800 bytes" {
    costs 5 altered 4000
    [ "$status" = 1 ]
    [ "$(grep -c '^- payload-altered' out)" -gt 3000 ]
}

@test "hostile: lines of a megabyte that are all escapes" {
    costs 24 escapes 60
    [ "$status" = 3 ]
    grep -q 'integrity:     intact' out
}

@test "hostile: files with 18,000 extended attributes each" {
    costs 5 xattrs 20
    [ "$status" = 3 ]
}

@test "hostile: a million opening brackets in a line" {
    costs 5 deep 20
    [ "$status" = 1 ] || [ "$status" = 3 ]
    grep -q 'limit-exceeded\|manifest-malformed' out
}
