#!/usr/bin/env bats
# hozen disclose: one file of a bundle with its proof (formats/spec/disclosure.md), what it gives away, and how it is checked.

load 50-verify.bash

setup() {
    cd "$BATS_TEST_TMPDIR"
    cp "$GOOD" bundle.tar
    PASSWD=data/files/etc/passwd
}

disclose() { "$HOZEN_BIN/hozen-verify" disclose "$@"; }

# check_by_hand DISCLOSURE [SIGNERS]: the twenty lines of the specification.
check_by_hand() {
    sed -n '/^```python$/,/^```$/p' "$HOZEN_SOURCE/formats/spec/disclosure.md" | sed '/^```/d' >"$BATS_TEST_TMPDIR/check.py"
    /usr/bin/python3 "$BATS_TEST_TMPDIR/check.py" "$1" "${2:-$SIGNERS}" sato@csirt.example
}

# collected NAME ARGUMENT...: a bundle NAME of a small tree, by a key of its own, and who.signers.
collected() {
    [ -e who.key ] || "$HOZEN_BIN/hozen-custody" key new --for collect --name "Sato Hanako <sato@csirt.example>" --out who </dev/null >/dev/null
    unshare --pid --mount --net --fork --mount-proc "$HOZEN_BIN/hozen-collect" --case INC-2026-042 --operator "Sato Hanako" --out . \
        --item "$1" --key who.key --path "$PWD/tree" "${@:2}" >/dev/null || [ $? = 4 ]
}

@test "disclose: by the host's name and by the bundle's, the same file comes out and is verified" {
    run disclose bundle.tar /etc/passwd --to host.tar --signers "$SIGNERS"
    [ "$status" = 0 ]
    [[ $output == *"data/files/etc/passwd, 30 bytes, is in host.tar with the proof that it belongs to SAMPLE-1"* ]]
    disclose bundle.tar "$PASSWD" --to mapped.tar
    cmp host.tar mapped.tar
    [ "$(stat -c %a host.tar)" = 600 ]
    [ "$(tar tf host.tar | sed 's,signatures/[0-9a-f]*,signatures/KEYID,' | tr '\n' ' ')" = "SAMPLE-1/disclosure.txt SAMPLE-1/bagit.txt \
SAMPLE-1/meta/format.json SAMPLE-1/data/files/etc/passwd SAMPLE-1/disclosure-line.json SAMPLE-1/disclosure-proof.json SAMPLE-1/meta/merkle-root.txt \
SAMPLE-1/bag-info.txt SAMPLE-1/tagmanifest-sha256.txt SAMPLE-1/signatures/KEYID.sshsig " ]
    cmp <(tar tf host.tar) <(bsdtar tf host.tar)
    cmp <(tar xOf host.tar SAMPLE-1/$PASSWD) <(tar xOf bundle.tar SAMPLE-1/$PASSWD)
    run verify --signers "$SIGNERS" host.tar
    [ "$status" = 0 ]
    [[ $output == "verified: this file belongs"*"/etc/passwd"*"file 4 of 4 in the bundle"*"nothing about"* ]]
    run verify --signers "$SIGNERS" - <host.tar
    [ "$status" = 0 ]
    run "$ORACLE/verify.py" --signers "$SIGNERS" host.tar
    [ "$status" = 0 ]
}

