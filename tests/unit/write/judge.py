"""judge.py FOLDER LIST CONTENT_ID: an unpacked bundle of driver.c against formats/spec/bundle.md: order, segments, catalog,
Merkle root, records. Shares nothing with the writer."""
import base64, hashlib, json, os, re, sys

folder, names, content_id = sys.argv[1], open(sys.argv[2]).read().split("\n")[:-1], sys.argv[3]
names = [n.removeprefix("sample/") for n in names]

def read(name):
    with open(os.path.join(folder, name), "rb") as f:
        return f.read()

def sha(data):
    return hashlib.sha256(data).hexdigest()

def tree(leaves):
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\1" + tree(leaves[:k]) + tree(leaves[k:])).digest()

def canonical(line):
    value = json.loads(line)
    again = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    assert again == line, line
    return value

def lines(name):
    data = read(name)
    assert data.endswith(b"\n")
    return [canonical(line) for line in data[:-1].split(b"\n")]

# section 1 and 4: order of members, segments of 4,096 lines behind the files they describe
both = read("meta/format.json").find(b'"sha512"') >= 0
tail = ["meta/objects.jsonl", "meta/absent.jsonl", "meta/actions.jsonl", "meta/acquisition.json", "meta/merkle-root.txt",
        "meta/VERIFY.ja.txt", "meta/VERIFY.en.txt", "bag-info.txt", "manifest-sha256.txt", *(["manifest-sha512.txt", "tagmanifest-sha512.txt"] if both else []), "tagmanifest-sha256.txt"]
first = len(names) - 1 - len(tail)
assert names[:3] == ["bagit.txt", "meta/format.json", "data/blind/blind.txt"], names[:3]
assert names[first:-1] == tail and re.fullmatch(r"signatures/[0-9a-f]{64}\.sshsig", names[-1]), names[first:]
payload, segments, leaves = [], [], []
for name in names[2:first]:
    if name.startswith("data/"):
        payload.append(name)
        continue
    assert name == "meta/catalog-%06d.jsonl" % (len(segments) + 1), name
    body = read(name)[:-1].split(b"\n")
    assert len(payload) == len(leaves) + len(body), name
    assert len(body) == 4096 or name == names[first - 1], (name, len(body))
    segments.append(name)
    leaves += body
assert len(segments) == (len(payload) + 4095) // 4096 and len(leaves) == len(payload)

# section 4: each line against its file
rows = [canonical(line) for line in leaves]
salts = [row["salt"] for row in rows]
for row, name in zip(rows, payload):
    data = read(name)
    assert row["path"] == name and row["source"] == name.split("/")[1]
    assert row["sha256"] == sha(data) and row["size"] == str(len(data)), name
    assert ("real_size" in row) == ("real_sha256" in row) == (row["status"] in ("shrunk", "limited")), row
    if "real_size" in row:
        real = int(row["real_size"])
        assert sha(data[:real]) == row["real_sha256"] and not any(data[real:]), row
    assert ("mode" in row) == ("origin" in row), row
    if "origin_b64" in row:
        assert base64.b64decode(row["origin_b64"]).decode(errors="replace").count("\ufffd") > 0
by_origin = {row["origin"]: row for row in rows if "origin" in row}
expected = {"/a/empty": ("collected", "0"), "/b/shrunk": ("shrunk", "70000"), "/c/shrunk to nothing": ("shrunk", "5"),
            "/d/limited": ("limited", "6"), "/e/grown": ("grew", "10"), "/f/changed": ("changed", "7")}
for origin, (status, size) in expected.items():
    assert (by_origin[origin]["status"], by_origin[origin]["size"]) == (status, size), by_origin[origin]
assert by_origin["/b/shrunk"]["real_size"] == "9" and by_origin["/d/limited"]["real_size"] == "6"
row = by_origin["/a/empty"]
assert row["mtime"] == "1969-12-31T23:59:59.999999999Z" and row["mode"] == "0640", row
assert row["ctime"] == "@9223372036854775807.000000000" and row["btime"] == "@253402300800.000000005", row
assert row["inode"] == str(2**64 - 1) and row["device"] == "8:1" and row["xattrs_incomplete"] is True
assert [base64.b64decode(x["name_b64"]) for x in row["xattrs"]] == [b"user.alpha", b"user.zeta"]
assert by_origin["/g/CON.txt"]["path"] == "data/files/g/=43ON.txt"
assert by_origin["/h/-rf"]["path"] == "data/files/h/=2Drf"
assert by_origin["/k/..."]["path"] == "data/files/k/..=2E"
assert sum(row["source"] == "long" for row in rows) == 1 and sum("=~" in row["path"] for row in rows) == 1

