#!/usr/bin/env bats
# Time that somebody else's clock proves: tokens over signatures and checkpoints.

load 50-verify.bash
load 48-time.bash

setup_file() {
    export A=$BATS_FILE_TMPDIR/authority OLD=$BATS_FILE_TMPDIR/old
    make_authority "$A"
    make_authority "$OLD" "2025-01-01" "2025-12-31"
}

setup() { cd "$BATS_TEST_TMPDIR"; }
teardown() { stop_serving; }

# sample FINISHED [OPTIONS [CODE]]: bundle.tar that says it was finished then, the signature inside it as sig, a list of signers whose
# line has these options besides.
sample() {
    make_bundle bundle.tar "b.started = b.acquisition['finished'] = '$1'; ${3:-}"
    tar -xOf bundle.tar --wildcards '*/signatures/*' >sig
    BESIDE=bundle.tar.$(tar -tf bundle.tar | sed -n 's|.*/signatures/||p')
    grep -m1 '^sato' "$SIGNERS" | sed "s/ namespaces=/ ${2:-}namespaces=/" >signers
}

# detail SUFFIX: what is said of the token $BESIDE and this suffix
detail() { jq -r --arg file "$BESIDE$1" '.timestamps[] | select(.file == $file).detail' <<<"$output"; }
# stamps FIELD...: these fields of each time stamp in what `run verify --json` has just said
stamps() { jq -r ".timestamps[] | [$(printf '.%s,' "$@" | sed 's/,$//')] | map(. // \"-\") | join(\" \")" <<<"$output"; }

@test "verify: a key that has expired since stays good with a time stamp" {
    sample 2025-06-01T00:00:00.000000000Z 'valid-before=\"20250630Z\",'
    run verify --json --signers signers bundle.tar
    answers 1 failed intact invalid
    [ "$(codes findings)" = signer-outside-validity ]
    [ "$(jq -c .timestamps <<<"$output")" = '[]' ]
    stamp "$OLD" sig "$BESIDE.tsr" 2025-06-02
    # the same by stock tools, at the token's time
    openssl ts -verify -data sig -in "$BESIDE.tsr" -CAfile "$OLD/root.pem" -attime "$(date -u -d 2025-06-02 +%s)"
    run verify --json --signers signers --timestamp-roots "$OLD/root.pem" bundle.tar
    answers 0 verified intact trusted
    [ "$(codes notices)" = "" ]
    [ "$(stamps status file covers)" = "proven $BESIDE.tsr signatures/${BESIDE#bundle.tar.}" ]
    [ "$(jq -r '.timestamps[0].time[0:19]' <<<"$output")" = 2025-06-02T00:00:00 ]
    [ "$(jq -r '.timestamps[0].authority' <<<"$output")" = "CN=Example Time,O=Example" ]
    run verify --signers signers --timestamp-roots "$OLD/root.pem" bundle.tar
    [[ $output == *"time stamp:    2025-06-02T00:00:00.000000000Z (proven)"* ]]
    # nobody's word counts without being trusted
    run verify --json --signers signers bundle.tar
    answers 1 failed intact invalid
    [ "$(stamps status)" = unproven ]
    run verify --json --signers signers --timestamp-roots "$A/root.pem" bundle.tar
    answers 1 failed intact invalid
    [ "$(codes notices)" = timestamp-unproven ]
}

@test "verify: a signature made after the key ran out is not saved by a time stamp" {
    sample 2025-06-01T00:00:00.000000000Z 'valid-before=\"20250630Z\",'
    stamp "$OLD" sig "$BESIDE.tsr" 2025-07-02
    run verify --json --signers signers --timestamp-roots "$OLD/root.pem" bundle.tar
    answers 1 failed intact invalid
    [ "$(codes findings)" = signer-outside-validity ]
    [ "$(stamps status)" = proven ]
    # the earliest of several counts
    stamp "$OLD" sig "$BESIDE.2.tsr" 2025-06-29
    run verify --json --signers signers --timestamp-roots "$OLD/root.pem" bundle.tar
    answers 0 verified intact trusted
    [ "$(stamps status | uniq -c | tr -s ' ')" = " 2 proven" ]
}

@test "verify: a revoked key stays revoked, whatever the time" {
    sample 2025-06-01T00:00:00.000000000Z
    stamp "$OLD" sig "$BESIDE.tsr" 2025-06-02
    cut -d' ' -f3- signers >revoked
    run verify --json --signers signers --revoked revoked --timestamp-roots "$OLD/root.pem" bundle.tar
    answers 1 failed intact invalid
    [ "$(codes findings)" = signer-revoked ]
}

@test "verify: a token of an authority that had expired proves nothing" {
    sample 2025-06-01T00:00:00.000000000Z
    stamp "$OLD" sig "$BESIDE.tsr"
    run verify --json --signers signers --timestamp-roots "$OLD/root.pem" bundle.tar
    answers 0 verified intact trusted
    [ "$(codes notices)" = "time-unproven timestamp-invalid" ] || [ "$(codes notices)" = "timestamp-invalid time-unproven" ]
    [[ $(jq -r '.timestamps[0].detail' <<<"$output") == *"was not valid at the time"* ]]
}

