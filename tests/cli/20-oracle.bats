#!/usr/bin/env bats
# The specification, its samples, the independent checker of tests/oracle and hozen verify all have to say the same.

setup_file() {
    export PYTHONDONTWRITEBYTECODE=1
    export ORACLE=$HOZEN_SOURCE/tests/oracle VECTORS=$HOZEN_SOURCE/formats/spec/vectors
    export MADE=$BATS_FILE_TMPDIR/made
    "$ORACLE/make.py" --all --out "$MADE" >&2
}

amount() { [ "${HOZEN_SLOW:-}" = 1 ] && echo "$2" || echo "$1"; }

@test "oracle: gives the expected answer for every vector" {
    "$ORACLE/agree.py"
}

@test "oracle: gives the expected answer for every sample that make.py knows" {
    "$ORACLE/agree.py" --vectors "$MADE"
}

@test "oracle: the comparison notices a wrong answer" {
    mkdir "$BATS_TEST_TMPDIR/good"
    cp "$VECTORS/bad/content-altered.tar" "$BATS_TEST_TMPDIR/good/p256.tar"
    echo '[{"file": "good/p256.tar", "about": "", "verdict": "verified", "exit": 0}]' >"$BATS_TEST_TMPDIR/vectors.json"
    run "$ORACLE/agree.py" --vectors "$BATS_TEST_TMPDIR" --hozen "$HOZEN_BIN/hozen-verify"
    [ "$status" = 1 ]
    [[ $output == *"oracle: verdict failed, expected verified"* ]]
    [[ $output == *"hozen: verdict failed, expected verified"* ]]
}

@test "oracle: hozen verify decides the same on every vector" {
    "$ORACLE/agree.py" --hozen "$HOZEN_BIN/hozen-verify"
}

@test "oracle: hozen verify decides the same on every vector through a pipe" {
    "$ORACLE/agree.py" --hozen "$HOZEN_BIN/hozen-verify" --pipe
}

@test "oracle: hozen verify decides the same on every sample that make.py knows" {
    "$ORACLE/agree.py" --vectors "$MADE" --hozen "$HOZEN_BIN/hozen-verify"
}

# HOZEN_SLOW=1 makes these two long, HOZEN_SEED chooses others; agree.py --mutants 100000 takes about an hour.
@test "oracle: hozen verify decides the same on random mutants" {
    "$ORACLE/agree.py" --hozen "$HOZEN_BIN/hozen-verify" --mutants "$(amount 200 20000)" --seed "${HOZEN_SEED:-1}"
}

@test "oracle: hozen verify decides the same on random deviations under a valid signature" {
    "$ORACLE/agree.py" --hozen "$HOZEN_BIN/hozen-verify" --signed "$(amount 100 2000)" --seed "${HOZEN_SEED:-1}"
}

