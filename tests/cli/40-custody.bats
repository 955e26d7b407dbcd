#!/usr/bin/env bats
# Custody: from the first statement of a ledger to the signed handoff.

load 40-custody.bash

setup_file() {
    export KEYS=$BATS_FILE_TMPDIR/keys
    make_keys
}

setup() { start; }

@test "custody init: prints ledger id and head, and never overwrites" {
    run custody init new.db --organisation "CSIRT Example" --key "$KEYS/sato.key"
    [ "$status" = 0 ]
    [[ ${lines[0]} =~ ^ledger:\ +[0-9a-f]{64}$ ]]
    [[ ${lines[1]} =~ ^head:\ +1\ [A-Za-z0-9+/]{43}=$ ]]
    before=$(sha256sum <new.db)
    run custody init new.db --organisation "CSIRT Example" --key "$KEYS/sato.key"
    refused 3 new.db
    [ "$(sha256sum <new.db)" = "$before" ]
    [ "$(stat -c %a new.db)" = 600 ]
    consistent new.db
}

@test "custody: the settings that the specification names" {
    python3 - <<'PY'
import sqlite3
d = sqlite3.connect("l.db")
one = lambda sql: d.execute(sql).fetchone()[0]
assert one("PRAGMA application_id") == 0x487a4c31 and one("PRAGMA user_version") == 1 and one("PRAGMA journal_mode") == "wal"
assert all(row[5] for row in d.execute("PRAGMA table_list") if row[0] == "main" and not row[1].startswith("sqlite_"))
PY
}

@test "custody person add: by file, with what the comment says, once" {
    run custody person add "$KEYS/tanaka.key.pub" --role analyst --ledger l.db --key "$KEYS/sato.key"
    [ "$status" = 0 ]
    [[ $output == *"Tanaka Ken"*"fingerprint:   SHA256:"* ]]
    custody log --ledger l.db | tr -s ' \n' ' ' | grep -q "Sato Hanako adds Tanaka Ken; key: SHA256:[^ ;]*; role: analyst"
    run custody person add "$KEYS/tanaka.key.pub" --ledger l.db --key "$KEYS/sato.key"
    refused 3 "in the ledger already"
    consistent l.db
}

@test "custody person add: title, and a key that is valid for a time" {
    run custody person add "$KEYS/tanaka.key.pub" --valid-from 2026-01-02 --ledger l.db --key "$KEYS/sato.key"
    refused 2 'is not a time'
    run custody person add "$KEYS/tanaka.key.pub" --valid-from 2026-01-02T00:00:00Z --valid-until 2026-01-01T00:00:00Z \
        --ledger l.db --key "$KEYS/sato.key"
    refused 2 'before --valid-from'
    custody person add "$KEYS/tanaka.key.pub" --title "Senior analyst" --valid-until 2020-01-01T00:00:00Z --ledger l.db --key "$KEYS/sato.key"
    custody person add "$KEYS/kondo.key.pub" --valid-from 2020-01-01T00:00:00Z --ledger l.db --key "$KEYS/sato.key"
    [ "$(sqlite3 l.db "SELECT title FROM person WHERE name = 'Tanaka Ken'")" = "Senior analyst" ]
    run custody note --case C --text x --ledger l.db --key "$KEYS/tanaka.key"
    refused 3 "outside the time of its validity"
    custody note --case C --text x --ledger l.db --key "$KEYS/kondo.key"
    consistent l.db
}

@test "custody person add: only by a checkpoint signer; a new signer needs two signatures" {
    custody person add "$KEYS/tanaka.key.pub" --ledger l.db --key "$KEYS/sato.key"
    run custody person add "$KEYS/kondo.key.pub" --ledger l.db --key "$KEYS/tanaka.key"
    refused 3 "only a checkpoint signer"
    run custody person add "$KEYS/kondo.key.pub" --checkpoint-signer --ledger l.db --key "$KEYS/sato.key"
    [ "$status" = 2 ]
    run custody person add "$KEYS/kondo.key.pub" --checkpoint-signer --second-key "$KEYS/sato.key" --ledger l.db --key "$KEYS/sato.key"
    refused 3 "another person"
    [ "$(entries l.db)" = 2 ]
    custody person add "$KEYS/kondo.key.pub" --checkpoint-signer --second-key "$KEYS/tanaka.key" --ledger l.db --key "$KEYS/sato.key"
    custody checkpoint --ledger l.db --key "$KEYS/kondo.key"
    run custody checkpoint --ledger l.db --key "$KEYS/tanaka.key"
    refused 3 "Sato Hanako, Kondo Aoi"
    consistent l.db
}

