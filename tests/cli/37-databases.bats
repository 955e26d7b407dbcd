#!/usr/bin/env bats
# Live SQLite databases: consistent copies beside busy writers, and nothing left behind at the original.

bats_require_minimum_version 1.5.0
load 30-collect

BUSY=$TOOLS/db_busy.py

setup() {
    OUT=$BATS_TEST_TMPDIR/out DB=$BATS_TEST_TMPDIR/host/service.db
    mkdir "$OUT" "$BATS_TEST_TMPDIR/host"
    helpers=()
}

teardown() {
    local pid
    for pid in "${helpers[@]}"; do kill "$pid" 2>/dev/null || true; done
    wait
}

# busy MODE MEGABYTES [OPTION...]: a database and a service that writes to it, with checkpoints beside it in WAL mode.
busy() {
    local mode=$1 said=$BATS_TEST_TMPDIR/said n
    "$BUSY" make "$DB" "$1" "$2"
    shift 2
    : >"$said" # an earlier one was ready, too
    timeout 900 "$BUSY" write "$DB" "$@" >"$said" 3>&- &
    helpers+=($!)
    until grep -q ready "$said"; do
        kill -0 "${helpers[0]}"
        sleep 0.1
    done
    [ "$mode" = wal ] && [[ "$*" != *--exclusive* ]] || return 0
    timeout 900 "$BUSY" checkpoint "$DB" 3>&- &
    helpers+=($!)
}

# slow MICROSECONDS COMMAND...: each piece that is read from the database or its log takes so long.
slow() {
    local delay=$1
    shift
    ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0 strace -f -o "$BATS_TEST_TMPDIR/trace" -P "$DB" -P "$DB-wal" \
        -e inject=pread64,copy_file_range:delay_exit="$delay" "$@"
}

# copy NAME: the database as the bundle has it, in a folder of its own.
copy() {
    mkdir "$BATS_TEST_TMPDIR/$1"
    tar -xf "$OUT/$1.tar" -C "$BATS_TEST_TMPDIR/$1"
    echo "$BATS_TEST_TMPDIR/$1/$1/data/databases$DB"
}

detail() { record "$OUT/$1.tar" actions.jsonl | jq -rs 'map(select(.action == "database"))[0].detail'; }
methods() { record "$OUT/$1.tar" catalog-000001.jsonl | jq -rs 'map(select(.source == "databases").method) | unique | join(" ")'; }
status_of() { record "$OUT/$1.tar" catalog-000001.jsonl | jq -rs --arg path "$2" 'map(select(.source == "databases" and .origin == $path))[0].status'; }

@test "databases: every copy beside a busy writer and checkpoints is whole; a plain copy is not" {
    local n rounds=5 locked=0 torn=0
    [ "${HOZEN_SLOW:-}" != 1 ] || rounds=50
    busy wal 22 --pause 20
    for n in $(seq $rounds); do
        slow 5000 "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --compress none --item "n$n" --db "$DB" >/dev/null
        grep -q '(DELAYED)' "$BATS_TEST_TMPDIR/trace"
        "$BUSY" check "$(copy "n$n")"
        [ "$(methods "n$n")" != ofd-locked ] || locked=$((locked + 1))
        mkdir "$BATS_TEST_TMPDIR/cp"
        slow 300000 cp "$DB" "$DB-shm" "$DB-wal" "$BATS_TEST_TMPDIR/cp"
        "$BUSY" check "$BATS_TEST_TMPDIR/cp/service.db" || torn=$((torn + 1))
        [ "$n" != 1 ] || sound "$OUT/n1.tar"
        rm -r "$BATS_TEST_TMPDIR/cp" "$BATS_TEST_TMPDIR/n$n" "$OUT/n$n.tar"
    done
    for ((n = 0; torn == 0 && n < 30; n++)); do # chance may spare a few of the plain ones
        mkdir "$BATS_TEST_TMPDIR/cp"
        slow 300000 cp "$DB" "$DB-shm" "$DB-wal" "$BATS_TEST_TMPDIR/cp"
        "$BUSY" check "$BATS_TEST_TMPDIR/cp/service.db" || torn=$((torn + 1))
        rm -r "$BATS_TEST_TMPDIR/cp"
    done
    echo "# $rounds of $rounds whole, $locked under lock; plain copies torn: $torn" >&3
    [ $locked -ge $((rounds * 9 / 10)) ]
    [ $torn -ge 1 ]
}

