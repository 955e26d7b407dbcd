#!/bin/bash
# stock_tools.sh DRIVER ALGORITHM FILES [HOW...]: writes a bundle and judges it with tar, bsdtar, Python, zstd, gzip, sha256sum and
# ssh-keygen. HOW: gzip or zstd, sha512, memory.
set -euo pipefail
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
driver=$1 algorithm=$2 files=$3
shift 3
work=$(mktemp -d "${TMPDIR:-/tmp}/hozen-stock.XXXXXX")
trap 'rm -rf "$work"' EXIT
fail() { echo "FAILED: $*" >&2; exit 1; }
quiet() { local out; out=$("$@" 2>&1) || fail "$*: $out"; [ -z "$out" ] || fail "$* said: $out"; }

cd "$work"
"$driver" . "$algorithm" "$files" sample.key "$@" > result
fact() { sed -n "s/^$1=//p" result; }
[ "$(sha256sum < sample.tar)" = "$(fact file_sha256)  -" ] || fail "digest of the file"
[ "$(stat -c %s sample.tar)" = "$(fact file_bytes)" ] || fail "size of the file"

# What is compressed becomes the tar: by the stock program, and gzip by Python's zlib too.
case " $* " in
  *" zstd "*)
    mv sample.tar packed
    zstd -tq packed
    grep -q 'Check: XXH64' <<<"$(zstd -lv packed)" || fail "frames without a checksum"
    zstd -dqc packed > sample.tar
    [ "$(tar --zstd -tf packed | sha256sum)" = "$(tar tf sample.tar | sha256sum)" ] || fail "tar --zstd" ;;
  *" gzip "*)
    mv sample.tar packed
    gzip -t packed
    gzip -dc packed > sample.tar
    python3 -c 'import sys, zlib
z = zlib.decompressobj(31)
whole = z.decompress(open("packed", "rb").read())
assert z.eof and not z.unused_data and whole == open("sample.tar", "rb").read()'
    [ "$(tar xzOf packed | sha256sum)" = "$(tar xOf sample.tar | sha256sum)" ] || fail "tar -z" ;;
esac
[ $(($(stat -c %s sample.tar) % 10240)) = 0 ] || fail "not whole records"

# The same list, and nothing but regular files, from three readers.
tar tf sample.tar > list.gnu
bsdtar tf sample.tar > list.bsd
python3 -c 'import sys, tarfile
for m in tarfile.open("sample.tar"):
    assert m.isreg() and m.mode == 0o644 and m.uid == m.gid == 0 and m.uname == m.gname == "", m
    print(m.name)' > list.python
cmp list.gnu list.bsd
cmp list.gnu list.python
[ "$(tar tvf sample.tar | grep -vc '^-rw-r--r--')" = 0 ] || fail "not all members are regular files"
[ -z "$(sort list.gnu | uniq -d)" ] || fail "a member twice"
[ "$(grep -c /data/ list.gnu)" = "$(fact files)" ] || fail "number of files"

# The same content, extracted by three readers.
mkdir gnu bsd python
tar xf sample.tar -C gnu
bsdtar xf sample.tar -C bsd
python3 -c 'import tarfile; tarfile.open("sample.tar").extractall("python")'
diff -r gnu bsd
diff -r gnu python

# VERIFY.en.txt, word for word.
cd gnu/sample
quiet sha256sum --quiet --strict -c manifest-sha256.txt
quiet sha256sum --quiet --strict -c tagmanifest-sha256.txt
if [[ " $* " == *" sha512 "* ]]; then
  quiet sha512sum --quiet --strict -c manifest-sha512.txt
  quiet sha512sum --quiet --strict -c tagmanifest-sha512.txt
fi
find data -type f | sort > ../found
awk '{print $2}' manifest-sha256.txt | sort > ../listed
quiet comm -3 ../found ../listed
cd "$work"

python3 "$here/judge.py" gnu/sample list.gnu "$(fact content_id)"

# The signature, our key in OpenSSH's hands, and a bundle whose tag manifest was touched.
cd gnu/sample
keyid=$(basename signatures/*.sshsig .sshsig)
fingerprint=$(sed -n "s/^fingerprint=//p" ../../result)
said=$(ssh-keygen -Y check-novalidate -n hozen-bundle-v1 -s "signatures/$keyid.sshsig" < tagmanifest-sha256.txt)
[[ $said == *"$fingerprint"* ]] || fail "signature: $said"
for wrong in hozen-ledger-v1 file; do
  ! ssh-keygen -Y check-novalidate -n $wrong -s "signatures/$keyid.sshsig" < tagmanifest-sha256.txt > /dev/null 2>&1 || fail "namespace $wrong"
done
{ cat tagmanifest-sha256.txt; echo; } > ../touched
! ssh-keygen -Y check-novalidate -n hozen-bundle-v1 -s "signatures/$keyid.sshsig" < ../touched > /dev/null 2>&1 || fail "touched"
cd "$work"
if [ "$algorithm" = p256 ]; then # OpenSSH before 9.6 cannot read Ed25519 from PKCS#8
  [[ $(ssh-keygen -y -f sample.key | ssh-keygen -l -f -) == *"$fingerprint"* ]] || fail "ssh-keygen does not know the key"
fi
[ "$(head -1 sample.key)" = "hozen-purpose: collect" ] || fail "purpose line"
openssl pkey -in sample.key -noout

# A member of 8 GiB, where pax begins, and one byte less: header only, the content is a hole.
for size in 8589934591 8589934592; do
  rm -f header
  "$driver" . header "sample/data/files/$(printf 'd%.0s' {1..150})" $size
  truncate -s $(($(stat -c %s header) + 8589934592 + 1024)) header
  for list in "tar tvf" "bsdtar tvf" "python3 -m tarfile -v -l"; do
    [[ $($list header) == *" $size "*/ddd* ]] || fail "$list: size $size"
  done
done
echo "good: $(fact files) files, $algorithm $*"
