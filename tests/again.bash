# shellcheck shell=bash
# What failed is run once more, alone, when it is as little as a neighbour on the machine can cause. What passes then is
# unsteady: it counts as passed, the run names it, and its first failure stands in the log. Sourced by run.sh.
most_unsteady=2 # in a whole run: more than that is no chance

# RESULTS: lines of the awk programs. COMMAND gets the name of a test without its preset; 0: it ran and passed.
again() { # RESULTS SO-FAR COMMAND...
    local results=$1 left=$((most_unsteady - $2)) name
    shift 2
    [ "$(grep -c '^fail' "$results")" -le "$left" ] || return 0
    sed -n 's/^fail\t//p' "$results" | while IFS= read -r name; do
        if "$@" "${name#*: }" </dev/null; then
            NAME=$name awk 'BEGIN { FS = "\t" } $1 == "fail" && $2 == ENVIRON["NAME"] && !n++ { $1 = "pass" } { print $1 "\t" $2 }
                END { print "unsteady\t" ENVIRON["NAME"] }' "$results" >"$results.new"
            mv "$results.new" "$results"
        fi
    done
}

# The file that has the test of this name; nothing when none or several do.
file_of_test() { # NAME FILE...
    local name=$1 found
    shift
    found=$(grep -lxF "@test \"$name\" {" "$@") && [[ $found != *$'\n'* ]] && printf '%s\n' "$found"
}

# NAME as an extended regular expression that is it alone.
pattern_of() { printf '^%s$' "$(sed 's/[][\.*+?^$(){}|]/\\&/g' <<<"$1")"; }
