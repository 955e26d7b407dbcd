#!/usr/bin/env bats
# Bad input to every custody command: one clear message, the right exit code, nothing done.

load 40-custody.bash

setup_file() {
    export KEYS=$BATS_FILE_TMPDIR/keys READY=$BATS_FILE_TMPDIR/ready
    make_keys
    mkdir "$READY"
    BATS_TEST_TMPDIR=$READY start
    cd "$READY"
    take_in
    offer_to tanaka
    custody accept offer.json --bundle bundle.tar --key "$KEYS/tanaka.key" --out receipt.json
    rm -f ./*-wal ./*-shm
    mkdir folder
    : >empty
    { printf '\377' && head -c 4999 /dev/urandom; } >garbage # neither a comment nor an empty line
    sqlite3 other.sqlite 'CREATE TABLE x (y)'
    cp l.db newer.db
    sqlite3 newer.db 'PRAGMA user_version = 2'
    rm -f newer.db-wal newer.db-shm
} >/dev/null

setup() {
    cd "$BATS_TEST_TMPDIR"
    cp -r "$READY"/. .
    ITEM=$(custody show --ledger l.db --json | jq -r '.items[0].item')
    rm -f l.db-wal l.db-shm
}

# Every command that opens a ledger, with FILE for it; commands that write come with everything else in order.
each_command() {
    local file=$1 check=$2
    $check custody show --ledger "$file"
    $check custody log --ledger "$file"
    $check custody audit --ledger "$file"
    $check custody checkpoint --ledger "$file" --key "$KEYS/sato.key"
    $check custody person add "$KEYS/kondo.key.pub" --ledger "$file" --key "$KEYS/sato.key"
    $check custody intake bundle.tar --ledger "$file" --key "$KEYS/sato.key" --location x
    $check custody offer "$ITEM" --to "$KEYS/tanaka.key.pub" --purpose x --ledger "$file" --key "$KEYS/sato.key" --out new.json
    $check custody accept offer.json --bundle bundle.tar --ledger "$file" --key "$KEYS/tanaka.key" --location x --out new.json
    $check custody decline offer.json --reason x --ledger "$file" --key "$KEYS/tanaka.key" --out new.json
    $check custody record receipt.json --ledger "$file" --key "$KEYS/sato.key"
    [ ! -e new.json ]
}

bad_ledger() {
    run "$@"
    refused 3 "$FILE" || { echo "of: $*"; return 1; }
}

@test "custody: a ledger that is not there" { FILE=none.db; each_command none.db bad_ledger; [ ! -e none.db ]; }
@test "custody: a ledger in a folder that is not there" { FILE=none/l.db; each_command none/l.db bad_ledger; }
@test "custody: a folder for a ledger" { FILE=folder; each_command folder bad_ledger; [ -z "$(ls folder)" ]; }
@test "custody: an empty file for a ledger" { FILE=empty; each_command empty bad_ledger; [ ! -s empty ]; }
@test "custody: garbage for a ledger" { FILE=garbage; each_command garbage bad_ledger; cmp garbage "$READY/garbage"; }
@test "custody: some other SQLite database for a ledger" {
    FILE=other.sqlite
    each_command other.sqlite bad_ledger
    cmp other.sqlite "$READY/other.sqlite"
}

newer() {
    run "$@"
    [[ $* == *" audit "* ]] && return 0
    refused 3 "newer version"
}
@test "custody: a ledger of a newer version" {
    each_command newer.db newer
    run custody audit --ledger newer.db
    [ "$status" = 1 ] # the schema is that of version 1: somebody wrote the number
    cmp newer.db "$READY/newer.db"
}

locked() {
    case $* in *" show "* | *" log "* | *" audit "*) return 0 ;; esac
    run "$@"
    refused 3 "locked by another process" || { echo "of: $*"; return 1; }
}
@test "custody: a ledger that another process holds" {
    coproc HOLDER { exec python3 -c 'import sqlite3, sys
c = sqlite3.connect("l.db", isolation_level=None)
c.execute("BEGIN IMMEDIATE"); print("held", flush=True); sys.stdin.read()' 3>&-; }
    holder=$HOLDER_PID
    read -r held <&"${HOLDER[0]}"
    [ "$held" = held ]
    custody show --ledger l.db # readers are not kept out
    custody audit --ledger l.db
    locked custody checkpoint --ledger l.db --key "$KEYS/sato.key"
    locked custody record receipt.json --ledger l.db --key "$KEYS/sato.key"
    eval "exec ${HOLDER[1]}>&-"
    wait "$holder"
    custody record receipt.json --ledger l.db --key "$KEYS/sato.key"
    consistent l.db
}

read_only() {
    case $* in *" show "* | *" log "* | *" audit "*) run "$@" && [ "$status" = 0 ]; return ;; esac
    run "$@"
    refused 3 "cannot be written" || { echo "of: $*"; return 1; }
}
@test "custody: a ledger on storage that cannot be written" {
    [ "$(id -u)" = 0 ] || skip "mounting needs root"
    mkdir ro && cp l.db ro/
    export -f each_command read_only refused custody
    export ITEM
    # shellcheck disable=SC2016
    run unshare --mount bash -c 'run() { status=0; output=$("$@" 2>&1) || status=$?; }
        mount --bind ro ro && mount -o remount,bind,ro ro || exit 9
        each_command ro/l.db read_only'
    [ "$status" = 0 ] || { echo "$output"; false; }
    cmp l.db ro/l.db
}

@test "custody: changes that wait in a log which cannot be used are never passed over" {
    [ "$(id -u)" = 0 ] || skip "mounting needs root"
    mkdir ro
    # a writer that dies after its commit leaves the log behind
    python3 - "$PWD/l.db" <<'PY'
import os, sqlite3, sys
c = sqlite3.connect(sys.argv[1], isolation_level=None)
c.execute("PRAGMA wal_autocheckpoint=0")
c.execute("UPDATE item SET location = 'elsewhere'")
os._exit(0)
PY
    cp l.db l.db-wal ro/
    # shellcheck disable=SC2016
    run unshare --mount bash -c 'mount --bind ro ro && mount -o remount,bind,ro ro || exit 9
        exec "$HOZEN_BIN/hozen-custody" custody audit --ledger ro/l.db'
    refused 3 "ro/l.db"
    cp ro/* .
    run custody audit --ledger l.db --json
    [ "$(jq -r '.findings[0].code' <<<"$output")" = projection-altered ]
}

@test "custody: a ledger file that cannot be written by this user" {
    [ "$(id -u)" = 0 ] || skip "needs root to become somebody else"
    mkdir theirs && cp l.db theirs/ && chmod 755 . theirs && chmod 644 theirs/l.db
    chmod a+rx "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR" "$BATS_TEST_TMPDIR" "$KEYS" "$(dirname "$BATS_RUN_TMPDIR")" || true
    chmod 644 "$KEYS"/*.key
    as_nobody() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }
    as_nobody cat theirs/l.db >/dev/null 2>&1 || skip "the test's folder is not readable by others"
    as_nobody "$HOZEN_BIN/hozen-custody" --version >/dev/null 2>&1 || skip "the build is not readable by others"
    run as_nobody "$HOZEN_BIN/hozen-custody" custody checkpoint --ledger theirs/l.db --key "$KEYS/sato.key"
    refused 3 "theirs/l.db"
    run as_nobody "$HOZEN_BIN/hozen-custody" custody audit --ledger theirs/l.db --json
    [ "$status" = 0 ]
    [ "$(ls theirs)" = l.db ]
}

@test "custody: keys that are none" {
    for key in none.key folder empty garbage "$KEYS/sato.key.pub"; do
        run custody checkpoint --ledger l.db --key "$key"
        refused 3 "$key"
        run custody accept offer.json --bundle bundle.tar --key "$key" --out new.json
        refused 3 "$key"
        run countersign bundle.tar --key "$key" --fingerprint SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
        refused 3 "$key"
        run custody init new.db --organisation X --key "$key"
        refused 3 "$key"
        [ ! -e new.db ]
        [ ! -e new.db.partial ]
    done
    run custody checkpoint --ledger l.db --key "$KEYS/kondo.key"
    refused 3 "does not know the key"
}

@test "custody: public keys that are none" {
    echo "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDA x" >rsa.pub
    for key in none.pub folder empty garbage rsa.pub "$KEYS/sato.key"; do
        run custody person add "$key" --ledger l.db --key "$KEYS/sato.key"
        refused 3 "$key"
        run custody offer "$ITEM" --to "$key" --purpose x --ledger l.db --key "$KEYS/sato.key" --out new.json
        refused 3 "$key"
    done
    [ "$(entries l.db)" = 4 ]
}

@test "custody: bundles that are none" {
    for bundle in none.tar folder; do
        run custody intake $bundle --ledger l.db --key "$KEYS/sato.key" --location x
        refused 3 $bundle
        run custody accept offer.json --bundle $bundle --key "$KEYS/tanaka.key" --out new.json
        refused 3 $bundle
        run countersign $bundle --key "$KEYS/sato.key" --fingerprint SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
        refused 3 $bundle
    done
    for bundle in empty garbage; do
        run custody intake $bundle --ledger l.db --key "$KEYS/sato.key" --location x
        refused 3 --item
        run countersign $bundle --key "$KEYS/sato.key" --fingerprint SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
        refused 3 $bundle
        run custody accept offer.json --bundle $bundle --key "$KEYS/tanaka.key" --out new.json
        refused 3 "$bundle: is not a bundle"
        [ ! -e new.json ]
        custody decline offer.json --bundle $bundle --reason "no bundle" --key "$KEYS/tanaka.key" --out $bundle.json
        [ -e $bundle.json ]
    done
    [ "$(entries l.db)" = 4 ]
}

@test "custody: offers and receipts that are none" {
    for file in none.json folder empty garbage receipt.json; do
        run custody accept $file --bundle bundle.tar --key "$KEYS/tanaka.key" --out new.json
        refused 3 $file
        run custody decline $file --reason x --key "$KEYS/tanaka.key" --out new.json
        refused 3 $file
    done
    for file in none.json folder empty garbage offer.json; do
        run custody record $file --ledger l.db --key "$KEYS/sato.key"
        refused 3 $file
    done
    [ ! -e new.json ]
    [ "$(entries l.db)" = 4 ]
}

@test "custody: lists of signers and checkpoints that are none" {
    for file in none folder garbage; do
        run custody accept offer.json --bundle bundle.tar --key "$KEYS/tanaka.key" --signers $file --out new.json
        refused 3 $file
    done
    for file in none folder empty garbage; do
        run custody audit --ledger l.db --checkpoint $file
        refused 3 $file
    done
    run custody audit --ledger l.db --checkpoint garbage
    refused 3 "garbage: is not the text of a checkpoint"
    [ ! -e new.json ]
}

@test "custody: an item that is not there" {
    for command in show log; do
        run custody $command NOTHING --ledger l.db
        refused 3 NOTHING
    done
    run custody offer NOTHING --to "$KEYS/tanaka.key.pub" --purpose x --ledger l.db --key "$KEYS/sato.key" --out new.json
    refused 3 NOTHING
    run custody show a/b --ledger l.db
    [ "$status" = 2 ]
}

@test "custody: an output that exists is never overwritten" {
    echo mine >taken
    run custody offer "$ITEM" --to "$KEYS/tanaka.key.pub" --purpose "malware analysis" --ledger l.db --key "$KEYS/sato.key" --out taken
    refused 3 taken
    run custody accept offer.json --bundle bundle.tar --key "$KEYS/tanaka.key" --out taken
    refused 3 taken
    run custody decline offer.json --reason x --key "$KEYS/tanaka.key" --ledger l.db --out taken
    refused 3 taken
    run custody checkpoint --ledger l.db --key "$KEYS/sato.key" --out taken
    [ "$status" = 3 ]
    run custody init taken --organisation X --key "$KEYS/sato.key"
    refused 3 taken
    [ "$(cat taken)" = mine ]
    [ "$(entries l.db)" = 4 ]
}

@test "custody: an output in a folder that is not there records nothing" {
    run custody accept offer.json --bundle bundle.tar --key "$KEYS/tanaka.key" --ledger l.db --out none/r.json
    refused 3 none
    run custody init none/l.db --organisation X --key "$KEYS/sato.key"
    refused 3 none
    [ "$(entries l.db)" = 4 ]
}

@test "custody: without a ledger, with HOZEN_LEDGER, with options that are missing, twice or unknown" {
    run custody show
    [ "$status" = 2 ]
    HOZEN_LEDGER=l.db custody show
    for words in "show --ledger l.db --ledger l.db" "show --ledger l.db --nonsense" "log --ledger" "audit x --ledger l.db" \
        "offer --ledger l.db" "accept offer.json" "record" "init" "person" "person add" "nonsense"; do
        # shellcheck disable=SC2086
        run custody $words
        [ "$status" = 2 ] || { echo "$words: $status"; false; }
    done
    run custody intake bundle.tar --ledger l.db --key "$KEYS/sato.key"
    [ "$status" = 2 ]
    run custody offer "$ITEM" --to "$KEYS/tanaka.key.pub" --purpose x --ledger l.db --key "$KEYS/sato.key" --out n --expires tomorrow
    [ "$status" = 2 ]
}

@test "custody: hozen-verify that is not there is said, and nothing is recorded" {
    mkdir bin && cp "$HOZEN_BIN/hozen-custody" bin/
    run bin/hozen-custody custody intake bundle.tar --ledger l.db --key "$KEYS/sato.key" --location x
    refused 3 hozen-verify
    printf '#!/bin/sh\necho verified\n' >bin/hozen-verify && chmod +x bin/hozen-verify
    run bin/hozen-custody custody intake bundle.tar --ledger l.db --key "$KEYS/sato.key" --location x
    refused 3 "no answer"
    [ "$(entries l.db)" = 4 ]
}

@test "custody: a result that cannot be printed is an error" {
    run bash -c '"$HOZEN_BIN/hozen-custody" custody show --ledger l.db >/dev/full'
    [ "$status" = 3 ]
    run bash -c '"$HOZEN_BIN/hozen-custody" custody audit --ledger l.db --json >/dev/full'
    [ "$status" = 3 ]
}

@test "custody: a list of signers that cannot be used is told once, in the user's language" {
    for file in garbage folder none; do
        run custody intake bundle.tar --ledger l.db --key "$KEYS/sato.key" --location x --signers $file
        refused 3 $file
        [[ $output != *hozen-verify* ]]
    done
    LANG=ja_JP.UTF-8 run custody intake bundle.tar --ledger l.db --key "$KEYS/sato.key" --location x --signers garbage
    refused 3 "メールアドレス"
}

@test "countersign: what is no bundle at all could not be decided" {
    for file in empty garbage offer.json; do
        run countersign $file --key "$KEYS/sato.key" --fingerprint SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
        refused 3 "$file: it could not be checked"
    done
    run countersign none --key "$KEYS/sato.key" --fingerprint SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
    refused 3 "hozen-custody: cannot open none"
}

nameless() {
    run "$@"
    refused 2 "takes the name of a file; standard output is not supported" || { echo "of: $*"; return 1; }
}
@test "custody: - for a file that is written is no name" {
    before=$(entries l.db)
    on=(--ledger l.db --key "$KEYS/sato.key")
    nameless custody offer "$ITEM" --to "$KEYS/tanaka.key.pub" --purpose x --out - "${on[@]}"
    nameless custody accept offer.json --bundle bundle.tar --key "$KEYS/tanaka.key" --out -
    nameless custody decline offer.json --reason x --key "$KEYS/tanaka.key" --out -
    nameless custody checkpoint --out - "${on[@]}"
    nameless custody prove --out - --ledger l.db
    nameless custody note "$ITEM" --text x --out - "${on[@]}"
    nameless custody witness offer.json --cosign - "${on[@]}"
    nameless custody intake --item X --file garbage --kind archive --location x --listing - "${on[@]}"
    nameless custody init - --organisation O --key "$KEYS/sato.key"
    nameless key_new --for custody --name "Abe Jun <abe@csirt.example>" --out -
    nameless "$HOZEN_BIN/hozen-custody" report "$ITEM" --out - --ledger l.db
    nameless "$HOZEN_BIN/hozen-custody" archive export-index - "${on[@]}"
    nameless "$HOZEN_BIN/hozen-custody" timestamp bundle.tar --query -
    [ -z "$(find . -name '-*')" ]
    [ "$(entries l.db)" = "$before" ]
}
