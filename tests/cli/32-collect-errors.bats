#!/usr/bin/env bats
# Bad input to hozen-collect: one clear message on stderr, nothing on stdout, the right exit code, nothing left behind.

bats_require_minimum_version 1.5.0
load 30-collect

setup() {
    OUT=$BATS_TEST_TMPDIR/out TREE=$BATS_TEST_TMPDIR/tree
    mkdir "$OUT" "$TREE"
    echo x >"$TREE/x"
}

# refused CODE PATTERN command...: fails with the code and one line on stderr that has the pattern; $OUT stays as it is.
refused() {
    local code=$1 pattern=$2 before status=0
    shift 2
    before=$(ls -A "$OUT")
    "$@" >"$BATS_TEST_TMPDIR/stdout" 2>"$BATS_TEST_TMPDIR/stderr" </dev/null || status=$?
    [ "$status" = "$code" ] || { echo "exit $status: $*"; cat "$BATS_TEST_TMPDIR/stderr"; return 1; }
    [ ! -s "$BATS_TEST_TMPDIR/stdout" ] || { echo "output: $*"; return 1; }
    [ "$(wc -l <"$BATS_TEST_TMPDIR/stderr")" = 1 ] || { echo "not one line: $*"; cat "$BATS_TEST_TMPDIR/stderr"; return 1; }
    grep -qE -- "$pattern" "$BATS_TEST_TMPDIR/stderr" || { echo "message: $*"; cat "$BATS_TEST_TMPDIR/stderr"; return 1; }
    run ! grep -q '[[:cntrl:]]' "$BATS_TEST_TMPDIR/stderr"
    [ "$(ls -A "$OUT")" = "$before" ]
}

raw() {
    "$HOZEN_BIN/hozen-collect" "$@"
}

@test "errors: missing, unknown, repeated and contradictory options are usage errors" {
    refused 2 "--case" raw --operator O --out "$OUT"
    refused 2 "--operator" raw --case C --out "$OUT"
    refused 2 "--out" raw --case C --operator O
    refused 2 "--nothing" collect --nothing
    refused 2 "--case" collect --case other
    refused 2 "--out" collect --out "$OUT"
    refused 2 "operand|argument" collect "$TREE"
    refused 2 "--path" collect --path
    refused 2 "--passphrase-file" collect --passphrase-file "$TREE/x"
    refused 2 "--reference-source" collect --reference-source "radio"
    refused 2 "--cross-mounts" collect --cross-mounts
    refused 2 "--compress" collect --compress lzma
    refused 2 "--plan" collect --plan=yes
    refused 2 "--digest" collect --digest sha512
    refused 2 "--progress" collect --progress yes
    refused 2 "--db-hold" collect --db-hold 1s
    refused 2 "--recent-root means nothing without --recent" collect --recent-root /etc
    refused 2 "--recent-content means nothing without --recent" collect --recent-content
    refused 2 "--max-file-size is larger than --max-size" collect --max-size 10M --max-file-size 11M
    refused 2 "at least 4M" collect --max-size 100K
    refused 2 "--since lies in the future" collect --since 2999-01-01T00:00:00Z
    refused 2 "name of a systemd unit" collect --since 1h --unit "ssh*"
    refused 2 "--out - would write the bundle to a terminal" \
        python3 -c 'import os, subprocess, sys
sys.exit(subprocess.call(sys.argv[1:], stdout=os.openpty()[1]))' "$HOZEN_BIN/hozen-collect" --case C --operator O --out -
}

@test "errors: sizes and durations that are none are usage errors" {
    local option value
    for option in max-size max-file-size max-rate; do
        for value in 0 1.5G 10P 5MB -1 "1 G" G ""; do refused 2 "--$option" collect "--$option=$value"; done
    done
    for option in timeout command-timeout recent; do
        for value in 0s 60 1w 1.5h -1s "1 h" h ""; do refused 2 "--$option" collect "--$option=$value"; done
    done
    for value in 0h 60 yesterday 2026-01-01 ""; do refused 2 "--since" collect "--since=$value"; done
}

@test "errors: texts that are not one line of printable UTF-8 are usage errors" {
    local option
    for option in exhibit authority reason location witness organisation; do
        refused 2 "--$option" collect "--$option" $'two\nlines'
        refused 2 "--$option" collect "--$option" $'\x1b[31mred'
        refused 2 "--$option" collect "--$option" $'not utf-8 \xff'
        refused 2 "--$option" collect "--$option" "blank "
        refused 2 "--$option" collect "--$option" ""
        refused 2 "--$option" collect "--$option" "$(printf '%0501d' 0)"
    done
    refused 2 "--case" raw --case $'a\tb' --operator O --out "$OUT"
    refused 2 "--operator" raw --case C --operator $'\xc2\x85' --out "$OUT"
    refused 2 "--case" raw --case "" --operator O --out "$OUT"
    refused 2 "--reference-source" collect --reference-time 2026-01-01T00:00:00Z --reference-source $'a\nb'
}

@test "errors: item names outside their grammar are usage errors" {
    local item
    for item in "" . .. -x a/b "a b" "ä" end. "$(printf '%0101d' 0)" ../x; do
        refused 2 "--item" collect "--item=$item"
    done
}

