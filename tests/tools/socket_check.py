#!/usr/bin/python3
"""Is what ss saw before and after in sockets.jsonl? socket_check.py BEFORE AFTER SOCKETS.JSONL: the first two are
`ss -H -O -n -a -t -u -w -x -0 -p -e`. For every socket in both: state, ends, uid, inode and pids. Prints how many."""
import json, re, sys

STATES = {"ESTAB", "SYN-SENT", "SYN-RECV", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT", "UNCONN", "CLOSE-WAIT", "LAST-ACK",
          "LISTEN", "CLOSING"}


def pids(line):
    return sorted({int(p) for p in re.findall(r"pid=(\d+)", line)})


def of_ss(path):
    found = {}
    for line in open(path, encoding="utf-8", errors="surrogateescape"):
        word = line.split()
        state = word[1]
        assert state in STATES, line
        if word[0].startswith("u_"):
            # the name, the inode, the other end's name, its inode
            inode, peer = word[5], word[7]
            found["unix", inode] = ("unix", state, peer, None, pids(line))
        elif word[0] in ("tcp", "udp"):
            inode = re.search(r"\bino:(\d+)", line).group(1)
            uid = re.search(r"\buid:(\d+)", line)
            found[word[0], inode, word[4], word[5]] = (word[0], state, word[4] + " " + word[5],
                                                        int(uid.group(1)) if uid else 0, pids(line))
        elif word[0].startswith("p_"):
            inode = re.search(r"\bino:(\d+)", line).group(1)
            found["packet", inode] = ("packet", None, None, None, pids(line))
    return found


def end(row, key):
    side = row[key]
    address = side["address"]
    if row["family"] == "inet6":
        address = "[%s]" % address
    if key == "local" and "interface_name" in row:
        address += "%" + row["interface_name"]
    zero = side["address"] in ("0.0.0.0", "::")
    if key == "local" and row["family"] == "inet6" and zero and not row.get("v6only"):
        address = "*"
    if key == "remote" and row["family"] == "inet6" and zero and not row.get("v6only"):
        address = "*"
    return "%s:%s" % (address, side["port"] or "*")


def of_ours(path):
    found = {}
    with open(path, encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            row = json.loads(line)
            inode, kind = row.get("inode", "0"), row["kind"]
            owners = sorted(o["pid"] for o in row.get("owners", []))
            if kind == "unix":
                found["unix", inode] = ("unix", row["state"], row.get("peer_inode", "0"), None, owners)
            elif kind in ("tcp", "udp"):
                local, remote = end(row, "local"), end(row, "remote")
                found[kind, inode, local, remote] = (kind, row["state"], local + " " + remote, row["uid"], owners)
            elif kind == "packet":
                found["packet", inode] = ("packet", None, None, None, owners)
    return found


def main():
    before, after, ours = of_ss(sys.argv[1]), of_ss(sys.argv[2]), of_ours(sys.argv[3])
    compared, wrong = 0, 0
    for key, value in before.items():
        if after.get(key) != value:
            continue
        compared += 1
        if ours.get(key) != value:
            wrong += 1
            if wrong < 10:
                print("ss:", key, value, "ours:", ours.get(key), file=sys.stderr)
    print(compared)
    sys.exit(1 if wrong else 0)


main()