@test "custody intake: verifies, records who signed, says what was found" {
    cp "$VECTORS/allowed_signers" signers
    run custody intake bundle.tar --ledger l.db --key "$KEYS/sato.key" --location "evidence locker 3" --signers signers
    [ "$status" = 0 ]
    [[ $output == *"verified"* ]]
    [ "$(custodian l.db)" = "Sato Hanako" ]
    custody log "$ITEM" --json --ledger l.db >entry
    [ "$(jq -r .statement.body.evidence.verdict entry)" = verified ]
    [ "$(jq -r .statement.file_sha256 entry)" = "$(sha256sum <bundle.tar | cut -d' ' -f1)" ]
    [ "$(jq -r .statement.body.location entry)" = "evidence locker 3" ]
    [ "$(jq '.statement.body.evidence.signers | length' entry)" -ge 1 ]
    run custody intake bundle.tar --ledger l.db --key "$KEYS/sato.key" --location x
    refused 3 "in this ledger already"
    consistent l.db
}

@test "custody intake: evidence that fails is recorded as it was found" {
    cp "$VECTORS/bad/content-altered.tar" bundle.tar
    ITEM=$("$HOZEN_BIN/hozen-verify" verify --json bundle.tar | jq -r .bundle || true)
    run custody intake bundle.tar --ledger l.db --key "$KEYS/sato.key" --location "locker"
    [ "$status" = 0 ]
    [[ $output == *failed* && $output == *payload-altered* && $output == *"as it was found"* ]]
    [ "$(custody log "$ITEM" --json --ledger l.db | jq -c .statement.body.evidence.findings)" = '["payload-altered"]' ]
    run custody audit --ledger l.db --json
    [ "$status" = 0 ]
    [ "$(jq -c '[.findings[] | {code, entry, item}]' <<<"$output")" = "[{\"code\":\"integrity-failed\",\"entry\":1,\"item\":\"$ITEM\"}]" ]
    offer_to tanaka
    run custody accept offer.json --bundle bundle.tar --key "$KEYS/tanaka.key" --out receipt.json
    [ "$status" = 0 ]
    custody record receipt.json --ledger l.db --key "$KEYS/sato.key"
    [ "$(custodian l.db)" = "Tanaka Ken" ]
}

@test "custody audit: evidence that nobody trusted signed is not called altered" {
    cp "$VECTORS/good/p256.tar" bundle.tar
    custody intake bundle.tar --ledger l.db --key "$KEYS/sato.key" --location locker --signers "$KEYS/tanaka.signers"
    [ "$(custody show "$ITEM" --ledger l.db --json | jq -r '.items[0].integrity')" = intact ]
    run custody audit --ledger l.db --json
    [ "$status" = 0 ]
    [ "$(jq -c '[.answer // .verdict, (.findings[] | .code, .item)]' <<<"$output")" = "[\"consistent\",\"authenticity-failed\",\"$ITEM\"]" ]
}

@test "custody intake: what does not tell its item is named by hand" {
    head -c 4096 /dev/zero | tr '\0' x >bundle.tar
    run custody intake bundle.tar --ledger l.db --key "$KEYS/sato.key" --location locker
    [ "$status" = 3 ]
    [[ $output == *--item* ]]
    [ "$(entries l.db)" = 1 ]
    run custody intake bundle.tar --ledger l.db --key "$KEYS/sato.key" --location locker --item DISK-7
    [ "$status" = 0 ]
    [ "$(custody show DISK-7 --ledger l.db --json | jq -r '.items[0].content_id')" = null ]
    cp "$VECTORS/good/p256.tar" bundle.tar
    run custody intake bundle.tar --ledger l.db --key "$KEYS/sato.key" --location locker --item OTHER
    refused 2 "$ITEM"
    consistent l.db
}

