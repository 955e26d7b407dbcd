#!/usr/bin/env bats
# Lists for other tools: what a bundle holds as CSV, for hashdeep and as DFXML; the entries of a ledger as CSV.

load 40-custody.bash
load 50-verify.bash

setup() { cd "$BATS_TEST_TMPDIR" || exit; }

# One bundle whose names and targets attack whatever they are written into.
hostile() {
    make_bundle hostile.tar "
for n in (b'=HYPERLINK(1)', b'+1', b'-1+2', b'@SUM(1)', b'\'x', b'a,b;c\"d\"', b'two\nlines\r', b'\ttab', b'<b>&amp;</b>', b'\x1b[31mred', b'\xff\xfe',
          'right\u202eleft'.encode(), b'back\\\\slash \\\\x41', ']]>--><!--'.encode(), ' trailing '.encode(), '\u8a3c\u62e0.txt'.encode()):
    b.host(b'/srv/' + n, n)
for i, t in enumerate((b'=cmd|1', b' =1', '\uff1d1'.encode(), '\u3000\uff201'.encode(), b'-1', b'\'=1', b'\'', b'\t=1', b'\r=1', b'+\xff', b'a\"b')):
    b.object(b'/srv/link%02d' % i, 'symlink', **make.named('target', t))
b.sort()"
}

# The rows as the JSON list has them, names as bytes in hexadecimal: what every other format is held against.
truth() {
    list --json "$1" | python3 -c '
import base64, json, sys
def raw(r, k): return (base64.b64decode(r[k + "_b64"]) if k + "_b64" in r else r.get(k, "").encode()).hex()
for line in sys.stdin:
    r = json.loads(line)
    if "schema" in r or r["type"] == "end": continue
    print(r["type"], r.get("status", ""), r.get("size", ""), r.get("mtime", ""), r["source"], r.get("path", ""), raw(r, "origin"), raw(r, "target"), r.get("reason", ""), sep="|")'
}

