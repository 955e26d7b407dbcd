#!/usr/bin/env bats
# What is taken into custody and is no bundle: things, files where they lie, archives of other collectors.

bats_require_minimum_version 1.5.0
load 40-custody.bash

setup_file() {
    export KEYS=$BATS_FILE_TMPDIR/keys
    make_keys
}

setup() { start; }

# take ITEM OPTION...: Sato takes it in.
take() {
    local item=$1
    shift
    custody intake --item "$item" --location "evidence locker 3" --ledger l.db --key "$KEYS/sato.key" "$@"
}

# intake_of ITEM JQ: what its intake says.
intake_of() {
    custody log "$1" --ledger l.db --json | jq -cr ".statement | select(.type == \"intake\") | $2"
}

@test "intake: a device without a file, with all that a custody record must be able to hold" {
    run take LAPTOP-1 --kind device --case INC-1 --exhibit E-1 --description "laptop of the accounts desk" --make Lenovo \
        --model X1 --serial SN-1 --asset-tag 77 --host-name web01 --machine-id abc --mac 00:11:22:33:44:55 --ip 192.0.2.1 \
        --os "Debian 12" --seal A-1 --discovered-at 2026-11-20T19:00:00+09:00 --discovered-location "room 3" \
        --discovered-by "Mori Jun" --collected-at 2026-11-20T11:00:00Z --collected-location "room 4" --collected-by "Abe Rin" \
        --collected-with "hands 1.0" --command-line "none" --authority "order 12" --reason incident --method "powered off" \
        --gaps "no charger" --changes "lid closed" --clock-offset "+12 s" --clock-known-by "compared with NTP" \
        --witness "Kondo Aoi" --witness "Ito Ken" --responsible "Oda Mai" --condition scratched
    [ "$status" = 0 ]
    [[ ${lines[0]} =~ ^item:\ +LAPTOP-1$ && ${lines[1]} =~ ^kind:\ +device$ && ${lines[2]} =~ ^head:\ +2\  ]]
    [ "$(intake_of LAPTOP-1 .body | jq -cS 'del(.tool)')" = "$(jq -cS . <<'JSON'
{"kind":"device","location":"evidence locker 3","condition":"scratched","exhibit":"E-1","responsible":"Oda Mai",
 "witnesses":["Kondo Aoi","Ito Ken"],"clock":{"offset":"+12 s","known_by":"compared with NTP"},
 "source":{"description":"laptop of the accounts desk","make":"Lenovo","model":"X1","serial":"SN-1","asset_tag":"77",
  "host":"web01","machine_id":"abc","mac":"00:11:22:33:44:55","ip":"192.0.2.1","os":"Debian 12","seal":"A-1"},
 "discovered":{"at":"2026-11-20T19:00:00+09:00","location":"room 3","by":"Mori Jun"},
 "collected":{"at":"2026-11-20T11:00:00+00:00","location":"room 4","by":"Abe Rin","tool":"hands 1.0",
  "command_line":"none","authority":"order 12","reason":"incident","method":"powered off","gaps":"no charger",
  "changes":"lid closed"}}
JSON
)" ]
    [ "$(intake_of LAPTOP-1 '[.case, .file_sha256, .content_id] | tostring')" = '["INC-1",null,null]' ]
    run custody show LAPTOP-1 --ledger l.db
    [ "$status" = 0 ]
    [[ $output == *"integrity:     undetermined"* && $output != *"file sha256"* ]]
    [[ $output == *"serial number: SN-1"*"asset tag:     77"*"witness:       Kondo Aoi"*"witness:       Ito Ken"* ]]
    custody show LAPTOP-1 --ledger l.db --json >answer
    "$HOZEN_SOURCE/tests/oracle/shapes.py" --file show answer
    custody log LAPTOP-1 --ledger l.db | tr -s ' \n' ' ' | grep -q "serial number: SN-1; asset tag: 77; .*; witness: Ito Ken"
    consistent l.db
}

