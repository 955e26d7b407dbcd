#!/usr/bin/env bats
# The archive: copies that nobody shall change, read again, mended, taken out.

bats_require_minimum_version 1.5.0
load 67-archive.bash
load 48-time.bash

teardown() {
    stop_serving
    chattr -R -i "$BATS_TEST_TMPDIR" 2>/dev/null || true
}

status_of() { archive status --ledger l.db --json >status.json; }
# signed: the operator's own signature beside the bundle.
signed() {
    countersign bundle.tar --key "$KEYS/sato.key" >/dev/null \
        --fingerprint "$("$HOZEN_BIN/hozen-verify" verify --json bundle.tar | jq -r '.signers[0].key')"
}
copy_state() { custody show "$ITEM" --ledger l.db --json | jq -r --arg c "$1" '.items[0].copies[] | select(.copy == $c) | .state + " " + .integrity'; }
# is_reading PID: a copy of the archive is open there; true also when the process is gone.
is_reading() { [ ! -e "/proc/$1" ] || readlink "/proc/$1"/fd/* 2>/dev/null | grep -q '/bundle.tar$'; }

@test "archive: put verifies, copies, reads back, seals, and records where and how" {
    put --to a --medium disk --place "shelf 3" --json >answer
    shape custody-result answer
    [ "$(latest)" = copy ]
    copy=a/$ITEM.archive-1
    jq -e --arg t "$PWD/a" --arg f "$ITEM.archive-1/bundle.tar" --arg d "$(sha256sum <bundle.tar | cut -d' ' -f1)" '.statement.body |
        .role == "archive" and .copy == "archive-1" and .sha256 == $d and .medium == "disk" and .place == "shelf 3" and
        (.sealed | .target == $t and .file == $f and .mode == "0444" and .parity == "10" and (.read_back | test("direct|dropped|cached")))' entry
    [ "$(jq -r .statement.body.sealed.volume entry)" = "$(jq -r .volume a/hozen-archive.json)" ]
    cmp bundle.tar "$copy/bundle.tar"
    [ "$(stat -c %a "$copy/bundle.tar" "$copy" | xargs)" = "444 555" ]
    [ "$(find "$copy" -type f -perm /222 | wc -l)" = 0 ]
    if [ "$(jq -r '.statement.body.sealed.immutable' entry)" = yes ]; then
        run ! sh -c 'echo x >>"$1"' - "$copy/bundle.tar"
        run ! rm -f "$copy/bundle.tar"
        run ! touch "$copy/more"
    fi
    [ -f "$copy/VERIFY.ja.txt" ]
    [ -f "$copy/bundle.tar.par2" ]
    par2 verify -q "$copy/bundle.tar.par2" >/dev/null
    run -3 "$HOZEN_BIN/hozen-verify" verify "$copy/custody"
    [[ $output == *intact* ]]
    [ "$(copy_state archive-1)" = "there intact" ]
    consistent l.db
}

@test "archive: what is not the evidence, or of somebody else, is not put; nothing is left behind" {
    cp bundle.tar other.tar
    printf X | dd of=other.tar bs=1 seek=3000 conv=notrunc status=none
    run sato put "$ITEM" --bundle other.tar --to a
    [ "$status" = 1 ]
    [[ $output == *"is not what was taken in"* ]]
    run sato put "$ITEM" --bundle bundle.tar --to missing
    [ "$status" = 3 ]
    run sato put "$ITEM" --bundle bundle.tar --to a --parity 0%
    [ "$status" = 2 ]
    run sato put NONE --bundle bundle.tar --to a
    [ "$status" = 3 ]
    custody person add "$KEYS/tanaka.key.pub" --ledger l.db --key "$KEYS/sato.key" >/dev/null
    run archive put "$ITEM" --bundle bundle.tar --to a --ledger l.db --key "$KEYS/tanaka.key"
    refused 3 "only the custodian"
    [ "$(find a | wc -l)" = 1 ]
    put --to a --copy x >/dev/null
    run put --to b --copy x
    [ "$status" = 3 ]
    [ ! -e b/hozen-archive.json ]
    consistent l.db
}

@test "archive: a put that was killed goes on, and one that was not recorded is recorded" {
    # as a killed one leaves it: a part of the bundle, another file, the lock gone
    mkdir -p "a/$ITEM.archive-1.partial/custody.partial"
    head -c 5000 bundle.tar >"a/$ITEM.archive-1.partial/bundle.tar"
    touch "a/$ITEM.archive-1.partial/bundle.tar.par2"
    put --to a >/dev/null
    cmp bundle.tar "a/$ITEM.archive-1/bundle.tar"
    [ ! -e "a/$ITEM.archive-1.partial" ]
    # a part that is not of this bundle is written anew
    mkdir "b/$ITEM.archive-2.partial"
    head -c 200000 /dev/urandom >"b/$ITEM.archive-2.partial/bundle.tar"
    put --to b >/dev/null
    cmp bundle.tar "b/$ITEM.archive-2/bundle.tar"
    # killed between the last rename and the record: the copy is there, the ledger does not know it
    mkdir c
    cp l.db before.db
    put --to c >/dev/null
    rm -f l.db l.db-wal l.db-shm
    cp before.db l.db
    status_of || true
    [ "$(jq -r '.copies | map(.copy) | join(" ")' status.json)" = "archive-1 archive-2" ]
    put --to c >/dev/null
    [ "$(copy_state archive-3)" = "there intact" ]
    [ "$(sqlite3 l.db "SELECT count(*) FROM copy WHERE role = 'archive'")" = 3 ]
    # killed between the record and the signature over the head: the next one signs that, too
    sqlite3 l.db 'DROP TRIGGER checkpoint_delete' 'DELETE FROM checkpoint WHERE size = (SELECT max(size) FROM checkpoint)' \
        "CREATE TRIGGER checkpoint_delete BEFORE DELETE ON checkpoint
BEGIN SELECT raise(ABORT, 'checkpoints are never deleted'); END"
    put --to a --copy signed-again >/dev/null
    # one that does not hold the bytes is none that a put left: nothing of it is changed
    cp l.db before.db
    put --to c --copy y >/dev/null
    rm -f l.db l.db-wal l.db-shm
    cp before.db l.db
    loose "c/$ITEM.y"
    hurt "c/$ITEM.y/bundle.tar" 3000 16
    before=$(sha256sum <"c/$ITEM.y/bundle.tar")
    run put --to c --copy y
    refused 3 "c/$ITEM.y is there already"
    [ "$(sha256sum <"c/$ITEM.y/bundle.tar")" = "$before" ]
    consistent l.db
}

@test "archive: what a killed put left is recorded only when it is complete, and sealed as it is said" {
    signed
    cp l.db before.db
    again() { rm -f l.db l.db-wal l.db-shm; cp before.db l.db; put --to a >/dev/null; }
    copy=a/$ITEM.archive-1
    put --to a >/dev/null
    for gone in VERIFY.ja.txt bundle.tar.par2 "bundle.tar.vol*" "bundle.tar.*.sshsig"; do
        loose "$copy"
        rm -r "$copy"/$gone
        again
        ls -d "$copy"/$gone
        [ "$(find "$copy" -perm /222 | wc -l)" = 0 ]
    done
    # another signature in place of the one that is recorded
    loose "$copy"
    hurt "$(echo "$copy"/bundle.tar.*.sshsig)" 100 8
    again
    cmp bundle.tar.*.sshsig "$copy"/bundle.tar.*.sshsig
    # another text, and something else: nothing but the bundle is believed; 0444 is recorded, and is so
    loose "$copy"
    echo "trust me" >"$copy/VERIFY.en.txt"
    touch "$copy/run-me.sh"
    again
    cmp "$HOZEN_SOURCE/formats/spec/VERIFY.en.txt" "$copy/VERIFY.en.txt"
    [ ! -e "$copy/run-me.sh" ]
    [ "$(latest)" = copy ]
    [ "$(jq -r .statement.body.sealed.mode entry)" = 0444 ]
    [ "$(find "$copy" -perm /222 | wc -l)" = 0 ]
    [ "$(find a -name '*partial*' | wc -l)" = 0 ]
    consistent l.db
}

@test "archive: a medium that is not mounted is not mistaken for a new one" {
    put --to a >/dev/null
    chattr -i a/*/ 2>/dev/null || true
    mv a away
    mkdir a
    before=$(entries l.db)
    run -3 put --to a/
    [[ $output == *"archive-1"*"--new-medium"* ]]
    [ -z "$(ls a)" ]
    [ "$(entries l.db)" = "$before" ]
    put --to a --new-medium >/dev/null
    [ "$(jq -r .volume a/hozen-archive.json)" != "$(jq -r .volume away/hozen-archive.json)" ]
    put --to a >/dev/null
    put --to b >/dev/null
    [ "$(copy_state archive-4)" = "there intact" ]
    consistent l.db
}

