# shellcheck shell=bash
# Shared by the tests of evidence records: two authorities, one good for a year, the other for twelve; an item taken in, two
# folders for its copies.
load 40-custody.bash
load 48-time.bash

# years N: so many years from when the file began, also 1.5: the same day whenever it is asked for.
years() { date -u -d "$BEGAN + $(awk "BEGIN { print int($1 * 365) }") days" '+%F %T'; }

setup_file() {
    export KEYS=$BATS_FILE_TMPDIR/keys ONE=$BATS_FILE_TMPDIR/one TWO=$BATS_FILE_TMPDIR/two ROOTS=$BATS_FILE_TMPDIR/roots.pem
    BEGAN=$(date -u '+%F %T UTC')
    export BEGAN
    make_keys
    make_authority "$ONE" "$(date -u -d '-1 hour' '+%F %T')" "$(years 1)"
    make_authority "$TWO" "$(date -u -d '-1 hour' '+%F %T')" "$(years 12)"
    cat "$ONE/root.pem" "$TWO/root.pem" >"$ROOTS"
}

setup() {
    start
    take_in
    mkdir a b
}

teardown() {
    stop_serving
    chattr -R -i "$BATS_TEST_TMPDIR" 2>/dev/null || true
}

sato() { "$HOZEN_BIN/hozen-custody" archive "$@" --ledger l.db --key "$KEYS/sato.key"; }
put() { sato put "$ITEM" --bundle bundle.tar --parity none "$@" >/dev/null; }
shape() { "$HOZEN_SOURCE/tests/oracle/shapes.py" --file "$1" "$2"; }
latest() { custody log --ledger l.db --json | tail -1 >entry; jq -r .statement.type entry; }
loose() { chattr -R -i "$@" 2>/dev/null || true; chmod -R u+w "$@"; }
# renew_at TIME AUTHORITY [OPTION...]: without a network, by a clock that stands there.
renew_at() {
    local time=$1 dir=$2
    shift 2
    rm -f question reply
    at "$time" "$HOZEN_BIN/hozen-custody" archive renew --ledger l.db --key "$KEYS/sato.key" --query question --roots "$ROOTS" "$@" >/dev/null
    answer "$dir" question reply "$time"
    at "$time" "$HOZEN_BIN/hozen-custody" archive renew --ledger l.db --key "$KEYS/sato.key" --query question --response reply --roots "$ROOTS" "$@"
}
# seen_at TIME BUNDLE [OPTION...]: hozen verify --json, then.
seen_at() { run at "$1" "$HOZEN_BIN/hozen-verify" verify --json --timestamp-roots "$ROOTS" "${@:2}"; }
record() { jq -r ".evidence_record | $1" <<<"$output"; }
codes() { jq -r "[.${1}[].code] | sort | join(\" \")" <<<"$output"; }
# another opinion: TIME RECORD FILE...
oracle() { "$HOZEN_SOURCE/tests/oracle/evidence.py" --roots "$ROOTS" --at "$(date -u -d "$1" +%s)" "${@:2}"; }
