#!/bin/sh
# SPDX-License-Identifier: MIT
# The program, built in release and started as the README says.
set -u
here=$(readlink -f -- "$0")
. "${here%/*}/support/check.sh"
henge=${here%/Tests/Scripts/*}/Scripts/henge

"$henge" -e 1 >/dev/null
check "the program builds and starts" 0 "$?"
check "an expression on standard input" 2 "$(echo '1+1' | "$henge")"
check "an expression as an argument" 3x64x64 "$("$henge" -e '3x64x64')"
check "options between a command and its file" 5 "$(echo '2 + 3' | "$henge" run -q --threads 1 -)"
cd / || exit 1
check "from another folder" 42 "$("$henge" -e '6 * 7')"
