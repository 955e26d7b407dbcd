#!/usr/bin/env bats
# Keys that an ssh-agent holds: a real agent with ordinary keys, and one of our own (49-agent.py) that signs as a FIDO token
# would, or answers what no agent should.

load 30-collect.bash
load 40-custody.bash

TOKENS="sk-ssh-ed25519@openssh.com sk-ecdsa-sha2-nistp256@openssh.com"

setup() {
    cd "$BATS_TEST_TMPDIR"
    OUT=$BATS_TEST_TMPDIR
    AGENTS=()
    unset SSH_AUTH_SOCK SSH_AGENT_PID
    mkdir tree
    echo hello >tree/file
}

teardown() {
    local pid
    for pid in "${AGENTS[@]}"; do kill "$pid" 2>/dev/null || true; done
}

# real_agent: OpenSSH's own, with an Ed25519 and a P-256 key: ed and ec.
real_agent() {
    export SSH_AUTH_SOCK=$BATS_TEST_TMPDIR/agent
    ssh-agent -D -a "$SSH_AUTH_SOCK" >/dev/null 2>&1 3>&- &
    AGENTS+=($!)
    local pid=$!
    ssh-keygen -q -t ed25519 -N '' -C "Sato Hanako <sato@csirt.example>" -f ed
    ssh-keygen -q -t ecdsa -b 256 -N '' -C "Tanaka Ken <tanaka@lab.example>" -f ec
    until ssh-add -l >/dev/null 2>&1 || [ $? = 1 ]; do # 1: it answers, and holds none yet
        kill -0 "$pid"
        sleep 0.05
    done
    ssh-add -q ed ec
    rm ed ec # nobody reads them from here
}

# test_agent NAME TYPE MODE [COMMENT]: one of ours with one key, its public half in NAME.pub.
test_agent() {
    export SSH_AUTH_SOCK=$BATS_TEST_TMPDIR/$1.socket
    "$HOZEN_SOURCE/tests/cli/49-agent.py" "$SSH_AUTH_SOCK" "$1" "$2" "$3" "${@:4}" >"$1.log" 2>&1 3>&- &
    AGENTS+=($!)
    until [ -S "$SSH_AUTH_SOCK" ] && [ -s "$1.pub" ]; do
        kill -0 "${AGENTS[-1]}"
        sleep 0.05
    done
}

key_of() { echo "agent:$(ssh-keygen -l -f "$1.pub" | cut -d' ' -f2)"; }
line_of() { echo "sato@csirt.example ${2:+$2 }$(cut -d' ' -f1,2 "$1.pub")"; }
take() { unshare --pid --mount --net --fork --mount-proc "$HOZEN_BIN/hozen-collect" --case I --operator S --out . --compress none --path "$PWD/tree" "$@"; }
ledger_of() { custody init "$1.db" --organisation "CSIRT Example" --key "$(key_of "$1")"; }

