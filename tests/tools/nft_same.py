#!/usr/bin/env python3
"""nft_same.py A B: two listings of `nft -j list ruleset` are the same rules, but for handles and remaining times.
nft_same.py --rows LISTING ROWS: each rule, with its counter, is a row of nftables.jsonl, and each row is one of them."""
import json
import sys


def objects(path):
    with open(path, encoding="utf-8") as f:
        return [o for o in json.load(f)["nftables"] if "metainfo" not in o]


def plain(value):
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items() if k not in ("handle", "expires")}
    return [plain(v) for v in value] if isinstance(value, list) else value


def counter(rule):
    found = [e["counter"] for e in rule["expr"] if isinstance(e.get("counter"), dict) and "packets" in e["counter"]]
    return (str(found[0]["packets"]), str(found[0]["bytes"])) if found else (None, None)


def compare(left, right):
    left, right = (
        [json.dumps(plain(o), sort_keys=True) for o in objects(p)] for p in (left, right)
    )
    for a in sorted(set(left) ^ set(right)):
        print("only in one:", a)
    assert left == right, "not the same rules in the same order"
    return len(left)


def compare_rows(listing, rows):
    wanted = {}
    for o in objects(listing):
        for kind, v in o.items():
            if kind in ("table", "chain", "rule"):
                key = (kind, v["family"], v["name"] if kind == "table" else v["table"], str(v["handle"]))
                wanted[key] = counter(v) if kind == "rule" else (None, None)
    found = {}
    with open(rows, encoding="utf-8") as f:
        for line in list(f)[1:]:
            r = json.loads(line)
            if r["kind"] in ("table", "chain", "rule"):
                key = (r["kind"], r["family"], r["name"] if r["kind"] == "table" else r["table"], r["handle"])
                assert key not in found, key
                found[key] = (r.get("packets"), r.get("bytes")) if r["kind"] == "rule" else (None, None)
    assert found == wanted, sorted(set(found.items()) ^ set(wanted.items()))
    return len(found)


if sys.argv[1] == "--rows":
    print(compare_rows(sys.argv[2], sys.argv[3]))
else:
    print(compare(sys.argv[1], sys.argv[2]))
