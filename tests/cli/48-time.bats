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
    [ "$(codes notices)" = timestamp-aged ]
    "$ORACLE/shapes.py" --file verify <(echo "$output")
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
    stamp "$OLD" sig "$BESIDE.2.tsr" 2025-07-02
    run verify --json --signers signers --timestamp-roots "$OLD/root.pem" bundle.tar
    answers 1 failed intact invalid
    [ "$(codes findings)" = signer-outside-validity ]
    [ "$(stamps status)" = proven ]
    # the earliest of several counts
    stamp "$OLD" sig "$BESIDE.tsr" 2025-06-29
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

timestamp() { "$HOZEN_BIN/hozen-custody" timestamp "$@"; }

# a checkpoint and its ledger
ledger() {
    mkdir -p keys
    "$HOZEN_BIN/hozen-custody" key new --for custody --name "Sato Hanako <sato@csirt.example>" --out keys/sato </dev/null >/dev/null
    custody init l.db --organisation "CSIRT Example" --key keys/sato.key >/dev/null
    custody checkpoint --ledger l.db --key keys/sato.key --out cp >/dev/null
}
custody() { "$HOZEN_BIN/hozen-custody" custody "$@"; }

@test "timestamp: a checkpoint over HTTP, several times, checked by stock tools" {
    ledger
    serve "$A"
    run timestamp cp --authority "$URL" --roots "$A/root.pem"
    [ "$status" = 0 ]
    [[ $output == *"time stamp:    cp.tsr"*"authority:     CN=Example Time,O=Example"*"proof:         proven"* ]]
    openssl ts -verify -data cp -in cp.tsr -CAfile "$A/root.pem"
    run timestamp cp --authority "$URL" --json
    [ "$status" = 0 ]
    "$ORACLE/shapes.py" --file timestamp <(echo "$output")
    [ "$(jq -c '[.schema, .timestamps[0].covers, .timestamps[0].file, .timestamps[0].status]' <<<"$output")" = '["hozen-timestamp/1","cp","cp.2.tsr","unproven"]' ]
    openssl ts -verify -data cp -in cp.2.tsr -CAfile "$A/root.pem"
    [ ! -e cp.3.tsr ]
    stop_serving
    serve "$A" moved
    timestamp cp --authority "$URL" --roots "$A/root.pem"
    openssl ts -verify -data cp -in cp.3.tsr -CAfile "$A/root.pem"
}

@test "timestamp: without a network, query out and answer in" {
    ledger
    timestamp cp --query q --json >answered
    "$ORACLE/shapes.py" --file timestamp answered
    openssl ts -query -in q -text | grep -q "Certificate required: yes"
    [ "$(stat -c %s q)" = 69 ]
    answer "$A" q r
    run timestamp cp --response r --query q --roots "$A/root.pem" --json
    [ "$status" = 0 ]
    [ "$(jq -r '.timestamps[0].status' <<<"$output")" = proven ]
    cmp r cp.tsr
    # the answer to another query, and a query about something else
    timestamp cp --query q2
    run timestamp cp --response r --query q2
    refused 1 "it answers another query"
    run timestamp cp.*.sshsig --response r
    refused 1 "it is about other bytes"
    run timestamp cp.*.sshsig --response r --query q
    refused 1 "is a query about other bytes"
    run timestamp cp --response r --query r
    refused 3 "is not a query of this program"
    run timestamp cp --query q
    refused 3 "q"
    [ "$(echo *.tsr)" = cp.tsr ]
}

