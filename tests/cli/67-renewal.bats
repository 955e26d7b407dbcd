#!/usr/bin/env bats
# Evidence records: what proves a time is renewed before it ages, for years.

bats_require_minimum_version 1.5.0
load 67-renewal.bash

# sign_and_stamp: the operator's signature beside the bundle, and a token over it by the authority that runs out first.
sign_and_stamp() {
    countersign bundle.tar --key "$KEYS/sato.key" >/dev/null \
        --fingerprint "$("$HOZEN_BIN/hozen-verify" verify --json bundle.tar | jq -r '.signers[0].key')"
    SIGNATURE=$(ls bundle.tar.*.sshsig)
    stamp "$ONE" "$SIGNATURE" "$SIGNATURE.tsr"
}

@test "renewal: one time stamp over all that is held; the record lies beside each copy, sealed, and is recorded" {
    sign_and_stamp
    put --to a
    put --to b
    echo "a loose file" >loose.txt
    custody intake loose.txt --item LOOSE-1 --kind file --file loose.txt --ledger l.db --key "$KEYS/sato.key" --location here >/dev/null 2>&1 ||
        custody intake --item LOOSE-1 --kind file --file loose.txt --ledger l.db --key "$KEYS/sato.key" --location here >/dev/null
    sato put LOOSE-1 --bundle loose.txt --to a --parity none >/dev/null
    serve "$TWO"
    run sato renew --authority "$URL" --roots "$ONE/root.pem" # not whom we trust
    [ "$status" = 1 ]
    [ "$(find a b -name '*.er' | wc -l)" = 0 ]
    sato renew --authority "$URL" --roots "$TWO/root.pem" --json >answer
    stop_serving
    shape custody-result answer
    [ "$(latest)" = renewal ]
    shape statement <(jq -c .statement entry)
    er=a/$ITEM.archive-1/bundle.tar.er
    cmp "$er" "b/$ITEM.archive-2/bundle.tar.er"
    [ -f a/LOOSE-1.archive-1/loose.txt.er ]
    for copy in "a/$ITEM.archive-1" "b/$ITEM.archive-2" a/LOOSE-1.archive-1; do
        [ "$(find "$copy" -perm /222 | wc -l)" = 0 ]
        [ "$(lsattr -d "$copy" 2>/dev/null | cut -d' ' -f1)" = "$(lsattr "$copy"/*.er 2>/dev/null | cut -d' ' -f1)" ] || [ -z "$(lsattr -d "$copy" 2>/dev/null)" ] ||
            [[ $(lsattr "$copy"/*.er | cut -d' ' -f1) == *i* && $(lsattr -d "$copy" | cut -d' ' -f1) == *i* ]]
    done
    jq -r '.statement.body.records[] | .sha256 + "  " + .item + " " + .copy' entry >told
    [ "$(grep -c "$(sha256sum <"$er" | cut -d' ' -f1)  $ITEM" told)" = 2 ]
    [ "$(wc -l <told)" = 3 ]
    # verify finds it by itself; another checker, from the specification alone, says the same
    seen_at "" "a/$ITEM.archive-1/bundle.tar"
    shape verify <(echo "$output")
    [ "$(record '.status + " " + (.covers | length | tostring) + " " + (.stamps | length | tostring) + " " + .covers[0]')" = "proven 3 1 bundle.tar" ]
    [ "$(record .stamps[0].authority)" = "CN=Example Time,O=Example" ]
    oracle now "$er" bundle.tar "$SIGNATURE" "$SIGNATURE.tsr" entry >opinion || true
    [ "$(jq -c '[.status, .covers]' opinion)" = '["proven",[true,true,true,false]]' ]
    run "$HOZEN_BIN/hozen-verify" verify --timestamp-roots "$ROOTS" "a/$ITEM.archive-1/bundle.tar"
    [[ $output == *"evidence:"*"proven since"*"covers 3 files"* ]]
    # damage to it is a notice and never a verdict
    mkdir hurt
    cp "a/$ITEM.archive-1"/bundle.tar* hurt/
    chmod u+w hurt/*
    before=$(seen_at "" hurt/bundle.tar; jq -r .verdict <<<"$output")
    printf 'other bytes' | dd of=hurt/bundle.tar.er bs=1 seek=40 conv=notrunc status=none
    seen_at "" hurt/bundle.tar
    [ "$(jq -r .verdict <<<"$output") $(record .status)" = "$before invalid" ]
    [[ $(codes notices) == *evidence-invalid* ]]
    head -c 1100000 /dev/zero >hurt/bundle.tar.er
    seen_at "" hurt/bundle.tar
    [ "$(record .status)" = invalid ]
    # a working copy has it, and so has a copy that is put from there
    mkdir out c
    sato get "$ITEM" --to out >/dev/null
    cmp "$er" out/bundle.tar.er
    sato put "$ITEM" --bundle out/bundle.tar --to c --parity none --copy again >/dev/null
    cmp "$er" "c/$ITEM.again/bundle.tar.er"
    consistent l.db
}

@test "renewal: an authority that has run out still proves through the record, and not without it" {
    grep -m1 '^sato' "$VECTORS/allowed_signers" | sed "s/ namespaces=/ valid-before=\"$(date -u -d "$(years 2)" +%Y%m%d)Z\",namespaces=/" >signers
    put --to a
    renew_at "$(years 0.5)" "$ONE" >/dev/null
    renew_at "$(years 0.9)" "$TWO" >said
    grep -q "renew before" said
    copy=a/$ITEM.archive-1
    seen_at "$(years 8)" --signers signers "$copy/bundle.tar"
    [ "$status" = 0 ]
    [ "$(record '.status + " " + (.stamps | map(.lasted) | tostring)')" = "proven [true,true]" ]
    [ "$(record '.since[0:10]')" = "$(date -u -d "$(years 0.5)" +%F)" ]
    [ "$(codes notices)" = "" ]
    oracle "$(years 8)" "$copy/bundle.tar.er" bundle.tar
    # nothing else proves when the signature was there
    mkdir alone
    cp "$copy/bundle.tar" alone/
    seen_at "$(years 8)" --signers signers alone/bundle.tar
    [ "$status" = 1 ]
    [ "$(codes findings)" = signer-outside-validity ]
    # the last one has run out, too
    seen_at "$(years 13)" --signers signers "$copy/bundle.tar"
    [ "$(record .status) $(codes findings)" = "lapsed signer-outside-validity" ]
    [[ $(codes notices) == *evidence-lapsed* ]]
    run ! oracle "$(years 13)" "$copy/bundle.tar.er" bundle.tar
    # of a stranger
    run at "$(years 8)" "$HOZEN_BIN/hozen-verify" verify --json --signers signers --timestamp-roots "$ONE/root.pem" "$copy/bundle.tar"
    [ "$(record .status) $status" = "unproven 1" ]
    [[ $(codes notices) == *evidence-unproven* ]]
}

@test "renewal: a token beside the bundle is carried on with it while its authority is good, and named when it is not" {
    sign_and_stamp
    put --to a
    seen_at "$(years 8)" "a/$ITEM.archive-1/bundle.tar"
    [ "$(jq -r '.timestamps | map(.status) | tostring' <<<"$output") $(codes notices)" = '["proven"] timestamp-aged' ]
    renew_at "$(years 0.5)" "$TWO" >/dev/null
    seen_at "$(years 8)" "a/$ITEM.archive-1/bundle.tar"
    [ "$(record .status) $(codes notices)" = "proven " ]
    # the same too late
    at "$(years 1)" "$HOZEN_BIN/hozen-custody" archive put "$ITEM" --bundle bundle.tar --to b --copy late --parity none --ledger l.db --key "$KEYS/sato.key" >/dev/null
    loose a
    rm "a/$ITEM.archive-1/bundle.tar.er"
    run renew_at "$(years 2)" "$TWO"
    [ "$status" = 4 ]
    [[ $output == *"the evidence record that the ledger names lies beside no copy"* ]]
    seen_at "$(years 8)" "b/$ITEM.late/bundle.tar"
    [ "$(record .status) $(codes notices)" = "proven timestamp-aged" ]
    [ "$(record '.since[0:10]')" = "$(date -u -d "$(years 2)" +%F)" ]
}

@test "renewal: one that came too late proves from then on and no earlier" {
    grep -m1 '^sato' "$VECTORS/allowed_signers" | sed "s/ namespaces=/ valid-before=\"$(date -u -d "$(years 1)" +%Y%m%d)Z\",namespaces=/" >signers
    put --to a
    renew_at "$(years 0.5)" "$ONE" >/dev/null
    renew_at "$(years 2)" "$TWO" 2>said >/dev/null
    grep -q "have run out" said
    seen_at "$(years 3)" --signers signers "a/$ITEM.archive-1/bundle.tar"
    [ "$status" = 1 ]
    [ "$(codes findings)" = signer-outside-validity ]
    [[ $(codes notices) == *evidence-lapsed* ]]
    [ "$(record '.status + " " + .since[0:10] + " " + (.at | tostring)')" = "proven $(date -u -d "$(years 2)" +%F) 1" ]
    oracle "$(years 3)" "a/$ITEM.archive-1/bundle.tar.er" bundle.tar >opinion
    [ "$(jq -r '.since | todate[0:10]' opinion)" = "$(date -u -d "$(years 2)" +%F)" ]
}

@test "renewal: what cannot be reached is left out and caught up later; a question is only about what is there now" {
    put --to a
    put --to b
    chattr -R -i b 2>/dev/null || true
    mv b away
    run renew_at "$(years 0.1)" "$TWO"
    [ "$status" = 4 ]
    [ ! -e "away/$ITEM.archive-2/bundle.tar.er" ]
    [ -e "a/$ITEM.archive-1/bundle.tar.er" ]
    renew_at "$(years 0.2)" "$TWO" --at away >/dev/null
    cmp "a/$ITEM.archive-1/bundle.tar.er" "away/$ITEM.archive-2/bundle.tar.er"
    seen_at "$(years 1)" "away/$ITEM.archive-2/bundle.tar"
    [ "$(record '.stamps | length')" = 2 ]
    # an answer to a question of before
    run at "$(years 0.3)" "$HOZEN_BIN/hozen-custody" archive renew --ledger l.db --key "$KEYS/sato.key" --response reply --roots "$ROOTS" --at away
    [ "$status" = 1 ]
    [[ $output == *"other bytes"* ]]
    # one of them is damaged: it is said, and gets the good one
    loose "a/$ITEM.archive-1"
    head -c 300 /dev/urandom >"a/$ITEM.archive-1/bundle.tar.er"
    renew_at "$(years 0.4)" "$TWO" --at away >/dev/null 2>said
    grep -q "does not hold" said
    cmp "a/$ITEM.archive-1/bundle.tar.er" "away/$ITEM.archive-2/bundle.tar.er"
    # mended, with its record
    loose "a/$ITEM.archive-1"
    printf X | dd of="a/$ITEM.archive-1/bundle.tar" bs=1 seek=3000 conv=notrunc status=none
    at "$(years 0.5)" "$HOZEN_BIN/hozen-custody" archive repair "$ITEM" --copy archive-1 --at away --ledger l.db --key "$KEYS/sato.key" >/dev/null
    cmp "a/$ITEM.archive-1/bundle.tar.er" "away/$ITEM.archive-2/bundle.tar.er"
    seen_at "$(years 1)" "a/$ITEM.archive-1/bundle.tar"
    [ "$(record '.status + " " + (.stamps | length | tostring)')" = "proven 3" ]
    run at "$(years 1)" "$HOZEN_BIN/hozen-custody" custody audit --ledger l.db --json
    [ "$(jq -r .verdict <<<"$output")" = consistent ]
}

@test "renewal: a record that somebody made and put beside a copy takes no other one's place" {
    put --to a
    put --to b
    # over the same bundle, from long before: by an authority of one's own
    make_authority "$BATS_TEST_TMPDIR/own" "2016-01-01 00:00:00" "$(years 12)"
    time=$(years 0.1)
    renew_at "$time" "$TWO" >/dev/null
    cp "b/$ITEM.archive-2/bundle.tar.er" true.er
    cat >evil.py <<'SCRIPT'
import sys
token = open("evil.tsr", "rb").read()
body = lambda b: (b[4:], int.from_bytes(b[2:4], "big")) if b[1] == 0x82 else (b[3:], b[2]) if b[1] == 0x81 else (b[2:], b[1])
inner, n = body(token)
status, k = body(inner)
token = inner[len(inner) - len(status) + k:n]
def der(tag, b):
    n = len(b)
    return bytes([tag]) + (bytes([n]) if n < 128 else bytes([0x81, n]) if n < 256 else bytes([0x82]) + n.to_bytes(2, "big")) + b
sha256 = bytes.fromhex("300b0609608648016503040201")
open("evil.er", "wb").write(der(0x30, bytes.fromhex("020101") + der(0x30, sha256) + der(0x30, der(0x30, der(0x30, token)))))
SCRIPT
    openssl ts -query -data bundle.tar -sha256 -cert -out evil.tsq 2>/dev/null
    answer "$BATS_TEST_TMPDIR/own" evil.tsq evil.tsr "2016-01-02 00:00:00"
    python3 evil.py
    seen_at "$(years 0.2)" bundle.tar
    cp evil.er bundle.tar.er
    seen_at "$(years 0.2)" bundle.tar
    [ "$(record '.status + " " + .stamps[0].time[0:4]')" = "unproven 2016" ] # it is one that could be believed
    rm bundle.tar.er
    loose "a/$ITEM.archive-1"
    cp evil.er "a/$ITEM.archive-1/bundle.tar.er"
    # a check finds it, a working copy has the true one, and so does what is renewed
    soon() { at "$(years 0.2)" "$HOZEN_BIN/hozen-custody" archive "$@" --ledger l.db --key "$KEYS/sato.key"; }
    run soon check --all --json
    [ "$status" = 1 ]
    [ "$(jq -r '[.checked[] | select(.beside) | .copy + " " + .beside[0].file + " " + .beside[0].result] | join("; ")' <<<"$output")" = "archive-1 bundle.tar.er altered" ]
    mkdir out
    soon get "$ITEM" --to out >/dev/null
    cmp out/bundle.tar.er true.er
    renew_at "$(years 0.5)" "$TWO" >/dev/null 2>said
    grep -q "archive-1: the evidence record beside it is not the one that the ledger names" said
    cmp "a/$ITEM.archive-1/bundle.tar.er" "b/$ITEM.archive-2/bundle.tar.er"
    seen_at "$(years 1)" "b/$ITEM.archive-2/bundle.tar"
    [ "$(record '.status + " " + .since[0:10] + " " + (.stamps | length | tostring)')" = "proven $(date -u -d "$time" +%F) 2" ]
    run at "$(years 1)" "$HOZEN_BIN/hozen-custody" custody audit --ledger l.db --json
    [ "$(jq -r .verdict <<<"$output")" = consistent ]
}

@test "renewal: a record that is lost is found, brought again from another copy, and missed when there is none" {
    put --to a
    put --to b
    renew_at "$(years 0.1)" "$TWO" >/dev/null
    cp "b/$ITEM.archive-2/bundle.tar.er" true.er
    loose "a/$ITEM.archive-1"
    rm "a/$ITEM.archive-1/bundle.tar.er"
    soon() { at "$(years 0.2)" "$HOZEN_BIN/hozen-custody" archive "$@" --ledger l.db --key "$KEYS/sato.key"; }
    run soon check --all
    [ "$status" = 1 ]
    [[ $output == *"bundle.tar.er: missing"* ]]
    soon repair "$ITEM" >/dev/null
    cmp "a/$ITEM.archive-1/bundle.tar.er" true.er
    soon check --all >/dev/null
    # beside no copy any more
    loose "a/$ITEM.archive-1" "b/$ITEM.archive-2"
    rm "a/$ITEM.archive-1/bundle.tar.er" "b/$ITEM.archive-2/bundle.tar.er"
    mkdir out
    run soon get "$ITEM" --to out
    [ "$status" = 4 ]
    [[ $output == *"bundle.tar.er is left out"* ]]
    run renew_at "$(years 0.5)" "$TWO"
    [ "$status" = 4 ]
    [[ $output == *"what it proved is not gone on with"* ]]
    [ -f "a/$ITEM.archive-1/bundle.tar.er" ]
}

@test "renewal: what lies in the place of one copy's record keeps no other copy from being renewed" {
    put --to a
    put --to b
    renew_at "$(years 0.1)" "$TWO" >/dev/null
    for what in 'head -c 2000000 /dev/zero >R' 'mkfifo R' 'mkdir R' 'ln -s /etc/passwd R'; do
        loose "a/$ITEM.archive-1"
        rm -rf "a/$ITEM.archive-1/bundle.tar.er"
        eval "${what//R/a/$ITEM.archive-1/bundle.tar.er}"
        before=$(sha256sum <"b/$ITEM.archive-2/bundle.tar.er")
        run timeout 600 bash -c "$(declare -f renew_at at answer); renew_at \"\$1\" \"\$2\"" - "$(years 0.2)" "$TWO"
        [ "$status" = 4 ] || { echo "$what: $output"; false; }
        [[ $output == *"$ITEM, archive-1: "* ]]
        [ "$before" != "$(sha256sum <"b/$ITEM.archive-2/bundle.tar.er")" ]
    done
}

@test "renewal: nothing held, nothing asked" {
    run sato renew --authority http://127.0.0.1:1/ --roots "$ROOTS"
    refused 3 "nothing was stamped"
    run sato renew --authority http://127.0.0.1:1/ --response x --roots "$ROOTS"
    [ "$status" = 2 ]
    run sato renew --roots "$ROOTS"
    [ "$status" = 2 ]
}

@test "renewal: ten years: the schedule, renewals, a medium that dies, a move to another target; at the end all verifies and is in the ledger" {
    local day
    on() { # DAY command...: by a clock that is so many days ahead
        ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0 faketime -f "+$(($1 * 24))h" "$HOZEN_BIN/hozen-custody" "${@:2}" --ledger l.db
    }
    renew_on() { # DAY AUTHORITY: when somebody thinks of it
        rm -f question reply
        on "$1" archive renew --query question --roots all.pem --key "$KEYS/sato.key" "${@:3}" >/dev/null 2>&1 || [ $? = 4 ]
        (cd "$2" && faketime -f "+$(($1 * 24))h" openssl ts -reply -config ts.cnf -queryfile "$OLDPWD/question" -out "$OLDPWD/reply") 2>/dev/null
        on "$1" archive renew --query question --response reply --roots all.pem --key "$KEYS/sato.key" "${@:3}" >/dev/null 2>&1 || [ $? = 4 ]
    }
    # an authority's certificate is good for three years and a half
    for n in 0 3 6 9; do
        make_authority "y$n" "$(date -u -d "now + $((n * 365 - 1)) days" '+%F %T')" "$(date -u -d "now + $((n * 365 + 1280)) days" '+%F %T')"
    done
    cat y*/root.pem >all.pem
    due() { on "$1" archive check --due --key "$KEYS/sato.key" --json 2>/dev/null; }
    for m in c d; do mkdir $m; done
    custody person add "$KEYS/tanaka.key.pub" --checkpoint-signer --ledger l.db --key "$KEYS/sato.key" --second-key "$KEYS/tanaka.key" >/dev/null
    printf '{"archive":[{"copies":2,"media":2}]}\n' >rules.json
    custody policy rules.json --ledger l.db --key "$KEYS/sato.key" --second-key "$KEYS/tanaka.key" >/dev/null
    put --to a --medium disk
    put --to b --medium tape
    checks=0
    for day in 1 2 91 200 366 500 731 1097; do
        if [ $day = 2 ]; then
            renew_on 2 y0
            first=$(date -u -d "$(openssl ts -reply -in reply -text 2>/dev/null | sed -n 's/^Time stamp: //p')" +%F)
        fi
        due $day >answer
        checks=$((checks + $(jq '.checked | length' answer)))
    done
    [ "$checks" = 10 ] # a day, a quarter, a year, two, three: both copies
    renew_on 1100 y3
    # in the fourth year the tape cannot be read any more
    chattr -R -i b 2>/dev/null || true
    rm -r b
    run -3 --separate-stderr due 1462
    [ "$(jq -r '.checked | map(.result) | join(" ")' <<<"$output")" = "same unreachable" ]
    run -1 --separate-stderr on 1463 archive status --json
    [ "$(jq -r '.lacking | map(.what) | join(" ")' <<<"$output")" = "copies media" ]
    run -3 on 1464 archive get "$ITEM" --to . --as restored --key "$KEYS/sato.key" # its name is taken here
    mkdir back
    on 1464 archive get "$ITEM" --to back --as restored --key "$KEYS/sato.key" >/dev/null 2>&1
    on 1465 archive put "$ITEM" --bundle back/bundle.tar --to c --medium tape --key "$KEYS/sato.key" >/dev/null 2>&1
    on 1466 custody destroy "$ITEM" --copy archive-2 --method "the tape fell apart" --authority "head of the archive" --key "$KEYS/sato.key" >/dev/null
    on 1467 archive status >/dev/null
    renew_on 2200 y6 --digest sha512 # SHA-256 ages
    # in the seventh the disk is replaced
    due 2600 >/dev/null
    mkdir moved
    on 2601 archive get "$ITEM" --to moved --copy archive-1 --key "$KEYS/sato.key" >/dev/null 2>&1
    on 2602 archive put "$ITEM" --bundle moved/bundle.tar --to d --medium disk --key "$KEYS/sato.key" >/dev/null 2>&1
    on 2603 custody destroy "$ITEM" --copy archive-1 --method "erased" --authority "head of the archive" --key "$KEYS/sato.key" >/dev/null
    chattr -R -i a 2>/dev/null || true
    rm -r a
    for day in 2604 2700 2970 3340 3650; do
        [ $day != 3340 ] || renew_on 3339 y9
        due $day >/dev/null
    done
    on 3651 archive status --json >status.json
    jq -e '(.copies | map(.found) == ["there", "there"]) and .lacking == [] and (.copies | all(.due | not))' status.json
    on 3652 archive check --all --key "$KEYS/sato.key" --json | jq -e '.checked | map(.result) == ["same", "same"]'
    mkdir final
    on 3653 archive get "$ITEM" --to final --key "$KEYS/sato.key" >/dev/null 2>&1
    cmp bundle.tar final/bundle.tar
    # the proof reaches from the first renewal to the last, over three authorities that have run out
    run faketime -f "+$((3655 * 24))h" "$HOZEN_BIN/hozen-verify" verify --json --timestamp-roots all.pem final/bundle.tar
    shape verify <(echo "$output")
    [ "$(record '.status + " " + (.stamps | map(.digest) | join(" ")) + " " + .since[0:10]')" = "proven sha256 sha256 sha512 sha512 $first" ]
    "$HOZEN_SOURCE/tests/oracle/evidence.py" --roots all.pem --at "$(date -u -d 'now + 3655 days' +%s)" final/bundle.tar.er final/bundle.tar
    run on 3654 custody audit --json
    [ "$(jq -r .verdict <<<"$output")" = consistent ]
    custody log --ledger l.db --json | jq -r .statement.type | sort | uniq -c | awk '{ print $2 "=" $1 }' >told
    grep -qx destruction=2 told
    grep -qx copy=7 told
    grep -qx renewal=4 told
    [ "$(sed -n 's/^fixity=//p' told)" -ge 10 ]
}

@test "renewal: whom one trusts is said, or nothing is asked; an answer that they do not prove leaves all as it is" {
    put --to a
    before=$(entries l.db)
    unset HOZEN_TIMESTAMP_ROOTS
    serve "$TWO"
    for way in "--authority $URL" "--query question" "--query question --response reply"; do
        : >reply
        # shellcheck disable=SC2086
        run -2 sato renew $way
        [[ $output == *"--roots is missing, and HOZEN_TIMESTAMP_ROOTS is not set"* ]]
        [ ! -e question ]
    done
    HOZEN_TIMESTAMP_ROOTS=$ONE/root.pem run -1 sato renew --authority "$URL"
    [[ $output == *"is not kept"* ]]
    [ "$(find a -name '*.er*' | wc -l) $(entries l.db)" = "0 $before" ]
    HOZEN_TIMESTAMP_ROOTS=$TWO/root.pem sato renew --authority "$URL" >/dev/null
    stop_serving
    # carried by hand, from somebody else: what is there stays, and is asked for again as before
    cp "a/$ITEM.archive-1/bundle.tar.er" true.er
    before=$(entries l.db)
    make_authority stranger
    rm -f question reply
    sato renew --query question --roots "$TWO/root.pem" >/dev/null
    answer stranger question reply
    run -1 sato renew --query question --response reply --roots "$TWO/root.pem"
    cmp "a/$ITEM.archive-1/bundle.tar.er" true.er
    [ "$(entries l.db)" = "$before" ]
    # an answer whose certificate has ended meanwhile
    rm -f question reply
    sato renew --query question --roots "$ROOTS" >/dev/null
    answer "$ONE" question reply
    run -1 at "$(years 2)" "$HOZEN_BIN/hozen-custody" archive renew --ledger l.db --key "$KEYS/sato.key" --query question --response reply --roots "$ROOTS"
    [[ $output == *"would not hold"* ]]
    cmp "a/$ITEM.archive-1/bundle.tar.er" true.er
}

@test "renewal: a time stamp of somebody whom one does not trust, in a record or behind it, is gone back behind" {
    put --to a
    copy=a/$ITEM.archive-1
    make_authority stranger
    trusting() { # YEARS AUTHORITY PEM: whoever renews trusts these
        ROOTS=$3 renew_at "$(years "$1")" "$2" 2>said >/dev/null
    }
    stamps() { seen_at "$(years 0.7)" "$copy/bundle.tar"; record '.status + " " + (.stamps | map(.status) | join(" ")) + " " + (.since // "")[0:10]'; }
    first=$(date -u -d "$(years 0.1)" +%F)
    trusting 0.1 "$TWO" "$TWO/root.pem"
    trusting 0.2 "$ONE" "$ONE/root.pem"
    grep -q "leads to none of the certificates given; it is gone on with" said
    ROOTS=$TWO/root.pem
    [ "$(stamps)" = "unproven proven unproven " ]
    # at its end
    cp "$copy/bundle.tar.er" tail.er
    renew_at "$(years 0.3)" "$TWO" 2>said >/dev/null
    grep -q "the last 1 time stamps of its evidence record are left out" said
    [ "$(stamps)" = "proven proven proven $first" ]
    oracle "$(years 1)" "$copy/bundle.tar.er" bundle.tar
    # in it: as a program before this one left it
    make_authority "$BATS_TEST_TMPDIR/three" "$(date -u -d '-1 hour' '+%F %T')" "$(years 12)"
    trusting 0.4 three three/root.pem
    trusting 0.5 "$TWO" three/root.pem && false
    cat three/root.pem "$TWO/root.pem" >both.pem
    trusting 0.5 "$TWO" both.pem
    run ! grep "left out" said # both are trusted
    [ "$(stamps)" = "proven proven proven unproven proven $(date -u -d "$(years 0.5)" +%F)" ]
    renew_at "$(years 0.6)" "$TWO" 2>said >/dev/null
    grep -q "the last 2 time stamps" said
    [ "$(stamps)" = "proven proven proven proven $first" ]
    oracle "$(years 1)" "$copy/bundle.tar.er" bundle.tar
    at "$(years 1)" "$HOZEN_BIN/hozen-custody" archive check --all --ledger l.db --key "$KEYS/sato.key" >/dev/null
    run at "$(years 1)" "$HOZEN_BIN/hozen-custody" custody audit --ledger l.db --json
    [ "$(jq -r .verdict <<<"$output")" = consistent ]
}

@test "renewal: of several records that the ledger names the newest is gone on with, and is what get takes along" {
    put --to a
    put --to b
    renew_at "$(years 0.1)" "$TWO" >/dev/null
    chattr -R -i a 2>/dev/null || true
    mv a away
    run renew_at "$(years 0.2)" "$TWO"
    [ "$status" = 4 ]
    mv away a
    mkdir out
    at "$(years 0.3)" "$HOZEN_BIN/hozen-custody" archive get "$ITEM" --copy archive-1 --to out --ledger l.db --key "$KEYS/sato.key" >/dev/null
    cmp out/bundle.tar.er "b/$ITEM.archive-2/bundle.tar.er"
    renew_at "$(years 0.4)" "$TWO" >/dev/null
    seen_at "$(years 1)" "a/$ITEM.archive-1/bundle.tar"
    [ "$(record '.stamps | length')" = 3 ]
}

@test "renewal: what lies beside a bundle as its record is looked at before it is sealed; what does not hold stays where it is" {
    when=0.1
    place() { at "$(years $when)" "$HOZEN_BIN/hozen-custody" archive put "$ITEM" --bundle bundle.tar --parity none --to a --ledger l.db --key "$KEYS/sato.key" "$@"; }
    head -c 500 /dev/urandom >bundle.tar.er
    run -4 --separate-stderr place --copy noise --json
    jq -e .partial <<<"$output"
    shape custody-result <(echo "$output")
    [[ $stderr == *"bundle.tar.er: does not hold, and is left where it is"* ]]
    [ ! -e "a/$ITEM.noise/bundle.tar.er" ]
    head -c 1100000 /dev/zero >bundle.tar.er
    run -4 place --copy long
    [ ! -e "a/$ITEM.long/bundle.tar.er" ]
    rm bundle.tar.er
    renew_at "$(years 0.2)" "$TWO" --digest sha512 >/dev/null
    when=0.3
    cp "a/$ITEM.noise/bundle.tar.er" good.er
    # of another bundle
    echo loose >loose.txt
    cp good.er loose.txt.er
    later() { at "$(years 0.25)" "$HOZEN_BIN/hozen-custody" "$@" --ledger l.db --key "$KEYS/sato.key"; }
    later custody intake loose.txt --item LOOSE-1 --location here >/dev/null
    run -4 later archive put LOOSE-1 --bundle loose.txt --to a --parity none
    [[ $output == *"it is about other bytes"* ]]
    [ ! -e a/LOOSE-1.archive-1/loose.txt.er ]
    # a good one, and what is known of it
    cp good.er bundle.tar.er
    run -0 place --copy unasked
    [[ $output == *"whose time stamps are in it was not checked"* ]]
    cmp good.er "a/$ITEM.unasked/bundle.tar.er"
    HOZEN_TIMESTAMP_ROOTS=$TWO/root.pem run -0 place --copy trusted
    [[ $output != *"bundle.tar.er"* ]]
    cmp good.er "a/$ITEM.trusted/bundle.tar.er"
    HOZEN_TIMESTAMP_ROOTS=$ONE/root.pem run -0 place --copy other
    [[ $output == *"bundle.tar.er is taken along, and is not proven: the authority's certificate does not lead to one of the certificates given"* ]]
    cmp good.er "a/$ITEM.other/bundle.tar.er"
}

@test "renewal: a password in the address of an authority is told nowhere" {
    put --to a
    serve "$TWO"
    rest=${URL#http://}
    for url in "http://sato:se:cret@$rest" "http://sato:se/cret@$rest" "sato:secret@$rest" "http://sato:secret@127.0.0.1:1/" "http://sato:se?cret#x@$rest"; do
        run sato renew --authority "$url" --roots "$ONE/root.pem"
        [ "$status" != 0 ]
        [[ $output != *cret* ]] || { echo "$output"; false; }
        [[ $output == *"hozen-custody: "* ]]
    done
    run -1 sato renew --authority "http://sato:secret@$rest" --roots "$ONE/root.pem"
    [[ $output == *"http://$rest: the time stamp is not kept"* ]]
    stop_serving
}
