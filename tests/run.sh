#!/usr/bin/env bash
# Installs what is needed, builds, runs every test and every check, and ends with one line: N passed, N failed, N skipped.
# Network is used by apt alone, and only when a package of tests/packages.txt is missing.
set -euo pipefail

shopt -s extglob
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
# shellcheck source=again.bash
. tests/again.bash
usage() {
    cat <<'TEXT'
usage: tests/run.sh [--fast | --whole] [--slow] [--fuzz N] [--filter PATTERN]
  --fast             without the build that has the address and undefined behaviour sanitizers, and without fuzzing
  --whole            every command line test with those sanitizers, not only those of the files named in this script
  --slow             with the long sweeps (HOZEN_SLOW=1)
  --fuzz N           how many inputs each fuzz target is given (50,000; .ci/run: 1,000,000), as far as 15 minutes for all of them go
  --filter PATTERN   only tests and checks whose name matches (a regular expression)
exit status: 0 nothing failed, 1 something failed, 2 wrong usage, 3 could not install
With CI=true a skipped test counts as failed unless tests/allowed-skips.txt gives the reason. What has not ended after
80 minutes (with --whole or --slow: 12 hours) is ended and counts as failed. When no more than two tests failed, and none
by a crash or by what a sanitizer found, they are run again, alone: what passes then counts as passed and is listed as
UNSTEADY with its first failure in the log; it is a fault to look for all the same.
TEXT
}
fast=0 whole=0 inputs=50000 filter=
while [ $# -gt 0 ]; do
    case $1 in
    --fast) fast=1 whole=0 ;;
    --whole) whole=1 fast=0 ;;
    --slow) export HOZEN_SLOW=1 ;;
    --fuzz)
        [[ ${2:-} =~ ^[1-9][0-9]{0,8}$ ]] || { usage >&2; exit 2; }
        inputs=$2
        shift
        ;;
    --filter)
        [ $# -ge 2 ] || { usage >&2; exit 2; }
        filter=$2
        shift
        ;;
    --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
    esac
    shift
done

[ $whole = 1 ] || [ "${HOZEN_SLOW:-}" = 1 ] && limit=43200 || limit=4800
# Of the command line, with sanitizers: what reads hostile bytes, and the errors of every program.
sanitized=(tests/cli/{05-key,32-collect-errors,42-custody-errors,44-custody-hostile,50-verify,52-verify-errors}.bats
    tests/cli/{35-collect-edges,53-verify-hostile,58-intake,65-list-show,68-disclose,76-accounts}.bats)
results=$(mktemp) # one line per result: pass|fail|skip, a tab, the name
logs=$root/build/logs
mkdir -p "$logs"
rm -f "$logs/again.log"
trap 'rm -f "$results"' EXIT

say() { printf '\n== %s (%d min %02d s)\n' "$*" $((SECONDS / 60)) $((SECONDS % 60)); }
record() { printf '%s\t%s\n' "$1" "$2" >>"$results"; }

finish() {
    local passed failed skipped status=0
    passed=$(grep -c '^pass' "$results" || true)
    failed=$(grep -c '^fail' "$results" || true)
    skipped=$(grep -c '^skip' "$results" || true)
    if [ $((passed + failed)) = 0 ]; then
        record fail "no test ran"
        failed=1
    fi
    ! grep -q '^unsteady' "$results" || { printf '\n'; sed -n 's/^unsteady\t\(.*\)/UNSTEADY  \1 (failed; passed when run again alone)/p' "$results"; }
    [ "$failed" = 0 ] || { printf '\n'; sed -n 's/^fail\t/FAILED  /p' "$results"; }
    [ "$skipped" = 0 ] || { printf '\n'; sed -n 's/^skip\t/skipped  /p' "$results"; }
    [ "$failed" = 0 ] || status=1
    say "the end"
    printf '\n%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
    exit $status
}

build() { # PRESET cmake-option...
    local preset=$1 log=$logs/build-$1.log
    shift
    say "build $preset"
    if cmake --preset "$preset" "$@" >"$log" 2>&1 && cmake --build --preset "$preset" -j "$(nproc)" >>"$log" 2>&1; then
        record pass "build $preset"
    else
        tail -n 60 "$log"
        record fail "build $preset"
        finish
    fi
}

# Counts the functions of each cmocka program, and each program that died or is no cmocka program as one.
unit_tests() { # PRESET
    local log=$logs/unit-$1.log status=0
    say "unit tests, $1"
    CMOCKA_MESSAGE_OUTPUT=TAP timeout "$(left)" ctest --test-dir "build/$1" -V -j "$(nproc)" ${filter:+-R "$filter"} >"$log" 2>&1 || status=$?
    awk -f tests/count-ctest.awk -v preset="$1" "$log" >"$log.results"
    if [ "$status" != 0 ] && ! grep -q '^fail' "$log.results" && [ -z "$filter" ]; then
        record fail "ctest, $1: ended with $status (see $log)"
    fi
    if grep -q '^fail' "$log.results"; then
        grep -aE '^[0-9]+: (not ok|#? *.*(error:|ERROR:|runtime error|Failure))' "$log" | grep -avF '# SKIP' | head -n 60 || true
        echo "(the whole output is in $log)"
        sanitizer_spoke "$log" || again "$log.results" "$(unsteady)" unit_test_again "$1"
    fi
    cat "$log.results" >>"$results"
    rm -f "$log.results"
}

unit_test_again() { # PRESET NAME: its whole program, unless that died
    [[ $2 == *": "* ]] || return 1
    local log=$logs/again.log program=${2%%[: ]*}
    CMOCKA_MESSAGE_OUTPUT=TAP timeout "$(left)" ctest --test-dir "build/$1" --no-tests=error -V -R "^$program\$" >>"$log" 2>&1
}

sanitizer_spoke() { grep -aqE '(Address|Leak|UndefinedBehavior)Sanitizer|runtime error:' "$1"; } # that is no chance
unsteady() { grep -c '^unsteady' "$results" || true; }

# What is left of the time that all may take, at least a second.
left() { echo $((limit - SECONDS > 1 ? limit - SECONDS : 1)); }

check() { # NAME command...: its output and status in files of its own, as several run at a time
    local name=$1 status=0 log="$logs/$1.log"
    shift
    timeout "$(left)" "$@" >"$log" 2>&1 || status=$?
    echo $status >"$log.status"
}

checks() {
    local script name built log names=()
    say "checks"
    for script in tests/checks/*.sh; do
        name=$(basename "$script")
        [ "$name" != common.sh ] || continue
        case $name in static.sh) built=build/release-static ;; *) built=build/release ;; esac
        for name in "check $name" "self-test of check $name"; do
            [[ $name =~ $filter ]] || continue
            names+=("$name")
            [ "$(jobs -rp | wc -l)" -lt "$(nproc)" ] || wait -n || true
            case $name in self-test*) check "$name" "$script" --self-test & ;; *) check "$name" "$script" "$built" & ;; esac
        done
    done
    wait
    for name in "${names[@]}"; do
        log=$logs/$name.log
        if [ "$(cat "$log.status")" = 0 ]; then
            record pass "$name"
        else
            say "$name"
            head -n 40 "$log"
            record fail "$name"
        fi
        rm -f "$log.status"
    done
}

# So many executions of each fuzz target, and each is one result. Fewer are no failure where the time was over, but are said.
fuzz() { # RUNS
    local log=$logs/fuzz.log status=0
    [[ fuzz =~ $filter ]] || return 0
    say "fuzzing, $1 executions of each target"
    timeout "$(left)" tests/fuzz/run.sh --runs "$1" --within 900 >"$log" 2>&1 || status=$?
    awk -v runs="$1" -v status="$status" '
        /^[a-z_]+ +[0-9]+ executions / { print (/FOUND SOMETHING/ || $2 == 0 || ($2 < runs && !/s were over/) ? "fail" : "pass") "\tfuzz " $1 }
        END { if (status > 1) print "fail\tfuzz: not ended, exit status " status }' "$log" >"$log.results"
    cat "$log.results" >>"$results"
    if grep -q '^fail' "$log.results"; then head -n 60 "$log"; else grep -E '^[a-z_]+ +[0-9]+ executions ' "$log" | sort || true; fi
    grep '^in all' "$log" || true
    rm -f "$log.results"
}

run_bats() { # PRESET ARGUMENT...
    local preset=$1
    shift
    # 99: what a sanitizer finds must not look like one of our own exit codes
    ASAN_OPTIONS=exitcode=99:allocator_may_return_null=1 UBSAN_OPTIONS=exitcode=99:print_stacktrace=1 \
        LSAN_OPTIONS=exitcode=99 PATH=$([ "$preset" != asan ] || echo "$root/tests/shims:")$PATH \
        HOZEN_PRESET=$preset HOZEN_BIN=$root/build/$preset/bin HOZEN_SOURCE=$root timeout "$(left)" bats --tap "$@" 2>&1 </dev/null
}

command_line_tests() { # PRESET [FILE...]: all when none is named, the ones that wait for an object store first
    local preset=$1 log=$logs/bats-$1.log status=0
    shift
    [ $# -gt 0 ] || set -- tests/cli/8[89]-*.bats tests/cli/!(8[89]-*).bats
    say "command line, $preset"
    run_bats "$preset" --timing --jobs $((2 * $(nproc))) --no-parallelize-within-files ${filter:+--filter "$filter"} "$@" >"$log" || status=$?
    awk -f tests/count-tap.awk -v preset="$preset" -v status="$status" "$log" >"$log.results"
    if grep -q '^fail' "$log.results"; then
        awk '/^not ok/ { shown = 1 } /^ok/ { shown = 0 } shown && ! /# skip/' "$log" | head -n 120 || true
        echo "(the whole output is in $log)"
        sanitizer_spoke "$log" || again "$log.results" "$(unsteady)" command_line_test_again "$preset"
    fi
    cat "$log.results" >>"$results"
    rm -f "$log.results"
}

command_line_test_again() { # PRESET NAME
    local log=$logs/again.log file once
    file=$(file_of_test "$2" tests/cli/*.bats) || return 1
    once=$(run_bats "$1" --filter "$(pattern_of "$2")" "$file" | tee -a "$log")
    [[ $once == 1..1$'\n'"ok 1 "* && $once != *"# skip"* ]]
}

# In CI a skip needs a reason that everybody can read.
judge_skips() {
    [ "${CI:-}" = true ] || return 0
    awk -f tests/judge-skips.awk -v list=tests/allowed-skips.txt "$results" >"$results.new"
    mv "$results.new" "$results"
}

tests/install.sh build test || exit 3

if [ $fast = 0 ]; then
    build asan
    unit_tests asan
fi
build release -DHOZEN_TESTS=ON -DHOZEN_WERROR=ON
unit_tests release
build release-static -DHOZEN_TESTS=OFF -DHOZEN_WERROR=ON
checks
[ $fast = 1 ] || fuzz "$inputs"
command_line_tests release
[ $whole = 0 ] || sanitized=()
[ $fast = 1 ] || command_line_tests asan ${sanitized[@]+"${sanitized[@]}"}
judge_skips
finish
