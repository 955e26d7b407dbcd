#!/usr/bin/env bats
# hozen diff: what appeared, vanished or changed between two bundles.

load 50-verify.bash

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
    export TMPDIR=$BATS_TEST_TMPDIR
    make old.tar
}

# make FILE [CODE]: the bundle of 66-diff.py, changed by CODE.
make() { /usr/bin/python3 "$HOZEN_SOURCE/tests/cli/66-diff.py" "$ORACLE" "$@"; }
compare() { "$HOZEN_BIN/hozen-verify" diff "$@"; }
trusted() { compare --signers "$SIGNERS" "$@"; }

# told NEW LINE...: these differences, and no others, are what JSON says of old.tar and NEW; the shape is that of the schema.
told() {
    local new=$1
    shift
    trusted --json old.tar "$new" >out.json
    /usr/bin/python3 "$ORACLE/shapes.py" --lines diff-line out.json
    jq -r 'select(.change) | .change + " " + .kind + " " + .name + (if .fields then " " + (.fields | join(",")) else "" end)' out.json >got
    printf '%s\n' "$@" | grep . | diff - got
    # the counts of the first line are those of the lines
    jq -rs '.[0].kinds[] | select(.compared) | .kind as $k | "\($k) \(.appeared) \(.vanished) \(.changed) \(.unknown)"' out.json >counts
    jq -rs '. as $all | .[0].kinds[] | select(.compared) | .kind as $k | [$all[] | select(.kind == $k) | .change] as $c |
        "\($k) " + ([("appeared", "vanished", "changed", "unknown") as $w | [$c[] | select(. == $w)] | length | tostring] | join(" "))' out.json | diff - counts
}

@test "diff: bundles that say the same differ in nothing, whatever is another each time" {
    make old.tar 'b.host(b"/proc/version", b"1", source="kernel", method="procfs"); b.host(b"/sys/a", b"1", source="kernel", method="sysfs")'
    make new.tar 'b.seed = "other"; b.host(b"/proc/version", b"2", source="kernel", method="procfs"); b.host(b"/sys/a", b"2", source="kernel", method="sysfs")
for i, r in enumerate(rows["network/sockets"]): r.update(inode=str(900 + i), netns="4026532000"); r.get("owners", [{}])[0].update(pid=9000, fds=[1])
for r in rows["accounts/users"] + rows["accounts/groups"] + rows["accounts/rights"]: r["line"] += 7
for r in rows["persistence/autostart"]: r["mtime"] = "2020-01-01T00:00:00.000000000Z"
rows["kernel/modules"][0].update(address="0xffffffffc1000000", references=3)
more[b"/etc/motd"] = {"atime": make.STARTED, "ctime": make.STARTED, "inode": "77"}
rows["accounts/users"].reverse()'
    told new.tar ""
    run trusted old.tar new.tar
    [ "$status" = 0 ]
    [ "$(grep -c 'no difference' <<<"$output")" = 11 ]
}

@test "diff: files that appeared, vanished, changed in content, mode, owner, time, type and target" {
    make old.tar 'b.object(b"/etc", "directory"); b.object(b"/etc/link", "symlink", target="/etc/motd"); b.object(b"/etc/was", "symlink", target="x")'
    make new.tar 'del paths[b"/etc/motd"]; paths[b"/etc/new file"] = b"x"; paths[b"/etc/passwd"] += b"evil:x:0:0::/:/bin/sh\n"; paths[b"/etc/was"] = b"now a file"
more[b"/etc/hosts"] = {"mtime": "2016-02-02T00:00:00.000000000Z"}; more[b"/usr/bin/sudo"] = {"mode": "4755", "uid": 7}
b.object(b"/etc", "directory", mtime=make.STARTED); b.object(b"/etc/link", "symlink", target="/tmp/evil")'
    told new.tar "changed files /etc/hosts mtime" "changed files /etc/link target" "vanished files /etc/motd" "appeared files /etc/new file" \
        "changed files /etc/passwd sha256,size" "changed files /etc/was sha256,size,target,type" "changed files /usr/bin/sudo mode,uid"
    run trusted old.tar new.tar
    [ "$status" = 0 ]
    [[ $output == *"+ /etc/new file"$'\n'"    type file, size 1, mode 0644"* ]]
    [[ $output == *"~ /etc/passwd"$'\n'"    another content"$'\n'"    size: 30 -> 52"* ]]
    [[ $output == *"    target: /etc/motd -> /tmp/evil"* ]]
    [[ $output == *"host files:    appeared 1, vanished 1, changed 5"* ]]
}

