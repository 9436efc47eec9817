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

# The script itself compares what it wrote with what it reads back.
data="anime=nowhere human=nowhere limit=4 size=32x48"
# shellcheck disable=SC2086
check "the angle data are written and read back" tilts \
  "$(last 4-angle-data.henge $data | cut -d ' ' -f 3)"
# Of each folder, the files as other programs read them: colors 0..255 and degrees * 256 / 180.
check "the angle data are four channels in the published programs' units" \
  "32x48x4 true true 32x48x4 true true" \
  "$("$henge" -q -e 'for title in ["anime", "human"] {
  angles = table(f"{title}-angle.csv")["angle"]; rows = list(0..len(angles))
  all_x = [load(f"{title}-angle/0000{i}.npy") for i in rows]; x = stack(all_x)
  inside = min(x[:, :, :, :3]) >= 0 and max(x[:, :, :, :3]) > 128 and max(x[:, :, :, :3]) <= 255
  planes = reshape(angles * 256 / 180, shape(len(angles), 1, 1))
  print(f"{all_x[0].shape} {inside} {max(abs(x[:, :, :, 3] - planes)) < 1e-3}")
}' 2>&1 | tr '\n' ' ' | sed 's/ $//')"
# shellcheck disable=SC2086
check "a ramp is written and read back" tilts \
  "$(last 4-angle-data.henge $data encoding=ramp | cut -d ' ' -f 3)"
check "as a file of henge's own" "4-channel rgb+angle" \
  "$("$henge" -q -e 'A = dataset("human-angle.npz")
print(f"{A[0].shape[0]}-channel {A.channels}")' 2>&1)"

tiny="network=$folder/landmarks.safetensors count=6 held=6 steps=1 base=4 blocks=1 seeds=0,1"
# shellcheck disable=SC2086
check "trials with and without the angle end in a table" "ramp" \
  "$(last 5-angle.henge $tiny done="$folder" | cut -d ' ' -f 1)"
# shellcheck disable=SC2086
check "trials are not repeated" "5-drawn-none-0: from $folder" \
  "$("$henge" -q run "$scripts/5-angle.henge" --out "$folder" $tiny done="$folder" |
    grep from | head -n 1)"
# shellcheck disable=SC2086
said=$("$henge" -q run "$scripts/5-angle.henge" --out "$folder" $tiny base=2 done="$folder" 2>&1)
check "nor are results of other settings used" "1 yes" \
  "$? $(case $said in *"made with steps=1 base=4"*"this run has steps=1 base=2"*) echo yes ;; esac)"
# shellcheck disable=SC2086
check "trials with auxiliary maps end in a table" "m2" \
  "$(last 6-auxiliary-maps.henge $tiny epochs=1 done="$folder" | cut -d ' ' -f 1)"
