"""Good samples: every one must be verified."""
import hashlib

import make
from cases import good, member, plain, signatures
from make import Bundle, armour, envelope, sign, string

NASTY = [b"line\nbreak", b"\x1b[31mred", b"back\\slash", b"'quote\"", b"-x", b"trailing ", b"dot.", b"...", b"..a", b"=41", b"a=b",
         b"caf\xc3\xa9", b"cafe\xcc\x81", b"CON.txt", b"con", b"Lpt9.tar.gz", b"COM0", b"NUL.", b"\xff\xfe", b"\xe3\x81", b"<script>", b"@pax",
         b"a,b+c@d", b" ", b"~", b"%41", b"*", b"\xe2\x80\xae"]

@good("signed with ECDSA P-256")
def p256(): return plain()

@good("signed with Ed25519")
def ed25519():
    b = plain(); b.keys = ["ed25519"]
    return b

@good("signed by a token with ECDSA P-256")
def sk_p256():
    b = plain(); b.keys = ["sk-p256"]
    return b

@good("signed by a token with Ed25519")
def sk_ed25519():
    b = plain(); b.keys = ["sk-ed25519"]
    return b

@good("signed by a token that nobody touched, which the list allows")
def sk_untouched_allowed():
    b = plain(); b.keys = ["sk-no-touch"]
    return signatures(lambda s, m: [(s[0][0], sign("sk-no-touch", m, flags=0))])(b) or b

@good("signed by a token that asked for a PIN, as the list wants, by a counter at its end")
def sk_verified():
    b = plain(); b.keys = ["sk-verify"]
    return signatures(lambda s, m: [(s[0][0], sign("sk-verify", m, flags=5, counter=2**32 - 1))])(b) or b

@good("two expected signatures, both trusted")
def two_signatures():
    b = plain(); b.keys = ["p256", "ed25519"]
    b.acquisition["keys_expected"] = sorted(map(make.key_id, b.keys))
    return b

@good("a signature of an algorithm that is reserved lies beside a trusted one")
def unknown_algorithm_beside():
    b = plain(); b.keys = ["p256", "rsa"]
    b.acquisition["keys_expected"] = [make.key_id("p256")]
    return b

@good("a key that nobody trusts signed beside a trusted one")
def untrusted_beside():
    b = plain(); b.keys = ["p256", "stranger"]
    return b

@good("names with control bytes, quotes, device names, both normal forms")
def nasty_names():
    b = plain()
    for n in NASTY: b.host(b"/srv/" + n + b"/" + n, n)
    return b.sort()

@good("names that are not UTF-8, in files, objects and absent")
def not_utf8():
    b = plain()
    for n in (b"\xff", b"ok\xc3\x28\xa0", b"\xed\xa0\x80", b"\xf8\x88\x80\x80\x80", b"\xe2\x82", b"x\xf0\x9f\x98"): b.host(b"/srv/" + n, n)
    b.object(b"/srv/\xfe", "symlink", **make.named("target", b"../\xff\xff"))
    b.absent.append({**make.named("origin", b"/srv/\x80"), "source": "files", "status": "vanished", "reason": "gone"})
    return b.sort()

@good("names at every length where the header changes its form")
def long_names():
    b = plain()
    for n in (70, 77, 78, 79, 99, 100, 101, 180, 181, 255): b.host(b"/" + b"n" * n)
    for n in (40, 60, 75, 76, 100, 140): b.host(b"/" + b"d" * n + b"/" + b"e" * n, b"e")
    b.host(b"/" + b"=" * 85); b.host(b"/" + b"/".join([b"deep"] * 45), b"deep")
    return b.sort()

@good("paths longer than 900 bytes are in a source of their own")
def very_long_paths():
    b = plain()
    for c in (b"a", b"b", b"\xe6\x97\xa5"): b.host(b"/" + b"/".join([c * 58] * 16), c)
    b.host(b"/" + b"/".join([b"x" * 99] * 8) + b"/" + b"y" * 89, b"900 bytes")
    return b.sort()

@good("case twins, of files and of a folder, also of long names")
def case_twins():
    b = plain()
    def twin(raw): return make.map_component(raw) + "=@" + hashlib.sha256(raw).hexdigest()[:16]
    b.host(b"/srv/README", b"1")
    b.host(b"/srv/readme", b"2", path="data/files/srv/" + twin(b"readme"))
    b.host(b"/srv/ReadMe/x", b"3", path="data/files/srv/" + twin(b"ReadMe") + "/x")
    b.host(b"/srv/" + b"L" * 200, b"4"); b.host(b"/srv/" + b"l" * 200, b"5", path="data/files/srv/" + twin(b"l" * 200))
    b.host(b"/srv/gone", b"6", path="data/files/srv/" + twin(b"gone"))
    return b.sort()

