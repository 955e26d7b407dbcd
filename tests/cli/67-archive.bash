# shellcheck shell=bash
# Shared by the tests of the archive: an item taken in, two folders for its copies, and what is done to them.
load 40-custody.bash

setup_file() {
    export KEYS=$BATS_FILE_TMPDIR/keys
    make_keys
}

setup() {
    start
    take_in
    mkdir a b
}

teardown() {
    chattr -R -i "$BATS_TEST_TMPDIR" 2>/dev/null || true
}

archive() { "$HOZEN_BIN/hozen-custody" archive "$@"; }
sato() { archive "$@" --ledger l.db --key "$KEYS/sato.key"; }
put() { sato put "$ITEM" --bundle bundle.tar "$@"; }
shape() { "$HOZEN_SOURCE/tests/oracle/shapes.py" --file "$1" "$2"; }
# loose PATH...: what was made immutable can be changed by whoever may take the flag away.
loose() { chattr -R -i "$@" 2>/dev/null || true; chmod -R u+w "$@"; }
# hurt FILE AT COUNT: other bytes, each of them; the size stays.
hurt() {
    python3 -c 'import random, sys
with open(sys.argv[1], "r+b") as f:
    f.seek(int(sys.argv[2])); was = f.read(int(sys.argv[3]))
    f.seek(int(sys.argv[2])); f.write(bytes(b ^ random.randrange(1, 256) for b in was))' "$@"
}
latest() { custody log --ledger l.db --json | tail -1 >entry; jq -r .statement.type entry; }
