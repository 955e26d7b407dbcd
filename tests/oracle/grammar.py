"""Names and records as the oracles read them, from sections 3, 4, 5 and 8 of formats/spec/bundle.md alone: canonical JSON,
times, the shape of every line, the mapping of host paths."""
import base64, datetime, hashlib, json, re

class Bad(ValueError): "outside the grammar"
class Limit(Exception): "a bound of the spec"

def sha(data): return hashlib.sha256(data).hexdigest()
def sha512(data): return hashlib.sha512(data).hexdigest()

def need(condition, detail):
    if not condition: raise Bad(detail)

# --- section 8: JSON and times ------------------------------------------------------------------------------------
def canonical(v):
    if isinstance(v, dict):
        return "{%s}" % ",".join(canonical(k) + ":" + canonical(v[k]) for k in sorted(v, key=lambda k: k.encode("utf-16-be")))
    if isinstance(v, list): return "[%s]" % ",".join(map(canonical, v))
    return json.dumps(v, ensure_ascii=False)

def members_once(pairs):
    need(len(dict(pairs)) == len(pairs), "a key twice")
    return dict(pairs)

def within(v, level=1, free=False):
    "The bounds of the subset: no null, small integers, short strings, few levels (only under x- keys and in digests can there be more)."
    need(v is not None, "null")
    need(type(v) is not int or abs(v) < 1 << 53, "integer of 2^53 or more")
    if isinstance(v, str) and len(v.encode()) > 512 << 10: raise Limit("string over 512 KiB")
    if not isinstance(v, (dict, list)): return
    if level > 8: raise Limit("more than 8 levels") if free else Bad("more levels than any record has")
    for x in v:
        within(x, level + 1, free)
        if isinstance(v, dict): within(v[x], level + 1, free or x.startswith("x-") or x == "digests")

def refuse(text): raise Bad("number " + text[:20])

def parse(line, bound=1 << 20):
    "One object in canonical JSON."
    if len(line) > bound: raise Limit("longer than %d bytes" % bound)
    try:
        v = json.loads(line.decode(), object_pairs_hook=members_once, parse_float=refuse, parse_constant=refuse)
        within(v)
        need(isinstance(v, dict) and canonical(v).encode() == line, "not an object in canonical JSON")
    except RecursionError: raise Limit("more than 8 levels")
    except ValueError as e: raise Bad(str(e))
    return v

def nanoseconds(text):
    "A time of section 8 as an integer, or Bad."
    if m := re.fullmatch(r"@(0|-?[1-9]\d{0,18})\.(\d{9})", text, re.A):
        need(not -62135596800 <= int(m[1]) < 253402300800 and -1 << 63 <= int(m[1]) < 1 << 63, "time has a calendar form, or is over 64 bits")
        return int(m[1]) * 10**9 + int(m[2])
    m = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{9})Z", text, re.A)
    need(m, "not a time")
    try: t = datetime.datetime(*map(int, m.groups()[:6]), tzinfo=datetime.timezone.utc)
    except ValueError as e: raise Bad(str(e))
    return (t - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)) // datetime.timedelta(seconds=1) * 10**9 + int(m[7])

def unbase64(text):
    try: raw = base64.b64decode(text, validate=True)
    except ValueError as e: raise Bad(str(e))
    need(base64.b64encode(raw).decode() == text, "base64 is not canonical")
    return raw

DEVICE = re.compile(r"(?i)(CON|PRN|AUX|NUL|COM[1-9]|LPT[1-9])(\.|$)")

# --- shapes: a shape is a check, a [shape] of an array, or a {key: shape} with ? behind optional keys -------------
def rx(pattern): return lambda v: isinstance(v, str) and re.fullmatch(pattern, v, re.A) is not None
def decimal(v): return rx(r"0|[1-9]\d{0,19}")(v) and int(v) < 1 << 64
def integer(v): return type(v) is int and 0 <= v < 1 << 32
def pid(v): return type(v) is int and 1 <= v < 1 << 31
def number(v): return type(v) is int and v >= 0
def device(v): return rx(r"(0|[1-9]\d{0,9}):(0|[1-9]\d{0,9})")(v) and all(int(n) < 1 << 32 for n in v.split(":"))
def boottime(v): return rx(r"(0|[1-9]\d{0,18})\.\d{9}")(v) and int(v[:-10]) < 1 << 63
def offset(v): return rx(r"0|-?[1-9]\d{0,19}")(v) and abs(int(v)) < 1 << 64
def text(v): return isinstance(v, str)
def boolean(v): return type(v) is bool
def stamp(v): return isinstance(v, str) and nanoseconds(v) is not None
def b64(v): return isinstance(v, str) and unbase64(v) is not None
def signed(v): return type(v) is int
def ascending(shape): return lambda v: isinstance(v, list) and all(map(shape, v)) and v == sorted(set(v), key=str.encode)
HEX32, HEX64, SOURCE = rx("[0-9a-f]{32}"), rx("[0-9a-f]{64}"), rx("[a-z][a-z0-9-]{0,31}")
ITEM = rx(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,98}[A-Za-z0-9_-])?")
STATUS = rx("complete|partial")
ORIGIN = {"origin?": text, "origin_b64?": b64}
STAT = {"mode?": rx("[0-7]{4}"), "uid?": integer, "gid?": integer, "links?": integer, "inode?": decimal, "device?": device,
        "atime?": stamp, "mtime?": stamp, "ctime?": stamp}
