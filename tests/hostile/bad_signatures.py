"""Hostile bundles: signatures and keys. A key that signs everything, numbers outside their range, another purpose, another bundle."""
import hashlib, os

import make, sshsig
from cases import bad, each, member, plain, signatures
from cases_sign import ED, N, P256, der, first, number, parts, signed_by, weak
from make import Bundle, armour, envelope, key_id, public, sign, string

P, L = sshsig.ED_P, sshsig.ED_L

# --- keys of small order, and keys that are not canonical: each would verify some signature of nobody ---------------------
SMALL = sorted(sshsig.ED_SMALL)
ENCODINGS = {y | sign_bit << 255 for y in SMALL for sign_bit in (0, 1)} | {y + P | sign_bit << 255 for y in (0, 1) for sign_bit in (0, 1)}
ENCODINGS |= {y + P | sign_bit << 255 for y in (2, 3, 4, 9, 16, 18) for sign_bit in (0, 1)} | {(1 << 255) - 1, (1 << 256) - 1}
TESTED = {1, P + 1, P - 1}    # in tests/oracle
for y in sorted(ENCODINGS - TESTED):
    raw = y.to_bytes(32, "little")
    weak(raw, "Ed25519: a key of small order or not canonical", "ed25519-weak-%s-%s" % (raw[:2].hex(), raw[-2:].hex()))

def ed25519(change):
    "Changes the 64 bytes of the Ed25519 signature of the trusted key."
    def rebuild(a):
        key, signature = parts(a)
        return armour(envelope(key, string(b"ssh-ed25519") + string(change(sshsig.strings(signature)[1]))))
    def hook(b):
        b.keys = ["ed25519"]
        return first(rebuild)(b)
    return hook

each("signature-invalid", ED, [("ed25519-%s" % n, "Ed25519: " + about, ed25519(change)) for n, about, change in [
    ("s-zero", "S is 0", lambda s: s[:32] + bytes(32)), ("r-neutral", "R is the neutral point", lambda s: b"\1" + bytes(31) + s[32:]), ("all-zero", "nothing but zeros", lambda s: bytes(64)), ("s-plus-2l", "S plus twice the order", lambda s: s[:32] + (int.from_bytes(s[32:], "little") + 2 * L).to_bytes(32, "little")),
    ("s-is-l", "S is the order", lambda s: s[:32] + L.to_bytes(32, "little")), ("s-high-bits", "S with its highest bits set", lambda s: s[:63] + bytes([s[63] | 0xe0])), ("r-sign", "the other sign of R", lambda s: s[:31] + bytes([s[31] ^ 0x80]) + s[32:]), ("r-form", "R that is not canonical", lambda s: (P + 1).to_bytes(32, "little") + s[32:]),
    ("63", "a byte too few", lambda s: s[:63]), ("65", "a byte too many", lambda s: s + b"\0"), ("swapped", "S before R", lambda s: s[32:] + s[:32]), ("negated", "minus S", lambda s: s[:32] + (L - int.from_bytes(s[32:], "little")).to_bytes(32, "little")), ("empty", "nothing", lambda s: b"")]])

def big(n): return int.from_bytes(n, "big")
def minus(n): return (big(n) - (1 << 264)).to_bytes(34, "big", signed=True)

each("signature-invalid", P256, [("p256-%s" % n, "ECDSA: " + about, der(change)) for n, about, change in [
    ("s-zero", "s is 0", lambda r, s: (r, b"")), ("both-zero", "r and s are 0", lambda r, s: (b"", b"")), ("both-one", "r and s are 1", lambda r, s: (b"\1", b"\1")), ("r-is-n", "r is the order", lambda r, s: (number(N), s)), ("s-is-n", "s is the order", lambda r, s: (r, number(N))),
    ("r-plus-n", "r plus the order", lambda r, s: (number(big(r) + N), s)), ("r-minus", "a negative r", lambda r, s: (minus(r), s)), ("s-minus", "a negative s", lambda r, s: (r, minus(s))), ("swapped", "s before r", lambda r, s: (s, r)), ("r-p", "r is the prime of the field", lambda r, s: (number(sshsig.P256_P), s)),
    ("s-padded", "s with zeros in front", lambda r, s: (r, bytes(9) + s)), ("r-long", "r of 4,000 bytes", lambda r, s: (b"\1" * 4000, s)), ("only-r", "r alone", lambda r, s: (r,)), ("none", "no numbers", lambda r, s: ()), ("zero-byte", "r is one zero byte", lambda r, s: (b"\0", s))]])

