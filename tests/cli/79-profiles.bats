#!/usr/bin/env bats
# Profiles: what --list says, what is taken by a profile of one's own, its limits, and the command line beside it.

bats_require_minimum_version 1.5.0
load 30-collect

setup() {
    OUT=$BATS_TEST_TMPDIR/out TREE=$BATS_TEST_TMPDIR/tree OWN=$BATS_TEST_TMPDIR/own.yaml
    mkdir "$OUT" "$TREE"
    unset LANG LC_ALL LC_MESSAGES
}

# own TEXT...: a profile of that name with these lines behind its head.
own() {
    printf '%s\n' 'name: own' 'title: {en: our own, ja: 自前}' 'description: {en: for a test, ja: 試験用}' "$@" >"$OWN"
}

listed() {
    "$HOZEN_BIN/hozen-collect" --list "$@"
}

@test "profiles: --list has the shape of its schema, in both languages, and the command line knows the same names" {
    listed --json >"$BATS_TEST_TMPDIR/list.json"
    "$ORACLE/shapes.py" --file profiles "$BATS_TEST_TMPDIR/list.json"
    jq -e '(.profiles | length) == 12 and .profiles[0].name == "triage" and (.profiles | map(.name) | index("full") != null)
        and (.profiles + .sources | all(.title.en != .title.ja and .title.ja != ""))
        and (.profiles | all(.description.en != .description.ja))' "$BATS_TEST_TMPDIR/list.json"
    run listed --profile no-such
    [ "$status" = 2 ]
    [[ $output == *"one of these: $(jq -r '[.profiles[].name] | join(" ")' "$BATS_TEST_TMPDIR/list.json") (not"* ]]
    listed >"$BATS_TEST_TMPDIR/text"
    listed --lang ja >"$BATS_TEST_TMPDIR/ja"
    for name in $(jq -r '.profiles[].name, .sources[].name' "$BATS_TEST_TMPDIR/list.json"); do
        grep -qE "^ *$name( |$)" "$BATS_TEST_TMPDIR/text"
        grep -qE "^ *$name( |$)" "$BATS_TEST_TMPDIR/ja"
    done
    [ "$(awk 'length > 80' "$BATS_TEST_TMPDIR/text" | wc -l)" = 0 ]
    grep -q 初動確認 "$BATS_TEST_TMPDIR/ja"
    [ "$(grep -c 初動確認 "$BATS_TEST_TMPDIR/text")" = 0 ]
}

@test "profiles: every one keeps the order of the sources" {
    listed --json | jq -e '(.sources | map(.name)) as $order | .profiles | all(.sources | map(. as $s | $order | index($s)) |
        . == sort and all(. != null))'
}

@test "profiles: docs/PROFILES.md and its Japanese twin are what --list says" {
    [ -f "$HOZEN_SOURCE/docs/profiles.py" ]
    listed --json >"$BATS_TEST_TMPDIR/list.json"
    "$HOZEN_SOURCE/docs/profiles.py" --check "$BATS_TEST_TMPDIR/list.json"
}

@test "profiles: triage when nothing is asked for, and only then" {
    plan() { "$HOZEN_BIN/hozen-collect" --case C --operator O --plan --json "$@" || [ $? = 4 ]; }
    plan >"$BATS_TEST_TMPDIR/plan"
    jq -e '.profiles | map(.name) == ["triage"]' "$BATS_TEST_TMPDIR/plan"
    jq -e '(.plan | map(.source)) as $s | ["system", "network", "processes", "firewall", "kernel", "sessions", "journal", "logs", "recent",
        "accounts", "persistence", "packages", "containers", "closing"] | all(. as $n | $s | index($n) != null)' "$BATS_TEST_TMPDIR/plan"
    "$ORACLE/shapes.py" --file plan "$BATS_TEST_TMPDIR/plan"
    plan --path "$TREE" | jq -e 'has("profiles") | not'
    plan --path "$TREE" | jq -e '.plan | map(.source) | unique == ["files", "system"]'
    plan --source system | jq -e 'has("profiles") | not'
    plan --since 1h | jq -e 'has("profiles") | not'
    plan --path "$TREE" --profile dos | jq -e '(.profiles | map(.name) == ["dos"]) and (.plan | map(.source) | index("kernel") != null)'
    "$HOZEN_BIN/hozen-collect" --case C --operator O --plan --profile dos >"$BATS_TEST_TMPDIR/text" || [ $? = 4 ]
    grep -q 'largest file: 512M' "$BATS_TEST_TMPDIR/text"
}

