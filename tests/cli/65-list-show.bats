#!/usr/bin/env bats
# hozen list with columns and filters, hozen show: a file of a bundle for people, inert.

load 50-verify.bash

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
    export TMPDIR=$BATS_TEST_TMPDIR PAGER=cat
}

show() { "$HOZEN_BIN/hozen-verify" show "$@"; }
names() { list --json "$@" 2>err | jq -r 'select(.type and .type != "end") | .origin // .path // .source'; }

# Files, links and absences of three sources, with times that differ.
several() {
    make_bundle several.tar "
b.host(b'/var/log/auth.log', b'one\n', source='logs', mtime='2016-02-20T10:00:00.000000000Z', ctime='2016-02-25T00:00:00.000000000Z', btime='2016-01-05T00:00:00.000000000Z', mode='0640', uid=7, gid=4, status='grew')
b.host(b'/var/log/syslog', b'two\n', source='logs', mtime='2016-02-20T10:00:00.000000001Z', method='ofd-locked')
b.object(b'/var/log/link', 'symlink', target='/var/log/syslog', mtime='2016-02-21T00:00:00.000000000Z')
b.object(b'/run/p', 'fifo')
b.absent.append({'source': 'logs', 'status': 'unavailable', 'reason': 'not there'})
b.sort()"
}

@test "list: filters by type, status, source and name" {
    several
    diff <(printf '%s\n' /var/log/auth.log /var/log/syslog logs) <(names several.tar --source logs)
    grep -q '3 of 11 entries are shown' err
    diff <(printf '%s\n' /run/p) <(names several.tar --type fifo)
    diff <(printf '%s\n' /var/log/link /run/p) <(names several.tar --type fifo --type symlink)
    diff <(printf '%s\n' /etc/shadow logs) <(names several.tar --type absent)
    diff <(printf '%s\n' /var/log/auth.log) <(names several.tar --status grew)
    diff <(printf '%s\n' /etc /var/log/link /run/p) <(names several.tar --status recorded)
    diff <(printf '%s\n' /etc/shadow logs) <(names several.tar --status denied --status unavailable)
    diff <(printf '%s\n' /var/log/auth.log /var/log/syslog) <(names several.tar --name '*log')
    diff <(printf '%s\n' /etc/hosts /etc/passwd /etc/shadow) <(names several.tar --name '/etc/h*' --name '/etc/??????')
    diff <(printf '%s\n' data/blind/blind.txt data/system/identity.json) <(names several.tar --name 'data/*')
    diff <(printf '%s\n' /var/log/syslog) <(names several.tar --source logs --name '*s*' --type file --status collected)
    [ -z "$(names several.tar --name etc)" ]
    run list --status gone several.tar
    refused 2 gone
    run list --type folder several.tar
    [ "$status" = 2 ]
}

@test "list: filters by each time, both ends included; what has none does not pass" {
    several
    diff <(printf '%s\n' /var/log/auth.log /var/log/syslog /var/log/link) <(names several.tar --since 2016-02-20T10:00:00Z)
    diff <(printf '%s\n' /var/log/syslog /var/log/link) <(names several.tar --since 2016-02-20T10:00:00.000000001Z)
    diff <(printf '%s\n' /var/log/auth.log) <(names several.tar --since 2016-02-20T10:00:00Z --until 2016-02-20T10:00:00Z)
    diff <(printf '%s\n' /var/log/auth.log) <(names several.tar --time ctime --since 2016-02-24T00:00:00Z)
    diff <(printf '%s\n' /var/log/auth.log) <(names several.tar --time btime --until 2020-01-01T00:00:00Z)
    diff <(names several.tar --until 2016-02-05T00:00:00Z) <(names several.tar --time atime --until 2016-02-05T00:00:00Z --source files --name '/?t*' --name '/run*')
    [ -z "$(names several.tar --since 24h)" ]
    [ "$(names several.tar --until 24h | wc -l)" = 7 ]
}

