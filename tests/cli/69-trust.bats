#!/usr/bin/env bats
# Whose signatures count: several persons, "k of these n", and each reason why one does not.

load 50-verify.bash
load 48-time.bash

setup() {
    cd "$BATS_TEST_TMPDIR"
    KEYS=$VECTORS/keys
}

# trusts NAME KEY [OPTIONS]: a line of a list.
trusts() { printf '%s %s%s\n' "$1@csirt.example" "${3:+$3 }" "$(cut -d' ' -f1,2 "$KEYS/$2.pub")"; }

# signed FILE KEY...: a bundle that these keys signed.
signed() { make_bundle "$1" "b.keys = '${*:2}'.split(); b.acquisition['keys_expected'] = []"; }

# by_others FILE KEY...: countersignatures beside it.
by_others() {
    /usr/bin/python3 - "$ORACLE" "$@" <<'PY'
import sys, tarfile
sys.path.insert(0, sys.argv[1])
import make
tar = tarfile.open(sys.argv[2])
signed = tar.extractfile(next(m for m in tar if m.name.endswith("/tagmanifest-sha256.txt"))).read()
for key in sys.argv[3:]:
    open("%s.%s.sshsig" % (sys.argv[2], make.key_id(key)), "wb").write(make.sign(key, signed, "hozen-countersign-v1"))
PY
}

# judged REQUIRE FILE [OPTION...]: what verify and the oracle both say: exit, verdict, authenticity, findings.
judged() {
    local status=0 oracle=0
    output=$(verify --json --signers list --require "$@") || status=$?
    /usr/bin/python3 "$ORACLE/verify.py" --json --signers list --require "$@" >oracle.json || oracle=$?
    [ "$status" = "$oracle" ] || echo "oracle: exit $oracle"
    jq -r '.verdict + " " + .authenticity + " " + ([.findings[].code] | sort | join(","))' <<<"$output" >ours
    jq -r '.verdict + " " + .authenticity + " " + ([.findings[].code] | sort | join(","))' oracle.json | diff ours -
    echo "$status $(cat ours)"
}

@test "trust: k of these n, inside and beside the bundle" {
    signed b.tar p256 ed25519
    {
        trusts sato p256
        trusts tanaka ed25519
        trusts kondo operator
        trusts mori stranger
    } >list
    [ "$(judged 1 b.tar)" = "0 verified trusted " ]
    [ "$(judged 2 b.tar)" = "0 verified trusted " ]
    [ "$(judged 3 b.tar)" = "1 failed untrusted signers-too-few" ]
    by_others b.tar operator
    [ "$(judged 3 b.tar)" = "0 verified trusted " ]
    [ "$(judged 4 b.tar)" = "1 failed untrusted signers-too-few" ]
    by_others b.tar stranger
    [ "$(judged 4 b.tar)" = "0 verified trusted " ]
    [ "$(verify --json --signers list --require 4 b.tar | jq -r '"\(.persons) \(.required)"')" = "4 4" ]
    [ "$(verify --json --signers list b.tar | jq -r '.persons')" = null ]
}

@test "trust: a person counts once, whatever keys they have and however the address is written" {
    signed b.tar p256 ed25519
    {
        trusts sato p256
        trusts sato ed25519
    } >list
    [ "$(judged 2 b.tar)" = "1 failed untrusted signers-too-few" ]
    {
        trusts sato p256
        trusts SATO ed25519
    } >list
    [ "$(judged 2 b.tar)" = "1 failed untrusted signers-too-few" ]
    by_others b.tar p256
    [ "$(judged 2 b.tar)" = "1 failed untrusted signers-too-few" ]
    {
        trusts sato p256
        trusts tanaka ed25519
    } >list
    [ "$(judged 2 b.tar)" = "0 verified trusted " ]
}

@test "trust: who does not count is named with the reason: unknown, expired, revoked, other purpose" {
    signed b.tar p256 ed25519
    trusts sato p256 >list
    [ "$(judged 2 b.tar)" = "1 failed untrusted signer-untrusted,signers-too-few" ]
    [ "$(judged 1 b.tar)" = "0 verified trusted " ]
    trusts tanaka ed25519 'valid-before="20200101Z"' >>list
    [ "$(judged 2 b.tar)" = "1 failed invalid signer-outside-validity,signers-too-few" ]
    [ "$(judged 1 b.tar)" = "0 verified trusted " ]
    sed -i '$d' list
    trusts tanaka ed25519 'namespaces="hozen-ledger-v1"' >>list
    [ "$(judged 2 b.tar)" = "1 failed untrusted signer-untrusted,signers-too-few" ]
    sed -i '$d' list
    trusts tanaka ed25519 >>list
    [ "$(judged 2 b.tar)" = "0 verified trusted " ]
    cut -d' ' -f1,2 "$KEYS/ed25519.pub" >revoked
    [ "$(judged 2 b.tar --revoked revoked)" = "1 failed invalid signer-revoked,signers-too-few" ]
    [ "$(judged 1 b.tar --revoked revoked)" = "0 verified trusted " ]
    cut -d' ' -f1,2 "$KEYS/p256.pub" >>revoked
    [ "$(judged 1 b.tar --revoked revoked)" = "1 failed invalid signer-revoked,signer-revoked" ]
}