@test "timestamp: what is no good answer is not kept" {
    ledger
    stamp "$A" cp "$A/old.tsr"
    cp "$A/old.tsr" "$A/token"
    for case in "error:3:status 503" "page:3:is not application/timestamp-reply" "garbage:1:not an RFC 3161" "empty:1:not an RFC 3161" \
        "large:3:more than 65536 bytes" "refuses:1:refused" "file:3:Protocol" "circle:3:" "old:1:answers another query" "other:1:about other bytes" "dies:3:"; do
        IFS=: read -r mode code text <<<"$case"
        serve "$A" "$mode"
        run timestamp cp --authority "$URL" --roots "$A/root.pem"
        stop_serving
        [ "$status" = "$code" ] && [[ $output == *"$text"* ]] || { echo "$mode: $status: $output"; return 1; }
        [ "$(echo cp.*.tsr cp.tsr*)" = "cp.*.tsr cp.tsr*" ] || { echo "$mode left something"; return 1; }
    done
    serve "$A"
    run timestamp cp --authority "$URL" --roots "$OLD/root.pem"
    refused 1 "does not lead to one of the certificates given"
    for url in file:///etc/passwd ftp://127.0.0.1/ 127.0.0.1 http:// gopher://127.0.0.1:1/; do
        run timestamp cp --authority "$url"
        refused 2 "begins with http:// or https://"
    done
    run timestamp cp --authority http://127.0.0.1:9/
    refused 3 "127.0.0.1:9"
    [ "$(echo cp.*.tsr cp.tsr*)" = "cp.*.tsr cp.tsr*" ]
}

@test "timestamp: an authority that never answers does not keep us" {
    ledger
    serve "$A" silent
    run timeout 400 "$HOZEN_BIN/hozen-custody" timestamp cp --authority "$URL"
    refused 3 "$URL"
}

@test "timestamp: of a bundle, the signatures beside it, else those inside" {
    sample "$(date -u +%FT%T.000000000Z)"
    serve "$A"
    run timestamp bundle.tar --authority "$URL" --roots "$A/root.pem" --json
    [ "$status" = 0 ]
    [ "$(jq -r '.timestamps[].file' <<<"$output")" = "$BESIDE.tsr" ]
    openssl ts -verify -data sig -in "$BESIDE.tsr" -CAfile "$A/root.pem"
    run verify --json --signers signers --timestamp-roots "$A/root.pem" bundle.tar
    answers 0 verified intact trusted
    [ "$(codes notices)" = "" ]
    cp "$VECTORS"/good/countersigned.tar* .
    run timestamp countersigned.tar --authority "$URL" --json
    [ "$status" = 0 ]
    side=$(echo countersigned.tar.*.sshsig)
    [ "$(jq -r '.timestamps[].covers' <<<"$output")" = "$side" ]
    openssl ts -verify -data "$side" -in "$side.tsr" -CAfile "$A/root.pem"
    run verify --json --timestamp-roots "$A/root.pem" countersigned.tar
    [ "$(stamps status covers)" = "proven $side" ]
    : >empty
    for name in empty "$VECTORS/allowed_signers" "$A/tsa.pem"; do
        run timestamp "$name" --query none
        refused 3 "nothing was stamped"
    done
    printf 'hozen-ledger/x\n' >no
    run timestamp no --query none
    refused 3 "begins as a checkpoint, but is none"
    { head -3 sig; echo x; } >no
    run timestamp no --query none
    refused 3 "begins as a signature, but is none"
}

@test "timestamp: the command line says what is missing" {
    run timestamp cp
    [ "$status" = 2 ]
    run timestamp cp --authority http://x/ --query q
    [ "$status" = 2 ]
    run timestamp cp --authority http://x/ --response r
    [ "$status" = 2 ]
    run timestamp nowhere --query q
    refused 3 nowhere
}

# collected OPTION...: a small bundle of this host, its path in $BUNDLE
collected() {
    echo evidence >evidence
    BUNDLE=$("$HOZEN_BIN/hozen-collect" --case INC-2026-042 --operator "Sato Hanako" --out . --path evidence --json "$@" | jq -r .bundle)
}

@test "collect --not-before: what existed is in the record, and proves that the bundle is younger" {
    ledger
    echo anything >anything
    stamp "$A" anything before.tsr
    collected --not-before before.tsr --not-before cp
    run verify --json --timestamp-roots "$A/root.pem" "$BUNDLE"
    answers 3 undetermined intact untrusted
    [ "$(codes notices)" = "" ]
    [ "$(stamps status file)" = "proven meta/acquisition.json" ]
    [ "$(jq -r '.not_before[0].ledger' <<<"$output")" = "$(sed -n 's|hozen-ledger/||p' cp)" ]
    [ "$(zstd -dcq "$BUNDLE" | tar -xO --wildcards '*/meta/acquisition.json' | jq -r '.not_before[0]')" = "timestamp:$(base64 -w0 before.tsr)" ]
    zstd -dcq "$BUNDLE" >plain.tar
    run "$ORACLE/verify.py" plain.tar
    [[ $output == *"integrity: intact"* ]]
}

