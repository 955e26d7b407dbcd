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
    # what it says that it wrote is what the reader reads
    custody export again --item "$ITEM" --ledger l.db --key "$KEYS/sato.key" >said
    run "$HOZEN_BIN/hozen-verify" verify again --json
    [ "$(sed -n 's/^entries: *//p' said)" = "$(jq -r .entries <<<"$output")" ]
    jq -r .statement item/entries.jsonl | while read -r s; do base64 -d <<<"$s"; echo; done >said
    cat item/* >>said
    grep -q "evidence locker 3" said
    other=$(tar tf "$BATS_FILE_TMPDIR/other.tar" | head -n 1 | cut -d/ -f1)
    sha=$(sha256sum <"$BATS_FILE_TMPDIR/other.tar" | cut -d' ' -f1)
    for word in "$other" "$sha" "a place that is secret" "Mori Sayaka" mori@other.example "$(cut -d' ' -f2 "$KEYS/mori.key.pub")"; do
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
    [ ! -e u ]
    [ ! -e u.partial ]
    run custody export t --ledger l.db --key "$KEYS/sato.key"
    refused 3 t
    run custody export v --item NOTHING --ledger l.db --key "$KEYS/sato.key"
    refused 3 "no item of this name"
    key_new --for custody --name "Nobody <n@x.example>" --out nobody >/dev/null
    run custody export v --ledger l.db --key nobody.key
    [ "$status" = 3 ]
    [ ! -e v ]
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
    cp -r all x && sed -i 2d x/entries.jsonl && says "number of entries" x
    cp -r all x && sed -i '2s/T\([0-9][0-9]\):/T99:/' x/entries.jsonl && says "root of the log" x
    cp -r all x && sed -i '$d' x/entries.jsonl && says "number of entries" x
    cp -r item x && sed -i '$d' x/entries.jsonl && says "as many proofs" x
    cp -r item x && sed -i '$d' x/entries.jsonl x/proofs.jsonl && says "last entry" x
    cp -r item x && sed -i 2d x/entries.jsonl x/proofs.jsonl && says "last entry" x
    cp -r item x && sed -i '2s/T\([0-9][0-9]\):/T99:/' x/entries.jsonl && says "entry 1: not in the log" x
    cp -r item x && sed -i 1d x/entries.jsonl x/proofs.jsonl && says "its place" x
    cp -r item x && sed -i 's/"entries":"3"/"entries":"2"/' x/export.json && says "a signature" x
    cp -r item x && echo >>x/SHA256SUMS && says SHA256SUMS x
    cp -r item x && rm x/checkpoint.* && says "signed by nobody" x
    cp -r item x && sed -i 's/^7$/8/' x/checkpoint && says "different things" x
}

verify() { "$HOZEN_BIN/hozen-verify" verify "$@"; }
# judged FOLDER [OPTION...]: "exit verdict/integrity/authenticity CODE:ENTRY ..."
judged() {
    local status=0
    verify "$@" --json >answer.json || status=$?
    "$HOZEN_SOURCE/tests/oracle/shapes.py" --file verify-export answer.json >&2
    echo "$status $(jq -r '.verdict + "/" + .integrity + "/" + .authenticity' answer.json) $(jq -r \
        '[.findings[] | .code + (if .entry then ":" + (.entry | tostring) else "" end)] | unique | join(" ")' answer.json)"
}
# Sato's key as ssh-keygen reads it, beside its public half
plain_key() {
    grep -v '^hozen-purpose:' "$KEYS/sato.key" >plain
    chmod 600 plain
    cp "$KEYS/sato.key.pub" plain.pub
}
reseal() { "$HOZEN_SOURCE/tests/cli/56-export.py" "$1" plain "$2"; }

@test "verify of an export: intact without a list of signers, verified with one, failed with another" {
    export_to all
    export_to item --item "$ITEM"
    for folder in all item; do
        [ "$(judged $folder)" = "3 undetermined/intact/untrusted " ]
        [ "$(judged $folder --signers "$KEYS/sato.signers")" = "0 verified/intact/trusted " ]
        [ "$(judged $folder --signers "$KEYS/tanaka.signers")" = "1 failed/intact/untrusted signer-untrusted" ]
        ssh-keygen -lf "$KEYS/sato.key.pub" | cut -d' ' -f2 >revoked
        [ "$(judged $folder --signers "$KEYS/sato.signers" --revoked revoked)" = "1 failed/intact/untrusted signer-revoked" ]
        sed 's/ namespaces/ valid-before="20200101Z",namespaces/' "$KEYS/sato.signers" >old
        [ "$(judged $folder --signers old)" = "1 failed/intact/untrusted signer-outside-validity" ]
    done
    run verify item --signers "$KEYS/sato.signers"
    [ "$status" = 0 ]
    [[ $output == "verified: "*"item:          SAMPLE-1"*"made by:       Sato Hanako"*"entries:       5"*"sato@csirt.example"* ]]
    jq -e '.kind == "item" and .checkpoint.size == "7" and .made.name == "Sato Hanako"' answer.json
    for option in signature; do
        run verify item --$option x
        refused 2 "--$option is for a bundle"
    done
    mkdir empty
    run verify empty
    refused 3 "not one that hozen custody export made"
}

@test "verify of an export: whatever is changed in the folder is found, by the script and by hozen" {
    export_to all
    export_to item --item "$ITEM"
    plain_key
    sed -n '/^#!/,/^# end/p' all/VERIFY.en.txt >check.py
    n=0 wrong=0
    while IFS='|' read -r folder change code; do
        cp -r $folder x
        (cd x && eval "$change")
        got=$(judged x --signers "$KEYS/sato.signers")
        [[ $got == "1 failed/altered/"*" $code"* ]] || { echo "$folder, $change: $got"; wrong=1; }
        rm -r x
        n=$((n + 1))
    done <<'CHANGES'
all|sed -i 2d entries.jsonl|export-altered record-missing:1
all|sed -i '$d' entries.jsonl|checkpoint-inconsistent
item|echo x >>VERIFY.ja.txt|export-altered
item|rm VERIFY.en.txt|export-altered
item|touch more|export-altered
item|mkdir data|export-altered
item|echo >>allowed_signers|export-altered
item|rm proofs.jsonl|export-altered
item|cp proofs.jsonl p; rm proofs.jsonl; ln -s p proofs.jsonl|export-altered
item|rm entries.jsonl; mkfifo entries.jsonl|export-altered
item|rm export.json.*|export-altered
item|sed -i 's/"entries":"3"/"entries":"4"/' export.json|export-altered
item|rm export.json|export-altered
item|echo {} >export.json|export-altered
item|rm checkpoint.*|export-altered
item|rm checkpoint|export-altered
item|sed -i s/^7$/9/ checkpoint|checkpoint-inconsistent
item|sed -i 1,3d SHA256SUMS|export-altered
item|sort -r SHA256SUMS >s; mv s SHA256SUMS|export-altered
item|mv checkpoint.*.sshsig checkpoint.$(printf %064d 0).sshsig|checkpoint-inconsistent
item|truncate -s -1 entries.jsonl|export-altered
item|for i in $(seq 70); do touch $i; done|export-altered
item|head -c 70000 /dev/zero >SHA256SUMS|export-altered
CHANGES
    [ $n/$wrong = 23/0 ]
}

@test "verify of an export: who holds a person's key can seal a folder again, and still nothing but the log holds" {
    custody export all --ledger l.db --key "$KEYS/sato.key" >/dev/null
    export_to item --item "$ITEM"
    plain_key
    sed -n '/^#!/,/^# end/p' all/VERIFY.en.txt >check.py
    cp -r item x
    reseal x 'pass' # nothing changed: what follows is found for what it is
    [ "$(judged x --signers "$KEYS/sato.signers")" = "0 verified/intact/trusted " ]
    rm -r x
    n=0 wrong=0
    while IFS='|' read -r folder change codes; do
        cp -r $folder x
        reseal x "$change"
        got=$(judged x --signers "$KEYS/sato.signers")
        [[ $got == "1 failed/altered/"*"ed $codes" ]] || { echo "$change: $got"; wrong=1; }
        run python3 check.py x
        [ "$status" != 0 ] || { echo "$change: the script"; wrong=1; }
        rm -r x
        n=$((n + 1))
    done <<'CHANGES'
all|del entries[2]|record-missing:2
all|del entries[6]|checkpoint-inconsistent:6
all|del entries[0]|record-missing:0
all|entries[2], entries[3] = entries[3], entries[2]|record-missing:2 time-backwards:2
all|entries.append(entries[6])|record-altered:6 record-reordered:6
all|entries[1] = entries[1].replace(b'"recorded_at":"20', b'"recorded_at":"19')|checkpoint-inconsistent time-backwards:1
all|entries[5] = entries[5].replace(b'"recorded_at":"20', b'"recorded_at":"10')|checkpoint-inconsistent time-backwards:5
all|e = json.loads(entries[4]); e["signatures"] = json.loads(entries[3])["signatures"]; entries[4] = canonical(e)|checkpoint-inconsistent record-signature-invalid:4
all|entries[3] = entries[3][:-1]|record-altered
all|about["entries"] = "6"|export-altered
item|entries.append(open("all/entries.jsonl", "rb").read().split(b"\n")[3]); proofs.append(proofs[0])|checkpoint-inconsistent:3 export-altered:3 record-reordered:3 time-backwards:3
item|entries.insert(2, open("all/entries.jsonl", "rb").read().split(b"\n")[3]); proofs.insert(2, proofs[1].replace(b'"sequence":"1"', b'"sequence":"3"'))|checkpoint-inconsistent:3 export-altered:3 record-signature-invalid:3
item|del entries[1], proofs[1]|custody-gap:5 export-altered
item|entries[2] = entries[2].replace(b'"sequence":4', b'"sequence":2')|checkpoint-inconsistent:2
item|del entries[4], proofs[4]|export-altered
item|proofs[1], proofs[2] = proofs[2], proofs[1]|checkpoint-inconsistent:1 checkpoint-inconsistent:4
item|proofs.append(proofs[0])|export-altered
item|del proofs[4]|export-altered
item|proofs[1] = b"{}"|export-altered
item|about["last"]["sequence"] = "5"|export-altered
item|about["ledger"] = "0" * 64|export-altered record-altered:0 record-altered:1 record-altered:4 record-altered:5 record-altered:6
item|entries[1] = entries[1].replace(b'"recorded_at":"20', b'"recorded_at":"19')|checkpoint-inconsistent:1 time-backwards:1
item|about["name"] = "Tanaka Ken"|export-altered
all|about["name"] = "Sato  Hanako"|export-altered
CHANGES
    [ $n/$wrong = 24/0 ]
    # the list of keys says whose they are: neither another address, nor the keyid of another key
    keyid=$(basename item/checkpoint.*.sshsig | cut -d. -f2)
    for first in tanaka@lab.example "$(printf %064d 0)" Sato; do
        cp -r item x
        sed -i "1s/^[^ ]*/$first/" x/allowed_signers
        reseal x pass
        [[ $(judged x --signers "$KEYS/sato.signers") == "1 failed/altered/trusted export-altered" ]] || { echo "$first"; cat answer.json; false; }
        rm -r x
    done
    cp -r item x
    sed -i "1s/^[^ ]*/$keyid/" x/allowed_signers
    reseal x pass
    [ "$(judged x --signers "$KEYS/sato.signers")" = "0 verified/intact/trusted " ]
}

