#!/usr/bin/env bats
# The sources accounts and sessions, from a scratch root with accounts and logins that are odd on purpose.

bats_require_minimum_version 1.5.0
load 30-collect

setup() {
    OUT=$BATS_TEST_TMPDIR/out ROOT=$BATS_TEST_TMPDIR/root HOMES=/home
    mkdir "$OUT" "$ROOT"
    "$TOOLS/accounts_root.py" "$ROOT"
}

take() {
    collect --item I --root "$ROOT" --source accounts --source sessions "$@" >"$BATS_TEST_TMPDIR/says"
    tar -xf "$OUT/I.tar" -C "$BATS_TEST_TMPDIR"
    DATA=$BATS_TEST_TMPDIR/I/data
}

# holds LISTING FILTER: it gives something, and nothing but true.
holds() {
    tail -n +2 "$DATA/$1.jsonl" | jq -se --arg homes "$HOMES" "map($2) | length > 0 and all(. == true)" >"$BATS_TEST_TMPDIR/held"
}

observed() { # CODE SUBJECT
    jq -se --arg code "$1" --arg subject "$2" 'any(.code == $code and .subject == $subject)' "$DATA/closing/observations.jsonl"
}

@test "accounts: each listing has the shape of its schema and the bundle is sound" {
    take
    local name
    for name in users groups rights histories; do
        "$ORACLE/shapes.py" --lines "$name-line" "$DATA/accounts/$name.jsonl"
        [ -s "$DATA/accounts/$name.txt" ]
    done
    for name in logins lastlog; do
        "$ORACLE/shapes.py" --lines "$name-line" "$DATA/sessions/$name.jsonl"
        [ -s "$DATA/sessions/$name.txt" ]
    done
    [ "$(LC_ALL=C grep -lr $'\x1b' "$DATA" --include='*.txt' | wc -l)" = 0 ]
    sound "$OUT/I.tar"
}

@test "accounts: every user with what shadow, groups and the home folder say" {
    take
    [ "$(($(wc -l <"$DATA/accounts/users.jsonl") - 1))" = 11 ]
    holds accounts/users 'select(.name == "sato") | .uid == 1000 and .password == "sha512" and (.locked | not) and .groups == ["sudo", "sato"] and
        .authorized_keys == "2" and .home == "/home/sato" and .shell == "/bin/bash" and .gecos == "Sato Hanako,,,"'
    holds accounts/users 'select(.name == "tanaka") | .password == "bcrypt" and .groups == ["staff"] and .inactive_days == 14 and
        .expires == "2024-10-04T00:00:00.000000000Z" and .password_changed == "2022-01-08T00:00:00.000000000Z"'
    holds accounts/users 'select(.name == "locked") | .locked and .password == "sha512"'
    holds accounts/users 'select(.name == "old") | .password == "md5"'
    holds accounts/users 'select(.name == "daemon") | .password == "none"'
    holds accounts/users 'select(.name == "open") | .password == "empty" and .home_mode == "0777"'
    holds accounts/groups 'select(.name == "staff") | .administrators == ["tanaka"] and .members == ["tanaka"] and .password == "sha512"'
    run ! grep -aE 'salt.hash|0123456789012345' "$DATA/accounts/users.jsonl" "$DATA/accounts/users.txt"
    cmp "$DATA/accounts/etc/shadow" "$ROOT/etc/shadow"
}

@test "accounts: what is odd is observed, and what is not is not" {
    take
    local pair
    for pair in uid-0-twin:toor duplicate-uid:copy empty-password:open home-writable:open password-in-passwd:old \
        system-account-login:backup password-changed-recently:sato shadow-without-user:ghost malformed-account-line:/etc/passwd \
        privileged-group:sudo gid-0-twin:wheels sudo-without-password:/etc/sudoers.d/90-sato:1 \
        "history-disabled:$HOMES/old/.bash_history" log-gap:/var/log/wtmp; do
        observed "${pair%%:*}" "${pair#*:}" || { echo "not observed: $pair"; false; }
    done
    [ "$(wc -l <"$DATA/closing/observations.jsonl")" = 15 ]
    # an ordinary host has none of them
    sed -i '/^toor\|^copy\|^open\|^old\|^backup\|^no line/d' "$ROOT/etc/passwd"
    sed -i '/^ghost\|^toor\|^copy\|^open\|^backup/d; s/^sato:\([^:]*\):[0-9]*/sato:\1:19000/' "$ROOT/etc/shadow"
    sed -i '/^wheels\|^sudo/d' "$ROOT/etc/group"
    rm "$ROOT/etc/sudoers.d/90-sato" "$ROOT$HOMES/old/.bash_history" "$ROOT/var/log/wtmp" "$OUT/I.tar"
    take
    [ "$(wc -l <"$DATA/closing/observations.jsonl")" = 1 ]
}

