#!/usr/bin/env bats
# hozen key new

load 40-custody.bash

setup() { cd "$BATS_TEST_TMPDIR"; }

@test "key new: private key, public key and the line for others, each usable by stock tools" {
    for algorithm in p256 ed25519; do
        run key_new --for collect --name "Sato Hanako <sato@csirt.example>" --out "$algorithm" --algorithm "$algorithm"
        [ "$status" = 0 ]
        [ "$(stat -c %a "$algorithm.key")" = 600 ]
        fingerprint=$(ssh-keygen -l -f "$algorithm.key.pub" | cut -d' ' -f2)
        [[ $output == *"$fingerprint"* ]]
        openssl pkey -in "$algorithm.key" -noout
        [ "$(head -n 1 "$algorithm.key")" = "hozen-purpose: collect" ]
        [ "$(cut -d' ' -f3- "$algorithm.key.pub")" = "Sato Hanako <sato@csirt.example>" ]
        [[ $(cat "$algorithm.signers") == 'sato@csirt.example namespaces="hozen-bundle-v1" '* ]]
        [[ $(cat "$algorithm.signers") == *" $(cut -d' ' -f1,2 "$algorithm.key.pub") "* ]]
    done
}

@test "key new: a custody key may sign records and countersignatures, nothing else" {
    key_new --for custody --name "Sato Hanako <sato@csirt.example>" --out sato
    [ "$(head -n 1 sato.key)" = "hozen-purpose: custody" ]
    [[ $(cat sato.signers) == *'namespaces="hozen-ledger-v1,hozen-countersign-v1"'* ]]
}

@test "key new: never overwrites any of its three files, and leaves the others alone" {
    for existing in sato.key sato.key.pub sato.signers; do
        rm -f sato.*
        echo mine >"$existing"
        run key_new --for custody --name "Sato Hanako <sato@csirt.example>" --out sato
        refused 3 "$existing"
        [ "$(cat "$existing")" = mine ]
        [ "$(echo sato.*)" = "$existing" ]
    done
}

@test "key new: a passphrase protects the key, and without it nothing is signed" {
    echo "correct horse" >pass
    echo "wrong horse" >wrong
    key_new --for custody --name "Sato Hanako <sato@csirt.example>" --out sato --passphrase-file pass
    grep -q "BEGIN ENCRYPTED PRIVATE KEY" sato.key
    openssl pkey -in sato.key -passin file:pass -noout
    run custody init l.db --organisation X --key sato.key --passphrase-file wrong
    [ "$status" = 3 ]
    [ ! -e l.db ]
    run custody init l.db --organisation X --key sato.key </dev/null
    [ "$status" = 3 ]
    [ ! -e l.db ]
    custody init l.db --organisation X --key sato.key --passphrase-file pass
}

@test "key new: on a terminal it asks; an empty answer means no passphrase" {
    # what is typed before it asks is thrown away
    python3 - "$HOZEN_BIN/hozen-custody" key new --for custody --name "Sato Hanako <sato@csirt.example>" --out plain >said <<'PYTHON'
import os, pty, sys
child, terminal = pty.fork()
if child == 0:
    os.execv(sys.argv[1], sys.argv[1:])
said = b""
try:
    while b"passphrase" not in said:
        said += os.read(terminal, 65536)
    os.write(terminal, b"\n")
    while part := os.read(terminal, 65536):
        said += part
except OSError:  # the other end is closed
    pass
sys.stdout.buffer.write(said)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
PYTHON
    grep -q passphrase said
    openssl pkey -in plain.key -noout
    ! grep -q ENCRYPTED plain.key
}

@test "key new: bad names and unknown words are usage errors" {
    run key_new --for custody --name "Sato Hanako" --out sato
    refused 2 "Sato Hanako"
    run key_new --for both --name "Sato Hanako <sato@csirt.example>" --out sato
    refused 2 both
    run key_new --for custody --name "Sato Hanako <sato@csirt.example>" --out sato --algorithm rsa
    refused 2 rsa
    run key_new --for custody --name "Sato Hanako <sato@csirt.example>" --out none/sato
    refused 3 none
    [ -z "$(ls)" ]
}

@test "key new: a key for collecting cannot sign custody records, nor the other way round" {
    key_new --for collect --name "Sato Hanako <sato@csirt.example>" --out collect
    run custody init l.db --organisation X --key collect.key
    [ "$status" = 3 ]
    [[ $output == *collect* ]]
    [ ! -e l.db ]
}