@test "export: holds for every contact a person may have, and for keys that say nothing of their owner" {
    wrong=0
    while IFS='|' read -r principal contact; do
        rm -rf c.db c.db-* x
        custody init c.db --organisation "CSIRT Example" --contact "$contact" --key "$KEYS/sato.key" >/dev/null
        custody intake bundle.tar --ledger c.db --key "$KEYS/sato.key" --location "locker 3" >/dev/null 2>&1
        custody export x --item "$ITEM" --ledger c.db --key "$KEYS/sato.key" >/dev/null
        [ "$principal" = mail ] && principal=$contact || principal=$(basename x/checkpoint.*.sshsig | cut -d. -f2)
        got=$(judged x --signers "$KEYS/sato.signers")
        [ "$got" = "0 verified/intact/trusted " ] || { echo "$contact: $got"; wrong=1; }
        [ "$(cut -d' ' -f1 x/allowed_signers)" = "$principal" ] || { echo "$contact: $(cat x/allowed_signers)"; wrong=1; }
        script ja x "$(ssh-keygen -lf "$KEYS/sato.key.pub" | cut -d' ' -f2)" | tail -n 1 | grep -q ^holds: || { echo "$contact: the script"; wrong=1; }
        ssh-keygen -Y verify -f x/allowed_signers -I "$principal" -n hozen-ledger-v1 -s x/checkpoint.*.sshsig <x/checkpoint >/dev/null ||
            { echo "$contact: ssh-keygen"; wrong=1; }
    done <<CONTACTS
mail|sato.h+x@csirt.example
key|03-0000-0000
key|Sato <sato@csirt.example>
key|sato@csirt.example;tel:03-0000-0000
key|sato@csirt.example, kondo@csirt.example
key|o'neil@csirt.example
key|保全@例.jp
key|#1@csirt.example
key|*@csirt.example
key|no mail at all
key|$(printf 'a%.0s' {1..320})@csirt.example
CONTACTS
    [ $wrong = 0 ]
    # an agent's key has one word behind it
    ssh-keygen -q -t ed25519 -N "" -C plain -f agent
    custody person add agent.pub --name "Night agent" --ledger c.db --key "$KEYS/sato.key" >/dev/null
    rm -r x
    custody export x --ledger c.db --key "$KEYS/sato.key" >/dev/null
    [ "$(judged x --signers "$KEYS/sato.signers")" = "0 verified/intact/trusted " ]
    [ "$(wc -l <x/allowed_signers)" = 2 ]
}

