#!/usr/bin/env bats
# The life of an item, of cases, persons and policy: every command that signs one statement.

bats_require_minimum_version 1.5.0
load 40-custody.bash

setup() {
    two_signers tanaka
}

sato() { custody "$@" --ledger l.db --key "$KEYS/sato.key"; }
both() { sato "$@" --second-key "$KEYS/tanaka.key"; }

# last TYPE: the latest entry of the log is of this type; leaves it in `entry`.
last() {
    custody log --ledger l.db --json | tail -1 >entry
    [ "$(jq -r .statement.type entry)" = "$1" ] || { cat entry; return 1; }
}
body() { jq -cS .statement.body entry; }

# says COMMAND...: its JSON has the shape, and the entry is the one it names.
says() {
    "$@" --json >answer
    "$HOZEN_SOURCE/tests/oracle/shapes.py" --file custody-result answer
    custody log --ledger l.db --json | tail -1 >entry
    [ "$(jq .entry answer)" = "$(jq .entry entry)" ]
}

@test "life: facts of a case, notes on it and on an item, photographs" {
    says sato case INC-1 --title "Breach of the shop" --severity high --code-name OWL --privilege "work product" \
        --detected 2026-11-20T09:00:00+09:00 --reporter "Kondo Aoi" --method "alert of the proxy" --symptoms "odd uploads" \
        --impact "customer data" --responsible "Mori Jun"
    [ "$(jq -r .statement.case entry)" = INC-1 ]
    [ "$(jq -r '.statement.body | keys | join(" ")' entry)" = \
        "code_name detected impact method privilege reporter responsible severity symptoms title" ]
    TZ=Asia/Tokyo says sato note --case INC-1 --text "host isolated" --kind containment --at 2026-11-20T01:00:00Z
    [ "$(body)" = '{"at":"2026-11-20T01:00:00+00:00","kind":"containment","text":"host isolated"}' ]
    says sato note --case INC-1 --text "as the clock on the wall had it" --at 2026-11-20T01:02:03+05:30 # is stated, and kept
    [ "$(jq -r .statement.body.at entry)" = 2026-11-20T01:02:03+05:30 ]
    says sato note "$ITEM" --text "seal checked"
    [ "$(jq -r '.statement.item + " " + .statement.body.text' entry)" = "$ITEM seal checked" ]
    printf picture >seal.jpg
    says sato photograph "$ITEM" --picture ./seal.jpg --description "the seal" --by "Kondo Aoi"
    [ "$(body)" = "$(jq -ncS --arg d "$(sha256sum <seal.jpg | cut -d' ' -f1)" \
        '{by: "Kondo Aoi", description: "the seal", file: "seal.jpg", sha256: $d}')" ]
    run sato note --text x
    refused 2 "either an item or --case"
    run sato note "$ITEM" --case INC-1 --text x
    refused 2 "either an item or --case"
    run sato case INC-1
    [ "$status" != 0 ]
    consistent l.db
}

@test "life: an offer is taken back; one that was answered meanwhile is disputed, and both settle it" {
    offer_to tanaka >/dev/null
    says sato courier "$ITEM" --name "Yamato" --contact 03-0000-0000 --tracking 42 --seal A-1
    [ "$(state l.db)" = in-transit ]
    custody accept offer.json --bundle bundle.tar --key "$KEYS/tanaka.key" --out receipt.json >/dev/null
    says sato withdraw "$ITEM" --reason "wrong receiver"
    [ "$(state l.db)" = held ]
    sato record receipt.json >/dev/null
    [ "$(state l.db)" = disputed ]
    run sato settle "$ITEM" --custodian "$(ssh-keygen -lf "$KEYS/tanaka.key.pub" | cut -d' ' -f2)" --reason "it arrived"
    [ "$status" = 3 ]
    says both settle "$ITEM" --custodian "$(ssh-keygen -lf "$KEYS/tanaka.key.pub" | cut -d' ' -f2)" --reason "it arrived"
    [ "$(custodian l.db)" = "Tanaka Ken" ]
    run sato withdraw "$ITEM"
    refused 3 "there is no open offer"
    consistent l.db
}

@test "life: copies are made, taken out, brought back, moved, destroyed; never the last one" {
    cp bundle.tar work.tar
    says sato copy "$ITEM" --copy w1 --role working --file work.tar --medium "USB stick 7" --place "lab"
    [ "$(jq -r .statement.body.sha256 entry)" = "$(sha256sum <work.tar | cut -d' ' -f1)" ]
    says sato checkout "$ITEM" --copy w1 --to "Mori Jun" --to-organisation Lab --purpose analysis --due 2026-12-01T00:00:00Z
    [ "$(jq -r '.statement.body.to.name + " " + .statement.body.to.organisation' entry)" = "Mori Jun Lab" ]
    run sato destroy "$ITEM" --copy w1 --method shred --authority "Mori Jun"
    [ "$status" = 3 ]
    says sato return "$ITEM" --copy w1 --condition good --place "locker 4" --file work.tar
    says sato move "$ITEM" --place "locker 5" --reason flood
    says sato destroy "$ITEM" --copy w1 --method shred --authority "Mori Jun" --witness "Kondo Aoi"
    run sato destroy "$ITEM" --copy original --method shred --authority "Mori Jun"
    [ "$status" = 3 ]
    consistent l.db
}

