#!/usr/bin/python3
"""Bundles to be compared: 66-diff.py ORACLE FILE [CODE]. CODE, Python, may change rows, paths and b before b is built; rows are
those of the listings, by their names."""
import sys

sys.path.insert(0, sys.argv[1])
import make
from grammar import canonical

b = make.Bundle()
user = lambda name, uid, line, **more: {"line": line, "name": name, "uid": uid, "gid": uid, "gecos": "", "home": "/home/" + name, "shell": "/bin/bash",
                                        "password": "yescrypt", "locked": False, "groups": [name], **more}
start = lambda kind, origin, **more: {"kind": kind, "origin": origin, "mode": "0644", "uid": 0, "mtime": make.STARTED, **more}
listens = lambda kind, address, port, inode, **more: {"kind": kind, "family": "inet", "state": "LISTEN" if kind == "tcp" else "UNCONN", "local": {"address": address, "port": port},
                                                      "remote": {"address": "0.0.0.0"}, "inode": inode, "netns": "4026531840", "uid": 0, **more}
owner = lambda pid, exe: [{"pid": pid, "fds": [3, 7], "name": exe.rsplit("/", 1)[-1], "exe": exe}]
rows = {
    "accounts/users": [user("root", 0, 1), user("sato", 1000, 2), user("tanaka", 1001, 3)],
    "accounts/groups": [{"line": 1, "name": "sudo", "gid": 27, "members": ["sato"], "password": "none"}],
    "accounts/rights": [{"file": "/etc/sudoers", "line": 1, "text": "%sudo ALL=(ALL:ALL) ALL"}],
    "network/sockets": [listens("tcp", "0.0.0.0", 22, "100", owners=owner(700, "/usr/sbin/sshd")), listens("udp", "127.0.0.1", 323, "101", owners=owner(701, "/usr/sbin/chronyd")),
                        {**listens("tcp", "10.0.0.5", 22, "102"), "state": "ESTAB", "remote": {"address": "10.0.0.9", "port": 50000}}],
    "kernel/modules": [{"name": "ext4", "views": ["kallsyms", "proc", "sysfs"], "size": "1000", "address": "0xffffffffc0000000"}, {"name": "xfs", "views": ["proc", "sysfs"], "size": "2000"}],
    "persistence/autostart": [start("cron", "/etc/crontab", line=5, command="/usr/bin/backup", user="root", when="0 3 * * *"),
                              start("systemd", "/etc/systemd/system/app.service", line=4, directive="ExecStart", command="/opt/app", name="app.service", enabled="enabled", scope="system"),
                              start("shell", "/root/.bashrc")],
    "persistence/privileged": [{"origin": "/usr/bin/sudo", "mode": "4755", "uid": 0, "gid": 0, "size": "100", "links": 1, "inode": "5", "device": "8:1", "mtime": make.STARTED, "ctime": make.STARTED}],
    "packages/packages": [{"manager": "dpkg", "name": "bash", "version": "5.2-1", "architecture": "amd64", "status": "install ok installed", "installed": make.STARTED},
                          {"manager": "dpkg", "name": "nginx", "version": "1.22", "architecture": "amd64", "status": "install ok installed"}],
}
heads = {"packages/packages": {"dpkg": True, "rpm": False, "rpm_read": False, "files": "selected"}, "persistence/privileged": {"searched": [], "not_searched": []}}
paths = {b"/etc/hosts": b"127.0.0.1 localhost\n", b"/etc/motd": b"welcome\n", b"/etc/passwd": b"root:x:0:0:root:/root:/bin/sh\n", b"/usr/bin/sudo": b"ELF"}
more = {}       # of a file: stat keys, status
b.acquisition["requested"]["paths"] = ["/etc", "/usr/bin"]
code = sys.argv[3] if len(sys.argv) > 3 else ""
exec(code)
for name, lines in rows.items():
    source, leaf = name.split("/")
    head = {"salt": b.salt(), "schema": "hozen-%s/1" % leaf, **heads.get(name, {})}
    b.produced(source, leaf + ".jsonl", b"".join(r if isinstance(r, bytes) else canonical(r).encode() + b"\n" for r in [head] + lines))
for path, content in paths.items(): b.host(path, content, **more.get(path, {}))
b.sort()
open(sys.argv[2], "wb").write(b.build())
