#!/usr/bin/env bats
# What an expert does who has none of our programs: the instructions of the bundle as they stand there, and the signatures of a
# handoff against the signers files that people gave each other.

load 40-custody.bash

setup_file() {
    export KEYS=$BATS_FILE_TMPDIR/keys
    make_keys
    key_new --for collect --name "Sato Hanako <sato@csirt.example>" --out "$KEYS/collect" >/dev/null
}

# follow LANGUAGE BUNDLE: types every line behind "$ " and "> " of VERIFY.LANGUAGE.txt. Results: status, output.
follow() {
    local keyid
    keyid=$(tar tf "$2" | sed -n 's|.*/signatures/\(.*\)\.sshsig$|\1|p')
    tar xOf "$2" "ITEM-1/meta/VERIFY.$1.txt" | sed -n 's/^ *[$>] //p' |
        sed "s/ITEM/ITEM-1/g; s/ITEM-1-1/ITEM-1/g; s/KEYID/$keyid/g; s/NAME@EXAMPLE/sato@csirt.example/g
             s|allowed_signers|$KEYS/collect.signers|; s|data/files/etc/passwd|$path|" >typed
    [ "$(wc -l <typed)" -ge 15 ]
    run env -i PATH="$PATH" HOME="$HOME" LC_ALL=C.UTF-8 bash typed
}

@test "by hand: the instructions inside a bundle, typed as they stand there, in both languages" {
    local path language
    mkdir "$BATS_TEST_TMPDIR/w" && cd "$BATS_TEST_TMPDIR/w"
    mkdir tree && echo content >tree/file
    "$HOZEN_BIN/hozen-collect" --case C --operator O --path tree --out . --item ITEM-1 --key "$KEYS/collect.key" >/dev/null
    path=data/files$PWD/tree/file
    for language in en ja; do
        rm -rf ITEM-1
        follow $language ITEM-1.tar
        [ "$status" = 0 ]
        echo "$output"
        [ "${#lines[@]}" = 4 ] # two good signatures, the content id, the catalog's line
        [[ ${lines[0]} == 'Good "hozen-bundle-v1" signature with ECDSA key SHA256:'* ]]
        [[ ${lines[1]} == 'Good "hozen-bundle-v1" signature for sato@csirt.example with ECDSA key SHA256:'* ]]
        [ "${lines[2]%% *}" = "$("$HOZEN_BIN/hozen-verify" verify --json ITEM-1.tar | jq -r .content_id)" ]
        [[ ${lines[3]} == *"\"origin\":\"$PWD/tree/file\""* ]]
    done
    echo more >>"ITEM-1/$path"
    echo new >ITEM-1/data/new
    echo "everything is fine" >ITEM-1/README.txt
    tar cf altered.tar --format=ustar ITEM-1
    rm -rf ITEM-1
    mv altered.tar ITEM-1.tar
    follow en ITEM-1.tar
    [[ $output == *"$path: FAILED"*README.txt*data/new* ]]
}

@test "by hand: a handoff, with the signers files that key new made" {
    start
    take_in 2>/dev/null
    offer_to tanaka >/dev/null
    custody accept offer.json --bundle bundle.tar --key "$KEYS/tanaka.key" --signers "$KEYS/sato.signers" --out receipt.json
    good() { # person, namespace, the signature's place, the file signed
        jq -r "$3" >signature
        ssh-keygen -Y verify -f "$KEYS/$1.signers" -I "$1@$([ "$1" = sato ] && echo csirt || echo lab).example" -n "$2" \
            -s signature <"$4"
    }
    jq -r .statement offer.json | base64 -d >offer
    jq -r .statement receipt.json | base64 -d >acceptance
    jq -j .checkpoint offer.json >checkpoint
    good sato hozen-ledger-v1 '.signatures[0]' offer <offer.json
    good sato hozen-ledger-v1 '.checkpoint_signatures[0]' checkpoint <offer.json
    good tanaka hozen-ledger-v1 '.signatures[0]' acceptance <receipt.json
    good tanaka hozen-countersign-v1 .cosignature checkpoint <receipt.json
    [ "$(jq -r .previous acceptance)" = "$(sha256sum <offer | cut -d' ' -f1)" ]
    [ "$(jq -r .file_sha256 acceptance)" = "$(sha256sum <bundle.tar | cut -d' ' -f1)" ]
}
