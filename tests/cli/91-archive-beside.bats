#!/usr/bin/env bats
# The archive: what lies beside a copy, media of several kinds, rot of several kinds, what keeps a run from its end.

bats_require_minimum_version 1.5.0
load 67-archive.bash

# The operator's own signature beside the bundle, and something that is named as a time stamp of it.
signed() {
    countersign bundle.tar --key "$KEYS/sato.key" >/dev/null \
        --fingerprint "$("$HOZEN_BIN/hozen-verify" verify --json bundle.tar | jq -r '.signers[0].key')"
    SIGNATURE=$(ls bundle.tar.*.sshsig)
    head -c 500 /dev/urandom >"$SIGNATURE.tsr"
}

@test "archive: what lies beside a copy is compared, told by its name, recorded, brought again" {
    signed
    put --to a --parity none >/dev/null
    put --to b --parity none >/dev/null
    copy=a/$ITEM.archive-1 other=b/$ITEM.archive-2
    sato check --all --json >answer
    jq -e '.checked | sort_by(.copy) | map(.result) == ["same", "same"] and all(has("beside") | not)' answer
    loose "$copy"
    hurt "$copy/$SIGNATURE" 100 8
    rm "$copy/$SIGNATURE.tsr"
    run -1 sato check --all --json
    echo "$output" >answer
    shape archive-check answer
    altered=$(sha256sum <"$copy/$SIGNATURE" | cut -d' ' -f1)
    jq -e --arg s "$SIGNATURE" --arg d "$altered" '.checked | sort_by(.copy) | map(.result) == ["same", "same"] and .[0].repair == "copy" and
        .[0].beside == [{file: $s, result: "altered", sha256: $d}, {file: ($s + ".tsr"), result: "missing"}] and (.[1] | has("beside") | not)' answer
    # one signature over both copies, and what is wrong beside the first
    [ "$(latest)" = fixity ]
    "$HOZEN_SOURCE/tests/oracle/shapes.py" --file statement <(jq -c .statement entry)
    jq -e --arg s "$SIGNATURE" --arg d "$altered" '.statement.body.checks | map(.copy) == ["archive-1", "archive-2"] and
        .[0].beside == [{file: $s, sha256: $d}, {file: ($s + ".tsr")}] and (.[1] | has("beside") | not)' entry
    custody log --ledger l.db | tr -s ' \n' ' ' | grep -q "beside the copy archive-1 of $ITEM $SIGNATURE is not as it was"
    run -1 archive status --ledger l.db --json
    echo "$output" >status.json
    shape archive-status status.json
    jq -e '.copies | map(.beside) == ["altered", null] and map(.integrity) == ["intact", "intact"]' status.json
    # text tells it too
    run -1 sato check --all
    [[ $(tr -s ' \n' ' ' <<<"$output") == *"$SIGNATURE: altered"*"$SIGNATURE.tsr: missing"*"archive repair"* ]]
    # brought again from the other copy; the evidence itself was not touched
    sato repair "$ITEM" >/dev/null 2>&1
    [ "$(latest)" = recheck ]
    [ "$(jq -c .statement.body.repaired entry)" = '{"by":"copy","from":"archive-2"}' ]
    for f in bundle.tar "$SIGNATURE" "$SIGNATURE.tsr"; do cmp "$f" "$copy/$f"; done
    archive status --ledger l.db >/dev/null
    run -3 sato repair "$ITEM" --copy archive-1
    [[ $output == *"as it was recorded"* ]]
    # nobody has it any more: said, nothing changed; with the bundle mended all the same the exit code is 4
    loose "$copy" "$other"
    rm "$copy/$SIGNATURE.tsr"
    hurt "$other/$SIGNATURE.tsr" 10 8
    run -1 sato check --all --json
    jq -e '.checked | sort_by(.copy) | map(.repair) == ["none", "none"]' <<<"$output"
    before=$(entries l.db)
    run -1 sato repair "$ITEM" --copy archive-1
    [[ $output == *"$SIGNATURE.tsr"*"nothing was changed"* ]]
    [ "$(entries l.db)" = "$before" ]
    hurt "$copy/bundle.tar" 3000 64
    run -4 --separate-stderr sato repair "$ITEM" --copy archive-1 --json
    jq -e .partial <<<"$output"
    shape custody-result <(echo "$output")
    [ "$(latest)" = fixity ]
    jq -e --arg s "$SIGNATURE.tsr" '.statement.body.checks[0].beside == [{file: $s}]' entry
    # a good one from elsewhere, with what lies beside it
    sato repair "$ITEM" --copy archive-1 --from bundle.tar >/dev/null
    cmp "$SIGNATURE.tsr" "$copy/$SIGNATURE.tsr"
    sato repair "$ITEM" >/dev/null 2>&1 # the second copy from the first
    sato check --all >/dev/null
    consistent l.db
}