@test "collect --not-before: a clock ten years behind is told, for the bundle holds what is younger" {
    echo anything >anything
    stamp "$A" anything before.tsr
    echo evidence >evidence
    at 2016-01-01 "$HOZEN_BIN/hozen-collect" --case INC-2026-042 --operator "Sato Hanako" --out . --item OLD --path evidence --not-before before.tsr --compress none >/dev/null
    run verify --json --timestamp-roots "$A/root.pem" OLD.tar
    [ "$(codes notices)" = clock-behind ]
}

@test "collect --not-before: other files are refused before anything is collected" {
    echo text >text
    head -c 70000 /dev/zero >large
    printf '\x30\x82\x01\x00short' >short
    for file in text large short /etc/passwd; do
        run "$HOZEN_BIN/hozen-collect" --case C --operator S --out . --path text --not-before "$file"
        refused 3 "and this is neither"
    done
    run "$HOZEN_BIN/hozen-collect" --case C --operator S --out . --path text --not-before nowhere
    refused 3 nowhere
    python3 -c 'open("big", "wb").write(b"\x30\x82\xf0\x00" + bytes(0xf000))'
    run "$HOZEN_BIN/hozen-collect" --case C --operator S --out . --path text --not-before big --not-before big --not-before big
    refused 2 "together"
    run "$HOZEN_BIN/hozen-collect" --case C --operator S --out . --path text $(printf -- '--not-before text %.0s' {1..17})
    refused 2 "more than 16 times"
    [ "$(echo *.tar*)" = "*.tar*" ]
}

# recorded TIME CHECKPOINT...: records a time stamp with the clock at a time; nothing is printed
recorded() { local time=$1; shift; at "$time" "$HOZEN_BIN/hozen-custody" custody timestamp "$@" --ledger l.db --key keys/sato.key >/dev/null; }
audit() { custody audit --ledger l.db --json "$@"; }
# findings [BEGIN]: those whose code begins so.
findings() { jq -r --arg begin "${1:-}" '[.findings[] | select(.code | startswith($begin)) | .code + " " + (.entry | tostring)] | join(", ")' <<<"$output"; }

@test "custody timestamp: in the ledger, proven in the audit, good with a good clock" {
    ledger
    stamp "$A" cp cp.tsr
    run custody timestamp cp --ledger l.db --key keys/sato.key --roots "$A/root.pem"
    [ "$status" = 0 ]
    [[ $output == *"authority:     CN=Example Time,O=Example"*"head:          2 "* ]]
    custody person add "$HOZEN_SOURCE/formats/spec/vectors/keys/p256.pub" --name "Kondo Aoi" --ledger l.db --key keys/sato.key >/dev/null
    run audit --timestamp-roots "$A/root.pem"
    [ "$status" = 0 ]
    "$ORACLE/shapes.py" --file audit <(echo "$output")
    [ "$(jq -c '[.verdict, .findings, (.timestamps[0] | .entry, .size, .status)]' <<<"$output")" = '["consistent",[],1,"1","proven"]' ]
    run audit
    [ "$status" = 0 ]
    [ "$(jq -r '.timestamps[0].status' <<<"$output")" = unproven ]
    run custody audit --ledger l.db --timestamp-roots "$A/root.pem"
    [[ $output == *"time stamps:   1, proven 1; 1 entries at "* ]]
    custody log --ledger l.db | grep -q "Sato Hanako records a time stamp of the first 1 entries"
    run custody timestamp cp --ledger l.db --key keys/sato.key --json
    "$ORACLE/shapes.py" --file custody-result <(echo "$output")
    [ "$(jq -r '.command, .entry' <<<"$output" | xargs)" = "custody timestamp 3" ]
}