@test "oracle: nobody is verified without a list of signers" {
    for f in "$VECTORS"/good/*.tar{,.zst,.gz}; do
        run "$ORACLE/verify.py" "$f"
        [ "$status" = 3 ]
        [[ $output == *"integrity: intact"*"authenticity: untrusted"* ]]
        run "$HOZEN_BIN/hozen-verify" verify --json "$f"
        [ "$status" = 3 ]
        [ "$(jq -r '.verdict + " " + .integrity + " " + .authenticity' <<<"$output")" = "undetermined intact untrusted" ]
    done
}

@test "oracle: a list of signers that is not one is refused with its line number" {
    local key
    key=$(cut -d' ' -f1,2 "$VECTORS/keys/p256.pub")
    while IFS= read -r line; do
        printf '# trusted\n%s\n' "$line" >"$BATS_TEST_TMPDIR/list"
        for program in "$ORACLE/verify.py" "$HOZEN_BIN/hozen-verify verify"; do
            run $program --signers "$BATS_TEST_TMPDIR/list" "$VECTORS/good/p256.tar"
            [ "$status" -ge 2 ] || { echo "accepted by $program: $line"; false; }
            [[ $output == *list*2* ]] || { echo "no line number from $program: $output"; false; }
        done
    done <<LINES
* $key
*@csirt.example $key
!sato@csirt.example $key
a@csirt.example,b@csirt.example $key
sato@csirt.example cert-authority $key
sato@csirt.example NAMESPACES="hozen-bundle-v1" $key
sato@csirt.example namespaces=hozen-bundle-v1 $key
sato@csirt.example namespaces="a",namespaces="b" $key
sato@csirt.example valid-after="20200101" $key
sato@csirt.example valid-after="20201301Z" $key
sato@csirt.example no-touch-required $key
sato@csirt.example ecdsa-sha2-nistp256 AAAA
sato@csirt.example ssh-ed25519 ${key#* }
LINES
}

@test "oracle: stock tools read the good vectors alike, and their digests hold" {
    local f item program
    for f in "$VECTORS"/good/*.tar{,.zst,.gz}; do
        case $f in
        *.zst) zstd -q -d "$f" -o "$BATS_TEST_TMPDIR/tar" ;;
        *.gz) gzip -d <"$f" >"$BATS_TEST_TMPDIR/tar" ;;
        *) cp "$f" "$BATS_TEST_TMPDIR/tar" ;;
        esac
        for program in tar bsdtar; do
            "$program" tf "$f" | cmp - <("$program" tf "$BATS_TEST_TMPDIR/tar")
        done
        f=$BATS_TEST_TMPDIR/tar
        tar tf "$f" >"$BATS_TEST_TMPDIR/gnu"
        bsdtar tf "$f" >"$BATS_TEST_TMPDIR/bsd"
        python3 -c 'import sys, tarfile; [print(n) for n in tarfile.open(sys.argv[1]).getnames()]' "$f" >"$BATS_TEST_TMPDIR/python"
        cmp "$BATS_TEST_TMPDIR/gnu" "$BATS_TEST_TMPDIR/bsd"
        cmp "$BATS_TEST_TMPDIR/gnu" "$BATS_TEST_TMPDIR/python"
        mkdir "$BATS_TEST_TMPDIR/to"
        tar xf "$f" -C "$BATS_TEST_TMPDIR/to"
        item=$(ls "$BATS_TEST_TMPDIR/to")
        if [ -e "$BATS_TEST_TMPDIR/to/$item/disclosure.txt" ]; then
            (cd "$BATS_TEST_TMPDIR/to/$item" && sha256sum --quiet --strict --ignore-missing -c tagmanifest-sha256.txt)
        else
            (cd "$BATS_TEST_TMPDIR/to/$item" && sha256sum --quiet --strict -c manifest-sha256.txt tagmanifest-sha256.txt)
        fi
        [ ! -e "$BATS_TEST_TMPDIR/to/$item/manifest-sha512.txt" ] ||
            (cd "$BATS_TEST_TMPDIR/to/$item" && sha512sum --quiet --strict -c manifest-sha512.txt tagmanifest-sha512.txt)
        rm -r "$BATS_TEST_TMPDIR/to" "$f"
    done
}

@test "oracle: the JSON of samples and of programs has the shape of its schema" {
    "$ORACLE/shapes.py" "$VECTORS" "$MADE" --hozen "$HOZEN_BIN"
}

@test "oracle: offers and receipts are judged as they must be, and have the shape of their schemas" {
    "$ORACLE/make_ledger.py" --out "$BATS_TEST_TMPDIR/ledger"
    "$ORACLE/shapes.py" --handoffs "$BATS_TEST_TMPDIR/ledger"
}

@test "oracle: a collection and a handoff give JSON of the shape of its schema, and files that the oracle holds good" {
    local bundle item line logs=() key=$BATS_TEST_TMPDIR/k custody=$HOZEN_BIN/hozen-custody
    cd "$BATS_TEST_TMPDIR"
    mkdir tree
    printf 'a\n' >'tree/new
line'
    unshare --pid --mount --net --fork --mount-proc "$HOZEN_BIN/hozen-collect" --case INC-1 --operator "Sato Hanako" --path "$PWD/tree" \
        --recent 60m --recent-root "$PWD/tree" --recent-content --item ITEM-1 --out . --json >collect.json || [ $? = 4 ]
    bundle=$(jq -r .bundle collect.json)
    [ "$(jq -r .sha256 collect.json)" = "$(sha256sum <"$bundle" | cut -d' ' -f1)" ]
    run "$ORACLE/verify.py" --json "$bundle"
    [ "$status" = 3 ]
    [ "$(jq -r '.integrity + " " + .content_id' <<<"$output")" = "intact $(jq -r .content_id collect.json)" ]
    "$HOZEN_BIN/hozen-verify" extract "$bundle" --to extracted >/dev/null
    [ "$(wc -l <extracted/data/recent/recent.jsonl)" -ge 2 ]
    "$ORACLE/shapes.py" --lines recent-line extracted/data/recent/recent.jsonl
    for name in sato tanaka; do
        "$custody" key new --for custody --name "$name <$name@csirt.example>" --out "$key-$name" </dev/null
    done
    item=ITEM-1
    "$custody" custody init l.db --organisation "CSIRT" --key "$key-sato.key"
    "$custody" custody intake "$bundle" --ledger l.db --key "$key-sato.key" --location "locker 3"
    "$custody" custody offer "$item" --to "$key-tanaka.key.pub" --purpose "analysis" --ledger l.db --key "$key-sato.key" --out offer.json
    "$ORACLE/ledger.py" offer offer.json
    "$custody" custody show --ledger l.db --json >offered.json
    "$custody" custody accept offer.json --bundle "$bundle" --key "$key-tanaka.key" --out receipt.json
    "$ORACLE/ledger.py" receipt receipt.json --offer offer.json
    "$custody" custody record receipt.json --ledger l.db --key "$key-sato.key"
    "$custody" custody audit --ledger l.db --json >audit.json
    "$custody" custody show --ledger l.db --json >show.json
    "$custody" custody log --ledger l.db --json | split -l 1 - log-
    for line in log-*; do logs+=(--file log-line "$line"); done
    "$ORACLE/shapes.py" --file collect collect.json --file offer offer.json --file receipt receipt.json --file audit audit.json \
        --file show show.json --file show offered.json "${logs[@]}"
    rm -f "$bundle"
}

@test "oracle: a collection in every compression and with every digest, through a file and a pipe" {
    local compress digest bundle
    cd "$BATS_TEST_TMPDIR"
    mkdir tree
    head -c 3000000 /dev/urandom >tree/noise
    head -c 5000000 /dev/zero >tree/zeros
    for ((i = 0; i < 100; i++)); do seq "$i" >"tree/$i"; done
    for compress in none gzip zstd; do
        for digest in sha256 sha256,sha512; do
            unshare --pid --mount --net --fork --mount-proc "$HOZEN_BIN/hozen-collect" --case INC-1 --operator "Sato Hanako" --path "$PWD/tree" \
                --compress "$compress" --digest "$digest" --item ONE --out - >bundle 2>/dev/null || [ $? = 4 ]
            unshare --pid --mount --net --fork --mount-proc "$HOZEN_BIN/hozen-collect" --case INC-1 --operator "Sato Hanako" --path "$PWD/tree" \
                --compress "$compress" --digest "$digest" --item ONE --out . --json >collect.json || [ $? = 4 ]
            [[ $(jq -r .bundle collect.json) = */ONE.tar$(case $compress in gzip) echo .gz ;; zstd) echo .zst ;; esac) ]]
            [ "$(head -c 4 bundle | od -An -tx1 | tr -d ' ')" = "$(case $compress in gzip) echo 1f8b0800 ;; zstd) echo 28b52ffd ;; none) echo 4f4e452f ;; esac)" ]
            for bundle in bundle "$(jq -r .bundle collect.json)"; do
                run "$ORACLE/verify.py" --json "$bundle"
                [ "$status" = 3 ]
                [ "$(jq -r .integrity <<<"$output")" = intact ]
                [ "$("$HOZEN_BIN/hozen-verify" verify --json "$bundle" | jq -r '.integrity + .content_id')" = "intact$(jq -r .content_id <<<"$output")" ]
                tar tf "$bundle" >names
                [ "$(grep -c 'manifest-sha512.txt$' names)" = "$([[ $digest = *512 ]] && echo 2 || echo 0)" ]
                rm "$bundle"
            done
        done
    done
}
