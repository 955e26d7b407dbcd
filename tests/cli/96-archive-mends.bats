#!/usr/bin/env bats
# The archive: marks that are unfinished, lost or altered, strange things in a copy, other names of a target, commands
# that were killed.

bats_require_minimum_version 1.5.0
load 67-archive.bash
unset PARITY

put() { sato put "$ITEM" --bundle bundle.tar --parity "${PARITY:-none}" "$@"; }
# left FILE: as a run that was killed leaves it.
left() { head -c 40 bundle.tar >"$1.partial"; }

@test "archive: what a killed command left unfinished is begun anew; what is somebody's else is named and not touched" {
    : >a/hozen-archive.json.partial
    put --to a >/dev/null
    [ ! -e a/hozen-archive.json.partial ]
    mkdir b/below
    ln -s /etc/hostname b/hozen-archive.json.partial
    run put --to b
    refused 3 "hozen-archive.json.partial is there already, is no file that a run of this user left"
    [ -L b/hozen-archive.json.partial ]
    rm b/hozen-archive.json.partial
    mkdir out
    left out/bundle.tar
    sato get "$ITEM" --to out >/dev/null
    cmp out/bundle.tar bundle.tar
    left index
    sato export-index index >/dev/null
    [ ! -e index.partial ]
    # two names: the other one may be needed
    left two
    ln two.partial other
    run sato export-index two
    refused 3 "two.partial is there already"
    # one that is at work
    rm other
    exec 9<two.partial
    flock 9
    run sato export-index two 9<&-
    exec 9<&-
    refused 3 "another process is at work there"
    sato export-index two >/dev/null
}

@test "archive: a mark that is lost or altered is written anew where a recorded copy shows the medium, and nowhere else" {
    put --to a >/dev/null
    put --to b >/dev/null
    volume=$(jq -r .volume a/hozen-archive.json)
    entries=$(entries l.db)
    # one digit: without a word nothing is put there
    chmod u+w a/hozen-archive.json
    jq -cj '.volume |= (if startswith("0") then "1" else "0" end) + .[1:]' a/hozen-archive.json >other
    echo >>other
    cat other >a/hozen-archive.json
    run put --to a
    refused 3 "another medium is there than the one that has the copy archive-1"
    [ "$(entries l.db)" = "$entries" ]
    run sato check "$ITEM" --all
    [ "$status" = 3 ]
    # cut off, gone, a link, a pipe, one of nobody
    for case in altered cut gone link pipe; do
        case $case in
        altered) ;;
        cut) head -c 30 other >a/hozen-archive.json ;;
        gone) rm -f a/hozen-archive.json ;;
        link) ln -sf "$PWD/other" a/hozen-archive.json ;;
        pipe) rm a/hozen-archive.json && mkfifo a/hozen-archive.json ;;
        esac
        timeout 600 "$HOZEN_BIN/hozen-custody" archive repair "$ITEM" --ledger l.db --key "$KEYS/sato.key" >said 2>&1
        grep -q "its mark was written anew" said
        [ -f a/hozen-archive.json ]
        [ ! -L a/hozen-archive.json ]
        [ "$(jq -r .volume a/hozen-archive.json)" = "$volume" ]
        sato check "$ITEM" --all >/dev/null
        chmod u+w a/hozen-archive.json
    done
    # a medium without a copy that is as it was recorded: nothing says that it is that one
    loose "a/$ITEM.archive-1"
    hurt "a/$ITEM.archive-1/bundle.tar" 600 2
    rm -f a/hozen-archive.json
    run sato repair "$ITEM" --copy archive-1
    [ "$status" = 3 ]
    [ ! -e a/hozen-archive.json ]
    # nor does the mark of another medium of the ledger give way
    cp -a "b/$ITEM.archive-2" "a/$ITEM.archive-2"
    mkdir c
    put --to c --copy third >/dev/null
    cp c/hozen-archive.json a/
    run sato repair "$ITEM" --copy archive-1
    [ "$status" = 3 ]
    cmp c/hozen-archive.json a/hozen-archive.json
    # another medium is put there knowingly
    rm -f c/hozen-archive.json
    cat other >c/hozen-archive.json
    run put --to c
    refused 3 "say --new-medium"
    put --to c --new-medium --copy fourth >/dev/null
    consistent l.db
}

