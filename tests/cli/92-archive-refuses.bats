#!/usr/bin/env bats
# The archive: what a put leaves alone, seals that were lost, copies that grew, what is counted and told.

bats_require_minimum_version 1.5.0
load 67-archive.bash
unset FULL PARITY

teardown() {
    if [ -n "${FULL:-}" ]; then umount "$FULL"; fi
    chattr -R -i "$BATS_TEST_TMPDIR" 2>/dev/null || true
}

put() { sato put "$ITEM" --bundle bundle.tar --parity "${PARITY:-none}" "$@"; }
# picture FOLDER: names, modes and digests of all in it.
picture() { (cd "$1" && find . -printf '%p %m\n' | sort && find . -type f -exec sha256sum {} + | sort); }
# thing NAME TEXT [LEDGER]: a file taken in as an item of that name.
thing() {
    mkdir -p "from-$1-${3:-l.db}"
    echo "$2" >"from-$1-${3:-l.db}/thing.txt"
    custody intake --item "$1" --kind file --file "from-$1-${3:-l.db}/thing.txt" --ledger "${3:-l.db}" --key "$KEYS/sato.key" --location here >/dev/null
}

@test "archive: a put leaves alone what lies under its name: of another ledger, of an item and copy that give the same name" {
    # two ledgers, one target, an item of the same name
    custody init other.db --organisation "Lab Example" --key "$KEYS/sato.key" >/dev/null
    thing THING-1 first
    thing THING-1 second other.db
    sato put THING-1 --bundle from-THING-1-l.db/thing.txt --to a --parity none >/dev/null
    picture a >before
    run archive put THING-1 --bundle from-THING-1-other.db/thing.txt --to a --parity none --ledger other.db --key "$KEYS/sato.key"
    refused 3 "a/THING-1.archive-1 is there already"
    [[ $output != *"do not trust"* ]]
    picture a | diff before -
    archive put THING-1 --bundle from-THING-1-other.db/thing.txt --to a --parity none --copy lab-1 --ledger other.db --key "$KEYS/sato.key" >/dev/null
    # the same bytes, but the other ledger's copy
    thing THING-9 same
    thing THING-9 same other.db
    sato put THING-9 --bundle from-THING-9-l.db/thing.txt --to a --parity none >/dev/null
    picture a >before
    run archive put THING-9 --bundle from-THING-9-other.db/thing.txt --to a --parity none --ledger other.db --key "$KEYS/sato.key"
    refused 3 "a/THING-9.archive-1 is there already"
    picture a | diff before -
    # one ledger, THING-1 and x.archive-1, THING-1.x and archive-1
    thing THING-1.x third
    sato put THING-1 --bundle from-THING-1-l.db/thing.txt --to a --parity none --copy x.archive-1 >/dev/null
    picture a >before
    run sato put THING-1.x --bundle from-THING-1.x-l.db/thing.txt --to a --parity none
    refused 3 "the copy x.archive-1 of THING-1 lies there"
    picture a | diff before -
    # the name of what is not finished
    run sato put THING-1 --bundle from-THING-1-l.db/thing.txt --to a --parity none --copy q.partial
    [ "$status" = 2 ]
    [[ $output == *"ends in .partial"* ]]
    picture a | diff before -
    consistent l.db
    consistent other.db
}

@test "archive: what somebody prepared under the name of a copy is not taken for one" {
    mkdir -p "a/$ITEM.archive-1/custody"
    put --to b --copy first >/dev/null
    cp bundle.tar "a/$ITEM.archive-1/"
    echo 'AN EVIL TEXT' >"a/$ITEM.archive-1/VERIFY.en.txt"
    cp "a/$ITEM.archive-1/VERIFY.en.txt" "a/$ITEM.archive-1/VERIFY.ja.txt"
    picture "a/$ITEM.archive-1" >before
    entries=$(entries l.db)
    run put --to a
    refused 3 "a/$ITEM.archive-1 is there already"
    picture "a/$ITEM.archive-1" | diff before -
    [ "$(entries l.db)" = "$entries" ]
    # one whose put was not recorded, with something added: only its bundle counts
    cp l.db before.db
    put --to b --copy second >/dev/null
    rm -f l.db l.db-wal l.db-shm
    cp before.db l.db
    loose "b/$ITEM.second"
    echo 'AN EVIL TEXT' >"b/$ITEM.second/VERIFY.en.txt"
    echo 'AN EVIL TEXT' >"b/$ITEM.second/custody/README"
    touch "b/$ITEM.second/run-me.sh"
    put --to b --copy second >/dev/null
    run ! grep -rq 'AN EVIL TEXT' "b/$ITEM.second"
    [ ! -e "b/$ITEM.second/run-me.sh" ]
    # with an evidence record beside it, it is left alone
    put --to b --copy third >/dev/null
    rm -f l.db l.db-wal l.db-shm
    cp before.db l.db
    loose "b/$ITEM.third"
    echo record >"b/$ITEM.third/bundle.tar.er"
    run put --to b --copy third
    refused 3 "b/$ITEM.third is there already"
    consistent l.db
}

