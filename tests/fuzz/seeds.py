#!/usr/bin/python3
"""seeds.py --bin DIR [--also DIR] OUT: first inputs for the fuzz targets, a folder each, from the vectors of the specification, from the oracle's builders and from
what the programs in DIR make (DIR/../fuzz/fuzz_serve too). Only needed to begin a corpus anew: what is kept lies in corpus/."""
import argparse, base64, datetime, glob, hashlib, json, os, re, sqlite3, subprocess, sys, tarfile, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")
ORACLE = os.path.join(ROOT, "tests", "oracle")
VECTORS = os.path.join(ROOT, "formats", "spec", "vectors")
CUT = b"\0=\0="
LARGEST = 200000

def read(path):
    with open(path, "rb") as f: return f.read()

def put(target, data):
    "Each input once, under a name that follows from it."
    if len(data) > LARGEST: return
    folder = os.path.join(ARGS.out, target)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, hashlib.sha1(data).hexdigest()), "wb") as f: f.write(data)

def run(*command, **more):
    return subprocess.run(command, check=True, capture_output=True, **more).stdout

def members(path):
    "Names behind NAME/, contents and headers, as far as a lenient reader sees them."
    data, at = read(path), 0
    try:
        with tarfile.open(path) as tar:
            for m in tar:
                yield m.name.partition("/")[2], data[m.offset_data:m.offset_data + m.size], data[at:m.offset_data]
                at = m.offset_data + (m.size + 511) // 512 * 512
    except (tarfile.TarError, EOFError, ValueError, UnicodeError, OSError): return

def of_lines(name, content):
    for line in content.split(b"\n")[:40]:
        if not line: continue
        put("json", line)
        if "catalog" in name:
            put("catalog", line)
            try: row = json.loads(line)
            except ValueError: continue
            put("name", row.get("path", "").encode() + b"\n" + row.get("origin", "").encode())
            put("name", base64.b64decode(row["origin_b64"]) if "origin_b64" in row else row.get("origin", "").encode())
        else:
            for kind in range(3): put("records", bytes([kind]) + line)

def of_member(name, content):
    if name.endswith(".jsonl"): of_lines(name, content)
    elif name.endswith("disclosure-proof.json"): put("disclosure", content)
    elif name.endswith(".json"):
        put("acquisition", content)
        put("json", content[:-1])
    elif name.endswith(".sshsig"):
        put("sshsig", content)
        raw = base64.b64decode(b"".join(content.split(b"\n")[1:-2]) + b"==")
        put("sshsig", raw)
        length = int.from_bytes(raw[10:14], "big")
        put("sshsig", raw[14:14 + length])
    elif "manifest" in name: put("manifest", content)
    elif not name.startswith("data/") or "blind" in name: put("bag", content)

