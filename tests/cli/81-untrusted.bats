#!/usr/bin/env bats
# hozen-collect as it goes to a host that nobody trusts: the static program in an empty root, and in one where everything that a
# program usually believes was prepared by somebody else.

bats_require_minimum_version 1.5.0
load 30-collect.bash
unset TRACE

STATIC=${HOZEN_STATIC:-$HOZEN_SOURCE/build/release-static/bin/hozen-collect}
LIVE=(--source network --source processes --source firewall --source kernel)

setup() {
    need_root
    [ -x "$STATIC" ] || { echo "$STATIC is missing: cmake --build --preset release-static"; return 1; }
    ROOM=$BATS_TEST_TMPDIR/room
    mkdir -p "$ROOM/out"
    cp "$STATIC" "$ROOM/hozen-collect"
}

# in_room [NAME=VALUE...] -- argument...: in namespaces of its own, with /proc where the room has a folder for it.
in_room() {
    local environment=()
    while [ "$1" != -- ]; do environment+=("$1"); shift; done
    shift
    unshare --pid --mount --net --uts --ipc --fork bash -c '
        room=$1; shift
        [ ! -d "$room/proc" ] || mount -t proc proc "$room/proc"
        [ ! -d "$room/sys" ] || mount -t sysfs sysfs "$room/sys"
        exec "$@"' in-room "$ROOM" env -i "${environment[@]}" \
        ${TRACE:+strace -f -qq -o "$TRACE" -e "trace=execve,execveat,open,openat,openat2,clone,clone3,fork,vfork"} \
        "$(command -v chroot)" "$ROOM" /hozen-collect --case INC-2026-042 --operator "Sato Hanako" --out /out "$@"
}

@test "untrusted: an empty root and an empty environment: all that is missing is said, and the bundle is sound" {
    run -4 in_room -- --item EMPTY "${LIVE[@]}" --path /etc/passwd
    [[ $output == *"status:"*partial* ]]
    sound "$ROOM/out/EMPTY.tar.zst"
    zstd -dc "$ROOM/out/EMPTY.tar.zst" | tar -xO EMPTY/meta/absent.jsonl >"$BATS_TEST_TMPDIR/absent"
    grep -q '"source":"processes"' "$BATS_TEST_TMPDIR/absent"
    jq -se 'any(.[]; .origin == "/etc/passwd" and .status == "unavailable")' "$BATS_TEST_TMPDIR/absent"
}

poison() {
    mkdir -p "$ROOM"/{evil,proc,sys,etc/ssl,usr/lib/ssl,usr/lib/x86_64-linux-gnu/gconv,usr/lib/locale,lib/x86_64-linux-gnu,lib64,bin,usr/bin}
    local tool file
    for tool in ss ps nft iptables-save ip lsmod modprobe sh journalctl ldconfig; do
        printf '#!/bin/sh\necho poisoned\n' | tee "$ROOM/evil/$tool" "$ROOM/bin/$tool" >"$ROOM/usr/bin/$tool"
        chmod +x "$ROOM"/{evil,bin,usr/bin}/"$tool"
    done
    for file in "${POISON[@]}"; do
        mkdir -p "$ROOM/$(dirname "$file")"
        echo "poisoned" >"$ROOM/$file"
    done
}
POISON=(etc/ld.so.preload etc/ld.so.cache etc/ssl/openssl.cnf usr/lib/ssl/openssl.cnf usr/lib/x86_64-linux-gnu/gconv/gconv-modules
    usr/lib/x86_64-linux-gnu/gconv/gconv-modules.cache usr/lib/locale/locale-archive lib/x86_64-linux-gnu/libc.so.6
    lib/x86_64-linux-gnu/libnss_files.so.2 lib/x86_64-linux-gnu/libnss_evil.so.2 lib64/ld-linux-x86-64.so.2 evil/preload.so evil/openssl.cnf
    evil/gconv-modules)

@test "untrusted: poisoned PATH, preload, NSS, gconv, locale and openssl.cnf: none of it is opened, nothing is started" {
    poison
    TRACE=$BATS_TEST_TMPDIR/trace
    run -0 in_room PATH=/evil:/bin LD_PRELOAD=/evil/preload.so LD_LIBRARY_PATH=/evil LD_AUDIT=/evil/preload.so GCONV_PATH=/evil \
        OPENSSL_CONF=/evil/openssl.cnf OPENSSL_MODULES=/evil LOCPATH=/evil LANG=ja_JP.UTF-8 LC_ALL=ja_JP.UTF-8 NLSPATH=/evil \
        HOSTALIASES=/evil/x RES_OPTIONS=debug TZ=:/evil/zone TZDIR=/evil MALLOC_TRACE=/evil/trace -- --item POISON \
        --source processes --source firewall --source kernel --json
    sound "$ROOM/out/POISON.tar.zst"
    # chroot is the first, found by strace itself; what it starts is ours, and that is the end of it.
    [ "$(grep -c 'exec.*= 0$' "$TRACE")" = 2 ]
    [ "$(grep -cE '(clone3?|v?fork)\(' "$TRACE")" = "$(grep -cE 'clone3?\(.*CLONE_THREAD' "$TRACE")" ]
    sed '0,/execve("\/hozen-collect"/d' "$TRACE" >"$TRACE.ours"
    [ -s "$TRACE.ours" ]
    local file
    for file in "${POISON[@]}" evil nsswitch.conf resolv.conf locale gconv; do
        ! grep -F "$file" "$TRACE.ours" || { echo "opened: $file"; return 1; }
    done
}

# What both runs must agree on: kinds of rows, without what differs between any two runs.
shape() { # BUNDLE ITEM
    zstd -dc "$1" | tar -xO "$2/data/processes/processes.jsonl" | tail -n +2 | jq -c '[.name, .ppid == 0]' | sort -u
    # the programs of BPF are of the whole machine: tests beside this one load some
    zstd -dc "$1" | tar -t | sed "s|^$2/||" | grep -E '^data/(firewall|kernel)/' | grep -v '^data/kernel/bpf/' | sed -E 's/[0-9]{6,}/N/g' | sort -u
}

@test "untrusted: the same is found with and without the poison" {
    mkdir -p "$ROOM/proc" "$ROOM/sys"
    in_room -- --item CLEAN --source processes --source firewall --source kernel
    poison
    in_room PATH=/evil LD_PRELOAD=/evil/preload.so OPENSSL_CONF=/evil/openssl.cnf GCONV_PATH=/evil -- --item POISON \
        --source processes --source firewall --source kernel
    shape "$ROOM/out/CLEAN.tar.zst" CLEAN >"$BATS_TEST_TMPDIR/clean"
    shape "$ROOM/out/POISON.tar.zst" POISON >"$BATS_TEST_TMPDIR/poisoned"
    [ -s "$BATS_TEST_TMPDIR/clean" ]
    diff "$BATS_TEST_TMPDIR/clean" "$BATS_TEST_TMPDIR/poisoned"
}
