#!/usr/bin/env bats
# Every kind of edit of a ledger is found, and the first bad record named.

load 40-custody.bash

TAMPER=$HOZEN_SOURCE/tests/cli/41-custody-tamper.py

setup_file() {
    export KEYS=$BATS_FILE_TMPDIR/keys SOUND=$BATS_FILE_TMPDIR/sound
    make_keys
    mkdir "$SOUND"
    BATS_TEST_TMPDIR=$SOUND start
    cd "$SOUND"
    custody checkpoint --ledger l.db --key "$KEYS/sato.key" --out cp1
    take_in
    custody checkpoint --ledger l.db --key "$KEYS/sato.key" --out cp2
    custody init t.db --organisation "Lab Example" --key "$KEYS/tanaka.key"
    offer_to tanaka
    custody accept offer.json --bundle bundle.tar --key "$KEYS/tanaka.key" --ledger t.db --location lab --out receipt.json
    sqlite3 l.db "VACUUM INTO 'l4.db'" && sqlite3 l4.db 'PRAGMA journal_mode=WAL'
    custody record receipt.json --ledger l.db --key "$KEYS/sato.key"
    custody person add "$KEYS/kondo.key.pub" --ledger t.db --key "$KEYS/tanaka.key"
    custody offer "$ITEM" --to "$KEYS/kondo.key.pub" --purpose court --ledger t.db --key "$KEYS/tanaka.key" --out onward.json
    cp l.db l5.db
    custody person add "$KEYS/kondo.key.pub" --ledger l.db --key "$KEYS/sato.key"
    custody checkpoint --ledger l.db --key "$KEYS/sato.key" --out cp6
    rm -f ./*-wal ./*-shm
} >/dev/null

setup() { cd "$BATS_TEST_TMPDIR"; cp "$SOUND"/* .; }

# finding CODE ENTRY: what the last audit found first, as a finding about the ledger.
finding() {
    [ "$status" = 1 ] || { echo "exit $status: $output"; return 1; }
    [ "$(jq -c '[.findings[] | select(.code != "integrity-failed")][0] | [.code, .entry]' <<<"$output")" = "[\"$1\",$2]" ] ||
        { echo "$output"; return 1; }
}

# tamper_with CODE: Python that finds 41-custody-tamper.py as tamper.
tamper_with() {
    python3 - "$TAMPER" "$1" <<'PY'
import importlib.util, sys
spec = importlib.util.spec_from_file_location("tamper", sys.argv[1])
tamper = importlib.util.module_from_spec(spec)
spec.loader.exec_module(tamper)
exec(sys.argv[2])
PY
}

@test "custody: nothing is recorded while the clock is behind the latest entry" {
    tamper_with 'later = "2999-01-01T00:00:00.000000000Z"
tamper.edit_entry("l.db", 5, lambda e: e.__setitem__("recorded_at", later))
with tamper.Unguarded("l.db") as c: c.execute("UPDATE statement SET recorded_at = ? WHERE entry = 5", [later])'
    key_new --for custody --name "Person <p@csirt.example>" --out p >/dev/null
    run custody person add p.key.pub --ledger l.db --key "$KEYS/sato.key"
    refused 3 "earlier now than when entry 5 was recorded (2999-01-01T00:00:00.000000000Z): either this machine's clock is behind; set it. Or that entry was recorded with a clock ahead"
    [ "$(entries l.db)" = 6 ]
}

@test "tamper: every column of every table, every way to add, remove and exchange: the sender's ledger" {
    consistent l.db
    mkdir work
    "$TAMPER" "$HOZEN_BIN/hozen-custody" l.db work
}

@test "tamper: the same in the receiver's ledger, which holds another's checkpoint" {
    consistent t.db
    [ "$(sqlite3 t.db 'SELECT count(*) FROM witness')" = 1 ]
    rm -f t.db-wal t.db-shm
    mkdir work
    "$TAMPER" "$HOZEN_BIN/hozen-custody" t.db work
}

@test "tamper: changed bytes anywhere in the file are found or change nothing that it says" {
    mkdir work
    "$TAMPER" --flips $([ -n "${HOZEN_SLOW:-}" ] && echo 5000 || echo 400) "${HOZEN_SEED:-$RANDOM}" "$HOZEN_BIN/hozen-custody" l.db work
}

@test "tamper: a tail that was cut off is seen with a checkpoint from outside, and only then" {
    consistent l5.db
    run custody audit --ledger l5.db
    [[ $output == *"would not be seen"* ]]
    run custody audit --ledger l5.db --checkpoint cp6 --json
    finding rollback 5
    run custody audit --ledger l5.db --checkpoint cp6
    [ "$status" = 1 ]
    [[ $output == *"entry 5: rollback"* ]]
    [[ $output != *"would not be seen"* ]]
}

@test "tamper: two histories of one ledger" {
    custody person add "$KEYS/kondo.key.pub" --ledger l5.db --key "$KEYS/sato.key" --role "somebody else"
    consistent l5.db
    run custody audit --ledger l5.db --checkpoint cp6 --json
    finding fork 0
    run custody audit --ledger l5.db --checkpoint cp6 --checkpoint cp2 --json
    finding fork 2
    [ "$(jq -r .outside <<<"$output")" = 2 ]
}

@test "tamper: a history rewritten with a stolen key, and signed again" {
    cp cp6 kept && for s in cp6.*.sshsig; do cp "$s" "kept${s#cp6}"; done
    # the same ledger from its second entry on, told anew
    python3 - <<'PY'
import hashlib, shutil, sqlite3
shutil.copy("l.db", "new.db")
c = sqlite3.connect("new.db", isolation_level=None)
triggers = c.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
for name, _ in triggers: c.execute("DROP TRIGGER " + name)
for table, column in (("checkpoint", "size - 1"), ("statement", "entry"), ("node", "entry"), ("item", "entry"), ("copy", "entry"), ("person", "entry"), ("entry", "sequence")):
    c.execute("DELETE FROM %s WHERE %s >= 1" % (table, column))
for _, sql in triggers: c.execute(sql)
PY
    for i in 1 2 3 4 5; do
        key_new --for custody --name "Person $i <p$i@csirt.example>" --out "p$i" >/dev/null
        custody person add "p$i.key.pub" --ledger new.db --key "$KEYS/sato.key" >/dev/null
    done
    consistent new.db
    run custody audit --ledger new.db --checkpoint kept --json
    finding fork 0
    run custody audit --ledger new.db --checkpoint cp1 --checkpoint cp2 --json
    finding fork 1
}

@test "tamper: a checkpoint that nobody in the ledger signed decides nothing" {
    cp cp6 bare
    run custody audit --ledger l.db --checkpoint bare --json
    [ "$status" = 3 ]
    [ "$(jq -r .verdict <<<"$output")" = undetermined ]
    [[ $(jq -r '.unknown[0]' <<<"$output") == bare:* ]]
    custody checkpoint --ledger t.db --key "$KEYS/tanaka.key" --out foreign
    run custody audit --ledger l.db --checkpoint foreign --json
    [ "$status" = 3 ]
    [[ $(jq -r '.unknown[0]' <<<"$output") == *"another ledger"* ]]
    sig=$(echo cp6.*.sshsig)
    ssh-keygen -Y sign -f "$VECTORS/keys/other" -n hozen-ledger-v1 - <cp6 >"$sig" 2>/dev/null || cp offer.json "$sig"
    run custody audit --ledger l.db --checkpoint cp6 --json
    refused 3 "$sig"
}

@test "tamper: a receipt tells the releaser that their own log was changed or cut since" {
    consistent l4.db
    cp l4.db changed.db
    tamper_with 'tamper.rewrite("changed.db")'
    run custody record receipt.json --ledger changed.db --key "$KEYS/sato.key"
    refused 1 "saw another log at size 4"
    cp l4.db cut.db
    custody person add "$KEYS/kondo.key.pub" --ledger l4.db --key "$KEYS/sato.key"
    ITEM=$(custody show --ledger l4.db --json | jq -r '.items[0].item')
    custody offer "$ITEM" --to "$KEYS/tanaka.key.pub" --purpose "malware analysis" --ledger l4.db --key "$KEYS/sato.key" --out again.json
    custody accept again.json --bundle bundle.tar --key "$KEYS/tanaka.key" --out again-receipt.json
    run custody record again-receipt.json --ledger cut.db --key "$KEYS/sato.key"
    refused 1 "entries were removed"
    custody record again-receipt.json --ledger l4.db --key "$KEYS/sato.key"
}

@test "tamper: a stored checkpoint that is signed, and well, by somebody who may not" {
    cp "$VECTORS/keys/other" key && chmod 600 key
    sqlite3 l.db "SELECT text FROM checkpoint WHERE size = 6" | head -n 3 >text
    ssh-keygen -Y sign -q -f key -n hozen-ledger-v1 text
    ssh-keygen -Y check-novalidate -n hozen-ledger-v1 -s text.sig <text
    keyid=$(ssh-keygen -y -f key | cut -d' ' -f2 | base64 -d | sha256sum | cut -d' ' -f1)
    sqlite3 l.db "INSERT INTO checkpoint VALUES (6, CAST(readfile('text') AS TEXT), '$keyid', CAST(readfile('text.sig') AS TEXT))"
    run custody audit --ledger l.db --json
    [ "$(jq -r '.findings[0].code' <<<"$output")" = checkpoint-inconsistent ]
    [[ $(jq -r '.findings[0].detail' <<<"$output") == *"who may not"* ]]
    [ "$(jq -r .covered <<<"$output")" = 6 ]
}

@test "tamper: with a good checkpoint from outside nothing changes" {
    consistent l.db --checkpoint cp2 --checkpoint cp6
    [ "$(jq -r .covered <<<"$output")" = 6 ]
}

@test "tamper: a stored checkpoint that is taken away leaves entries unsigned, and the audit says how many" {
    sqlite3 l.db "DROP TRIGGER checkpoint_delete; DELETE FROM checkpoint WHERE size > 2;
        CREATE TRIGGER checkpoint_delete BEFORE DELETE ON checkpoint
BEGIN SELECT raise(ABORT, 'checkpoints are never deleted'); END"
    consistent l.db
    run custody audit --ledger l.db
    [[ $output == *"signed up to:  2 of 6 entries"* ]]
}

@test "tamper: a statement taken over into another ledger" {
    python3 - <<'PY'
import hashlib, json, shutil, sqlite3
a, b = sqlite3.connect("l.db"), sqlite3.connect("t.db", isolation_level=None)
ledger, n = json.loads(b.execute("SELECT bytes FROM entry WHERE sequence = 0").fetchone()[0])["ledger"], b.execute("SELECT count(*) FROM entry").fetchone()[0]
e = json.loads(a.execute("SELECT bytes FROM entry WHERE sequence = 5").fetchone()[0])
e.update(ledger=ledger, sequence=n)
raw = json.dumps(e, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
b.execute("INSERT INTO entry VALUES (?, ?, ?)", [n, raw, hashlib.sha256(b"\0" + raw).digest()])
PY
    n=$(($(entries t.db) - 1))
    run custody audit --ledger t.db --json
    finding record-altered $n
}

@test "tamper: another ledger's log beside the file" {
    custody person add "$KEYS/tanaka.key.pub" --ledger t.db --key "$KEYS/tanaka.key" 2>/dev/null || true
    head -c 40000 /dev/urandom >l.db-wal
    run custody audit --ledger l.db --json
    [ "$status" = 0 ]
    [ "$(jq -r .size <<<"$output")" = 6 ]
}

@test "tamper: a page of another ledger in the file" {
    python3 - <<'PY'
a, b = bytearray(open("l.db", "rb").read()), open("t.db", "rb").read()
size = int.from_bytes(a[16:18], "big")
for page in range(1, min(len(a), len(b)) // size):
    mixed = bytearray(a)
    mixed[page * size:(page + 1) * size] = b[page * size:(page + 1) * size]
    if mixed != a: open("mixed%d.db" % page, "wb").write(mixed)
PY
    found=0
    for mixed in mixed*.db; do
        run custody audit --ledger "$mixed" --json
        [ "$status" = 1 ] || [ "$status" = 3 ]
        found=$((found + 1))
    done
    [ "$found" -ge 8 ]
}

# A thousand entries, a head behind every tenth; Tanaka's receipt says what the log was at 900.
thousand() {
    local make=$HOZEN_BIN/../tests/ledger_make n
    grow() { for n in $(seq "$2" 10 "$3"); do "$make" "$1" "$n" "$KEYS/sato.key" "$KEYS/$4.key"; done; }
    start
    take_in
    custody person add "$KEYS/tanaka.key.pub" --ledger l.db --key "$KEYS/sato.key"
    custody person add "$KEYS/kondo.key.pub" --ledger l.db --key "$KEYS/sato.key"
    grow l.db 10 800 tanaka
    custody checkpoint --ledger l.db --key "$KEYS/sato.key" --out cp800
    cp l.db at800.db
    grow l.db 810 900 tanaka
    offer_to tanaka
    custody accept offer.json --bundle bundle.tar --key "$KEYS/tanaka.key" --location lab --out receipt.json
    custody record receipt.json --ledger l.db --key "$KEYS/sato.key"
    grow l.db 910 1000 tanaka
    cp at800.db fork.db
    grow fork.db 810 900 kondo
    "$make" fork.db 901 "$KEYS/sato.key" "$KEYS/kondo.key" # a head of the size that the receipt tells of
    grow fork.db 910 1000 kondo
    custody init other.db --organisation "Lab Example" --key "$KEYS/tanaka.key"
    custody person add "$KEYS/sato.key.pub" --ledger other.db --key "$KEYS/tanaka.key"
    "$make" other.db 100 "$KEYS/tanaka.key" "$KEYS/sato.key"
    leave_log
    rm -f ./*.db-shm l.db-wal at800.db-wal fork.db-wal
} >/dev/null 2>&1

# live.db: the file as it is while what was recorded last stands in its log alone; and another ledger's log.
leave_log() {
    cp l.db live.db
    cp other.db held.db
    python3 - "$HOZEN_BIN/hozen-custody" "$KEYS" <<'PY'
import shutil, sqlite3, subprocess, sys
program, keys = sys.argv[1:]
for name, owner, item in (("live", "sato", None), ("held", "tanaka", None)):
    reader = sqlite3.connect(name + ".db")
    item, = reader.execute("SELECT item FROM item LIMIT 1").fetchone()
    reader.execute("BEGIN"); reader.execute("SELECT count(*) FROM entry").fetchone() # keeps the log from being put into the file
    for i in range(30):
        subprocess.run([program, "custody", "note", item, "--text", "note %d" % i, "--ledger", name + ".db", "--key", keys + "/" + owner + ".key"], check=True)
    if name == "held": shutil.copyfile("held.db-wal", "other.db-wal")
    else: subprocess.run([program, "custody", "checkpoint", "--ledger", "live.db", "--key", keys + "/sato.key", "--out", "cp-live"], check=True)
    if name == "live": shutil.copyfile("live.db", "kept.db")
    reader.close()
shutil.move("kept.db", "live.db")
PY
}

@test "tamper: 31 kinds, with a ledger of a thousand entries: each is found, and the first bad entry named" {
    mkdir thousand
    cd thousand
    BATS_TEST_TMPDIR=$PWD thousand
    [ "$(entries l.db)" = 1000 ]
    rm -f l.db-wal l.db-shm
    consistent l.db --offer receipt.json --checkpoint cp800
    # without what somebody else holds both look well
    consistent at800.db
    consistent fork.db
    rm -f ./*.db-shm l.db-wal at800.db-wal fork.db-wal
    run "$HOZEN_SOURCE/tests/cli/41-custody-thousand.py" "$HOZEN_BIN/hozen-custody" .
    echo "$output"
    [ "$status" = 0 ]
    [ "$(grep -c ' | ' <<<"$output")" = 31 ]
}
