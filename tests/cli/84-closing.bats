#!/usr/bin/env bats
# data/closing: what is there at the end, what came and went, and what is said where the end could not be looked at.

bats_require_minimum_version 1.5.0
load 30-collect

setup() {
    need_root
    OUT=$BATS_TEST_TMPDIR/out TREE=$BATS_TEST_TMPDIR/tree
    mkdir "$OUT" "$TREE"
    cd "$BATS_TEST_TMPDIR" || return
}

# meanwhile SCRIPT OPTION...: a collection of sockets, processes and a file; when it is at the file it is stopped, the script runs
# beside it (with the numbers of the collection, an early process and a listener), and it goes on.
meanwhile() {
    head -c 3000000 /dev/urandom >"$TREE/file"
    echo "$1" >beside
    shift
    cat >script <<SCRIPT
listening() { until ss -Hltn | grep -q ":\$1 "; do sleep 0.05; done; }
export -f listening
sleep 1000 & early=\$!
python3 "$BATS_TEST_TMPDIR/listen.py" 4711 & listener=\$!
listening 4711
ASAN_OPTIONS=detect_leaks=0 "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --item x --compress none --source network \\
    --source processes --path "$TREE" --max-rate 500K $@ >said &
job=\$!
until [ -n "\$(find /proc/\$job/fd -lname "$TREE/file" 2>/dev/null)" ]; do kill -0 \$job || exit 90; sleep 0.01; done
kill -STOP \$job
bash beside "\$job" "\$early" "\$listener"
kill -CONT \$job
wait \$job
echo \$? >status
SCRIPT
    cat >listen.py <<'PYTHON'
import socket, sys, time
s = socket.socket()
s.bind(("127.0.0.1", int(sys.argv[1])))
s.listen()
time.sleep(1000)
PYTHON
    timeout -s KILL 300 unshare --pid --mount --net --fork --mount-proc bash -c 'ip link set lo up && exec bash script'
    tar -xf "$OUT/x.tar"
}

@test "closing: what came and went between the two looks" {
    meanwhile 'kill "$2" "$3"; while kill -0 "$2" || kill -0 "$3"; do sleep 0.05; done; sleep 770 & python3 listen.py 4712 & listening 4712'
    [ "$(cat status)" = 0 ]
    head -1 x/data/closing/changes.jsonl | jq -e .complete
    [ "$(jq -r 'select(.kind == "process" and .change == "vanished") | .text' x/data/closing/changes.jsonl | grep -c 'sleep 1000$')" = 1 ]
    [ "$(jq -r 'select(.kind == "process" and .change == "appeared") | .text' x/data/closing/changes.jsonl | grep -c 'sleep 770$')" = 1 ]
    [ "$(jq -r 'select(.kind == "socket" and .change == "vanished") | .text' x/data/closing/changes.jsonl | grep -c ':4711 ')" = 1 ]
    [ "$(jq -r 'select(.kind == "socket" and .change == "appeared") | .text' x/data/closing/changes.jsonl | grep -c ':4712 ')" = 1 ]
    grep -q '^appeared process .*sleep 770$' x/data/closing/changes.txt
    run ! grep -q "not whole" x/data/closing/changes.txt
    sound "$OUT/x.tar"
}

@test "closing: a collection that was ended says that it did not look again" {
    meanwhile 'kill "$1"'
    [ "$(cat status)" = 4 ]
    [ ! -e x/data/closing/processes.jsonl ]
    [ ! -e x/data/closing/changes.jsonl ]
    [ "$(jq -r 'select(.source == "closing") | .status, .reason' x/meta/absent.jsonl | paste -sd '|')" = \
        "timeout|sockets and processes at the end: interrupted by a signal" ]
    [ -s x/data/closing/footprint.json ]
}
