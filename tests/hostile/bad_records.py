"""Hostile bundles: records with keys away, of another type, unknown; and JSON that only a lenient parser takes. Signed as it is."""
import copy, json

from cases import ACQ, CAT, FORMAT, PASSWD, each, line, swap, tag
from cases_wide import EVERYTHING
from grammar import canonical

JSONL = {"objects": "meta/objects.jsonl", "absent": "meta/absent.jsonl", "actions": "meta/actions.jsonl"}

def whole_record(record, changed):
    "Puts the changed bytes in the place of that line of its file."
    if record == "catalog": return line(changed)
    if record in JSONL: return tag(JSONL[record], lambda d: b"".join(changed(r[:-1]) + b"\n" if i == 1 else r for i, r in enumerate(d.splitlines(True))))
    return tag({"format": FORMAT, "acquisition": ACQ}[record], lambda d: changed(d[:-1]) + b"\n")

PATHS = {"catalog": CAT, "format": FORMAT, "acquisition": ACQ, **JSONL}

def fuller(record, v):
    "With every key that a record can have."
    if record == "catalog": v.update(btime=v["mtime"], xattrs=[{"name_b64": "dXNlci5h", "value_b64": "AA=="}], xattrs_incomplete=True, status="limited", real_size=v["size"], real_sha256=v["sha256"])
    if record == "objects": v.update(type="symlink", target="../x", btime=v["mtime"], xattrs=[{"name_b64": "dXNlci5h", "value_b64": "AA=="}], xattrs_incomplete=True)
    if record == "actions": v.update(detail="x")
    if record == "acquisition":
        v.update(organisation="CSIRT", exhibit="A-1", authority="order 7", reason="x", location="room 4", witnesses=["Tanaka Ken"], not_before=["beacon"], mounts_not_crossed=["/proc"])
        v["host"] = {k: k for k in ("hostname", "machine_id", "boot_id", "kernel", "architecture", "operating_system")}
        v["clock"]["reference"] = {"time": v["started"], "source": "ntp", "taken_at": v["started"], "offset_nanoseconds": "-5"}
        v["clock"]["start"]["timezone_offset_minutes"] = 540
        v["tool"]["sha256"] = "0" * 64
        v["requested"].update(copy.deepcopy(EVERYTHING))
    return v

def edited(record, change):
    def changed(raw):
        v = fuller(record, json.loads(raw))
        change(v)
        return canonical(v).encode()
    return whole_record(record, changed)

def at(v, way):
    for key in way[:-1]: v = v[key]
    return v, way[-1]

def away(way):
    def change(v):
        holder, key = at(v, way)
        del holder[key]
    return change

def as_value(way, value):
    def change(v):
        holder, key = at(v, way)
        holder[key] = value
    return change

def named(record, way, what): return "%s-%s-%s" % (record, "-".join(map(str, way)).replace("_", "-"), what)

STAT = ["mode", "uid", "gid", "links", "inode", "device", "atime", "mtime", "ctime"]
REQUIRED = {
    "format": [["schema"], ["digests"], ["salt"], ["started"]],
    "catalog": [[k] for k in ["path", "source", "method", "status", "size", "sha256", "real_size", "real_sha256", "acquired_at", "salt"] + STAT],
    "objects": [[k] for k in ["origin", "source", "type", "acquired_at"] + STAT],
    "absent": [["source"], ["status"], ["reason"]],
    "actions": [[k] for k in ("action", "start", "end", "start_boottime", "end_boottime", "count", "failures")],
    "acquisition": [[k] for k in ("schema", "salt", "item", "case", "operator", "started", "finished", "host", "clock", "tool", "requested", "sources", "counts", "status", "keys_expected")] + [
        ["operator", "name"], ["clock", "start"], ["clock", "end"], ["clock", "start", "realtime"], ["clock", "end", "boottime"], ["clock", "reference", "time"], ["clock", "reference", "taken_at"],
        ["clock", "reference", "offset_nanoseconds"], ["tool", "name"], ["tool", "version"], ["tool", "command_line"], ["tool", "uid"], ["requested", "paths"], ["requested", "cross_mounts"],
        ["counts", "asked"], ["counts", "collected"], ["counts", "recorded"], ["counts", "absent"], ["sources", 0, "name"], ["sources", 0, "status"], ["sources", 0, "counts"], ["sources", 0, "counts", "absent"]]}

for record, ways in REQUIRED.items():
    each("manifest-malformed", PATHS[record], [(named(record, way, "away"), "%s without %s" % (record, ".".join(map(str, way))), edited(record, away(way))) for way in ways])

