#!/usr/bin/env bats
# Two ledgers that share no network: what one side holds of the other proves what the other did with its log.

load 40-custody.bash

setup_file() {
    export KEYS=$BATS_FILE_TMPDIR/keys
    make_keys
}

setup() { start; }

# audit_codes LEDGER [OPTION...]: "exit CODE:ENTRY ..." of an audit
audit_codes() {
    local status=0
    custody audit --ledger "$@" --json >audit.json || status=$?
    "$HOZEN_SOURCE/tests/oracle/shapes.py" --file audit audit.json >&2
    echo "$status $(jq -r '[.findings[] | .code + (if .entry then ":" + (.entry | tostring) else "" end)] | join(" ")' audit.json)"
}

# Sato's ledger with an item offered to Tanaka and accepted; before.db is the ledger before the offer.
handed_over() {
    take_in
    custody person add "$KEYS/tanaka.key.pub" --ledger l.db --key "$KEYS/sato.key" >/dev/null
    cp l.db before.db
    offer_to tanaka >/dev/null
    custody accept offer.json --bundle bundle.tar --key "$KEYS/tanaka.key" --out receipt.json >/dev/null
    custody record receipt.json --ledger l.db --key "$KEYS/sato.key" >/dev/null
}

@test "prove: a signed head in one file, proved to continue what the other side holds, whatever that is" {
    handed_over
    jq -rj .checkpoint offer.json >known
    for from in known offer.json receipt.json; do
        run custody prove --from $from --ledger l.db --out "p-${from%.json}"
        [ "$status" = 0 ]
        [[ $output == *"continues:     $from"* ]]
        "$LEDGER_PY" proof "p-${from%.json}" --known known
    done
    cmp p-known p-offer
    custody prove --from p-known --ledger l.db --out again --json >made
    "$HOZEN_SOURCE/tests/oracle/shapes.py" --file custody-result made --file receipt receipt.json
    jq -e '.command == "custody prove" and .files.proof == "again" and (.head.size == "5")' made
    custody prove --ledger l.db --out alone
    "$LEDGER_PY" proof alone
    [ "$(jq 'has("consistency")' alone)" = false ]
    run custody prove --ledger l.db --out alone
    refused 3 alone
}

@test "prove: refuses a log that is not the one the other side knows" {
    handed_over
    run custody prove --from receipt.json --ledger before.db --out p
    refused 1 "is of a log of 4 entries, and this one has 3"
    custody person add "$KEYS/kondo.key.pub" --ledger before.db --key "$KEYS/sato.key" >/dev/null
    run custody prove --from receipt.json --ledger before.db --out p
    refused 1 "is not of this log at size 4"
    custody init t.db --organisation "Lab Example" --key "$KEYS/tanaka.key" >/dev/null
    run custody prove --from receipt.json --ledger t.db --out p
    refused 3 "another ledger"
    [ ! -e p ]
}

@test "audit: offers, receipts and proofs of the log hold" {
    handed_over
    custody prove --from receipt.json --ledger l.db --out p
    [ "$(audit_codes l.db --offer offer.json --offer receipt.json --checkpoint p)" = "0 " ]
    [ "$(jq -r .outside audit.json)" = 3 ]
    jq -e '.unknown == []' audit.json
}

