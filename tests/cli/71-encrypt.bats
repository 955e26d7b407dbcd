#!/usr/bin/env bats
# collect --encrypt-to: age(1) of the distribution opens what was written, only its recipients can, and nothing lies beside it in clear.

bats_require_minimum_version 1.5.0
load 30-collect

setup_file() {
    export KEYS=$BATS_FILE_TMPDIR/keys
    mkdir "$KEYS"
    local n
    for n in 1 2 3; do age-keygen -o "$KEYS/$n" 2>/dev/null; done
}

setup() {
    OUT=$BATS_TEST_TMPDIR/out TREE=$BATS_TEST_TMPDIR/tree
    mkdir "$OUT" "$TREE"
    cd "$BATS_TEST_TMPDIR" || return
    echo "the content of a file" >"$TREE/file"
}

recipient() { age-keygen -y "$KEYS/$1"; }

# encrypted NAME [OPTION...]: collects the tree for the first key.
encrypted() {
    local name=$1
    shift
    collect --item "$name" --path "$TREE" --encrypt-to "$(recipient 1)" "$@"
}

# opened NAME KEY: what age makes of the file of that name, as plain-KEY/NAME.
opened() {
    local plain=plain-$2
    mkdir -p "$plain"
    age -d -i "$KEYS/$2" -o "$plain/${1%.age}" "$OUT/$1"
}