@test "databases: commits and readers go on while a WAL database is copied, and an empty log locks nobody out" {
    "$BUSY" make "$DB" wal 22
    sqlite3 "$DB" 'PRAGMA wal_checkpoint(TRUNCATE)'
    # opened anew its log is empty and no reading mark is in use: the first commit into it must stay readable
    python3 - "$DB" "$BATS_TEST_TMPDIR/go" "$BATS_TEST_TMPDIR/worst" "$BATS_TEST_TMPDIR/end" 3>&- <<'PY' &
import os, sqlite3, sys, time
keep = sqlite3.connect(sys.argv[1], isolation_level=None)
keep.execute("SELECT count(*) FROM account").fetchall()
open(sys.argv[2], "w").close()
worst, count = 0, 0
while not os.path.exists(sys.argv[4]):
    time.sleep(0.05)
    start = time.monotonic()
    db = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=60)
    db.execute("PRAGMA synchronous=OFF") # locks are what is waited for, not the disk
    db.execute("UPDATE account SET balance = balance WHERE id = 1")
    db.execute("SELECT count(*) FROM document").fetchall()
    db.close()
    worst, count = max(worst, time.monotonic() - start), count + 1
open(sys.argv[3], "w").write(f"{worst:.3f} {count}\n")
PY
    local helper=$!
    helpers+=("$helper")
    until [ -e "$BATS_TEST_TMPDIR/go" ]; do
        kill -0 "$helper"
        sleep 0.05
    done
    slow 60000 "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --compress none --item live --db "$DB"
    touch "$BATS_TEST_TMPDIR/end"
    wait $helper
    [ "$(methods live)" = ofd-locked ]
    [[ $(detail live) =~ held=([0-9.]+) ]]
    echo "held for ${BASH_REMATCH[1]} s; the longest commit and how many: $(cat "$BATS_TEST_TMPDIR/worst")"
    awk -v held="${BASH_REMATCH[1]}" '{ exit !(held > 2 && $1 < held / 2 && $2 >= 10) }' "$BATS_TEST_TMPDIR/worst"
    "$BUSY" check "$(copy live)"
}

@test "databases: rollback journals beside a busy writer: whole, or said not to be" {
    local mode
    for mode in delete truncate persist; do
        rm -f "$DB"*
        helpers=()
        busy "$mode" 22 --pause 20
        slow 2000 "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --compress none --item "$mode" --db "$DB" --db-hold 60s
        [ "$(methods "$mode")" = ofd-locked ]
        "$BUSY" check "$(copy "$mode")"
        [[ "$(detail "$mode")" == *"mode=rollback"* ]]
        slow 20000 "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --compress none --item "$mode-hold" --db "$DB" --db-hold 200ms
        [ "$(methods "$mode-hold")" = unlocked-copy ]
        [[ "$(detail "$mode-hold")" == *"held="*"reason=writers were kept waiting for as long as --db-hold allows" ]]
        kill "${helpers[0]}"
        wait "${helpers[0]}" || true
    done
}

@test "databases: one that is held EXCLUSIVE is copied without locks, and says so" {
    local mode
    for mode in wal delete; do
        rm -f "$DB"*
        helpers=()
        busy "$mode" 2 --exclusive --pause 20
        collect --item "$mode" --db "$DB"
        [ "$(methods "$mode")" = unlocked-copy ]
        [[ "$(detail "$mode")" == *"reason=the lock was not granted in time" ]]
        record "$OUT/$mode.tar" actions.jsonl | jq -se 'map(select(.action == "database"))[0].failures == "1"'
        sound "$OUT/$mode.tar"
        kill "${helpers[0]}"
        wait "${helpers[0]}" || true
    done
}

