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

@test "faults: what lies beside a bundle is seen, or it is an error; a copy is sealed and recorded with all that is beside it" {
    run faults --scene verify-evidence --kind EIO --runs 400 # all of them
    [ "$status" = 0 ] || { echo "$output"; false; }
    run faults --scene archive-put --scene archive-repair --scene archive-renew --kind EIO --runs "$(amount 60)"
    [ "$status" = 0 ] || { echo "$output"; false; }
}

@test "faults: a collection that calls itself complete holds all that it holds when nothing fails" {
    local scene scenes=()
    for scene in files people packages recent starts rest; do scenes+=(--scene "gather-$scene"); done
    run faults "${scenes[@]}" --kind EIO --kind EMFILE --kind EACCES --kind ENOMEM --runs "$(amount 600)"
    [ "$status" = 0 ] || { echo "$output"; false; }
}