@test "custody intake: with the fingerprint the bundle is countersigned" {
    fingerprint=$("$HOZEN_BIN/hozen-verify" verify --json bundle.tar | jq -r '.signers[0].key')
    before=$(sha256sum <bundle.tar)
    take_in --fingerprint "$fingerprint"
    [ "$(sha256sum <bundle.tar)" = "$before" ]
    run "$HOZEN_BIN/hozen-verify" verify --json --signers "$KEYS/sato.signers" bundle.tar
    [ "$status" = 0 ]
    [ "$(jq -r .verdict <<<"$output")" = verified ]
    tar -xOf bundle.tar "$ITEM/tagmanifest-sha256.txt" >signed
    ssh-keygen -Y verify -f "$KEYS/sato.signers" -I sato@csirt.example -n hozen-countersign-v1 -s bundle.tar.*.sshsig <signed
}

@test "custody intake: another fingerprint than the operator's note records nothing" {
    other=SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
    run custody intake bundle.tar --ledger l.db --key "$KEYS/sato.key" --location x --fingerprint $other
    refused 1 $other
    [ "$(entries l.db)" = 1 ]
    [ "$(echo bundle.tar.*)" = "bundle.tar.*" ]
}

@test "countersign: checks the bundle and whose signature is inside" {
    fingerprint=$("$HOZEN_BIN/hozen-verify" verify --json bundle.tar | jq -r '.signers[0].key')
    run countersign bundle.tar --key "$KEYS/sato.key" --fingerprint SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
    refused 1 "nothing was signed"
    cp "$VECTORS/bad/content-altered.tar" altered.tar
    run countersign altered.tar --key "$KEYS/sato.key" --fingerprint "$fingerprint"
    refused 1 "not intact"
    run countersign bundle.tar --key "$KEYS/sato.key" --fingerprint "$fingerprint" --json
    [ "$status" = 0 ]
    [ "$(jq -r .signature <<<"$output")" = "$(echo bundle.tar.*.sshsig)" ]
    run countersign bundle.tar --key "$KEYS/sato.key" --fingerprint "$fingerprint"
    refused 3 "never overwritten"
}

@test "handoff: inside one ledger" {
    take_in
    offer_to tanaka
    [ "$(state l.db)" = offered ]
    [ "$(custodian l.db)" = "Sato Hanako" ]
    run custody accept offer.json --bundle bundle.tar --key "$KEYS/tanaka.key" --ledger l.db --location "lab 2" --out receipt.json
    [ "$status" = 0 ]
    [[ $output == *"verified"* ]]
    [[ $output =~ $'\n'"head:"\ +5\ [A-Za-z0-9+/]{43}= ]] # to be noted outside
    [ "$(custodian l.db)" = "Tanaka Ken" ]
    [ "$(state l.db)" = held ]
    "$LEDGER_PY" offer offer.json
    "$LEDGER_PY" receipt receipt.json --offer offer.json
    run custody record receipt.json --ledger l.db --key "$KEYS/sato.key"
    refused 3 "recorded already, in entry 4"
    custody checkpoint --ledger l.db --key "$KEYS/sato.key"
    consistent l.db
}

@test "handoff: receipt as a file, recorded by the releaser" {
    take_in
    offer_to tanaka
    custody accept offer.json --bundle bundle.tar --key "$KEYS/tanaka.key" --out receipt.json
    [ "$(custodian l.db)" = "Sato Hanako" ]
    "$LEDGER_PY" receipt receipt.json --offer offer.json
    run custody record receipt.json --ledger l.db --key "$KEYS/sato.key"
    [ "$status" = 0 ]
    [[ $output == *"Tanaka Ken"* ]]
    [ "$(custodian l.db)" = "Tanaka Ken" ]
    consistent l.db
}