@test "custody timestamp: what is not of this ledger, not a token, or of other bytes is not recorded" {
    ledger
    stamp "$A" cp cp.tsr
    stamp "$A" l.db other.tsr
    mkdir second
    (cd second && custody init l.db --organisation "Other" --key ../keys/sato.key >/dev/null && custody checkpoint --ledger l.db --key ../keys/sato.key --out cp >/dev/null && cp ../cp.tsr .)
    run custody timestamp second/cp --ledger l.db --key keys/sato.key
    refused 1 "checkpoint of another ledger"
    run custody timestamp cp --token other.tsr --ledger l.db --key keys/sato.key
    refused 1 "it is about other bytes"
    run custody timestamp cp --ledger l.db --key keys/sato.key --roots "$OLD/root.pem"
    refused 1 "does not lead to"
    run custody timestamp cp --token nowhere --ledger l.db --key keys/sato.key
    refused 3 nowhere
    run custody timestamp cp.*.sshsig --token cp.tsr --ledger l.db --key keys/sato.key
    [ "$status" = 3 ]
    sed '2s/1/7/' cp >larger
    run custody timestamp larger --token cp.tsr --ledger l.db --key keys/sato.key
    refused 1 "of a larger log"
    sed '3s/^A/B/; t; 3s/^./A/' cp >another
    if cmp -s cp another; then false; fi
    stamp "$A" another another.tsr
    run custody timestamp another --token another.tsr --ledger l.db --key keys/sato.key
    refused 1 "is not of this log"
    [ "$(custody log --ledger l.db --json | wc -l)" = 1 ]
}

@test "custody audit: a clock ten years behind, and ten years ahead: each its own finding" {
    mkdir keys
    "$HOZEN_BIN/hozen-custody" key new --for custody --name "Sato Hanako <sato@csirt.example>" --out keys/sato </dev/null >/dev/null
    for years in 2016 2036; do
        rm -f l.db* cp*
        at $years-05-01 "$HOZEN_BIN/hozen-custody" custody init l.db --organisation "CSIRT Example" --key keys/sato.key >/dev/null
        at $years-05-01 "$HOZEN_BIN/hozen-custody" custody checkpoint --ledger l.db --key keys/sato.key --out cp >/dev/null
        stamp "$A" cp cp.tsr
        # a checkpoint and its time stamp, kept outside, are enough to show that the clock was ahead
        run audit --checkpoint cp --timestamp-roots "$A/root.pem"
        [ "$(jq -r '.timestamps[0] | .file + " " + .status' <<<"$output")" = "cp.tsr proven" ]
        [ "$(findings time-)" = "$([ $years = 2016 ] || echo "time-ahead 0")" ]
        [ "$(findings clock-)" = "$([ $years = 2016 ] || echo "clock-ahead 0")" ] # as this machine's clock has it
        if [ $years = 2016 ]; then
            run recorded $years-05-02 cp --roots "$A/root.pem"
            refused 3 "behind the authority's: set it first"
        fi
        recorded $years-05-02 cp
        run audit
        [ "$status" = 0 ] && [ "$(findings time-)" = "" ] && [ "$(findings clock-)" = "$([ $years = 2016 ] || echo "clock-ahead 0")" ]
        run audit --timestamp-roots "$A/root.pem"
        [ "$status" = 1 ]
        [ "$(findings time-)" = "$([ $years = 2016 ] && echo "time-backwards 1" || echo "time-ahead 0")" ]
        "$ORACLE/shapes.py" --file audit <(echo "$output")
        [[ $(jq -r '[.findings[] | select(.code | startswith("time-"))][0].detail' <<<"$output") == *"$years-05-0"?"T00:00:00.000000000Z"* ]] # recorded_at
    done
}

