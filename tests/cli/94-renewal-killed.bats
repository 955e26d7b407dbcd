#!/usr/bin/env bats
# A renewal that is ended at any step leaves nothing that stays unsealed, and no proof is lost by it.

bats_require_minimum_version 1.5.0
load 67-renewal.bash

# sealed FOLDER: it and all in it as `put` left them; nothing of an interrupted write beside it.
sealed() {
    [ -z "$(find "$1" -perm /222)" ]
    [ -z "$(find "$1" -name '*.partial')" ]
    [ -z "$FLAG" ] || [ "$(lsattr -Rd "$1" | grep -c .)" = "$(lsattr -Rd "$1" | cut -d' ' -f1 | grep -c i)" ]
}
flagged() { lsattr -d "$1" 2>/dev/null | cut -d' ' -f1 | grep -q i; }
# killed CALL N: what renews is ended at the N-th of these calls. False when it makes fewer.
killed() {
    run strace -qq -o /dev/null -e trace="$1" -e inject="$1":signal=KILL:when="$2" \
        "$HOZEN_BIN/hozen-custody" archive renew --ledger l.db --key "$KEYS/sato.key" --query question --response reply --roots "$ROOTS"
    [ "$status" = 137 ]
}
ask() {
    rm -f question reply
    sato renew --query question --roots "${1:-$ROOTS}" >/dev/null
    answer "$TWO" question reply
}
renew() {
    ask
    sato renew --query question --response reply --roots "$ROOTS" "$@"
}
count() { seen_at "" "$1"; record '.status + " " + (.stamps | length | tostring)'; }

@test "renewal killed: at each call that changes the folder; the next one restores what the ledger says, and goes on" {
    command -v strace >/dev/null || skip "needs strace"
    put --to a
    copy=a/$ITEM.archive-1
    FLAG=$(flagged "$copy" && echo yes || true)
    renew >/dev/null
    kills=0 stamps=1
    for call in fchmod renameat ioctl unlinkat fsync; do
        for n in 1 2 3 4 5 6 7 8 9 10 11 12; do
            ask
            killed $call $n || { stamps=$((stamps + 1)); break; }
            kills=$((kills + 1))
            renew >/dev/null
            stamps=$((stamps + 1))
            sealed "$copy" || { echo "after $call $n:"; ls -la "$copy"; lsattr -d "$copy" "$copy"/*; false; }
            [ "$(count "$copy/bundle.tar")" = "proven $stamps" ]
        done
    done
    [ $kills -ge 8 ]
    sato check --all >/dev/null
    "$HOZEN_BIN/hozen-custody" archive status --ledger l.db >/dev/null
    consistent l.db
}

@test "renewal killed: check finds what is open, repair seals it again, from another copy's record or its own" {
    command -v strace >/dev/null || skip "needs strace"
    put --to a
    copy=a/$ITEM.archive-1
    FLAG=$(flagged "$copy" && echo yes || true)
    renew >/dev/null
    cp "$copy/bundle.tar.er" named.er
    ask
    killed renameat 1 # before it: the folder is open, the old record there
    [ -n "$(find "$copy" -maxdepth 0 -perm /222)" ]
    run -1 sato check --all
    [[ $output == *"no longer sealed"* ]]
    sato repair "$ITEM" >/dev/null
    [ -z "$(find "$copy" -perm /222)" ]
    cmp "$copy/bundle.tar.er" named.er
    ask
    killed fchmod 3 # behind it: a new record that the ledger does not know
    run ! cmp "$copy/bundle.tar.er" named.er
    run -1 sato check --all
    [[ $output == *"bundle.tar.er: altered"* ]]
    sato repair "$ITEM" >/dev/null
    sealed "$copy"
    cmp "$copy/bundle.tar.er" named.er
    sato check --all >/dev/null
    consistent l.db
}

@test "renewal killed: a time stamp that somebody put behind a record that the ledger names is not gone on with" {
    put --to a
    renew >/dev/null
    copy=a/$ITEM.archive-1
    cp l.db before.db
    make_authority own
    ask own/root.pem
    rm reply
    answer own question reply
    sato renew --query question --response reply --roots own/root.pem >/dev/null # as a stranger would, with a ledger of his
    cp before.db l.db
    run ! "$HOZEN_SOURCE/tests/oracle/evidence.py" --roots "$ROOTS" "$copy/bundle.tar.er" bundle.tar
    renew >/dev/null
    [ "$(count "$copy/bundle.tar")" = "proven 2" ]
}
