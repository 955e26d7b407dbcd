#!/usr/bin/env bats
# A whole case, as it is lived: breach, collection with a one-time key, countersignature, intake, handoff to an analyst of another
# organisation with a ledger of their own, working copy, recheck, time stamp, return to the ledger it came from, hold, disposal; the
# forms that are printed at the end. Then somebody who has nothing but the exports and stock tools checks it, and every step is in
# what they see.

bats_require_minimum_version 1.5.0
load 40-custody.bash
load 48-time.bash

setup() {
    [ "$(id -u)" = 0 ] || skip "needs root"
    export TZ=UTC # forms show times with the offset of the machine
    KEYS=$BATS_TEST_TMPDIR/keys A=$BATS_TEST_TMPDIR/authority
    make_keys
    make_authority "$A"
    cd "$BATS_TEST_TMPDIR"
    # the disk of the host, mounted: a host of which all is known, so that the forms are the same everywhere
    mkdir -p usb host/etc host/srv/www
    echo web01 >host/etc/hostname
    echo 0123456789abcdef0123456789abcdef >host/etc/machine-id
    echo 'PRETTY_NAME="Example Linux 1"' >host/etc/os-release
    echo '<?php system($_GET["c"]); ?>' >host/srv/www/shell.php
}

teardown() { [ -n "${BATS_TEST_COMPLETED:-}" ] || tail -5 "$BATS_TEST_TMPDIR/said"; }

fingerprint() { ssh-keygen -lf "$KEYS/$1.key.pub" | cut -d' ' -f2; }
csirt() { custody "$@" --lang "$L" --ledger csirt.db --key "$KEYS/sato.key"; }
lab() { custody "$@" --lang "$L" --ledger lab.db --key "$KEYS/tanaka.key"; }
of() { ITEM=web01 "$1" "$2"; }

# breach: collected on the host with a one-time key, countersigned and taken in at home.
breach() {
    "$HOZEN_BIN/hozen-collect" --case INC-2016-042 --item web01 --operator "Sato Hanako" --organisation "Example CSIRT" --out usb --root "$PWD/host" \
        --path /srv/www --authority "$CONSENT" --reason "$TITLE" --witness "Abe Rin" --json --lang "$L" >collected
    bundle=$(jq -r .bundle collected) key=$(jq -r .fingerprint collected)
    countersign "$bundle" --key "$KEYS/sato.key" --fingerprint "$key" --lang "$L"
    cat "$KEYS"/{sato,tanaka,kondo}.signers >signers
    custody init csirt.db --organisation "Example CSIRT" --key "$KEYS/sato.key" --role custodian --title CSO --lang "$L"
    csirt person add "$KEYS/kondo.key.pub" --title "$TITLE2" --checkpoint-signer --second-key "$KEYS/kondo.key"
    echo '{"copies":1,"recheck_days":365,"rules":[{"name":"two-for-disposal","persons":2,"types":["disposal"]}]}' >rules.json
    csirt policy rules.json --second-key "$KEYS/kondo.key"
    csirt case INC-2016-042 --title "$TITLE" --severity "$SEVERITY" --detected 2016-03-01T09:00:00+09:00 --reporter "Mori Jun"
    csirt note --case INC-2016-042 --kind containment --text "$ISOLATED" --at 2016-03-01T09:30:00+09:00
    csirt intake "$bundle" --location "$LOCKER" --signers signers --exhibit K-1 --make Example --model S-1 --serial 4711 --mac 02:00:00:00:00:01 \
        --ip 192.0.2.1 --discovered-at 2016-03-01T08:50:00+09:00 --discovered-by "Mori Jun" --clock-offset "+2 s" --clock-known-by NTP \
        --authority "$CONSENT" --reason "$TITLE" --witness "Abe Rin"
    printf 'picture of the seal' >seal.jpg
    csirt photograph web01 --picture seal.jpg --description "$SEAL"
}

# handoff: to the lab, which has a ledger and no network; with a courier.
handoff() {
    csirt offer web01 --to "$KEYS/tanaka.key.pub" --purpose "$PURPOSE" --seal A-1001 --out offer.json
    csirt courier web01 --name "Yamada Taro" --tracking 4711 --transport "$VAN"
    custody init lab.db --organisation "Example Lab" --key "$KEYS/tanaka.key" --lang "$L"
    lab accept offer.json --bundle "$bundle" --signers signers --location "$BENCH" --out receipt.json
    csirt record receipt.json
    [ "$(of custodian csirt.db)" = "Tanaka Ken" ]
}