@test "databases: after one that does not let go the next are waited for less" {
    python3 - "$BATS_TEST_TMPDIR/host" >"$BATS_TEST_TMPDIR/held" 3>&- <<'PY' &
import os, sqlite3, sys, time
os.chdir(sys.argv[1])
held = [sqlite3.connect(f"held-{n}.db", isolation_level=None) for n in range(3)]
for db in held:
    db.execute("CREATE TABLE t (x)")
    db.execute("BEGIN EXCLUSIVE")
print("ready", flush=True)
time.sleep(600)
PY
    helpers=($!)
    until grep -q ready "$BATS_TEST_TMPDIR/held"; do
        kill -0 "${helpers[0]}"
        sleep 0.1
    done
    collect --item held --db "$BATS_TEST_TMPDIR/host/held-0.db" --db "$BATS_TEST_TMPDIR/host/held-1.db" --db "$BATS_TEST_TMPDIR/host/held-2.db"
    record "$OUT/held.tar" actions.jsonl | jq -r 'select(.action == "database").detail | capture("waited=(?<s>[0-9]+)").s' >"$BATS_TEST_TMPDIR/waited"
    # ten seconds and one and one, or somewhat more when nobody lets the program go on
    [[ $(tr '\n' ' ' <"$BATS_TEST_TMPDIR/waited") =~ ^1[0-9]\ [1-5]\ [1-5]\ $ ]]
    [ "$(methods held)" = unlocked-copy ]
    sound "$OUT/held.tar"
}