# What each key must not be. Texts that are free may be any text; so a number stands for them.
TIMES = ["2016-03-01 09:00:00.000000000Z", "2016-03-01T09:00:00.000000000+09:00", "2016-03-01T09:00:00Z", "1456822800", "@1456822800.0"]
WRONG = {
    "format": [(["schema"], 1), (["schema"], ["hozen-bundle/1"]), (["digests"], "sha256"), (["digests"], {"sha256": True}), (["salt"], "0" * 31), (["salt"], "0" * 33), (["salt"], "g" * 32)] + [(["started"], t) for t in TIMES],
    "catalog": [(["path"], 7), (["path"], "data/files/etc/pass\nwd"), (["path"], ""), (["source"], ""), (["source"], "Files"), (["source"], "f" * 33), (["method"], "1read"), (["method"], ""), (["status"], "Collected"), (["status"], ""), (["size"], 30), (["size"], "0x1e"),
                (["size"], "-30"), (["size"], "30 "), (["size"], ""), (["sha256"], "A" * 64), (["sha256"], ""), (["mode"], "0888"), (["mode"], 420), (["mode"], "00644"), (["uid"], "root"), (["gid"], -1), (["links"], []), (["inode"], "0x5"), (["inode"], "00"),
                (["device"], "8:1:0"), (["device"], ":"), (["device"], "8"), (["salt"], ""), (["xattrs"], "user.a"), (["xattrs"], [[]]), (["xattrs"], [{"name_b64": "dXNlci5h"}]), (["xattrs"], [{"name_b64": "dXNlci5h", "value_b64": "AA==", "zz": 1}]),
                (["xattrs_incomplete"], "true"), (["xattrs_incomplete"], 1), (["origin"], 7), (["origin"], ""), (["origin"], "/"), (["origin"], "/etc/passwd/."), (["origin"], "\\etc\\passwd"), (["real_size"], "31"), (["real_sha256"], "0" * 64)]
               + [([k], t) for k, t in zip(("atime", "mtime", "ctime", "btime", "acquired_at"), TIMES)],
    "objects": [(["type"], "file"), (["type"], "Directory"), (["type"], ""), (["origin"], "etc"), (["origin"], "/etc/../x"), (["origin"], "/\0"), (["target"], 1), (["rdevice"], "1:3"), (["target_b64"], "Li4veA=="), (["source"], "-x"), (["mode"], "0"), (["uid"], 1 << 32),
                (["acquired_at"], "now"), (["mtime"], "2016-02-30T00:00:00.000000000Z"), (["size"], "1"), (["sha256"], "0" * 64), (["xattrs"], [])],
    "absent": [(["status"], "lost"), (["status"], "Denied"), (["reason"], 7), (["reason"], ["x"]), (["errno"], "eacces"), (["errno"], 13), (["errno"], "E"), (["errno"], "E" * 33), (["source"], "a b"), (["origin"], "shadow"), (["origin_b64"], "/////w=="), (["salt"], "0" * 32)],
    "actions": [(["action"], "Walk"), (["action"], "a b"), (["action"], ""), (["source"], "F"), (["target"], {}), (["count"], 4), (["count"], "-1"), (["count"], "04"), (["failures"], "1.0"), (["failures"], ""), (["start"], "@0"), (["end"], "tomorrow"), (["start_boottime"], "100"),
                (["start_boottime"], "100.0"), (["start_boottime"], "-1.000000000"), (["end_boottime"], "0101.000000000"), (["end_boottime"], 101), (["detail"], True)],
    "acquisition": [(["schema"], "hozen-acquisition/1 "), (["salt"], "salt"), (["item"], 1), (["case"], []), (["operator"], {"name": "Sato Hanako", "mail": "sato@csirt.example"}), (["operator", "name"], 1), (["organisation"], 1), (["witnesses"], [1]), (["witnesses"], {}), (["not_before"], "beacon"),
                    (["not_before"], ["x"] * 17), (["not_before"], ["timestamp:"]), (["not_before"], ["checkpoint:!"]), (["host", "hostname"], 1), (["host", "colour"], "x"), (["host"], []), (["clock", "start", "realtime"], TIMES[0]), (["clock", "start", "boottime"], "1"),
                    (["clock", "start", "timezone_offset_minutes"], "540"), (["clock", "reference", "time"], TIMES[1]), (["clock", "reference", "offset_nanoseconds"], 5), (["clock", "reference", "offset_nanoseconds"], "+5"), (["clock", "reference", "offset_nanoseconds"], "18446744073709551616"),
                    (["tool", "command_line"], "hozen collect"), (["tool", "command_line"], [1]), (["tool", "uid"], "0"), (["tool", "uid"], -1), (["tool", "sha256"], "0"), (["requested"], []), (["requested", "paths"], {}), (["requested", "cross_mounts"], 0), (["sources"], {}), (["sources", 0], "files"),
                    (["sources", 0, "name"], "Files"), (["sources", 0, "status"], "done"), (["sources", 0, "counts"], []), (["sources", 0, "zz"], 1), (["counts"], "5"), (["counts", "asked"], 5), (["counts", "asked"], "05"), (["counts", "lost"], "0"), (["mounts_not_crossed"], ["/proc", "/proc"]),
                    (["status"], "Complete"), (["keys_expected"], "none"), (["keys_expected"], [1]), (["keys_expected"], ["0" * 63]), (["finished"], TIMES[2]), (["started"], TIMES[4])]}