# keygen_holds BUNDLE NAME: ssh-keygen accepts the signature inside, by the key of that name.
keygen_holds() {
    local folder
    folder=$(basename "$1" .tar)
    tar -xf "$1" "$folder/tagmanifest-sha256.txt" "$folder/signatures"
    line_of "$2" >keygen.list
    ssh-keygen -Y verify -f keygen.list -I sato@csirt.example -n hozen-bundle-v1 -s "$folder"/signatures/*.sshsig \
        <"$folder/tagmanifest-sha256.txt"
}

@test "agent: bundles that its Ed25519 and P-256 keys sign hold for ssh-keygen, the oracle and hozen" {
    need_root
    real_agent
    for name in ed ec; do
        take --item "by-$name" --key "$(key_of "$name")" 2>said
        [ ! -s said ]
        keygen_holds "by-$name.tar" "$name"
        line_of "$name" 'namespaces="hozen-bundle-v1"' >list
        sound "by-$name.tar" list
    done
}

@test "agent: a countersignature beside a bundle" {
    need_root
    real_agent
    take --item one --json >made
    countersign one.tar --key "$(key_of ed)" --fingerprint "$(jq -r .fingerprint made)"
    line_of ed 'namespaces="hozen-countersign-v1"' >list
    sound one.tar list
}

@test "agent: init, intake, offer, accept and record, by people whose keys are in an agent" {
    local sato tanaka
    cp "$VECTORS/good/p256.tar" bundle.tar
    ITEM=$("$HOZEN_BIN/hozen-verify" verify --json bundle.tar | jq -r .bundle)
    real_agent
    sato=$(key_of ed) tanaka=$(key_of ec)
    custody init l.db --organisation "CSIRT Example" --key "$sato"
    [ "$(custody log --ledger l.db --json | jq -r .statement.actor.name)" = "Sato Hanako" ] # the agent's comment
    custody intake bundle.tar --ledger l.db --key "$sato" --location "locker 3"
    custody offer "$ITEM" --to ec.pub --purpose "analysis" --ledger l.db --key "$sato" --out offer.json
    custody accept offer.json --bundle bundle.tar --key "$tanaka" --out receipt.json
    custody record receipt.json --ledger l.db --key "$sato"
    [ "$(custodian l.db)" = "Tanaka Ken" ]
    consistent l.db
    "$LEDGER_PY" receipt receipt.json --offer offer.json
    key_new --for custody --name "Kondo Aoi <kondo@court.example>" --out kondo
    custody person add kondo.key.pub --checkpoint-signer --ledger l.db --key "$sato" --second-key kondo.key
    key_new --for custody --name "Mori Jun <mori@court.example>" --out mori
    custody person add mori.key.pub --checkpoint-signer --ledger l.db --key kondo.key --second-key "$sato"
    consistent l.db
}

@test "agent: tokens sign bundles that hold for ssh-keygen, the oracle and hozen; a touch is asked for" {
    need_root
    local type name=0
    for type in $TOKENS; do
        name=$((name + 1))
        test_agent "k$name" "$type" plain
        take --item "by-$name" --key "$(key_of "k$name")" 2>said
        [ "$(cat said)" = "hozen-collect: touch the token of the key $(key_of "k$name" | cut -d: -f2-) now; it waits for 60 seconds" ]
        keygen_holds "by-$name.tar" "k$name"
        line_of "k$name" >list
        sound "by-$name.tar" list
        [ "$("$HOZEN_BIN/hozen-verify" verify --json --signers list "by-$name.tar" | jq -r .verdict)" = verified ]
    done
}

@test "agent: tokens sign custody records, a touch for each" {
    local type name=0
    for type in $TOKENS; do
        name=$((name + 1))
        test_agent "k$name" "$type" plain
        ledger_of "k$name" 2>said
        [ "$(grep -c 'touch the token' said)" = 2 ] # the statement and the head
        consistent "k$name.db"
        custody audit --ledger "k$name.db" --json | jq -e '.checkpoints == "1"'
    done
}

@test "agent: what nobody touched is no custody record; in a bundle it is for the list to allow" {
    need_root
    local type name=0
    for type in $TOKENS; do
        name=$((name + 1))
        test_agent "k$name" "$type" untouched
        run ledger_of "k$name"
        [ "$status" = 3 ]
        [[ $output == *"signed without a touch"* ]]
        [ ! -e "k$name.db" ]
        take --item "by-$name" --key "$(key_of "k$name")"
        line_of "k$name" >list
        run "$HOZEN_BIN/hozen-verify" verify --signers list "by-$name.tar"
        [ "$status" = 1 ]
        [[ $output == *signer-untrusted* && $output == *"without the touch"* ]]
        line_of "k$name" no-touch-required >list
        sound "by-$name.tar" list
        line_of "k$name" no-touch-required,verify-required >list
        run "$HOZEN_BIN/hozen-verify" verify --signers list "by-$name.tar"
        [ "$status" = 1 ]
    done
}

@test "agent: a list can ask for the PIN" {
    need_root
    local mode
    for mode in plain verified; do
        test_agent "$mode" sk-ssh-ed25519@openssh.com "$mode"
        take --item "by-$mode" --key "$(key_of "$mode")"
        line_of "$mode" 'verify-required,namespaces="hozen-bundle-v1"' >list
        [ $mode = plain ] || sound "by-$mode.tar" list
    done
    line_of plain verify-required >list
    run "$HOZEN_BIN/hozen-verify" verify --signers list by-plain.tar
    [ "$status" = 1 ]
    run "$ORACLE/verify.py" --signers list by-plain.tar
    [ "$status" = 1 ]
}

@test "agent: what ssh-keygen signs through the agent, with all four kinds of keys, hozen accepts" {
    local name key
    cp "$VECTORS/good/p256.tar" bundle.tar
    tar -xOf bundle.tar --wildcards '*/tagmanifest-sha256.txt' >signed
    real_agent
    keep=$SSH_AUTH_SOCK
    test_agent k1 sk-ssh-ed25519@openssh.com plain
    test_agent k2 sk-ecdsa-sha2-nistp256@openssh.com plain
    for name in ed ec k1 k2; do
        case $name in e?) export SSH_AUTH_SOCK=$keep ;; *) export SSH_AUTH_SOCK=$BATS_TEST_TMPDIR/$name.socket ;; esac
        ssh-keygen -q -Y sign -f "$name.pub" -n hozen-countersign-v1 signed
        mv signed.sig "$name.sshsig"
        line_of "$name" >list
        run "$HOZEN_BIN/hozen-verify" verify --json --signers list --signature "$name.sshsig" bundle.tar
        [ "$status" = 0 ] || { echo "$name: $output"; false; }
        [ "$(jq -r '.signers[] | select(.trusted) | .key' <<<"$output")" = "$(key_of "$name" | cut -d: -f2-)" ]
    done
}