from_csv() {
    python3 -c '
import csv, re, sys
def raw(cell):
    cell = cell.encode("utf-8", "surrogateescape")
    if cell[:1] == b"\x27": cell = cell[1:]
    return re.sub(rb"\\(\\|x([0-9a-f]{2}))", lambda m: b"\\" if m[1] == b"\\" else bytes([int(m[2], 16)]), cell)
rows = csv.DictReader(open(sys.argv[1], encoding="utf-8", newline=""), strict=True)
for r in rows:
    assert None not in r and None not in r.values(), r
    for cell in r.values(): assert not cell.strip(" \u3000").startswith(tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")), cell
    print(r["type"], r["status"], r["size"], raw(r["modified"]).decode(), r["source"], r["path"], raw(r["origin"]).hex(), raw(r["target"]).hex(), raw(r["reason"]).decode(), sep="|")' "$1"
}

@test "exports: CSV has every row, and each name comes back to the byte" {
    hostile
    for bundle in hostile.tar "$VECTORS"/good/{p256,not-utf8,nasty-names,objects-and-absent,old-times}.tar; do
        list --format csv "$bundle" >list.csv
        truth "$bundle" >want
        from_csv list.csv >got
        diff want got
    done
    [ "$(grep -c . want)" -ge 5 ]
}

@test "exports: CSV is RFC 4180 in UTF-8: CRLF at the end of each row, nothing that acts on a terminal" {
    hostile
    list --format csv hostile.tar >list.csv
    python3 - list.csv <<'PY'
import sys
data = open(sys.argv[1], "rb").read()
assert data.endswith(b"\r\n") and data.count(b"\n") == data.count(b"\r\n") == data.count(b"\r")
text = data.decode()
assert text.startswith("type,status,size,modified,sha256,source,path,origin,target,reason,method,real_size\r\n")
assert not [c for c in text if c not in "\r\n" and (ord(c) < 32 or 127 <= ord(c) < 160 or c in "\u202e\u2028\ufeff")]
PY
    grep -q "\"'=cmd|1\"" list.csv
    list --format csv --bom hostile.tar | cmp - <(printf '\xef\xbb\xbf'; cat list.csv)
}

@test "exports: CSV digests are those of the files" {
    list --format csv "$GOOD" >list.csv
    extract "$GOOD" --to out
    python3 -c '
import csv, sys
for r in csv.DictReader(open("list.csv", newline="")):
    if r["type"] == "file": print(r["sha256"] + "  " + r["path"])' >sums
    [ "$(wc -l <sums)" = 4 ]
    cd out && sha256sum --quiet --strict -c ../sums
}

@test "exports: hashdeep accepts its list for what was extracted, and tells what differs" {
    hostile
    for bundle in "$GOOD" hostile.tar "$VECTORS"/good/{not-utf8,long-names,zero-length}.tar; do
        rm -rf out
        list --format hashdeep "$bundle" >list.hashdeep
        extract "$bundle" --to out
        run bash -c 'cd out && hashdeep -v -l -r -a -k ../list.hashdeep data'
        [ "$status" = 0 ] || { echo "$bundle: $output"; return 1; }
        [[ $output == *"Audit passed"* ]]
        [ "$(wc -l <list.hashdeep)" = $(($(find out/data -type f | wc -l) + 2)) ]
    done
    file=$(find out/data -type f -name '*.txt' | head -n 1)
    chmod u+w "$file"
    echo more >>"$file"
    run bash -c 'cd out && hashdeep -l -r -a -k ../list.hashdeep data'
    [ "$status" != 0 ]
    [[ $output == *"Audit failed"* ]]
}

@test "exports: DFXML is well-formed and holds every row; names that are no plain text are there in base64" {
    hostile
    for bundle in hostile.tar "$VECTORS"/good/{p256,not-utf8,nasty-names,objects-and-absent,old-times}.tar; do
        list --format dfxml "$bundle" >list.xml
        xmllint --noout --nonet list.xml
        truth "$bundle" >want
        python3 - list.xml >got <<'PY'
import base64, re, sys, xml.etree.ElementTree as ET
D, H = "{http://www.forensicswiki.org/wiki/Category:Digital_Forensics_XML}", "{urn:hozen:dfxml:1}"
TYPES = dict(r="file", d="directory", l="symlink", p="fifo", s="socket", c="character-device", b="block-device")
def raw(f, name):
    hidden = f.find(H + name + "_base64")
    text = f.findtext(D + name) or ""
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202e]", text)
    return base64.b64decode(hidden.text) if hidden is not None else text.encode()
root = ET.parse(sys.argv[1]).getroot()
assert root.tag == D + "dfxml" and root.get("version") == "1.2.0"
for f in root.findall(D + "fileobject"):
    kind, path, name = f.findtext(D + "name_type"), f.findtext(H + "path") or "", raw(f, "filename")
    origin = b"" if name.decode("utf-8", "replace") == path else name
    digest = f.find(D + "hashdigest")
    assert (digest is not None) == (kind == "r") and (digest is None or (digest.get("type"), len(digest.text)) == ("sha256", 64))
    print(TYPES.get(kind, "absent"), f.findtext(H + "status") or "", f.findtext(D + "filesize") or "", f.findtext(D + "mtime") or f.findtext(H + "mtime") or "",
          f.findtext(H + "source"), path, origin.hex(), raw(f, "link_target").hex(), f.findtext(H + "reason") or "", sep="|")
PY
        diff want got
    done
    list --format dfxml "$GOOD" | grep -q '<hashdigest type="sha256">79492b90d473e2387338ef1518dfbceb9e3392ae5740235a6696621e42218efa<'
}

