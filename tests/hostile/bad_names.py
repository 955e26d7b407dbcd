"""Hostile bundles: names. They stand in tar, catalog and manifest alike, and all is signed: only the grammar refuses them."""
from cases import PASSWD, bad, each, plain
from cases_names import alone, in_tar, moved
import make

F = "data/files/"

# --- bytes that no name has ------------------------------------------------------------------------------------------------
ALLOWED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._+,@-/="
for byte in list(range(1, 128)):
    if chr(byte) not in ALLOWED and byte not in (10, 32, 58, 92):    # tests/oracle has those
        alone("name-byte-%02x" % byte, F + "etc/zz" + chr(byte) + "y", "the byte %02x in a name" % byte)

# --- names that mean another file to some system -----------------------------------------------------------------------------
OTHER = [
    ("nfc", "caf\u00e9"), ("nfd", "cafe\u0301"), ("nfkc-ligature", "\ufb01le"), ("nfkc-wide", "\uff0e\uff0e\uff0fx"), ("one-dot-leader", "\u2025x"), ("slash-like", "a\u2215b"), ("bidi", "a\u202etxt.exe"), ("zero-width", "a\u200bb"), ("c1", "a\u009b31m"),
    ("nbsp", "a\u00a0b"), ("kelvin", "\u212aelvin"), ("dotless-i", "f\u0131le"), ("long-s", "\u017fmall"), ("astral", "\U0001f4a9"), ("bom", "\ufeffx"), ("replacement", "\ufffd"), ("last", "\U0010ffff")]
for name, text in OTHER: alone("name-%s" % name, F + "etc/zz" + text, "%s in a name" % name)

FORMS = [
    ("dotdot-first", "../x", "climbs at once"), ("dotdot-last", "zz/..", "ends in the folder above"), ("dotdot-inside", "zz/../../x", "climbs inside"), ("dots-three", "zz/...", "three dots"), ("dot-only", ".", "the folder itself"), ("dot-last", "zz/.", "ends in ."),
    ("slash-first", "/zz", "an empty component first"), ("slashes-last", "zz//", "two slashes at the end"), ("slash-only", "/", "nothing but a slash"), ("nothing", "", "no name at all"), ("dash", "-", "a dash alone"), ("dash-in-folder", "-x/y", "a folder with a leading dash"),
    ("dot-last-in-folder", "zz./y", "a folder with a final dot"), ("nul-device", "NUL", "a Windows device"), ("aux-folder", "aux/y", "a Windows device as a folder"), ("com1-dots", "zz/COM1.a.b.c", "a Windows device with endings"), ("prn-mixed", "zz/pRn", "a Windows device in mixed letters"),
    ("escape-of-g", "zz=G0", "an escape that is none"), ("escape-mixed", "zz=4a", "an escape with a small letter"), ("escape-alone", "zz=", "an equals sign at the end"), ("percent", "zz%2F", "an escape of the web"), ("octal", "zz\\057", "an escape of C"),
    ("short-31", "a=~" + "0" * 31, "a shortened form with 31 digits"), ("short-33", "a=~" + "0" * 33, "a shortened form with 33 digits"), ("short-capitals", "a=~" + "A" * 32, "a shortened form in capitals"), ("short-alone", "=~" + "0" * 32, "a shortened form of nothing"), ("short-inside", "a=~" + "0" * 32 + "b", "a shortened form in the middle"),
    ("short-twice", "a=~" + "0" * 32 + "=~" + "0" * 32, "two shortened forms"), ("twin-15", "a=@" + "0" * 15, "a twin suffix of 15 digits"), ("twin-17", "a=@" + "0" * 17, "a twin suffix of 17 digits"), ("twin-capitals", "a=@" + "A" * 16, "a twin suffix in capitals"), ("twin-alone", "=@" + "0" * 16, "a twin suffix of nothing"),
    ("twin-inside", "a=@" + "0" * 16 + "b", "a twin suffix in the middle"), ("component-200", "n" * 200, "a component of 200 bytes"), ("component-900", "n" * 880, "a component of 880 bytes"), ("path-901-deep", "/".join("d" * 446), "a deep path of over 900 bytes")]
for name, text, about in FORMS: alone("form-%s" % name, F + text, about)

SOURCES = ["Files", "1files", "-files", "f_s", "f.s", "f" * 33, "fil es", "", ".", "..", "f=2Ds", "\u0444"]
for i, source in enumerate(SOURCES):
    each("member-forbidden", None, [("source-form-%d" % i, "the source %r" % source, in_tar("SAMPLE-1/data/%s/x" % source, "meta/catalog-000001.jsonl"))])