# handoff OFFER-AT ACCEPT-AT TOKEN-AT RECORD-AT [first]: a ledger of 2025 in which an item is offered, accepted and recorded; a token of TOKEN-AT
# stands before the record, with `first` before the offer already.
handoff() {
    local h="$HOZEN_BIN/hozen-custody" token
    mkdir -p keys
    for name in sato tanaka; do
        [ -e keys/$name.key ] || "$h" key new --for custody --name "$name <$name@csirt.example>" --out keys/$name </dev/null >/dev/null
    done
    rm -f l.db* cp* offer receipt
    cp "$VECTORS/good/p256.tar" bundle.tar
    at "2025-06-01 08:00:00" "$h" custody init l.db --organisation "CSIRT Example" --key keys/sato.key >/dev/null
    at "2025-06-01 08:00:00" "$h" custody intake bundle.tar --location locker --ledger l.db --key keys/sato.key >/dev/null
    token() {
        at "2025-06-01 $1" "$h" custody checkpoint --ledger l.db --key keys/sato.key --out cp >/dev/null
        stamp "$OLD" cp cp.tsr "2025-06-01 $1"
        recorded "2025-06-01 $1" cp --roots "$OLD/root.pem"
    }
    [ -z "${5:-}" ] || token "$3"
    at "2025-06-01 $1" "$h" custody offer SAMPLE-1 --to keys/tanaka.key.pub --purpose analysis --expires 2025-07-01T00:00:00Z --out offer --ledger l.db --key keys/sato.key >/dev/null
    at "$2" "$h" custody accept offer --bundle bundle.tar --key keys/tanaka.key --out receipt >/dev/null
    [ -n "${5:-}" ] || token "$3"
    at "2025-06-01 $4" "$h" custody record receipt --ledger l.db --key keys/sato.key >/dev/null
    run audit --timestamp-roots "$OLD/root.pem"
}

@test "custody audit: an answer that was signed before the token and recorded after it is no finding; one dated back is" {
    handoff 09:00:00 "2025-06-01 09:30:00" 12:00:00 15:00:00
    [ "$(jq -r .verdict <<<"$output")" = consistent ]
    [ "$(jq -r '.timestamps[].status' <<<"$output")" = proven ]
    [ "$(findings)" = "" ]
    # signed for an offer that is younger than the token, by a clock ten years behind
    handoff 13:00:00 "2015-06-01 09:30:00" 12:00:00 15:00:00 first
    [ "$(findings)" = "time-backwards 5" ]
    # and with a good clock
    handoff 13:00:00 "2025-06-01 13:30:00" 12:00:00 15:00:00 first
    [ "$(findings)" = "" ]
    [ "$(jq -r .verdict <<<"$output")" = consistent ]
}

@test "custody audit: clocks that differ by minutes are no finding, nor is an authority that has expired since" {
    mkdir keys
    "$HOZEN_BIN/hozen-custody" key new --for custody --name "Sato Hanako <sato@csirt.example>" --out keys/sato </dev/null >/dev/null
    at "2025-06-01 12:04:30" "$HOZEN_BIN/hozen-custody" custody init l.db --organisation "CSIRT Example" --key keys/sato.key >/dev/null
    at "2025-06-01 12:04:30" "$HOZEN_BIN/hozen-custody" custody checkpoint --ledger l.db --key keys/sato.key --out cp >/dev/null
    stamp "$OLD" cp cp.tsr "2025-06-01 12:00:00"
    recorded "2025-06-01 12:04:30" cp --roots "$OLD/root.pem"
    run audit --timestamp-roots "$OLD/root.pem"
    [ "$status" = 0 ]
    [ "$(findings)" = "" ]
    [ "$(jq -r '.timestamps[].status' <<<"$output")" = proven ]
    stamp "$OLD" cp cp.2.tsr "2025-06-01 12:09:29"
    run audit --timestamp-roots "$OLD/root.pem" --checkpoint cp
    [ "$status" = 0 ]
    [ "$(findings)" = "" ]
    # one over other bytes is told, and nothing rests on it
    stamp "$OLD" keys/sato.key.pub cp.3.tsr "2025-06-01 12:05:00"
    run audit --timestamp-roots "$OLD/root.pem" --checkpoint cp
    [ "$status" = 3 ]
    [[ $(jq -r '.unknown[0]' <<<"$output") == cp.3.tsr:*"other bytes"* ]]
    rm cp.3.tsr
    # beyond that
    stamp "$OLD" cp late.tsr "2025-06-01 12:10:00"
    recorded "2025-06-01 12:04:40" cp --token late.tsr
    run audit --timestamp-roots "$OLD/root.pem"
    [ "$(findings)" = "time-backwards 2" ]
    # a token of the time after the authority's certificate had expired is not in the log's favour
    stamp "$OLD" cp expired.tsr
    run custody timestamp cp --token expired.tsr --ledger l.db --key keys/sato.key
    refused 1 "was not valid at the time it states"
}