@test "databases: the log of a killed service, a hot journal, an empty file, something else" {
    python3 - "$BATS_TEST_TMPDIR/host" <<'PY'
import os, shutil, sqlite3, sys
os.chdir(sys.argv[1])
for mode in ("wal", "delete"):
    db = sqlite3.connect("at-work.db", isolation_level=None)
    db.execute(f"PRAGMA journal_mode={mode}")
    db.execute("PRAGMA cache_size=2")
    db.execute("CREATE TABLE t (x)")
    db.executemany("INSERT INTO t VALUES (?)", ((str(i) * 500,) for i in range(200)))
    if mode == "delete":
        db.execute("BEGIN")
        db.execute("UPDATE t SET x = 'half'")
    for suffix in ("", "-wal", "-journal"):  # as a crash would leave it
        if os.path.exists("at-work.db" + suffix): shutil.copy("at-work.db" + suffix, mode + ".db" + suffix)
    db.close()
    for suffix in ("", "-wal", "-shm", "-journal"):
        if os.path.exists("at-work.db" + suffix): os.unlink("at-work.db" + suffix)
open("empty.db", "w").close()
open("noise.db", "wb").write(os.urandom(50000))
PY
    cd "$BATS_TEST_TMPDIR/host"
    ln -s wal.db link.db
    sha256sum ./* >"$BATS_TEST_TMPDIR/before"
    local status=0
    collect --item rest --db link.db --db delete.db --db empty.db --db noise.db --db missing.db --db . --db wal.db-wal || status=$?
    [ "$status" = 4 ]
    sha256sum ./* | cmp - "$BATS_TEST_TMPDIR/before"
    sound "$OUT/rest.tar"
    tar -xf "$OUT/rest.tar" -C "$BATS_TEST_TMPDIR"
    local there=$BATS_TEST_TMPDIR/rest/data/databases$BATS_TEST_TMPDIR/host f
    for f in wal.db wal.db-wal delete.db delete.db-journal empty.db noise.db; do cmp "$f" "$there/$f"; done
    [ "$(find "$there" -type f | wc -l)" = 6 ]
    for f in wal delete; do [ "$(sqlite3 "$there/$f.db" 'SELECT count(*), sum(length(x)) > 500 FROM t')" = "200|1" ]; done
    record "$OUT/rest.tar" actions.jsonl | jq -se 'map(select(.action == "database") | {key: (.target | split("/") | last), value: .detail}) | from_entries |
        (."wal.db" | test("^method=ofd-locked; mode=wal;")) and (."delete.db" | test("^method=ofd-locked.*hot-journal=yes")) and
        (."empty.db" | test("^method=ofd-locked; mode=rollback")) and (."noise.db" | test("^method=unlocked-copy; mode=unknown.*reason=its header"))'
    record "$OUT/rest.tar" objects.jsonl | jq -se 'map(select(.source == "databases")) | length == 1 and .[0].target == "wal.db"'
    record "$OUT/rest.tar" absent.jsonl | jq -se --arg host "$BATS_TEST_TMPDIR/host" 'map(select(.source == "databases")) | map({key: .origin, value: .status}) | from_entries |
        . == {($host): "unavailable", ($host + "/missing.db"): "unavailable"}'
}

@test "databases: how the log is stored: its committed frames, and what was left out is said" {
    python3 - "$DB" "$BATS_TEST_TMPDIR/go" "$BATS_TEST_TMPDIR/end" 3>&- <<'PY' &
import os, sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("PRAGMA journal_mode=wal")
db.execute("CREATE TABLE t (x)")
db.executemany("INSERT INTO t VALUES (?)", (("old" * 500,) for i in range(200)))
db.execute("PRAGMA wal_checkpoint(RESTART)").fetchall()
db.execute("INSERT INTO t VALUES ('new')")
open(sys.argv[2], "w").close()
while not os.path.exists(sys.argv[3]): time.sleep(0.05)
PY
    local helper=$!
    helpers+=("$helper")
    until [ -e "$BATS_TEST_TMPDIR/go" ]; do
        kill -0 "$helper"
        sleep 0.05
    done
    collect --item log --db "$DB"
    local whole db
    whole=$(stat -c %s "$DB-wal")
    touch "$BATS_TEST_TMPDIR/end"
    wait $helper
    db=$(copy log)
    [ "$(status_of log "$DB")" = collected ]
    [ "$(status_of log "$DB-wal")" = limited ]
    [[ "$(detail log)" == *"; mode=wal-in-use; "*"page-size=4096; frames="*"; left-out=$((whole - $(stat -c %s "$db-wal")))" ]]
    sound "$OUT/log.tar"
    [ "$(sqlite3 "$db" 'SELECT count(*) FROM t')" = 201 ]
}

@test "databases: an original at rest keeps all its bytes and times, on ext4 with strictatime" {
    need_root
    mkdir "$BATS_TEST_TMPDIR/ev"
    cat >"$BATS_TEST_TMPDIR/script" <<SCRIPT
set -e
truncate -s 64M "$BATS_TEST_TMPDIR/image"
mkfs.ext4 -q "$BATS_TEST_TMPDIR/image"
mount -o loop,strictatime "$BATS_TEST_TMPDIR/image" "$BATS_TEST_TMPDIR/ev"
cd "$BATS_TEST_TMPDIR/ev"
python3 - s.db "$BATS_TEST_TMPDIR" <<'PY' &
import os, sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("PRAGMA journal_mode=wal")
db.execute("CREATE TABLE t (x)")
db.execute("INSERT INTO t VALUES ('here')")
open(sys.argv[2] + "/go", "w").close()
while not os.path.exists(sys.argv[2] + "/end"): time.sleep(0.05)
PY
until [ -e "$BATS_TEST_TMPDIR/go" ]; do kill -0 \$!; sleep 0.05; done
mkdir "$BATS_TEST_TMPDIR/quiet"
mount --bind "$BATS_TEST_TMPDIR/ev" "$BATS_TEST_TMPDIR/quiet"
mount -o remount,bind,noatime "$BATS_TEST_TMPDIR/quiet"
trap 'umount "$BATS_TEST_TMPDIR/quiet"; rmdir "$BATS_TEST_TMPDIR/quiet"; touch "$BATS_TEST_TMPDIR/end"; wait' EXIT
look() { (cd "$BATS_TEST_TMPDIR/quiet" && find . -name 's.db*' -printf '%A@ %T@ %C@ %s %P\n' | sort && sha256sum s.db*); }
look >"$BATS_TEST_TMPDIR/before"
ASAN_OPTIONS=detect_leaks=0 strace -f -y -o "$BATS_TEST_TMPDIR/trace" "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --compress none --item rest --db s.db >/dev/null
look >"$BATS_TEST_TMPDIR/after"
cat s.db >/dev/null
look >"$BATS_TEST_TMPDIR/control"
SCRIPT
    unshare --mount bash "$BATS_TEST_TMPDIR/script"
    [ "$(grep -c 's\.db' "$BATS_TEST_TMPDIR/before")" = 6 ]
    cmp "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
    run ! cmp -s "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/control"
    # every call on a descriptor of these files is one that reads, looks or takes a read lock
    grep -E '<[^>]*/s\.db(-wal|-shm)?>' "$BATS_TEST_TMPDIR/trace" | sed -E 's/^[0-9]+ +(<\.\.\. )?([a-z0-9_]+)[ (].*/\2/' | sort -u >"$BATS_TEST_TMPDIR/calls"
    [ -s "$BATS_TEST_TMPDIR/calls" ]
    run ! grep -vxE 'openat|openat2|statx|fstat|fstatfs|pread64|read|fcntl|close|flistxattr|listxattr|fgetxattr|getxattr|readlinkat|newfstatat' "$BATS_TEST_TMPDIR/calls"
    run ! grep -E 'F_WRLCK' <(grep -E 'F_OFD_SETLK' "$BATS_TEST_TMPDIR/trace")
    grep -qE 'F_OFD_SETLK, \{l_type=F_RDLCK' "$BATS_TEST_TMPDIR/trace"
    run ! grep -E '/s\.db(-wal|-shm)?"?.*(O_RDWR|O_WRONLY)' "$BATS_TEST_TMPDIR/trace"
    [ "$(methods rest)" = ofd-locked ]
}

@test "databases: --max-rate slows a copy that stops nobody, and keeps no writer of a rollback journal waiting" {
    "$BUSY" make "$DB" wal 4
    sqlite3 "$DB" 'PRAGMA user_version=1'
    local start=$EPOCHREALTIME
    collect --item rate --db "$DB" --max-rate 2M
    awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { exit !(b - a > 1.2) }'
    [ "$(methods rate)" = ofd-locked ]
    rm "$DB"*
    "$BUSY" make "$DB" delete 4
    collect --item held --db "$DB" --max-rate 500K --db-hold 5s # at this rate it would take eight
    [ "$(methods held)" = ofd-locked ]
}

@test "databases: a copy that was given up gives its locks back in time" {
    [ "${HOZEN_PRESET:-}" != asan ] || skip "a preloaded library would come before the sanitizer"
    local mode dir=$BATS_TEST_TMPDIR
    gcc -D_GNU_SOURCE -shared -fPIC -o "$dir/slow.so" "$HOZEN_SOURCE/tests/tools/slow_pread.c"
    truncate -s 60M "$dir/host/rest"
    for mode in delete wal; do
        rm -f "$DB"* "$dir"/{held,go,service}
        "$BUSY" make "$DB" $mode 2
        timeout 100 "$BUSY" twice "$DB" "$dir/go" >"$dir/service" 3>&- &
        helpers=($!)
        until grep -qs ready "$dir/service"; do sleep 0.05; done
        HOZEN_SLOW_OFFSET=300000 HOZEN_SLOW_FOLDER=$dir LD_PRELOAD=$dir/slow.so "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" \
            --compress none --item $mode --db "$DB" --path "$dir/host/rest" --max-rate 1M --command-timeout 1s >/dev/null 3>&- &
        helpers+=($!)
        until [ -e "$dir/held" ]; do sleep 0.05; done
        sleep 3
        touch "$dir/go"
        wait "${helpers[0]}" # which goes on as soon as the read has come back, long before the end
        kill -INT "${helpers[1]}"
        wait "${helpers[1]}" || [ $? = 4 ]
        record "$OUT/$mode.tar" absent.jsonl | jq -se 'map(select(.source == "databases").status) == ["timeout"]'
    done
}

@test "databases: over the bounds of size, and without room in memory: over-budget, exit 4" {
    "$BUSY" make "$DB" delete 20
    local status=0
    collect --item size --db "$DB" --max-file-size 1M || status=$?
    [ "$status" = 4 ]
    record "$OUT/size.tar" absent.jsonl | jq -se 'map(select(.source == "databases")) | length == 1 and .[0].status == "over-budget"'
    status=0
    "$HOZEN_BIN/hozen-collect" --case C --operator O --out - --item pipe --compress none --db "$DB" >"$OUT/pipe.tar" || status=$?
    [ "$status" = 4 ]
    record "$OUT/pipe.tar" absent.jsonl | jq -se 'map(select(.source == "databases")) | length == 1 and .[0].status == "over-budget"'
    rm "$DB"*
    "$BUSY" make "$DB" wal 2
    "$HOZEN_BIN/hozen-collect" --case C --operator O --out - --item small --compress none --db "$DB" >"$OUT/small.tar"
    "$BUSY" check "$(copy small)"
}

@test "databases: what was stored counts at once for --max-size" {
    local n
    "$BUSY" make "$DB" delete 3
    for n in 1 2; do head -c 3500000 /dev/urandom >"$BATS_TEST_TMPDIR/host/file$n"; done
    # the database fits, then a file does not
    run -4 collect --item bound --db "$DB" --path "$BATS_TEST_TMPDIR/host/file1" --max-size 6M
    [ "$(stat -c %s "$OUT/bound.tar")" -le $((6 << 20)) ]
    sound "$OUT/bound.tar"
    "$BUSY" check "$(copy bound)"
    # nor a listing of recent files behind it, nor a file behind that
    (cd "$BATS_TEST_TMPDIR/host" && touch $(seq -f "name-of-a-recent-file-%.0f" 2000))
    run -4 collect --item recent --db "$DB" --recent 60m --recent-root "$BATS_TEST_TMPDIR/host" --path "$BATS_TEST_TMPDIR/host/file1" \
        --path "$BATS_TEST_TMPDIR/host/file2" --max-size 7M
    [ "$(stat -c %s "$OUT/recent.tar")" -le $((7 << 20)) ]
    sound "$OUT/recent.tar"
}

@test "databases: a copy that was cut short leaves its action, and the summary counts copies without a lock" {
    "$BUSY" make "$DB" wal 22
    sqlite3 "$DB" 'PRAGMA user_version=1'
    local status=0
    collect --item cut --db "$DB" --max-rate 1M --timeout 6s >"$BATS_TEST_TMPDIR/said" || status=$?
    [ "$status" = 4 ]
    run ! grep -q unlocked "$BATS_TEST_TMPDIR/said"
    record "$OUT/cut.tar" actions.jsonl | jq -se 'map(select(.action == "database")) | length == 1 and .[0].count == "0" and
        .[0].failures == "1" and (.[0].detail | test("^method=none; mode=wal; .*held=(0[.][5-9]|[1-9])"))'
    record "$OUT/cut.tar" absent.jsonl | jq -se 'map(select(.source == "databases")) | length == 1 and .[0].status == "timeout"'
    head -c 50000 /dev/urandom >"$BATS_TEST_TMPDIR/host/noise.db"
    collect --item noise --db "$BATS_TEST_TMPDIR/host/noise.db" >"$BATS_TEST_TMPDIR/said"
    grep -qE '^unlocked: +1$' "$BATS_TEST_TMPDIR/said"
    grep -q 'can be torn' <(tr '\n' ' ' <"$BATS_TEST_TMPDIR/said")
}

@test "databases: named by links, twice, in another tree as well; a log that is no file" {
    "$BUSY" make "$DB" wal 1
    cd "$BATS_TEST_TMPDIR/host"
    ln -s service.db one.db
    ln -s "$PWD" ../there
    collect --item links --db one.db --db ../there/one.db --db service.db --db ./service.db --path "$PWD"
    [ "$(record "$OUT/links.tar" actions.jsonl | jq -s 'map(select(.action == "database")) | length')" = 1 ]
    [ "$(tar -tf "$OUT/links.tar" | grep -c 'service.db$')" = 2 ]
    record "$OUT/links.tar" objects.jsonl | jq -se 'map(select(.source == "databases" and .type == "symlink")) | length == 1'
    sound "$OUT/links.tar"
    mkfifo service.db-wal
    local status=0
    collect --item fifo --db service.db || status=$?
    [ "$status" = 4 ]
    [[ "$(detail fifo)" == "method=unlocked-copy; "*"tries=3; "*"reason=a file that belongs to it cannot be read" ]]
    record "$OUT/fifo.tar" absent.jsonl | jq -se 'map(select(.source == "databases")) | length == 1 and (.[0].origin | endswith("service.db-wal"))'
}

@test "databases: a copy that the medium refuses is absent, and not for what the database is" {
    [ "${HOZEN_PRESET:-}" != asan ] || skip "a preloaded library would come before the sanitizer"
    gcc -D_GNU_SOURCE -shared -fPIC -o "$BATS_TEST_TMPDIR/failing.so" "$HOZEN_SOURCE/tests/tools/failing_spool.c"
    sqlite3 "$DB" 'CREATE TABLE t (x); INSERT INTO t VALUES (1)'
    LD_PRELOAD=$BATS_TEST_TMPDIR/failing.so run collect --item refused --db "$DB"
    [ "$status" = 4 ]
    record "$OUT/refused.tar" absent.jsonl | jq -se 'map(select(.source == "databases") | [.status, .errno, .reason]) == [["unavailable", "EIO", "a copy of it could not be written"]]'
    sound "$OUT/refused.tar"
}
