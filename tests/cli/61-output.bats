#!/usr/bin/env bats
# What people read: the same labels in one column in every program, lines that fit a terminal, nothing hostile.

load 40-custody.bash

setup_file() {
    export KEYS=$BATS_FILE_TMPDIR/keys
    make_keys
    key_new --for collect --name "Sato Hanako <sato@csirt.example>" --out "$KEYS/collect" >/dev/null
    cat "$KEYS"/*.signers >"$KEYS/signers"
}

hozen() { "$HOZEN_BIN/hozen" "$@" </dev/null; }

# Every text result of a small case, in the language of the caller: tables that end in a path into the file tables, all
# others into out.
whole_case() {
    local fingerprint
    mkdir tree usb
    echo content >tree/file
    echo content >tree/$'a\033[31m\nb\xff'
    {
        hozen key new --for custody --name "Sato Hanako <sato@csirt.example>" --out another
        hozen collect --case INC-1 --operator "佐藤 花子" --path tree --out usb --plan >tables
        hozen collect --case INC-1 --operator "佐藤 花子" --path tree --path missing --out usb --item ONE || [ $? = 4 ]
        hozen collect --case INC-1 --operator "佐藤 花子" --path tree --out usb --item TWO --key "$KEYS/collect.key"
        hozen verify usb/ONE.tar.zst || [ $? = 3 ]
        hozen verify usb/TWO.tar.zst --signers "$KEYS/signers"
        hozen verify tree/file || [ $? = 3 ]
        hozen list usb/TWO.tar.zst >>tables
        fingerprint=$(hozen verify --json usb/ONE.tar.zst | jq -r '.signers[0].key')
        hozen countersign usb/ONE.tar.zst --key "$KEYS/sato.key" --fingerprint "$fingerprint"
        hozen custody init l.db --organisation "CSIRT Example" --key "$KEYS/sato.key"
        export HOZEN_LEDGER=l.db
        hozen custody person add "$KEYS/kondo.key.pub" --key "$KEYS/sato.key"
        hozen custody intake usb/TWO.tar.zst --key "$KEYS/sato.key" --location "保管庫 3" --signers "$KEYS/signers"
        hozen custody offer TWO --key "$KEYS/sato.key" --to "$KEYS/tanaka.key.pub" --purpose "マルウェア解析" \
            --out offer.json
        hozen custody show
        hozen custody show TWO
        hozen custody decline offer.json --reason "封印が破れている" --key "$KEYS/tanaka.key" --ledger l.db \
            --out refusal.json
        hozen custody offer TWO --key "$KEYS/sato.key" --to "$KEYS/tanaka.key.pub" --purpose "再度" --out offer2.json
        HOZEN_LEDGER='' hozen custody accept offer2.json --bundle usb/TWO.tar.zst --key "$KEYS/tanaka.key" \
            --signers "$KEYS/signers" --out receipt.json
        hozen custody record receipt.json --key "$KEYS/sato.key"
        hozen custody log
        hozen custody checkpoint --key "$KEYS/sato.key" --out cp
        hozen custody audit
    } >out
}

check_lines() { # file, where tables may be wider
    python3 - "$1" <<'PY'
import re, sys, unicodedata
wide = lambda text: sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
bad = []
for line in open(sys.argv[1], encoding="utf-8").read().split("\n"):
    if sys.argv[1] != "tables" and wide(line) > 80 and not re.search(r"[0-9a-f]{64}\.sshsig", line):
        bad.append("more than 80 columns: " + line)
    if line != line.rstrip():
        bad.append("ends in a blank: " + line)
    if any(unicodedata.category(c).startswith("C") for c in line):
        bad.append("a control or format character: " + repr(line))
    label = re.match(r"([^ :/>-][^:/>]*): +(?=\S)", line)
    if label and re.search(r"[0-9a-f]{64}$|SHA256:\S{43}$|\d+ \S{43}=$|\.json$|\.key$", line) and wide(label[0]) != 15:
        bad.append("a value outside the column: " + line)
print("\n".join(bad))
sys.exit(bool(bad))
PY
}

@test "output: columns, width and characters, in English" {
    cd "$BATS_TEST_TMPDIR"
    whole_case
    check_lines out
    check_lines tables
    [ -z "$(grep -E 'content_id|file_sha256' out)" ]
    [ "$(grep -c '^content id:    [0-9a-f]\{64\}$' out)" -ge 8 ]
    [ "$(grep -c '^file sha256:   [0-9a-f]\{64\}$' out)" -ge 7 ]
}

@test "output: columns, width and characters, in Japanese" {
    cd "$BATS_TEST_TMPDIR"
    export LANG=ja_JP.UTF-8
    whole_case
    check_lines out
    check_lines tables
    [ "$(grep -c '^内容 ID:       [0-9a-f]\{64\}$' out)" -ge 8 ]
    [ "$(grep -c '^SHA-256:       [0-9a-f]\{64\}$' out)" -ge 7 ]
}

@test "output: why something is absent: English in the record, shown in the language of the reader" {
    cd "$BATS_TEST_TMPDIR"
    mkdir tree usb
    head -c 5000 /dev/zero >tree/large
    hozen collect --case INC-1 --operator O --path tree --out usb --item ONE --max-file-size 4K --lang ja >out || [ $? = 4 ]
    zstd -dc usb/ONE.tar.zst | tar -xO ONE/meta/absent.jsonl | jq -se 'any(.[]; .reason == "larger than --max-file-size")'
    tr -d ' \n' <out | grep -q -- '--max-file-sizeを超えています' # the line may be broken anywhere
    hozen list usb/ONE.tar.zst --lang ja | grep -q 'tree/large: --max-file-size を超えています$'
    hozen list usb/ONE.tar.zst --lang en | grep -q 'tree/large: larger than --max-file-size$'
    hozen list usb/ONE.tar.zst --lang ja --json | jq -se 'any(.[]; .reason == "larger than --max-file-size")'
    hozen collect --case INC-1 --operator O --path tree/none --out usb --plan --lang ja >plan || [ $? = 4 ]
    grep -q 'そのようなファイルやディレクトリはありません' plan
}

# What a hostile host can put into the summary: names as long as they can be, and letters that are none.
@test "output: a summary with hostile names has one meaning, and lines of a terminal" {
    local name
    cd "$BATS_TEST_TMPDIR"
    mkdir usb
    name=$(printf '\033[2J\xe2\x80\xae%0100d a  b' 7)
    hozen collect --case INC-1 --operator O --path "$PWD/$name" --path "$PWD/x y" --out usb --item ONE >out || [ $? = 4 ]
    [ "$(grep -c $'\033' out)" = 0 ]
    [ "$(grep -c '^not taken: ' out)" = 2 ]
    grep -q '\\x1b\[2J\\xe2\\x80\\xae0000' out
    grep -qE '^time: +[0-9]+\.[0-9]{3} s' out
}

@test "output: what was observed, in both languages, within 80 columns" {
    local language
    [ "$(id -u)" = 0 ] || skip "needs root"
    cd "$BATS_TEST_TMPDIR"
    mkdir -p usb image/tmp image/etc
    echo root:x:0:0::/root:/bin/sh >image/etc/passwd
    cp "$(type -P true)" "image/tmp/"$'a\033[31m b'
    cp "$(type -P true)" image/tmp/second
    chmod 4755 image/tmp/*
    for language in en ja; do
        hozen collect --case INC-1 --operator O --root image --source persistence --out usb --item $language --lang $language >out || [ $? = 4 ]
        check_lines out
        cp out $language
    done
    grep -qE '^observed: +setuid-unusual: 2 times, first' en
    grep -qE '^観察事項: +setuid-unusual: 2 件、最初は' ja
    [ "$(grep -c 'no verdict' ja)" = 0 ]
    grep -q '観察事項は判定ではありません' ja
    cat en ja | grep -qF '/tmp/a\x1b[31m'
}

@test "output: the help of every command fits 80 columns in both languages" {
    local language words
    cd "$BATS_TEST_TMPDIR"
    for language in en ja; do
        hozen --help --lang $language >help
        check_lines help
        sed -n 's/^  \([a-z][a-z ]*[a-z]\)   *[^ ].*/\1/p' help >commands
        [ "$(wc -l <commands)" -ge 17 ]
        while read -r words; do
            # shellcheck disable=SC2086
            hozen $words --help --lang $language >help
            check_lines help
        done <commands
    done
}

@test "offer: not to oneself" {
    start
    take_in
    run custody offer "$ITEM" --to "$KEYS/sato.key.pub" --purpose p --ledger l.db --key "$KEYS/sato.key" --out o.json
    refused 2 "your own key"
    [ ! -e o.json ]
    [ "$(entries l.db)" = 2 ]
}

@test "custody: intake and accept say what was not checked, and where to look" {
    start
    run take_in
    [ "$status" = 0 ]
    [[ $output == *"nobody was named whom you trust (--signers)"* ]]
    offer_to tanaka >/dev/null
    run custody accept offer.json --bundle bundle.tar --key "$KEYS/tanaka.key" --out receipt.json
    [ "$status" = 0 ]
    [[ $output == *"nobody was named whom you trust (--signers)"* ]]
    run custody accept offer.json --bundle bundle.tar --key "$KEYS/tanaka.key" --out r2.json --signers "$KEYS/sato.signers"
    [ "$status" = 0 ]
    [[ $output == *"hozen verify shows why"* ]]
    [[ $output != *"nobody was named"* ]]
}
