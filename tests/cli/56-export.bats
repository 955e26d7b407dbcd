#!/usr/bin/env bats
# Exports: a ledger, or one item of it, as a folder that is checked without the ledger, without SQLite, and without hozen.

load 40-custody.bash

setup_file() {
    export KEYS=$BATS_FILE_TMPDIR/keys LEDGER=$BATS_FILE_TMPDIR/l.db BUNDLE=$BATS_FILE_TMPDIR/bundle.tar
    make_keys
    key_new --for custody --name "Mori Sayaka <mori@other.example>" --out "$KEYS/mori" >/dev/null
    # one ledger for all tests: an item that was handed over, and another one that nobody shall hear of
    cd "$BATS_FILE_TMPDIR"
    cp "$VECTORS/good/p256.tar" bundle.tar
    cp "$VECTORS/good/long-item.tar" other.tar
    custody init l.db --organisation "CSIRT Example" --key "$KEYS/sato.key"
    custody intake bundle.tar --ledger l.db --key "$KEYS/sato.key" --location "evidence locker 3"
    custody person add "$KEYS/mori.key.pub" --ledger l.db --key "$KEYS/sato.key"
    custody intake other.tar --ledger l.db --key "$KEYS/mori.key" --location "a place that is secret"
    custody offer SAMPLE-1 --to "$KEYS/tanaka.key.pub" --purpose "malware analysis" --ledger l.db --key "$KEYS/sato.key" --out offer.json
    custody accept offer.json --bundle bundle.tar --key "$KEYS/tanaka.key" --out receipt.json
    custody record receipt.json --ledger l.db --key "$KEYS/sato.key"
} >/dev/null 2>&1

setup() {
    cd "$BATS_TEST_TMPDIR"
    ITEM=SAMPLE-1
    cp "$LEDGER" l.db
    cp "$BUNDLE" bundle.tar
}

export_to() { custody export "$@" --ledger l.db --key "$KEYS/sato.key" >/dev/null; }
# script LANGUAGE FOLDER [KEY...]: the script that stands in the folder's own text
script() {
    sed -n '/^#!/,/^# end/p' "$2/VERIFY.$1.txt" >check.py
    shift
    python3 check.py "$@"
}

@test "export: the whole ledger, checked by hand with the text inside, in both languages" {
    export_to all
    cd all
    [ "$(ls | tr '\n' ' ' | sed 's/[0-9a-f]\{64\}/K/g')" = "SHA256SUMS VERIFY.en.txt VERIFY.ja.txt allowed_signers checkpoint checkpoint.K.sshsig entries.jsonl export.json export.json.K.sshsig " ] || { ls; false; }
    [ "$(wc -l <entries.jsonl)" = "$(entries ../l.db)" ]
    # what VERIFY says to type, typed: steps 1 and 2
    for language in en ja; do
        sed -n 's/^   [$>] //p' VERIFY.$language.txt | sed -n '1,/^done$/p' >../typed
        bash ../typed >../said
        [ "$(grep -c '^Good "hozen-ledger-v1" signature with ECDSA key SHA256:' ../said)" = 2 ]
        [ "$(grep -oE '[0-9a-f]{64}' ../said | sort -u | wc -l)" = 1 ]
        cd ..
        run script $language all "$(ssh-keygen -lf "$KEYS/sato.key.pub" | cut -d' ' -f2)"
        [ "$status" = 0 ]
        [[ ${lines[-1]} == "holds: ledger "*" as of 7 entries, signed by SHA256:"* ]]
        [ "${#lines[@]}" = 8 ]
        run script $language all "$(ssh-keygen -lf "$KEYS/tanaka.key.pub" | cut -d' ' -f2)"
        [ "$status" = 1 ]
        cd all
    done
    ssh-keygen -Y verify -f allowed_signers -I sato@csirt.example -n hozen-ledger-v1 -s checkpoint.*.sshsig <checkpoint
    "$HOZEN_SOURCE/tests/oracle/shapes.py" --file export export.json --lines entry entries.jsonl
}

