#!/usr/bin/env bats
# What is in a bundle and not as it was on the host: files that were taken in part, databases copied without a lock.

bats_require_minimum_version 1.5.0
load 40-custody.bash
load 59-report.bash
load 50-verify.bash

show() { "$HOZEN_BIN/hozen-verify" show "$@"; }
disclose() { "$HOZEN_BIN/hozen-verify" disclose "$@"; }

# One of each kind; what lies behind a limited file need not be zeros: -wal has all that is stored.
setup_file() {
    cd "$BATS_FILE_TMPDIR"
    make_bundle cut.tar 'import hashlib
def cut(name, status, got, size, **more):
    b.host(name, got + bytes(size - len(got)), status=status, real_size=str(len(got)), real_sha256=hashlib.sha256(got).hexdigest(), **more)
def told(action, target, detail):
    b.actions.append({**b.actions[0], "action": action, "target": target, "count": "1", "failures": "1", "detail": detail})
cut(b"/srv/big", "limited", b"abc", 1000)
cut(b"/srv/all", "limited", b"whole", 5)
cut(b"/srv/less", "shrunk", b"ab", 6)
for name in (b"/srv/x.db", b"/srv/x.db-wal"): b.host(name, b"torn", method="unlocked-copy")
told("read-error", "/srv/big", "its file system did not answer")
told("database", "/srv/x.db", "method=unlocked-copy; mode=wal; waited=10.000; held=0.000; tries=1; reason=the lock was not granted in time")
told("database", "/srv/y.db", "method=unlocked-copying; mode=wal")
told("database", "/srv/z.db", "method=ofd-locked; mode=wal")
b.sort()'
}

setup() { cd "$BATS_FILE_TMPDIR"; }

# narrow FILE: every line that holds no long name has 80 columns at most.
narrow() {
    python3 - "$1" <<'PY'
import sys, unicodedata
wide = lambda text: sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
bad = [l for l in open(sys.argv[1], encoding="utf-8").read().split("\n") if wide(l) > 80]
sys.exit("\n".join(bad) if bad else 0)
PY
}

@test "limited: verify counts what was taken in part, and copies without a lock" {
    run verify --signers "$SIGNERS" cut.tar
    [ "$status" = 0 ]
    [[ $output == *"limited files: 2, not taken to the end; filled up with zeros: 1 (997 bytes)"* ]]
    [[ $output == *"shrunk files:  1, shorter when they were read; filled up with zeros: 4 bytes"* ]]
    [[ $output == *"unlocked:      1 databases (2 files), copied without a lock: such a copy can be"* ]]
    for language in en ja; do
        verify --lang $language --signers "$SIGNERS" cut.tar >text
        narrow text
    done
    [ "$(grep -c '997 \|4 バイト\|2 個' text)" = 3 ]
    verify --json --signers "$SIGNERS" cut.tar >out.json
    /usr/bin/python3 "$ORACLE/shapes.py" --lines verify out.json
    [ "$(jq -c '[.limited, .shrunk, .unlocked]' out.json)" = '[{"files":2,"filled":1,"zeros":"997"},{"files":1,"filled":1,"zeros":"4"},{"databases":1,"files":2}]' ]
    run verify --signers "$SIGNERS" "$GOOD"
    [[ $output != *"limited files"* && $output != *"shrunk files"* && $output != *"unlocked: "* ]]
}

@test "limited: disclose says so, and who checks the disclosure is told again" {
    run disclose --signers "$SIGNERS" cut.tar /srv/big --to big.tar
    [ "$status" = 0 ]
    [[ $output == *"data/files/srv/big: limited: 3 bytes were read, the other 997 are zeros"* ]]
    run verify --signers "$SIGNERS" big.tar
    [ "$status" = 0 ]
    [[ $output == *"not whole:     limited: 3 bytes were read, the other 997 are zeros"* ]]
    verify --json --signers "$SIGNERS" big.tar >out.json
    /usr/bin/python3 "$ORACLE/shapes.py" --lines verify-disclosure out.json
    jq -e '.disclosed | .status == "limited" and .real_size == "3" and .method == "read"' out.json
    disclose --json --signers "$SIGNERS" cut.tar data/files/srv/x.db --to db.tar >out.json 2>err
    /usr/bin/python3 "$ORACLE/shapes.py" --lines disclose out.json
    jq -e '.status == "collected" and .method == "unlocked-copy" and (has("real_size") | not)' out.json
    grep -q "data/files/srv/x.db: copied without a lock: such a copy can be torn" err
    run verify --signers "$SIGNERS" db.tar
    [[ $output == *"unlocked:      copied without a lock: such a copy can be torn"* && $output != *"not whole"* ]]
    for name in all less; do
        disclose cut.tar "/srv/$name" --to "$name.tar" 2>>said
        verify "$name.tar" >>said || [ $? = 3 ]
    done
    [ "$(grep -c 'limited: not taken to its end' said)" = 2 ]
    [ "$(grep -c 'shrunk: 2 bytes were read, the other 4 are zeros' said)" = 2 ]
    for name in big db all less; do
        { verify --lang ja "$name.tar" || true; } >text
        narrow text
    done
}

