#!/usr/bin/env bash
# .clang-format holds; no file over 400 lines, no function over 60; shell scripts pass shellcheck.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
for tool in clang-format ctags shellcheck; do need_tool "$tool"; done
max_file=400 max_function=60

if [ "${1:-}" = --self-test ]; then
    make_tree
    self_test_begins
    plant base/first.c 'int  two( void ) ;' "a badly formatted line"
    plant base/first.c "$(printf 'int three(void)\n{\n'; yes '    one();' | head -60; printf '    return 1;\n}')" "a long function"
    plant base/b.h "$(yes 'int four(void);' | head -401)" "a long file"
    plant tests/planted.sh $'#!/bin/sh\nrm $x' "a shell script that does not quote"
    exit 0
fi

formatting() { # FILE: one line when clang-format would change it
    ! clang-format --dry-run -Werror "$1" >/dev/null 2>&1 || return 0
    echo "$1: not as .clang-format wants it (clang-format -i $1)"
}

lengths() { # FILE
    local lines first last name
    lines=$(wc -l <"$1")
    [ "$lines" -le $max_file ] || echo "$1: $lines lines, at most $max_file"
    ctags -x --c-kinds=f --_xformat='%n %{end} %N' "$1" | while read -r first last name; do
        [ $((last - first + 1)) -le $max_function ] ||
            echo "$1:$first: $name() has $((last - first + 1)) lines, at most $max_function"
    done
}

cd "$root"
[ ! -d tests ] || folders+=(tests)
{
    c_files "${folders[@]}" | while IFS= read -r file; do
        formatting "$file"
        lengths "$file"
    done
    all_files | (grep -E '\.(sh|bash)$|^\.ci/run$' || true) | while IFS= read -r file; do
        sourced=
        [[ $file != *.bash ]] || sourced=--exclude=SC2034,SC2154,SC2164
        # a .bash file is sourced into bats, which stops at the first failure and uses the variables
        shellcheck ${sourced:+"$sourced"} -x --source-path=SCRIPTDIR --shell=bash --severity=warning --format=gcc "$file" || true
    done
} | none_expected
