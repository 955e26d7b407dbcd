# shellcheck shell=bash disable=SC2034
# Shared by the checks; sourced. A check prints one line per violation and ends with 0 (none), 1 (some) or 3 (could not
# tell). With --self-test it plants violations in a temporary copy and proves that each one is found.
set -euo pipefail
export LC_ALL=C

checks=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=${HOZEN_CHECK_ROOT:-$(cd "$checks/../.." && pwd)}
folders=(base formats/write formats/read cli collector verify custody)

# Our C files below the given folders, relative to the root.
c_files() {
    local list
    list=$(cd "$root" && find "$@" -type f \( -name '*.c' -o -name '*.h' \) | sort)
    [ -n "$list" ] || {
        echo "$(basename "$0"): no C files in $*" >&2
        exit 3
    }
    printf '%s\n' "$list"
}

# Everything of ours: what git knows or would add; in a copy without git, all files.
all_files() {
    if [ -e "$root/.git" ]; then
        git -C "$root" ls-files --cached --others --exclude-standard | sort -u
    else
        (cd "$root" && find . -type f | sed 's|^\./||' | sort)
    fi | while IFS= read -r file; do
        [ ! -f "$root/$file" ] || printf '%s\n' "$file"
    done
}

# Ends with 1 when the lines on stdin are not empty, showing them.
none_expected() {
    local found
    found=$(cat)
    [ -n "$found" ] || return 0
    printf '%s\n' "$found"
    return 1
}

need_tool() {
    command -v "$1" >/dev/null || {
        echo "$(basename "$0"): $1 is not installed (tests/install.sh test)" >&2
        exit 3
    }
}

# A little clean tree of our shape in $copy, removed at exit, for self-tests.
make_tree() {
    copy=$(mktemp -d)
    trap 'rm -rf "$copy"' EXIT
    local folder
    cp "$root/.clang-format" "$copy/"
    for folder in "${folders[@]}"; do
        mkdir -p "$copy/$folder"
        printf 'int first(void);\nint first(void)\n{\n    return 1;\n}\n' >"$copy/$folder/first.c"
        printf 'add_library(x STATIC first.c)\n' >"$copy/$folder/CMakeLists.txt"
    done
}

self_test_begins() {
    HOZEN_CHECK_ROOT=$copy "$0" || {
        echo "$(basename "$0"): self-test: a clean tree is refused"
        exit 1
    }
}

# plant FILE TEXT WHAT: the check must fail with TEXT appended to FILE, and name FILE. The file is put back.
plant() {
    local file=$1 text=$2 what=$3 out status=0
    mkdir -p "$copy/$(dirname "$file")"
    if [ -e "$copy/$file" ]; then cp "$copy/$file" "$copy.saved"; fi
    printf '%s\n' "$text" >>"$copy/$file"
    out=$(HOZEN_CHECK_ROOT=$copy "$0" 2>&1) || status=$?
    if [ -e "$copy.saved" ]; then mv "$copy.saved" "$copy/$file"; else rm "$copy/$file"; fi
    if [ "$status" != 1 ] || ! grep -qF "$file" <<<"$out"; then
        printf '%s: self-test: not found: %s (status %s)\n%s\n' "$(basename "$0")" "$what" "$status" "$out"
        exit 1
    fi
}