@test "exports: a hostile name of the bundle itself does not get out of the XML" {
    cp "$GOOD" $'a<b>&"\'\n]]>.tar'
    list --format dfxml $'a<b>&"\'\n]]>.tar' >list.xml
    xmllint --noout --nonet list.xml
    [ "$(xmllint --xpath 'string(//*[local-name()="image_filename"])' list.xml)" = "a<b>&\"'\\x0a]]>.tar" ]
}

@test "exports: the exit code says whether the list can be relied on, in every format" {
    cp "$GOOD" altered.tar
    flip altered.tar "$(offset_of altered.tar SAMPLE-1/data/files/etc/passwd)"
    for format in csv hashdeep dfxml; do
        list --format $format "$GOOD" >out 2>err
        [ ! -s err ]
        run list --format $format altered.tar
        [ "$status" = 1 ]
        [[ $output == *"cannot be relied on"* ]]
        run list --format $format none.tar
        [ "$status" = 3 ]
        [[ $output == *none.tar* ]]
    done
}

@test "exports: a pipe gives the same list; options that exclude each other are refused" {
    for format in csv hashdeep; do
        list --format $format "$GOOD" >want
        list --format $format - <"$GOOD" | cmp - want
    done
    run list --format csv --json "$GOOD"
    refused 2 --json
    run list --bom "$GOOD"
    refused 2 --format
    run list --bom --format dfxml "$GOOD"
    refused 2 --bom
    run list --format xml "$GOOD"
    refused 2 --format
}

# A ledger of $ITEM whose texts attack the table they are written into.
ledger() {
    KEYS=$BATS_TEST_TMPDIR/keys
    make_keys
    start
    take_in
    custody person add "$KEYS/tanaka.key.pub" --ledger l.db --key "$KEYS/sato.key" >/dev/null
    for text in '=HYPERLINK("http://x.example")' '+1,2' "'quoted" '-1' '@SUM(A1)' 'a "b", c;d' ' \x41 \\z' 'a'$'\u202e''b' '証拠'; do
        custody note "$ITEM" --text "x$text" --ledger l.db --key "$KEYS/sato.key" >/dev/null
        custody move "$ITEM" --place "${text# }" --ledger l.db --key "$KEYS/sato.key" >/dev/null
    done
    offer_to tanaka >/dev/null
}

@test "exports: CSV of the log has each entry, and each value comes back as it was signed" {
    ledger
    custody log --ledger l.db --format csv >log.csv
    custody log --ledger l.db --json >log.json
    python3 - <<'PY'
import csv, json, re
data = open("log.csv", "rb").read()
assert data.count(b"\n") == data.count(b"\r\n") == data.count(b"\r") and data.endswith(b"\r\n")
assert not re.search("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e]", data.decode())
def value(cell):
    raw = cell.encode()
    if raw[:1] == b"\x27": raw = raw[1:]
    return re.sub(rb"\\(\\|x([0-9a-f]{2}))", lambda m: b"\\" if m[1] == b"\\" else bytes([int(m[2], 16)]), raw).decode()
rows = list(csv.DictReader(open("log.csv", encoding="utf-8", newline=""), strict=True))
log = [json.loads(line) for line in open("log.json")]
assert len(rows) == len(log) >= 22
kinds = set()
for row, entry in zip(rows, log):
    s = entry["statement"]
    kinds.add(s["type"])
    assert None not in row and not [c for c in row.values() if c.strip(" \u3000").startswith(tuple("=+-@"))], row
    want = dict(entry=str(entry["entry"]), recorded_at=entry["recorded_at"], digest=entry["digest"], time=s["time"], type=s["type"], case=s.get("case"), item=s.get("item"),
                signer=s["actor"]["name"], signer_organisation=s["actor"].get("organisation"), signer_key=s["actor"]["key"], previous=s.get("previous"), content_id=s.get("content_id"), file_sha256=s.get("file_sha256"))
    to = s["body"].get("to", {})
    want |= {"to": to.get("name"), "to_organisation": to.get("organisation"), "to_key": to.get("key")}
    added = s["body"].get("person", {})
    want |= {"person": added.get("name"), "key": added.get("key"), "signed_as": None, "second_signers": None, "second_signer_keys": None}
    for name in row.keys() - want.keys() - {"description"}: want[name] = s["body"].get(name)
    for name, v in want.items(): assert value(row[name]) == (v or ""), (name, row[name], v)
    assert row["description"]
assert kinds == {"genesis", "person", "intake", "note", "move", "offer"}, kinds
PY
    grep -q "\"'=HYPERLINK(\"\"http" log.csv
}

