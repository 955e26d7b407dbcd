#!/usr/bin/env bats
# What the processes that read hostile bytes can reach, tried from inside; kernels that lack a layer; extract among traps.

bats_require_minimum_version 1.5.0
load 50-verify.bash
load 48-time.bash

PROBE=${HOZEN_BIN%/bin}/tests/libjail_probe.so
WITHOUT=${HOZEN_BIN%/bin}/tests/without_layer

custody() { "$HOZEN_BIN/hozen-custody" custody "$@"; }

setup_file() {
    export A=$BATS_FILE_TMPDIR/authority KEY=$BATS_FILE_TMPDIR/sato.key BASE=$BATS_FILE_TMPDIR/base
    mkdir "$BASE"
    make_authority "$A"
    cd "$BASE"
    "$HOZEN_BIN/hozen-custody" key new --for custody --name "Sato Hanako <sato@csirt.example>" --out "${KEY%.key}" </dev/null
    custody init l.db --organisation "CSIRT Example" --key "$KEY"
    python3 -c 'import sqlite3; d = sqlite3.connect("app.db"); d.execute("create table t(x)"); d.commit()'
    "$HOZEN_BIN/hozen-collect" --case C --operator O --out . --item evidence --compress none --db app.db || [ $? = 4 ]
    printf 'x' >member
    tar -cf foreign.tar member
    custody intake "$VECTORS/good/p256.tar" --ledger l.db --key "$KEY" --location safe
    custody export folder --ledger l.db --key "$KEY"
    cp "$GOOD" stamped.tar
    tar -xOf "$GOOD" --wildcards '*/signatures/*' >sig
    stamp "$A" sig "stamped.tar.$(tar -tf "$GOOD" | sed -n 's|.*/signatures/||p').tsr"
} >/dev/null 2>&1

setup() {
    cd "$BATS_TEST_TMPDIR"
    cp -r "$BASE/." .
    export TMPDIR=$BATS_TEST_TMPDIR
}

needs_probe() { [ "${HOZEN_PRESET:-release}" != asan ] || skip "a preloaded library would come before the sanitizer"; }

# inside DEED COMMAND...: runs it with the probe, which tries the deed in each child ("": only looks around).
inside() {
    local deed=()
    [ -z "$1" ] || deed=(HOZEN_PROBE="$1")
    shift
    rm -f report
    run --separate-stderr env "${deed[@]}" HOZEN_PROBE_REPORT="$PWD/report" LD_PRELOAD="$PROBE" "$@"
}

verify_it() { inside "$1" "$HOZEN_BIN/hozen-verify" "${@:2}"; }
# takes nothing away from the next one: the ledger is the one of setup again
intake_it() {
    cp "$BASE/l.db" l.db
    inside "$1" "$HOZEN_BIN/hozen-custody" custody intake "${@:2}" --ledger l.db --key "$KEY" --location safe
}

children() { grep -c '^enters ' report; }
# holds N PATTERN...: N children entered; each holds pipes, and beside them at most what one of the patterns describes
holds() {
    local n=$1 line
    shift
    [ "$(children)" = "$n" ] || { cat report; return 1; }
    grep ' fd ' report >held
    for pattern in 'pipe:\[[0-9]+\]' "$@"; do
        grep -vE " fd [0-9]+ $pattern\$" held >rest || true
        mv rest held
    done
    [ ! -s held ] || { cat held; return 1; }
}

@test "isolation: when the door is shut a child holds its input and a pipe to its parent, nothing else" {
    needs_probe
    verify_it "" verify --signers "$SIGNERS" "$GOOD"
    [ "$status" = 0 ]
    holds 1 "$GOOD"
    verify_it "" list "$GOOD"
    holds 1 "$GOOD"
    verify_it "" extract "$GOOD" --to out --signers "$SIGNERS"
    [ "$status" = 0 ]
    holds 1 "$GOOD"
    verify_it "" verify --timestamp-roots "$A/root.pem" stamped.tar
    holds 2 "$PWD/stamped.tar"
    grep -q ' limit cpu 2$' report
    verify_it "" verify folder
    holds 1 "$PWD/folder/entries.jsonl"
    intake_it "" --item ARCHIVE --file foreign.tar --kind archive
    [ "$status" = 0 ]
    holds 1 "$PWD/foreign.tar"
    grep -q ' limit memory 1073741824$' report
    intake_it "" evidence.tar
    [ "$status" = 0 ]
    holds 2 # a child for the database, which it has in memory already, and one for the types
    grep -q ' limit cpu 120$' report
}

