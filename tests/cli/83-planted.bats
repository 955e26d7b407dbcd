#!/usr/bin/env bats
# What intruders leave, planted all at once in a scratch root and namespaces of its own: the default triage of the static program
# names each with its code, in the summary, in the bundle, and nowhere else.

bats_require_minimum_version 1.5.0
load 30-collect.bash

STATIC=${HOZEN_STATIC:-$HOZEN_SOURCE/build/release-static/bin/hozen-collect}

setup() {
    need_root
    [ -x "$STATIC" ] || { echo "$STATIC is missing: cmake --build --preset release-static"; return 1; }
    ROOM=$BATS_TEST_TMPDIR/room
    mkdir -p "$ROOM"/{out,proc,sys,tmp,root/.ssh,etc/cron.d,etc/systemd/system,usr/local/bin,var/log,lib,opt}
    cp "$STATIC" "$ROOM/hozen-collect"
    printf 'root:x:0:0:root:/root:/bin/sh\n' >"$ROOM/etc/passwd"
    printf 'root:*:19000:0:99999:7:::\n' >"$ROOM/etc/shadow"
    printf 'root:x:0:\n' >"$ROOM/etc/group"
    printf 'scratch\n' >"$ROOM/etc/hostname"
}

plant_files() {
    printf 'toor:x:0:0:twin:/root:/bin/sh\n' >>"$ROOM/etc/passwd"
    printf 'toor:*:19000:0:99999:7:::\n' >>"$ROOM/etc/shadow"
    printf '* * * * * root /opt/beacon\n' >"$ROOM/etc/cron.d/beacon"
    printf '[Service]\nExecStart=/opt/beacon\n[Install]\nWantedBy=multi-user.target\n' >"$ROOM/etc/systemd/system/beacon.service"
    ssh-keygen -q -t ed25519 -N '' -C planted@attacker.example -f "$BATS_TEST_TMPDIR/planted" </dev/null
    cp "$BATS_TEST_TMPDIR/planted.pub" "$ROOM/root/.ssh/authorized_keys"
    printf '/lib/evil.so\n' >"$ROOM/etc/ld.so.preload"
    printf 'x' | tee "$ROOM/lib/evil.so" "$ROOM/opt/beacon" >"$ROOM/usr/local/bin/peek"
    chmod 755 "$ROOM/usr/local/bin/peek" "$ROOM/opt/beacon"
    PATH=$PATH:/usr/sbin setcap cap_dac_read_search+ep "$ROOM/usr/local/bin/peek"
}

# planted FILE...: runs the triage beside what the lines of $BATS_TEST_TMPDIR/script start. Sets $output and $status.
triage() {
    cat >"$BATS_TEST_TMPDIR/run" <<SCRIPT
PATH=\$PATH:/usr/sbin:/sbin
mount -t proc proc "$ROOM/proc"
mount -t sysfs sysfs "$ROOM/sys"
ip link set lo up
$(cat "$BATS_TEST_TMPDIR/script")
timeout -s KILL 200 chroot "$ROOM" /hozen-collect --case INC-2026-042 --operator "Sato Hanako" --item PLANT --out /out --json
echo \$? >"$BATS_TEST_TMPDIR/status"
kill \$(jobs -p)
SCRIPT
    output=$(timeout -s KILL 300 unshare --pid --mount --net --fork --mount-proc bash "$BATS_TEST_TMPDIR/run" 2>"$BATS_TEST_TMPDIR/stderr")
    status=$(cat "$BATS_TEST_TMPDIR/status")
    cat "$BATS_TEST_TMPDIR/stderr" >&2
    zstd -dc "$ROOM/out/PLANT.tar.zst" | tar -xO PLANT/data/closing/observations.jsonl | tail -n +2 >"$BATS_TEST_TMPDIR/observed"
}

# observed CODE PATTERN: of its subject or detail
observed() {
    jq -se --arg code "$1" --arg subject "$2" 'any(.[]; .code == $code and any((.subject, .detail // ""); test($subject)))' "$BATS_TEST_TMPDIR/observed" >/dev/null || {
        echo "not observed: $1 of $2"
        cat "$BATS_TEST_TMPDIR/observed"
        return 1
    }
}

