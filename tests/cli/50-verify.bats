#!/usr/bin/env bats
# hozen verify, list and extract: what they answer, with which exit code, and what appears on disk.

load 50-verify.bash

setup() { cd "$BATS_TEST_TMPDIR" || exit; }

altered() { # FILE: a bundle with one byte of /etc/passwd changed
    cp "$GOOD" "$1"
    flip "$1" "$(offset_of "$1" SAMPLE-1/data/files/etc/passwd)"
}

@test "verify: verified, failed, undetermined, and their exit codes" {
    altered altered.tar
    run verify "$GOOD" --signers "$SIGNERS"
    [ "$status" = 0 ]
    [[ $output == "verified: "* ]]
    run verify "$GOOD"
    [ "$status" = 3 ]
    [[ $output == "undetermined: "*"--signers FILE"* ]]
    grep -v sato@ "$SIGNERS" >others
    run verify "$GOOD" --signers others
    [ "$status" = 1 ]
    [[ $output == "failed: "*"signer-untrusted"* ]]
    run verify altered.tar --signers "$SIGNERS"
    [ "$status" = 1 ]
    [[ $output == "failed: "*"payload-altered  data/files/etc/passwd"*/etc/passwd* ]]
    run verify altered.tar
    [ "$status" = 1 ]
    run verify "$VECTORS/bad/foreign-gzip.tar" --signers "$SIGNERS"
    [ "$status" = 3 ]
    [[ $output == "undetermined: "*container-unsupported* ]]
}

@test "verify: an empty list trusts nobody, which is not the same as no list" {
    : >nobody
    run verify --json "$GOOD" --signers nobody
    answers 1 failed intact untrusted
    [ "$(codes findings)" = signer-untrusted ]
}

@test "verify: HOZEN_SIGNERS is the list where --signers is not given" {
    HOZEN_SIGNERS=$SIGNERS run verify --json "$GOOD"
    answers 0 verified intact trusted
    : >nobody
    HOZEN_SIGNERS=$SIGNERS run verify --json "$GOOD" --signers nobody
    answers 1 failed intact untrusted
    HOZEN_SIGNERS='' run verify --json "$GOOD"
    answers 3 undetermined intact untrusted
    HOZEN_SIGNERS=none run verify "$GOOD"
    refused 3 none
}

@test "verify: a pipe is answered like the file" {
    altered altered.tar
    for bundle in "$GOOD" altered.tar "$VECTORS/bad/second-tar.tar" "$VECTORS/bad/empty.tar" "$VECTORS/bad/foreign-gzip.tar"; do
        run verify --json --signers "$SIGNERS" "$bundle"
        expected=$output code=$status
        run bash -c 'cat "$1" | "$2" verify --json --signers "$3" -' - "$bundle" "$HOZEN_BIN/hozen-verify" "$SIGNERS"
        [ "$output" = "$expected" ]
        [ "$status" = "$code" ]
    done
}

@test "verify: a pipe that gives few bytes at a time, slowly" {
    expected=$(verify --json --signers "$SIGNERS" "$GOOD")
    dribble='import sys, time
data = open(sys.argv[1], "rb").read()
for i in range(0, len(data), 777):
    sys.stdout.buffer.write(data[i:i + 777]); sys.stdout.buffer.flush(); time.sleep(0.01)'
    answer=$(python3 -c "$dribble" "$GOOD" | cat | "$HOZEN_BIN/hozen" verify --json --signers "$SIGNERS" -)
    [ "$answer" = "$expected" ]
}

@test "verify: what the JSON says" {
    run verify --json --signers "$SIGNERS" "$GOOD"
    [ "$(jq -r .schema <<<"$output")" = hozen-verify/1 ]
    [ "$(jq -r .bundle <<<"$output")" = SAMPLE-1 ]
    [ "$(jq -r .file_sha256 <<<"$output")" = "$(sha256sum <"$GOOD" | cut -d' ' -f1)" ]
    [ "$(jq -r .content_id <<<"$output")" = "$(tar -xOf "$GOOD" SAMPLE-1/tagmanifest-sha256.txt | sha256sum | cut -d' ' -f1)" ]
    [ "$(jq -c '[.files, .bytes]' <<<"$output")" = '[4,"118"]' ]
    [ "$(jq -c '[.signers[] | .principal, .role, .trusted]' <<<"$output")" = '["sato@csirt.example","collector",true]' ]
    [ "$(jq -r '.signers[0].key' <<<"$output")" = "$(ssh-keygen -lf "$VECTORS/keys/p256.pub" | cut -d' ' -f2)" ]
    [ "$(codes findings)$(codes notices)" = time-unproven ]
    altered altered.tar
    run verify --json --signers "$SIGNERS" altered.tar
    [ "$(jq -c '.findings | map([.code, .path, .original])' <<<"$output")" = \
        '[["payload-altered","data/files/etc/passwd","/etc/passwd"]]' ]
}

