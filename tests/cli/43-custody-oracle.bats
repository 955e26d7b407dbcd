#!/usr/bin/env bats
# Offers, receipts and statements: the readers of formats/read and the independent checker of tests/oracle must agree on every sample.

load 40-custody.bash

JUDGE=$HOZEN_BIN/../tests/hozen-judge

setup_file() {
    export MADE=$BATS_FILE_TMPDIR/made
    "$HOZEN_SOURCE/tests/oracle/make_ledger.py" --out "$MADE" >&2
}

@test "offers and receipts: both checkers give the expected answer for every sample" {
    [ "$(jq length "$MADE/ledger.json")" -ge 100 ]
    wrong=0
    while IFS=$'\t' read -r sample check expected; do
        d=$MADE/$sample
        case $check in
        offer) ours=(offer "$d/offer.json") theirs=(offer "$d/offer.json") ;;
        proof) ours=(proof "$d/proof.json") theirs=(proof "$d/proof.json") ;;
        proved) ours=(proof "$d/proof.json" "$d/known.txt") theirs=(proof "$d/proof.json" --known "$d/known.txt") ;;
        known) ours=(known "$d/offer.json" "$d/known.txt") theirs=(offer "$d/offer.json" --known "$d/known.txt") ;;
        statement) ours=(statement "$d/statement.json") theirs=(statement "$d/statement.json") ;;
        carried | witnessed) ours=(carried "$d/$check.json") theirs=(carried "$d/$check.json") ;;
        receipt) ours=(receipt "$d/receipt.json" "$d/offer.json") theirs=(receipt "$d/receipt.json" --offer "$d/offer.json") ;;
        esac
        a=0 b=0
        said=$("$JUDGE" "${ours[@]}") || a=$?
        "$LEDGER_PY" "${theirs[@]}" >/dev/null || b=$?
        if [ "$a/$b" != "$expected/$expected" ]; then
            echo "$sample: expected $expected, formats/read $a ($said), oracle $b"
            wrong=$((wrong + 1))
        fi
    done < <(jq -r '.[] | [.sample, .check, .exit] | @tsv' "$MADE/ledger.json")
    [ $wrong = 0 ]
}

@test "statements of every type: both readers give the expected answer for every sample" {
    cd "$BATS_TEST_TMPDIR"
    "$HOZEN_SOURCE/tests/oracle/make_statements.py" --out made
    cut -f2 made/answers >expected
    [ "$(wc -l <expected)" -ge 2500 ]
    "$JUDGE" statements made/statements >ours
    "$LEDGER_PY" statements made/statements >theirs
    paste made/answers ours theirs | awk -F'\t' '$2 != $3 || $2 != $4 { print; wrong = 1 } END { exit wrong }'
}

@test "rules: both programs follow random runs of statements in the same way" {
    cd "$BATS_TEST_TMPDIR"
    said=0
    for seed in $(seq "$([ -n "${HOZEN_SLOW:-}" ] && echo 300 || echo 25)"); do
        "$HOZEN_SOURCE/tests/oracle/make_chain.py" --out run --seed "$seed"
        "$JUDGE-chain" run >ours
        "$HOZEN_SOURCE/tests/oracle/ledger_chain.py" run >theirs
        diff ours theirs || { echo "seed $seed"; return 1; }
        "$HOZEN_BIN/../tests/judge_export" run >ours # the checker of exports, which keeps no state as tables
        diff ours <(grep -xE 'ok|denied' theirs) || { echo "seed $seed, judge_export"; return 1; }
        said=$((said + $(grep -c '^ok$' ours)))
    done
    [ "$said" -ge 2500 ]
}
