#!/usr/bin/env bats
# What is a copy of the evidence, and what is another file: recheck, return, copy, destroy, and what counts. Whom an
# offer can be to. Which rule an override may name.

bats_require_minimum_version 1.5.0
load 40-custody.bash

setup() {
    two_signers tanaka
    cp "$VECTORS/good/ed25519.tar" other.tar # whole, and another bundle
}

sato() { custody "$@" --ledger l.db --key "$KEYS/sato.key"; }
both() { sato "$@" --second-key "$KEYS/tanaka.key"; }

item() { custody show "$ITEM" --ledger l.db --json | jq -r ".items[0] | $1"; }
copy() { item ".copies[] | select(.copy == \"$1\") | $2"; }

@test "copies: another bundle is not the one that is rechecked" {
    [ "$(sha256sum <bundle.tar)" != "$(sha256sum <other.tar)" ]
    run -1 --separate-stderr sato recheck "$ITEM" --bundle other.tar
    [[ $(tr '\n' ' ' <<<"$output") == *"verdict: failed"*"digest-mismatch"* ]]
    [[ $stderr == *"other.tar is not the copy that was recorded"* ]]
    run -1 --separate-stderr sato recheck "$ITEM" --bundle other.tar --json
    [ "$(jq -r '.evidence | .verdict + " " + .integrity' <<<"$output")" = "failed altered" ]
    jq -e '.evidence.findings | index("digest-mismatch")' <<<"$output"
    jq -r '.evidence.file_sha256' <<<"$output" | grep -qx "$(sha256sum <other.tar | cut -d' ' -f1)"
    [ "$(item '.verdict + " " + .integrity')" = "failed altered" ]
    custody log "$ITEM" --ledger l.db | tr -s ' \n' '  ' | grep -q "verdict: failed"
    "$HOZEN_BIN/hozen" report "$ITEM" --ledger l.db --form custody --out form.html --lang en >/dev/null
    grep -q digest-mismatch form.html
    run -0 sato recheck "$ITEM" --bundle bundle.tar
    [ "$(item .integrity)" = intact ]
    consistent l.db
}

@test "copies: another file that comes back is not the copy that went out" {
    cp bundle.tar w.tar
    sato copy "$ITEM" --copy w --role working --file w.tar >/dev/null
    sato checkout "$ITEM" --copy w --to "Mori Jun" --purpose analysis >/dev/null
    run -1 --separate-stderr sato return "$ITEM" --copy w --file other.tar --json
    jq -e '.evidence | .verdict == "failed" and .integrity == "altered" and .findings == ["digest-mismatch"]' <<<"$output"
    "$HOZEN_SOURCE/tests/oracle/shapes.py" --file custody-result <(printf '%s\n' "$output")
    [[ $stderr == *"other.tar is not the copy that was recorded"* ]]
    [ "$(copy w .integrity)" = altered ]
    sato checkout "$ITEM" --copy w --to "Mori Jun" --purpose analysis >/dev/null
    run -0 --separate-stderr sato return "$ITEM" --copy w --file w.tar
    [ -z "$stderr" ]
    consistent l.db
}

@test "copies: what is not the evidence is a working copy alone, and takes the place of nothing" {
    before=$(entries l.db)
    run sato copy "$ITEM" --copy c --role archive --file other.tar
    refused 3 "other.tar is not the evidence"
    run sato copy "$ITEM" --copy c --role original --file other.tar
    refused 3 "--role working"
    [ "$(entries l.db)" = "$before" ]
    run -0 --separate-stderr sato copy "$ITEM" --copy c --role working --file other.tar
    [[ $stderr == *"other.tar is not the evidence"* ]]
    run -0 sato recheck "$ITEM" --copy c --bundle other.tar # it is what it was
    [ "$(copy c .integrity)" = undetermined ]
    run sato destroy "$ITEM" --copy original --method shred --authority me
    refused 3 "the last copy that holds the evidence"
    printf '{"copies":2}\n' >rules.json
    both policy rules.json >/dev/null
    custody audit --ledger l.db --json | jq -e 'any(.findings[]; .code == "policy-unmet" and (.detail | contains("1 copies")))'
    printf X | dd of=bundle.tar bs=1 seek=3000 conv=notrunc status=none
    run -1 sato recheck "$ITEM" --bundle bundle.tar
    [ "$(item '.verdict + " " + .integrity')" = "failed altered" ]
    run both resolve "$ITEM" --copy original --outcome replaced --reason "there is another one"
    refused 3 "no other copy"
}

@test "copies: the same bundle under another compression is one, once it was verified" {
    zstd -q bundle.tar -o bundle.tar.zst
    run -0 --separate-stderr sato copy "$ITEM" --copy z --role archive --file bundle.tar.zst
    [[ $stderr == *"once custody recheck has verified it"* ]]
    run sato destroy "$ITEM" --copy original --method shred --authority me
    refused 3 "the last copy that holds the evidence"
    run -0 sato recheck "$ITEM" --copy z --bundle bundle.tar.zst
    [ "$(copy z .integrity)" = intact ]
    run -1 sato recheck "$ITEM" --copy z --bundle bundle.tar # whole, but not that file
    [ "$(copy z .integrity)" = altered ]
    [ "$(item .integrity)" = intact ]
    run -0 sato recheck "$ITEM" --copy z --bundle bundle.tar.zst
    sato destroy "$ITEM" --copy original --method shred --authority me >/dev/null
    [ "$(item .integrity)" = intact ]
    consistent l.db
}