@test "archive: a medium that gives other bytes back than were written is not trusted, whichever file it is" {
    [ "$HOZEN_PRESET" = release ] || skip "a preloaded library would come before the sanitizer"
    signed
    gcc -D_GNU_SOURCE -shared -fPIC -o rotten.so "$HOZEN_SOURCE/tests/tools/rotten_pread.c"
    before=$(entries l.db)
    for file in bundle.tar .sshsig .tsr; do
        run env LD_PRELOAD="$PWD/rotten.so" HOZEN_ROTTEN=$file "$HOZEN_BIN/hozen-custody" archive put "$ITEM" --bundle bundle.tar --to a --parity none \
            --ledger l.db --key "$KEYS/sato.key"
        [ "$status" = 1 ]
        [[ $output == *"$file: what was read back is not what was written"* ]]
        [ "$(ls a)" = hozen-archive.json ]
    done
    [ "$(entries l.db)" = "$before" ]
}

@test "archive: get leaves out what is not as it was recorded and overwrites nothing" {
    signed
    put --to a --parity none >/dev/null
    copy=a/$ITEM.archive-1
    loose "$copy"
    hurt "$copy/$SIGNATURE" 100 8
    mkdir out
    run -4 --separate-stderr sato get "$ITEM" --to out --json
    jq -e .partial <<<"$output"
    [[ $stderr == *"$SIGNATURE"*altered*"left out"* ]]
    [ "$(find out -type f -printf '%f\n' | sort | xargs)" = "bundle.tar $SIGNATURE.tsr" ]
    [ "$(latest)" = copy ]
    # another copy has it
    put --to b --parity none >/dev/null
    mkdir out2
    sato get "$ITEM" --copy archive-1 --to out2 >/dev/null 2>said
    cmp "$SIGNATURE" "out2/$SIGNATURE"
    # one of that name is there: the same one stays, another one is not overwritten, and then nothing is written
    mkdir out3 out4
    cp "$SIGNATURE" out3
    sato get "$ITEM" --to out3 >/dev/null 2>&1
    cmp bundle.tar out3/bundle.tar
    echo other >"out4/$SIGNATURE"
    before=$(entries l.db)
    run -3 sato get "$ITEM" --to out4
    [[ $output == *"out4/$SIGNATURE"*"is not overwritten"* ]]
    [ "$(ls out4)" = "$SIGNATURE" ]
    [ "$(cat "out4/$SIGNATURE")" = other ]
    [ "$(entries l.db)" = "$before" ]
    run -2 sato get "$ITEM" --to -
    consistent l.db
}

@test "archive: a hint names only what can be done" {
    put --to a --parity none >/dev/null
    put --to b --parity none >/dev/null
    first=a/$ITEM.archive-1/bundle.tar second=b/$ITEM.archive-2/bundle.tar
    loose a/*/ b/*/
    hurt "$first" 3000 64
    hurt "$second" 5000 64
    # the other one is rotten, too, which was not known before
    run -1 --separate-stderr sato check --all --json
    [ "$(jq -r '.checked | sort_by(.copy) | map(.result + ":" + .repair) | join(" ")' <<<"$output")" = "altered:none altered:none" ]
    # the other one is good, but is not there
    cp bundle.tar "$second"
    mv b away
    run -1 --separate-stderr sato check --all --json
    [ "$(jq -r '.checked | sort_by(.copy) | map(.result + ":" + (.repair // "-")) | join(" ")' <<<"$output")" = "altered:none unreachable:-" ]
    run -1 --separate-stderr sato check --all --at away --json
    [ "$(jq -r '.checked | sort_by(.copy) | map(.result + ":" + (.repair // "-")) | join(" ")' <<<"$output")" = "altered:copy same:seal" ]
    run -2 sato put "$ITEM" --bundle bundle.tar --to -
    refused 2 "is no folder"
    consistent l.db
}

@test "archive: what par2 writes does not reach the terminal as it is" {
    [ "$(id -u)" = 0 ] || skip "needs root"
    printf '#!/bin/sh\nprintf "\\033]0;x\\007no room\\nmore\\n" >&2\nexit 6\n' >fake
    chmod +x fake
    unshare --mount --propagation private bash -euc 'mount --bind fake /usr/bin/par2
        ! "$1/hozen-custody" archive put "$2" --bundle bundle.tar --to a --ledger l.db --key "$3" >said 2>&1' - "$HOZEN_BIN" "$ITEM" "$KEYS/sato.key"
    grep -q 'par2 ended with exit code 6: .*no room' said
    run ! grep -q "$(printf '\033')" said
    [ "$(wc -l <said)" = 1 ]
}

