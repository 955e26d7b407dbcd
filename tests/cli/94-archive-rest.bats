#!/usr/bin/env bats
# The archive: export, texts and recovery data in a copy; a check that ends early; what is told, and when.

bats_require_minimum_version 1.5.0
load 67-archive.bash

check() { sato check --all --json 2>said; }
result() { jq -c '.checked | sort_by(.item, .copy) | map(.result + ":" + (.repair // "-"))' "$@"; }
# thing NAME SIZE: a file taken in as an item of that name, and put.
thing() {
    head -c "$2" /dev/zero >"$1.dd"
    custody intake --item "$1" --kind image --file "$1.dd" --ledger l.db --key "$KEYS/sato.key" --location here >/dev/null
    sato put "$1" --bundle "$1.dd" --to a --parity none >/dev/null
}
# copy_rest: the latest statement's list, as sha256sum writes it.
rest() { custody log --ledger l.db --json | jq -rs 'map(select(.statement.body | has("rest")))[-1].statement.body.rest[] | .sha256 + "  ./" + .file'; }

@test "archive: what put makes in a copy is recorded, each file of it" {
    countersign bundle.tar --key "$KEYS/sato.key" >/dev/null \
        --fingerprint "$("$HOZEN_BIN/hozen-verify" verify --json bundle.tar | jq -r '.signers[0].key')"
    signature=$(ls bundle.tar.*.sshsig)
    put --to a --parity 10% >/dev/null
    copy=a/$ITEM.archive-1
    rest | sort -k2 >recorded
    (cd "$copy" && find . -type f ! -name bundle.tar ! -path "./$signature" -exec sha256sum {} +) | sort -k2 | diff recorded -
    grep -q "custody/export.json$" recorded
    grep -q "bundle.tar.par2$" recorded
    grep -q VERIFY.ja.txt recorded
    [ "$(latest)" = copy ]
    "$HOZEN_SOURCE/tests/oracle/shapes.py" --file statement <(jq -c .statement entry)
    jq -e --arg s "$signature" '.statement.body.sealed.beside | map(.file) == [$s]' entry
    check >answer
    jq -e '.checked | length == 1 and all(has("beside") or has("rest") | not)' answer
    consistent l.db
}