@test "life: a copy is verified again; one that is altered has failed, and two persons decide" {
    says sato recheck "$ITEM" --bundle bundle.tar
    [ "$(jq -r .statement.body.evidence.integrity entry)" = intact ]
    cp bundle.tar w.tar
    sato copy "$ITEM" --copy w1 --role working --file w.tar >/dev/null
    printf X | dd of=w.tar bs=1 seek=3000 conv=notrunc status=none
    run -1 --separate-stderr sato recheck "$ITEM" --copy w1 --bundle w.tar --json
    [ "$(jq -r .evidence.integrity <<<"$output")" = altered ]
    [ "$(custody show "$ITEM" --ledger l.db --json | jq -r '.items[0].integrity')" = intact ]
    run sato resolve "$ITEM" --copy w1 --outcome replaced --reason "a new one is made"
    [ "$status" = 3 ]
    says both resolve "$ITEM" --copy w1 --outcome replaced --reason "a new one is made"
    printf X | dd of=bundle.tar bs=1 seek=3000 conv=notrunc status=none
    run -1 sato recheck "$ITEM" --bundle bundle.tar
    [ "$(custody show "$ITEM" --ledger l.db --json | jq -r '.items[0].integrity')" = altered ]
    consistent l.db
}

@test "life: a hold blocks and cancels a disposal; lifting and disposing need two persons" {
    says sato dispose "$ITEM" --plan --method shredding --authority "court order 7" --reason "case closed"
    says sato hold "$ITEM" --hold H-1 --authority "court order 8" --reason appeal --scope everything
    run both dispose "$ITEM" --method shredding --authority "court order 7"
    [ "$status" = 3 ]
    run sato lift "$ITEM" --hold H-1 --authority "court order 9" --reason decided
    refused 3 "second person"
    says both lift "$ITEM" --hold H-1 --authority "court order 9" --reason decided
    run both dispose "$ITEM" --method shredding --authority "court order 7"
    refused 3 "no disposal is planned"
    sato dispose "$ITEM" --plan --method shredding --authority "court order 7" >/dev/null
    run sato dispose "$ITEM" --method shredding --authority "court order 7"
    refused 3 "second person"
    says both dispose "$ITEM" --method shredding --authority "court order 7" --witness "Kondo Aoi"
    [ "$(state l.db)" = disposed ]
    run offer_to kondo
    [ "$status" = 3 ]
    sato note "$ITEM" --text "the certificate of the shredder is in the file" >/dev/null
    consistent l.db
}

@test "life: given back to its owner" {
    says sato owner-return "$ITEM" --to "Shop KK" --to-contact "shop@shop.example" --authority "prosecutor" --condition good
    [ "$(state l.db)" = returned ]
    consistent l.db
}

@test "life: two persons at two places sign one after the other" {
    sato dispose "$ITEM" --plan --method shredding --authority "court order 7" >/dev/null
    before=$(entries l.db)
    sato dispose "$ITEM" --method shredding --authority "court order 7" --out half.json --json >answer
    "$HOZEN_SOURCE/tests/oracle/shapes.py" --file custody-result answer
    "$HOZEN_SOURCE/tests/oracle/shapes.py" --file signing half.json
    [ "$(entries l.db)" = "$before" ]
    run sato record half.json
    refused 3 "second person"
    run -3 --separate-stderr custody cosign half.json --key "$KEYS/sato.key" --out again.json
    [ ! -e again.json ]
    custody cosign half.json --key "$KEYS/tanaka.key" --out both.json --lang ja >shown
    grep -q "$ITEM を廃棄" shown
    sato record both.json >/dev/null
    last disposal
    [ "$(state l.db)" = disposed ]
    run sato record both.json
    [ "$status" = 3 ]
    consistent l.db
}

@test "life: a signing file that was changed, is cut, or is of another ledger is refused" {
    sato note "$ITEM" --text mine --out note.json >/dev/null
    jq -c '.statement |= (@base64d | sub("mine"; "yours") | @base64)' note.json >changed.json
    run sato record changed.json
    refused 1 "changed.json"
    head -c 200 note.json >cut.json
    run sato record cut.json
    [ "$status" = 3 ]
    custody init other.db --organisation Lab --key "$KEYS/kondo.key" >/dev/null
    run custody record note.json --ledger other.db --key "$KEYS/kondo.key"
    refused 3 "another ledger"
    run sato note "$ITEM" --text mine --out note.json
    [ "$status" = 3 ]
    sato record note.json >/dev/null
    last note
    consistent l.db
}

