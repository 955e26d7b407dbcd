#!/usr/bin/env bats
# The rules of every network namespace, against what nft, iptables and ipset say.

bats_require_minimum_version 1.5.0
load 30-collect

setup() {
    need_root
    OUT=$BATS_TEST_TMPDIR/out WORK=$BATS_TEST_TMPDIR RULES=$BATS_TEST_DIRNAME/74-firewall
    mkdir -p "$OUT"
    export OUT WORK RULES TOOLS HOZEN_BIN
    export -f collect
}

# inside: runs the script on standard input in process, mount and network namespaces of its own.
inside() {
    { echo 'set -euo pipefail; ip link set lo up; mount -t tmpfs none /run; NS=$(stat -L -c %i /proc/self/ns/net); export NS'; cat; } >"$WORK/script"
    timeout -s KILL 300 unshare --pid --mount --net --uts --fork --mount-proc bash "$WORK/script"
}

# unpacked: what was collected, in $FIREWALL.
unpacked() {
    tar -xf "$OUT/t.tar" -C "$WORK"
    FIREWALL=$WORK/t/data/firewall
}

@test "firewall: nftables is what nft says, and the text makes the same rules again" {
    inside <<'SCRIPT'
export TZ=UTC # hours and dates are those of UTC in the listing, local ones for nft
ip link add d0 type veth peer name d1
nft -f "$RULES/ruleset.nft"
while IFS= read -r rule; do
    for chain in "inet filter input" "inet filter other" "ip nat pre" "ip raw0 pre" "bridge b forw"; do
        if nft "add rule $chain $rule" 2>>"$WORK/refused"; then echo "$rule" >>"$WORK/taken"; break; fi
    done
done <"$RULES/rules.nft"
nft -j list ruleset >"$WORK/before"
collect --item t --source firewall >"$WORK/said"
nft -j list ruleset >"$WORK/after"
"$TOOLS/nft_same.py" "$WORK/before" "$WORK/after" >"$WORK/count" # but for the time that elements have left
tar -xOf "$OUT/t.tar" "t/data/firewall/ns-$NS/nftables.txt" >"$WORK/text"
tar -xOf "$OUT/t.tar" "t/data/firewall/ns-$NS/nftables.jsonl" >"$WORK/rows"
nft flush ruleset
nft -f "$WORK/text"
nft -j list ruleset >"$WORK/again"
SCRIPT
    [ "$(wc -l <"$WORK/taken")" -ge 180 ]
    run -0 "$TOOLS/nft_same.py" "$WORK/before" "$WORK/again"
    [ "$output" -ge 200 ]
    run -0 "$TOOLS/nft_same.py" --rows "$WORK/before" "$WORK/rows"
    [ "$output" -ge 180 ]
    unpacked
    "$ORACLE/shapes.py" --lines nftables-line "$WORK/rows"
    "$ORACLE/shapes.py" --lines firewall-line "$FIREWALL/namespaces.jsonl"
    [ "$(jq -s '.[1].nftables | .changed == false and .tables > 0 and .generation > 0' "$FIREWALL/namespaces.jsonl")" = true ]
    grep -q '^table inet filter {$' "$WORK/text"
    grep -q 'ip saddr @bad4 counter packets 12 bytes 3456 drop comment "bad ones"' "$WORK/text"
    sound "$OUT/t.tar"
}

