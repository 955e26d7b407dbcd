#!/usr/bin/env bash
# tests/run.sh counts right: what its three awk programs make of samples of ctest's and bats's output, and what is run
# again. A run that fails, crashes, skips or stops half-way must never count as passed.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
tests=$root/tests

if [ "${1:-}" = --self-test ]; then
    make_tree
    mkdir "$copy/tests"
    cp "$tests"/*.awk "$tests/again.bash" "$copy/tests/"
    self_test_begins
    sed -i 's/if "$@" /if true "$@" /' "$copy/tests/again.bash"
    if HOZEN_CHECK_ROOT=$copy "$0" >/dev/null; then
        echo "runner.sh: self-test: what fails again and is called passed is not noticed"
        exit 1
    fi
    cp "$tests/again.bash" "$copy/tests/"
    for program in count-ctest count-tap judge-skips; do
        sed -i 's/"fail/"pass/g' "$copy/tests/$program.awk"
        if HOZEN_CHECK_ROOT=$copy "$0" >/dev/null; then
            echo "runner.sh: self-test: failures called passes are not noticed in $program.awk"
            exit 1
        fi
        cp "$tests/$program.awk" "$copy/tests/"
    done
    exit 0
fi

unit_sample() {
    cat <<'TEXT'
1: 1..3
1: ok 1 - good
2: 1..1
1: not ok 2 - bad
1: # t.c:8: error: Failure!
1: not ok 3 # SKIP skipped
2: ok 1 - first
1/6 Test #1: one ..............................***Failed    0.00 sec
2/6 Test #2: dies .............................Subprocess aborted***Exception:   0.00 sec
3/6 Test #3: plain ............................   Passed    0.00 sec
4/6 Test #4: slow .............................***Timeout   1.00 sec
5/6 Test #5: sk ...............................***Skipped   0.00 sec
6/6 Test #6: gone .............................***Not Run   0.00 sec
TEXT
}
unit_wanted() {
    printf '%s\t%s\n' pass 'p: one: good' fail 'p: one: bad' skip 'p: one: skipped' pass 'p: dies: first' \
        fail 'p: dies (the program itself)' pass 'p: plain' fail 'p: slow (the program itself)' skip 'p: sk' \
        fail 'p: gone (the program itself)'
}
bats_sample() { printf '%s\n' 1..4 'ok 1 good' 'not ok 2 bad' '# (in test file x)' 'ok 3 left out # skip no loop device'; }
bats_wanted() {
    printf '%s\t%s\n' pass 'p: good' fail 'p: bad' skip 'p: left out # skip no loop device' \
        fail 'p: 1 of 4 planned tests did not run'
}
judge_list() { printf '# note\nloop device\tcontainers have none\nno reason\n'; }
judge_wanted() {
    printf '%s\t%s\n' pass a skip 'b # skip no loop device' fail 'c no reason (skipped in CI without a reason in /dev/fd/3)'
}

# shellcheck source=../again.bash
. "$tests/again.bash"
only_the_good() { [ "$1" = 'one: a (b)' ]; }
results_again() { # FAILED-AGAIN-SO-FAR NAME...: the results of failed tests
    local file=$dir/results so_far=$1
    shift
    printf 'fail\tp: %s\n' "$@" >"$file"
    again "$file" "$so_far" only_the_good
    cat "$file"
}
patterns_match() {
    local name other
    for name in 'a (b) [c] $d* e.f+ {g}|h? ^\i' 'plain: name'; do
        for other in "$name" "x$name" "${name}x" 'a b'; do
            ! [[ $other =~ $(pattern_of "$name") ]] || printf '%s\n' "$other"
        done
    done
}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
printf '%s\n' '@test "of one" {' '@test "of two" {' >"$dir/a"
printf '%s\n' '@test "of two" {' '@test "of two: more" {' >"$dir/b"

{
    diff <(printf '%s\t%s\n' pass 'p: one: a (b)' fail 'p: bad' unsteady 'p: one: a (b)') <(results_again 0 'one: a (b)' bad) || true
    diff <(printf 'fail\tp: one: a (b)\nfail\tp: bad\n') <(results_again 1 'one: a (b)' bad) || true
    diff <(printf 'fail\tp: one: a (b)\n') <(results_again 2 'one: a (b)') || true
    diff <(printf '%s\n' 'a (b) [c] $d* e.f+ {g}|h? ^\i' 'plain: name') <(patterns_match) || true
    diff <(printf '%s\n' "$dir/a" "$dir/b") <(for name in 'of one' 'of two' 'of two: more' 'of'; do file_of_test "$name" "$dir/a" "$dir/b"; done) || true
    diff <(unit_wanted) <(unit_sample | awk -f "$tests/count-ctest.awk" -v preset=p) || true
    diff <(bats_wanted) <(bats_sample | awk -f "$tests/count-tap.awk" -v preset=p -v status=1) || true
    diff <(printf 'pass\tp: a\nfail\tp: bats ended with 124\n') \
        <(printf '1..1\nok 1 a\n' | awk -f "$tests/count-tap.awk" -v preset=p -v status=124) || true
    diff <(judge_wanted) <(printf 'pass\ta\nskip\tb # skip no loop device\nskip\tc no reason\n' |
        awk -f "$tests/judge-skips.awk" -v list=/dev/fd/3 3< <(judge_list)) || true
} | none_expected