@test "disclose: the twenty lines of the specification check it, with python and ssh-keygen alone" {
    disclose bundle.tar "$PASSWD" --to good.tar
    check_by_hand good.tar
    [ "$(grep -c . check.py)" = 20 ]
    # What must not pass: the file, its line, its place, the root, the signed list, the signature, who signed.
    for member in $PASSWD disclosure-line.json disclosure-proof.json meta/merkle-root.txt tagmanifest-sha256.txt; do
        cp good.tar bad.tar
        flip bad.tar "$(($(offset_of bad.tar "SAMPLE-1/$member") + 14))"
        run check_by_hand bad.tar
        [ "$status" != 0 ] || { echo "passed by hand: $member"; false; }
        run verify --signers "$SIGNERS" bad.tar
        [ "$status" = 1 ] || { echo "passed: $member"; false; }
    done
    for bad in "$VECTORS"/bad/disclosure-*.tar; do
        case $bad in *-stranger-inside* | *-leaves* | *-text-version* | *-blind.tar) continue ;; esac # for a strict reader to refuse
        run check_by_hand "$bad"
        [ "$status" != 0 ] || { echo "passed by hand: $bad"; false; }
    done
    grep -v '^sato' "$SIGNERS" >others
    run check_by_hand good.tar others
    [ "$status" != 0 ]
    # sha256sum and tar see the same.
    tar xf good.tar
    cd SAMPLE-1
    grep -E ' (bagit.txt|meta/format.json|meta/merkle-root.txt|bag-info.txt)$' tagmanifest-sha256.txt | sha256sum --strict -c
    [ "$(jq -r .sha256 disclosure-line.json)" = "$(sha256sum <$PASSWD | cut -d' ' -f1)" ]
}