@test "list: filters hold in every format, and change no exit code" {
    several
    list --format csv --name '*auth*' several.tar >out.csv
    [ "$(wc -l <out.csv)" = 2 ]
    list --format hashdeep --source logs several.tar >out.hash
    [ "$(grep -c data/logs out.hash)" = 2 ]
    [ "$(grep -vc '^%' out.hash)" = 2 ]
    cp "$GOOD" altered.tar
    flip altered.tar "$(offset_of altered.tar SAMPLE-1/data/files/etc/passwd)"
    run list --name nothing altered.tar
    [ "$status" = 1 ]
    run list --name nothing "$GOOD"
    [ "$status" = 0 ]
}

@test "list: columns in the order that was asked for" {
    several
    list several.tar >plain.txt 2>&1
    [ "$(head -n 1 plain.txt | tr -s ' ')" = "type size modified (UTC) status name" ]
    list --columns type,size,time,status,name several.tar | cmp - plain.txt
    diff - <(list --columns name,mode,owner,method,source --source logs --type file several.tar 2>/dev/null | tr -s ' ') <<'TEXT'
name mode owner method source
/var/log/auth.log 0640 7:4 read logs
/var/log/syslog 0644 0:0 ofd-locked logs
TEXT
    [ "$(list --columns sha256 --name '*syslog' --type file several.tar 2>/dev/null | tail -n 1)" = "$(printf 'two\n' | sha256sum | cut -d' ' -f1)" ]
    [ "$(list --columns path,name --name '*syslog' --type file several.tar 2>/dev/null | tail -n 1 | tr -s ' ')" = "data/logs/var/log/syslog /var/log/syslog" ]
    list --columns time,name --time ctime --name '*auth*' several.tar 2>/dev/null | tr -s ' ' >ctime.txt
    diff - ctime.txt <<'TEXT'
changed (UTC) name
2016-02-25 00:00 /var/log/auth.log
TEXT
    list --columns size,time,name --type absent several.tar 2>/dev/null | grep -qE '^ +- - +/etc/shadow: '
    run list --columns type,nothing several.tar
    refused 2 nothing
    run list --columns type,type several.tar
    refused 2 twice
    run list --columns "" several.tar
    [ "$status" = 2 ]
    run list --columns type, several.tar
    [ "$status" = 2 ]
}

@test "list: JSON tells of each entry what the catalog says" {
    several
    list --json several.tar >out.json
    /usr/bin/python3 "$ORACLE/shapes.py" --lines list-line out.json
    /usr/bin/python3 - <<'PY'
import json, tarfile
t = tarfile.open("several.tar")
lines = lambda n: [json.loads(l) for l in t.extractfile("SAMPLE-1/meta/" + n).read().decode().splitlines()]
want = {r["path"]: r for r in lines("catalog-000001.jsonl")}
rows = [json.loads(l) for l in open("out.json")]
keys = ["method", "sha256", "mode", "uid", "gid", "atime", "btime", "ctime", "mtime", "size", "status", "source", "origin"]
files = [r for r in rows if r.get("type") == "file"]
assert len(files) == len(want) == 6
for r in files:
    for k in keys: assert r.get(k) == want[r["path"]].get(k), (k, r)
for r, w in zip([r for r in rows if r.get("target")], [o for o in lines("objects.jsonl") if o.get("target")]):
    for k in ("mode", "uid", "gid", "atime", "ctime", "mtime"): assert r[k] == w[k]
PY
}

@test "show: a file by its name on the host, and by its name in the bundle" {
    for name in /etc/passwd data/files/etc/passwd; do
        show --signers "$SIGNERS" "$GOOD" "$name" >out 2>err
        diff out - <<<'root:x:0:0:root:/root:/bin/sh'
        grep -q "data/files/etc/passwd: 30 bytes, collected, sha256 $(printf 'root:x:0:0:root:/root:/bin/sh\n' | sha256sum | cut -d' ' -f1)" err
        grep -q 'mode 0644, owner 0:0, modified 2016-02-01T00:00:00' err
    done
    run show "$GOOD" /etc/passwd
    [ "$status" = 0 ]
    [[ $output == *"who signed the bundle was not checked"* ]]
    show --signers "$SIGNERS" - /etc/passwd <"$GOOD" 2>err | diff - <(echo 'root:x:0:0:root:/root:/bin/sh')
}