def bundles():
    for path in sorted(glob.glob(VECTORS + "/good/*.tar") + glob.glob(VECTORS + "/bad/*.tar")):
        parts = []
        for name, content, head in members(path):
            put("tar", b"\0" + head)
            of_member(name, content)
            own = name.startswith(("meta/catalog-", "meta/merkle", "manifest-sha256", "tagmanifest-sha256"))
            parts.append((b"\1" if own and "/good/" in path else b"\0") + name.encode("utf-8", "surrogateescape") + b"\n" + content)
        put("members", CUT.join(parts))
    for path in sorted(glob.glob(VECTORS + "/*/*.zst")):
        data = read(path)
        for at in [m.start() for m in re.finditer(re.escape(b"\x28\xb5\x2f\xfd"), data)][:3]: put("frame", data[at:at + 70000])
    for path in sorted(glob.glob(VECTORS + "/*/*.gz")): put("gunzip", read(path))
    for size in (0, 1, 5, 300, 70000):
        for level in (1, 19): put("frame", run("zstd", "-%d" % level, "--check", "--stream-size=%d" % size, input=b"ab" * (size // 2) + b"c" * (size % 2)))

def lists():
    allowed, revoked = read(VECTORS + "/allowed_signers"), read(VECTORS + "/revoked_keys")
    put("signers", allowed + CUT + revoked)
    for line in allowed.split(b"\n") + revoked.split(b"\n"):
        put("signers", line + b"\n" + CUT + line + b"\n")
        put("signers", line.partition(b" ")[2])
    for path in glob.glob(VECTORS + "/keys/*.pub"):
        put("signers", read(path))
        put("sshsig", base64.b64decode(read(path).split()[1]))

def ledger():
    with tempfile.TemporaryDirectory() as temp:
        run(sys.executable, ORACLE + "/make_statements.py", "--out", temp + "/statements")
        for line in read(temp + "/statements/statements").split(b"\n"): put("statement", base64.b64decode(line))
        for seed in range(3):
            run(sys.executable, ORACLE + "/make_chain.py", "--out", temp + "/chain%d" % seed, "--seed", str(seed), "--count", "150")
            of_chain(temp + "/chain%d" % seed)
        run(sys.executable, ORACLE + "/make_ledger.py", "--out", temp + "/offers")
        for path in glob.glob(temp + "/offers/**/*", recursive=True):
            if not os.path.isfile(path): continue
            data = read(path)
            put("offer", data)
            try: file = json.loads(data)
            except ValueError: continue
            if not isinstance(file, dict): continue
            for key, target in (("entry", "entry"), ("statement", "statement"), ("checkpoint", "entry")):
                value = file.get(key)
                if isinstance(value, dict): value = value.get("text")
                if isinstance(value, str):
                    try: put(target, base64.b64decode(value, validate=True))
                    except ValueError: put(target, value.encode())

def fingerprint(armour):
    "Of the key in a signature file."
    raw = base64.b64decode("".join(armour.split("\n")[1:-2]))
    length = int.from_bytes(raw[10:14], "big")
    return "SHA256:" + base64.b64encode(hashlib.sha256(raw[14:14 + length]).digest()).decode().rstrip("=")

def row(signers, recorded_at, statement):
    at = int(datetime.datetime.fromisoformat(recorded_at[:19] + "+00:00").timestamp())
    return bytes([len(signers)]) + "".join(signers).encode() + at.to_bytes(8, "little") + statement

def variants(rows):
    "A run of statements, and what it is without one of them, with one twice, with two exchanged."
    put("chain", CUT.join(rows))
    if sum(map(len, rows)) > 40000: return
    for i in range(1, len(rows)):
        put("chain", CUT.join(rows[:i] + rows[i + 1:]))
        put("chain", CUT.join(rows + [rows[i]]))
        put("chain", CUT.join(rows[:i - 1] + [rows[i], rows[i - 1]] + rows[i + 1:]))

def of_chain(path):
    "Runs of statements, whole and the last ones of them after the persons."
    rows = []
    for line in read(path).split(b"\n"):
        if not line: continue
        r = json.loads(line)
        rows.append(row(r["signers"], r["recorded_at"], base64.b64decode(r["statement"])))
    for first in range(0, len(rows), 15): put("chain", CUT.join(rows[:10] + rows[max(10, first):first + 25]))
    put("chain", CUT.join(rows[:40]))

def leftovers(folder):
    "What the command-line tests left behind (bats --no-tempdir-cleanup): ledgers, exports, files that travel."
    for path in glob.glob(folder + "/**/*", recursive=True):
        if path.endswith(".db"):
            try: rows = sqlite3.connect("file:%s?mode=ro" % path, uri=True).execute("select bytes from entry").fetchall()
            except sqlite3.Error: continue
            run_of = []
            for (entry,) in rows:
                entry = entry if isinstance(entry, bytes) else entry.encode()
                try: e = json.loads(entry)
                except ValueError: continue
                statement = base64.b64decode(e["statement"])
                put("entry", entry)
                put("statement", statement)
                signers = [fingerprint(s) for s in e["signatures"]]
                run_of.append(row(signers, e["recorded_at"], statement))
            variants(run_of)
        elif path.endswith("/export.json"): of_export(os.path.dirname(path))
        elif os.path.isfile(path) and os.path.getsize(path) < 60000:
            data = read(path)
            if data[:1] == b"{": put("offer", data); put("entry", data)

def of_export(folder):
    part = lambda name: read(os.path.join(folder, name)) if os.path.exists(os.path.join(folder, name)) else b""
    put("export", CUT.join((part("export.json"), part("proofs.jsonl"), part("allowed_signers"), part("entries.jsonl"))))
    put("entry", part("checkpoint"))
    for line in part("entries.jsonl").split(b"\n"): put("entry", line)

def token(folder, digest):
    "A token over a digest, by an authority made for it; with its root."
    sub = "/O=Example/CN=Example "
    ec = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc")
    run("openssl", "req", "-x509", *ec, "-keyout", "root.key", "-out", "root.pem", "-days", "9000", "-subj", sub + "Root", cwd=folder)
    run("openssl", "req", *ec, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", sub + "Time", cwd=folder)
    with open(folder + "/ext", "w") as f: f.write("extendedKeyUsage=critical,timeStamping\n")
    run("openssl", "x509", "-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-days", "8000", "-out", "tsa.pem",
        "-extfile", "ext", cwd=folder)
    with open(folder + "/ts.cnf", "w") as f:
        f.write("[tsa]\ndefault_tsa=t\n[t]\nserial=./serial\ncrypto_device=builtin\nsigner_cert=./tsa.pem\nsigner_key=./tsa.key\nsigner_digest=sha256\n"
                "default_policy=1.3.6.1.4.1.32473.1\ndigests=sha256,sha512\naccuracy=secs:1\ness_cert_id_chain=no\ness_cert_id_alg=sha256\n")
    with open(folder + "/serial", "w") as f: f.write("01\n")
    for name, digest_of, more in (("a", "-sha256", ["-cert"]), ("b", "-sha512", ["-cert"]), ("c", "-sha256", [])):
        run("openssl", "ts", "-query", "-digest", digest * (2 if "512" in digest_of else 1), digest_of, *more, "-out", name + ".tsq", cwd=folder)
        run("openssl", "ts", "-reply", "-config", "ts.cnf", "-queryfile", name + ".tsq", "-out", name + ".tsr", cwd=folder)
        answer, root = read(folder + "/%s.tsr" % name), read(folder + "/root.pem")
        for seed in (answer, answer + CUT + root, read(folder + "/%s.tsq" % name), answer + CUT + read(folder + "/tsa.pem")): put("timestamp", seed)

def evidence(folder):
    "Records around the tokens that token() left there: without a tree, in one, renewed by what is no renewal, with another digest."
    def der(tag, content):
        n = len(content)
        size = bytes([n]) if n < 128 else bytes([0x80 + (n.bit_length() + 7) // 8]) + n.to_bytes((n.bit_length() + 7) // 8, "big")
        return bytes([tag]) + size + content
    algorithm = lambda n: bytes.fromhex("06096086480165030402") + bytes([n])
    digest, wide, root = bytes.fromhex("ab" * 32), bytes.fromhex("ab" * 64), read(folder + "/root.pem")
    def stamp(name, tree=b"", n=1):
        answer = read(folder + "/%s.tsr" % name)
        return der(0x30, der(0xa0, algorithm(n)) + tree + answer[answer.index(b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02") - 4:])
    record = lambda *chains: der(0x30, b"\2\1\1" + der(0x30, der(0x30, algorithm(1)) + der(0x30, algorithm(3))) + der(0x30, b"".join(der(0x30, b"".join(c)) for c in chains)))
    tree = der(0xa2, der(0x30, der(4, digest)))
    for seed in (record([stamp("a")]), record([stamp("a", tree)]), record([stamp("a"), stamp("a")]), record([stamp("a", tree)], [stamp("b", n=3)]),
                 record([stamp("a", der(0xa2, der(0x30, der(4, digest) + der(4, bytes(32))) + der(0x30, der(4, bytes(32)))))])):
        for objects in (digest * 3, digest * 3 + wide * 3, b""): put("ers", seed + CUT + root + CUT + objects)
        put("ers", seed)

def databases():
    with tempfile.TemporaryDirectory() as temp:
        for mode in ("wal", "persist"):
            path = "%s/%s.db" % (temp, mode)
            db = sqlite3.connect(path)
            db.execute("pragma page_size=512")
            db.execute("pragma journal_mode=" + mode)
            db.execute("create table t(a, b)")
            db.commit()
            main = read(path)
            for n in range(3):
                db.execute("insert into t values(?, ?)", (n, "x" * 200))
                if n < 2: db.commit()
                beside = path + ("-wal" if mode == "wal" else "-journal")
                if os.path.exists(beside): put("replay_sqlite", main + CUT + read(beside)); put("replay_sqlite", read(path) + CUT + read(beside))
            db.close()

def host():
    with tempfile.TemporaryDirectory() as temp:
        run(sys.executable, ROOT + "/tests/tools/rpm_database.py", temp + "/rpm.sqlite", "2")
        put("host", b"\0" + read(temp + "/rpm.sqlite"))
        for (blob,) in sqlite3.connect(temp + "/rpm.sqlite").execute("select blob from Packages"): put("host", b"\1" + blob)
        db = sqlite3.connect(temp + "/w.db")
        db.execute("pragma journal_mode=wal")
        db.execute("create table t(a)")
        db.commit()
        put("host", b"\7" + read(temp + "/w.db-shm") + CUT + read(temp + "/w.db-wal"))
    put("host", b"\2LPKSHHRH" + bytes(8) + b"\0" + bytes(7) + bytes(range(64)) + (208).to_bytes(8, "little") + (1000).to_bytes(8, "little") + bytes(16) + (5).to_bytes(8, "little") * 14)
    put("host", b"\3Package: a\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\nConffiles:\n /etc/a " + b"0" * 32 + b" obsolete\n /etc/b " + b"1" * 32 + b"\n\nPackage: b\n")
    for line in (b"root:x:0:0:root:/root_:/bin/bash", b"sato:$6$salt$hash:19000:0:99999:7:::", b"sudo:x:27:sato,tanaka", b"+::::::"): put("host", b"\4" + line)
    put("host", b"\5" + b"\x07\0\0\0\x10\x27\0\0tty1" + bytes(28) + b"1   sato" + bytes(28) + b"host.example" + bytes(244) + bytes(4) + b"\x01\0\0\0" + bytes(48))
    for name in ("stat", "status", "maps"): put("host", b"\6" + read("/proc/self/" + name))

def programs():
    for path in sorted(glob.glob(VECTORS + "/*/*.tar")):
        said = subprocess.run([ARGS.bin + "/hozen-verify", "verify", "--json", "--signers", VECTORS + "/allowed_signers", path], capture_output=True).stdout
        put("verifier", said)
        put("wire", subprocess.run([ARGS.bin + "/../fuzz/fuzz_serve", path], capture_output=True).stdout)

def exports():
    with tempfile.TemporaryDirectory() as temp:
        program = lambda *words: run(ARGS.bin + "/hozen-custody", *words, cwd=temp, stdin=subprocess.DEVNULL)
        custody = lambda *words: program("custody", *words, "--ledger", "l.db", "--key", "a.key")
        program("key", "new", "--for", "custody", "--name", "Sato Hanako <sato@csirt.example>", "--out", "a")
        program("custody", "init", "l.db", "--organisation", "CSIRT Example", "--key", "a.key")
        for name, where in (("p256", "locker 3"), ("long-item", "locker 4")):
            with open(temp + "/%s.tar" % name, "wb") as f: f.write(read(VECTORS + "/good/%s.tar" % name))
            custody("intake", name + ".tar", "--location", where)
        for words in (("note", "SAMPLE-1", "--text", "seen"), ("move", "SAMPLE-1", "--place", "locker 5"), ("recheck", "SAMPLE-1", "--bundle", "p256.tar")):
            custody(*words)
        custody("export", "all")
        custody("export", "one", "--item", "SAMPLE-1")
        for folder in ("all", "one"):
            of_export(os.path.join(temp, folder))

def samples():
    "All of the oracle's samples, small: compressed, which leaves every finding about the tar as it is."
    with tempfile.TemporaryDirectory() as temp:
        run(sys.executable, ORACLE + "/make.py", "--out", temp, "--all")
        for path in sorted(glob.glob(temp + "/*/*.tar")):
            data = read(path)
            if len(data) < 2000000: put("bundle", run("zstd", "-19", "--check", "--stream-size=%d" % len(data), input=data))
            if "acquisition" in path or "requested" in path: [of_member(n, c) for n, c, _ in members(path) if n.startswith("meta/acq")]

def bounds():
    "What existed before a bundle was finished."
    for content in {c for p in glob.glob(VECTORS + "/good/*.tar") for n, c, _ in members(p) if n == "meta/acquisition.json"}:
        a = json.loads(content)
        for texts in (["timestamp:AAAA", "checkpoint:YWJj", "something else"], ["timestamp:!"], ["checkpoint:"], ["x"] * 17):
            a["not_before"] = texts
            put("acquisition", json.dumps(a, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n")
        break

def inspections():
    "Intakes that say what was seen inside."
    table = lambda n: {"name": "t%d" % n, "rows": str(n)}
    some = {"databases": [{"path": "data/databases/a.db", "result": "ok", "tables": [table(1), table(2)]},
                          {"path": "data/databases/b.db", "result": "damaged", "detail": "page 3", "tables": [], "tables_more": "7"}],
            "databases_more": "2", "types": [{"type": "text/plain", "files": "3"}, {"type": "unchecked", "files": "1"}], "types_more": "9", "trouble": "no room"}
    for path in glob.glob(os.path.join(ARGS.out, "statement", "*")):
        data = read(path)
        if b'"inspection":{' not in data: continue
        s = json.loads(data)
        beside = [{k: v for k, v in some.items() if "_more" not in k}]
        beside += [dict(beside[0], **{key: value}) for key, value in (
            ("types", [{"type": "t", "files": "1"}] * 65), ("types", ["t"]), ("types", 7), ("databases", [{}]), ("databases", 7),
            ("databases", [{"path": "data/a", "result": "ok", "tables": []}] * 17), ("databases", [{"path": "data/a", "result": "ok", "tables": [7]}]),
            ("databases", [{"path": "data/a", "result": "ok", "tables": [table(1)] * 257}]), ("databases", [{"path": "data/a", "result": "ok", "tables": 7}]))]
        for inside in [some] + beside:
            s["body"]["inspection"] = inside
            put_statement(s)
        break

def put_statement(s): put("statement", json.dumps(s, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode())

def statement(kind, body, item=None):
    s = {"actor": {"contact": "operator@csirt.example", "key": "SHA256:Mn0wChfjfsZk6ek8BwUqABysh8xJ23FQQOvpdQX4uJ0", "name": "Sato Hanako"}, "body": body,
         "ledger": "1" * 64, "nonce": "0" * 32, "schema": "hozen-statement/1", "time": "2016-03-02T10:00:00+09:00", "type": kind}
    put_statement(dict(s, item=item) if item else s)

def copies():
    "What lies beside copies, what was renewed: lists that are right, empty, too long, out of order."
    digest = "b" * 64
    files = [[{"file": "%s%03d" % (name, i), "sha256": digest} for i in range(n)] for name, n in (("a", 2), ("a", 0), ("a", 129), ("a", 65))]
    files += [files[0][::-1], files[0][:1] * 2, [dict(files[0][0], version="v1")], [{"file": "a"}], [7], 7]
    for beside in files:
        statement("copy", {"copy": "w1", "role": "archive", "sealed": {"beside": beside, "file": "I.a1/I.tar", "read_back": "direct", "target": "/archive"}, "sha256": digest}, "SAMPLE-1")
        statement("fixity", {"checks": [{"beside": beside, "copy": name, "item": "A", "sha256": digest} for name in ("a1", "a2")], "tool": "t"})
    one = {"copy": "a1", "item": "A", "sha256": digest}
    for records in ([one], [one, dict(one, copy="a2"), dict(one, item="B")], [one, one], [dict(one, item="B"), one], [], [7], 7, [dict(one, copy="c%03d" % i) for i in range(257)]):
        statement("renewal", {"records": records, "tool": "t"})

def policies():
    "Policies whose first rule has each of the kinds of demands, with and without an override; and demands on an archive."
    rules = [{"types": ["note"], "roles": ["analyst", "custodian"]}, {"types": ["copy", "disposal"], "persons": 2}, {"types": ["note"], "checkpoint_signer": True},
             {"types": ["note"], "requires": ["case", "location"]}, {"types": ["copy"], "targets": ["a", "b"]},
             {"types": ["note"], "roles": ["analyst"], "requires": ["case"], "persons": 4, "checkpoint_signer": True}]
    archive = [{"copies": 2, "media": 2, "targets": ["a"], "check_hours": [1, 24]}, {"case": "INC-1", "copies": 3}]
    for rule in rules:
        body = {"rules": {"rules": [dict(rule, name="one"), {"name": "two", "types": ["fixity"]}], "recheck_days": 30, "copies": 2, "archive": archive}}
        statement("policy", body)
        statement("policy", dict(body, override={"rule": "one", "reason": "urgent"}))

def texts():
    for text in ("2016-03-01T09:00:00.000000001Z", "@-62135596801.000000001", "2016-03-01T10:00:00+09:00", "2016-03-01 10:00:00.5-03:30", "20G", "500ms", "0", "18446744073709551615",
                 "YWJjZA==", "deadbeef", "\u202eevil", "\ufffd", "=1+1", " \u3000=cmd", "'", '"', "a\\x41", "<b>&amp;", "\x1b[2J", "\u2028", "\U000e0041"):
        for target in ("text", "escape", "name"): put(target, text.encode())
    for name in ("bundle.tar.tsr", "bundle.tar.2.tsr", "bundle.tar.16.tsr", "bundle.tar.17.tsr"): put("timestamp", name.encode() + b"\0")
    for raw in (b"\xff\xfe", b"\xc2\x9b31m", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"/etc/passwd", b"/a/../b", b"/CON/-x/a.", b"/" + b"x" * 300, b"data/files/a=~" + b"0" * 32):
        for target in ("text", "escape", "name"): put(target, raw)
    for n in range(12): put("proof", bytes([5 * n, 3 * n]) + bytes(range(n)))

def main():
    global ARGS
    p = argparse.ArgumentParser(description="First inputs for the fuzz targets.")
    p.add_argument("--bin", required=True); p.add_argument("--also", metavar="DIR", help="folder that command-line tests left behind"); p.add_argument("out")
    ARGS = p.parse_args()
    for step in (bundles, lists, ledger, databases, host, programs, exports, texts, inspections, policies, copies, samples, bounds): step()
    if ARGS.also: leftovers(ARGS.also)
    with tempfile.TemporaryDirectory() as temp: token(temp, "ab" * 32); evidence(temp)

if __name__ == "__main__": main()
