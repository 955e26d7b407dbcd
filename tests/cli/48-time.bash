# shellcheck shell=bash
# A time-stamp authority of our own for the tests: openssl ts, and a small server for it on loopback.
unset SERVER

# make_authority DIR [FROM UNTIL]: root (root.pem) and authority (tsa.pem, tsa.key), valid from one time to another.
make_authority() {
    local dir=$1 from=${2:-$(date -u -d '-1 hour' '+%F %T')} until=${3:-$(date -u -d '+10 years' '+%F %T')}
    local days=$((($(date -u -d "$until" +%s) - $(date -u -d "$from" +%s)) / 86400))
    mkdir -p "$dir"
    (
        cd "$dir"
        # clocks that stand still: only what is asked for decides
        at 2010-01-01 openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -keyout root.key -out root.pem -days 14600 \
            -subj "/O=Example/CN=Example Root" -addext basicConstraints=critical,CA:TRUE
        openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -keyout tsa.key -out tsa.csr -subj "/O=Example/CN=Example Time"
        at "$from" openssl x509 -req -in tsa.csr -CA root.pem -CAkey root.key -CAcreateserial -days "$days" \
            -out tsa.pem -extfile <(echo "extendedKeyUsage=critical,timeStamping")
        echo 01 >serial
        cat >ts.cnf <<'CNF'
[tsa]
default_tsa = t
[t]
serial = ./serial
crypto_device = builtin
signer_cert = ./tsa.pem
signer_key = ./tsa.key
signer_digest = sha256
default_policy = 1.3.6.1.4.1.32473.1
digests = sha256, sha384, sha512
accuracy = secs:1
clock_precision_digits = 3
ess_cert_id_chain = no
ess_cert_id_alg = sha256
CNF
    ) >/dev/null 2>&1
}

# at TIME COMMAND...: with a clock that stands still there. TIME empty: the real one.
at() {
    local time=$1
    shift
    if [ -z "$time" ]; then "$@"; return; fi
    # the library of the clock comes before that of a sanitizer
    TZ=UTC FAKETIME_DONT_FAKE_MONOTONIC=1 DONT_FAKE_MONOTONIC=1 ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0 faketime -f "$(date -u -d "$time" "+%F %T")" "$@"
}

# answer DIR QUERY OUT [TIME]: what the authority says, now or at a time.
answer() {
    local query out
    query=$(realpath "$2") out=$(realpath -m "$3")
    (cd "$1" && at "${4:-}" openssl ts -reply -config ts.cnf -queryfile "$query" -out "$out") 2>/dev/null
}

# stamp DIR FILE OUT [TIME]: a token over a file.
stamp() {
    openssl ts -query -data "$2" -sha256 -cert -out "$3.query" 2>/dev/null
    answer "$1" "$3.query" "$3" "${4:-}"
    rm "$3.query"
}

# serve DIR [MODE]: the authority on loopback; its address in $URL, its process in $SERVER.
serve() {
    rm -f "$1/address"
    python3 "$HOZEN_SOURCE/tests/cli/48-authority.py" "$1" "${2:-good}" >"$1/address" 2>"$1/log" 3>&- &
    SERVER=$!
    until [ -s "$1/address" ]; do
        kill -0 "$SERVER" || return 1
        sleep 0.1
    done
    URL=$(cat "$1/address")
}

stop_serving() {
    [ -z "${SERVER:-}" ] || { kill "$SERVER" && wait "$SERVER" || true; } 2>/dev/null
    SERVER=
}
