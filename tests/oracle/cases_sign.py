"""Bad samples: signatures, keys and trust."""
import base64, hashlib, os

import sshsig, touch
from cases import bad, each, plain, put, signatures
from make import KEYS, Bundle, armour, envelope, key_id, public, sign, string

P256, ED = "signatures/%s.sshsig" % key_id("p256"), "signatures/%s.sshsig" % key_id("ed25519")
N, L = sshsig.P256_N, sshsig.ED_L

def first(change):
    "Changes the armour of the only signature."
    return signatures(lambda s, message: [(s[0][0], change(s[0][1]))])

def parts(signature):
    "(key, raw signature string) of an armoured signature."
    fields = sshsig.strings(sshsig.dearmour(signature)[10:])
    return fields[0], fields[4]

def resigned(*options, namespace="hozen-bundle-v1"): return signatures(lambda s, m: [(s[0][0], sign("p256", m, namespace, *options))])
def enveloped(**more): return first(lambda a: armour(envelope(*parts(a), **more)))

def der(change):
    "Changes r and s of the ECDSA signature."
    def rebuild(a):
        key, signature = parts(a)
        kind, raw = sshsig.strings(signature)
        return armour(envelope(key, string(kind) + string(b"".join(map(string, change(*sshsig.strings(raw)))))))
    return first(rebuild)

def plain_signature(key, message):
    "What the private half signs by itself: the SSHSIG data without flags and counter."
    data = b"SSHSIG" + string(b"hozen-bundle-v1") + string(b"") + string(b"sha512") + string(hashlib.sha512(message).digest())
    return string(b"?") + string(touch.raw_sign(os.path.join(KEYS, key), data, b"ed25519" in public(key)))