@test "accounts: histories of users and of homes that nobody has, whole, with their lines counted" {
    take
    holds accounts/histories 'select(.path == $homes + "/sato/.bash_history") | .lines == "3" and .user == "sato" and .type == "file"'
    holds accounts/histories 'select(.path == $homes + "/leftover/.zsh_history") | .lines == "1" and (has("user") | not)'
    holds accounts/histories 'select(.path == $homes + "/old/.bash_history") | .type == "symlink" and .target == "/dev/null"'
    cmp "$DATA/accounts/srv/tanaka/.viminfo" "$ROOT/srv/tanaka/.viminfo"
    cmp "$DATA/accounts$HOMES/leftover/.zsh_history" "$ROOT$HOMES/leftover/.zsh_history"
}

@test "accounts: rights line by line, includes kept, comments not" {
    take
    [ "$(cut -d' ' -f1 "$DATA/accounts/rights.txt" | tr '\n' ' ')" = \
        "/etc/sudoers:2: /etc/sudoers:4: /etc/sudoers:5: /etc/sudoers:6: /etc/sudoers.d/90-sato:1: " ]
    holds accounts/rights 'select(.line == 6) | .text == "root ALL=(ALL:ALL) ALL"'
}

@test "accounts: rights in files that sudoers names are listed, observed and taken" {
    mkdir -p "$ROOT/opt/more"
    printf '@include "/opt/one"\n@includedir /opt/more\n@include relative\n@include /opt/pipe\n' >>"$ROOT/etc/sudoers"
    printf 'sato ALL=(ALL) NOPASSWD: ALL\n#include /etc/sudoers\n@include /opt/one\n' >"$ROOT/opt/one"
    printf 'tanaka ALL=(ALL) NOPASSWD: /bin/sh\n' >"$ROOT/opt/more/x"
    printf 'sato ALL=ALL\n' >"$ROOT/etc/relative"
    mkfifo "$ROOT/opt/pipe"
    take
    holds accounts/rights 'select(.file == "/opt/one" and .line == 1) | .text == "sato ALL=(ALL) NOPASSWD: ALL"'
    [ "$(cut -d' ' -f1 "$DATA/accounts/rights.txt" | grep -c '^/opt/\|^/etc/relative')" = 5 ]
    observed sudo-without-password /opt/one:1
    observed sudo-without-password /opt/more/x:1
    cmp "$DATA/accounts/opt/one" "$ROOT/opt/one"
    cmp "$DATA/accounts/opt/more/x" "$ROOT/opt/more/x"
    cmp "$DATA/accounts/etc/relative" "$ROOT/etc/relative"
    sound "$OUT/I.tar"
}

@test "sessions: records as they are, odd ones too, and as who, last, lastb and lastlog show them" {
    take
    [ "$(($(wc -l <"$DATA/sessions/logins.jsonl") - 1))" = 14 ]
    holds sessions/logins 'select(.file == "/run/utmp" and .kind == "user") | .user == "sato" and .address == "192.0.2.7" and
        .time == "2026-11-18T11:08:20.250000000Z" and .pid == 100 and .session == 7'
    holds sessions/logins 'select(.file == "/var/log/wtmp" and .record == "3") | .kind == "empty" and .user == ""'
    holds sessions/logins 'select(.file == "/var/log/wtmp" and .record == "5") | (.user | startswith("\u001b[2J")) and has("user_b64") and (.host | length) == 256 and (.line | length) == 32'
    holds sessions/logins 'select(.file == "/var/log/btmp" and .record == "1") | .type == 77 and (has("kind") | not) and .time == "2038-01-19T03:14:07.250000000Z"'
    holds sessions/logins 'select(.file == "/var/log/wtmp.1") | .user == "before"'
    grep -E '^sato +pts/0 +2026-11-18T11:08:20 +192\.0\.2\.7 +- 2026-11-18T12:09:20 \(0\+01:01\)$' "$DATA/sessions/logins.txt"
    grep -E '^lost +tty1 .* - crash 2026-11-18T11:06:40 ' "$DATA/sessions/logins.txt"
    grep -E 'hhh +- down 2026-11-18T12:30:00 ' "$DATA/sessions/logins.txt"
    grep -E '^tanaka .* - no logout recorded$' "$DATA/sessions/logins.txt"
    cmp "$DATA/sessions/var/log/wtmp" "$ROOT/var/log/wtmp"
    cmp "$DATA/sessions/var/log/wtmp.2.gz" "$ROOT/var/log/wtmp.2.gz"
}