@test "diff: names that are not UTF-8 are told apart" {
    make old.tar 'paths[b"/etc/\xfe"] = b"a"'
    make new.tar 'paths[b"/etc/\xff"] = b"a"'
    trusted --json --only files old.tar new.tar | jq -r 'select(.change) | .change + " " + .name_b64' >got
    diff <(printf 'vanished %s\nappeared %s\n' "$(printf '/etc/\xfe' | base64)" "$(printf '/etc/\xff' | base64)") got
}

@test "diff: accounts, groups, rights" {
    make new.tar 'rows["accounts/users"][1].update(shell="/bin/zsh", uid=0); del rows["accounts/users"][2]; rows["accounts/users"].append(user("evil", 0, 4))
rows["accounts/users"].append(user("root", 0, 5, home="/tmp"))
rows["accounts/groups"][0]["members"].append("evil"); rows["accounts/rights"].append({"file": "/etc/sudoers", "line": 2, "text": "evil ALL=NOPASSWD: ALL"})'
    told new.tar "appeared accounts evil" "appeared accounts root" "changed accounts sato shell,uid" "vanished accounts tanaka" "changed groups sudo members" \
        "appeared rights /etc/sudoers evil ALL=NOPASSWD: ALL"
    run trusted --only accounts old.tar new.tar
    [[ $output == *"    shell: /bin/bash -> /bin/zsh"* ]]
    [[ $output == *"    uid: 1000 -> 0"* ]]
    [[ $output != *"/etc/sudoers"* ]]
}

@test "diff: listeners, also when another program took the port; connections are none" {
    make new.tar 'rows["network/sockets"][0]["owners"] = owner(1, "/tmp/.x/sshd"); rows["network/sockets"].append(listens("tcp", "::", 4444, "200", family="inet6", owners=owner(9, "/tmp/nc")))
rows["network/sockets"][2]["remote"]["port"] = 1; rows["network/sockets"].append({**listens("udp", "10.0.0.5", 5000, "201"), "remote": {"address": "10.0.0.9", "port": 53}})
del rows["network/sockets"][1]'
    told new.tar "changed listeners tcp 0.0.0.0:22 owners" "appeared listeners tcp [::]:4444" "vanished listeners udp 127.0.0.1:323"
}

@test "diff: units, cron, what else starts, privileged files, modules, packages" {
    make new.tar 'a = rows["persistence/autostart"]; a[0]["when"] = "* * * * *"; a[1]["command"] = "/tmp/app"; a[2]["origin"] = "/root/.profile"
a.append(start("cron", "/etc/cron.d/x", line=1, command="/tmp/x", user="root", when="@reboot")); a.append(start("systemd-drop-in", "/etc/systemd/system/app.service.d/x.conf", directive="ExecStartPre", command="/tmp/y"))
a.append(start("authorized-key", "/root/.ssh/authorized_keys", line=1, directive="ssh-ed25519", fingerprint="SHA256:x"))
rows["persistence/privileged"].append({**rows["persistence/privileged"][0], "origin": "/tmp/sh"}); rows["persistence/privileged"][0]["mode"] = "4777"
del rows["kernel/modules"][1]; rows["kernel/modules"].append({"name": "rootkit", "views": ["sysfs"], "size": "1", "taint": "OE"})
rows["packages/packages"][1]["version"] = "1.24"; rows["packages/packages"].append({"manager": "dpkg", "name": "nc", "version": "1"})'
    told new.tar "changed units /etc/systemd/system/app.service ExecStart command" "appeared units /etc/systemd/system/app.service.d/x.conf ExecStartPre" \
        "appeared cron /etc/cron.d/x /tmp/x" "changed cron /etc/crontab /usr/bin/backup when" \
        "appeared autostart authorized-key /root/.ssh/authorized_keys ssh-ed25519 SHA256:x" "vanished autostart shell /root/.bashrc" "appeared autostart shell /root/.profile" \
        "appeared privileged /tmp/sh" "changed privileged /usr/bin/sudo mode" "appeared modules rootkit" "vanished modules xfs" \
        "appeared packages nc dpkg" "changed packages nginx amd64 dpkg version"
}

