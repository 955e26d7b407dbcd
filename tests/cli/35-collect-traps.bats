#!/usr/bin/env bats
# Traps on the host: what would fill the disk, never answer, act when it is opened, or change places while we look.

bats_require_minimum_version 1.5.0
load 30-collect

setup() {
    OUT=$BATS_TEST_TMPDIR/out TREE=$BATS_TEST_TMPDIR/tree
    mkdir "$OUT" "$TREE"
}

# In a mount namespace of its own: the script on stdin.
apart() {
    cat >"$BATS_TEST_TMPDIR/script"
    timeout 300 unshare --mount bash -e "$BATS_TEST_TMPDIR/script"
}

@test "traps: a sparse file larger than the disk costs nothing but itself" {
    need_root
    run apart <<SCRIPT
mount -t tmpfs -o size=40m none "$TREE"
echo 1 >"$TREE/a"
truncate -s 9223372036854775807 "$TREE/huge"
truncate -s 36M "$TREE/just-under"
truncate -s 20M "$TREE/fits"
echo 2 >"$TREE/z"
mount -t tmpfs -o size=40m none "$OUT"
"$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --compress none --item sparse --path "$TREE" --path "$TREE/huge" || [ \$? = 4 ]
cp "$OUT/sparse.tar" "$BATS_TEST_TMPDIR"
SCRIPT
    [ "$status" = 0 ]
    sound "$BATS_TEST_TMPDIR/sparse.tar"
    record "$BATS_TEST_TMPDIR/sparse.tar" absent.jsonl | jq -se --arg t "$TREE" '[.[] | select(.source == "files")] |
        map(.origin + " " + .status) == [$t + "/huge over-budget", $t + "/just-under over-budget"]'
    [ "$(count "$BATS_TEST_TMPDIR/sparse.tar" files collected)" = 3 ]
}

@test "traps: what is mounted on a mount point that is not crossed is not asked anything" {
    need_root
    apart <<SCRIPT
mkdir "$TREE/mnt"
mount -t tmpfs none "$TREE/mnt"
ASAN_OPTIONS=detect_leaks=0 strace -f -y -s 1000 -e trace=statx,openat,getdents64 -o "$BATS_TEST_TMPDIR/trace" \
    "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --compress none --item mount --path "$TREE"
if [ -c /dev/fuse ]; then # one that never answers, for real
    python3 - "$TREE/mnt" "$BATS_TEST_TMPDIR/done" <<'PYTHON' &
import ctypes, os, sys, time
fd = os.open("/dev/fuse", os.O_RDWR)
options = f"fd={fd},rootmode=40000,user_id=0,group_id=0".encode()
if ctypes.CDLL(None).mount(b"none", sys.argv[1].encode(), b"fuse.silent", 0, options) != 0:
    sys.exit("cannot mount")
os.mkdir(sys.argv[2] + ".mounted")
for i in range(2400):
    if os.path.exists(sys.argv[2]):
        break
    time.sleep(0.1)
PYTHON
    helper=\$!
    while kill -0 \$helper && [ ! -d "$BATS_TEST_TMPDIR/done.mounted" ]; do sleep 0.1; done
    timeout -s KILL 120 "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --compress none --item silent --path "$TREE" || touch "$BATS_TEST_TMPDIR/hung"
    touch "$BATS_TEST_TMPDIR/done"
    wait \$helper
fi
SCRIPT
    grep "statx(.*<$TREE/mnt>" "$BATS_TEST_TMPDIR/trace" | grep -q AT_STATX_DONT_SYNC
    run ! grep -v AT_STATX_DONT_SYNC <(grep "statx(.*<$TREE/mnt>" "$BATS_TEST_TMPDIR/trace")
    [ ! -e "$BATS_TEST_TMPDIR/hung" ]
}

@test "traps: a file that does not know its size is taken with its content" {
    need_root
    grep -qw binfmt_misc /proc/filesystems || skip "needs binfmt_misc"
    apart <<SCRIPT
mount -t binfmt_misc none "$TREE"
[ "\$(stat -c %s "$TREE/status")" = 0 ]
cat "$TREE/status" >"$BATS_TEST_TMPDIR/status"
"$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --compress none --item sizeless --path "$TREE/status"
SCRIPT
    [ -s "$BATS_TEST_TMPDIR/status" ]
    tar -xOf "$OUT/sizeless.tar" "sizeless/data/files$TREE/status" | cmp - "$BATS_TEST_TMPDIR/status"
    sound "$OUT/sizeless.tar"
}

@test "traps: what a file of procfs gave before its reading failed is kept" {
    cat /proc/version >"$BATS_TEST_TMPDIR/version"
    local status=0
    ASAN_OPTIONS=detect_leaks=0 strace -f -P /proc/version -e inject=read:error=EAGAIN:when=2 -o "$BATS_TEST_TMPDIR/trace" \
        "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --compress none --source system --item early --json >"$BATS_TEST_TMPDIR/json" || status=$?
    grep -q INJECTED "$BATS_TEST_TMPDIR/trace"
    tar -xOf "$OUT/early.tar" early/data/system/proc/version | cmp - "$BATS_TEST_TMPDIR/version"
    record "$OUT/early.tar" catalog-000001.jsonl | jq -se 'map(select(.origin == "/proc/version"))[0].status == "limited"'
    [ "$status" = 4 ]
    jq -e '.status == "partial"' "$BATS_TEST_TMPDIR/json"
    record "$OUT/early.tar" actions.jsonl | jq -se 'map(select(.action == "read-error")) | map(.target) == ["/proc/version"]'
    sound "$OUT/early.tar"
}

