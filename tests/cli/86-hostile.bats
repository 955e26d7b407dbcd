#!/usr/bin/env bats
# Bundles that somebody made to be believed, each signed by a trusted key (tests/hostile), and honest ones that are as nasty: program, oracle
# and stock tools have to see the same. Flipped bits of large bundles are named. What is made to cost is answered soon, in little memory.
# HOZEN_SLOW=1 makes the random parts long, HOZEN_SEED chooses others.

load 50-verify.bash
unset SOON

setup_file() {
    export HOSTILE=$HOZEN_SOURCE/tests/hostile BUILT=$HOZEN_BIN/../tests
}

setup() { cd "$BATS_TEST_TMPDIR" || exit; }

slow() { [ "${HOZEN_SLOW:-}" = 1 ] && echo "$2" || echo "$1"; }
hostile() { "$HOSTILE/run.py" --hozen "$HOZEN_BIN" --judge "$BUILT/judge_bundles" --seed "${HOZEN_SEED:-1}" "$@"; }

@test "hostile: the whole corpus is judged as it must be, and what is accepted lists alike and comes out inert" {
    local quick=
    [ "${HOZEN_PRESET:-release}" != asan ] || quick=--quick
    hostile $quick
}

@test "hostile: the comparison notices a verifier that believes everything, one that sees other files, and one that dies" {
    local answer
    for answer in '{"verdict":"verified","findings":[],"notices":[]}' '{"verdict":"failed","findings":[{"code":"payload-altered","path":"x"}],"notices":[]}' 'no JSON'; do
        mkdir -p bin
        printf '#!/bin/sh\necho '"'%s'"'\nexit 0\n' "$answer" >bin/hozen-verify
        chmod +x bin/hozen-verify
        run "$HOSTILE/run.py" --hozen bin --only header-mode
        [ "$status" = 1 ]
        [[ $output == *"10 hostile and 0 honest"* ]]
        [[ $output != *" 0 disagreements" ]]
    done
    run "$HOSTILE/run.py" --hozen bin --only honest-bytes-20
    [ "$status" = 1 ]
}

@test "hostile: random mutants, and random deviations under a valid signature, are judged alike by the oracle" {
    if [ "${HOZEN_PRESET:-release}" = asan ]; then
        hostile --only - --mutants 200 --signed 30
    else
        hostile --only - --mutants "$(slow 1000 100000)" --signed "$(slow 200 10000)"
    fi
}

@test "hostile: flips in a thousand files of a large bundle, each file named" {
    local size
    size=$(slow 16384 524288)
    "$BUILT/make_bundle" 2048 "$size" >bundle.tar
    "$HOSTILE/flip_files.py" "$HOZEN_BIN/hozen-verify" bundle.tar --runs "$(slow 4 100)" --flips 1000 --seed "${HOZEN_SEED:-1}"
}

@test "hostile: the flips notice a verifier that names one file too few" {
    "$BUILT/make_bundle" 40 100 >bundle.tar
    cat >program <<'SCRIPT'
#!/usr/bin/env bash
"$HOZEN_BIN/hozen-verify" "$@" | jq -c 'del(.findings[0])'
exit "${PIPESTATUS[0]}"
SCRIPT
    chmod +x program
    run "$HOSTILE/flip_files.py" ./program bundle.tar --flips 30
    [ "$status" = 1 ]
    [[ $output == *"not named: "* ]]
}

# refused_soon KIND COUNT CODE...: verify and list of such a bundle end within 10 seconds ($SOON) of processor time, in no more than 64 MiB in each of the two
# processes, and verify says these codes.
refused_soon() {
    local kind=$1 count=$2 command code
    shift 2
    "$TOOLS/hostile.py" "$kind" "$count" >bundle
    for command in list verify; do
        code=0
        (
            ulimit -t "${SOON:-10}"
            "$TOOLS/peak.py" 64 "$HOZEN_BIN/hozen-verify" $command bundle >out
        ) 2>said || code=$?
        echo "$kind $count: $command: exit $code, $(<said)"
        [ $code = 1 ] || [ $code = 3 ]
    done
    "$HOZEN_BIN/hozen-verify" verify --json bundle >report || true
    [ "$(jq -r .verdict report)" != verified ]
    for code in "$@"; do jq -e --arg code "$code" 'any(.findings[]; .code == $code)' report; done
}

bombs() { [ "${HOZEN_PRESET:-release}" != asan ] || skip "the sanitizer needs memory and time of its own"; }

