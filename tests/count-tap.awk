# From bats --tap: one line per test, "pass|fail|skip<TAB>name". Tests that were planned and did not report count as failed.
/^1\.\.[0-9]+$/ { planned = substr($0, 4) + 0 }
/^(not )?ok [0-9]+/ {
    seen++
    name = $0
    sub(/^(not )?ok [0-9]+ */, "", name)
    sub(/ in [0-9]+ms/, "", name)
    kind = $1 == "not" ? "fail" : name ~ /# skip/ ? "skip" : "pass"
    bad += kind == "fail"
    print kind "\t" preset ": " name
}
END {
    if (seen < planned)
        print "fail\t" preset ": " planned - seen " of " planned " planned tests did not run"
    else if (status != 0 && !bad)
        print "fail\t" preset ": bats ended with " status
}
