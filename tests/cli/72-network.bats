#!/usr/bin/env bats
# Sockets, interfaces and routes of every network namespace, against what ss and ip say.

bats_require_minimum_version 1.5.0
load 30-collect

setup() {
    need_root
    OUT=$BATS_TEST_TMPDIR/out WORK=$BATS_TEST_TMPDIR
    mkdir -p "$OUT"
    export OUT WORK TOOLS HOZEN_BIN
    export -f collect
}

# inside: runs the script on standard input in process, mount and network namespaces of its own, its loopback up, and unpacks
# what it collected into $WORK/t.
inside() {
    { echo 'set -euo pipefail; ip link set lo up; mount -t tmpfs none /run'; cat; } >"$WORK/script"
    timeout -s KILL 400 unshare --pid --mount --net --uts --fork --mount-proc bash "$WORK/script"
    tar -xf "$OUT/t.tar" -C "$WORK"
    NETWORK=$WORK/t/data/network
}

# rows LISTING FILTER: the lines that jq selects, without the first.
rows() {
    jq -c "select(.salt == null and (env.ONLY == null or .netns == env.ONLY)) | $2" "$NETWORK/$1.jsonl" # ONLY: a namespace
}

observed() { # CODE: subjects and details
    jq -r --arg code "$1" 'select(.code == $code) | .subject + ": " + .detail' "$WORK/t/data/closing/observations.jsonl"
}

@test "network: 5,000 sockets of 500 processes are as ss says before and after" {
    inside <<'SCRIPT'
mkfifo "$WORK/hold"
"$TOOLS/socket_load.py" 500 10 <"$WORK/hold" >"$WORK/ready" &
exec 9>"$WORK/hold"
until grep -qs ready "$WORK/ready"; do kill -0 $!; sleep 0.1; done
look=(ss -H -O -n -a -t -u -w -x -0 -p -e)
"${look[@]}" >"$WORK/before"
collect --item t --source network >"$WORK/said"
"${look[@]}" >"$WORK/after"
exec 9>&-
wait
SCRIPT
    run -0 "$TOOLS/socket_check.py" "$WORK/before" "$WORK/after" "$NETWORK/sockets.jsonl"
    [ "$output" -ge 5000 ]
    [ "$(grep -c '^[a-z?]' "$NETWORK/sockets.txt")" = "$(rows sockets . | wc -l)" ]
    [ -z "$(rows sockets 'select(.kind == "tcp" and (.owners[0].exe | test("python3") | not))')" ]
    "$ORACLE/shapes.py" --lines sockets-line "$NETWORK/sockets.jsonl"
    sound "$OUT/t.tar"
}

