#!/usr/bin/env bats
# hozen report: forms in two languages, from signed records alone.
load 40-custody.bash
load 59-report.bash

setup_file() {
    export KEYS=$BATS_FILE_TMPDIR/keys
    make_keys
    cd "$BATS_FILE_TMPDIR"
    play
}

setup() { cd "$BATS_TEST_TMPDIR"; }

# form NAME LANGUAGE FILE [OPTION...]; the form device is the custody form of the device
form() {
    local about=SAMPLE-1
    [ "$1" != case ] || about=--case=INC-2016-001
    [ "$1" != device ] || about=USB-1
    at 12:00:00 report "$about" --form "${1/device/custody}" --lang "$2" --ledger "$BATS_FILE_TMPDIR/l.db" --out "${@:3}"
}

# same NAME [OPTION...]: the text of the form is the one in tests/golden/report, in both languages. Set HOZEN_GOLDEN to write it.
same() {
    for language in en ja; do
        local kept=$HOZEN_SOURCE/tests/golden/report/$1.$language.txt
        form "$1" $language $language.html "${@:2}"
        python3 "$HOZEN_SOURCE/tests/tools/html_text.py" $language.html >$language.txt
        [ -z "${HOZEN_GOLDEN:-}" ] || cp $language.txt "$kept"
        diff -u "$kept" $language.txt
    done
}

@test "chain of custody form" { same custody; }
@test "chain of custody form of a thing that was not hashed, with every field" { same device; }
@test "acquisition report, from the bundle's own records" {
    same acquisition --bundle "$BATS_FILE_TMPDIR/bundle.tar"
}

@test "acquisition report of another bundle is refused, without the bundle it says so" {
    run form acquisition en x.html --bundle "$VECTORS/good/ed25519.tar"
    refused 1 "is not the evidence that was taken in as SAMPLE-1"
    [ ! -e x.html ]
    form acquisition en x.html
    python3 "$HOZEN_SOURCE/tests/tools/html_text.py" x.html | grep -q "The bundle was not at hand"
}

@test "acquisition report of what is no bundle says that, and does not ask for one" {
    head -c 100 /dev/zero >image.dd
    cp "$BATS_FILE_TMPDIR/l.db" m.db
    at 11:10:00 custody intake --item IMAGE-1 --file image.dd --kind image --ledger m.db --key "$KEYS/sato.key" --location here
    for item in USB-1 IMAGE-1; do
        at 12:00:00 report $item --form acquisition --ledger m.db --out $item.html
        python3 "$HOZEN_SOURCE/tests/tools/html_text.py" $item.html >text
        grep -q "The item is no bundle: it has no records of an acquisition" text
        [ "$(grep -c "not at hand" text)" = 0 ]
    done
}

@test "certificate: of a thing that was not hashed there is none, of a file there is" {
    head -c 100 /dev/zero >image.dd
    cp "$BATS_FILE_TMPDIR/l.db" m.db
    at 11:10:00 custody intake --item IMAGE-1 --file image.dd --kind image --ledger m.db --key "$KEYS/sato.key" --location here
    run at 12:00:00 report USB-1 --form certificate --ledger m.db --out x.html
    refused 3 "USB-1: nothing of it was hashed"
    [ ! -e x.html ]
    at 12:00:00 report IMAGE-1 --form certificate --ledger m.db --out y.html
    grep -q "$(sha256sum <image.dd | cut -d' ' -f1)" y.html
}

@test "receipt" { same receipt; }
@test "certificate draft" { same certificate; }
@test "record of disposal" { same disposal; }
@test "case overview" { same case; }

# graph ITEM FILE [OPTION...]: as CASE/UCO, which it must be.
graph() {
    at 12:00:00 report "$1" --format case-uco --ledger "$BATS_FILE_TMPDIR/l.db" --out "${@:2}" >/dev/null &&
        python3 "$HOZEN_SOURCE/tests/tools/case_check.py" "$2" >classes
}

@test "CASE/UCO: acquisition, release and receive as actions, with tools, digests and records of provenance" {
    graph SAMPLE-1 graph.jsonld
    custody log SAMPLE-1 --ledger "$BATS_FILE_TMPDIR/l.db" --json >log
    jq -c '.["@graph"][]' graph.jsonld >nodes
    named() { jq -c "select(.\"@type\" == \"case-investigation:InvestigativeAction\" and .\"uco-core:name\" == \"$1\") | $2" nodes; }
    # an action for each entry, and one for the acquisition; each says which entry it is
    [ "$(grep -c InvestigativeAction nodes)" = $(($(wc -l <log) + 1)) ]
    diff <(jq -r '"entry \(.entry), statement \(.digest)"' log) \
        <(jq -r 'select(.["@type"] == "case-investigation:InvestigativeAction") | .["uco-core:externalReference"]["uco-core:externalIdentifier"] // empty' nodes)
    # released by one, received by the other, one informed by the other
    name_of() { jq -r "select(.\"@id\" == $1) | .\"uco-core:name\"" nodes; }
    [ "$(name_of "$(named release '.["uco-action:performer"]["@id"]')")" = "Sato Hanako" ]
    [ "$(name_of "$(named release '.["uco-action:participant"][0]["@id"]')")" = "Tanaka Ken" ]
    [ "$(name_of "$(named receive '.["uco-action:performer"]["@id"]')")" = "Tanaka Ken" ]
    [ "$(named receive '.["case-investigation:wasInformedBy"]["@id"]')" = "$(named release '.["@id"]')" ]
    [ "$(name_of "$(named intake '.["uco-action:instrument"]["@id"]')")" = hozen-custody ]
    [ "$(name_of "$(named acquisition '.["uco-action:performer"]["@id"]')")" = "Sato Hanako" ]
    [ "$(grep -c "case-investigation:ProvenanceRecord" nodes)" = 4 ]
    digest=$(sha256sum "$BATS_FILE_TMPDIR/bundle.tar")
    [ "$(jq -r 'select(.["uco-core:name"] == "SAMPLE-1" and .["@type"] == "uco-observable:ArchiveFile") | .["uco-core:hasFacet"][0]["uco-observable:hash"][0]["uco-types:hashValue"]["@value"]' nodes)" = "${digest%% *}" ]
    grep -q '"uco-core:name":"work-1"' nodes
    graph SAMPLE-1 again.jsonld
    cmp graph.jsonld again.jsonld
    [ "$(LC_ALL=C grep -cP '\xe2\x80[\xaa-\xae]' graph.jsonld)" = 0 ]
}

