#!/usr/bin/env bats
# --json of the commands that make or record something: the shape of its schema, and what it says is so.

load 40-custody.bash

setup() {
    KEYS=$BATS_TEST_TMPDIR/keys
    make_keys
    start
}

# json STATUS COMMAND...: runs it; its one line of JSON goes to `answer` and has the shape.
json() {
    local expected=$1 status=0
    shift
    "$@" --json >answer 2>notes || status=$?
    [ "$status" = "$expected" ] || { echo "exit $status: $*"; cat answer notes; return 1; }
    [ "$(wc -l <answer)" = 1 ]
    [ "$(jq -cS . answer)" = "$(cat answer)" ]
    "$HOZEN_SOURCE/tests/oracle/shapes.py" --file custody-result answer
}

# says JQ VALUE: a value of the answer; null where there is none.
says() {
    local is
    is=$(jq -r "$1" answer)
    [ "$is" = "$2" ] || { echo "$1 is $is, not $2"; cat answer; return 1; }
}

fingerprint() { ssh-keygen -lf "$KEYS/$1.key.pub" | cut -d' ' -f2; }
sato() { custody "$@" --ledger l.db --key "$KEYS/sato.key"; }

# head_is LEDGER TYPE: the head is that of the ledger now, and the entry named is of this type.
head_is() {
    local shown
    shown=$(custody show --ledger "$1" --json)
    says '.ledger + " " + .head.size + " " + .head.root' "$(jq -r '.ledger + " " + .size + " " + .root' <<<"$shown")"
    shown=$(custody log --ledger "$1" --json | jq -r "select(.entry == $(jq .entry answer)) | .statement.type")
    [ "$shown" = "$2" ] || { echo "the entry is of type $shown"; return 1; }
}

@test "json: a handoff from the keys to the record" {
    json 0 key_new --for custody --name "Abe Rin <abe@csirt.example>" --out abe
    says .key "$(ssh-keygen -lf abe.key.pub | cut -d' ' -f2)"
    says '[.files[]] | join(" ")' "abe.key abe.key.pub abe.signers"
    json 0 custody init new.db --organisation X --key "$KEYS/sato.key"
    says .files.ledger new.db
    head_is new.db genesis
    json 0 sato person add "$KEYS/kondo.key.pub"
    says .key "$(fingerprint kondo)"
    head_is l.db person
    json 0 sato intake bundle.tar --location "locker 3"
    says .item "$ITEM"
    says '.evidence | .verdict + " " + .integrity' "undetermined intact"
    says .evidence.file_sha256 "$(sha256sum <bundle.tar | cut -d' ' -f1)"
    says .files null
    head_is l.db intake
    json 0 offer_to tanaka
    says .files.offer offer.json
    says .key "$(fingerprint tanaka)"
    head_is l.db offer
    cp answer before
    rm offer.json
    json 0 offer_to tanaka # only its file was missing
    cmp before answer
    json 0 custody accept offer.json --bundle bundle.tar --key "$KEYS/tanaka.key" --out receipt.json
    says '.answer + " " + .files.receipt + " " + .offer.checkpoint' "accepted receipt.json first-seen"
    says .offer.key "$(fingerprint sato)"
    says .key "$(fingerprint tanaka)"
    says .head null
    json 0 sato record receipt.json
    says '.answer + " " + .key' "accepted $(fingerprint tanaka)"
    head_is l.db acceptance
    json 0 sato checkpoint --out head.txt
    says .files.checkpoint head.txt
    says '"hozen-ledger/" + .ledger + "\n" + .head.size + "\n" + .head.root' "$(cat head.txt)"
    says .entry null
}

@test "json: an acceptance into the receiver's own ledger" {
    take_in
    offer_to tanaka >/dev/null
    custody init lab.db --organisation Lab --key "$KEYS/tanaka.key" >/dev/null
    json 0 custody accept offer.json --bundle bundle.tar --key "$KEYS/tanaka.key" --out receipt.json --ledger lab.db --location lab
    head_is lab.db intake
    says .offer.ledger "$(custody show --ledger l.db --json | jq -r .ledger)"
}

@test "json: refusals, asked for or not" {
    take_in
    offer_to tanaka >/dev/null
    cp bundle.tar other.tar && printf x >>other.tar
    LANG=ja_JP.UTF-8 json 1 custody accept offer.json --bundle other.tar --key "$KEYS/tanaka.key" --out refusal.json
    says '.answer + " " + .files.receipt + " " + .evidence.verdict' "declined refusal.json failed"
    grep -q refusal.json notes
    json 0 custody decline offer.json --reason "no" --key "$KEYS/tanaka.key" --out no.json --ledger l.db
    says '.answer + " " + .files.receipt' "declined no.json"
    says .evidence null
    head_is l.db decline
    offer_to tanaka --out again.json >/dev/null
    json 0 custody decline again.json --reason "no" --bundle bundle.tar --key "$KEYS/tanaka.key" --out late.json
    says .evidence.integrity intact
    json 0 sato record late.json
    says .answer declined
    head_is l.db decline
}

@test "json: what fails answers on stderr alone" {
    json_fails() {
        run bash -c '"$@" --json 2>/dev/null' - "$@"
        [ "$status" = 3 ]
        [ -z "$output" ]
    }
    json_fails "$HOZEN_BIN/hozen-custody" custody record none.json --ledger l.db --key "$KEYS/sato.key"
    json_fails "$HOZEN_BIN/hozen-custody" custody init l.db --organisation X --key "$KEYS/sato.key"
    run bash -c '"$HOZEN_BIN/hozen-custody" custody checkpoint --ledger l.db --key "$1" --json >/dev/full' - "$KEYS/sato.key"
    [ "$status" = 3 ]
}
