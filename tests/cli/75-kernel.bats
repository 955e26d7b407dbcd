#!/usr/bin/env bats
# The source kernel: what the kernel says of itself, in a namespace of the test's own.

bats_require_minimum_version 1.5.0
load 30-collect

setup() {
    need_root
    OUT=$BATS_TEST_TMPDIR/out BOX=$BATS_TEST_TMPDIR/box
    mkdir "$OUT" "$BOX"
}

# inside: the script on stdin, where nothing of the machine's processes and mounts can be seen or changed.
inside() {
    {
        echo 'set -euo pipefail'
        declare -f collect
        cat
    } >"$BATS_TEST_TMPDIR/script"
    export OUT BOX TOOLS HOZEN_BIN
    timeout -s KILL 300 unshare --pid --mount --net --ipc --uts --fork --mount-proc bash "$BATS_TEST_TMPDIR/script" >"$BATS_TEST_TMPDIR/says"
    tar -xf "$OUT/I.tar" -C "$BATS_TEST_TMPDIR"
    DATA=$BATS_TEST_TMPDIR/I/data/kernel
}

# rows NAME FILTER: the lines of a listing behind the first, through jq.
rows() {
    tail -n +2 "$DATA/$1.jsonl" | jq -c "$2"
}

# holds NAME FILTER: it gives something, and nothing but true.
holds() {
    tail -n +2 "$DATA/$1.jsonl" | jq -se "map($2) | length > 0 and all(. == true)" >"$BATS_TEST_TMPDIR/held"
}

observed() { # CODE SUBJECT
    jq -se --arg code "$1" --arg subject "$2" 'any(.code == $code and .subject == $subject)' \
        "$BATS_TEST_TMPDIR/I/data/closing/observations.jsonl"
}

@test "kernel: each listing has the shape of its schema, a text beside it, and the bundle is sound" {
    inside <<<'collect --item I --source kernel'
    for pair in bpf:bpf kmsg:kmsg modules:modules mounts:mounts kernel-state:state sysctl:sysctl; do
        "$ORACLE/shapes.py" --lines "${pair%:*}-line" "$DATA/${pair#*:}.jsonl"
        [ -f "$DATA/${pair#*:}.txt" ]
    done
    cmp "$DATA/proc/version" /proc/version
    cmp "$DATA/proc/cmdline" /proc/cmdline
    sound "$OUT/I.tar"
}

@test "kernel: settings are those that sysctl(8) prints, and nothing is read that acts or is a secret" {
    inside <<'SCRIPT'
sysctl -w net.ipv4.conf.lo.forwarding=1 kernel.hostname=scratch >"$BOX/set"
ip link add ve.1 type bridge
sysctl -a 2>/dev/null | grep -E '^(kernel|net\.ipv4|fs|vm)\.' >"$BOX/wanted"
cat /proc/sys/kernel/random/uuid >"$BOX/uuid"
collect --item I --source kernel
sysctl -a 2>/dev/null | grep -E '^(kernel|net\.ipv4|fs|vm)\.' >"$BOX/later"
SCRIPT
    # counters move, others may set something, and random values are new each time
    comm -12 <(sort "$BOX/wanted") <(sort "$BOX/later") |
        grep -vE '^(kernel\.random|fs\.(dentry-state|file-nr|inode-|aio-nr)|kernel\.(ns_last_pid|pty)|.*(fastopen_key|stable_secret))' |
        sed 's/[[:space:]]*$//' | sort >"$BATS_TEST_TMPDIR/wanted"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/wanted")" -gt 300 ]
    sed 's/[[:space:]]*$//' "$DATA/sysctl.txt" | sort >"$BATS_TEST_TMPDIR/got"
    [ -z "$(comm -23 "$BATS_TEST_TMPDIR/wanted" "$BATS_TEST_TMPDIR/got")" ]
    holds sysctl 'select(.name == "net.ipv4.conf.lo.forwarding").value == "1"'
    holds sysctl 'select(.name == "net.ipv4.conf.ve/1.forwarding") | has("value")'
    holds sysctl 'select(.name == "kernel.hostname").value == "scratch"'
    rows sysctl 'select(.name == "kernel.random.uuid").not_read' | grep 'makes a new one'
    rows sysctl 'select(.name == "net.ipv4.tcp_fastopen_key").not_read' | grep secret
    rows sysctl 'select(.name == "vm.compact_memory").not_read' | grep 'writing only'
    rows sysctl 'select(.name == "vm.stat_refresh").not_read' | grep refresh
}