@test "archive: a folder that somebody else prepared, and a file with another name elsewhere, are not written to" {
    mkdir "a/$ITEM.archive-1.partial"
    printf 'precious' >outside
    ln outside "a/$ITEM.archive-1.partial/bundle.tar"
    run put --to a
    refused 3 "another name somewhere"
    [ "$(cat outside)" = precious ]
    [ "$(id -u)" = 0 ] || skip "needs root"
    rm "a/$ITEM.archive-1.partial/bundle.tar"
    chown 65534 "a/$ITEM.archive-1.partial"
    run put --to a
    refused 3 "somebody else's"
    rmdir "a/$ITEM.archive-1.partial"
    put --to a >/dev/null
}

@test "archive: a seal that is lost is a finding of check and status, and repair sets it again" {
    put --to a >/dev/null
    put --to b --medium tape >/dev/null
    copy=a/$ITEM.archive-1
    inode=$(stat -c %i "$copy/bundle.tar")
    latest >/dev/null
    immutable=$(custody log --ledger l.db --json | jq -rs 'map(select(.statement.type == "copy"))[0].statement.body.sealed.immutable')
    lose=(mode)
    [ "$immutable" != yes ] || lose+=(flag folder-flag)
    sato check --all --json >answer
    jq -e '.checked | all(has("seal") | not)' answer
    for what in "${lose[@]}"; do
        case $what in
        mode) loose "$copy" ;;
        flag) chattr -i "$copy/bundle.tar" ;;
        folder-flag) chattr -i "$copy" ;;
        esac
        run -1 --separate-stderr sato check --all --json
        echo "$output" >answer
        shape archive-check answer
        jq -e '.checked | sort_by(.copy) | map(.result + ":" + (.seal // "-") + ":" + (.repair // "-")) == ["same:lost:seal", "same:-:-"]' answer
        run -1 --separate-stderr archive status --ledger l.db --json
        jq -e '.copies | map(.sealed) == [false, true]' <<<"$output"
        sato repair "$ITEM" --json >answer
        shape custody-result answer
        [ "$(latest)" = recheck ]
        jq -e '.statement.body | .copy == "archive-1" and .evidence.integrity == "intact" and (has("repaired") | not)' entry
        archive status --ledger l.db --json >status.json
        jq -e '.copies | all(.sealed)' status.json
        sato check --all >/dev/null
    done
    [ "$(stat -c %i "$copy/bundle.tar")" = "$inode" ] # the same file: nothing was copied
    # text tells it; with other bytes it is another one that takes its place
    loose "$copy"
    run -1 archive status --ledger l.db
    [[ $(tr -s ' \n' ' ' <<<"$output") == *"no longer sealed as it was recorded"* ]]
    run -1 sato check --all
    [[ $(tr -s ' \n' ' ' <<<"$output") == *"no longer sealed as it was recorded; it can be sealed again"* ]]
    printf X | dd of="$copy/bundle.tar" bs=1 seek=3000 conv=notrunc status=none
    sato repair "$ITEM" --copy archive-1 >/dev/null 2>&1
    cmp bundle.tar "$copy/bundle.tar"
    archive status --ledger l.db >/dev/null
    consistent l.db
}