@test "trust: a signature that does not verify counts for nobody" {
    signed b.tar p256 ed25519
    {
        trusts sato p256
        trusts tanaka ed25519
    } >list
    flip b.tar "$(($(offset_of b.tar "SAMPLE-1/signatures/$(ssh-keygen -lf "$KEYS/ed25519.pub" | cut -d: -f2 | cut -d' ' -f1 | sed 's/$/=/' | base64 -d | od -An -tx1 | tr -d ' \n').sshsig") + 200))"
    [[ $(judged 2 b.tar) == "1 failed invalid signature-invalid,signers-too-few" ]]
}

@test "trust: who requires several says whom to trust, in numbers from 1 to 9" {
    run verify --require 2 "$GOOD"
    [ "$status" = 2 ]
    for number in 0 10 -1 two ""; do
        run verify --signers "$SIGNERS" --require "$number" "$GOOD"
        [ "$status" = 2 ] || { echo "$number: $status"; false; }
    done
}

@test "trust: extract, show and disclose ask for as many as verify" {
    signed b.tar p256
    {
        trusts sato p256
        trusts tanaka ed25519
    } >list
    run extract b.tar --to out --signers list --require 2
    [ "$status" = 1 ]
    [ ! -e out ]
    run "$HOZEN_BIN/hozen-verify" disclose b.tar /etc/passwd --to one.tar --signers list --require 2
    [ "$status" = 1 ]
    [ ! -e one.tar ]
    extract b.tar --to out --signers list --require 1 2>/dev/null
    run verify --signers list --require 2 b.tar
    [ "$status" = 1 ]
    [[ $output == "failed: the bundle is intact, but too few of those whom you trust signed it"*"signers-too-few"*"have others on your list countersign"* ]]
    [ "$(awk 'length > 80' <<<"$output" | grep -vc signatures/)" = 0 ]
}

@test "trust: a time stamp saves an expired key for a disclosure too, and for one of several signers" {
    make_authority old 2025-01-01 2025-12-31
    make_bundle b.tar "b.keys = ['p256', 'ed25519']; b.started = b.acquisition['finished'] = '2025-06-01T00:00:00.000000000Z'"
    {
        trusts sato p256 'valid-before="20250630Z"'
        trusts tanaka ed25519
    } >list
    "$HOZEN_BIN/hozen-verify" disclose b.tar /etc/passwd --to one.tar --signers list 2>/dev/null
    for file in b.tar one.tar; do
        [ "$(judged 1 $file)" = "0 verified trusted " ]
        [ "$(judged 2 $file)" = "1 failed invalid signer-outside-validity,signers-too-few" ]
        name=$(tar -tf $file | grep "signatures/$(/usr/bin/python3 -c 'import sys; sys.path.insert(0, sys.argv[1]); import make; print(make.key_id("p256"))' "$ORACLE")")
        tar -xOf $file "$name" >sig
        stamp old sig "$file.$(basename "$name").tsr" 2025-06-02
        run verify --json --signers list --require 2 --timestamp-roots old/root.pem $file
        answers 0 verified intact trusted
        [ "$(jq -r .persons <<<"$output")" = 2 ]
        # at a time when the key had run out it is of no use
        stamp old sig "$file.$(basename "$name").tsr" 2025-07-02
        run verify --json --signers list --require 2 --timestamp-roots old/root.pem $file
        answers 1 failed intact invalid
    done
    make_bundle b.tar "b.started = b.acquisition['finished'] = '2025-06-01T00:00:00.000000000Z'"
    rm b.tar.*
    trusts sato p256 'valid-after="20250602Z"' >list
    "$HOZEN_BIN/hozen-verify" disclose b.tar /etc/passwd --to later.tar 2>/dev/null
    [ "$(judged 1 later.tar)" = "1 failed invalid signer-outside-validity" ]
}
