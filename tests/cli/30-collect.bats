#!/usr/bin/env bats
# hozen-collect: what stands in the file system stands in the bundle, whatever its name, and nothing is left out.

bats_require_minimum_version 1.5.0
load 30-collect

setup() {
    OUT=$BATS_TEST_TMPDIR/out TREE=$BATS_TEST_TMPDIR/tree
    mkdir "$OUT"
}

# Names asked for by several paths, once each, as find tells them.
names() {
    find "$@" -print0
}

@test "collect: nasty names and nasty things verify everywhere and are all accounted for" {
    need_root
    "$TOOLS/nasty_tree.py" "$TREE"
    make_key "$BATS_TEST_TMPDIR/key"
    names "$TREE" >"$BATS_TEST_TMPDIR/names"
    collect --item nasty --path "$TREE" --key "$BATS_TEST_TMPDIR/key"
    stock_tools "$OUT/nasty.tar"
    sound "$OUT/nasty.tar" "$BATS_TEST_TMPDIR/key.signers"
    "$TOOLS/account.py" "$OUT/nasty.tar" files long <"$BATS_TEST_TMPDIR/names"
    local asked long
    asked=$(count "$OUT/nasty.tar" files asked)
    long=$(count "$OUT/nasty.tar" long asked)
    [ $((asked + long)) = "$(find "$TREE" -printf x | wc -c)" ]
    [ "$long" -gt 0 ]
}

@test "collect: asked = collected + recorded + absent, in each source and in the whole" {
    mkdir -p "$TREE/a/b"
    echo 1 >"$TREE/a/1"
    ln -s 1 "$TREE/a/link"
    run collect --item sums --path "$TREE" --path "$BATS_TEST_TMPDIR/nothing"
    [ "$status" = 4 ]
    record "$OUT/sums.tar" acquisition.json | jq -e '
        def n: map_values(tonumber) | .asked == .collected + .recorded + .absent;
        (.counts | n) and (.sources | map(.counts | n) | all)
        and (.counts.asked | tonumber) == ([.sources[].counts.asked | tonumber] | add) + 1'
    [ "$(count "$OUT/sums.tar" files asked)" = 6 ]
    [ "$(count "$OUT/sums.tar" files recorded)" = 4 ]
    [ "$(record "$OUT/sums.tar" objects.jsonl | tail -n +2 | wc -l)" = "$(count "$OUT/sums.tar" all recorded)" ]
    [ "$(record "$OUT/sums.tar" absent.jsonl | tail -n +2 | wc -l)" = "$(count "$OUT/sums.tar" all absent)" ]
}

@test "collect: files that change, grow, shrink, vanish or are rewritten all the time" {
    "$TOOLS/restless.py" "$OUT" "$TREE" >"$BATS_TEST_TMPDIR/restless" 3>&- &
    local helper=$!
    until grep -q ready "$BATS_TEST_TMPDIR/restless"; do
        kill -0 $helper
        sleep 0.05
    done
    collect --item restless --path "$TREE" --max-rate 64M # a second for each of the large ones
    wait $helper
    [ "$(grep -o 'rewritten [0-9]*' "$BATS_TEST_TMPDIR/restless" | cut -d' ' -f2)" -ge 1000 ]
    sound "$OUT/restless.tar"
    stock_tools "$OUT/restless.tar"
    record "$OUT/restless.tar" catalog-000001.jsonl | jq -r 'select(.source == "files") | .path + " " + .status' \
        >"$BATS_TEST_TMPDIR/states"
    grep -q '/1-changes changed$' "$BATS_TEST_TMPDIR/states"
    grep -q '/2-grows grew$' "$BATS_TEST_TMPDIR/states"
    grep -q '/3-shrinks shrunk$' "$BATS_TEST_TMPDIR/states"
    grep -q '/rewritten ' "$BATS_TEST_TMPDIR/states"
    record "$OUT/restless.tar" absent.jsonl | jq -se 'map(select(.origin // "" | endswith("/4-vanishes"))) |
        length == 1 and .[0].status == "vanished" and .[0].errno == "ENOENT"'
    record "$OUT/restless.tar" catalog-000001.jsonl | jq -se 'map(select(.status == "shrunk"))[0] |
        (.real_size | tonumber) < (.size | tonumber) and .real_sha256 != .sha256 and .size == "67108864"'
}

