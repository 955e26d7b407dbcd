#!/usr/bin/env bats
# The archive in an object store with Object Lock: a real one on the loopback, and one before it that loses things.

bats_require_minimum_version 1.5.0
load 88-store.bash

@test "archive store: put, status, check, get; what the store shall refuse it refuses" {
    run put
    refused 2 "--retain-until or --legal-hold"
    run put --retain-until $UNTIL --confirm 2037-11-21T00:00:00Z
    refused 2 "--confirm is not"
    run put --retain-until 2020-01-01T00:00:00Z --confirm 2020-01-01T00:00:00Z
    refused 2 "in the past"
    run sato put "$ITEM" --bundle bundle.tar --to . --legal-hold
    refused 2 "for object stores"
    put --retain-until $UNTIL --confirm $UNTIL --json >answer.json
    "$HOZEN_SOURCE/tests/oracle/shapes.py" --file custody-result answer.json
    put --legal-hold --parity none >/dev/null
    custody log --ledger l.db --json | jq -c 'select(.statement.type == "copy").statement.body.sealed' >sealed
    jq -s -e '.[0].read_back == "store" and .[0].retain_until == "2036-11-21T00:00:00+00:00" and (.[0] | has("legal_hold") | not) and
        .[1].legal_hold == "yes" and (.[1] | has("retain_until") | not) and all(.version != "")' sealed
    v=$(jq -rs '.[0].version' sealed)
    object=evidence/test-$BATS_TEST_NUMBER/$ITEM.archive-1/bundle.tar
    [ "$(answer DELETE "$object?versionId=$v")" = 403 ]
    [ "$(answer DELETE "$object?versionId=$v" -H 'x-amz-bypass-governance-retention: true')" = 403 ]
    short='<Retention><Mode>COMPLIANCE</Mode><RetainUntilDate>2030-01-01T00:00:00Z</RetainUntilDate></Retention>'
    [ "$(answer PUT "$object?retention=&versionId=$v" --data-binary "$short")" = 403 ]
    [ "$(answer DELETE "evidence/test-$BATS_TEST_NUMBER/$ITEM.archive-2/bundle.tar?versionId=$(jq -rs '.[1].version' sealed)")" = 403 ]
    # what it lets happen, a marker and another version before the one that counts, changes nothing
    [ "$(answer DELETE "$object")" = 204 ]
    [ "$(answer PUT "$object" --data-binary rubbish)" = 200 ]
    archive status --ledger l.db --json >status.json
    "$HOZEN_SOURCE/tests/oracle/shapes.py" --file archive-status status.json
    jq -e '(.copies | map(.found) == ["there", "there"]) and (.copies | all(.sealed)) and .unknown == [] and .unfinished == []' status.json
    sato check --all --json >check.json
    jq -e '.checked | map(.result) == ["same", "same"]' check.json
    mkdir out
    sato get "$ITEM" --to out >/dev/null
    cmp bundle.tar out/bundle.tar
    [ "$(find "$BATS_TEST_TMPDIR" -name '*.partial' | wc -l)" = 0 ]
    consistent l.db
}

@test "archive store: a copy in a store mends one on a disk" {
    put --legal-hold --parity none >/dev/null
    mkdir disk
    sato put "$ITEM" --bundle bundle.tar --to disk --parity none >/dev/null
    chattr -R -i disk 2>/dev/null || true
    chmod -R u+w disk
    truncate -s 5000 "disk/$ITEM.archive-2/bundle.tar"
    run -1 sato check --all --json
    [ "$(jq -r '.checked | map(.result + ":" + (.repair // "-")) | join(" ")' <<<"$output")" = "same:- altered:copy" ]
    sato repair "$ITEM" >/dev/null
    cmp bundle.tar "disk/$ITEM.archive-2/bundle.tar"
    [ "$(custody log --ledger l.db --json | tail -1 | jq -c .statement.body.repaired)" = '{"by":"copy","from":"archive-1"}' ]
    run -3 sato repair "$ITEM" --copy archive-1
    [[ $output == *"is not mended: put another one"* ]]
    chattr -R -i disk 2>/dev/null || true
    consistent l.db
}

