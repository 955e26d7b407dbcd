#!/usr/bin/env bats
# samples/quickstart.sh with trees that people name, on the release build.

setup() {
    export TMPDIR=$BATS_TEST_TMPDIR/tmp HOME=$BATS_TEST_TMPDIR
    mkdir "$TMPDIR"
    cd "$BATS_TEST_TMPDIR"
}

# The last step was reached, and the temporary folder is gone.
quickstart() { # tree
    run "$HOZEN_SOURCE/samples/quickstart.sh" --no-build --tree "$1"
    echo "$output"
    [ "$status" = 0 ]
    [[ $output == *"hozen verify forged.tar"*"payload-altered"*"== "* ]]
    [ -z "$(ls -A "$TMPDIR")" ]
}

@test "quickstart: a tree named relative to where it is started" {
    mkdir tree
    echo content >tree/file
    quickstart tree
    [[ $output == *"# QUICKSTART-1/data/files/"*/tree/file* ]]
}

@test "quickstart: a tree whose only name is Japanese, with a blank, and longer than 255 bytes" {
    local long
    long="報告書 $(printf 'あ%.0s' {1..75})"
    mkdir -p "$long/$long"
    echo content >"$long/$long/メモ"
    LC_ALL=C.UTF-8 LANG=ja_JP.UTF-8 quickstart "$PWD/$long"
    [[ $output == *"# QUICKSTART-1/data/files/"*=E3=83=A1=E3=83=A2* ]]
}

@test "quickstart: a tree without content, and one that is not there" {
    mkdir nothing
    quickstart nothing
    quickstart missing
    [[ $output == *"# QUICKSTART-1/data/system/"* ]]
}

@test "quickstart: interrupted, it leaves nothing behind" {
    mkdir tree slow
    # one of its last commands does not end before the signal
    cat >slow/zstd <<SCRIPT
#!/bin/sh
case "\$*" in *forged*) touch "$PWD/there" && exec sleep 600 ;; esac
exec $(type -P zstd) "\$@"
SCRIPT
    chmod +x slow/zstd
    set -m # or the shell would have it ignore the signal
    PATH=$PWD/slow:$PATH "$HOZEN_SOURCE/samples/quickstart.sh" --no-build --tree tree >out 2>&1 3>&- &
    until [ -e there ]; do
        kill -0 $!
        sleep 0.05
    done
    kill -INT -- -$!
    wait $! || [ $? = 130 ]
    [ -z "$(ls -A "$TMPDIR")" ]
    grep -q '^\$ zstd' out
    ! grep -q '^== done' out
}
