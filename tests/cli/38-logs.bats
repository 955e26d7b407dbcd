#!/usr/bin/env bats
# Logs, journald's files and what journalctl says, on a host that the test makes.

bats_require_minimum_version 1.5.0
load 30-collect
load 38-logs

setup_file() {
    [ "$(id -u)" != 0 ] || "$HOZEN_SOURCE/tests/tools/journal_fixture.py" "$BATS_FILE_TMPDIR/sample.journal"
}

setup() {
    need_root
    OUT=$BATS_TEST_TMPDIR/out
    mkdir "$OUT"
    make_host
}

@test "logs: rotations from before --since are excluded, everything else below /var/log is taken as it is" {
    echo "now" >"$HOST/var/auth.log"
    echo "yesterday" >"$HOST/var/auth.log.1"
    echo "compressed" | gzip >"$HOST/var/auth.log.2.gz"
    printf 'ut\xff\x00mp' >"$HOST/var/wtmp"
    mkdir "$HOST/var/nginx" "$HOST/var/audit" "$HOST/var/old"
    echo "GET /" >"$HOST/var/nginx/access.log"
    echo "監査" >"$HOST/var/audit/監査.log"
    echo "old" >"$HOST/var/old/daemon.log.7"
    ln -s auth.log "$HOST/var/link"
    touch -d '2 hours ago' "$HOST/var/auth.log.1" "$HOST/var/nginx/access.log"
    touch -d '25 hours ago' "$HOST/var/auth.log.2.gz" "$HOST/var/old/daemon.log.7"
    collect_there --item since --since 24h
    sound "$OUT/since.tar"
    rows "$OUT/since.tar" catalog-000001.jsonl logs | jq -e 'map(.origin) ==
        ["/var/log/audit/監査.log", "/var/log/auth.log", "/var/log/auth.log.1", "/var/log/nginx/access.log", "/var/log/wtmp"]
        and all(.method == "read" and .status == "collected")'
    rows "$OUT/since.tar" absent.jsonl logs | jq -e 'map([.origin, .status, .reason]) ==
        [["/var/log/auth.log.2.gz", "excluded", "last written before the time asked for"],
         ["/var/log/journal", "excluded", "belongs to the source journal"],
         ["/var/log/old/daemon.log.7", "excluded", "last written before the time asked for"]]'
    rows "$OUT/since.tar" objects.jsonl logs | jq -e 'map([.origin, .type]) ==
        [["/var/log", "directory"], ["/var/log/audit", "directory"], ["/var/log/link", "symlink"],
         ["/var/log/nginx", "directory"], ["/var/log/old", "directory"]]'
    payload "$OUT/since.tar" logs/var/log/wtmp | cmp - "$HOST/var/wtmp"
    record "$OUT/since.tar" acquisition.json | jq -e '.status == "complete" and (.requested.since | test("^20.*Z$"))
        and (.sources | map(.name)) == ["system", "journal", "logs"]'
    collect_there --item all --since 3d
    [ "$(rows "$OUT/all.tar" catalog-000001.jsonl logs | jq length)" = 7 ]
    payload "$OUT/all.tar" logs/var/log/auth.log.2.gz | cmp - "$HOST/var/auth.log.2.gz"
}

@test "logs: --since takes a time as well, to the nanosecond, but none in the future" {
    echo 1 >"$HOST/var/before"
    echo 1 >"$HOST/var/after"
    touch -d '2026-01-02 03:04:05.999999999 UTC' "$HOST/var/before"
    touch -d '2026-01-02 03:04:06 UTC' "$HOST/var/after"
    collect_there --item time --since 2026-01-02T12:04:06+09:00
    rows "$OUT/time.tar" catalog-000001.jsonl logs | jq -e 'map(.origin) == ["/var/log/after"]'
    record "$OUT/time.tar" acquisition.json | jq -e '.requested.since == "2026-01-02T03:04:06.000000000Z"'
    run collect_there --item future --since 2999-01-01T00:00:00Z
    [ "$status" = 2 ]
    [ ! -e "$OUT/future.tar" ]
}