@test "diff: many rows of one name: pairs of those that differ; beyond 64 it is said" {
    for count in 64 65; do
        many="rows['persistence/autostart'] += [start('systemd', '/etc/u', directive='ExecStart', command='/c%02d' % i) for i in range($count)]"
        make old.tar "$many"
        make new.tar "$many
rows['persistence/autostart'][-5]['command'] = '/tmp/x'; rows['persistence/autostart'] = rows['persistence/autostart'][::-1]"
        trusted --json --only units old.tar new.tar >out.json
        [ "$(jq -r 'select(.kinds) | .kinds[0] | "\(.appeared) \(.vanished) \(.incomplete)"' out.json)" = "0 0 $([ $count = 65 ] && echo true || echo false)" ]
        [ "$(jq -r 'select(.change) | .new.command' out.json)" = /tmp/x ] || [ $count = 65 ]
    done
}

@test "diff: many rows of one file, and many owners of a socket: beyond 64 it is said, of no other kind" {
    for count in 64 65; do
        make new.tar "for i in range($count): b.absent.append({'origin': '/etc/z', 'source': 'files', 'status': 'denied', 'reason': '%02d' % i})
rows['network/sockets'][0]['owners'] += owner(9, '/usr/sbin/sshd') * 99 + [o for i in range($count - 1) for o in owner(i, '/opt/%02d' % i)]"
        told new.tar "changed listeners tcp 0.0.0.0:22 owners"
        [ "$(jq -r 'select(.kinds) | [.kinds[] | select(.incomplete) | .kind] | join(" ")' out.json)" = "$([ $count = 65 ] && echo files listeners)" ]
    done
    make old.tar 'rows["network/sockets"][0]["owners_in_all"] = 5'
    make new.tar
    told new.tar ""
    [ "$(jq -r 'select(.kinds) | [.kinds[] | select(.incomplete) | .kind] | join(" ")' out.json)" = listeners ]
}

@test "diff: --only takes kinds one by one" {
    make new.tar 'del paths[b"/etc/motd"]; del rows["kernel/modules"][1]; del rows["accounts/users"][2]'
    trusted --json --only modules --only accounts old.tar new.tar | jq -r 'select(.change) | .kind' >got
    diff <(printf '%s\n' accounts modules) got
    run compare --only sockets old.tar new.tar
    refused 2 sockets
}

@test "diff: what one collection could not take is not called gone; what vanished meanwhile is" {
    make new.tar 'for p, s in ((b"/etc/motd", "denied"), (b"/etc/hosts", "vanished"), (b"/etc/passwd", "unavailable")):
    del paths[p]; b.absent.append({"origin": p.decode(), "source": "files", "status": s, "reason": "x"})'
    told new.tar "vanished files /etc/hosts" "unknown files /etc/motd" "vanished files /etc/passwd"
    run trusted --only files old.tar new.tar
    [ "$status" = 0 ]
    [[ $output == *"? /etc/motd"$'\n'"    not taken for the new bundle: denied"* ]]
}

@test "diff: what lies below a folder that was not taken, or in a source with a gap, is neither new nor gone" {
    make old.tar 'paths[b"/etc/d/a/b"] = paths[b"/etc/d-e/x"] = paths[b"/etc/d/z"] = paths[b"/etc/f"] = b"1"; b.host(b"/etc/cron.d/y", b"2", source="persistence")'
    make new.tar 'for p, s in ((b"/etc/d", "timeout"), (b"/etc/d!", "excluded"), (b"/etc/f", "vanished")): b.absent.append({"origin": p.decode(), "source": "files", "status": s, "reason": "x"})
b.absent.append({"source": "persistence", "status": "timeout", "reason": "x"})'
    told new.tar "unknown files /etc/cron.d/y" "vanished files /etc/d-e/x" "unknown files /etc/d/a/b" "unknown files /etc/d/z" "vanished files /etc/f"
    trusted --only files old.tar new.tar | grep -A2 '^? /etc/d/z' | grep -q 'not taken for the new bundle: its folder'
    # all of a host
    make new.tar 'paths.clear(); b.absent.append({"origin": "/", "source": "files", "status": "denied", "reason": "x"})'
    trusted --json --only files old.tar new.tar | jq -r 'select(.change) | .change' | uniq | diff - <(echo unknown)
}