@test "handoff: between two ledgers that share no network; the second offer is proved to continue the first" {
    take_in
    custody init t.db --organisation "Lab Example" --key "$KEYS/tanaka.key"
    offer_to tanaka
    run custody accept offer.json --bundle bundle.tar --key "$KEYS/tanaka.key" --ledger t.db --location "lab 2" --out receipt.json
    [ "$status" = 0 ]
    [[ $output == *"first seen"* ]]
    custody record receipt.json --ledger l.db --key "$KEYS/sato.key"
    [ "$(custodian l.db)" = "Tanaka Ken" ]
    [ "$(custodian t.db)" = "Tanaka Ken" ]
    [ "$(custody log "$ITEM" --ledger t.db --json | jq -r .statement.previous)" = "$(custody log "$ITEM" --ledger l.db --json | jq -r 'select(.statement.type == "offer").digest')" ]
    # a second item from the same sender
    cp "$VECTORS/good/long-item.tar" bundle.tar
    ITEM=$("$HOZEN_BIN/hozen-verify" verify --json bundle.tar | jq -r .bundle)
    take_in
    offer_to tanaka --out second.json
    [ "$(jq -r .consistency.from second.json)" = "$(jq -r .checkpoint offer.json | sed -n 2p)" ]
    jq -rj .checkpoint offer.json >known
    "$LEDGER_PY" offer second.json --known known
    run custody accept second.json --bundle bundle.tar --key "$KEYS/tanaka.key" --ledger t.db --location "lab 2" --out receipt2.json
    [ "$status" = 0 ]
    [[ $output == *"checkpoint:    verified"* ]]
    [ "$(jq -r .statement receipt2.json | base64 -d | jq -r .body.checkpoint.status)" = verified ]
    custody record receipt2.json --ledger l.db --key "$KEYS/sato.key"
    [ "$(sqlite3 t.db 'SELECT count(*) FROM witness')" = 2 ]
    consistent l.db
    consistent t.db
}

@test "handoff: decline, with and without the evidence; the item can be offered again" {
    take_in
    offer_to tanaka
    custody decline offer.json --reason "not expected here" --key "$KEYS/tanaka.key" --out refusal.json
    "$LEDGER_PY" receipt refusal.json --offer offer.json
    run custody record refusal.json --ledger l.db --key "$KEYS/sato.key"
    [ "$status" = 0 ]
    [ "$(state l.db)/$(custodian l.db)" = "held/Sato Hanako" ]
    offer_to tanaka --out offer2.json
    custody decline offer2.json --reason "seal is broken" --bundle bundle.tar --key "$KEYS/tanaka.key" --ledger l.db --out refusal2.json
    "$LEDGER_PY" receipt refusal2.json --offer offer2.json
    [ "$(state l.db)/$(custodian l.db)" = "held/Sato Hanako" ]
    run custody record refusal.json --ledger l.db --key "$KEYS/sato.key"
    refused 3 "recorded already"
    offer_to tanaka --out offer3.json
    [ "$(state l.db)" = offered ]
    consistent l.db
}

@test "handoff: an offer that has expired is refused, and the item is its custodian's again" {
    take_in
    for seconds in 2 10 50 250; do # as many as this machine needs to accept in time
        ends=$(($(date +%s) + seconds))
        rm -f offer.json
        ! offer_to tanaka --expires "$(date -u -d "@$ends" +%FT%TZ)" ||
            ! custody accept offer.json --bundle bundle.tar --key "$KEYS/tanaka.key" --out in-time.json || break
    done
    [ -s in-time.json ]
    while [ "$(date +%s)" -le "$ends" ]; do sleep 0.2; done
    run custody accept offer.json --bundle bundle.tar --key "$KEYS/tanaka.key" --out receipt.json
    refused 3 "expired"
    [ ! -e receipt.json ]
    [ "$(state l.db)" = held ]
    # accepted in time, recorded late: nobody's word alone decides
    custody record in-time.json --ledger l.db --key "$KEYS/sato.key"
    [ "$(state l.db)" = disputed ]
    run offer_to kondo --out offer2.json
    refused 3 "disputed"
    consistent l.db
    run offer_to tanaka --expires 2020-01-01T00:00:00Z --out old.json
    refused 2 "over already"
}

@test "handoff: the wrong recipient's key is refused" {
    take_in
    offer_to tanaka
    run custody accept offer.json --bundle bundle.tar --key "$KEYS/kondo.key" --out receipt.json
    refused 3 "offered to Tanaka Ken"
    [ ! -e receipt.json ]
}

