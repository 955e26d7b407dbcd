#!/usr/bin/env bats
# Whatever fails, the answer is honest: system calls, memory, SIGKILL at any moment, power cuts. A sample; tests/faults/run.sh --whole
# tries everything, HOZEN_SLOW=1 ten times as much as this, HOZEN_SEED another sample.

setup() {
    [ "${HOZEN_PRESET:-}" != asan ] || skip "the faults would hit what the sanitizer itself does at the start"
}

faults() { "$HOZEN_SOURCE/tests/faults/run.sh" --seed "${HOZEN_SEED:-1}" "$@"; }

amount() { [ "${HOZEN_SLOW:-}" = 1 ] && echo $(($1 * 10)) || echo "$1"; }

@test "faults: collect, verify and custody with one thing failing at a time, and after power cuts" {
    run faults --runs "$(amount 250)"
    [ "$status" = 0 ] || { echo "$output"; false; }
    [[ $output == *" wrong"*" wrong" ]]
}

@test "faults: a ledger gets its name when it is whole in one file, whichever of its last writes fails" {
    run faults --scene init --kind late --runs "$(amount 12)"
    [ "$status" = 0 ] || { echo "$output"; false; }
}
