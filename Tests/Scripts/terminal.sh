#!/bin/sh
# SPDX-License-Identifier: MIT
# The program on a pseudo-terminal, seen through a screen emulator: Tests/Terminal.
#   terminal.sh [WORD]   only the tests with WORD in their names
# Its Python packages (pexpect, pyte) come from PyPI into .build/terminal, once.
set -u
here=$(readlink -f -- "$0")
. "${here%/*}/support/check.sh"
root=${here%/Tests/Scripts/*}
tests=$root/Tests/Terminal
environment=$("$root/Scripts/peers" "$root/.build/terminal" "$tests/requirements.txt") || {
  echo "FAIL terminal: PyPI gave no pexpect and pyte, and no earlier .build/terminal has them"
  exit 1
}

# Builds the program if it has to, so that no test waits for that.
"$root/Scripts/henge" -e 1 >/dev/null || exit
HENGE=${HENGE:-$root/.build/henge} "$environment/bin/python" \
  "$root/Tests/Scripts/support/run_tests.py" "$tests" "$@"