@test "intake: a file is hashed where it lies, with its times kept" {
    head -c 5000001 /dev/urandom >image.dd
    touch -d '2020-01-02 03:04:05.678' image.dd
    times=$(stat -c '%x %y %z' image.dd)
    run take IMAGE-1 --file image.dd --kind image --sha512
    [ "$status" = 0 ]
    [ "$(stat -c '%x %y %z' image.dd)" = "$times" ]
    [[ $output == *"file sha256:   $(sha256sum <image.dd | cut -d' ' -f1)"* ]]
    [ "$(intake_of IMAGE-1 '[.file_sha256, .body.sha512, .body.size, .body.kind] | join(" ")')" = \
        "$(sha256sum <image.dd | cut -d' ' -f1) $(sha512sum <image.dd | cut -d' ' -f1) 5000001 image" ]
    [ "$(find . -size +1000k -type f)" = ./image.dd ]
    for size in 0 1 4095 4096 4097 4194304 4194305; do
        head -c $size /dev/urandom >"f$size"
        take "FILE-$size" --file "f$size" --json >answer
        "$HOZEN_SOURCE/tests/oracle/shapes.py" --file custody-result answer
        [ "$(jq -r .file_sha256 answer)" = "$(sha256sum <"f$size" | cut -d' ' -f1)" ]
        [ "$(intake_of "FILE-$size" '.body | .kind + " " + .size + " " + (.sha512 | tostring)')" = "file $size null" ]
    done
    consistent l.db
}

@test "intake: what is no file, or of two minds, is refused and nothing is recorded" {
    ln -s bundle.tar link
    mkfifo pipe
    for path in link pipe . /dev/null; do
        run take X --file "$path"
        [ "$status" = 3 ]
        [ "$(grep -c . <<<"$output")" = 1 ]
    done
    run take X --file link
    refused 3 "is a symbolic link"
    run take X --file missing
    refused 3 "missing"
    run take X
    refused 2 "--kind"
    run take X --kind export
    refused 2 "name it with --file"
    run take X bundle.tar --kind file
    refused 2 "no bundle"
    run take X bundle.tar --file bundle.tar
    refused 2 "no bundle"
    run take X --kind paper --sha512
    [ "$status" = 2 ]
    run take X --kind paper --fingerprint "$(ssh-keygen -lf "$KEYS/sato.key.pub" | cut -d' ' -f2)"
    refused 2 "--fingerprint"
    mapfile -t witnesses < <(printf -- '--witness\nW%s\n' {1..17})
    run take X --kind paper "${witnesses[@]}"
    refused 2 "at most 16"
    run custody intake --kind paper --location here --ledger l.db --key "$KEYS/sato.key"
    refused 2 "--item"
    [ "$(entries l.db)" = 1 ]
    take X --kind paper "${witnesses[@]:0:32}"
    run take X --kind paper
    refused 3 "in this ledger already"
    [ "$(entries l.db)" = 2 ]
}

@test "intake: a bundle with an exhibit number and a source" {
    custody intake bundle.tar --ledger l.db --key "$KEYS/sato.key" --location "locker 3" --exhibit E-2 --seal A-7
    # shellcheck disable=SC2153
    [ "$(intake_of "$ITEM" '.body | .exhibit + .source.seal + (.kind | tostring) + .evidence.integrity')" = E-2A-7nullintact ]
    run custody intake bundle.tar --case OTHER --ledger l.db --key "$KEYS/sato.key" --location "locker 3"
    refused 2 "leave --case out"
}

@test "intake: hostile words are escaped wherever they are shown" {
    take EVIL --kind other --description $'\xe2\x80\xaereversed' --seal '<script>"'
    run custody log EVIL --ledger l.db
    [[ $output == *'\xe2\x80\xaereversed'* && $output != *$'\xe2\x80\xae'* ]]
    run take EVIL2 --kind other --description $'a\033[31m'
    [ "$status" = 2 ]
}

