#!/usr/bin/env bats
# Whatever sizes and names a host chooses, each file is in the bundle with its bytes, and nothing is written beside them.

bats_require_minimum_version 1.5.0
load 30-collect

setup() {
    OUT=$BATS_TEST_TMPDIR/out TREE=$BATS_TEST_TMPDIR/tree
    mkdir -p "$OUT"
}

@test "edges: trees at the edges of what is read at a time" {
    local seed seeds=8 compress=(none zstd gzip)
    [ "${HOZEN_SLOW:-}" != 1 ] || seeds=400
    for seed in $(seq "${EDGE_SEED:-1}" $((${EDGE_SEED:-1} + seeds - 1))); do
        echo "seed $seed"
        rm -rf "$TREE" "$OUT"/*
        "$TOOLS/edge_tree.py" "$seed" "$TREE"
        COMPRESS=${compress[seed % 3]} collect --item "edge" --path "$TREE" --digest "$([ $((seed % 4)) = 0 ] && echo sha256,sha512 || echo sha256)"
        sound "$OUT"/edge.*
        case $(ls "$OUT") in
        *.zst) zstd -dcq "$OUT"/edge.* ;;
        *.gz) gzip -dc "$OUT"/edge.* ;;
        *) cat "$OUT"/edge.* ;;
        esac >"$BATS_TEST_TMPDIR/plain.tar"
        find "$TREE" -print0 | "$TOOLS/account.py" "$BATS_TEST_TMPDIR/plain.tar" files long
    done
}
