#!/usr/bin/env bats
# The process table and what belongs to each process; what only processes hold; processes that hide; memory of a process.

bats_require_minimum_version 1.5.0
load 30-collect

setup() {
    OUT=$BATS_TEST_TMPDIR/out ROOM=$BATS_TEST_TMPDIR/room
    mkdir "$OUT" "$ROOM"
}

# Runs a command without the descriptors of whoever runs the tests: their files may have no name any more (those of GNU
# parallel have none), and would be recovered like any other.
alone() (
    for fd in /proc/self/fd/*; do
        fd=${fd##*/}
        [ "$fd" -le 2 ] || eval "exec $fd>&-"
    done
    exec "$@" </dev/null >"$ROOM/output" 2>&1
)

# Runs a script in namespaces of its own, with `plant WHAT...` (sets a variable of each name to its pid), `look OPTION...`
# (collects into $OUT/x.tar) and `unplant`.
inside() {
    need_root
    cat >"$BATS_TEST_TMPDIR/script" <<SCRIPT
set -eu
plant() {
    mkfifo "$ROOM/hold"
    "$TOOLS/proc_plant.py" "$ROOM" "\$@" <"$ROOM/hold" >"$ROOM/log" 2>&1 &
    exec 9>"$ROOM/hold"
    until grep -qs ready "$ROOM/log"; do kill -0 \$! || { cat "$ROOM/log"; exit 1; }; sleep 0.1; done
    eval "\$(sed -n 's/^\([a-z]*\) \([0-9a-f]*\)$/\1=\2/p' "$ROOM/log")"
}
unplant() { exec 9>&-; }
state() { sed 's/.*) //; s/ .*//' "/proc/\$1/stat"; }
# becomes PID NAME: and waits for something, as no program does before its own first line
becomes() { until [ "\$(cat "/proc/\$1/comm") \$(state "\$1")" = "\$2 S" ]; do sleep 0.05; done; }
look() {
    ASAN_OPTIONS=\${ASAN_OPTIONS:-}:detect_leaks=0 "$HOZEN_BIN/hozen-collect" --case INC-2026-042 --operator "Sato Hanako" \
        --out "$OUT" --item x --compress none "\$@" >"$ROOM/said" 9>&-
}
$1
SCRIPT
    alone timeout -s KILL 300 unshare --pid --mount --net --fork --mount-proc bash "$BATS_TEST_TMPDIR/script" ||
        { cat "$ROOM/output"; return 1; }
}

unpack() {
    sound "$OUT/x.tar"
    tar -xf "$OUT/x.tar" -C "$BATS_TEST_TMPDIR"
    DATA=$BATS_TEST_TMPDIR/x/data LIST=$BATS_TEST_TMPDIR/x/data/processes
}

pid_of() { sed -n "s/^$1 //p" "$ROOM/log"; }
row() { jq -c --argjson pid "$(pid_of "$1")" 'select(.pid == $pid)' "$LIST/processes.jsonl"; }
# seen CODE WHAT: how often this was observed about the process
seen() {
    jq -s --arg code "$1" --arg pid "pid $(pid_of "$2")" 'map(select(.code == $code and .subject == $pid)) | length' \
        "$DATA/closing/observations.jsonl"
}

# shapes SCHEMA FILE: every line has the shape of its schema
shapes() {
    local n=0 line files=()
    mkdir -p "$BATS_TEST_TMPDIR/lines"
    while IFS= read -r line; do
        n=$((n + 1))
        printf '%s\n' "$line" >"$BATS_TEST_TMPDIR/lines/$1-$n"
        files+=(--file "$1" "$BATS_TEST_TMPDIR/lines/$1-$n")
    done <"$2"
    "$ORACLE/shapes.py" "${files[@]}"
}

