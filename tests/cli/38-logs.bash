# shellcheck shell=bash
# For 38-logs.bats: a host with a /var/log, a /run/log and a journalctl of the test's own.
MACHINE=0123456789abcdef0123456789abcdef

# A host below $HOST: var (for /var/log), run (for /run/log), machine-id.
make_host() {
    HOST=$BATS_TEST_TMPDIR/host
    mkdir -p "$HOST/var/journal/$MACHINE" "$HOST/run"
    echo $MACHINE >"$HOST/machine-id"
}

# The sample journal, made once for this file of tests.
use_journal() {
    cp "$BATS_FILE_TMPDIR/sample.journal" "$HOST/var/journal/$MACHINE/system.journal"
}

# fake_journalctl LINE...: a script that stands where journalctl is. FORM in it: "export" or "text".
fake_journalctl() {
    {
        echo '#!/bin/bash'
        echo 'FORM=text; case "$*" in *--output=export*) FORM=export ;; esac'
        printf '%s\n' "$@"
    } >"$HOST/journalctl"
    chmod +x "$HOST/journalctl"
}

# on_host COMMAND...: with the host's folders in place, in namespaces of its own. $HOST/prepare is sourced there first.
on_host() {
    HOST=$HOST unshare --pid --mount --net --fork --mount-proc bash -c '
        set -e
        mount --bind "$HOST/var" /var/log
        mount --bind "$HOST/run" /run/log
        mount --bind "$HOST/machine-id" /etc/machine-id
        [ ! -e "$HOST/journalctl" ] || mount --bind "$HOST/journalctl" "$(readlink -f /usr/bin/journalctl)"
        [ ! -e "$HOST/prepare" ] || . "$HOST/prepare"
        exec "$@"' bash "$@"
}

# A collection on that host, into $OUT.
collect_there() {
    on_host "$HOZEN_BIN/hozen-collect" --case INC-2026-042 --operator "Sato Hanako" --out "$OUT" --compress none "$@"
}

# rows BUNDLE LIST SOURCE: the rows of a source in a list of the bundle, as one array.
rows() {
    record "$1" "$2" | jq -s --arg source "$3" 'map(select(.source == $source))'
}

# payload BUNDLE PATH: a payload file on stdout.
payload() {
    tar -xOf "$1" "$(basename "$1" .tar)/data/$2"
}

# has_member BUNDLE PART
has_member() {
    tar -tf "$1" | grep -F -- "$2"
}

# never COMMAND...: it must fail. (A line that begins with ! cannot fail a test.)
never() {
    if "$@"; then
        return 1
    fi
}
