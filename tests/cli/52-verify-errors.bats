#!/usr/bin/env bats
# Bad input to verify, list and extract: one clear message, the right exit code, nothing left behind.

load 50-verify.bash

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
    mkdir folder work
    : >empty
    { printf '\377' && head -c 4999 /dev/urandom; } >garbage # neither a comment nor an empty line
    echo "not a bundle" >text
    head -c 20000 /dev/zero >zeros
    # shellcheck disable=SC2094 # the file has the name of the program
    gzip <"$GOOD" >gzip
    printf '\x28\xb5\x2f\xfd%02000d' 0 >zstd
    printf 'age-encryption.org/v1\n-> X25519 abc\n%02000d' 0 >age
}

# each BUNDLE CHECK...: verify, list and extract of it, each judged by CHECK; extract leaves nothing.
each() {
    local bundle=$1
    shift
    run verify "$bundle"
    "$@" || { echo "of verify"; return 1; }
    run list "$bundle"
    "$@" || { echo "of list"; return 1; }
    run extract "$bundle" --to work/out
    "$@" || { echo "of extract"; return 1; }
    [ -z "$(ls -A work)" ]
}

# no_bundle WORD: verify and extract say what the file seems to be, list says who tells.
no_bundle() {
    [ "$status" = 3 ] || { echo "exit $status: $output"; return 1; }
    [[ $output == *"could not be read as an evidence bundle; hozen verify says why"* ]] ||
        [[ $output == *container-unsupported*"$1"* ]] || { echo "$output"; return 1; }
}

@test "verify errors: a file that is not there, a folder, a device, a name with control bytes" {
    each none refused 3 "cannot open none"
    each folder/none refused 3 "cannot open folder/none"
    run verify folder
    refused 3 "folder: is a folder, but not one that hozen custody export made"
    run list folder
    refused 3 "folder is a directory"
    run extract folder --to work/out
    refused 3 "folder is a directory"
    each /dev/null refused 3 "/dev/null is neither a file nor a pipe"
    each /dev/zero refused 3 "/dev/zero is neither"
    each $'a\e[31m\nb' refused 3 'a\x1b[31m\x0ab'
    each '' refused 2 "is empty"
}

@test "verify errors: a file that may not be read" {
    [ "$(id -u)" = 0 ] || skip "needs root"
    chmod 755 . .. 2>/dev/null || true
    cp "$GOOD" secret.tar
    chmod 600 secret.tar
    run setpriv --reuid 65534 --regid 65534 --clear-groups "$HOZEN_BIN/hozen-verify" verify secret.tar </dev/null
    [[ $status = 3 || $status = 126 || $status = 127 ]]
    [ "$status" = 3 ] || skip "the programs stand where nobody else may run them"
    refused 3 "cannot open secret.tar: "
}

@test "verify errors: empty, garbage, text, zeros" {
    for bundle in empty garbage text zeros; do
        each $bundle no_bundle "this is not an evidence bundle"
    done
}

@test "verify errors: compressed and encrypted files are called by their names" {
    for bundle in gzip zstd; do
        each $bundle no_bundle "($bundle); decrypt or"
    done
    each age no_bundle "this file is encrypted with age"
    run verify text
    [[ $output != *"decrypt or"* ]]
}

@test "verify errors: a pipe that ends at once, early, or never" {
    run bash -c '"$1" verify - </dev/null' - "$HOZEN_BIN/hozen-verify"
    no_bundle "not an evidence bundle"
    # shellcheck disable=SC2016
    run timeout 200 bash -c '"$1" verify - </dev/zero' - "$HOZEN_BIN/hozen-verify"
    no_bundle "not an evidence bundle"
    # shellcheck disable=SC2016
    run timeout 200 bash -c 'yes | "$1" list -' - "$HOZEN_BIN/hozen-verify"
    no_bundle "not an evidence bundle"
    for size in 513 5000 28000; do
        run bash -c 'head -c "$1" "$2" | "$3" verify --json -' - $size "$GOOD" "$HOZEN_BIN/hozen-verify"
        [ "$status" = 1 ]
        [[ $(codes findings) == *container-truncated* ]]
    done
}