@test "recheck: of a file that is no bundle by its digest" {
    head -c 100000 /dev/urandom >image.dd
    take IMAGE-1 --file image.dd --kind image
    custody recheck IMAGE-1 --bundle image.dd --ledger l.db --key "$KEYS/sato.key"
    [ "$(custody show IMAGE-1 --ledger l.db --json | jq -r '.items[0].integrity')" = intact ]
    printf 'other bytes' | dd of=image.dd bs=1 seek=500 conv=notrunc status=none
    run custody recheck IMAGE-1 --bundle image.dd --ledger l.db --key "$KEYS/sato.key"
    [ "$status" = 1 ]
    [ "$(custody show IMAGE-1 --ledger l.db --json | jq -r '.items[0].integrity')" = altered ]
    [ "$(custody audit --ledger l.db --json | jq -r '.findings[0].code')" = integrity-failed ]
}

# listed FILE: the listing of an archive, which has its shape and the digest that the intake says.
listed() {
    take "AR-$1" --file "$1" --kind archive --listing "$1.jsonl" --json >answer
    "$HOZEN_SOURCE/tests/oracle/shapes.py" --file custody-result answer --lines listing-line "$1.jsonl"
    [ "$(jq -r .files.listing answer)" = "$1.jsonl" ]
    [ "$(intake_of "AR-$1" '.body.listing | .sha256 + " " + .members')" = \
        "$(sha256sum <"$1.jsonl" | cut -d' ' -f1) $(($(wc -l <"$1.jsonl") - 2))" ]
    [ "$(sed -n 1p "$1.jsonl" | jq -r .file_sha256)" = "$(sha256sum <"$1" | cut -d' ' -f1)" ]
    [ "$(tail -n 1 "$1.jsonl" | jq -r .format)" = "$(intake_of "AR-$1" .body.listing.format)" ]
}

outcome() { tail -n 1 "$1.jsonl" | jq -r .outcome; }

make_tree() {
    mkdir -p tree/d
    echo hello >tree/a
    head -c 300000 /dev/urandom >tree/d/big
    touch -d 2001-02-03T04:05:06Z tree/a
    echo x >"tree/日本語"
}

@test "archive: tar, packed or not, zip and 7z, member by member" {
    make_tree
    for pack in "" z j J; do tar -c${pack}f "a$pack" tree; done
    tar --zstd -cf azstd tree
    LC_ALL=C.UTF-8 bsdtar --format zip -cf zip tree
    LC_ALL=C.UTF-8 bsdtar --format 7zip -cf 7z tree
    for archive in a az aj aJ azstd zip 7z; do
        listed "$archive"
        [ "$(outcome "$archive")" = complete ]
        jq -r 'select(.sha256) | .sha256 + "  " + .name' "$archive.jsonl" | sha256sum -c --quiet
        [ "$(jq -r 'select(.sha256) | .name' "$archive.jsonl" | wc -l)" = 3 ]
        [[ $(jq -r 'select(.name == "tree/a") | .size + " " + .mtime' "$archive.jsonl") == "6 2001-02-03T04:05:06."* ]]
        [ "$(intake_of "AR-$archive" '.body.inspection')" = null ]
    done
    [ "$(tail -qn 1 ./*.jsonl | jq -r .format | sort | tr '\n' ' ')" = "7z tar tar+bzip2 tar+gzip tar+xz tar+zstd zip " ]
    consistent l.db
    run custody log AR-az --ledger l.db
    [[ $(tr -s ' \n' ' ' <<<"$output") == *"members listed: 5; sha256 of the listing: "* ]]
}

