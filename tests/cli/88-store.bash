# shellcheck shell=bash
# Shared by the tests of the archive in an object store: a real one, in a network namespace of its own.
load 40-custody.bash

setup_file() {
    [ "$(id -u)" = 0 ] || skip "needs root"
    command -v radosgw >/dev/null || skip "needs radosgw"
    export STORE=$BATS_FILE_TMPDIR/store KEYS=$BATS_FILE_TMPDIR/keys TOOLS=$HOZEN_SOURCE/tests/tools AT=http://127.0.0.1:7480
    make_keys
    # one network namespace for all tests: the store is started once
    unshare --net --fork sleep 3000 3>&- &
    echo $! >"$BATS_FILE_TMPDIR/holder"
    until [ -n "$(pgrep -P "$(cat "$BATS_FILE_TMPDIR/holder")")" ]; do sleep 0.05; done
    INSIDE=$(pgrep -P "$(cat "$BATS_FILE_TMPDIR/holder")")
    export INSIDE
    within ip link set lo up
    within "$TOOLS/object_store.sh" start "$STORE" 3>&-
    send PUT evidence -H 'x-amz-bucket-object-lock-enabled: true'
}

teardown_file() {
    [ -n "${INSIDE:-}" ] || return 0
    "$TOOLS/object_store.sh" stop "$STORE"
    kill "$INSIDE"
}

setup() {
    start
    take_in 2>/dev/null
    export TMPDIR=$BATS_TEST_TMPDIR
    TARGET=s3://evidence/test-$BATS_TEST_NUMBER
}

within() { nsenter --net="/proc/$INSIDE/ns/net" "$@"; }
# send METHOD PATH curl-option...: signed by curl's own code
send() {
    within bash -c '. "$1/env"; m=$2 p=$3; shift 3; exec curl -sS --aws-sigv4 aws:amz:us-east-1:s3 -u "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" \
        -X "$m" -H "x-amz-content-sha256: UNSIGNED-PAYLOAD" "$@" "'$AT'/$p"' - "$STORE" "$@"
}
answer() { send "$@" -o /dev/null -w '%{http_code}\n'; }
archive() { within env "${EXTRA[@]}" bash -c '. "$1/env"; shift; exec env "$@"' - "$STORE" "${CHANGED[@]}" "$HOZEN_BIN/hozen-custody" archive "$@"; }
EXTRA=(A=1) CHANGED=(A=1)
sato() { archive "$@" --ledger l.db --key "$KEYS/sato.key"; }
put() { sato put "$ITEM" --bundle bundle.tar --to "$TARGET" "$@"; }
# before_it WAY PART: something stands before the store (object_store_swallow.py) until nobody_before_it.
before_it() {
    coproc LIAR { within "$TOOLS/object_store_swallow.py" 7480 "$@" 3>&-; }
    read -r port <&"${LIAR[0]}"
    CHANGED=("AWS_ENDPOINT_URL=http://127.0.0.1:$port")
}
nobody_before_it() {
    CHANGED=(A=1)
    [ -z "${LIAR_PID:-}" ] || { eval "exec ${LIAR[1]}>&-"; wait "$LIAR_PID" || true; }
}
uploads() { send GET "evidence?prefix=$1&uploads=" | grep -c '<UploadId>' || true; }
UNTIL=2036-11-21T00:00:00Z
nothing_recorded() { [ "$(sqlite3 l.db "SELECT count(*) FROM copy WHERE role = 'archive'")" = 0 ]; }
