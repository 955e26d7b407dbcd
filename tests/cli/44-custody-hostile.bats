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

# prepare FILE PYTHON: a copy of the ledger that was changed without any program of ours; c is its connection.
prepare() {
    cp l.db "$1"
    python3 - "$1" "$2" <<'PY'
import sqlite3, sys
c = sqlite3.connect(sys.argv[1], isolation_level=None)
exec(sys.argv[2])
PY
}

# Every command but the audit refuses the file and says what to do.
not_opened() {
    run custody show --ledger "$1"
    refused 3 "run hozen custody audit"
    run custody log --ledger "$1"
    refused 3 "run hozen custody audit"
    run custody offer "$ITEM" --to "$KEYS/tanaka.key.pub" --purpose x --ledger "$1" --key "$KEYS/sato.key" --out o.json
    refused 3 "run hozen custody audit"
    [ ! -e o.json ]
    run custody audit --ledger "$1"
    [ "$status" = 1 ]
    [[ $output == *schema-altered* ]]
}

@test "hostile ledger: views for tables, another trigger, a missing one: no command but the audit opens it" {
    take_in
    prepare null.db 'c.executescript("""ALTER TABLE item RENAME TO other; CREATE VIEW item AS SELECT NULL item, NULL case_id,
        NULL content_id, NULL file_sha256, NULL state, NULL custodian, NULL moved, NULL offer, NULL offered_to, NULL expires,
        NULL location, NULL verdict, NULL integrity, NULL entry FROM other""")'
    not_opened null.db
    prepare genesis.db 'c.executescript("""ALTER TABLE statement RENAME TO other;
        CREATE VIEW statement AS SELECT 0 entry, NULL digest, NULL recorded_at, NULL item""")'
    not_opened genesis.db
    prepare trigger.db 'c.executescript("CREATE TRIGGER hidden AFTER INSERT ON entry BEGIN DELETE FROM person; END")'
    not_opened trigger.db
    [ "$(entries trigger.db)" = "$(entries l.db)" ]
    prepare missing.db 'c.executescript("DROP TRIGGER entry_delete")'
    not_opened missing.db
}

@test "hostile ledger: an item's name in the tables reaches no terminal raw" {
    take_in
    prepare escape.db 'c.execute("UPDATE item SET item = char(27) || ?", ("[31mred",))'
    run custody show --ledger escape.db
    [ "$status" = 0 ]
    [[ $output == *'[31mred'* ]]
    [[ $output != *$'\e'* ]]
}

@test "hostile ledger: an entry under a number that JSON has no integer for is a finding" {
    take_in
    for number in 9007199254740992 9223372036854775807; do
        prepare far.db "t = c.execute(\"SELECT sql FROM sqlite_schema WHERE name = 'entry_next'\").fetchone()[0]
c.execute('DROP TRIGGER entry_next'); c.execute('INSERT INTO entry SELECT $number, bytes, leaf FROM entry LIMIT 1'); c.execute(t)"
        run custody audit --ledger far.db --json
        [ "$status" = 1 ]
        [ "$(jq -r '.findings[0].code' <<<"$output")" = record-missing ]
        [ "$(jq -r '.findings[0].entry' <<<"$output")" = 2 ]
    done
    prepare node.db 'c.execute("INSERT INTO node VALUES (9, 9, zeroblob(32), 9007199254740993)")'
    run custody audit --ledger node.db --json
    [ "$status" = 1 ]
    [ "$(jq -r '.findings[0].code' <<<"$output")" = projection-altered ]
}

@test "hostile ledger: a journal beside the file that would take changes back is never passed over" {
    take_in
    # the file as it is after `take_in`; the journal that would turn it into what it was before
    python3 - <<'PY'
import shutil, sqlite3
shutil.copy("l.db", "k.db")
c = sqlite3.connect("k.db", isolation_level=None)
c.execute("PRAGMA journal_mode = DELETE")
c.execute("PRAGMA cache_size = 1")
c.execute("CREATE TABLE extra (x)")
c.execute("BEGIN")
for _ in range(300): c.execute("INSERT INTO extra VALUES (zeroblob(5000))")
shutil.copy("k.db-journal", "l.db-journal")
c.execute("ROLLBACK")
PY
    before=$(sha256sum <l.db)
    for command in "audit" "show" "log"; do
        run custody "$command" --ledger l.db
        refused 3 "-journal"
    done
    [ "$(sha256sum <l.db)" = "$before" ]
}

@test "receipt: a cosignature is no checkpoint signature, whoever made it" {
    custody person add "$KEYS/tanaka.key.pub" --ledger l.db --key "$KEYS/sato.key" --checkpoint-signer --second-key "$KEYS/tanaka.key" >/dev/null
    take_in
    offer_to tanaka
    custody accept offer.json --bundle bundle.tar --key "$KEYS/tanaka.key" --out receipt.json
    jq -rj .checkpoint offer.json >cp
    keyid=$(cut -d' ' -f2 "$KEYS/tanaka.key.pub" | base64 -d | sha256sum | cut -d' ' -f1)
    jq -rj .cosignature receipt.json >"cp.$keyid.sshsig"
    ssh-keygen -Y check-novalidate -n hozen-countersign-v1 -s "cp.$keyid.sshsig" <cp
    ! ssh-keygen -Y check-novalidate -n hozen-ledger-v1 -s "cp.$keyid.sshsig" <cp
    run custody audit --ledger l.db --checkpoint cp
    refused 3 "cp.$keyid.sshsig"
    # and a checkpoint signature no cosignature
    custody checkpoint --ledger l.db --key "$KEYS/tanaka.key" --out own
    cmp own cp
    jq -c --rawfile s "own.$keyid.sshsig" '.cosignature = $s' receipt.json >forged.json
    run custody record forged.json --ledger l.db --key "$KEYS/sato.key"
    [ "$status" = 1 ]
    custody record receipt.json --ledger l.db --key "$KEYS/sato.key"
}

@test "audit: a log told anew under a receiver's answer contradicts the checkpoint that the answer states" {
    custody person add "$KEYS/kondo.key.pub" --ledger l.db --key "$KEYS/sato.key" >/dev/null
    take_in
    offer_to tanaka
    custody accept offer.json --bundle bundle.tar --key "$KEYS/tanaka.key" --out receipt.json
    custody record receipt.json --ledger l.db --key "$KEYS/sato.key"
    consistent l.db
    # the one who holds the ledger and a checkpoint signer's key leaves entry 1 out, and signs every head again
    cp l.db told.db
    grep -v '^hozen-purpose:' "$KEYS/sato.key" >stolen
    chmod 600 stolen
    cp "$KEYS/sato.key.pub" stolen.pub
    python3 - told.db <<'PY'
import base64, hashlib, json, sqlite3, subprocess, sys
c = sqlite3.connect(sys.argv[1], isolation_level=None)
rows = [json.loads(r[0]) for r in c.execute("SELECT bytes FROM entry ORDER BY sequence")]
triggers = c.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
for name, _ in triggers: c.execute("DROP TRIGGER " + name)
keyid, = c.execute("SELECT keyid FROM checkpoint LIMIT 1").fetchone()
ledger = rows[0]["ledger"]
c.execute("PRAGMA foreign_keys = OFF")
c.execute("DELETE FROM person WHERE entry = 1"); c.execute("DELETE FROM statement WHERE entry = 1")
for table in ("checkpoint", "node", "entry"): c.execute("DELETE FROM " + table)
for table in ("person", "statement", "item", "copy"): c.execute("UPDATE %s SET entry = entry - 1 WHERE entry > 1" % table)
c.execute("UPDATE copy SET checked = checked - 1, made = made - 1")
del rows[1]
level = []
for i, e in enumerate(rows):
    e["sequence"] = i
    raw = json.dumps(e, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    level.append(hashlib.sha256(b"\0" + raw).digest())
    c.execute("INSERT INTO entry VALUES (?, ?, ?)", (i, raw, level[i]))
join = lambda x, y: hashlib.sha256(b"\1" + x + y).digest()
def root(l):
    if len(l) == 1: return l[0]
    k = 1 << (len(l) - 1).bit_length() - 1
    return join(root(l[:k]), root(l[k:]))
for size in range(1, len(level) + 1):
    text = "hozen-ledger/%s\n%d\n%s\n" % (ledger, size, base64.b64encode(root(level[:size])).decode())
    open("text", "w").write(text)
    subprocess.run(["ssh-keygen", "-Y", "sign", "-q", "-f", "stolen", "-n", "hozen-ledger-v1", "text"], check=True, stderr=subprocess.DEVNULL)
    c.execute("INSERT INTO checkpoint VALUES (?, ?, ?, ?)", (size, text, keyid, open("text.sig").read()))
    subprocess.run(["rm", "text.sig"])
for n in range(1, 3):
    for k in range(len(level) >> n):
        c.execute("INSERT INTO node VALUES (?, ?, ?, ?)", (n, k, root(level[k << n:(k + 1) << n]), ((k + 1) << n) - 1))
for _, sql in triggers: c.execute(sql)
PY
    run custody audit --ledger told.db --json
    [ "$status" = 1 ]
    [ "$(jq -c '[.findings[] | [.code, .entry]]' <<<"$output")" = '[["checkpoint-inconsistent",0]]' ]
}

@test "accept: an offer that leaves out the proof from a checkpoint known here is said to" {
    custody init t.db --organisation "Lab Example" --key "$KEYS/tanaka.key" >/dev/null
    take_in
    cp l.db early.db
    offer_to tanaka
    custody accept offer.json --bundle bundle.tar --key "$KEYS/tanaka.key" --ledger t.db --location lab --out receipt.json 2>first
    ! grep "seen here before" first
    # the sender's ledger loses what came after, and grows another way
    custody person add "$KEYS/kondo.key.pub" --ledger early.db --key "$KEYS/sato.key"
    cp "$VECTORS/good/long-item.tar" bundle.tar
    ITEM=$("$HOZEN_BIN/hozen-verify" verify --json bundle.tar | jq -r .bundle)
    custody intake bundle.tar --ledger early.db --key "$KEYS/sato.key" --location x
    custody offer "$ITEM" --to "$KEYS/tanaka.key.pub" --purpose other --ledger early.db --key "$KEYS/sato.key" --out other.json
    [ "$(jq .consistency other.json)" = null ]
    custody accept other.json --bundle bundle.tar --key "$KEYS/tanaka.key" --ledger t.db --location lab --out r2.json 2>second
    grep "seen here before with 4 entries" second
}

@test "accept: an offer that expires while the evidence is verified is not accepted" {
    lying s/x/x/
    cat >lying/hozen-verify <<SH
#!/bin/sh
# begun while the offer is open, done when it is over
read -r ends <"$PWD/ends"
[ "\$(date +%s)" -ge "\$ends" ] || : >"$PWD/begun"
while [ "\$(date +%s)" -le "\$ends" ]; do sleep 0.2; done
exec "$HOZEN_BIN/hozen-verify" "\$@"
SH
    take_in
    for seconds in 3 15 75 375; do # as many as this machine needs to begin in time
        ends=$(($(date +%s) + seconds))
        echo $ends >ends
        rm -f offer.json
        offer_to tanaka --expires "$(date -u -d "@$ends" +%FT%TZ)" || continue
        with_lies run custody accept offer.json --bundle bundle.tar --key "$KEYS/tanaka.key" --out receipt.json
        refused 3 "expired"
        [ ! -e receipt.json ]
        [ ! -e begun ] || break
    done
    [ -e begun ]
}

@test "full disk: what is acknowledged is there; what is not is said truly, and goes on when there is room" {
    [ "$(id -u)" = 0 ] || skip "mounting needs root"
    take_in
    mkdir small
    export -f custody key_new
    export ITEM
    # shellcheck disable=SC2016
    run unshare --mount bash -c 'mount -t tmpfs -o size=400k none small || exit 9
    for left in $(seq 40960 4096 102400); do
        rm -f small/*
        cp l.db small/l.db
        free=$(df --output=avail -B1 small | tail -n 1)
        head -c $((free - left)) /dev/zero >small/fill
        before=$(sqlite3 "file:small/l.db?immutable=1" "SELECT count(*) FROM entry")
        status=0
        said=$(custody offer "$ITEM" --to "$KEYS/tanaka.key.pub" --purpose x --ledger small/l.db --key "$KEYS/sato.key" --out small/o.json 2>&1) || status=$?
        rm small/fill
        after=$(sqlite3 small/l.db "SELECT count(*) FROM entry")
        echo "$left: $status $before $after $said"
        case $status/$((after - before)) in
        0/2) [ -s small/o.json ] || exit 1 ;;
        3/0) [[ $said == *"no space is left"* && $said != *"is recorded"* ]] || exit 1 ;;
        3/2) [[ $said == *"is recorded"* || $said == *o.json* ]] || exit 1; partly=1 ;;
        *) exit 1 ;;
        esac
        [ $status = 0 ] ||
            custody offer "$ITEM" --to "$KEYS/tanaka.key.pub" --purpose x --ledger small/l.db --key "$KEYS/sato.key" --out small/o.json || exit 1
        [ "$(custody audit --ledger small/l.db | head -n 1)" = consistent ] || exit 1
    done
    [ "${partly:-}" = 1 ]'
    [ "$status" = 0 ] || { echo "$output"; false; }
}

@test "hostile ledger: what hides behind a NUL byte is found" {
    take_in
    prepare nul.db 't = c.execute("SELECT sql FROM sqlite_schema WHERE name = \"checkpoint_update\"").fetchone()[0]
c.execute("DROP TRIGGER checkpoint_update"); c.execute("UPDATE checkpoint SET text = text || char(0) || \"more\""); c.execute(t)'
    run custody audit --ledger nul.db --json
    [ "$status" = 1 ]
    [ "$(jq -r '.findings[0].code' <<<"$output")" = checkpoint-inconsistent ]
    prepare schema.db 'c.execute("PRAGMA writable_schema = ON")
c.execute("UPDATE sqlite_schema SET sql = sql || char(0) || \"more\" WHERE name = \"statement_by_item\"")'
    run custody audit --ledger schema.db --json
    [ "$status" = 1 ]
    [ "$(jq -r '.findings[0].code' <<<"$output")" = schema-altered ]
}

@test "audit: as JSON, whatever the names of the files that were given" {
    take_in
    name=$(printf 'cp\xff\xfe')
    custody checkpoint --ledger l.db --key "$KEYS/sato.key" --out "$name" >/dev/null
    custody init t.db --organisation "Lab Example" --key "$KEYS/tanaka.key" >/dev/null
    run custody audit --ledger t.db --checkpoint "$name" --json
    [ "$status" = 3 ]
    [ "$(jq -r .verdict <<<"$output")" = undetermined ]
    [[ $(jq -r '.unknown[0]' <<<"$output") == cp*"another ledger" ]]
    custody init other.db --organisation "CSIRT Example" --key "$KEYS/sato.key" >/dev/null
    custody checkpoint --ledger other.db --key "$KEYS/sato.key" --out "$name.2" >/dev/null
    cp other.db cut.db
    custody person add "$KEYS/kondo.key.pub" --ledger other.db --key "$KEYS/sato.key" >/dev/null
    custody checkpoint --ledger other.db --key "$KEYS/sato.key" --out "$name.3" >/dev/null
    run custody audit --ledger cut.db --checkpoint "$name.3" --json
    [ "$status" = 1 ]
    [ "$(jq -r '.findings[0].code' <<<"$output")" = rollback ]
}

# resigned FILE PYTHON: t.db with the acceptance inside its intake changed, `answer` (a statement) or `receipt`, and both signed again.
resigned() {
    cp t.db "$1"
    python3 - "$1" "$2" <<'PY'
import base64, hashlib, json, os, sqlite3, subprocess, sys
def canonical(v): return json.dumps(v, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
def b64(v): return base64.b64encode(v).decode()
def sign(raw, namespace="hozen-ledger-v1"):
    open("raw", "wb").write(raw)
    subprocess.run(["ssh-keygen", "-Y", "sign", "-q", "-f", "stolen", "-n", namespace, "raw"], check=True, stderr=subprocess.DEVNULL)
    armour = open("raw.sig").read(); os.unlink("raw.sig")
    return armour
c = sqlite3.connect(sys.argv[1], isolation_level=None)
entry = json.loads(c.execute("SELECT bytes FROM entry WHERE sequence = 1").fetchone()[0])
intake = json.loads(base64.b64decode(entry["statement"]))
receipt = json.loads(base64.b64decode(intake["body"]["receipt"]))
answer = json.loads(base64.b64decode(receipt["statement"]))
exec(sys.argv[2])
raw = canonical(answer)
receipt.update(statement=b64(raw), signatures=[sign(raw)])
intake["body"]["receipt"] = b64(canonical(receipt) + b"\n")
raw = canonical(intake)
entry.update(statement=b64(raw), signatures=[sign(raw)])
raw = canonical(entry)
c.execute("DROP TRIGGER entry_update")
c.execute("UPDATE entry SET bytes = ?, leaf = ? WHERE sequence = 1", (raw, hashlib.sha256(b"\0" + raw).digest()))
c.execute("CREATE TRIGGER entry_update BEFORE UPDATE ON entry BEGIN SELECT raise(ABORT, 'entries are never changed'); END")
PY
    run custody audit --ledger "$1" --json
    [ "$status" = 1 ]
}

@test "audit: an intake whose acceptance came too late, or is of another checkpoint, is no intake" {
    custody init t.db --organisation "Court Example" --key "$KEYS/kondo.key" >/dev/null
    take_in
    offer_to kondo
    custody accept offer.json --bundle bundle.tar --key "$KEYS/kondo.key" --ledger t.db --location court --out receipt.json
    grep -v '^hozen-purpose:' "$KEYS/kondo.key" >stolen
    chmod 600 stolen
    cp "$KEYS/kondo.key.pub" stolen.pub
    codes() { jq -c '[.findings[].code] | unique' <<<"$output"; }
    # signed again as it was: only what is derived from its bytes differs
    resigned same.db 'pass'
    [[ $(codes) != *record-altered* ]]
    resigned late.db 'answer["time"] = "2099-01-01T00:00:00+09:00"'
    [[ $(codes) == *record-altered* && $output == *expired* ]]
    resigned size.db 'answer["body"]["checkpoint"]["size"] = "1"'
    [[ $(codes) == *record-altered* && $output == *"not the one that the statement states"* ]]
    resigned other.db 'answer["body"]["checkpoint"]["size"] = "1"
lines = receipt["checkpoint"].split("\n"); lines[1] = "1"; receipt["checkpoint"] = "\n".join(lines)
receipt["checkpoint_signatures"] = [sign(receipt["checkpoint"].encode())]'
    [[ $(codes) == *record-altered* && $output == *"another checkpoint"* ]]
    resigned cosigned.db 'receipt["cosignature"] = sign(b"something else", "hozen-cosign-v1")'
    [[ $(codes) == *record-altered* ]]
}

@test "accept: an offer that states no digest is not the bundle's" {
    take_in
    offer_to tanaka
    grep -v '^hozen-purpose:' "$KEYS/sato.key" >forger
    chmod 600 forger
    cp "$KEYS/sato.key.pub" forger.pub
    python3 - <<'PY'
import base64, hashlib, json, subprocess
b64 = lambda b: base64.b64encode(b).decode()
def canonical(v): return json.dumps(v, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
def sign(data):
    open("text", "wb").write(data)
    subprocess.run(["ssh-keygen", "-Y", "sign", "-q", "-f", "forger", "-n", "hozen-ledger-v1", "text"], check=True, stderr=subprocess.DEVNULL)
    armour = open("text.sig").read()
    subprocess.run(["rm", "text.sig"])
    return armour
o = json.load(open("offer.json"))
s = json.loads(base64.b64decode(o["statement"]))
for key in ("content_id", "file_sha256"): s.pop(key, None)
s["body"]["integrity"] = "undetermined"
raw = canonical(s)
e = json.loads(base64.b64decode(o["entry"]))
e.update(sequence=0, statement=b64(raw), signatures=[sign(raw)])
entry = canonical(e)
text = "hozen-ledger/%s\n1\n%s\n" % (s["ledger"], b64(hashlib.sha256(b"\0" + entry).digest()))
o.pop("consistency", None)
o.update(statement=b64(raw), signatures=e["signatures"], entry=b64(entry), checkpoint=text, checkpoint_signatures=[sign(text.encode())], inclusion=[])
open("none.json", "wb").write(canonical(o) + b"\n")
PY
    "$LEDGER_PY" offer none.json
    echo x >plain
    for file in bundle.tar plain; do
        run custody accept none.json --bundle $file --key "$KEYS/tanaka.key" --out receipt.json
        [ "$status" = 2 ]
        [[ $output == *"nothing of SAMPLE-1 was hashed, so there is no file to compare it with"* ]]
        [ ! -e receipt.json ]
    done
}