@test "network: listeners of other namespaces, by process, by mount and by descriptor alone" {
    inside <<'SCRIPT'
listen='import socket, sys, time
s = socket.socket(); s.bind(("127.0.0.1", int(sys.argv[1]))); s.listen(); print("ready", flush=True); time.sleep(1000)'
ip netns add mounted
ip netns exec mounted ip link set lo up
ip netns exec mounted python3 -c "$listen" 4001 >"$WORK/one" &
unshare --net sh -c 'ip link set lo up; exec python3 -c "$0" 4002' "$listen" >"$WORK/two" &
echo $! >"$WORK/pid"
# a namespace without processes: a shell has it open, that is all
unshare --net sleep 1000 &
until [ "$(readlink /proc/$!/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
exec 8</proc/$!/ns/net
stat -L -c %i /proc/self/fd/8 >"$WORK/inode"
kill $!
wait $! || true
for n in one two; do until grep -qs ready "$WORK/$n"; do sleep 0.05; done; done
collect --item t --source network >"$WORK/said"
kill %1 %2
SCRIPT
    [ "$(rows sockets 'select(.local.port == 4001) | .state' | wc -l)" = 1 ]
    [ "$(rows sockets 'select(.local.port == 4002) | .owners[0].pid')" = "$(cat "$WORK/pid")" ]
    [ "$(rows namespaces '.own' | head -n 1)" = true ]
    [ "$(rows namespaces 'select(.path == "/run/netns/mounted") | .entered')" = true ]
    [ "$(jq -c --arg inode "$(cat "$WORK/inode")" 'select(.inode == $inode) | [.entered, .holder_fd, .processes]' "$NETWORK/namespaces.jsonl")" = '[true,8,"0"]' ]
    observed foreign-namespace-listener >"$WORK/seen"
    grep -q '127.0.0.1:4001 in the network namespace' "$WORK/seen"
    grep -q "^pid $(cat "$WORK/pid"): python3 holds tcp 127.0.0.1:4002" "$WORK/seen"
    [ "$(wc -l <"$WORK/seen")" = 2 ]
    "$ORACLE/shapes.py" --lines namespaces-line "$NETWORK/namespaces.jsonl"
}

@test "network: a promiscuous interface, packet and raw sockets" {
    inside <<'SCRIPT'
ip link add quiet type veth peer name eyes
ip link set eyes up
ip link set quiet up
python3 -c 'import select, socket, struct, sys, time
p = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)); p.bind(("eyes", 3))
p.setsockopt(263, 1, struct.pack("iHH8s", socket.if_nametoindex("eyes"), 1, 0, b""))
q = socket.socket(socket.AF_PACKET, socket.SOCK_RAW); q.bind(("eyes", 0))
while not select.select([p], [], [], 0.1)[0]: q.send(b"\xff" * 60) # dropped until the kernel has seen to the carrier
q.close()
r = socket.socket(socket.AF_INET, socket.SOCK_RAW, 89)
print("ready", flush=True); time.sleep(1000)' >"$WORK/ready" &
until grep -qs ready "$WORK/ready"; do kill -0 $!; sleep 0.05; done
echo $! >"$WORK/pid"
! ip link show eyes | grep -q PROMISC
collect --item t --source network >"$WORK/said"
kill %1
SCRIPT
    [ "$(rows interfaces 'select(.promiscuity > 0) | .name')" = '"eyes"' ]
    [[ $(observed promiscuous-interface) == "interface eyes: it takes every frame: asked for 1 times"* ]]
    [[ $(observed packet-socket) == "pid $(cat "$WORK/pid"): python3 holds packet "*":eyes in the network namespace "* ]]
    [[ $(observed raw-socket) == "pid $(cat "$WORK/pid"): python3 holds raw 0.0.0.0:89"* ]]
    [ "$(rows sockets 'select(.kind == "packet") | [.interface_name, .protocol]')" = '["eyes",3]' ]
    [ "$(rows sockets 'select(.kind == "packet") | .receive_queue > 0 and .receive_queue == .memory.receive')" = true ] # as ss has it
    grep -q promiscuous-interface "$WORK/said"
}

