#!/usr/bin/env bats
# The archive: marks that are unfinished, lost or altered, strange things in a copy, other names of a target, commands
# that were killed.

bats_require_minimum_version 1.5.0
load 67-archive.bash

put() { sato put "$ITEM" --bundle bundle.tar --parity "${PARITY:-none}" "$@"; }
# left FILE: as a run that was killed leaves it.
left() { head -c 40 bundle.tar >"$1.partial"; }

@test "archive: what a killed command left unfinished is begun anew; what is somebody's else is named and not touched" {
    : >a/hozen-archive.json.partial
    put --to a >/dev/null
    [ ! -e a/hozen-archive.json.partial ]
    mkdir b/below
    ln -s /etc/hostname b/hozen-archive.json.partial
    run put --to b
    refused 3 "hozen-archive.json.partial is there already, is no file that a run of this user left"
    [ -L b/hozen-archive.json.partial ]
    rm b/hozen-archive.json.partial
    mkdir out
    left out/bundle.tar
    sato get "$ITEM" --to out >/dev/null
    cmp out/bundle.tar bundle.tar
    left index
    sato export-index index >/dev/null
    [ ! -e index.partial ]
    # two names: the other one may be needed
    left two
    ln two.partial other
    run sato export-index two
    refused 3 "two.partial is there already"
    # one that is at work
    rm other
    exec 9<two.partial
    flock 9
    run sato export-index two 9<&-
    exec 9<&-
    refused 3 "another process is at work there"
    sato export-index two >/dev/null
}