def number(n): return n.to_bytes(n.bit_length() // 8 + 1, "big") if n else b""

each("signature-invalid", P256, [
    ("namespace-other", "a signature for something else", resigned(namespace="hozen-ledger-v1")), ("namespace-countersign", "a countersignature inside", resigned(namespace="hozen-countersign-v1")),
    ("hash-sha256", "the other hash of SSHSIG", resigned("-O", "hashalg=sha256")), ("signed-other", "a signature of other bytes", signatures(lambda s, m: [(s[0][0], sign("p256", m + b"\n"))])),
    ("name-other", "a signature under another key's name", signatures(lambda s, m: [(key_id("p256"), sign("ed25519", m))])),
    ("armour-76", "lines of 76 columns", first(lambda a: armour(sshsig.dearmour(a), 76))), ("armour-crlf", "DOS line ends", first(lambda a: armour(sshsig.dearmour(a), end=b"\r\n"))),
    ("armour-no-end", "no final line feed", first(lambda a: a[:-1])), ("armour-twice", "two signatures in one file", first(lambda a: a + a)), ("armour-text", "text in front", first(lambda a: b"note\n" + a)),
    ("armour-one-line", "all in one line", first(lambda a: armour(sshsig.dearmour(a), 10000))), ("armour-padding", "one = too many", first(lambda a: a.replace(b"\n-----END", b"=\n-----END"))),
    ("armour-empty", "nothing", first(lambda a: b"")), ("envelope-reserved", "a reserved field that is used", enveloped(reserved=b"x")), ("envelope-version", "another version of SSHSIG", enveloped(version=2)),
    ("envelope-behind", "bytes behind the envelope", first(lambda a: armour(sshsig.dearmour(a) + string(b"x")))), ("hash-named-other", "a hash that does not exist", enveloped(digest=b"sha3-512")),
    ("r-zero", "r is 0", der(lambda r, s: (b"", s))), ("s-plus-n", "s plus the order", der(lambda r, s: (r, number(int.from_bytes(s, "big") + N)))), ("r-padded", "r with a zero too many", der(lambda r, s: (b"\0\0" + r, s))),
    ("three-numbers", "a number behind r and s", der(lambda r, s: (r, s, s))), ("bit", "one bit of r", der(lambda r, s: (r[:-1] + bytes([r[-1] ^ 1]), s))),
])

def other_bundle(b):
    "The signature of another bundle by the same key."
    other = plain(seed="other"); other.build()
    b.on["signatures"] = lambda s: [(s[0][0], sign("p256", other.tagmanifest))]
each("signature-invalid", P256, [("signature-of-other-bundle", "the signature of another bundle", other_bundle)])

@bad("signature-invalid", ED, "Ed25519: S plus the group order")
def ed25519_malleable():
    b = plain(); b.keys = ["ed25519"]
    def change(a):
        key, signature = parts(a)
        raw = sshsig.strings(signature)[1]
        return armour(envelope(key, string(b"ssh-ed25519") + string(raw[:32] + (int.from_bytes(raw[32:], "little") + L).to_bytes(32, "little"))))
    return first(change)(b) or b

@bad("signature-invalid", ED, "base64 with unused bits that are not zero")
def armour_bits():
    b = plain(); b.keys = ["ed25519"]  # its signatures have one length, with one = at the end
    def change(a):
        i = a.index(b"=\n---") - 1
        return a[:i] + bytes([a[i] + 1]) + a[i + 1:]  # A, E, I...: the two lowest bits were 0
    return first(change)(b) or b

def weak(y, about, row_name):
    "A key of small order signs everything: R the neutral point, S 0."
    key = string(b"ssh-ed25519") + string(y)
    name = sshsig.keyid(key)
    signature = armour(envelope(key, string(b"ssh-ed25519") + string(b"\1" + bytes(63))))
    each("signature-invalid", "signatures/%s.sshsig" % name, [(row_name, about, signatures(lambda s, m: sorted(s + [(name, signature)])))])

weak(b"\1" + bytes(31), "Ed25519: the neutral point as key", "ed25519-neutral-key")
weak((sshsig.ED_P + 1).to_bytes(32, "little"), "Ed25519: a key that is not canonical", "ed25519-key-form")
weak((sshsig.ED_P - 1).to_bytes(32, "little"), "Ed25519: a key of order 2", "ed25519-order-2")

@bad("signature-invalid", None, "a P-256 key that is not on the curve")
def point_off_curve():
    b = plain()
    def change(s, m):
        key, signature = parts(s[0][1])
        key = key[:-1] + bytes([key[-1] ^ 1])
        return [(sshsig.keyid(key), armour(envelope(key, signature)))]
    return signatures(change)(b) or b

def by_token(key, code, rows):
    "rows: (name, about, function(key blob, signature blob, message) that gives them changed, or keywords for sign)."
    for row_name, about, change in rows:
        def build(s, m, change=change):
            if isinstance(change, dict): return [(s[0][0], sign(key, m, **change))]
            blob, signature = change(*parts(s[0][1]), m)
            return [(sshsig.keyid(blob), armour(envelope(blob, signature)))]
        def changed(b, build=build):
            b.keys = [key]
            return signatures(build)(b)
        each(code, "signatures/%s.sshsig" % key_id(key) if not row_name.endswith("application") else None, [(row_name, about, changed)])

def of_kind(kind, blob): return string(kind) + blob[4 + int.from_bytes(blob[:4], "big"):]

def padded(signature):
    kind, numbers = sshsig.strings(signature[:-5])
    r, s = sshsig.strings(numbers)
    return string(kind) + string(string(b"\0" + r) + string(s)) + signature[-5:]

by_token("sk-p256", "signer-untrusted", [("sk-untouched", "by a token that nobody touched", {"flags": 0}), ("sk-untouched-verified", "by a token that took a PIN and no touch", {"flags": 4})])
by_token("sk-verify", "signer-untrusted", [("sk-unverified", "by a token that did not ask for the PIN that the list wants", {})])
by_token("sk-p256", "signature-invalid", [
    ("sk-flags", "the touch put in afterwards", lambda k, s, m: (k, s[:-5] + bytes([s[-5] ^ 4]) + s[-4:])), ("sk-counter", "another counter", lambda k, s, m: (k, s[:-1] + bytes([s[-1] ^ 1]))),
    ("sk-no-counter", "the counter is missing", lambda k, s, m: (k, s[:-4])), ("sk-no-tail", "neither flags nor counter", lambda k, s, m: (k, s[:-5])),
    ("sk-behind", "a byte behind the counter", lambda k, s, m: (k, s + b"\0")), ("sk-kind", "said to be made without a token", lambda k, s, m: (k, of_kind(b"ecdsa-sha2-nistp256", s))),
    ("sk-r-padded", "r with a zero too many", lambda k, s, m: (k, padded(s))),
    ("sk-other-application", "the same key under another application", lambda k, s, m: (k[:-4] + b"web:", s)), ("sk-empty-application", "no application", lambda k, s, m: (k[:-8] + string(b""), s)),
    ("sk-plain", "the key of a token signed as one without", lambda k, s, m: (k, of_kind(b"sk-ecdsa-sha2-nistp256@openssh.com", plain_signature("sk-p256", m)) + b"\1\0\0\0\7")),
])
by_token("sk-ed25519", "signature-invalid", [
    ("sk-malleable", "Ed25519 of a token: S plus the group order", lambda k, s, m: (k, s[:-37] + (int.from_bytes(s[-37:-5], "little") + L).to_bytes(32, "little") + s[-5:])),
    ("sk-bit", "Ed25519 of a token: one bit of R", lambda k, s, m: (k, s[:-69] + bytes([s[-69] ^ 1]) + s[-68:]))])

@bad("signature-missing", "signatures", "the signature was taken away, none was expected")
def stripped():
    b = plain(); b.acquisition["keys_expected"] = []
    b.on["signatures"] = lambda s: []
    return b

@bad("signature-missing", P256, "the expected signature was taken away")
def stripped_expected():
    b = plain(); b.on["signatures"] = lambda s: []
    return b

@bad("signature-missing", ED, "one of two expected signatures was taken away")
def stripped_one_of_two():
    b = plain(); b.keys = ["p256", "ed25519"]
    b.acquisition["keys_expected"] = sorted(map(key_id, b.keys))
    b.on["signatures"] = lambda s: [x for x in s if x[0] == key_id("p256")]
    return b

@bad("signature-missing", P256, "the signature replaced by a stranger's")
def replaced_by_stranger():
    b = plain(); b.on["signatures"] = lambda s: [(key_id("stranger"), sign("stranger", b.tagmanifest))]
    return b

@bad("signature-missing", "signatures", "only a signature of a reserved algorithm")
def only_rsa():
    b = plain(); b.keys = ["rsa"]; b.acquisition["keys_expected"] = []
    return b

@bad("limit-exceeded", None, "17 signatures")
def signatures_17():
    b = plain()
    def more(s):
        keys = [string(b"sample-%d" % i) for i in range(16)]
        return sorted(s + [(sshsig.keyid(k), armour(envelope(k, string(b"sample")))) for k in keys])
    b.on["signatures"] = more
    return b

def signed_by(key, code, row_name, about):
    def change(b): b.keys = [key]
    each(code, "signatures/%s.sshsig" % key_id(key), [(row_name, about, change)])

signed_by("stranger", "signer-untrusted", "stranger", "by a key that is only inside the bundle")
signed_by("operator", "signer-untrusted", "not-for-bundles", "by a key that the list allows for other things")
signed_by("expired", "signer-outside-validity", "expired", "by a key that has expired")
signed_by("future", "signer-outside-validity", "not-yet-valid", "by a key that is not valid yet")
signed_by("other", "signer-outside-validity", "claimed-before", "by a key that is valid now and was not at the claimed time")
signed_by("revoked", "signer-revoked", "revoked", "by a key that was revoked")

@bad("signer-untrusted", "signatures/%s.sshsig" % key_id("stranger"), "beside it a countersignature for another purpose")
def countersigned_wrong_namespace():
    b = plain(); b.keys = ["stranger"]; b.beside = [("operator", "hozen-bundle-v1")]
    return b

@bad("signer-revoked", None, "countersigned by a revoked key")
def countersigned_revoked():
    b = plain(); b.keys = ["stranger"]; b.beside = [("revoked", "hozen-countersign-v1")]
    return b

@bad("signature-invalid", P256, "the signature does not verify, and somebody countersigned it")
def countersigned_invalid():
    b = plain(); b.beside = [("operator", "hozen-countersign-v1")]
    return (b.on.__setitem__("signatures", lambda s: [(s[0][0], sign("p256", b"other"))])) or b

def from_other(name):
    "A tag file of another bundle by the same key."
    def change(b):
        other, box = plain(seed="other"), {}
        other.on["tags"] = lambda t: box.update(t)
        other.build()
        b.on["members"] = lambda rows: [(n, box[name] if n.endswith("/" + name) else c) for n, c in rows]
    return change

for row_name, tag_name in (("catalog-of-other-bundle", "meta/catalog-000001.jsonl"), ("acquisition-of-other-bundle", "meta/acquisition.json"), ("format-of-other-bundle", "meta/format.json")):
    each("tag-altered", tag_name, [(row_name, "a tag file of another bundle", from_other(tag_name))])

@bad("member-forbidden", None, "the folder renamed: every member but not what is signed")
def folder_renamed():
    "The item's name swapped in every header; only bag-info and acquisition know the right one."
    b = plain(); b.on["members"] = lambda rows: [(n.replace("SAMPLE-1/", "SAMPLE-2/", 1) if "bag-info" not in n else n, c) for n, c in rows]
    return b

@bad("catalog-mismatch", "bag-info.txt", "the folder renamed in every header")
def item_swapped():
    b = plain(); b.on["members"] = lambda rows: [(n.replace("SAMPLE-1/", "SAMPLE-2/", 1), c) for n, c in rows]
    return b
