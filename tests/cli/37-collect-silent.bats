#!/usr/bin/env bats
# A file system that stops answering costs what is on it, and not the collection.

bats_require_minimum_version 1.5.0
load 30-collect
unset ASK BEFORE DIGESTS LIMIT WITHIN # the tests set them

setup() {
    OUT=$BATS_TEST_TMPDIR/out TREE=$BATS_TEST_TMPDIR/tree
    mkdir -p "$OUT" "$TREE/mnt"
    echo 1 >"$TREE/b"
    echo 2 >"$TREE/z"
}

# beside WORD...: runs the script on its standard input while tests/tools/silent_fs.py, mounted in $TREE, leaves these requests unanswered; it has
# them end with "exec 9>&-", and writes "status".
beside() {
    need_root
    [ -c /dev/fuse ] || skip "needs /dev/fuse"
    rm -rf "$OUT"/* "$BATS_TEST_TMPDIR"/{hold,log,status,meanwhile} # of an earlier one
    {
        cat <<SCRIPT
mkfifo "$BATS_TEST_TMPDIR/hold"
"$TOOLS/silent_fs.py" "$TREE/mnt" $* <"$BATS_TEST_TMPDIR/hold" >"$BATS_TEST_TMPDIR/log" &
helper=\$!
exec 9>"$BATS_TEST_TMPDIR/hold"
until grep -q ready "$BATS_TEST_TMPDIR/log"; do kill -0 \$helper || exit; sleep 0.05; done
SCRIPT
        cat
    } >"$BATS_TEST_TMPDIR/script"
    timeout 300 unshare --mount bash "$BATS_TEST_TMPDIR/script"
    grep -q silent "$BATS_TEST_TMPDIR/log"
    status=$(cat "$BATS_TEST_TMPDIR/status")
}

# silent WORD...: collects $TREE (or what $ASK says). The bundle has to be there while these are not answered; the program itself can only end when
# the kernel lets its calls go. Sets $status.
silent() {
    beside "$@" <<SCRIPT
${BEFORE:-}
(
    exec 9>&-
    ASAN_OPTIONS=detect_leaks=0 timeout -s KILL 200 ${WITHIN:-} "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" \
        --item silent --compress none --digest "${DIGESTS:-sha256}" --command-timeout "${LIMIT:-3s}" --cross-mounts ${ASK:---path "$TREE"}
    echo \$? >"$BATS_TEST_TMPDIR/status"
) &
until [ -e "$OUT/silent.tar" ] || [ -e "$BATS_TEST_TMPDIR/status" ]; do sleep 0.1; done
[ ! -e "$OUT/silent.tar" ] || touch "$BATS_TEST_TMPDIR/meanwhile"
exec 9>&-
wait
SCRIPT
    [ -e "$BATS_TEST_TMPDIR/meanwhile" ]
    sound "$OUT/silent.tar"
    [ -z "${ASK:-}" ] || return 0
    tar -tf "$OUT/silent.tar" | grep -q "data/files$TREE/b\$"
    tar -tf "$OUT/silent.tar" | grep -q "data/files$TREE/z\$" # what comes behind it is taken
}

# unanswered PATH...: exactly these are absent for that reason.
unanswered() {
    record "$OUT/silent.tar" absent.jsonl | jq -r --arg t "$TREE/" 'select(.status == "timeout") |
        (.origin | ltrimstr($t)) + ": " + .reason' | sort >"$BATS_TEST_TMPDIR/rows"
    diff "$BATS_TEST_TMPDIR/rows" <(printf '%s: its file system did not answer\n' "$@" | sort)
}

@test "silent: a directory that cannot be listed" {
    silent list:dir
    [ "$status" = 4 ]
    unanswered mnt/dir
    tar -tf "$OUT/silent.tar" | grep -q "data/files$TREE/mnt/z\$"
}

@test "silent: a database that opens and does not read" {
    ASK="--path $TREE/b --db $TREE/mnt/quiet" silent read:quiet
    [ "$status" = 4 ]
    unanswered mnt/quiet
}

@test "silent: a database that stops in the middle of its copying" {
    ASK="--path $TREE/b --db $TREE/mnt/huge --db $TREE/z" silent read:huge@1500000
    [ "$status" = 4 ]
    unanswered mnt/huge
    record "$OUT/silent.tar" actions.jsonl | jq -se --arg t "$TREE" 'map(select(.action == "database" and .target == $t + "/mnt/huge")) |
        length == 1 and (.[0].detail | startswith("method=none; ") and endswith("; reason=its file system did not answer"))'
    tar -tf "$OUT/silent.tar" | grep -q "data/databases$TREE/z\$" # what comes behind it is taken
}

@test "silent: a file that opens and does not read" {
    silent read:quiet
    [ "$status" = 4 ]
    unanswered mnt/quiet
    tar -tf "$OUT/silent.tar" | grep -q "data/files$TREE/mnt/dir/other\$"
}

@test "silent: a large file that stops in the middle is filled with zeros, and says so" {
    silent read:huge@1500000
    [ "$status" = 4 ]
    record "$OUT/silent.tar" catalog-000001.jsonl | jq -se --arg t "$TREE" 'map(select(.origin == $t + "/mnt/huge"))[0] |
        .status == "limited" and .size == "3145728" and (.real_size | tonumber) > 0 and (.real_size | tonumber) <= 1500000'
    record "$OUT/silent.tar" actions.jsonl | jq -se --arg t "$TREE" 'map(select(.action == "read-error"))[0] |
        .target == $t + "/mnt/huge" and .detail == "its file system did not answer"'
}

# What was read is whole: it is taken, once. Whether anything else was to be asked of the file system is a matter of time.
@test "silent: files that are read and do not let themselves be closed" {
    local digests
    for digests in sha256 sha256,sha512; do
        DIGESTS=$digests silent flush:huge
        record "$OUT/silent.tar" catalog-000001.jsonl | jq -se --arg t "$TREE" 'map(select(.origin == $t + "/mnt/huge")) |
            length == 1 and .[0].status == "collected" and .[0].size == "3145728"'
    done
    silent flush:a
    record "$OUT/silent.tar" catalog-000001.jsonl | jq -se --arg t "$TREE" 'map(select(.origin == $t + "/mnt/a")) |
        length == 1 and .[0].status == "collected" and .[0].size == "5"'
}

@test "silent: while several calls are not answered nothing more is asked" {
    silent look:dir read:a
    [ "$status" = 4 ]
    [ "$(record "$OUT/silent.tar" absent.jsonl | grep -c 'did not answer')" -ge 2 ]
}

@test "silent: a path that was named behind a folder that never answers costs its source, and not the others" {
    ASK="--source sessions --path $TREE/mnt/dir/inner" silent look:dir
    [ "$status" = 4 ]
    record "$OUT/silent.tar" absent.jsonl | jq -se 'map(select(.status == "timeout")) | length == 1 and .[0].source == "files"'
    record "$OUT/silent.tar" actions.jsonl | jq -se 'any(.action == "collect" and .source == "sessions")'
}

# The estimate looks for what there is as well, and for files of a size that it need not know.
@test "silent: progress is told while what there is to take cannot be counted" {
    ASK="--progress json --source sessions --path $TREE/mnt/dir/inner --path $TREE/b" silent look:dir
    [ "$status" = 4 ]
}

# They are looked at ahead of everything else.
@test "silent: a root of recent costs what is below it, and no other" {
    ASK="--path $TREE/b --recent 60m --recent-root $TREE/mnt/dir//./other/../x --recent-root $TREE/z --recent-root $TREE/mnt/dir/inner" silent look:dir
    [ "$status" = 4 ]
    unanswered mnt/dir/inner mnt/dir/other
    record "$OUT/silent.tar" absent.jsonl | jq -se 'map(select(.status == "timeout")) | all(.source == "recent")'
    tar -xOf "$OUT/silent.tar" silent/data/recent/recent.jsonl | jq -se --arg t "$TREE" 'map(.origin // empty) == [$t + "/z"]'
    tar -tf "$OUT/silent.tar" | grep -q "data/files$TREE/b\$"
}

@test "silent: a root of recent holds up neither --timeout nor what is taken before recent" {
    LIMIT=1h ASK="--timeout 8s --recent 60m --recent-root $TREE/mnt/dir/inner" silent look:dir
    [ "$status" = 4 ]
    unanswered mnt/dir/inner
    tar -tf "$OUT/silent.tar" | grep -q /data/system/clock.json
}

@test "silent: a second signal ends the program while a root of recent does not answer" {
    beside look:dir <<SCRIPT
"$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --item two --compress none --command-timeout 1h --recent 60m \
    --recent-root "$TREE/mnt/dir/inner" 9>&- 2>"$BATS_TEST_TMPDIR/stderr" &
collector=\$!
for n in \$(seq 300); do ! grep -q silent "$BATS_TEST_TMPDIR/log" || break; sleep 0.1; done
for answer in "interrupt again" abandoned; do
    sleep 0.6 # sooner it would be taken for the same one
    kill -TERM \$collector
    for n in \$(seq 300); do ! grep -q "\$answer" "$BATS_TEST_TMPDIR/stderr" || break; sleep 0.1; done
done
cp "$BATS_TEST_TMPDIR/stderr" "$BATS_TEST_TMPDIR/meanwhile"
exec 9>&-
wait \$collector
echo \$? >"$BATS_TEST_TMPDIR/status"
wait
SCRIPT
    [ "$status" = 3 ]
    grep -q abandoned "$BATS_TEST_TMPDIR/meanwhile"
    [ "$(ls "$OUT")" = two.tar.partial ]
}

@test "silent: names of users that cannot be read hold up no processes" {
    BEFORE="mount --bind $TREE/mnt/quiet /etc/passwd" WITHIN="unshare --pid --fork --mount-proc" ASK="--path $TREE/b --source processes" silent read:quiet
    tar -xOf "$OUT/silent.tar" silent/data/processes/processes.jsonl | jq -se 'any(.comm == "hozen-collect")'
}

@test "silent: after 16 calls that are not answered the rest is left, and that is told as the reason" {
    need_root
    [ -c /dev/fuse ] || skip "needs /dev/fuse"
    local n
    rmdir "$TREE/mnt"
    for n in $(seq 10 27); do mkdir "$TREE/m$n"; done
    cat >"$BATS_TEST_TMPDIR/script" <<SCRIPT
mkfifo "$BATS_TEST_TMPDIR/hold"
exec 8<>"$BATS_TEST_TMPDIR/hold" # nobody waits for the other end
for n in {10..27}; do "$TOOLS/silent_fs.py" "$TREE/m\$n" read:quiet <"$BATS_TEST_TMPDIR/hold" >"$BATS_TEST_TMPDIR/log\$n" 8<&- & done
exec 9>"$BATS_TEST_TMPDIR/hold" 8<&-
for n in {10..27}; do until grep -q ready "$BATS_TEST_TMPDIR/log\$n"; do sleep 0.05; done; done
(
    exec 9>&-
    ASAN_OPTIONS=detect_leaks=0 timeout -s KILL 200 "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --item silent \
        --compress none --command-timeout 500ms --cross-mounts --path "$TREE"
    echo \$? >"$BATS_TEST_TMPDIR/status"
) &
for n in \$(seq 1000); do [ ! -e "$OUT/silent.tar" ] || break; sleep 0.1; done
exec 9>&-
wait
SCRIPT
    timeout 300 unshare --mount bash "$BATS_TEST_TMPDIR/script"
    [ "$(cat "$BATS_TEST_TMPDIR/status")" = 4 ]
    sound "$OUT/silent.tar"
    n=$(cat "$BATS_TEST_TMPDIR"/log* | grep -c silent)
    [ "$n" -ge 16 ] && [ "$n" -le 19 ] # of up to four threads that read others may be at the next already
    record "$OUT/silent.tar" absent.jsonl >"$BATS_TEST_TMPDIR/absent"
    jq -se 'map(select((.origin // "" | endswith("/quiet")) and .reason == "its file system did not answer")) | length >= 16' "$BATS_TEST_TMPDIR/absent"
    jq -se --arg z "$TREE/z" 'any(.origin == $z and .status == "timeout" and .reason == "file systems did not answer too many times")' "$BATS_TEST_TMPDIR/absent"
}
