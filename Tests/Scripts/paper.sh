#!/bin/sh
# SPDX-License-Identifier: MIT
# The paper's first method on the paper's own pictures ends where the paper's files say it does.
set -u
here=$(readlink -f -- "$0")
. "${here%/*}/support/check.sh"
root=${here%/Tests/Scripts/*}
henge=$root/Scripts/henge
data=$root/../shared/data/paper
if [ ! -d "$data/anime" ]; then
  echo "skipped: the paper's pictures are not in ../shared/data/paper" >&2
  exit 0
fi
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT

"$henge" -q run "$root/Scripts/paper/1-difference-vector.henge" anime="$data/anime" \
  human="$data/human" --out "$folder" >/dev/null
check "the script runs on the paper's pictures" 0 "$?"
check "what it gives agrees with the paper's files" "7 passed, 0 failed" \
  "$("$henge" check "${here%/*}/support/paper.henge" data="$data" out="$folder" | tail -n 1)"

"$henge" -q run "$root/Scripts/paper/2-encoder-decoder.henge" anime="$data/anime" \
  human="$data/human" weights="$data/cnn_weights.h5" count=40 epochs=1 --out "$folder" >/dev/null
check "the second method's script runs on the paper's pictures and weights" 0 "$?"
check "the paper's network gives the paper's pictures" "4 passed, 0 failed" \
  "$("$henge" -q check "${here%/*}/support/paper-network.henge" data="$data" | tail -n 1)"
