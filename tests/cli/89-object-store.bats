#!/usr/bin/env bats
# The client of object stores, against a real one with Object Lock on the loopback and against one that lies.

bats_require_minimum_version 1.5.0

setup_file() {
    export WORK=$BATS_FILE_TMPDIR CLIENT=${HOZEN_BIN%/bin}/tests/object_client TOOLS=$HOZEN_SOURCE/tests/tools
    # one namespace for all tests: the store is started once
    unshare --net --fork sleep 3000 3>&- &
    echo $! >"$WORK/holder"
    until [ -n "$(pgrep -P "$(cat "$WORK/holder")")" ]; do sleep 0.05; done
    pgrep -P "$(cat "$WORK/holder")" >"$WORK/inside"
    within ip link set lo up
    within "$TOOLS/object_store.sh" start "$WORK/store" 3>&-
    head -c 70000000 /dev/urandom >"$WORK/large"
    send PUT evidence -H 'x-amz-bucket-object-lock-enabled: true' && send PUT plain
}

teardown_file() {
    "$TOOLS/object_store.sh" stop "$WORK/store"
    kill "$(cat "$WORK/inside")"
}

within() {
    nsenter --net="/proc/$(cat "$WORK/inside")/ns/net" "$@"
}

client() {
    within bash -c '. "$1/store/env"; shift; exec "$@"' - "$WORK" "$CLIENT" "$@"
}

# send METHOD PATH curl-option...: signed by curl's own code
send() {
    local method=$1 path=$2
    shift 2
    within bash -c '. "$1/store/env"; shift; exec curl -sS --aws-sigv4 aws:amz:us-east-1:s3 -u "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" -H "x-amz-content-sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" "$@"' \
        - "$WORK" -X "$method" "$@" "$AT/$path"
}
AT=http://127.0.0.1:7480
U=s3://evidence/case/one

@test "object store: a bucket without Object Lock, and none" {
    client $U bucket
    run client s3://plain bucket
    [ "$status" = 1 ]
    [[ $output == *"s3://plain: the bucket has no Object Lock"* ]]
    run client s3://nosuch bucket
    [[ $output == *"s3://nosuch: the store answered with status 404"* ]]
}

@test "object store: what is put is read back, looked at, listed" {
    client $U small 'a+b/one.txt' 'first words' >"$WORK/v1"
    client $U small 'a+b/one.txt' 'second words' >"$WORK/v2"
    [ "$(cat "$WORK/v1")" != "$(cat "$WORK/v2")" ]
    [ "$(client $U look 'a+b/one.txt')" = "12 $(cat "$WORK/v2")" ]
    [ "$(client $U read 'a+b/one.txt')" = "second words" ]
    [ "$(client $U read 'a+b/one.txt' "$(cat "$WORK/v1")")" = "first words" ]
    client $U small 'a+b/two.txt' ''
    [ "$(client $U list a | tr '\n' ' ')" = "a+b/one.txt a+b/two.txt " ]
    [ -z "$(client s3://evidence/case/other list)" ]
    run client $U look missing
    [[ $output == "-7 s3://evidence/case/one/missing: the store answered with status 404"* ]]
}

@test "object store: more keys than a page has" {
    client s3://evidence/many many k- 90 # the store is set to pages of 40
    # keys of others, which hold what they like
    for key in '%E8%A8%BC%E6%8B%A0' 'a%20b%2B%25c' '%01%1B%5Bm' '%3CKey%3E%26z'; do
        send PUT "evidence/many/$key" -H 'Content-Length: 0' -o "$WORK/said" -w '%{http_code}' | grep -x 200
    done
    client s3://evidence/many list >"$WORK/keys"
    [ "$(grep -cx 'k-[0-9]*' "$WORK/keys")" = 90 ]
    for key in 証拠 'a b+%c' $'\x01\x1b[m' '<Key>&z'; do grep -qxF "$key" "$WORK/keys"; done
    [ "$(sort -u "$WORK/keys" | wc -l)" = 94 ]
}

@test "object store: a large file in parts, and the rest of it after an interruption" {
    client $U put large "$WORK/large" >"$WORK/v"
    client $U read large "$(cat "$WORK/v")" | cmp - "$WORK/large"
    # killed in the midst of the second part
    coproc HELD { within "$TOOLS/object_store_swallow.py" 7480 hold partNumber=2 3>&-; }
    read -r port <&"${HELD[0]}"
    within bash -c '. "$1/store/env"; AWS_ENDPOINT_URL=$2 exec "$3" "$4" put again "$1/large"' - "$WORK" "http://127.0.0.1:$port" "$CLIENT" $U >/dev/null 2>&1 3>&- &
    read -r held <&"${HELD[0]}"
    [ "$held" = held ]
    kill -KILL "$(pgrep -P $!)"
    wait $! || true
    eval "exec ${HELD[1]}>&-"
    wait "$HELD_PID" || true
    send GET 'evidence?prefix=case%2Fone%2Fagain&uploads=' >"$WORK/uploads"
    grep -q '<UploadId>' "$WORK/uploads"
    client $U put again "$WORK/large" >"$WORK/v"
    client $U read again "$(cat "$WORK/v")" | cmp - "$WORK/large"
    send GET 'evidence?prefix=case%2Fone%2Fagain&uploads=' >"$WORK/uploads"
    run ! grep -q '<UploadId>' "$WORK/uploads" # it went on with that one
}