@test "archive store: one that says yes and keeps nothing is caught" {
    put --legal-hold --parity none >/dev/null # the mark is there
    cp l.db before.db
    for lost in /bundle.tar /custody/ VERIFY.en.txt hozen-archive.json legal-hold; do
        before_it lose "$lost"
        [ $lost != hozen-archive.json ] || TARGET=$TARGET-new
        run put --legal-hold --copy "x"
        [ "$status" != 0 ] || { echo "lost $lost: $output"; return 1; }
        nobody_before_it
        [ "$(entries l.db)" = "$(entries before.db)" ]
    done
    # one that gives something else back than it was given, whichever object it is
    for changed in bundle.tar VERIFY.en.txt custody/entries.jsonl; do
        before_it alter "/$changed?versionId="
        run put --legal-hold --copy "y"
        nobody_before_it
        [ "$status" = 1 ]
        [[ $output == *"$changed: what was read back is not what was written"* ]]
        [ "$(entries l.db)" = "$(entries before.db)" ]
    done
    consistent l.db
}

@test "archive store: a server that is gone, wrong credentials, a clock that is wrong: said; then it goes on" {
    "$TOOLS/object_store.sh" pause "$STORE"
    run put --legal-hold
    [ "$status" = 3 ]
    [[ $output == *"s3://evidence"*onnect* ]]
    nothing_recorded
    within "$TOOLS/object_store.sh" go-on "$STORE" 3>&-
    CHANGED=(AWS_SECRET_ACCESS_KEY=wrong/secret)
    run put --legal-hold
    [ "$status" = 3 ]
    [[ $output == *"status 403"* ]]
    [[ $output != *wrong/secret* ]]
    CHANGED=(A=1)
    run within env ASAN_OPTIONS="${ASAN_OPTIONS:-}:verify_asan_link_order=0" faketime -f +2h env A=1 bash -c '. "$1/env"; shift; exec "$@"' - "$STORE" "$HOZEN_BIN/hozen-custody" archive put "$ITEM" \
        --bundle bundle.tar --to "$TARGET" --legal-hold --ledger l.db --key "$KEYS/sato.key"
    [ "$status" = 3 ]
    [[ $output == *"status 403"* ]]
    nothing_recorded
    put --legal-hold >/dev/null
    "$TOOLS/object_store.sh" pause "$STORE"
    run -3 --separate-stderr archive status --ledger l.db --json
    [ "$(jq -r '.copies[0].found' <<<"$output")" = unreachable ]
    before=$(entries l.db)
    run -3 --separate-stderr sato check --all --json
    [ "$(jq -r '.checked[0].result' <<<"$output")" = unreachable ]
    [ "$(entries l.db)" = "$before" ]
    within "$TOOLS/object_store.sh" go-on "$STORE" 3>&-
    consistent l.db
}