@test "verify: clocks ten years ahead and behind are each told, and nothing is told of a good one" {
    sample 2036-06-01T00:00:00.000000000Z
    stamp "$A" sig "$BESIDE.tsr"
    run verify --json --signers signers --timestamp-roots "$A/root.pem" bundle.tar
    answers 0 verified intact trusted
    [ "$(codes notices)" = clock-ahead ]
    rm bundle.tar*
    # behind: what the bundle holds is younger than it says it is
    echo anything >anything
    stamp "$A" anything before.tsr
    sample 2016-06-01T00:00:00.000000000Z "" "b.acquisition['not_before'] = ['timestamp:$(base64 -w0 before.tsr)']"
    run verify --json --signers signers --timestamp-roots "$A/root.pem" bundle.tar
    answers 0 verified intact trusted
    [ "$(codes notices)" = "clock-behind time-unproven" ] || [ "$(codes notices)" = "time-unproven clock-behind" ]
    [ "$(stamps status file covers)" = "proven meta/acquisition.json -" ]
    # a good one: made between the two
    rm -f bundle.tar*
    sample "$(date -u +%FT%T.000000000Z)" "" "b.acquisition['not_before'] = ['timestamp:$(base64 -w0 before.tsr)']"
    stamp "$A" sig "$BESIDE.tsr"
    run verify --json --signers signers --timestamp-roots "$A/root.pem" bundle.tar
    answers 0 verified intact trusted
    [ "$(codes notices)" = "" ]
    run verify --signers signers --timestamp-roots "$A/root.pem" bundle.tar
    [[ $output == *"not before:"*"(proven)"*"time stamp:"*"(proven)"* ]]
}

@test "verify: tokens over other bytes, damaged, refused, oversized, nonsense: each named, none counts" {
    sample 2025-06-01T00:00:00.000000000Z
    echo other >other
    stamp "$OLD" other "$BESIDE.tsr" 2025-06-02
    stamp "$OLD" sig good 2025-06-02
    python3 - "$BESIDE" <<'PY2'
import sys
good = open("good", "rb").read()
open(sys.argv[1] + ".2.tsr", "wb").write(good[:-10] + bytes([good[-10] ^ 1]) + good[-9:])    # in the signature
open(sys.argv[1] + ".3.tsr", "wb").write(good[:-1])
open(sys.argv[1] + ".4.tsr", "wb").write(good + b"\0")
open(sys.argv[1] + ".5.tsr", "wb").write(b"\x30\x05\x30\x03\x02\x01\x02")                        # refused
open(sys.argv[1] + ".6.tsr", "wb").write(b"\x30\x80" * 30000)
open(sys.argv[1] + ".7.tsr", "wb").write(bytes(70000))
open(sys.argv[1] + ".8.tsr", "wb").write(b"")
PY2
    run verify --json --signers signers --timestamp-roots "$OLD/root.pem" bundle.tar
    answers 0 verified intact trusted
    [ "$(stamps status | sort | uniq -c | tr -s ' ')" = " 8 invalid" ]
    [ "$(jq '[.notices[] | select(.code == "timestamp-invalid")] | length' <<<"$output")" = 8 ]
    [[ $(detail .tsr) == *"other bytes"* ]]
    [[ $(detail .2.tsr) == *"signature does not hold"* ]]
    [[ $(detail .5.tsr) == *refused* ]]
    # names that are not those of tokens are left alone
    rm bundle.tar.*.tsr
    cp good "$BESIDE.1.tsr"
    cp good "$BESIDE.17.tsr"
    cp good "bundle.tar.tsr"
    cp good "$BESIDE.tsr.old"
    run verify --json --signers signers --timestamp-roots "$OLD/root.pem" bundle.tar
    [ "$(stamps status)" = "" ]
    # named by hand, also for a bundle in a pipe
    run bash -c '"$HOZEN_BIN/hozen-verify" verify --json --signers signers --timestamp-roots "$OLD/root.pem" --timestamp good - <bundle.tar'
    [ "$(stamps status file)" = "proven good" ]
}

@test "verify: what a bundle holds from before it was made is read strictly, by the oracle too" {
    bounds() { # EXPECTED PYTHON-LIST
        sample 2025-06-01T00:00:00.000000000Z "" "b.acquisition['not_before'] = $2"
        run verify --json --signers signers bundle.tar
        [ "$(codes findings)" = "$1" ] || { echo "$2: $output"; return 1; }
        run "$ORACLE/verify.py" --signers signers bundle.tar
        if [ -z "$1" ]; then [ "$status" = 0 ]; else [[ $output == *"$1"* ]]; fi || { echo "oracle: $2: $output"; return 1; }
    }
    bounds "" "['beacon 1', 'timestampx', 'timestamp']"
    bounds "" "['checkpoint:' + __import__('base64').b64encode(b'hozen-ledger/' + b'a' * 64 + b'\n7\n' + b'A' * 43 + b'=\n').decode()]"
    run verify --json bundle.tar
    [ "$(jq -c '.not_before' <<<"$output")" = "[{\"ledger\":\"$(printf 'a%.0s' {1..64})\",\"root\":\"$(printf 'A%.0s' {1..43})=\",\"size\":\"7\"}]" ]
    run verify bundle.tar
    [[ $output == *"not before:"*"had 7 entries"* ]]
    bounds manifest-malformed "['timestamp:']"
    bounds manifest-malformed "['timestamp:AA=']"
    bounds manifest-malformed "['checkpoint:AB==']"
    bounds manifest-malformed "['timestamp:' + 'AAAA' * 21846]"
    bounds manifest-malformed "['a'] * 17"
    bounds "" "['timestamp:MAA='] * 16"
}

@test "verify: the certificates of authorities are told when they cannot be read" {
    sample 2025-06-01T00:00:00.000000000Z
    run verify --timestamp-roots nowhere.pem bundle.tar
    refused 3 nowhere.pem
    echo nothing >none.pem
    run verify --timestamp-roots none.pem bundle.tar
    refused 3 "no certificate in PEM form"
    run verify --timestamp nowhere.tsr bundle.tar
    refused 3 nowhere.tsr
}
