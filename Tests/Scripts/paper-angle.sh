#!/bin/sh
# SPDX-License-Identifier: MIT
# The scripts about landmarks and the angle run on drawn faces alone, in seconds.
set -u
here=$(readlink -f -- "$0")
. "${here%/*}/support/check.sh"
root=${here%/Tests/Scripts/*}
henge=$root/Scripts/henge
scripts=$root/Scripts/paper
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1

# What a script prints last, or the error that stops it; missing data is said, not stumbled over.
last() {
  script=$1
  shift
  "$henge" -q run "$scripts/$script" --out "$folder" "$@" 2>&1 | tail -n 1
}
check "landmarks are learned without photographs" \
  "skipped the photographs: there is no $folder/nowhere/faces/landmarks_human.csv" \
  "$(last landmarks.henge count=16 epochs=1 base=2 data=nowhere)"
check "the network is written" 0 "$(test -s landmarks.safetensors; echo $?)"

last 4-angle-data.henge anime=nowhere human=nowhere limit=4 size=32x48 >/dev/null
check "the angle data are four channels, the last one the angle" "32x48x4 32x48x4 true" \
  "$("$henge" -q -e 'x = load("anime-angle/00002.npy"); a = table("anime-angle.csv")["angle"]
y = load("human-angle/00000.npy"); ok = abs(x[0, 0, 3].item() - a[2].item() * 256 / 180) < 1e-3
print(f"{y.shape} {x.shape} {ok}")' 2>&1)"

tiny="network=$folder/landmarks.safetensors count=6 held=6 steps=1 base=4 blocks=1 seeds=0,1"
# shellcheck disable=SC2086
check "trials with and without the angle end in a table" "ramp" \
  "$(last 5-angle.henge $tiny done="$folder" | cut -d ' ' -f 1)"
# shellcheck disable=SC2086
check "trials are not repeated" "5-drawn-none-0: from $folder" \
  "$("$henge" -q run "$scripts/5-angle.henge" --out "$folder" $tiny done="$folder" |
    grep from | head -n 1)"
# shellcheck disable=SC2086
check "trials with auxiliary maps end in a table" "m2" \
  "$(last 6-auxiliary-maps.henge $tiny epochs=1 done="$folder" | cut -d ' ' -f 1)"
