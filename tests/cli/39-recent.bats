#!/usr/bin/env bats
# What changed lately: the listing and the body file as mactime and plaso read them, and the content of the files.

bats_require_minimum_version 1.5.0
load 30-collect

setup() {
    OUT=$BATS_TEST_TMPDIR/out TREE=$BATS_TEST_TMPDIR/tree
    mkdir "$OUT" "$TREE"
}

# recent ITEM OPTION...: collects and unpacks into $BATS_TEST_TMPDIR/ITEM.
recent() {
    local item=$1
    shift
    collect --item "$item" "$@" >"$BATS_TEST_TMPDIR/$item.says" && unpack "$item"
}

unpack() {
    tar -xf "$OUT/$1.tar" -C "$BATS_TEST_TMPDIR"
    LIST=$BATS_TEST_TMPDIR/$1/data/recent/recent.jsonl BODY=$BATS_TEST_TMPDIR/$1/data/recent/bodyfile.txt
}

# What is listed, below $TREE, one name a line.
names() {
    tail -n +2 "$LIST" | jq -r --arg tree "$TREE" '.origin | ltrimstr($tree)'
}

# absent ITEM: what the source recent did not get.
absent() {
    jq -r --arg tree "$TREE" 'select(.source == "recent") | (.origin | ltrimstr($tree)) + " " + .status' \
        "$BATS_TEST_TMPDIR/$1/meta/absent.jsonl"
}

@test "recent: every name that a file system can hold is listed, and mactime and plaso read it" {
    rmdir "$TREE"
    "$TOOLS/nasty_tree.py" "$TREE"
    ln -s $'to\nsomewhere | else' "$TREE/link -> x"
    touch "$TREE/100%25|\\x0a" "$TREE/$(printf '\\%.0s' {1..255})"
    touch -d 1969-12-31T23:59:58.5Z "$TREE/before" && touch -d @-1 "$TREE/whole" && touch -d @0.25 "$TREE/quarter"
    touch -d 2200-01-01 "$TREE/future"
    chmod 7777 "$TREE/before" && chmod 7000 "$TREE/whole"
    recent nasty --recent 1h --recent-root "$TREE"
    n=$("$TOOLS/recent_check.py" "${BODY%/*}" "$TREE")
    [ "$n" -gt 900 ]
    jq -se 'map(select(.future == ["mtime"])) | length == 1' "$LIST"
    grep -aq '/before|[0-9]*|r/rrwsrwsrwt|' "$BODY"
    grep -aq '/whole|[0-9]*|r/r--S--S--T|.*|-1|-1|' "$BODY"
    sound "$OUT/nasty.tar"
}

@test "recent: rows have the shape of their schema, and one order" {
    mkdir "$TREE/a" "$TREE/A"
    touch "$TREE/a/y" "$TREE/A/x" "$TREE/a+b" "$TREE/B"
    mkfifo "$TREE/pipe"
    recent one --recent 1h --recent-root "$TREE"
    [ "$(names | tr '\n' ' ')" = " /A /A/x /a /a/y /a+b /B /pipe " ]
    local n=0 line files=()
    while IFS= read -r line; do
        n=$((n + 1))
        printf '%s\n' "$line" >"$BATS_TEST_TMPDIR/line-$n"
        files+=(--file recent-line "$BATS_TEST_TMPDIR/line-$n")
    done <"$LIST"
    "$ORACLE/shapes.py" "${files[@]}"
    cp "$BODY" "$BATS_TEST_TMPDIR/first"
    recent two --recent 1h --recent-root "$TREE"
    cmp "$BODY" "$BATS_TEST_TMPDIR/first"
    head -1 "$LIST" | jq -e --arg tree "$TREE" '.schema == "hozen-recent/1" and .roots == [$tree] and .since < .started'
    record "$OUT/two.tar" acquisition.json | jq -e --slurpfile list "$LIST" '.requested.recent.since == $list[0].since'
    record "$OUT/two.tar" actions.jsonl | jq -se 'map(select(.action == "recent"))[0].count == "8"'
}

@test "recent: mtime, ctime or birth time in the window, and nothing else" {
    touch "$TREE/old" "$TREE/changed" "$TREE/read"
    sleep 15.2 # and so long may it take until the collection begins
    chmod 600 "$TREE/changed"
    cat "$TREE/read"
    touch "$TREE/new"
    mkdir "$TREE/folder"
    recent window --recent 15s --recent-root "$TREE"
    [ "$(names | tr '\n' ' ')" = " /changed /folder /new " ]
    jq -se --arg tree "$TREE" 'map(select(.origin == $tree + "/changed"))[0].within == ["ctime"]' "$LIST"
    jq -se --arg tree "$TREE" 'map(select(.origin == $tree + "/new"))[0].within | index("mtime") and index("ctime")' "$LIST"
}