@test "network: interfaces, addresses, routes, rules and neighbours are as ip says" {
    inside <<'SCRIPT'
ip link add v0 type veth peer name v1
ip link add b0 type bridge
ip link set v1 master b0
for n in v0 v1 b0; do ip link set $n addrgenmode none; done # nothing comes by itself between the two looks
ip link set v0 up; ip link set v1 up; ip link set b0 up
ip addr add 10.9.0.1/24 brd + dev v0
ip addr add 10.9.7.1 peer 10.9.7.2/32 dev v0
ip -6 addr add 2001:db8::5/64 dev v0 nodad
ip link set v0 alias "first floor"
ip route add 192.0.2.0/24 nexthop via 10.9.0.2 dev v0 weight 2 nexthop via 10.9.0.3 dev v0
ip route add default via 10.9.0.254 metric 50
ip route add blackhole 198.51.100.0/24 table 77
ip -6 route add 2001:db8:1::/48 via 2001:db8::9 table 4000
ip rule add from 10.9.0.0/24 fwmark 7/0xff lookup 77 pref 100
ip -6 rule add to 2001:db8:2::/48 iif v0 lookup 4000 pref 101
ip -6 rule add tos 0x10 prohibit pref 102
ip route add 203.0.113.0/24 dev v0 tos 0x10
python3 - <<'PYTHON'
import socket, struct
def attribute(kind, data):
    return struct.pack("HH", 4 + len(data), kind) + data + b"\0" * (-len(data) % 4)
s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
body = struct.pack("BBBBBBBBI", socket.AF_INET, 0, 0, 0, 254, 0, 0, 1, 0) # fib_rule_hdr; to a table
body += attribute(6, struct.pack("I", 103)) + attribute(12, struct.pack(">Q", 77)) # FRA_PRIORITY, FRA_TUN_ID: ip(8) has no word for it
s.send(struct.pack("IHHII", 16 + len(body), 32, 1 | 4 | 0x400, 1, 0) + body)
assert struct.unpack("i", s.recv(4096)[16:20])[0] == 0
PYTHON
ip addr add 10.9.8.1/24 dev v0 valid_lft 900 preferred_lft 800
unshare --net sleep 1000 &
until [ "$(readlink /proc/$!/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
ip link add far type veth peer name near netns $!
ip link set far addrgenmode none
ip neigh add 10.9.0.9 lladdr 02:00:00:00:00:09 dev v0
ip neigh add proxy 10.9.0.10 dev v0
seen() { # what does not change by itself: no counters, no lifetimes
    local n
    for n in link address route6 route rule rule6 neighbour; do
        case $n in
        link) ip -j -d link show ;;
        address) ip -j address show ;;
        route) ip -j -4 -N route show table all ;;
        route6) ip -j -6 -N route show table all ;;
        rule) ip -j -N rule show ;;
        rule6) ip -j -6 -N rule show ;;
        neighbour) ip -j neighbour show nud all ;;
        esac | jq -S 'walk(if type == "object" then with_entries(select(.key | test("life_time|timer") | not)) else . end)' >"$WORK/$n.json"
    done
    cat "$WORK"/*.json
}
until # carriers and their routes come when the kernel gets to it: what ip says before and after has to be the same
    rm -f "$OUT/t.tar"
    seen >"$WORK/before"
    collect --item t --source network >"$WORK/said" || exit 1
    seen | cmp -s "$WORK/before" -
do
    sleep 0.2
done
SCRIPT
    ONLY=$(rows namespaces 'select(.own) | .inode' | tr -d '"')
    export ONLY
    diff <(jq -c '.[] | [.ifindex, .ifname, .mtu, .address, (.flags - ["NO-CARRIER"] | sort), .promiscuity, .linkinfo.info_kind, .ifalias]' "$WORK/link.json" | sort) \
        <(rows interfaces '[.index, .name, .mtu, .mac, (.flags - ["RUNNING"] | sort), .promiscuity, .kind, .alias]' | sort)
    diff <(jq -c '.[] | .ifname as $i | .addr_info[] | [$i, .local, .prefixlen, .address, .broadcast]' "$WORK/address.json" | sort) \
        <(rows addresses '[.interface_name, .address, .prefix, .peer, .broadcast]' | sort)
    local clean='def p: if . == null or . == "default" or contains("/") then . elif contains(":") then . + "/128" else . + "/32" end;'
    diff <(jq -c "$clean"'.[] | [(.dst | p), (.table // "254" | tonumber), .gateway, .dev, .metric // 0, .prefsrc, (.nexthops // [] | length)]' "$WORK/route.json" | sort) \
        <(rows routes 'select(.family == "inet") | [.destination, .table, .gateway, .interface_name, .metric, .preferred_source, (.next_hops // [] | length)]' | sort)
    diff <(jq -c "$clean"'.[] | [(.dst | p), (.table // "254" | tonumber), .gateway, .dev, .metric // 0]' "$WORK/route6.json" | sort) \
        <(rows routes 'select(.family == "inet6") | [.destination, .table, .gateway, .interface_name, .metric]' | sort)
    diff <(jq -c '.[] | [.priority, (.table | tonumber), .src, .fwmark]' "$WORK/rule.json" | sort) \
        <(rows rules 'select(.family == "inet") | [.priority, .table, (if .source then .source | sub("/.*"; "") else "all" end), (if .mark then "0x7" else null end)]' | sort)
    diff <(jq -c '.[] | [.priority, (.table // "0" | tonumber), .dst, .iif]' "$WORK/rule6.json" | sort) \
        <(rows rules 'select(.family == "inet6") | [.priority, .table // 0, (.destination | if . then sub("/.*"; "") else null end), .input_interface]' | sort)
    diff <(jq -c '.[] | select(.dst | startswith("ff02:") | not) | [.dst, .dev, .lladdr, .state]' "$WORK/neighbour.json" | sort) \
        <(rows neighbours 'select(.family != "bridge" and (.flags | index("proxy") | not) and (.address | startswith("ff02:") | not)) | [.address, .interface_name, .mac, .state]' | sort)
    [ "$(rows neighbours 'select(.flags | index("proxy")) | .address')" = '"10.9.0.10"' ]
    [ -n "$(rows neighbours 'select(.family == "bridge")')" ]
    for n in interfaces addresses routes rules neighbours; do
        "$ORACLE/shapes.py" --lines "${n%s}"s-line "$NETWORK/$n.jsonl"
        [ "$(wc -l <"$NETWORK/$n.txt")" -ge "$(wc -l <"$NETWORK/$n.jsonl")" ]
    done
    grep -q 'first floor' "$NETWORK/interfaces.txt"
    grep -q '^blackhole 198.51.100.0/24 table 77' "$NETWORK/routes.txt"
    grep -q '^203.0.113.0/24 tos 0x10 dev v0 ' "$NETWORK/routes.txt"
    grep -q '102: from all tos 0x10 prohibit$' "$NETWORK/rules.txt"
    grep -q '103: from all \[ attribute 12 000000000000004d \] lookup 254$' "$NETWORK/rules.txt"
    [ "$(rows rules 'select(.priority == 103) | .others')" = '[{"attribute":12,"data":"000000000000004d"}]' ]
    grep -Eq ' inet 10.9.8.1/24 .* valid_lft (8[0-9][0-9]|900)sec preferred_lft [78][0-9][0-9]sec$' "$NETWORK/addresses.txt"
    grep -A1 ' far@if' "$NETWORK/interfaces.txt" | grep -q 'kind veth link-netnsid 0$'
}

@test "network: tracked connections are as conntrack says" {
    inside <<'SCRIPT'
nft add table inet t
nft add chain inet t c '{ type filter hook input priority 0; }'
nft add rule inet t c ct state new counter
sysctl -q -w net.netfilter.nf_conntrack_acct=1 net.netfilter.nf_conntrack_udp_timeout=1000
python3 -c 'import socket, sys, time
keep = []
for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
    l = socket.socket(family); l.bind((address, 0)); l.listen(); keep.append(l)
    keep.append(socket.create_connection(l.getsockname()[:2])); keep.append(l.accept()[0])
    u = socket.socket(family, socket.SOCK_DGRAM); u.sendto(b"x", (address, 9)); keep.append(u)
print("ready", flush=True); time.sleep(1000)' >"$WORK/ready" &
until grep -qs ready "$WORK/ready"; do kill -0 $!; sleep 0.05; done
{ conntrack -L -f ipv4; conntrack -L -f ipv6; } >"$WORK/listed" 2>/dev/null
collect --item t --source network >"$WORK/said"
kill %1
SCRIPT
    diff <(awk '/^(tcp|udp)/ { s = $0; gsub(/.* src=/, "", s); sub(/src=/, "", $0); match($0, /sport=[0-9]+/); a = substr($0, RSTART + 6, RLENGTH - 6); match($0, /dport=[0-9]+/); print $2, a, substr($0, RSTART + 6, RLENGTH - 6), ($4 ~ /^[A-Z_]+$/ ? $4 : "-") }' "$WORK/listed" | sort) \
        <(rows conntrack '[.protocol, .original.source_port, .original.destination_port, .state // "-"] | join(" ")' | jq -r . | grep -E '^(6|17) ' | sort)
    [ "$(rows conntrack 'select(.protocol == 6)' | wc -l)" = 2 ]
    [ -z "$(rows conntrack 'select(.protocol == 6 and (.original.packets | tonumber) < 2)')" ]
    grep -q '^tcp .* ESTABLISHED src=127.0.0.1 dst=127.0.0.1 sport=[0-9]* dport=[0-9]* packets=' "$NETWORK/conntrack.txt"
    "$ORACLE/shapes.py" --lines conntrack-line "$NETWORK/conntrack.jsonl"
}

@test "network: hostile names stay bytes and move no cursor" {
    inside <<'SCRIPT'
python3 - >"$WORK/ready" <<'PYTHON' &
import ctypes, socket, time
ctypes.CDLL(None).prctl(15, b"x\x1b[2J\xff\n", 0, 0, 0)
u = socket.socket(socket.AF_UNIX); u.bind(b"\0ab\0\xfe\x1b]0;x"); u.listen()
v = socket.socket(socket.AF_UNIX); v.bind("/run/two\nlines"); v.listen()
n = socket.socket()
print("ready", flush=True); time.sleep(1000)
PYTHON
until grep -qs ready "$WORK/ready"; do kill -0 $!; sleep 0.05; done
collect --item t --source network >"$WORK/said"
kill %1
SCRIPT
    run ! grep -qP '[\x1b\xff]' "$NETWORK/sockets.txt"
    [ "$(rows sockets 'select(.abstract) | .path_b64' | jq -r . | base64 -d | od -An -tx1)" = "$(printf 'ab\0\xfe\x1b]0;x' | od -An -tx1)" ]
    [ "$(rows sockets 'select(.abstract) | .owners[0].name_b64' | jq -r . | base64 -d | od -An -tx1)" = "$(printf 'x\x1b[2J\xff\n' | od -An -tx1)" ]
    [ "$(rows sockets 'select(.path == "/run/two\nlines") | .state')" = '"LISTEN"' ]
    [ "$(rows sockets 'select(.kind == "unlisted") | .owners | length' | head -n 1)" = 1 ]
    "$ORACLE/shapes.py" --lines sockets-line "$NETWORK/sockets.jsonl"
}

@test "network: a process whose folder never answers costs its descriptors alone" {
    [ -c /dev/fuse ] || skip "needs /dev/fuse"
    inside <<'SCRIPT'
mkfifo "$WORK/hold"
mkdir "$WORK/mnt"
"$TOOLS/silent_fs.py" "$WORK/mnt" list:dir <"$WORK/hold" >"$WORK/log" &
exec 9>"$WORK/hold"
until grep -qs ready "$WORK/log"; do kill -0 $!; sleep 0.05; done
sleep 1000 &
pid=$!
mount --bind "$WORK/mnt/dir" "/proc/$pid/fd"
echo $pid >"$WORK/pid"
(
    exec 9>&-
    ASAN_OPTIONS=detect_leaks=0 collect --item t --command-timeout 3s --source network >"$WORK/said" || echo $? >"$WORK/status"
) &
for n in $(seq 1500); do [ ! -e "$OUT/t.tar" ] || break; sleep 0.1; done
[ ! -e "$OUT/t.tar" ] || touch "$WORK/meanwhile"
exec 9>&-
kill $pid
wait
SCRIPT
    [ -e "$WORK/meanwhile" ]
    [ "$(cat "$WORK/status")" = 4 ]
    [ "$(jq -r 'select(.source == "network" and .status == "timeout") | .reason' "$WORK/t/meta/absent.jsonl")" = "descriptors of process $(cat "$WORK/pid"): no answer within the command timeout" ]
    [ -n "$(rows interfaces .)" ]
}

@test "network: nothing is started and no module asked for; host tools are a labelled second source" {
    inside <<'SCRIPT'
ASAN_OPTIONS=detect_leaks=0 strace -f -e trace=execve,socket,init_module,finit_module,connect -o "$WORK/trace" "$HOZEN_BIN/hozen-collect" --case C --operator O \
    --out "$OUT" --item t --compress none --source network >"$WORK/said"
collect --item tools --source network --host-tools >"$WORK/said"
SCRIPT
    [ "$(grep -c execve "$WORK/trace")" = 1 ]
    run ! grep -qE 'init_module|connect\(|AF_INET' "$WORK/trace"
    # nothing is tracked in this namespace, and its count says so: the table of the kernel is not walked
    [ "$(grep -oE 'NETLINK_[A-Z_]+' "$WORK/trace" | sort -u | tr '\n' ' ')" = "NETLINK_ROUTE NETLINK_SOCK_DIAG " ]
    tar -tf "$OUT/tools.tar" | grep -E '/data/network/[+].*[.]txt$' | sed 's,.*network/,,' >"$WORK/names"
    diff "$WORK/names" <(printf '+ip/%s.txt\n' address link neighbour route route6 rule; echo +ss/sockets.txt)
    [ "$(record "$OUT/tools.tar" actions.jsonl | jq -r 'select(.action == "exec") | .source' | sort -u)" = network ]
    sound "$OUT/tools.tar"
}

@test "network: a plan names the listings and takes none" {
    run -0 collect --item t --source network --plan
    for n in addresses conntrack interfaces namespaces neighbours routes rules sockets; do
        [[ $output == *"$n.jsonl"* ]]
        [[ $output == *"$n.txt"* ]]
    done
    [ ! -e "$OUT/t.tar" ]
}

@test "network: a socket that very many descriptors lead to costs neither the collection nor its memory" {
    inside <<'SCRIPT'
python3 - >"$WORK/ready" <<'PYTHON' &
import ctypes, os, resource, socket, time
ctypes.CDLL(None).prctl(15, b"\x1b" * 15, 0, 0, 0)
each = min(resource.getrlimit(resource.RLIMIT_NOFILE)[1], 16000) - 10
resource.setrlimit(resource.RLIMIT_NOFILE, (each + 10, each + 10))
s = socket.socket(); s.bind(("127.0.0.1", 4003)); s.listen()
for _ in range(each - 10): os.dup(s.fileno())
for _ in range(220000 // each):
    if os.fork() == 0: time.sleep(1000); os._exit(0)
print("ready", flush=True); time.sleep(1000)
PYTHON
until grep -qs ready "$WORK/ready"; do kill -0 $!; sleep 0.1; done
collect --item t --source network >"$WORK/said"
SCRIPT
    rows sockets 'select(.local.port == 4003)' >"$WORK/row"
    [ "$(jq '[.owners[] | (.fds | length) == 1024 and .fds_in_all > 1024] | all' "$WORK/row")" = true ]
    [ "$(jq '.owners | length' "$WORK/row")" -ge 13 ]
    [ "$(awk '/:4003/ { print length($0) < 70000 }' "$NETWORK/sockets.txt")" = 1 ]
    "$ORACLE/shapes.py" --lines sockets-line "$NETWORK/sockets.jsonl"
}

@test "network: sockets that hundreds of processes share are all told" {
    inside <<'SCRIPT'
python3 - >"$WORK/ready" <<'PYTHON' &
import ctypes, os, socket, time
ctypes.CDLL(None).prctl(15, b"\x1b" * 15, 0, 0, 0)
shared = [socket.socket() for _ in range(300)]
for port, s in enumerate(shared, 20000): s.bind(("127.0.0.1", port)); s.listen()
for _ in range(499):
    if os.fork() == 0: time.sleep(1000); os._exit(0)
print("ready", flush=True); time.sleep(1000)
PYTHON
until grep -qs ready "$WORK/ready"; do kill -0 $!; sleep 0.1; done
collect --item t --source network >"$WORK/said"
SCRIPT
    rows sockets 'select(.local.port >= 20000 and .local.port < 20300)' >"$WORK/row"
    [ "$(stat -c %s "$WORK/row")" -gt 17000000 ] # more than any one buffer of lines holds
    [ "$(jq '.owners | length' "$WORK/row" | sort | uniq -c | awk '{ print $1, $2 }')" = "300 500" ]
}

@test "network: what asks is told apart, and is neither new nor gone at the end" {
    inside <<'SCRIPT'
collect --item t --source network >"$WORK/said"
SCRIPT
    [ "$(rows sockets 'select(.own) | .kind')" = '"netlink"' ]
    grep -q '^nl .* ours ino:' "$NETWORK/sockets.txt"
    [ "$(jq -r 'select(.salt != null) | .complete' "$WORK/t/data/closing/changes.jsonl")" = true ]
    [ "$(wc -l <"$WORK/t/data/closing/changes.jsonl")" = 1 ]
}

@test "network: more connections than are kept are counted" {
    inside <<'SCRIPT'
nft -f - <<'RULES'
add table inet t
add chain inet t c { type filter hook input priority 0; }
add rule inet t c ct state new counter
RULES
sysctl -q -w net.netfilter.nf_conntrack_udp_timeout=1000
python3 - $(($(cat /proc/sys/net/netfilter/nf_conntrack_max) / 10 * 9)) >"$WORK/ready" <<'PYTHON' &
import socket, sys, time
for i in range(min(180000, int(sys.argv[1]))): # a table that is nearly full loses some by itself
    if i % 60000 == 0:
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("127.0.0.%d" % (i // 60000 + 2), 4000))
    s.sendto(b"x", ("127.0.0.1", 1 + i % 60000))
print("ready", flush=True); time.sleep(1000)
PYTHON
until grep -qs ready "$WORK/ready"; do kill -0 $!; sleep 0.1; done
conntrack -C >"$WORK/count"
collect --item t --source network >"$WORK/said" || echo $? >"$WORK/status"
conntrack -C >>"$WORK/count"
SCRIPT
    [ "$(head -n 1 "$WORK/count")" = "$(tail -n 1 "$WORK/count")" ]
    local kept told
    kept=$(rows conntrack . | wc -l)
    told=$(jq -r 'select(.reason != null) | .reason' "$WORK/t/meta/absent.jsonl" | sed -n 's/^\([0-9]*\) tracked connections of the .*: more than are kept$/\1/p')
    [ $((kept + ${told:-0})) = "$(head -n 1 "$WORK/count")" ]
    [ -z "$told" ] || [ "$(cat "$WORK/status")" = 4 ]
    [ "${HOZEN_PRESET:-}" = asan ] || [ "$(jq '.memory_highest_kib | tonumber < 65536' "$WORK/t/data/closing/footprint.json")" = true ]
    [ "$(jq -r 'select(.path // "" | endswith("conntrack.jsonl")) | .status' "$WORK"/t/meta/catalog-*.jsonl)" = "$([ -n "$told" ] && echo limited || echo collected)" ]
}

@test "network: many listeners elsewhere leave room for other observations" {
    inside <<'SCRIPT'
unshare --net python3 -c 'import socket, time
keep = []
for i in range(300):
    keep.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)); keep[-1].bind(("0.0.0.0", 5000 + i))
print("ready", flush=True); time.sleep(1000)' >"$WORK/ready" &
until grep -qs ready "$WORK/ready"; do kill -0 $!; sleep 0.1; done
collect --item t --source network >"$WORK/said"
SCRIPT
    observed foreign-namespace-listener >"$WORK/seen"
    [ "$(wc -l <"$WORK/seen")" = 257 ]
    grep -qx 'sockets: 44 more of these: sockets.jsonl has them' "$WORK/seen"
}

@test "network: namespaces that only mounts keep, while others come and go" {
    inside <<'SCRIPT'
for n in $(seq 20); do ip netns add kept$n; done
for n in kept1 kept20; do ip netns exec $n ip link add in$n type bridge; done
touch "$WORK/go"
while [ -e "$WORK/go" ]; do ip netns add brief; ip netns delete brief; unshare --net true; done &
for i in 1 2 3 4 5; do collect --item $([ $i = 5 ] && echo t || echo t$i) --source network --source firewall >"$WORK/said"; done
rm "$WORK/go"
wait
SCRIPT
    [ "$(rows namespaces 'select(.path // "" | test("/kept")) | select(.entered and .processes == "0")' | wc -l)" = 20 ]
    [ "$(rows interfaces 'select(.name | startswith("inkept")) | .name' | wc -l)" = 2 ]
    for i in 1 2 3 4; do sound "$OUT/t$i.tar"; done
    # whatever could not be entered is said to be gone
    [ "$(rows namespaces 'select(.entered | not)' | wc -l)" = "$(jq -r 'select(.source == "network" and .status == "vanished" and .origin == null) | .reason' "$WORK/t/meta/absent.jsonl" | grep -c '^everything of the network namespace [0-9]*: it is gone$')" ]
}

@test "network: a thread in a namespace of its own gives away its listener" {
    inside <<'SCRIPT'
python3 - >"$WORK/ready" <<'PYTHON' &
import ctypes, os, socket, threading, time
def apart():
    assert ctypes.CDLL(None).unshare(0x40000000) == 0
    s = socket.socket(); s.bind(("0.0.0.0", 4004)); s.listen()
    print(threading.get_native_id(), os.stat("/proc/thread-self/ns/net").st_ino, flush=True); time.sleep(1000)
threading.Thread(target=apart).start()
PYTHON
until [ -s "$WORK/ready" ]; do kill -0 $!; sleep 0.1; done
echo $! >"$WORK/pid"
collect --item t --source network >"$WORK/said"
SCRIPT
    read -r thread inode <"$WORK/ready"
    [ "$(jq -c --arg inode "$inode" 'select(.inode == $inode) | [.entered, .holder_pid, .holder_thread, .processes]' "$NETWORK/namespaces.jsonl")" = "[true,$(cat "$WORK/pid"),$thread,\"0\"]" ]
    [ "$(rows sockets 'select(.local.port == 4004) | [.netns, .owners[0].pid]')" = "[\"$inode\",$(cat "$WORK/pid")]" ]
    observed foreign-namespace-listener | grep -q "^pid $(cat "$WORK/pid"): python3 holds tcp 0.0.0.0:4004"
    "$ORACLE/shapes.py" --lines namespaces-line "$NETWORK/namespaces.jsonl"
}

@test "network: a process whose first thread has ended still has its sockets" {
    inside <<'SCRIPT'
python3 - >"$WORK/ready" <<'PYTHON' &
import ctypes, os, socket, threading, time
s = socket.socket(); s.bind(("127.0.0.1", 4005)); s.listen()
def stay():
    print("ready", flush=True); time.sleep(1000)
threading.Thread(target=stay).start()
ctypes.CDLL(None).syscall({"x86_64": 60}.get(os.uname().machine, 93), 0) # exit(2), of this thread alone
PYTHON
echo $! >"$WORK/pid"
until grep -qs '^State:.*Z' /proc/$!/status && grep -q ready "$WORK/ready"; do kill -0 $!; sleep 0.1; done
collect --item t --source network >"$WORK/said"
SCRIPT
    [ "$(rows sockets 'select(.local.port == 4005) | [.owners[0].pid, (.owners[0].exe | test("python3"))]')" = "[$(cat "$WORK/pid"),true]" ]
    [ -z "$(observed listener-without-process)" ]
}

@test "network: a listener that lies in a message, held by nobody" {
    inside <<'SCRIPT'
python3 - >"$WORK/ready" <<'PYTHON' &
import os, socket, time
s = socket.socket(); s.bind(("127.0.0.1", 4006)); s.listen()
a, b = socket.socketpair()
socket.send_fds(a, [b"x"], [s.fileno()])
inode = os.fstat(s.fileno()).st_ino
s.close(); print(inode, flush=True); time.sleep(1000)
PYTHON
until [ -s "$WORK/ready" ]; do kill -0 $!; sleep 0.1; done
collect --item t --source network >"$WORK/said"
mount -o remount,hidepid=2 /proc # who is shown a part of the processes can tell of no listener that nobody holds it
setpriv --reuid 1000 --regid 1000 --clear-groups "$HOZEN_BIN/hozen-collect" --case C --operator O --out - --item u --compress none \
    --source network >"$WORK/u.tar" 2>"$WORK/said" || [ $? = 4 ]
SCRIPT
    [ "$(observed listener-without-process)" = "socket $(cat "$WORK/ready"): tcp 127.0.0.1:4006 in the network namespace $(rows namespaces .inode | tr -d '"')" ]
    [ "$(tar -xOf "$WORK/u.tar" u/data/network/sockets.jsonl | jq -c 'select(.local.port == 4006) | .owners')" = null ]
    run ! grep -q listener-without-process <(tar -xOf "$WORK/u.tar" u/data/closing/observations.jsonl)
}