# analysis: a working copy goes out and comes back, the original is verified again, a time is proven.
analysis() {
    cp "$bundle" work.tar.zst
    lab copy web01 --copy w1 --role working --file work.tar.zst --medium "USB 7"
    lab checkout web01 --copy w1 --to "Ito Rin" --purpose "$PURPOSE" --due 2030-01-01T00:00:00Z
    lab return web01 --copy w1 --condition "$GOOD" --file work.tar.zst
    lab recheck web01 --bundle "$bundle" --signers signers
    proven lab lab.db
}

# proven WHO LEDGER: the head of the ledger gets a time stamp, which is recorded.
proven() {
    "$1" checkpoint --out "$2.checkpoint"
    stamp "$A" "$2.checkpoint" "$2.checkpoint.tsr"
    "$1" timestamp "$2.checkpoint" --roots "$A/root.pem"
}

# back: Sato takes it into the first ledger again, from the lab's offer; the receipt goes to the lab.
back() {
    lab offer web01 --to "$KEYS/sato.key.pub" --purpose "$BACK" --out back.json
    csirt accept back.json --bundle "$bundle" --signers signers --location "$LOCKER" --condition "$GOOD" --out back-receipt.json
    lab record back-receipt.json
    [ "$(of custodian csirt.db)" = "Sato Hanako" ]
    [ "$(of custodian lab.db)" = "Sato Hanako" ]
    csirt accept back.json --bundle "$bundle" --signers signers --location "$LOCKER" --condition "$GOOD" --out again.json # the same receipt, not a second one
    cmp back-receipt.json again.json
}

# The end of its life, where it began.
ending() {
    csirt hold web01 --hold H-1 --authority "$COURT" --reason "$APPEAL"
    run -3 csirt dispose web01 --plan --method "$SHRED" --authority "$COURT"
    csirt lift web01 --hold H-1 --authority "$COURT" --reason "$OVER" --second-key "$KEYS/kondo.key"
    csirt dispose web01 --plan --method "$SHRED" --authority "$COURT"
    csirt dispose web01 --method "$SHRED" --authority "$COURT" --witness "Abe Rin" --second-key "$KEYS/kondo.key"
    proven csirt csirt.db
    [ "$(of state csirt.db)" = disposed ]
}

# forms: each as it is kept in tests/golden/report, but for what differs from run to run. Set HOZEN_GOLDEN to write them.
forms() {
    version=$("$HOZEN_BIN/hozen-verify" list --json "$bundle" | tail -n 1 | jq -r .acquisition.tool.version)
    for form in custody acquisition receipt certificate disposal case; do
        about=web01 more=()
        [ $form != case ] || about=--case=INC-2016-042
        [ $form != acquisition ] || more=(--bundle "$bundle")
        "$HOZEN_BIN/hozen-custody" report "$about" --form $form --lang "$L" --ledger csirt.db --timestamp-roots "$A/root.pem" \
            --out $form.html "${more[@]}" >/dev/null
        python3 "$HOZEN_SOURCE/tests/tools/html_text.py" $form.html --story "$PWD=folder" "$HOZEN_BIN=bin" "$(jq -r .bytes collected)=bytes" \
            "$version=version" >$form.txt
        kept=$HOZEN_SOURCE/tests/golden/report/story-$form.$L.txt
        [ -z "${HOZEN_GOLDEN:-}" ] || cp $form.txt "$kept"
        diff -u "$kept" $form.txt
    done
}