# denied N: N children entered, each of them tried the deed, and the kernel ended each with SIGSYS
denied() {
    [ "$(children)" -ge "$1" ] || { cat report; return 1; }
    local pid
    while read -r _ pid; do
        grep -qx "ended $pid signal 31" report || { echo "the deed $deed of $pid:"; cat report; return 1; }
    done < <(grep '^enters ' report)
}

@test "isolation: the reader of bundles, of exports, of tokens: what they try is the last thing they do" {
    needs_probe
    for deed in open socket fork exec ptrace kill code parent duplicate limits memfd uring names namespace; do
        verify_it $deed verify --signers "$SIGNERS" "$GOOD"
        denied 1
        [ "$status" = 3 ]
        [[ $stderr == *"killed by signal 31"* ]] || { echo "$stderr"; false; }
        verify_it $deed verify folder
        denied 1
        [ "$status" = 3 ]
    done
    for deed in open socket fork parent; do
        verify_it $deed list "$GOOD"
        denied 1
        [ "$status" = 3 ]
        verify_it $deed extract "$GOOD" --to out
        denied 1
        [ "$status" = 3 ]
        [ ! -e out ]
        [ ! -e out.partial ]
    done
}

@test "isolation: the readers of archives, databases, file types: what they try costs them alone" {
    needs_probe
    for deed in open socket exec parent code; do
        intake_it $deed evidence.tar
        denied 2
        [ "$status" = 0 ] # the evidence is what it is; what could not be looked at is said
        custody log evidence --ledger l.db --json | jq -e '.statement.body.inspection.databases[0].result == "unchecked"'
        intake_it $deed --item ARCHIVE --file foreign.tar --kind archive
        denied 1
        [ "$status" = 0 ]
        [[ $stderr == *"not listed to its end"* ]]
        [ "$(tail -n 1 l.db.ARCHIVE.listing.jsonl | jq -r .outcome)" = stopped ]
        rm l.db.ARCHIVE.listing.jsonl
    done
}

@test "isolation: names outside tell nothing, and the program goes on" {
    needs_probe
    verify_it name verify --signers "$SIGNERS" "$GOOD"
    [ "$status" = 0 ]
    run ! grep 'exit 77' report
}

@test "isolation: a child that computes without end, or wants memory without end, is stopped" {
    needs_probe
    cp "$A/root.pem" root.pem
    # the token's reader has two seconds; readers without such a bound are not asked to compute
    verify_it compute verify --signers "$SIGNERS" --json --timestamp-roots root.pem stamped.tar
    [ "$(jq -r '.timestamps[0].status' <<<"$output")" = invalid ]
    [[ $(jq -r '.timestamps[0].detail' <<<"$output") == *"did not survive"* ]]
    intake_it memory --item ARCHIVE --file foreign.tar --kind archive
    [ "$status" = 0 ]
    run ! grep 'exit 77' report
    verify_it memory verify --signers "$SIGNERS" "$GOOD"
    [ "$status" = 0 ]
    run ! grep 'exit 77' report
}

@test "isolation: a kernel without a layer: the verdict is the same, and what is missing is said" {
    for layer in landlock seccomp landlock,seccomp; do
        run "$WITHOUT" $layer "$HOZEN_BIN/hozen-verify" verify --json --signers "$SIGNERS" "$GOOD"
        answers 0 verified intact trusted
        [[ $(jq -r '.notices[] | select(.code == "sandbox-incomplete").detail' <<<"$output") == *"missing: ${layer/,/, }"* ]]
        run "$WITHOUT" $layer "$HOZEN_BIN/hozen-verify" verify --signers "$SIGNERS" "$GOOD"
        [ "$status" = 0 ]
        [[ $output == *"sandbox"*"missing"* ]]
        run --separate-stderr "$WITHOUT" $layer "$HOZEN_BIN/hozen-verify" verify folder
        [ "$status" = 3 ] # nobody to trust was named
        [[ $stderr == *"missing: ${layer/,/, }"* ]]
        for words in "intake evidence.tar --location safe --key $KEY" "audit"; do
            cp "$BASE/l.db" l.db
            # shellcheck disable=SC2086
            run --separate-stderr "$WITHOUT" $layer "$HOZEN_BIN/hozen-custody" custody $words --ledger l.db
            [ "$status" = 0 ] || { echo "$output $stderr"; false; }
            [[ $stderr == *"missing: ${layer/,/, }"* ]] || { echo "$words: $stderr"; false; }
        done
    done
    run --separate-stderr custody audit --ledger l.db
    [[ $stderr != *missing* ]]
}

