"""SSHSIG signatures and lists of trusted keys for the oracles: section 7 of formats/spec/bundle.md. Strict envelopes are
checked here, the cryptography is ssh-keygen's."""
import base64, calendar, functools, hashlib, os, re, subprocess, tempfile, time

P256_P = 2**256 - 2**224 + 2**192 + 2**96 - 1
P256_B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b
P256_N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551
ED_P, ED_L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
ED_SMALL = {0, 1, ED_P - 1, 2707385501144840649318225287225658788936804267575313519463743609750303402022,
            ED_P - 2707385501144840649318225287225658788936804267575313519463743609750303402022}  # y of order 1, 2, 4, 8

class Invalid(Exception): "a signature that does not hold, or a list of keys that is not one"

def need(condition, detail):
    if not condition: raise Invalid(detail)

def keyid(blob): return hashlib.sha256(blob).hexdigest()
def fingerprint(blob): return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")

def strings(blob):
    "All SSH strings of a blob, nothing behind the last."
    out = []
    while blob:
        n = int.from_bytes(blob[:4], "big")
        need(len(blob) >= 4 + n, "a string runs over the end")
        out, blob = out + [blob[4:4 + n]], blob[4 + n:]
    return out

def dearmour(armour):
    m = re.fullmatch(rb"-----BEGIN SSH SIGNATURE-----\n((?:[A-Za-z0-9+/]{70}\n)*[A-Za-z0-9+/=]{1,70}\n)-----END SSH SIGNATURE-----\n", armour)
    need(m, "armour")
    try: blob = base64.b64decode(m[1].replace(b"\n", b""), validate=True)
    except ValueError: raise Invalid("base64")
    need(base64.b64encode(blob) == m[1].replace(b"\n", b""), "base64 is not canonical")
    return blob

def mpint(raw):
    need(raw and raw[0] < 128 and (len(raw) == 1 or raw[0] or raw[1] > 127), "integer is not canonical")
    return int.from_bytes(raw, "big")

def on_curve(point):
    x, y = int.from_bytes(point[1:33], "big"), int.from_bytes(point[33:], "big")
    need(len(point) == 65 and point[0] == 4 and max(x, y) < P256_P and (y * y - x**3 + 3 * x - P256_B) % P256_P == 0, "point")

TOKEN = {b"sk-ecdsa-sha2-nistp256@openssh.com": b"ecdsa-sha2-nistp256", b"sk-ssh-ed25519@openssh.com": b"ssh-ed25519"}
PRESENT, VERIFIED = 1, 4

def flags(armour):
    "What a token said when it signed; None for a key without one."
    key, signature = (strings(dearmour(armour)[10:])[i] for i in (0, 4))
    return signature[-5] if strings(key)[0] in TOKEN else None

def known(key, signature):
    "True when the algorithm is one we know and the key and signature are strictly formed."
    kind, *parts = strings(key)
    if kind in TOKEN:
        need(len(parts) > 1 and re.fullmatch(rb"[!-~]{1,255}", parts[-1]), "application")
        need(signature[:4 + len(kind)] == len(kind).to_bytes(4, "big") + kind and len(signature) > 9 + len(kind), "signature form")
        plain = len(TOKEN[kind]).to_bytes(4, "big") + TOKEN[kind]
        key = plain + b"".join(len(p).to_bytes(4, "big") + p for p in parts[:-1])
        return known(key, plain + signature[4 + len(kind):-5])
    name, *rest = strings(signature)
    if kind == b"ecdsa-sha2-nistp256":
        need(name == kind and len(parts) == 2 and len(rest) == 1 and parts[0] == b"nistp256", "key or signature form")
        on_curve(parts[1])
        numbers = [mpint(n) for n in strings(rest[0])]
        need(len(numbers) == 2 and all(0 < n < P256_N for n in numbers), "r or s")
        return True
    if kind == b"ssh-ed25519":
        need(name == kind and len(parts) == 1 and len(rest) == 1 and len(parts[0]) == 32 and len(rest[0]) == 64, "key or signature form")
        y = int.from_bytes(parts[0], "little") & (1 << 255) - 1
        need(y < ED_P and y not in ED_SMALL, "point")
        need(int.from_bytes(rest[0][32:], "little") < ED_L, "S")
        return True
    return False