# sections 4, 5 and 6: root, lists, counts
assert read("meta/merkle-root.txt") == b"%d\n%s\n" % (len(leaves), tree(leaves).hex().encode())
assert read("manifest-sha256.txt").decode() == "".join("%s  %s\n" % (r["sha256"], r["path"]) for r in rows)
tags = [n for n in names[:-2] if not n.startswith("data/") and n != "tagmanifest-sha512.txt"]
if both:
    sha512 = lambda name: hashlib.sha512(read(name)).hexdigest()
    assert read("manifest-sha512.txt").decode() == "".join("%s  %s\n" % (sha512(r["path"]), r["path"]) for r in rows)
    assert read("tagmanifest-sha512.txt").decode() == "".join("%s  %s\n" % (sha512(n), n) for n in tags)
assert read("tagmanifest-sha256.txt").decode() == "".join("%s  %s\n" % (sha(read(n)), n) for n in tags)
assert content_id == sha(read("tagmanifest-sha256.txt"))
records = {}
for kind in ("objects", "absent", "actions"):
    first, *records[kind] = lines("meta/%s.jsonl" % kind)
    assert first["schema"] == "hozen-%s/1" % kind and set(first) == {"salt", "schema"}
    salts.append(first["salt"])
a, f = lines("meta/acquisition.json")[0], lines("meta/format.json")[0]
counts = {"collected": len(rows), "recorded": len(records["objects"]), "absent": len(records["absent"])}
counts["asked"] = sum(counts.values())
assert a["counts"] == {k: str(v) for k, v in counts.items()}, a["counts"]
for key in ("collected", "recorded", "absent", "asked"):
    assert sum(int(s["counts"][key]) for s in a["sources"]) == counts[key] - (key in ("collected", "asked")), key
assert [o["type"] for o in records["objects"]] == ["directory", "symlink", "fifo", "socket", "character-device",
                                                    "block-device", "directory"]
assert ["rdevice" in o for o in records["objects"]] == [False] * 4 + [True] * 2 + [False]
assert records["objects"][1]["target_b64"] == base64.b64encode(b"/nowhere\xff").decode()
assert [o["mode"] for o in records["objects"]] == ["0755", "0777", "0600", "0600", "0666", "0660", "1777"]
assert [o["status"] for o in records["absent"]] == ["vanished", "denied", "timeout", "over-budget", "excluded",
                                                     "unavailable", "io-error", "unavailable"]
assert [o.get("errno") for o in records["absent"]] == [None, "EACCES"] + [None] * 6
assert "origin" not in records["absent"][-1]
assert a["item"] == "sample" and a["started"] == f["started"] and a["keys_expected"] == [names[-1][11:-7]]
assert a["clock"]["reference"]["offset_nanoseconds"] == "-999999995" and a["mounts_not_crossed"] == ["/dev", "/proc"]
assert a["tool"]["command_line"] == ["driver", "--odd\ufffd"] and a["host"] == {"hostname": "web01"}
assert f["digests"] == (["sha256", "sha512"] if both else ["sha256"]) and f["schema"] == "hozen-bundle/1"
salts += [a["salt"], f["salt"]]
assert len(set(salts)) == len(salts) and all(re.fullmatch("[0-9a-f]{32}", s) for s in salts)
octets = sum(int(r["size"]) for r in rows)
info = read("bag-info.txt").decode().split("\n")
assert info == ["External-Identifier: sample", "Bagging-Date: " + f["started"][:10],
                "Payload-Oxum: %d.%d" % (octets, len(rows)), "Source-Organization: CSIRT", "Contact-Name: Sato Hanako",
                "Internal-Sender-Identifier: INC-2026-042", info[6], ""] and info[6].startswith("Bag-Software-Agent: hozen")
assert re.fullmatch(b"[0-9a-f]{64}\n", read("data/blind/blind.txt"))
spec = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "formats", "spec")
for language in ("en", "ja"):
    with open(os.path.join(spec, "VERIFY.%s.txt" % language), "rb") as text:
        assert read("meta/VERIFY.%s.txt" % language) == text.read(), language

# section 3: order by component, and the grammar
def order(path):
    return [component.lower() for component in path.split("/")]
safe = re.compile(r"(?:[A-Za-z0-9._+,@-]|=[0-9A-F]{2})+(?:=~[0-9a-f]{32})?(?:=@[0-9a-f]{16})?")
previous = {}
for path in payload:
    source = path.split("/")[1]
    assert all(safe.fullmatch(c) and not c.startswith("-") and not c.endswith(".") for c in path.split("/")), path
    assert source not in previous or order(previous[source]) < order(path), (previous[source], path)
    previous[source] = path