@test "export --item: what the ledger holds about it, and not a word about anything else" {
    export_to item --item "$ITEM"
    run script en item
    [ "$status" = 0 ]
    [[ ${lines[-1]} == "holds: "* ]]
    # genesis, intake, Tanaka, offer, acceptance
    [ "$(jq -r .sequence item/entries.jsonl | tr '\n' ' ')" = "0 1 4 5 6 " ]
    [ "$(jq -r '.entries + " " + .last.sequence + " " + .item' item/export.json)" = "3 6 $ITEM" ]
    "$HOZEN_SOURCE/tests/oracle/shapes.py" --file export item/export.json
    jq -r .statement item/entries.jsonl | while read -r s; do base64 -d <<<"$s"; echo; done >said
    cat item/* >>said
    grep -q "evidence locker 3" said
    other=$(tar tf "$BATS_FILE_TMPDIR/other.tar" | head -n 1 | cut -d/ -f1)
    sha=$(sha256sum <"$BATS_FILE_TMPDIR/other.tar" | cut -d' ' -f1)
    for word in "$other" "$sha" "a place that is secret" Mori mori@other.example "$(cut -d' ' -f2 "$KEYS/mori.key.pub")"; do
        if grep -F "$word" said; then return 1; fi
        grep -qF "$word" <<<"$(custody log --ledger l.db --json; cat "$KEYS/mori.key.pub")" # the search finds what is there
    done
}

@test "export: needs a checkpoint that covers it, a known person, and a folder that is not there" {
    custody person add "$KEYS/kondo.key.pub" --ledger l.db --key "$KEYS/sato.key" >/dev/null
    custody accept "$BATS_FILE_TMPDIR/offer.json" --bundle bundle.tar --key "$KEYS/tanaka.key" --out r.json >/dev/null 2>&1 || true
    # Tanaka signs no checkpoints: with one by Sato the export is Tanaka's
    custody export t --item "$ITEM" --ledger l.db --key "$KEYS/tanaka.key" --json >made
    "$HOZEN_SOURCE/tests/oracle/shapes.py" --file custody-result made
    [ "$(jq -r '.command + " " + .files.folder + " " + .head.size' made)" = "custody export t 8" ]
    run script ja t
    [ "$status" = 0 ]
    # an entry after the last checkpoint
    custody offer "$ITEM" --to "$KEYS/kondo.key.pub" --purpose court --ledger l.db --key "$KEYS/tanaka.key" --out o.json >/dev/null 2>&1 || true
    run custody export u --item "$ITEM" --ledger l.db --key "$KEYS/tanaka.key"
    refused 3 "a checkpoint signer (Sato Hanako) must run hozen custody checkpoint"
    [ ! -e u ] && [ ! -e u.partial ]
    run custody export t --ledger l.db --key "$KEYS/sato.key"
    refused 3 t
    run custody export v --item NOTHING --ledger l.db --key "$KEYS/sato.key"
    refused 3 "no item of this name"
    key_new --for custody --name "Nobody <n@x.example>" --out nobody >/dev/null
    run custody export v --ledger l.db --key nobody.key
    [ "$status" = 3 ] && [ ! -e v ]
}

@test "export: the script of the specification is the one in the folder, and finds what was changed" {
    export_to all
    export_to item --item "$ITEM"
    sed -n '/^```python$/,/^```$/p' "$HOZEN_SOURCE/formats/spec/ledger.md" | sed '1d;$d' >spec.py
    for language in en ja; do
        sed -n '/^#!/,/^# end/p' all/VERIFY.$language.txt | cmp - spec.py
        cmp all/VERIFY.$language.txt "$HOZEN_SOURCE/formats/spec/EXPORT.$language.txt"
    done
    says() { # WHAT FOLDER: the script refuses it for this
        run python3 spec.py "$2"
        [ "$status" = 1 ] && [[ $output == *"does not hold: "*"$1"* ]] || { echo "$output"; return 1; }
        rm -r "$2"
    }
    cp -r all x && sed -i 2d x/entries.jsonl && says "root of the log" x
    cp -r all x && sed -i '2s/T\([0-9][0-9]\):/T23:/' x/entries.jsonl && says "root of the log" x
    cp -r all x && sed -i '$d' x/entries.jsonl && says "root of the log" x
    cp -r item x && sed -i '$d' x/entries.jsonl && says "as many proofs" x
    cp -r item x && sed -i '$d' x/entries.jsonl x/proofs.jsonl && says "last entry" x
    cp -r item x && sed -i 2d x/entries.jsonl x/proofs.jsonl && says "last entry" x
    cp -r item x && sed -i '2s/T\([0-9][0-9]\):/T23:/' x/entries.jsonl && says "entry 1: not in the log" x
    cp -r item x && sed -i 1d x/entries.jsonl x/proofs.jsonl && says "its place" x
    cp -r item x && sed -i 's/"entries":"3"/"entries":"2"/' x/export.json && says "a signature" x
    cp -r item x && echo >>x/SHA256SUMS && says SHA256SUMS x
    cp -r item x && rm x/checkpoint.* && says "signed by nobody" x
    cp -r item x && sed -i 's/^7$/8/' x/checkpoint && says "different things" x
}