# --- extract ---

# The first half of a bundle is in out.partial, COMMAND... runs, then comes the other half. Between them lies data/files/etc.
half() {
    make_bundle b.tar 'b.host(b"/aaa", bytes(range(256)) * 32768); b.host(b"/zzz", b"z" * 3000000); b.sort()'
    mkfifo pipe
    "$HOZEN_BIN/hozen-verify" extract - --to out --signers "$SIGNERS" <pipe >said 2>&1 3>&- &
    exec 9>pipe
    head -c 5000000 b.tar >&9
    until [ -s out.partial/data/files/aaa ]; do
        kill -0 $!
        sleep 0.05
    done
    "$@"
    tail -c +5000001 b.tar >&9 || true
    exec 9>&-
    status=0
    wait $! || status=$?
    rm pipe
}

@test "extract: folders and names exchanged for links while it works: nothing lands outside" {
    mkdir victim
    echo mine >victim/hosts
    for trap in "ln -s $PWD/victim out.partial/data/files/etc" "eval mkdir out.partial/data/files/etc && ln -s $PWD/victim/hosts out.partial/data/files/etc/hosts" \
        "mkfifo out.partial/data/files/etc" "mkdir -p out.partial/data/files/etc/hosts" \
        "eval mv out.partial/data/files away && ln -s $PWD/victim out.partial/data/files"; do
        # shellcheck disable=SC2086
        half $trap
        [ "$status" = 3 ] || { echo "$trap: $status"; cat said; false; }
        grep -q 'out.partial was changed by somebody else' said
        [ "$(cat victim/hosts)" = mine ]
        [ "$(ls victim)" = hosts ]
        [ ! -e out ]
        [ ! -e out.partial ]
        rm -rf away
    done
}

@test "extract: the place it is to have is taken meanwhile: neither replaced nor filled" {
    half eval 'mkdir out; echo mine >out/file'
    [ "$status" = 3 ]
    [ "$(ls out)" = file ]
    [ ! -e out.partial ]
    rm -r out
    mkdir victim
    half ln -s victim out
    [ "$status" = 3 ]
    [ -L out ]
    [ -z "$(ls victim)" ]
    [ ! -e out.partial ]
    rm out
    half true
    [ "$status" = 0 ]
    [ "$(stat -c %s out/data/files/aaa)" = 8388608 ]
}

@test "extract: a folder that is exchanged all the time" {
    mkdir victim
    printf 'inside\n' >victim/keep
    ln -s "$PWD/victim" other
    python3 - <<'PY' 3>&- &
import ctypes, os, time
libc, end = ctypes.CDLL(None), time.time() + 60
while time.time() < end and not os.path.exists("stop"):
    for name in (b"out.partial/data", b"out.partial/data/files", b"out.partial/data/system"):
        libc.renameat2(-100, b"other", -100, name, 2)
PY
    racer=$!
    for _ in {1..40}; do
        "$HOZEN_BIN/hozen-verify" extract "$GOOD" --to out --signers "$SIGNERS" >/dev/null 2>&1 || true
        until rm -rf out out.partial; do :; done # what is exchanged meanwhile is not empty yet
        [ "$(ls victim)" = keep ]
        [ -L other ] || { rm -rf other && ln -s "$PWD/victim" other; }
    done
    touch stop
    wait $racer
}

@test "extract: modes are its own, whatever the catalog says and the umask is; owners are those of who takes out" {
    make_bundle b.tar 'b.host(b"/usr/bin/tool", b"#!/bin/sh\n", mode="6755", uid=4294967294, gid=0); b.sort()'
    tar -xOf b.tar --wildcards '*/meta/catalog-*' | grep -q '"mode":"6755"'
    for mask in 0000 0022 0077; do
        (umask $mask && "$HOZEN_BIN/hozen-verify" extract b.tar --to out --signers "$SIGNERS")
        [ "$(find out -type f ! -perm 600 -o -type d ! -perm 700)" = "" ]
        [ "$(find out ! -user "$(id -un)" | wc -l)" = 0 ]
        [ "$(cat out/data/files/usr/bin/tool)" = '#!/bin/sh' ]
        rm -r out
    done
}
