#!/usr/bin/env bats
# What starts by itself where something cannot be looked at: a row each, never silence.

bats_require_minimum_version 1.5.0
load 30-collect
load 77-persistence

setup() {
    need_root
    OUT=$BATS_TEST_TMPDIR/out ROOT=$BATS_TEST_TMPDIR/root GHOST=/home/ghost
    mkdir "$OUT" "$ROOT"
    printf 'root:x:0:0:root:/root:/bin/bash\n' | put /etc/passwd
    printf 'ssh-rsa x\n' | put $GHOST/.ssh/authorized_keys
    printf 'import os\n' | put /usr/lib/python3/dist-packages/evil.pth
    printf '* * * * * root /opt/closed/evil\n' | put /etc/cron.d/job
    printf '#!/bin/sh\n' | put /opt/closed/evil 755
}

teardown() { chmod -R u+rwX "$BATS_TEST_TMPDIR"; }

# denied [SOURCE]: as the superuser without the power to read what is denied; absent rows of the source, but those of files that
# no image has.
denied() {
    rm -rf "$OUT"/taken.tar* "$BATS_TEST_TMPDIR/taken"
    run -4 setpriv "--bounding-set=-dac_override,-dac_read_search" "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" \
        --compress none --item taken --root "$ROOT" --source "${1:-persistence}"
    record "$OUT/taken.tar" absent.jsonl | jq -r --arg source "${1:-persistence}" 'select(.source == $source) | .origin + " " + .status + ": " + .reason' >"$BATS_TEST_TMPDIR/rows"
    tar -xf "$OUT/taken.tar" -C "$BATS_TEST_TMPDIR"
    sound "$OUT/taken.tar"
}

@test "persistence: a folder whose names cannot be read has its row" {
    chmod 000 "$ROOT/usr/lib/python3/dist-packages"
    denied # one of what starts by itself, one of setuid files
    [ "$(grep -cx "/usr/lib/python3/dist-packages denied: Permission denied" "$BATS_TEST_TMPDIR/rows")" = 2 ]
}

@test "persistence: homes that are not known because /home or passwd cannot be read have their rows" {
    chmod 000 "$ROOT/home" "$ROOT/etc/passwd"
    denied
    grep -x "/home denied: Permission denied" "$BATS_TEST_TMPDIR/rows"
    grep -x "/etc/passwd denied: Permission denied" "$BATS_TEST_TMPDIR/rows"
}

@test "persistence: a program that cannot be looked at is not called missing" {
    chmod 000 "$ROOT/opt/closed"
    denied
    grep -x "/opt/closed/evil denied: Permission denied" "$BATS_TEST_TMPDIR/rows"
    tail -n +2 "$BATS_TEST_TMPDIR/taken/data/persistence/autostart.jsonl" |
        jq -se 'map(select(.origin == "/etc/cron.d/job")) | length == 1 and all(.[]; has("program_missing") | not)'
}

@test "persistence, packages: what dpkg knows cannot be read, or a file of a package: rows" {
    printf 'whole\n' | put /etc/profile.d/tool.sh
    package tool /etc/profile.d/tool.sh
    chmod 000 "$ROOT/etc/profile.d/tool.sh"
    denied
    [ "$(grep -cx "/etc/profile.d/tool.sh denied: Permission denied" "$BATS_TEST_TMPDIR/rows")" = 2 ] # neither taken nor compared
    chmod 000 "$ROOT/var/lib/dpkg/info/tool.list"
    denied
    grep -x "/var/lib/dpkg/info denied: Permission denied" "$BATS_TEST_TMPDIR/rows"
    for file in info status; do
        chmod 000 "$ROOT/var/lib/dpkg/$file"
        denied
        grep -x "/var/lib/dpkg/$file denied: Permission denied" "$BATS_TEST_TMPDIR/rows"
        denied packages
        grep -x "/var/lib/dpkg/$file denied: Permission denied" "$BATS_TEST_TMPDIR/rows"
        chmod 755 "$ROOT/var/lib/dpkg/$file"
    done
}