@test "archive: recovery data, export or texts that are altered or gone are a finding, and are made again" {
    put --to a --parity 10% >/dev/null
    put --to b --parity none >/dev/null
    copy=a/$ITEM.archive-1
    rest >/dev/null
    loose "$copy"
    cp -a "$copy" good
    for f in bundle.tar.par2 "$(cd good && ls bundle.tar.vol*.par2)" VERIFY.en.txt custody/entries.jsonl custody/export.json \
        "$(cd good && ls custody/checkpoint.*.sshsig)"; do
        for how in altered missing; do
            if [ $how = altered ]; then hurt "$copy/$f" 30 1; else rm "$copy/$f"; fi
            run -1 check
            echo "$output" >answer
            [ "$(result answer)" = '["same:make","same:-"]' ] || { cat answer; return 1; }
            jq -e --arg f "$f" --arg how $how '.checked | sort_by(.copy)[0].beside | length == 1 and (.[0] | .file == $f and .result == $how)' answer
            cp "good/$f" "$copy/$f"
        done
    done
    shape archive-check answer
    # several at once: told, recorded, kept in mind, made again
    rm "$copy/bundle.tar.par2" "$copy/custody/export.json"
    echo 'AN EVIL TEXT' >"$copy/VERIFY.en.txt"
    run -1 check
    [ "$(jq -r '.checked | sort_by(.copy)[0].beside | map(.file) | join(" ")' <<<"$output")" = "VERIFY.en.txt bundle.tar.par2 custody/export.json" ]
    [ "$(latest)" = fixity ]
    "$HOZEN_SOURCE/tests/oracle/shapes.py" --file statement <(jq -c .statement entry)
    jq -e '.statement.body.checks[0].beside | map(.file) == ["VERIFY.en.txt", "bundle.tar.par2", "custody/export.json"] and (.[1] | has("sha256") | not)' entry
    run -1 --separate-stderr archive status --ledger l.db --json
    jq -e '.copies | map(.beside) == ["altered", null]' <<<"$output"
    run -1 sato check --all
    [[ $(tr -s ' \n' ' ' <<<"$output") == *"VERIFY.en.txt: altered"*"bundle.tar.par2: missing"*"it can be made again"* ]]
    sato repair "$ITEM" --json >answer 2>/dev/null
    shape custody-result answer
    [ "$(latest)" = recheck ]
    "$HOZEN_SOURCE/tests/oracle/shapes.py" --file statement <(jq -c .statement entry)
    jq -e '.statement.body | .copy == "archive-1" and .evidence.integrity == "intact" and (has("repaired") | not)' entry
    run ! grep -rq 'AN EVIL TEXT' "$copy"
    rest | (cd "$copy" && sha256sum -c --quiet)
    [ "$(cd "$copy" && find . -type f ! -name bundle.tar | wc -l)" = "$(rest | wc -l)" ]
    check >answer
    [ "$(result answer)" = '["same:-","same:-"]' ]
    archive status --ledger l.db >/dev/null
    # with the bundle itself, by its recovery data
    loose "$copy"
    rm -r "$copy/custody"
    hurt "$copy/bundle.tar" 3000 64
    run -1 check
    [ "$(result <<<"$output")" = '["altered:parity","same:-"]' ]
    sato repair "$ITEM" >/dev/null 2>&1
    rest | (cd "$copy" && sha256sum -c --quiet)
    check >answer
    [ "$(result answer)" = '["same:-","same:-"]' ]
    # a seal that is lost and a text that is altered are one repair
    loose "$copy"
    echo 'AN EVIL TEXT' >"$copy/VERIFY.ja.txt"
    sato repair "$ITEM" --copy archive-1 >/dev/null 2>&1
    run ! grep -rq 'AN EVIL TEXT' "$copy"
    check >/dev/null
    run -3 sato repair "$ITEM" --copy archive-1
    [[ $output == *"is as it was recorded"* ]]
    consistent l.db
}

@test "archive: a copy of which the rest is not recorded is read as before, and that is told" {
    [ "$HOZEN_PRESET" = release ] || skip "a preloaded library would come before the sanitizer"
    gcc -D_GNU_SOURCE -shared -fPIC -o blind.so "$HOZEN_SOURCE/tests/tools/blind_readdir.c"
    LD_PRELOAD=$PWD/blind.so "$HOZEN_BIN/hozen-custody" archive put "$ITEM" --bundle bundle.tar --to a --parity none --ledger l.db --key "$KEYS/sato.key" >/dev/null
    [ "$(latest)" = copy ]
    jq -e '.statement.body | has("sealed") and (has("rest") | not)' entry
    put --to b --parity none >/dev/null
    check >answer
    shape archive-check answer
    jq -e '.checked | sort_by(.copy) | map(.result + ":" + (.rest // "-")) == ["same:unrecorded", "same:-"]' answer
    archive status --ledger l.db --json >answer
    shape archive-status answer
    jq -e '.copies | map(.rest) == ["unrecorded", null]' answer
    archive status --ledger l.db | tr -s ' \n' ' ' | grep -q "export, texts and recovery data: not recorded"
    # a repair records it
    loose "a/$ITEM.archive-1"
    hurt "a/$ITEM.archive-1/bundle.tar" 3000 64
    run -1 check
    sato repair "$ITEM" >/dev/null 2>&1
    check >answer
    jq -e '.checked | all(has("rest") | not)' answer
    consistent l.db
}

