#!/usr/bin/env bats
# What cannot be looked for because a folder cannot be listed, or looked at, is told: exit 4, a row, never silence.

bats_require_minimum_version 1.5.0
load 30-collect
unset CODE

setup() {
    [ "${HOZEN_PRESET:-}" != asan ] || skip "a preloaded library would come before the sanitizer"
    OUT=$BATS_TEST_TMPDIR/out ROOT=$BATS_TEST_TMPDIR/root HOMES=/home
    mkdir "$OUT" "$ROOT"
    gcc -D_GNU_SOURCE -shared -fPIC -o "$BATS_TEST_TMPDIR/unlisted.so" "$HOZEN_SOURCE/tests/tools/unlisted_folder.c"
    gcc -D_GNU_SOURCE -shared -fPIC -o "$BATS_TEST_TMPDIR/stubborn.so" "$HOZEN_SOURCE/tests/tools/stubborn_open.c"
}

# unlisted FOLDER ERROR OPTION...: of the scratch root.
unlisted() {
    local folder=$1 error=$2
    shift 2
    rm -rf "$OUT"/I.tar* "$BATS_TEST_TMPDIR/I"
    HOZEN_UNLISTED=$ROOT$folder HOZEN_UNLISTED_ERROR=$error LD_PRELOAD=$BATS_TEST_TMPDIR/unlisted.so \
        run -"${CODE:-4}" collect --item I --root "$ROOT" "$@"
    [ "${CODE:-4}" = 3 ] || rows
}

# stubborn NAME ERROR OPTION...: whatever has that name cannot be looked at.
stubborn() {
    local name=$1 error=$2
    shift 2
    rm -rf "$OUT"/I.tar* "$BATS_TEST_TMPDIR/I"
    HOZEN_STUBBORN_NAME=$name HOZEN_STUBBORN_ERROR=$error HOZEN_STUBBORN_FROM=1 LD_PRELOAD=$BATS_TEST_TMPDIR/stubborn.so \
        run -4 collect --item I --root "$ROOT" "$@"
    rows
}

rows() {
    sound "$OUT/I.tar"
    record "$OUT/I.tar" absent.jsonl | jq -r '.source + " " + (.origin // "-") + " " + .status + ": " + .reason' >"$BATS_TEST_TMPDIR/rows"
    tar -xf "$OUT/I.tar" -C "$BATS_TEST_TMPDIR"
}

# absent ROW...: each is there once.
absent() {
    local row
    for row in "$@"; do
        [ "$(grep -cxF -- "$row" "$BATS_TEST_TMPDIR/rows")" = 1 ] || { cat "$BATS_TEST_TMPDIR/rows"; false; }
    done
}

@test "unlisted: logins of before, where /var/log cannot be listed" {
    "$TOOLS/accounts_root.py" "$ROOT"
    local folder="sessions /var/log" said="it could not be listed: the logins of files in it are not told"
    unlisted /var/log 5 --source sessions
    absent "$folder io-error: $said" "$folder io-error: what a pattern asks for here could not be looked for"
    unlisted /var/log 13 --source sessions
    absent "$folder denied: $said" "$folder denied: what a pattern asks for here could not be looked for"
    CODE=3 unlisted /var/log 24 --source sessions # our own shortage is no statement about the host
    rm -r "$ROOT/var/log"
    CODE=0 unlisted /none 5 --source sessions
    run ! grep 'could not be' "$BATS_TEST_TMPDIR/rows"
}

@test "unlisted: homes that no user has, where /home cannot be listed" {
    "$TOOLS/accounts_root.py" "$ROOT"
    local said="it could not be listed: homes in it that no user has were not found"
    unlisted /home 5 --source accounts
    absent "accounts /home io-error: $said"
    [ -e "$BATS_TEST_TMPDIR/I/data/accounts$HOMES/sato/.bash_history" ] # whom passwd names
    unlisted /home 13 --source accounts
    absent "accounts /home denied: $said"
    CODE=3 unlisted /home 24 --source accounts
    rm -r "$ROOT/home"
    CODE=0 unlisted /none 5 --source accounts
    run ! grep 'could not be' "$BATS_TEST_TMPDIR/rows"
}