def under_key(change):
    "The trusted key's signature under another form of its public key; the file has the name of that."
    def build(s, m):
        key, signature = parts(s[0][1])
        key = change(key)
        return [(sshsig.keyid(key), armour(envelope(key, signature)))]
    return signatures(build)

def point_of(key): return sshsig.strings(key)[2]
def with_point(raw): return string(b"ecdsa-sha2-nistp256") + string(b"nistp256") + string(raw)

each("signature-invalid", None, [("p256-key-%s" % n, "P-256: " + about, under_key(change)) for n, about, change in [
    ("compressed", "a compressed point", lambda k: with_point(bytes([2 + (point_of(k)[-1] & 1)]) + point_of(k)[1:33])), ("hybrid", "a hybrid point", lambda k: with_point(bytes([6 + (point_of(k)[-1] & 1)]) + point_of(k)[1:])), ("infinity", "the point at infinity", lambda k: with_point(b"\0")),
    ("zero", "the point (0, 0)", lambda k: with_point(b"\4" + bytes(64))), ("x-over-p", "x over the prime", lambda k: with_point(b"\4" + b"\xff" * 32 + point_of(k)[33:])), ("y-minus", "another point of the curve: minus y", lambda k: with_point(point_of(k)[:33] + (sshsig.P256_P - big(point_of(k)[33:])).to_bytes(32, "big"))),
    ("empty", "no point", lambda k: with_point(b"")), ("long", "a byte behind the point", lambda k: with_point(point_of(k) + b"\0")), ("other-curve", "another curve's name", lambda k: string(b"ecdsa-sha2-nistp256") + string(b"nistp384") + string(point_of(k))),
    ("behind", "a string behind the key", lambda k: k + string(b"x")), ("no-curve", "no curve's name", lambda k: string(b"ecdsa-sha2-nistp256") + string(point_of(k))), ("cut", "a string that runs over the end", lambda k: k[:-1]), ("as-ed25519", "a P-256 point said to be Ed25519", lambda k: string(b"ssh-ed25519") + string(point_of(k)[1:33]))]])

# --- an algorithm that nobody knows counts as no signature; it cannot stand for one that is expected -------------------------
def only(kind):
    "The one signature inside is of this algorithm."
    key = string(kind) + string(b"sample")
    def change(b):
        b.acquisition["keys_expected"] = []
        b.on["signatures"] = lambda s: [(sshsig.keyid(key), armour(envelope(key, string(kind) + string(b"sample"))))]
    return change

each("signature-missing", "signatures", [("only-%s" % kind.decode().strip().replace("@", "-").replace(".", "-").lower()[:40], "the only signature says it is %s" % kind.decode(), only(kind)) for kind in [
    b"none", b"ssh-dss", b"ssh-rsa", b"ecdsa-sha2-nistp384", b"ecdsa-sha2-nistp521", b"ssh-ed448", b"hmac-sha256", b"ssh-ed25519-cert-v01@openssh.com", b"x509v3-ecdsa-sha2-nistp256", b"webauthn-sk-ecdsa-sha2-nistp256@openssh.com", b"SSH-ED25519", b"mldsa65@csirt.example"]])

# --- another purpose, another envelope -----------------------------------------------------------------------------------------
each("signature-invalid", P256, [("namespace-%d" % i, "signed for %r" % namespace, signatures(lambda s, m, namespace=namespace: [(s[0][0], sign("p256", m, namespace))])) for i, namespace in enumerate([
    "file", "git", "hozen-bundle-v2", "HOZEN-BUNDLE-V1", "hozen-bundle-v1 ", "hozen-bundle-v1\n", "hozen-bundle", "hozen-checkpoint-v1", "*"])])

def said(**more): return first(lambda a: armour(envelope(*parts(a), **more)))

