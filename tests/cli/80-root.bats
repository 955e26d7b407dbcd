#!/usr/bin/env bats
# --root: the image of a file system instead of the running host. Everything stays inside it, and nothing of the machine at which it is
# examined gets into the bundle.

bats_require_minimum_version 1.5.0
load 30-collect

setup() {
    need_root
    OUT=$BATS_TEST_TMPDIR/out ROOT=$BATS_TEST_TMPDIR/image
    mkdir "$OUT"
}

# An image of a machine called "image-host"; `examine` mounts it read-only over itself.
make_image() {
    mkdir -p "$ROOT"/{etc,var/log/journal,root/.ssh,home/tanaka,srv/app,usr/lib,proc,sys,run,tmp}
    echo image-host >"$ROOT/etc/hostname"
    echo 0123456789abcdef0123456789abcdef >"$ROOT/etc/machine-id"
    echo 'PRETTY_NAME="Image OS 1"' >"$ROOT/usr/lib/os-release"
    ln -s /usr/lib/os-release "$ROOT/etc/os-release"
    printf 'TZif2%39s\nJST-9\n' "" >"$ROOT/etc/localtime"
    printf 'root:x:0:0:root:/root:/bin/sh\ntanaka:x:1000:1000::/home/tanaka:/bin/sh\n' >"$ROOT/etc/passwd"
    echo logged >"$ROOT/var/log/app.log"
    echo inside >"$ROOT/srv/app/file"
    ln -s /srv/app/file "$ROOT/srv/link"
    ln -s ../../../../../../../srv/app "$ROOT/srv/far"
    echo old >"$ROOT/proc/version" # what lies there on disk is not what a kernel says
}

# examine ARGUMENT...: from a machine whose /etc/hostname and /proc are its own, in namespaces of its own.
examine() {
    cat >"$BATS_TEST_TMPDIR/script" <<'SCRIPT'
hostname examiner-host
mount --bind "$ROOT" "$ROOT"
mount -o remount,bind,ro "$ROOT"
[ ! -e "$BATS_TEST_TMPDIR/prepare" ] || . "$BATS_TEST_TMPDIR/prepare"
exec "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --compress none --root "$ROOT" "$@"
SCRIPT
    ROOT=$ROOT OUT=$OUT unshare --pid --mount --net --uts --fork --mount-proc bash "$BATS_TEST_TMPDIR/script" "$@"
}

