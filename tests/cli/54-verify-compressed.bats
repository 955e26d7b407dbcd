#!/usr/bin/env bats
# Compressed bundles through every command of hozen-verify, one file out of a large one, and what such bundles may cost.

load 50-verify.bash

setup() { cd "$BATS_TEST_TMPDIR" || exit; }

# packed FILE [FRAME] <TAR: as zstd frames of so many bytes each.
packed() {
    /usr/bin/python3 -c 'import sys
sys.path.insert(0, sys.argv[1])
import press
open(sys.argv[2], "wb").write(press.frames(sys.stdin.buffer.read(), int(sys.argv[3])))' "$ORACLE" "$1" "${2:-1048576}"
}

# frame_of FILE NUMBER: where that frame begins; -1: the last one
frame_of() {
    /usr/bin/python3 -c 'import sys
places, at, data = [], 0, open(sys.argv[1], "rb").read()
while (at := data.find(b"\x28\xb5\x2f\xfd", at)) >= 0:
    places.append(at)
    at += 4
print(places[int(sys.argv[2])])' "$1" "$2"
}

@test "compressed: verify, list and extract say the same as of the tar, from a file and from a pipe" {
    packed b.zst 5000 <"$GOOD"
    cp "$VECTORS/good/gzip.tar.gz" b.gz
    list "$GOOD" >list.tar
    extract "$GOOD" --to out.tar --signers "$SIGNERS"
    for form in zst gz; do
        run verify --json b.$form --signers "$SIGNERS"
        answers 0 verified intact trusted
        [ "$(jq -r .file_sha256 <<<"$output")" = "$(sha256sum <b.$form | cut -d' ' -f1)" ]
        run verify --json - --signers "$SIGNERS" < <(cat b.$form)
        answers 0 verified intact trusted
        list b.$form | diff list.tar -
        extract b.$form --to out.$form --signers "$SIGNERS"
        diff -r out.tar out.$form
    done
}

@test "compressed: a damaged frame is named with its place in the file and the member before it" {
    packed b.zst 5000 <"$GOOD"
    flip b.zst 3000
    run verify b.zst --signers "$SIGNERS"
    [ "$status" = 1 ]
    [[ $output == *container-malformed* ]]
    [[ $output == *"of the"*"compressed file, after"*"SAMPLE-1/"* ]]
}

@test "compressed: small frames are read many at a time, and each still has its own place" {
    packed b.zst 100 <"$GOOD"
    size=$(stat -c %s b.zst)
    run verify --json b.zst --signers "$SIGNERS"
    answers 0 verified intact trusted
    head -c 1024 /dev/zero | packed more.zst 512
    cat b.zst more.zst >longer.zst
    head -c -1 b.zst >cut.zst
    start=$(frame_of b.zst 200)
    flip b.zst $((start + 20))
    for case in "b.zst container-malformed $start" "longer.zst container-trailing-data $size" \
        "cut.zst container-truncated $(frame_of cut.zst -1)"; do
        read -r file code place <<<"$case"
        for from in "$file" -; do
            run verify --json "$from" --signers "$SIGNERS" < <(cat "$file")
            [ "$status" = 1 ]
            [ "$(codes findings)" = "$code" ]
            [[ $(jq -r '.findings[0].detail' <<<"$output") =~ byte\ $place[^0-9] ]]
        done
    done
}