each("signature-invalid", P256, [("envelope-%s" % n, about, change) for n, about, change in [
    ("namespace-said", "signed for something else, the envelope says otherwise", signatures(lambda s, m: [(s[0][0], armour(envelope(*parts(sign("p256", m, "file")))))])), ("namespace-empty", "no namespace", said(namespace=b"")), ("namespace-nul", "a NUL behind the namespace", said(namespace=b"hozen-bundle-v1\0")),
    ("version-0", "version 0", said(version=0)), ("version-huge", "a version of 2^32 - 1", said(version=2**32 - 1)), ("hash-md5", "the hash md5", said(digest=b"md5")), ("hash-none", "no hash", said(digest=b"")), ("hash-capitals", "SHA512", said(digest=b"SHA512")), ("hash-sha256-said", "says sha256, signed with sha512", said(digest=b"sha256")),
    ("cut", "an envelope that is cut off", first(lambda a: armour(sshsig.dearmour(a)[:-1]))), ("half", "half an envelope", first(lambda a: armour(sshsig.dearmour(a)[:60]))), ("magic", "another magic", first(lambda a: armour(b"SSHSIH" + sshsig.dearmour(a)[6:]))), ("no-key", "an empty key", first(lambda a: armour(envelope(b"", parts(a)[1])))),
    ("no-signature", "an empty signature", first(lambda a: armour(envelope(parts(a)[0], b"")))), ("length-over", "a length of 2^32 - 1", first(lambda a: armour(sshsig.dearmour(a)[:10] + b"\xff" * 4 + sshsig.dearmour(a)[14:]))), ("bare", "the envelope without armour", first(sshsig.dearmour)), ("pgp", "another armour", first(lambda a: a.replace(b"SSH SIGNATURE", b"PGP SIGNATURE"))),
    ("blank-lines", "an empty line in the armour", first(lambda a: a.replace(b"\n", b"\n\n", 1))), ("blank-behind", "blanks at the end of a line", first(lambda a: a.replace(b"\n", b" \n", 2))), ("tail", "text behind the armour", first(lambda a: a + b"ok\n")), ("bom", "a byte order mark", first(lambda a: b"\xef\xbb\xbf" + a)), ("url-base64", "the other base64", first(lambda a: a[:40] + b"-_" + a[42:])),
    ("columns-64", "lines of 64 columns", first(lambda a: armour(sshsig.dearmour(a), 64))), ("columns-1", "lines of one column", first(lambda a: armour(sshsig.dearmour(a), 1)))]])

def message(change): return signatures(lambda s, m: [(s[0][0], sign("p256", change(m)))])
each("signature-invalid", P256, [("signed-%s" % n, "signed: " + about, message(change)) for n, about, change in [
    ("nothing", "nothing", lambda m: b""), ("digest", "the digest of the tagmanifest", lambda m: hashlib.sha256(m).hexdigest().encode()), ("raw-digest", "the SHA-512 of the tagmanifest", lambda m: hashlib.sha512(m).digest()), ("cut", "all but the last line", lambda m: b"".join(m.splitlines(True)[:-1])),
    ("crlf", "the tagmanifest with DOS line ends", lambda m: m.replace(b"\n", b"\r\n")), ("capitals", "the tagmanifest in capitals", lambda m: m.upper()), ("twice", "the tagmanifest twice", lambda m: m + m)]])

@bad("signature-invalid", None, "a good signature beside one of another bundle")
def one_of_two_other():
    b = plain(); b.keys = ["p256", "ed25519"]
    return signatures(lambda s, m: [(k, v if k == key_id("p256") else sign("ed25519", m + b"x")) for k, v in s])(b) or b

@bad("signature-missing", ED, "the expected key did not sign, another trusted one did")
def expected_other():
    b = plain()
    b.acquisition["keys_expected"] = [key_id("ed25519")]
    return b

@bad("signature-missing", "signatures/%s.sshsig" % ("0" * 64), "a key is expected that nobody has")
def expected_nobody():
    b = plain()
    b.acquisition["keys_expected"] = sorted([key_id("p256"), "0" * 64])
    return b

@bad("tag-altered", "meta/acquisition.json", "the stranger took the expected key out and signed himself")
def expectation_removed():
    b = plain()
    b.on["signatures"] = lambda s: [(key_id("stranger"), sign("stranger", b.tagmanifest))]
    member("meta/acquisition.json", lambda c: c.replace(key_id("p256").encode(), key_id("stranger").encode()))(b)
    return b

for key, code in (("sk-ed25519", "signer-untrusted"), ("sk-p256", "signer-untrusted")):
    each(code, None, [("%s-flags-%02x" % (key, flags), "by a token that says %02x: nobody touched it" % flags, (lambda key, flags: lambda b: (b.__setattr__("keys", [key]), signatures(lambda s, m: [(s[0][0], sign(key, m, flags=flags))])(b))[1])(key, flags)) for flags in (0x02, 0x80, 0xfe)])