@test "archive: links, devices, and names of any bytes" {
    python3 - <<'PY'
import tarfile
t = tarfile.open("x", "w", format=tarfile.GNU_FORMAT, encoding="utf-8", errors="surrogateescape")
def add(name, kind, link=""):
    m = tarfile.TarInfo(name); m.type = kind; m.linkname = link; m.mtime = 1
    t.addfile(m)
for name, kind, link in (("../../etc/passwd", tarfile.REGTYPE, ""), ("/abs", tarfile.REGTYPE, ""), ("l", tarfile.SYMTYPE, "/etc\udcff"), ("h", tarfile.LNKTYPE, "l"),
                         ("p", tarfile.FIFOTYPE, ""), ("c", tarfile.CHRTYPE, ""), ("b", tarfile.BLKTYPE, ""),
                         ("evil\x1b[31m\n\udcfe", tarfile.REGTYPE, ""), ("n" * 5000, tarfile.REGTYPE, "")):
    add(name, kind, link)
t.close()
PY
    listed x
    [ "$(outcome x)" = complete ]
    [ "$(jq -r 'select(.name) | .type' x.jsonl | tr '\n' ' ')" = \
        "file file symlink hardlink fifo character-device block-device file file " ]
    [ "$(jq -r 'select(.type == "symlink") | .target_b64' x.jsonl | base64 -d | od -An -tx1)" = " 2f 65 74 63 ff" ]
    [ "$(jq -r 'select(.name_b64) | .name_b64' x.jsonl | base64 -d | od -An -tx1)" = " 65 76 69 6c 1b 5b 33 31 6d 0a fe" ]
    [ "$(tr -d '\n' <x.jsonl | tr -dc '\000-\037\177' | wc -c)" = 0 ]
}

@test "archive: holes of a sparse file are zeros, at its end too" {
    truncate -s 3M hole
    truncate -s 3M ends
    echo begin | dd of=ends conv=notrunc status=none
    truncate -s 1M middle
    echo end >>middle
    for form in gnu pax; do
        tar --format=$form -Scf "s-$form.tar" hole ends middle
        [ "$(stat -c %s "s-$form.tar")" -lt 100000 ]
        listed "s-$form.tar"
        jq -r 'select(.sha256) | .sha256 + "  " + .name' "s-$form.tar.jsonl" | sha256sum -c --quiet
        [ "$(jq -r 'select(.name) | .size' "s-$form.tar.jsonl" | tr '\n' ' ')" = "3145728 3145728 1048580 " ]
    done
}

@test "archive: damaged, encrypted, none at all" {
    make_tree
    tar -czf whole tree
    head -c 200000 whole >cut.tgz
    listed cut.tgz
    [ "$(outcome cut.tgz)" = damaged ]
    [[ $(intake_of AR-cut.tgz .body.inspection.trouble) == "the archive is not listed to its end: "* ]]
    [ "$(jq -r 'select(.status) | .status' cut.tgz.jsonl)" = unreadable ]
    bsdtar --format zip --options zip:encryption=aes256 --passphrase x -cf secret tree
    listed secret
    [ "$(jq -r 'select(.type == "file") | .status' secret.jsonl | sort -u)" = encrypted ]
    tar -cf outer whole
    listed outer
    [ "$(outcome outer) $(intake_of AR-outer .body.listing.members)" = "complete 1" ]
    count=$(entries l.db)
    for none in l.db tree/d/big /dev/null; do
        run take NONE --file "$none" --kind archive
        [ "$status" = 3 ]
    done
    run take NONE --file tree/d/big --kind archive
    refused 3 "take it in with --kind file"
    [ "$(entries l.db)" = "$count" ]
    [ -z "$(find . -name '*NONE*')" ]
    run take NONE --file whole --kind archive --listing cut.tgz.jsonl
    refused 3 cut.tgz.jsonl
    run take NONE --file whole --listing new.jsonl
    refused 2 "--kind archive"
    take NONE --file whole --kind archive
    [ -s l.db.NONE.listing.jsonl ]
    consistent l.db
}

@test "archive: what is broken at random costs the listing only" {
    make_tree
    head -c 3000 /dev/urandom >tree/d/big
    tar -czf a.tgz tree
    tar -cf a.tar tree
    bsdtar --format zip -cf a.zip tree
    bsdtar --format 7zip -cf a.7z tree
    python3 - <<'PY'
import random
random.seed(58)
for kind in ("tgz", "tar", "zip", "7z"):
    whole = open("a." + kind, "rb").read()
    for n in range(12):
        b = bytearray(whole)
        for _ in range(random.choice((1, 3, 30))): b[random.randrange(len(b))] = random.randrange(256)
        open("f-%s-%d" % (kind, n), "wb").write(b[:random.choice((len(b), random.randrange(1, len(b))))])
PY
    for f in f-*; do
        status=0
        take "AR-$f" --file "$f" --kind archive --listing "$f.jsonl" >/dev/null 2>notes || status=$?
        [ $status = 0 ] || { [ $status = 3 ] && grep -q "is no archive" notes; } || { cat notes; return 1; }
        [ $status = 3 ] || [ "$(outcome "$f")" != stopped ] || { tail -n 1 "$f.jsonl"; return 1; }
    done
    lines=()
    for f in f-*.jsonl; do lines+=(--lines listing-line "$f"); done
    "$HOZEN_SOURCE/tests/oracle/shapes.py" "${lines[@]}"
    consistent l.db
}