@test "firewall: legacy tables are what iptables-save says, with counters and policies" {
    inside <<'SCRIPT'
ipset create myset hash:ip,port
ipset create other hash:net family inet6 counters comment timeout 500
for i in iptables iptables-nat iptables-mangle iptables-raw; do iptables-legacy-restore -c -T "$(sed -n '1s/^.//p' "$RULES/$i.rules")" <"$RULES/$i.rules"; done
ip6tables-legacy-restore -c <"$RULES/ip6tables.rules"
arptables-legacy -A INPUT -s 10.0.0.1 -j DROP
arptables-legacy -A OUTPUT -o eth0 --opcode Request --source-mac 00:11:22:33:44:55 -d 10.0.0.0/8 -j ACCEPT
iptables-legacy-save -c | grep -v '^#' >"$WORK/four"
ip6tables-legacy-save -c | grep -v '^#' >"$WORK/six"
collect --item t --source firewall >"$WORK/said"
iptables-legacy-save -c | grep -v '^#' | cmp - "$WORK/four"
echo "$NS" >"$WORK/ns"
SCRIPT
    unpacked
    local ns
    ns=$FIREWALL/ns-$(cat "$WORK/ns")
    [ "$(wc -l <"$WORK/four")" -ge 115 ]
    run ! grep -n "\[ rev" "$ns/iptables.txt"
    diff "$WORK/four" "$ns/iptables.txt"
    diff "$WORK/six" "$ns/ip6tables.txt"
    for i in iptables ip6tables arptables; do "$ORACLE/shapes.py" --lines xtables-line "$ns/$i.jsonl"; done
    # the rows say the same as the lines
    jq -r 'select(.kind == "rule") | "[" + .packets + ":" + .bytes + "] " + .text' "$ns/iptables.jsonl" | diff - <(grep '^\[' "$WORK/four")
    grep -Fqx '[0:0] -A INPUT -s 10.0.0.1/32 -j DROP' "$ns/arptables.txt"
    grep -Fqx '[0:0] -A OUTPUT -o eth0 -d 10.0.0.0/8 --source-mac 00:11:22:33:44:55 --opcode 1 -j ACCEPT' "$ns/arptables.txt"
    [ -s "$ns/iptables/nat.bin" ]
    [ "$(jq -sc '.[1].legacy | sort' "$FIREWALL/namespaces.jsonl")" = '["arp filter","ip filter","ip mangle","ip nat","ip raw","ip6 filter"]' ]
}

@test "firewall: sets of ipset are what ipset says" {
    inside <<'SCRIPT'
ipset create one hash:ip,port
ipset add one 10.0.0.1,tcp:80
ipset add one 10.0.0.2,udp:53
ipset create two hash:net family inet6 counters comment
ipset add two 2001:db8::/32 packets 5 bytes 60 comment "a net"
ipset create three bitmap:port range 100-200
ipset add three 150
ipset create four list:set
ipset add four one
ipset create five hash:net,iface timeout 0
ipset add five 10.0.0.0/8,eth0
ipset create six hash:ip,port,net
ipset add six 10.0.0.1,tcp:80,10.1.0.0/16
ipset save | sed -E 's/ (bucketsize|initval|size) [^ ]+//g' >"$WORK/wanted"
collect --item t --source firewall >"$WORK/said"
echo "$NS" >"$WORK/ns"
SCRIPT
    unpacked
    diff <(sort "$WORK/wanted") <(sort "$FIREWALL/ns-$(cat "$WORK/ns")/ipset.txt")
    "$ORACLE/shapes.py" --lines ipset-line "$FIREWALL/ns-$(cat "$WORK/ns")/ipset.jsonl"
}

@test "firewall: rules that iptables-nft keeps in nftables show their options" {
    inside <<'SCRIPT'
iptables-nft -A INPUT -p tcp -m multiport --dports 22,80 -m comment --comment "hi there" -j LOG --log-prefix "in: "
iptables-nft -t nat -A PREROUTING -p tcp --dport 80 -j DNAT --to-destination 10.0.0.1:8080
collect --item t --source firewall >"$WORK/said"
echo "$NS" >"$WORK/ns"
SCRIPT
    unpacked
    local text
    text=$FIREWALL/ns-$(cat "$WORK/ns")/nftables.txt
    grep -Fq 'xt match "multiport" --dports 22,80' "$text"
    grep -Fq 'xt match "comment" --comment "hi there"' "$text"
    grep -Fq 'xt target "LOG" --log-prefix "in: "' "$text"
    grep -Fq -e '10.0.0.1:8080' "$text"
}