@test "hostile: sizes that promise too much" {
    bombs
    refused_soon window 41 limit-exceeded
    refused_soon window 24 limit-exceeded
    refused_soon huge 22 limit-exceeded
    refused_soon huge 63 limit-exceeded
    refused_soon promised 62
    refused_soon promised 40 container-truncated
    refused_soon header 100000000 container-malformed
}

@test "hostile: a million members, deep names, a manifest of a hundred thousand lines" {
    bombs
    refused_soon ascending 1000000 payload-unlisted
    refused_soon nested 100000 payload-unlisted
    refused_soon lines 100000 catalog-mismatch
}

@test "hostile: a file of 160 KB that unpacks to 4 GiB" {
    bombs
    SOON=100 refused_soon dense 2048 container-truncated # digests of 4 GiB: 3 seconds here, many where there are no instructions for it
}

@test "hostile: an honest bundle of many members in little memory" {
    bombs
    local count code=0
    count=$(slow 200000 10000000)
    "$BUILT/make_bundle" "$count" 1 zstd >bundle
    "$TOOLS/peak.py" 64 "$HOZEN_BIN/hozen-verify" verify --json bundle >report || code=$?
    [ $code = 3 ]
    [ "$(jq -r '.integrity + " " + (.files | tostring)' report)" = "intact $((count + 1))" ]
}

# keys TYPE: lines of public keys that verify signatures of nobody, or have two forms. Ed25519, also of a token: points of small order, y not below the prime
# (FIPS 186-5, RFC 8032). P-256: infinity, (0, 0), a point off the curve, x not below the prime.
keys() {
    /usr/bin/python3 - "$HOSTILE" "$1" <<'PY'
import base64, sys
sys.path.insert(0, sys.argv[1])
import corpus, bad_signatures, sshsig
from make import string
kind, p = sys.argv[2].encode(), sshsig.P256_P
ed25519 = [string(y.to_bytes(32, "little")) for y in sorted(bad_signatures.ENCODINGS)]
p256 = [string(b"nistp256") + string(point) for point in (b"\0", b"\4" + bytes(64), b"\4" + bytes(31) + b"\1" + bytes(31) + b"\1", b"\4" + p.to_bytes(32, "big") + bytes(32))]
for rest in p256 if b"nistp256" in kind else ed25519:
    print(kind.decode(), base64.b64encode(string(kind) + rest + (string(b"ssh:") if kind[:3] == b"sk-" else b"")).decode())
PY
}

# signed_by KEY: bundle.tar, whose one signature is under this key: R the neutral point and S 0, or r and s 1
signed_by() {
    BLOB=${1#* } make_bundle bundle.tar '
import base64, os
import sshsig
from cases import signatures
b.acquisition["keys_expected"] = []
key = base64.b64decode(os.environ["BLOB"])
kind = sshsig.strings(key)[0]
raw = make.string(b"\1") * 2 if b"nistp256" in kind else b"\1" + bytes(63)
signature = make.string(kind) + make.string(raw) + (b"\1\0\0\0\7" if kind[:3] == b"sk-" else b"")
signatures(lambda s, m: [(sshsig.keyid(key), make.armour(make.envelope(key, signature)))])(b)'
}

@test "hostile: no list can make anybody believe a key of small order, or one that is not canonical" {
    local kind count=0
    for kind in ssh-ed25519 sk-ssh-ed25519@openssh.com; do
        keys $kind >keys
        while read -r key; do
            echo "sato@csirt.example $key" >list
            run verify "$GOOD" --signers list
            refused 3 "list: line 1: no public key follows"
            echo "$key" >list
            run verify "$GOOD" --signers "$SIGNERS" --revoked list
            refused 3 "list: line 1: "
            count=$((count + 1))
        done <keys
        signed_by "$(head -n 1 keys)"
        run verify --json bundle.tar --signers "$SIGNERS"
        [ "$status" = 1 ]
        [ "$(codes findings)" = signature-invalid ]
    done
    [ $count = 52 ]
}

@test "hostile: no list can make anybody believe a P-256 key that is no point of the curve" {
    local kind
    for kind in ecdsa-sha2-nistp256 sk-ecdsa-sha2-nistp256@openssh.com; do
        keys $kind >keys
        while read -r key; do
            signed_by "$key"
            echo "sato@csirt.example $key" >list
            run verify --json bundle.tar --signers "$SIGNERS"
            [ "$status" = 1 ]
            [ "$(codes findings)" = signature-invalid ]
            run verify bundle.tar --signers list
            refused 3 "list: line 1: "
        done <keys
        [ "$(wc -l <keys)" = 4 ]
    done
}