@test "sessions: a lastlog that is mostly a hole is read where it has data, and not taken" {
    take
    [ "$(stat -c %s "$ROOT/var/log/lastlog")" -gt 1000000000 ]
    tail -n +2 "$DATA/sessions/lastlog.jsonl" | jq -se 'map(.uid) == ["0", "1000", "1001", "1000000"]'
    holds sessions/lastlog 'select(.uid == "1000") | .user == "sato" and .host == "192.0.2.7" and .time == "2026-11-18T11:23:20.000000000Z"'
    jq -se 'any(.origin == "/var/log/lastlog" and .status == "excluded")' "$BATS_TEST_TMPDIR/I/meta/absent.jsonl"
    [ ! -e "$DATA/sessions/var/log/lastlog" ]
    truncate -s $((292 * 1001)) "$ROOT/var/log/lastlog"
    rm "$OUT/I.tar"
    take
    cmp "$DATA/sessions/var/log/lastlog" "$ROOT/var/log/lastlog"
}

@test "sessions: utmpdump(1) and last(1) of util-linux say the same" {
    take
    local file
    for file in /run/utmp /var/log/wtmp.1 /var/log/btmp; do
        utmpdump "$ROOT$file" 2>/dev/null | sed -E 's/^\[([0-9]+)\] \[([0-9]+)\].*\[([0-9T:-]+),.*/\1 \2 \3/' | sed -E 's/ 0+([0-9])/ \1/'
        tail -n +2 "$DATA/sessions/logins.jsonl" | jq -r --arg file "$file" 'select(.file == $file) | "\(.type) \(.pid) \(.time[:19])"' >&3
    done 3>"$BATS_TEST_TMPDIR/ours" >"$BATS_TEST_TMPDIR/theirs"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/theirs")" = 6 ]
    diff "$BATS_TEST_TMPDIR/theirs" "$BATS_TEST_TMPDIR/ours"
    truncate -s $((8 * 384)) "$ROOT/var/log/wtmp" # last reads from the end, in steps of whole records
    TZ=UTC last -f "$ROOT/var/log/wtmp" | grep -aE '^sato +pts/0 .*Nov 18 11:08 - 12:09 +\(01:01\)'
    TZ=UTC last -f "$ROOT/var/log/wtmp" | grep -aE '^lost +tty1 .* - crash '
}

@test "accounts: files that never end, are no files, or lie where listings do are survived" {
    need_root
    sed -i 's|^tanaka.*|tanaka:x:1001:1001::/users.jsonl:/bin/sh|' "$ROOT/etc/passwd"
    mkdir "$ROOT/users.jsonl"
    echo x >"$ROOT/users.jsonl/.bash_history"
    rm "$ROOT/etc/shadow" "$ROOT/var/log/btmp"
    mkfifo "$ROOT/etc/shadow"
    mkdir "$ROOT/var/log/btmp"
    mknod "$ROOT/run/utmp.new" c 1 5 && mv "$ROOT/run/utmp.new" "$ROOT/run/utmp"
    head -c 3000000 /dev/zero | tr '\0' ':' >>"$ROOT/etc/group"
    head -c 20000 /dev/urandom >>"$ROOT/var/log/wtmp.1"
    run -4 collect --item I --root "$ROOT" --source accounts --source sessions
    tar -xf "$OUT/I.tar" -C "$BATS_TEST_TMPDIR"
    DATA=$BATS_TEST_TMPDIR/I/data
    holds accounts/users 'select(.name == "tanaka") | .password == "shadow"'
    jq -se 'any(.origin == "/users.jsonl/.bash_history" and .status == "excluded")' "$BATS_TEST_TMPDIR/I/meta/absent.jsonl"
    sound "$OUT/I.tar"
}

@test "accounts: no home leads out of an image" {
    mkdir "$BATS_TEST_TMPDIR/outside" "$ROOT/inside"
    echo secret >"$BATS_TEST_TMPDIR/outside/.bash_history"
    echo mine >"$ROOT/inside/.bash_history"
    chmod 757 "$ROOT/inside"
    ln -s "$BATS_TEST_TMPDIR/outside" "$ROOT$HOMES/away"
    ln -s ../../../inside "$ROOT$HOMES/near"
    printf 'up:x:2000:2000::/../outside:/bin/sh\naway:x:2001:2001::%s/away:/bin/sh\nnear:x:2002:2002::%s/near:/bin/sh\n' "$HOMES" "$HOMES" \
        >>"$ROOT/etc/passwd"
    take
    run ! grep -r secret "$DATA"
    holds accounts/users 'select(.uid == 2000 or .uid == 2001) | has("home_mode") | not'
    holds accounts/users 'select(.uid == 2002) | .home_mode == "0757"'
    holds accounts/histories 'select(.user == "near") | .path == "/inside/.bash_history"'
    [ "$(cat "$DATA/accounts/inside/.bash_history")" = mine ]
}

