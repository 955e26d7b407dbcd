"""Bad samples: names, places and order of members."""
from cases import PASSWD, acquisition, bad, each, member, plain
import make
from make import Bundle

def produced(name, source="files"):
    "One more payload file of a name that the writer would never give, in the right order."
    def change(b): b.file("data/%s/%s" % (source, name), source, b"x", method="generated"); b.sort()
    return change

def alone(row_name, path, about, source="files"):
    each("member-forbidden", path, [(row_name, about, produced(path.split("/", 2)[2], source))])

F = "data/files/"
for row in [
        ("traversal", F + "../../../etc/x", "climbs out of the folder"), ("traversal-at-end", F + "etc/..", "ends in .."), ("single-dot", F + "./x", "a . component"),
        ("double-slash", F + "etc//x", "an empty component"), ("slash-at-end", F + "etc/x/", "ends in a slash"),
        ("device-name", F + "CON.txt", "a Windows device name"), ("device-name-lower", F + "lpt1", "a Windows device name"),
        ("final-dot", F + "name.", "a final dot"), ("leading-dash", F + "-rf", "a leading dash"), ("lower-case-escape", F + "a=3d", "an escape in lower case"),
        ("half-escape", F + "a=4", "an escape with one digit"), ("backslash", F + "a\\b", "a backslash"), ("blank", F + "a b", "a blank"),
        ("not-mapped-utf8", F + "caf\u00e9", "UTF-8 that is not escaped"), ("not-utf8-name", F + "caf\ufffd\ufffd", "bytes that are not UTF-8"), ("control-bytes", F + "\x1b[31m", "an escape sequence"),
        ("newline", F + "a\nb", "a line feed"), ("colon", F + "c:x", "a drive or a stream"), ("component-199", F + "n" * 199, "a component of 199 bytes"),
        ("path-901", F + "/".join(["n" * 98] * 9 + ["n"]), "a path of over 900 bytes"), ("tilde-form", F + "a=~0", "a shortened form without its digest"),
        ("twin-form-twice", F + "a=@0123456789abcdef=@0123456789abcdef", "two twin suffixes"), ("twin-before-tilde", F + "a=@0123456789abcdef=~" + "0" * 32, "the two forms in the other order")]:
    alone(*row)

def in_tar(name, before="meta/objects.jsonl", content=b"x\n"):
    "A member that no list names, put in front of another."
    def change(b):
        def rows(members):
            i = [n for n, _ in members].index("SAMPLE-1/" + before)
            return members[:i] + [(name, content)] + members[i:]
        b.on["members"] = rows
    return change

def moved(name, before):
    def change(b):
        def rows(members):
            it = next(m for m in members if m[0] == "SAMPLE-1/" + name)
            members.remove(it)
            i = [n for n, _ in members].index("SAMPLE-1/" + before)
            return members[:i] + [it] + members[i:]
        b.on["members"] = rows
    return change

each("member-forbidden", None, [
    ("absolute", "an absolute path", in_tar("/etc/cron.d/x")), ("outside", "another top folder", in_tar("SAMPLE-2/data/files/x")),
    ("top-file", "a file at the top", in_tar("SAMPLE-1/run.sh")), ("meta-extra", "an unknown tag file", in_tar("SAMPLE-1/meta/extra.txt")),
    ("fetch-txt", "BagIt's list of files elsewhere", in_tar("SAMPLE-1/fetch.txt")), ("no-folder", "a name without folder", in_tar("x")),
    ("empty-name", "a name that is nothing", in_tar("SAMPLE-1/")), ("source-capital", "a source in capitals", in_tar("SAMPLE-1/data/Files/x", "meta/catalog-000001.jsonl")),
    ("payload-without-source", "payload without a source", in_tar("SAMPLE-1/data/x", "meta/catalog-000001.jsonl")),
    ("segment-number", "a catalog segment of another number", in_tar("SAMPLE-1/meta/catalog-000003.jsonl")),
    ("signature-name", "a signature of another name", in_tar("SAMPLE-1/signatures/me.sshsig", "meta/objects.jsonl")),
])