@test "intake: by two persons, where the policy asks for two" {
    custody person add "$KEYS/tanaka.key.pub" --ledger l.db --key "$KEYS/sato.key"
    echo '{"rules":[{"name":"four-eyes","persons":2,"types":["intake"]}]}' >rules.json
    custody policy rules.json --ledger l.db --key "$KEYS/sato.key" --second-key "$KEYS/tanaka.key"
    run take DISK --kind device
    refused 3 four-eyes
    take DISK --kind device --second-key "$KEYS/tanaka.key"
    [ "$(sqlite3 l.db "SELECT json_array_length(CAST(bytes AS TEXT), '\$.signatures') FROM entry WHERE sequence = 3")" = 2 ]
    run take DISK2 --kind device --second-key "$KEYS/sato.key"
    [ "$status" != 0 ]
    custody show DISK --ledger l.db | grep -q 'kind: *device'
    consistent l.db
}

@test "archive: what reads it is in a jail, and its end is told" {
    truncate -s 100G hole
    tar -Scf hole.tar hole
    take HOLE --file hole.tar --kind archive --listing hole.jsonl >out 2>notes &
    intake=$!
    until child=$(pgrep -P "$(pgrep -P $intake -x hozen-custody || echo $intake)" -x hozen-custody) &&
        grep -q '^Seccomp:.*2$' "/proc/$child/status"; do
        kill -0 $intake
        sleep 0.1
    done
    grep -q '^NoNewPrivs:.*1$' "/proc/$child/status"
    kill -9 "$child"
    wait $intake
    grep -q "not all of the archive could be listed" notes
    [ "$(tail -n 1 hole.jsonl | jq -r '.outcome + " " + .format + " " + .members')" = "stopped unknown 0" ]
    [[ $(intake_of HOLE .body.inspection.trouble) == "the archive is not listed to its end: "* ]]
    consistent l.db
}

# offered ITEM [TO]: Sato offers it to Tanaka, in offer.json.
offered() {
    custody offer "$1" --to "$KEYS/${2:-tanaka}.key.pub" --purpose analysis --ledger l.db --key "$KEYS/sato.key" --out "${3:-offer.json}"
}
lab() { custody init t.db --organisation "Example Lab" --key "$KEYS/tanaka.key" >/dev/null; }
accepted() { custody accept offer.json --key "$KEYS/tanaka.key" --ledger t.db --location "bench 2" --out "$@"; }
# of_statement RECEIPT JQ: what the answer inside says.
of_statement() { jq -r '.statement | @base64d' "$1" | jq -cr "$2"; }

