#!/bin/sh
# SPDX-License-Identifier: MIT
# Training that is killed with kill -9 at a random moment, also in the middle of a save, goes on
# from its last file to the bytes of a run that was never stopped. HENGE_KILLS says how often for
# each number of threads.
set -u
here=$(readlink -f -- "$0")
. "${here%/*}/support/check.sh"
henge=${here%/Tests/Scripts/*}/Scripts/henge
kills=${HENGE_KILLS-3}
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT

# The program itself: the wrapper would be killed in its place.
"$henge" -e 1 >/dev/null || exit 1
program=${here%/Tests/Scripts/*}/.build/henge
cd "$folder" || exit 1

sets='A = faces("anime", 9, size=24x24); B = faces("photo", 7, size=24x24)'
make="$sets; t = cyclegan(A, B, base=4, blocks=1, pool=5, epochs=8, schedule=\"linear\")"
# Saves once behind step 20, then behind every step, and in the end without a pause.
first="$make; t.step(20); save(t, \"part.safetensors\"); save(zeros(1), \"begun.npy\")
while t.count < 38 { t.step(); save(t, \"part.safetensors\") }
repeat 100000 { save(t, \"part.safetensors\") }"
second="$sets; r = resume(\"part.safetensors\", A, B); print(r.count)
r.step(40 - r.count); save(r, \"resumed.safetensors\")"
seed=$(od -An -N2 -tu2 /dev/urandom | tr -d ' ')
echo "the moments of the kills follow from $seed"

for threads in 1 2; do
  one="$program -q --threads $threads"
  $one -e "$make; t.step(40); save(t, \"whole-$threads.safetensors\")"
  number=0
  while [ "$number" -lt "$kills" ]; do
    number=$((number + 1))
    seed=$(((seed * 1103515245 + 12345) % 2147483648))
    rm -f part.safetensors begun.npy resumed.safetensors
    $one -e "$first" &
    victim=$!
    while [ ! -e begun.npy ] && kill -0 "$victim" 2>/dev/null; do sleep 0.01; done
    sleep "$(awk "BEGIN { print ($seed % 1000) / 2000 }")"
    kill -9 "$victim"
    wait "$victim" 2>/dev/null
    reached=$($one -e "$second")
    cmp "whole-$threads.safetensors" resumed.safetensors
    check "killed behind step $reached, $threads threads: the same bytes" 0 "$?"
  done
done
cmp whole-1.safetensors whole-2.safetensors
check "one thread and two: the same bytes" 0 "$?"
