#!/usr/bin/env bats
# Whose statement it is: the person whom the ledger has for the key, whatever the statement says of its signer. Who else
# signed, what is signed, and what of it can be read as something else.

bats_require_minimum_version 1.5.0
load 40-custody.bash

setup() {
    two_signers kondo
}

sato() { custody "$@" --ledger l.db --key "$KEYS/sato.key"; }
both() { sato "$@" --second-key "$KEYS/kondo.key"; }
log() { custody log --ledger l.db "$@"; }
shape() { "$HOZEN_SOURCE/tests/oracle/shapes.py" --file "$@"; }

# forge NAME SIGNER...: a note in Kondo's key's place under that name, signed by these, into forged.json
forge() {
    python3 - "$KEYS" "$(custody show --ledger l.db --json | jq -r .ledger)" "$ITEM" "$@" <<'PY'
import base64, hashlib, json, secrets, subprocess, sys
keys, ledger, item, name, signers = *sys.argv[1:5], sys.argv[5:]
canon = lambda o: json.dumps(o, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
def digest(who): return hashlib.sha256(base64.b64decode(open(f"{keys}/{who}.key.pub").read().split()[1]))
key = "SHA256:" + base64.b64encode(digest("kondo").digest()).decode().rstrip("=")
raw = canon(dict(schema="hozen-statement/1", type="note", nonce=secrets.token_hex(16), ledger=ledger, item=item, time="2026-11-20T10:00:00+00:00",
                 actor=dict(name=name, contact="kondo@court.example", key=key), body=dict(text="I opened the seal")))
def sign(who):
    open("raw", "wb").write(raw)
    subprocess.run(["ssh-keygen", "-Y", "sign", "-f", f"{keys}/{who}.key", "-n", "hozen-ledger-v1", "raw"], check=True, capture_output=True, input=b"y\n")
    return open("raw.sig").read()
signatures = [sign(who) for who in sorted(signers, key=lambda w: digest(w).hexdigest())]
open("forged.json", "wb").write(canon(dict(schema="hozen-signing/1", signatures=signatures, statement=base64.b64encode(raw).decode())) + b"\n")
PY
}

# as_run: the log as the second checker takes it
as_run() {
    log --json | python3 -c '
import base64, json, sys
for e in map(json.loads, sys.stdin):
    raw = json.dumps(e["statement"], sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    signers = [e["statement"]["actor"]["key"]] + [s["key"] for s in e.get("second_signers", [])]
    print(json.dumps(dict(recorded_at=e["recorded_at"], signers=signers, statement=base64.b64encode(raw).decode())))'
}

@test "persons: a statement of a member under another name is not recorded" {
    forge "Sato Hanako" kondo
    run sato record forged.json
    refused 3 "is that of Kondo Aoi"
    forge "Kondo Aoi" kondo
    sato record forged.json >/dev/null
    log | tail -2 | grep -q "Kondo Aoi notes about $ITEM; text: I opened the seal"
    consistent l.db
    [ "$(jq '.findings | length' <<<"$output")" = 0 ]
}

@test "persons: a receipt under another name is recorded, as of whom the ledger has for the key, and told everywhere" {
    offer_to tanaka >/dev/null
    sed -i 's/ Tanaka Ken .*/ 鈴木 一郎 <suzuki@lab.example>/' "$KEYS/tanaka.key.pub"
    custody accept offer.json --bundle bundle.tar --key "$KEYS/tanaka.key" --out receipt.json >/dev/null
    run --separate-stderr sato record receipt.json
    [ "$status" = 0 ]
    [[ $output == *"accepted by:   Tanaka Ken"* && $output == *"signed as:     鈴木 一郎, suzuki@lab.example"* ]]
    [[ $stderr == *"the receipt says of its signer what this ledger does not"* ]]
    [ "$(custodian l.db)" = "Tanaka Ken" ]
    log | tr -s ' \n' ' ' | grep -q "Tanaka Ken accepts $ITEM; .*; signed as: 鈴木 一郎, suzuki@lab.example"
    log --json | tail -1 >line
    shape log-line line
    [ "$(jq -r '.signer | .name, .contact' line | paste -sd,)" = "Tanaka Ken,tanaka@lab.example" ]
    [ "$(jq -r '.signed_as, .statement.actor.name' line | paste -sd/)" = "鈴木 一郎, suzuki@lab.example/鈴木 一郎" ]
    log --format csv | python3 -c '
import csv, sys
*_, row = csv.DictReader(sys.stdin)
assert row["signer"] == "Tanaka Ken" and row["signed_as"].startswith("鈴木 一郎"), row'
    consistent l.db
    shape audit - <<<"$output"
    last=$(jq .entry line)
    [ "$(jq -c '[.findings[] | [.code, .entry]]' <<<"$output")" = "[[\"signer-named-otherwise\",$last]]" ]
    [[ $(jq -r '.findings[0].detail' <<<"$output") == *"is that of Tanaka Ken in this ledger; the statement says of its signer: 鈴木 一郎"* ]]
    for form in custody receipt; do
        "$HOZEN_BIN/hozen-custody" report "$ITEM" --form $form --ledger l.db --out $form.html
        grep -q "Tanaka Ken" $form.html
        grep -q "signed as" $form.html
        [ "$(grep -o "鈴木 一郎" $form.html | wc -l)" -le 2 ] # the line that says so, and the finding
    done
    "$HOZEN_BIN/hozen-custody" report "$ITEM" --format case-uco --ledger l.db --out case.json
    run ! jq -e '.. | .["uco-identity:givenName"]?, .["uco-core:name"]? | select(. == "鈴木 一郎")' case.json
    # the second checker tells the same entries
    as_run >run
    [ "$("$HOZEN_SOURCE/tests/oracle/ledger_chain.py" run --otherwise | grep -vx ok)" = "$last" ]
}

# offer_as KEY NAME: Sato's offer to this key under that name, signed as Sato does it, into forged.json
offer_as() {
    python3 - "$KEYS" "$1" "$2" "$(custody show "$ITEM" --ledger l.db --json)" "$(sqlite3 l.db 'SELECT moved FROM item')" <<'PY'
import base64, hashlib, json, secrets, subprocess, sys
keys, who, name, shown, moved = sys.argv[1:]
canon = lambda o: json.dumps(o, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
def public(w): return " ".join(open(f"{keys}/{w}.key.pub").read().split()[:2])
def key(w): return "SHA256:" + base64.b64encode(hashlib.sha256(base64.b64decode(public(w).split()[1])).digest()).decode().rstrip("=")
shown = json.loads(shown)
item = shown["items"][0]
raw = canon(dict(schema="hozen-statement/1", type="offer", nonce=secrets.token_hex(16), ledger=shown["ledger"], item=item["item"], previous=moved,
                 content_id=item["content_id"], file_sha256=item["file_sha256"], time="2026-11-20T10:00:00+00:00", actor=dict(name="Sato Hanako", key=key("sato")),
                 body=dict(purpose="analysis", expires="2036-01-01T00:00:00+00:00", integrity="intact", to=dict(name=name, key=key(who), public_key=public(who)))))
open("raw", "wb").write(raw)
subprocess.run(["ssh-keygen", "-Y", "sign", "-f", f"{keys}/sato.key", "-n", "hozen-ledger-v1", "raw"], check=True, capture_output=True, input=b"y\n")
open("forged.json", "wb").write(canon(dict(schema="hozen-signing/1", signatures=[open("raw.sig").read()], statement=base64.b64encode(raw).decode())) + b"\n")
PY
}

# appended: what stands in forged.json becomes an entry of l.db, by no rule of this version
appended() {
    python3 - <<'PY'
import hashlib, json, sqlite3
c = sqlite3.connect("l.db")
n, last = c.execute("SELECT sequence, bytes FROM entry ORDER BY sequence DESC LIMIT 1").fetchone()
signed = json.load(open("forged.json"))
raw = json.dumps(dict(json.loads(last), sequence=n + 1, statement=signed["statement"], signatures=signed["signatures"]), sort_keys=True, separators=(",", ":")).encode()
c.execute("INSERT INTO entry VALUES (?, ?, ?)", (n + 1, raw, hashlib.sha256(b"\0" + raw).digest()))
c.commit()
PY
}

@test "persons: an offer to a key of the ledger under another name is not recorded, and the audit tells one" {
    key_new --for custody --name "Mori Yui <mori@csirt.example>" --out "$KEYS/mori" >/dev/null
    sato person add "$KEYS/mori.key.pub" >/dev/null
    offer_as mori "Kondo Aoi"
    run sato record forged.json
    refused 3 "it calls it that of Kondo Aoi, and it is that of Mori Yui"
    # a ledger in which it stands
    appended
    run custody audit --ledger l.db --json
    [ "$(jq -r '[.findings[] | select(.code == "receiver-named-otherwise")] | length' <<<"$output")" = 1 ]
    [[ $output == *"that of Mori Yui in this ledger; the statement says of whom it names: Kondo Aoi"* ]]
}

@test "persons: a key of nobody under the name of somebody whom the ledger has is told by the audit; offer warns of it" {
    key_new --for custody --name "Kondo Aoi <other@court.example>" --out "$KEYS/namesake" >/dev/null
    kondo=$(ssh-keygen -lf "$KEYS/kondo.key.pub" | cut -d' ' -f2)
    offer_as namesake "Kondo Aoi"
    cp l.db kept.db
    sato record forged.json >/dev/null
    run custody audit --ledger l.db --json
    [ "$status" = 0 ]
    shape audit - <<<"$output"
    [ "$(jq -r '.findings[] | .code + " " + (.detail | split(", whom it knows with the key ")[1])' <<<"$output")" = "receiver-named-otherwise $kondo" ]
    as_run >run
    [ "$("$HOZEN_SOURCE/tests/oracle/ledger_chain.py" run --otherwise | grep -vx ok)" = "receiver $(jq '.findings[0].entry' <<<"$output")" ]
    mv kept.db l.db
    rm -f l.db-*
    run --separate-stderr sato offer "$ITEM" --to "$KEYS/namesake.key.pub" --purpose analysis --out o.json
    [ "$status" = 0 ]
    [[ $stderr == *"warning: the ledger knows Kondo Aoi already, with the key $kondo"* ]]
}

@test "persons: what a receiver says of themself beyond what the ledger has is no finding" {
    custody init t.db --organisation "Example Lab" --key "$KEYS/tanaka.key" >/dev/null
    offer_to tanaka >/dev/null
    custody accept offer.json --bundle bundle.tar --key "$KEYS/tanaka.key" --ledger t.db --location "lab 2" --out receipt.json >/dev/null
    run --separate-stderr sato record receipt.json
    [ "$status" = 0 ]
    [[ $output != *"signed as"* && $stderr != *"says of its signer"* ]]
    [ "$(log --json | tail -1 | jq -r '.signer.organisation')" = "Example Lab" ]
    consistent l.db
    [ "$(jq '.findings | length' <<<"$output")" = 0 ]
}

@test "persons: a second key under a name that the ledger has is added with a warning that names the other key" {
    key_new --for custody --name "Mori Yui <mori@csirt.example>" --out "$KEYS/mori" >/dev/null
    run --separate-stderr sato person add "$KEYS/mori.key.pub"
    [ "$status" = 0 ]
    [[ $stderr != *"warning"* ]]
    key_new --for custody --name "Mori Yui <yui@csirt.example>" --out "$KEYS/yui" >/dev/null
    run --separate-stderr sato person add "$KEYS/yui.key.pub"
    [ "$status" = 0 ]
    [[ $stderr == *"warning: the ledger knows Mori Yui already, with the key $(ssh-keygen -lf "$KEYS/mori.key.pub" | cut -d' ' -f2)"* ]]
}

@test "persons: who signed beside the actor is told in every form of the log" {
    sato hold "$ITEM" --hold H-1 --authority "court order 8" --reason appeal >/dev/null
    both lift "$ITEM" --hold H-1 --authority "court order 9" --reason decided >/dev/null
    log | tr -s ' \n' ' ' | grep -q "Sato Hanako lifts a legal hold on $ITEM; .*; also signed by: Kondo Aoi"
    kondo=$(ssh-keygen -lf "$KEYS/kondo.key.pub" | cut -d' ' -f2)
    log --json | tail -1 >line
    shape log-line line
    [ "$(jq -c .second_signers line)" = "[{\"key\":\"$kondo\",\"name\":\"Kondo Aoi\"}]" ]
    log --format csv | python3 -c '
import csv, sys
*_, row = csv.DictReader(sys.stdin)
assert (row["second_signers"], row["second_signer_keys"]) == ("Kondo Aoi", sys.argv[1]), row' "$kondo"
}

@test "persons: cosign shows all that is signed and who signed so far; the log names the new key of a rotation" {
    printf '%s\n' '{"rules":[{"name":"two-add","persons":2,"types":["person"]}]}' >rules.json
    sato policy rules.json --out half.json >/dev/null
    custody cosign half.json --key "$KEYS/kondo.key" --out both.json >shown
    for text in '"name": "two-add",' '"persons": 2,' '"person"' '"name": "Sato Hanako",' \
        "signed by:     $(ssh-keygen -lf "$KEYS/sato.key.pub" | cut -d' ' -f2)"; do
        grep -qF -- "$text" shown || { echo "$text"; cat shown; return 1; }
    done
    sato record both.json >/dev/null
    log | tr -d ' \n' | grep -qF '{"rules":[{"name":"two-add","persons":2,"types":["person"]}]}'
    # the rule holds: one signature adds nobody
    run sato person add "$KEYS/tanaka.key.pub"
    refused 3 "two-add"

    key_new --for custody --name "Sato Hanako <sato@csirt.example>" --out "$KEYS/fresh" >/dev/null
    fresh=$(ssh-keygen -lf "$KEYS/fresh.key.pub" | cut -d' ' -f2)
    sato person rotate --new-key "$KEYS/fresh.key" --out half2.json >/dev/null
    custody cosign half2.json --key "$KEYS/kondo.key" --out both2.json >shown
    grep -qF "\"key\": \"$fresh\"," shown
    grep -qF '"checkpoint_signer": true,' shown
    custody record both2.json --ledger l.db --key "$KEYS/kondo.key" >/dev/null
    log | tr -d ' \n' | grep -qF "newkey:$fresh"
    log --format csv | python3 -c '
import csv, sys
*_, row = csv.DictReader(sys.stdin)
assert (row["type"], row["key"], row["person"]) == ("rotation", sys.argv[1], "Sato Hanako") and row["old"], row' "$fresh"

    # in the name of somebody who has not signed
    forge "Kondo Aoi" sato
    run custody cosign forged.json --key "$KEYS/fresh.key" --out all.json
    refused 3 "has not signed it; nothing was signed"
    [ ! -e all.json ]
}

@test "persons: cosign --json tells the statement that is signed, and by whom" {
    sato hold "$ITEM" --hold H-1 --authority "court order 8" --reason appeal >/dev/null
    sato lift "$ITEM" --hold H-1 --authority "court order 9" --reason decided --out half.json --json >made
    shape custody-result made
    custody cosign half.json --key "$KEYS/kondo.key" --out both.json --json >told
    shape custody-result told
    jq -jcS .statement told | cmp - <(jq -r .statement half.json | base64 -d)
    [ "$(jq -c '.signed_by | sort' told)" = "$(ssh-keygen -lf "$KEYS/sato.key.pub" | cat - <(ssh-keygen -lf "$KEYS/kondo.key.pub") | cut -d' ' -f2 | jq -cRn '[inputs] | sort')" ]
    sato record both.json --json >made
    shape custody-result made
    jq -e '(has("answer") or has("statement")) | not' made
}

@test "persons: a checkpoint signer, or anybody under a rule for two, is added by two persons at two places, too" {
    run sato person add "$KEYS/tanaka.key.pub" --checkpoint-signer
    refused 2 "--second-key, or --out and custody cosign"
    sato person add "$KEYS/tanaka.key.pub" --checkpoint-signer --out half.json --json >made
    shape custody-result made
    [ "$(jq -r '.files.statement, has("entry")' made | paste -sd/)" = "half.json/false" ]
    run sato record half.json
    refused 3 "needs the signature of a second person"
    custody cosign half.json --key "$KEYS/tanaka.key" --out both.json | grep -qF '"checkpoint_signer": true,'
    sato record both.json >/dev/null
    [ "$(sqlite3 l.db "SELECT name FROM person WHERE checkpoint_signer = 1 AND name LIKE 'Tanaka%'")" = "Tanaka Ken" ]
    printf '%s\n' '{"rules":[{"name":"two-add","persons":2,"types":["person"]}]}' >rules.json
    both policy rules.json >/dev/null
    key_new --for custody --name "Mori Yui <mori@csirt.example>" --out "$KEYS/mori" >/dev/null
    run sato person add "$KEYS/mori.key.pub"
    refused 3 "two-add"
    both person add "$KEYS/mori.key.pub" >/dev/null
    key_new --for custody --name "Eve Example <eve@csirt.example>" --out "$KEYS/eve" >/dev/null
    sato person add "$KEYS/eve.key.pub" --out half2.json >/dev/null
    custody cosign half2.json --key "$KEYS/kondo.key" --out both2.json >/dev/null
    sato record both2.json >/dev/null
    # or against the rule, by whom may allow that
    key_new --for custody --name "Abe Jun <abe@csirt.example>" --out "$KEYS/abe" >/dev/null
    run sato person add "$KEYS/abe.key.pub" --override two-add --override-reason "at night"
    refused 3 "needs the signature of a checkpoint signer other than the actor"
    consistent l.db
}

@test "persons: an intake against a rule is signed by the second person at another place" {
    printf '%s\n' '{"rules":[{"name":"exhibit-number","requires":["exhibit"],"types":["intake"]}]}' >rules.json
    both policy rules.json >/dev/null
    mkdir members
    echo a >members/a
    tar -cf found.tar members
    against=(intake --file found.tar --kind archive --item FOUND-1 --location shelf --override exhibit-number --override-reason "no number yet")
    run sato "${against[@]}"
    refused 3 "needs the signature of a checkpoint signer other than the actor"
    before=$(entries l.db)
    sato "${against[@]}" --listing list.jsonl --statement half.json --json >made
    shape custody-result made
    [ "$(jq -c '[.files.listing, .files.statement, has("entry")]' made)" = '["list.jsonl","half.json",false]' ]
    [ "$(entries l.db)" = "$before" ]
    custody cosign half.json --key "$KEYS/kondo.key" --out both.json | grep -qF "\"sha256\": \"$(sha256sum list.jsonl | cut -d' ' -f1)\""
    sato record both.json >/dev/null
    [ "$(custody show FOUND-1 --ledger l.db --json | jq -r '.items[0] | .state + "/" + .custodian_name')" = "held/Sato Hanako" ]
    # a bundle, without override; what is not needed does no harm
    cp "$VECTORS/good/long-item.tar" other.tar
    sato intake other.tar --location shelf --exhibit 4 --statement alone.json >/dev/null
    sato record alone.json >/dev/null
    run sato intake other.tar --location shelf --exhibit 4 --statement alone2.json
    refused 3 "in this ledger already"
    [ ! -e alone2.json ]
    consistent l.db
}

@test "persons: no value of the log reads as a field of its own" {
    sato move "$ITEM" --place 'nas; verdict: "verified"; by authority of: court' >/dev/null
    log | tr -s ' \n' ' ' | grep -qF 'place: "nas; verdict: ""verified""; by authority of: court"'
    sato move "$ITEM" --place 'nas； verdict： failed' >/dev/null
    log | tr -s ' \n' ' ' | grep -qF 'place: "nas； verdict： failed"'
    sato note "$ITEM" --text 'at 10:00 it was there' >/dev/null
    log | tail -3 | tr -s ' \n' ' ' | grep -qF '; text: at 10:00 it was there'
}