@test "diff: what one collection did not look for is counted, neither new nor gone" {
    make old.tar 'b.host(b"/etc/stale", b"", source="recent-files")'
    make new.tar 'paths[b"/srv/a"] = paths[b"/etcetera"] = b"1"; b.acquisition["requested"]["paths"] = ["/etc", "/srv"]; del paths[b"/usr/bin/sudo"]; b.host(b"/var/log/x", b"1", source="logs"); b.host(b"/etc/fresh", b"", source="recent-files")'
    told new.tar ""
    [ "$(jq -r 'select(.kinds) | .kinds[0] | .not_looked_for_in_new + " " + .not_looked_for_in_old' out.json)" = "2 4" ]
    run trusted old.tar new.tar
    [[ $output == *"did not look there: 2"* && $output == *"did not look there: 4"* ]]
}

@test "diff: the same profiles look at the same places, others do not" {
    make old.tar 'b.acquisition["requested"].update(profiles=["triage"], paths=[]); paths[b"/opt/gone"] = b""'
    make new.tar 'b.acquisition["requested"].update(profiles=["triage"], paths=[]); paths[b"/opt/x"] = b""'
    told new.tar "vanished files /opt/gone" "appeared files /opt/x"
    for other in 'profiles=["malware"]' 'profiles=["triage", "malware"]' ''; do
        make new.tar "b.acquisition['requested'].update(paths=[], $other); paths[b'/opt/x'] = b''"
        told new.tar ""
        [ "$(jq -r 'select(.kinds) | .kinds[0] | .not_looked_for_in_new + " " + .not_looked_for_in_old' out.json)" = "1 1" ]
    done
}

# missed OLD NEW: so many files of either were not looked for in the other one.
missed() { jq -r 'select(.kinds) | .kinds[0] | .not_looked_for_in_old + " " + .not_looked_for_in_new' out.json | diff - <(echo "$1 $2"); }

@test "diff: the same profiles do not look below a path that one of the two was asked for besides" {
    same='b.acquisition["requested"].update(profiles=["triage"], paths=[])'
    more='b.acquisition["requested"].update(profiles=["triage"], paths=["/opt/"]); paths[b"/opt/x"] = paths[b"/optional"] = b""'
    make old.tar "$same"
    make new.tar "$more"
    told new.tar "appeared files /optional"
    missed 1 0
    make old.tar "$more"
    make new.tar "$same"
    told new.tar "vanished files /optional"
    missed 0 1
    make new.tar "${same/\[])/[\"\/opt\/x\"])}"
    told new.tar "vanished files /opt/x" "vanished files /optional"
    missed 0 0
}

@test "diff: databases are looked for where they were asked for" {
    db='for n in ("/opt/a.db", "/opt/a.db-wal", "/opt/a.db-journal", "/opt/b.db"): b.host(n.encode(), b"x", source="databases")'
    make old.tar "$db
b.acquisition['requested']['databases'] = ['/opt/a.db', '/opt/b.db']"
    make new.tar 'b.host(b"/opt/a.dbx", b"", source="databases"); b.acquisition["requested"]["databases"] = ["/opt/a.db", "/opt/a.dbx"]'
    told new.tar "vanished files /opt/a.db" "vanished files /opt/a.db-journal" "vanished files /opt/a.db-wal"
    missed 1 1
    # what profiles find
    for theirs in "" ", databases=['/opt/link']"; do
        make old.tar "$db
b.acquisition['requested'].update(profiles=['triage']$theirs)"
        make new.tar 'b.host(b"/opt/c.db", b"", source="databases"); b.acquisition["requested"].update(profiles=["triage"])'
        if [ -z "$theirs" ]; then
            told new.tar "vanished files /opt/a.db" "vanished files /opt/a.db-journal" "vanished files /opt/a.db-wal" "vanished files /opt/b.db" "appeared files /opt/c.db"
            missed 0 0
        else
            told new.tar "appeared files /opt/c.db"
            missed 0 4
        fi
    done
}

