#!/usr/bin/env bats
# The source containers: processes in containers, their writable layers and files, without any container runtime.

bats_require_minimum_version 1.5.0
load 30-collect

setup() {
    need_root
    OUT=$BATS_TEST_TMPDIR/out BOX=$BATS_TEST_TMPDIR/box
    mkdir "$OUT" "$BOX"
    ID=$(printf 'ab%.0s' {1..32})
}

# inside: the script on stdin in namespaces of its own, with BOX on a tmpfs that is gone afterwards. container NAME CGROUP
# FLAG... SCRIPT starts bash with SCRIPT in a root of its own, an overlay of the host's, and in a control group of that name
# as far as /proc shows; its pid is in $pid.
inside() {
    {
        echo 'set -euo pipefail'
        declare -f collect
        cat <<'SCRIPT'
mount -t tmpfs none "$BOX"
container() {
    local name=$1 group=$2 script=${*: -1}
    mkdir -p "$BOX/$name/upper" "$BOX/$name/work" "$BOX/$name/merged"
    unshare "${@:3:$#-3}" --mount --fork bash -c "mount -t overlay overlay -o lowerdir=/,upperdir=$BOX/$name/upper,workdir=$BOX/$name/work \
        $BOX/$name/merged && exec chroot $BOX/$name/merged bash -c '$script; : >/ready; exec sleep 1000'" &
    until pid=$(pgrep -P $! -x sleep) && [ "$(sed 's/.*) //; s/ .*//' "/proc/$pid/stat")" = S ]; do kill -0 $!; sleep 0.05; done
    echo "0::$group" >"$BOX/$name/cgroup"
    mount --bind "$BOX/$name/cgroup" "/proc/$pid/cgroup"
}
SCRIPT
        cat
    } >"$BATS_TEST_TMPDIR/script"
    export OUT BOX TOOLS HOZEN_BIN ID
    timeout -s KILL 300 unshare --pid --mount --net --ipc --uts --fork --mount-proc --kill-child bash "$BATS_TEST_TMPDIR/script" >"$BATS_TEST_TMPDIR/says"
    tar -xf "$OUT/I.tar" -C "$BATS_TEST_TMPDIR"
    DATA=$BATS_TEST_TMPDIR/I/data
}

holds() {
    tail -n +2 "$DATA/containers/$1.jsonl" | jq -se --arg id "$ID" --arg box "$BOX" "map($2) | length > 0 and all(. == true)" >"$BATS_TEST_TMPDIR/held"
}

observed() { # CODE SUBJECT
    jq -se --arg code "$1" --arg subject "$2" 'any(.code == $code and .subject == $subject)' "$DATA/closing/observations.jsonl"
}