# forged TOKEN: puts another token into entry 1 and signs it anew with Sato's key, as somebody with the key and the database could.
forged() {
    sed 1d keys/sato.key >plain.key
    chmod 600 plain.key
    cp keys/sato.key.pub plain.key.pub
    python3 - "$1" <<'PY'
import base64, hashlib, json, sqlite3, subprocess, sys
b64 = lambda b: base64.b64encode(b).decode()
canonical = lambda v: json.dumps(v, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
db = sqlite3.connect("l.db")
entry = json.loads(db.execute("SELECT bytes FROM entry WHERE sequence = 1").fetchone()[0])
statement = json.loads(base64.b64decode(entry["statement"]))
statement["body"]["token"] = b64(open(sys.argv[1], "rb").read())
open("statement", "wb").write(canonical(statement))
armour = subprocess.run(["ssh-keygen", "-Y", "sign", "-n", "hozen-ledger-v1", "-f", "plain.key"], input=canonical(statement), capture_output=True, check=True).stdout
entry.update(statement=b64(canonical(statement)), signatures=[armour.decode()])
raw = canonical(entry)
db.execute("DROP TRIGGER entry_update")
db.execute("UPDATE entry SET bytes = ?, leaf = ? WHERE sequence = 1", (raw, hashlib.sha256(b"\0" + raw).digest()))
db.commit()
PY
}

@test "custody audit: a token in the log that is none, or over something else, is named" {
    ledger
    stamp "$A" cp cp.tsr
    stamp "$A" l.db other.tsr
    head -c 200 /dev/urandom >garbage
    custody timestamp cp --ledger l.db --key keys/sato.key >/dev/null
    cp l.db good.db
    for token in other.tsr garbage; do
        rm -f l.db-wal l.db-shm
        cp good.db l.db
        forged $token
        run audit --timestamp-roots "$A/root.pem"
        [ "$status" = 1 ]
        [[ ", $(findings)," == *", timestamp-invalid 1,"* ]] || { echo "$output"; false; }
        [ "$(jq -r '.timestamps[0].status' <<<"$output")" = invalid ]
    done
    # the right one, signed anew: nothing is wrong with it
    rm -f l.db-wal l.db-shm
    cp good.db l.db
    forged cp.tsr
    run audit --timestamp-roots "$A/root.pem"
    [[ $(findings) != *timestamp-invalid* ]]
    [ "$(jq -r '.timestamps[0].status' <<<"$output")" = proven ]
}

@test "time stamps: in Japanese, and within 80 columns" {
    ledger
    serve "$A"
    run timestamp cp --authority "$URL" --lang ja
    [ "$status" = 0 ]
    [[ $output == *"時刻印:"*"発行局:"*"未証明"* ]]
    sample 2036-06-01T00:00:00.000000000Z
    stamp "$A" sig "$BESIDE.tsr"
    for lang in en ja; do
        run verify --lang $lang --signers signers --timestamp-roots "$A/root.pem" bundle.tar
        [[ $output == *clock-ahead* ]]
        for command in "timestamp" "custody timestamp" "custody audit"; do
            run "$HOZEN_BIN/hozen-custody" $command --help --lang $lang
            python3 -c 'import sys, unicodedata
for line in sys.stdin.read().split("\n"):
    assert sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line) <= 80, line' <<<"$output"
        done
    done
}