@test "extract --only: the same file, and nothing but it and the lists is checked" {
    packed b.zst 1000 <"$GOOD"
    cp "$GOOD" b.tar
    extract "$GOOD" data/files/etc/hosts --to whole --signers "$SIGNERS"
    for b in b.zst b.tar "$VECTORS/good/gzip.tar.gz"; do
        rm -rf out
        run extract "$b" data/files/etc/hosts --to out --signers "$SIGNERS" --only
        [ "$status" = 0 ]
        [[ $output == *"data/blind/blind.txt were checked too, but not the contents of its other 2 files"* ]]
        list "$b" --type file >members 2>/dev/null
        [ "$(tail -n +2 members | wc -l)" = 4 ] # the one taken out, blind.txt and two others
        [[ $output != *intact* ]]
        diff -r whole out
        rm -rf out
        extract - data/files/etc/hosts --to out --signers "$SIGNERS" --only < <(cat "$b")
        diff -r whole out
    done
    altered=$(offset_of b.tar SAMPLE-1/data/files/etc/passwd)
    flip b.tar "$altered"
    rm -rf out
    extract b.tar data/files/etc/hosts --to out --signers "$SIGNERS" --only
    diff -r whole out
    run extract b.tar data/files/etc/passwd --to other --signers "$SIGNERS" --only
    [ "$status" = 1 ]
    [[ $output == *payload-altered* ]]
    [ ! -e other ]
}

@test "extract --only: lists and signatures must hold" {
    for member in meta/catalog-000001.jsonl meta/acquisition.json manifest-sha256.txt tagmanifest-sha256.txt data/blind/blind.txt; do
        cp "$GOOD" b.tar
        flip b.tar "$(offset_of b.tar "SAMPLE-1/$member")"
        run extract b.tar data/files/etc/hosts --to out --signers "$SIGNERS" --only
        [ "$status" = 1 ]
        [ ! -e out ]
    done
    grep -v sato@ "$SIGNERS" >others
    run extract "$GOOD" data/files/etc/hosts --to out --signers others --only
    [ "$status" = 1 ]
    [ ! -e out ]
    head -c 20000 "$GOOD" >cut.tar
    run extract cut.tar data/files/etc/hosts --to out --signers "$SIGNERS" --only
    [ "$status" = 1 ]
    run extract "$GOOD" data/files/etc/nobody --to out --signers "$SIGNERS" --only
    refused 3 "is not in the bundle"
    run extract "$GOOD" --to out --only
    refused 2 "--only needs"
    run extract "$GOOD" data/files/etc/hosts --to out --only --json
    refused 2 "--only does not check the whole bundle"
}

@test "extract --only: most of a large bundle is never read" {
    [ "${HOZEN_PRESET:-release}" != asan ] || skip "the sanitizer needs memory and time of its own"
    make_bundle large.tar 'import random; r = random.Random(7)
for i in range(8): b.host(b"/var/log/%d" % i, r.randbytes(4 << 20))
b.sort()'
    packed large.zst 262144 <large.tar
    for b in large.zst large.tar; do
        rm -rf out
        strace -f -qq -e trace=read -o trace "$HOZEN_BIN/hozen-verify" extract $b data/files/var/log/5 --to out --signers "$SIGNERS" --only
        [ "$(stat -c %s out/data/files/var/log/5)" = 4194304 ]
        # of 32 MiB: the file once from the bundle and once through the pipe to the parent, and its surroundings
        [ "$(awk '{ split($0, part, "= "); n += part[2] } END { print n }' trace)" -lt 13000000 ]
    done
}

# within MIB SECONDS: verify and list of `bundle` in no more memory than that, both processes together, and processor time
within() {
    for command in list verify; do
        code=0
        (
            ulimit -t "$2"
            "$TOOLS/peak.py" "$1" "$HOZEN_BIN/hozen-verify" $command bundle >out
        ) 2>said || code=$?
        cat said
        [ $code = 1 ]
        [ "$(grep -o '[0-9]* KiB' said | awk '{ n += $1 } END { print n }')" -lt $(($1 * 1024)) ]
    done
}

@test "compressed: bombs are read in little memory" {
    [ "${HOZEN_PRESET:-release}" != asan ] || skip "the sanitizer needs memory and time of its own"
    "$TOOLS/hostile.py" zeros 512 >bundle
    within 64 10
    "$TOOLS/hostile.py" zeros-gzip 256 >bundle
    within 64 10
    "$TOOLS/hostile.py" crumbs 1000000 >bundle
    within 64 3
}
