#!/usr/bin/env bats
# Whatever system call fails, the answer of hozen-collect is honest.

load 30-collect

@test "faults: each system call failing once gives an intact bundle, or a message and none" {
    [ "${HOZEN_PRESET:-}" != asan ] || skip "the faults would hit what the sanitizer itself does at the start"
    "$TOOLS/fault_sweep.py" "$HOZEN_BIN" "$BATS_TEST_TMPDIR/work"
}