@test "custody intake: a key that has expired since stays good with a time stamp, where its authority is trusted" {
    ledger
    sample 2025-06-01T00:00:00.000000000Z 'valid-before=\"20250630Z\",'
    stamp "$OLD" sig "$BESIDE.tsr" 2025-06-02
    taken() { # ITEM VERDICT AUTHENTICITY
        custody log "$1" --ledger l.db --json | jq -r 'select(.statement.type == "intake").statement.body.evidence | .verdict + " " + .authenticity' | grep -qx "$2 $3"
    }
    custody intake bundle.tar --ledger l.db --key keys/sato.key --location locker --signers signers
    taken SAMPLE-1 failed invalid
    rm l.db*
    custody init l.db --organisation "CSIRT Example" --key keys/sato.key >/dev/null
    HOZEN_TIMESTAMP_ROOTS=$OLD/root.pem custody intake bundle.tar --ledger l.db --key keys/sato.key --location locker --signers signers
    taken SAMPLE-1 verified trusted
    export HOZEN_TIMESTAMP_ROOTS=$BATS_TEST_TMPDIR/nowhere.pem
    run custody intake bundle.tar --ledger l.db --key keys/sato.key --location locker --item OTHER
    refused 3 nowhere.pem
}

@test "custody audit: what was signed before the token and kept is told, and does not make the ledger fail" {
    handoff 09:00:00 "2025-06-01 09:30:00" 12:00:00 15:00:00
    kept() { # NAME OPTION...: a statement signed at 11:00, recorded at 16:00
        local name=$1
        shift
        at "2025-06-01 11:00:00" "$HOZEN_BIN/hozen-custody" custody "$@" --out $name --ledger l.db --key keys/sato.key >/dev/null
    }
    kept note note SAMPLE-1 --text "seen at eleven"
    kept policy policy <(echo '{"recheck_days":90}')
    at "2025-06-01 11:30:00" "$HOZEN_BIN/hozen-custody" custody cosign policy --key keys/tanaka.key --out policy2 >/dev/null
    record() { at "2025-06-01 16:00:00" "$HOZEN_BIN/hozen-custody" custody record "$1" --ledger l.db --key keys/sato.key >/dev/null; }
    record policy2
    run audit --timestamp-roots "$OLD/root.pem"
    [ "$status" = 0 ]
    [[ $(findings) != *time-* ]]
    record note
    run audit --timestamp-roots "$OLD/root.pem"
    [ "$status" = 0 ]
    "$ORACLE/shapes.py" --file audit <(echo "$output")
    [[ $(findings) == *"time-early "* ]]
    # only in words: nobody who proves nothing is told anything
    run audit
    [[ $(findings) != *time-* ]]
}

@test "verify: an exported ledger with time stamps of its checkpoint and signature" {
    ledger
    custody export out --ledger l.db --key keys/sato.key >/dev/null
    KEYID=$(basename out/checkpoint.*.sshsig)
    sed 's/ namespaces/ valid-before="'"$(date -u -d '+1 day' +%Y%m%d%H%M%SZ)"'",namespaces/' keys/sato.signers >signers
    stamp "$A" out/checkpoint out/checkpoint.tsr
    stamp "$A" "out/$KEYID" "out/$KEYID.2.tsr"
    stamp "$A" l.db out/export.json.tsr
    run verify --json --signers signers --timestamp-roots "$A/root.pem" out
    answers 0 verified intact trusted
    "$ORACLE/shapes.py" --file verify-export <(echo "$output")
    [ "$(stamps status covers file)" = "proven checkpoint checkpoint.tsr
proven $KEYID $KEYID.2.tsr
invalid - export.json.tsr" ]
    # the key has run out meanwhile: the time stamp keeps its signature good, and nothing else does
    later() { at "+2 days" "$HOZEN_BIN/hozen-verify" verify --json --signers signers out "$@"; }
    run later --timestamp-roots "$A/root.pem"
    answers 0 verified intact trusted
    run later
    answers 1 failed intact untrusted
    mv "out/$KEYID.2.tsr" apart
    run later --timestamp-roots "$A/root.pem"
    answers 1 failed intact untrusted
    run later --timestamp-roots "$A/root.pem" --timestamp apart
    answers 0 verified intact trusted
    run verify --lang ja --signers signers --timestamp-roots "$A/root.pem" out
    [[ $output == *"時刻印:"*"証明済み"* ]]
}