@test "handoff: a thing of which nothing was hashed, by what people compared" {
    lab
    take LAPTOP --kind device --make Lenovo --model X1 --serial SN-1 --seal A-1 --description "laptop of the accounts desk"
    offered LAPTOP
    [ "$(of_statement offer.json '.body.kind + " " + .body.source.serial + " " + (.file_sha256 | tostring)')" = "device SN-1 null" ]
    run accepted r.json
    [ "$status" = 2 ]
    said=$(tr -s ' \n' ' ' <<<"$output") # what to hold it against
    [[ $said == *"serial number: SN-1"* && $said == *"--compared"* ]]
    run accepted r.json --bundle bundle.tar --compared "serial number"
    refused 2 "leave --bundle out"
    [ ! -e r.json ]
    accepted r.json --compared "serial number and seal A-1" --condition "lid scratched" --json >answer
    "$HOZEN_SOURCE/tests/oracle/shapes.py" --file custody-result answer --file receipt r.json --file offer offer.json
    "$LEDGER_PY" receipt r.json --offer offer.json
    [ "$(of_statement r.json '.body.compared + "|" + (.body.evidence | tostring)')" = "serial number and seal A-1|null" ]
    [ "$(custody show LAPTOP --ledger t.db --json | jq -r '.items[0] | .kind + " " + .integrity + " " + .location')" = "device undetermined bench 2" ]
    # what was compared stands in the receipt, which the receiver's own intake carries
    custody show LAPTOP --ledger t.db | grep -q "^compared: *serial number and seal A-1$"
    custody show LAPTOP --ledger t.db --json >shown
    "$HOZEN_SOURCE/tests/oracle/shapes.py" --file show shown
    [ "$(jq -r '.items[0].compared' shown)" = "serial number and seal A-1" ]
    custody log LAPTOP --ledger t.db | tr -s ' \n' ' ' | grep -q "compared: serial number and seal A-1"
    [ "$(custody log LAPTOP --ledger t.db --json | jq -r 'select(.statement.type == "intake") | .statement.body.source | .make + .model + .seal')" = LenovoX1A-1 ]
    custody record r.json --ledger l.db --key "$KEYS/sato.key"
    [ "$(custody show LAPTOP --ledger l.db --json | jq -r '.items[0].custodian_name')" = "Tanaka Ken" ]
    custody log LAPTOP --ledger l.db | tr -s ' \n' ' ' | grep -q "compared: serial number and seal A-1"
    consistent l.db
    consistent t.db
}

@test "handoff: a paper is declined without a file" {
    take PAPER --kind paper
    offered PAPER
    run custody decline offer.json --key "$KEYS/tanaka.key" --reason "page 3 is missing" --bundle bundle.tar --out d.json
    refused 2 "leave --bundle out"
    custody decline offer.json --key "$KEYS/tanaka.key" --reason "page 3 is missing" --out d.json
    custody record d.json --ledger l.db --key "$KEYS/sato.key"
    [ "$(custody show PAPER --ledger l.db --json | jq -r '.items[0].state')" = held ]
    consistent l.db
}

@test "handoff: an image, a file and an archive, by their digest" {
    lab
    head -c 100000 /dev/urandom >image.dd
    make_tree
    tar -czf whole.tgz tree
    take IMG --file image.dd --kind image
    take FILE --file image.dd
    take AR --file whole.tgz --kind archive
    for item in IMG FILE AR; do
        file=image.dd
        [ $item != AR ] || file=whole.tgz
        offered $item "" $item.json
        run custody accept $item.json --key "$KEYS/tanaka.key" --out none.json
        refused 2 "--bundle"
        custody accept $item.json --key "$KEYS/tanaka.key" --bundle $file --ledger t.db --location "bench 2" --out r-$item.json
        "$LEDGER_PY" receipt r-$item.json --offer $item.json
        [ "$(of_statement r-$item.json '.body.evidence | .verdict + .integrity + .authenticity')" = undeterminedintactabsent ]
        custody record r-$item.json --ledger l.db --key "$KEYS/sato.key"
        [ "$(custody show $item --ledger l.db --json | jq -r '.items[0] | .integrity + .verdict')" = intactundetermined ]
        [ "$(custody show $item --ledger t.db --json | jq -r '.items[0] | .integrity + .verdict')" = intactundetermined ]
    done
    [ "$(custody show --ledger t.db --json | jq -r '[.items[].kind] | sort | join(" ")')" = "archive file image" ]
    consistent l.db
    consistent t.db
}

@test "handoff: an image that was changed on the way is refused with its digest" {
    head -c 100000 /dev/urandom >image.dd
    take IMG --file image.dd --kind image
    offered IMG
    printf 'other bytes' | dd of=image.dd bs=1 seek=500 conv=notrunc status=none
    run custody accept offer.json --key "$KEYS/tanaka.key" --bundle image.dd --out r.json
    [ "$status" = 1 ]
    [[ $output == *"its SHA-256 is another one"* ]]
    [ "$(of_statement r.json '.type + .body.evidence.integrity + .body.evidence.verdict + .file_sha256')" = \
        "declinealteredfailed$(sha256sum <image.dd | cut -d' ' -f1)" ]
    custody record r.json --ledger l.db --key "$KEYS/sato.key"
    [ "$(custody show IMG --ledger l.db --json | jq -r '.items[0].state')" = held ]
    consistent l.db
}