@test "firewall: every namespace is looked into, and no table and no module is made by looking" {
    inside <<'SCRIPT'
unshare --net sh -c 'nft add table inet hidden; exec sleep 1000' &
one=$!
unshare --net sleep 1000 &
two=$!
for p in $one $two; do until [ "$(readlink /proc/$p/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done; done
until nsenter -t $one -n nft list ruleset | grep -q hidden; do sleep 0.05; done
state() {
    for p in self $one $two; do cat /proc/$p/net/{ip,ip6,arp}_tables_names /proc/$p/net/netlink 2>/dev/null | awk 'NF == 1 || $3 == 0 { print $1 == $NF ? $0 : $2 }'; done
    # of the modules those that a question could bring in: tests beside this one load others
    cut -d' ' -f1 /proc/modules 2>/dev/null | grep -E '^((ip6?|arp|eb)_?tables?(_|$)|ip_set|nf_tables$|nfnetlink)' | sort || true
}
state >"$WORK/before"
collect --item t --source firewall >"$WORK/said"
state >"$WORK/after"
cmp "$WORK/before" "$WORK/after"
cat /proc/self/net/ip_tables_names /proc/$two/net/ip_tables_names >"$WORK/names"
stat -L -c %i /proc/$one/ns/net /proc/$two/ns/net >"$WORK/inodes"
kill $one $two
SCRIPT
    [ ! -s "$WORK/names" ]
    unpacked
    { read -r one; read -r two; } <"$WORK/inodes"
    [ "$(cat "$FIREWALL/ns-$one/nftables.txt")" = $'table inet hidden {\n}' ]
    [ ! -e "$FIREWALL/ns-$two" ]
    [ "$(jq -r --arg two "$two" 'select(.inode == $two) | [.nftables.tables, (.legacy | length), .own] | @csv' "$FIREWALL/namespaces.jsonl")" = 0,0,false ]
}

@test "firewall: names that are made to deceive a terminal are inert" {
    inside <<'SCRIPT'
nft add table inet t
nft add chain inet t c
nft "add rule inet t c accept comment \"$(printf 'red\033[31m\302\233x')\""
iptables-legacy -A INPUT -m comment --comment "$(printf 'red\033[31m\302\233x')" -j ACCEPT
collect --item t --source firewall >"$WORK/said"
echo "$NS" >"$WORK/ns"
SCRIPT
    unpacked
    local ns
    ns=$FIREWALL/ns-$(cat "$WORK/ns")
    run -1 grep -rlP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]' "$FIREWALL" --include='*.txt' --include='*.jsonl'
    grep -Fq 'comment "red\x1b[31m\xc2\x9bx"' "$ns/nftables.txt"
    grep -Fq -e '--comment "red\x1b[31m\xc2\x9bx"' "$ns/iptables.txt"
}

@test "firewall: --host-tools adds what the host's own programs print, and makes no table" {
    inside <<'SCRIPT'
nft add table inet t
nft -j list ruleset >"$WORK/nft"
collect --item t --source firewall --host-tools >"$WORK/said"
cat /proc/self/net/ip_tables_names >"$WORK/names"
iptables-legacy -A INPUT -j ACCEPT
collect --item u --source firewall --host-tools >"$WORK/said"
SCRIPT
    unpacked
    cmp "$WORK/nft" "$FIREWALL/+nft/ruleset.json"
    [ ! -s "$WORK/names" ]
    [ ! -e "$FIREWALL/+iptables-save" ]
    tar -xOf "$OUT/u.tar" u/data/firewall/+iptables-save/iptables-save.txt | grep -Fq -e '-A INPUT -j ACCEPT'
    [ "$(record "$OUT/u.tar" actions.jsonl | jq -r 'select(.action == "exec") | .source' | sort -u)" = firewall ]
}