@test "archive: a copy that grew is altered without being read to its end, and is mended" {
    PARITY=10% put --to a >/dev/null
    put --to b >/dev/null
    [ "$(custody log --ledger l.db --json | jq -rs 'map(select(.statement.type == "copy"))[0].statement.body.sealed.size')" = "$(stat -c %s bundle.tar)" ]
    loose "a/$ITEM.archive-1"
    truncate -s 3T "a/$ITEM.archive-1/bundle.tar" 2>/dev/null || truncate -s 1T "a/$ITEM.archive-1/bundle.tar"
    run -1 --separate-stderr timeout 600 "$HOZEN_BIN/hozen-custody" archive check --all --json --ledger l.db --key "$KEYS/sato.key"
    echo "$output" >answer
    shape archive-check answer
    jq -e '.checked | sort_by(.copy) | map(.result + ":" + (.repair // "-")) == ["altered:copy", "same:-"] and (.[0] | has("sha256") | not)' answer
    mkdir out
    run -1 timeout 600 "$HOZEN_BIN/hozen-custody" archive get "$ITEM" --copy archive-1 --to out --ledger l.db --key "$KEYS/sato.key"
    [ -z "$(ls out)" ]
    timeout 600 "$HOZEN_BIN/hozen-custody" archive repair "$ITEM" --ledger l.db --key "$KEYS/sato.key" >/dev/null 2>&1
    cmp bundle.tar "a/$ITEM.archive-1/bundle.tar"
    # by its own recovery data, too
    loose "a/$ITEM.archive-1"
    head -c 700 /dev/urandom >>"a/$ITEM.archive-1/bundle.tar"
    printf X | dd of="a/$ITEM.archive-1/bundle.tar" bs=1 seek=3000 conv=notrunc status=none
    run -1 --separate-stderr sato check --all --json
    [ "$(jq -r '.checked | sort_by(.copy)[0] | .result + ":" + .repair' <<<"$output")" = altered:parity ]
    sato repair "$ITEM" >/dev/null 2>&1
    [ "$(latest)" = recheck ]
    [ "$(jq -c .statement.body.repaired entry)" = '{"by":"parity"}' ]
    cmp bundle.tar "a/$ITEM.archive-1/bundle.tar"
    # a pipe among its recovery data is passed over
    loose "a/$ITEM.archive-1"
    mkfifo "a/$ITEM.archive-1/bundle.tar.vol9.par2"
    printf X | dd of="a/$ITEM.archive-1/bundle.tar" bs=1 seek=3000 conv=notrunc status=none
    sato repair "$ITEM" --copy archive-1 >/dev/null 2>&1
    latest >/dev/null
    [ "$(jq -c .statement.body.repaired entry)" = '{"by":"parity"}' ]
    cmp bundle.tar "a/$ITEM.archive-1/bundle.tar"
    consistent l.db
}

@test "archive: one that is altered decides the exit code of get, whatever is wrong with the others" {
    put --to a >/dev/null
    put --to b >/dev/null
    loose "a/$ITEM.archive-1"
    printf X | dd of="a/$ITEM.archive-1/bundle.tar" bs=1 seek=3000 conv=notrunc status=none
    chattr -i b/*/ 2>/dev/null || true
    mv b away
    mkdir out
    run -1 sato get "$ITEM" --to out
    [[ $output == *"is altered"* ]]
    [ -z "$(ls out)" ]
}

@test "archive: a repair for which there is no room says so" {
    [ "$(id -u)" = 0 ] || skip "needs root"
    FULL=$PWD/full
    mkdir "$FULL"
    mount -t tmpfs -o size=1m tmpfs "$FULL" || { FULL=; skip "cannot mount"; }
    put --to "$FULL" >/dev/null
    put --to b >/dev/null
    loose "$FULL/$ITEM.archive-1"
    printf X | dd of="$FULL/$ITEM.archive-1/bundle.tar" bs=1 seek=3000 conv=notrunc status=none
    run -1 sato check --all
    head -c 2000000 /dev/zero >"$FULL/rest" 2>/dev/null || true
    run -3 sato repair "$ITEM"
    [[ $output == *"No space left"* ]]
    [[ $output != *"neither the recovery data"* ]]
    rm "$FULL/rest"
    sato repair "$ITEM" >/dev/null 2>&1
    cmp bundle.tar "$FULL/$ITEM.archive-1/bundle.tar"
}

@test "archive: one volume is one medium, under however many names" {
    custody person add "$KEYS/tanaka.key.pub" --checkpoint-signer --ledger l.db --key "$KEYS/sato.key" --second-key "$KEYS/tanaka.key" >/dev/null
    printf '{"archive":[{"copies":2,"media":2}]}\n' >rules.json
    custody policy rules.json --ledger l.db --key "$KEYS/sato.key" --second-key "$KEYS/tanaka.key" >/dev/null
    ln -s a again
    put --to a --medium disk >/dev/null
    put --to again --medium tape >/dev/null
    run -1 --separate-stderr archive status --ledger l.db --json
    jq -e '.lacking | map(.what + ":" + .has) == ["media:1"]' <<<"$output"
    put --to b --medium tape >/dev/null
    archive status --ledger l.db >/dev/null
}

@test "archive: a bundle that is called like something beside it is refused before anything is copied" {
    for name in custody VERIFY.en.txt VERIFY.ja.txt; do
        cp bundle.tar "$name"
        run sato put "$ITEM" --bundle "$name" --to a --parity none
        refused 2 "give it another name"
        [ -z "$(ls a)" ]
    done
}