# nothing_of_ours BUNDLE: no word that tells this machine.
nothing_of_ours() {
    local word
    mkdir "$BATS_TEST_TMPDIR/open"
    tar -xf "$1" -C "$BATS_TEST_TMPDIR/open"
    for word in examiner-host "$(uname -n)" "$(uname -r)" "$(uname -v)" "$(cat /proc/sys/kernel/random/boot_id)" "$(cat /etc/machine-id)"; do
        [ ${#word} -ge 6 ] || continue # shorter ones stand in any signature by chance
        [ "$word" != localhost ] || continue
        if grep -rlF -- "$word" "$BATS_TEST_TMPDIR/open"; then
            echo "the bundle has $word"
            return 1
        fi
    done
}

@test "root: identity and clock of the image, and nothing of the machine at which it is examined" {
    make_image
    examine --item img --source system --path /srv --path srv/far --path etc/hostname
    sound "$OUT/img.tar"
    [ "$(tar -xOf "$OUT/img.tar" img/data/closing/footprint.json | jq 'has("files_opened"), has("process"), has("parents")' | xargs)" = \
        "true false false" ]
    nothing_of_ours "$OUT/img.tar"
    tar -xOf "$OUT/img.tar" img/data/system/identity.json >"$BATS_TEST_TMPDIR/identity"
    jq -e '.hostname == "image-host" and .machine_id == "0123456789abcdef0123456789abcdef" and .operating_system == "Image OS 1"
        and (has("kernel") or has("kernel_version") or has("architecture") or has("domain") or has("boot_id") | not)' "$BATS_TEST_TMPDIR/identity"
    tar -xOf "$OUT/img.tar" img/data/system/clock.json >"$BATS_TEST_TMPDIR/clock"
    jq -e '.whose == "examiner" and .timezone_offset_minutes == 540 and (has("kernel_clock") or has("clock_source") | not)' "$BATS_TEST_TMPDIR/clock"
    record "$OUT/img.tar" acquisition.json >"$BATS_TEST_TMPDIR/acquisition"
    jq -e --arg root "$ROOT" '.requested.root == $root and .requested.sources == ["system"] and .status == "complete" and
        .host == {hostname: "image-host", machine_id: "0123456789abcdef0123456789abcdef", operating_system: "Image OS 1"}' "$BATS_TEST_TMPDIR/acquisition"
    "$ORACLE/shapes.py" --file acquisition "$BATS_TEST_TMPDIR/acquisition" --file clock "$BATS_TEST_TMPDIR/clock" --file identity "$BATS_TEST_TMPDIR/identity"
    record "$OUT/img.tar" catalog-000001.jsonl | jq -r 'select(.source == "files") | .origin' >"$BATS_TEST_TMPDIR/taken"
    [ "$(cat "$BATS_TEST_TMPDIR/taken")" = "$(printf '%s\n' /etc/hostname /srv/app/file)" ]
    record "$OUT/img.tar" objects.jsonl | jq -se 'map(select(.source == "files" and .type == "symlink") | [.origin, .target]) ==
        [["/srv/far", "../../../../../../../srv/app"], ["/srv/link", "/srv/app/file"]]'
    tar -tf "$OUT/img.tar" >"$BATS_TEST_TMPDIR/names"
    [ "$(grep -c 'data/system/proc' "$BATS_TEST_TMPDIR/names")" = 0 ]
}

@test "root: the item gets its name from the image" {
    make_image
    examine --source system --json >"$BATS_TEST_TMPDIR/json"
    [[ $(jq -r .item "$BATS_TEST_TMPDIR/json") =~ ^image-host-20[0-9]{6}T[0-9]{6}Z$ ]]
}

@test "root: what is live is left out and said, and that alone is no failure" {
    make_image
    examine --item live --source network --source processes --source firewall --source kernel --path /srv
    record "$OUT/live.tar" absent.jsonl | jq -se 'map(select(.source | IN("network", "processes", "firewall", "kernel"))) |
        length == 4 and all(.status == "unavailable" and (.reason | startswith("not live:")) and (has("origin") | not))'
    record "$OUT/live.tar" acquisition.json | jq -e '.status == "complete" and (.sources | map(.name) | contains(["network", "processes", "firewall", "kernel"]))'
    [ "$("$HOZEN_BIN/hozen-verify" list "$OUT/live.tar" | grep -cE ' (network|processes|firewall|kernel): not live: ')" = 4 ]
    tar -tf "$OUT/live.tar" >"$BATS_TEST_TMPDIR/names"
    [ "$(grep -cE 'data/(network|processes|firewall|kernel)/' "$BATS_TEST_TMPDIR/names")" = 0 ]
    nothing_of_ours "$OUT/live.tar"
}

@test "root: the whole triage of an image" {
    make_image
    echo 'ssh-ed25519 AAAA key' >"$ROOT/root/.ssh/authorized_keys"
    examine --item triage || [ $? = 4 ]
    sound "$OUT/triage.tar"
    nothing_of_ours "$OUT/triage.tar"
    record "$OUT/triage.tar" acquisition.json | jq -e '.requested.profiles == ["triage"]'
    record "$OUT/triage.tar" catalog-000001.jsonl | jq -r '.origin // empty' >"$BATS_TEST_TMPDIR/origins"
    grep -qx /var/log/app.log "$BATS_TEST_TMPDIR/origins"
    grep -qx /etc/passwd "$BATS_TEST_TMPDIR/origins"
    grep -qx /root/.ssh/authorized_keys "$BATS_TEST_TMPDIR/origins"
    tar -xOf "$OUT/triage.tar" triage/data/recent/recent.jsonl | tail -n +2 | jq -se 'map(.origin) | index("/srv/app/file") != null and all(startswith("/"))'
}

@test "root: what the running kernel mounted inside the image is none of it" {
    make_image
    mkdir "$ROOT/dev" "$ROOT/mnt"
    cat >"$BATS_TEST_TMPDIR/prepare" <<'SCRIPT'
mount -t proc none "$ROOT/proc"
mount --rbind /sys "$ROOT/sys"
mount -t tmpfs none "$ROOT/run"
echo examiner-host >"$ROOT/run/name"
SCRIPT
    run examine --item foreign --cross-mounts --path / --recent 60m --recent-root / --recent-root /proc/self --recent-root /run
    record "$OUT/foreign.tar" catalog-000001.jsonl | jq -r '.origin // empty' >"$BATS_TEST_TMPDIR/origins"
    grep -qx /etc/hostname "$BATS_TEST_TMPDIR/origins"
    [ "$(grep -cE '^/(proc|sys|run)(/|$)' "$BATS_TEST_TMPDIR/origins")" = 0 ]
    record "$OUT/foreign.tar" absent.jsonl | jq -se 'map(select(.source == "files" and .status == "excluded") | .origin) | contains(["/proc", "/sys"])'
    tar -xOf "$OUT/foreign.tar" foreign/data/recent/recent.jsonl | tail -n +2 | jq -se 'map(.origin | select(test("^/(proc|sys)/"))) == []'
    nothing_of_ours "$OUT/foreign.tar"
}

@test "root: what needs the running host is refused; so is this host by another name, and a folder that is none" {
    make_image
    mkdir "$BATS_TEST_TMPDIR/slash"
    refused() { # CODE TEXT ARGUMENT...
        run -"$1" "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" "${@:3}"
        [[ $output == *"$2"* ]]
        [ -z "$(ls "$OUT")" ]
    }
    refused 2 "--unit and --root" --root "$ROOT" --unit ssh.service
    refused 2 "--host-tools and --root" --root "$ROOT" --host-tools
    refused 2 "--environ and --root" --root "$ROOT" --environ
    refused 2 "--process-memory and --root" --root "$ROOT" --process-memory 4711
    refused 2 "root of this host" --root /
    refused 2 "root of this host" --root /usr/..
    refused 3 "nothing" --root "$BATS_TEST_TMPDIR/nothing"
    refused 3 "hostname" --root "$ROOT/etc/hostname"
}

@test "root: a plan of an image is of the image; a profile's patterns and units stay inside" {
    make_image
    mkdir -p "$ROOT/srv/only-here"
    echo 1 >"$ROOT/srv/only-here/a.conf"
    ln -s /srv/only-here "$ROOT/srv/elsewhere"
    cat >"$BATS_TEST_TMPDIR/own.yaml" <<'YAML'
name: own
title: {en: own, ja: 自前}
description: {en: own, ja: 自前}
sources:
  - network
  - journal: {units: [ssh.service]}
  - files: {paths: [/srv/*/*.conf, /proc/ver*]}
YAML
    "$HOZEN_BIN/hozen-collect" --case C --operator O --plan --json --root "$ROOT" --profile-file "$BATS_TEST_TMPDIR/own.yaml" >"$BATS_TEST_TMPDIR/plan"
    jq -e '(.plan | map(.source) | index("network")) == null and
        (.plan | map(select(.source == "files") | .path) == ["/proc/version", "/srv/only-here/a.conf"])' "$BATS_TEST_TMPDIR/plan"
    run examine --item own --profile-file "$BATS_TEST_TMPDIR/own.yaml"
    record "$OUT/own.tar" absent.jsonl | jq -se 'map(select(.source == "journal" and (.reason | startswith("journalctl for the unit ssh.service: not run")))) | length == 1'
    record "$OUT/own.tar" acquisition.json | jq -e '.status == "complete"'
    tar -xOf "$OUT/own.tar" own/data/files/srv/only-here/a.conf | grep -qx 1
}

@test "root: nothing in the image is altered, nor read anew by time" {
    make_image
    chmod 644 "$ROOT/etc/hostname"
    find "$ROOT" -print0 | sort -z >"$BATS_TEST_TMPDIR/names" # listing moves times, stat does not
    times() { xargs -0 stat -c '%n %X %Y %Z' <"$BATS_TEST_TMPDIR/names"; }
    xargs -0 touch -h -d 2020-01-01 <"$BATS_TEST_TMPDIR/names"
    times >"$BATS_TEST_TMPDIR/before"
    "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --compress none --item img --root "$ROOT" --source accounts --path / --recent 24h >/dev/null || [ $? = 4 ]
    times >"$BATS_TEST_TMPDIR/after"
    diff "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
    ls "$ROOT/srv" >/dev/null
    times >"$BATS_TEST_TMPDIR/moved" # here, times do move when somebody looks
    [[ $(findmnt -no OPTIONS -T "$ROOT") =~ no(dir)?atime ]] || run -1 diff "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/moved"
}
