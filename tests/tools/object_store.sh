#!/usr/bin/env bash
# A real object store with Object Lock on the loopback: radosgw over one monitor and one OSD in memory, none of which
# outlives the folder it works in. Used in a network namespace of its own, so that its ports are free.
#   object_store.sh start DIR   waits until it answers (at most LIMIT seconds); DIR/env has what clients need
#   object_store.sh stop DIR    ends it
#   object_store.sh pause DIR | go-on DIR   the gateway alone; it answers then
set -euo pipefail
readonly LIMIT=300 MON=6789 GATEWAY=7480

say() { echo "object_store.sh: $*" >&2; }

configure() { # DIR
    local dir=$1
    cat >"$dir/ceph.conf" <<CONF
[global]
fsid = $(cat /proc/sys/kernel/random/uuid)
mon host = v1:127.0.0.1:$MON
mon initial members = a
auth cluster required = none
auth service required = none
auth client required = none
auth allow insecure global id reclaim = true
mon allow pool size one = true
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
osd objectstore = memstore
memstore device bytes = 2147483648
osd max object name len = 256
osd max object namespace len = 64
ms bind ipv6 = false
public addr = 127.0.0.1
cluster addr = 127.0.0.1
run dir = $dir
admin socket = $dir/\$name.asok
log file = $dir/\$name.log
mon data = $dir/mon
osd data = $dir/osd
keyring = $dir/keyring
rgw frontends = beast endpoint=127.0.0.1:$GATEWAY
rgw thread pool size = 16
rgw max listing results = 40
CONF
}

# Its pid is kept, so that nothing else is ended.
daemon() { # DIR NAME command...
    local dir=$1 name=$2
    shift 2
    "$@" >"$dir/$name.out" 2>&1 </dev/null &
    echo $! >"$dir/$name.pid"
}

start() { # DIR
    local dir=$1 osd until=$((SECONDS + LIMIT))
    mkdir -p "$dir/mon" "$dir/osd"
    configure "$dir"
    export CEPH_CONF=$dir/ceph.conf
    monmaptool --create --fsid "$(sed -n 's/^fsid = //p' "$dir/ceph.conf")" --addv a "[v1:127.0.0.1:$MON]" "$dir/monmap" >"$dir/monmap.out"
    ceph-mon --mkfs -i a --monmap "$dir/monmap" >"$dir/mkfs.out" 2>&1
    daemon "$dir" mon ceph-mon -i a -f
    osd=$(cat /proc/sys/kernel/random/uuid)
    timeout $LIMIT ceph --connect-timeout $((LIMIT - 10)) osd new "$osd" >"$dir/new.out" 2>&1
    ceph-osd -i 0 --mkfs --osd-uuid "$osd" >"$dir/osd-mkfs.out" 2>&1
    daemon "$dir" osd ceph-osd -i 0 -f
    until timeout 60 ceph osd stat 2>/dev/null | grep -q '1 up'; do
        # on a busy machine it may ask the monitor before it knows which cluster that is, and end
        kill -0 "$(cat "$dir/osd.pid")" 2>/dev/null || daemon "$dir" osd ceph-osd -i 0 -f
        [ $SECONDS -lt $until ] || { say "the OSD did not come up"; return 1; }
        sleep 0.3
    done
    timeout $LIMIT radosgw-admin -n client.rgw user create --uid keeper --display-name keeper \
        --access-key SAMPLEACCESSKEY --secret sample/secret+key >"$dir/user.json" 2>"$dir/user.out"
    gateway "$dir"
    cat >"$dir/env" <<ENV
export AWS_ENDPOINT_URL=http://127.0.0.1:$GATEWAY AWS_REGION=us-east-1
export AWS_ACCESS_KEY_ID=SAMPLEACCESSKEY AWS_SECRET_ACCESS_KEY=sample/secret+key
ENV
}

gateway() { # DIR
    local until=$((SECONDS + LIMIT))
    CEPH_CONF=$1/ceph.conf daemon "$1" rgw radosgw -n client.rgw -f
    until curl -s -o /dev/null "http://127.0.0.1:$GATEWAY/"; do
        [ $SECONDS -lt $until ] || { say "the gateway did not answer"; return 1; }
        sleep 0.3
    done
}

end() { # DIR NAME
    local pid
    pid=$(cat "$1/$2.pid" 2>/dev/null) || return 0
    kill "$pid" 2>/dev/null || true
    for _ in $(seq 50); do
        kill -0 "$pid" 2>/dev/null || return 0
        sleep 0.1
    done
    kill -9 "$pid" 2>/dev/null || true
}

case ${1-} in
start) start "$2" ;;
stop) for name in rgw osd mon; do end "$2" $name; done ;;
pause) end "$2" rgw ;;
go-on) gateway "$2" ;;
*) say "start | stop | pause | go-on DIR"; exit 2 ;;
esac