@test "recent: roots may be links, files, one inside the other, or not there" {
    mkdir "$TREE/in" "$TREE/real"
    touch "$TREE/in/file" "$TREE/real/x"
    ln -s real "$TREE/link"
    cd "$TREE"
    run -4 recent roots --recent 1h --recent-root "$TREE/in/file" --recent-root link --recent-root in \
        --recent-root in/../in --recent-root gone
    unpack roots
    [ "$(names | tr '\n' ' ')" = "/in /in/file /link /real /real/x " ]
    [ "$(absent roots)" = "/gone unavailable" ]
    jq -e '.status == "partial"' "$BATS_TEST_TMPDIR/roots/meta/acquisition.json"
    sound "$OUT/roots.tar"
}

@test "recent: what is mounted below a root is said and left, or crossed when asked for" {
    need_root
    mkdir "$TREE/mnt" "$TREE/z"
    touch "$TREE/bound"
    cat >"$BATS_TEST_TMPDIR/script" <<SCRIPT
mount -t tmpfs none "$TREE/mnt"
touch "$TREE/mnt/inside"
mount --bind "$TREE/mnt/inside" "$TREE/bound"
"$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --compress none --item left --recent 1h --recent-root "$TREE"
"$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --compress none --item crossed --recent 1h --recent-root "$TREE" \
    --cross-mounts
"$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --compress none --item named --recent 1h --recent-root "$TREE/mnt"
SCRIPT
    unshare --mount bash -e "$BATS_TEST_TMPDIR/script"
    unpack left
    [ "$(names | tr '\n' ' ')" = " /z " ]
    [ "$(absent left | tr '\n' ' ')" = "/bound excluded /mnt excluded " ]
    jq -e --arg tree "$TREE" '.status == "complete" and (.mounts_not_crossed | index($tree + "/mnt") != null)' \
        "$BATS_TEST_TMPDIR/left/meta/acquisition.json"
    unpack crossed
    [ "$(names | tr '\n' ' ')" = " /bound /mnt /mnt/inside /z " ]
    unpack named
    [ "$(names | tr '\n' ' ')" = "/mnt /mnt/inside " ]
}

@test "recent: folders that may not be read are said" {
    need_root
    mkdir "$TREE/shut" "$TREE/open" "$TREE/blind"
    touch "$TREE/shut/x" "$TREE/open/y" "$TREE/blind/z"
    chmod 700 "$TREE/shut"
    chmod 744 "$TREE/blind"
    chmod 777 "$OUT"
    chmod a+x "$BATS_TEST_TMPDIR" "$BATS_FILE_TMPDIR" "$BATS_SUITE_TMPDIR" "$BATS_RUN_TMPDIR"
    run -4 setpriv --reuid 65534 --regid 65534 --clear-groups "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" \
        --compress none --item shut --recent 1h --recent-root "$TREE"
    unpack shut
    [ "$(names | tr '\n' ' ')" = " /blind /open /open/y /shut " ]
    [ "$(absent shut | tr '\n' ' ')" = "/blind/z denied /shut denied " ]
}

@test "recent: no access time moves, of folders and links neither" {
    need_root
    mkdir "$TREE/folder"
    touch "$TREE/folder/file"
    ln -s file "$TREE/folder/link"
    touch -h -a -d 2001-01-01 "$TREE/folder/link" "$TREE/folder/file" "$TREE/folder" "$TREE"
    local before
    before=$(stat -c '%n %x' "$TREE/folder/link" "$TREE/folder/file" "$TREE/folder" "$TREE")
    recent quiet --recent 1h --recent-root "$TREE"
    names | grep -q /folder/link
    [ "$(stat -c '%n %x' "$TREE/folder/link" "$TREE/folder/file" "$TREE/folder" "$TREE")" = "$before" ]
    [[ ,$(findmnt -no OPTIONS --target "$TREE"), != *,noatime,* ]] || return 0 # then reading could not move them
    cat "$TREE/folder/link"
    [ "$(stat -c '%n %x' "$TREE/folder/link" "$TREE/folder/file" "$TREE/folder" "$TREE")" != "$before" ]
}

@test "recent: the unfinished bundle is not listed" {
    touch "$OUT/other"
    TREE=$OUT
    recent own --recent 1h --recent-root "$OUT" --recent-content
    [ "$(names | tr '\n' ' ')" = " /other " ]
    [ "$(absent own)" = "/own.tar.partial excluded" ]
}

