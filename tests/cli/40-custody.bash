# shellcheck shell=bash
# Shared by the tests of hozen-custody; loaded by bats.
VECTORS=$HOZEN_SOURCE/formats/spec/vectors
LEDGER_PY=$HOZEN_SOURCE/tests/oracle/ledger.py
export PYTHONDONTWRITEBYTECODE=1
unset LC_ALL LANG LC_MESSAGES HOZEN_SIGNERS HOZEN_TIMESTAMP_ROOTS HOZEN_LEDGER

custody() { "$HOZEN_BIN/hozen-custody" custody "$@"; }
key_new() { "$HOZEN_BIN/hozen-custody" key new "$@" </dev/null; }
countersign() { "$HOZEN_BIN/hozen-custody" countersign "$@"; }

# Three people's keys into $KEYS: sato and kondo with P-256, tanaka with Ed25519.
make_keys() {
    mkdir -p "$KEYS"
    key_new --for custody --name "Sato Hanako <sato@csirt.example>" --out "$KEYS/sato"
    key_new --for custody --name "Tanaka Ken <tanaka@lab.example>" --out "$KEYS/tanaka" --algorithm ed25519
    key_new --for custody --name "Kondo Aoi <kondo@court.example>" --out "$KEYS/kondo"
} >/dev/null

# start [NAME]: Sato's ledger in the test's own folder, with a bundle beside it.
start() {
    cd "$BATS_TEST_TMPDIR"
    cp "$VECTORS/good/p256.tar" bundle.tar
    ITEM=$("$HOZEN_BIN/hozen-verify" verify --json bundle.tar | jq -r .bundle)
    custody init l.db --organisation "CSIRT Example" --key "$KEYS/sato.key" >/dev/null
}

# two_signers NAME: keys, Sato's ledger in which NAME signs checkpoints as well, and a bundle that was taken in.
two_signers() {
    KEYS=$BATS_TEST_TMPDIR/keys
    make_keys
    start
    custody person add "$KEYS/$1.key.pub" --checkpoint-signer --ledger l.db --key "$KEYS/sato.key" \
        --second-key "$KEYS/$1.key" >/dev/null
    take_in
}

# shellcheck disable=SC2120 # the tests give it options
take_in() { custody intake bundle.tar --ledger l.db --key "$KEYS/sato.key" --location "evidence locker 3" "$@" >/dev/null; }

# offer_to NAME [OPTION...]: Sato offers the item, the offer goes to offer.json unless --out says else.
offer_to() {
    local name=$1
    shift
    local out=(--out offer.json)
    [[ " $* " != *" --out "* ]] || out=()
    custody offer "$ITEM" --to "$KEYS/$name.key.pub" --purpose "malware analysis" --ledger l.db --key "$KEYS/sato.key" \
        "${out[@]}" "$@"
}

# refused STATUS TEXT: what `run` has just seen is this exit code, one message, and this text in it.
refused() {
    [ "$status" = "$1" ] || { echo "exit $status, expected $1: $output"; return 1; }
    [[ $output == *"$2"* ]] || { echo "not said: $2"; echo "$output"; return 1; }
    [ "$(grep -c . <<<"$output")" = 1 ] || { echo "more than one message: $output"; return 1; }
}

entries() { sqlite3 "$1" 'SELECT count(*) FROM entry'; }

custodian() { custody show "$ITEM" --ledger "$1" --json | jq -r '.items[0].custodian_name'; }
state() { custody show "$ITEM" --ledger "$1" --json | jq -r '.items[0].state'; }

consistent() {
    run custody audit --ledger "$@" --json
    [ "$status" = 0 ] || { echo "$output"; return 1; }
    [ "$(jq -r .verdict <<<"$output")" = consistent ]
}