@test "logs: a host without /var/log is partial; nothing is taken that was not asked for" {
    echo "rm -r '$HOST/gone'/*; mount --move /var/log '$HOST/elsewhere'; mount -t tmpfs none /var" >"$HOST/prepare"
    mkdir -p "$HOST/gone/x" "$HOST/elsewhere"
    run collect_there --item none --since 24h
    [ "$status" = 4 ]
    rows "$OUT/none.tar" absent.jsonl logs | jq -e 'map([.origin, .status]) == [["/var/log", "unavailable"]]'
    rows "$OUT/none.tar" absent.jsonl journal | jq -e 'map([.origin, .status]) ==
        [["/run/log/journal", "unavailable"], ["/var/log/journal", "unavailable"]]'
    rm "$HOST/prepare"
    collect_there --item plain --path "$HOST/machine-id"
    record "$OUT/plain.tar" acquisition.json | jq -e '(.sources | map(.name)) == ["system", "files"]'
}

@test "logs: --plan counts what is not too old and reads nothing" {
    echo now >"$HOST/var/syslog"
    echo old >"$HOST/var/syslog.1"
    touch -d '2 days ago' "$HOST/var/syslog.1"
    use_journal
    local traced=(strace -f -e 'trace=read,pread64,readv,mmap' -P /var/log/syslog -P "/var/log/journal/$MACHINE/system.journal")
    on_host "${traced[@]}" -o "$BATS_TEST_TMPDIR/trace" "$HOZEN_BIN/hozen-collect" --case C --operator O --plan --json \
        --since 24h --unit sshd >"$BATS_TEST_TMPDIR/plan"
    jq -e '.plan | map(select(.source == "logs")) | map([.path, .files, .absent]) == [["/var/log", "1", "2"]]' "$BATS_TEST_TMPDIR/plan"
    jq -e '.plan | map(select(.path == "/var/log/journal")) | map([.source, .files]) == [["journal", "1"]]' "$BATS_TEST_TMPDIR/plan"
    jq -e '.plan | map(select(.made and .source == "journal") | .path + " " + .files) ==
        ["journalctl --unit=sshd --output=export 1", "journalctl --unit=sshd 1"]' "$BATS_TEST_TMPDIR/plan"
    "$ORACLE/shapes.py" --file plan "$BATS_TEST_TMPDIR/plan"
    never grep -E 'read|mmap' "$BATS_TEST_TMPDIR/trace"
    on_host "${traced[@]}" -o "$BATS_TEST_TMPDIR/trace" "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --since 24h
    grep -q read "$BATS_TEST_TMPDIR/trace" # so that the line above means something
}

# patched FILE OFFSET HEX: a copy of the sample with other bytes in its header.
patched() {
    cp "$BATS_FILE_TMPDIR/sample.journal" "$HOST/var/journal/$MACHINE/$1"
    printf "$(sed 's/../\\x&/g' <<<"$3")" |
        dd of="$HOST/var/journal/$MACHINE/$1" bs=1 seek="$2" conv=notrunc status=none
}

