#!/usr/bin/env bats
# The rows of docs/ENDINGS.md: how a collection ends, what it leaves, and what verify says of it.

bats_require_minimum_version 1.5.0
load 30-collect

setup() {
    OUT=$BATS_TEST_TMPDIR/out TREE=$BATS_TEST_TMPDIR/tree COMPRESS=zstd
    mkdir -p "$OUT" "$TREE"
}

# files COUNT KIB: that cannot be compressed
files() {
    local i
    for i in $(seq "$1"); do head -c "$2K" /dev/urandom >"$TREE/$(printf %03d "$i")"; done
}

# ended CODE: of the last command, whose exit code is in $status; nothing else was printed on stderr than expected.
ended() {
    [ "$status" = "$1" ] || { echo "exit $status"; cat "$BATS_TEST_TMPDIR/stderr"; return 1; }
}

# left NAME...: these files are in the output directory, and no others.
left() {
    diff <(printf '%s\n' "$@" | grep . || true) <(ls -A "$OUT")
}

# partial BUNDLE STATUS: intact, says itself that it is partial, and has absent rows with the status.
partial() {
    sound "$1"
    record "$1" acquisition.json | jq -e '.status == "partial"'
    record "$1" absent.jsonl | jq -se --arg status "$2" 'map(select(.status == $status)) | length > 0'
    "$HOZEN_BIN/hozen-verify" verify "$1" | grep -q 'partial'
}

# no_bundle FILE: verify calls it anything but intact.
no_bundle() {
    local code=0
    "$HOZEN_BIN/hozen-verify" verify --json "$1" >"$BATS_TEST_TMPDIR/answer" 2>/dev/null || code=$?
    [ "$code" = 1 ] || [ "$code" = 3 ]
    run ! jq -e '.integrity == "intact"' "$BATS_TEST_TMPDIR/answer"
}

record() {
    tar -xOf "$1" "$(basename "$1" .tar.zst)/meta/$2"
}

collect_() {
    status=0
    collect "$@" >"$BATS_TEST_TMPDIR/stdout" 2>"$BATS_TEST_TMPDIR/stderr" || status=$?
}

# signalled ITEM SIGNAL[,SIGNAL]: once the second file is being written; then ten seconds of 24 MiB are left
signalled() {
    status=0
    "$TOOLS/signal_at.py" "$OUT/$1.tar.zst.partial" 3000000 "$2" "$HOZEN_BIN/hozen-collect" --case C --operator O \
        --out "$OUT" --item "$1" --path "$TREE" --max-rate 2M \
        >"$BATS_TEST_TMPDIR/stdout" 2>"$BATS_TEST_TMPDIR/stderr" || status=$?
}

@test "endings: SIGINT, SIGTERM and SIGHUP" {
    files 24 1024
    local signal
    for signal in INT TERM HUP; do
        signalled "$signal" "$signal"
        ended 4
        partial "$OUT/$signal.tar.zst" timeout
    done
    left HUP.tar.zst INT.tar.zst TERM.tar.zst
}

@test "endings: SIGINT in the middle of a large file" {
    head -c 6M /dev/urandom >"$TREE/huge"
    truncate -s 200M "$TREE/huge"
    signalled cut INT
    ended 4
    sound "$OUT/cut.tar.zst"
    record "$OUT/cut.tar.zst" acquisition.json | jq -e '.status == "partial"'
    record "$OUT/cut.tar.zst" catalog-000001.jsonl |
        jq -se 'map(select(.status == "limited")) | length == 1 and .[0].size == "209715200" and (.[0].real_size | tonumber) < 136000000'
    tr -s ' \n' ' ' <"$BATS_TEST_TMPDIR/stdout" | grep -qF " limited: 1 cut short: $TREE/huge: interrupted by a signal "
}

@test "endings: a second signal" {
    files 1 40000
    signalled twice INT,TERM
    ended 3
    left twice.tar.zst.partial
    no_bundle "$OUT/twice.tar.zst.partial"
    status=0
    "$TOOLS/signal_at.py" "$BATS_TEST_TMPDIR/piped" 3000000 INT,TERM "$HOZEN_BIN/hozen-collect" --case C --operator O \
        --out - --item piped --path "$TREE" --max-rate 8M >"$BATS_TEST_TMPDIR/piped" 2>"$BATS_TEST_TMPDIR/stderr" || status=$?
    ended 3
    left twice.tar.zst.partial
    no_bundle "$BATS_TEST_TMPDIR/piped"
}