@test "show: out of compressed bundles, one of many files" {
    make_bundle many.tar "
for i in range(5000): b.host(b'/srv/%04d' % i, b'%04d\n' % i * 300)
b.sort()"
    for i in 0000 2500 4999; do [ "$(show many.tar /srv/$i 2>err | uniq)" = "$i" ]; done
    for bundle in "$VECTORS"/good/{zstd.tar.zst,gzip.tar.gz,sha512-zstd.tar.zst}; do
        [ "$(show "$bundle" /etc/passwd 2>err)" = "root:x:0:0:root:/root:/bin/sh" ]
    done
}

@test "show: what names no file is said with what is known of it" {
    several
    run show several.tar /etc/shadow
    refused 3 "was not taken (denied)"
    run show several.tar /etc
    refused 3 "directory"
    run show several.tar /run/p
    refused 3 "fifo"
    run show several.tar /var/log/link
    refused 3 "/var/log/syslog"
    run show several.tar /nothing
    refused 3 "is not in the bundle"
    run show several.tar data/files/nothing
    refused 3 "is not in the bundle"
    for name in etc/passwd /etc//passwd /etc/../etc/passwd data/files meta/acquisition.json ""; do
        run show several.tar "$name"
        [ "$status" = 2 ] || { echo "$name: $status $output"; return 1; }
    done
    run show several.tar
    [ "$status" = 2 ]
    run show none.tar /etc/passwd
    refused 3 none.tar
}

@test "show: a host file that was taken twice: the same is shown, different ones are asked about" {
    make_bundle same.tar "b.host(b'/etc/group', b'g\n', source='accounts'); b.host(b'/etc/group', b'g\n'); b.sort()"
    [ "$(show same.tar /etc/group 2>err)" = g ]
    make_bundle other.tar "b.host(b'/etc/group', b'g\n', source='accounts'); b.host(b'/etc/group', b'h\n'); b.sort()"
    run show other.tar /etc/group
    refused 3 "data/accounts/etc/group"
    [[ $output == *data/files/etc/group* ]]
    [ "$(show other.tar data/files/etc/group 2>err)" = h ]
    # a name whose mapping another name could share with a twin suffix: only the one that was asked for counts
    make_bundle twins.tar "
import hashlib
b.host(b'/srv/A', b'big\n'); b.host(b'/srv/a', b'small\n', path='data/files/srv/a=@' + hashlib.sha256(b'a').hexdigest()[:16])
b.sort()"
    [ "$(show twins.tar /srv/A 2>err)" = big ]
    [ "$(show twins.tar /srv/a 2>err)" = small ]
}

@test "show: names that are not UTF-8, long names, files of no bytes" {
    make_bundle odd.tar "
b.host(b'/srv/\xff\xfe', b'raw\n'); b.host(b'/srv/empty', b''); b.host(b'/' + b'/'.join([b'l' * 170] * 8), b'long\n')
b.sort()"
    [ "$(show odd.tar $'/srv/\xff\xfe' 2>err)" = raw ]
    [ -z "$(show odd.tar /srv/empty 2>err)" ]
    [ "$(show odd.tar "$(python3 -c 'print("/" + "/".join(["l" * 170] * 8))')" 2>err)" = long ]
}

# What stands in the table of list after the last column.
printed() { list --columns name --type file "$@" 2>/dev/null | tail -n +2; }