@test "agent: answers that no agent gives are refused, and nothing is recorded" {
    local type mode said
    while read -r type mode said; do
        rm -f k k.pub k.socket k.refused
        test_agent k "$type" "$mode"
        run timeout 300 "$HOZEN_BIN/hozen-custody" custody init l.db --organisation X --key "$(key_of k)"
        kill "${AGENTS[-1]}"
        [ "$status" = 3 ] || [ "$status" = 1 ] || { echo "$type $mode: exit $status: $output"; false; }
        [[ $output == *"$said"* ]] || { echo "$type $mode: $output"; false; }
        [ ! -e l.db ]
    done <<'CASES'
ssh-ed25519 count does not follow
ssh-ed25519 count-short does not follow
ssh-ed25519 list-cut does not follow
ssh-ed25519 length does not follow
ssh-ed25519 empty-list holds no key
ssh-ed25519 locked does not tell
ssh-ed25519 other-answer does not follow
ssh-ed25519 close was closed
ssh-ed25519 half was closed
ssh-ed25519 zero does not follow
ssh-ed25519 huge does not follow
ssh-ed25519 refuse did not sign
ssh-ed25519 sign-list does not follow
ssh-ed25519 sign-behind does not follow
ssh-ed25519 sign-cut not a signature
ssh-ed25519 sign-more not a signature
ssh-ed25519 sign-empty not a signature
ssh-ed25519 sign-long does not follow
ssh-ed25519 sign-type not a signature
ssh-ed25519 other-bytes gave a signature that does not verify
ecdsa-sha2-nistp256 sign-cut not a signature
ecdsa-sha2-nistp256 other-bytes gave a signature that does not verify
sk-ssh-ed25519@openssh.com sign-cut not a signature
sk-ssh-ed25519@openssh.com sign-more not a signature
sk-ssh-ed25519@openssh.com sign-flags gave a signature that does not verify
sk-ecdsa-sha2-nistp256@openssh.com sign-flags gave a signature that does not verify
sk-ecdsa-sha2-nistp256@openssh.com other-bytes gave a signature that does not verify
CASES
}

@test "agent: a key of another kind is not used" {
    real_agent
    ssh-keygen -q -t rsa -b 2048 -N '' -f rsa
    ssh-add -q rsa
    run custody init l.db --organisation X --name S --key "$(key_of rsa)"
    refused 3 "neither an ECDSA P-256 nor an Ed25519 key"
}

@test "agent: other keys beside it, and names full of escapes, do no harm" {
    test_agent k ssh-ed25519 others $'\e[31mSato\e]0;x\a <sato@csirt.example>'
    custody init l.db --organisation X --key "$(key_of k)" --name "Sato Hanako"
    consistent l.db
    test_agent l ssh-ed25519 plain $'\e[31mSato'
    run custody init m.db --organisation X --key "$(key_of l)"
    [ "$status" = 2 ]
    [[ $output == *--name* ]]
    [[ $output != *$'\e'* ]]
}

@test "agent: numbers with needless zeros are written in the one form that readers take" {
    test_agent k ecdsa-sha2-nistp256 padded
    ledger_of k
    consistent k.db
}

@test "agent: one that says nothing, or a byte now and then, is given up after ten seconds" {
    local mode status
    for mode in silent drip; do
        test_agent "$mode" ssh-ed25519 "$mode"
        {
            SECONDS=0 status=0
            timeout 400 "$HOZEN_BIN/hozen-custody" custody init "$mode.db" --organisation X --key "$(key_of "$mode")" >"$mode.said" 2>&1 || status=$?
            echo "$status $SECONDS" >"$mode.status"
        } 3>&- &
        AGENTS+=($!)
    done
    wait "${AGENTS[1]}" "${AGENTS[3]}"
    for mode in silent drip; do
        read -r status seconds <"$mode.status"
        [ "$status" = 3 ]
        [ "$seconds" -ge 9 ]
        [ "$seconds" -lt 400 ] # at a drop in 0.2 s the answer would take 800
        [[ $(cat "$mode.said") == *"time limit"* ]]
    done
}