REST = {"btime?": stamp, "xattrs?": [{"name_b64": lambda v: b64(v) and v != "", "value_b64": b64}], "xattrs_incomplete?": lambda v: v is True}
CATALOG = {**ORIGIN, **STAT, **REST, "path": text, "source": SOURCE, "method": SOURCE, "size": decimal, "sha256": HEX64,
           "status": rx("collected|changed|grew|shrunk|limited"), "real_size?": decimal, "real_sha256?": HEX64,
           "acquired_at": stamp, "salt": HEX32}
OBJECTS = {**ORIGIN, **STAT, **REST, "origin": text, "source": SOURCE, "target?": text, "target_b64?": b64, "rdevice?": device,
           "type": rx("directory|symlink|fifo|socket|character-device|block-device"), "acquired_at": stamp}
ABSENT = {**ORIGIN, "source": SOURCE, "reason": text, "errno?": rx("E[A-Z0-9]{1,31}"),
          "status": rx("vanished|denied|timeout|over-budget|excluded|unavailable|io-error")}
ACTIONS = {"action": SOURCE, "source?": SOURCE, "target?": text, "start": stamp, "end": stamp, "start_boottime": boottime,
           "end_boottime": boottime, "count": decimal, "failures": decimal, "detail?": text}
COUNTS = dict.fromkeys(("asked", "collected", "recorded", "absent"), decimal)
CLOCK = {"realtime": stamp, "boottime": boottime, "timezone_offset_minutes?": signed}
REFERENCE = {"time": stamp, "source?": text, "taken_at": stamp, "offset_nanoseconds": offset}
FORMAT = {"schema": text, "digests": [text], "salt": HEX32, "started": stamp}
LIMITS = ("max_size", "max_file_size", "max_rate", "timeout_seconds", "command_timeout_seconds", "db_hold_milliseconds")
REQUESTED = {"paths": [text], "cross_mounts": boolean, "databases?": [text], "units?": [text], "since?": stamp, "profiles?": [text], "sources?": [text],
             "root?": text, "environ?": boolean, "host_tools?": boolean, "process_memory?": [pid],
             "recent?": {"since": stamp, "roots": [text], "content": boolean}, "limits?": {k + "?": decimal for k in LIMITS}}
def bounds(v):
    "What existed before (timestamp.md section 4): at most 16 texts; after either word base64 of at most 64 KiB."
    if not isinstance(v, list) or len(v) > 16 or not all(map(text, v)): return False
    inside = [t.partition(":")[2] for t in v if t.startswith(("timestamp:", "checkpoint:"))]
    return all(0 < len(unbase64(t)) <= 64 << 10 for t in inside)
ACQUISITION = {
    "schema": rx("hozen-acquisition/1"), "salt": HEX32, "item": text, "case": text, "operator": {"name": text},
    "organisation?": text, "exhibit?": text, "authority?": text, "reason?": text, "location?": text, "witnesses?": [text],
    "started": stamp, "finished": stamp, "not_before?": bounds, "mounts_not_crossed?": ascending(text), "status": STATUS, "counts": COUNTS,
    "host": {k + "?": text for k in ("hostname", "machine_id", "boot_id", "kernel", "architecture", "operating_system")},
    "clock": {"start": CLOCK, "end": CLOCK, "reference?": REFERENCE}, "requested": REQUESTED,
    "tool": {"name": text, "version": text, "sha256?": HEX64, "command_line": [text], "uid": integer},
    "sources": [{"name": SOURCE, "status": STATUS, "counts": COUNTS}], "keys_expected": ascending(HEX64)}