@test "profiles: one of our own: patterns, what is not there, and the record of it" {
    mkdir -p "$TREE"/{a,b,.c}/conf "$TREE/whole/deep"
    echo 1 | tee "$TREE"/{a,b,.c}/conf/x.ini "$TREE/whole/deep/file" "$TREE/a/conf/no.txt" >/dev/null
    own 'sources:' '  - files:' '      paths:' "        - $TREE/*/conf/*.ini" "        - $TREE/whole" "        - $TREE/gone" "        - $TREE/go*"
    collect --item own --profile-file "$OWN" --json >"$BATS_TEST_TMPDIR/json"
    jq -e '.profiles == ["own"] and (.by_source | map(.source) == ["system", "files", "closing"] and all(.seconds | test("^[0-9]+[.][0-9]{3}$")))' \
        "$BATS_TEST_TMPDIR/json"
    "$ORACLE/shapes.py" --file collect "$BATS_TEST_TMPDIR/json"
    sound "$OUT/own.tar"
    record "$OUT/own.tar" catalog-000001.jsonl | jq -r 'select(.source == "files") | .origin' >"$BATS_TEST_TMPDIR/taken"
    [ "$(cat "$BATS_TEST_TMPDIR/taken")" = "$(printf "$TREE/%s\n" .c/conf/x.ini a/conf/x.ini b/conf/x.ini whole/deep/file)" ]
    record "$OUT/own.tar" absent.jsonl | jq -se --arg gone "$TREE/gone" 'map(select(.source == "files")) |
        length == 1 and .[0].origin == $gone and .[0].status == "unavailable"'
    record "$OUT/own.tar" acquisition.json >"$BATS_TEST_TMPDIR/acquisition"
    jq -e '.requested.profiles == ["own"] and .requested.paths == [] and .status == "complete" and (.requested | has("sources") or has("root") | not)' \
        "$BATS_TEST_TMPDIR/acquisition"
    "$ORACLE/shapes.py" --file acquisition "$BATS_TEST_TMPDIR/acquisition"
    tar -xOf "$OUT/own.tar" own/data/system/profile-own.yaml | cmp - "$OWN"
}

@test "profiles: limits hold for what a profile finds, not for what a person names" {
    mkdir "$TREE/found" "$TREE/named"
    head -c 3000 /dev/zero | tee "$TREE"/{found,named}/{1,2,3} >/dev/null
    head -c 5000 /dev/zero | tee "$TREE"/{found,named}/big >/dev/null
    own "limits: {max-file-size: 4K}" 'sources:' "  - files: {paths: [$TREE/found, $TREE/named/big]}"
    collect --item each --profile-file "$OWN" --path "$TREE/named"
    [ "$(record "$OUT/each.tar" catalog-000001.jsonl | jq -r 'select(.source == "files") | .origin' | wc -l)" = 7 ]
    record "$OUT/each.tar" absent.jsonl | jq -se --arg big "$TREE/found/big" 'map(select(.source == "files")) | length == 1 and
        .[0].origin == $big and .[0].status == "over-budget" and (.[0].reason | test("profile"))'
    [ "$(record "$OUT/each.tar" acquisition.json | jq -r .status)" = complete ]
    own "limits: {total: 7K}" 'sources:' "  - files: {paths: [$TREE/found]}"
    run -4 collect --item all --profile-file "$OWN" --path "$TREE/named"
    [ "$(record "$OUT/all.tar" catalog-000001.jsonl | jq -r 'select(.source == "files") | .origin' | grep -c found/)" = 2 ]
    [ "$(record "$OUT/all.tar" catalog-000001.jsonl | jq -r 'select(.source == "files") | .origin' | grep -c named/)" = 4 ]
    # a bound of the command line takes the place of the profile's
    own "limits: {max-file-size: 1K, total: 1K}" 'sources:' "  - files: {paths: [$TREE/found]}"
    collect --item wins --profile-file "$OWN" --max-file-size 100M --max-size 200M
    [ "$(count "$OUT/wins.tar" files collected)" = 4 ]
}

@test "profiles: a pattern that finds more than can be looked for is said" {
    mkdir "$TREE/many"
    seq -f "$TREE/many/%.0f" 20001 | xargs touch
    own 'sources:' "  - files: {paths: [$TREE/many/*]}"
    run -4 collect --item many --profile-file "$OWN"
    [ "$(count "$OUT/many.tar" files collected)" = 20000 ]
    record "$OUT/many.tar" absent.jsonl | jq -se 'map(select(.source == "files")) | length == 1 and .[0].status == "over-budget" and (.[0].reason | test("pattern"))'
}