@test "traps: files of procfs that go on and on are cut, which is said, and take no more memory than one of them" {
    cat >"$BATS_TEST_TMPDIR/maps.py" <<'PYTHON'
import ctypes, os, subprocess, resource, sys, threading
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
base = libc.mmap(None, ctypes.c_size_t(26000 * 4096), 0, 0x4022, -1, ctypes.c_long(0))
for i in range(0, 26000, 2):
    libc.mprotect(ctypes.c_void_p(base + i * 4096), 4096, 1)
threading.stack_size(65536)
for _ in range(600):
    threading.Thread(target=threading.Event().wait, daemon=True).start()
top = "/proc/%d/task/" % os.getpid()
ids = sorted(os.listdir(top))[:480]  # 60 of these fill a slot: the last of each is large
paths = [top + t + ("/smaps" if n % 60 == 59 else "/comm") for n, t in enumerate(ids)]
code = subprocess.call(sys.argv[1:] + [a for p in paths for a in ("--path", p)])
print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
PYTHON
    python3 "$BATS_TEST_TMPDIR/maps.py" "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --compress none --item maps \
        >"$BATS_TEST_TMPDIR/said"
    read -r code kib < <(tail -n 1 "$BATS_TEST_TMPDIR/said")
    [ "$code" = 4 ]
    [ "$(record "$OUT/maps.tar" catalog-000001.jsonl | grep -c '"status":"limited"')" = 8 ]
    [ "$HOZEN_PRESET" != release ] || [ "$kib" -le 65536 ]
}

@test "traps: what stands behind a large file has its own room" {
    local i
    for i in 10 11 12 13 14 15; do
        mkdir "$TREE/$i"
        truncate -s $((2 * 1048576 - 512)) "$TREE/$i/a" # with its header it ends where two slots do
        (cd "$TREE/$i" && head -c 750000 /dev/zero | split -b 3000 -a 3 - b)
    done
    local long=$TREE/20/$(printf 'l%.0s' {1..150})
    mkdir "$TREE/20"
    truncate -s $((1048576 - 2048 - 511)) "$long" # its header has four blocks
    for i in 1 2 3; do head -c 900 /dev/zero >"$TREE/20/m$i"; done # short names: they look as if they still fitted
    collect --item room --path "$TREE"
    sound "$OUT/room.tar"
    [ "$(count "$OUT/room.tar" files collected)" = 1510 ]
}

@test "traps: how a file of the kernel was read is known to the verifier" {
    collect --item sysfs --path /sys/kernel/uevent_seqnum
    record "$OUT/sysfs.tar" catalog-000001.jsonl | jq -se 'map(select(.method == "sysfs")) | length == 1'
    run "$HOZEN_BIN/hozen-verify" verify --json "$OUT/sysfs.tar"
    jq -e '.notices | map(.code) | index("unknown-method") == null' <<<"$output"
}

@test "traps: names that change their meaning while we walk lead nowhere else" {
    local outside=$BATS_TEST_TMPDIR/outside n
    mkdir "$outside"
    for n in 1 2 3 4 5 6 7 8; do echo "outside-$n" >"$outside/$n"; done
    "$TOOLS/swap.py" "$TREE" "$outside" >"$BATS_TEST_TMPDIR/swaps" 3>&- &
    local helper=$!
    until grep -q ready "$BATS_TEST_TMPDIR/swaps"; do
        kill -0 $helper
        sleep 0.05
    done
    for n in 1 2 3 4 5 6; do
        timeout -s KILL 300 "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --compress none --item "swap-$n" --path "$TREE"
    done
    kill $helper
    wait $helper || true
    for n in 1 2 3 4 5 6; do
        sound "$OUT/swap-$n.tar"
        run ! grep -aq 'outside-[0-9]' <(tar -xOf "$OUT/swap-$n.tar" --wildcards '*/data/files/*')
        [ "$(count "$OUT/swap-$n.tar" files asked)" -ge 300 ]
    done
    # the race was on: some thing was met as one kind and some as another
    cat "$OUT"/swap-*.tar | grep -aq '"target":"'"$outside"
    cat "$OUT"/swap-*.tar | grep -aq '"type":"fifo"'
}

