"""What other programs see in a bundle: names, sizes and digests by GNU tar, bsdtar and Python's tarfile."""
import csv, hashlib, io, re, subprocess, tarfile, zlib

import zstandard

def run(*command): return subprocess.run(command, capture_output=True, check=True).stdout

def cut(content, sizes):
    "The digests of members whose contents stand one behind the other."
    at, out = 0, []
    for n in sizes: out.append(hashlib.sha256(content[at:at + n]).hexdigest()); at += n
    if at != len(content): raise ValueError("%d bytes of content, %d are listed" % (len(content), at))
    return out

def by_program(program, path, size_field):
    rows = [line.split() for line in run(program, "-tvf", path).decode().splitlines()]
    if any(row[0] != "-rw-r--r--" for row in rows): raise ValueError("%s sees something else than files" % program)
    names, sizes = [row[-1] for row in rows], [int(row[size_field]) for row in rows]
    if names != run(program, "-tf", path).decode().split("\n")[:-1]: raise ValueError("%s lists other names" % program)
    return list(zip(names, sizes, cut(run(program, "-xOf", path), sizes)))

def unpacked(data):
    if data[:4] == b"\x28\xb5\x2f\xfd": return zstandard.ZstdDecompressor().stream_reader(data, read_across_frames=True).read()
    return zlib.decompress(data, 31) if data[:2] == b"\x1f\x8b" else data

def by_python(path):
    with open(path, "rb") as f: data = unpacked(f.read())
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        return [(m.name, m.size, hashlib.sha256(tar.extractfile(m).read()).hexdigest()) for m in tar.getmembers()]

def by_hozen(program, path):
    "The payload, by hozen-verify list."
    rows = run(program, "list", "--format", "hashdeep", path).decode().splitlines()
    return [(m[3], int(m[1]), m[2]) for m in (re.fullmatch(r"(\d+),([0-9a-f]{64}),(.*)", r) for r in rows) if m]

def differences(path, hozen):
    "Where two programs see different things in a bundle that is accepted."
    python = by_python(path)
    for program, field in (("tar", 2), ("bsdtar", 4)):
        if by_program(program, path, field) != python: yield "%s and Python's tarfile list different things" % program
    payload = [(n.partition("/")[2], size, digest) for n, size, digest in python if n.split("/")[1] == "data"]
    if by_hozen(hozen, path) != payload: yield "hozen-verify list and Python's tarfile list different things"
    if len({n.lower() for n, _, _ in python}) != len(python): yield "two names differ in case only"

# --- what comes out for people ----------------------------------------------------------------------------------------------
# Control characters, what reorders or hides text, what begins a line.
ALIVE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")
FORMULA = list("=+-@\uff1d\uff0b\uff0d\uff20")

def living(hozen, path):
    "What of the texts for people could act on a terminal, or in a spreadsheet."
    for command in (["verify"], ["list"], ["list", "--format", "csv"]):
        done = subprocess.run([hozen, *command, path], capture_output=True, check=False)
        if done.returncode not in (0, 3): yield "%s: exit %d" % (" ".join(command), done.returncode)
        text = (done.stdout + done.stderr).decode().replace("\r\n", "\n")
        if m := ALIVE.search(text): yield "%s: %r in the output" % (" ".join(command), m[0])
        cells = [c for row in csv.reader(text.split("\n")) for c in row] if "csv" in command else []
        for cell in cells:
            if cell.strip()[:1] in FORMULA: yield "csv: a cell that begins like a formula: %r" % cell[:40]
