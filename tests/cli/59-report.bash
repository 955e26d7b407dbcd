# shellcheck shell=bash
# A case from beginning to end in one ledger, by a clock that stands still; for the tests of forms.

# at TIME COMMAND...: hozen-custody at that time of 2026-11-20, in UTC.
at() {
    local time=$1
    shift
    # the library of the clock comes before that of a sanitizer
    TZ=UTC ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0 faketime -f "2026-11-20 $time" \
        "$HOZEN_BIN/hozen-custody" "$@" </dev/null
}

HOSTILE_TITLE='Web <b>server</b> & "breach" </title><script>alert(1)</script>'
HOSTILE_NOTE=$'=1+1 \xe2\x80\xaeevil\xe2\x80\xac <img src=x onerror=alert(2)>'

# Sato takes a bundle in and gives it to Tanaka, who works with it and at last disposes of it. In the present folder.
play() {
    local ledger=(--ledger l.db) sato=(--key "$KEYS/sato.key") tanaka=(--key "$KEYS/tanaka.key")
    local both=("${tanaka[@]}" --second-key "$KEYS/kondo.key")
    cp "$VECTORS/good/p256.tar" bundle.tar
    cp bundle.tar working.tar
    echo picture >bag.jpg
    at 09:00:00 custody init l.db --organisation "CSIRT Example" "${sato[@]}" --role custodian --contact +81-3-0000-0000
    at 09:01:00 custody person add "$KEYS/kondo.key.pub" "${ledger[@]}" "${sato[@]}" --role counsel \
        --organisation "Court Example" --checkpoint-signer --second-key "$KEYS/kondo.key"
    at 09:02:00 custody case INC-2016-001 "${ledger[@]}" "${sato[@]}" --title "$HOSTILE_TITLE" --severity SEV-2 \
        --detected 2026-11-20T08:10:00+09:00 --reporter "Mori Yui" --symptoms "pages changed" --privilege "CONFIDENTIAL"
    at 09:03:00 custody note --case INC-2016-001 "${ledger[@]}" "${sato[@]}" --kind containment \
        --text "web server cut from the network" --at 2026-11-20T08:40:00+09:00
    at 09:10:00 custody intake bundle.tar "${ledger[@]}" "${sato[@]}" --location "evidence locker 3" --condition "sealed bag"
    at 09:12:00 custody photograph SAMPLE-1 "${ledger[@]}" "${sato[@]}" --picture bag.jpg --description "the sealed bag" \
        --by "Sato Hanako"
    at 09:20:00 custody offer SAMPLE-1 "${ledger[@]}" "${sato[@]}" --to "$KEYS/tanaka.key.pub" --purpose "malware analysis" \
        --seal A-1001 --transport courier --tracking T-9 --expires 2026-12-01T00:00:00Z --out offer.json
    at 09:25:00 custody courier SAMPLE-1 "${ledger[@]}" "${sato[@]}" --name "Ito Ren" --organisation "Express Example" \
        --seal A-1001
    at 10:00:00 custody accept offer.json --bundle bundle.tar "${tanaka[@]}" --location "lab safe 2" \
        --condition "seal unbroken" --out receipt.json
    at 10:05:00 custody record receipt.json "${ledger[@]}" "${sato[@]}"
    at 10:10:00 custody copy SAMPLE-1 "${ledger[@]}" "${tanaka[@]}" --copy work-1 --role working --file working.tar \
        --medium "USB stick" --place "lab desk"
    at 10:11:00 custody checkout SAMPLE-1 "${ledger[@]}" "${tanaka[@]}" --copy work-1 --to "Abe Jun" --purpose unpacking
    at 10:12:00 custody return SAMPLE-1 "${ledger[@]}" "${tanaka[@]}" --copy work-1 --condition unchanged --place "lab desk"
    at 10:13:00 custody recheck SAMPLE-1 "${ledger[@]}" "${tanaka[@]}" --bundle working.tar --copy work-1
    at 10:14:00 custody move SAMPLE-1 "${ledger[@]}" "${tanaka[@]}" --place "lab safe 3" --reason "safe 2 is full"
    at 10:15:00 custody note SAMPLE-1 "${ledger[@]}" "${tanaka[@]}" --text "$HOSTILE_NOTE" --kind analysis
    at 10:20:00 custody hold SAMPLE-1 "${ledger[@]}" "${tanaka[@]}" --hold lit-1 --authority "order 42" --reason litigation
    at 10:30:00 custody lift SAMPLE-1 "${ledger[@]}" "${both[@]}" --hold lit-1 --authority "order 43" --reason "case closed"
    at 10:40:00 custody dispose SAMPLE-1 "${ledger[@]}" "${tanaka[@]}" --plan --method shredding --authority "order 44"
    at 10:50:00 custody dispose SAMPLE-1 "${ledger[@]}" "${both[@]}" --method shredding --authority "order 44" \
        --witness "Abe Jun"
    at 11:00:00 custody intake --item USB-1 --kind device "${ledger[@]}" "${sato[@]}" --case INC-2016-001 --location "evidence locker 3" \
        --exhibit K-7 --condition "dented" --description "USB stick of the intruder" --make Example --model Stick-1 --serial 4711 \
        --asset-tag AT-1 --host-name web01 --machine-id 0123456789abcdef0123456789abcdef --mac 02:00:00:00:00:01 \
        --ip 192.0.2.1 --os "Debian 12" --seal S-9 --discovered-at 2026-11-20T09:05:00+09:00 \
        --discovered-location "server room" --discovered-by "Mori Yui" --collected-at 2026-11-20T09:15:00+09:00 \
        --collected-location "rack 4" --collected-by "Sato Hanako" --collected-with "by hand" --command-line "none" \
        --authority "consent of the owner" --reason "found in the server" --method "pulled out" --gaps "content not read" \
        --changes "none known" --clock-offset "+2 s" --clock-known-by "compared with NTP" --witness "Abe Jun" --witness "Ito Ren" \
        --responsible "Kondo Aoi"
} >/dev/null 2>&1