@test "export: the script says in words what it cannot read, and waits for nothing" {
    export_to item --item "$ITEM"
    export_to all
    sed -n '/^#!/,/^# end/p' item/VERIFY.en.txt >check.py
    n=0 wrong=0
    while IFS='|' read -r folder change says; do
        cp -r $folder x
        (cd x && eval "$change")
        run timeout 60 python3 check.py x
        [ "$status" = 1 ] && [ "${output##*does not hold: "$says"*}" = "" ] && [[ $output != *Traceback* ]] || { echo "$change: $output"; wrong=1; }
        rm -r x
        n=$((n + 1))
    done <<'CHANGES'
item|rm *|export.json is missing
item|cp ../all/entries.jsonl .|as many proofs as entries
all|cp ../item/entries.jsonl .|
item|rm export.json; mkfifo export.json|export.json is missing, or is no file
item|rm entries.jsonl; mkfifo entries.jsonl|entries.jsonl is missing, or is no file
item|rm checkpoint.*; mkfifo checkpoint.$(printf %064d 0).sshsig|checkpoint.0
item|rm proofs.jsonl; ln -s /dev/zero proofs.jsonl|proofs.jsonl is missing
item|echo >checkpoint|the form of checkpoint
item|echo {} >export.json|it is not of the form of an export: KeyError
item|printf '[]\n' >export.json|it is not of the form of an export
item|printf '\033[31m\n' >export.json|it is not of the form of an export: JSONDecodeError
CHANGES
    [ $n/$wrong = 11/0 ]
    run python3 check.py
    [ "$status" = 1 ]
    [[ $output == "does not hold: no folder was named" ]]
    # what an entry says reaches no terminal as it is; the author has the name that the entries give
    plain_key
    reseal all 'e = json.loads(entries[6]); e["recorded_at"] = "\x1b[31m" + e["recorded_at"]; entries[6] = canonical(e)'
    run python3 check.py all
    [ "$status" = 1 ]
    [[ $output != *$'\033'* ]]
    [[ $output == *'6 \x1b[31m20'*"'Tanaka Ken'"* ]]
    # both texts say what it does not look at
    grep -q "What the script does not look at: the second signatures" all/VERIFY.en.txt
    grep -q "スクリプトが確かめないこと: " all/VERIFY.ja.txt
}

