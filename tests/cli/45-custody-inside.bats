#!/usr/bin/env bats
# Custody: what an intake sees inside the evidence; and hostile databases, which cost the check and nothing else.

bats_require_minimum_version 1.5.0
load 40-custody.bash

BUSY=$HOZEN_SOURCE/tests/tools/db_busy.py

setup_file() {
    export KEYS=$BATS_FILE_TMPDIR/keys
    make_keys
}

setup() {
    cd "$BATS_TEST_TMPDIR"
    mkdir host tmp
    export TMPDIR=$BATS_TEST_TMPDIR/tmp
    custody init l.db --organisation "CSIRT Example" --key "$KEYS/sato.key" >/dev/null
}

# bundle OPTION...: collected into evidence.tar, whatever the exit code.
bundle() {
    "$HOZEN_BIN/hozen-collect" --case C --operator O --out . --item evidence --compress none "$@" >/dev/null || [ $? = 4 ]
}

intake() { custody intake evidence.tar --ledger l.db --key "$KEYS/sato.key" --location "locker" "$@"; }
inside() { custody show evidence --ledger l.db --json | jq -c '.items[0].inspection'; }
statement() { sqlite3 l.db "SELECT bytes FROM entry WHERE sequence = 1" | jq -r .statement | base64 -d; }

@test "intake: databases are checked with their logs, tables and rows are recorded and shown" {
    "$BUSY" make host/s.db wal 2
    python3 - <<'PY'
import os, shutil, sqlite3
for mode in ("wal", "delete"):
    db = sqlite3.connect("host/at-work.db", isolation_level=None)
    db.execute(f"PRAGMA journal_mode={mode}")
    db.execute("PRAGMA cache_size=2")
    db.execute('CREATE TABLE "odd \n name" (x)')
    db.executemany('INSERT INTO "odd \n name" VALUES (?)', ((str(i) * 500,) for i in range(200)))
    if mode == "delete":
        db.execute("BEGIN")
        db.execute('DELETE FROM "odd \n name" WHERE rowid > 7')
    for suffix in ("", "-wal", "-journal"):
        if os.path.exists("host/at-work.db" + suffix): shutil.copy("host/at-work.db" + suffix, f"host/{mode}.db{suffix}")
    db.close()
    for suffix in ("", "-wal", "-shm", "-journal"):
        if os.path.exists("host/at-work.db" + suffix): os.unlink("host/at-work.db" + suffix)
PY
    [ "$(head -c 20 host/delete.db-journal | wc -c)" = 20 ]
    bundle --db host/s.db --db host/wal.db --db host/delete.db
    run --separate-stderr intake
    [ "$status" = 0 ]
    [ "$(grep -c . <<<"$stderr")" = 1 ]
    inside | jq -e --arg at "data/databases$PWD/host/" '.databases | map(.path |= ltrimstr($at)) ==
        [{path: "delete.db", result: "ok", tables: [{name: "odd   name", rows: "200"}]},
         {path: "s.db", result: "ok", tables: [{name: "account", rows: "5000"}, {name: "document", rows: "220"}]},
         {path: "wal.db", result: "ok", tables: [{name: "odd   name", rows: "200"}]}]'
    inside | jq -e '.trouble == null and (.types | map(.type) | index("application/vnd.sqlite3") != null)'
    [ "$(statement | jq -c .body.inspection)" = "$(inside)" ]
    custody show evidence --ledger l.db | tr -s '\n ' ' ' | grep -q 's.db: integrity check passed; rows: account 5000, document 220'
    consistent l.db
    statement >s.json
    "$LEDGER_PY" statement s.json
    [ -z "$(ls tmp)" ]
}