# --- members that have no place ----------------------------------------------------------------------------------------------
PLACES = [
    "/etc/passwd", "//etc/passwd", "../../../../etc/cron.d/x", "./SAMPLE-1/data/files/etc/passwd", "SAMPLE-1/./data/files/etc/zz", "SAMPLE-1//data/files/etc/zz", "SAMPLE-1/../SAMPLE-1/data/files/zz", "SAMPLE-1", "SAMPLE-1/", "SAMPLE-1/.", "SAMPLE-1/..", "SAMPLE-1/data",
    "SAMPLE-1/data/", "SAMPLE-1/data/files", "SAMPLE-1/data/files/", "SAMPLE-1/DATA/files/x", "SAMPLE-1/meta", "SAMPLE-1/meta/", "SAMPLE-1/meta/x", "SAMPLE-1/meta/Format.json", "SAMPLE-1/meta/format.json ", "SAMPLE-1/meta/catalog-1.jsonl", "SAMPLE-1/meta/catalog-000000.jsonl",
    "SAMPLE-1/meta/catalog-000002.jsonl.gz", "SAMPLE-1/meta/catalog-0000001.jsonl", "SAMPLE-1/META/catalog-000002.jsonl", "SAMPLE-1/signatures", "SAMPLE-1/signatures/", "SAMPLE-1/signatures/%s" % ("0" * 64), "SAMPLE-1/signatures/%s.sshsig" % ("A" * 64), "SAMPLE-1/signatures/%s.sig" % ("0" * 64),
    "SAMPLE-1/signatures/x/%s.sshsig" % ("0" * 64), "SAMPLE-1/manifest-md5.txt", "SAMPLE-1/manifest-sha1.txt", "SAMPLE-1/MANIFEST-SHA256.TXT", "SAMPLE-1/tagmanifest-md5.txt", "SAMPLE-1/bagit.txt.bak", "SAMPLE-1/.hidden", "sample-1/data/files/etc/zz", "SAMPLE-11/data/files/etc/zz",
    "C:/data/files/x", "SAMPLE-1\\data\\files\\x", "SAMPLE-1/data/files/etc/passwd:stream", "SAMPLE-1/data/files/etc/passwd/"]
for i, place in enumerate(PLACES):
    before = "meta/catalog-000001.jsonl" if "/data" in place.lower() else "meta/objects.jsonl"
    each("member-forbidden", None, [("place-%d" % i, "a member %r" % place, in_tar(place, before))])

ITEMS = ["..", ".", "-x", "a b", "x.", "\u00e9", "a\\b", "a=b", "a+b", "_x", "I" * 200, "a\nb", "a\x1b[2J", "\u202ea", "a:b", "*", "$(id)", "'a'"]
for i, item in enumerate(ITEMS):
    def build(item=item): return plain(item=item)
    build.__name__ = "item-name-%d" % i
    bad("member-forbidden", None, "the item %r" % item[:20])(build)

# --- twins, folders of files, order, runs ------------------------------------------------------------------------------------
def hosts(*raws):
    def change(b):
        for raw in raws: b.host(raw, b"x")
    return change

def added(*names):
    def change(b):
        for name in names: b.file("data/files/" + name, "files", b"x", method="generated")
    return change

each("member-forbidden", None, [("twin-%s" % n, about, change) for n, about, change in [
    ("next", "two names that differ in the case of one letter", hosts(b"/etc/zz", b"/etc/zZ")), ("folders", "two folders that differ in case, with one file", hosts(b"/srv/a", b"/SRV/A")), ("escaped", "a case twin beside an escape", added("zz=41", "ZZ=41")),
    ("folder-of-file", "a file and a file below it", added("zz", "zz/y")), ("folder-of-file-case", "a file and a file below its case twin", added("zz", "ZZ/y")), ("deep-folder", "a file and one far below it", added("zz", "zz/a/b/c/d"))]])
each("payload-missing", PASSWD, [("payload-in-meta", "a payload file behind its catalog", moved(PASSWD, "meta/objects.jsonl"))])
each("container-malformed", None, [("run-%s" % n, about, change) for n, about, change in [
    ("path-5000", "a path of 5,000 bytes", added("/".join(["n" * 190] * 26))), ("path-a-million", "a path of a million bytes", added("n/" * 500000 + "n")),
    ("backwards", "two files in the other order", added("zz2", "zz1")), ("case-order", "capitals sorted before small letters", added("zzB", "zza")), ("prefix-order", "a longer name first", added("zz1", "zz")), ("digit-order", "numbers in the order of their value", added("zz9", "zz10")),
    ("slash-order", "a path sorted by bytes instead of components", added("zz+a", "zz/a"))]])

def again(b):
    b.produced("closing", "clock.json", b"{}")
    b.host(b"/etc/zz", b"x")
each("member-forbidden", None, [("run-of-files-again", "a source that comes twice, with another between", again)])
each("member-forbidden", None, [("blind-again", "the blind source at the end", lambda b: b.files.append(b.file("data/blind/zz", "blind", b"x")) or b.files.pop() and None)])
for n, before in [("first", "data/blind/blind.txt"), ("behind-lists", "tagmanifest-sha256.txt")]:
    each("container-malformed" if n != "first" else "member-forbidden", None, [("payload-%s" % n, "a payload file at another place", moved(PASSWD, before))])
each("container-malformed", None, [("bagit-%s" % n, "bagit.txt is not first", moved("bagit.txt", before)) for n, before in [("last", "tagmanifest-sha256.txt"), ("in-payload", "data/files/etc/hosts")]])
each("container-malformed", None, [("signature-%s" % n, "the signature at another place", (lambda before: lambda b: moved("signatures/%s.sshsig" % make.key_id("p256"), before)(b))(before)) for n, before in [
    ("first", "bagit.txt"), ("in-payload", "data/files/etc/hosts"), ("before-manifest", "manifest-sha256.txt")]])