@test "archive: status tells what is there, missing, unknown, unfinished, and what the policy lacks" {
    custody person add "$KEYS/tanaka.key.pub" --checkpoint-signer --ledger l.db --key "$KEYS/sato.key" --second-key "$KEYS/tanaka.key" >/dev/null
    printf '{"archive":[{"copies":3,"media":2,"targets":["%s","/zzz"]}]}\n' "$PWD/a" >rules.json
    custody policy rules.json --ledger l.db --key "$KEYS/sato.key" --second-key "$KEYS/tanaka.key" >/dev/null
    run -1 archive status --ledger l.db
    # what it asks for stands on the form
    "$HOZEN_BIN/hozen-custody" report "$ITEM" --form custody --lang en --ledger l.db --out form.html >/dev/null
    python3 "$HOZEN_SOURCE/tests/tools/html_text.py" form.html | tr -s ' \n' '  ' >form
    grep -q "archive .*copies: 3 .*kinds of media: 2 .*archive targets: .*/a, /zzz" form || { cat form; false; }
    put --to a --medium disk >/dev/null
    put --to b --medium disk >/dev/null
    mkdir a/strange b/later.partial
    run -1 archive status --ledger l.db --json
    echo "$output" >status.json
    shape archive-status status.json
    jq -e --arg a "$PWD/a" '(.copies | map(.found) == ["there", "there"]) and (.copies | all(.sealed and (.due | not))) and .copies[0].target == $a and
        .unknown == ["strange"] and .unfinished == ["later.partial"] and
        (.lacking | map(.what + ":" + (.has // .target)) == ["copies:2", "media:1", "target:/zzz"])' status.json
    archive status --ledger l.db | grep -q 'strange' || archive status --ledger l.db | tr -s ' \n' '  ' | grep -q strange
    # the fresh listing is what it says: a copy that is gone, a target that is gone
    loose "a/$ITEM.archive-1"
    mv "a/$ITEM.archive-1" gone
    run -1 archive status --ledger l.db --json
    [ "$(jq -r '.copies | map(.found) | join(" ")' <<<"$output")" = "missing there" ]
    [ "$(jq -r '.lacking[] | select(.what == "copies").has' <<<"$output")" = 1 ]
    chattr -i b/*/ 2>/dev/null || true
    mv b elsewhere
    mkdir b
    run -1 --separate-stderr archive status --ledger l.db --json
    [ "$(jq -r '.copies | map(.found) | join(" ")' <<<"$output")" = "missing unreachable" ]
    [[ $stderr == *"is the medium mounted"* ]]
    run -1 --separate-stderr archive status --ledger l.db --at elsewhere --json
    [ "$(jq -r '.copies | map(.found) | join(" ")' <<<"$output")" = "missing there" ]
    consistent l.db
}

@test "archive: check records copies that are whole under one signature, and is due by the schedule" {
    put --to a >/dev/null
    put --to b >/dev/null
    before=$(entries l.db)
    sato check --json >answer 2>said
    shape archive-check answer
    [ "$(jq -c '[.checked, .entries]' answer)" = "[[],[]]" ]
    grep -q "is due" said
    [ "$(entries l.db)" = "$before" ]
    sato check --all --json >answer
    [ "$(jq -r '.checked | sort_by(.copy) | map(.copy + ":" + .result) | join(" ")' answer)" = "archive-1:same archive-2:same" ]
    [ "$(entries l.db)" = $((before + 1)) ]
    [ "$(latest)" = fixity ]
    "$HOZEN_SOURCE/tests/oracle/shapes.py" --file statement <(jq -c .statement entry)
    [ "$(jq -r '.statement.body.checks | map(.copy) | join(" ")' entry)" = "archive-1 archive-2" ]
    [ "$(jq .entries[0] answer)" = "$(jq .entry entry)" ]
    # a day later they are due; then for a quarter not; then again
    day() { ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0 faketime -f "+$1d" "${@:2}"; }
    run day 2 "$HOZEN_BIN/hozen-custody" archive check --ledger l.db --key "$KEYS/sato.key" --json
    [ "$(jq '.checked | length' <<<"$output")" = 2 ]
    run day 80 "$HOZEN_BIN/hozen-custody" archive status --ledger l.db --json
    [ "$(jq -c '.copies | map(.due)' <<<"$output")" = "[false,false]" ]
    run day 91 "$HOZEN_BIN/hozen-custody" archive status --ledger l.db --json
    [ "$(jq -c '.copies | map(.due)' <<<"$output")" = "[true,true]" ]
    run day 91 "$HOZEN_BIN/hozen-custody" archive check "$ITEM" --due --ledger l.db --key "$KEYS/sato.key" --json
    [ "$(jq '.checked | length' <<<"$output")" = 2 ]
    run day 300 "$HOZEN_BIN/hozen-custody" archive status --ledger l.db --json
    [ "$(jq -c '.copies | map(.due)' <<<"$output")" = "[false,false]" ]
    for d in 366 731 1096; do
        run day $d "$HOZEN_BIN/hozen-custody" archive check --ledger l.db --key "$KEYS/sato.key" --json
        [ "$(jq '.checked | length' <<<"$output")" = 2 ]
    done
    run day 1097 "$HOZEN_BIN/hozen-custody" custody audit --ledger l.db --json
    [ "$(jq -r .verdict <<<"$output")" = consistent ]
}

@test "archive: rot within the recovery data is found, mended, verified; beyond it another copy is taken, or it is said" {
    put --to a --parity 20% >/dev/null
    put --to b --parity none >/dev/null
    loose "a/$ITEM.archive-1"
    hurt "a/$ITEM.archive-1/bundle.tar" 3000 64
    run -1 sato check --all --json
    jq -e '(.checked | sort_by(.copy) | map(.copy + ":" + .result + ":" + (.repair // "-")) | join(" ")) == "archive-1:altered:parity archive-2:same:-"' <<<"$output"
    [ "$(copy_state archive-1)" = "there altered" ]
    sato repair "$ITEM" --json >answer
    shape custody-result answer
    [ "$(jq -r .evidence.integrity answer)" = intact ]
    cmp bundle.tar "a/$ITEM.archive-1/bundle.tar"
    [ "$(latest)" = recheck ]
    [ "$(jq -c .statement.body.repaired entry)" = '{"by":"parity"}' ]
    [ "$(copy_state archive-1)" = "there intact" ]
    [ "$(find a -name '*partial*' | wc -l)" = 0 ]
    par2 verify -q "a/$ITEM.archive-1/bundle.tar.par2" >/dev/null
    [ "$(stat -c %a "a/$ITEM.archive-1/bundle.tar")" = 444 ]
    # half of it is gone: the other copy
    loose "a/$ITEM.archive-1"
    truncate -s 9000 "a/$ITEM.archive-1/bundle.tar"
    run -1 sato check --all --json
    [ "$(jq -r '.checked | sort_by(.copy)[0] | .result + ":" + .repair' <<<"$output")" = altered:copy ]
    sato repair "$ITEM" >/dev/null 2>&1
    cmp bundle.tar "a/$ITEM.archive-1/bundle.tar"
    latest >/dev/null
    [ "$(jq -c .statement.body.repaired entry)" = '{"by":"copy","from":"archive-2"}' ]
    # both are: it is said, and nothing is changed
    loose a/*/ b/*/
    truncate -s 9000 "a/$ITEM.archive-1/bundle.tar"
    hurt "b/$ITEM.archive-2/bundle.tar" 3000 64
    run -1 sato check --all --json
    [ "$(custody show "$ITEM" --ledger l.db --json | jq -r '.items[0].copies | map(.integrity) | join(" ")')" = "intact altered altered" ]
    before=$(entries l.db)
    run -1 sato repair "$ITEM" --copy archive-1
    [[ $output == *"could mend"* ]]
    [ "$(entries l.db)" = "$before" ]
    [ "$(find a b -name '*partial*' | wc -l)" = 0 ]
    [ "$(stat -c %s "a/$ITEM.archive-1/bundle.tar")" = 9000 ]
    # a good one from elsewhere; a wrong one is refused
    run -1 sato repair "$ITEM" --copy archive-2 --from "a/$ITEM.archive-1/bundle.tar"
    sato repair "$ITEM" --copy archive-2 --from bundle.tar >/dev/null
    cmp bundle.tar "b/$ITEM.archive-2/bundle.tar"
    [ "$(copy_state archive-2)" = "there intact" ]
    consistent l.db
}

@test "archive: a copy that is gone is recorded as that, and made again; a target that is not there is not" {
    put --to a >/dev/null
    put --to b >/dev/null
    chattr -i a/*/ 2>/dev/null || true
    mv "a/$ITEM.archive-1" gone
    run -1 --separate-stderr sato check --all --json
    [ "$(jq -r '.checked | sort_by(.copy)[0] | .result + ":" + .repair' <<<"$output")" = missing:copy ]
    [ "$(copy_state archive-1)" = "there altered" ]
    custody log --ledger l.db --json | jq -s -e 'any(.[].statement; .type == "recheck" and (has("file_sha256") | not) and (.body | has("evidence") | not))'
    sato repair "$ITEM" >/dev/null 2>&1
    cmp bundle.tar "a/$ITEM.archive-1/bundle.tar"
    [ "$(copy_state archive-1)" = "there intact" ]
    # something else stands in its place: it cannot be read
    loose "a/$ITEM.archive-1"
    rm "a/$ITEM.archive-1/bundle.tar"
    mkdir "a/$ITEM.archive-1/bundle.tar"
    run -1 --separate-stderr sato check --all --json
    [ "$(jq -r '.checked | sort_by(.copy)[0] | .result + ":" + .repair' <<<"$output")" = unreadable:copy ]
    sato repair "$ITEM" >/dev/null 2>&1
    cmp bundle.tar "a/$ITEM.archive-1/bundle.tar"
    chattr -i b/*/ 2>/dev/null || true
    mv b away
    before=$(entries l.db)
    run -3 --separate-stderr sato check --all --json
    [ "$(jq -r '.checked | sort_by(.copy) | map(.result) | join(" ")' <<<"$output")" = "same unreachable" ]
    [ "$(copy_state archive-2)" = "there intact" ]
    [ "$(entries l.db)" = $((before + 1)) ]
    # another medium at the same place is not taken for it
    mkdir b
    printf '{"schema":"hozen-archive/1","volume":"00000000000000000000000000000000"}\n' >b/hozen-archive.json
    run -3 --separate-stderr sato check --all --json
    [ "$(jq -r '.checked | sort_by(.copy) | map(.result) | join(" ")' <<<"$output")" = "same unreachable" ]
    [[ $stderr == *"another medium"* ]]
    chattr +i away/*/ 2>/dev/null || true
    run -0 --separate-stderr sato check --all --at away --json
    consistent l.db
}

@test "archive: a pipe in the place of a bundle, or of its recovery data, does not stop a check" {
    put --to a >/dev/null
    put --to b --parity none >/dev/null
    loose "a/$ITEM.archive-1"
    rm "a/$ITEM.archive-1/bundle.tar"
    mkfifo "a/$ITEM.archive-1/bundle.tar"
    run -1 --separate-stderr timeout 300 "$HOZEN_BIN/hozen-custody" archive check --all --json --ledger l.db --key "$KEYS/sato.key"
    [ "$(jq -r '.checked | sort_by(.copy) | map(.result + ":" + (.repair // "-")) | join(" ")' <<<"$output")" = "unreadable:copy same:-" ]
    sato repair "$ITEM" >/dev/null 2>&1
    loose "a/$ITEM.archive-1"
    hurt "a/$ITEM.archive-1/bundle.tar" 3000 64
    rm "a/$ITEM.archive-1/bundle.tar.par2"
    mkfifo "a/$ITEM.archive-1/bundle.tar.par2"
    run -1 --separate-stderr timeout 300 "$HOZEN_BIN/hozen-custody" archive check --all --json --ledger l.db --key "$KEYS/sato.key"
    [ "$(jq -r '.checked | sort_by(.copy)[0] | .result + ":" + .repair' <<<"$output")" = altered:copy ]
    # a volume of it: par2 finds that by itself, and a signal ends it
    volume=$(echo "a/$ITEM.archive-1"/bundle.tar.vol*.par2)
    rm "a/$ITEM.archive-1/bundle.tar.par2" "$volume"
    head -c 100 /dev/zero >"a/$ITEM.archive-1/bundle.tar.par2"
    mkfifo "$volume"
    "$HOZEN_BIN/hozen-custody" archive check --all --json --ledger l.db --key "$KEYS/sato.key" >answer 2>said &
    pid=$!
    until pgrep -P $pid -x par2 >/dev/null || ! kill -0 $pid 2>/dev/null; do sleep 0.05; done
    kill -TERM $pid || true
    for _ in $(seq 1200); do kill -0 $pid 2>/dev/null || break; sleep 0.1; done
    run ! kill -KILL $pid
    [ "$(jq -r '.checked | sort_by(.copy)[0].result' answer)" = altered ]
    consistent l.db
}

@test "archive: what keeps a copy from being read for now is no damage to it" {
    [ "$(id -u)" = 0 ] || skip "needs root"
    put --to a --parity none >/dev/null
    put --to b --parity none >/dev/null
    loose "a/$ITEM.archive-1"
    chmod 000 "a/$ITEM.archive-1/bundle.tar"
    before=$(entries l.db)
    run -3 --separate-stderr setpriv --bounding-set=-dac_override,-dac_read_search "$HOZEN_BIN/hozen-custody" archive check --all --json --ledger l.db --key "$KEYS/sato.key"
    [ "$(jq -r '.checked | sort_by(.copy) | map(.result) | join(" ")' <<<"$output")" = "unreachable same" ]
    [[ $stderr == *"bundle.tar"*ermission* ]]
    [ "$(copy_state archive-1)" = "there intact" ]
    [ "$(entries l.db)" = $((before + 1)) ]
    [ "$(latest)" = fixity ]
    consistent l.db
}

@test "archive: an altered copy of which no more can be found out is recorded by its digest, and the check goes on" {
    put --to a --parity none >/dev/null
    put --to b --parity none >/dev/null
    loose "a/$ITEM.archive-1"
    hurt "a/$ITEM.archive-1/bundle.tar" 3000 64
    mkdir alone # where hozen-verify is not beside it
    cp "$HOZEN_BIN/hozen-custody" alone/
    run -1 --separate-stderr alone/hozen-custody archive check --all --json --ledger l.db --key "$KEYS/sato.key"
    [ "$(jq -r '.checked | sort_by(.copy) | map(.result) | join(" ")' <<<"$output")" = "altered same" ]
    [ "$(copy_state archive-1)" = "there altered" ]
    [ "$(latest)" = fixity ]
    custody log --ledger l.db --json | jq -s -e --arg d "$(sha256sum <"a/$ITEM.archive-1/bundle.tar" | cut -d' ' -f1)" \
        'any(.[].statement; .type == "recheck" and .file_sha256 == $d and .body.evidence.integrity == "altered")'
    # it is whole again, which nobody can look at: not said of it, and the next one is read
    cp bundle.tar "a/$ITEM.archive-1/bundle.tar"
    run -3 --separate-stderr alone/hozen-custody archive check --all --json --ledger l.db --key "$KEYS/sato.key"
    [ "$(jq -r '.checked | sort_by(.copy) | map(.result) | join(" ")' <<<"$output")" = "unreachable same" ]
    [ "$(copy_state archive-1)" = "there altered" ]
    run -1 --separate-stderr sato check --all --json # nothing seals it
    [ "$(jq -r '.checked | sort_by(.copy)[0] | .result + ":" + .seal' <<<"$output")" = same:lost ]
    [ "$(copy_state archive-1)" = "there intact" ]
    consistent l.db
}

@test "archive: get retrieves a good copy, verifies it, records the working copy" {
    signed
    put --to a >/dev/null
    put --to b >/dev/null
    mkdir out
    sato get "$ITEM" --to out --json >answer
    shape custody-result answer
    cmp bundle.tar out/bundle.tar
    cmp bundle.tar.*.sshsig out/bundle.tar.*.sshsig
    [ "$(latest)" = copy ]
    [ "$(jq -r '.statement.body | .copy + " " + .role + " " + .place' entry)" = "working-1 working $PWD/out" ]
    run -3 sato get "$ITEM" --to out
    # the first is rotten: the next one; a named one that is rotten is refused and nothing is left
    loose "a/$ITEM.archive-1"
    hurt "a/$ITEM.archive-1/bundle.tar" 3000 64
    mkdir out2
    sato get "$ITEM" --to out2 --as w2 >shown 2>said
    grep -q 'archive-2' shown
    cmp bundle.tar out2/bundle.tar
    mkdir out3
    run -3 sato get "$ITEM" --to out3 --copy nope
    [[ $output == *"no copy called nope"* ]]
    run -1 sato get "$ITEM" --to out3 --copy archive-1
    [ "$(find out3 -type f | wc -l)" = 0 ]
    [ "$(copy_state w2)" = "there intact" ]
    consistent l.db
}

@test "archive: an index of everything held, signed" {
    put --to a >/dev/null
    put --to b --medium tape >/dev/null
    sato check --all >/dev/null
    sato export-index index.jsonl --json >answer
    shape custody-result answer
    while IFS= read -r line; do
        printf '%s\n' "$line" >one
        shape archive-index-line one
    done <index.jsonl
    jq -s -e 'length == 4 and .[1].copy == "archive-1" and .[2].medium == "tape" and .[2].checked > .[2].made and .[3].copies == "2"' index.jsonl
    [ "$(jq -r .files.signature answer)" = "$(ls index.jsonl.*.sshsig)" ]
    ssh-keygen -Y check-novalidate -n hozen-ledger-v1 -s index.jsonl.*.sshsig <index.jsonl
    run -3 sato export-index index.jsonl
    rm index.jsonl # the signature alone: nothing is written beside it
    run -3 sato export-index index.jsonl
    [ ! -e index.jsonl ]
}

@test "archive: a check that is interrupted has recorded what it had done, and the next one does the rest" {
    put --to a >/dev/null
    put --to b >/dev/null
    "$HOZEN_BIN/hozen-custody" archive check --all --max-rate 500 --json --ledger l.db --key "$KEYS/sato.key" >answer 2>said &
    pid=$!
    until is_reading $pid; do sleep 0.05; done
    kill -TERM $pid
    status=0
    wait $pid || status=$?
    [ "$status" = 3 ]
    shape archive-check answer
    [ "$(jq -r '(.checked | length) + (.left | tonumber)' answer)" = 2 ]
    [ "$(jq -r .left answer)" -ge 1 ]
    grep -q interrupted said
    sato check --all >/dev/null
    consistent l.db
}

@test "archive: a full target, one that cannot be written, one put beside another: said, and nothing false is recorded" {
    [ "$(id -u)" = 0 ] || skip "needs root"
    truncate -s 2M image
    mkfs.ext4 -q -F -O ^has_journal image
    mkdir mnt
    unshare --mount --propagation private bash -euc '
        mount -o loop image mnt
        dd if=/dev/zero of=mnt/filler bs=1k count=100000 status=none 2>/dev/null || true
        if "$1/hozen-custody" archive put "$2" --bundle bundle.tar --to mnt --ledger l.db --key "$3" >said 2>&1; then exit 9; fi
        rm mnt/filler
        "$1/hozen-custody" archive put "$2" --bundle bundle.tar --to mnt --ledger l.db --key "$3" >put.txt
        lsattr -d "mnt/$2.archive-1" | cut -d" " -f1 | grep -q i
        mount -o remount,ro mnt
        if "$1/hozen-custody" archive put "$2" --bundle bundle.tar --to mnt --ledger l.db --key "$3" >said2 2>&1; then exit 9; fi
        "$1/hozen-custody" archive check --all --ledger l.db --key "$3" >check.txt
    ' - "$HOZEN_BIN" "$ITEM" "$KEYS/sato.key"
    grep -qi "space\|cannot write" said
    grep -q mnt said2
    [ "$(sqlite3 l.db "SELECT count(*) FROM copy WHERE role = 'archive'")" = 1 ]
    grep -q "past the cache" put.txt
    [ "$(latest)" = fixity ]
    # one at a time
    mkdir -p "a/$ITEM.archive-2.partial"
    exec 9<"a/$ITEM.archive-2.partial"
    flock 9
    run put --to a
    refused 3 "another process is at work there"
    exec 9<&-
    put --to a >/dev/null
    consistent l.db
}

@test "archive: the ledger tells its batches to both checkers, and an export of the whole holds" {
    put --to a >/dev/null
    sato check --all >/dev/null
    custody export whole --ledger l.db --key "$KEYS/sato.key" >/dev/null
    run -3 "$HOZEN_BIN/hozen-verify" verify whole
    [[ $output == *intact* ]]
    custody export one --item "$ITEM" --ledger l.db --key "$KEYS/sato.key" >/dev/null
    run ! grep -q '"fixity"' <(jq -r .statement one/entries.jsonl | while read -r s; do base64 -d <<<"$s"; echo; done)
    run -3 "$HOZEN_BIN/hozen-verify" verify one
    [[ $output == *intact* ]]
}

@test "archive: who may put copies into which target is a rule of the policy" {
    custody person add "$KEYS/tanaka.key.pub" --checkpoint-signer --ledger l.db --key "$KEYS/sato.key" --second-key "$KEYS/tanaka.key" >/dev/null
    printf '{"rules":[{"name":"vault","persons":2,"targets":["%s"],"types":["copy"]}]}\n' "$PWD/a" >rules.json
    custody policy rules.json --ledger l.db --key "$KEYS/sato.key" --second-key "$KEYS/tanaka.key" >/dev/null
    run put --to a --parity none
    [ "$status" = 3 ]
    [[ $output == *"rule vault"* ]]
    [ "$(ls a)" = hozen-archive.json ]
    put --to b --parity none >/dev/null
    [ "$(sqlite3 l.db "SELECT group_concat(copy) FROM copy WHERE role = 'archive'")" = archive-1 ]
    put --to a --parity none --second-key "$KEYS/tanaka.key" >/dev/null
    [ "$(sqlite3 l.db "SELECT count(*) FROM copy WHERE role = 'archive'")" = 2 ]
    consistent l.db
}