@test "handoff: an acceptance is recorded once" {
    take_in
    offer_to tanaka
    custody accept offer.json --bundle bundle.tar --key "$KEYS/tanaka.key" --out one.json
    custody accept offer.json --bundle bundle.tar --key "$KEYS/tanaka.key" --out two.json
    custody record one.json --ledger l.db --key "$KEYS/sato.key"
    run custody record one.json --ledger l.db --key "$KEYS/sato.key"
    refused 3 "recorded already, in entry 4"
    run custody record two.json --ledger l.db --key "$KEYS/sato.key"
    refused 3 "not open"
    run custody accept offer.json --bundle bundle.tar --key "$KEYS/tanaka.key" --ledger l.db --out three.json
    refused 3 "not open"
    [ ! -e three.json ]
    custody init other.db --organisation X --key "$KEYS/kondo.key"
    run custody record one.json --ledger other.db --key "$KEYS/kondo.key"
    refused 3 "another ledger"
    consistent l.db
}

@test "handoff: a bundle that was changed in between leaves a signed decline" {
    take_in
    offer_to tanaka
    printf x | dd of=bundle.tar bs=1 seek=2000 conv=notrunc status=none
    run custody accept offer.json --bundle bundle.tar --key "$KEYS/tanaka.key" --out receipt.json
    refused 1 "not what was offered"
    "$LEDGER_PY" receipt receipt.json --offer offer.json
    custody record receipt.json --ledger l.db --key "$KEYS/sato.key"
    [ "$(state l.db)/$(custodian l.db)" = "held/Sato Hanako" ]
    custody log "$ITEM" --ledger l.db --json | tail -n 1 >last
    [ "$(jq -r .statement.type last)" = decline ]
    [ "$(jq -r .statement.file_sha256 last)" = "$(sha256sum <bundle.tar | cut -d' ' -f1)" ]
    [ "$(jq '.statement.body.evidence.findings | length' last)" -ge 1 ]
    consistent l.db
}

@test "handoff: an altered offer or receipt is refused" {
    take_in
    offer_to tanaka
    custody accept offer.json --bundle bundle.tar --key "$KEYS/tanaka.key" --out receipt.json
    for file in offer.json receipt.json; do
        python3 - "$file" <<'PY'
import base64, json, sys
o = json.load(open(sys.argv[1]))
s = base64.b64decode(o["statement"])
o["statement"] = base64.b64encode(s.replace(b"Tanaka Ken", b"Tanaka Kem")).decode()
open("altered-" + sys.argv[1], "w").write(json.dumps(o, separators=(",", ":"), sort_keys=True) + "\n")
PY
    done
    run custody accept altered-offer.json --bundle bundle.tar --key "$KEYS/tanaka.key" --out r2.json
    [ "$status" = 3 ] # the entry beside the statement is another
    run custody record altered-receipt.json --ledger l.db --key "$KEYS/sato.key"
    refused 1 "signature"
}

@test "offer: by a custodian who signs no checkpoints waits for somebody who does" {
    take_in
    offer_to tanaka
    custody accept offer.json --bundle bundle.tar --key "$KEYS/tanaka.key" --ledger l.db --out receipt.json
    custody person add "$KEYS/kondo.key.pub" --ledger l.db --key "$KEYS/sato.key"
    onward=(custody offer "$ITEM" --to "$KEYS/kondo.key.pub" --purpose court --ledger l.db --key "$KEYS/tanaka.key" --out onward.json)
    run "${onward[@]}"
    refused 3 "a checkpoint signer (Sato Hanako) must run hozen custody checkpoint"
    [ ! -e onward.json ]
    before=$(entries l.db)
    run "${onward[@]}"
    [ "$status" = 3 ]
    custody checkpoint --ledger l.db --key "$KEYS/sato.key"
    "${onward[@]}"
    [ "$(entries l.db)" = "$before" ]
    "$LEDGER_PY" offer onward.json
    custody accept onward.json --bundle bundle.tar --key "$KEYS/kondo.key" --out receipt2.json
    consistent l.db
}