@test "recent: the content of what is listed, byte for byte, under names of its own" {
    rmdir "$TREE"
    "$TOOLS/nasty_tree.py" "$TREE"
    mkdir "$TREE/old"
    touch "$TREE/old/file"
    echo 1 >"$TREE/recent.jsonl"
    recent content --recent 1h --recent-root "$TREE" --recent-content
    sound "$OUT/content.tar"
    local files
    files=$(tail -n +2 "$LIST" | jq -s 'map(select(.type == "file")) | length')
    [ "$(count "$OUT/content.tar" recent-files collected)" = "$(jq -s 'map(select(.source == "long" and (.path | startswith("data/long/recent-files")))) | length as $long | '"$files"' - $long' "$BATS_TEST_TMPDIR"/content/meta/catalog-*.jsonl)" ]
    [ "$(count "$OUT/content.tar" recent-files recorded)" = 0 ]
    cmp "$BATS_TEST_TMPDIR/content/data/recent-files$TREE/recent.jsonl" "$TREE/recent.jsonl"
    "$HOZEN_BIN/hozen-verify" verify --json "$OUT/content.tar" >"$BATS_TEST_TMPDIR/json" || [ $? = 3 ]
    jq -e '.notices | map(.code) | index("unknown-source") == null' "$BATS_TEST_TMPDIR/json"
}

@test "recent: a file system that does not answer is left, and said" {
    mkdir "$TREE/slow" "$TREE/quick"
    touch "$TREE/slow/x" "$TREE/quick/y"
    local status=0 seconds=$SECONDS
    ASAN_OPTIONS=detect_leaks=0 timeout -s KILL 300 strace -f -o "$BATS_TEST_TMPDIR/trace" -P "$TREE/slow" \
        -e trace=getdents64 -e inject=getdents64:delay_enter=20000000 \
        "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --compress none --item slow --recent 1h \
        --recent-root "$TREE" --command-timeout 3s >"$BATS_TEST_TMPDIR/says" 2>&1 || status=$?
    grep -q getdents64 "$BATS_TEST_TMPDIR/trace"
    [ "$status" = 4 ]
    [ $((SECONDS - seconds)) -lt 120 ]
    unpack slow
    [ "$(absent slow)" = "/slow timeout" ]
    [ "$(names | tr '\n' ' ')" = " /quick /quick/y /slow " ]
    sound "$OUT/slow.tar"
}

@test "recent: a signal ends the search, and the bundle says so" {
    mkdir "$TREE/slow"
    local pid=$BATS_TEST_TMPDIR/pid status=0 tracer
    # shellcheck disable=SC2016 # $0 and $@ are the inner shell's
    ASAN_OPTIONS=detect_leaks=0 timeout -s KILL 300 strace -f -o "$BATS_TEST_TMPDIR/trace" -P "$TREE/slow" \
        -e trace=getdents64 -e inject=getdents64:delay_enter=20000000 bash -c 'echo $$ >"$0"; exec "$@"' "$pid" \
        "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --compress none --item cut --recent 1h \
        --recent-root "$TREE" >"$BATS_TEST_TMPDIR/says" 2>&1 3>&- &
    tracer=$!
    until [ -e "$OUT/cut.tar.partial" ]; do
        kill -0 "$tracer"
        sleep 0.05
    done
    sleep 1
    kill -TERM "$(cat "$pid")"
    wait "$tracer" || status=$?
    [ "$status" = 4 ]
    unpack cut
    absent cut | grep -q ' timeout$'
    jq -se 'map(select(.action == "interrupt")) | length == 1' "$BATS_TEST_TMPDIR/cut/meta/actions.jsonl"
    sound "$OUT/cut.tar"
}

@test "recent: a plan says what would be made, and looks for nothing" {
    "$HOZEN_BIN/hozen-collect" --case C --operator O --plan --json --recent 1h --recent-root "$TREE" |
        jq -e '[.. | objects | select(.source? == "recent")] | length == 2'
}

# begins_first ITEM: did the search begin before the host's own facts were taken?
begins_first() {
    record "$OUT/$1.tar" actions.jsonl | jq -se 'map(select(.action == "recent" or (.action == "collect" and .source == "system"))) |
        sort_by(.start_boottime | tonumber) | map(.action) | index("recent") == 0'
}

@test "recent: the search begins at once where nothing that passes comes before it, and the bundle has no bound" {
    touch "$TREE/a"
    recent ahead --recent 1h --recent-root "$TREE"
    begins_first ahead
    [ "$(names | tr '\n' ' ')" = " /a " ]
    recent bounded --max-size 100M --recent 1h --recent-root "$TREE"
    run ! begins_first bounded
    [ "$(names | tr '\n' ' ')" = " /a " ]
    recent passing --source sessions --recent 1h --recent-root "$TREE"
    run ! begins_first passing
}
