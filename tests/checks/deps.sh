#!/usr/bin/env bash
# Every quoted include against the table of allowed edges (docs/ARCHITECTURE.md). cli only from commands: main.c, cmd.h, commands.h,
# cmd_*.c and cmd_*.h, whose headers only commands include.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

# folder: what it may include besides itself
edges='
base:
formats/write: base
formats/read: base
cli: base
collector: base formats/write
verify: base formats/read
custody: base formats/write formats/read
'
is_command() {
    case ${1##*/} in main.c | cmd.h | commands.h | cmd_*.[ch]) return 0 ;; esac
    return 1
}
# Folders inside the collector are one room.
room() {
    case $1 in collector/*) echo collector ;; *) echo "$1" ;; esac
}
may() { # FROM-FOLDER FROM-FILE TO-FOLDER TO-FILE
    if is_command "$4" && ! is_command "$2"; then return 1; fi
    [ "$1" != "$3" ] || return 0
    if [ "$3" = cli ] && is_command "$2"; then return 0; fi
    [[ " $(sed -n "s|^$1: *||p" <<<"$edges") " == *" $3 "* ]]
}

if [ "${1:-}" = --self-test ]; then
    make_tree
    self_test_begins
    plant base/first.c '#include "cli/out.h"' "base includes cli"
    plant formats/read/first.c '#include "formats/write/name.h"' "the checker includes the producer"
    plant collector/planted.c '#include "formats/read/name.h"' "the collector includes the checker"
    plant verify/planted.c '#include "cli/out.h"' "cli from a file that is no command"
    plant verify/planted.c '#include "verify/cmd_verify.h"' "a command's header from a file that is no command"
    plant verify/planted.c '  #  include "planted.h"' "an include without its folder"
    plant custody/cmd_planted.c '#include "verify/wire.h"' "custody includes verify"
    exit 0
fi

c_files "${folders[@]}" | while IFS= read -r file; do
    folder=$(room "${file%/*}")
    while IFS=: read -r line include; do
        target=$(sed -E 's/^[^"]*"([^"]*)".*/\1/' <<<"$include")
        to=$(room "${target%/*}")
        if [ "$to" != "$target" ]; then
            may "$folder" "$file" "$to" "$target" || echo "$file:$line: $file may not include $target"
        elif [ -e "$root/$folder/$target" ]; then
            echo "$file:$line: say the folder: \"$folder/$target\""
        else # made at build time, by this folder alone
            grep -qE "[/ ]$target\b" "$root/$folder/CMakeLists.txt" ||
                echo "$file:$line: \"$target\" is neither in a folder nor made by $folder/CMakeLists.txt"
        fi
    done < <(grep -nE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' "$root/$file" || true)
done | none_expected
