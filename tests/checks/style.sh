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

# Of the files named on stdin, those that clang-format would change.
formatting() {
    { xargs -P "$(nproc)" -n 30 clang-format --dry-run -Werror 2>&1 || true; } | sed -n 's/:[0-9]*:[0-9]*: error: .*//p' | sort -u |
        while IFS= read -r file; do echo "$file: not as .clang-format wants it (clang-format -i $file)"; done
}

lengths() { # of the files named on stdin
    local list
    list=$(cat)
    xargs -d '\n' wc -l <<<"$list" | awk -v most=$max_file '$2 != "total" && $1 > most { print $2 ": " $1 " lines, at most " most }'
    ctags -x --c-kinds=f --_xformat='%n %{end} %N %F' -L - <<<"$list" | awk -v most=$max_function \
        '$2 - $1 + 1 > most { print $4 ":" $1 ": " $3 "() has " $2 - $1 + 1 " lines, at most " most }'
}

cd "$root"
[ ! -d tests ] || folders+=(tests)
{
    c_files "${folders[@]}" | formatting
    c_files "${folders[@]}" | lengths
    all_files | (grep -E '\.(sh|bash)$|^\.ci/run$' || true) | while IFS= read -r file; do
        sourced=
        [[ $file != *.bash ]] || sourced=--exclude=SC2034,SC2154,SC2164
        # a .bash file is sourced into bats, which stops at the first failure and uses the variables
        shellcheck ${sourced:+"$sourced"} -x --source-path=SCRIPTDIR --shell=bash --severity=warning --format=gcc "$file" || true
    done
} | none_expected