@test "diff: a list that one bundle does not have is said, its entries are not called gone" {
    make new.tar 'del rows["kernel/modules"]; del rows["packages/packages"]'
    told new.tar ""
    [ "$(jq -r 'select(.kinds) | [.kinds[] | select(.compared | not) | .kind + " " + .reason] | join(",")' out.json)" = "modules not-in-new,packages not-in-new" ]
    run trusted old.tar new.tar
    [ "$status" = 0 ]
    [ "$(grep -c 'the new bundle has no list of them' <<<"$output")" = 2 ]
}

@test "diff: a list that is not well-formed is said, and the exit code too" {
    for line in 'b"{}\n"' 'b"x"' 'b"{\"name\":\"a\",\"name\":\"b\"}\n"' 'b"\n"'; do
        make new.tar "rows['kernel/modules'].append($line)"
        run trusted --only modules old.tar new.tar
        [ "$status" = 3 ] || { echo "$line: $status $output"; return 1; }
        [[ $output == *"a list of them is not well-formed"* ]]
        [[ $output != *"+ "* ]]
    done
    make new.tar 'heads["kernel/modules"] = {"schema": "hozen-modules/2"}'
    run trusted --only modules old.tar new.tar
    [ "$status" = 3 ]
}

@test "diff: a list that ends early is said" {
    make new.tar 'f = b.produced; b.produced = lambda s, n, c: f(s, n, c, **({"status": "limited", "real_size": str(len(c)), "real_sha256": __import__("hashlib").sha256(c).hexdigest()} if n == "modules.jsonl" else {}))'
    trusted --json old.tar new.tar >out.json
    [ "$(jq -r 'select(.kinds) | [.kinds[] | select(.incomplete) | .kind] | join(" ")' out.json)" = modules ]
    run trusted --only modules old.tar new.tar
    [[ $output == *"ends early"* ]]
}

@test "diff: the verdicts come first, and the exit code says them" {
    make new.tar
    run compare old.tar new.tar
    [ "$status" = 3 ]
    [ "$(grep -c '^verdict: *undetermined: intact' <<<"$output")" = 2 ]
    [[ $output == *"who signed the bundles was not checked"* ]]
    run trusted old.tar new.tar
    [ "$status" = 0 ]
    [[ ${lines[0]} == "old: "* && ${lines[1]} == "verdict:       verified: "* ]]
    cp new.tar altered.tar
    flip altered.tar "$(offset_of altered.tar SAMPLE-1/data/files/etc/passwd)"
    for pair in "old.tar altered.tar" "altered.tar old.tar"; do
        # shellcheck disable=SC2086
        run trusted $pair
        [ "$status" = 1 ]
        [[ $output == *"altered.tar: nothing was compared"* ]]
        [[ $output != *"host files:"* ]]
        # shellcheck disable=SC2086
        trusted --json $pair >out.json 2>err && return 1
        [ "$(jq -c '[.old.verdict, .new.verdict, has("kinds")] | sort' out.json)" = '[false,"failed","verified"]' ]
    done
    echo "no bundle" >text
    for pair in "old.tar text" "text old.tar"; do
        # shellcheck disable=SC2086
        run trusted $pair
        [ "$status" = 3 ]
        [[ $output == *"text: nothing was compared"* && $output == *"undetermined: this could not be checked"* ]]
    done
    run trusted old.tar /dev/null
    [ "$status" = 3 ]
    run trusted old.tar none.tar
    refused 3 none.tar
    run trusted - - <old.tar
    refused 2 "standard input"
}

@test "diff: somebody not trusted is nobody to compare" {
    make new.tar 'b.keys = ["stranger"]; b.on["acquisition"] = lambda a: {**a, "keys_expected": []}'
    run trusted old.tar new.tar
    [ "$status" = 1 ]
    [[ $output == *"new.tar: nothing was compared"* ]]
}

@test "diff: one of the two from a pipe" {
    make new.tar 'del paths[b"/etc/motd"]'
    trusted --json old.tar new.tar >want
    trusted --json - new.tar <old.tar | cmp - want
    trusted --json old.tar - <new.tar | cmp - want
}