@test "object store: retention can become longer, not shorter; nothing can be deleted or bypassed" {
    client $U small kept 'kept words' >"$WORK/v"
    v=$(cat "$WORK/v")
    [ "$(client $U lock kept "$v")" = "-  " ]
    client $U keep kept "$v" 2036-11-21T00:00:00Z
    [[ $(client $U lock kept "$v") == "- COMPLIANCE 2036-11-21T00:00:00"*Z ]]
    run client $U keep kept "$v" 2030-11-21T00:00:00Z
    [[ $output == "-8 s3://evidence/case/one/kept: the store answered with status 403, AccessDenied" ]]
    client $U keep kept "$v" 2037-01-01T00:00:00Z
    client $U keep kept "$v" hold
    [[ $(client $U lock kept "$v") == "hold COMPLIANCE 2037-01-01T00:00:00"*Z ]]
    send DELETE "evidence/case/one/kept?versionId=$v" -o /dev/null -w '%{http_code}\n' >"$WORK/said"
    send DELETE "evidence/case/one/kept?versionId=$v" -o /dev/null -w '%{http_code}\n' -H 'x-amz-bypass-governance-retention: true' >>"$WORK/said"
    send DELETE "evidence/case/one/kept" -o /dev/null -w '%{http_code}\n' >>"$WORK/said" # a marker before it
    [ "$(tr '\n' ' ' <"$WORK/said")" = "403 403 204 " ]
    [ "$(client $U read kept "$v")" = "kept words" ]
    run client $U read kept
    [[ $output == "-7 "*"status 404"* ]]
}

@test "object store: wrong credentials, none, and a server that is gone; no secret is told" {
    run within bash -c '. "$1/store/env"; AWS_SECRET_ACCESS_KEY=wrong/secret "$2" s3://evidence read x' - "$WORK" "$CLIENT"
    [[ $output == "-8 s3://evidence/x: the store answered with status 403, SignatureDoesNotMatch" ]]
    run env -u AWS_ACCESS_KEY_ID HOME="$WORK" AWS_ENDPOINT_URL=$AT "$CLIENT" s3://evidence bucket
    [[ $output == *"no credentials for the object store: set AWS_ACCESS_KEY_ID"* ]]
    printf '[other]\naws_access_key_id = a\n[keeper]\naws_access_key_id = SAMPLEACCESSKEY\naws_secret_access_key=sample/secret+key\n' >"$WORK/credentials"
    within env AWS_ENDPOINT_URL=$AT AWS_SHARED_CREDENTIALS_FILE="$WORK/credentials" AWS_PROFILE=keeper "$CLIENT" $U bucket
    "$TOOLS/object_store.sh" pause "$WORK/store"
    run client $U bucket
    within "$TOOLS/object_store.sh" go-on "$WORK/store" 3>&-
    [[ $output == *"s3://evidence: "*"onnect"* ]]
    run ! grep -r 'sample/secret' "$WORK/said"
}

@test "object store: one that lies is refused" {
    ask() { # WAY command...
        local way=$1 fake
        shift
        coproc FAKE { exec "$TOOLS/object_store_fake.py" "$way" 3>&-; }
        read -r port <&"${FAKE[0]}"
        run env AWS_ENDPOINT_URL="http://127.0.0.1:$port" AWS_ACCESS_KEY_ID=a AWS_SECRET_ACCESS_KEY=b timeout 600 "$CLIENT" s3://evidence "$@"
        fake=$FAKE_PID # once it has ended the shell forgets these
        eval "exec ${FAKE[1]}>&-"
        wait "$fake"
    }
    ask short read x
    [[ $status = 1 && $output == *"the store sent less than it had promised"* ]]
    ask piece read x
    [[ $status = 1 && $output == "-4 "*"status 206 instead of the object"* ]]
    ask endless list
    [[ $status = 1 && $output == *"the store's answer is too long"* ]]
    ask bomb list
    [[ $status = 1 && $output == *"no XML of the kind expected"* || $output == *"not asked for"* ]]
    ask escape list
    [[ $status = 1 && $output == "-2 s3://evidence: the store answered with status 500" ]]
    ask redirect list
    [[ $status = 1 && $output == *"status 307"* ]]
    head -c 100 /dev/zero >"$WORK/small"
    ask loop list
    [[ $status = 1 && $output == *"does not end"* ]]
}
