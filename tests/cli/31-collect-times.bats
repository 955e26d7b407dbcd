#!/usr/bin/env bats
# Reading leaves no times: on an ext4 of our own with strictatime, where a control does change them.

bats_require_minimum_version 1.5.0
load 30-collect

setup() {
    need_root
    OUT=$BATS_TEST_TMPDIR/out
    mkdir "$OUT" "$BATS_TEST_TMPDIR/ev"
    cat >"$BATS_TEST_TMPDIR/prepare" <<SCRIPT
set -e
truncate -s 64M "$BATS_TEST_TMPDIR/image"
mkfs.ext4 -q -b 4096 "$BATS_TEST_TMPDIR/image"
mount -o loop,strictatime "$BATS_TEST_TMPDIR/image" "$BATS_TEST_TMPDIR/ev"
cd "$BATS_TEST_TMPDIR/ev"
"$TOOLS/nasty_tree.py" "$BATS_TEST_TMPDIR/ev/tree"
ln -s tree way
"$TOOLS/set_times.py" .
sync
# find itself reads folders: their times are looked at through another, noatime mount of the same file system
mkdir "$BATS_TEST_TMPDIR/quiet"
mount --bind "$BATS_TEST_TMPDIR/ev" "$BATS_TEST_TMPDIR/quiet"
mount -o remount,bind,noatime "$BATS_TEST_TMPDIR/quiet"
times() { find "$BATS_TEST_TMPDIR/quiet" -printf '%y %A@ %T@ %C@ %P\0'; }
trap 'umount "$BATS_TEST_TMPDIR/quiet"; rmdir "$BATS_TEST_TMPDIR/quiet"' EXIT
times >"$BATS_TEST_TMPDIR/before"
SCRIPT
}

# Runs what is on stdin on the fresh file system, in a mount namespace of its own.
on_ext4() {
    cat "$BATS_TEST_TMPDIR/prepare" - >"$BATS_TEST_TMPDIR/script"
    echo "times >\"$BATS_TEST_TMPDIR/after\"" >>"$BATS_TEST_TMPDIR/script"
    unshare --mount bash "$BATS_TEST_TMPDIR/script"
    [ "$(tr -cd '\0' <"$BATS_TEST_TMPDIR/before" | wc -c)" -gt 800 ]
}

@test "times: a collection leaves all times of files, folders and links as they were" {
    on_ext4 <<SCRIPT
"$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --compress none --item quiet --path "$BATS_TEST_TMPDIR/ev/way" \
    --path "$BATS_TEST_TMPDIR/ev"
SCRIPT
    cmp "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
    [ "$(count "$OUT/quiet.tar" files absent)" = 0 ]
    sound "$OUT/quiet.tar"
    record "$OUT/quiet.tar" actions.jsonl | jq -se 'map(select(.action == "noatime"))[0] | .count == "1" and .failures == "0"'
    record "$OUT/quiet.tar" catalog-000001.jsonl | jq -se 'map(select(.source == "files")) |
        length > 400 and all(.atime == "2020-01-01T00:00:00.000000000Z")'
    record "$OUT/quiet.tar" objects.jsonl | jq -se 'map(select(.source == "files")) |
        length > 400 and all(.atime == "2020-01-01T00:00:00.000000000Z")'
}

@test "times: a plan leaves them, too" {
    on_ext4 <<SCRIPT
"$HOZEN_BIN/hozen-collect" --case C --operator O --plan --path "$BATS_TEST_TMPDIR/ev"
SCRIPT
    cmp "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
}

@test "times: the control changes those of a file, a folder and a link" {
    on_ext4 <<SCRIPT
cat "$BATS_TEST_TMPDIR/ev/tree/names/plain" >/dev/null
ls "$BATS_TEST_TMPDIR/ev/tree/names" >/dev/null
readlink "$BATS_TEST_TMPDIR/ev/tree/things/dangling" >/dev/null
SCRIPT
    run bash -c "tr '\n' '?' <'$BATS_TEST_TMPDIR/before' | tr '\0' '\n' >'$BATS_TEST_TMPDIR/b'
        tr '\n' '?' <'$BATS_TEST_TMPDIR/after' | tr '\0' '\n' >'$BATS_TEST_TMPDIR/a'
        diff '$BATS_TEST_TMPDIR/b' '$BATS_TEST_TMPDIR/a' | sed -n 's/^> \(.\).* //p' | sort"
    [ "$output" = "$(printf '%s\n' tree/names tree/names/plain tree/things/dangling)" ]
}

@test "times: where no mount namespace is to be had, files and folders keep theirs by O_NOATIME" {
    on_ext4 <<SCRIPT
ASAN_OPTIONS=detect_leaks=0 strace -f -e inject=unshare:error=EPERM -o "$BATS_TEST_TMPDIR/trace" \
    "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --compress none --item plain --path "$BATS_TEST_TMPDIR/ev"
SCRIPT
    grep -q INJECTED "$BATS_TEST_TMPDIR/trace"
    grep -zv '^l ' "$BATS_TEST_TMPDIR/before" >"$BATS_TEST_TMPDIR/b"
    grep -zv '^l ' "$BATS_TEST_TMPDIR/after" >"$BATS_TEST_TMPDIR/a"
    cmp "$BATS_TEST_TMPDIR/a" "$BATS_TEST_TMPDIR/b"
    record "$OUT/plain.tar" actions.jsonl | jq -se 'map(select(.action == "noatime"))[0] | .failures == "1" and
        (.detail | startswith("unshare: Operation not permitted"))'
    record "$OUT/plain.tar" actions.jsonl | jq -se --arg links "$(record "$OUT/plain.tar" objects.jsonl | grep -c '"type":"symlink"')" \
        'map(select(.action == "access-times"))[0].count == $links'
}
