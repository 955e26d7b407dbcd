#!/usr/bin/env bash
# Which functions may be called where. Comments and strings are taken out first (strip.pl), macros are not expanded.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
need_tool perl

# Opening, reading, writing, renaming, examining: only here.
raw='open|open64|openat|openat2|creat|read|pread|readv|preadv|preadv2|write|pwrite|writev|pwritev|rename|renameat|renameat2'
raw+='|stat|lstat|fstat|fstatat|statx|access|faccessat|unlink|unlinkat|remove|link|linkat|symlink|symlinkat|readlink'
raw+='|readlinkat|mkdir|mkdirat|rmdir|mknod|mkfifo|truncate|ftruncate|fsync|fdatasync|sync|syncfs|lseek|fopen|freopen'
raw+='|tmpfile|mkstemp|mkdtemp|opendir|chmod|fchmod|chown|fchown|utimensat|sendfile|splice|copy_file_range|close_range|fork'
raw+='|vfork|execve|execv|execvp|execl|execlp|posix_spawn|syscall|realpath'
raw_home='^base/(io_[a-z]+|child|jail)\.c$'

# Nowhere: no bounds, no errors, locale, shell or hidden state.
never='sprintf|vsprintf|strcpy|strncpy|strcat|strncat|stpcpy|gets|atoi|atol|atoll|atof|strtol|strtoll|strtoul|strtoull'
never+='|strtod|strtof|sscanf|fscanf|scanf|system|popen|alloca|strtok|mktemp|tmpnam|tempnam|asctime|ctime|gmtime'
never+='|localtime|strerror|perror|setlocale|rand|srand|random|drand48|bsearch_s|memfrob|getpass|longjmp|setjmp'

# FILE FUNCTION: reason. Exceptions are few and each is said here.
exceptions='
base/po/po2c.c fopen: runs at build time, before base exists
base/po/po2c.c perror: runs at build time, before base exists
cli/front.c execv: the front becomes the program that does the work
'

if [ "${1:-}" = --self-test ]; then
    make_tree
    self_test_begins
    plant collector/planted.c 'int f(void) { return open("x", 0); }' "open"
    plant base/first.c 'static int g(int fd, char *p) { return (int)read (fd, p, 1); }' "read in base"
    plant custody/planted.c 'void f(char *p) { sprintf(p, "x"); }' "sprintf"
    plant verify/planted.c 'int f(char *p) { return atoi(p); }' "atoi"
    plant cli/planted.c 'int f(void) { return system("x"); }' "system"
    plant formats/read/planted.c 'int f(void) { if (!EVP_DigestFinal_ex(a, b, c)) return 1; }' "EVP result as a truth value"
    plant formats/read/planted.c 'int f(void) { if (EVP_DigestVerify(a, b(c), d) > 0) return 1; }' "EVP result with >"
    plant cli/planted.c '#pragma GCC diagnostic ignored "-Wvla"' "a warning switched off"
    plant verify/CMakeLists.txt 'target_compile_options(x PRIVATE -Wno-vla)' "a warning switched off in CMake"
    exit 0
fi

is_exception() { grep -qE "^$1 $2: " <<<"$exceptions"; }

calls() { # FILE STRIPPED
    grep -noP "(?<![\w.>])(?:$raw|$never)\b(?=\s*\()" "$2" | while IFS=: read -r line name; do
        if is_exception "$1" "$name"; then
            continue
        elif [[ $name =~ ^($never)$ ]]; then
            echo "$1:$line: $name is used nowhere"
        elif [[ ! $1 =~ $raw_home ]]; then
            echo "$1:$line: $name belongs in base/io_*.c"
        fi
    done
}

truth_values() { # FILE STRIPPED: results of EVP calls that are not compared with == 1 or != 1
    grep -nP '!\s*EVP_\w+\s*\(|\bEVP_\w+\s*(\((?:[^()]|(?1))*\))\s*(<|>|!= 0|== 0|&&|\|\||\)\s*(return|goto|\{|$))' "$2" |
        grep -vP '\bEVP_\w+_(new|fetch|size|id|free)\b|\bEVP_(sha\d+|PKEY_get_\w+)\b' |
        sed -E "s|^([0-9]+):.*|$1:\1: an EVP result is compared with == 1 or != 1, nothing else|"
}

temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
{
    c_files "${folders[@]}" | while IFS= read -r file; do
        perl "$checks/strip.pl" "$root/$file" >"$temp/stripped"
        calls "$file" "$temp/stripped" || true
        truth_values "$file" "$temp/stripped" || true
        grep -nE '#[[:space:]]*pragma.*(diagnostic|warning)' "$temp/stripped" | sed "s|^|$file:|" || true
    done
    cd "$root"
    find . \( -name CMakeLists.txt -o -name '*.cmake' -o -name CMakePresets.json \) ! -path './build/*' \
        -exec grep -nHE -e '-Wno-|-fno-stack-protector|[" (]-w[" )]' {} + | sed 's|^\./||' || true
} | none_expected