@test "agent: none, another key, no fingerprint, a name that is too long" {
    local print=SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU long
    run custody init l.db --organisation X --key "agent:$print"
    refused 3 "SSH_AUTH_SOCK is not set"
    SSH_AUTH_SOCK=$BATS_TEST_TMPDIR/none run custody init l.db --organisation X --key "agent:$print"
    refused 3 "none"
    real_agent
    run custody init l.db --organisation X --key "agent:$print"
    refused 3 "holds no key $print"
    for wrong in agent: agent:SHA256: "agent:MD5:aa" "agent:${print}=" "agent:${print%?}" "agent:${print%?}!" "agent:${print%?}V"; do
        run custody init l.db --organisation X --key "$wrong"
        [ "$status" = 2 ]
        [[ $output == *"ssh-add -l"* ]]
    done
    printf -v long '%0200d' 0
    SSH_AUTH_SOCK=/$long run custody init l.db --organisation X --key "agent:$print"
    refused 3 "too long"
    [ ! -e l.db ]
}

@test "agent: the ledger is free while somebody looks for their token" {
    key_new --for custody --name "Tanaka Ken <tanaka@lab.example>" --out tanaka
    test_agent slow sk-ssh-ed25519@openssh.com plain
    ledger_of slow
    custody person add tanaka.key.pub --ledger slow.db --key "$(key_of slow)"
    kill "${AGENTS[-1]}"
    rm slow.socket
    test_agent slow sk-ssh-ed25519@openssh.com gate
    key_new --for custody --name "Kondo Aoi <kondo@court.example>" --out kondo
    key_new --for custody --name "Mori Jun <mori@court.example>" --out mori
    cp "$VECTORS/good/p256.tar" bundle.tar
    custody person add kondo.key.pub --ledger slow.db --key "$(key_of slow)" >waits 2>&1 3>&- &
    local waiting=$!
    until grep -q 'touch the token' waits; do
        kill -0 "$waiting"
        sleep 0.05
    done
    custody intake bundle.tar --ledger slow.db --key tanaka.key --location "locker 3"
    [ "$(entries slow.db)" = 3 ]
    touch slow.touched
    wait "$waiting"
    consistent slow.db
    [ "$(entries slow.db)" = 4 ]
    custody log --ledger slow.db | tail -n 20 | grep -q Kondo
}

@test "agent: a collection is not lost because the first touch was missed" {
    need_root
    test_agent k sk-ecdsa-sha2-nistp256@openssh.com refuse-once
    take --item one --key "$(key_of k)" 2>said
    grep -q 'not signed yet: ssh-agent did not sign' said
    [ "$(grep -c 'touch the token' said)" = 2 ]
    line_of k >list
    sound one.tar list
}

@test "agent: an export by tokens holds for hozen and the script inside; a signature that nobody touched does not" {
    local type name=0 beside
    for type in $TOKENS; do
        name=$((name + 1))
        test_agent "k$name" "$type" plain
        ledger_of "k$name"
        custody export "x$name" --ledger "k$name.db" --key "$(key_of "k$name")"
        line_of "k$name" >list
        "$HOZEN_BIN/hozen-verify" verify --signers list "x$name"
        sed -n '/^#!/,/^# end/p' "x$name/VERIFY.en.txt" >check.py
        python3 check.py "x$name" "$(key_of "k$name" | cut -d: -f2-)"
        beside=$(ls "x$name"/export.json.*.sshsig)
        /usr/bin/python3 - "$HOZEN_SOURCE/tests/oracle" "k$name" "x$name/export.json" "$beside" <<'SIGN'
import base64, sys
sys.path.insert(0, sys.argv[1])
import make, touch
blob = base64.b64decode(open(sys.argv[2] + ".pub").read().split()[1])
made = touch.sshsig(sys.argv[2], blob, open(sys.argv[3], "rb").read(), "hozen-ledger-v1", flags=0)
open(sys.argv[4], "wb").write(make.armour(made))
SIGN
        ssh-keygen -Y check-novalidate -n hozen-ledger-v1 -s "$beside" <"x$name/export.json" # asks for no touch
        run "$HOZEN_BIN/hozen-verify" verify --signers list "x$name"
        [ "$status" = 1 ]
        run python3 check.py "x$name"
        [ "$status" = 1 ]
        [[ $output == *"nobody touched the token"* ]]
    done
}