@test "collect: what cannot be read is denied, and the rest is taken" {
    need_root
    mkdir -p "$TREE/closed" "$TREE/open"
    echo secret >"$TREE/secret"
    echo fine >"$TREE/open/fine"
    echo below >"$TREE/closed/below"
    chmod 600 "$TREE/secret"
    chmod 700 "$TREE/closed"
    chmod 777 "$OUT"
    chmod a+x "$BATS_TEST_TMPDIR" "$BATS_FILE_TMPDIR" "$BATS_SUITE_TMPDIR" "$BATS_RUN_TMPDIR"
    run setpriv --reuid 65534 --regid 65534 --clear-groups -- "$HOZEN_BIN/hozen-collect" --case C --operator O \
        --compress none --out "$OUT" --item denied --path "$TREE"
    [ "$status" = 4 ]
    sound "$OUT/denied.tar"
    record "$OUT/denied.tar" absent.jsonl | jq -se --arg t "$TREE" '[.[] | select(.source == "files")] |
        map(.origin + " " + .status + " " + .errno) == [$t + "/closed denied EACCES", $t + "/secret denied EACCES"]'
    [ "$(count "$OUT/denied.tar" files asked)" = 5 ]
    record "$OUT/denied.tar" acquisition.json | jq -e '.status == "partial" and .tool.uid == 65534
        and (.sources | map(select(.name == "files"))[0].status == "partial")'
    record "$OUT/denied.tar" actions.jsonl | jq -se 'map(select(.action == "noatime"))[0].failures == "1"'
}

@test "collect: what stat says stands in the records" {
    need_root
    mkdir "$TREE"
    echo content >"$TREE/file"
    ln "$TREE/file" "$TREE/other"
    ln -s "target" "$TREE/link"
    chown 1234:4321 "$TREE/file"
    chmod 4751 "$TREE/file"
    setfattr_py "$TREE/file"
    touch -d '1969-12-31 23:59:58.25 UTC' "$TREE/file"
    touch -h -d '2001-02-03 04:05:06.789012345 UTC' "$TREE/link"
    mknod "$TREE/device" c 1 7
    collect --item stat --path "$TREE"
    record "$OUT/stat.tar" catalog-000001.jsonl | jq -se --arg inode "$(stat -c %i "$TREE/file")" --arg t "$TREE" '
        map(select(.origin == $t + "/file"))[0] | .uid == 1234 and .gid == 4321 and .mode == "4751" and .links == 2
        and .inode == $inode and .mtime == "1969-12-31T23:59:58.250000000Z" and .status == "collected" and .size == "8"
        and .xattrs == [{"name_b64": ("user.a" | @base64), "value_b64": ""},
                        {"name_b64": ("user.b" | @base64), "value_b64": "AP8="}]'
    record "$OUT/stat.tar" objects.jsonl | jq -se --arg t "$TREE" '
        (map(select(.origin == $t + "/link"))[0] | .type == "symlink" and .target == "target"
            and .mtime == "2001-02-03T04:05:06.789012345Z")
        and (map(select(.origin == $t + "/device"))[0] | .type == "character-device" and .rdevice == "1:7")
        and (map(select(.origin == $t))[0].type == "directory")'
}

setfattr_py() {
    python3 -c 'import os, sys
os.setxattr(sys.argv[1], "user.b", b"\0\xff")
os.setxattr(sys.argv[1], "user.a", b"")' "$1"
}