@test "verify errors: standard streams that are closed, full or gone" {
    run bash -c '"$1" verify - <&-' - "$HOZEN_BIN/hozen-verify"
    refused 3 "standard input, output and error must be open"
    for command in verify list; do
        for format in "" --json; do
            run bash -c '"$1" $2 $3 "$4" >&-' - "$HOZEN_BIN/hozen-verify" $command "$format" "$GOOD"
            refused 3 "must be open"
            run bash -c '"$1" $2 $3 "$4" >/dev/full' - "$HOZEN_BIN/hozen-verify" $command "$format" "$GOOD"
            refused 3 "No space left on device"
            run bash -c '"$1" $2 $3 "$4" 2>&1 >&7 7>&- | cat' - "$HOZEN_BIN/hozen-verify" $command "$format" "$GOOD" 7> >(true)
            [ "$status" = 0 ] || { echo "$output"; false; } # of cat; what was said is judged
            [ -z "$output" ] || [[ $output == *"did not arrive in full"* ]]
        done
    done
    mkfifo gone
    exec 6<>gone 7>gone 6<&- # a pipe that nobody reads
    run bash -c '"$1" verify --signers "$2" "$3" >&7; echo "exit $?"' - "$HOZEN_BIN/hozen-verify" "$SIGNERS" "$GOOD"
    exec 7>&-
    [[ $output == *"Broken pipe; the result did not arrive in full"*"exit 3"* ]]
}

@test "verify errors: a list of signers that is none" {
    printf '\n# people\nsato@csirt.example ssh-ed25519 AAAA\n' >bad
    for command in "verify $GOOD" "extract $GOOD --to work/out"; do
        # shellcheck disable=SC2086
        run $command --signers bad
        refused 3 "bad: line 3: "
        # shellcheck disable=SC2086
        run $command --signers none
        refused 3 "none"
        # shellcheck disable=SC2086
        run $command --signers folder
        refused 3 "folder is a directory"
        # shellcheck disable=SC2086
        run $command --signers garbage
        refused 3 "garbage: line 1: "
        # shellcheck disable=SC2086
        run $command --signers "$SIGNERS" --revoked text
        refused 3 "text: line 1: not a public key or SHA256: fingerprint"
        # shellcheck disable=SC2086
        run $command --signers "$SIGNERS" --revoked none
        refused 3 "none"
    done
    [ -z "$(ls -A work)" ]
}

@test "verify errors: a signature that is none, by option and beside the bundle" {
    local beside
    run verify --signature none "$GOOD"
    refused 3 none
    run verify --signature folder "$GOOD"
    refused 3 "folder is a directory"
    for file in empty text garbage; do
        run verify --json --signers "$SIGNERS" --signature $file "$GOOD"
        answers 0 verified intact trusted
        [ "$(codes notices)" = "sidecar-invalid time-unproven" ]
    done
    run verify --signature zeros "$GOOD"
    refused 3 "zeros: more than 8192 bytes"
    cp "$GOOD" b.tar
    beside=b.tar.$(printf 'a%.0s' {1..64}).sshsig
    cp zeros "$beside"
    run verify --json --signers "$SIGNERS" b.tar
    answers 0 verified intact trusted
    [ "$(codes notices)" = "sidecar-invalid time-unproven" ]
    rm "$beside"
    mkfifo "$beside" # is no file: nothing waits for it
    run timeout 200 "$HOZEN_BIN/hozen-verify" verify --json --signers "$SIGNERS" b.tar
    answers 0 verified intact trusted
    rm "$beside"
    mkfifo fifo
    ln -s fifo "$beside"
    run timeout 200 "$HOZEN_BIN/hozen-verify" verify --json --signers "$SIGNERS" b.tar
    answers 0 verified intact trusted
}