@test "archive: of an intake that is refused no listing stays" {
    make_tree
    tar -czf whole.tgz tree
    custody person add "$KEYS/tanaka.key.pub" --ledger l.db --key "$KEYS/sato.key"
    echo '{"rules":[{"name":"four-eyes","persons":2,"types":["intake"]}]}' >rules.json
    custody policy rules.json --ledger l.db --key "$KEYS/sato.key" --second-key "$KEYS/tanaka.key"
    run take AR --file whole.tgz --kind archive --listing out.jsonl
    refused 3 four-eyes
    [ -z "$(find . -name 'out.jsonl*')" ]
    take AR --file whole.tgz --kind archive --listing out.jsonl --second-key "$KEYS/tanaka.key"
    [ -s out.jsonl ]
    [ ! -e out.jsonl.partial ]
}

# wrap ITEM OPTION...: files are made a bundle and taken in.
wrap() {
    local item=$1
    shift
    take "$item" --case INC-1 --wrap papers --out usb "$@"
}

@test "wrap: files become a bundle with a one-time key, countersigned and taken in" {
    mkdir papers usb
    echo one >papers/one
    echo two >two
    cat "$KEYS/sato.signers" >signers
    wrap PAPERS-1 --wrap two --signers signers --witness "Mori Jun" --witness "Abe Rin" --exhibit K-3 --collected-location "room 4" --json >answer
    "$HOZEN_SOURCE/tests/oracle/shapes.py" --file custody-result answer
    bundle=$(jq -r .files.bundle answer)
    [ "$bundle" = usb/PAPERS-1.tar.zst ]
    [ -s "$(jq -r .files.signature answer)" ]
    # the record is of the bundle with the countersignature beside it
    [ "$(jq -r '.evidence | .verdict + .integrity + .authenticity' answer)" = verifiedintacttrusted ]
    [ "$(intake_of PAPERS-1 '.file_sha256')" = "$(sha256sum <$bundle | cut -d' ' -f1)" ]
    [ "$(intake_of PAPERS-1 '.body.evidence | .operator + "," + .case')" = "Sato Hanako,INC-1" ]
    [ "$(intake_of PAPERS-1 '.body.evidence.signers | length')" = 2 ]
    "$HOZEN_BIN/hozen-verify" verify $bundle --signers signers >/dev/null
    run "$HOZEN_BIN/hozen-verify" verify $bundle --signers "$KEYS/tanaka.signers"
    [ "$status" = 1 ]
    "$HOZEN_BIN/hozen-verify" list --json $bundle >rows
    [ "$(jq -r 'select(.origin) | .origin' rows | grep -c "^$PWD/\(papers/one\|two\)$")" = 2 ]
    tail -n 1 rows | jq -c '.acquisition | [.exhibit, .location, .witnesses]' | grep -qF '["K-3","room 4",["Mori Jun","Abe Rin"]]'
    custody recheck PAPERS-1 --bundle $bundle --signers signers --ledger l.db --key "$KEYS/sato.key"
    consistent l.db
}

