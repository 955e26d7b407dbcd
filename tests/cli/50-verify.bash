# shellcheck shell=bash
# Shared by the tests of hozen-verify; loaded by bats.
VECTORS=$HOZEN_SOURCE/formats/spec/vectors
ORACLE=$HOZEN_SOURCE/tests/oracle
TOOLS=$HOZEN_SOURCE/tests/tools
GOOD=$VECTORS/good/p256.tar
SIGNERS=$VECTORS/allowed_signers
export PYTHONDONTWRITEBYTECODE=1
unset LC_ALL LANG LC_MESSAGES HOZEN_SIGNERS HOZEN_TIMESTAMP_ROOTS

verify() { "$HOZEN_BIN/hozen-verify" verify "$@"; }
list() { "$HOZEN_BIN/hozen-verify" list "$@"; }
extract() { "$HOZEN_BIN/hozen-verify" extract "$@"; }

# make_bundle FILE [CODE]: the oracle's small signed bundle; CODE, Python, may change it as b before it is built.
make_bundle() {
    /usr/bin/python3 - "$ORACLE" "$@" <<'PY'
import sys
sys.path.insert(0, sys.argv[1])
import make
from cases import plain
b = plain()
exec(sys.argv[3] if len(sys.argv) > 3 else "")
open(sys.argv[2], "wb").write(b.build())
PY
}

# answers EXIT VERDICT INTEGRITY AUTHENTICITY: what `run verify --json` has just said.
answers() {
    [ "$status" = "$1" ] || { echo "exit $status, expected $1: $output"; return 1; }
    [ "$(jq -r '.verdict + " " + .integrity + " " + .authenticity' <<<"$output")" = "$2 $3 $4" ] ||
        { echo "$output"; return 1; }
}

codes() { jq -r "[.${1}[].code] | join(\" \")" <<<"$output"; }

# refused STATUS TEXT: what `run` has just seen is this exit code, one message, and this text in it.
refused() {
    [ "$status" = "$1" ] || { echo "exit $status, expected $1: $output"; return 1; }
    [[ $output == *"$2"* ]] || { echo "not said: $2"; echo "$output"; return 1; }
    [ "$(grep -c . <<<"$output")" = 1 ] || { echo "more than one message: $output"; return 1; }
}

# flip FILE OFFSET [BIT]: turns one bit around.
flip() {
    python3 -c 'import sys
f = open(sys.argv[1], "r+b"); f.seek(int(sys.argv[2])); b = f.read(1)[0]
f.seek(int(sys.argv[2])); f.write(bytes([b ^ 1 << int(sys.argv[3])]))' "$1" "$2" "${3:-0}"
}

# offset_of BUNDLE MEMBER: where its content begins, by Python's tarfile.
offset_of() {
    python3 -c 'import sys, tarfile; print(tarfile.open(sys.argv[1]).getmember(sys.argv[2]).offset_data)' "$@"
}