@functools.lru_cache(4096)
def verify(armour, namespace, message):
    "The public key blob that signed, None when its algorithm is unknown; Invalid when the signature does not hold."
    blob = dearmour(armour)
    need(blob[:10] == b"SSHSIG\0\0\0\1", "not SSHSIG version 1")
    fields = strings(blob[10:])
    need(len(fields) == 5 and fields[1] == namespace.encode() and fields[2] == b"" and fields[3] == b"sha512", "namespace, hash or fields")
    key, signature = fields[0], fields[4]
    need(strings(key) and (strings(key)[0] in TOKEN or strings(signature)), "no key or no signature")
    if not known(key, signature): return key, False
    with tempfile.NamedTemporaryFile(dir=os.environ.get("TMPDIR", "/tmp")) as f:
        f.write(armour); f.flush()
        done = subprocess.run(["ssh-keygen", "-Y", "check-novalidate", "-n", namespace, "-s", f.name], input=message, capture_output=True)
    need(done.returncode == 0, "does not verify")
    return key, True

def moment(text):
    m = re.fullmatch(r"(\d{8})(?:(\d{4})(\d\d)?)?Z", text, re.A)
    need(m, "time " + text)
    try: return calendar.timegm(time.strptime(m[1] + (m[2] or "0000") + (m[3] or "00"), "%Y%m%d%H%M%S"))
    except ValueError: raise Invalid("time " + text)

OPTION = r'(?:(?:namespaces|valid-after|valid-before)="[^"\s]*"|no-touch-required|verify-required)'
LINE = re.compile(r'([^\s@*?!,"]+@[^\s@*?!,"]+) (?:(' + OPTION + '(?:,' + OPTION + r')*) )?([a-z0-9@.-]+) ([A-Za-z0-9+/=]+)(?: .*)?', re.A)

def read_signers(path):
    "[(principal, key blob, options)], or Invalid with the line number."
    with open(path, "rb") as f: rows = f.read().split(b"\n")
    out = []
    for number, row in enumerate(rows, 1):
        if not row or row.startswith(b"#"): continue
        try: out.append(signer(row.decode()))
        except ValueError: raise Invalid("%s: line %d: base64 or UTF-8" % (path, number))
        except Invalid as e: raise Invalid("%s: line %d: %s" % (path, number, e))
    return out

def signer(row):
    m = LINE.fullmatch(row)
    need(m, "not a principal, options, a key")
    pairs = re.findall(r'([a-z-]+)(?:="([^"]*)")?', m[2] or "")
    options, blob = dict(pairs), base64.b64decode(m[4], validate=True)
    need(len(options) == len(pairs), "options")
    need(m[3].encode() in TOKEN or not set(options) & {"no-touch-required", "verify-required"}, "options of a token")
    kind, *parts = strings(blob)
    need(kind == m[3].encode() and base64.b64encode(blob).decode() == m[4], "key")
    if kind == b"ecdsa-sha2-nistp256" or TOKEN.get(kind) == b"ecdsa-sha2-nistp256": on_curve(parts[1])
    for name in ("valid-after", "valid-before"):
        if name in options: options[name] = moment(options[name])
    return m[1], blob, options

def read_revoked(path):
    "Fingerprints of revoked keys."
    with open(path, encoding="utf-8", errors="replace") as f: rows = f.read().split("\n")
    out = set()
    for number, row in enumerate(rows, 1):
        m = re.fullmatch(r"(SHA256:[A-Za-z0-9+/]{43})|[a-z0-9@.-]+ ([A-Za-z0-9+/]+={0,2})(?: .*)?|#.*|", row)
        need(m, "%s: line %d: neither a public key nor a fingerprint" % (path, number))
        if m[1] or m[2]: out.add(m[1] or fingerprint(base64.b64decode(m[2])))
    return out

def touched(options, said):
    "said: what flags() gives"
    return said is None or (said & PRESENT or "no-touch-required" in options) and (said & VERIFIED or "verify-required" not in options)

def judge(key, namespace, signers, revoked, claimed, now, said=None):
    "(principal or None, finding code or None): whose key this is and what speaks against it, section 7.7."
    mine = [(who, o) for who, blob, o in signers if blob == key and namespace in o.get("namespaces", namespace).split(",") and touched(o, said)]
    if fingerprint(key) in revoked: return mine[0][0] if mine else None, "signer-revoked"
    if not mine: return None, "signer-untrusted"
    for who, o in mine:
        if all(o.get("valid-after", t) <= t <= o.get("valid-before", t) for t in (claimed, now)): return who, None
    return mine[0][0], "signer-outside-validity"