@test "containers: which process is in which, what it may, and where its files are" {
    inside <<'SCRIPT'
container one "/system.slice/docker-$ID.scope" --pid --uts 'echo payload >/tmp/dropped; rm /etc/hostname; ln -s /x /link; truncate -s 9M /big'
one=$pid
container two "/lxc.payload.web" 'exec 3>&1; : >/two; mount -t proc proc /proc 2>/dev/null || :'
container three "/user.slice" --pid ':'
echo "$one $pid" >"$OUT/pids"
collect --item I --source containers
SCRIPT
    read -r one three <"$OUT/pids"
    holds containers "select(.runtime == \"docker\") | .id == \$id and .processes == [{\"name\":\"sleep\",\"pid\":$one}] and
        .own_namespaces == [\"mnt\",\"pid\",\"uts\"] and .root == {\"lower\":\"/\",\"type\":\"overlay\",\"upper\":(\$box + \"/one/upper\"),\"work\":(\$box + \"/one/work\")} and
        .all_capabilities and .cgroup == \"/system.slice/docker-\" + \$id + \".scope\""
    holds containers 'select(.runtime == "lxc") | .id == "web" and .own_namespaces == ["mnt"]'
    holds containers "select(.runtime == \"namespace\") | .processes | any(.pid == $three)"
    [ "$(tail -n +2 "$DATA/containers/containers.jsonl" | wc -l)" = 3 ]
    observed privileged-container "docker $ID"
    observed host-pid-container "lxc web"
    run ! observed host-pid-container "docker $ID"
    holds layers 'select(.kind == "mount" and .upper == $box + "/one/upper") | .lower == "/" and .mountpoint == $box + "/one/merged"'
    holds layers 'select(.layer == $box + "/one/upper" and .path == "etc/hostname") | .type == "whiteout"'
    holds layers 'select(.layer == $box + "/one/upper" and .path == "tmp/dropped") | .type == "file" and .taken and .size == "8"'
    holds layers 'select(.layer == $box + "/one/upper" and .path == "big") | .taken == false'
    holds layers 'select(.layer == $box + "/one/upper" and .path == "link") | .type == "symlink"'
    [ "$(cat "$DATA/containers$BOX/one/upper/tmp/dropped")" = payload ]
    [ ! -e "$DATA/containers$BOX/one/upper/big" ]
    jq -se --arg box "$BOX" 'any(.origin == $box + "/one/upper" and .status == "over-budget" and (.reason | startswith("1 files of this layer, 9437184 bytes")))' \
        "$BATS_TEST_TMPDIR/I/meta/absent.jsonl"
    grep -F "    upper      $BOX/one/upper" "$DATA/containers/containers.txt"
    for name in containers layers container-files:configuration; do
        "$ORACLE/shapes.py" --lines "${name%:*}-line" "$DATA/containers/${name#*:}.jsonl"
    done
    sound "$OUT/I.tar"
}

@test "containers: one with fewer capabilities, under the name that another driver of control groups gives it" {
    inside <<'SCRIPT'
container one "/docker/$ID" --pid ': >/ready; exec setpriv --bounding-set=-sys_admin sleep 1000'
collect --item I --source containers
SCRIPT
    holds containers 'select(.runtime == "docker") | .id == $id and (.all_capabilities | not) and (.capabilities | length) == 16'
    run ! observed privileged-container "docker $ID"
}

@test "containers: the socket of a daemon that is mounted into one is observed" {
    inside <<'SCRIPT'
: >"$BOX/docker.sock"
mkdir -p "$BOX/one"
unshare --mount --pid --fork bash -c "mkdir -p $BOX/one/upper $BOX/one/work $BOX/one/merged && mount -t overlay overlay \
    -o lowerdir=/,upperdir=$BOX/one/upper,workdir=$BOX/one/work $BOX/one/merged && mkdir -p $BOX/one/merged/run && : >$BOX/one/merged/run/docker.sock &&
    mount --bind $BOX/docker.sock $BOX/one/merged/run/docker.sock && exec chroot $BOX/one/merged bash -c ': >/ready; exec sleep 1000'" &
until pgrep -P $! -x sleep; do kill -0 $!; sleep 0.05; done
collect --item I --source containers
SCRIPT
    holds containers 'select(.runtime == "namespace") | .runtime_socket == "/run/docker.sock"'
    [ "$(tail -n +2 "$DATA/closing/observations.jsonl" | jq -r 'select(.code == "runtime-socket-in-container").detail')" = \
        "the socket of a container daemon is mounted into it: /run/docker.sock" ]
}

@test "containers: overlay mounts that one thread alone has, also where the first thread has ended" {
    inside <<'SCRIPT'
cat >"$BOX/apart.py" <<'PYTHON'
import ctypes, os, subprocess, sys, threading, time
libc, box = ctypes.CDLL(None), sys.argv[2]
def apart():
    assert libc.unshare(0x20000) == 0 # CLONE_NEWNS, of this thread alone
    options = f"lowerdir={box}/lower,upperdir={box}/upper,workdir={box}/work"
    subprocess.run(["mount", "-t", "overlay", "overlay", "-o", options, box + "/merged"], check=True)
    open(box + "/merged/left", "w").close()
    open(box + "/ready", "w").close()
    time.sleep(1000)
threading.Thread(target=apart).start()
if sys.argv[1] == "ended":
    libc.syscall({"x86_64": 60}.get(os.uname().machine, 93), 0) # exit(2), of the first thread
time.sleep(1000)
PYTHON
for kind in alone ended; do
    mkdir -p "$BOX/$kind/lower" "$BOX/$kind/upper" "$BOX/$kind/work" "$BOX/$kind/merged"
    python3 "$BOX/apart.py" $kind "$BOX/$kind" &
    until [ -e "$BOX/$kind/ready" ]; do kill -0 $!; sleep 0.05; done
done
until grep -q '^State:.*Z' /proc/$!/status; do sleep 0.05; done
collect --item I --source containers
SCRIPT
    for kind in alone ended; do
        holds layers "select(.kind == \"mount\" and .mountpoint == \"$BOX/$kind/merged\") | .upper == \"$BOX/$kind/upper\""
        holds layers "select(.kind == \"entry\" and .layer == \"$BOX/$kind/upper\") | .path == \"left\""
    done
}

@test "containers: files of the runtimes, also from an image" {
    local root=$BOX/image homes=/home folder
    folder=$root/var/lib/docker/containers/$ID
    mkdir -p "$folder" "$root/etc/docker" "$root$homes/sato/.local/share/containers/storage/overlay-containers" "$root/var/lib/lxc/web"
    echo '{"log":"x"}' >"$folder/$ID-json.log"
    echo '{}' >"$folder/config.v2.json"
    echo '{}' >"$folder/hostconfig.json"
    echo '{"icc":false}' >"$root/etc/docker/daemon.json"
    echo '[]' >"$root$homes/sato/.local/share/containers/storage/overlay-containers/containers.json"
    echo 'lxc.uts.name = web' >"$root/var/lib/lxc/web/config"
    mkdir -p "$root$homes/sato/.local/share/docker/containers/$ID" "$root$homes/sato/.config/containers/systemd" # without root's rights
    echo '{}' >"$root$homes/sato/.local/share/docker/containers/$ID/config.v2.json"
    echo '[Container]' >"$root$homes/sato/.config/containers/systemd/x.container"
    collect --item I --root "$root" --source containers >"$BATS_TEST_TMPDIR/says"
    tar -xf "$OUT/I.tar" -C "$BATS_TEST_TMPDIR"
    DATA=$BATS_TEST_TMPDIR/I/data
    [ "$(tail -n +2 "$DATA/containers/configuration.jsonl" | jq -r .runtime | tr '\n' ' ')" = "docker docker docker docker docker podman podman lxc " ]
    cmp "$root$homes/sato/.config/containers/systemd/x.container" "$DATA/containers$homes/sato/.config/containers/systemd/x.container"
    cmp "$folder/$ID-json.log" "$DATA/containers/var/lib/docker/containers/$ID/$ID-json.log"
    cmp "$root/var/lib/lxc/web/config" "$DATA/containers/var/lib/lxc/web/config"
    [ ! -e "$DATA/containers/containers.jsonl" ]
    "$ORACLE/shapes.py" --lines container-files-line "$DATA/containers/configuration.jsonl"
    sound "$OUT/I.tar"
}
