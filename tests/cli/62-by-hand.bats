#!/usr/bin/env bats
# What an expert does who has none of our programs: the instructions of the bundle as they stand there, and the signatures of a
# handoff against the signers files that people gave each other.

load 40-custody.bash

setup_file() {
    export KEYS=$BATS_FILE_TMPDIR/keys
    make_keys
    key_new --for collect --name "Sato Hanako <sato@csirt.example>" --out "$KEYS/collect" >/dev/null
}

# follow LANGUAGE BUNDLE ITEM SIGNERS: types every line behind "$ " and "> " of the bundle's VERIFY.LANGUAGE.txt, for the file ITEM.tar,
# .tar.zst or .tar.gz in the working directory. Results: status, output.
follow() {
    local keyid
    keyid=$(tar tf "$2" | sed -n 's|.*/signatures/\(.*\)\.sshsig$|\1|p')
    tar xOf "$2" "$3/meta/VERIFY.$1.txt" | sed -n 's/^ *[$>] //p' |
        sed "s/\<ITEM\>/$3/g; s/KEYID/$keyid/g; s/NAME@EXAMPLE/sato@csirt.example/g
             s|allowed_signers|$4|; s|data/files/etc/passwd|$path|" >typed
    [ "$(wc -l <typed)" -ge 20 ]
    run env -i PATH="$PATH" HOME="$HOME" LC_ALL=C.UTF-8 bash typed
}

@test "by hand: the instructions inside a bundle, typed as they stand there, in both languages" {
    local path language
    mkdir "$BATS_TEST_TMPDIR/w" && cd "$BATS_TEST_TMPDIR/w"
    mkdir tree && echo content >tree/file
    "$HOZEN_BIN/hozen-collect" --case C --operator O --path tree --out . --compress none --item ITEM-1 --key "$KEYS/collect.key" >/dev/null
    path=data/files$PWD/tree/file
    for language in en ja; do
        rm -rf ITEM-1
        follow $language ITEM-1.tar ITEM-1 "$KEYS/collect.signers"
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
    follow en ITEM-1.tar ITEM-1 "$KEYS/collect.signers"
    [[ $output == *"$path: FAILED"*README.txt*data/new* ]]
}

@test "by hand: the instructions inside a compressed bundle and one with SHA-512, and inside ones that were altered" {
    local name language path=data/files/etc/passwd vectors=$HOZEN_SOURCE/formats/spec/vectors
    for name in zstd.tar.zst zstd-anywhere.tar.zst gzip.tar.gz sha512.tar sha512-zstd.tar.zst; do
        for language in en ja; do
            mkdir "$BATS_TEST_TMPDIR/w" && cd "$BATS_TEST_TMPDIR/w"
            cp "$vectors/good/$name" "SAMPLE-1.${name#*.}"
            follow $language "SAMPLE-1.${name#*.}" SAMPLE-1 "$vectors/allowed_signers"
            echo "$output"
            [ "$status" = 0 ]
            [ "${#lines[@]}" = 4 ]
            [[ ${lines[1]} == 'Good "hozen-bundle-v1" signature for sato@csirt.example with ECDSA key SHA256:'* ]]
            [[ ${lines[3]} == *'"origin":"/etc/passwd"'* ]]
            rm -r "$BATS_TEST_TMPDIR/w"
        done
    done
    mkdir "$BATS_TEST_TMPDIR/w" && cd "$BATS_TEST_TMPDIR/w"
    for name in zstd-content-altered.tar.zst:/etc/passwd zstd-checksum-wrong.tar.zst:hecksum zstd-cut-in-block.tar.zst:SAMPLE-1.tar.zst gzip-crc.tar.gz:crc \
        sha512-altered.tar:manifest-sha512.txt sha512-tags-altered.tar:bagit.txt; do
        cp "$vectors/bad/${name%:*}" "SAMPLE-1.$(cut -d. -f2- <<<"${name%:*}")"
        follow en "$vectors/good/p256.tar" SAMPLE-1 "$vectors/allowed_signers"
        echo "${name%:*}: $output"
        [[ $output == *"${name#*:}"* ]]
        rm -rf SAMPLE-1*
    done
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
