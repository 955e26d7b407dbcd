#!/usr/bin/env bats
# Many processes at one ledger, and kill -9 at any moment: what was acknowledged is there, once, and the audit passes.

load 40-custody.bash
bats_require_minimum_version 1.5.0

MANY=$HOZEN_SOURCE/tests/cli/57-many.py

setup_file() {
    export KEYS=$BATS_FILE_TMPDIR/keys
    make_keys
}

setup() {
    start
    take_in 2>/dev/null
}

# many PROGRAM WRITERS KILLS: the counts are in $output.
many() {
    run --separate-stderr "$MANY" "$1" l.db "$KEYS/sato.key" "$ITEM" "$2" "$3" "${HOZEN_SEED:-$RANDOM}"
    echo "# $output" >&3
    [ "$status" = 0 ] || { echo "$output $stderr"; return 1; }
}

@test "many: 32 writers and kills: nothing acknowledged is lost, nothing is there twice, the audit passes after each kill" {
    kills=$([ -n "${HOZEN_SLOW:-}" ] && echo 1000 || echo 60)
    many "$HOZEN_BIN/hozen-custody" 32 "$kills"
    [ "$(jq .kills <<<"$output")" -ge "$kills" ]
    [ "$(jq .acknowledged <<<"$output")" -ge 20 ]
    [ "$(jq .entries <<<"$output")" = "$(entries l.db)" ]
    # how long a reader waits meanwhile: measured where there is time for enough of them
    [ -z "${HOZEN_SLOW:-}" ] || [ "${HOZEN_PRESET:-}" = asan ] || [ "$(jq '.show_p99_ms <= 250' <<<"$output")" = true ]
    consistent l.db
}

@test "many: an acknowledgement without a record, and a record without its place, would be seen" {
    cat >liar <<'SH'
#!/bin/bash
case $2 in note) [[ $5 != *"note 0" ]] || { echo '{"entry":1}'; exit 0; } ;; esac
exec "$HOZEN_BIN/hozen-custody" "$@"
SH
    chmod +x liar
    run "$MANY" ./liar l.db "$KEYS/sato.key" "$ITEM" 4 3 2
    [ "$status" = 1 ]
    [[ $output == *"note 0: acknowledged as entry 1, found as None"* ]]
}