def fits(v, shape, notices, where=""):
    if callable(shape): return need(shape(v), "%s: value" % where)
    if isinstance(shape, list):
        need(isinstance(v, list), "%s: not an array" % where)
        for x in v: fits(x, shape[0], notices, where)
        return
    need(isinstance(v, dict), "%s: not an object" % where)
    for key, x in v.items():
        if key.startswith("x-"): notices.append(("extension-keys", "", "keys that begin x-"))
        else:
            need(key in shape or key + "?" in shape, "unknown key %s" % key)
            fits(x, shape.get(key) or shape[key + "?"], notices, where + "." + key)
    for key in shape: need(key.endswith("?") or key in v, "%s is not there" % key)

def lines(data):
    need(data.endswith(b"\n"), "no final line feed")
    return data[:-1].split(b"\n")

def jsonl(data, schema, shape, notices):
    first, *rest = map(parse, lines(data))
    fits(first, {"schema": rx(schema), "salt": HEX32}, notices)
    for v in rest: fits(v, shape, notices); coherent(v)
    return rest

def raw_path(v, key):
    "The raw bytes that key and key_b64 stand for, section 3."
    if key + "_b64" not in v: return v[key].encode()
    raw = unbase64(v[key + "_b64"])
    need(as_text(raw) == v.get(key), "%s is not the text of %s_b64" % (key, key))
    need(as_text(raw).encode() != raw, "%s_b64 is valid UTF-8" % key)
    return raw

def as_text(raw):
    "UTF-8 as text; each byte outside a valid sequence is U+FFFD."
    out = ""
    while True:
        try: return out + raw.decode()
        except UnicodeDecodeError as e: out, raw = out + raw[:e.start].decode() + "\ufffd" * (e.end - e.start), raw[e.end:]

def coherent(v):
    "What a line of the catalog or of another record must say without contradicting itself."
    stats = [k for k in STAT if k[:-1] in v]
    need(not stats or len(stats) == len(STAT) and "origin" in v, "stat keys without each other or without origin")
    need("btime" not in v or stats, "btime without the other times")
    if "type" in v:
        need("target" not in v or v["type"] == "symlink", "target of no symlink")
        need("rdevice" not in v or v["type"].endswith("device"), "rdevice of no device")
        if "target" in v or "target_b64" in v: raw_path(v, "target")
    if "size" in v:
        cut = v["status"] in ("shrunk", "limited")
        need(("real_size" in v) == ("real_sha256" in v) == cut, "real_size and real_sha256")
        need(not cut or int(v["real_size"]) <= int(v["size"]) - (v["status"] == "shrunk"), "real_size over size")
        need(not cut or v["real_size"] != v["size"] or v["real_sha256"] == v["sha256"], "real_sha256 of as many bytes as were stored")
    names = [unbase64(x["name_b64"]) for x in v.get("xattrs", [])]
    need("xattrs" not in v or names and names == sorted(set(names)), "xattrs: order")
    if "origin" in v or "origin_b64" in v:
        raw = raw_path(v, "origin")
        need(raw[:1] == b"/" and b"\0" not in raw and (raw == b"/" or not {b"", b".", b".."} & set(raw[1:].split(b"/"))), "origin")

# --- section 3: names -----------------------------------------------------------------------------------------------
def map_component(raw):
    out = "".join(chr(b) if re.match(r"[A-Za-z0-9._+,@-]", chr(b)) else "=%02X" % b for b in raw)
    if out.endswith("."): out = out[:-1] + "=2E"
    if out.startswith("-"): out = "=2D" + out[1:]
    if DEVICE.match(raw.decode("latin-1")): out = "=%02X" % raw[0] + out[1:]
    return out if len(out) <= 180 else re.sub("=[0-9A-F]?$", "", out[:140]) + "=~" + sha(raw)[:32]

def maps_to(raw, path):
    "Is path the mapping of the raw host path, with or without a twin suffix on each component?"
    parts, there = raw[1:].split(b"/"), path.split("/")[1:]
    plain = len("/".join(map(map_component, parts)))
    if there[0] == "long":
        return there[2:] == [sha(raw)] and len("data/%s/" % there[1]) + plain + 18 * len(parts) > 900
    there = there[2 if there[0] == "ns" else 1:]
    return len(there) == len(parts) and all(
        got in (map_component(part), map_component(part) + "=@" + sha(part)[:16]) for part, got in zip(parts, there))

def payload_name(path):
    "Has a payload path the grammar?"
    root, source, *rest = path.split("/") + [""] * (path.count("/") < 1)
    return root == "data" and SOURCE(source) and rest != [] and len(path) <= 900 and all(map(component, rest))

def component(c):
    return (0 < len(c) <= 198 and c[0] != "-" and c[-1] != "." and not DEVICE.match(c) and
            re.fullmatch(r"([A-Za-z0-9._+,@-]|=[0-9A-F]{2})+(=~[0-9a-f]{32})?(=@[0-9a-f]{16})?", c) is not None)
