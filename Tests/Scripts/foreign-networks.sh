#!/bin/sh
# SPDX-License-Identifier: MIT
# Networks that another program trained give, written in henge's layers, what they gave there.
set -u
here=$(readlink -f -- "$0")
. "${here%/*}/support/check.sh"
root=${here%/Tests/Scripts/*}
data=$root/../shared/data
if [ ! -f "$data/models/selfie2anime_unet_generator.pt" ]; then
  echo "skipped: the trained networks are not in ../shared/data/models"
  exit 0
fi
check "two U-Nets load and give the picture they gave where they were trained" \
  "11 passed, 0 failed" \
  "$("$root/Scripts/henge" -q check "${here%/*}/support/foreign-networks.henge" data="$data" |
    tail -n 1)"
