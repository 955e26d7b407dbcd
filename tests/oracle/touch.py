"""Keys of FIDO tokens without a token (OpenSSH PROTOCOL.u2f): builds their public keys, and the signatures that a token would
make. The private half is an ordinary key that openssl signs with."""
import hashlib, os, subprocess, tempfile

P256, ED25519 = b"sk-ecdsa-sha2-nistp256@openssh.com", b"sk-ssh-ed25519@openssh.com"
PRESENT, VERIFIED = 1, 4

def string(b): return len(b).to_bytes(4, "big") + b

def strings(blob):
    out = []
    while blob:
        n = int.from_bytes(blob[:4], "big")
        out, blob = out + [blob[4:4 + n]], blob[4 + n:]
    return out

def openssl(*words): return subprocess.run(["openssl", *words], check=True, capture_output=True).stdout

def generate(path, kind):
    with open(path, "wb") as f:
        f.write(openssl("genpkey", "-algorithm", "ED25519") if kind == ED25519 else
                openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"))

def public(path, kind, application=b"ssh:"):
    "The wire blob of the key whose private half lies at path."
    der = openssl("pkey", "-in", path, "-pubout", "-outform", "DER")
    point = string(der[-32:]) if kind == ED25519 else string(b"nistp256") + string(der[-65:])
    return string(kind) + point + string(application)

def raw_sign(path, message, ed25519):
    "A signature as SSH writes it: 64 bytes, or two mpints out of the DER."
    with tempfile.NamedTemporaryFile() as f:
        f.write(message); f.flush()
        if ed25519: return openssl("pkeyutl", "-sign", "-inkey", path, "-rawin", "-in", f.name)
        der = openssl("dgst", "-sha256", "-sign", path, f.name)
    n = der[3]
    return string(der[4:4 + n]) + string(der[6 + n:])

def signature(path, blob, message, flags=PRESENT, counter=7):
    "The signature blob over message by the key with this public blob: type, numbers, flags, counter."
    kind, *parts = strings(blob)
    tail = bytes([flags]) + counter.to_bytes(4, "big")
    signed = hashlib.sha256(parts[-1]).digest() + tail + hashlib.sha256(message).digest()
    return string(kind) + string(raw_sign(path, signed, kind == ED25519)) + tail

def sshsig(path, blob, message, namespace="hozen-bundle-v1", flags=PRESENT, counter=7):
    "The whole SSHSIG blob."
    head = string(namespace.encode()) + string(b"") + string(b"sha512")
    signed = b"SSHSIG" + head + string(hashlib.sha512(message).digest())
    return b"SSHSIG\0\0\0\1" + string(blob) + head + string(signature(path, blob, signed, flags, counter))