@test "kernel: the log as dmesg has it, in sequence, with what is missing said" {
    inside <<'SCRIPT'
printf '<5>hozen test: \033[31m one\n' >/dev/kmsg
dmesg --raw >"$BOX/before"
collect --item I --source kernel
dmesg --raw >"$BOX/after"
SCRIPT
    grep -aF 'hozen test: \x1b[31m one' "$DATA/kmsg.txt"
    holds kmsg 'select(.text != null and (.text | contains("hozen test: "))) | .level == 5 and .facility == 1'
    # every record that was there before and after is there, and no number is neither there nor said to be missing
    cut -d']' -f2- <"$BOX/before" | grep -axFf <(cut -d']' -f2- <"$BOX/after") | sort -u | tail -50 >"$BATS_TEST_TMPDIR/kept"
    [ -s "$BATS_TEST_TMPDIR/kept" ]
    tail -n +2 "$DATA/kmsg.jsonl" | jq -se '[.[] | {from: (.sequence | tonumber), n: ((.missing // "1") | tonumber)}] as $r |
        $r[0].from == 0 and all(range(1; $r | length); $r[.].from == $r[. - 1].from + $r[. - 1].n)'
    # reading took nothing away
    grep -aF 'hozen test: ' "$BOX/after"
}

@test "kernel: BPF programs, maps, who holds and pins them, and their instructions" {
    inside <<'SCRIPT'
mkdir "$BOX/bpf"
mount -t bpf bpf "$BOX/bpf"
date +%s >"$BOX/times"
coproc HOLD { exec "$TOOLS/bpf_hold.py" "$BOX/bpf"; }
read -r pid quiet loud table <&"${HOLD[0]}"
date +%s >>"$BOX/times"
echo "$pid $quiet $loud $table" >"$BOX/ids"
collect --item I --source kernel
export -f collect
if [ -e /proc/self/timens_offsets ]; then unshare --time --boottime 8640000 --fork bash -c 'collect --item elsewhen --source kernel'; fi
SCRIPT
    read -r pid quiet loud table <"$BOX/ids"
    holds bpf "select(.kind == \"program\" and .id == $quiet) | .name == \"quiet\" and .type == \"socket_filter\" and .uid == 0 and
        (.held_by | any(.pid == $pid)) and .pinned == [\"$BOX/bpf/kept\"] and .xlated_bytes == 16"
    holds bpf "select(.kind == \"program\" and .id == $loud) | .type == \"tracepoint\" and .pinned == []"
    holds bpf "select(.kind == \"map\" and .id == $table) | .type == \"array\" and .key_bytes == 4 and .value_bytes == 8 and .max_entries == 16"
    [ "$(od -An -tx1 "$DATA/bpf/program-$quiet.xlated" | tr -d ' \n')" = b7000000000000009500000000000000 ]
    grep -E "^$loud: program tracepoint  name listener  uid 0" "$DATA/bpf.txt"
    loaded=$(rows bpf "select(.kind == \"program\" and .id == $quiet).loaded_at | .[:19] + \"Z\" | fromdate")
    { read -r before; read -r after; } <"$BOX/times"
    [ "$loaded" -ge $((before - 1)) ]
    [ "$loaded" -le $((after + 1)) ]
    if [ -e /proc/self/timens_offsets ]; then # where the clocks of the machine say something else
        elsewhen=$(tar -xOf "$OUT/elsewhen.tar" elsewhen/data/kernel/bpf.jsonl | jq -r "select(.kind == \"program\" and .id == $quiet).loaded_at")
        elsewhen=$(date -d "$elsewhen" +%s)
        [ "$elsewhen" -ge $((before - 1)) ]
        [ "$elsewhen" -le $((after + 1)) ]
    fi
    observed bpf-tracing-program "bpf program $loud"
    run ! observed bpf-tracing-program "bpf program $quiet"
    "$ORACLE/shapes.py" --lines bpf-line "$DATA/bpf.jsonl"
}

@test "kernel: mounts of every namespace, each once, names with blanks and line ends decoded" {
    inside <<'SCRIPT'
mkdir "$BOX/a b" "$BOX/"$'x\ny' "$BOX/other"
mount -t tmpfs -o size=64k "ta pe" "$BOX/a b"
mount -t tmpfs none "$BOX/"$'x\ny'
unshare --mount bash -c "mount -t tmpfs hidden '$BOX/other'; touch '$BOX/ready'; exec sleep 1000" &
until [ -e "$BOX/ready" ]; do kill -0 $!; sleep 0.05; done
readlink /proc/$!/ns/mnt /proc/1/ns/mnt >"$BOX/spaces"
collect --item I --source kernel
kill $!
SCRIPT
    mapfile -t spaces < <(tr -dc '0-9\n' <"$BOX/spaces")
    holds mounts "select(.mountpoint == \"$BOX/a b\" and .namespace == \"${spaces[1]}\") | .source == \"ta pe\" and .fstype == \"tmpfs\""
    holds mounts "select(.mountpoint == \"$BOX/x\\ny\" and .namespace == \"${spaces[1]}\") | .fstype == \"tmpfs\""
    holds mounts "select(.mountpoint == \"$BOX/other\") | .namespace == \"${spaces[0]}\" and .source == \"hidden\""
    [ "$(rows mounts 'select(has("processes")).namespace' | sort | uniq -d)" = "" ]
    grep -F "ta pe on $BOX/a b type tmpfs (rw" "$DATA/mounts.txt"
    grep -F 'x\x0ay type tmpfs' "$DATA/mounts.txt"
}

@test "kernel: mounts that one thread alone has, also where the first thread has ended" {
    inside <<'SCRIPT'
cat >"$BOX/apart.py" <<'PYTHON'
import ctypes, os, subprocess, sys, threading, time
libc = ctypes.CDLL(None)
def apart():
    assert libc.unshare(0x20000) == 0 # CLONE_NEWNS, of this thread alone
    subprocess.run(["mount", "-t", "tmpfs", sys.argv[1], sys.argv[2]], check=True)
    open(sys.argv[2] + "/../" + sys.argv[1], "w").close()
    time.sleep(1000)
threading.Thread(target=apart).start()
if sys.argv[1] == "ended":
    libc.syscall({"x86_64": 60}.get(os.uname().machine, 93), 0) # exit(2), of the first thread
time.sleep(1000)
PYTHON
mkdir "$BOX/m"
for kind in alone ended; do
    python3 "$BOX/apart.py" $kind "$BOX/m" &
    until [ -e "$BOX/$kind" ]; do kill -0 $!; sleep 0.05; done
done
until grep -q '^State:.*Z' /proc/$!/status; do sleep 0.05; done
collect --item I --source kernel
SCRIPT
    for kind in alone ended; do
        holds mounts "select(.source == \"$kind\") | .mountpoint == \"$BOX/m\""
    done
    [ "$(rows mounts 'select(has("processes")).namespace' | sort | uniq -d)" = "" ]
}

@test "kernel: what taints it is said in words; what it lets be done is read from where it stands" {
    inside <<'SCRIPT'
echo 8192 >"$BOX/tainted"
mount --bind "$BOX/tainted" /proc/sys/kernel/tainted
collect --item I --source kernel
SCRIPT
    holds state 'select(.name == "tainted") | .value == "8192" and .bits == [{"bit":13,"letter":"E","words":"a module without a valid signature"}]'
    observed tainted-kernel /proc/sys/kernel/tainted
    rows state 'select(.name == "kptr_restrict").value' | grep -x "\"$(cat /proc/sys/kernel/kptr_restrict)\""
}

@test "kernel: nothing is started, nothing mounted, no module asked for" {
    inside <<'SCRIPT'
cut -d' ' -f3- /proc/self/mountinfo | sort >"$BOX/mounts-before"
ASAN_OPTIONS=detect_leaks=0 strace -f -qq -e trace=execve,mount,init_module,finit_module,bpf -o "$BOX/trace" "$HOZEN_BIN/hozen-collect" --case C --operator "Sato Hanako" \
    --out "$OUT" --compress none --item I --source kernel
cut -d' ' -f3- /proc/self/mountinfo | sort >"$BOX/mounts-after"
SCRIPT
    [ "$(grep -c execve "$BOX/trace")" = 1 ]
    [ "$(grep -cE 'init_module' "$BOX/trace")" = 0 ]
    [ -z "$(grep 'bpf(' "$BOX/trace" | grep -vE 'GET_NEXT_ID|GET_FD_BY_ID|OBJ_GET_INFO_BY_FD|OBJ_GET')" ]
    cmp "$BOX/mounts-before" "$BOX/mounts-after"
}
