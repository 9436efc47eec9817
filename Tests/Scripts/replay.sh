#!/bin/sh
# SPDX-License-Identifier: MIT
# The paper's first script gives the same bytes with one thread and with two, from another folder
# and in another locale, and so does a run that was saved, ended and resumed.
set -u
here=$(readlink -f -- "$0")
. "${here%/*}/support/check.sh"
root=${here%/Tests/Scripts/*}
henge=$root/Scripts/henge
script=$root/Scripts/paper/1-difference-vector.henge
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT

# The hashes of all files in a folder, by name.
hashes() {
  (cd "$1" && find . -type f | LC_ALL=C sort | xargs sha256sum)
}

cd "$root" || exit 1
HENGE_THREADS=1 "$henge" -q run "$script" count=200 --out "$folder/one" >"$folder/one.txt"
check "the script runs" 0 "$?"
cd / || exit 1
LANG=de_DE.UTF-8 LC_ALL=de_DE.UTF-8 TZ=Asia/Tokyo COLUMNS=40 \
  "$henge" -q run "$script" count=200 --threads 2 --out "$folder/two" >"$folder/two.txt"
check "two threads, another folder, another locale: the same files" \
  "$(hashes "$folder/one")" "$(hashes "$folder/two")"
check "and the same output" "$(cat "$folder/one.txt")" "$(cat "$folder/two.txt")"
check "all files are written" 47 "$(find "$folder/one" -type f | wc -l)"

cd "$folder" || exit 1
made='A = faces("anime", 50); B = faces("photo", 50)'
new="$made; t = difference_vector(A, B, keep=300)"
"$henge" -e "$new; t.step(2000); save(t, \"whole.safetensors\")"
"$henge" -e "$new; t.step(777); save(t, \"half.safetensors\")"
"$henge" -e "$made; t = resume(\"half.safetensors\", A, B)
t.step(1223); save(t, \"resumed.safetensors\")"
check "a resumed run ends in the same bytes" \
  "$(sha256sum <whole.safetensors)" "$(sha256sum <resumed.safetensors)"