@test "exports: CSV of the log of one item, with a byte order mark, in Japanese; --json beside it is refused" {
    ledger
    custody log "$ITEM" --ledger l.db --format csv >item.csv
    [ "$(wc -l <item.csv)" = $(($(custody log "$ITEM" --ledger l.db --json | wc -l) + 1)) ]
    custody log "$ITEM" --ledger l.db --format csv --bom | cmp - <(printf '\xef\xbb\xbf'; cat item.csv)
    custody log "$ITEM" --ledger l.db --format csv --lang ja >ja.csv
    cmp <(cut -d, -f1-6 item.csv) <(cut -d, -f1-6 ja.csv)
    run cmp -s item.csv ja.csv
    [ "$status" = 1 ]
    run custody log --ledger l.db --format csv --json
    refused 2 --json
    run custody log --ledger l.db --bom
    refused 2 --format
}

@test "exports: CSV of what show tells, of all, of a case and of one item" {
    ledger
    custody intake --item paper.1 --kind paper --case '=1+1' --exhibit '@x' --location "+1" --ledger l.db --key "$KEYS/sato.key" >/dev/null
    custody show --ledger l.db --format csv >show.csv
    custody show --ledger l.db --json >show.json
    python3 - <<'PY'
import csv, json, re
data = open("show.csv", "rb").read()
assert data.count(b"\n") == data.count(b"\r\n") == data.count(b"\r") and data.endswith(b"\r\n")
def value(cell):
    raw = cell.encode()
    if raw[:1] == b"\x27": raw = raw[1:]
    return re.sub(rb"\\(\\|x([0-9a-f]{2}))", lambda m: b"\\" if m[1] == b"\\" else bytes([int(m[2], 16)]), raw).decode()
rows = list(csv.DictReader(open("show.csv", encoding="utf-8", newline=""), strict=True))
items = json.load(open("show.json"))["items"]
assert len(rows) == len(items) >= 2
offered = 0
for row, i in zip(rows, items):
    assert not [c for c in row.values() if c.strip(" \u3000").startswith(tuple("=+-@"))], row
    want = {"custodian": i["custodian_name"], "custodian_key": i["custodian"], "offered_to_key": i.get("offered_to"), "entry": str(i["entry"])}
    for name in row.keys() - want.keys() - {"offered_to"}: want[name] = i.get(name)
    for name, v in want.items(): assert value(row[name]) == (v or ""), (name, row[name], v)
    assert (row["offered_to"] == "Tanaka Ken") == (i["state"] == "offered")
    offered += i["state"] == "offered"
assert offered == 1
PY
    custody show "$ITEM" --ledger l.db --format csv --bom >item.csv
    [ "$(wc -l <item.csv)" = 2 ]
    cmp <(tail -n 1 item.csv) <(grep "^\"$ITEM\"" show.csv)
    [ "$(head -c 3 item.csv | od -An -tx1)" = " ef bb bf" ]
    custody show --case '=1+1' --ledger l.db --format csv --lang ja >case.csv
    [ "$(wc -l <case.csv)" = 2 ]
    cmp <(tail -n 1 case.csv) <(grep '^"paper.1"' show.csv)
    run custody show --ledger l.db --format csv --json
    refused 2 --json
    run custody show NONE --ledger l.db --format csv
    refused 3 NONE
}