@test "limited: list says what was read of a file, and why not more" {
    run list cut.tar
    [ "$status" = 0 ]
    [[ $output == *"limited "*"/srv/big: limited: 3 bytes were read, the other 997 are zeros"* ]]
    [[ $output == *"limited "*"/srv/all: limited: not taken to its end"* ]]
    [[ $output == *"shrunk "*"/srv/less: shrunk: 2 bytes were read, the other 4 are zeros"* ]]
    [[ $output == *"collected "*"/srv/x.db: copied without a lock: such a copy can be torn"* ]]
    [[ $output == *"hozen-verify: /srv/big: limited: its file system did not answer"* ]]
    [[ $output == *"hozen-verify: /srv/x.db: copied without a lock: the lock was not granted in time"* ]]
    [[ $output != *"y.db: "* && $output != *"z.db: "* ]]
    list --lang ja cut.tar 2>&1 | grep -qF "/srv/x.db: ロックなしで複写: ロックを時間内に取得できませんでした"
    run list --columns real-size,name cut.tar
    [[ $output == *"          3 /srv/big"* ]]
    list --json cut.tar >out.json
    /usr/bin/python3 "$ORACLE/shapes.py" --lines list-line out.json
    jq -se 'map(select(.real_size)) | map([.origin, .real_size]) | sort == [["/srv/all", "5"], ["/srv/big", "3"], ["/srv/less", "2"]]' out.json
    jq -se '.[-1].reasons == [
        {"origin": "/srv/big", "reason": "its file system did not answer", "source": "files", "what": "limited"},
        {"origin": "/srv/x.db", "reason": "the lock was not granted in time", "source": "files", "what": "unlocked"}]' out.json
    list --json "$GOOD" | jq -se 'all(has("real_size") or has("reasons") | not)'
}

@test "limited: every list for other tools has it" {
    list --format csv cut.tar >out.csv 2>/dev/null
    grep -q '"limited",1000,.*"data/files/srv/big","/srv/big",,,"read",3'$'\r' out.csv
    grep -q '"collected",4,.*"/srv/x.db",,,"unlocked-copy",'$'\r' out.csv
    list --format dfxml cut.tar 2>/dev/null | grep -A1 '<hozen:real_size>3</hozen:real_size>' | grep -q '<hozen:method>read</hozen:method>'
    list --format hashdeep cut.tar >LIST 2>/dev/null
    [ "$(grep '^##' LIST)" = "## data/files/srv/all: limited, real_size 5
## data/files/srv/big: limited, real_size 3
## data/files/srv/less: shrunk, real_size 2
## data/files/srv/x.db: unlocked-copy
## data/files/srv/x.db-wal: unlocked-copy" ]
    extract cut.tar --to taken 2>/dev/null
    cd taken
    hashdeep -l -r -a -k ../LIST data
}

@test "limited: of many reasons a terminal has the first, JSON as many as there is room for" {
    make_bundle many.tar 'for i in range(1500):
    b.actions.append({**b.actions[0], "action": "read-error", "target": "/x/%d" % i, "detail": "e"})'
    list many.tar 2>said >/dev/null
    [ "$(grep -c ': /x/' said)" = 20 ]
    grep -q "and 1480 more that are limited" said
    list --json many.tar 2>/dev/null >out.json
    /usr/bin/python3 "$ORACLE/shapes.py" --lines list-line out.json
    jq -se '.[-1] | (.reasons | length) == 1000 and .reasons_left == "500"' out.json
}

@test "limited: extract says how much of what was taken out was not read" {
    run extract cut.tar --to all-out
    [ "$status" = 0 ]
    [[ $output == *"3 of them are limited or shrunk: not all of the file was read"*"2 of them end in zeros, 1001 bytes in all"* ]]
    [[ $output == *"2 of them belong to databases that were copied without a lock"* ]]
    run extract cut.tar --only data/files/srv/big --to one-out
    [ "$status" = 0 ]
    [[ $output == *"1 of them are limited or shrunk"*"1 of them end in zeros, 997 bytes in all"* ]]
    [[ $output != *"without a lock"* ]]
    run extract cut.tar data/files/etc --to etc-out
    [ "$status" = 0 ]
    [[ $output != *"limited"* && $output != *"without a lock"* ]]
    run extract cut.tar data/files/srv/all --to more-out
    [[ $output == *"1 of them are limited"* && $output != *"zeros"* ]]
}

@test "limited: show says what it shows, and why" {
    show --raw cut.tar /srv/big 2>said >/dev/null
    grep -qF "data/files/srv/big: limited: 3 bytes were read, the other 997 are zeros: its file system did not answer" said
    show --raw cut.tar data/files/srv/x.db 2>said >/dev/null
    grep -qF "data/files/srv/x.db: copied without a lock: such a copy can be torn: the lock was not granted in time" said
    show --raw cut.tar /srv/x.db-wal 2>said >/dev/null
    [ "$(grep 'torn' said)" = "hozen-verify: data/files/srv/x.db-wal: copied without a lock: such a copy can be torn" ]
    show --raw cut.tar /etc/hosts 2>said >/dev/null
    run ! grep -q 'limited\|torn' said
}

@test "limited: the acquisition report says what was read, and why not more" {
    KEYS=$PWD/keys make_keys
    at 09:00:00 custody init l.db --organisation "CSIRT Example" --key keys/sato.key
    at 09:10:00 custody intake cut.tar --ledger l.db --key keys/sato.key --location "evidence locker 3"
    for language in en ja; do
        at 12:00:00 report SAMPLE-1 --form acquisition --lang $language --ledger l.db --bundle cut.tar --out $language.html
        python3 "$TOOLS/html_text.py" $language.html | grep '^/srv' >$language.txt
    done
    diff - en.txt <<'TEXT'
/srv/all | files | limited | not taken to its end
/srv/big | files | limited | 3 of its 1000 bytes were read, zeros stand for the rest: its file system did not answer
/srv/less | files | shrunk | 2 of its 6 bytes were read, zeros stand for the rest
/srv/x.db | files | collected | copied without a lock: such a copy can be torn: the lock was not granted in time
/srv/x.db-wal | files | collected | copied without a lock: such a copy can be torn
TEXT
    grep -qF '3 バイトを読み取り (全体は 1000 バイト)、残りはゼロ' ja.txt
}
