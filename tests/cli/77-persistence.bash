# shellcheck shell=bash
# An image of a small host, for the tests of persistence and packages; loaded by bats.

# put PATH [MODE]: a file of the image from stdin.
put() {
    mkdir -p "$ROOT$(dirname "$1")"
    cat >"$ROOT$1"
    chmod "${2:-644}" "$ROOT$1"
}

# package NAME FILE...: dpkg's records of an installed package with these files, as they are now. A file below /etc is a
# conffile.
package() {
    local name=$1 file info=$ROOT/var/lib/dpkg/info
    shift
    mkdir -p "$info"
    : >"$info/$name.md5sums"
    printf 'Package: %s\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.0-1\nDescription: sample\n more of it\n' \
        "$name" >>"$ROOT/var/lib/dpkg/status"
    printf '/.\n' >"$info/$name.list"
    printf '%s\n' "$@" >>"$info/$name.list"
    printf 'Conffiles:\n' >>"$ROOT/var/lib/dpkg/status"
    for file; do
        [ -f "$ROOT$file" ] || continue
        case $file in
        /etc/*) printf ' %s %s\n' "$file" "$(md5 "$file")" >>"$ROOT/var/lib/dpkg/status" ;;
        *) printf '%s  %s\n' "$(md5 "$file")" "${file#/}" >>"$info/$name.md5sums" ;;
        esac
    done
    printf '\n' >>"$ROOT/var/lib/dpkg/status"
}

md5() { md5sum <"$ROOT$1" | cut -d' ' -f1; }

# take SOURCE [OPTION...]: collects it from the image; the bundle is unpacked into $BUNDLE.
take() {
    local source=$1
    shift
    rm -rf "$OUT" "$BATS_TEST_TMPDIR/taken"
    mkdir -p "$OUT"
    collect --item taken --root "$ROOT" --source "$source" "$@" >"$BATS_TEST_TMPDIR/says"
    tar -xf "$OUT/taken.tar" -C "$BATS_TEST_TMPDIR"
    BUNDLE=$BATS_TEST_TMPDIR/taken
    LISTS=$BUNDLE/data/$source
}

# rows LIST FILTER: compact JSON of rows that the filter selects.
rows() { tail -n +2 "$LISTS/$1.jsonl" | jq -c "$2"; }

# observed CODE: subjects.
observed() { jq -r --arg code "$1" 'select(.code == $code) | .subject' "$BUNDLE/data/closing/observations.jsonl"; }

# shaped LIST SCHEMA: every line has the shape of its schema.
shaped() {
    local n=0 line files=()
    while IFS= read -r line; do
        n=$((n + 1))
        printf '%s\n' "$line" >"$BATS_TEST_TMPDIR/$2-$n"
        files+=(--file "$2" "$BATS_TEST_TMPDIR/$2-$n")
    done <"$LISTS/$1.jsonl"
    [ $n -gt 1 ]
    "$ORACLE/shapes.py" "${files[@]}"
}
