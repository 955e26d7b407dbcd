# shellcheck shell=bash
# Shared by the tests of hozen-collect; loaded by bats.
TOOLS=$HOZEN_SOURCE/tests/tools
ORACLE=$HOZEN_SOURCE/tests/oracle
export PYTHONDONTWRITEBYTECODE=1
unset LC_ALL LANG HOZEN_SIGNERS COMPRESS

# A collection with the required options, into $OUT. Most tests look into the tar itself: COMPRESS=zstd for the others.
collect() {
    "$HOZEN_BIN/hozen-collect" --case INC-2026-042 --operator "Sato Hanako" --out "$OUT" --compress "${COMPRESS:-none}" "$@"
}

# make_key FILE: a collection key made by OpenSSL alone, its public key, and a list that trusts it.
make_key() {
    {
        echo "hozen-purpose: ${2:-collect}"
        openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 2>/dev/null ||
            openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 2>/dev/null
    } >"$1"
    openssl pkey -in "$1" -pubout >"$1.pem"
    ssh-keygen -i -m PKCS8 -f "$1.pem" >"$1.pub"
    printf 'sato@csirt.example namespaces="hozen-bundle-v1" %s\n' "$(cut -d' ' -f1,2 "$1.pub")" >"$1.signers"
}

need_root() {
    [ "$(id -u)" = 0 ] || skip "needs root"
}

# stock_tools BUNDLE: digests, signatures and listings without anything of ours.
stock_tools() {
    local bundle=$1 name folder s
    name=$(basename "${bundle%.zst}" .tar)
    folder=$BATS_TEST_TMPDIR/stock-$name
    mkdir "$folder"
    tar -tf "$bundle" >"$folder/gnu"
    bsdtar -tf "$bundle" >"$folder/bsd"
    python3 -c 'import sys, tarfile; print(*tarfile.open(sys.argv[1]).getnames(), sep="\n")' "$bundle" >"$folder/python"
    cmp "$folder/gnu" "$folder/bsd"
    cmp "$folder/gnu" "$folder/python"
    [ -z "$(sort "$folder/gnu" | uniq -d)" ]
    tar -xf "$bundle" -C "$folder"
    (
        cd "$folder/$name"
        sha256sum --quiet --strict -c tagmanifest-sha256.txt
        sha256sum --quiet --strict -c manifest-sha256.txt
        [ "$(find data -type f | wc -l)" = "$(wc -l <manifest-sha256.txt)" ]
        for s in signatures/*.sshsig; do
            ssh-keygen -Y check-novalidate -n hozen-bundle-v1 -s "$s" <tagmanifest-sha256.txt
        done
    )
}

# sound BUNDLE [SIGNERS]: intact for the oracle and for hozen verify, and trusted where a list is given.
sound() {
    local status=0 answer
    answer=$("$ORACLE/verify.py" ${2:+--signers "$2"} "$1") || status=$?
    [[ $answer == *"integrity: intact"* ]] || { echo "oracle: $answer"; return 1; }
    [ $status = "$([ -n "${2:-}" ] && echo 0 || echo 3)" ]
    status=0
    answer=$("$HOZEN_BIN/hozen-verify" verify --json ${2:+--signers "$2"} "$1") || status=$?
    [ "$(jq -r .integrity <<<"$answer")" = intact ] || { echo "hozen verify: $answer"; return 1; }
    [ $status = "$([ -n "${2:-}" ] && echo 0 || echo 3)" ]
}

# record BUNDLE NAME: a file of the bundle's meta folder on stdout.
record() {
    tar -xOf "$1" "$(basename "${1%.zst}" .tar)/meta/$2"
}

# count BUNDLE SOURCE WHAT
count() {
    record "$1" acquisition.json | jq -r --arg source "$2" --arg what "$3" \
        'if $source == "all" then . else .sources[] | select(.name == $source) end | .counts[$what]'
}
