#!/usr/bin/env bash
# Every code that the collector may observe stands in docs/OBSERVATIONS.md and on the page of a source, and the other way round.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

# Codes are given to observe() itself, to a function of that kind, or stand in a table beside the condition; all are literals.
codes() { # what the pages define, in backquotes, and is a literal of the collector
    grep -ohE '`[a-z0-9]+(-[a-z0-9]+)+`' "$root"/formats/spec/sources/*.md | tr -d '`' | sort -u |
        while IFS= read -r code; do
            ! grep -rqF "\"$code\"" "$root/collector" --include='*.c' || printf '%s\n' "$code"
        done
}
observed() { # literals of calls of observe(), as far as they are on one line
    grep -rhoE '\bobserve(_[a-z]+)?\([^;"]*"[a-z0-9-]+"' "$root/collector" --include='*.c' | grep -oE '"[a-z0-9-]+"$' | tr -d '"' | sort -u
}
listed() { awk -F'|' '/^\| `/ { print $2 }' "$root/docs/OBSERVATIONS.md" | grep -oE '`[a-z0-9-]+`' | tr -d '`' | sort; }

if [ "${1:-}" = --self-test ]; then
    make_tree
    mkdir -p "$copy/docs" "$copy/formats/spec/sources" "$copy/collector"
    # shellcheck disable=SC2016
    printf '| `seen-thing` | x | y |\n' >"$copy/docs/OBSERVATIONS.md"
    # shellcheck disable=SC2016
    printf 'Observed: `seen-thing`\n' >"$copy/formats/spec/sources/x.md"
    printf 'int f(void) { return observe(run, "seen-thing", s, NULL, err); }\n' >"$copy/collector/x.c"
    HOZEN_CHECK_ROOT=$copy "$0" || { echo "observations.sh: self-test: a clean tree is refused"; exit 1; }
    printf 'int g(void) { return observe(run, "new-thing", s, NULL, err); }\n' >>"$copy/collector/x.c"
    ! HOZEN_CHECK_ROOT=$copy "$0" >/dev/null || { echo "observations.sh: self-test: not noticed: an undocumented code"; exit 1; }
    sed -i '$d' "$copy/collector/x.c"
    # shellcheck disable=SC2016
    printf '| `gone-thing` | x | y |\n' >>"$copy/docs/OBSERVATIONS.md"
    ! HOZEN_CHECK_ROOT=$copy "$0" >/dev/null || { echo "observations.sh: self-test: not noticed: a code nobody makes"; exit 1; }
    exit 0
fi
{
    comm -23 <(observed) <(listed | sort -u) | sed 's|$|: observed, and not in docs/OBSERVATIONS.md|'
    comm -23 <(observed) <(codes) | sed 's|$|: observed, and on no page of formats/spec/sources|'
    comm -13 <(codes) <(listed | sort -u) | sed 's|$|: in docs/OBSERVATIONS.md, and either not in the collector or on no page|'
    listed | uniq -d | sed 's|$|: twice in docs/OBSERVATIONS.md|'
} | none_expected