@test "planted: each is found, and said in the summary" {
    plant_files
    cat >"$BATS_TEST_TMPDIR/script" <<SCRIPT
cp /bin/sleep "$ROOM/tmp/gone"
runs() { until readlink "/proc/\$1/exe" | grep -q "\$2"; do kill -0 "\$1" || exit 90; sleep 0.05; done; } # PID PROGRAM
"$ROOM/tmp/gone" 1000 & echo \$! >"$BATS_TEST_TMPDIR/deleted"
runs \$! /gone
python3 - <<'PY' & echo \$! >"$BATS_TEST_TMPDIR/memfd"
import os
fd = os.memfd_create("beacon")
with open("/bin/sleep", "rb") as f: os.write(fd, f.read())
os.execve(fd, ["beacon", "1000"], {})
PY
runs \$! memfd
/bin/sleep 1000 & hidden=\$!
runs \$hidden sleep
echo \$hidden >"$BATS_TEST_TMPDIR/hidden"
unshare --net sh -c 'PATH=\$PATH:/usr/sbin; ip link set lo up; exec python3 -m http.server --bind 127.0.0.1 7777' >/dev/null 2>&1 &
until nsenter --net="/proc/\$!/ns/net" ss -Hltn | grep -q ':7777 '; do kill -0 \$! || exit 90; sleep 0.05; done
ip link set lo promisc on
rm "$ROOM/tmp/gone"
mkdir "$BATS_TEST_TMPDIR/empty"
mount --bind "$BATS_TEST_TMPDIR/empty" "$ROOM/proc/\$hidden"
SCRIPT
    triage
    [ "$status" = 0 ] || [ "$status" = 4 ]
    observed deleted-executable "^pid $(cat "$BATS_TEST_TMPDIR/deleted")\$"
    observed memfd-executable "^pid $(cat "$BATS_TEST_TMPDIR/memfd")\$"
    observed hidden-process "^pid $(cat "$BATS_TEST_TMPDIR/hidden")\$"
    observed proc-mount "/proc/$(cat "$BATS_TEST_TMPDIR/hidden")\$"
    observed foreign-namespace-listener 7777
    observed promiscuous-interface 'interface lo$'
    observed cron-job /etc/cron.d/beacon
    observed systemd-unit /etc/systemd/system/beacon.service
    observed authorized-key /root/.ssh/authorized_keys
    observed uid-0-twin '^toor$'
    observed ld-so-preload /lib/evil.so
    observed file-capability /usr/local/bin/peek
    # the same codes in the answer
    diff <(jq -r .code "$BATS_TEST_TMPDIR/observed" | sort -u) <(jq -r '.observations[].code' <<<"$output" | sort)
    # what was recovered is what ran
    zstd -dc "$ROOM/out/PLANT.tar.zst" | tar -xf - -C "$BATS_TEST_TMPDIR"
    cmp "$BATS_TEST_TMPDIR/PLANT/data/processes/recovered/$(cat "$BATS_TEST_TMPDIR/deleted")/exe" /bin/sleep
    cmp "$BATS_TEST_TMPDIR/PLANT/data/processes/recovered/$(cat "$BATS_TEST_TMPDIR/memfd")/exe" /bin/sleep
    sound "$ROOM/out/PLANT.tar.zst"
}

@test "planted: where nothing was planted none of the codes is observed" {
    echo 'sleep 1000 &' >"$BATS_TEST_TMPDIR/script"
    triage
    [ "$status" = 0 ]
    local code
    for code in deleted-executable memfd-executable hidden-process proc-mount foreign-namespace-listener promiscuous-interface cron-job systemd-unit \
        authorized-key uid-0-twin ld-so-preload file-capability; do
        jq -se --arg code "$code" 'all(.[]; .code != $code)' "$BATS_TEST_TMPDIR/observed"
    done
}