@test "life: keys are exchanged, ended, and what an ended key held is given to somebody else" {
    key_new --for custody --name "Sato Hanako <sato@csirt.example>" --out "$KEYS/sato2" >/dev/null
    run sato person rotate --new-key "$KEYS/sato2.key"
    [ "$status" = 3 ]
    says both person rotate --new-key "$KEYS/sato2.key" --reason yearly
    [ "$(custody show "$ITEM" --ledger l.db --json | jq -r '.items[0].custodian')" = \
        "$(ssh-keygen -lf "$KEYS/sato2.key.pub" | cut -d' ' -f2)" ]
    run sato note "$ITEM" --text "with the old key"
    [ "$status" = 3 ]
    fingerprint=$(ssh-keygen -lf "$KEYS/sato2.key.pub" | cut -d' ' -f2)
    custody person add "$KEYS/kondo.key.pub" --ledger l.db --key "$KEYS/tanaka.key" >/dev/null
    run custody reassign "$ITEM" --to "$KEYS/kondo.key.pub" --authority head --reason lost --ledger l.db \
        --key "$KEYS/tanaka.key" --second-key "$KEYS/kondo.key"
    [ "$status" = 3 ]
    custody person revoke "$fingerprint" --reason lost --since 2026-11-01T00:00:00Z --ledger l.db --key "$KEYS/tanaka.key" \
        --second-key "$KEYS/kondo.key" >/dev/null
    custody reassign "$ITEM" --to "$KEYS/kondo.key.pub" --authority head --reason lost --ledger l.db \
        --key "$KEYS/tanaka.key" --second-key "$KEYS/kondo.key" >/dev/null
    [ "$(custodian l.db)" = "Kondo Aoi" ]
    run custody audit --ledger l.db --json
    [ "$status" = 0 ]
    jq -e 'any(.findings[]; .code == "signer-in-doubt")' <<<"$output"
}

@test "life: a policy refuses by the name of its rule, and records what goes against it" {
    printf '{"rules":[{"checkpoint_signer":true,"name":"two-for-copies","persons":2,"types":["copy"]}]}\n' >rules.json
    run sato policy rules.json
    [ "$status" = 3 ]
    says both policy rules.json
    cp bundle.tar w.tar
    run sato copy "$ITEM" --copy w1 --role working --file w.tar
    refused 3 two-for-copies
    says both copy "$ITEM" --copy w1 --role working --file w.tar
    printf '{"rules":[{"name":"analysts","roles":["analyst"],"types":["note"]}]}\n' >rules.json
    both policy rules.json >/dev/null
    run sato note "$ITEM" --text x
    refused 3 analysts
    run sato note "$ITEM" --text x --override analysts --override-reason "nobody else is here"
    [ "$status" = 3 ]
    says both note "$ITEM" --text x --override analysts --override-reason "nobody else is here"
    [ "$(jq -r .statement.body.override.rule entry)" = analysts ]
    consistent l.db
}

@test "life: a policy may be written as people write JSON, and what is wrong in it is told with its place" {
    cat >rules.json <<'EOF'
{
  "recheck_days" : 30,
  "rules" : [ { "types" : [ "note", "copy" ], "roles" : ["\u5206\u6790 \ud83d\udd0d", "b/\"c\"" ],
                "name" : "analysts" } ],
  "copies" : 2
}
EOF
    says both policy rules.json
    [ "$(body)" = '{"rules":{"copies":2,"recheck_days":30,"rules":[{"name":"analysts","roles":["b/\"c\"","分析 🔍"],"types":["copy","note"]}]}}' ]
    consistent l.db
    wrong() {
        printf "$1" >wrong.json
        run both policy wrong.json
        refused 3 "wrong.json: $2"
    }
    wrong '{\n "copies" 2}' "line 2, column 11: a colon was expected"
    wrong '{\n "copies": 2,\n}' "line 3, column 1: a text in double quotes was expected"
    wrong '{"copies": 2.5}' "line 1, column 13: a whole number was expected"
    wrong '{"copies": 2, "copies": 3}' "line 1, column 27: one key stands twice"
    wrong '{"copies": 2} x' "line 1, column 15: the end of the file was expected"
    wrong '{"rules": [{"name": "a", "persons": 9, "types": ["note"]}]}' "policy, rules, persons, 2-4: a number of the policy is out of its range"
    wrong '{"rules": [{"name": "a", "types": ["nothing"]}]}' "policy, rules, types: a rule is for types"
    wrong '{"rulez": []}' "policy, rulez: an unknown key"
    wrong '' "line 1, column 1: a value was expected"
}