@test "show: a name as list prints it, where no entry has the very name" {
    make_bundle odd.tar "
b.host(b'/srv/a\nb', b'newline\n'); b.host(b'/srv/\xff\xfe', b'bytes\n'); b.host(b'/srv/c\\\\x41', b'backslash\n')
b.host('/srv/\u202etxt'.encode(), b'turned\n'); b.object(b'/srv/p\n', 'fifo')
b.sort()"
    printed odd.tar | grep '^/srv' | LC_ALL=C sort >names
    diff names - <<'TEXT'
/srv/\xe2\x80\xaetxt
/srv/\xff\xfe
/srv/a\x0ab
/srv/c\\x41
TEXT
    while read -r name; do show odd.tar "$name" 2>>err; done <names | diff - <(printf 'turned\nbytes\nnewline\nbackslash\n')
    run show odd.tar '/srv/p\x0a'
    refused 3 fifo
    # what list could not have printed so is nobody's name
    for name in '/srv/a\x0Ab' '/srv/\x61\x0ab' '/srv/a\nb' '/srv/a\x00b' '/srv/a\x0ab\'; do
        run show odd.tar "$name"
        refused 3 "is not in the bundle"
    done
    for name in $'/srv/a\nb' '/srv/a\x0ab'; do
        "$HOZEN_BIN/hozen-verify" disclose odd.tar "$name" --to one.tar 2>err
        [ "$(tar -xOf one.tar --wildcards '*/data/files/srv/a=0Ab')" = newline ]
        rm one.tar
    done
    make_bundle both.tar "
b.host(b'/srv/a\nb', b'newline\n'); b.host(b'/srv/a\\\\x0ab', b'very\n'); b.host(b'/srv/c\n', b'newline\n'); b.object(b'/srv/c\\\\x0a', 'fifo')
b.sort()"
    [ "$(show both.tar '/srv/a\x0ab' 2>err)" = very ]
    [ "$(show both.tar '/srv/a\\x0ab' 2>err)" = very ]
    [ "$(show both.tar $'/srv/a\nb' 2>err)" = newline ]
    run show both.tar '/srv/c\x0a'
    refused 3 fifo
    "$HOZEN_BIN/hozen-verify" disclose both.tar '/srv/a\x0ab' --to one.tar 2>err
    [ "$(tar -xOf one.tar --wildcards '*/data/files/srv/a=5Cx0ab')" = very ]
    run "$HOZEN_BIN/hozen-verify" disclose both.tar '/srv/c\x0a' --to two.tar
    refused 3 "is not a file"
}

@test "show: nothing of a bundle that does not hold is shown" {
    cp "$GOOD" altered.tar
    flip altered.tar "$(offset_of altered.tar SAMPLE-1/data/files/etc/passwd)"
    show altered.tar /etc/passwd >out 2>err && return 1
    [ ! -s out ]
    grep -q payload-altered err
    # another file is altered: not read, and the answer is about this one alone
    [ "$(show altered.tar /etc/hosts 2>err)" = "127.0.0.1 localhost" ]
    run show --signers "$SIGNERS" "$VECTORS/bad/stranger.tar" /etc/passwd
    [ "$status" = 1 ]
    [[ $output == *signer-untrusted* && $output != *root:x* ]]
    run show "$VECTORS/bad/stripped.tar" /etc/passwd
    [ "$status" = 1 ]
    [[ $output != *root:x* ]]
    run show /dev/null /etc/passwd
    [ "$status" = 3 ]
}

hostile() {
    make_bundle hostile.tar "
b.host(b'/srv/all', bytes(range(256)) * 3 + b'\n')
b.host(b'/srv/text', 'a\tb\n\u8a3c\u62e0 \u202e\u200b\n\x1b[31m\x1b]0;x\x07\n\\\\x41\n\r\nlast'.encode())
b.host(b'/srv/edge', b'x' * 65534 + '\u8a3c'.encode() * 40000 + b'\xe8\xa8')
b.sort()"
}

@test "show: hostile bytes are inert, and come back to the byte" {
    hostile
    for name in all text edge; do
        show hostile.tar /srv/$name >$name.txt 2>err
        show --raw hostile.tar /srv/$name >$name.raw 2>err
        python3 - $name <<'PY'
import re, sys
text, raw = open(sys.argv[1] + ".txt", "rb").read(), open(sys.argv[1] + ".raw", "rb").read()
assert not [c for c in text.decode() if c not in "\n\t" and (ord(c) < 32 or 127 <= ord(c) < 160 or c in "\u202e\u200b\u2028\ufeff")]
back = re.sub(rb"\\(\\|x([0-9a-f]{2}))", lambda m: b"\\" if m[1] == b"\\" else bytes([int(m[2], 16)]), text)
assert back == raw, (back[:80], raw[:80])
PY
    done
    python3 -c 'import sys; sys.stdout.buffer.write(bytes(range(256)) * 3 + b"\n")' | cmp - all.raw
    head -n 2 text.txt | diff - <(printf 'a\tb\n証拠 \\xe2\\x80\\xae\\xe2\\x80\\x8b\n')
    [ "$(grep -c 'xe8\\xa8$' edge.txt)" = 1 ]
    [ "$(grep -o 証 edge.txt | wc -l)" = 40000 ]
}