@test "offer: while one is open no other is made, except the same again" {
    take_in
    offer_to tanaka
    run offer_to kondo --out second.json
    refused 3 "still open"
    run offer_to tanaka --out offer.json
    refused 3 "offer.json"
    offer_to tanaka --out again.json
    cmp offer.json again.json
}

@test "offer: a receiver whom nobody knows is added from the key's comment; without a name they are not" {
    take_in
    cut -d' ' -f1,2 "$KEYS/tanaka.key.pub" >bare.pub
    run custody offer "$ITEM" --to bare.pub --purpose x --ledger l.db --key "$KEYS/sato.key" --out o.json
    [ "$status" = 2 ]
    [ ! -e o.json ]
    offer_to tanaka
    custody log --ledger l.db | grep -q "Sato Hanako adds Tanaka Ken"
}

@test "handoff: a sender's ledger that was forked contradicts what the receiver knows" {
    custody init t.db --organisation "Lab Example" --key "$KEYS/tanaka.key"
    take_in
    cp l.db fork.db
    offer_to tanaka
    custody accept offer.json --bundle bundle.tar --key "$KEYS/tanaka.key" --ledger t.db --location lab --out receipt.json
    # another history of the same ledger, of the same length
    custody offer "$ITEM" --to "$KEYS/tanaka.key.pub" --purpose other --ledger fork.db --key "$KEYS/sato.key" --out forked.json
    run custody accept forked.json --bundle bundle.tar --key "$KEYS/tanaka.key" --ledger t.db --location lab --out r2.json
    refused 1 contradicts
    [ ! -e r2.json ]
    run custody record receipt.json --ledger fork.db --key "$KEYS/sato.key"
    refused 3 "not in this ledger"
    run custody accept offer.json --bundle bundle.tar --key "$KEYS/tanaka.key" --ledger fork.db --out r5.json
    refused 1 contradicts
    # the proof of a longer fork does not join what is known either
    custody accept forked.json --bundle bundle.tar --key "$KEYS/tanaka.key" --out r3.json
    custody record r3.json --ledger fork.db --key "$KEYS/sato.key"
    cp "$VECTORS/good/long-item.tar" bundle.tar
    ITEM=$("$HOZEN_BIN/hozen-verify" verify --json bundle.tar | jq -r .bundle)
    custody intake bundle.tar --ledger fork.db --key "$KEYS/sato.key" --location x
    custody offer "$ITEM" --to "$KEYS/tanaka.key.pub" --purpose other --ledger fork.db --key "$KEYS/sato.key" --out longer.json
    [ "$(jq -r .consistency.from longer.json)" = 4 ]
    run custody accept longer.json --bundle bundle.tar --key "$KEYS/tanaka.key" --ledger t.db --location lab --out r4.json
    refused 1 contradicts
}

@test "accept: an offering ledger that lost its history is noticed by the one who shares it" {
    take_in
    cp l.db old.db
    offer_to tanaka
    run custody accept offer.json --bundle bundle.tar --key "$KEYS/tanaka.key" --ledger old.db --out receipt.json
    refused 1 "contradicts"
}

@test "accept: with a list of signers the offer's keys must be on it" {
    take_in
    offer_to tanaka
    run custody accept offer.json --bundle bundle.tar --key "$KEYS/tanaka.key" --signers "$KEYS/kondo.signers" --out r.json
    refused 1 "does not trust"
    cat "$KEYS/sato.signers" "$VECTORS/allowed_signers" >signers
    run custody accept offer.json --bundle bundle.tar --key "$KEYS/tanaka.key" --signers signers --out r.json
    [ "$status" = 0 ]
    [[ $output == *verified* ]]
}

@test "accept and decline: your own ledger needs a place; a refusal is not recorded in it" {
    custody init t.db --organisation "Lab Example" --key "$KEYS/tanaka.key"
    take_in
    offer_to tanaka
    run custody accept offer.json --bundle bundle.tar --key "$KEYS/tanaka.key" --ledger t.db --out r.json
    refused 2 --location
    run custody decline offer.json --reason x --key "$KEYS/tanaka.key" --ledger t.db --out r.json
    refused 2 "not the ledger of the offer"
    [ ! -e r.json ]
    [ "$(entries t.db)" = 1 ]
}