@test "traps: a time zone that never answers, and one of the environment" {
    need_root
    cp -a /etc "$BATS_TEST_TMPDIR/etc"
    rm -f "$BATS_TEST_TMPDIR/etc/localtime"
    mkfifo "$BATS_TEST_TMPDIR/etc/localtime"
    apart <<SCRIPT
mount --bind "$BATS_TEST_TMPDIR/etc" /etc
env TZ=NST3:30 timeout -s KILL 120 "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --compress none --source system --item pipe
rm /etc/localtime
printf 'TZif2%39s\\nJST-9\\n' "" >/etc/localtime
env TZ=NST3:30 "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --compress none --source system --item zone
SCRIPT
    [ "$(tar -xOf "$OUT/pipe.tar" pipe/data/system/clock.json | jq .timezone_offset_minutes)" = 0 ]
    [ "$(tar -xOf "$OUT/zone.tar" zone/data/system/clock.json | jq .timezone_offset_minutes)" = 540 ]
    record "$OUT/zone.tar" acquisition.json | jq -e '.clock.start.timezone_offset_minutes == 540'
}

@test "traps: a large file written to between the reading of its last part and of an earlier one is not called unchanged" {
    [ "${HOZEN_PRESET:-}" != asan ] || skip "a preloaded library would come before the sanitizer"
    gcc -D_GNU_SOURCE -shared -fPIC -o "$BATS_TEST_TMPDIR/slow.so" "$HOZEN_SOURCE/tests/tools/slow_pread.c"
    head -c 3000000 /dev/zero >"$TREE/large" # three parts: the last is read while the second is held
    HOZEN_SLOW_OFFSET=1500000 HOZEN_SLOW_FOLDER=$BATS_TEST_TMPDIR LD_PRELOAD=$BATS_TEST_TMPDIR/slow.so collect --item I --path "$TREE" 3>&- &
    until [ -e "$BATS_TEST_TMPDIR/held" ] && [ -e "$BATS_TEST_TMPDIR/last" ]; do
        kill -0 $!
        sleep 0.05
    done
    printf x | dd of="$TREE/large" bs=1 seek=1500000 conv=notrunc status=none
    touch "$BATS_TEST_TMPDIR/go"
    wait $!
    tar xOf "$OUT/I.tar" --wildcards 'I/meta/catalog-*' >"$BATS_TEST_TMPDIR/catalog"
    grep '/large"' "$BATS_TEST_TMPDIR/catalog" | jq -e '.status == "changed"'
    sound "$OUT/I.tar"
}

@test "traps: where there is no room for a thread it is waited for, and fewer do as well" {
    [ "${HOZEN_PRESET:-}" != asan ] || skip "a preloaded library would come before the sanitizer"
    local from i
    gcc -D_GNU_SOURCE -shared -fPIC -o "$BATS_TEST_TMPDIR/no.so" "$HOZEN_SOURCE/tests/tools/no_thread.c"
    for i in $(seq 50); do head -c 3000 /dev/zero >"$TREE/f$i"; done
    export NO_THREAD_LOG=$BATS_TEST_TMPDIR/log NO_THREAD_COUNT=20
    for from in $(seq 120); do
        rm -f "$NO_THREAD_LOG" "$OUT/few.tar"
        NO_THREAD_FROM=$from LD_PRELOAD=$BATS_TEST_TMPDIR/no.so collect --item few --path "$TREE" --recent 60m --recent-root "$TREE" --progress json
        [ -e "$NO_THREAD_LOG" ] || break
        sound "$OUT/few.tar"
        [ "$(count "$OUT/few.tar" files collected)" = 50 ]
    done
    [ "$from" -gt 4 ]
    [ "$from" -lt 120 ]
    NO_THREAD_FROM=1 NO_THREAD_COUNT=100000 LD_PRELOAD=$BATS_TEST_TMPDIR/no.so run collect --item none --path "$TREE"
    [ "$status" = 3 ]
    [[ $output == *"cannot start a thread"*"limit of tasks"* ]]
    [ ! -e "$OUT/none.tar" ]
    [ ! -e "$OUT/none.tar.partial" ]
}

# What it has got until the first source is taken is enough for the rest.
@test "traps: a host that reaches its limit of tasks later ends nothing" {
    [ "${HOZEN_PRESET:-}" != asan ] || skip "a preloaded library would come before the sanitizer"
    local name wanted=()
    gcc -D_GNU_SOURCE -shared -fPIC -o "$BATS_TEST_TMPDIR/no.so" "$HOZEN_SOURCE/tests/tools/no_thread.c"
    mkdir -p "$BATS_TEST_TMPDIR/host/etc" "$BATS_TEST_TMPDIR/host/var/log"
    echo 'root:x:0:0::/root:/bin/sh' >"$BATS_TEST_TMPDIR/host/etc/passwd"
    echo line >"$BATS_TEST_TMPDIR/host/var/log/syslog"
    for name in system accounts persistence sessions packages containers kernel; do wanted+=(--source "$name"); done
    export NO_THREAD_LOG=$BATS_TEST_TMPDIR/log NO_THREAD_COUNT=100000
    NO_THREAD_FROM=32 LD_PRELOAD=$BATS_TEST_TMPDIR/no.so collect --item later --root "$BATS_TEST_TMPDIR/host" "${wanted[@]}" --path /etc --recent 60m --since 2d
    sound "$OUT/later.tar"
    [ "$(count "$OUT/later.tar" logs collected)" = 1 ]
}
