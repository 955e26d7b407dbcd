#!/usr/bin/python3
"""pack.py pack FOLDER FILE | unpack FILE FOLDER: the inputs of a folder in one file, smallest first, each behind its length in four bytes (least first).
What a pack would be too large with, is left out."""
import hashlib, os, sys

LARGEST = 1024 * 1024

def unpack(file, folder):
    os.makedirs(folder, exist_ok=True)
    with open(file, "rb") as f: data = f.read()
    while data:
        size = int.from_bytes(data[:4], "little")
        one, data = data[4:4 + size], data[4 + size:]
        with open(os.path.join(folder, hashlib.sha1(one).hexdigest()), "wb") as f: f.write(one)

def pack(folder, file):
    inputs = []
    for name in os.listdir(folder):
        with open(os.path.join(folder, name), "rb") as f: inputs.append(f.read())
    with open(file, "wb") as f:
        for one in sorted(set(inputs), key=lambda i: (len(i), i)):
            if f.tell() + 4 + len(one) <= LARGEST: f.write(len(one).to_bytes(4, "little") + one)

if len(sys.argv) != 4 or sys.argv[1] not in ("pack", "unpack"): sys.exit(__doc__)
(pack if sys.argv[1] == "pack" else unpack)(sys.argv[2], sys.argv[3])
