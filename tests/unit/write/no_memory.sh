#!/bin/bash
# no_memory.sh DRIVER LIBRARY ALGORITHM [STEP [HOW...]]: one allocation after the other fails, the first 64 and then every STEPth (41;
# 1 takes minutes: most of the ten thousand are OpenSSL's). The writer says so, and leaves nothing that is signed.
set -euo pipefail
driver=$1 library=$2 algorithm=$3 step=${4:-41}
how=("${@:5}")
[ -r "$library" ] || { echo "no such library: $library" >&2; exit 1; }
work=$(mktemp -d "${TMPDIR:-/tmp}/hozen-memory.XXXXXX")
trap 'rm -rf "$work"' EXIT
fail() { echo "FAILED at allocation $at: $*" >&2; cat "$work/err" >&2; exit 1; }

unpack() { # what of the tar can be had
  case " ${how[*]} " in
    *" zstd "*) zstd -dqc "$work/out/sample.tar" ;;
    *) cat "$work/out/sample.tar" ;;
  esac > "$work/tar" 2> /dev/null || true
}

runs=0 other=0
for ((at = 0; at < 100000; at += at < 64 ? 1 : step)); do
  runs=$((runs + 1))
  rm -rf "$work/out"
  mkdir "$work/out"
  status=0
  FAIL_AT=$at LD_PRELOAD=$library "$driver" "$work/out" "$algorithm" 3 "$work/out/key" "${how[@]}" > "$work/said" 2> "$work/err" || status=$?
  if grep -q 'not reached' "$work/err"; then
    [ $status = 0 ] && grep -q '^content_id=' "$work/said" || fail "status $status with all memory"
    break
  fi
  case $status in
    0) grep -q '^content_id=' "$work/said" || fail "silent" ;; # OpenSSL could do without
    1) [ -s "$work/err" ] || fail "no message"
       grep -q 'out of memory' "$work/err" || other=$((other + 1))
       unpack
       ! grep -q 'SSH SIGNATURE' "$work/tar" || fail "signed all the same" ;;
    *) fail "status $status" ;;
  esac
done
# OpenSSL that lacks a part since an earlier call does not always know why
[ $((other * 10)) -lt "$runs" ] || fail "$other of $runs give another reason"
[ "$at" -gt 50 ] || fail "too few allocations to believe it"
echo "good: $at allocations, another reason $other times of $runs, $algorithm ${how[*]}"