# has FORM LABEL...: the form has each of these, with its value or as not recorded.
has() {
    local form=$1 label
    shift
    for label; do
        [ "$L" = en ] || label=$(python3 -c 'import re, sys
print(dict(re.findall(r"msgid \"(.*)\"\nmsgstr \"(.+)\"", open(sys.argv[1], encoding="utf-8").read()))[sys.argv[2]])' "$HOZEN_SOURCE/base/po/ja.po" "$label")
        grep -qE "^$label \| ([^ ].*\[[0-9]+\]|$NONE)$" "$form.txt" || { echo "$form: $label"; grep "^$label" "$form.txt"; return 1; }
    done
}

# Every field that a custody record must be able to hold (LEDGER.md).
fields() {
    has custody "case id" "evidence id" "exhibit number" "responsible officer" make model "serial number" "asset tag" host machine-id "MAC address" \
        "IP address" "operating system" discovered "discovered at" "discovered by" "time of collection" "collected at" "collected by" \
        "authority of collection" "reason of collection" "clock offset from UTC" "how the offset is known" "tool of collection" \
        "sha256 of the tool" "command line" "tool of the intake" "what could not be had" "changes by the collection" witnesses location \
        "SHA-256 of the evidence" "SHA-512 of the evidence"
    has receipt name title organisation role contact "signed at" purpose "condition at handover" seal transport "tracking number" \
        courier "condition on arrival"
    has disposal "method of disposal" "authority of disposal" "witness of disposal" "disposed of at" "disposed of by"
}

# stock: the folder's own text, typed, and its script; nothing of ours in reach.
stock() { # FOLDER KEY PRINCIPAL
    sed -n '/^#!/,/^# end/p' "$1/VERIFY.$L.txt" >check.py
    env -i PATH=/usr/bin:/bin LANG=C.UTF-8 python3 check.py "$1" "$2"
    (cd "$1" && sha256sum --quiet --strict -c SHA256SUMS &&
        ssh-keygen -Y verify -f allowed_signers -I "$3" -n hozen-ledger-v1 -s checkpoint.*.sshsig <checkpoint >/dev/null)
}

steps() { jq -r '.statement | @base64d | fromjson | .type' "$1/entries.jsonl" | tr '\n' ' '; }

story() {
    breach >said 2>&1
    handoff >>said 2>&1
    analysis >>said 2>&1
    back >>said 2>&1
    ending >>said 2>&1
    custody audit --ledger lab.db --timestamp-roots "$A/root.pem" --offer back.json --offer back-receipt.json --lang "$L"
    custody audit --ledger csirt.db --timestamp-roots "$A/root.pem" --offer offer.json --offer receipt.json --lang "$L"
    custody export csirt.out --ledger csirt.db --key "$KEYS/sato.key" >/dev/null
    custody export lab.out --item web01 --ledger lab.db --key "$KEYS/tanaka.key" >/dev/null
    stock csirt.out "$(fingerprint sato)" sato@csirt.example
    stock lab.out "$(fingerprint tanaka)" tanaka@lab.example
    [ "$(steps csirt.out)" = "genesis person policy case note intake photograph person offer courier acceptance intake hold lift disposal-plan disposal timestamp " ] ||
        { steps csirt.out; false; }
    [ "$(steps lab.out)" = "genesis intake copy checkout return recheck offer acceptance " ] || [[ "$(steps lab.out)" == *"offer acceptance "* ]] ||
        { steps lab.out; false; }
    "$HOZEN_BIN/hozen-verify" verify csirt.out --signers signers --lang "$L"
    "$HOZEN_BIN/hozen-verify" verify lab.out --signers signers --lang "$L"
    # what the receivers hold proves the handoff without either ledger
    "$LEDGER_PY" receipt receipt.json --offer offer.json
    "$LEDGER_PY" receipt back-receipt.json --offer back.json
    "$HOZEN_BIN/hozen-verify" verify "$bundle" --signers signers --lang "$L"
    custody log web01 --ledger csirt.db --lang "$L" >log
    custody log web01 --ledger lab.db --lang "$L" >>log
    for text in "$PURPOSE" "$GOOD" "$COURT" "$SHRED" "$BACK" "Abe Rin" "Ito Rin"; do tr -d ' \n' <log | grep -qF "$(tr -d ' ' <<<"$text")"; done
    forms
    fields
}

@test "story: a whole case, in English" {
    L=en TITLE="Breach of the shop" SEVERITY=high ISOLATED="host isolated from the network" LOCKER="evidence locker 3" SEAL="the seal"
    PURPOSE="malware analysis" VAN="car" BENCH="bench 2" GOOD="seal whole" BACK="analysis is done" COURT="order 12 of the court"
    APPEAL="appeal" OVER="appeal withdrawn" SHRED="shredding" CONSENT="consent of the owner" TITLE2="counsel" NONE="not recorded"
    story
}

@test "story: a whole case, in Japanese" {
    L=ja TITLE="通販サイトへの侵入" SEVERITY=高 ISOLATED="ホストをネットワークから隔離した" LOCKER="証拠保管庫 3" SEAL="封印の写真"
    PURPOSE="マルウェア解析" VAN="社用車" BENCH="解析机 2" GOOD="封印に異常なし" BACK="解析が終わったため" COURT="裁判所の命令 12 号"
    APPEAL="控訴のため" OVER="控訴の取り下げ" SHRED="破砕" CONSENT="所有者の同意" TITLE2="弁護士" NONE="記録なし"
    story
}