@test "archive store: what lies beside, the mark, keys of others, and the folder on this machine" {
    countersign bundle.tar --key "$KEYS/sato.key" >/dev/null \
        --fingerprint "$("$HOZEN_BIN/hozen-verify" verify --json bundle.tar | jq -r '.signers[0].key')"
    signature=$(ls bundle.tar.*.sshsig)
    base=evidence/test-$BATS_TEST_NUMBER
    run put --legal-hold --parity 10%
    refused 2 "no use in an object store"
    # somebody made the folder first, or a link to another one: it is not used, and nothing in it is touched
    stage=$TMPDIR/hozen-$ITEM.archive-1.partial
    mkdir -m 777 "$stage"
    echo theirs >"$stage/kept"
    run put --legal-hold
    refused 3 "$stage is not this user's alone"
    [ "$(cat "$stage/kept")" = theirs ]
    mv "$stage" "$TMPDIR/elsewhere"
    chmod 700 "$TMPDIR/elsewhere"
    ln -s elsewhere "$stage"
    run put --legal-hold
    [ "$status" = 3 ]
    [ "$(cat "$TMPDIR/elsewhere/kept")" = theirs ]
    rm "$stage"
    mkdir -m 700 "$stage" # one of our own that was left behind is gone on with
    put --legal-hold >/dev/null
    [ ! -e "$stage" ]
    nothing=$(custody log --ledger l.db --json | jq -c 'select(.statement.type == "copy").statement.body.sealed')
    jq -e --arg s "$signature" --arg d "$(sha256sum <"$signature" | cut -d' ' -f1)" '.beside == [{file: $s, sha256: $d, version: .beside[0].version}] and
        (.beside[0].version | length > 0) and (has("parity") | not)' <<<"$nothing"
    # the mark is kept like the copy
    send GET "$base/hozen-archive.json?legal-hold=" | grep -q '<Status>ON</Status>'
    # what others put before or beside it changes nothing
    object=$base/$ITEM.archive-1/$signature
    [ "$(answer DELETE "$object")" = 204 ]
    [ "$(answer PUT "$object" --data-binary rubbish)" = 200 ]
    [ "$(answer PUT "$base/%E8%A8%BC%E6%8B%A0/x" --data-binary theirs)" = 200 ]
    run -0 --separate-stderr archive status --ledger l.db --json
    jq -e '(.copies | map(.found) == ["there"]) and .unknown == ["証拠"]' <<<"$output"
    sato check --all --json >check.json
    jq -e '.checked | map(.result) == ["same"] and all(has("beside") | not)' check.json
    mkdir out
    sato get "$ITEM" --to out >/dev/null
    cmp "$signature" "out/$signature"
    consistent l.db
}

@test "archive store: put that is killed, or whose server is, goes on where it was; little memory is needed" {
    head -c 70000000 /dev/urandom >large
    custody intake --kind image --file large --item DISK --location safe --ledger l.db --key "$KEYS/sato.key" >/dev/null
    disk() { sato put DISK --bundle large --to "$TARGET" --legal-hold "$@"; }
    before=$(entries l.db)
    # the server ends in the midst of the second part
    before_it die partNumber=2
    run disk
    [ "$status" = 3 ]
    [[ $output == *"s3://evidence"* ]]
    nobody_before_it
    [ "$(uploads "test-$BATS_TEST_NUMBER")" = 1 ]
    # it goes on with that one, and is killed in the midst of the third
    before_it hold partNumber=3
    disk >/dev/null 2>&1 3>&- &
    read -r held <&"${LIAR[0]}"
    [ "$held" = held ]
    kill -KILL "$(pgrep -P $!)"
    wait $! || true
    nobody_before_it
    [ "$(uploads "test-$BATS_TEST_NUMBER")" = 1 ]
    [ "$(entries l.db)" = "$before" ]
    consistent l.db
    run -0 --separate-stderr archive status --ledger l.db --json
    jq -e '.copies == [] and .unfinished == []' <<<"$output"
    # what is there is not sent again: the store never sees the first two parts
    before_it lose partNumber=1
    limit=64
    [ "$HOZEN_PRESET" = release ] || limit=1024 # a sanitizer needs memory of its own
    EXTRA=("$TOOLS/peak.py" "$limit")
    disk >/dev/null
    nobody_before_it
    [ "$(uploads "test-$BATS_TEST_NUMBER")" = 0 ]
    mkdir out
    sato get DISK --to out >/dev/null
    EXTRA=(A=1)
    cmp large out/large
    sato check --all --json | jq -e '.checked | map(.result) == ["same"]'
    run -0 --separate-stderr archive status --ledger l.db --json
    jq -e '(.copies | map(.found) == ["there"]) and .unknown == [] and .unfinished == []' <<<"$output"
    consistent l.db
}