@test "profiles: databases are what begins as one; recent, its roots and its content" {
    mkdir -p "$TREE/a" "$TREE/b"
    sqlite3 "$TREE/a/one.db" 'create table t(x); insert into t values (1)'
    echo text >"$TREE/b/two.db"
    sqlite3 "$TREE/b/three.db" 'create table t(x)'
    own 'sources:' "  - databases: {paths: [$TREE/*/*.db]}" "  - recent: {window: 60m, roots: [$TREE/b, $TREE/none]}" '  - recent-files'
    collect --item dbs --profile-file "$OWN"
    record "$OUT/dbs.tar" catalog-000001.jsonl | jq -r 'select(.source == "databases") | .origin' >"$BATS_TEST_TMPDIR/taken"
    [ "$(cat "$BATS_TEST_TMPDIR/taken")" = "$(printf "$TREE/%s\n" a/one.db b/three.db)" ]
    record "$OUT/dbs.tar" catalog-000001.jsonl | jq -r 'select(.source == "recent-files") | .origin' >"$BATS_TEST_TMPDIR/recent"
    [ "$(cat "$BATS_TEST_TMPDIR/recent")" = "$(printf "$TREE/b/%s\n" three.db two.db)" ]
    record "$OUT/dbs.tar" acquisition.json | jq -e --arg b "$TREE/b" '.requested.recent.roots[0] == $b and .requested.recent.content == true'
    # the command line's own window and root in place of the profile's
    touch -d '2 hours ago' "$TREE/a"
    collect --item wins --profile-file "$OWN" --recent 24h --recent-root "$TREE/a"
    record "$OUT/wins.tar" acquisition.json | jq -e --arg a "$TREE/a" '.requested.recent.roots == [$a]'
}

@test "profiles: what a pattern asks for where nothing can be looked for is absent, and a database that cannot be read" {
    need_root
    mkdir -p "$TREE"/homes/{a,b,c}/.ssh "$TREE/closed" "$TREE/all"
    touch "$TREE"/homes/{a,b}/.ssh/known_hosts "$TREE/all/f"
    sqlite3 "$TREE/one.db" 'create table t(x); insert into t values (1)'
    cp "$TREE/one.db" "$TREE/two.db"
    chmod 000 "$TREE/homes/a" "$TREE/closed" "$TREE/two.db" "$TREE/all"
    own 'sources:' "  - databases: {paths: ['$TREE/*.db']}" \
        "  - files: {paths: ['$TREE/homes/*/.ssh', '$TREE/closed/*', '$TREE/all', '$TREE/all/*', '$TREE/none/*']}"
    # the superuser without the power to read what is denied
    run -4 setpriv "--bounding-set=-dac_override,-dac_read_search" "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" \
        --compress none --item denied --profile-file "$OWN"
    record "$OUT/denied.tar" absent.jsonl | jq -r --arg t "$TREE/" 'select(.source == ("databases", "files")) |
        .source + " " + (.origin | ltrimstr($t)) + " " + .status + ": " + .reason' | sort >"$BATS_TEST_TMPDIR/rows"
    diff "$BATS_TEST_TMPDIR/rows" - <<'ROWS'
databases two.db denied: Permission denied
files all denied: Permission denied
files closed denied: what a pattern asks for here could not be looked for
files homes/a/.ssh denied: what a pattern asks for here could not be looked for
ROWS
    sound "$OUT/denied.tar"
    chmod -R u+rwX "$TREE"
}

@test "profiles: a file that is none is refused with its line, and nothing is left behind" {
    refused() { # TEXT
        run -3 collect --item x --profile-file "$OWN"
        [[ $output == *"$OWN: $1"* ]]
        [ -z "$(ls "$OUT")" ]
    }
    own 'sources: [network, files]'
    refused 'line 4: paths is missing'
    own 'colour: red' 'sources: [network]'
    refused 'line 4: colour'
    own 'sources:' '  - kernel' '  - network'
    refused 'line 6: network must stand before kernel'
    printf 'name: &a own\ntitle: *a\n' >"$OWN"
    refused 'line 1: anchors'
    head -c 70000 /dev/zero | tr '\0' '#' >"$OWN"
    run -3 collect --item x --profile-file "$OWN"
    run -3 collect --item x --profile-file "$BATS_TEST_TMPDIR/nothing"
    printf 'name: "a\x1b[2Jb"\n' >"$OWN"
    run -3 collect --item x --profile-file "$OWN"
    [ "$(grep -c $'\x1b' <<<"$output")" = 0 ]
    own 'sources: [network]'
    run -2 collect --item x --profile-file "$OWN" --profile-file "$OWN"
    [ -z "$(ls "$OUT")" ]
}

