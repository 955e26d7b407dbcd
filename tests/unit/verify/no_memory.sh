#!/usr/bin/env bash
# hozen-verify with an allocation that fails, one after the other: the answer is the right one, or none (exit 3). Memory that
# is missing must never look like a signature that does not hold, and nothing may crash. (The jailed child has all memory: it
# checks no signature.)
# no_memory.sh PROGRAM NO_MEMORY.so BUNDLE SIGNERS
set -uo pipefail
program=$1 shim=$2 bundle=$3 signers=$4
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
step=$([ "${HOZEN_SLOW:-}" = 1 ] && echo 1 || echo 9) # an operation of OpenSSL allocates some ten times
bad=0 runs=0
for ((i = 0; ; i += i < 120 ? 1 : step)); do
    timeout 200 env FAIL_PARENT=1 FAIL_AT="$i" LD_PRELOAD="$shim" "$program" verify --json --signers "$signers" "$bundle" >"$work/out" 2>"$work/err" </dev/null
    status=$?
    runs=$((runs + 1))
    if [ $status = 3 ] && [ ! -s "$work/out" ] && grep -qE 'out of memory|Cannot allocate memory' "$work/err"; then
        continue
    elif [ $status = 134 ] && grep -q 'fips_enabled.* in libgcrypt' "$work/err"; then
        continue # before libgcrypt can be told not to abort
    elif [ $status != 0 ] || ! grep -q '"verdict":"verified"' "$work/out"; then
        echo "allocation $i: exit $status: $(cat "$work/err" "$work/out")"
        bad=$((bad + 1))
    elif grep -q 'not reached' "$work/err"; then
        break
    fi
done
echo "$runs runs, $bad wrong"
[ $bad = 0 ] && [ $runs -gt 200 ]
