#!/usr/bin/env bats
# A signal ends a collection early, but not in ruins.

bats_require_minimum_version 1.5.0
load 30-collect

setup() {
    OUT=$BATS_TEST_TMPDIR/out TREE=$BATS_TEST_TMPDIR/tree
    mkdir -p "$OUT" "$TREE/1" "$TREE/3/below"
    truncate -s 200M "$TREE/1/big"
    echo later >"$TREE/1/small"
    echo later >"$TREE/3/below/file"
}

# interrupted ITEM SIGNAL[,SIGNAL]: a collection that gets the signals in the middle of the big file, which takes it twelve seconds. Sets $status.
interrupted() {
    status=0
    "$TOOLS/signal_at.py" "$OUT/$1.tar.partial" 20000000 "$2" "$HOZEN_BIN/hozen-collect" --case C --operator O \
        --out "$OUT" --compress none --item "$1" --path "$TREE/1" --path "$TREE/3" --max-rate 16M \
        >"$BATS_TEST_TMPDIR/stdout" 2>"$BATS_TEST_TMPDIR/stderr" || status=$?
}

@test "interrupt: the first signal seals what was taken; the rest is absent" {
    local signal
    for signal in INT TERM HUP; do
        interrupted "$signal" "$signal"
        [ "$status" = 4 ]
        sound "$OUT/$signal.tar"
        stock_tools "$OUT/$signal.tar"
        record "$OUT/$signal.tar" absent.jsonl | jq -se --arg t "$TREE" '[.[] | select(.source == "files")] |
            map([.origin, .status, .reason]) == [[$t + "/1/small", "timeout", "interrupted by a signal"],
                                                 [$t + "/3", "timeout", "interrupted by a signal"]]'
        record "$OUT/$signal.tar" catalog-000001.jsonl | jq -se 'map(select(.origin // "" | endswith("/1/big")))[0] |
            (.status == "collected" or .status == "limited") and .size == "209715200"' # more than 64 MiB may have been left
        record "$OUT/$signal.tar" actions.jsonl | jq -se 'map(.action) | index("interrupt") != null'
        record "$OUT/$signal.tar" acquisition.json | jq -e '.status == "partial"'
        grep -q "interrupted" "$BATS_TEST_TMPDIR/stderr"
        grep -q "status: *partial" "$BATS_TEST_TMPDIR/stdout"
        [ "$(ls "$OUT" | grep -c partial || true)" = 0 ]
    done
}

@test "interrupt: the second signal leaves an unfinished file, and no bundle" {
    interrupted twice INT,TERM
    [ "$status" = 3 ]
    [ "$(ls "$OUT")" = twice.tar.partial ]
    [ ! -s "$BATS_TEST_TMPDIR/stdout" ]
    grep -q "interrupted again" "$BATS_TEST_TMPDIR/stderr"
    run "$ORACLE/verify.py" "$OUT/twice.tar.partial"
    [ "$status" != 0 ]
}

@test "interrupt: a sealed bundle gets its summary in spite of a signal" {
    local signal
    for signal in INT TERM; do
        python3 - "$OUT/late-$signal.tar" "$signal" "$BATS_TEST_TMPDIR/late" "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" \
            --compress none --item "late-$signal" --path "$TREE/3" <<'PYTHON'
import fcntl, os, signal, subprocess, sys, time
sealed, name, to, command = sys.argv[1], "SIG" + sys.argv[2], sys.argv[3], sys.argv[4:]
end, start = os.pipe()
fcntl.fcntl(start, fcntl.F_SETPIPE_SZ, 4096)
os.write(start, b"x" * 4096)  # the summary has to wait
child = subprocess.Popen(command, stdout=start, stderr=subprocess.DEVNULL)
os.close(start)
limit = time.monotonic() + 60
while not os.path.exists(sealed):
    assert time.monotonic() < limit and child.poll() is None
    time.sleep(0.005)
time.sleep(0.5)
child.send_signal(getattr(signal, name))
time.sleep(0.2)
said = b""
while part := os.read(end, 65536):
    said += part
assert child.wait() == 0, child.returncode
open(to, "wb").write(said)
PYTHON
        grep -q "^fingerprint: *SHA256:" <(tr -d x <"$BATS_TEST_TMPDIR/late")
        sound "$OUT/late-$signal.tar"
    done
}

@test "interrupt: what was sealed is not abandoned: a second signal while it gets its name" {
    status=0
    strace -f -qq -o /dev/null -e trace=fsync,renameat2 -e inject=fsync:signal=INT:when=1 -e inject=renameat2:signal=TERM \
        "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --compress none --item named --path "$TREE/3" \
        >"$BATS_TEST_TMPDIR/stdout" 2>"$BATS_TEST_TMPDIR/stderr" || status=$?
    [ "$status" = 0 ] # nothing was left to take
    grep -q "interrupted: sealing" "$BATS_TEST_TMPDIR/stderr"
    [ "$(grep -c "interrupted again" "$BATS_TEST_TMPDIR/stderr" || true)" = 0 ]
    grep -q "^fingerprint: *SHA256:" "$BATS_TEST_TMPDIR/stdout"
    [ "$(ls "$OUT")" = named.tar ]
    sound "$OUT/named.tar"
}

@test "interrupt: killed without warning, nothing looks like a bundle" {
    interrupted killed KILL
    [ "$status" = 137 ]
    [ "$(ls "$OUT")" = killed.tar.partial ]
}
