#!/usr/bin/env bats
# What a collection says of itself on standard error while it runs.

bats_require_minimum_version 1.5.0
load 30-collect

setup() {
    OUT=$BATS_TEST_TMPDIR/out TREE=$BATS_TEST_TMPDIR/tree
    mkdir -p "$OUT" "$TREE"
    for i in $(seq 12); do head -c 128K /dev/zero >"$TREE/$i"; done
}

# widths COLUMNS WORD...: how wide the lines are that a collection draws on a terminal of so many columns.
widths() {
    rm -rf "${OUT:?}"/*
    python3 - "$1" "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --item drawn --path "$TREE" --max-rate 1M \
        "${@:2}" 2>"$BATS_TEST_TMPDIR/drawn" <<'PYTHON'
import fcntl, os, pty, struct, subprocess, sys, termios, unicodedata
ours, theirs = pty.openpty()
fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(sys.argv[1]), 0, 0))
child = subprocess.Popen(sys.argv[2:], stdout=subprocess.DEVNULL, stderr=theirs)
os.close(theirs)
said = b""
try:
    while part := os.read(ours, 65536):
        said += part
except OSError:  # the other end is closed
    pass
assert child.wait() == 0, child.returncode
sys.stderr.buffer.write(said)
assert b"\n" not in said
drawn = [line for line in said.decode().split("\r") if line.strip()]
assert drawn
for line in drawn:
    print(sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line))
PYTHON
}

@test "progress: a line is never as wide as its terminal" {
    [ "$(widths 40 | sort -u)" = 39 ]
    grep -q 'files: [0-9]* files  [0-9.]* [KM]*i*B' "$BATS_TEST_TMPDIR/drawn"
    [ "$(widths 40 --lang ja | sort -u)" = 39 ]
    [ "$(widths 80 | sort -u)" = 79 ]
    [ "$(widths 200 | sort -u)" = 79 ]
    [ "$(widths 0 | sort -u)" = 79 ] # a terminal that does not know
}

@test "progress: every line of --progress json is JSON, also what a signal is answered with" {
    local signals
    truncate -s 400M "$TREE/large" # minutes of it are left when something was written; small ones may all have been at hand
    for signals in INT INT,TERM; do
        rm -rf "${OUT:?}"/*
        status=0
        "$TOOLS/signal_at.py" "$OUT/lines.tar.partial" 1 "$signals" "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" \
            --item lines --compress none --path "$TREE" --max-rate 1M --progress json >/dev/null 2>"$BATS_TEST_TMPDIR/stderr" || status=$?
        jq -r '.schema + " " + .state' "$BATS_TEST_TMPDIR/stderr" | uniq >"$BATS_TEST_TMPDIR/states"
        jq -c 'select(.schema == "hozen-interrupt/1")' "$BATS_TEST_TMPDIR/stderr" >"$BATS_TEST_TMPDIR/interrupts"
        jq -c 'select(.schema != "hozen-interrupt/1")' "$BATS_TEST_TMPDIR/stderr" >"$BATS_TEST_TMPDIR/lines"
        /usr/bin/python3 "$ORACLE/shapes.py" --lines interrupt-line "$BATS_TEST_TMPDIR/interrupts"
        /usr/bin/python3 "$ORACLE/shapes.py" --lines progress-line "$BATS_TEST_TMPDIR/lines"
        if [ $signals = INT ]; then
            [ "$status" = 4 ]
            grep -q "hozen-progress/1 ended" "$BATS_TEST_TMPDIR/states"
            [ "$(wc -l <"$BATS_TEST_TMPDIR/interrupts")" = 1 ]
            grep -q "hozen-interrupt/1 sealing" "$BATS_TEST_TMPDIR/states"
        else
            [ "$status" = 3 ]
            [ "$(tail -n 1 "$BATS_TEST_TMPDIR/states")" = "hozen-interrupt/1 abandoned" ]
        fi
    done
}

# unheard SIGNAL,... ITEM WORD...: a collection whose standard error nobody reads, and whose pipe is full. It gets the signals when it should have said
# something. Exits as the collection does.
unheard() {
    python3 - "$1" "$OUT/$2.tar.partial" "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --compress none --item "$2" --path "$TREE" \
        --progress json "${@:3}" <<'PYTHON'
import fcntl, os, signal, subprocess, sys, time
names, begun, command = sys.argv[1].split(","), sys.argv[2], sys.argv[3:]
ours, theirs = os.pipe()
fcntl.fcntl(theirs, fcntl.F_SETPIPE_SZ, 4096)
os.write(theirs, b"x" * 4096)
child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=theirs)
try:
    if names != [""]:
        while not os.path.exists(begun):
            assert child.poll() is None
            time.sleep(0.01)
        time.sleep(1.5)
        child.send_signal(signal.SIGSTOP)
        assert os.waitid(os.P_PID, child.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT).si_code == os.CLD_STOPPED
        for name in names:
            child.send_signal(getattr(signal, "SIG" + name))
        child.send_signal(signal.SIGCONT)
    sys.exit(child.wait(timeout=120))
finally:
    child.kill()
PYTHON
}

@test "progress: a reader that takes nothing holds up neither the collection nor a signal" {
    unheard "" whole --max-rate 1M
    sound "$OUT/whole.tar"
    run unheard TERM ended --max-rate 150K
    [ "$status" = 4 ] || [ "$status" = 0 ] # all of it may have been at hand
    sound "$OUT/ended.tar"
    run unheard TERM,INT twice --max-rate 150K
    [ "$status" = 3 ]
    [ -e "$OUT/twice.tar.partial" ]
}
