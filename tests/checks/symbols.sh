#!/usr/bin/env bash
# symbols.sh BUILD_DIR: what the linker put where, from nm over our own objects and programs.
#   hozen-verify holds nothing of formats/write, sqlite3, libarchive, libmagic; hozen-collect nothing of formats/read;
#   nothing of ours that goes into hozen-collect resolves names, converts charsets or loads modules;
#   formats/write exports only w_*, formats/read only r_*; no object of ours is left out.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
need_tool nm

resolvers='getpw(nam|uid|ent)(_r)?|getgr(nam|gid|ent)(_r)?|getaddrinfo|getnameinfo|gethostby.*|getserv.*|getproto.*'
resolvers+='|getnet(by.*|ent)|dlopen|dlsym|iconv(_open)?|setlocale|newlocale|initgroups|getlogin(_r)?|wordexp'

defined() { nm -g --defined-only "$@" 2>/dev/null | awk 'NF == 3 { print $3 }' | sort -u; }
undefined() { nm -u "$@" 2>/dev/null | awk '$1 == "U" { sub("@.*", "", $2); print $2 }' | sort -u; }

objects() { # FOLDER: its objects, at least one
    local list
    list=$(find "$build/$1" -name '*.o' -path '*CMakeFiles*' ! -path '*po2c*' 2>/dev/null | sort || true)
    [ -n "$list" ] || { echo "symbols.sh: no objects of $1 in $build: build first" >&2; exit 3; }
    printf '%s\n' "$list"
}

absent_from() { # PROGRAM FILE-OF-SYMBOLS WHAT
    comm -12 <(nm --defined-only "$build/bin/$1" | awk 'NF == 3 { print $3 }' | sort -u) "$2" |
        sed "s|^|$1 holds a symbol of $3: |"
}

check() {
    local folder prefix
    for folder in write:w_ read:r_; do
        prefix=${folder#*:} folder=${folder%:*}
        objects "formats/$folder" | xargs nm -g --defined-only | awk 'NF == 3 { print $3 }' | sort -u >"$temp/$folder"
        grep -vE "^$prefix|^(__asan|__ubsan|__odr_asan|__gcov|asan\.)" "$temp/$folder" |
            sed "s|^|formats/$folder exports a symbol that does not begin with $prefix: |" || true
    done
    absent_from hozen-verify "$temp/write" formats/write
    absent_from hozen-collect "$temp/read" formats/read
    nm "$build/bin/hozen-verify" | awk '{ print $NF }' | grep -E '^(sqlite3|archive|magic)_' |
        sed 's|^|hozen-verify uses |' || true
    for folder in base formats/write collector cli; do
        objects "$folder" | while IFS= read -r object; do
            undefined "$object" | grep -xE "$resolvers" | sed "s|^|${object#"$build"/} calls |" || true
        done
    done
}

# Programs and objects made on the spot, one for each rule.
self_test() {
    build=$temp/build
    local rule
    plant_build() { # writes a clean little build, then applies the rule
        rm -rf "$build"
        mkdir -p "$build"/bin
        local f
        for f in base formats/write formats/read collector cli; do mkdir -p "$build/$f/CMakeFiles"; done
        local v='int main(void) { return 0; }' c='int main(void) { return 0; }' base='int num(void); int num(void) { return 1; }'
        local w='int w_one(void); int w_one(void) { return 1; }' r='int r_one(void); int r_one(void) { return 1; }'
        case $1 in
        write) v="$w $v" ;;
        read) c="$r $c" ;;
        sqlite) v="int sqlite3_open(void); int sqlite3_open(void) { return 0; } $v" ;;
        prefix-w) w="$w int stray(void); int stray(void) { return 1; }" ;;
        prefix-r) r="$r int stray(void); int stray(void) { return 1; }" ;;
        nss) base='#include <pwd.h>
void *num(void); void *num(void) { return getpwnam("x"); }' ;;
        esac
        compile() { gcc -x c -c - -o "$1" <<<"$2"; }
        compile "$build/formats/write/CMakeFiles/a.o" "$w"
        compile "$build/formats/read/CMakeFiles/a.o" "$r"
        compile "$build/base/CMakeFiles/a.o" "$base"
        compile "$build/collector/CMakeFiles/a.o" 'int plan(void); int plan(void) { return 1; }'
        compile "$build/cli/CMakeFiles/a.o" 'int out(void); int out(void) { return 1; }'
        gcc -x c - -o "$build/bin/hozen-verify" <<<"$v"
        gcc -x c - -o "$build/bin/hozen-collect" <<<"$c"
    }
    plant_build clean
    [ -z "$(check)" ] || { echo "symbols.sh: self-test: a clean build is refused"; check; exit 1; }
    for rule in write read sqlite prefix-w prefix-r nss; do
        plant_build "$rule"
        [ -n "$(check)" ] || { echo "symbols.sh: self-test: not found: $rule"; exit 1; }
    done
    plant_build clean
    "$0" "$build" || { echo "symbols.sh: self-test: a clean build is refused"; exit 1; }
    rm -rf "$build/collector"
    local status=0
    "$0" "$build" >/dev/null 2>&1 || status=$?
    [ "$status" = 3 ] || { echo "symbols.sh: self-test: missing objects are not noticed"; exit 1; }
    exit 0
}

temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
[ "${1:-}" != --self-test ] || self_test
[ -d "${1:-}" ] || { echo "usage: symbols.sh BUILD_DIR | --self-test" >&2; exit 2; }
build=$(cd "$1" && pwd)
for program in hozen-verify hozen-collect; do
    [ -x "$build/bin/$program" ] || { echo "symbols.sh: $build/bin/$program is missing: build first" >&2; exit 3; }
done
check | none_expected
