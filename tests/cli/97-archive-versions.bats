#!/usr/bin/env bats
# The archive in an object store: whoever may write there, and no more, puts other versions and deletion markers over
# what is recorded. That costs nothing, and is told.

bats_require_minimum_version 1.5.0
load 88-store.bash

teardown() { chattr -R -i "$BATS_TEST_TMPDIR" 2>/dev/null || true; }
authority() { bash -c '. "$HOZEN_SOURCE/tests/cli/48-time.bash"; "$@"' - "$@"; }
sealed_until() { put --retain-until $UNTIL --confirm $UNTIL "$@" >/dev/null; }
# renewed [LEDGER]
renewed() {
    rm -f question reply
    archive renew --query question --roots authority/root.pem --ledger "${1:-l.db}" --key "$KEYS/sato.key" >/dev/null
    authority answer authority question reply
    archive renew --query question --response reply --roots authority/root.pem --ledger "${1:-l.db}" --key "$KEYS/sato.key" >/dev/null
}
recorded() { custody log --ledger "${1:-l.db}" --json | jq -rs "map(select(.statement.type == \"renewal\"))[-1].statement.body.records[0].${2:-sha256}"; }
# proven COUNT: what is taken out is the record that the ledger names, with so many time stamps.
proven() {
    rm -rf out
    mkdir out
    sato get "$ITEM" --to out --json | jq -e 'has("partial") | not' >/dev/null
    [ "$(sha256sum <out/bundle.tar.er | cut -d' ' -f1)" = "$(recorded)" ]
    run "$HOZEN_BIN/hozen-verify" verify --json --timestamp-roots authority/root.pem out/bundle.tar
    [ "$(jq -r '.evidence_record | .status + " " + (.stamps | length | tostring)' <<<"$output")" = "proven $1" ]
}
# found OVER: what check says of the copy.
found() {
    sato check --all --json >check.json || [ $? = 1 ]
    "$HOZEN_SOURCE/tests/oracle/shapes.py" --file archive-check check.json
    [ "$(jq -r '.checked | map(.result + ":" + (.repair // "-") + ":" + (.over // "-") + (.beside // "" | tostring)) | join(" ")' check.json)" = "$1" ] ||
        { cat check.json; false; }
}

@test "archive versions: an evidence record with others over it, or a marker, is read, told, and gone on with" {
    authority make_authority authority
    sealed_until
    renewed
    object=evidence/test-$BATS_TEST_NUMBER/$ITEM.archive-1/bundle.tar.er
    v=$(recorded l.db version)
    [ "$(send GET "$object?versionId=$v" | sha256sum | cut -d' ' -f1)" = "$(recorded)" ]
    found "same:-:-"
    [ "$(answer DELETE "$object")" = 204 ]
    [ "$(answer GET "$object")" = 404 ]
    found "same:-:record"
    run -1 sato check --all
    [[ $(tr -s " \n" " " <<<"$output") == *"deletion marker lies over its evidence record"* ]]
    proven 1
    # many others over it: more than the store lists at once
    for _ in $(seq 45); do [ "$(answer PUT "$object" --data-binary rubbish)" = 200 ]; done
    found "same:-:record"
    proven 1
    mkdir disk
    sato put "$ITEM" --bundle bundle.tar --to disk --parity none --copy disk >/dev/null
    renewed
    found "same:-:- same:-:-"
    proven 2
    # what is lost on the disk comes from under what lies over it in the store
    [ "$(answer PUT "$object" --data-binary rubbish)" = 200 ]
    chattr -R -i disk 2>/dev/null || true
    rm -f "disk/$ITEM.disk/bundle.tar.er"
    found 'same:-:record same:copy:-[{"file":"bundle.tar.er","result":"missing"}]'
    sato repair "$ITEM" --copy disk >/dev/null
    [ "$(sha256sum <"disk/$ITEM.disk/bundle.tar.er" | cut -d' ' -f1)" = "$(recorded)" ]
    # of a renewal of the time before the version was recorded the digest tells which one it is
    "$HOZEN_SOURCE/tests/tools/without_version.py" l.db
    [ "$(recorded l.db version)" = null ]
    found "same:-:record same:-:-"
    proven 2
    chattr -R -i disk 2>/dev/null || true
    rm -f "disk/$ITEM.disk/bundle.tar.er"
    renewed
    proven 3
}