@test "life: an entry of a time that has not come is told by the audit, once, and is no failure" {
    later() { ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0 faketime -f "+3650d" "$HOZEN_BIN/hozen-custody" "$@"; }
    later custody note "$ITEM" --text x --ledger l.db --key "$KEYS/sato.key" >/dev/null
    later custody note "$ITEM" --text y --ledger l.db --key "$KEYS/sato.key" >/dev/null
    run custody audit --ledger l.db --json
    [ "$status" = 0 ]
    [ "$(jq -c '[.verdict, (.findings[] | .code, .entry)]' <<<"$output")" = "[\"consistent\",\"clock-ahead\",$(($(entries l.db) - 2))]" ]
    custody audit --ledger l.db --json >audit
    "$HOZEN_SOURCE/tests/oracle/shapes.py" --file audit audit
    [ "$(later custody audit --ledger l.db --json | jq '.findings | length')" = 0 ]
}

@test "life: an offer of what is under a hold says that the hold stays behind" {
    sato hold "$ITEM" --hold H-1 --authority "order 7" --reason x >/dev/null
    offer_to tanaka 2>said
    grep -q "$ITEM is under the legal hold H-1 (order 7), which the offer does not carry" said
}

@test "life: a policy asks for no copies of a thing that was not hashed" {
    echo '{"copies": 3}' >rules.json
    both policy rules.json >/dev/null
    custody intake --item phone --kind device --location safe --ledger l.db --key "$KEYS/sato.key" >/dev/null
    [ "$(custody audit --ledger l.db --json | jq -c '[.findings[] | select(.code == "policy-unmet") | .item]')" = "[\"$ITEM\"]" ]
}

@test "life: a picture whose name is not UTF-8 is refused by its path; a ledger that cannot be written says what to do" {
    printf x >"$(printf 'a\377.jpg')"
    run sato photograph "$ITEM" --picture "$(printf 'a\377.jpg')" --description x
    refused 2 '.jpg: the name of the picture'
    [ "$(id -u)" = 0 ] || skip "needs root"
    mkdir ro && cp l.db ro/
    run unshare --mount sh -c 'mount --bind ro ro && mount -o remount,ro,bind ro && "$0" custody checkpoint --ledger ro/l.db --key "$1" --out head' \
        "$HOZEN_BIN/hozen-custody" "$KEYS/sato.key"
    refused 3 "ro/l.db: lies where nothing can be written, and this command writes into the ledger; run it on a copy"
}

@test "life: hostile texts are inert in the log" {
    nasty=$(printf '<script>=cmd|calc \342\200\256 end')
    sato note "$ITEM" --text "$nasty" >shown
    custody log --ledger l.db >>shown
    run ! grep -qP '[\x00-\x08\x0b-\x1f\x7f]|\x{202e}' shown
}

@test "life: show tells copies, holds, a planned disposal and what is known of a case" {
    cp bundle.tar w.tar
    sato copy "$ITEM" --copy w1 --role working --file w.tar --medium "USB stick 7" >/dev/null
    sato checkout "$ITEM" --copy w1 --to "Mori Jun" --purpose analysis --due 2026-12-01T00:00:00Z >/dev/null
    sato hold "$ITEM" --hold H-1 --authority court --reason appeal >/dev/null
    both lift "$ITEM" --hold H-1 --authority court --reason decided >/dev/null
    sato dispose "$ITEM" --plan --method shredding --authority court >/dev/null
    sato case INC-2016-001 --title "Breach" --severity high >/dev/null
    custody show "$ITEM" --ledger l.db --json >shown
    "$HOZEN_SOURCE/tests/oracle/shapes.py" --file show shown
    jq -e '.items[0] | .disposal == "planned" and (.copies | map(.copy + ":" + .state) == ["original:there", "w1:out"]) and
        .copies[1].holder == "Mori Jun" and (.holds | map(.hold + ":" + .lifted) == ["H-1:yes"])' shown
    custody show "$ITEM" --ledger l.db >text
    grep -q '^disposal: *planned' text
    grep -q '^copy: *w1;' text
    tr -s ' \n' '  ' <text | grep -q 'USB stick 7'
    grep -q '^hold: *H-1; ' text
    of_case=$(jq -r '.items[0].case' shown)
    sato case "$of_case" --title "Breach" --severity high >/dev/null
    custody show --case "$of_case" --ledger l.db --json >shown
    "$HOZEN_SOURCE/tests/oracle/shapes.py" --file show shown
    jq -e --arg i "$ITEM" '.facts == {severity: "high", title: "Breach"} and (.items | map(.item) == [$i])' shown
    custody show --case "$of_case" --ledger l.db | grep -q '^severity: *high'
    run custody show --case NONE --ledger l.db
    refused 3 "nothing in this ledger"
}