for record, rows in WRONG.items():
    each("manifest-malformed", PATHS[record], [(named(record, way, "as-%d" % i), "%s: %s is %.40r" % (record, ".".join(map(str, way)), value), edited(record, as_value(way, value))) for i, (way, value) in enumerate(rows)])
    unknown = [("zz", 1), ("Salt", "x"), ("", 1), ("path\0", "x"), ("__proto__", {}), ("X-a", 1)]
    each("manifest-malformed", PATHS[record], [("%s-unknown-%d" % (record, i), "%s with the key %r" % (record, key), edited(record, as_value([key], value))) for i, (key, value) in enumerate(unknown)])

# --- JSON that is not the one encoding ------------------------------------------------------------------------------------
def extra(value): return lambda r: r[:-1] + b',"x-z":' + value + b"}" if b'"xattrs"' not in r else swap(r, b',"xattrs"', b',"x-z":' + value + b',"xattrs"')
def backwards(r): return b"{" + b",".join(reversed([canonical(k).encode() + b":" + canonical(v).encode() for k, v in sorted(json.loads(r).items())])) + b"}"
def first_twice(r):
    key, value = min(json.loads(r).items())
    return b"{" + canonical(key).encode() + b":" + canonical(value).encode() + b"," + r[1:]

SYNTAX = [
    ("blank", "a blank behind a colon", lambda r: r.replace(b'":', b'": ', 1)), ("tab", "a tab in front", lambda r: b"\t" + r), ("blank-behind", "a blank behind", lambda r: r + b" "), ("backwards", "keys in the other order", backwards), ("twice", "a key twice", first_twice),
    ("bom", "a byte order mark", lambda r: b"\xef\xbb\xbf" + r), ("array", "an array around it", lambda r: b"[" + r + b"]"), ("two", "two objects", lambda r: r + r), ("comma", "a comma behind the last member", lambda r: r[:-1] + b",}"), ("open", "no end", lambda r: r[:-1]),
    ("closed-twice", "two ends", lambda r: r + b"}"), ("comment", "a comment", lambda r: r[:-1] + b"/**/}"), ("single-quotes", "single quotes", lambda r: r.replace(b'"', b"'")), ("bare-key", "a key without quotes", lambda r: r[:-1] + b',z:1}'), ("cr", "a carriage return", lambda r: r + b"\r"),
    *[("value-" + n, "x-z is %.30r" % v, extra(v)) for n, v in [
        ("null", b"null"), ("float", b"1.5"), ("float-whole", b"1.0"), ("exponent", b"1e3"), ("exponent-capital", b"1E3"), ("minus-zero", b"-0"), ("plus", b"+1"), ("zero-first", b"01"), ("hex", b"0x1"), ("nan", b"NaN"), ("infinity", b"-Infinity"), ("2-53", b"9007199254740992"),
        ("minus-2-53", b"-9007199254740992"), ("thousand-digits", b"1" * 1000), ("true-capital", b"True"), ("empty", b""), ("bare", b"x"), ("array-comma", b"[1,]"), ("array-blank", b"[1, 2]"), ("undefined", b"undefined"),
        ("escaped-letter", b'"\\u0061"'), ("escaped-slash", b'"\\/"'), ("escape-capitals", b'"\\u001F"'), ("escape-long", b'"\\u0008"'), ("escape-unknown", b'"\\x41"'), ("escape-cut", b'"\\u00"'), ("half-pair", b'"\\ud800"'), ("pair-reversed", b'"\\udc00\\ud800"'), ("pair", b'"\\ud83d\\ude00"'),
        ("control", b'"\1"'), ("raw-tab", b'"\t"'), ("raw-nul", b'"\0"'), ("not-utf8", b'"\xff"'), ("overlong", b'"\xc0\xaf"'), ("overlong-nul", b'"\xc0\x80"'), ("cesu", b'"\xed\xa0\xbd\xed\xb8\x80"'), ("beyond", b'"\xf4\x90\x80\x80"'), ("cut-utf8", b'"\xe3\x81"'), ("open-text", b'"x')]]]

for record in ("acquisition", "absent", "objects"):
    each("manifest-malformed", PATHS[record], [("syntax-%s-%s" % (record, n), "%s: %s" % (record, about), whole_record(record, change)) for n, about, change in SYNTAX])

each("limit-exceeded", ACQ, [("json-%s" % n, about, whole_record("acquisition", extra(value))) for n, about, value in [
    ("deep-100", "a hundred levels of arrays", b"[" * 100 + b"1" + b"]" * 100), ("deep-100000", "100,000 levels of objects", b'{"a":' * 100000 + b"1" + b"}" * 100000), ("text-513-kib", "a text of 513 KiB", b'"' + b"x" * (513 << 10) + b'"')]])