@test "archive versions: two ledgers with one item at one target keep a record each" {
    authority make_authority authority
    sealed_until
    custody init two.db --organisation "Lab Example" --key "$KEYS/sato.key" >/dev/null
    custody intake bundle.tar --ledger two.db --key "$KEYS/sato.key" --location elsewhere >/dev/null
    archive put "$ITEM" --bundle bundle.tar --to "$TARGET" --retain-until $UNTIL --confirm $UNTIL --ledger two.db --key "$KEYS/sato.key" >/dev/null
    for ledger in l.db two.db l.db two.db; do renewed $ledger; done
    [ "$(recorded)" != "$(recorded two.db)" ]
    proven 2
    found "same:-:record"
    run -0 --separate-stderr archive check --all --ledger two.db --key "$KEYS/sato.key" --json
    jq -e '.checked | map(.result) == ["same"] and all(has("over") | not)' <<<"$output"
}

@test "archive versions: a mark that is deleted, or has another one over it, hides no copy" {
    sealed_until
    mark=evidence/test-$BATS_TEST_NUMBER/hozen-archive.json
    volume() { custody log --ledger "${1:-l.db}" --json | jq -r 'select(.statement.type == "copy").statement.body.sealed.volume | values' | sort -u; }
    first=$(volume)
    number=1
    for way in marker rubbish another; do
        case $way in
        marker) [ "$(answer DELETE "$mark")" = 204 ] ;;
        rubbish) [ "$(answer PUT "$mark" --data-binary rubbish)" = 200 ] ;;
        another) [ "$(answer PUT "$mark" --data-binary '{"schema":"hozen-archive/1","volume":"0123456789abcdef0123456789abcdef"}
')" = 200 ] ;;
        esac
        run -0 --separate-stderr archive status --ledger l.db --json
        jq -e --argjson n $number '(.copies | map(.found)) == [range($n) | "there"] and .unknown == []' <<<"$output"
        sato check --all >/dev/null
        rm -rf out
        mkdir out
        sato get "$ITEM" --to out >/dev/null
        run put --new-medium --legal-hold
        refused 3 "leave --new-medium out"
        sealed_until
        number=$((number + 1))
        [ "$(volume)" = "$first" ]
    done
    # the version that is kept is the one that counts
    kept=0
    for v in $(send GET "evidence?prefix=test-$BATS_TEST_NUMBER&versions=" | tr -d '\n' | grep -o 'hozen-archive.json</Key><VersionId>[^<]*' | sed 's/.*>//'); do
        send GET "$mark?versionId=$v" | grep -q "$first" || continue
        [ "$(answer DELETE "$mark?versionId=$v")" = 403 ]
        kept=1
    done
    [ $kept = 1 ]
    # whose ledger has nothing there goes on with the newest that is a mark
    [ "$(answer DELETE "$mark")" = 204 ]
    custody init two.db --organisation "Lab Example" --key "$KEYS/sato.key" >/dev/null
    custody intake bundle.tar --ledger two.db --key "$KEYS/sato.key" --location elsewhere >/dev/null
    archive put "$ITEM" --copy theirs --bundle bundle.tar --to "$TARGET" --legal-hold --ledger two.db --key "$KEYS/sato.key" >/dev/null
    [ "$(volume two.db)" = 0123456789abcdef0123456789abcdef ]
    consistent l.db
}

@test "archive versions: no copy of the ledger is said not to be in it because the medium at its path is another one" {
    mkdir disk
    sato put "$ITEM" --bundle bundle.tar --to disk --parity none >/dev/null
    rm -f disk/hozen-archive.json
    sato put "$ITEM" --bundle bundle.tar --to disk --parity none --new-medium >/dev/null
    mkdir disk/theirs
    run archive status --ledger l.db --json
    chattr -R -i disk 2>/dev/null || true
    [ "$(tail -1 <<<"$output" | jq -c .unknown)" = '["theirs"]' ]
}

@test "archive versions: a few bytes are sent at once, also where the store does not say that they may come" {
    # one that waits does so for a second, each time; one that does not is seldom kept so long by a busy machine
    for _ in {1..10}; do
        before_it mute retention
        sealed_until
        CHANGED=(A=1)
        exec {said}<&"${LIAR[0]}" # once it has ended the shell closes its own, and forgets their numbers
        eval "exec ${LIAR[1]}>&-"
        read -r waited <&"$said"
        exec {said}<&-
        wait "${LIAR_PID:-}" || true
        [ "$waited" -ge 900 ] || break
    done
    [ "$waited" -lt 900 ] || { echo "no body came before $waited ms"; false; }
    consistent l.db
}