@test "encrypt: age opens it, and the bundle inside is a bundle like any other" {
    local how suffix
    make_key key
    for how in none:tar gzip:tar.gz zstd:tar.zst; do
        suffix=${how#*:}
        COMPRESS=${how%:*} encrypted "I-${how%:*}" --key key --json >answer
        [ "$(ls -A "$OUT")" = "I-${how%:*}.$suffix.age" ]
        [ "$(jq -r .bundle answer)" = "$OUT/I-${how%:*}.$suffix.age" ]
        [ "$(jq -r .sha256 answer)" = "$(sha256sum <"$OUT/I-${how%:*}.$suffix.age" | cut -d' ' -f1)" ]
        [ "$(stat -c %a "$OUT/I-${how%:*}.$suffix.age")" = 600 ]
        opened "I-${how%:*}.$suffix.age" 1
        sound "plain-1/I-${how%:*}.$suffix" key.signers
        [ "$("$HOZEN_BIN/hozen-verify" verify --json --signers key.signers "plain-1/I-${how%:*}.$suffix" | jq -r .content_id)" = \
            "$(jq -r .content_id answer)" ]
        rm "$OUT"/*
    done
    tar -xOf plain-1/I-none.tar "I-none/data/files$TREE/file" | grep -qx "the content of a file"
}

@test "encrypt: each of several recipients opens it alone, nobody else does" {
    local key
    encrypted several --encrypt-to "$(recipient 2)" >summary
    grep -q "The bundle is encrypted" summary
    [ "$(head -n 1 "$OUT/several.tar.age")" = "age-encryption.org/v1" ]
    [ "$(grep -ac '^-> X25519 ' "$OUT/several.tar.age")" = 2 ]
    for key in 1 2; do opened several.tar.age $key; done
    cmp plain-1/several.tar plain-2/several.tar
    sound plain-1/several.tar
    run ! opened several.tar.age 3
    [[ $output == *"no identity matched"* ]]
}

@test "encrypt: any size, also a whole number of chunks" {
    local size empty need
    encrypted empty >/dev/null
    opened empty.tar.age 1
    empty=$(stat -c %s plain-1/empty.tar)
    [ $((empty % 10240)) = 0 ]
    need=$(((empty / 327680 + 1) * 327680 - empty)) # a tar is a multiple of 10,240, a chunk has 65,536
    for size in 1 $((need - 10240)) $need $((need + 10240)) 1000000; do
        head -c "$size" /dev/urandom >"$TREE/more"
        encrypted "s$size" >/dev/null
        opened "s$size.tar.age" 1
        sound "plain-1/s$size.tar"
        stat -c %s "plain-1/s$size.tar" >>sizes
    done
    awk '$1 % 65536 == 0 { whole++ } END { exit !whole }' sizes
}

@test "encrypt: standard output" {
    OUT=- encrypted piped --json 2>answer | tee whole | age -d -i "$KEYS/1" -o piped.tar
    sound piped.tar
    [ "$(jq -r .sha256 answer)" = "$(sha256sum <whole | cut -d' ' -f1)" ]
    [ "$(head -c 21 whole)" = "age-encryption.org/v1" ]
}

@test "encrypt: a changed or cut file is refused" {
    local at size
    head -c 300000 /dev/urandom >"$TREE/more"
    encrypted good >/dev/null
    size=$(stat -c %s "$OUT/good.tar.age")
    for at in 30 100 200 300 70000 $((size - 1)); do
        python3 -c 'import sys
data = bytearray(open(sys.argv[1], "rb").read())
data[int(sys.argv[2])] ^= 1
open(sys.argv[3], "wb").write(data)' "$OUT/good.tar.age" "$at" "$OUT/bad.tar.age"
        run ! opened bad.tar.age 1
    done
    for at in $((size - 1)) $((size - 65552)) 65752 250; do
        head -c "$at" "$OUT/good.tar.age" >"$OUT/bad.tar.age"
        run ! opened bad.tar.age 1
    done
    opened good.tar.age 1
}

# refused TEXT OPTION...: wrong usage; nothing is written, and nothing of the last word is said.
refused() {
    local text=$1 word=${*: -1}
    shift
    run collect --path "$TREE" "$@"
    [ "$status" = 2 ]
    [[ $output == *"$text"* ]] || { echo "$output"; return 1; }
    [[ $output != *"${word:8:12}"* ]] || { echo "said: $output"; return 1; }
    [ -z "$(ls -A "$OUT")" ]
}

@test "encrypt: what is no recipient is refused, and a secret key is not repeated" {
    local good secret option
    good=$(recipient 1) secret=$(grep AGE-SECRET "$KEYS/1")
    for option in "" --plan; do
        refused "this is a secret key. Never bring it to an examined host" ${option:+"$option"} --encrypt-to "$secret"
        refused "this is a secret key" ${option:+"$option"} --encrypt-to "${secret,,}"
        refused "its checksum is wrong" ${option:+"$option"} --encrypt-to "${good:0:61}$([ "${good:61}" = q ] && echo p || echo q)"
        refused "it has 61 characters and should have 62" ${option:+"$option"} --encrypt-to "${good:0:61}"
        refused "capital letters" ${option:+"$option"} --encrypt-to "${good^^}"
        refused "begin with age1" ${option:+"$option"} --encrypt-to "$(cut -d' ' -f1,2 <<<"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW")"
        refused "--encrypt-to, number 2: not an age recipient: this is a secret key" ${option:+"$option"} \
            --encrypt-to "$good" --encrypt-to "$secret"
    done
    option=$(printf -- "--encrypt-to $good %.0s" {1..21})
    # shellcheck disable=SC2086 # words
    refused "--encrypt-to is given more than 20 times" $option --location "somewhere behind a door"
}

@test "encrypt: verify, list, extract and intake say what to do with it" {
    encrypted sealed >/dev/null
    LC_ALL=C run "$HOZEN_BIN/hozen-verify" verify "$OUT/sealed.tar.age"
    [ "$status" = 3 ]
    [[ $output == *container-unsupported*"encrypted with age"*"age -d -i KEY FILE"* ]] || [[ ${output//$'\n'/ } == *container-unsupported*"encrypted with age"*"age -d -i KEY FILE"* ]]
    [ "$("$HOZEN_BIN/hozen-verify" verify --json "$OUT/sealed.tar.age" | jq -r '.integrity, .findings[].code' | xargs)" = \
        "undetermined container-unsupported" ]
    age -e -a -r "$(recipient 1)" -o armoured <"$TREE/file"
    run "$HOZEN_BIN/hozen-verify" verify armoured
    [ "$status" = 3 ]
    [[ ${output//$'\n'/ } == *"encrypted with age"* ]]
    run "$HOZEN_BIN/hozen-verify" list "$OUT/sealed.tar.age"
    [ "$status" = 3 ]
    run "$HOZEN_BIN/hozen-verify" extract --to new "$OUT/sealed.tar.age"
    [ "$status" = 3 ]
    [ ! -e new ]
    "$HOZEN_BIN/hozen-custody" key new --for custody --name "Sato Hanako <sato@csirt.example>" --out sato >/dev/null </dev/null
    "$HOZEN_BIN/hozen-custody" custody init l.db --organisation "CSIRT Example" --key sato.key >/dev/null
    for file in "$OUT/sealed.tar.age" armoured; do
        run "$HOZEN_BIN/hozen-custody" custody intake "$file" --ledger l.db --key sato.key --location "locker 3"
        [ "$status" = 3 ]
        [[ $output == *"is encrypted; decrypt it first, age -d -i KEY FILE > BUNDLE"*"Nothing was recorded"* ]]
    done
    run "$HOZEN_BIN/hozen-custody" custody intake "$TREE/file" --ledger l.db --key sato.key --location "locker 3"
    [[ $output == *"does not tell which item it is"* ]]
}

# Everything that any thread writes, with where it goes: a marker in names, contents, rows, a database and its log, long names, and
# more of each than buffers hold.
plant() {
    MARKER=NoBodyMayReadThisInClear
    local deep=$TREE i
    python3 - "$TREE" $MARKER <<'PYTHON'
import os, sqlite3, sys
tree, marker = sys.argv[1:]
os.mkdir(tree + "/many")
for i in range(3000):
    with open("%s/many/%s-%0150d" % (tree, marker, i), "w") as f:
        f.write(marker * 3)
deep = tree
for i in range(6):
    deep += "/" + marker + "x" * 200
    os.mkdir(deep)
open(deep + "/file", "w").write(marker)
db = sqlite3.connect(tree + "/live.db")
db.execute("PRAGMA journal_mode=WAL")
db.execute("CREATE TABLE t (x)")
db.executemany("INSERT INTO t VALUES (?)", [(marker * 10,)] * 2000)
db.commit()
os._exit(0) # the log stays
PYTHON
}

# traced OPTION...: a collection whose writes stand in the file trace, then the number of lines of it where the marker is written to the
# output's folder, and what was made there.
traced() {
    ASAN_OPTIONS=detect_leaks=0 strace -f -y -s 3000000 -e trace=write,pwrite64,writev,pwritev,openat,open,creat,mkdirat,linkat \
        -o trace "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --compress none --db "$TREE/live.db" --path "$TREE" \
        --recent 24h --recent-root "$TREE" "$@" >/dev/null
    grep -aE "(write|writev|pwrite64|pwritev)\([0-9]+<$OUT" trace >written
    grep -aE "openat\([0-9]+<$OUT>, .*(O_CREAT|O_TMPFILE)" trace >made
}

@test "encrypt: no byte in clear lies beside it, at any time" {
    plant
    traced --item clear # what the test sees when nothing is encrypted
    grep -qF $MARKER written
    [ "$(wc -l <made)" -ge 4 ]
    rm "$OUT"/*
    traced --item hidden --encrypt-to "$(recipient 1)"
    [ -s written ]
    [ "$(wc -l <made)" = 1 ]
    grep -qF '"hidden.tar.age.partial"' made
    run ! grep -qF $MARKER written
    [ "$(ls -A "$OUT")" = hidden.tar.age ]
    run ! grep -qaF $MARKER "$OUT/hidden.tar.age"
    opened hidden.tar.age 1
    sound plain-1/hidden.tar
    [ "$(count plain-1/hidden.tar databases collected)" = 2 ]
    [ "$(count plain-1/hidden.tar all absent)" -le 3 ]
    [ "$(tar -tf plain-1/hidden.tar | grep -c $MARKER-)" = 3000 ]
}

@test "encrypt: a database of more than a few megabytes is copied in memory, one of more than that is over-budget" {
    need_root
    python3 - "$TREE" <<'PYTHON'
import os, sqlite3, sys
for name, megabytes in (("middle.db", 24), ("huge.db", 300)):
    db = sqlite3.connect(sys.argv[1] + "/" + name)
    db.execute("CREATE TABLE t (x)")
    db.executemany("INSERT INTO t VALUES (zeroblob(1048576))", [()] * megabytes)
    db.commit()
PYTHON
    run collect --item databases --db "$TREE/middle.db" --db "$TREE/huge.db" --encrypt-to "$(recipient 1)"
    [ "$status" = 4 ]
    opened databases.tar.age 1
    tar -xOf plain-1/databases.tar "databases/data/databases$TREE/middle.db" | cmp - "$TREE/middle.db"
    [ "$(record plain-1/databases.tar absent.jsonl | jq -r 'select(.origin // "" | endswith("huge.db")) | .status, .reason' | xargs)" = \
        "over-budget no room in memory for a copy of it, and nothing else is written on this host" ]
}

@test "encrypt: live sources: what they find of the host waits nowhere in clear" {
    need_root
    cat >script <<SCRIPT
bash -c 'exec -a NoBodyMayReadThisInClear sleep 1000' & pid=\$!
until tr '\\0' ' ' </proc/\$pid/cmdline | grep -qx 'NoBodyMayReadThisInClear 1000 '; do sleep 0.1; done
ASAN_OPTIONS=detect_leaks=0 strace -f -y -s 3000000 -e trace=write,pwrite64,writev,pwritev,openat,open,creat,mkdirat,linkat -o trace \
    "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --compress none --source processes --source network --source kernel "\$@" >/dev/null
kill \$pid
SCRIPT
    local item
    for item in clear hidden; do
        timeout -s KILL 300 unshare --pid --mount --net --fork --mount-proc bash script --item $item \
            $([ $item = clear ] || echo --encrypt-to "$(recipient 1)")
        grep -aE "(write|writev|pwrite64|pwritev)\([0-9]+<$OUT" trace >written-$item
        grep -aE "openat\([0-9]+<$OUT>, .*(O_CREAT|O_TMPFILE)" trace >made-$item
    done
    grep -qF NoBodyMayReadThisInClear written-clear
    [ "$(wc -l <made-clear)" -ge 4 ]
    run ! grep -qF NoBodyMayReadThisInClear written-hidden
    [ "$(wc -l <made-hidden)" = 1 ]
    opened hidden.tar.age 1
    sound plain-1/hidden.tar
    tar -xOf plain-1/hidden.tar hidden/data/processes/processes.jsonl | grep -qF NoBodyMayReadThisInClear
}

@test "encrypt: interrupted, it is sealed and opens; a medium that is full, and one that fails" {
    need_root
    local i
    for i in $(seq 24); do head -c 1024K /dev/urandom >"$TREE/$i"; done
    status=0
    "$TOOLS/signal_at.py" "$OUT/cut.tar.age.partial" 3000000 INT "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" \
        --compress none --item cut --path "$TREE" --max-rate 2M --encrypt-to "$(recipient 1)" >/dev/null 2>stderr || status=$?
    [ "$status" = 4 ]
    [ "$(ls -A "$OUT")" = cut.tar.age ]
    opened cut.tar.age 1
    sound plain-1/cut.tar
    [ "$(record plain-1/cut.tar acquisition.json | jq -r .status)" = partial ]
    rm "$OUT"/*
    cat >script <<SCRIPT
mount -t tmpfs -o size=8m none "$OUT" || exit 90
"$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --compress none --item full --path "$TREE" --encrypt-to "$(recipient 1)" >/dev/null
status=\$?
cp "$OUT"/* "$BATS_TEST_TMPDIR"
exit \$status
SCRIPT
    run unshare --mount bash script
    [ "$status" = 4 ]
    cp full.tar.age "$OUT"
    opened full.tar.age 1
    sound plain-1/full.tar
    record plain-1/full.tar absent.jsonl | jq -se 'any(.[]; .status == "over-budget")'
    rm "$OUT"/*
    status=0
    ASAN_OPTIONS=detect_leaks=0 strace -f -o trace -P "$OUT/bad.tar.age.partial" -e trace=write -e inject=write:error=ENOSPC:when=3+ \
        "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --compress none --item bad --path "$TREE" \
        --encrypt-to "$(recipient 1)" >/dev/null 2>stderr || status=$?
    grep -q INJECTED trace
    [ "$status" = 3 ]
    [ -z "$(ls -A "$OUT")" ]
    grep -q 'bad.tar.age.partial: .*; nothing was kept: ' stderr
}

# holder [OPTION...]: collects the processes of a new pid namespace in which a large executable without a name runs, to held.tar.
holder() {
    cat >script <<SCRIPT
cp "$(command -v sleep)" held && head -c 30000000 /dev/urandom >>held
./held 1000 & pid=\$!
until [ "/proc/\$pid/exe" -ef held ]; do sleep 0.1; done
rm held
ASAN_OPTIONS=detect_leaks=0 "$HOZEN_BIN/hozen-collect" --case C --operator O --item held --compress none --source processes \
    $@ >held.tar
echo \$? >status
kill \$pid
SCRIPT
    timeout -s KILL 300 unshare --pid --mount --net --fork --mount-proc bash script
}

@test "encrypt: what waits in memory leaves room for the listings" {
    need_root
    holder --out - 2>/dev/null
    [ "$(cat status)" = 4 ]
    tar -xf held.tar
    [ "$(find held/data/processes/recovered -name exe -size +4M -size -9M | wc -l)" = 1 ]
    [ "$(jq 'select(.comm == "held") | .pid' held/data/processes/processes.jsonl | wc -l)" = 1 ]
    grep -q ./held held/data/processes/processes.txt
    # Of that file alone: what the tests around us hold open is in the list as well, and may have lost its room to it.
    [ "$(jq -r 'select(.status == "over-budget") | .reason' held/meta/absent.jsonl |
        grep -cE '^data/processes/recovered/[0-9]+/exe: more than is kept in memory$')" = 1 ]
    run ! jq -se 'any(.[]; .status == "over-budget" and (.reason | contains("/recovered/") | not))' held/meta/absent.jsonl
    rm -r held
    holder --out "$OUT" --encrypt-to "$(recipient 1)"
    [ "$(cat status)" = 0 ]
    opened held.tar.age 1
    tar -xf plain-1/held.tar
    [ "$(find held/data/processes/recovered -name exe -size +28M | wc -l)" = 1 ]
}