@test "verify: of a file of a ledger it says what it is, and how it is checked" {
    handed_over
    custody prove --from receipt.json --ledger l.db --out p
    custody checkpoint --ledger l.db --key "$KEYS/sato.key" --out head
    custody policy <(printf '{"copies":1}\n') --ledger l.db --key "$KEYS/sato.key" --out signing
    for file in offer.json receipt.json p head signing; do
        run "$HOZEN_BIN/hozen-verify" verify $file
        [ "$status" = 3 ]
        [[ ${output//$'\n'/ } == *"a file of a custody ledger: "*"hozen custody audit --offer"*"custody cosign"* ]] || { echo "$file: $output"; false; }
    done
    printf '{"checkpoint":"hozen"}\n' >other
    run "$HOZEN_BIN/hozen-verify" verify other
    [ "$status" = 3 ]
    [[ $output == *"this is not an evidence bundle"* && $output != *ledger* ]]
}

@test "audit: a ledger that was rolled back is shown by the counterparty's receipt alone" {
    handed_over
    [ "$(audit_codes before.db)" = "0 " ] # nothing to see from inside
    [ "$(audit_codes before.db --offer receipt.json)" = "1 rollback:3 offer-missing:3" ]
    [ "$(audit_codes before.db --offer offer.json)" = "1 rollback:3 offer-missing:3" ]
}

@test "audit: a receipt that was never recorded is found; one that no ledger could hold is not judged" {
    take_in
    offer_to kondo >/dev/null
    custody accept offer.json --bundle bundle.tar --key "$KEYS/kondo.key" --out receipt.json >/dev/null
    [ "$(audit_codes l.db --offer offer.json)" = "0 " ]
    entry=$(jq -r '.entry | @base64d | fromjson | .sequence' offer.json)
    [ "$(audit_codes l.db --offer receipt.json)" = "1 offer-missing:$entry" ]
    jq -e '.findings[0].detail | contains("receipt.json") and contains("custody record")' audit.json
    openssl pkey -in "$KEYS/kondo.key" -out plain
    chmod 600 plain
    cp "$KEYS/kondo.key.pub" plain.pub
    "$HOZEN_SOURCE/tests/cli/55-answer.py" receipt.json plain 's["nonce"] = "0" * 32' >other.json
    [ "$(audit_codes l.db --offer other.json)" = "1 offer-missing:$entry" ]
    "$HOZEN_SOURCE/tests/cli/55-answer.py" receipt.json plain 's["time"] = "2096-01-01T00:00:00+00:00"' >late.json
    [ "$(audit_codes l.db --offer late.json)" = "3 " ]
    jq -e '.unknown[0] | contains("late.json: accepts after the offer had expired")' audit.json
    openssl pkey -in "$KEYS/sato.key" -out plain
    chmod 600 plain
    cp "$KEYS/sato.key.pub" plain.pub
    "$HOZEN_SOURCE/tests/cli/55-answer.py" receipt.json plain "s['actor']['key'] = '$(ssh-keygen -lf plain.pub | cut -d' ' -f2)'" >sato.json
    [ "$(audit_codes l.db --offer sato.json)" = "3 " ]
    jq -e '.unknown[0] | contains("sato.json: is signed by somebody to whom this was not offered")' audit.json
    # recorded: it is there, and who signed two answers shows nothing by the other one
    custody record receipt.json --ledger l.db --key "$KEYS/sato.key" >/dev/null
    [ "$(audit_codes l.db --offer receipt.json)" = "0 " ]
    [ "$(audit_codes l.db --offer receipt.json --offer other.json)" = "3 " ]
    jq -e '.unknown[0] | contains("is another answer to the same offer")' audit.json
}

@test "audit: a ledger that was told anew is shown by the counterparty's receipt alone" {
    handed_over
    custody person add "$KEYS/kondo.key.pub" --ledger before.db --key "$KEYS/sato.key" >/dev/null
    [ "$(audit_codes before.db)" = "0 " ]
    [ "$(audit_codes before.db --offer receipt.json)" = "1 fork:0 offer-missing:3" ]
    jq -e '[.findings[].detail] | any(contains("receipt.json"))' audit.json
    # with what held before, the first entry that can differ is named
    custody checkpoint --ledger l.db --key "$KEYS/sato.key" --out head >/dev/null
    custody prove --ledger before.db --out p
    [ "$(audit_codes l.db --checkpoint p --checkpoint head)" = "1 fork:0" ]
}

@test "audit: what the log's own people did not sign proves nothing against it" {
    handed_over
    # Kondo, who is nobody here, makes a log that calls itself Sato's
    custody init k.db --organisation "Elsewhere" --key "$KEYS/kondo.key" >/dev/null
    custody prove --ledger k.db --out foreign
    [ "$(audit_codes l.db --checkpoint foreign)" = "3 " ]
    jq -e '.unknown[0] | contains("another ledger")' audit.json
    python3 - "$(custody show --ledger l.db --json | jq -r .ledger)" <<'PY'
import base64, sys
open("fake", "w").write("hozen-ledger/%s\n9\n%s\n" % (sys.argv[1], base64.b64encode(b"x" * 32).decode()))
PY
    openssl pkey -in "$KEYS/kondo.key" -out plain
    chmod 600 plain
    cp "$KEYS/kondo.key.pub" plain.pub
    ssh-keygen -Y sign -q -f plain -n hozen-ledger-v1 fake
    keyid=$(cut -d' ' -f2 "$KEYS/kondo.key.pub" | base64 -d | sha256sum | cut -d' ' -f1)
    mv fake.sig "fake.$keyid.sshsig"
    [ "$(audit_codes l.db --checkpoint fake)" = "3 " ]
    # a signature that does not hold is no evidence for anybody
    sed -i 's/^9$/8/' fake
    run custody audit --ledger l.db --checkpoint fake
    refused 3 "does not hold"
    sed 's/hozen-proof/hozen-prove/' foreign >other
    run custody audit --ledger l.db --checkpoint other
    refused 3 "neither a checkpoint nor a file that holds one"
    run custody audit --ledger l.db --offer foreign
    refused 3 "neither an offer nor the receipt for one"
}

@test "receipt: states the checkpoint with its signatures; another one in its place is refused" {
    handed_over
    "$LEDGER_PY" receipt receipt.json --offer offer.json
    [ "$(jq -c '[.checkpoint, .checkpoint_signatures]' receipt.json)" = "$(jq -c '[.checkpoint, .checkpoint_signatures]' offer.json)" ]
    custody prove --ledger l.db --out later
    jq -cS --slurpfile p later '.checkpoint = $p[0].checkpoint | .checkpoint_signatures = $p[0].checkpoint_signatures' receipt.json >swapped
    run custody audit --ledger l.db --offer swapped
    refused 3 "not the one that the statement states"
    jq -cS '.cosignature = .signatures[0]' receipt.json >swapped
    run custody audit --ledger l.db --offer swapped
    refused 3 "made for another purpose"
}

# Tanaka's own ledger beside Sato's.
their_ledger() { custody init t.db --organisation "Lab Example" --key "$KEYS/tanaka.key" >/dev/null; }
witness() { custody witness "$@" --ledger t.db --key "$KEYS/tanaka.key"; }

@test "witness: a checkpoint as text is first seen; a later one with its proof is verified" {
    their_ledger
    custody checkpoint --ledger l.db --key "$KEYS/sato.key" --out head >/dev/null
    run witness head --origin "Sato Hanako, by mail" --cosign head.cosigned
    [ "$status" = 0 ]
    [[ $output == *"1 entries of ledger $(head -n 1 head | cut -d/ -f2)"* ]] && [[ $output == *"checkpoint:    first seen"* ]] || { echo "$output"; return 1; }
    echo "tanaka@lab.example $(cut -d' ' -f1,2 "$KEYS/tanaka.key.pub")" >them
    ssh-keygen -Y verify -f them -I tanaka@lab.example -n hozen-countersign-v1 -s head.cosigned <head
    take_in
    custody prove --from head --ledger l.db --out later >/dev/null
    witness later --json >made
    "$HOZEN_SOURCE/tests/oracle/shapes.py" --file custody-result made --file proof later
    jq -e '.command == "custody witness" and .witnessed.status == "verified" and .witnessed.size == "2" and .entry == 2' made
    witness later | grep -q "checkpoint:    verified" # the same again
    [ "$(custody log --ledger t.db --json | jq -r 'select(.statement.type == "witness") | .statement.body.origin // "-"' | head -n 1)" = "Sato Hanako, by mail" ]
    custody log --ledger t.db | grep -q "Tanaka Ken keeps a checkpoint of another ledger"
    [ "$(sqlite3 t.db 'SELECT group_concat(size) FROM witness')" = 1,2 ]
    consistent t.db
}

@test "witness: what is not proved is said; a proof that does not join is refused" {
    their_ledger
    custody checkpoint --ledger l.db --key "$KEYS/sato.key" --out head >/dev/null
    witness head >/dev/null
    take_in
    custody prove --ledger l.db --out later >/dev/null
    run witness later
    [ "$status" = 0 ]
    [[ $output == *"not proved to continue the log of 1 entries"* && $output == *"checkpoint:    not proved"* ]]
    custody prove --from head --ledger l.db --out proved >/dev/null
    jq -cS '.consistency.proof[0] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="' proved >broken
    before=$(entries t.db)
    run witness broken
    refused 3 "does not join the checkpoint of 1 entries"
    [ "$(entries t.db)" = "$before" ]
    jq -cj .checkpoint later >text
    run witness text
    refused 3 "no signature"
    custody prove --ledger t.db --out own >/dev/null
    run witness own
    refused 3 "one of this ledger itself"
}

@test "witness: a second history is recorded, and the audit names it; it is not cosigned" {
    their_ledger
    handed_over
    witness offer.json >/dev/null
    custody person add "$KEYS/kondo.key.pub" --ledger before.db --key "$KEYS/sato.key" >/dev/null
    custody prove --ledger before.db --out other >/dev/null
    run witness other --cosign c
    [ "$status" = 1 ]
    [[ $output == *"contradicts the checkpoint in entry 1"*"two histories"*"not cosigned"* ]]
    [ ! -e c ]
    # a finding about Sato's ledger, not about Tanaka's
    [ "$(audit_codes t.db)" = "0 counterparty-fork:2" ]
    [ "$(jq -r .verdict audit.json)" = consistent ]
    # and a stranger cannot make one
    python3 - "$(jq -r .checkpoint other | head -n 1)" <<'PY'
import base64, sys
open("fake", "w").write("%s\n4\n%s\n" % (sys.argv[1], base64.b64encode(b"x" * 32).decode()))
PY
    openssl pkey -in "$KEYS/kondo.key" -out plain
    chmod 600 plain
    cp "$KEYS/kondo.key.pub" plain.pub
    ssh-keygen -Y sign -q -f plain -n hozen-ledger-v1 fake
    mv fake.sig "fake.$(cut -d' ' -f2 "$KEYS/kondo.key.pub" | base64 -d | sha256sum | cut -d' ' -f1).sshsig"
    run witness fake
    refused 3 "--signers"
    run witness fake --signers "$KEYS/sato.signers"
    refused 1 "does not trust the key"
    [ "$(entries t.db)" = 3 ]
}

@test "witness: a table that was changed is not what the entries say" {
    their_ledger
    custody prove --ledger l.db --out p >/dev/null
    witness p >/dev/null
    sqlite3 t.db "DROP TRIGGER witness_delete; DELETE FROM witness; CREATE TRIGGER witness_delete BEFORE DELETE ON witness BEGIN SELECT raise(ABORT, 'witnesses are never deleted'); END"
    [ "$(audit_codes t.db)" = "1 projection-altered:1" ]
}

# hand FROM-NAME FROM-LEDGER TO-NAME TO-LEDGER NUMBER: the item goes from one ledger to another
hand() {
    custody offer "$ITEM" --to "$KEYS/$3.key.pub" --purpose analysis --ledger "$2" --key "$KEYS/$1.key" --out "offer$5.json" >/dev/null
    custody accept "offer$5.json" --bundle bundle.tar --key "$KEYS/$3.key" --ledger "$4" --location "at $3's" --out "receipt$5.json" >/dev/null
    custody record "receipt$5.json" --ledger "$2" --key "$KEYS/$1.key" >/dev/null
}

@test "an item goes to another ledger, comes back, and goes again; each side proves the other's log" {
    their_ledger
    take_in
    hand sato l.db tanaka t.db 1
    hand tanaka t.db sato l.db 2
    for l in l.db t.db; do
        [ "$(custodian $l)/$(state $l)" = "Sato Hanako/held" ]
        consistent $l
    done
    [ "$(custody show "$ITEM" --ledger l.db --json | jq -r '.items[0] | .location')" = "at sato's" ]
    [ "$(sqlite3 l.db 'SELECT count(*) FROM copy')" = 1 ]
    hand sato l.db tanaka t.db 3
    [ "$(custodian l.db)/$(custodian t.db)" = "Tanaka Ken/Tanaka Ken" ]
    # what each side holds of the other
    [ "$(audit_codes l.db --offer offer1.json --offer receipt1.json --offer offer3.json --offer receipt3.json)" = "0 " ]
    [ "$(audit_codes t.db --offer offer2.json --offer receipt2.json)" = "0 " ]
    jq -e '.consistency.from' offer3.json
    # folders that say it all
    for l in l t; do
        k=sato
        [ $l = l ] || k=tanaka
        custody export $l.all --ledger $l.db --key "$KEYS/$k.key" >/dev/null
        custody export $l.item --item "$ITEM" --ledger $l.db --key "$KEYS/$k.key" >/dev/null
        for folder in $l.all $l.item; do
            "$HOZEN_BIN/hozen-verify" verify $folder --signers "$KEYS/$k.signers" >/dev/null
            sed -n '/^#!/,/^# end/p' $folder/VERIFY.ja.txt >check.py
            python3 check.py $folder | grep -q '^holds: '
        done
    done
}

@test "accept: a receipt that was lost is given again, as it was, and nothing is recorded twice" {
    their_ledger
    take_in
    custody offer "$ITEM" --to "$KEYS/tanaka.key.pub" --purpose analysis --ledger l.db --key "$KEYS/sato.key" --out offer.json >/dev/null
    custody accept offer.json --bundle bundle.tar --key "$KEYS/tanaka.key" --ledger t.db --location "lab" --out receipt.json >/dev/null
    before=$(entries t.db)
    mv receipt.json first
    # the evidence may lie elsewhere by now, and is not looked at again
    run custody accept offer.json --bundle nowhere --key "$KEYS/tanaka.key" --ledger t.db --out receipt.json
    [ "$status" = 0 ]
    [[ $output == *"was accepted already (entry 1 of your ledger)"* ]] || { echo "$output"; false; }
    cmp first receipt.json
    # from the same offer in a file that was written again, too
    custody offer "$ITEM" --to "$KEYS/tanaka.key.pub" --purpose analysis --ledger l.db --key "$KEYS/sato.key" --out offer2.json >/dev/null
    custody accept offer2.json --key "$KEYS/tanaka.key" --ledger t.db --out r2 --json >made
    "$HOZEN_SOURCE/tests/oracle/shapes.py" --file custody-result made
    jq -e '.answer == "accepted" and .entry == 1 and (has("evidence") | not) and .files.receipt == "r2" and .offer.checkpoint == "first-seen"' made
    cmp first r2
    [ "$(entries t.db)" = "$before" ]
    run custody accept offer.json --key "$KEYS/tanaka.key" --ledger t.db --out r2
    refused 3 r2
    # nobody else gets it, and a ledger that has it not makes none
    custody person add "$KEYS/kondo.key.pub" --ledger t.db --key "$KEYS/tanaka.key" >/dev/null
    run custody accept offer.json --bundle bundle.tar --key "$KEYS/kondo.key" --ledger t.db --location lab --out r3
    refused 3 "offered to Tanaka Ken"
    [ ! -e r3 ]
    custody record receipt.json --ledger l.db --key "$KEYS/sato.key" >/dev/null
    [ "$(custodian l.db)" = "Tanaka Ken" ]
}

@test "an item comes back only from whom the ledger knows as its custodian, and as it is" {
    their_ledger
    take_in
    hand sato l.db tanaka t.db 1
    custody init k.db --organisation "Court Example" --key "$KEYS/kondo.key" >/dev/null
    custody intake bundle.tar --ledger k.db --key "$KEYS/kondo.key" --location court >/dev/null
    custody offer "$ITEM" --to "$KEYS/sato.key.pub" --purpose x --ledger k.db --key "$KEYS/kondo.key" --out other.json >/dev/null
    before=$(entries l.db)
    run custody accept other.json --bundle bundle.tar --key "$KEYS/sato.key" --ledger l.db --location here --out r.json
    refused 3 "in this ledger already"
    run custody intake bundle.tar --ledger l.db --key "$KEYS/sato.key" --location here
    refused 3 "in this ledger already"
    [ ! -e r.json ]
    [ "$(entries l.db)" = "$before" ]
    # with other bytes than were taken in first: another ledger, the same name
    zstd -q "$VECTORS/good/p256.tar" -o other.tar.zst
    custody init u.db --organisation "Lab Two" --key "$KEYS/tanaka.key" >/dev/null
    custody intake other.tar.zst --ledger u.db --key "$KEYS/tanaka.key" --location lab >/dev/null
    custody offer "$ITEM" --to "$KEYS/sato.key.pub" --purpose x --ledger u.db --key "$KEYS/tanaka.key" --out packed.json >/dev/null
    run custody accept packed.json --bundle other.tar.zst --key "$KEYS/sato.key" --ledger l.db --location here --out r.json
    refused 3 "other digests than it has in this ledger"
}

# bring_again LEDGER KEY: the intakes of the ledger that carry an offer, each signed anew with this key into again-N.json
bring_again() {
    custody log --ledger "$1" --json | python3 -c '
import base64, json, secrets, subprocess, sys
key, n = sys.argv[1], 0
for e in map(json.loads, sys.stdin):
    s = e["statement"]
    if s["type"] != "intake" or "offer" not in s["body"]: continue
    raw = json.dumps({**s, "nonce": secrets.token_hex(16)}, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    open("raw", "wb").write(raw)
    subprocess.run(["ssh-keygen", "-Y", "sign", "-f", key, "-n", "hozen-ledger-v1", "raw"], check=True, capture_output=True, input=b"y\n")
    signed = dict(schema="hozen-signing/1", signatures=[open("raw.sig").read()], statement=base64.b64encode(raw).decode())
    n += 1
    open("again-%d.json" % n, "w").write(json.dumps(signed, sort_keys=True, separators=(",", ":")) + "\n")
' "$2"
}

@test "an item comes back by each offer once: nobody takes it again with what was signed for an earlier handover" {
    custody init k.db --organisation "Court Example" --key "$KEYS/kondo.key" >/dev/null
    take_in
    hand sato l.db kondo k.db 1
    hand kondo k.db sato l.db 2
    hand sato l.db kondo k.db 3
    bring_again l.db "$KEYS/sato.key"
    before=$(entries l.db)
    run custody record again-1.json --ledger l.db --key "$KEYS/sato.key"
    refused 3 "taken up by an earlier intake"
    [ "$(entries l.db)/$(custodian l.db)" = "$before/Kondo Aoi" ]
    # nor with the offer by which it came first, from the one who gave it then
    hand kondo k.db sato l.db 4
    bring_again k.db "$KEYS/kondo.key"
    run custody record again-1.json --ledger k.db --key "$KEYS/kondo.key"
    refused 3 "taken up by an earlier intake"
    # in a ledger in which it happened all the same, audit and verify tell it
    bring_again l.db "$KEYS/sato.key"
    cp l.db forged.db
    python3 - forged.db again-1.json <<'PY'
import hashlib, json, sqlite3, sys
c = sqlite3.connect(sys.argv[1])
n, last = c.execute("SELECT sequence, bytes FROM entry ORDER BY sequence DESC LIMIT 1").fetchone()
signed = json.load(open(sys.argv[2]))
entry = dict(json.loads(last), sequence=n + 1, statement=signed["statement"], signatures=signed["signatures"])
raw = json.dumps(entry, sort_keys=True, separators=(",", ":")).encode()
c.execute("INSERT INTO entry VALUES (?, ?, ?)", (n + 1, raw, hashlib.sha256(b"\0" + raw).digest()))
c.commit()
PY
    [[ $(audit_codes forged.db) == "1 custody-gap:$(($(entries forged.db) - 1))"* ]]
}

@test "an item comes back only while the offer is open" {
    their_ledger
    take_in
    hand sato l.db tanaka t.db 1
    custody offer "$ITEM" --to "$KEYS/sato.key.pub" --purpose x --ledger t.db --key "$KEYS/tanaka.key" --out o.json \
        --expires "$(date -u -d '+1 hour' +%FT%TZ)" >/dev/null
    cp l.db kept.db
    custody accept o.json --bundle bundle.tar --key "$KEYS/sato.key" --ledger l.db --location here --out r.json >/dev/null
    bring_again l.db "$KEYS/sato.key"
    run faketime -f '+2h' "$HOZEN_BIN/hozen-custody" custody record again-1.json --ledger kept.db --key "$KEYS/sato.key"
    refused 3 "has expired meanwhile"
    custody record again-1.json --ledger kept.db --key "$KEYS/sato.key" >/dev/null
    [ "$(custodian kept.db)" = "Sato Hanako" ]
}

@test "accept --as: an item whose name the receiver's ledger has already is taken in under another one, and comes back" {
    their_ledger
    take_in
    # Tanaka has another item of that name
    zstd -q bundle.tar -o theirs.tar.zst
    custody intake theirs.tar.zst --ledger t.db --key "$KEYS/tanaka.key" --location shelf >/dev/null
    offer_to tanaka >/dev/null
    theirs=(--ledger t.db --key "$KEYS/tanaka.key")
    run custody accept offer.json --bundle bundle.tar "${theirs[@]}" --location lab --out receipt.json
    refused 3 "give it another name here with --as"
    custody accept offer.json --bundle bundle.tar "${theirs[@]}" --location lab --as CSIRT-7 --out receipt.json --json >made
    "$HOZEN_SOURCE/tests/oracle/shapes.py" --file custody-result made --file receipt receipt.json
    [ "$(jq -r '.item + "/" + .offer.item' made)" = "CSIRT-7/$ITEM" ]
    # the giver knows it by its own name alone
    custody record receipt.json --ledger l.db --key "$KEYS/sato.key" >/dev/null
    [ "$(custodian l.db)/$(custody show CSIRT-7 --ledger t.db --json | jq -r '.items[0].custodian_name')" = "Tanaka Ken/Tanaka Ken" ]
    custody log CSIRT-7 --ledger t.db | tr -s ' \n' ' ' | grep -q "takes CSIRT-7 in; .*offered as: $ITEM"
    # a receipt that was lost
    rm receipt.json
    custody accept offer.json "${theirs[@]}" --out receipt.json --json >made
    [ "$(jq -r '.item + "/" + .offer.item' made)" = "CSIRT-7/$ITEM" ]
    # what stands in an export holds, for the second checker and by hand as well
    custody export x --item CSIRT-7 "${theirs[@]}" >/dev/null
    "$HOZEN_BIN/hozen-verify" verify x --signers "$KEYS/tanaka.signers" >/dev/null
    sed -n '/^#!/,/^# end/p' x/VERIFY.en.txt >check.py
    python3 check.py x | grep -q '^holds: '
    for form in custody acquisition certificate; do
        "$HOZEN_BIN/hozen-custody" report CSIRT-7 --form $form --ledger t.db --out $form.html
    done
    grep -q "offered as" custody.html
    custody log CSIRT-7 --ledger t.db --json | tail -1 >line
    "$HOZEN_SOURCE/tests/oracle/shapes.py" --file log-line line
    jq -jc .statement line >statement
    "$LEDGER_PY" carried statement
    # it comes back, and the giver is told under which name
    custody offer CSIRT-7 --to "$KEYS/sato.key.pub" --purpose back "${theirs[@]}" --out back.json >/dev/null
    ours=(--ledger l.db --key "$KEYS/sato.key" --location home)
    run custody accept back.json --bundle bundle.tar "${ours[@]}" --out r.json
    refused 3 "this ledger has it as $ITEM"
    run custody accept back.json --bundle bundle.tar "${ours[@]}" --out r.json --as "$ITEM"
    [ "$status" = 0 ]
    [[ $output == *"in your ledger: $ITEM"* && $output == *"the bundle itself says that it is item $ITEM"* ]]
    [ "$(custodian l.db)/$(sqlite3 l.db 'SELECT count(*) FROM item')" = "Sato Hanako/1" ]
    custody record r.json "${theirs[@]}" >/dev/null
    consistent l.db --offer offer.json
    consistent t.db --offer back.json
    # the name is of use in another ledger alone
    custody offer "$ITEM" --to "$KEYS/kondo.key.pub" --purpose x --ledger l.db --key "$KEYS/sato.key" --out k.json >/dev/null
    run custody accept k.json --bundle bundle.tar --ledger l.db --key "$KEYS/kondo.key" --out kr.json --as X-1
    refused 2 "this is the one of the offer"
}

@test "forms: who releases an item in a ledger of their own is whom this ledger has for the key" {
    custody init t.db --organisation "Example Lab" --name "Kondo Aoi" --key "$KEYS/tanaka.key" >/dev/null
    take_in
    hand sato l.db tanaka t.db 1
    hand tanaka t.db sato l.db 2
    [ "$(jq -r .statement offer2.json | base64 -d | jq -r .actor.name)" = "Kondo Aoi" ]
    "$HOZEN_BIN/hozen-custody" report "$ITEM" --form custody --ledger l.db --out form.html
    python3 -c '
import re, sys
text = re.sub("<[^>]*>", " ", open("form.html").read())
by = re.findall(r"released by:? *([^:]*?), ", text)
assert by == ["Tanaka Ken"], by
assert len(re.findall("signed as", text)) == 2, text'
}
