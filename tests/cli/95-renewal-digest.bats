#!/usr/bin/env bats
# Evidence records: the digest ages, and a new chain with another one carries the proof on (RFC 4998 section 5.3).

bats_require_minimum_version 1.5.0
load 67-renewal.bash

sign() { countersign bundle.tar --key "$KEYS/sato.key" --fingerprint "$("$HOZEN_BIN/hozen-verify" verify --json bundle.tar | jq -r '.signers[0].key')" >/dev/null; }
later() { at "$(years "$1")" "$HOZEN_BIN/hozen-custody" "${@:2}" --ledger l.db --key "$KEYS/sato.key"; } # YEARS command...
chains() { record '.status + " " + (.stamps | map("\(.chain)\(.digest)") | join(" "))'; }

@test "renewal digest: SHA-512 over the bundles anew and all that proved them; two checkers agree; it goes on from there" {
    sign
    SIGNATURE=$(ls bundle.tar.*.sshsig)
    put --to a
    put --to b
    echo "a loose file" >loose.txt
    custody intake loose.txt --item LOOSE-1 --location here --ledger l.db --key "$KEYS/sato.key" >/dev/null
    sato put LOOSE-1 --bundle loose.txt --to a --parity none >/dev/null
    renew_at "$(years 0.1)" "$ONE" >/dev/null
    # what came later is covered by no later chain
    mkdir c
    countersign bundle.tar --key "$KEYS/tanaka.key" --fingerprint "$("$HOZEN_BIN/hozen-verify" verify --json bundle.tar | jq -r '.signers[0].key')" >/dev/null
    later 0.2 archive put "$ITEM" --bundle bundle.tar --to c --copy late --parity none >/dev/null
    renew_at "$(years 0.5)" "$TWO" --digest sha512 >/dev/null
    copy=a/$ITEM.archive-1
    cmp "$copy/bundle.tar.er" "b/$ITEM.archive-2/bundle.tar.er"
    seen_at "$(years 8)" "$copy/bundle.tar"
    shape verify <(echo "$output")
    [ "$(chains)" = "proven 0sha256 1sha512" ]
    [ "$(record '.since[0:10]')" = "$(date -u -d "$(years 0.1)" +%F)" ]
    [ "$(record '.covers | join(" ")')" = "bundle.tar $SIGNATURE" ]
    oracle "$(years 8)" "$copy/bundle.tar.er" bundle.tar "$SIGNATURE" "$(ls bundle.tar.*.sshsig | grep -v "^$SIGNATURE$")" >opinion
    [ "$(jq -c '[.status, .covers, (.times | length)]' opinion)" = '["proven",[true,true,false],2]' ]
    # one changed byte of the bundle, of which SHA-256 says nothing any more in this chain
    cp "$copy/bundle.tar" other.tar
    printf X | dd of=other.tar bs=1 seek=3000 conv=notrunc status=none
    run ! oracle "$(years 8)" "$copy/bundle.tar.er" other.tar
    # the next renewals need no --digest; one that has no record yet begins with SHA-512
    echo another >another.txt
    later 0.55 custody intake another.txt --item LOOSE-2 --location here >/dev/null
    later 0.55 archive put LOOSE-2 --bundle another.txt --to b --parity none >/dev/null
    renew_at "$(years 0.6)" "$TWO" >/dev/null
    renew_at "$(years 0.7)" "$TWO" >/dev/null
    seen_at "$(years 8)" "$copy/bundle.tar"
    [ "$(chains)" = "proven 0sha256 1sha512 1sha512 1sha512" ]
    oracle "$(years 8)" "$copy/bundle.tar.er" bundle.tar
    oracle "$(years 8)" b/LOOSE-2.archive-1/another.txt.er another.txt >opinion
    [ "$(jq -c '[.status, (.times | length)]' opinion)" = '["proven",2]' ]
    # it is whole for check, get and repair as any other
    later 0.8 archive check --all >/dev/null
    mkdir out
    later 0.8 archive get "$ITEM" --to out >/dev/null
    cmp out/bundle.tar.er "$copy/bundle.tar.er"
}

@test "renewal digest: through an authority at once; where no copy has the recorded bytes it is left out, and said" {
    put --to a
    serve "$TWO"
    sato renew --authority "$URL" --roots "$TWO/root.pem" >/dev/null
    loose "a/$ITEM.archive-1"
    cp "a/$ITEM.archive-1/bundle.tar" good.tar
    printf X | dd of="a/$ITEM.archive-1/bundle.tar" bs=1 seek=3000 conv=notrunc status=none
    run sato renew --authority "$URL" --roots "$TWO/root.pem" --digest sha512
    [ "$status" = 3 ]
    [[ $output == *"its SHA-512 is needed, and no copy that is there has the recorded bytes"* ]]
    cat good.tar >"a/$ITEM.archive-1/bundle.tar"
    run sato renew --authority "$URL" --roots "$TWO/root.pem" --digest sha512
    [ "$status" = 0 ]
    stop_serving
    seen_at "" "a/$ITEM.archive-1/bundle.tar"
    [ "$(chains)" = "proven 0sha256 1sha512" ]
    # an answer over SHA-256 is none to a question over SHA-512, and the other way round
    sato renew --query wide --roots "$ROOTS" >/dev/null
    openssl ts -query -data bundle.tar -sha256 -cert -out narrow 2>/dev/null
    answer "$TWO" narrow reply
    run sato renew --query wide --response reply --roots "$ROOTS"
    [ "$status" = 1 ]
    run sato renew --query narrow --response reply --roots "$ROOTS"
    [ "$status" != 0 ]
    run sato renew --authority http://127.0.0.1:1/ --roots "$ROOTS" --digest md5
    [ "$status" = 2 ]
}

@test "renewal digest: where the bundles are altered no record is called one that does not hold, and none is put in its place" {
    put --to a
    put --to b
    renew_at "" "$TWO" --digest sha512 >/dev/null
    cp "a/$ITEM.archive-1/bundle.tar.er" true.er
    for copy in "a/$ITEM.archive-1" "b/$ITEM.archive-2"; do
        loose "$copy"
        printf X | dd of="$copy/bundle.tar" bs=1 seek=3000 conv=notrunc status=none
    done
    run -3 sato renew --query again --roots "$ROOTS"
    for copy in archive-1 archive-2; do
        [[ $output == *"$copy: the evidence record beside it is of SHA-512; no copy that is there has the recorded bytes"* ]]
    done
    [[ $output != *"does not hold"* ]]
    [ ! -e again ]
    cmp "b/$ITEM.archive-2/bundle.tar.er" true.er
}

@test "renewal digest: ended before it was recorded, the record that the ledger names is in the new one" {
    command -v strace >/dev/null || skip "needs strace"
    put --to a
    renew_at "" "$TWO" >/dev/null
    cp "a/$ITEM.archive-1/bundle.tar.er" named.er
    rm question reply
    sato renew --query question --roots "$ROOTS" --digest sha512 >/dev/null
    answer "$TWO" question reply
    run strace -qq -o /dev/null -e trace=fchmod -e inject=fchmod:signal=KILL:when=3 \
        "$HOZEN_BIN/hozen-custody" archive renew --ledger l.db --key "$KEYS/sato.key" --query question --response reply --roots "$ROOTS" --digest sha512
    [ "$status" = 137 ]
    run ! cmp "a/$ITEM.archive-1/bundle.tar.er" named.er
    sato repair "$ITEM" >/dev/null
    cmp "a/$ITEM.archive-1/bundle.tar.er" named.er
}
