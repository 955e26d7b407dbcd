#!/usr/bin/env bats
# Listings of a host that has very much of something: every row is there, in its order, in little memory.

bats_require_minimum_version 1.5.0
load 30-collect

@test "many rows: 20,000 mounts, each in both forms of the listing, within 30 MiB" {
    need_root
    OUT=$BATS_TEST_TMPDIR/out
    mkdir "$OUT" "$BATS_TEST_TMPDIR/mnt"
    cat >"$BATS_TEST_TMPDIR/mounts.py" <<'PYTHON'
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
for i in range(20000):
    name = "%s/%s%05d" % (sys.argv[1], "m" * 150, i)
    os.mkdir(name)
    if libc.mount(sys.argv[1].encode(), name.encode(), None, 4096, None):  # MS_BIND
        sys.exit(os.strerror(ctypes.get_errno()))
PYTHON
    cat >"$BATS_TEST_TMPDIR/script" <<SCRIPT
mount -t tmpfs none "$BATS_TEST_TMPDIR/mnt"
python3 "$BATS_TEST_TMPDIR/mounts.py" "$BATS_TEST_TMPDIR/mnt" || exit 90
"$TOOLS/peak.py" "$([ "${HOZEN_PRESET:-}" = asan ] && echo 1000 || echo 30)" "$HOZEN_BIN/hozen-collect" --case C --operator O \\
    --out "$OUT" --compress none --item many --source kernel
SCRIPT
    run -0 timeout -s KILL 600 unshare --pid --mount --net --fork --mount-proc bash "$BATS_TEST_TMPDIR/script"
    tar -xf "$OUT/many.tar" -C "$BATS_TEST_TMPDIR"
    cd "$BATS_TEST_TMPDIR/many"
    jq -se 'map(select(.path | startswith("data/kernel/mounts.")) | .status) == ["collected", "collected"]' meta/catalog-000001.jsonl
    [ "$(stat -c %s data/kernel/mounts.jsonl)" -gt 6000000 ]
    jq -r '.mountpoint // empty | select(test("/m{150}[0-9]{5}$")) | .[-5:]' data/kernel/mounts.jsonl | cmp - <(seq -f %05.0f 0 19999)
    grep -o '/m\{150\}[0-9]\{5\}' data/kernel/mounts.txt | grep -o '.....$' | uniq | cmp - <(seq -f %05.0f 0 19999)
}