@test "endings: SIGKILL" {
    files 24 1024
    signalled killed KILL
    ended 137
    left killed.tar.zst.partial
    no_bundle "$OUT/killed.tar.zst.partial"
}

@test "endings: the medium is full but for the reserve" {
    need_root
    files 40 500
    cat >"$BATS_TEST_TMPDIR/script" <<SCRIPT
mount -t tmpfs -o size=8m none "$OUT" || exit 90
"$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --item full --path "$TREE" >"$BATS_TEST_TMPDIR/stdout"
status=\$?
ls -A "$OUT" >"$BATS_TEST_TMPDIR/left"
cp "$OUT"/* "$BATS_TEST_TMPDIR"
exit \$status
SCRIPT
    run unshare --mount bash "$BATS_TEST_TMPDIR/script"
    [ "$status" = 4 ]
    [ "$(cat "$BATS_TEST_TMPDIR/left")" = full.tar.zst ]
    partial "$BATS_TEST_TMPDIR/full.tar.zst" over-budget
    [ "$(stat -c %s "$BATS_TEST_TMPDIR/full.tar.zst")" -gt 4000000 ] # and not given up too early
}

# failing CALL ERROR [when]: collects while the system call on the unfinished bundle fails.
failing() {
    status=0
    ASAN_OPTIONS=detect_leaks=0 strace -f -o "$BATS_TEST_TMPDIR/trace" -P "$OUT/$2.tar.zst.partial" -e "trace=$1" \
        -e "inject=$1:error=$2:when=${3:-1}+" "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --item "$2" \
        --path "$TREE" >"$BATS_TEST_TMPDIR/stdout" 2>"$BATS_TEST_TMPDIR/stderr" || status=$?
    grep -q INJECTED "$BATS_TEST_TMPDIR/trace"
    ended 3
    left ""
    [ ! -s "$BATS_TEST_TMPDIR/stdout" ]
    grep "^hozen-collect: .*$2.tar.zst.partial: .*; nothing was kept: " "$BATS_TEST_TMPDIR/stderr"
}

@test "endings: ENOSPC on the output" {
    files 8 1024
    failing write ENOSPC 3
    grep -q "No space left on device" "$BATS_TEST_TMPDIR/stderr"
    status=0
    "$HOZEN_BIN/hozen-collect" --case C --operator O --out - --item piped --path "$TREE" >/dev/full 2>"$BATS_TEST_TMPDIR/stderr" || status=$?
    ended 3
    left ""
    grep -q "^hozen-collect: standard output: .*No space left on device" "$BATS_TEST_TMPDIR/stderr"
}

@test "endings: EIO on the output, while it is written and when it is synced" {
    files 8 1024
    failing write EIO 3
    grep -q "Input/output error" "$BATS_TEST_TMPDIR/stderr"
    failing fsync EIO
}

@test "endings: --timeout" {
    files 24 1024
    collect_ --item late --path "$TREE" --max-rate 4M --timeout 1s
    ended 4
    left late.tar.zst
    partial "$OUT/late.tar.zst" timeout
    record "$OUT/late.tar.zst" acquisition.json | jq -e '.requested.limits == {"max_rate": "4194304", "timeout_seconds": "1"}'
}

# intact BUNDLE: as verify sees it
intact() {
    run -3 "$HOZEN_BIN/hozen-verify" verify --json "$1"
    jq -e '.integrity == "intact"' <<<"$output"
}

# filled BUNDLE SIZE: within the bound, and no less than nine tenths of it.
filled() {
    local is
    is=$(stat -c %s "$1")
    echo "$1: $is of $2"
    [ "$is" -le "$2" ]
    [ "$is" -ge $(($2 * 9 / 10)) ]
}

@test "endings: --max-size" {
    local how
    files 60 1024
    for how in zstd gzip none; do
        COMPRESS=$how collect_ --item $how --path "$TREE" --max-size 40M
        ended 4
    done
    left gzip.tar.gz none.tar zstd.tar.zst
    partial "$OUT/zstd.tar.zst" over-budget
    for how in gzip.tar.gz none.tar zstd.tar.zst; do
        intact "$OUT/$how"
        filled "$OUT/$how" $((40 << 20))
    done
}

# What packing saves is room for more: of files, and of rows, which are most of what a tiny file takes.
@test "endings: --max-size, and what can be packed" {
    local how
    mkdir "$TREE/large" "$TREE/tiny"
    python3 - "$TREE" <<'PYTHON'
import os, random, sys
chance = random.Random(7)
words = [bytes(chance.choices(b"abcdefghijklmnop", k=chance.randint(3, 9))) for _ in range(5000)]
text = b" ".join(chance.choices(words, k=100000))
for i in range(120):
    with open(f"{sys.argv[1]}/large/{i:03d}", "wb") as out:
        out.write(text)
        out.write(chance.randbytes(3 << 17))
for folder in range(35):
    os.mkdir(f"{sys.argv[1]}/tiny/{folder:03d}")
    here = os.open(f"{sys.argv[1]}/tiny/{folder:03d}", os.O_RDONLY)
    for i in range(1000):
        one = os.open(f"what-a-name-{i:05d}", os.O_CREAT | os.O_WRONLY, 0o644, dir_fd=here)
        os.write(one, chance.randbytes(600).hex().encode())
        os.close(one)
PYTHON
    for how in zstd gzip; do
        COMPRESS=$how collect_ --item large-$how --path "$TREE/large" --max-size 40M
        ended 4
        COMPRESS=$how collect_ --item tiny-$how --path "$TREE/tiny" --max-size 24M
        ended 4
    done
    for how in zstd.tar.zst gzip.tar.gz; do
        intact "$OUT/large-$how"
        intact "$OUT/tiny-$how"
        filled "$OUT/large-$how" $((40 << 20))
        filled "$OUT/tiny-$how" $((24 << 20))
    done
    # no file was begun that did not fit
    record "$OUT/large-zstd.tar.zst" catalog-000001.jsonl | jq -se 'map(select(.status != "collected")) == []'
}

# Links and attributes have rows and no bytes.
@test "endings: --max-size, and rows" {
    local how
    mkdir "$TREE/links" "$TREE/attributes"
    python3 - "$TREE" <<'PYTHON'
import base64, os, sys
def text(n):
    return base64.urlsafe_b64encode(os.urandom(n)).decode()
for i in range(8000):
    os.symlink(text(740), f"{sys.argv[1]}/links/{text(100)}")
for i in range(3000):
    path = f"{sys.argv[1]}/attributes/{i}"
    open(path, "w").close()
    try:
        os.setxattr(path, "user.some", os.urandom(3000))
    except OSError:
        break
PYTHON
    for how in links attributes; do
        COMPRESS=none collect_ --item $how --path "$TREE/$how" --max-size 8M
        [ "$how" = attributes ] || ended 4 # not every file system keeps them
        intact "$OUT/$how.tar"
        [ "$(stat -c %s "$OUT/$how.tar")" -le $((8 << 20)) ]
    done
    [ "$(stat -c %s "$OUT/links.tar")" -ge $((5 << 20)) ]
}

# long_names BYTES: files of so many bytes each, whose names are too long for their places.
long_names() {
    python3 - "$TREE" "$1" <<'PYTHON'
import os, sys
os.chdir(sys.argv[1])
for _ in range(14):
    os.mkdir(b"\xff" * 250)
    os.chdir(b"\xff" * 250)
for i in range(3000):
    with open(b"%04d" % i + b"\xfe" * 200, "wb") as file:
        file.write(os.urandom(int(sys.argv[2])))
PYTHON
}

@test "endings: --max-size, and rows about files with long names" {
    long_names 3000
    COMPRESS=none collect_ --item long --path "$TREE" --max-size 8M
    ended 4
    intact "$OUT/long.tar"
    [ "$(stat -c %s "$OUT/long.tar")" -le $((8 << 20)) ]
    tar -xOf "$OUT/long.tar" long/meta/absent.jsonl | jq -se 'map(select(.source == "long" and .origin == null)) |
        length == 1 and .[0].status == "over-budget" and (.[0].reason | startswith("all other files whose names are too long"))'
}

@test "endings: a medium that rows about files with long names would fill" {
    need_root
    local size
    long_names 2000
    for size in 6 12 30; do
        cat >"$BATS_TEST_TMPDIR/script" <<SCRIPT
mount -t tmpfs -o size=${size}m none "$OUT" || exit 90
"$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --item m$size --compress none --path "$TREE" >"$BATS_TEST_TMPDIR/stdout"
status=\$?
cp "$OUT"/* "$BATS_TEST_TMPDIR"
exit \$status
SCRIPT
        run -4 unshare --mount bash "$BATS_TEST_TMPDIR/script"
        intact "$BATS_TEST_TMPDIR/m$size.tar"
        tar -xOf "$BATS_TEST_TMPDIR/m$size.tar" m$size/meta/absent.jsonl | jq -se 'any(.[]; .status == "over-budget")'
    done
}

# The medium has room for few rows about them, and the two that were named count for 17 each. The tree's place is fixed, and so the order of its files:
# others come behind these two.
@test "endings: the time is over before files with long names are taken: each has its row, or one stands for the rest" {
    need_root
    cat >"$BATS_TEST_TMPDIR/script" <<SCRIPT
mount -t tmpfs none /mnt && mount -t tmpfs -o size=12m none "$OUT" || exit 90
python3 - <<'PYTHON'
import os
os.chdir("/mnt")
for depth in range(100):
    if depth == 6:
        for i in range(6):
            open("u%d" % i, "w").close()
    os.mkdir("d" * 240)
    os.chdir("d" * 240)
for i in range(2):
    open("n%d" % i, "w").close()
PYTHON
truncate -s 5M /mnt/zz
deep=/mnt\$(printf "/\$(printf 'd%.0s' \$(seq 240))%.0s" \$(seq 100))
"$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --item left --compress none --path "\$deep/n0" --path "\$deep/n1" \\
    --path /mnt --max-rate 400K --timeout 5s >"$BATS_TEST_TMPDIR/stdout"
status=\$?
cp "$OUT"/* "$BATS_TEST_TMPDIR"
exit \$status
SCRIPT
    run -4 unshare --mount bash "$BATS_TEST_TMPDIR/script"
    intact "$BATS_TEST_TMPDIR/left.tar"
    tar -xOf "$BATS_TEST_TMPDIR/left.tar" left/meta/absent.jsonl | jq -se 'map(select(.source == "long")) |
        (map(select(.origin != null and (.origin | test("/n[01]$")))) | length == 2) and
        ((map(select(.origin != null and (.origin | test("/u[0-5]$")))) | length == 6) or
        (map(select(.origin == null)) | length == 1 and (.[0].reason | startswith("all other files whose names are too long"))))'
}

# Rows of things on their way are counted larger than they become.
@test "endings: a small medium has room for folders with long paths, one after the other" {
    need_root
    cat >"$BATS_TEST_TMPDIR/script" <<SCRIPT
mount -t tmpfs -o size=8m none "$OUT" || exit 90
"$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --item paths --compress none --path "$TREE" >"$BATS_TEST_TMPDIR/stdout"
status=\$?
cp "$OUT"/* "$BATS_TEST_TMPDIR"
exit \$status
SCRIPT
    python3 -c 'import os, sys
os.chdir(sys.argv[1])
for _ in range(100):
    os.mkdir("d" * 240)
    os.chdir("d" * 240)' "$TREE"
    run -0 unshare --mount bash "$BATS_TEST_TMPDIR/script"
    intact "$BATS_TEST_TMPDIR/paths.tar"
    [ "$(tar -xOf "$BATS_TEST_TMPDIR/paths.tar" paths/meta/objects.jsonl | wc -l)" -gt 100 ]
}

@test "endings: --max-size, and rows about folders one inside the other" {
    python3 - "$TREE" <<'PYTHON'
import os, sys
os.chdir(sys.argv[1])
for _ in range(6000):
    open("z", "w").close()
    os.mkdir("d")
    os.chdir("d")
PYTHON
    COMPRESS=none collect_ --item deep --path "$TREE" --max-size 8M
    ended 4
    intact "$OUT/deep.tar"
    [ "$(stat -c %s "$OUT/deep.tar")" -le $((8 << 20)) ]
    tar -xOf "$OUT/deep.tar" deep/meta/absent.jsonl | jq -se --arg tree "$TREE" 'map(select(.reason != null and (.reason | startswith("the rest of its entries"))))
        | length > 10 and length < 200 and (map(.origin) | index($tree) != null)'
    # rm -r would open them all
    python3 -c 'import os, sys
os.chdir(sys.argv[1])
for _ in range(6000): os.chdir("d")
for _ in range(6000):
    os.chdir("..")
    os.rmdir("d")
    os.remove("z")' "$TREE"
}

# The places that are looked at say that it can be packed, which most of it cannot.
@test "endings: --max-size, and a file that turns out to be larger" {
    python3 - "$TREE/sly" <<'PYTHON'
import os, sys
size, places = 30 << 20, 16
with open(sys.argv[1], "wb") as out:
    out.write(os.urandom(size))
    for i in range(places):
        out.seek(size // places * i)
        out.write(bytes(64 << 10))
PYTHON
    echo last >"$TREE/very-last"
    COMPRESS=zstd collect_ --item sly --path "$TREE" --max-size 32M
    ended 0
    left sly.tar.zst
    rm "$OUT/sly.tar.zst"
    files 4 1024
    COMPRESS=zstd collect_ --item sly --path "$TREE" --max-size 31M
    ended 4
    filled "$OUT/sly.tar.zst" $((31 << 20))
    sound "$OUT/sly.tar.zst"
    record "$OUT/sly.tar.zst" catalog-000001.jsonl | jq -se --arg t "$TREE" 'map(select(.origin == $t + "/sly")) |
        length == 1 and .[0].status == "limited" and .[0].size == "31457280" and (.[0].real_size | tonumber) > 20000000'
    record "$OUT/sly.tar.zst" actions.jsonl | jq -se 'map(select(.action == "read-error")) |
        length == 1 and .[0].detail == "the bundle would be larger than --max-size"'
    tar -xOf "$OUT/sly.tar.zst" "sly/data/files$TREE/sly" | cmp -n 20000000 - "$TREE/sly"
}

@test "endings: --max-file-size" {
    files 2 100
    head -c 101K /dev/urandom >"$TREE/large"
    collect_ --item large --path "$TREE" --max-file-size 100K
    ended 4
    left large.tar.zst
    partial "$OUT/large.tar.zst" over-budget
    record "$OUT/large.tar.zst" absent.jsonl | jq -se --arg t "$TREE" 'map(select(.status == "over-budget")) |
        map([.origin, .reason]) == [[$t + "/large", "larger than --max-file-size"]]'
    # what does not know its size is not called larger
    collect_ --item procfs --path /proc/version --max-file-size 4K
    ended 0
    record "$OUT/procfs.tar.zst" absent.jsonl | jq -se 'all(.[]; .status != "over-budget")'
}

@test "endings: EPIPE" {
    files 24 1024
    status=0
    {
        "$HOZEN_BIN/hozen-collect" --case C --operator O --out - --item gone --path "$TREE" \
            2>"$BATS_TEST_TMPDIR/stderr" || echo $? >"$BATS_TEST_TMPDIR/status"
    } | head -c 100000 >"$BATS_TEST_TMPDIR/head"
    status=$(cat "$BATS_TEST_TMPDIR/status")
    ended 3
    left ""
    grep -q "^hozen-collect: standard output: .*Broken pipe" "$BATS_TEST_TMPDIR/stderr"
    no_bundle "$BATS_TEST_TMPDIR/head"
}

@test "endings: a source file system that stops answering" {
    need_root
    [ -c /dev/fuse ] || skip "needs /dev/fuse"
    mkdir "$TREE/mnt"
    echo 1 >"$TREE/before"
    cat >"$BATS_TEST_TMPDIR/script" <<SCRIPT
mkfifo "$BATS_TEST_TMPDIR/hold"
"$TOOLS/silent_fs.py" "$TREE/mnt" read:quiet <"$BATS_TEST_TMPDIR/hold" >"$BATS_TEST_TMPDIR/log" &
helper=\$!
exec 9>"$BATS_TEST_TMPDIR/hold"
until grep -q ready "$BATS_TEST_TMPDIR/log"; do kill -0 \$helper; sleep 0.05; done
(
    exec 9>&-
    ASAN_OPTIONS=detect_leaks=0 timeout -s KILL 200 "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" \
        --item silent --command-timeout 3s --cross-mounts --path "$TREE"
    echo \$? >"$BATS_TEST_TMPDIR/status"
) &
for n in \$(seq 1000); do [ ! -e "$OUT/silent.tar.zst" ] || break; sleep 0.1; done
exec 9>&-
wait
SCRIPT
    timeout 300 unshare --mount bash "$BATS_TEST_TMPDIR/script"
    status=$(cat "$BATS_TEST_TMPDIR/status")
    [ "$status" = 4 ]
    left silent.tar.zst
    partial "$OUT/silent.tar.zst" timeout
}

@test "endings: memory for rows is used up" {
    python3 - "$TREE" <<'PYTHON'
import base64, os, sys
def text(n):
    return base64.urlsafe_b64encode(os.urandom(n)).decode()
for folder in range(6):
    os.mkdir(f"{sys.argv[1]}/{folder}")
    here = os.open(f"{sys.argv[1]}/{folder}", os.O_RDONLY)
    for _ in range(12000):
        os.symlink(text(740), "l" + text(180), dir_fd=here)
PYTHON
    status=0
    "$TOOLS/peak.py" "$([ "${HOZEN_PRESET:-}" = asan ] && echo 1000 || echo 64)" "$HOZEN_BIN/hozen-collect" --case C \
        --operator O --out - --item rows --path "$TREE" >"$OUT/rows.tar.zst" 2>"$BATS_TEST_TMPDIR/stderr" || status=$?
    ended 4
    left rows.tar.zst
    partial "$OUT/rows.tar.zst" over-budget
    record "$OUT/rows.tar.zst" absent.jsonl | jq -se 'map(.reason // "") | index("records no longer fit in memory") != null'
}

@test "endings: rows that wait on the medium leave room for the bundle" {
    need_root
    python3 - "$TREE" <<'PYTHON'
import base64, os, sys
for folder in range(20):
    os.mkdir(f"{sys.argv[1]}/{folder}")
    here = os.open(f"{sys.argv[1]}/{folder}", os.O_RDONLY)
    for _ in range(1500):
        os.close(os.open(base64.urlsafe_b64encode(os.urandom(180)), os.O_CREAT | os.O_WRONLY, 0o644, dir_fd=here))
PYTHON
    local how
    for how in zstd none; do
        cat >"$BATS_TEST_TMPDIR/script" <<SCRIPT
mount -t tmpfs -o size=16m none "$OUT" || exit 90
"$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --item $how --compress $how --recent 24h --recent-root "$TREE" \
    --path /etc/passwd >"$BATS_TEST_TMPDIR/stdout"
status=\$?
cp "$OUT"/$how.* "$BATS_TEST_TMPDIR"
exit \$status
SCRIPT
        run -4 unshare --mount bash "$BATS_TEST_TMPDIR/script"
    done
    zstd -qd "$BATS_TEST_TMPDIR/zstd.tar.zst"
    for how in zstd none; do
        sound "$BATS_TEST_TMPDIR/$how.tar"
        tar -xOf "$BATS_TEST_TMPDIR/$how.tar" $how/meta/absent.jsonl | jq -se 'map(select(.source == "recent")) |
            length == 1 and .[0].status == "over-budget" and .[0].reason == "more recent files than there is room for; the rest is not listed"'
        [ "$(tar -xOf "$BATS_TEST_TMPDIR/$how.tar" $how/data/recent/bodyfile.txt | wc -l)" -gt 3000 ]
        tar -xOf "$BATS_TEST_TMPDIR/$how.tar" $how/data/files/etc/passwd | cmp - /etc/passwd
    done
    # and within --max-size
    COMPRESS=none run -4 collect --item bound --recent 24h --recent-root "$TREE" --path /etc/passwd --max-size 5M
    [ "$(stat -c %s "$OUT/bound.tar")" -le $((5 << 20)) ]
    sound "$OUT/bound.tar"
    tar -xOf "$OUT/bound.tar" bound/meta/absent.jsonl | jq -r 'select(.status == "over-budget") | .source' | grep -x recent
}

@test "endings: what only a process holds, however large, takes no room from what is known about processes" {
    need_root
    cat >"$BATS_TEST_TMPDIR/script" <<SCRIPT
cd "$BATS_TEST_TMPDIR"
cp "\$(type -P sleep)" held && head -c 30000000 /dev/urandom >>held
./held 1000 & pid=\$!
until [ "\$(readlink "/proc/\$pid/exe")" = "\$PWD/held" ]; do kill -0 \$pid || exit 91; sleep 0.1; done
rm held
mount -t tmpfs -o size=8m none "$OUT" || exit 90
"$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --item small --compress none --source processes --source kernel \
    --max-file-size 4K >"$BATS_TEST_TMPDIR/stdout"
"$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --item full --compress none --source processes --source kernel \
    >"$BATS_TEST_TMPDIR/stdout"
status=\$?
cp "$OUT"/* .
kill \$pid
exit \$status
SCRIPT
    run -4 timeout 300 unshare --pid --mount --net --fork --mount-proc bash "$BATS_TEST_TMPDIR/script"
    cd "$BATS_TEST_TMPDIR"
    local name
    for name in small full; do
        sound $name.tar
        tar -xOf $name.tar $name/data/processes/processes.jsonl | jq -se 'any(.[]; .comm == "held")'
        tar -xOf $name.tar $name/data/kernel/modules.jsonl | grep -q hozen-modules
    done
    tar -xOf full.tar full/meta/absent.jsonl | jq -se 'map(select(.status == "over-budget" and (.reason | test("/recovered/[0-9]+/exe: more than is free")))) | length == 1'
}

# A host can back all memory by pages of 2 MiB; then each thread's stack alone would take one.
@test "endings: memory is counted in small pages" {
    local pid
    files 4 1024
    "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --item small --path "$TREE" --max-rate 500K >/dev/null 2>&1 3>&- &
    pid=$!
    until [ -s "$OUT/small.tar.zst.partial" ]; do
        kill -0 "$pid"
        sleep 0.01
    done
    cp "/proc/$pid/status" "$BATS_TEST_TMPDIR/status"
    kill "$pid"
    wait "$pid" || true
    grep -q '^VmHWM:' "$BATS_TEST_TMPDIR/status"
    run -0 grep -E '^THP_enabled:.*0$' "$BATS_TEST_TMPDIR/status"
}

@test "endings: a bundle through a pipe, results on standard error" {
    files 3 100
    "$HOZEN_BIN/hozen-collect" --case C --operator O --out - --item piped --path "$TREE" --json \
        2>"$BATS_TEST_TMPDIR/json" | tee "$BATS_TEST_TMPDIR/piped.tar.zst" |
        "$HOZEN_BIN/hozen-verify" verify - --json >"$BATS_TEST_TMPDIR/answer" || true
    jq -e '.integrity == "intact"' "$BATS_TEST_TMPDIR/answer"
    jq -e --arg sha "$(sha256sum <"$BATS_TEST_TMPDIR/piped.tar.zst" | cut -d' ' -f1)" \
        '.bundle == "-" and .sha256 == $sha and .status == "complete"' "$BATS_TEST_TMPDIR/json"
    left ""
}

@test "endings: 1,000,000 files through a pipe in 64 MiB" {
    [ -n "${HOZEN_SLOW:-}" ] || skip "slow: HOZEN_SLOW=1"
    python3 - "$TREE" <<'PYTHON'
import os, sys
here = os.open(sys.argv[1], os.O_RDONLY)
for i in range(1000000):
    file = os.open("f%07d" % i, os.O_CREAT | os.O_WRONLY, 0o644, dir_fd=here)
    os.write(file, b"%d" % i) # digests that differ: of those nothing is packed
    os.close(file)
PYTHON
    "$TOOLS/peak.py" 64 "$HOZEN_BIN/hozen-collect" --case C --operator O --out - --item many --path "$TREE" --json \
        2>"$BATS_TEST_TMPDIR/stderr" | cat >/dev/null
    head -n 1 "$BATS_TEST_TMPDIR/stderr" | jq -e '.files > 1000000 and .status == "complete"'
}

@test "endings: progress as JSON Lines has the shape of its schema; none where it is not wanted" {
    files 4 1024
    collect_ --item lines --path "$TREE" --max-rate 2M --progress json
    ended 0
    [ "$(wc -l <"$BATS_TEST_TMPDIR/stderr")" -ge 2 ]
    python3 - "$HOZEN_SOURCE/formats/spec/schema/progress-line.schema.json" "$BATS_TEST_TMPDIR/stderr" <<'PYTHON'
import json, sys
import jsonschema
schema = json.load(open(sys.argv[1]))
lines = [json.loads(line) for line in open(sys.argv[2])]
for line in lines:
    jsonschema.validate(line, schema)
assert [line["state"] for line in lines] == ["running"] * (len(lines) - 1) + ["ended"]
assert int(lines[-1]["bytes"]) >= 4 << 20
PYTHON
    collect_ --item quiet --path "$TREE"
    ended 0
    [ ! -s "$BATS_TEST_TMPDIR/stderr" ]
    left lines.tar.zst quiet.tar.zst
    record "$OUT/quiet.tar.zst" acquisition.json | jq -e '.status == "complete"'
}