@test "intake: databases that are damaged, encrypted, cut, or made against the checker" {
    python3 - <<'PY'
import os, sqlite3, struct
def make(name, *statements):
    db = sqlite3.connect("host/" + name, isolation_level=None)
    for s in statements: db.execute(s)
    db.close()
fill = "INSERT INTO t SELECT value, hex(randomblob(200)) FROM (WITH RECURSIVE c(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM c LIMIT 2000) SELECT value FROM c)"
make("good.db", "CREATE TABLE t (a, b)", fill)
good = open("host/good.db", "rb").read()
open("host/noise.db", "wb").write(os.urandom(40000))
open("host/cut.db", "wb").write(good[:len(good) // 2])
bad = bytearray(good)
for page in range(5, 60): bad[page * 4096:page * 4096 + 16] = b"\xff" * 16
open("host/bad.db", "wb").write(bad)
open("host/magic.db", "wb").write(b"SQLite format 3\0")
huge = bytearray(good); struct.pack_into(">I", huge, 28, 0xfffffffe)
open("host/huge.db", "wb").write(huge)
# a log that names pages far outside, valid in itself
def add(s0, s1, b):
    for i in range(0, len(b), 8):
        s0 = (s0 + struct.unpack_from("<I", b, i)[0] + s1) & 0xffffffff
        s1 = (s1 + struct.unpack_from("<I", b, i + 4)[0] + s0) & 0xffffffff
    return s0, s1
head = struct.pack(">8I", 0x377f0682, 3007000, 4096, 0, 1, 2, 0, 0)[:24]
s = add(0, 0, head)
frame = struct.pack(">2I", 0x7fffffff, 0x7fffffff); page = b"\0" * 4096
f = add(*add(*s, frame), page)
open("host/far.db", "wb").write(good)
open("host/far.db-wal", "wb").write(head + struct.pack(">2I", *s) + frame + struct.pack(">4I", 1, 2, *f) + page)
make("names.db", *[f"CREATE TABLE t{i:04} (x)" for i in range(300)], "CREATE TABLE \"\x1b[31m\u202e\" (x)")
make("slow.db", "CREATE TABLE t (x)", "PRAGMA writable_schema=ON",
     "INSERT INTO sqlite_schema VALUES ('view', 'v', 'v', 0, 'CREATE VIEW v AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT * FROM c')")
PY
    local d
    for d in host/*.db; do set -- "$@" --db "$d"; done
    bundle "$@"
    run --separate-stderr timeout 100 "$HOZEN_BIN/hozen-custody" custody intake evidence.tar --ledger l.db --key "$KEYS/sato.key" --location "locker"
    [ "$status" = 0 ]
    inside >told
    jq -e '.databases | map({key: (.path | split("/") | last), value: .}) | from_entries |
        ."good.db".result == "ok" and ."bad.db".result == "damaged" and (."bad.db".detail | length > 5) and
        ."cut.db".result == "damaged" and ."noise.db".result == "unchecked" and
        (."noise.db".detail | test("not an SQLite database")) and ."far.db".result == "unchecked" and (."far.db".detail | test("does not fit")) and
        ."slow.db".result == "ok" and (."huge.db".result | IN("damaged", "ok", "unchecked")) and ."magic.db".result != "ok" and
        (."names.db" | .result == "ok" and (.tables | length) + (.tables_more | tonumber) == 301)' told
    run ! grep -qP '\x1b' told
    consistent l.db
    statement >s.json
    "$LEDGER_PY" statement s.json
    [ -z "$(ls tmp)" ]
}

@test "intake: evidence that is not intact, and no place to unpack it, are said and stop nothing" {
    "$BUSY" make host/s.db wal 1
    bundle --db host/s.db
    cp evidence.tar whole.tar
    printf 'other bytes' | dd of=evidence.tar bs=1 seek=200000 conv=notrunc status=none
    intake
    [ "$(inside)" = '{"databases":[],"trouble":"it is not intact","types":[]}' ]
    rm l.db*
    custody init l.db --organisation "CSIRT Example" --key "$KEYS/sato.key" >/dev/null
    cp whole.tar evidence.tar
    TMPDIR=$PWD/nowhere intake
    inside | jq -e '.databases == [] and (.trouble | test("nowhere"))'
    consistent l.db
    statement >s.json
    "$LEDGER_PY" statement s.json
}

@test "intake: a database that is only called like a log, a journal that SQLite would not play back" {
    python3 - <<'PY'
import sqlite3, struct
for name in ("audit-journal", "write-wal", "good.db"):
    db = sqlite3.connect("host/" + name, isolation_level=None)
    db.execute("CREATE TABLE t (x)"); db.execute("INSERT INTO t VALUES (1)"); db.close()
# a header with a sector size that SQLite refuses: the database is what it is without this journal
head = bytes.fromhex("d9d505f920a163d7") + struct.pack(">5I", 1, 1, 1, 100, 4096)
open("host/good.db-journal", "wb").write(head + b"x" * 5000)
# SQLite plays this one back only where the super-journal that it names is still there
db = sqlite3.connect("host/pair.db", isolation_level=None)
db.execute("CREATE TABLE t (x)"); db.close()
head = head[:20] + struct.pack(">2I", 512, 4096)
open("host/pair.db-journal", "wb").write(head.ljust(512, b"\0") + struct.pack(">I", 0x40000000 // 4096 + 1) + b"/x-mj01" +
    struct.pack(">2I", 7, sum(b"/x-mj01")) + head[:8])
PY
    mkdir theirs
    cp host/good.db* theirs
    [ "$(sqlite3 theirs/good.db 'SELECT count(*) FROM t')" = 1 ]
    bundle --db host/audit-journal --db host/write-wal --db host/good.db --db host/pair.db
    intake
    inside | jq -e '.databases | map({key: (.path | split("/") | last), value: .result}) | from_entries ==
        {"audit-journal": "ok", "good.db": "ok", "pair.db": "unchecked", "write-wal": "ok"}'
    inside | jq -e '.databases | map(select(.result == "unchecked").detail) == ["its journal is of a transaction over several databases"]'
    inside | jq -e '[.databases[].tables[] | select(.name == "t" and .rows == "1")] | length == 3'
}

@test "intake: where there is no room for databases they are not looked at, which is said; types need none" {
    [ "$(id -u)" = 0 ] || skip "needs root"
    "$BUSY" make host/s.db wal 1
    head -c 8M /dev/urandom >host/noise
    # small NAME: an intake that may unpack into 6 MiB
    small() {
        unshare --mount bash -c 'mount -t tmpfs -o size=6M none "$TMPDIR" && exec "$@"' bash "$HOZEN_BIN/hozen-custody" \
            custody intake "$1" --ledger l.db --key "$KEYS/sato.key" --location "locker"
    }
    bundle --db host/s.db --path host/noise
    small evidence.tar
    inside | jq -e '(.types | map(.files | tonumber) | add) >= 2 and (.databases | map(.result)) == ["ok"] and .trouble == null'
    rm evidence.tar* l.db* host/*
    custody init l.db --organisation "CSIRT Example" --key "$KEYS/sato.key" >/dev/null
    "$BUSY" make host/s.db wal 9
    bundle --db host/s.db
    small evidence.tar
    inside | jq -e '(.types | map(.files | tonumber) | add) >= 2 and .databases == [] and (.trouble | test("^databases were not looked at: .*No space"))'
    consistent l.db
}

@test "intake: whatever ends it leaves nothing of the evidence behind, and a signal is told" {
    "$BUSY" make host/s.db wal 1
    mkdir host/many
    (cd host/many && seq 30000 | split -l 1 -a 4 -)
    bundle --db host/s.db --path host/many
    local signal pid ended
    for signal in INT TERM HUP KILL; do
        ended=0
        # one processor: it takes longer to unpack it than to see that
        taskset -c "$(taskset -cp $$ | grep -o '[0-9]*$')" env --default-signal=INT "$HOZEN_BIN/hozen-custody" custody intake \
            evidence.tar --ledger l.db --key "$KEYS/sato.key" --location "locker" >said 2>&1 &
        pid=$!
        until readlink "/proc/$pid/fd"/* 2>/dev/null | grep -qF "$(realpath tmp)/"; do # what it unpacks
            kill -0 "$pid"
            sleep 0.05
        done
        kill -s "$signal" "$pid"
        wait "$pid" || ended=$?
        [ -z "$(ls -A tmp)" ]
        consistent l.db
        [ "$(sqlite3 l.db 'SELECT count(*) FROM entry')" = 1 ]
        [ "$signal" != KILL ] || break
        [ "$ended" = 3 ] || { echo "$signal: $ended"; cat said; false; }
        [ "$(cat said)" = "hozen-custody: interrupted by a signal; nothing was recorded" ]
    done
    truncate -s 3G image.dd
    ended=0
    env --default-signal=INT "$HOZEN_BIN/hozen-custody" custody intake --item I --kind image --file image.dd --sha512 \
        --ledger l.db --key "$KEYS/sato.key" --location "locker" >said 2>&1 &
    pid=$!
    until readlink "/proc/$pid/fd"/* 2>/dev/null | grep -q '/image.dd$' && grep -q '^SigCgt:.*[2367abef]$' "/proc/$pid/status"; do
        kill -0 "$pid" # it reads, and INT is caught
        sleep 0.05
    done
    kill -s INT "$pid"
    wait "$pid" || ended=$?
    [ "$ended" = 3 ]
    [ "$(cat said)" = "hozen-custody: interrupted by a signal; nothing was recorded" ]
}

@test "intake: damage in a database that was copied without a lock is not told as damage on the host" {
    python3 - <<'PY'
import sqlite3
for name in ("torn.db", "whole.db", "locked.db"):
    db = sqlite3.connect("host/" + name, isolation_level=None)
    db.execute("CREATE TABLE t (a, b)")
    db.execute("INSERT INTO t SELECT value, hex(randomblob(200)) FROM (WITH RECURSIVE c(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM c LIMIT 2000) SELECT value FROM c)")
    db.close()
    if name != "whole.db":
        with open("host/" + name, "r+b") as f:
            for page in range(5, 60): f.seek(page * 4096); f.write(b"\xff" * 16)
PY
    mkfifo host/torn.db-wal host/whole.db-wal # no lock is to be had where the log cannot be read
    bundle --db host/torn.db --db host/whole.db --db host/locked.db
    run --separate-stderr intake
    [ "$status" = 0 ]
    [[ $stderr == *"databases copied without a lock: 2; such a copy may be torn, and damage seen in it is no sign of damage on the host"* ]]
    inside | jq -e '.databases | map({key: (.path | split("/") | last), value: "\(.result) \(.detail)"}) | from_entries |
        (."torn.db" | test("^damaged copied without a lock, so that the copy may be torn: ..")) and
        ."whole.db" == "ok copied without a lock, so that the copy may be torn" and
        (."locked.db" | test("^damaged ") and (test("without a lock") | not))'
    custody show evidence --ledger l.db | tr -s '\n ' ' ' | grep -q 'torn.db: damaged: copied without a lock, so that the copy may be torn: '
    custody show evidence --ledger l.db --lang ja | tr -d '\n ' | grep -q 'ロックなしで複製されたため'
    consistent l.db
    statement >s.json
    "$LEDGER_PY" statement s.json
}