# on_terminal FILE command...: runs it with a terminal for all three streams; what it says goes to FILE, its end is told.
on_terminal() {
    python3 - "$@" <<'PY'
import os, pty, sys
out = open(sys.argv[1], "wb")
def read(fd):
    data = os.read(fd, 65536)
    out.write(data)
    return data
sys.stdout = open(os.devnull, "w")
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[2:], read)))
PY
}

@test "show: a pager on a terminal alone; --no-pager; raw bytes never" {
    hostile
    cat >pager <<'SH'
#!/bin/sh
echo "paged $# $1 $LESSSECURE"
exec cat
SH
    chmod +x pager
    hozen="$HOZEN_BIN/hozen-verify"
    PAGER="$PWD/pager -x  y" on_terminal out "$hozen" show hostile.tar /srv/text
    grep -q '^paged 2 -x 1' out
    grep -qF '\x1b[31m\x1b]0;x\x07' out
    PAGER="$PWD/pager" on_terminal out "$hozen" show --no-pager hostile.tar /srv/text
    run grep -c paged out
    [ "$output" = 0 ]
    grep -qF '\x1b[31m\x1b]0;x\x07' out
    PAGER="$PWD/pager" show hostile.tar /srv/text >out 2>err
    run grep -c paged out
    [ "$output" = 0 ]
    # a pager that is not there, and none: on the terminal all the same
    for pager in "$PWD/nothing" "" " "; do
        PAGER="$pager" on_terminal out "$hozen" show hostile.tar /srv/text
        grep -qF '\x1b[31m\x1b]0;x\x07' out
    done
    run on_terminal out "$hozen" show --raw hostile.tar /srv/text
    [ "$status" = 2 ]
    grep -q 'file or another program' out
    python3 -c 'import sys; sys.exit(b"\x1b" in open("out", "rb").read())'
}

@test "show: what a pager shows is whole, in any order of ending" {
    make_bundle large.tar "b.host(b'/srv/large', b''.join(b'line %06d\n' % i for i in range(200000))); b.sort()"
    printf '#!/bin/sh\nhead -n 1\n' >quits
    printf '#!/bin/sh\nsha256sum\n' >sums
    chmod +x quits sums
    PAGER=$PWD/quits on_terminal out "$HOZEN_BIN/hozen-verify" show large.tar /srv/large
    grep -q 'line 000000' out
    PAGER=$PWD/sums on_terminal out "$HOZEN_BIN/hozen-verify" show large.tar /srv/large
    grep -q "$(show --raw large.tar /srv/large 2>err | sha256sum | cut -d' ' -f1)" out
}

@test "show: nothing stays in the folder for temporary files, and one that cannot be used is named" {
    mkdir tmp
    TMPDIR=$PWD/tmp show "$GOOD" /etc/passwd >out 2>err
    [ -z "$(ls -A tmp)" ]
    TMPDIR=$PWD/none run show "$GOOD" /etc/passwd
    [ "$status" = 3 ]
    [[ $output == *"$PWD/none"* ]]
}

@test "show: a folder for temporary files that takes no more is named, after the bundle" {
    make_bundle large.tar 'b.host(b"/srv/large", b"x" * 100000)'
    mkdir small
    TMPDIR=$PWD/small run bash -c 'trap "" XFSZ; ulimit -f 16; exec "$@"' - "$HOZEN_BIN/hozen-verify" show large.tar /srv/large
    refused 3 "large.tar: $PWD/small: cannot write: "
}