@test "archive: a rule about a target holds under each of its paths" {
    mkdir elsewhere
    custody person add "$KEYS/tanaka.key.pub" --checkpoint-signer --ledger l.db --key "$KEYS/sato.key" --second-key "$KEYS/tanaka.key" >/dev/null
    put --to a --copy first >/dev/null
    printf '{"rules":[{"name":"vault","persons":2,"targets":["%s"],"types":["copy"]}]}\n' "$PWD/a" >rules.json
    custody policy rules.json --ledger l.db --key "$KEYS/sato.key" --second-key "$KEYS/tanaka.key" >/dev/null
    entries=$(entries l.db)
    ln -s "$PWD/a" link
    for alias in "$PWD/link" "$PWD/./a" "$PWD//a" "$PWD/b/../a" link; do
        run put --to "$alias"
        refused 3 "is what the policy calls $PWD/a, rule vault"
    done
    # the medium itself, mounted somewhere else
    mv a/hozen-archive.json elsewhere/
    run put --to elsewhere
    refused 3 "is what the policy calls $PWD/a, rule vault"
    mv elsewhere/hozen-archive.json a/
    # under its own the rule decides
    run put --to a
    refused 3 "rule vault"
    [[ $output == *"needs"* ]]
    [ "$(entries l.db)" = "$entries" ]
    [ "$(ls a b elsewhere | grep -c "$ITEM")" = 1 ]
    put --to a --second-key "$KEYS/tanaka.key" >/dev/null
    put --to b >/dev/null
    # where nothing is mounted any other name of it says so, too
    mv a away
    mkdir a
    run put --to link --second-key "$KEYS/tanaka.key"
    refused 3 "no archive is there now"
    [ -z "$(ls a)" ]
}

# plant PATH link|pipe|folder
plant() {
    rm -rf "$1"
    case $2 in
    link) ln -s /etc/hostname "$1" ;;
    pipe) mkfifo "$1" ;;
    folder) mkdir -p "$1/below" && echo x >"$1/below/file" ;;
    esac
}

@test "archive: links, pipes and folders in a copy are not followed and keep nothing from being mended" {
    PARITY=10% put --to a >/dev/null
    put --to b >/dev/null
    copy=a/$ITEM.archive-1
    for one in bundle.tar:link bundle.tar:pipe bundle.tar.par2:pipe bundle.tar.par2:link VERIFY.en.txt:folder custody/entries.jsonl:pipe custody:link x:link x:folder custody/x:pipe; do
        where=${one%:*}
        loose a
        [ "$where" = bundle.tar ] || hurt "$copy/bundle.tar" 600 2
        plant "$copy/$where" "${one#*:}"
        run timeout 600 "$HOZEN_BIN/hozen-custody" archive check "$ITEM" --all --ledger l.db --key "$KEYS/sato.key"
        [ "$status" = 1 ]
        [[ $(tr -s ' \n' ' ' <<<"$output") == *"archive-1: "*"hozen archive repair"*"archive-2: unchanged"* ]]
        timeout 600 "$HOZEN_BIN/hozen-custody" archive repair "$ITEM" --copy archive-1 --ledger l.db --key "$KEYS/sato.key" >said 2>&1 || { echo "$one"; cat said; return 1; }
        case $where in *x) grep -q "$where: is no part of the copy" said ;; esac
        sato check "$ITEM" --all >/dev/null
        cmp "$copy/bundle.tar" bundle.tar
        [ -z "$(find "$copy" ! -type f ! -type d)" ]
        [ ! -e "$copy/x" ]
    done
    [ "$(ls -A a | grep -c partial)" = 0 ]
    [ -s /etc/hostname ]
    # where only the seal is lost, it stays and is told
    loose a
    plant "$copy/x" link
    mkdir -p "$copy/$(printf 'd/%.0s' {1..60})"
    sato repair "$ITEM" >/dev/null
    run sato check "$ITEM" --all --json
    [ "$status" = 1 ]
    jq -s .[0] <<<"${lines[-1]}" >told
    shape archive-check told
    [ "$(jq -c '[.checked[] | select(.copy == "archive-1") | (.strays | sort), .result]' told)" = '[["d","x"],"same"]' ]
    [ "$(jq -c '.checked[] | select(.copy == "archive-2") | .strays' told)" = null ]
}

@test "archive: status says what is so: a link in the place of a bundle, one that is gone, what a file system has itself" {
    put --to a >/dev/null
    mkdir a/lost+found a/other
    loose a
    plant "a/$ITEM.archive-1/bundle.tar" link
    run sato check "$ITEM" --all
    [ "$status" = 1 ]
    run archive status --ledger l.db
    [ "$status" = 1 ]
    [[ $output == *"archive-1: missing"* ]]
    [[ $output != *"not reached"* ]]
    rm "a/$ITEM.archive-1/bundle.tar"
    run archive status --ledger l.db
    [ "$status" = 1 ]
    [[ $output == *"archive-1: missing; "* ]]
    [[ $output != *altered* ]]
    [[ $output == *other* ]]
    [[ $output != *lost+found* ]]
}