@test "verify of an export: every rule of a whole life is applied again: persons, keys, policy, copies, holds, disposal" {
    rm l.db
    start
    sato() { custody "$@" --ledger l.db --key "$KEYS/sato.key"; }
    both() { sato "$@" --second-key "$KEYS/tanaka.key"; }
    second() { custody "$@" --ledger l.db --key "$KEYS/sato2.key" --second-key "$KEYS/tanaka.key"; }
    custody person add "$KEYS/tanaka.key.pub" --checkpoint-signer --role analyst --ledger l.db --key "$KEYS/sato.key" \
        --second-key "$KEYS/tanaka.key"
    custody person add "$KEYS/mori.key.pub" --ledger l.db --key "$KEYS/tanaka.key"
    take_in
    sato case INC-1 --title "Breach of the shop"
    sato note "$ITEM" --text "seal checked"
    printf '{"rules":[{"name":"two-for-copies","persons":2,"types":["copy"]}]}\n' >rules.json
    both policy rules.json
    cp bundle.tar w.tar
    both copy "$ITEM" --copy w1 --role working --file w.tar
    sato checkout "$ITEM" --copy w1 --to "Mori Jun" --purpose analysis
    sato return "$ITEM" --copy w1
    sato hold "$ITEM" --hold H-1 --authority court --reason appeal
    both lift "$ITEM" --hold H-1 --authority court --reason decided
    key_new --for custody --name "Sato Hanako <sato@csirt.example>" --out "$KEYS/sato2"
    both person rotate --new-key "$KEYS/sato2.key" --reason yearly
    second move "$ITEM" --place "locker 9" || custody move "$ITEM" --place "locker 9" --ledger l.db --key "$KEYS/sato2.key"
    custody dispose "$ITEM" --plan --method shredding --authority court --ledger l.db --key "$KEYS/sato2.key"
    second dispose "$ITEM" --method shredding --authority court
    custody person revoke "$(ssh-keygen -lf "$KEYS/sato2.key.pub" | cut -d' ' -f2)" --reason retired --ledger l.db --key "$KEYS/sato2.key"
    consistent l.db
    custody export all --ledger l.db --key "$KEYS/tanaka.key"
    custody export item --item "$ITEM" --ledger l.db --key "$KEYS/tanaka.key"
    for folder in all item; do
        [ "$(judged $folder --signers "$KEYS/tanaka.signers")" = "0 verified/intact/trusted " ] || { cat answer.json; false; }
        run script en $folder "$(ssh-keygen -lf "$KEYS/tanaka.key.pub" | cut -d' ' -f2)"
        [ "$status" = 0 ]
    done
    # of the persons: Sato, Tanaka, the exchange and the end of Sato's key; not Mori; neither case nor policy
    [ "$(jq -r '.statement | @base64d | fromjson | .type' item/entries.jsonl | tr '\n' ' ')" = \
        "genesis person intake note copy checkout return hold lift rotation move disposal-plan disposal revocation " ] ||
        { jq -r '.statement | @base64d | fromjson | .type' item/entries.jsonl; false; }
    # a head that Sato's first key signs after it was exchanged is signed by nobody who may
    plain_key
    cp -r all x
    rm x/checkpoint.*
    ssh-keygen -Y sign -q -f plain -n hozen-ledger-v1 x/checkpoint
    mv x/checkpoint.sig "x/checkpoint.$(cut -d' ' -f2 plain.pub | base64 -d | sha256sum | cut -d' ' -f1).sshsig"
    reseal x 'about["key"] = "'"$(ssh-keygen -lf plain.pub | cut -d' ' -f2)"'"'
    [ "$(judged x --signers "$KEYS/sato.signers")" = "1 failed/altered/untrusted checkpoint-inconsistent export-altered" ] || { cat answer.json; false; }
}

@test "export: the command of the READMEs, as it is printed" {
    cp l.db ledger.db
    cp "$KEYS/sato.key" .
    for readme in README.md README.ja.md; do
        printed=$(grep -o 'hozen custody export [^`]*' "$HOZEN_SOURCE/$readme")
        [ "$(wc -l <<<"$printed")" = 1 ]
        rm -rf SAMPLE-1.folder
        typed=${printed/ITEM/SAMPLE-1}
        PATH=$HOZEN_BIN:$PATH bash -c "${typed/%DIR/SAMPLE-1.folder}"
        script en SAMPLE-1.folder "$(ssh-keygen -lf "$KEYS/sato.key.pub" | cut -d' ' -f2)"
    done
}