@test "diff: hostile names, commands and targets are inert on a terminal, in 80 columns where nothing is longer" {
    make new.tar 'paths["/etc/\x1b[31m\u202ered\n".encode()] = b"x"; b.object(b"/etc/l", "symlink", target="\x1b]0;x\x07"); rows["accounts/users"].append(user("e\x1b[2J", 0, 9, gecos="\u202e", shell="\x1b[1m"))
rows["persistence/autostart"].append(start("cron", "/etc/crontab", line=9, command="\x1b[31m " + "word " * 60, when="\x07"))'
    trusted old.tar new.tar >out.txt
    python3 - <<'PY'
import unicodedata
text = open("out.txt", encoding="utf-8", newline="").read()
assert not [c for c in text if c != "\n" and (ord(c) < 32 or 127 <= ord(c) < 160 or c in "\u202e\u2028\ufeff")]
assert max(len(l) for l in text.split("\n") if not l.startswith(("+ ", "~ ", "- ", "? ", "old:", "new:"))) < 80
PY
    grep -qF '\x1b[31m\xe2\x80\xae' out.txt
}

@test "diff: in Japanese, at most 80 columns" {
    make new.tar 'del paths[b"/etc/motd"]; del rows["kernel/modules"]; rows["accounts/users"].append(user("evil", 0, 4)); paths[b"/srv/x"] = b""'
    trusted --lang ja old.tar new.tar >out.txt
    python3 - <<'PY'
import unicodedata
width = lambda l: sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in l)
text = open("out.txt", encoding="utf-8").read()
assert max(width(l) for l in text.split("\n")) < 80, max(text.split("\n"), key=width)
assert "検証済み" in text and "アカウント" in text
PY
}

@test "diff: temporary files leave nothing behind" {
    mkdir tmp
    TMPDIR=$PWD/tmp trusted old.tar old.tar >out.txt
    [ -z "$(ls -A tmp)" ]
}

# take ITEM: the image $PWD/image as hozen collect takes it.
take() {
    "$HOZEN_BIN/hozen-collect" --case C --operator O --item "$1" --out . --compress zstd --root "$PWD/image" --source accounts --source persistence --source packages \
        --path /srv --path /etc >out.txt 2>&1 || [ $? = 4 ]
}

@test "diff: two collections of an image, as hozen collect makes them" {
    mkdir -p image/{etc/cron.d,etc/systemd/system,srv,var/lib/dpkg/info,root,home/sato}
    printf 'root:x:0:0:root:/root:/bin/bash\nsato:x:1000:1000::/home/sato:/bin/sh\n' >image/etc/passwd
    printf 'sudo:x:27:\n' >image/etc/group
    echo '5 * * * * root /usr/bin/backup' >image/etc/cron.d/backup
    printf 'Package: bash\nStatus: install ok installed\nArchitecture: amd64\nVersion: 5.2\n\n' >image/var/lib/dpkg/status
    echo one >image/srv/index.html
    take before
    echo 'evil:x:0:0::/tmp:/bin/sh' >>image/etc/passwd
    sed -i 's/^sudo:.*/&sato/' image/etc/group
    sed -i 's/^5/7/' image/etc/cron.d/backup
    echo '@reboot root /tmp/evil' >image/etc/cron.d/evil
    printf '[Service]\nExecStart=/tmp/evil\n' >image/etc/systemd/system/evil.service
    sed -i 's/5.2/5.3/' image/var/lib/dpkg/status
    ln -s /tmp image/srv/up
    take after
    status=0
    compare --json before.tar.zst after.tar.zst >out.json 2>err || status=$?
    [ $status = 3 ]
    /usr/bin/python3 "$ORACLE/shapes.py" --lines diff-line out.json
    jq -r 'select(.change) | .change + " " + .kind + " " + .name' out.json >got
    diff - got <<'TEXT'
changed files /etc/cron.d/backup
appeared files /etc/cron.d/evil
changed files /etc/group
changed files /etc/passwd
appeared files /etc/systemd/system/evil.service
appeared files /srv/up
changed files /var/lib/dpkg/status
appeared accounts evil
changed accounts sato
changed groups sudo
appeared units /etc/systemd/system/evil.service ExecStart
changed cron /etc/cron.d/backup /usr/bin/backup
appeared cron /etc/cron.d/evil /tmp/evil
changed packages bash amd64 dpkg
TEXT
}
