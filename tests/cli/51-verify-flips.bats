#!/usr/bin/env bats
# Random single bits of a bundle that was collected here, through the program: each is found, and what it altered is named.

load 50-verify.bash

setup() { cd "$BATS_TEST_TMPDIR" || exit; }

flips() { "$TOOLS/flip_bits.py" "$HOZEN_BIN/hozen-verify" --seed "${HOZEN_SEED:-1}" "$@"; }
amount() { [ "${HOZEN_SLOW:-}" = 1 ] && echo "$2" || echo "$1"; }

@test "flips: 1,000 bits of a collection are found and what holds them is named" {
    local long
    long=$(printf 'n%.0s' {1..140})
    mkdir -p "tree/$long" usb
    head -c 40000 /dev/urandom >tree/random
    seq 2000 >tree/text
    : >tree/empty
    echo content >"tree/$long/$long" # needs a pax header
    printf 'x\n' >"tree/$(printf 'line\nbreak')"
    unshare --pid --mount --net --fork --mount-proc "$HOZEN_BIN/hozen-collect" --case INC-1 --operator "Sato Hanako" --path "$PWD/tree" \
        --item ONE --out usb --compress none >/dev/null || [ $? = 4 ]
    "$HOZEN_BIN/hozen-verify" verify --json usb/ONE.tar | jq -e '.integrity == "intact"'
    tar -tf usb/ONE.tar | grep "$long"
    [ "$(stat -c %s usb/ONE.tar)" -lt 300000 ]
    flips usb/ONE.tar --count "$(amount 1000 20000)"
}

@test "flips: 1,000 bits of the smallest vector, for somebody with a list of signers" {
    flips "$GOOD" --signers "$SIGNERS" --count "$(amount 1000 245760)"
}

@test "flips: the driver notices a program that sees nothing, that names nothing, and that dies" {
    for answer in '{"verdict":"verified","findings":[]}' '{"verdict":"failed","findings":[{"code":"payload-altered","path":"x","detail":"y"}]}' ''; do
        printf '#!/bin/sh\necho '"'%s'"'\nexit %d\n' "$answer" "$([[ $answer == *failed* ]] && echo 1 || echo 0)" >program
        chmod +x program
        run "$TOOLS/flip_bits.py" ./program "$GOOD" --count 20
        [ "$status" = 1 ]
        [[ $output == *"; 20 not as it must be"* ]]
    done
}