@test "errors: times that are none are usage errors" {
    local time
    for time in now yesterday 2026-13-01T00:00:00Z 2026-01-01 2026-01-01T00:00:00 2026-02-30T00:00:00Z ""; do
        refused 2 "--reference-time" collect --reference-time "$time"
    done
}

@test "errors: a path may not be empty, and a command line not endless" {
    refused 2 "--path" collect --path ""
    local many=() i
    for i in $(seq 300); do many+=(--path "/$(printf '%0250d' "$i")"); done
    refused 2 "command line" collect "${many[@]}"
}

@test "errors: an output directory that is missing, a file, read-only or full" {
    refused 3 "nowhere: No such file or directory; --out takes a directory that is there" raw --case C --operator O --out "$OUT/nowhere"
    refused 3 "tree/x" raw --case C --operator O --out "$TREE/x"
    need_root
    cat >"$BATS_TEST_TMPDIR/script" <<SCRIPT
mkdir "$BATS_TEST_TMPDIR/small"
mount -t tmpfs -o size=2m none "$BATS_TEST_TMPDIR/small" || exit 90
for i in 1 2 3; do dd if=/dev/zero of="$TREE/\$i" bs=1M count=1 status=none; done
"$HOZEN_BIN/hozen-collect" --case C --operator O --compress none --item full --out "$BATS_TEST_TMPDIR/small" --path "$TREE"
status=\$?
ls -A "$BATS_TEST_TMPDIR/small"
mount -o remount,ro "$BATS_TEST_TMPDIR/small"
"$HOZEN_BIN/hozen-collect" --case C --operator O --compress none --item ro --out "$BATS_TEST_TMPDIR/small" --path "$TREE"
echo \$status \$?
SCRIPT
    run --separate-stderr unshare --mount bash "$BATS_TEST_TMPDIR/script"
    [ "${lines[-2]}" = full.tar ] # what fits is sealed (36-endings.bats)
    [ "${lines[-1]}" = "4 3" ]
    [[ ${stderr_lines[0]} == *"ead-only"* ]]
    [ "${#stderr_lines[@]}" = 1 ]
}

@test "errors: an existing bundle or unfinished bundle is never overwritten" {
    echo mine >"$OUT/there.tar"
    refused 3 "there.tar" collect --item there --path "$TREE"
    [ "$(cat "$OUT/there.tar")" = mine ]
    echo mine >"$OUT/half.tar.partial"
    refused 3 "half.tar.partial" collect --item half --path "$TREE"
    [ "$(cat "$OUT/half.tar.partial")" = mine ]
    ln -s nowhere "$OUT/link.tar"
    refused 3 "link.tar" collect --item link --path "$TREE"
    [ -L "$OUT/link.tar" ]
}

@test "errors: keys that are none, locked, of another kind or for another purpose" {
    local key=$BATS_TEST_TMPDIR/key
    refused 3 "no-such-key" collect --key "$BATS_TEST_TMPDIR/no-such-key"
    refused 3 "tree" collect --key "$TREE"
    : >"$key.empty"
    refused 3 "key.empty" collect --key "$key.empty"
    head -c 3000 /dev/urandom >"$key.garbage"
    refused 3 "key.garbage" collect --key "$key.garbage"
    make_key "$key.custody" custody
    refused 3 "custody" collect --key "$key.custody"
    make_key "$key"
    tail -n +2 "$key" >"$key.plain"
    refused 3 "key.plain" collect --key "$key.plain"
    {
        echo "hozen-purpose: collect"
        openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384
    } >"$key.p384"
    refused 3 "key.p384" collect --key "$key.p384"
    {
        echo "hozen-purpose: collect"
        openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -aes-256-cbc -pass pass:sesame
    } >"$key.locked"
    echo wrong >"$BATS_TEST_TMPDIR/pass"
    refused 3 "passphrase" collect --key "$key.locked" --passphrase-file "$BATS_TEST_TMPDIR/pass"
    refused 3 "nopass" collect --key "$key.locked" --passphrase-file "$BATS_TEST_TMPDIR/nopass"
    : >"$BATS_TEST_TMPDIR/empty"
    refused 3 "empty" collect --key "$key.locked" --passphrase-file "$BATS_TEST_TMPDIR/empty"
    refused 3 "passphrase-file" setsid --wait "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --key "$key.locked"
}

@test "errors: names with control characters reach the terminal inert" {
    local evil=$'\x1b]0;owned\x07\nnext'
    refused 3 'x1b' raw --case C --operator O --out "$BATS_TEST_TMPDIR/$evil"
    mkdir "$OUT/$evil"
    run "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT/$evil" --path "$TREE/$evil"
    [ "$status" = 4 ]
    [[ $output != *$'\x1b'* && $output != *$'\x07'* ]]
    run "$HOZEN_BIN/hozen-collect" --case C --operator O --plan --path "$OUT/$evil"
    [ "$status" = 0 ]
    [[ $output != *$'\x1b'* && $output != *$'\x07'* ]]
}