@test "verify errors: more signatures beside the bundle than anybody needs" {
    cp "$GOOD" b.tar
    for i in {100..164}; do
        cp empty "b.tar.$i$(printf '0%.0s' {1..61}).sshsig"
    done
    run verify --signers "$SIGNERS" b.tar
    refused 3 "more than 64 signatures beside the bundle"
    rm b.tar.164*
    run verify --json --signers "$SIGNERS" b.tar
    answers 0 verified intact trusted
}

@test "verify errors: options that are unknown, given twice, empty, or contradict" {
    for command in "verify $GOOD" "extract $GOOD --to work/out"; do
        for wrong in "--nope" "--signers" "--signers= " "--signers a --signers b" "--revoked a" "--json=yes" "--to"; do
            # shellcheck disable=SC2086
            run $command $wrong
            refused 2 "see hozen "
        done
    done
    for wrong in "" "a b" "--signers x a" "--to x a" "--revoked x a"; do
        # shellcheck disable=SC2086
        run list $wrong
        refused 2 "see hozen list --help"
    done
    run verify "$GOOD" "$GOOD"
    refused 2 "one argument too many"
    run extract "$GOOD"
    refused 2 "--to is missing"
    run extract "$GOOD" --to work/out --to work/other
    refused 2 "--to is given twice"
    run "$HOZEN_BIN/hozen-verify" nothing
    [ "$status" = 2 ]
    [ -z "$(ls -A work)" ]
}

@test "extract errors: a place that cannot be made" {
    for directory in / . .. work/. work/..; do
        run extract "$GOOD" --to $directory
        refused 2 "does not name a new directory"
    done
    run extract "$GOOD" --to work/none/out
    refused 3 "work/none"
    run extract "$GOOD" --to text/out
    refused 3 "text"
    run extract "$GOOD" --to ''
    refused 2 "--to is empty"
    [ -z "$(ls -A work)" ]
}

@test "extract errors: a disk that is full, and a limit on files: the place is named, nothing stays" {
    make_bundle big.tar 'b.host(b"/etc/zz", bytes(300000))'
    run bash -c 'ulimit -f 100; "$1" extract big.tar --to work/out' - "$HOZEN_BIN/hozen-verify"
    refused 3 "work/out.partial/data/files/etc/zz: "
    [ -z "$(ls -A work)" ]
    [ "$(id -u)" = 0 ] || skip "needs root"
    # shellcheck disable=SC2016
    run unshare --mount bash -c 'mount -t tmpfs -o size=64k tmpfs work && "$1" extract big.tar --to work/out
        echo "exit $?"; ls -A work' - "$HOZEN_BIN/hozen-verify"
    [[ $output == *"work/out.partial/data/files/etc/zz: "*"No space left on device"*"exit 3" ]] || { echo "$output"; false; }
}

@test "extract errors: what the disk did not take in the end is not called done" {
    [ "${HOZEN_PRESET:-release}" != asan ] || skip "the faults would hit what the sanitizer does"
    run strace -f -o trace -e trace=syncfs,fsync,renameat2 -e inject=syncfs:error=ENOSPC \
        "$HOZEN_BIN/hozen-verify" extract "$GOOD" --to work/out
    refused 3 "work/out: cannot bring the data onto the medium: "
    grep -q INJECTED trace
    [ "$(grep -c renameat2 trace)" = 0 ]
    [ -z "$(ls -A work)" ]
}

@test "extract errors: a bundle whose names are in each other's way is judged all the same" {
    run extract "$VECTORS/bad/file-is-folder.tar" --to work/out --signers "$SIGNERS"
    [ "$status" = 1 ]
    [[ $output == *member-forbidden*"nothing was taken out"* ]]
    [ -z "$(ls -A work)" ]
}