each("container-malformed", None, [
    ("tags-swapped", "two tag files in the other order", moved("bag-info.txt", "meta/VERIFY.en.txt")),
    ("payload-after-tags", "a payload file behind the tag files", moved(PASSWD, "bag-info.txt")),
    ("payload-swapped", "two payload files in the other order", moved(PASSWD, "data/files/etc/hosts")),
    ("bagit-second", "bagit.txt is not first", moved("bagit.txt", "data/blind/blind.txt")),
    ("signature-early", "a signature in front of the tagmanifest", lambda b: moved("signatures/%s.sshsig" % make.key_id("p256"), "tagmanifest-sha256.txt")(b)),
])

@bad("container-malformed", None, "payload signed in another order")
def unsorted_payload():
    b = plain(); b.files[2], b.files[3] = b.files[3], b.files[2]
    return b

@bad("container-malformed", None, "signatures in another order")
def unsorted_signatures():
    b = plain(); b.keys = ["p256", "ed25519"]
    b.on["signatures"] = lambda s: s[::-1]
    return b

@bad("member-forbidden", PASSWD, "two names that differ in case only")
def case_twin():
    b = plain(); b.files.insert(3, b.host(b"/etc/PASSWD", b"x")); b.files.pop()
    return b

@bad("member-forbidden", PASSWD + "/x", "a file that is also a folder")
def file_is_folder():
    b = plain(); b.host(b"/etc/passwd/x", b"x")
    return b

@bad("member-forbidden", "data/system/late.json", "a source in two runs")
def source_twice():
    b = plain(); b.produced("system", "late.json", b"x")
    b.on["acquisition"] = lambda a: None
    return b

@bad("member-forbidden", "data/blind/blind.txt", "the blind file is not first")
def blind_not_first():
    b = plain(); b.files.append(b.files.pop(0))
    return b

@bad("member-forbidden", "data/blind/more.txt", "two blind files")
def blind_twice():
    b = plain(); b.produced("blind", "more.txt", b"x")
    return b.sort()

@bad("payload-missing", "data/blind/blind.txt", "no blind file")
def no_blind():
    b = plain(); b.files.pop(0)
    return b

@bad("manifest-malformed", "data/blind/blind.txt", "a blind file that is not 64 digits")
def blind_form():
    b = plain(); b.files.pop(0); b.produced("blind", "blind.txt", b"blind\n"); b.files.insert(0, b.files.pop())
    return b

@bad("member-duplicate", PASSWD, "the same payload name twice")
def payload_twice():
    b = plain()
    b.on["members"] = lambda m: [x for n in m for x in ([n, (n[0], b"evil\n")] if n[0].endswith("passwd") else [n])]
    return b

@bad("member-duplicate", PASSWD, "the same payload name twice, both in the lists")
def payload_twice_listed():
    b = plain(); b.host(b"/etc/passwd", b"evil\n")
    return b

@bad("member-duplicate", "meta/acquisition.json", "a tag file twice")
def tag_twice():
    b = plain()
    b.on["members"] = lambda m: [x for n in m for x in ([n, n] if n[0].endswith("acquisition.json") else [n])]
    return b

@bad("member-forbidden", None, "an item name with a final dot")
def item_final_dot(): return plain(item="SAMPLE.")

@bad("member-forbidden", None, "an item name with a leading dot")
def item_leading_dot(): return plain(item=".SAMPLE")

@bad("member-forbidden", None, "an item name of 101 bytes")
def item_101(): return plain(item="I" * 101)

@bad("limit-exceeded", None, "65 sources")
def sources_65():
    b = Bundle()
    for i in range(64): b.produced("s%d" % i, "x", b"")
    return b

@bad("limit-exceeded", None, "a format.json over 4,096 bytes")
def format_too_long():
    b = plain(); b.on["format"] = lambda f: f.__setitem__("x-a", "a" * 4096)
    return b

@bad("limit-exceeded", "meta/acquisition.json", "an acquisition.json over 1 MiB")
def acquisition_too_long():
    b = plain(); b.acquisition["witnesses"] = ["w" * 1000] * 1100
    return b

@bad("limit-exceeded", "meta/actions.jsonl", "a line over 1 MiB")
def line_too_long():
    b = plain(); b.actions[0]["x-a"] = ["w" * 1000] * 1100
    return b

@bad("limit-exceeded", "meta/acquisition.json", "a text over 512 KiB")
def string_too_long():
    b = plain(); b.acquisition["reason"] = "r" * (513 << 10)
    return b

@bad("limit-exceeded", "meta/acquisition.json", "nine levels of JSON")
def too_deep():
    b = plain(); b.acquisition["x-a"] = [[[[[[[[1]]]]]]]]
    return b