@test "collect: overlapping, relative and repeated paths are one sorted walk" {
    mkdir -p "$TREE/b/c" "$TREE/a"
    echo 1 >"$TREE/b/c/1"
    echo 2 >"$TREE/a/2"
    cd "$TREE/b"
    collect --item merged --path ../b/./c//1 --path .. --path "$TREE/b/c" --path ../a --path "$TREE"
    names "$TREE" | "$TOOLS/account.py" "$OUT/merged.tar" files
    sound "$OUT/merged.tar"
    record "$OUT/merged.tar" acquisition.json | jq -e '.requested.paths[0] == "../b/./c//1" and (.requested.paths | length) == 5'
}

@test "collect: links on the way are resolved, a last one is recorded and what it leads to is taken" {
    mkdir -p "$TREE/real/dir"
    echo 1 >"$TREE/real/dir/file"
    ln -s real "$TREE/way"
    ln -s ../way/dir/file "$TREE/real/last"
    ln -s "$TREE/real/last" "$TREE/first"
    collect --item links --path "$TREE/first" --path "$TREE/way/dir"
    printf '%s\0' "$TREE/first" "$TREE/real/last" "$TREE/real/dir" "$TREE/real/dir/file" |
        "$TOOLS/account.py" "$OUT/links.tar" files
    ln -s b "$TREE/a"
    ln -s a "$TREE/b"
    run collect --item loop --path "$TREE/a"
    [ "$status" = 4 ] # it leads to nothing
    record "$OUT/loop.tar" objects.jsonl | jq -se --arg t "$TREE/" 'map(select(.source == "files") | .origin) == [$t + "a", $t + "b"]'
    record "$OUT/loop.tar" absent.jsonl | jq -se --arg t "$TREE/" 'map(select(.source == "files") | .origin + " " + .errno) == [$t + "a ELOOP"]'
}

@test "collect: a link that leads back to itself is named, whatever was asked of it" {
    mkdir "$TREE"
    ln -s loop2 "$TREE/loop1"
    ln -s loop1 "$TREE/loop2"
    ln -s loop3 "$TREE/loop3"
    run collect --item loops --path "$TREE/loop1" --db "$TREE/loop3" --recent 60m --recent-root "$TREE/loop2"
    [ "$status" = 4 ]
    [[ $output == *"not taken:"*"/loop"* ]]
    sound "$OUT/loops.tar"
    record "$OUT/loops.tar" absent.jsonl | jq -se --arg t "$TREE" 'map(select(.errno == "ELOOP") | [.source, .origin, .status]) | sort ==
        ([["databases", $t + "/loop3", "unavailable"], ["files", $t + "/loop1", "unavailable"], ["recent", $t + "/loop2", "unavailable"]] | sort)'
    record "$OUT/loops.tar" objects.jsonl | jq -se 'map(select(.origin // "" | test("/loop"))) | length == 3'
}

@test "collect: a path that is not there is absent, and the bundle is partial" {
    mkdir "$TREE"
    ln -s nowhere "$TREE/dangling"
    run collect --item missing --json --path "$TREE/no/such/file" --path "$TREE/dangling"
    [ "$status" = 4 ]
    [ "$(jq -r .status <<<"$output")" = partial ]
    sound "$OUT/missing.tar"
    record "$OUT/missing.tar" absent.jsonl | jq -se --arg t "$TREE" '[.[] | select(.source == "files")] |
        map(.origin + " " + .status + " " + .errno) ==
        [$t + "/no/such/file unavailable ENOENT", $t + "/nowhere unavailable ENOENT"]'
    collect --item inside --path "$TREE"
    record "$OUT/inside.tar" acquisition.json | jq -e '.status == "complete"'
}