@test "archive: zeroed blocks and a lost tail are mended within the reach of the recovery data; beyond it another copy is taken" {
    put --to a --parity 20% >/dev/null
    put --to b --parity none >/dev/null
    copy=a/$ITEM.archive-1/bundle.tar size=$(stat -c %s bundle.tar)
    zeroed() { head -c "$2" /dev/zero | dd of="$copy" bs=1 seek="$1" conv=notrunc status=none; }
    damaged() { # HOW: found as that, and mended so
        run ! cmp -s bundle.tar "$copy"
        run -1 --separate-stderr sato check --all --json
        [ "$(jq -r '.checked | sort_by(.copy) | map(.result + ":" + (.repair // "-")) | join(" ")' <<<"$output")" = "altered:$1 same:-" ]
        sato repair "$ITEM" --json >answer 2>/dev/null
        [ "$(jq -r .evidence.integrity answer)" = intact ]
        cmp bundle.tar "$copy"
        latest >/dev/null
        [ "$(jq -r .statement.body.repaired.by entry)" = "$1" ]
    }
    cut() { truncate -s "$1" "$copy"; }
    while read -r how command; do
        loose "a/$ITEM.archive-1"
        $command
        damaged "$how"
    done <<DAMAGE
parity zeroed $((size / 8)) $((size / 10))
parity cut $((size - size / 10))
copy zeroed 512 $((size / 2))
copy cut $((size / 2))
DAMAGE
    [ "$(custody log --ledger l.db --json | jq -r .statement.type | grep -cx recheck)" = 8 ]
    sato check --all >/dev/null
    consistent l.db
}

@test "archive: the rate of a check is no higher than was asked for" {
    put --to a --parity none >/dev/null
    size=$(stat -c %s bundle.tar)
    before=$(date +%s%N)
    sato check --all --max-rate "$size" >/dev/null
    [ $((($(date +%s%N) - before) / 1000000)) -ge 1000 ] # so many bytes take a second
}

@test "archive: on ext4, xfs and btrfs; full, read-only: said, resumed, and the ledger says what is there" {
    [ "$(id -u)" = 0 ] || skip "needs root"
    for fs in ext4 xfs btrfs; do
        grep -qw $fs /proc/filesystems || modprobe $fs 2>/dev/null || skip "needs a kernel with $fs"
        truncate -s 320M $fs.image
        mkfs.$fs -q $fs.image
        mkdir $fs
    done
    unshare --mount --propagation private bash -euc '
        for fs in ext4 xfs btrfs; do
            mount -o loop $fs.image $fs
            n=0
            put() { "$1/hozen-custody" archive put "$2" --bundle bundle.tar --to $fs --medium $fs --parity none --ledger l.db --key "$3"; }
            while fallocate -l 16M $fs/filler.$n 2>/dev/null; do n=$((n + 1)); done
            dd if=/dev/zero of=$fs/filler bs=64k status=none 2>/dev/null || sync -f $fs
            if put "$@" >$fs.full 2>&1; then exit 9; fi
            rm $fs/filler*
            sync -f $fs
            put "$@" >$fs.put
            "$1/hozen-custody" archive check --all --json --ledger l.db --key "$3" >$fs.check
            lsattr -d $fs/*/ | cut -d" " -f1 >$fs.flags
            mount -o remount,ro $fs
            if put "$@" >$fs.said 2>&1; then exit 9; fi
            "$1/hozen-custody" archive check --all --json --ledger l.db --key "$3" >$fs.again
            "$1/hozen-custody" archive status --json --ledger l.db >$fs.status
            ls $fs | grep -v lost+found >$fs.listing
        done
    ' - "$HOZEN_BIN" "$ITEM" "$KEYS/sato.key"
    for fs in ext4 xfs btrfs; do
        grep -qi "space" $fs.full
        grep -q "from the medium" $fs.put
        grep -q i $fs.flags
        grep -qi "read-only" $fs.said
        jq -e '.checked | sort_by(.copy) | map(.result) | unique == ["same"]' $fs.check $fs.again
        jq -e '(.copies | all(.found == "there" and .sealed)) and .unfinished == []' $fs.status
        [ "$(sed 1q $fs.listing)" = "$(jq -r --arg fs $fs '.copies[] | select(.medium == $fs) | .item + "." + .copy' $fs.status)" ]
    done
    [ "$(sqlite3 l.db "SELECT count(*) FROM copy WHERE role = 'archive'")" = 3 ]
    consistent l.db
}

@test "archive: the timer and the service that are shipped" {
    sed "s,@bindir@,$(realpath "$HOZEN_BIN")," "$HOZEN_SOURCE/custody/systemd/hozen-archive-check.service" >hozen-archive-check.service
    cp "$HOZEN_SOURCE/custody/systemd/hozen-archive-check.timer" .
    grep -qx 'OnCalendar=daily' hozen-archive-check.timer
    grep -qx 'Persistent=true' hozen-archive-check.timer
    # the command as the service runs it
    put --to a --parity none >/dev/null
    line=$(sed -n 's/^ExecStart=//p' hozen-archive-check.service)
    HOZEN_LEDGER=$PWD/l.db bash -c "${line//\$\{HOZEN_ARCHIVE_KEY\}/$KEYS/sato.key} --json" >answer
    jq -e '.checked == [] and .left == "0"' answer
    if command -v systemd-analyze >/dev/null; then
        systemd-analyze verify --man=no ./hozen-archive-check.service ./hozen-archive-check.timer
    fi
}
