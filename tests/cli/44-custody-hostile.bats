#!/usr/bin/env bats
# A releaser who lies, a ledger file that somebody prepared: what the other side and the programs make of them.

load 40-custody.bash

setup_file() {
    export KEYS=$BATS_FILE_TMPDIR/keys
    make_keys
}

setup() { start; }

# lying EXPRESSION: programs in ./lying whose hozen-verify answers what sed makes of the true answer.
lying() {
    mkdir lying
    cp "$HOZEN_BIN/hozen-custody" lying/
    printf '#!/bin/sh\n"%s" "$@" | sed %q\n' "$HOZEN_BIN/hozen-verify" "$1" >lying/hozen-verify
    chmod +x lying/hozen-verify
}

with_lies() { HOZEN_BIN=$PWD/lying "$@"; }

# A bundle whose payload was changed, with true digests of the file as it is.
altered_bundle() {
    cp "$VECTORS/bad/content-altered.tar" bundle.tar
    ITEM=$("$HOZEN_BIN/hozen-verify" verify --json bundle.tar | jq -r .bundle)
}

@test "handoff: evidence offered as intact that the receiver finds altered leaves a signed decline" {
    altered_bundle
    lying 's/"integrity":"altered"/"integrity":"intact"/'
    with_lies take_in
    with_lies offer_to tanaka
    [ "$(jq -r .statement offer.json | base64 -d | jq -r .body.integrity)" = intact ]
    run custody accept offer.json --bundle bundle.tar --key "$KEYS/tanaka.key" --out receipt.json
    refused 1 "it was offered as intact, and it is altered"
    jq -r .statement receipt.json | base64 -d >answer
    [ "$(jq -r .type answer)" = decline ]
    [ "$(jq -r .body.evidence.integrity answer)" = altered ]
    [ "$(jq -r .file_sha256 answer)" = "$(sha256sum <bundle.tar | cut -d' ' -f1)" ]
    [[ $(jq -r .body.reason answer) == *"offered as intact"* ]]
    custody record receipt.json --ledger l.db --key "$KEYS/sato.key"
    [ "$(custodian l.db)" = "Sato Hanako" ]
    consistent l.db
}

@test "handoff: evidence offered as altered is accepted as that" {
    altered_bundle
    take_in
    offer_to tanaka
    custody accept offer.json --bundle bundle.tar --key "$KEYS/tanaka.key" --out receipt.json
    custody record receipt.json --ledger l.db --key "$KEYS/sato.key"
    [ "$(custodian l.db)" = "Tanaka Ken" ]
}