@test "checkpoint: a file that ssh-keygen verifies, and the audit accepts" {
    take_in
    custody checkpoint --ledger l.db --key "$KEYS/sato.key" --out cp
    [ "$(head -n 1 cp)" = "hozen-ledger/$(custody show --ledger l.db --json | jq -r .ledger)" ]
    [ "$(sed -n 2p cp)" = 2 ]
    ssh-keygen -Y verify -f "$KEYS/sato.signers" -I sato@csirt.example -n hozen-ledger-v1 -s cp.*.sshsig <cp
    run custody checkpoint --ledger l.db --key "$KEYS/sato.key" --out cp
    [ "$status" = 3 ]
    take_in || true
    consistent l.db --checkpoint cp
    [ "$(jq -r .outside <<<"$output")" = 1 ]
}

@test "log, show, audit: change nothing in the ledger file, and work on storage that cannot be written" {
    take_in
    offer_to tanaka
    before=$(sha256sum <l.db)
    custody log --ledger l.db >/dev/null
    custody show --ledger l.db >/dev/null
    custody audit --ledger l.db >/dev/null
    [ "$(sha256sum <l.db)" = "$before" ]
    [ "$(id -u)" = 0 ] || skip "mounting needs root"
    rm -f l.db-wal l.db-shm
    mkdir -p ro/inner && cp l.db ro/inner/
    # shellcheck disable=SC2016
    run unshare --mount bash -ec 'mount --bind ro/inner ro/inner; mount -o remount,bind,ro ro/inner
        ! touch ro/inner/x 2>/dev/null
        for command in log show audit; do "$HOZEN_BIN/hozen-custody" custody $command --ledger ro/inner/l.db >/dev/null; done
        ls ro/inner'
    [ "$status" = 0 ]
    [ "$output" = l.db ]
}

@test "log and show: 80 columns, Japanese aware, hostile bytes inert" {
    esc=$'\xe2\x80\xae'
    custody intake bundle.tar --ledger l.db --key "$KEYS/sato.key" --location "証拠保管庫 三番 東京都千代田区霞が関一丁目二番三号 地下二階 証拠品管理室 第三保管庫の二段目" --condition "a${esc}b" >/dev/null
    custody log --ledger l.db --lang ja >said
    custody log --ledger l.db >>said
    custody show --ledger l.db --lang ja >>said
    custody show "$ITEM" --ledger l.db >>said
    python3 - <<'PY'
import unicodedata
text = open("said", encoding="utf-8").read()
assert "\u202e" not in text and "\\xe2\\x80\\xae" in text
for line in text.split("\n"):
    width = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)
    assert width <= 80, (width, line)
PY
}

@test "many writers at once: every acknowledged record is there, none twice" {
    for i in 1 2 3 4 5 6 7 8; do
        key_new --for custody --name "Person $i <p$i@csirt.example>" --out "p$i" >/dev/null
    done
    for i in 1 2 3 4 5 6 7 8; do
        custody person add "p$i.key.pub" --ledger l.db --key "$KEYS/sato.key" >"out$i" 2>&1 &
        pids[i]=$!
    done
    for i in 1 2 3 4 5 6 7 8; do
        wait "${pids[i]}"
        grep -q "^head:" "out$i"
    done
    [ "$(entries l.db)" = 9 ]
    consistent l.db
}

@test "writers that are killed: what was acknowledged is there, and the audit passes" {
    for i in $(seq 24); do
        key_new --for custody --name "Person $i <p$i@csirt.example>" --out "p$i" >/dev/null
        timeout --signal=KILL "0.0$((RANDOM % 6))$((RANDOM % 10))" "$HOZEN_BIN/hozen-custody" custody person add "p$i.key.pub" \
            --ledger l.db --key "$KEYS/sato.key" >"out$i" 2>/dev/null || true
    done
    consistent l.db
    custody log --ledger l.db --json >log
    for i in $(seq 24); do
        if grep -q "^head:" "out$i"; then
            grep -q "\"name\":\"Person $i\"" log
        fi
    done
    custody person add "$KEYS/kondo.key.pub" --ledger l.db --key "$KEYS/sato.key"
    consistent l.db
}