@test "archive: a check of all that is interrupted goes on where it was" {
    for n in 1 2 3 4 5; do thing "T-$n" 20000; done
    "$HOZEN_BIN/hozen-custody" archive check --all --max-rate 15000 --json --ledger l.db --key "$KEYS/sato.key" >first 2>said &
    pid=$!
    until [ ! -e /proc/$pid ] || readlink /proc/$pid/fd/* 2>/dev/null | grep -q 'T-[2-5].dd$'; do sleep 0.02; done
    kill -TERM $pid
    status=0
    wait $pid || status=$?
    [ "$status" = 3 ]
    shape archive-check first
    [ "$(latest)" = fixity ]
    jq -e '.left != "0" and (.checked | length >= 1)' first
    [ "$(jq -c '[.statement.body.checks[].item]' entry)" = "$(jq -c '[.checked[].item]' first)" ]
    since=$(jq -r .since first)
    grep -q -- "--all --since $since goes on" <(tr -s ' \n' ' ' <said)
    before=$(entries l.db)
    sato check --all --since "$since" --json >second
    jq -e '.left == "0" and (has("since") | not)' second
    [ "$(jq -r '.checked[].item' first second | sort | xargs)" = "T-1 T-2 T-3 T-4 T-5" ]
    [ "$(entries l.db)" = $((before + 1)) ]
    # there is nothing left; a run without it begins with what was read longest ago
    sato check --all --since "$since" --json >third 2>/dev/null
    jq -e '.checked == [] and .entries == []' third
    sato check T-3 --all >/dev/null
    check >fourth
    [ "$(jq -r '.checked[-1].item' fourth)" = T-3 ]
    run sato check --all --since 2100-01-01T00:00:00Z
    refused 2 "in the future"
    run sato check --due --since "$since"
    [ "$status" = 2 ]
    consistent l.db
}

@test "archive: a check that is killed loses no more than a batch, which is recorded before a long copy" {
    thing SMALL 20
    thing LONG 40000000
    before=$(entries l.db)
    "$HOZEN_BIN/hozen-custody" archive check --all --max-rate 50000 --ledger l.db --key "$KEYS/sato.key" >first 2>said 3>&- &
    pid=$!
    while [ "$(entries l.db)" = "$before" ]; do # for a quarter of an hour at that rate
        kill -0 $pid
        sleep 0.1
    done
    kill -KILL $pid
    wait $pid || true
    [ "$(entries l.db)" = $((before + 1)) ]
    [ "$(latest)" = fixity ]
    [ "$(jq -c '[.statement.body.checks[].item]' entry)" = '["SMALL"]' ]
    consistent l.db
    # the next one begins with the other one
    check >answer
    [ "$(jq -r '[.checked[].item] | join(" ")' answer)" = "LONG SMALL" ]
    consistent l.db
}

@test "archive: nothing is told as unchanged that could not be recorded" {
    put --to a --parity none >/dev/null
    put --to b --parity none >/dev/null
    before=$(entries l.db)
    run -3 --separate-stderr env ASAN_OPTIONS="${ASAN_OPTIONS:-}:verify_asan_link_order=0" faketime -f -3h "$HOZEN_BIN/hozen-custody" archive check --all --ledger l.db --key "$KEYS/sato.key"
    [ -z "$output" ]
    [[ $(tr -s ' \n' ' ' <<<"$stderr") == *"2 copies were read again, and nothing of that is recorded"* ]]
    loose "a/$ITEM.archive-1"
    hurt "a/$ITEM.archive-1/bundle.tar" 3000 64
    run -3 --separate-stderr env ASAN_OPTIONS="${ASAN_OPTIONS:-}:verify_asan_link_order=0" faketime -f -3h "$HOZEN_BIN/hozen-custody" archive check --all --ledger l.db --key "$KEYS/sato.key"
    [[ $(tr -s ' \n' ' ' <<<"$stderr") == *"the copy archive-1: altered, which is not recorded"* ]]
    [ "$(entries l.db)" = "$before" ]
}

@test "archive: par2 that comes to no end is ended, with what it started, and that is said" {
    [ "$(id -u)" = 0 ] || skip "needs root"
    printf '#!/bin/sh\nsleep 600 &\necho $! >%s\nwait\n' "$PWD/pid" >fake
    chmod +x fake
    # an hour is a few seconds
    run -3 --separate-stderr env ASAN_OPTIONS="${ASAN_OPTIONS:-}:verify_asan_link_order=0" timeout 300 unshare --mount --propagation private bash -euc '
        mount --bind fake /usr/bin/par2
        exec faketime -f "+0 x1000" "$1/hozen-custody" archive put "$2" --bundle bundle.tar --to a --parity 10% --ledger l.db --key "$3"' - "$HOZEN_BIN" "$ITEM" "$KEYS/sato.key"
    [[ $(tr -s ' \n' ' ' <<<"$stderr") == *"par2 was not done after 60 minutes and was ended"* ]]
    for _ in $(seq 1200); do
        kill -0 "$(cat pid)" 2>/dev/null || break
        sleep 0.1
    done
    run ! kill -0 "$(cat pid)"
    [ "$(sqlite3 l.db "SELECT count(*) FROM copy WHERE role = 'archive'")" = 0 ]
}

@test "archive: a password in an address that is none is not told" {
    for address in ftp://sato:secret@store.example 'sato:se cret@store.example' 'http://sato:s@secret@store.example x'; do
        run env AWS_ENDPOINT_URL="$address" "$HOZEN_BIN/hozen-custody" archive put "$ITEM" --bundle bundle.tar --to s3://evidence --legal-hold --ledger l.db --key "$KEYS/sato.key"
        refused 2 "AWS_ENDPOINT_URL: store.example"
        [[ $output != *cret* ]]
    done
}

@test "archive: the service that is shipped, with the settings that it names" {
    unit=$HOZEN_SOURCE/custody/systemd/hozen-archive-check.service
    sed -n 's/^#   \([A-Z_]*=.*\)/\1/p' "$unit" >archive.env
    for name in HOZEN_LEDGER HOZEN_ARCHIVE_KEY HOZEN_SIGNERS; do grep -q "^$name=" archive.env; done
    sed -i "s,^HOZEN_LEDGER=.*,HOZEN_LEDGER=$PWD/l.db,; s,^HOZEN_ARCHIVE_KEY=.*,HOZEN_ARCHIVE_KEY=$KEYS/sato.key,; s,^HOZEN_SIGNERS=.*,HOZEN_SIGNERS=$PWD/trusted," archive.env
    printf 'sato@csirt.example %s\n' "$(cut -d' ' -f1,2 "$KEYS/sato.key.pub")" >trusted
    countersign bundle.tar --key "$KEYS/sato.key" >/dev/null \
        --fingerprint "$("$HOZEN_BIN/hozen-verify" verify --json bundle.tar | jq -r '.signers[0].key')"
    put --to a --parity 10% >/dev/null
    loose "a/$ITEM.archive-1"
    hurt "a/$ITEM.archive-1/bundle.tar" 3000 8
    line=$(sed -n "s,@bindir@,$(realpath "$HOZEN_BIN"),; s/^ExecStart=//p" "$unit")
    # a service has these variables and no others
    run -1 --separate-stderr env -i PATH="$PATH" ASAN_OPTIONS="${ASAN_OPTIONS:-}:verify_asan_link_order=0" $(xargs <archive.env) faketime -f +2d bash -c "$line"
    [[ $(tr -s ' \n' ' ' <<<"$output") == *"archive-1: altered; its recovery data can mend it"* ]]
    [ "$(latest)" = recheck ]
    jq -c .statement.body.evidence entry >&2
    [ "$(jq -r .statement.body.evidence.authenticity entry)" = trusted ]
    # without the list who signed is not checked
    sed -i /SIGNERS/d archive.env
    run -1 --separate-stderr env -i PATH="$PATH" ASAN_OPTIONS="${ASAN_OPTIONS:-}:verify_asan_link_order=0" $(xargs <archive.env) faketime -f +92d bash -c "$line"
    latest >/dev/null
    [ "$(jq -r .statement.body.evidence.authenticity entry)" = untrusted ]
}
