#!/usr/bin/env bash
# The whole life of one piece of evidence, on this machine, in a temporary folder that is removed at the end:
# install, build, keys, collect, verify (with hozen, then without), intake, handoff, and a forged byte.
set -euo pipefail

repo=$(cd "$(dirname "$0")/.." && pwd)
tree=/etc
build=1
usage() {
    cat <<'EOF'
usage: samples/quickstart.sh [--tree DIR] [--no-build]
  --tree DIR   collect this tree instead of /etc
  --no-build   use build/release as it is, install nothing
EOF
}
while [ $# -gt 0 ]; do
    case $1 in
    --tree) [ $# -ge 2 ] || { usage >&2; exit 2; }; tree=$2; shift 2 ;;
    --no-build) build=0; shift ;;
    --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
    esac
done
tree=$(realpath -ms -- "$tree") # the commands run in a folder of their own

say() { # English, Japanese
    local text=$1
    case "${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}" in ja*) text=$2 ;; esac
    printf '\n== %s\n' "$text"
}
run() { # shows the command as it is typed, then runs it
    local word line='$'
    for word in "$@"; do
        case $word in *[!A-Za-z0-9._/=:,@+-]*) line+=" \"$word\"" ;; *) line+=" $word" ;; esac
    done
    printf '%s\n' "$line"
    "$@"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT # also where the command at work was at its end
trap 'exit 143' TERM

if [ "$build" = 1 ]; then
    say "packages and build" "パッケージとビルド"
    "$repo/tests/install.sh" build
    (cd "$repo" && cmake --preset release && cmake --build --preset release) >"$work/build.log" 2>&1 ||
        { cat "$work/build.log" >&2; exit 3; }
fi
export PATH="$repo/build/release/bin:$PATH"
cd "$work"

say "1. two people make their custody keys; the responder makes a collection key" \
    "1. 二人が保管用の鍵を、対応者が収集用の鍵を作ります"
run hozen key new --for collect --name "Sato Hanako <sato@csirt.example>" --out collect </dev/null
run hozen key new --for custody --name "Sato Hanako <sato@csirt.example>" --out sato </dev/null
run hozen key new --for custody --name "Tanaka Ken <tanaka@lab.example>" --out tanaka </dev/null
echo '$ cat collect.signers sato.signers tanaka.signers >signers'
cat collect.signers sato.signers tanaka.signers >signers

say "2. collect $tree (signed, sealed, nothing altered)" "2. $tree を収集します (署名し、封印し、何も変更しません)"
run mkdir usb
status=0
run hozen collect --case INC-2026-042 --item QUICKSTART-1 --operator "Sato Hanako" --reason "quick start" \
    --path "$tree" --key collect.key --out usb || status=$?
[ "$status" = 0 ] || [ "$status" = 4 ] || exit "$status"
bundle=usb/QUICKSTART-1.tar.zst

say "3. verify with hozen" "3. hozen で検証します"
run hozen verify "$bundle" --signers signers

say "4. verify without hozen: tar, sha256sum, ssh-keygen" "4. hozen を使わずに検証します: tar, sha256sum, ssh-keygen"
run mkdir plain
run tar xf "$bundle" -C plain
run cd plain/QUICKSTART-1
run sha256sum --quiet --strict -c manifest-sha256.txt
run sha256sum --quiet --strict -c tagmanifest-sha256.txt
for signature in signatures/*.sshsig; do
    printf '$ ssh-keygen -Y verify -f ../../signers -I sato@csirt.example -n hozen-bundle-v1 \\\n'
    printf '    -s %s <tagmanifest-sha256.txt\n' "$signature"
    ssh-keygen -Y verify -f ../../signers -I sato@csirt.example -n hozen-bundle-v1 \
        -s "$signature" <tagmanifest-sha256.txt
done
run cd ../..

say "5. take it into a custody ledger" "5. 保管台帳に受け入れます"
run hozen custody init ledger.db --organisation "Example CSIRT" --key sato.key --name "Sato Hanako"
run export HOZEN_LEDGER=ledger.db
run hozen custody intake "$bundle" --key sato.key --location "evidence locker 3" --signers signers

say "6. hand it over: an offer, an acceptance, both signed" "6. 引き渡します: 申し出と受領、双方が署名します"
run hozen custody offer QUICKSTART-1 --key sato.key --to tanaka.key.pub --purpose "malware analysis" \
    --seal A-1001 --out offer.json
# the receiver has no access to the ledger: the offer file and the bundle are all there is
run env -u HOZEN_LEDGER hozen custody accept offer.json --bundle "$bundle" --key tanaka.key --signers signers \
    --out receipt.json
run hozen custody record receipt.json --key sato.key
run hozen custody log QUICKSTART-1
run hozen custody audit

say "7. alter one byte of a copy: it is found and named" "7. 複製の1バイトを変えます: 検出され、名指しされます"
run zstd -dq "$bundle" -o forged.tar
# the first file with content that was asked for; where there is none, one of the host's identity
read -r block name < <(tar tvRf forged.tar | awk '$5 > 0 && $NF ~ "^QUICKSTART-1/data/" && $NF !~ "/data/blind/" {
        sub(":", "", $2); if (host == "") host = $2 " " $NF
        if ($NF ~ "/data/files/") { found = $2 " " $NF; exit } }
    END { print found != "" ? found : host }')
offset=$(((block + 1) * 512))
byte=X
[ "$(dd if=forged.tar bs=1 skip="$offset" count=1 status=none)" != X ] || byte=Y
printf '%s' "$byte" | dd of=forged.tar bs=1 seek="$offset" conv=notrunc status=none
printf '$ printf %s | dd of=forged.tar bs=1 seek=%s conv=notrunc status=none  # %s\n' "$byte" "$offset" "$name"
status=0
run hozen verify forged.tar --signers signers || status=$?
[ "$status" = 1 ] || { echo "quickstart: the forged bundle was not refused" >&2; exit 1; }

say "done: every step checked, the temporary folder is removed" "完了: すべての手順を確認しました。一時フォルダは削除されます"
