#!/usr/bin/env bats
# Evidence records: when they are to be renewed is told, by the policy and by what the ledger says of them.

bats_require_minimum_version 1.5.0
load 67-renewal.bash

on() { at "$1" "$HOZEN_BIN/hozen-custody" "${@:2}" --ledger l.db; } # TIME command...
# policy JSON
policy() {
    custody person add "$KEYS/tanaka.key.pub" --checkpoint-signer --ledger l.db --key "$KEYS/sato.key" --second-key "$KEYS/tanaka.key" >/dev/null 2>&1 || true
    printf '%s\n' "$1" >rules.json
    custody policy rules.json --ledger l.db --key "$KEYS/sato.key" --second-key "$KEYS/tanaka.key" >/dev/null
}
# status_at TIME: exit code, and of each copy whether it is due for a renewal
status_at() {
    run --separate-stderr on "$1" archive status --json
    shape archive-status <(echo "$output")
    SAID="$status $(jq -r '.copies | sort_by(.item == "LOOSE-1") | map(.renew) | tostring' <<<"$output")"
}
day() { date -u -d "$1" +%F; }

@test "renewal due: nobody is reminded before there is a record; then the end of its certificate is told, and what to type" {
    put --to a
    put --to b
    status_at "$(years 5)"
    [ "$SAID" = "0 [false,false]" ]
    [ "$(jq 'has("proof_ends")' <<<"$output")" = false ]
    renew_at "$(years 0.1)" "$ONE" >/dev/null
    latest
    shape statement <(jq -c .statement entry)
    ends=$(date -u -d "$(openssl x509 -in "$ONE/tsa.pem" -noout -enddate | cut -d= -f2)" +%FT%TZ)
    [ "$(jq -r .statement.body.expires entry)" = "${ends%Z}+00:00" ]
    status_at "$(years 0.2)"
    [ "$SAID" = "0 [false,false]" ]
    [ "$(jq -r '[.proof_ends[0:19], .copies[0].proof_ends[0:19], .copies[1].proof_ends[0:19]] | unique | join(" ")' <<<"$output")" = "${ends%Z}" ]
    run on "$(years 0.2)" archive status
    [[ $output == *"renew before:"*"$(day "$ends")"* ]]
    run on "$(years 0.2)" archive check --due --key "$KEYS/sato.key"
    [ "$status" = 0 ]
    [[ $output != *"archive renew"* ]]
    # three months before, where no policy says it
    soon=$(date -u -d "$ends - 89 days" '+%F %T')
    status_at "$soon"
    [ "$SAID" = "1 [true,true]" ]
    run on "$soon" archive status
    [[ $(tr -s '\n ' ' ' <<<"$output") == *"its proof of time is to be renewed: hozen archive renew --authority URL --roots PEM; "* ]]
    run on "$soon" archive check --due --key "$KEYS/sato.key"
    [ "$status" = 1 ]
    [[ $(tr -s '\n ' ' ' <<<"$output") == *"2 copies is to be renewed: hozen archive renew --authority URL --roots PEM; "*"$(day "$ends")"* ]]
    run --separate-stderr on "$soon" archive check --due --key "$KEYS/sato.key" --json
    shape archive-check <(echo "$output")
    [ "$status $(jq -r '.renew + " " + .proof_ends[0:10]' <<<"$output")" = "1 2 $(day "$ends")" ]
    # done, it is quiet again
    renew_at "$soon" "$TWO" >/dev/null
    status_at "$(years 5)"
    [ "$SAID" = "0 [false,false]" ]
}

@test "renewal due: the policy says how long before the end, and after how many days; of a case" {
    policy '{"archive":[{"renew_before_days":30},{"case":"INC-1","renew_every_days":100}]}'
    echo loose >loose.txt
    custody intake loose.txt --item LOOSE-1 --case INC-1 --location here --ledger l.db --key "$KEYS/sato.key" >/dev/null
    put --to a
    sato put LOOSE-1 --bundle loose.txt --to a --parity none >/dev/null
    # one of the case has none: it is due by its age alone
    status_at "$(years 0.2)"
    [ "$SAID" = "0 [false,false]" ]
    status_at "$(date -u -d 'now + 101 days' '+%F %T')"
    [ "$SAID" = "1 [false,true]" ]
    renew_at "$(years 0.3)" "$ONE" >/dev/null
    ends=$(date -u -d "$(openssl x509 -in "$ONE/tsa.pem" -noout -enddate | cut -d= -f2)" '+%F %T')
    status_at "$(date -u -d "$(years 0.3) UTC + 99 days" '+%F %T')"
    [ "$SAID" = "0 [false,false]" ]
    status_at "$(date -u -d "$(years 0.3) UTC + 101 days" '+%F %T')"
    [ "$SAID" = "1 [false,true]" ]
    status_at "$(date -u -d "$ends UTC - 31 days" '+%F %T')"
    [ "$(jq -r '.copies[] | select(.item != "LOOSE-1").renew' <<<"$output")" = false ]
    status_at "$(date -u -d "$ends UTC - 29 days" '+%F %T')"
    [ "$SAID" = "1 [true,true]" ]
    run custody policy <(echo '{"archive":[{"renew_before_days":0}]}') --ledger l.db --key "$KEYS/sato.key" --second-key "$KEYS/tanaka.key"
    [ "$status" != 0 ]
}

@test "renewal due: a copy that was made after a renewal is as old as that; one that was left out stays due" {
    put --to a
    put --to b
    renew_at "$(years 0.1)" "$ONE" >/dev/null
    mkdir c
    at "$(years 0.2)" "$HOZEN_BIN/hozen-custody" archive put "$ITEM" --bundle bundle.tar --to c --parity none --copy later --ledger l.db --key "$KEYS/sato.key" >/dev/null
    status_at "$(years 0.9)"
    [ "$SAID" = "1 [true,true,true]" ]
    chattr -R -i b 2>/dev/null || true
    mv b away
    run renew_at "$(years 0.9)" "$TWO"
    [ "$status" = 4 ]
    status_at "$(years 0.95)"
    [ "$(jq -r '.copies | map(.copy + " " + (.renew | tostring)) | join("; ")' <<<"$output")" = "archive-1 false; archive-2 true; later false" ]
}

@test "the catalogue names what lies beside a copy, its evidence record, and its size" {
    countersign bundle.tar --key "$KEYS/sato.key" --fingerprint "$("$HOZEN_BIN/hozen-verify" verify --json bundle.tar | jq -r '.signers[0].key')" >/dev/null
    put --to a
    sato export-index before.jsonl >/dev/null
    renew_at "" "$TWO" >/dev/null
    sato export-index after.jsonl >/dev/null
    for list in before after; do
        sed -n 2p $list.jsonl >line
        shape archive-index-line line
        [ "$(jq -r '.sealed.beside | map(.sha256 + "  " + .file) | join("\n")' line)" = "$(sha256sum bundle.tar.*.sshsig)" ]
        [ "$(jq -r .sealed.size line)" = "$(stat -c %s bundle.tar)" ]
    done
    [ "$(sed -n 2p before.jsonl | jq 'has("record")')" = false ]
    [ "$(jq -r .record line)" = "$(sha256sum <"a/$ITEM.archive-1/bundle.tar.er" | cut -d' ' -f1)" ]
}