@test "disclose: bits flipped in a disclosure are found (HOZEN_SLOW=1: every one)" {
    disclose bundle.tar "$PASSWD" --to good.tar
    /usr/bin/python3 - "$ORACLE" "$SIGNERS" "$HOZEN_BIN/hozen-verify" "${HOZEN_SLOW:-0}" <<'PY'
import random, subprocess, sys
oracle, signers, hozen, slow = sys.argv[1:]
data = open("good.tar", "rb").read()
bits = list(range(len(data) * 8))
random.Random(1).shuffle(bits)
for n, bit in enumerate(bits if slow == "1" else bits[:100]):
    d = bytearray(data); d[bit // 8] ^= 1 << bit % 8
    done = subprocess.run([hozen, "verify", "--json", "--signers", signers, "-"], input=bytes(d), capture_output=True, timeout=60)
    assert done.returncode in (1, 3), (bit, done)
print(n + 1, "bits")
PY
}

@test "disclose: nothing else of the bundle is in it, and small files cannot be guessed from it" {
    local i file
    mkdir -p tree/accounts tree/geheim
    for ((i = 0; i < 60; i++)); do
        printf '%d' "$((i % 2))" >"tree/accounts/answer-$i"
        echo "password of person $i" >"tree/geheim/person-$i.txt"
    done
    ln -s answer-1 tree/accounts/verknuepfung
    collected ONE --digest sha256,sha512
    for file in tree/geheim/person-7.txt tree/accounts/answer-0 tree/geheim/person-33.txt; do
        disclose ONE.tar.zst "$PWD/$file" --to one.tar --signers who.signers
        verify --signers who.signers one.tar >/dev/null
        "$ORACLE/guess.py" ONE.tar.zst one.tar
        run "$ORACLE/guess.py" --salted ONE.tar.zst one.tar # whoever knew the salts would recognise the neighbour and the manifest
        [ "$status" = 1 ]
        [[ $output == *"recognised: data/"* && $output == *"recognised: manifest-sha256.txt"* && $output != *"trace: "* ]]
        tar xOf one.tar ONE/disclosure.txt >/dev/null
        rm one.tar
    done
    # The search itself finds a name that was let in.
    disclose ONE.tar.zst "$PWD/tree/geheim/person-7.txt" --to one.tar
    printf '%s' "person-8.txt" >>one.tar
    run "$ORACLE/guess.py" ONE.tar.zst one.tar
    [ "$status" = 1 ]
    [[ $output == *"trace: part of the name of data/files$PWD/tree/geheim/person-8.txt"* ]]
}

@test "disclose: from every compression, from a pipe, from a bundle of many catalog segments" {
    local i compress
    mkdir tree
    (cd tree && seq 1 4200 | split -l 1 -a 4 - '')
    collected C-many --compress zstd
    (cd tree && rm a[b-z]* aa[g-z]*)
    for compress in none gzip zstd; do
        collected "C-$compress" --compress "$compress"
    done
    for bundle in C-none.tar C-gzip.tar.gz C-zstd.tar.zst; do
        disclose "$bundle" "$PWD/tree/aafn" --to one.tar --signers who.signers
        disclose - "data/files$PWD/tree/aafn" --to piped.tar --signers who.signers <"$bundle"
        cmp one.tar piped.tar
        verify --signers who.signers one.tar >/dev/null
        check_by_hand one.tar who.signers
        cmp <(tar xOf one.tar "${bundle%%.*}/data/files$PWD/tree/aafn") tree/aafn
        rm one.tar piped.tar
    done
    # First and last, in different segments.
    for i in aaaa agfn; do
        disclose C-many.tar.zst "$PWD/tree/$i" --to "$i.tar"
        run verify --json --signers who.signers "$i.tar"
        answers 0 verified intact trusted
        [ "$(jq -r .disclosed.original <<<"$output")" = "$PWD/tree/$i" ]
    done
}

@test "disclose: what cannot be disclosed is refused, and nothing is left behind" {
    run disclose bundle.tar data/blind/blind.txt --to x.tar
    refused 2 "with it anybody could try out what else is in the bundle"
    for path in etc/passwd meta/acquisition.json data/files/etc/../passwd "" data/files/a=b /etc//passwd; do
        run disclose bundle.tar "$path" --to x.tar
        [ "$status" = 2 ] || { echo "$path: $status $output"; false; }
    done
    run disclose bundle.tar data/files/etc/nothing --to x.tar
    refused 3 "data/files/etc/nothing is not a file in the bundle"
    run disclose bundle.tar /etc/shadow --to x.tar
    refused 3 "/etc/shadow is not a file in the bundle"
    run disclose bundle.tar /etc --to x.tar
    refused 3 "/etc is not a file in the bundle"
    run disclose - /etc/passwd --to x.tar <bundle.tar
    refused 2 "say the name in the bundle, data/..."
    run disclose bundle.tar "$PASSWD"
    [ "$status" = 2 ]
    run disclose bundle.tar "$PASSWD" --to -
    refused 2 "--to takes the name of a file; standard output is not supported"
    [ ! -e - ]
    make_bundle twice.tar 'b.host(b"/etc/passwd", b"again\n", source="closing")'
    run disclose twice.tar /etc/passwd --to x.tar
    refused 3 "/etc/passwd stands in more than one place of the bundle: say data/files/etc/passwd or data/closing/etc/passwd"
    [ -z "$(ls x.tar* 2>/dev/null)" ]
    echo mine >there.tar
    run disclose bundle.tar "$PASSWD" --to there.tar
    refused 3 "there.tar is there already"
    [ "$(cat there.tar)" = mine ]
    disclose bundle.tar "$PASSWD" --to one.tar
    run disclose one.tar "$PASSWD" --to x.tar
    refused 3 "one.tar is a disclosure of one file, not a bundle"
    run disclose bundle.tar "$PASSWD" --to nowhere/x.tar
    [ "$status" = 3 ]
    [ -z "$(ls x.tar* 2>/dev/null)" ]
}

@test "disclose: only from a bundle whose lists and signatures hold" {
    for sample in catalog-altered signature-flipped merkle-root manifest-unsorted expired file-removed oxum byte-after-end; do
        [ -e "$VECTORS/bad/$sample.tar" ] || continue
        run disclose "$VECTORS/bad/$sample.tar" "$PASSWD" --to x.tar --signers "$SIGNERS" --revoked "$VECTORS/revoked_keys"
        [ "$status" = 1 ] || { echo "$sample: $status $output"; false; }
        [[ $output == *"nothing is disclosed, since the bundle is not verified"* ]] || { echo "$sample: $output"; false; }
        [ -z "$(ls x.tar* 2>/dev/null)" ]
    done
    # The disclosed file itself is damaged; then another one, which does not matter.
    flip bundle.tar "$(offset_of bundle.tar "SAMPLE-1/$PASSWD")"
    run disclose bundle.tar "$PASSWD" --to x.tar --signers "$SIGNERS"
    [ "$status" = 1 ]
    [[ $output == *payload-altered* ]]
    disclose bundle.tar /etc/hosts --to hosts.tar --signers "$SIGNERS"
    verify --signers "$SIGNERS" hosts.tar >/dev/null
    printf 'tanaka@lab.example %s\n' "$(cut -d' ' -f1,2 "$VECTORS/keys/stranger.pub")" >others
    run disclose "$GOOD" "$PASSWD" --to x.tar --signers others
    [ "$status" = 1 ]
    [[ $output == *signer-untrusted* ]]
    [ -z "$(ls x.tar* 2>/dev/null)" ]
}

@test "disclose: what is no sound bundle is not said to lack a file" {
    head -c 6000 bundle.tar >short.tar
    cp "$VECTORS/bad/catalog-altered.tar" altered.tar
    for name in short altered; do
        run disclose $name.tar /etc/shadow --to x.tar --signers "$SIGNERS"
        [ "$status" = 1 ] || { echo "$name: $status $output"; false; }
        [[ $output == *"$name.tar: nothing is disclosed, since the bundle is not verified"* && $output != *"is not a file in the bundle"* ]]
    done
    echo "no bundle" >text
    run disclose text /etc/passwd --to x.tar
    [ "$status" = 3 ]
    [[ $output == *"text: nothing is disclosed, since the bundle is not verified"* && $output != *"is not a file in the bundle"* ]]
    disclose bundle.tar /etc/passwd --to one.tar
    run disclose one.tar /etc/shadow --to x.tar
    refused 3 "one.tar is a disclosure of one file, not a bundle"
    [ -z "$(ls x.tar* 2>/dev/null)" ]
}

@test "disclose: list and show say that it is one" {
    disclose bundle.tar /etc/passwd --to one.tar
    for arguments in "list" "list --format csv" "list --json" "show /etc/passwd"; do
        # shellcheck disable=SC2086
        set -- $arguments
        for bundle in one.tar bundle.tar; do
            "$HOZEN_BIN/hozen-verify" "$1" "$bundle" "${@:2}" >out 2>err
            grep -c "one.tar is a disclosure of one file, not a bundle" err | diff - <([ $bundle = one.tar ] && echo 1 || echo 0)
        done
    done
    for bundle in one.tar bundle.tar; do
        list --json $bundle >out.json 2>/dev/null
        "$ORACLE/shapes.py" --lines list-line out.json
        [ "$(jq -r 'select(.type == "end") | .disclosure' out.json)" = "$([ $bundle = one.tar ] && echo true || echo false)" ]
    done
}

@test "disclose: JSON of making and of checking has the shape of its schema" {
    disclose bundle.tar /etc/passwd --to one.tar --json >made.json 2>/dev/null
    verify --json one.tar >untrusted.json || [ $? = 3 ]
    verify --json --signers "$SIGNERS" one.tar >verified.json
    flip one.tar "$(offset_of one.tar "SAMPLE-1/$PASSWD")"
    run verify --json --signers "$SIGNERS" one.tar
    answers 1 failed altered trusted
    [ "$(codes findings)" = payload-altered ]
    [ "$(jq -r '.findings[0] | .path + " " + .original' <<<"$output")" = "$PASSWD /etc/passwd" ]
    echo "$output" >failed.json
    "$ORACLE/shapes.py" --file disclose made.json --file verify-disclosure untrusted.json --file verify-disclosure verified.json \
        --file verify-disclosure failed.json --file disclosure-proof <(tar xOf one.tar SAMPLE-1/disclosure-proof.json)
    [ "$(jq -r .content_id made.json)" = "$(verify --json --signers "$SIGNERS" "$GOOD" | jq -r .content_id)" ]
    [ "$(jq -r .sha256 made.json)" = "$(tar xOf bundle.tar "SAMPLE-1/$PASSWD" | sha256sum | cut -d' ' -f1)" ]
    [ "$(jq -r '.verdict + " " + .schema + " " + .case + " " + .disclosed.path' verified.json)" = "verified hozen-verify-disclosure/1 INC-2016-001 $PASSWD" ]
}

@test "disclose: list and extract read one too; custody takes it for no bundle" {
    disclose bundle.tar /etc/passwd --to one.tar
    [ "$(list --json one.tar | jq -r 'select(.type == "file") | .path')" = "$PASSWD" ]
    extract one.tar --to out --signers "$SIGNERS" 2>/dev/null
    [ "$(cd out && find . -type f)" = "./$PASSWD" ]
    "$HOZEN_BIN/hozen-custody" key new --for custody --name "Sato Hanako <sato@csirt.example>" --out sato </dev/null >/dev/null
    "$HOZEN_BIN/hozen-custody" custody init l.db --organisation "CSIRT Example" --key sato.key >/dev/null
    run "$HOZEN_BIN/hozen-custody" custody intake one.tar --ledger l.db --key sato.key --location "locker 3"
    refused 3 "this is a disclosure of one file, not a bundle"
    run "$HOZEN_BIN/hozen-custody" countersign one.tar --key sato.key --fingerprint "SHA256:rtO7yvJ04DVmXUWSOYJZ40UeYJJtMxdlf3sTG850OP0"
    refused 3 "this is a disclosure of one file, not a bundle"
    run "$HOZEN_BIN/hozen-verify" diff bundle.tar one.tar # not a bundle that lacks everything else
    refused 3 "one.tar is a disclosure of one file, not a bundle"
    [ "$("$HOZEN_BIN/hozen-custody" custody show --ledger l.db --json | jq '.items | length')" = 0 ]
}

@test "disclose: a countersignature beside the bundle speaks for the disclosure as well" {
    cp "$VECTORS/good/countersigned.tar" b.tar
    cp "$VECTORS"/good/countersigned.tar.*.sshsig beside.sshsig
    cp beside.sshsig "b.tar.$(basename "$VECTORS"/good/countersigned.tar.*.sshsig | cut -d. -f3).sshsig"
    run disclose b.tar "$PASSWD" --to one.tar --signers "$SIGNERS"
    [ "$status" = 0 ]
    [[ $output == *"signatures that lie beside the bundle are not in it"* ]]
    run verify --json --signers "$SIGNERS" one.tar
    answers 1 failed intact untrusted
    run verify --json --signers "$SIGNERS" --signature beside.sshsig one.tar
    answers 0 verified intact trusted
    for s in b.tar.*.sshsig; do cp "$s" "one.tar${s#b.tar}"; done
    run verify --json --signers "$SIGNERS" one.tar
    answers 0 verified intact trusted
}

@test "disclose: expired, revoked and unknown keys are told apart in a disclosure too" {
    for row in "expired signer-outside-validity invalid" "future signer-outside-validity invalid" "revoked signer-revoked invalid" "stranger signer-untrusted untrusted"; do
        read -r key code who <<<"$row"
        make_bundle "$key.tar" "b.keys = ['$key']"
        disclose "$key.tar" "$PASSWD" --to "one-$key.tar"
        run verify --json --signers "$SIGNERS" --revoked "$VECTORS/revoked_keys" "one-$key.tar"
        answers 1 failed intact "$who"
        [ "$(codes findings)" = "$code" ]
    done
}

@test "disclose: reports in both languages, with hostile names inert" {
    make_bundle b.tar 'b.host(b"/srv/\x1b[31m\xe2\x80\xae-\xff", b"x"); b.sort()'
    disclose b.tar "$(printf '/srv/\033[31m\342\200\256-\377')" --to one.tar
    verify --signers "$SIGNERS" one.tar >en
    verify --lang ja --signers "$SIGNERS" one.tar >ja
    grep -q '^verified: ' en
    grep -q '^検証済み' ja
    for f in en ja; do
        run grep "$(printf '\033\|\342\200\256')" "$f"
        [ "$status" = 1 ]
        python3 -c 'import sys, unicodedata
wide = [l for l in open(sys.argv[1]) if sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in l.rstrip("\n")) > 80]
assert not wide, wide' "$f"
    done
    grep -q 'x1b\[31m' en
}
