#!/usr/bin/python3
"""A scratch root with accounts, histories and records of logins, some of them odd: accounts_root.py FOLDER"""
import os, struct, sys, time

ROOT, HOMES = sys.argv[1], "/home"
DAY = int(time.time()) // 86400
LOGIN = struct.Struct("<hxxi32s4s32s256shhiii4I20x")
assert LOGIN.size == 384

def put(path, content, mode=0o644):
    full = ROOT + path
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "wb") as f: f.write(content.encode() if isinstance(content, str) else content)
    os.chmod(full, mode)

def login(kind, line, user, host, at, ip=0, pid=100, ident=b"ts/0", session=7):
    return LOGIN.pack(kind, pid, line, ident, user, host, 0, 0, session, at, 250000, ip, 0, 0, 0)

put("/etc/hostname", "scratch\n")
put("/etc/passwd", "root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\nbackup:x:34:34:backup:/var/backups:/bin/bash\n"
    "sato:x:1000:1000:Sato Hanako,,,:/home/sato:/bin/bash\ntanaka:x:1001:1001::/srv/tanaka:/bin/zsh\ntoor:x:0:0::/root:/bin/sh\n"
    "copy:x:1000:1000::/home/copy:/bin/bash\nopen:x:1002:1002::/home/open:/bin/bash\nold:$1$abc$0123456789012345678901:1003:1003::/home/old:/bin/bash\n"
    "locked:x:1004:1004::/home/locked:/bin/bash\nda\x1b[31m:x:1005:1005::/:/bin/false\nno line of passwd\n")
put("/etc/shadow", "root:$y$j9T$salt$hash:19000:0:99999:7:::\ndaemon:*:19000:0:99999:7:::\nbackup:$6$salt$hash:19000:0:99999:7:::\n"
    "sato:$6$salt$hash:%d:0:99999:7:::\ntanaka:$2b$10$hash:19000:0:99999:7:14:20000:\ntoor:$6$salt$hash:19000::::::\ncopy:!:19000::::::\n"
    "open::19000:0:99999:7:::\nlocked:!$6$salt$hash:19000:0:99999:7:::\nghost:$6$salt$hash:19000:0:99999:7:::\n" % (DAY - 1), 0o640)
put("/etc/group", "root:x:0:\ndaemon:x:1:\nsudo:x:27:sato,copy\nsato:x:1000:\nstaff:x:50:tanaka\nwheels:x:0:\n")
put("/etc/gshadow", "root:*::\nsudo:*:root:sato\nsato:!::\nstaff:$6$x$y:tanaka:tanaka\n", 0o640)
put("/etc/sudoers", "# a comment\nDefaults env_reset\n\n@includedir /etc/sudoers.d\n#includedir /etc/more\nroot ALL=(ALL:ALL) ALL\n", 0o440)
put("/etc/sudoers.d/90-sato", "sato ALL=(ALL) NOPASSWD:ALL\n", 0o440)
put(HOMES + "/sato/.bash_history", "ls\ncat /etc/passwd\nexit")
put(HOMES + "/sato/.ssh/authorized_keys", "# mine\nssh-ed25519 AAAA sato\n\ncommand=\"x\" ssh-rsa AAAA other\n", 0o600)
put(HOMES + "/leftover/.zsh_history", ": 1:0;id\n")
put("/srv/tanaka/.viminfo", "x\n" * 10)
put("/root" + "/.mysql_history", "select 1;\n")
os.makedirs(ROOT + "/home/open")
os.chmod(ROOT + "/home/open", 0o777)
os.makedirs(ROOT + "/home/old")
os.symlink("/dev/null", ROOT + HOMES + "/old/.bash_history")

T = 1795000000
V4 = struct.unpack("<I", bytes([192, 0, 2, 7]))[0]
put("/run/utmp", login(2, b"~", b"reboot", b"6.1.0", T, pid=0, ident=b"~~\0\0") + login(7, b"pts/0", b"sato", b"192.0.2.7", T + 100, V4) + login(8, b"pts/1", b"", b"", T + 50))
wtmp = (login(7, b"tty1", b"lost", b"", T - 5000) + login(2, b"~", b"reboot", b"6.1.0", T, pid=0) + login(7, b"pts/0", b"sato", b"192.0.2.7", T + 100, V4) + bytes(384)
        + login(8, b"pts/0", b"", b"", T + 3760) + login(7, b"pts/9" + b"X" * 27, b"\x1b[2J\xff" + b"U" * 27, b"h" * 256, T + 4000)
        + login(1, b"~", b"shutdown", b"6.1.0", T + 5000, pid=0) + login(7, b"pts/2", b"tanaka", b"2001:db8::1", T + 9000) + b"torn")
put("/var/log/wtmp", wtmp, 0o664)
put("/var/log/wtmp.1", login(7, b"pts/3", b"before", b"", T - 90000))
put("/var/log/wtmp.2.gz", b"\x1f\x8b")
put("/var/log/btmp", login(6, b"ssh:notty", b"admin", b"198.51.100.9", -1) + login(77, b"", b"", b"", 2**31 - 1), 0o660)
with open(ROOT + "/var/log/lastlog", "wb") as f:
    for uid, host in ((0, b""), (1000, b"192.0.2.7"), (1000000, b"far"), (1001, b"\x1b]0;x\x07")):
        f.seek(uid * 292)
        f.write(struct.pack("<I32s256s", T + uid, b"pts/0", host))
    f.truncate(4000000 * 292)
