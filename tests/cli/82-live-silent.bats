#!/usr/bin/env bats
# The live picture beside things that never answer: a process whose arguments lie on a file system that is silent, its executable
# there, FIFOs and files of the kernel that have no end. The run ends, and says what kept it waiting.

bats_require_minimum_version 1.5.0
load 30-collect.bash

setup() {
    need_root
    [ -c /dev/fuse ] || skip "needs /dev/fuse"
    OUT=$BATS_TEST_TMPDIR/out ROOM=$BATS_TEST_TMPDIR/room
    mkdir -p "$OUT" "$ROOM/mnt"
}

# beside WORD SCRIPT argument...: in a pid namespace of its own, the silent file system at $ROOM/mnt, SCRIPT run first in the
# background (it prints "ready"), then a collection with these arguments. Sets $status.
beside() {
    rm -f "$BATS_TEST_TMPDIR/status" # of an earlier one
    cat >"$BATS_TEST_TMPDIR/script" <<SCRIPT
mkfifo "$ROOM/hold"
"$TOOLS/silent_fs.py" "$ROOM/mnt" $1 <"$ROOM/hold" >"$ROOM/log" &
exec 9>"$ROOM/hold"
until grep -qs ready "$ROOM/log"; do kill -0 \$! || exit 90; sleep 0.05; done
mkfifo "$ROOM/trap"
( exec 9>&-; $2 <"$ROOM/trap" >"$ROOM/traplog" 2>&1 ) &
exec 8>"$ROOM/trap"
until grep -qs ready "$ROOM/traplog"; do kill -0 \$! || exit 90; sleep 0.05; done
(
    exec 9>&- 8>&-
    ASAN_OPTIONS=detect_leaks=0 timeout -s KILL 900 "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" \
        --item live --compress none --command-timeout 1s ${*:3}
    echo \$? >"$BATS_TEST_TMPDIR/status"
) &
until [ -e "$OUT/live.tar" ] || [ -e "$BATS_TEST_TMPDIR/status" ]; do sleep 0.1; done # the whole host is looked at: that may take minutes
[ ! -e "$OUT/live.tar" ] || touch "$BATS_TEST_TMPDIR/meanwhile"
exec 8>&-
exec 9>&-
wait
SCRIPT
    timeout -s KILL 1000 unshare --pid --mount --net --fork --mount-proc bash "$BATS_TEST_TMPDIR/script"
    status=$(cat "$BATS_TEST_TMPDIR/status")
    grep -q ready "$ROOM/traplog"
    [ -e "$BATS_TEST_TMPDIR/meanwhile" ] # the bundle was there while nothing answered
    sound "$OUT/live.tar"
}

@test "live and silent: a process whose arguments, folder and files are on a file system that never answers" {
    beside read:quiet "'$TOOLS/arg_trap.py' '$ROOM/mnt/quiet'" --source processes
    [ "$status" = 0 ] || [ "$status" = 4 ]
    tar -xOf "$OUT/live.tar" live/data/processes/processes.jsonl | tail -n +2 >"$BATS_TEST_TMPDIR/rows"
    jq -se --arg at "$ROOM/mnt" 'map(select(.cwd == $at)) | length == 1' "$BATS_TEST_TMPDIR/rows"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/rows")" -ge 4 ]
    tar -xOf "$OUT/live.tar" live/data/processes/descriptors.jsonl | grep -F "$ROOM/mnt/quiet"
}

@test "live and silent: endless and blocking files of a tree beside live sources" {
    mkfifo "$ROOM/pipe"
    beside look:dir "sh -c 'echo ready; cat'" --source network --source processes --source firewall --source kernel --path "$ROOM" --cross-mounts \
        --path /proc/kmsg --path /proc/kpagecount --path /dev/zero
    [ "$status" = 4 ]
    record "$OUT/live.tar" absent.jsonl | jq -se 'any(.[]; .source == "files" and .status == "timeout")' >/dev/null
    record "$OUT/live.tar" objects.jsonl | jq -se --arg p "$ROOM/pipe" 'any(.[]; .origin == $p and .type == "fifo")' >/dev/null
}

@test "live and silent: who the host is lies where nothing answers: the rest is taken all the same" {
    local file
    for file in /etc/machine-id /etc/localtime /etc/os-release; do
        [ -e $file ] || continue
        rm -f "$OUT/live.tar"
        beside read:quiet "sh -c 'mount --bind $ROOM/mnt/quiet \$(readlink -f $file) && echo ready; cat'" --source kernel --source system
        [ "$status" = 4 ]
        record "$OUT/live.tar" absent.jsonl | jq -se --arg f "$(readlink -f $file)" 'any(.[]; .origin == $f and .source == "system" and .status == "timeout")'
        tar -tf "$OUT/live.tar" | grep -qx live/data/kernel/modules.jsonl
        record "$OUT/live.tar" acquisition.json | jq -e '.host.kernel != null'
        rm "$ROOM/hold" "$ROOM/trap" "$BATS_TEST_TMPDIR/meanwhile" "$ROOM/log" "$ROOM/traplog"
    done
}

@test "live and silent: a home and a job where nothing answers hide no other home, no other job, no second root" {
    mkdir -p "$ROOM/jobs" "$ROOM/persons/ok"
    printf 'true\n' | tee "$ROOM/persons/ok/.bashrc" >"$ROOM/persons/ok/.bash_history"
    printf '* * * * * root %s/dir/run\n@daily root /opt/other\n' "$ROOM/mnt" >"$ROOM/jobs/job"
    printf 'root:x:0:0::/root:/bin/sh\ntwin:x:0:0::%s/mnt/dir:/bin/sh\nok:x:1:1::%s/persons/ok:/bin/sh\n' "$ROOM" "$ROOM" >"$ROOM/passwd"
    beside look:dir "sh -c 'mount --bind $ROOM/passwd /etc/passwd && mount --bind $ROOM/jobs /etc/cron.d && echo ready; cat'" \
        --source accounts --source persistence --source containers
    [ "$status" = 4 ]
    record "$OUT/live.tar" absent.jsonl >"$BATS_TEST_TMPDIR/absent"
    for source in accounts persistence; do
        jq -se --arg s $source --arg p "$ROOM/mnt/dir" 'any(.[]; .source == $s and .status == "timeout" and .origin == $p)' "$BATS_TEST_TMPDIR/absent"
    done
    tar -xf "$OUT/live.tar" -C "$BATS_TEST_TMPDIR"
    cd "$BATS_TEST_TMPDIR/live/data"
    grep -q '^{"code":"uid-0-twin".*"subject":"twin"' closing/observations.jsonl
    tail -n +2 persistence/autostart.jsonl | jq -se 'map(select(.origin == "/etc/cron.d/job").command) | length == 2'
    tail -n +2 persistence/autostart.jsonl | jq -se --arg p "$ROOM/persons/ok/.bashrc" 'any(.[]; .origin == $p)'
    [ -e "accounts$ROOM/persons/ok/.bash_history" ]
    [ -e persistence/etc/cron.d/job ]
}
