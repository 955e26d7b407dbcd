#!/usr/bin/env bats
# Forms of a long chain of custody: who is drawn, and with which keys.

bats_require_minimum_version 1.5.0
load 40-custody.bash

setup() {
    KEYS=$BATS_TEST_TMPDIR/keys
    make_keys
    start
    take_in
    both person add "$KEYS/kondo.key.pub" --checkpoint-signer >/dev/null
}

by() { custody "${@:2}" --ledger l.db --key "$KEYS/$1.key"; }
both() { by sato "$@" --second-key "$KEYS/kondo.key"; }
key_of() { ssh-keygen -lf "$KEYS/$1.key.pub" | cut -d' ' -f2; }
add() { key_new --for custody --name "$2 <$1@x.example>" --out "$KEYS/$1" --algorithm ed25519 >/dev/null; by sato person add "$KEYS/$1.key.pub" >/dev/null; }

# form NAME: its text in `text`, with the case that the bundle names
form() {
    local about=$ITEM
    [ "$1" != case ] || about=--case=INC-2016-001
    rm -f form.html
    "$HOZEN_BIN/hozen-custody" report "$about" --form "$1" --ledger l.db --out form.html
    python3 "$HOZEN_SOURCE/tests/tools/html_text.py" form.html >text
}

# moved N: from and to of the N-th thick arrow, as columns from 0
moved() {
    python3 - "$1" <<'PY'
import re, sys
svg = re.search(r'<svg class="chain".*?</svg>', open("form.html").read(), re.S)[0]
lifelines = [int(x) for x in re.findall(r'<line x1="(\d+)" y1="\d+" x2="\1" ', svg)]
thick = re.findall(r'<line x1="(\d+)" y1="(\d+)" x2="(\d+)" y2="\2" stroke="#345" stroke-width="2"/>', svg)[int(sys.argv[1])]
print(lifelines.index(int(thick[0])), lifelines.index(int(thick[2])))
PY
}

# hand_on FROM TO
hand_on() {
    by "$1" offer "$ITEM" --to "$KEYS/$2.key.pub" --purpose work --out "$1.offer" >/dev/null 2>&1 || {
        by sato checkpoint --out "$1.head" >/dev/null
        by "$1" offer "$ITEM" --to "$KEYS/$2.key.pub" --purpose work --out "$1.offer" >/dev/null
    }
    custody accept "$1.offer" --bundle bundle.tar --key "$KEYS/$2.key" --out "$1.receipt" >/dev/null 2>&1
    by sato record "$1.receipt" >/dev/null
}

@test "forms: ten custodians have a column each; of twelve the rest share one that says so, and are named beside what they did" {
    before=sato
    for n in 1 2 3 4 5 6 7 8 9; do
        add "p$n" "Person$n"
        hand_on $before "p$n"
        before=p$n
    done
    form case
    [ "$(sed -n '/Chain of custody over/,/^\[/p' text | grep -cE '^(Person[1-9]|Sato|Hanako)$')" = 11 ]
    [ "$(grep -c '^others' text)" = 0 ]
    for n in 0 1 2 3 4 5 6 7 8; do [ "$(moved $n)" = "$n $((n + 1))" ]; done
    for n in 10 11; do
        add "p$n" "Person$n"
        hand_on $before "p$n"
        before=p$n
    done
    form case
    tr '\n' ' ' <text >line
    grep -q 'others (3 persons)' line || { cat text; return 1; }
    grep -qx 'acceptance (Person9 > Person10)' text
    grep -qx 'acceptance (Person9)' text
    [ "$(moved 8)" = "8 9" ]
}

@test "forms: a key that took the place of another stands with the entry that said so; custody goes on from who held it" {
    add tanaka2 "Tanaka Ken"
    key_new --for custody --name "Tanaka Ken <tanaka@lab.example>" --out "$KEYS/fresh" >/dev/null
    hand_on sato tanaka2
    by tanaka2 person rotate --new-key "$KEYS/fresh.key" --second-key "$KEYS/kondo.key" --reason yearly >/dev/null 2>&1
    rotation=$(custody log --ledger l.db --json | jq -s '.[-1].entry')
    form custody
    grep -q "^custodian | Tanaka Ken (<key>) \[$((rotation - 1))\] / Tanaka Ken (<key>) \[$rotation\]$" text
    old=$(key_of tanaka2) new=$(key_of fresh)
    python3 - "$old" "$new" <<'PY'
import re, sys
row = re.search(r"<tr><th>custodian</th>.*?</tr>", open("form.html").read())[0]
assert row.index(sys.argv[1]) < row.index(sys.argv[2]), row
PY
    grep -q "replaced by another key \[$rotation\] | " text
    [ "$(sed -n '/^Persons/,/^Keys/p' text | grep -c '^Tanaka Ken')" = 2 ]
    sed -n '/^Keys replaced or revoked/,/^Policy/p' text | grep -q "^$rotation | .*yearly"
    grep -qF "$new" form.html
    # lost, and given to Kondo by two others: from Tanaka, not from who signed that
    by fresh person revoke "$new" --reason lost --since 2026-01-01T00:00:00+09:00 >/dev/null 2>&1
    form custody
    grep -q "^custodian | .* / key revoked: lost, in doubt since 2026-01-01T00:00:00+09:00 \[$((rotation + 1))\]$" text
    by kondo reassign "$ITEM" --to "$KEYS/kondo.key.pub" --authority head --reason lost --second-key "$KEYS/sato.key" >/dev/null
    form case
    [ "$(moved 0)" = "0 1" ]
    [ "$(moved 1)" = "1 2" ]
    sed -n '/^Keys replaced or revoked/,$p' text | grep -q "^$((rotation + 1)) | .*lost"
}

@test "forms: what came from another ledger is drawn from who released it there" {
    custody init lab.db --organisation Lab --key "$KEYS/tanaka.key" >/dev/null
    offer_to tanaka >/dev/null
    custody accept offer.json --bundle bundle.tar --key "$KEYS/tanaka.key" --ledger lab.db --location bench --out receipt.json >/dev/null 2>&1
    rm -f form.html
    "$HOZEN_BIN/hozen-custody" report --case INC-2016-001 --form case --ledger lab.db --out form.html
    python3 "$HOZEN_SOURCE/tests/tools/html_text.py" form.html >text
    sed -n '/Chain of custody over/,/Measures/p' text | grep -qx 'Sato Hanako'
    [ "$(moved 0)" = "1 0" ] # whose ledger it is, comes first
}

@test "forms: an acceptance that came too late moves nothing in the drawing" {
    offer_to tanaka >/dev/null
    custody accept offer.json --bundle bundle.tar --key "$KEYS/tanaka.key" --out receipt.json >/dev/null 2>&1
    by sato withdraw "$ITEM" --reason wrong >/dev/null
    by sato record receipt.json >/dev/null
    form case
    grep -qx "acceptance, disputed" text
    run ! moved 0
}