@test "accounts: whom glibc lets in is listed, however the line is written" {
    printf 'short::00:0\n  blanks:x: 0:+0:::\nbehind:x:-1:0::/:/bin/sh\n' >>"$ROOT/etc/passwd"
    printf 'nine::9\n' >>"$ROOT/etc/group"
    take
    observed uid-0-twin short
    observed uid-0-twin blanks
    observed empty-password short
    run ! observed uid-0-twin behind
    holds accounts/users 'select(.name == "short") | .uid == 0 and .home == "" and .shell == "" and .password == "empty"'
    holds accounts/groups 'select(.name == "nine") | .gid == 9 and .members == []'
    jq -se 'any(.code == "malformed-account-line" and (.detail | startswith("4 lines")))' "$DATA/closing/observations.jsonl"
}

@test "accounts: a password that changed is told where one may log in with it" {
    sed -i -E "s/^(locked|copy|sato|open):([^:]*):[0-9]*/\1:\2:$(($(date +%s) / 86400))/" "$ROOT/etc/shadow"
    take
    observed password-changed-recently sato
    local name
    for name in locked copy open; do
        run ! observed password-changed-recently "$name"
    done
}

@test "accounts: tens of thousands of users are listed in seconds, each with its groups" {
    python3 - "$ROOT" <<'PYTHON'
import sys
root, n = sys.argv[1], 30000
with open(root + "/etc/passwd", "a") as p, open(root + "/etc/shadow", "a") as s, open(root + "/etc/group", "a") as g, open(root + "/etc/gshadow", "a") as h:
    for i in range(n):
        p.write("many%d:x:%d:%d::/many:/bin/sh\n" % (i, 100000 + i, 100000 + i))
        s.write("many%d:!:19000::::::\n" % i)
        g.write("many%d:x:%d:\n" % (i, 100000 + i))
        h.write("many%d:!::\n" % i)
    g.write("all:x:7:" + ",".join("many%d" % i for i in range(n)) + "\n")
PYTHON
    ulimit -S -t 10 # of processor time, however busy the machine is; 1.5 are used with sanitizers
    take --command-timeout 10m
    [ "$(($(wc -l <"$DATA/accounts/users.jsonl") - 1))" = 30011 ]
    holds accounts/users 'select(.name == "many29999") | .groups == ["many29999", "all"] and .locked'
    holds accounts/groups 'select(.name == "many29999") | .administrators == [] and .gid == 129999'
}

@test "accounts: many odd lines of one kind hide none of another" {
    local n
    for n in $(seq 4500); do printf 'twin%d:x:1000:1000::/:/bin/false\n' "$n"; done >>"$ROOT/etc/passwd"
    printf 'last:x:0:0::/:/bin/sh\n' >>"$ROOT/etc/passwd"
    take
    observed uid-0-twin last
    observed history-disabled "$HOMES/old/.bash_history"
    [ "$(jq -r 'select(.code == "duplicate-uid") | .subject' "$DATA/closing/observations.jsonl" | wc -l)" = 201 ]
    jq -se 'any(.code == "duplicate-uid" and .subject == "data/accounts/users.jsonl" and .detail == "4301 more")' "$DATA/closing/observations.jsonl"
}

@test "sessions: records of 64 bits may say any time" {
    python3 - "$ROOT/var/log/wtmp.3" <<'PYTHON'
import struct, sys
with open(sys.argv[1], "wb") as f:
    for seconds in (-2**63, 2**63 - 1, 0, 2**63 - 1, -2**63, 1, 2):
        record = bytearray(400)
        struct.pack_into("<hxxi32s4s32s256s", record, 0, 7, 1, b"tty1", b"1", b"u", b"h")
        struct.pack_into("<qqq", record, 336, 0, seconds, 0)
        f.write(record)
PYTHON
    take
    [ "$(tail -n +2 "$DATA/sessions/logins.jsonl" | jq -r 'select(.file == "/var/log/wtmp.3").record' | wc -l)" = 7 ]
    grep -A7 'wtmp.3: 7 records' "$DATA/sessions/logins.txt" | grep -q '(0+00:00)'
}