@good("all types of object, all reasons why something is absent")
def objects_and_absent():
    b = plain()
    for type_ in ("fifo", "socket"): b.object(b"/dev/" + type_.encode(), type_)
    for type_ in ("character-device", "block-device"): b.object(b"/dev/" + type_.encode(), type_, rdevice="1:3")
    b.object(b"/dev/link", "symlink", target="/nowhere", xattrs=[{"name_b64": "dXNlci5h", "value_b64": ""}, {"name_b64": "dXNlci5i", "value_b64": "AA=="}])
    b.object(b"/", "directory", xattrs_incomplete=True)
    for status in ("vanished", "denied", "timeout", "over-budget", "excluded", "unavailable", "io-error"):
        b.absent.append({"origin": "/x/" + status, "source": "files", "status": status, "reason": "sample"})
    b.absent.append({"source": "network", "status": "unavailable", "reason": "no such source here"})
    return b

@good("empty files")
def zero_length():
    b = plain(); b.host(b"/srv/empty"); b.produced("system", "empty")
    return b.sort()

@good("files that changed, grew, shrank or were cut while they were read")
def changed_while_read():
    b = plain()
    b.host(b"/srv/changed", b"x", status="changed"); b.host(b"/srv/grew", b"x", status="grew")
    b.host(b"/srv/shrunk", b"ab" + bytes(6), status="shrunk", real_size="2", real_sha256=hashlib.sha256(b"ab").hexdigest())
    b.host(b"/srv/limited", b"abc", status="limited", real_size="3", real_sha256=hashlib.sha256(b"abc").hexdigest())
    return b.sort()

@good("unknown keys that begin with x- are a notice")
def x_keys():
    b = plain(); b.files[1][2]["x-lab"] = {"deep": ["values", 1, True]}
    b.acquisition["x-\u00fcnlich"] = "text"; b.absent[0]["x-"] = 0; b.actions[0]["x-a"] = []
    b.on["acquisition"] = lambda a: a["counts"].__setitem__("x-a", 1)
    b.on["format"] = lambda f: f.__setitem__("x-hint", "early")
    return b

@good("a one-time key signed; the operator countersigned beside the bundle")
def countersigned():
    b = plain(); b.keys = ["stranger"]; b.beside = [("operator", "hozen-countersign-v1")]
    return b

@good("beside it a signature for another purpose: a notice")
def sidecar_invalid():
    b = plain(); b.beside = [("operator", "hozen-ledger-v1")]
    return b

@good("started before 1970: the tar has time 0; a file older than the year 1")
def old_times():
    b = plain(); b.started = "1969-12-31T23:59:59.999999999Z"
    b.host(b"/srv/old", **{"mtime": "@-62135596801.000000000", "btime": "@253402300800.999999999", "ctime": "0001-01-01T00:00:00.000000000Z"})
    return b.sort()

@good("a clock outside the calendar")
def no_calendar():
    b = plain(); b.started = "@253402300800.000000000"; b.acquisition["finished"] = "2016-03-01T09:00:05.000000000Z"
    b.acquisition["clock"]["reference"] = {"time": make.STARTED, "taken_at": b.started, "offset_nanoseconds": "-18446744073709551615"}
    return b

@good("nothing but the blind file")
def only_blind(): return Bundle()

@good("every optional key; text in two scripts")
def everything_known():
    b = plain()
    b.acquisition.update({
        "case": "\u4e8b\u6848 2016-001", "operator": {"name": "\u4f50\u85e4 \u82b1\u5b50"}, "organisation": "CSIRT <sample>", "exhibit": "A-1", "authority": "order 7", "reason": "\u0000\u001f\"\\/\u007f",
        "location": "room 4", "witnesses": ["Tanaka Ken"], "not_before": ["beacon 1"], "mounts_not_crossed": ["/proc", "/sys"],
        "host": {k: k for k in ("hostname", "machine_id", "boot_id", "kernel", "architecture", "operating_system")}})
    b.acquisition["clock"]["start"]["timezone_offset_minutes"] = -570
    b.acquisition["tool"]["sha256"] = "0" * 64
    return b

@good("a source that the list names and that gave nothing; files of another mount namespace; a device twin of a folder")
def sources():
    b = plain()
    b.host(b"/etc/issue", b"1", source="ns", path="data/ns/4026531840/etc/issue")
    b.produced("closing", "clock.json", b"{}\n")
    b.absent.append({"source": "kernel", "status": "unavailable", "reason": "sample"})
    return b

@good("an item name of 100 bytes")
def long_item(): return plain(item="I" * 100)

@good("64 sources")
def most_sources():
    b = Bundle()
    for i in range(63): b.produced("s%d" % i, "x", b"")
    return b

@good("a second catalog segment of one line")
def two_segments():
    b = Bundle()
    for i in range(4096): b.produced("system", "f%04d" % i, b"")
    return b

@good("exactly one full catalog segment")
def full_segment():
    b = Bundle()
    for i in range(4095): b.produced("system", "f%04d" % i, b"")
    return b