@test "CASE/UCO: a device, in Japanese, and what cannot be" {
    graph USB-1 graph.jsonld --lang ja
    jq -c '.["@graph"][]' graph.jsonld >nodes
    [ "$(jq -r 'select(.["@type"] == "uco-observable:Device") | .["uco-core:hasFacet"][0] | .["uco-observable:model"] + .["uco-observable:serialNumber"]' nodes)" = Stick-14711 ]
    [ "$(jq -r 'select(.["@type"] == "case-investigation:ProvenanceRecord") | .["case-investigation:exhibitNumber"]' nodes | sort -u)" = K-7 ]
    [ "$(jq -r 'select(.["@type"] == "case-investigation:Authorization") | .["case-investigation:authorizationIdentifier"]' nodes)" = "consent of the owner" ]
    grep -q '"uco-action:value":"none"' nodes
    grep -q シリアル番号 nodes || grep -q 受け入れ nodes
    run graph NONE x.jsonld
    refused 3 "NONE: no such item"
    run graph USB-1 x.jsonld --form custody
    refused 2 "has no forms"
    [ ! -e x.jsonld ]
}

@test "names, notes and titles are inert in every form" {
    for name in custody receipt certificate disposal case; do
        form $name en $name.html
        [ "$(grep -cE '<(b>server|script|img)' $name.html)" = 0 ]
        [ "$(LC_ALL=C grep -cP '\xe2\x80[\xaa-\xae]|[\x01-\x09\x0b-\x1f]' $name.html)" = 0 ]
    done
    grep -qF '&lt;script&gt;alert(1)&lt;/script&gt;' custody.html
    grep -qF '\xe2\x80\xaeevil' custody.html
}

@test "QR codes hold the digests and the head" {
    form custody en custody.html
    [ "$(python3 "$HOZEN_SOURCE/tests/tools/html_text.py" --codes custody.html .)" = 3 ]
    digest=$(sha256sum "$BATS_FILE_TMPDIR/bundle.tar")
    [ "$(zbarimg -q --raw 0.pbm)" = "sha256:${digest%% *}" ]
    [[ $(zbarimg -q --raw 1.pbm) =~ ^content-id:[0-9a-f]{64}$ ]]
    custody checkpoint --ledger "$BATS_FILE_TMPDIR/l.db" --key "$KEYS/sato.key" --out head >/dev/null
    diff <(zbarimg -q --raw 2.pbm | head -3) head
}

@test "an altered ledger makes no form" {
    cp "$BATS_FILE_TMPDIR/l.db" bad.db
    sqlite3 bad.db 'DROP TRIGGER entry_update; UPDATE entry SET bytes = CAST(replace(CAST(bytes AS TEXT), "2026-11-20T10:15", "2026-11-20T10:16") AS BLOB)'
    run report_of bad.db
    [ "$status" = 1 ]
    [[ $output == *"does not pass its audit"* ]]
    [ ! -e x.html ]
}
report_of() { "$HOZEN_BIN/hozen-custody" report SAMPLE-1 --ledger "$1" --out x.html; }

@test "what cannot be made is refused" {
    run at 12:00:00 report SAMPLE-1 --form case --ledger "$BATS_FILE_TMPDIR/l.db" --out y.html
    refused 2 "the form case is about a case"
    run at 12:00:00 report --case INC-2016-001 --form custody --ledger "$BATS_FILE_TMPDIR/l.db" --out y.html
    refused 2 "the form custody is about an item"
    run at 12:00:00 report NONE --ledger "$BATS_FILE_TMPDIR/l.db" --out y.html
    refused 3 "NONE: no such item"
    run at 12:00:00 report --case NONE --ledger "$BATS_FILE_TMPDIR/l.db" --out y.html
    refused 3 "the ledger says nothing about the case NONE"
    run form receipt en y.html --entry 3
    refused 3 "entry 3 is no acceptance"
    run at 12:00:00 report --ledger "$BATS_FILE_TMPDIR/l.db" --out y.html
    refused 2 "name an item"
    run form custody en -
    refused 2 "--out takes the name of a file; standard output is not supported"
    [ ! -e y.html ]
    [ ! -e - ]
    echo kept >y.html
    run form custody en y.html
    [ "$status" = 3 ]
    [ "$(cat y.html)" = kept ]
}