# append FILE: the statement of a signing file becomes the next entry, as a program without these rules would have it.
append() {
    /usr/bin/python3 - l.db "$1" <<'PY'
import hashlib, json, sqlite3, sys, time
file, c = json.load(open(sys.argv[2])), sqlite3.connect(sys.argv[1])
last = json.loads(c.execute("SELECT bytes FROM entry ORDER BY sequence DESC LIMIT 1").fetchone()[0])
entry = {"schema": "hozen-entry/1", "ledger": last["ledger"], "sequence": last["sequence"] + 1, "signatures": file["signatures"],
         "statement": file["statement"], "recorded_at": max(last["recorded_at"], time.strftime("%Y-%m-%dT%H:%M:%S.000000000Z", time.gmtime()))}
raw = json.dumps(entry, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
c.execute("INSERT INTO entry VALUES (?, ?, ?)", (entry["sequence"], raw, hashlib.sha256(b"\0" + raw).digest()))
c.commit()
PY
}

# found CODE: the audit names the last entry with it.
found() {
    run -1 custody audit --ledger l.db --json
    jq -e --arg c "$1" --argjson n "$(($(entries l.db) - 1))" 'any(.findings[]; .code == $c and .entry == $n)' <<<"$output"
}

@test "copies: a ledger in which the last one was destroyed is told by the audit" {
    sato copy "$ITEM" --copy c --role working --file other.tar >/dev/null 2>&1
    sato destroy "$ITEM" --copy original --method shred --authority me --out d.json >/dev/null 2>&1
    append d.json
    found custody-gap
}

@test "override: one that overrides nothing is told by the audit" {
    sato note "$ITEM" --text a --override none --override-reason r --out n.json >/dev/null 2>&1
    append n.json
    found policy-violated
}

@test "offer: not to a key that cannot answer" {
    custody person add "$KEYS/kondo.key.pub" --valid-until 2020-01-01T00:00:00Z --ledger l.db --key "$KEYS/sato.key" >/dev/null
    before=$(entries l.db)
    run offer_to kondo
    refused 3 "outside the time of its validity"
    [ ! -e offer.json ]
    key_new --for custody --name "Mori Jun <mori@lab.example>" --out "$KEYS/mori" >/dev/null
    key_new --for custody --name "Mori Jun <mori@lab.example>" --out "$KEYS/mori2" >/dev/null
    custody person add "$KEYS/mori.key.pub" --ledger l.db --key "$KEYS/sato.key" >/dev/null
    custody person rotate --new-key "$KEYS/mori2.key" --ledger l.db --key "$KEYS/mori.key" --second-key "$KEYS/tanaka.key" >/dev/null
    before=$(entries l.db)
    run offer_to mori
    refused 3 "revoked or replaced"
    both person revoke "$(ssh-keygen -lf "$KEYS/mori2.key.pub" | cut -d' ' -f2)" --reason lost >/dev/null
    run offer_to mori2
    refused 3 "revoked or replaced"
    [ "$(entries l.db)" = $((before + 1)) ]
    offer_to tanaka >/dev/null
}

@test "override: of a rule that refuses this, with a second signature, or not at all" {
    run both note "$ITEM" --text a --override none --override-reason r
    refused 3 "rule none, which does not refuse this"
    printf '{"rules":[{"name":"analysts","roles":["analyst"],"types":["note"]}]}\n' >rules.json
    both policy rules.json >/dev/null
    before=$(entries l.db)
    run sato note "$ITEM" --text a --override analysts --override-reason r
    refused 3 "signature of a checkpoint signer other than the actor"
    run both note "$ITEM" --text a --override other --override-reason r
    refused 3 "rule analysts"
    run both hold "$ITEM" --hold H --authority me --reason r --override analysts --override-reason r
    refused 3 "rule analysts, which does not refuse this"
    [ "$(entries l.db)" = "$before" ]
    both note "$ITEM" --text a --override analysts --override-reason r >/dev/null
    custody export whole --ledger l.db --key "$KEYS/sato.key" >/dev/null
    custody export one --item "$ITEM" --ledger l.db --key "$KEYS/sato.key" >/dev/null
    echo "sato@csirt.example $(cut -d' ' -f1,2 "$KEYS/sato.key.pub")" >signers
    "$HOZEN_BIN/hozen-verify" verify whole --signers signers >/dev/null
    "$HOZEN_BIN/hozen-verify" verify one --signers signers >/dev/null
    consistent l.db
}

@test "show: an archive of another collector is called so, and a copy for the archive otherwise" {
    printf x >x
    tar -czf whole.tgz x
    sato intake --item AR --file whole.tgz --kind archive --listing AR.jsonl --location safe --lang ja >taken
    grep -q '他ツールのアーカイブ' taken
    sato copy AR --copy a1 --role archive --file whole.tgz >/dev/null
    custody show AR --ledger l.db --lang ja >shown
    grep -q '^種類: *他ツールのアーカイブ$' shown || { cat shown; false; }
    [ "$(grep -c 長期保存用 shown)" = 1 ]
    custody log AR --ledger l.db --lang ja | tr -d '\n' | grep -q '種類: *[^;]*他ツールのアーカイブ'
    custody log AR --ledger l.db --lang ja | tr -d '\n ' | grep -q '長期保存用'
    [ "$(custody show AR --ledger l.db --json | jq -r '.items[0].kind')" = archive ]
    "$HOZEN_BIN/hozen" report AR --ledger l.db --form custody --lang ja --out ar.html >/dev/null
    grep -q '他ツールのアーカイブ' ar.html
}