@test "processes: what is planted is observed, each thing once, and nothing else is" {
    inside 'plant deleted replaced named memfd anonymous library openfile traced preload plain
            look --source processes
            unplant'
    unpack
    for pair in deleted-executable:deleted replaced-executable:replaced memfd-executable:memfd deleted-library:library \
        anonymous-executable-memory:anonymous traced-process:traced preload-variable:preload; do
        [ "$(seen "${pair%:*}" "${pair#*:}")" = 1 ] || { echo "$pair"; cat "$DATA/closing/observations.txt"; return 1; }
    done
    [ "$(tail -n +2 "$DATA/closing/observations.jsonl" | wc -l)" = 7 ] || { cat "$DATA/closing/observations.txt"; return 1; }
    [ "$(row named | jq -r .executable.state)" = present ]
    [ "$(row memfd | jq -r .executable.state)" = memory ]
    [ "$(row plain | jq -r '.executable.state, .executable.sha256' | xargs)" = "present $(sha256sum "$(command -v sleep)" | cut -d' ' -f1)" ]
}

@test "processes: bytes that only a process holds are recovered" {
    inside 'plant deleted replaced memfd library openfile
            look --source processes
            unplant'
    unpack
    for what in deleted replaced memfd; do
        cmp "$LIST/recovered/$(pid_of $what)/exe" "$(command -v sleep)"
    done
    cmp "$LIST/recovered/$(pid_of library)"/map-* "$(command -v sleep)"
    [ "$(cat "$LIST/recovered/$(pid_of openfile)"/fd-*)" = "kept by a process alone" ]
    [ "$(tail -n +2 "$LIST/recovered.jsonl" | wc -l)" = 5 ]
    while read -r member; do [ -f "$BATS_TEST_TMPDIR/x/$member" ]; done < <(jq -r '.member // empty' "$LIST/recovered.jsonl")
}

@test "processes: one whose first thread has ended is told through another" {
    inside 'plant leader zombie
            look --source processes --process-memory $leader'
    unpack
    [ "$(seen deleted-executable leader)" = 1 ]
    row leader | jq -e '.state == "Z" and .thread != .pid and .executable.state == "deleted" and .mappings.count != "0" and (.cmdline | length) == 4'
    [ "$(cat "$LIST/recovered/$(pid_of leader)"/fd-*)" = "kept by a thread alone" ]
    [ -s "$LIST/recovered/$(pid_of leader)/exe" ]
    grep -q " ZN\?l .* D .*/leader -c " "$LIST/processes.txt"
    jq -e --argjson pid "$(pid_of leader)" 'select(.pid == $pid)' "$LIST/descriptors.jsonl" | grep -q leader.txt
    head -1 "$DATA/memory/$(pid_of leader)/regions.jsonl" | jq -e .held
    jq -se 'map(select(.stored != "0" and .stored != null)) | length > 3' "$DATA/memory/$(pid_of leader)/regions.jsonl"
    row zombie | jq -e '.state == "Z" and .thread == null and .executable == null'
    shapes processes-line "$LIST/processes.jsonl"
}

@test "processes: a file that is larger than is wanted is not recovered, and that is said" {
    inside 'plant deleted
            look --source processes --max-file-size 20K'
    unpack
    [ ! -e "$LIST/recovered/$(pid_of deleted)/exe" ]
    record "$OUT/x.tar" absent.jsonl | jq -se 'map(select(.source == "processes" and .status == "over-budget")) | length > 0'
    jq -se 'map(select(.reason == "larger than is recovered")) | length == 1' "$LIST/recovered.jsonl"
}

@test "processes: a mount over its folder in /proc hides none, and the mount is named" {
    inside 'plant plain
            mkdir "'"$ROOM"'/empty"
            mount --bind "'"$ROOM"'/empty" "/proc/$plain"
            [ -z "$(ls "/proc/$plain")" ]
            look --source processes
            umount "/proc/$plain"'
    unpack
    [ "$(seen hidden-process plain)" = 1 ]
    jq -se --arg path "/proc/$(pid_of plain)" 'map(select(.code == "proc-mount" and .subject == $path)) | length == 1' \
        "$DATA/closing/observations.jsonl"
    row plain | jq -e '.hidden and .covered and .comm == "sleep" and .executable.state == "present" and (.views | index("list"))'
    grep -E "^root +$(pid_of plain) .* H +" "$LIST/processes.txt"
}

@test "processes: nothing is called hidden where nothing hides, though processes come and go" {
    inside 'plant plain threads
            (while sleep 0.002; do :; done) &
            (while true; do true | true; done) &
            look --source processes'
    unpack
    run ! jq -e 'select(.code == "hidden-process" or .code == "proc-mount")' "$DATA/closing/observations.jsonl"
    head -1 "$LIST/processes.jsonl" | jq -e '.own_procfs and .cross_views'
    # all numbers were tried, or what may be spent on them was: where there are four million that is a matter of the machine
    record "$OUT/x.tar" actions.jsonl | jq -se --argjson head "$(head -1 "$LIST/processes.jsonl")" 'map(select(.action == "hidden-processes")) |
        $head.swept == $head.pid_max or ($head.swept > 16384 and (.[0].end_boottime | tonumber) - (.[0].start_boottime | tonumber) >= 1.5)'
}

@test "processes: nothing is called hidden or replaced, however short processes live" {
    inside '"'"$TOOLS"'/proc_restless.py" 1000 & one=$!
            "'"$TOOLS"'/proc_restless.py" 1000 & two=$!
            for n in $one $two; do until [ -n "$(cat /proc/$n/task/$n/children)" ]; do sleep 0.05; done; done
            for n in 1 2 3 4 5 6; do
                look --source processes
                tar -xOf "'"$OUT"'/x.tar" x/data/closing/observations.jsonl >>"'"$ROOM"'/observed"
                rm "'"$OUT"'/x.tar"
            done
            kill $one $two'
    [ "$(grep -c hozen-observation "$ROOM/observed")" = 6 ]
    run ! grep -v hozen-observation "$ROOM/observed"
}

@test "processes: what this program keeps in unlinked files is not recovered, what others do is" {
    inside 'plant openfile
            for n in $(seq 80); do sleep 1000 & done
            look --source processes'
    unpack
    [ "$(stat -c %s "$LIST/processes.jsonl")" -gt 131072 ]
    [ "$(jq -r 'select(.kind == "descriptor") | .path' "$LIST/recovered.jsonl")" = "$ROOM/gone.txt (deleted)" ]
}

@test "processes: on an overlay each file is recovered once" {
    inside 'mkdir "'"$ROOM"'/lower" "'"$ROOM"'/upper" "'"$ROOM"'/work" "'"$ROOM"'/merged"
            mount -t overlay overlay -o "lowerdir='"$ROOM"'/lower,upperdir='"$ROOM"'/upper,workdir='"$ROOM"'/work" "'"$ROOM"'/merged"
            mkfifo "'"$ROOM"'/hold"
            "'"$TOOLS"'/proc_plant.py" "'"$ROOM"'/merged" deleted library <"'"$ROOM"'/hold" >"'"$ROOM"'/log" 2>&1 &
            exec 9>"'"$ROOM"'/hold"
            until grep -qs ready "'"$ROOM"'/log"; do kill -0 $!; sleep 0.1; done
            look --source processes
            exec 9>&-; wait'
    unpack
    [ "$(jq -r 'select(.kind) | .kind' "$LIST/recovered.jsonl" | sort | xargs)" = "executable mapping" ]
    cmp "$LIST/recovered/$(pid_of deleted)/exe" "$(command -v sleep)"
    cmp "$LIST/recovered/$(pid_of library)"/map-* "$(command -v sleep)"
}

@test "processes: a deleted executable of another mount namespace is no replaced one of ours" {
    inside 'mkdir "'"$ROOM"'/place"
            cp "$(command -v cat)" "'"$ROOM"'/place/prog"
            unshare --mount bash -c "mount -t tmpfs none \"'"$ROOM"'/place\" && cp \"$(command -v sleep)\" \"'"$ROOM"'/place/prog\" &&
                { \"'"$ROOM"'/place/prog\" 1000 & until readlink /proc/\$!/exe | grep -q prog; do sleep 0.05; done
                rm \"'"$ROOM"'/place/prog\"; echo other \$! >\"'"$ROOM"'/log\"; wait; }" &
            until grep -qs other "'"$ROOM"'/log"; do kill -0 $!; sleep 0.1; done
            other=$(sed "s/.* //" "'"$ROOM"'/log")
            becomes $other prog
            look --source processes
            kill $other'
    unpack
    [ "$(row other | jq -r .executable.state)" = deleted ]
    [ "$(seen deleted-executable other)" = 1 ]
}

@test "processes: who may not read says so" {
    inside 'plant plain
            setpriv --reuid 1234 --regid 1234 --clear-groups "'"$HOZEN_BIN"'/hozen-collect" --case C --operator O --out - --item x \
                --compress none --source processes >"'"$OUT"'/x.tar" 2>/dev/null 9>&- || [ $? = 4 ]'
    unpack
    row plain | jq -e '(has("descriptors") | not) and (.unread | map(.name) | contains(["exe", "fd", "maps", "ns"]))'
    shapes processes-line "$LIST/processes.jsonl"
}

@test "processes: an empty /proc hides none" {
    # the leak sanitizer reads its own options from /proc: what it makes of having none is not looked at
    inside 'plant plain
            mount -t tmpfs none /proc
            look --source processes --process-memory $plain || [ $? = 4 ] || [ "'"${HOZEN_PRESET:-}"'" = asan ]
            umount /proc'
    unpack
    row plain | jq -e '.comm == "sleep" and .executable.state == "present" and .executable.sha256'
    jq -se 'map(select(.code == "proc-mount" and .subject == "/proc")) | length == 1' "$DATA/closing/observations.jsonl"
    head -1 "$DATA/memory/$(pid_of plain)/regions.jsonl" | jq -e .held
    jq -e '.process.name == "hozen-collect" and (.parents | length) > 0' "$DATA/closing/footprint.json"
}

@test "processes: a process that another /proc leaves out is found" {
    inside 'plant plain
            mkdir "'"$ROOM"'/proc"
            for entry in /proc/[0-9]*; do mkdir "'"$ROOM"'/proc/${entry#/proc/}"; done
            rmdir "'"$ROOM"'/proc/$plain"
            mkdir "'"$ROOM"'/real"
            mount -t proc proc "'"$ROOM"'/real"
            ln -s "'"$ROOM"'/real/self" "'"$ROOM"'/proc/self"
            mount --bind "'"$ROOM"'/proc" /proc
            look --source processes || [ $? = 4 ]
            umount /proc'
    unpack
    [ "$(seen hidden-process plain)" = 1 ]
    jq -se 'map(select(.code == "proc-mount" and .subject == "/proc")) | length == 1' "$DATA/closing/observations.jsonl"
    row plain | jq -e '.hidden and .comm == "sleep" and (.views | index("list") and index("signal") and (index("mounted") | not))'
}

@test "processes: one that procfs does not show at all answers to its number" {
    inside 'plant plain
            mount -o remount,hidepid=invisible /proc
            setpriv --reuid 1234 --regid 1234 --clear-groups "'"$HOZEN_BIN"'/hozen-collect" --case C --operator O --out - --item x \
                --compress none --source processes >"'"$OUT"'/x.tar" 2>/dev/null 9>&- || [ $? = 4 ]'
    unpack
    [ "$(seen hidden-process plain)" = 1 ]
    row plain | jq -e '.hidden and (.views | index("signal") and (index("list") or index("mounted") | not)) and (has("comm") | not)'
    shapes processes-line "$LIST/processes.jsonl"
}

@test "processes: the listing agrees with ps" {
    inside 'plant threads stopped plain zombie
            nice -n 7 sleep 1000 & becomes $! sleep
            setpriv --reuid 1234 --regid 4321 --clear-groups sleep 1000 & becomes $! sleep
            fields=pid=,ppid=,ruid=,euid=,rgid=,ni=,nlwp=,stat=,comm=,args=
            ps -ww -eo "$fields" >"'"$ROOM"'/before"
            look --source processes
            ps -ww -eo "$fields" >"'"$ROOM"'/after"'
    unpack
    n=$("$TOOLS/proc_check.py" "$ROOM/before" "$LIST/processes.jsonl" "$ROOM/after")
    [ "$n" -ge 7 ]
    row threads | jq -e '.threads == 4 and (.tasks | length == 4) and .tasks[0].comm == "python3"'
    row stopped | jq -e '.state == "T"'
    row zombie | jq -e '.state == "Z" and (has("executable") | not)'
}

@test "processes: rows have the shape of their schemas, also of what is nasty" {
    inside 'plant deleted memfd anonymous openfile name zombie
            look --source processes'
    unpack
    shapes processes-line "$LIST/processes.jsonl"
    shapes descriptors-line "$LIST/descriptors.jsonl"
    shapes mappings-line "$LIST/mappings.jsonl"
    shapes recovered-line "$LIST/recovered.jsonl"
    shapes observation-line "$DATA/closing/observations.jsonl"
}

@test "processes: hostile names stay bytes in the listing and are inert in the text" {
    inside 'plant name
            look --source processes'
    unpack
    row name | jq -r .cmdline_b64 | base64 -d | cmp - <(printf '\033]0;title\007\377 -x\0001000\000')
    row name | jq -e 'has("comm_b64") and .state == "S" and .executable.state == "present"'
    run ! LC_ALL=C grep -aP '[\x00-\x08\x0b-\x1f\x7f-\xff]' "$LIST"/*.txt "$DATA"/closing/*.txt
    grep -F '\x1b]0;title\x07\xff -x 1000' "$LIST/processes.txt"
}

@test "processes: values of environment variables only when they are asked for" {
    inside 'plant preload
            look --source processes'
    unpack
    row preload | jq -e '.environ | index("TOKEN") and index("LD_PRELOAD")'
    run ! grep -r "a secret value" "$DATA"
    rm -r "$OUT/x.tar" "$BATS_TEST_TMPDIR/x" "$ROOM/hold"
    inside 'plant preload
            look --source processes --environ'
    unpack
    row preload | jq -e '.environ | index("TOKEN=a secret value")'
}

@test "processes: the tree and the descriptors read as people know them" {
    inside 'plant openfile
            sh -c "sleep 1000 & wait" & shell=$!
            becomes $shell sh
            until child=$(cat "/proc/$shell/task/$shell/children") && [ -n "$child" ]; do sleep 0.05; done
            becomes ${child% } sleep
            look --source processes'
    unpack
    grep -E '\\_ sh -c sleep 1000' "$LIST/processes.txt"
    grep -A1 -E '\\_ sh -c sleep 1000' "$LIST/processes.txt" | grep -E '(\||    ) +\\_ sleep 1000'
    grep -E "^python3 +$(pid_of openfile) +[0-9]+u file +24 .*gone.txt \(deleted\)$" "$LIST/descriptors.txt"
    jq -se --argjson pid "$(pid_of openfile)" 'map(select(.pid == $pid and .deleted and .position == "24" and .access == "read-write")) | length == 1' \
        "$LIST/descriptors.jsonl"
}

@test "processes: two looks at the same state give the same rows" {
    inside 'plant stopped
            look --source processes
            mv "'"$OUT"'/x.tar" "'"$OUT"'/y.tar"
            look --source processes'
    unpack
    mkdir "$BATS_TEST_TMPDIR/y"
    tar -xf "$OUT/y.tar" -C "$BATS_TEST_TMPDIR/y"
    row stopped >"$BATS_TEST_TMPDIR/one"
    LIST=$BATS_TEST_TMPDIR/y/x/data/processes
    row stopped | cmp - "$BATS_TEST_TMPDIR/one"
}

@test "memory: a process held still, region by region, at the right addresses, and going on afterwards" {
    inside 'plant needle
            look --process-memory $needle
            grep -q "^TracerPid:	0" /proc/$needle/status
            switches() { sed -n "s/^voluntary_ctxt_switches:.//p" /proc/$needle/status; }
            before=$(switches)
            for n in $(seq 600); do [ "$(switches)" -lt $((before + 20)) ] || break; sleep 0.05; done
            [ "$(switches)" -ge $((before + 20)) ] # it goes round its loop
            unplant'
    unpack
    local folder=$DATA/memory/$(pid_of needle)
    python3 - "$folder" "$(pid_of address)" <<'PYTHON'
import os, sys
folder, address = sys.argv[1], int(sys.argv[2], 16)
for name in os.listdir(folder):
    if not name.endswith(".bin"): continue
    start, end = (int(x, 16) for x in name[:-4].split("-"))
    with open(os.path.join(folder, name), "rb") as f: data = f.read()
    assert len(data) == end - start, name
    if start <= address < end:
        assert data[address - start:address - start + 16] == b"HOZEN-NEEDLE-042"
        assert end - start < 4 << 20  # what was never touched is not stored
        sys.exit(0)
sys.exit("no file has the address")
PYTHON
    head -1 "$folder/regions.jsonl" | jq -e '.held and .state_held == "t" and (.held_seconds | tonumber) > 0'
    jq -se 'map(select(.held)) | length == 2' "$folder/threads.jsonl"
    [ "$(grep -cE '^ +[0-9]+ yes +- prstatus ' "$folder/threads.txt")" = 2 ]
    [ "$(stat -c %s "$folder/registers/$(pid_of needle).prstatus")" -gt 100 ]
    jq -se 'map(select(.path == "[vvar]" or .path == "[vsyscall]")) | length >= 1 and all(has("reason"))' "$folder/regions.jsonl"
    shapes regions-line "$folder/regions.jsonl"
    shapes threads-line "$folder/threads.jsonl"
}

@test "memory: a stopped process stays stopped, and one that another traces is read all the same" {
    inside 'plant stopped traced
            look --process-memory $stopped --process-memory $traced
            for n in $(seq 600); do [ "$(state $stopped)" != T ] || break; sleep 0.05; done # let go of, it has to come to its stop again
            [ "$(state $stopped)" = T ]
            grep -q "^TracerPid:	[1-9]" /proc/$traced/status'
    unpack
    head -1 "$DATA/memory/$(pid_of stopped)/regions.jsonl" | jq -e .held
    head -1 "$DATA/memory/$(pid_of traced)/regions.jsonl" | jq -e '.held == false'
    jq -se 'map(.reason // empty) == ["Operation not permitted"]' "$DATA/memory/$(pid_of traced)/threads.jsonl"
    [ "$(find "$DATA/memory/$(pid_of traced)" -name '*.bin' | wc -l)" -gt 3 ]
}

@test "memory: without room for the thread that holds a process there is no memory of it, and the rest is taken" {
    [ "${HOZEN_PRESET:-}" != asan ] || skip "a preloaded library would come before the sanitizer"
    gcc -D_GNU_SOURCE -shared -fPIC -o "$ROOM/no.so" "$HOZEN_SOURCE/tests/tools/no_thread.c"
    inside 'plant stopped
            export LD_PRELOAD='"$ROOM"'/no.so NO_THREAD_CALLS='"$ROOM"'/calls NO_THREAD_LOG='"$ROOM"'/refused
            look --process-memory $stopped
            mv "'"$OUT"'/x.tar" "'"$ROOM"'/whole.tar"
            export NO_THREAD_FROM=$(($(stat -c %s "'"$ROOM"'/calls") + 3)) NO_THREAD_COUNT=100000 # the last one that is waited for
            touch "'"$ROOM"'/refused"
            while [ "$(stat -c %s "'"$ROOM"'/refused")" -lt 100 ]; do
                [ "$NO_THREAD_FROM" -gt 1 ]
                NO_THREAD_FROM=$((NO_THREAD_FROM - 1))
                rm -f "'"$OUT"'/x.tar"
                : >"'"$ROOM"'/refused"
                look --process-memory $stopped || [ $? = 4 ]
            done'
    unpack
    record "$OUT/x.tar" absent.jsonl | jq -se 'map(select(.source == "memory") | [.status, .errno]) == [["unavailable", "EAGAIN"]]'
    grep -q "not taken:.*no room for the thread" "$ROOM/said"
    [ "$(count "$OUT/x.tar" processes collected)" = "$(count "$ROOM/whole.tar" processes collected)" ]
}

@test "memory: a process that is not there, process 1 and this program itself" {
    inside '! look --process-memory 32001; [ -e "'"$OUT"'/x.tar" ]'
    record "$OUT/x.tar" absent.jsonl | jq -se 'map(select(.source == "memory" and .status == "vanished")) | length == 1'
    grep -q 'status: *partial' "$ROOM/said"
    for bad in 1 0 -1 x 99999999999; do
        run collect --process-memory="$bad"
        [ "$status" = 2 ]
    done
}

@test "memory: one in the middle of execve does not hold the collection" {
    [ -c /dev/fuse ] || skip "needs /dev/fuse"
    inside 'mkdir "'"$ROOM"'/mnt"
            mkfifo "'"$ROOM"'/hold"
            "'"$TOOLS"'/silent_fs.py" "'"$ROOM"'/mnt" read:quiet <"'"$ROOM"'/hold" >"'"$ROOM"'/log" &
            exec 9>"'"$ROOM"'/hold"
            until grep -qs ready "'"$ROOM"'/log"; do kill -0 $!; sleep 0.1; done
            bash -c "exec \"'"$ROOM"'/mnt/quiet\"" 9>&- & stuck=$!
            until grep -q silent "'"$ROOM"'/log"; do kill -0 $stuck; sleep 0.1; done
            echo "stuck $stuck" >"'"$ROOM"'/log"
            status=0
            look --command-timeout 1s --process-memory $stuck || status=$?
            [ $status = 4 ]
            kill -0 $stuck
            exec 9>&-
            wait $stuck || true'
    record "$OUT/x.tar" absent.jsonl | jq -se --arg why "memory of process $(pid_of stuck): no answer within the command timeout" \
        'map(select(.source == "memory")) | map([.status, .reason]) == [["timeout", $why]]'
}

@test "memory: what has none" {
    inside 'plant zombie
            look --process-memory $zombie || [ $? = 4 ]'
    record "$OUT/x.tar" absent.jsonl | jq -se --arg why "memory of process $(pid_of zombie): it has ended" \
        'map(select(.source == "memory")) | map([.status, .reason]) == [["vanished", $why]]'
}

@test "memory: an interrupt lets the process go" {
    inside 'plant needle
            strace -f -o "'"$ROOM"'/trace" -e trace=pread64 -e inject=pread64:delay_exit=100000 "'"$HOZEN_BIN"'/hozen-collect" \
                --case C --operator O --out "'"$OUT"'" --item x --compress none --process-memory $needle >/dev/null 9>&- &
            job=$!
            until [ "$(state $needle)" = t ]; do kill -0 $job; sleep 0.02; done
            pkill -TERM -P $job hozen-collect
            status=0
            wait $job || status=$?
            [ "$status" = 4 ]
            [ "$(cut -d" " -f3 /proc/$needle/stat)" != t ]'
    unpack
    record "$OUT/x.tar" absent.jsonl | jq -se 'map(select(.source == "memory")) | length > 0'
}

@test "memory: when this program is killed the process goes on" {
    inside 'plant needle
            strace -f -o "'"$ROOM"'/trace" -e trace=pread64 -e inject=pread64:delay_exit=100000 "'"$HOZEN_BIN"'/hozen-collect" \
                --case C --operator O --out "'"$OUT"'" --item x --compress none --process-memory $needle >/dev/null 9>&- &
            job=$!
            until [ "$(state $needle)" = t ]; do kill -0 $job; sleep 0.02; done
            pkill -KILL -P $job hozen-collect
            wait $job || true
            [ "$(cut -d" " -f3 /proc/$needle/stat)" != t ]'
}