@test "wrap: what cannot be is refused before anything is collected, and a bundle that stays is named" {
    mkdir papers usb
    echo one >papers/one
    run take X --wrap papers --case INC-1
    refused 2 "--out"
    run take X --out usb --case INC-1
    refused 2 "--wrap"
    run take X --wrap papers --out usb
    refused 2 "--case"
    run wrap X bundle.tar
    refused 2 "a bundle that is there"
    run wrap X --kind paper
    refused 2 "no bundle"
    run wrap X --fingerprint "$(ssh-keygen -lf "$KEYS/sato.key.pub" | cut -d' ' -f2)"
    refused 2 "--fingerprint"
    take X --kind paper
    run wrap X
    refused 3 "in this ledger already"
    [ -z "$(ls usb)" ]
    run wrap Y --wrap /nowhere
    refused 3 "cannot examine /nowhere"
    run wrap Y --wrap papers/one/two
    refused 3 "papers/one/two"
    [ -z "$(ls usb)" ]
    [ "$(entries l.db)" = 2 ]
    wrap Y
    run take Z --case INC-1 --wrap papers --out none
    [ "$status" = 3 ]
    [[ $output == *none* ]]
    run wrap Y
    refused 3 "in this ledger already"
    [ "$(entries l.db)" = 3 ]
    custody person add "$KEYS/tanaka.key.pub" --ledger l.db --key "$KEYS/sato.key"
    echo '{"rules":[{"name":"four-eyes","persons":2,"types":["intake"]}]}' >rules.json
    custody policy rules.json --ledger l.db --key "$KEYS/sato.key" --second-key "$KEYS/tanaka.key"
    run wrap V
    [ "$status" = 3 ]
    [[ $output == *"usb/V.tar.zst was made, with the one-time key SHA256:"*four-eyes* ]]
    consistent l.db
}

# interrupted TIMES: a wrapping that is signalled so often while it is at work; what it says in said.
interrupted() {
    local pid child signal ended=0
    env --default-signal=INT,TERM "$HOZEN_BIN/hozen-custody" custody intake --item "CUT-$1" --case INC-1 --wrap papers --out usb \
        --location here --ledger l.db --key "$KEYS/sato.key" >said 2>&1 &
    pid=$!
    until [ -e "usb/CUT-$1.tar.zst.partial" ]; do kill -0 $pid; sleep 0.05; done
    child=$(pgrep -P $pid)
    kill -STOP "$child"
    for signal in $(head -n "$1" <<<$'15\n2'); do # passed on when it waits for the child, which stands still
        kill -"$signal" $pid
        until (((0x$(sed -n 's/^ShdPnd:\t//p' "/proc/$child/status") >> (signal - 1)) & 1)); do sleep 0.05; done
    done
    kill -CONT "$child"
    wait $pid || ended=$?
    [ $ended = 3 ] || { echo "ended with $ended"; cat said; false; }
    tail -n 1 said | grep -qxF 'hozen-custody: interrupted by a signal; nothing was recorded' || { cat said; false; }
    [ "$(entries l.db)" = 1 ]
    consistent l.db
}

@test "wrap: after a signal the bundle holds what there was and is named; after two it has no name" {
    mkdir papers usb
    echo one >papers/one
    truncate -s 4G papers/two
    interrupted 1
    grep -q '^hozen-custody: usb/CUT-1.tar.zst was made, with the one-time key SHA256:.* and stays; it is not recorded$' said
    [ "$(ls usb)" = CUT-1.tar.zst ]
    run "$HOZEN_BIN/hozen-verify" verify usb/CUT-1.tar.zst
    [[ $output == *"collection:    partial"* ]]
    interrupted 2
    [ -e usb/CUT-2.tar.zst.partial ]
    [ ! -e usb/CUT-2.tar.zst ]
    grep -q 'interrupted again: abandoned' said
}

@test "wrap: what could not be taken is told by the exit code and in JSON" {
    mkdir papers usb part
    echo one >papers/one
    echo two >part/two
    touch part/denied
    chmod 000 part/denied
    wrap WHOLE --json >answer
    [ "$(jq 'has("partial")' answer)" = false ]
    # the superuser without the power to read what is denied
    unable=(setpriv "--bounding-set=-dac_override,-dac_read_search" "$HOZEN_BIN/hozen-custody" custody intake
        --case INC-1 --wrap part --out usb --location here --ledger l.db --key "$KEYS/sato.key")
    run -4 --separate-stderr "${unable[@]}" --item PART --json
    echo "$output" >answer
    "$HOZEN_SOURCE/tests/oracle/shapes.py" --file custody-result answer
    [ "$(jq -c '[.partial, .item]' answer)" = '[true,"PART"]' ]
    [[ $stderr == *"something could not be taken"* ]]
    run -4 "${unable[@]}" --item PART-2
    [[ $output == *"something could not be taken"* ]]
    consistent l.db
}
