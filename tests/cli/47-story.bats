#!/usr/bin/env bats
# A whole case, as it is lived: breach, collection with a one-time key, countersignature, intake, handoff to an analyst of another
# organisation with a ledger of their own, working copy, recheck, time stamp, return, hold, disposal. Then somebody who has
# nothing but the exports and stock tools checks it, and every step is in what they see.

bats_require_minimum_version 1.5.0
load 40-custody.bash
load 48-time.bash

setup() {
    [ "$(id -u)" = 0 ] || skip "needs root"
    KEYS=$BATS_TEST_TMPDIR/keys A=$BATS_TEST_TMPDIR/authority
    make_keys
    make_authority "$A"
    cd "$BATS_TEST_TMPDIR"
    mkdir www usb
    echo '<?php system($_GET["c"]); ?>' >www/shell.php
}

teardown() { [ -n "${BATS_TEST_COMPLETED:-}" ] || tail -5 "$BATS_TEST_TMPDIR/said"; }

fingerprint() { ssh-keygen -lf "$KEYS/$1.key.pub" | cut -d' ' -f2; }
csirt() { custody "$@" --lang "$L" --ledger csirt.db --key "$KEYS/sato.key"; }
lab() { custody "$@" --lang "$L" --ledger lab.db --key "$KEYS/tanaka.key"; }

# breach: collected on the host with a one-time key, countersigned and taken in at home.
breach() {
    "$HOZEN_BIN/hozen-collect" --case INC-2026-042 --item web01 --operator "Sato Hanako" --out usb --path "$PWD/www" --json \
        --lang "$L" >collected
    bundle=$(jq -r .bundle collected) key=$(jq -r .fingerprint collected)
    countersign "$bundle" --key "$KEYS/sato.key" --fingerprint "$key" --lang "$L"
    cat "$KEYS"/{sato,tanaka,kondo}.signers >signers
    custody init csirt.db --organisation "Example CSIRT" --key "$KEYS/sato.key" --lang "$L"
    csirt person add "$KEYS/kondo.key.pub" --checkpoint-signer --second-key "$KEYS/kondo.key"
    csirt case INC-2026-042 --title "$TITLE" --severity "$SEVERITY" --detected 2026-11-20T09:00:00+09:00 --reporter "Mori Jun"
    csirt note --case INC-2026-042 --kind containment --text "$ISOLATED" --at 2026-11-20T09:30:00+09:00
    csirt intake "$bundle" --location "$LOCKER" --signers signers
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
    [ "$(ITEM=web01; custodian csirt.db)" = "Tanaka Ken" ]
}

# analysis: a working copy goes out and comes back, the original is verified again, a time is proven.
analysis() {
    cp "$bundle" work.tar.zst
    lab copy web01 --copy w1 --role working --file work.tar.zst --medium "USB 7"
    lab checkout web01 --copy w1 --to "Ito Rin" --purpose "$PURPOSE" --due 2030-01-01T00:00:00Z
    lab return web01 --copy w1 --condition "$GOOD" --file work.tar.zst
    lab recheck web01 --bundle "$bundle" --signers signers
    lab checkpoint --out lab.checkpoint
    stamp "$A" lab.checkpoint lab.checkpoint.tsr
    lab timestamp lab.checkpoint --roots "$A/root.pem"
}

# back: Sato holds it again, by the lab's ledger.
back() {
    lab offer web01 --to "$KEYS/sato.key.pub" --purpose "$BACK" --out back.json
    custody accept back.json --bundle "$bundle" --key "$KEYS/sato.key" --signers signers --out back-receipt.json --lang "$L"
    lab record back-receipt.json
}

# The rest of its life in the lab's ledger, where Sato holds it now.
ending() {
    custody person add "$KEYS/kondo.key.pub" --ledger lab.db --key "$KEYS/tanaka.key" --lang "$L"
    mine() { custody "$@" --lang "$L" --ledger lab.db --key "$KEYS/sato.key"; }
    mine hold web01 --hold H-1 --authority "$COURT" --reason "$APPEAL"
    run mine dispose web01 --plan --method "$SHRED" --authority "$COURT"
    [ "$status" = 3 ]
    mine lift web01 --hold H-1 --authority "$COURT" --reason "$OVER" --second-key "$KEYS/tanaka.key"
    mine dispose web01 --plan --method "$SHRED" --authority "$COURT"
    mine dispose web01 --method "$SHRED" --authority "$COURT" --witness "Kondo Aoi" --second-key "$KEYS/tanaka.key"
    custody checkpoint --ledger lab.db --key "$KEYS/tanaka.key" --lang "$L"
    [ "$(ITEM=web01; state lab.db)" = disposed ]
}

# stock: the folder's own text, typed, and its script; nothing of ours in reach.
stock() { # FOLDER KEY
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
    custody audit --ledger csirt.db --offer offer.json --offer receipt.json --lang "$L"
    custody export csirt.out --ledger csirt.db --key "$KEYS/sato.key" >/dev/null
    custody export lab.out --item web01 --ledger lab.db --key "$KEYS/tanaka.key" >/dev/null
    stock csirt.out "$(fingerprint sato)" sato@csirt.example
    stock lab.out "$(fingerprint tanaka)" tanaka@lab.example
    [ "$(steps csirt.out)" = "genesis person case note intake photograph person offer courier acceptance " ] || { steps csirt.out; false; }
    [[ "$(steps lab.out)" == *"intake "*"copy checkout return recheck "*"offer acceptance "*"hold lift disposal-plan disposal "* ]] ||
        { steps lab.out; false; }
    "$HOZEN_BIN/hozen-verify" verify csirt.out --signers signers --lang "$L"
    "$HOZEN_BIN/hozen-verify" verify lab.out --signers signers --lang "$L"
    # what the receivers hold proves the handoff without either ledger
    "$HOZEN_BIN/hozen-verify" verify "$bundle" --signers signers --lang "$L"
    custody log web01 --ledger lab.db --lang "$L" >log
    for text in "$PURPOSE" "$GOOD" "$COURT" "$SHRED" "Kondo Aoi" "Ito Rin"; do tr -d ' \n' <log | grep -qF "$(tr -d ' ' <<<"$text")"; done
}

@test "story: a whole case, in English" {
    L=en TITLE="Breach of the shop" SEVERITY=high ISOLATED="host isolated from the network" LOCKER="evidence locker 3" SEAL="the seal"
    PURPOSE="malware analysis" VAN="car" BENCH="bench 2" GOOD="seal whole" BACK="analysis is done" COURT="order 12 of the court"
    APPEAL="appeal" OVER="appeal withdrawn" SHRED="shredding"
    story
}

@test "story: a whole case, in Japanese" {
    L=ja TITLE="通販サイトへの侵入" SEVERITY=高 ISOLATED="ホストをネットワークから隔離した" LOCKER="証拠保管庫 3" SEAL="封印の写真"
    PURPOSE="マルウェア解析" VAN="社用車" BENCH="解析机 2" GOOD="封印に異常なし" BACK="解析が終わったため" COURT="裁判所の命令 12 号"
    APPEAL="控訴のため" OVER="控訴の取り下げ" SHRED="破砕"
    story
}
