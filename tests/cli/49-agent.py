#!/usr/bin/python3
"""An ssh-agent for tests: holds one key, signs as a token would, or answers what no agent should.
usage: 49-agent.py SOCKET PRIVATE TYPE MODE [COMMENT]    TYPE: an SSH key type; the public key goes to PRIVATE.pub"""
import base64, os, socket, sys, time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "oracle"))
import touch
from touch import string

path, private, kind, mode = sys.argv[1:5]
comment = (sys.argv[5] if len(sys.argv) > 5 else "Sato Hanako <sato@csirt.example>").encode()
kind = kind.encode()
token = kind in (touch.P256, touch.ED25519)
ed25519 = b"ed25519" in kind
FLAGS = {"untouched": 0, "verified": 5}

if not os.path.exists(private): touch.generate(private, touch.ED25519 if ed25519 else touch.P256)
blob = touch.public(private, touch.ED25519 if ed25519 else touch.P256)
if not token: blob = string(kind) + b"".join(map(string, touch.strings(blob)[1:-1]))
with open(private + ".pub", "wb") as f: f.write(kind + b" " + base64.b64encode(blob) + b" " + comment + b"\n")

def sign(message):
    if mode == "other-bytes": message += b"x"
    if token: return touch.signature(private, blob, message, FLAGS.get(mode, 1), 7)
    return string(kind) + string(touch.raw_sign(private, message, ed25519))

def padded(signature):
    "The same numbers with a zero more in front of each than they need."
    parts = touch.strings(signature[:-5] if token else signature)
    numbers = b"".join(string(b"\0" + n) for n in touch.strings(parts[1]))
    return string(parts[0]) + string(numbers) + (signature[-5:] if token else b"")

def identities():
    row = string(blob) + string(comment)
    return {"count": b"\xff\xff\xff\xff" + row, "count-short": b"\0\0\0\1" + row + b"\0", "list-cut": b"\0\0\0\2" + row,
            "length": b"\0\0\0\1\x7f\xff\xff\xff" + row, "empty-list": b"\0\0\0\0",
            "others": b"\0\0\0\3" + string(b"") + string(b"x") + string(b"\0\0\0\7ssh-dss") + string(b"\x1b[31m") + row}.get(mode, b"\0\0\0\1" + row)

def respond(request):
    if request[:1] == b"\x0b": return b"\x05" if mode == "locked" else b"\x0e" if mode == "other-answer" else b"\x0c" + identities()
    asked, message = touch.strings(request[1:-4])
    assert asked == blob and request[-4:] == b"\0\0\0\0"
    if mode == "refuse" or (mode == "refuse-once" and not os.path.exists(private + ".refused")):
        open(private + ".refused", "w").close()
        return b"\x05"
    while mode == "gate" and not os.path.exists(private + ".touched"): time.sleep(0.05)
    given = sign(message)
    changed = {"sign-cut": given[:-1], "sign-more": given + b"\0", "sign-empty": b"", "sign-long": given + bytes(5000),
               "sign-type": string(b"ssh-rsa") + given[4 + len(kind):], "sign-flags": given[:-5] + bytes([given[-5] ^ 4]) + given[-4:],
               "padded": padded(given) if mode == "padded" else b""}.get(mode, given)
    if mode == "sign-list": return b"\x0c" + identities()
    return b"\x0e" + string(changed) + (b"x" if mode == "sign-behind" else b"")

def serve(connection):
    while True:
        head = connection.recv(4, socket.MSG_WAITALL)
        if len(head) < 4: return
        request = connection.recv(int.from_bytes(head, "big"), socket.MSG_WAITALL)
        if mode == "close": return
        if mode == "silent": time.sleep(3600)
        if mode == "zero": connection.sendall(b"\0\0\0\0"); continue
        if mode == "huge": connection.sendall(b"\xff\xff\xff\xff" + bytes(1 << 20)); continue
        if mode == "drip":
            connection.sendall(b"\0\0\x10\0")
            while True: connection.sendall(b"\x0c"); time.sleep(0.2)
        answer = respond(request)
        if mode == "half": connection.sendall((len(answer) + 1).to_bytes(4, "big") + answer); return
        connection.sendall(len(answer).to_bytes(4, "big") + answer)

listener = socket.socket(socket.AF_UNIX)
listener.bind(path + ".new")
listener.listen(8)
os.rename(path + ".new", path) # who sees it can connect
while True:
    connection, _ = listener.accept()
    try: serve(connection)
    except (BrokenPipeError, ConnectionResetError): pass
    connection.close()
