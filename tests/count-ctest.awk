# From the output of "ctest -V" with cmocka's TAP: one line per test function, "pass|fail|skip<TAB>name".
# A program that failed without a failed function (it crashed, leaked or timed out) and one that is not a cmocka program
# count as one.
/^[0-9]+: (not )?ok [0-9]+/ {
    id = $1 + 0
    name = $0
    sub(/^[0-9]+: (not )?ok [0-9]+( - | # SKIP )?/, "", name)
    kind = $0 ~ /# SKIP/ ? "skip" : $2 == "not" ? "fail" : "pass"
    count[id]++
    if (kind == "fail") failed[id]++
    line[id, count[id]] = kind "\t" name
}
/^ *[0-9]+\/[0-9]+ Test +#[0-9]+: / {
    id = $0
    sub(/^[^#]*#/, "", id)
    id += 0
    program = $0
    sub(/^[^#]*#[0-9]+: /, "", program)
    sub(/ .*/, "", program)
    good = $0 ~ /  Passed /
    skipped = $0 ~ /\*\*\*Skipped/
    for (i = 1; i <= count[id]; i++) {
        result = line[id, i]
        sub(/\t/, "\t" preset ": " program ": ", result)
        print result
    }
    if (skipped)
        print "skip\t" preset ": " program
    else if (!good && !failed[id])
        print "fail\t" preset ": " program " (the program itself)"
    else if (good && !count[id])
        print "pass\t" preset ": " program
}
