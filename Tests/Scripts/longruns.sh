#!/bin/sh
# SPDX-License-Identifier: MIT
# Long runs that are killed, terminated, hung up, or whose disk, quota or pictures go: nothing that
# was saved is lost, and what goes on ends in the same bytes. HENGE_ENDS says how often of each.
#   longruns.sh [WORD...]   only the kinds with a WORD in their names
set -u
here=$(readlink -f -- "$0")
. "${here%/*}/support/check.sh"
root=${here%/Tests/Scripts/*}
ends=${HENGE_ENDS-10}
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT

# The program itself: the wrapper would be ended in its place.
program=${HENGE:-}
if [ -z "$program" ]; then
  "$root/Scripts/henge" -e 1 >/dev/null || exit 1
  program=$root/.build/henge
fi
quota=
compiler=$(command -v cc || command -v clang || true)
if [ -n "$compiler" ]; then
  "$compiler" -shared -fPIC -o "$folder/quota.so" "${here%/*}/support/quota.c" -ldl &&
    quota=$folder/quota.so
else
  echo "skipped a quota: there is no C compiler"
fi
mkdir "$folder/runs"
python3 "${here%/*}/support/longruns.py" "$program" "$ends" "$folder/runs" "$quota" "$@"