@test "collect: mount points are not crossed unless asked for" {
    need_root
    mkdir -p "$TREE/mnt/below" "$TREE/file"
    echo own >"$TREE/own"
    cat >"$BATS_TEST_TMPDIR/inside" <<SCRIPT
set -e
mount -t tmpfs none "$TREE/mnt"
mkdir "$TREE/mnt/sub"
echo there >"$TREE/mnt/sub/there"
touch "$TREE/bound"
mount --bind "$TREE/own" "$TREE/bound"
c() { "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --compress none "\$@"; }
c --item apart --path "$TREE"
c --item across --path "$TREE" --cross-mounts
c --item named --path "$TREE/mnt"
c --item within --path "$TREE" --path "$TREE/mnt/sub"
find "$TREE" -print0 >"$BATS_TEST_TMPDIR/across"
SCRIPT
    unshare --mount bash "$BATS_TEST_TMPDIR/inside"
    record "$OUT/apart.tar" absent.jsonl | jq -se --arg t "$TREE" '[.[] | select(.source == "files")] |
        map([.origin, .status, .reason]) ==
        [[$t + "/bound", "excluded", "mount point"], [$t + "/mnt", "excluded", "mount point"]]'
    record "$OUT/apart.tar" acquisition.json |
        jq -e --arg t "$TREE" '.mounts_not_crossed == [$t + "/bound", $t + "/mnt"] and .status == "complete"'
    sound "$OUT/apart.tar"
    record "$OUT/across.tar" acquisition.json | jq -e '.mounts_not_crossed == null and .requested.cross_mounts'
    [ "$(count "$OUT/across.tar" files asked)" = "$(tr -cd '\0' <"$BATS_TEST_TMPDIR/across" | wc -c)" ]
    [ "$(count "$OUT/named.tar" files asked)" = 3 ]
    [ "$(record "$OUT/within.tar" absent.jsonl | jq -r 'select(.source == "files") | .origin' | tail -n 1)" = "$TREE/mnt" ]
    record "$OUT/within.tar" catalog-000001.jsonl | grep -q "$TREE/mnt/sub/there"
    sound "$OUT/within.tar"
}

@test "collect: our own output is never evidence" {
    mkdir "$OUT/inner"
    echo x >"$OUT/x"
    collect --item own --path "$OUT"
    record "$OUT/own.tar" absent.jsonl | jq -se --arg o "$OUT" 'map(select(.reason == "own output")) |
        length == 1 and .[0].origin == $o + "/own.tar.partial" and .[0].status == "excluded"'
    [ "$(ls -A "$OUT")" = "inner
own.tar
x" ]
}

@test "collect: prints what the bundle is, in words and as JSON" {
    mkdir "$TREE"
    echo 12345 >"$TREE/file"
    make_key "$BATS_TEST_TMPDIR/key"
    collect --item json --path "$TREE" --key "$BATS_TEST_TMPDIR/key" --json >"$BATS_TEST_TMPDIR/json"
    jq -e --arg sha "$(sha256sum "$OUT/json.tar" | cut -d' ' -f1)" --arg bundle "$OUT/json.tar" \
        --arg id "$(tar -xOf "$OUT/json.tar" json/tagmanifest-sha256.txt | sha256sum | cut -d' ' -f1)" \
        --arg key "$(ssh-keygen -lf "$BATS_TEST_TMPDIR/key.pub" | cut -d' ' -f2)" '
        keys == ["absent", "bundle", "by_source", "bytes", "case", "content_id", "files", "fingerprint", "item", "schema", "seconds",
                 "sha256", "status"]
        and .sha256 == $sha and .content_id == $id and .fingerprint == $key and .bundle == $bundle and .item == "json"
        and .case == "INC-2026-042" and .status == "complete" and .schema == "hozen-collect/1"
        and (.seconds | test("^[0-9]+\\.[0-9]{3}$"))' "$BATS_TEST_TMPDIR/json"
    [ "$(jq -r '"\(.bytes).\(.files)"' "$BATS_TEST_TMPDIR/json")" = \
        "$(tar -xOf "$OUT/json.tar" json/bag-info.txt | sed -n 's/^Payload-Oxum: //p')" ]
    collect --item words --path "$TREE" >"$BATS_TEST_TMPDIR/words"
    grep -q "$(sha256sum "$OUT/words.tar" | cut -d' ' -f1)" "$BATS_TEST_TMPDIR/words"
    grep -q 'SHA256:[A-Za-z0-9+/]\{43\}$' "$BATS_TEST_TMPDIR/words"
    grep -q 'Write' "$BATS_TEST_TMPDIR/words"
}

@test "collect: the record says who, why, when and with what" {
    mkdir "$TREE"
    collect --item record --path "$TREE" --exhibit "E 1" --authority "warrant 7" --reason "test" --location "rack 4" \
        --witness "Tanaka Ken" --witness "証人 花子" --organisation "CSIRT 例" \
        --reference-time 2026-11-20T21:34:56.5+09:00 --reference-source "radio clock"
    record "$OUT/record.tar" acquisition.json | jq -e --arg tree "$TREE" \
        --arg tool "$(sha256sum "$HOZEN_BIN/hozen-collect" | cut -d' ' -f1)" --arg kernel "$(uname -r)" '
        .case == "INC-2026-042" and .operator.name == "Sato Hanako" and .exhibit == "E 1" and .authority == "warrant 7"
        and .reason == "test" and .location == "rack 4" and .witnesses == ["Tanaka Ken", "証人 花子"]
        and .organisation == "CSIRT 例" and .clock.reference.time == "2026-11-20T12:34:56.500000000Z"
        and .clock.reference.source == "radio clock" and .tool.sha256 == $tool and .tool.name == "hozen-collect"
        and .host.kernel == $kernel and (.tool.command_line | index("--exhibit") != null)
        and .requested == {"paths": [$tree], "cross_mounts": false} and (.keys_expected | length) == 1
        and .clock.start.realtime <= .clock.end.realtime'
    sound "$OUT/record.tar"
    tar -xOf "$OUT/record.tar" record/data/system/identity.json | jq -e '.schema == "hozen-identity/1" and (.salt | length) == 32'
    tar -xOf "$OUT/record.tar" record/data/system/clock.json | jq -e '.schema == "hozen-clock/1" and (.salt | length) == 32'
}

@test "collect: what it prints and makes has the shape of its schema" {
    mkdir "$TREE"
    echo x >"$TREE/file"
    cd "$BATS_TEST_TMPDIR"
    collect --item shapes --path "$TREE" --json >json
    "$HOZEN_BIN/hozen-collect" --case C --operator O --plan --json --path "$TREE" >plan
    run "$HOZEN_BIN/hozen-collect" --case C --operator O --plan --json --path "$TREE/gone"
    [ "$status" = 4 ]
    printf '%s\n' "$output" >gone
    tar -xf "$OUT/shapes.tar"
    local files=(--file collect json --file plan plan --file plan gone --file acquisition shapes/meta/acquisition.json
        --file identity shapes/data/system/identity.json --file clock shapes/data/system/clock.json)
    local n=0 line list
    for list in objects absent actions catalog-000001; do
        while IFS= read -r line; do
            n=$((n + 1))
            printf '%s\n' "$line" >"line-$n"
            files+=(--file "${list%-0*}-line" "line-$n")
        done <"shapes/meta/$list.jsonl"
    done
    "$ORACLE/shapes.py" "${files[@]}"
}

@test "collect: an item name is made from host and time when none is given" {
    collect --source system --json >"$BATS_TEST_TMPDIR/json"
    [[ $(jq -r .item "$BATS_TEST_TMPDIR/json") =~ ^[A-Za-z0-9._-]+-20[0-9]{6}T[0-9]{6}Z$ ]]
    [ -f "$OUT/$(jq -r .item "$BATS_TEST_TMPDIR/json").tar" ]
}

@test "collect: Ed25519 keys and keys with a passphrase sign as well" {
    local key=$BATS_TEST_TMPDIR/key
    {
        echo "hozen-purpose: collect"
        openssl genpkey -algorithm ed25519
    } >"$key"
    collect --source system --item ed --key "$key"
    stock_tools "$OUT/ed.tar"
    {
        echo "hozen-purpose: collect"
        openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -aes-256-cbc -pass pass:sesame
    } >"$key.locked"
    echo sesame >"$BATS_TEST_TMPDIR/pass"
    collect --source system --item locked --key "$key.locked" --passphrase-file "$BATS_TEST_TMPDIR/pass"
    stock_tools "$OUT/locked.tar"
}

@test "collect: --plan shows what would be taken and writes nothing" {
    mkdir -p "$TREE/a"
    echo 12345 >"$TREE/a/file"
    ln -s file "$TREE/a/link"
    cd "$OUT"
    "$HOZEN_BIN/hozen-collect" --case C --operator O --plan --json --path "$TREE" >"$BATS_TEST_TMPDIR/plan"
    jq -e --arg t "$TREE" '.schema == "hozen-plan/1" and .status == "complete" and (.plan | map(select(.source == "files"))) ==
        [{"absent": "0", "bytes": "6", "files": "1", "made": false, "path": $t, "recorded": "3", "source": "files"}]
        and (.plan | map(.source) | unique) == ["files", "system"] and .plan[-1].source == "files"' "$BATS_TEST_TMPDIR/plan"
    run "$HOZEN_BIN/hozen-collect" --case C --operator O --plan --path "$TREE" --path "$TREE/gone"
    [ "$status" = 4 ]
    [[ $output == *"$TREE/gone"* ]]
    [ -z "$(ls -A "$OUT")" ]
}

@test "collect: --plan reads no content" {
    mkdir "$TREE"
    echo 12345 >"$TREE/file"
    ASAN_OPTIONS=detect_leaks=0 strace -f -e trace=openat,open,read -o "$BATS_TEST_TMPDIR/trace" \
        "$HOZEN_BIN/hozen-collect" --case C --operator O --plan --path "$TREE"
    grep -q "\"file\", O_RDONLY|O_NOFOLLOW|O_CLOEXEC|O_PATH" "$BATS_TEST_TMPDIR/trace"
    run ! grep -q '12345' "$BATS_TEST_TMPDIR/trace"
}

@test "collect: folders deeper than PATH_MAX and than the open files allowed" {
    mkdir "$TREE"
    python3 - "$TREE" <<'PYTHON'
import os, sys
at = os.open(sys.argv[1], os.O_RDONLY)
for level in range(3000):
    os.mkdir("d", dir_fd=at)
    below = os.open("d", os.O_RDONLY, dir_fd=at)
    os.close(os.open("z", os.O_CREAT | os.O_WRONLY, dir_fd=at))
    os.close(at)
    at = below
PYTHON
    (
        ulimit -n 100
        collect --item deep --path "$TREE" --progress json
    )
    [ $(($(count "$OUT/deep.tar" files asked) + $(count "$OUT/deep.tar" long asked))) = 6001 ]
    [ "$(count "$OUT/deep.tar" all absent)" = "$(record "$OUT/deep.tar" absent.jsonl | grep -c '"source":"system"' || true)" ]
    sound "$OUT/deep.tar"
}

@test "collect: nothing of the host's libraries, names or locales is opened" {
    mkdir "$TREE"
    LANG=ja_JP.UTF-8 ASAN_OPTIONS=detect_leaks=0 strace -f -e trace=%file,%process -o "$BATS_TEST_TMPDIR/trace" \
        "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --compress none --item quiet --path "$TREE"
    run ! grep -E 'nsswitch|/etc/passwd|resolv|locale|gconv|openssl\.cnf' "$BATS_TEST_TMPDIR/trace"
    run ! grep -v CLONE_THREAD <(grep -E " (clone3?|v?fork)\(" "$BATS_TEST_TMPDIR/trace")
    [ "$(grep -c ' execve(' "$BATS_TEST_TMPDIR/trace")" = 1 ]
}