@test "profiles: several are one: the longest time back, and each source once" {
    own 'since: 2h' 'sources:' '  - logs' "  - files: {paths: [$TREE]}"
    sed 's/name: own/name: other/; s/2h/3h/; s/- logs/- journal/' "$OWN" >"$OWN.other"
    plan() { "$HOZEN_BIN/hozen-collect" --case C --operator O --plan --json "$@" || [ $? = 4 ]; }
    plan --profile-file "$OWN" --profile-file "$OWN.other" | jq -e '(.plan | map(.source) | unique | contains(["files", "logs", "system"])) and
        (.profiles | map(.name) == ["own", "other"])'
    [ -d /var/log ]
    unshare --mount bash -c "mount -t tmpfs none /var/log; mkdir /var/log/d; touch -d '150 minutes ago' /var/log/d/in; touch -d '190 minutes ago' /var/log/d/out
        '$HOZEN_BIN/hozen-collect' --case C --operator O --compress none --out '$OUT' --item both --profile-file '$OWN' --profile-file '$OWN.other'
        '$HOZEN_BIN/hozen-collect' --case C --operator O --compress none --out '$OUT' --item own --profile-file '$OWN'
        '$HOZEN_BIN/hozen-collect' --case C --operator O --compress none --out '$OUT' --item since --profile-file '$OWN' --since 4h" >/dev/null
    logs() { record "$OUT/$1.tar" catalog-000001.jsonl | jq -r 'select(.source == "logs") | .origin' | tr '\n' ' '; }
    [ "$(logs both)" = "/var/log/d/in " ]
    [ "$(logs own)" = "" ]
    [ "$(logs since)" = "/var/log/d/in /var/log/d/out " ]
}

@test "profiles: a file system that never answers costs the source that looks there, not the run" {
    need_root
    [ -c /dev/fuse ] || skip "needs /dev/fuse"
    mkdir "$TREE/mnt" "$TREE/fine"
    echo 1 >"$TREE/fine/file"
    own 'sources:' "  - recent: {window: 60m, roots: [$TREE/fine]}" '  - recent-files' "  - files: {paths: [$TREE/*/dir/*]}"
    mkfifo "$BATS_TEST_TMPDIR/hold"
    cat >"$BATS_TEST_TMPDIR/script" <<SCRIPT
"$TOOLS/silent_fs.py" "$TREE/mnt" look:dir <"$BATS_TEST_TMPDIR/hold" >"$BATS_TEST_TMPDIR/log" &
helper=\$!
exec 9>"$BATS_TEST_TMPDIR/hold"
until grep -qs ready "$BATS_TEST_TMPDIR/log"; do kill -0 \$! || exit 90; sleep 0.05; done
( exec 9>&-
  ASAN_OPTIONS=detect_leaks=0 timeout -s KILL 200 "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --item silent \
    --compress none --command-timeout 3s --profile-file "$OWN"
  echo \$? >"$BATS_TEST_TMPDIR/status" ) &
for n in \$(seq 1500); do [ ! -e "$OUT/silent.tar" ] || break; sleep 0.1; done
exec 9>&-
wait
SCRIPT
    timeout -s KILL 300 unshare --pid --mount --net --fork --mount-proc bash "$BATS_TEST_TMPDIR/script"
    grep -q silent "$BATS_TEST_TMPDIR/log"
    [ "$(cat "$BATS_TEST_TMPDIR/status")" = 4 ]
    sound "$OUT/silent.tar"
    record "$OUT/silent.tar" absent.jsonl | jq -se 'map(select(.source == "files")) | length == 1 and .[0].status == "timeout" and (.[0] | has("origin") | not)'
    record "$OUT/silent.tar" acquisition.json | jq -e '.sources | map(select(.status == "partial") | .name) == ["files"]'
    [ "$(record "$OUT/silent.tar" catalog-000001.jsonl | jq -r 'select(.source == "recent-files") | .origin')" = "$TREE/fine/file" ]
}