@test "unlisted: rights in a folder that sudoers names" {
    "$TOOLS/accounts_root.py" "$ROOT"
    mkdir "$ROOT/opt"
    mkdir "$ROOT/opt/more"
    echo '@includedir /opt/more' >>"$ROOT/etc/sudoers"
    echo 'tanaka ALL=(ALL) NOPASSWD: ALL' >"$ROOT/opt/more/x"
    unlisted /opt/more 5 --source accounts
    absent "accounts /opt/more io-error: it could not be listed: the rights in files of it are not told"
}

@test "unlisted: records that a host may have, where it cannot be told whether it has them" {
    "$TOOLS/accounts_root.py" "$ROOT"
    mkdir -p "$ROOT/run/faillock" "$ROOT/var/lib/rpm" "$ROOT/var/log/apt"
    echo x >"$ROOT/run/faillock/sato"
    echo x >"$ROOT/var/log/apt/history.log"
    stubborn faillock 5 --source sessions
    absent "sessions /run/faillock io-error: Input/output error"
    stubborn apt 13 --source packages
    absent "packages /var/log/apt/history.log denied: Permission denied"
    mv "$ROOT/var/log" "$ROOT/logs" && ln -s ../logs "$ROOT/var/log" # what a link leads to is there
    echo x >"$ROOT/logs/tallylog"
    CODE=0 unlisted /none 5 --source sessions
    [ -e "$BATS_TEST_TMPDIR/I/data/sessions/logs/tallylog" ]
}

@test "unlisted: a lastlog that is too long to be taken whole and may not be read" {
    need_root
    "$TOOLS/accounts_root.py" "$ROOT"
    chmod 000 "$ROOT/var/log/lastlog"
    run -4 setpriv --bounding-set=-dac_override,-dac_read_search "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" \
        --compress none --item I --root "$ROOT" --source sessions
    rows
    absent "sessions /var/log/lastlog denied: Permission denied"
}

# apart: the script on stdin among no processes but its own.
apart() {
    need_root
    {
        echo 'set -euo pipefail'
        declare -f collect
        cat
    } >"$BATS_TEST_TMPDIR/script"
    export OUT ROOT HOZEN_BIN BATS_TEST_TMPDIR
    timeout -s KILL 300 unshare --pid --mount --net --fork --mount-proc --kill-child bash "$BATS_TEST_TMPDIR/script" >"$BATS_TEST_TMPDIR/says"
    rows
}

@test "unlisted: settings of the kernel in a folder that cannot be listed" {
    apart <<'SCRIPT'
export HOZEN_UNLISTED=/proc/sys/fs/inotify HOZEN_UNLISTED_ERROR=5
LD_PRELOAD=$BATS_TEST_TMPDIR/unlisted.so collect --item I --source kernel || [ $? = 4 ]
SCRIPT
    absent "kernel /proc/sys/fs/inotify io-error: it could not be read: settings in it are not told"
}

@test "unlisted: mount namespaces of processes that we may not see" {
    apart <<'SCRIPT'
sleep 1000 &
as_nobody() {
    setpriv --reuid 65534 --regid 65534 --clear-groups "$HOZEN_BIN/hozen-collect" --case C --operator O --out - --item I --compress none "$@" >"$OUT/I.tar"
}
as_nobody --source containers --source kernel || [ $? = 4 ]
SCRIPT
    absent "containers - denied: mount namespaces of 2 processes: Permission denied" \
        "kernel - denied: mount namespaces of 2 processes: Permission denied"
}

@test "unlisted: what is left in the layer of a container that cannot be examined" {
    apart <<'SCRIPT'
mount -t tmpfs none "$ROOT"
mkdir "$ROOT"/{lower,upper,work,merged}
mount -t overlay overlay -o lowerdir="$ROOT/lower",upperdir="$ROOT/upper",workdir="$ROOT/work" "$ROOT/merged"
echo x >"$ROOT/upper/unseen"
echo x >"$ROOT/upper/other"
export HOZEN_UNSEEN=unseen HOZEN_UNLISTED_ERROR=5
LD_PRELOAD=$BATS_TEST_TMPDIR/unlisted.so collect --item I --source containers || [ $? = 4 ]
SCRIPT
    absent "containers $ROOT/upper/unseen io-error: Input/output error"
    [ -e "$BATS_TEST_TMPDIR/I/data/containers$ROOT/upper/other" ]
}