@test "verify: several findings are all listed, in the order of the bundle" {
    make_bundle b.tar
    flip b.tar "$(offset_of b.tar SAMPLE-1/data/files/etc/passwd)"
    flip b.tar "$(offset_of b.tar SAMPLE-1/data/system/identity.json)"
    flip b.tar "$(offset_of b.tar SAMPLE-1/meta/actions.jsonl)"
    run verify --json --signers "$SIGNERS" b.tar
    answers 1 failed altered trusted
    [ "$(jq -r '[.findings[].path] | join(" ")' <<<"$output")" = \
        "data/system/identity.json data/files/etc/passwd meta/actions.jsonl" ]
}

@test "verify: a one-time key and a countersignature, beside the bundle and by --signature" {
    local name=countersigned.tar side
    cp "$VECTORS/good/$name" .
    side=$(cd "$VECTORS/good" && echo $name.*.sshsig)
    run verify --json --signers "$SIGNERS" $name
    answers 1 failed intact untrusted
    run verify --json --signers "$SIGNERS" --signature "$VECTORS/good/$side" $name
    answers 0 verified intact trusted
    [ "$(jq -c '[.signers[] | [.role, .trusted]]' <<<"$output")" = '[["collector",false],["operator",true]]' ]
    cp "$VECTORS/good/$side" .
    run verify --json --signers "$SIGNERS" $name
    answers 0 verified intact trusted
    [ "$(codes notices)" = "signer-not-trusted time-unproven" ]
    run bash -c '"$1" verify --json --signers "$2" --signature "$3" - <"$4"' - "$HOZEN_BIN/hozen-verify" "$SIGNERS" "$side" $name
    answers 0 verified intact trusted
    (cd / && verify --json --signers "$SIGNERS" "$BATS_TEST_TMPDIR/$name" >/dev/null)
    flip "$side" 200
    run verify --json --signers "$SIGNERS" $name
    answers 1 failed intact untrusted
    [ "$(codes notices)" = sidecar-invalid ]
}