@test "archive store: an evidence record is a version of its own, kept as the bundle is" {
    authority() { bash -c '. "$HOZEN_SOURCE/tests/cli/48-time.bash"; "$@"' - "$@"; }
    authority make_authority authority
    put --retain-until $UNTIL --confirm $UNTIL >/dev/null
    put --legal-hold >/dev/null
    for round in 1 2; do
        sato renew --query question.$round --roots authority/root.pem >/dev/null
        authority answer authority question.$round reply.$round
        sato renew --query question.$round --response reply.$round --roots authority/root.pem >/dev/null
    done
    send GET "evidence/${TARGET#s3://evidence/}/$ITEM.archive-1/bundle.tar.er?retention=" >kept
    grep -q "<Mode>COMPLIANCE</Mode><RetainUntilDate>2036-11-21" kept
    send GET "evidence/${TARGET#s3://evidence/}/$ITEM.archive-2/bundle.tar.er?legal-hold=" | grep -q "<Status>ON</Status>"
    [ "$(send GET "evidence?prefix=${TARGET##*/}&versions=" | grep -o "<Key>[^<]*archive-1/bundle.tar.er</Key>" | wc -l)" = 2 ]
    # the catalogue says which version it is, and how it is kept
    sato export-index index.jsonl >/dev/null
    sed -n 2p index.jsonl >first
    sed -n 3p index.jsonl >second
    for line in first second; do "$HOZEN_SOURCE/tests/oracle/shapes.py" --file archive-index-line $line; done
    v=$(custody log --ledger l.db --json | jq -rs 'map(select(.statement.type == "copy"))[0].statement.body.sealed.version')
    [ "$(jq -r '.sealed | .version + " " + .retain_until[0:10] + " " + (.legal_hold // "-")' first)" = "$v 2036-11-21 -" ]
    [ "$(jq -r '.sealed | (.retain_until // "-") + " " + .legal_hold' second)" = "- yes" ]
    [ "$(jq -r .record first)" = "$(send GET "evidence/${TARGET#s3://evidence/}/$ITEM.archive-1/bundle.tar.er" | sha256sum | cut -d' ' -f1)" ]
    mkdir out
    sato get "$ITEM" --to out >/dev/null
    run "$HOZEN_BIN/hozen-verify" verify --json --timestamp-roots authority/root.pem out/bundle.tar
    [ "$(jq -r '.evidence_record | .status + " " + (.stamps | length | tostring)' <<<"$output")" = "proven 2" ]
    consistent l.db
}

@test "archive store: an evidence record that the store would not keep is told, by its version, and not recorded" {
    authority() { bash -c '. "$HOZEN_SOURCE/tests/cli/48-time.bash"; "$@"' - "$@"; }
    authority make_authority authority
    put --retain-until $UNTIL --confirm $UNTIL >/dev/null
    before=$(entries l.db)
    ask() {
        rm -f question reply
        sato renew --query question --roots authority/root.pem >/dev/null
        authority answer authority question reply
    }
    for way in lose early; do
        ask
        before_it $way "bundle.tar.er?retention="
        run sato renew --query question --response reply --roots authority/root.pem
        nobody_before_it
        [ "$status" = 3 ] || { echo "$way: $output"; false; }
        v=$(send GET "evidence?prefix=${TARGET##*/}&versions=" | tr -d '\n' | grep -o "<Key>[^<]*bundle.tar.er</Key><VersionId>[^<]*" | head -1 | sed 's/.*>//')
        [[ $output == *"version $v of $ITEM.archive-1/bundle.tar.er was written, is not recorded, and can be deleted"* ]]
        [ "$(entries l.db)" = "$before" ]
    done
    ask
    sato renew --query question --response reply --roots authority/root.pem >/dev/null
    sato check --all >/dev/null
    consistent l.db
}

@test "archive store: where the retention of a copy has ended its new evidence record has none, and that is said" {
    authority() { bash -c '. "$HOZEN_SOURCE/tests/cli/48-time.bash"; "$@"' - "$@"; }
    authority make_authority authority
    for seconds in 5 20 80; do # as many as this machine needs
        soon=$(date -u -d "now + $seconds seconds" +%FT%TZ)
        ! put --retain-until "$soon" --confirm "$soon" >/dev/null 2>&1 || break
    done
    [ "$(sqlite3 l.db "SELECT count(*) FROM copy WHERE role = 'archive'")" = 1 ]
    while [ "$(date -u +%FT%TZ)" \< "$soon" ] || [ "$(date -u +%FT%TZ)" = "$soon" ]; do sleep 0.5; done
    sato renew --query question --roots authority/root.pem >/dev/null
    authority answer authority question reply
    run sato renew --query question --response reply --roots authority/root.pem
    [ "$status" = 0 ]
    [[ $output == *"archive-1: the retention of the copy has ended: the store keeps neither it nor the new evidence record"* ]]
    [ "$(custody log --ledger l.db --json | tail -1 | jq -r .statement.type)" = renewal ]
    [ "$(answer GET "evidence/${TARGET#s3://evidence/}/$ITEM.archive-1/bundle.tar.er?retention=")" = 404 ]
    # a hold that is put on it later is one on the next record, too, without the retention that has ended
    hold='<LegalHold><Status>ON</Status></LegalHold>'
    v=$(custody log --ledger l.db --json | jq -r 'select(.statement.type == "copy").statement.body.sealed.version')
    [ "$(answer PUT "evidence/${TARGET#s3://evidence/}/$ITEM.archive-1/bundle.tar?legal-hold=&versionId=$v" --data-binary "$hold")" = 200 ]
    rm question reply
    sato renew --query question --roots authority/root.pem >/dev/null
    authority answer authority question reply
    run sato renew --query question --response reply --roots authority/root.pem
    [ "$status" = 0 ]
    [[ $output != *"has ended"* ]]
    send GET "evidence/${TARGET#s3://evidence/}/$ITEM.archive-1/bundle.tar.er?legal-hold=" | grep -q "<Status>ON</Status>"
}

@test "archive store: a hold or a retention that is lost, and what is gone beside a copy, are findings" {
    put --legal-hold --parity none >/dev/null
    put --retain-until $UNTIL --confirm $UNTIL >/dev/null
    base=evidence/test-$BATS_TEST_NUMBER/$ITEM.archive-1
    custody log --ledger l.db --json | jq -c 'select(.statement.type == "copy").statement.body' >bodies
    bundle="$base/bundle.tar?versionId=$(jq -rs '.[0].sealed.version' bodies)"
    text="$base/VERIFY.en.txt?versionId=$(jq -rs '.[0].rest[] | select(.file == "VERIFY.en.txt").version' bodies)"
    hold() { [ "$(answer PUT "${1%%\?*}?legal-hold=&${1#*\?}" --data-binary "<LegalHold><Status>$2</Status></LegalHold>")" = 200 ]; }
    found() { jq -r '.checked | sort_by(.copy) | map(.result + ":" + (.seal // "-") + ":" + (.repair // "-")) | join(" ")'; }
    sato check --all --json >check.json
    [ "$(found <check.json)" = "same:-:- same:-:-" ]
    # the hold is lifted by somebody who may
    hold "$bundle" OFF
    run -1 --separate-stderr sato check --all --json
    [ "$(found <<<"$output")" = "same:lost:put same:-:-" ]
    "$HOZEN_SOURCE/tests/oracle/shapes.py" --file archive-check <(echo "$output")
    run -1 --separate-stderr archive status --ledger l.db --json
    jq -e '.copies | map(.sealed) == [false, true]' <<<"$output"
    hold "$bundle" ON
    sato check --all >/dev/null
    archive status --ledger l.db >/dev/null
    # a store that has shortened the retention after all
    before_it early '?retention'
    run -1 --separate-stderr sato check --all --json
    [ "$(found <<<"$output")" = "same:-:- same:lost:put" ]
    run -1 --separate-stderr archive status --ledger l.db --json
    jq -e '.copies | map(.sealed) == [true, false]' <<<"$output"
    nobody_before_it
    # a text that another one was put over is read in its version; one of which that is gone is missing
    [ "$(answer PUT "${text%\?*}" --data-binary rubbish)" = 200 ]
    sato check --all >/dev/null
    hold "$text" OFF
    [ "$(answer DELETE "$text")" = 204 ]
    run -1 --separate-stderr sato check --all --json
    [ "$(found <<<"$output")" = "same:-:put same:-:-" ]
    jq -e '.checked | sort_by(.copy)[0].beside == [{file: "VERIFY.en.txt", result: "missing"}]' <<<"$output"
    consistent l.db
}