@test "journal: a file is left out when its header and its times say that it is too old, and only then" {
    local dir=$HOST/var/journal/$MACHINE
    patched honest.journal 16 02
    patched signature.journal 0 4c50 && printf X | dd of="$dir/signature.journal" bs=1 seek=7 conv=notrunc status=none
    patched state.journal 16 03
    patched online.journal 16 01
    patched header-size.journal 88 ffffffffffffff7f
    patched small-header.journal 88 cf00000000000000
    patched no-entries.journal 152 0000000000000000
    patched backwards.journal 184 ffffffffffffff7f
    patched later.journal 192 ffffffffffffff7f
    patched never.journal 184 0000000000000000
    patched cut.journal 16 02 && truncate -s 200 "$dir/cut.journal"
    patched written.journal 16 02
    patched before.journal 16 02
    mkdir -p "$HOST/run/journal/$MACHINE"
    cp "$dir/honest.journal" "$HOST/run/journal/$MACHINE/system@old.journal~"
    cp "$dir/honest.journal" "$HOST/run/journal/$MACHINE/young.journal"
    touch -d '1 hour ago' "$dir"/* "$HOST/run/journal/$MACHINE"/*
    touch "$BATS_TEST_TMPDIR/since"
    sleep 1.1
    echo x >>"$dir/written.journal"
    mv "$dir/before.journal" "$dir/renamed.journal"
    touch "$HOST/run/journal/$MACHINE/young.journal"
    # the last entry is a minute old: a second after the files were touched everything before is too old
    collect_there --item old --since "$(date -u -d "@$(($(stat -c %Y "$BATS_TEST_TMPDIR/since") + 1))" +%FT%TZ)"
    sound "$OUT/old.tar"
    rows "$OUT/old.tar" absent.jsonl journal | jq -e --arg m $MACHINE 'map([.origin, .status, .reason]) ==
        [["/run/log/journal/" + $m + "/system@old.journal~", "excluded", "its last entry was written before the time asked for"],
         ["/var/log/journal/" + $m + "/honest.journal", "excluded", "its last entry was written before the time asked for"]]'
    rows "$OUT/old.tar" catalog-000001.jsonl journal | jq -e 'map(.origin | split("/")[-1]) == ["young.journal",
        "backwards.journal", "cut.journal", "header-size.journal", "later.journal", "never.journal", "no-entries.journal",
        "online.journal", "renamed.journal", "signature.journal", "small-header.journal", "state.journal", "written.journal"]'
    record "$OUT/old.tar" acquisition.json | jq -e '.status == "complete"'
    collect_there --item whole --since 1d
    [ "$(rows "$OUT/whole.tar" catalog-000001.jsonl journal | jq length)" = 15 ]
}

@test "journal: a file whose header cannot be read in time holds nothing up" {
    local dir=/var/log/journal/$MACHINE
    patched slow.journal 16 02
    touch -d '1 hour ago' "$HOST/var/journal/$MACHINE"/*
    sleep 1.1
    run on_host strace -f -o /dev/null -P "$dir/slow.journal" -e trace=read,pread64 -e inject=read,pread64:delay_enter=25000000 \
        "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --compress none --item slow --since 1s --timeout 5s
    sound "$OUT/slow.tar"
    rows "$OUT/slow.tar" absent.jsonl journal | jq -e --arg f "$dir/slow.journal" 'map(select(.origin == $f)) | map([.status, .reason]) ==
        [["timeout", "its file system did not answer"]]'
}

@test "units: the export with cursors and the text, bounded in time, in any language, any bytes" {
    use_journal
    collect_there --item units --unit sshd --since 1h
    sound "$OUT/units.tar"
    stock_tools "$OUT/units.tar"
    rows "$OUT/units.tar" catalog-000001.jsonl journal | jq -e 'map([.path, .method, .origin == null]) == [
        ["data/journal/+journalctl/sshd/journal.export", "exec", true],
        ["data/journal/+journalctl/sshd/journal.txt", "exec", true],
        ["data/journal/var/log/journal/'$MACHINE'/system.journal", "read", false]]'
    payload "$OUT/units.tar" journal/+journalctl/sshd/journal.export >"$BATS_TEST_TMPDIR/export"
    [ "$(grep -ac '^__CURSOR=s=' "$BATS_TEST_TMPDIR/export")" = 3 ]
    [ "$(grep -ac '^_SYSTEMD_UNIT=sshd.service$' "$BATS_TEST_TMPDIR/export")" = 3 ]
    python3 -c 'import sys; b = open(sys.argv[1], "rb").read(); assert b"no text: \xff\xfe\x00\x1b[31m\n" in b' "$BATS_TEST_TMPDIR/export"
    payload "$OUT/units.tar" journal/+journalctl/sshd/journal.txt >"$BATS_TEST_TMPDIR/text"
    grep -q 'T.*+0000 web01 sshd\[101\]: 認証に失敗しました: 佐藤花子$' "$BATS_TEST_TMPDIR/text"
    never grep 'two hours ago\|another unit' "$BATS_TEST_TMPDIR/text"
    # journald's own reader takes the export back
    /lib/systemd/systemd-journal-remote --output="$BATS_TEST_TMPDIR/again.journal" - <"$BATS_TEST_TMPDIR/export"
    [ "$(journalctl --file "$BATS_TEST_TMPDIR/again.journal" -o export | grep -ac '^__CURSOR=')" = 3 ]
    local tool
    tool=$(readlink -f /usr/bin/journalctl)
    record "$OUT/units.tar" actions.jsonl | jq -se --arg sha "$(sha256sum "$tool" | cut -d' ' -f1)" \
        --arg size "$(stat -c %s "$BATS_TEST_TMPDIR/export")" 'map(select(.action == "exec")) | length == 2
        and all(.detail == "exit status 0; sha256 " + $sha and .failures == "0" and .source == "journal")
        and .[0].count == $size
        and (.[0].target | test("^/usr/bin/journalctl --no-pager --output=export --utc --unit=sshd --since=@[0-9]+$"))'
    record "$OUT/units.tar" acquisition.json | jq -e '.requested.units == ["sshd"] and .status == "complete"'
}

@test "units: without --since, and since before 1970: the whole journal" {
    use_journal
    collect_there --item all --unit sshd
    [ "$(payload "$OUT/all.tar" journal/+journalctl/sshd/journal.export | grep -ac '^__CURSOR=')" = 4 ]
    record "$OUT/all.tar" acquisition.json | jq -e '.requested.since == null and (.sources | map(.name)) == ["system", "journal", "logs"]'
    record "$OUT/all.tar" actions.jsonl | jq -se 'map(select(.action == "exec")) | all(.target | endswith("--unit=sshd"))'
    collect_there --item old --unit sshd --since 1960-01-01T00:00:00Z
    [ "$(payload "$OUT/old.tar" journal/+journalctl/sshd/journal.export | grep -ac '^__CURSOR=')" = 4 ]
}

@test "units: an alias stands for the unit that its link names; links that name none are no help" {
    use_journal
    mkdir "$HOST/units"
    ln -s /lib/systemd/system/nginx.service "$HOST/units/web.service"
    ln -s /dev/null "$HOST/units/masked.service"
    ln -s ../nginx.service "$HOST/units/other.socket"
    ln -s '/x/--file=y.service' "$HOST/units/hostile.service"
    echo "mount --bind '$HOST/units' /etc/systemd/system" >"$HOST/prepare"
    run collect_there --item alias --unit web --unit masked --unit other.socket --unit hostile.service
    [ "$status" = 4 ]
    sound "$OUT/alias.tar"
    payload "$OUT/alias.tar" journal/+journalctl/web/journal.txt | grep 'nginx\[103\]: of another unit$'
    record "$OUT/alias.tar" actions.jsonl | jq -se 'map(select(.action == "exec") | .target | split(" --utc ")[1]) | unique ==
        ["--unit=hostile.service", "--unit=masked", "--unit=other.socket", "--unit=web --unit=nginx.service"]'
}

@test "units: several, in the order of the bundle, each once, told apart where only case differs" {
    fake_journalctl 'for a in "$@"; do case $a in --unit=*) echo "$FORM ${a#--unit=}" ;; esac; done'
    collect_there --item many --since 1h --unit b --unit A --unit 'dev-disk\x2d1.device' --unit a --unit b --unit a@1:2_3.service --unit nul
    sound "$OUT/many.tar"
    rows "$OUT/many.tar" catalog-000001.jsonl journal | jq -r '.[].path' | sed 's|data/journal/+journalctl/||' >"$BATS_TEST_TMPDIR/paths"
    diff "$BATS_TEST_TMPDIR/paths" - <<TEXT
=6Eul/journal.export
=6Eul/journal.txt
A/journal.export
A/journal.txt
a=@$(printf a | sha256sum | head -c 16)/journal.export
a=@$(printf a | sha256sum | head -c 16)/journal.txt
a@1=3A2_3.service/journal.export
a@1=3A2_3.service/journal.txt
b/journal.export
b/journal.txt
dev-disk=5Cx2d1.device/journal.export
dev-disk=5Cx2d1.device/journal.txt
TEXT
    [ "$(payload "$OUT/many.tar" "journal/+journalctl/dev-disk=5Cx2d1.device/journal.txt")" = 'text dev-disk\x2d1.device' ]
    [ "$(payload "$OUT/many.tar" journal/+journalctl/A/journal.export)" = 'export A' ]
}

@test "units: one without entries is said to have none" {
    use_journal
    run collect_there --item empty --unit sshd --unit postgresql --since 1h
    [ "$status" = 4 ]
    sound "$OUT/empty.tar"
    rows "$OUT/empty.tar" absent.jsonl journal | jq -e 'map(select(.origin == null)) | map([.status, .reason]) == [["unavailable",
        "journalctl for the unit postgresql: the journal has no entries of a unit of this name in the time asked for"]]'
    [ "$(payload "$OUT/empty.tar" journal/+journalctl/postgresql/journal.txt)" = "-- No entries --" ]
    never has_member "$OUT/empty.tar" postgresql/journal.export
    "$HOZEN_BIN/hozen-verify" list "$OUT/empty.tar" | grep -qE '^absent.* unavailable +journal: journalctl for the unit postgresql: '
}

@test "units: names that are no names of units are refused before anything is done" {
    local name
    fake_journalctl "touch $HOST/was-run"
    for name in -x --file=/etc/shadow 'a b' 'sshd*' 'a;reboot' '$(reboot)' '`reboot`' ../x /etc/passwd '' 認証 $'a\nb' "$(printf 'a%.0s' {1..256})"; do
        run collect_there --item hostile "--unit=$name" --since 1h
        [ "$status" = 2 ]
    done
    [ -z "$(ls "$OUT")" ]
    [ ! -e "$HOST/was-run" ]
}

@test "units: journalctl that hangs is ended with all it started, what it printed is kept, the rest goes on" {
    fake_journalctl 'echo "$FORM: before"' "trap '' TERM INT" 'sleep 300 & echo $! >>'"$HOST/pids"'; wait; sleep 300'
    echo log >"$HOST/var/syslog"
    local before=$SECONDS
    run collect_there --item hang --unit sshd --since 1h --command-timeout 3s
    [ "$status" = 4 ]
    [ $((SECONDS - before)) -lt 150 ]
    sound "$OUT/hang.tar"
    rows "$OUT/hang.tar" catalog-000001.jsonl journal | jq -e 'map([.path, .status, .size, .real_size]) == [
        ["data/journal/+journalctl/sshd/journal.export", "limited", "15", "15"],
        ["data/journal/+journalctl/sshd/journal.txt", "limited", "13", "13"]]'
    rows "$OUT/hang.tar" absent.jsonl journal | jq -e '[.[] | select(.origin == null)] | length == 2 and all(.status == "timeout"
        and .reason == "journalctl for the unit sshd: not done within the command timeout")'
    record "$OUT/hang.tar" actions.jsonl | jq -se 'map(select(.action == "exec")) | length == 2
        and all(.failures == "1" and (.detail | startswith("not done within the command timeout; sha256 ")))'
    [ "$(wc -l <"$HOST/pids")" = 2 ]
    rows "$OUT/hang.tar" catalog-000001.jsonl logs | jq -e 'map(.origin) == ["/var/log/syslog"]'
}

@test "units: nothing that journalctl started outlives its deadline" {
    fake_journalctl 'sleep 300 & sleep 300'
    # what is killed is gone when the kernel gets to it
    on_host bash -c '"$@"; for n in $(seq 600); do ps -eo args | grep -q "[s]leep 300" || break; sleep 0.1; done; ps -eo args | grep "[s]leep 300"; true' bash "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" \
        --compress none --item killed --unit sshd --since 1h --command-timeout 3s >"$BATS_TEST_TMPDIR/said"
    [ -e "$OUT/killed.tar" ]
    never grep "sleep 300" "$BATS_TEST_TMPDIR/said"
}

@test "units: a journalctl that prints without end fills neither memory nor medium" {
    fake_journalctl 'echo complaint >&2; yes "$FORM" 2>&-'
    run collect_there --item endless --unit sshd --since 1h --max-file-size 30M
    [ "$status" = 4 ]
    sound "$OUT/endless.tar"
    rows "$OUT/endless.tar" catalog-000001.jsonl journal | jq -e 'map([(.path | split("/")[-1]), .status]) == [
        ["journal.export", "limited"], ["journal.export.stderr", "collected"],
        ["journal.txt", "limited"], ["journal.txt.stderr", "collected"]] and (.[0].size | tonumber | . > 31000000 and . <= 31457280)'
    rows "$OUT/endless.tar" absent.jsonl journal | jq -e '[.[] | select(.origin == null)] | length == 2 and all(.status == "over-budget")'
    local most=64
    [ "${HOZEN_PRESET:-release}" != asan ] || most=2000 # the sanitizer needs memory of its own
    mkdir "$BATS_TEST_TMPDIR/small"
    echo "mount -t tmpfs -o size=64M none '$BATS_TEST_TMPDIR/small'; mount --make-private '$BATS_TEST_TMPDIR/small'" >"$HOST/prepare"
    run on_host bash -c '"$@" >&2; echo $?; cp '"$BATS_TEST_TMPDIR/small/*.tar $OUT"'' bash "$TOOLS/peak.py" $most "$HOZEN_BIN/hozen-collect" \
        --case C --operator O --compress none --out "$BATS_TEST_TMPDIR/small" --item full --unit sshd --since 1h
    [ "${lines[-1]}" = 4 ]
    sound "$OUT/full.tar"
    rows "$OUT/full.tar" absent.jsonl journal | jq -e '[.[] | select(.origin == null)] | length == 2 and all(.status == "over-budget"
        and (.reason | test("larger than what is free where the bundle is written|the medium is full")))'
}

@test "units: into a pipe, with output kept in memory as long as it is not too much" {
    local most=64
    [ "${HOZEN_PRESET:-release}" != asan ] || most=2000
    fake_journalctl 'if [ $FORM = export ]; then head -c 5000000 /dev/zero; else yes; fi'
    run on_host bash -c '"$@" >"$0"' "$OUT/pipe.tar" "$TOOLS/peak.py" $most "$HOZEN_BIN/hozen-collect" --case C --operator O --out - \
        --compress none --item pipe --unit sshd --since 1h
    [ "$status" = 4 ]
    sound "$OUT/pipe.tar"
    rows "$OUT/pipe.tar" catalog-000001.jsonl journal | jq -e 'map([.status, (.size | tonumber | . > 8000000 and . <= 8388608)]) ==
        [["collected", false], ["limited", true]] and .[0].size == "5000000"'
    rows "$OUT/pipe.tar" absent.jsonl journal | jq -e '[.[] | select(.origin == null)] | map([.status, .reason]) == [["over-budget",
        "journalctl for the unit sshd: larger than what is kept in memory"]]'
}

@test "units: a journalctl that fails is absent, with what it said" {
    fake_journalctl 'echo "$FORM: so far"; echo "Failed to open journal: 入出力エラー" >&2; exit 5'
    run collect_there --item fails --unit sshd --since 1h
    [ "$status" = 4 ]
    sound "$OUT/fails.tar"
    rows "$OUT/fails.tar" absent.jsonl journal | jq -e '[.[] | select(.origin == null)] | length == 2 and all(.status == "unavailable"
        and .reason == "journalctl for the unit sshd: it ended with exit status 5")'
    [ "$(payload "$OUT/fails.tar" journal/+journalctl/sshd/journal.export)" = "export: so far" ]
    [ "$(payload "$OUT/fails.tar" journal/+journalctl/sshd/journal.txt.stderr)" = "Failed to open journal: 入出力エラー" ]
    record "$OUT/fails.tar" actions.jsonl | jq -se 'map(select(.action == "exec")) | all(.failures == "1" and (.detail | startswith("exit status 5; ")))'
    fake_journalctl 'kill -SEGV $$'
    run collect_there --item crashes --unit sshd --since 1h
    [ "$status" = 4 ]
    rows "$OUT/crashes.tar" absent.jsonl journal | jq -e '[.[] | select(.origin == null)] | all(.reason | endswith("exit status 139"))'
    never has_member "$OUT/crashes.tar" +journalctl
}

@test "units: a host without journalctl, and one whose journalctl is no program" {
    echo "mount -t tmpfs none /usr/bin; hash -r; [ -L /bin ] || mount -t tmpfs none /bin" >"$HOST/prepare"
    run collect_there --item missing --unit sshd --unit cron --since 1h
    [ "$status" = 4 ]
    sound "$OUT/missing.tar"
    rows "$OUT/missing.tar" absent.jsonl journal | jq -e '[.[] | select(.origin == null)] | map([.status, .reason, .errno]) == [
        ["unavailable", "journalctl for the unit cron: it is not on this host", "ENOENT"],
        ["unavailable", "journalctl for the unit sshd: it is not on this host", "ENOENT"]]'
    rm "$HOST/prepare"
    echo "no program" >"$HOST/journalctl"
    run collect_there --item denied --unit sshd --since 1h
    [ "$status" = 4 ]
    rows "$OUT/denied.tar" absent.jsonl journal | jq -e '[.[] | select(.origin == null)] | length == 2 and all(.status == "denied"
        and .reason == "journalctl for the unit sshd: it could not be run" and .errno == "EACCES")'
    sound "$OUT/denied.tar"
}

@test "units: journalctl gets no environment, no terminal, no input and no descriptor of ours" {
    fake_journalctl 'env -u PWD -u SHLVL -u _; echo "in: $(cat | wc -c)"; ls -l /proc/self/fd | grep -c hozen-env' '[ -t 1 ] && echo terminal; true'
    SECRET=x LD_PRELOAD_X=y collect_there --item hozen-env --unit sshd --since 1h
    [ "$(payload "$OUT/hozen-env.tar" journal/+journalctl/sshd/journal.txt)" = "LANG=C
in: 0
0" ]
}

@test "units: a signal ends journalctl and seals the rest" {
    fake_journalctl "echo so far; touch $HOST/running; sleep 300"
    cat >"$BATS_TEST_TMPDIR/inside" <<SCRIPT
"\$@" &
until [ -e "$HOST/running" ]; do kill -0 \$! || exit 1; sleep 0.05; done
kill -TERM \$!
wait \$!
SCRIPT
    run on_host bash "$BATS_TEST_TMPDIR/inside" "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --compress none --item signal \
        --unit sshd --since 1h
    [ "$status" = 4 ]
    sound "$OUT/signal.tar"
    rows "$OUT/signal.tar" absent.jsonl journal | jq -e '[.[] | select(.origin == null)] | length == 2 and all(.status == "timeout"
        and .reason == "journalctl for the unit sshd: interrupted by a signal")'
    [ "$(payload "$OUT/signal.tar" journal/+journalctl/sshd/journal.export)" = "so far" ]
}

@test "units: where a link leads the journal to a name of ours, the units are absent and the bundle is sound" {
    fake_journalctl 'echo "$FORM"'
    ln -s /+/x "$HOST/run/journal"
    run collect_there --item way --unit sshd --since 1h
    [ "$status" = 4 ]
    sound "$OUT/way.tar"
    rows "$OUT/way.tar" absent.jsonl journal | jq -e '[.[] | select(.origin == null)] | map(.reason) ==
        ["journalctl for the unit sshd: its name in the bundle would equal another'"'"'s"]'
}