@test "verify: a countersignature counts for its own bundle, name and purpose only" {
    local keyid side
    side=$(cd "$VECTORS/good" && echo countersigned.tar.*.sshsig)
    keyid=${side#countersigned.tar.}
    make_bundle other.tar 'b.keys = ["stranger"]; b.host(b"/etc/zz")'
    cp "$VECTORS/good/$side" "other.tar.$keyid"
    run verify --json --signers "$SIGNERS" other.tar
    answers 1 failed intact untrusted
    [ "$(codes notices)" = sidecar-invalid ]
    cp "$VECTORS/good/countersigned.tar" .
    cp "$VECTORS/good/$side" "countersigned.tar.$(printf '0%.0s' {1..64}).sshsig"
    run verify --json --signers "$SIGNERS" countersigned.tar
    answers 1 failed intact untrusted
    [ "$(codes notices)" = sidecar-invalid ]
    sed 's/hozen-countersign-v1/hozen-bundle-v1/' "$SIGNERS" >wrong-purpose
    run verify --json --signers wrong-purpose --signature "$VECTORS/good/$side" countersigned.tar
    answers 1 failed intact untrusted
    [ "$(codes findings)" = "signer-untrusted signer-untrusted" ]
}

@test "verify: a revoked key, by its fingerprint and by its public key" {
    ssh-keygen -lf "$VECTORS/keys/p256.pub" | cut -d' ' -f2 >fingerprint
    for revoked in fingerprint "$VECTORS/keys/p256.pub"; do
        run verify --json --signers "$SIGNERS" --revoked "$revoked" "$GOOD"
        answers 1 failed intact invalid
        [ "$(codes findings)" = signer-revoked ]
    done
    run verify --json --signers "$SIGNERS" --revoked "$VECTORS/keys/revoked.pub" "$GOOD"
    answers 0 verified intact trusted
}

@test "verify: a key counts from its first second to its last" {
    local key
    key=$(cut -d' ' -f1,2 "$VECTORS/keys/p256.pub")
    # the vector was finished at 2016-03-01T09:00:05Z
    for window in 'valid-after="20160301090005Z"' 'valid-after="20160301Z",valid-before="20991231Z"'; do
        echo "sato@csirt.example $window $key" >list
        run verify --json --signers list "$GOOD"
        answers 0 verified intact trusted
    done
    for window in 'valid-after="20160301090006Z"' 'valid-before="20160301090005Z"' 'valid-before="20200101Z"'; do
        echo "sato@csirt.example $window $key" >list
        run verify --json --signers list "$GOOD"
        answers 1 failed intact invalid
        [ "$(codes findings)" = signer-outside-validity ] || { echo "$window"; false; }
    done
}

@test "verify: one key on several lines, and for two people" {
    local key
    key=$(cut -d' ' -f1,2 "$VECTORS/keys/p256.pub")
    printf '%s\n' "old@csirt.example valid-before=\"20100101Z\" $key" "sato@csirt.example $key" "tanaka@lab.example $key" >list
    run verify --json --signers list "$GOOD"
    answers 0 verified intact trusted
    [ "$(jq -r '.signers[0].principal' <<<"$output")" = sato@csirt.example ]
}

@test "verify: a partial collection is verified, and says what is missing" {
    make_bundle b.tar 'b.acquisition["status"] = "partial"
b.absent.append({"origin": "/mnt/x", "source": "files", "status": "timeout", "reason": "no answer"})'
    run verify --signers "$SIGNERS" b.tar
    [ "$status" = 0 ]
    [[ $output == *"collection:    partial"*"not taken:     2 (denied 1, timeout 1)"* ]]
    run list b.tar
    [[ $output == *"timeout "*"/mnt/x: no answer"* ]]
    mkdir usb
    unshare --pid --mount --net --fork --mount-proc "$HOZEN_BIN/hozen-collect" --case INC-1 --operator "Sato Hanako" \
        --path "$PWD/missing" --item ONE --out usb --compress none || [ $? = 4 ]
    run verify usb/ONE.tar
    [ "$status" = 3 ]
    [[ $output == *"collection:    partial"*"not taken:     "* ]]
    run list usb/ONE.tar
    [[ $output == *"absent "*"$PWD/missing: "* ]]
}

@test "verify: reports fit 80 columns in both languages, whatever is wrong" {
    altered altered.tar
    for language in en ja; do
        for bundle in "$GOOD" "$VECTORS"/{good,bad}/*.tar{,.zst,.gz} altered.tar; do
            verify --lang $language "$bundle" >>"$language.text" || true
            verify --lang $language --signers "$SIGNERS" --revoked "$VECTORS/revoked_keys" "$bundle" >>"$language.text" || true
        done
        # names and places are never broken
        python3 - $language.text <<'PY'
import sys, unicodedata
wide = lambda text: sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
lines = open(sys.argv[1], encoding="utf-8").read().split("\n")
assert len(lines) > 2000
bad = {l for l in lines if wide(l) > 80 and not any(len(word) > 40 for word in l.split()[1:] + l.split()[:1])}
print(*bad, sep="\n")
sys.exit(bool(bad))
PY
    done
    [ "$(grep -c '^verified: ' en.text)" = "$(grep -c '^検証済み' ja.text)" ]
}

@test "verify: a report of hostile names holds no control byte" {
    make_bundle b.tar 'b.host(b"/etc/z\x1b[31m\x07\n<b>", b"x"); b.acquisition["case"] = "c\u202e\u009b1"
b.absent.append({"origin": "/a\u001b]0;x\u0007", "source": "files", "status": "denied", "reason": "\u001b[2J"})'
    flip b.tar "$(offset_of b.tar 'SAMPLE-1/data/files/etc/z=1B=5B31m=07=0A=3Cb=3E')"
    for language in en ja; do
        { verify --lang $language b.tar || list --lang $language b.tar || true; } >out 2>&1
        python3 -c 'import sys, unicodedata
text = open("out", encoding="utf-8").read()
assert "31m" in text and "payload-altered" in text
bad = [c for c in text if c != "\n" and unicodedata.category(c).startswith("C")]
sys.exit(repr(bad) if bad else 0)'
    done
}

@test "list: table and JSON name everything once" {
    local bundle=$VECTORS/good/objects-and-absent.tar
    run list "$bundle"
    [ "$status" = 0 ]
    [[ ${lines[0]} =~ ^type\ +size\ modified\ \(UTC\)\ +status\ +name$ ]]
    [ "${#lines[@]}" = "$(($(list --json "$bundle" | wc -l) - 1))" ]
    [[ $output == *"link "*"recorded    /dev/link -> /nowhere"*"absent "*"denied      /etc/shadow: open: permission denied"* ]]
    list --json "$bundle" | jq -r 'select(.type == "file") | .path' >ours
    tar -xOf "$bundle" SAMPLE-1/manifest-sha256.txt | cut -c67- >theirs
    cmp ours theirs
    [ "$(list --json "$bundle" | jq -rs '[.[] | select(.reason) | .status] | join(" ")')" = \
        "denied vanished denied timeout over-budget excluded unavailable io-error unavailable" ]
    [ "$(list --json "$bundle" | jq -c 'select(.type == "symlink")' | jq -r .target)" = /nowhere ]
    [ "$(list --json - <"$bundle" | tail -1 | jq -r '.type + " " + .integrity')" = "end intact" ]
}

@test "list: names that are not UTF-8 are told as bytes too" {
    local bundle=$VECTORS/good/not-utf8.tar
    list --json "$bundle" | jq -r 'select(.type == "symlink") | .target_b64' | base64 -d >target
    printf '../\xff\xff' | cmp - target
    list --json "$bundle" | jq -r 'select(.type == "symlink") | .origin_b64' | base64 -d >origin
    printf '/srv/\xfe' | cmp - origin
    list --json "$bundle" | jq -es 'map(select(.type == "symlink"))[0].target == "../\ufffd\ufffd"'
    list "$bundle" | grep -F 'recorded    /srv/\xfe -> ../\xff\xff'
    [ "$(list --json "$VECTORS/good/objects-and-absent.tar" | grep -cE 'target_b64|origin_b64')" = 0 ]
}

@test "list: says when it cannot be relied on" {
    altered altered.tar
    run list altered.tar
    [ "$status" = 1 ]
    [[ $output == *"/etc/passwd"* ]]
    [[ $output == *"cannot be relied on (findings: 1)"* ]]
    [ "$(list --json altered.tar 2>/dev/null | tail -1 | jq -c '[.integrity, .findings_total]')" = '["altered",1]' ]
    run list "$VECTORS/bad/foreign-gzip.tar"
    refused 3 "could not be read as an evidence bundle"
}

@test "extract: all files, byte for byte" {
    extract "$GOOD" --to out --signers "$SIGNERS"
    tar -xf "$GOOD"
    diff -r out/data SAMPLE-1/data
    [ "$(ls -A out)" = data ]
    [ ! -e out.partial ]
    [ "$(find out -type f ! -perm 600 -o -type d ! -perm 700)" = "" ]
}

@test "extract: some, by the name in the bundle and by folder; a name that is not there leaves nothing" {
    extract "$GOOD" data/files/etc/hosts data/system/ --to out --signers "$SIGNERS"
    [ "$(cd out && find . -type f | sort | tr '\n' ' ')" = "./data/files/etc/hosts ./data/system/identity.json " ]
    run extract "$GOOD" data/files/etc/hosts data/files/etc/ho --to other
    refused 3 "data/files/etc/ho is not in the bundle"
    [ "$(ls -A)" = out ]
}

@test "extract: a bundle that does not hold leaves nothing behind" {
    altered altered.tar
    grep -v sato@ "$SIGNERS" >others
    run extract altered.tar --to out --signers "$SIGNERS"
    [ "$status" = 1 ]
    [[ $output == *"payload-altered"*"nothing was taken out"* ]]
    run extract altered.tar data/files/etc/hosts --to out # is intact itself
    [ "$status" = 1 ]
    run extract "$GOOD" --to out --signers others
    [ "$status" = 1 ]
    for bundle in "$VECTORS"/bad/*.tar; do
        run extract "$bundle" --to out --signers "$SIGNERS" --revoked "$VECTORS/revoked_keys"
        [ "$status" = 1 ] || [ "$status" = 3 ] || { echo "$bundle: $output"; false; }
    done
    [ "$(echo *)" = "altered.tar others" ]
    extract "$GOOD" --to out 2>said # nobody named: intact and signed is enough, and it says so
    grep -q 'who signed it was not checked' said
}

@test "extract: a signature that does not hold leaves nothing, with and without a list" {
    for bundle in signature-of-other-bundle stripped ed25519-neutral-key s-plus-n namespace-other only-rsa; do
        run extract "$VECTORS/bad/$bundle.tar" --to out
        [ "$status" = 1 ] || { echo "$bundle: $status $output"; false; }
    done
    [ -z "$(ls -A)" ]
}

@test "extract: what is there already is neither overwritten nor followed" {
    mkdir out elsewhere
    echo mine >out/file
    run extract "$GOOD" --to out --signers "$SIGNERS"
    refused 3 "out is there already"
    [ "$(cat out/file)" = mine ]
    ln -s elsewhere link
    run extract "$GOOD" --to link --signers "$SIGNERS"
    refused 3 link
    ln -s elsewhere new.partial
    run extract "$GOOD" --to new --signers "$SIGNERS"
    refused 3 new.partial
    [ -L new.partial ]
    mkdir again.partial
    echo mine >again.partial/file
    run extract "$GOOD" --to again --signers "$SIGNERS"
    refused 3 again.partial
    [ "$(cat again.partial/file)" = mine ]
    [ -z "$(ls -A elsewhere)" ]
}

@test "extract: names stay mapped, so that nothing lands outside" {
    mkdir -p deep/er
    make_bundle b.tar 'b.host(b"/\x2e\x2e\x2e/a\x5c..", b"x"); b.sort()'
    for bundle in b.tar "$VECTORS/good/nasty-names.tar" "$VECTORS/good/very-long-paths.tar" "$VECTORS/good/not-utf8.tar"; do
        extract "$bundle" --to deep/er/out --signers "$SIGNERS"
        (cd deep/er/out && find . -type f -printf '%P\n' | LC_ALL=C sort) >ours
        tar -xOf "$bundle" SAMPLE-1/manifest-sha256.txt | cut -c67- | LC_ALL=C sort >theirs
        cmp ours theirs
        tar -xOf "$bundle" SAMPLE-1/manifest-sha256.txt >manifest
        (cd deep/er/out && sha256sum --quiet --strict -c) <manifest
        rm -r deep/er/out
    done
    for bundle in traversal outside double-slash symlink control-bytes; do
        run extract "$VECTORS/bad/$bundle.tar" --to deep/er/out
        [ "$status" = 1 ]
    done
    [ "$(find . | LC_ALL=C sort | tr '\n' ' ')" = ". ./b.tar ./deep ./deep/er ./manifest ./ours ./theirs " ]
}

@test "extract: from a pipe" {
    # shellcheck disable=SC2002
    cat "$GOOD" | extract - data/files --to out --signers "$SIGNERS"
    [ "$(cd out && find . -type f | wc -l)" = 2 ]
}

@test "extract: --json tells the verdict and takes out" {
    extract "$GOOD" --to out --json --signers "$SIGNERS" 2>/dev/null >answer
    [ "$(jq -r .verdict answer)" = verified ]
    [ -f out/data/files/etc/hosts ]
}

# in_jail COMMAND...: runs it on a pipe that gives only half, and looks at the child from outside.
in_jail() {
    local child
    mkfifo pipe
    "$HOZEN_BIN/hozen-verify" "$@" <pipe >/dev/null 2>&1 3>&- &
    exec 9>pipe
    head -c 9000 "$GOOD" >&9
    until child=$(pgrep -P $!) && grep -q '^Seccomp:.2' "/proc/$child/status"; do
        kill -0 $!
        sleep 0.05
    done
    grep -cE '^(NoNewPrivs:.1|Seccomp:.2)$' "/proc/$child/status" >flags
    grep -cE '^Max (open files|processes|core file size) +0 +0 ' "/proc/$child/limits" >>flags
    find "/proc/$child/fd" -type l | wc -l >>flags
    exec 9>&-
    wait $! || true
    rm pipe
    cat flags
    [ "$(tr '\n' ' ' <flags)" = "2 3 $FDS " ]
}

@test "verify, list: the bundle is read by a child that can open nothing" {
    [ "${HOZEN_PRESET:-release}" != asan ] || skip "the sanitizer keeps descriptors of its own"
    FDS=2 # the bundle and the pipe to the parent
    in_jail verify -
    in_jail list -
}
